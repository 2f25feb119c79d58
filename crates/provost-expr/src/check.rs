use std::collections::HashSet;

use provost_text::Span;

use crate::ast::{Argument, Bareword, Call, Constant, Expression, ExpressionKind};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::extension::Registry;
use crate::invocation::quoted;
use crate::lint::lint;
use crate::number::Decimal;
use crate::regex::{Regex, RegexError};
use crate::registry::{Function, Parameter, ParameterKind, Presence, Repeat, Returns};
use crate::scope::is_soft_deleted;
use crate::suggest::{UnknownName, closest};

/// Whether an expression gives one value or several, as far as its text says it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Shape {
    /// A list, or Null.
    List,
    /// One value, or Null.
    Scalar,
    /// Known only when it is evaluated: it depends on an attribute or on a condition.
    Unknown,
}

/// Looks an expression over without evaluating it: unknown functions, numbers of arguments, constants that do not fit
/// their parameter, words where they mean nothing.
///
/// A part that fails for every object is a warning, since the branch that it stands in may never be taken.
///
/// ```
/// use provost_expr::{Dialect, check, parse};
///
/// let found = check(&parse("Joim(\"\", [mail])")?, Dialect::Entra);
/// assert_eq!(found[0].message(), "there is no function `Joim`");
/// assert_eq!(found[0].help(), Some("did you mean `Join`?"));
/// # Ok::<(), provost_expr::ParseExprError>(())
/// ```
#[must_use]
pub fn check(expression: &Expression, dialect: Dialect) -> Vec<Diagnostic> {
    checked(expression, &Registry::new(dialect))
}

pub(crate) fn checked(expression: &Expression, registry: &Registry) -> Vec<Diagnostic> {
    let mut found = findings(expression, registry);
    if !found.iter().any(Diagnostic::is_error) {
        lint(expression, registry, &mut found);
        sort(&mut found);
    }
    found
}

/// What [`check`] finds without evaluating anything: all errors, and some warnings.
pub(crate) fn findings(expression: &Expression, registry: &Registry) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for call in expression.calls() {
        match registry.find(&call.name) {
            Some(function) => check_call(call, function, &mut found),
            None => found.push(unknown_function(call, registry)),
        }
    }
    for node in expression.nodes().skip(1) {
        let ExpressionKind::Call(call) = &node.kind else { continue };
        if registry.find(&call.name).is_some_and(Function::is_outermost) {
            let message = format!("`{}` must be the outermost function", call.name);
            found.push(Diagnostic::error("not-outermost", call.name_span, message));
        }
    }
    for node in expression.nodes() {
        if let ExpressionKind::Comparison(comparison) = &node.kind {
            for side in [&comparison.left, &comparison.right] {
                if let ExpressionKind::Bareword(word) = side.kind {
                    found.push(misplaced(word, side));
                }
            }
        }
    }
    check_flow(expression, registry, Place::Outermost, &mut found);
    check_chains(expression, &mut found);
    check_variables(expression, registry, &mut Vec::new(), &mut found);
    sort(&mut found);
    found
}

/// Errors go first.
fn sort(found: &mut [Diagnostic]) {
    found.sort_by_key(|diagnostic| (!diagnostic.is_error(), diagnostic.span()));
}

/// Looks for attributes that a source does not have; each is a warning, since an absent attribute is Null.
///
/// `isSoftDeleted` is always known.
///
/// ```
/// use provost_expr::{check_attributes, parse};
///
/// let found = check_attributes(&parse("Trim([Mail])")?, &["mail", "surname"]);
/// assert_eq!(found[0].message(), "the source has no attribute `Mail`");
/// assert_eq!(found[0].help(), Some("names are case-sensitive: write `mail`"));
/// # Ok::<(), provost_expr::ParseExprError>(())
/// ```
#[must_use]
pub fn check_attributes(expression: &Expression, known: &[&str]) -> Vec<Diagnostic> {
    let exact: HashSet<&str> = known.iter().copied().collect();
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (name, span) in expression.attributes() {
        if exact.contains(name) || is_soft_deleted(name) || !seen.insert(name) {
            continue;
        }
        let message = format!("the source has no attribute `{name}`");
        let diagnostic = Diagnostic::warning("unknown-attribute", span, message);
        found.push(with_suggestion(diagnostic, closest(name, known.iter().copied())));
    }
    found
}

fn with_suggestion(diagnostic: Diagnostic, meant: Option<UnknownName<'_>>) -> Diagnostic {
    match meant {
        Some(UnknownName::Case(right)) => diagnostic.with_help(format!("names are case-sensitive: write `{right}`")),
        Some(UnknownName::Similar(right)) => diagnostic.with_help(format!("did you mean `{right}`?")),
        None => diagnostic,
    }
}

pub(crate) fn unknown_function(call: &Call, registry: &Registry) -> Diagnostic {
    let name = call.name.as_str();
    let diagnostic = Diagnostic::error("unknown-function", call.name_span, format!("there is no function `{name}`"));
    with_suggestion(diagnostic, closest(name, registry.functions().map(|function| function.name)))
}

