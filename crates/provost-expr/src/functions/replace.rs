use std::borrow::Cow;
use std::ops::Range;

use crate::ast::{Argument, Call, Expression, ExpressionKind};
use crate::diagnostic::Diagnostic;
use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::functions::constants;
use crate::functions::text::view;
use crate::invocation::Invocation;
use crate::plan::Kernel;
use crate::regex::{Found, Patterns, Regex, SearchError, Template};
use crate::registry::ParameterKind::{Attribute, Pattern, Text};
use crate::registry::Returns::PerElement;
use crate::registry::{CallContext, Function, Parameter};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[Function::new(
    "Replace",
    &[
        Parameter::required("source", Text),
        Parameter::optional("oldValue", Text),
        Parameter::optional("regexPattern", Pattern),
        Parameter::optional("regexGroupName", Text),
        Parameter::optional("replacementValue", Text),
        Parameter::optional("replacementAttributeName", Attribute),
        Parameter::optional("template", Text),
    ],
    replace,
    "Replaces text; which arguments are there decides how.",
)
.planned(Kernel::Replace)
.returning(PerElement)
.checked_by(check_mode)];

pub(crate) const OLD: usize = 1;
pub(crate) const PATTERN: usize = 2;
pub(crate) const GROUP: usize = 3;
pub(crate) const REPLACEMENT: usize = 4;
const ATTRIBUTE: usize = 5;
const TEMPLATE: usize = 6;

/// What a call does, by the arguments that are written out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mode {
    /// The source where it has a value, else the named group of the first match in another attribute.
    Extract,
    /// The named group of every match becomes `replacementValue` as it is.
    Group,
    /// Every match becomes `replacementValue`, in which `$` refers to groups.
    Pattern,
    /// Every occurrence of `oldValue` in the source becomes `replacementValue`.
    Plain,
    /// Every occurrence of `oldValue` in the template becomes the source.
    Template,
}

pub(crate) fn mode(given: impl Fn(usize) -> bool) -> Option<Mode> {
    match [OLD, PATTERN, GROUP, REPLACEMENT, ATTRIBUTE, TEMPLATE].map(given) {
        [true, false, false, true, false, false] => Some(Mode::Plain),
        [true, false, false, false, false, true] => Some(Mode::Template),
        [false, true, false, true, false, false] => Some(Mode::Pattern),
        [false, true, true, true, false, false] => Some(Mode::Group),
        [false, true, true, false, true, false] => Some(Mode::Extract),
        _ => None,
    }
}

fn check_mode(call: &Call, context: &CallContext<'_>, found: &mut Vec<Diagnostic>) {
    let given = |position: usize| call.arguments().get(position).and_then(Argument::given);
    match mode(|position| given(position).is_some()) {
        Some(Mode::Extract | Mode::Group) => check_group(given(PATTERN), given(GROUP), context.patterns, found),
        Some(Mode::Plain | Mode::Template) => constants::check_old(call, found),
        Some(Mode::Pattern) => {}
        None => {
            let message = "these arguments of `Replace` do not go together";
            found.push(Diagnostic::error("replace-mode", call.name_span(), message).with_help(
                "give oldValue and replacementValue; or oldValue and template; or regexPattern and replacementValue, with \
                 regexGroupName or without; or regexPattern, regexGroupName and replacementAttributeName",
            ));
        }
    }
}

/// Where both are constants, the pattern must have the group.
fn check_group(
    pattern: Option<&Expression>,
    group: Option<&Expression>,
    patterns: &Patterns,
    found: &mut Vec<Diagnostic>,
) {
    let (Some(pattern), Some(group)) = (pattern, group) else { return };
    let (ExpressionKind::Constant(pattern), ExpressionKind::Constant(name)) = (pattern.kind(), group.kind()) else {
        return;
    };
    if patterns.get(pattern.text()).is_ok_and(|regex| regex.group_number(name.text()).is_none()) {
        let message = format!("the pattern has no group `{}`", name.text());
        found.push(
            Diagnostic::error("unknown-group", group.span(), message)
                .with_help(format!("name a group in the pattern: `(?<{}>...)`", name.text())),
        );
    }
}

/// Warns of a pattern that matches a whole text and then, as .NET does, once more behind it, where the empty match puts
/// the replacement in a second time.
pub(crate) fn missing_anchors(call: &Call, patterns: &Patterns, found: &mut Vec<Diagnostic>) {
    let given = |position: usize| call.arguments().get(position).and_then(Argument::given);
    let group = match mode(|position| given(position).is_some()) {
        Some(Mode::Group) => given(GROUP),
        Some(Mode::Pattern) => None,
        _ => return,
    };
    let (Some(place), Some(replacement)) = (given(PATTERN), given(REPLACEMENT)) else { return };
    let Some(regex) = constant(place).and_then(|pattern| patterns.get(pattern).ok()) else { return };
    let group = match group.map(constant) {
        Some(Some(name)) => regex.group_number(name),
        Some(None) => return,
        None => Some(0),
    };
    let Some(group) = group else { return };
    let is_put_in = |text: &str, found: &Found| match constant(replacement) {
        Some(new) if group == 0 => Template::new(new, &regex).parts(text, found).any(|part| !part.is_empty()),
        Some(new) => !new.is_empty(),
        None => true,
    };
    // The engine that may run back many times is asked about fewer letters.
    let letters = if regex.is_backtracking() { FEW_LETTERS } else { ALL_LETTERS };
    let twice = letters.chars().any(|letter| {
        let mut octets = [0; 4];
        let text: &str = letter.encode_utf8(&mut octets);
        if !patterns.may_search(&regex) {
            return false;
        }
        let Ok(matches) = regex.matches(text) else { return false };
        let matches: Vec<Found> = matches.map_while(Result::ok).collect();
        let places: Vec<_> = matches.iter().map(|found| found.group(group)).collect();
        places == [Some(0..1), Some(1..1)] && matches.last().is_some_and(|last| is_put_in(text, last))
    });
    if twice {
        let message =
            "this pattern also matches the empty text behind a match, where the replacement comes a second time";
        found.push(Diagnostic::warning("pattern-without-anchors", place.span(), message).with_help(
            "put `^` before the pattern and `$` behind it to replace the value as a whole, or write `+` in place of `*` to \
             replace only what is there",
        ));
    }
}

