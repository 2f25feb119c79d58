use crate::ast::{Argument, Bareword, Call, Chain, Comparison, Expression, ExpressionKind, Operator};
use crate::complex::RoleUpdate;
use crate::diagnostic::Diagnostic;
use crate::extension::Registry;
use crate::regex::Patterns;
use crate::registry::{CallContext, Function, Repeat, Returns};
use crate::types::Types;

use super::argument::Given;
use super::unknown_function;

/// One walk over a tree, from the outside in; on the way back it brings what each part may give.
pub(super) struct Walk<'e, 'w> {
    pub(super) registry: &'w Registry,
    pub(super) patterns: &'w Patterns,
    pub(super) found: Vec<Diagnostic>,
    /// Whether it is said that there are too many patterns, which holds for all that follow.
    pub(super) exhausted: bool,
    /// The first function that gives roles, with how they change those of the target.
    roles: Option<(&'static str, RoleUpdate)>,
    /// The variables that are bound, with what they stand for, the innermost last.
    variables: Vec<(&'e str, Types)>,
}

/// What is known of the place that a part stands in.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The part is the whole expression.
    outermost: bool,
    /// A flow signal from here becomes the result of the expression.
    flows: bool,
    /// Each evaluation of the expression evaluates the part.
    pub(super) certain: bool,
}

impl Place {
    const OUTERMOST: Self = Self { outermost: true, flows: true, certain: true };
    const OPERAND: Self = Self { outermost: false, flows: false, certain: true };

    /// An operand of something in this place; `certain` when it is evaluated whenever that is.
    fn operand(self, certain: bool) -> Self {
        Self { certain: self.certain && certain, ..Self::OPERAND }
    }
}

impl<'e, 'w> Walk<'e, 'w> {
    pub(super) fn new(registry: &'w Registry, patterns: &'w Patterns) -> Self {
        Self { registry, patterns, found: Vec::new(), exhausted: false, roles: None, variables: Vec::new() }
    }

    pub(super) fn run(mut self, expression: &'e Expression) -> (Vec<Diagnostic>, Types) {
        let types = self.part(expression, Place::OUTERMOST);
        (self.found, types)
    }

    fn part(&mut self, part: &'e Expression, place: Place) -> Types {
        match &part.kind {
            ExpressionKind::Attribute(_) => Types::ATTRIBUTE,
            ExpressionKind::Bareword(word) => self.word(*word, part, place),
            ExpressionKind::Call(call) => self.call(call, place),
            ExpressionKind::Chain(chain) => self.chain(chain, place),
            ExpressionKind::Comparison(comparison) => self.comparison(comparison, place),
            ExpressionKind::Constant(_) | ExpressionKind::Parameter(_) => Types::TEXT,
            ExpressionKind::Variable(name) => self.variable(name, part),
        }
    }

    fn word(&mut self, word: Bareword, part: &Expression, place: Place) -> Types {
        if word.is_option() {
            self.found.push(misplaced(word, part));
            return Types::TEXT;
        }
        if word.flow().is_some() {
            if !place.flows {
                let help = "use it as a branch of an outermost `IIF` or `Switch`";
                self.found.push(misplaced(word, part).with_help(help));
            }
            return Types::FLOW;
        }
        match word {
            Bareword::False | Bareword::True => Types::BOOLEAN,
            Bareword::Null => Types::NULL,
            _ => Types::TEXT,
        }
    }

    fn variable(&mut self, name: &str, part: &Expression) -> Types {
        if let Some((_, types)) = self.variables.iter().rfind(|(held, _)| *held == name) {
            return *types;
        }
        let message = format!("no function around this binds the variable `${name}`");
        let help = format!("bind it: `With(${name}, value, expression)`");
        self.found.push(Diagnostic::error("unbound-variable", part.span, message).with_help(help));
        Types::VALUE
    }

    fn comparison(&mut self, comparison: &'e Comparison, place: Place) -> Types {
        for side in [&comparison.left, &comparison.right] {
            match side.kind {
                ExpressionKind::Bareword(word) => self.found.push(misplaced(word, side)),
                _ => {
                    let types = self.part(side, place.operand(true)).as_argument();
                    self.several("a comparison takes one value on each side", side, types);
                }
            }
        }
        Types::BOOLEAN
    }

    /// What comes of the operators from left to right; lists go through them value by value.
    fn chain(&mut self, chain: &'e Chain, place: Place) -> Types {
        let mut types = self.part(&chain.first, place.operand(true)).as_argument();
        for (position, link) in chain.links.iter().enumerate() {
            let logical = matches!(link.operator, Operator::And | Operator::Or);
            let operand = self.part(&link.operand, place.operand(!logical)).as_argument();
            if position == 0 {
                self.operand(&chain.first, types, link.operator, place.certain);
            }
            self.operand(&link.operand, operand, link.operator, place.certain && !logical);
            let scalar = match link.operator {
                Operator::Add | Operator::Divide | Operator::Multiply | Operator::Subtract => Types::INTEGER,
                Operator::Concatenate => Types::TEXT,
                _ => Types::BOOLEAN,
            };
            let several = types.or(operand).meets(Types::LIST);
            // An operand that decides leaves the other one out, and is the result as it is.
            let kept = if logical { types } else { Types::NONE };
            types = if several { scalar.or(Types::LIST).or(Types::NULL) } else { scalar }.or(kept);
        }
        types
    }

