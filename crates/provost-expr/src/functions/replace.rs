use std::borrow::Cow;

use crate::ast::{Argument, Call};
use crate::diagnostic::Diagnostic;
use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::invocation::Invocation;
use crate::registry::ParameterKind::{Any, Text};
use crate::registry::Returns::PerElement;
use crate::registry::{Function, Parameter};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[Function::new(
    "Replace",
    &[
        Parameter::required("source", Text),
        Parameter::optional("oldValue", Text),
        Parameter::optional("regexPattern", Text),
        Parameter::optional("regexGroupName", Text),
        Parameter::optional("replacementValue", Text),
        Parameter::optional("replacementAttributeName", Any),
        Parameter::optional("template", Text),
    ],
    replace,
    "Replaces text; which arguments are there decides how.",
)
.returning(PerElement)
.checked_by(check_mode)];

const OLD: usize = 1;
const PATTERN: usize = 2;
const GROUP: usize = 3;
const REPLACEMENT: usize = 4;
const ATTRIBUTE: usize = 5;
const TEMPLATE: usize = 6;

/// What a call does, by the arguments that are written out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mode {
    /// Every occurrence of `oldValue` in the source becomes `replacementValue`.
    Plain,
    /// One of the three ways that need a regular expression.
    Regex,
    /// Every occurrence of `oldValue` in the template becomes the source.
    Template,
}

fn mode(given: impl Fn(usize) -> bool) -> Option<Mode> {
    match [OLD, PATTERN, GROUP, REPLACEMENT, ATTRIBUTE, TEMPLATE].map(given) {
        [true, false, false, true, false, false] => Some(Mode::Plain),
        [true, false, false, false, false, true] => Some(Mode::Template),
        [false, true, false, true, false, false]
        | [false, true, true, true, false, false]
        | [false, true, true, false, true, false] => Some(Mode::Regex),
        _ => None,
    }
}

fn check_mode(call: &Call, found: &mut Vec<Diagnostic>) {
    let place = |position: usize| call.arguments().get(position);
    match mode(|position| place(position).and_then(Argument::given).is_some()) {
        Some(Mode::Plain | Mode::Template) => {}
        Some(Mode::Regex) => {
            let span = place(PATTERN).map_or(call.name_span(), Argument::span);
            let message = "regular expressions are not available in this version";
            found.push(
                Diagnostic::error("regex-unavailable", span, message)
                    .with_help("replace plain text: `Replace(source, \"old\", , , \"new\", , )`"),
            );
        }
        None => {
            let message = "these arguments of `Replace` do not go together";
            found.push(Diagnostic::error("replace-mode", call.name_span(), message).with_help(
                "give oldValue and replacementValue; or oldValue and template; or regexPattern and replacementValue, with \
                 regexGroupName or without; or regexPattern, regexGroupName and replacementAttributeName",
            ));
        }
    }
}

fn replace<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let mode = mode(|position| call.given(position));
    let (source, old) = (call.value(0)?, call.text_or_empty(OLD)?);
    let other = call.text_or_empty(if mode == Some(Mode::Template) { TEMPLATE } else { REPLACEMENT })?;
    if old.is_empty() {
        return Err(call.error_at(OLD, Kind::InvalidArgument, "the text to be replaced is empty"));
    }
    match mode {
        Some(Mode::Plain) => call.each(source, |call, text| replaced(call, text, &old, &other)),
        Some(Mode::Template) => call.each(source, |call, text| replaced(call, other.clone(), &old, &text)),
        Some(Mode::Regex) | None => Err(call.error(Kind::InvalidArgument, "these arguments do not go together")),
    }
}

/// All occurrences that stand in the text as it is; what a replacement brings in is not looked at again.
fn replaced<'a>(
    call: &mut Invocation<'_, 'a, '_>,
    text: Cow<'a, str>,
    old: &str,
    new: &str,
) -> Result<Cow<'a, str>, EvaluateError> {
    let mut parts = text.split(old);
    let first = parts.next().unwrap_or_default();
    if first.len() == text.len() {
        return Ok(text);
    }
    let mut built = String::new();
    call.push(&mut built, first)?;
    for part in parts {
        call.push(&mut built, new)?;
        call.push(&mut built, part)?;
    }
    Ok(built.into())
}