/// Tells whether the result is one value or a list.
pub(crate) fn shape(expression: &Expression, registry: &Registry) -> Shape {
    let call = match &expression.kind {
        ExpressionKind::Attribute(_) => return Shape::Unknown,
        ExpressionKind::Chain(_) | ExpressionKind::Variable(_) => return Shape::Unknown,
        ExpressionKind::Bareword(_)
        | ExpressionKind::Comparison(_)
        | ExpressionKind::Constant(_)
        | ExpressionKind::Parameter(_) => return Shape::Scalar,
        ExpressionKind::Call(call) => call,
    };
    let Some(function) = registry.find(&call.name) else { return Shape::Unknown };
    let united = |picked: &dyn Fn(usize) -> bool| {
        let mut shapes = (call.arguments.iter().enumerate())
            .filter(|(position, _)| picked(*position))
            .filter_map(|(_, argument)| argument.given())
            .map(|argument| shape(argument, registry));
        let first = shapes.next().unwrap_or(Shape::Unknown);
        if shapes.all(|other| other == first) { first } else { Shape::Unknown }
    };
    match function.returns {
        Returns::AnyArgument => united(&|_| true),
        Returns::Branch(picked) => united(&picked),
        Returns::List => Shape::List,
        Returns::PerElement => united(&|position| position == 0),
        Returns::Scalar => Shape::Scalar,
    }
}

fn check_call(call: &Call, function: &'static Function, found: &mut Vec<Diagnostic>) {
    let before = found.len();
    check_arity(call, function, found);
    if found.len() > before {
        return;
    }
    for (position, argument) in call.arguments.iter().enumerate() {
        if let (Some(parameter), Argument::Given(given)) = (function.parameter(position), argument) {
            check_argument(given, function, parameter, found);
        }
    }
    if let Some(check) = function.check {
        check(call, found);
    }
}

fn check_arity(call: &Call, function: &'static Function, found: &mut Vec<Diagnostic>) {
    let (given, places) = (call.arguments.len(), function.parameters.len());
    let fewest = function.parameters.iter().rposition(|p| p.presence == Presence::Required).map_or(0, |at| at + 1);
    let wrong = match function.repeat {
        Repeat::No => given < fewest || given > places,
        Repeat::Last => given < fewest,
        Repeat::Pair => given < fewest || (given - places) % 2 != 0,
    };
    if wrong {
        let expected = match (function.repeat, fewest) {
            (Repeat::Last, _) => format!("at least {}", counted(fewest)),
            (Repeat::Pair, _) => format!("an even number of arguments, at least {fewest}"),
            (Repeat::No, fewest) if fewest == places => counted(places),
            (Repeat::No, fewest) => format!("{fewest} to {}", counted(places)),
        };
        let message = format!("`{}` takes {expected}; {given} given", function.name);
        let diagnostic = Diagnostic::error("argument-count", call.name_span, message);
        found.push(diagnostic.with_help(function.signature_help()));
        return;
    }
    for (position, argument) in call.arguments.iter().enumerate() {
        let Some(parameter) = function.parameter(position) else { continue };
        if argument.given().is_none() && parameter.presence == Presence::Required {
            let message = format!("`{}` needs the argument `{}`", function.name, parameter.name);
            let diagnostic = Diagnostic::error("argument-missing", argument.span(), message);
            found.push(diagnostic.with_help(function.signature_help()));
        }
    }
}

fn counted(count: usize) -> String {
    match count {
        0 => "no arguments".to_owned(),
        1 => "1 argument".to_owned(),
        _ => format!("{count} arguments"),
    }
}

fn check_argument(given: &Expression, function: &Function, parameter: &Parameter, found: &mut Vec<Diagnostic>) {
    let (kind, name) = (parameter.kind, parameter.name);
    match (&given.kind, kind) {
        (ExpressionKind::Bareword(word), kind)
            if word.is_option() && !kind.words().is_some_and(|words| words.contains(&word.as_str())) =>
        {
            found.push(misplaced(*word, given));
        }
        (ExpressionKind::Variable(_), ParameterKind::Variable) => {}
        (_, ParameterKind::Variable) => {
            let message = format!("the argument `{name}` is a variable, such as `$item`");
            found.push(Diagnostic::error("not-a-variable", given.span, message));
        }
        (ExpressionKind::Constant(constant), ParameterKind::Number) if Decimal::parse(&constant.text).is_none() => {
            let given_text = quoted(&constant.text);
            let message = format!("the argument `{name}` of `{}` is a number, and {given_text} is none", function.name);
            found.push(Diagnostic::warning("not-a-number", given.span, message).with_help(function.signature_help()));
        }
        (ExpressionKind::Attribute(attribute), ParameterKind::AppRoleAssignments)
            if attribute == "appRoleAssignments" => {}
        (_, ParameterKind::AppRoleAssignments) => {
            let message = "this function takes the attribute `[appRoleAssignments]` and nothing else";
            found.push(Diagnostic::error("not-app-role-assignments", given.span, message));
        }
        (ExpressionKind::Constant(constant), ParameterKind::Pattern) => {
            found.extend(Regex::new(&constant.text).err().map(|error| invalid_pattern(&error, constant, given.span)));
        }
        (ExpressionKind::Constant(constant), kind)
            if kind.words().is_some_and(|words| !words.contains(&constant.text.as_str())) =>
        {
            let words = kind.words().unwrap_or_default().join("`, `");
            let message = format!("the argument `{name}` is one of `{words}`");
            found.push(Diagnostic::warning("invalid-argument", given.span, message));
        }
        _ => {}
    }
}