const ALL_LETTERS: &str =
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
const FEW_LETTERS: &str = "aA0 .@-_";

fn constant(expression: &Expression) -> Option<&str> {
    match expression.kind() {
        ExpressionKind::Constant(constant) => Some(constant.text()),
        _ => None,
    }
}

fn replace<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    match mode(|position| call.given(position)) {
        Some(Mode::Extract) => extract(call),
        Some(Mode::Group) => replace_group(call),
        Some(Mode::Pattern) => replace_pattern(call),
        Some(Mode::Plain) => replace_plain(call),
        Some(Mode::Template) => fill_template(call),
        None => Err(call.error(Kind::InvalidArgument, "these arguments do not go together")),
    }
}

fn replace_plain<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let (source, old, new) = (call.value(0)?, call.text_or_empty(OLD)?, call.text_or_empty(REPLACEMENT)?);
    check_old(call, &old)?;
    call.each(source, |call, text| replaced(call, text, &old, &new))
}

fn fill_template<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let (source, old, template) = (call.value(0)?, call.text_or_empty(OLD)?, call.text_or_empty(TEMPLATE)?);
    check_old(call, &old)?;
    call.each(source, |call, text| replaced(call, template.clone(), &old, &text))
}

fn check_old(call: &Invocation<'_, '_, '_>, old: &str) -> Result<(), EvaluateError> {
    if old.is_empty() {
        return Err(call.error_at(OLD, Kind::InvalidArgument, "the text to be replaced is empty"));
    }
    Ok(())
}

fn replace_pattern<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let (source, pattern, new) = (call.value(0)?, call.text(PATTERN)?, call.text_or_empty(REPLACEMENT)?);
    let regex = call.regex(PATTERN, pattern.as_deref())?;
    let template = Template::new(&new, &regex);
    call.each(source, |call, text| {
        rewritten(
            call,
            text,
            &regex,
            |found| Some(found.whole()),
            |call, text, found, built| template.parts(text, found).try_for_each(|part| call.push(built, part)),
        )
    })
}

/// The replacement is put in as it is. A match in which the group took no part stays, and so does a group that a look
/// around the match found in what is copied already.
fn replace_group<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let (source, pattern, group) = (call.value(0)?, call.text(PATTERN)?, call.text_or_empty(GROUP)?);
    let new = call.text_or_empty(REPLACEMENT)?;
    let regex = call.regex(PATTERN, pattern.as_deref())?;
    let number = group_number(call, &regex, &group)?;
    call.each(source, |call, text| {
        rewritten(call, text, &regex, |found| found.group(number), |call, _, _, built| call.push(built, &new))
    })
}

fn extract<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let (source, pattern, group) = (call.value(0)?, call.text(PATTERN)?, call.text_or_empty(GROUP)?);
    let other = call.text(ATTRIBUTE)?;
    let regex = call.regex(PATTERN, pattern.as_deref())?;
    let number = group_number(call, &regex, &group)?;
    if !source.is_null_or_empty() {
        return Ok(source);
    }
    let Some(text) = other else { return Ok(Value::Null) };
    let first = regex.matches(&text).and_then(|mut matches| matches.next().transpose());
    let found = first.map_err(|error| search_failed(call, error))?;
    match found.and_then(|found| found.group(number)) {
        Some(place) => Ok(Value::Text(view(text, |text| text.get(place.clone()).unwrap_or_default()))),
        None => Ok(Value::Null),
    }
}

fn group_number(call: &Invocation<'_, '_, '_>, regex: &Regex, name: &str) -> Result<usize, EvaluateError> {
    let number = regex.group_number(name);
    number.ok_or_else(|| call.error_at(GROUP, Kind::InvalidPattern, "the pattern has no group of this name"))
}

fn search_failed(call: &Invocation<'_, '_, '_>, error: SearchError) -> EvaluateError {
    call.error_at(PATTERN, Kind::InvalidPattern, error.to_string())
}

/// The text with a part of each match replaced by what `write` adds behind the text before that part.
fn rewritten<'a>(
    call: &mut Invocation<'_, 'a, '_>,
    text: Cow<'a, str>,
    regex: &Regex,
    part: impl Fn(&Found) -> Option<Range<usize>>,
    write: impl Fn(&mut Invocation<'_, 'a, '_>, &str, &Found, &mut String) -> Result<(), EvaluateError>,
) -> Result<Cow<'a, str>, EvaluateError> {
    let (mut built, mut copied, mut changed) = (String::new(), 0, false);
    for found in regex.matches(&text).map_err(|error| search_failed(call, error))? {
        let found = found.map_err(|error| search_failed(call, error))?;
        let Some(place) = part(&found).filter(|place| place.start >= copied) else { continue };
        changed = true;
        call.push(&mut built, text.get(copied..place.start).unwrap_or_default())?;
        write(call, &text, &found, &mut built)?;
        copied = place.end;
    }
    if !changed {
        return Ok(text);
    }
    call.push(&mut built, text.get(copied..).unwrap_or_default())?;
    Ok(built.into())
}

/// All occurrences that stand in the text as it is; what a replacement brings in is not looked at again.
pub(super) fn replaced<'a>(
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