    fn call(&mut self, call: &'e Call, place: Place) -> Types {
        let Some(function) = self.registry.find(&call.name) else {
            self.found.push(unknown_function(call, self.registry));
            for given in call.arguments.iter().filter_map(Argument::given) {
                self.part(given, Place::OPERAND.operand(false));
            }
            return Types::VALUE.or(Types::FLOW);
        };
        if function.is_outermost() && !place.outermost {
            let message = format!("`{}` must be the outermost function", call.name);
            let help = format!("write it around the others: `{}(Function(...), ...)`", call.name);
            self.found.push(Diagnostic::error("not-outermost", call.name_span, message).with_help(help));
        }
        if matches!(function.returns, Returns::FirstOrFlow) && !place.flows {
            let message = format!("`{}` fails here when it has nothing to flow", call.name);
            let diagnostic = Diagnostic::warning("flow-placement", call.name_span, message);
            self.found.push(diagnostic.with_help("make it the outermost function, or a branch of an outermost `IIF`"));
        }
        self.role_update(call, function);
        let counted = self.arity(call, function);
        let united = self.arguments(call, function, place, counted);
        if counted && let Some(check) = function.check {
            let context = CallContext { patterns: self.patterns, profile: self.registry.profile() };
            check(call, &context, &mut self.found);
        }
        united
    }

    /// The update of a target is chosen for all objects, so one expression cannot add roles for some and replace them for
    /// others.
    fn role_update(&mut self, call: &Call, function: &'static Function) {
        let Some(update) = function.role_update() else { return };
        let (first, held) = *self.roles.get_or_insert((function.name, update));
        if held != update {
            let message = format!("`{}` and `{first}` change the roles of the target in different ways", function.name);
            let help = format!("use `{first}` in both places");
            self.found.push(Diagnostic::error("mixed-roles", call.name_span, message).with_help(help));
        }
    }

    /// Goes through the arguments, and tells what the call gives.
    fn arguments(&mut self, call: &'e Call, function: &'static Function, place: Place, counted: bool) -> Types {
        let variable = match call.arguments.first().and_then(Argument::given).map(Expression::kind) {
            Some(ExpressionKind::Variable(name)) if function.binds() => Some(name.as_str()),
            _ => None,
        };
        let per_item = matches!(function.returns, Returns::Kinds(_));
        let mut made = match function.returns {
            Returns::Kinds(types) => types,
            // Without a default, or where no condition holds, there is nothing.
            Returns::Branch(_) if function.repeat == Repeat::Pair => Types::NULL,
            Returns::AnyArgument => Types::NULL,
            Returns::FirstOrFlow => Types::FLOW,
            _ => Types::NONE,
        };
        let mut bound = Types::VALUE;
        for (position, argument) in call.arguments.iter().enumerate() {
            let picked = matches!(function.returns, Returns::Branch(picked) if picked(position));
            let Some(given) = argument.given() else {
                made = if picked { made.or(Types::NULL) } else { made };
                continue;
            };
            if variable.is_some() && position == 0 {
                continue;
            }
            let certain = place.certain && function.always_evaluates(position);
            let inner = Place { outermost: false, flows: picked && place.flows, certain };
            let parameter = function.parameter(position).filter(|_| counted);
            if parameter.is_some_and(|parameter| self.takes_word(parameter, given)) {
                continue;
            }
            // The value that a variable stands for does not see it yet.
            let binds = variable.filter(|_| position > 1);
            self.variables.extend(binds.map(|name| (name, bound)));
            let types = self.part(given, inner);
            self.variables.truncate(self.variables.len() - usize::from(binds.is_some()));
            if position == 1 {
                bound = if per_item { Types::TEXT } else { types.as_argument() };
            }
            if let Some(parameter) = parameter {
                self.fits(&Given { expression: given, types, position, certain }, function, parameter);
            }
            made = made.or(match function.returns {
                Returns::AnyArgument => types.as_argument(),
                Returns::Branch(_) if picked => types,
                Returns::First | Returns::FirstOrFlow if position == 0 => types.as_argument(),
                Returns::PerElement if position == 0 => types.as_argument().per_element(),
                Returns::PerElementOfSecond if position == 1 => types.as_argument().per_element(),
                _ => Types::NONE,
            });
        }
        made
    }
}

pub(super) fn misplaced(word: Bareword, place: &Expression) -> Diagnostic {
    Diagnostic::error("misplaced-word", place.span, format!("the word `{word}` means nothing here"))
}