/// A pattern that cannot be used, with the place inside it.
pub(crate) fn invalid_pattern(error: &RegexError, constant: &Constant, span: Span) -> Diagnostic {
    Diagnostic::error("invalid-pattern", constant.span_within(error.place.clone(), span), error.message.as_str())
}

fn misplaced(word: Bareword, place: &Expression) -> Diagnostic {
    Diagnostic::error("misplaced-word", place.span, format!("the word `{word}` means nothing here"))
}

/// Whether a flow signal from here becomes the result of the expression.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Place {
    Argument,
    Outermost,
}

/// Flow signals pass only through the branches of `IIF` and `Switch`.
fn check_flow(expression: &Expression, registry: &Registry, place: Place, found: &mut Vec<Diagnostic>) {
    match &expression.kind {
        ExpressionKind::Bareword(word) if word.flow().is_some() && place == Place::Argument => {
            let diagnostic = misplaced(*word, expression);
            found.push(diagnostic.with_help("use it as a branch of an outermost `IIF` or `Switch`"));
        }
        ExpressionKind::Call(call) => {
            let function = registry.find(&call.name);
            if call.name == "IgnoreFlowIfNullOrEmpty" && place == Place::Argument {
                let message = "`IgnoreFlowIfNullOrEmpty` fails here when it has nothing to flow";
                let diagnostic = Diagnostic::warning("flow-placement", call.name_span, message);
                found.push(diagnostic.with_help("make it the outermost function, or a branch of an outermost `IIF`"));
            }
            for (position, argument) in call.arguments.iter().enumerate() {
                let Some(given) = argument.given() else { continue };
                let passes = matches!(function.map(|f| f.returns), Some(Returns::Branch(picked)) if picked(position));
                check_flow(given, registry, if passes { place } else { Place::Argument }, found);
            }
        }
        ExpressionKind::Chain(chain) => {
            for operand in std::iter::once(&chain.first).chain(chain.links.iter().map(|link| &link.operand)) {
                check_flow(operand, registry, Place::Argument, found);
            }
        }
        _ => {}
    }
}

/// A word that is an option of a function is no operand, and nothing of its own.
fn check_chains(expression: &Expression, found: &mut Vec<Diagnostic>) {
    let misplaced_in = |operand: &Expression| match operand.kind {
        ExpressionKind::Bareword(word) if word.is_option() => Some(misplaced(word, operand)),
        _ => None,
    };
    found.extend(misplaced_in(expression));
    for node in expression.nodes() {
        if let ExpressionKind::Chain(chain) = &node.kind {
            found.extend(misplaced_in(&chain.first));
            found.extend(chain.links.iter().filter_map(|link| misplaced_in(&link.operand)));
        }
    }
}

/// A variable means something only inside the call that binds it.
fn check_variables<'e>(
    expression: &'e Expression,
    registry: &Registry,
    bound: &mut Vec<&'e str>,
    found: &mut Vec<Diagnostic>,
) {
    match &expression.kind {
        ExpressionKind::Variable(name) if !bound.contains(&name.as_str()) => {
            let message = format!("no function around this binds the variable `${name}`");
            let help = format!("bind it: `With(${name}, value, expression)`");
            found.push(Diagnostic::error("unbound-variable", expression.span, message).with_help(help));
        }
        ExpressionKind::Call(call) => {
            let binds = registry
                .find(&call.name)
                .is_some_and(|function| function.parameter(0).is_some_and(|p| p.kind == ParameterKind::Variable));
            let variable = call.arguments.first().and_then(Argument::given).map(Expression::kind);
            let variable = match variable {
                Some(ExpressionKind::Variable(name)) if binds => Some(name.as_str()),
                _ => None,
            };
            for (position, given) in call.arguments.iter().enumerate() {
                let Some(given) = given.given() else { continue };
                match (variable, position) {
                    (Some(_), 0) => {}
                    // The value that the variable stands for does not see it yet.
                    (None, _) | (Some(_), 1) => check_variables(given, registry, bound, found),
                    (Some(name), _) => {
                        bound.push(name);
                        check_variables(given, registry, bound, found);
                        bound.pop();
                    }
                }
            }
        }
        ExpressionKind::Chain(chain) => {
            for operand in std::iter::once(&chain.first).chain(chain.links.iter().map(|link| &link.operand)) {
                check_variables(operand, registry, bound, found);
            }
        }
        _ => {}
    }
}
