use provost_text::Span;

use super::walk::Walk;
use super::{invalid_pattern, with_suggestion};
use crate::ast::{Call, Constant, Expression, ExpressionKind, Operator};
use crate::date::DateTime;
use crate::diagnostic::{Diagnostic, Severity};
use crate::dialect::Dialect;
use crate::eval::truth;
use crate::invocation::quoted;
use crate::number::Decimal;
use crate::registry::{Function, Parameter, ParameterKind, Presence, Repeat};
use crate::suggest::{UnknownName, closest};
use crate::types::Types;
use crate::value::Value;

/// An argument that is written out.
pub(super) struct Given<'e> {
    pub(super) expression: &'e Expression,
    pub(super) types: Types,
    pub(super) position: usize,
    /// Each evaluation of the expression evaluates it.
    pub(super) certain: bool,
}

impl Walk<'_, '_> {
    /// Whether the arguments have the right number, and those that are required are there.
    pub(super) fn arity(&mut self, call: &Call, function: &Function) -> bool {
        let before = self.found.len();
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
            self.found.push(diagnostic.with_help(function.signature_help()));
            return false;
        }
        for (position, argument) in call.arguments.iter().enumerate() {
            let Some(parameter) = function.parameter(position) else { continue };
            if argument.given().is_none() && parameter.presence == Presence::Required {
                let message = format!("`{}` needs the argument `{}`", function.name, parameter.name);
                let diagnostic = Diagnostic::error("argument-missing", argument.span(), message);
                self.found.push(diagnostic.with_help(function.signature_help()));
            }
        }
        self.found.len() == before
    }

    /// Whether the argument is a word, without quotation marks, that the parameter takes.
    pub(super) fn takes_word(&self, parameter: &Parameter, given: &Expression) -> bool {
        let ExpressionKind::Bareword(word) = given.kind else { return false };
        parameter.kind.words(self.registry.dialect()).is_some_and(|words| words.contains(&word.as_str()))
    }

    /// Whether the argument can be one for the parameter.
    pub(super) fn fits(&mut self, given: &Given<'_>, function: &Function, parameter: &Parameter) {
        let Given { expression, position, certain, .. } = *given;
        let types = given.types.as_argument();
        // Where there is a value at all, it is of these kinds.
        let values = if types == Types::NULL { types } else { types.without(Types::NULL) };
        match (&expression.kind, parameter.kind) {
            (_, ParameterKind::Variable) => {
                let message = format!("the argument `{}` is a variable, such as `$item`", parameter.name);
                self.found.push(Diagnostic::error("not-a-variable", expression.span, message));
            }
            (ExpressionKind::Attribute(attribute), ParameterKind::AppRoleAssignments)
                if attribute == "appRoleAssignments" => {}
            (_, ParameterKind::AppRoleAssignments) => {
                let message = "this function takes the attribute `[appRoleAssignments]` and nothing else";
                self.found.push(Diagnostic::error("not-app-role-assignments", expression.span, message));
            }
            (ExpressionKind::Constant(constant), _) => {
                let found = self.constant(constant, expression.span, function, parameter, severity(certain));
                self.found.extend(found);
            }
            // What is wrong with it, if anything, is said already.
            (ExpressionKind::Bareword(word), _) if word.is_option() => {}
            _ if values.is_none() => {}
            (_, kind) if values.meets(kind.accepted()) => {}
            _ if values.meets(Types::LIST) => {
                if !function.takes_lists(position) {
                    let subject = format!("the argument `{}` of `{}` is one value", parameter.name, function.name);
                    self.several(&subject, expression, types);
                }
            }
            (_, kind) => {
                let what = format!(
                    "the argument `{}` of `{}` is {}, and {}",
                    parameter.name,
                    function.name,
                    described(kind),
                    gives(expression, values)
                );
                let severity = severity(certain && !types.meets(kind.accepted()));
                let diagnostic = Diagnostic::new(mismatch(kind, values), severity, expression.span, what);
                self.found.push(
                    diagnostic
                        .with_help(conversion(kind, values).map_or_else(|| function.signature_help(), str::to_owned)),
                );
            }
        }
    }

    /// A constant that is no value for the parameter.
    fn constant(
        &mut self,
        constant: &Constant,
        span: Span,
        function: &Function,
        parameter: &Parameter,
        severity: Severity,
    ) -> Option<Diagnostic> {
        let (kind, name, text) = (parameter.kind, parameter.name, constant.text.as_str());
        if let Some(words) = kind.words(self.registry.dialect()) {
            if words.contains(&text) {
                return None;
            }
            let message = format!("the argument `{name}` is one of `{}`", words.join("`, `"));
            let diagnostic = Diagnostic::new("invalid-argument", severity, span, message);
            let meant = closest(text, words.iter().copied());
            return Some(with_suggestion(
                diagnostic,
                meant.filter(|meant| matches!(meant, UnknownName::Case(_)) || text.len() > 3),
            ));
        }
        let none = |code, what: &str| {
            let message =
                format!("the argument `{name}` of `{}` is {what}, and {} is none", function.name, quoted(text));
            Diagnostic::new(code, severity, span, message)
        };
        match kind {
            ParameterKind::Condition if !text.is_empty() && truth(&Value::text(text)).is_none() => {
                let help = "compare: `[attribute] = \"value\"`, or ask: `IsPresent([attribute])`";
                Some(none("not-a-condition", "a condition").with_help(help))
            }
            ParameterKind::Date if !text.is_empty() && DateTime::parse(text).is_none() => Some(
                none("not-a-date", "a date")
                    .with_help("write a date such as `2026-03-16T07:00:00Z`; `FormatDateTime` reads other formats"),
            ),
            ParameterKind::Number => match Decimal::parse(text) {
                None => Some(none("not-a-number", "a number").with_help(function.signature_help())),
                Some(number) if number.truncated().is_none() => {
                    Some(none("not-a-number", "a number of 64 bits").with_help(function.signature_help()))
                }
                Some(_) => None,
            },
            ParameterKind::Pattern => {
                let error = self.patterns.get(text).err()?;
                let said = self.exhausted;
                self.exhausted |= error.exhausts;
                (!said || !error.exhausts).then(|| invalid_pattern(&error, constant, span))
            }
            _ => None,
        }
    }

    /// Warns of a list where one value is needed. It may hold just one, so it is no error.
    pub(super) fn several(&mut self, subject: &str, given: &Expression, types: Types) {
        if !types.meets(Types::LIST) || types.meets(Types::SCALAR) {
            return;
        }
        let message = format!("{subject}, and {}", gives(given, Types::LIST));
        let joined = match self.registry.dialect() {
            Dialect::Connect => "Join(..., \",\")",
            Dialect::Entra => "Join(\",\", ...)",
        };
        let help = format!("choose one: `Item(..., 1)`, or put them together: `{joined}`");
        self.found.push(Diagnostic::warning("list", given.span, message).with_help(help));
    }

    /// Whether an operand of the dialect `connect` can be one for its operator.
    pub(super) fn operand(&mut self, operand: &Expression, types: Types, operator: Operator, certain: bool) {
        let (kind, name) = match operator {
            Operator::Add | Operator::Divide | Operator::Multiply | Operator::Subtract => {
                (ParameterKind::Number, "a number")
            }
            Operator::And | Operator::Or => (ParameterKind::Condition, "a condition"),
            _ => return,
        };
        if let ExpressionKind::Constant(constant) = &operand.kind {
            let fits = match kind {
                ParameterKind::Number => Decimal::parse(&constant.text).is_some(),
                _ => truth(&Value::text(&constant.text)).is_some(),
            };
            if !fits {
                let message = format!("an operand of `{operator}` is {name}, and {} is none", quoted(&constant.text));
                self.found.push(Diagnostic::new(mismatch(kind, types), severity(certain), operand.span, message));
            }
            return;
        }
        if types.is_none() || types.meets(kind.accepted().or(Types::LIST)) {
            return;
        }
        if let ExpressionKind::Bareword(word) = operand.kind
            && word.is_option()
        {
            return;
        }
        let message = format!("an operand of `{operator}` is {name}, and {}", gives(operand, types));
        let diagnostic = Diagnostic::new(mismatch(kind, types), severity(certain), operand.span, message);
        self.found.push(match conversion(kind, types) {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        });
    }
}

fn severity(certain: bool) -> Severity {
    if certain { Severity::Error } else { Severity::Warning }
}

fn counted(count: usize) -> String {
    match count {
        0 => "no arguments".to_owned(),
        1 => "1 argument".to_owned(),
        _ => format!("{count} arguments"),
    }
}

/// The code of the error that evaluating would give.
fn mismatch(kind: ParameterKind, types: Types) -> &'static str {
    match kind {
        _ if types == Types::NULL => "null",
        ParameterKind::Condition => "not-a-condition",
        ParameterKind::Date => "not-a-date",
        ParameterKind::Number => "not-a-number",
        _ => "invalid-argument",
    }
}

fn described(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::CaseType | ParameterKind::CompareType | ParameterKind::Encoding | ParameterKind::Interval => {
            "a word"
        }
        ParameterKind::Condition => "a condition",
        ParameterKind::Date => "a date",
        ParameterKind::Number => "a number",
        ParameterKind::Pattern => "a pattern",
        _ => "one value",
    }
}

/// What a part gives, as the end of a message.
fn gives(part: &Expression, types: Types) -> String {
    match &part.kind {
        ExpressionKind::Bareword(word) => format!("`{word}` is {types}"),
        ExpressionKind::Call(call) => format!("`{}` gives {types}", call.name),
        ExpressionKind::Comparison(_) => format!("a comparison gives {types}"),
        _ => format!("this gives {types}"),
    }
}

/// What turns values of these kinds into what the parameter takes.
fn conversion(kind: ParameterKind, types: Types) -> Option<&'static str> {
    match kind {
        ParameterKind::Condition if types.meets(Types::DATE) => Some("compare the date with another one"),
        ParameterKind::Date if types.meets(Types::INTEGER) => {
            Some("`DateFromNum` turns a number of 100-nanosecond steps since 1601 into a date")
        }
        ParameterKind::Number if types.meets(Types::DATE) => Some("`NumFromDate` turns a date into a number"),
        ParameterKind::Number if types.meets(Types::BOOLEAN) => {
            Some("`IIF(..., 1, 0)` turns a condition into a number")
        }
        _ => None,
    }
}
