use std::borrow::Cow;
use std::ops::Range;

use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::functions::casing::simple_fold;
use crate::functions::constants::{check_part, check_start};
use crate::invocation::Invocation;
use crate::plan::Kernel;
use crate::registry::ParameterKind::{Any, CompareType, Number, Text};
use crate::registry::Returns::PerElement;
use crate::registry::{Function, Parameter, Returns};
use crate::value::Value;

type Evaluated<'a> = Result<Value<'a>, EvaluateError>;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "Append",
        &[Parameter::required("source", Text), Parameter::required("suffix", Text)],
        append,
        "Adds text behind the source.",
    )
    .planned(Kernel::Append)
    .returning(PerElement),
    Function::new(
        "CStr",
        &[Parameter::required("value", Any)],
        cstr,
        "Turns a number, a Boolean or a reference into text.",
    )
    .returning(PerElement),
    Function::new(
        "InStr",
        &[
            Parameter::required("value1", Text),
            Parameter::required("value2", Text),
            Parameter::optional("start", Number),
            Parameter::optional("compareType", CompareType),
        ],
        in_str,
        "Finds the position, from one, of a text in another; zero when it is not there.",
    )
    .checked_by(check_start)
    .returning(Returns::INTEGER),
    Function::new(
        "Left",
        &[Parameter::required("source", Text), Parameter::required("numChars", Number)],
        left,
        "Takes characters from the beginning.",
    )
    .planned(Kernel::Left)
    .returning(PerElement),
    Function::new(
        "Mid",
        &[
            Parameter::required("source", Text),
            Parameter::required("start", Number),
            Parameter::required("length", Number),
        ],
        mid,
        "Takes characters from a position, counted from one.",
    )
    .planned(Kernel::Mid)
    .checked_by(check_part)
    .returning(PerElement),
    Function::new(
        "Prepend",
        &[Parameter::required("prefix", Text), Parameter::required("source", Text)],
        prepend,
        "Adds text before the source.",
    )
    .planned(Kernel::Prepend)
    .returning(Returns::PerElementOfSecond)
    .adjacent(),
    Function::new("StripSpaces", &[Parameter::required("source", Text)], strip_spaces, "Removes all spaces.")
        .planned(Kernel::StripSpaces)
        .returning(PerElement),
    Function::new("Trim", &[Parameter::required("source", Text)], trim, "Removes white space from both ends.")
        .planned(Kernel::Trim)
        .adjacent()
        .returning(PerElement),
    Function::new(
        "Word",
        &[
            Parameter::required("source", Text),
            Parameter::required("wordNumber", Number),
            Parameter::required("delimiters", Text),
        ],
        word,
        "Takes one of the words that the delimiters separate, counted from one; each character delimits.",
    )
    .planned(Kernel::Word)
    .returning(PerElement),
];

fn append<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (source, suffix) = (call.value(0)?, call.text_or_empty(1)?);
    call.each(source, |call, text| concatenated(call, text, suffix.clone()))
}

fn prepend<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (prefix, source) = (call.text_or_empty(0)?, call.value(1)?);
    call.each(source, |call, text| concatenated(call, prefix.clone(), text))
}

fn concatenated<'a>(
    call: &mut Invocation<'_, 'a, '_>,
    first: Cow<'a, str>,
    second: Cow<'a, str>,
) -> Result<Cow<'a, str>, EvaluateError> {
    if second.is_empty() {
        return Ok(first);
    }
    call.charge(first.len() + second.len())?;
    Ok(first + second)
}

pub(super) fn cstr<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.value(0)?;
    call.each(source, |_, text| Ok(text))
}

fn strip_spaces<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.value(0)?;
    call.each(source, |call, text| {
        if !text.contains(' ') {
            return Ok(text);
        }
        call.charge(text.len())?;
        Ok(Cow::Owned(text.replace(' ', "")))
    })
}

pub(super) fn trim<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.value(0)?;
    call.each(source, |_, text| Ok(view(text, str::trim)))
}

/// Null counts as the empty text.
pub(super) fn left<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (source, count) = (or_empty(call.value(0)?), call.integer(1)?);
    let Ok(count) = usize::try_from(count) else { return Ok(source) };
    call.each(source, |_, text| Ok(view(text, |text| characters(text, 0, count))))
}

/// Null counts as the empty text.
fn mid<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (source, start, length) = (or_empty(call.value(0)?), call.integer(1)?, call.integer(2)?);
    let skipped = start.checked_sub(1).and_then(|skipped| usize::try_from(skipped).ok());
    let skipped = skipped.ok_or_else(|| call.error_at(1, Kind::OutOfRange, "the start counts from 1"))?;
    let length =
        usize::try_from(length).map_err(|_| call.error_at(2, Kind::OutOfRange, "the length cannot be negative"))?;
    call.each(source, |_, text| Ok(view(text, |text| characters(text, skipped, length))))
}

/// Null counts as the empty text. Adjacent delimiters enclose an empty word.
pub(super) fn word<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (source, number, delimiters) = (or_empty(call.value(0)?), call.integer(1)?, call.text_or_empty(2)?);
    let index = number.checked_sub(1).and_then(|index| usize::try_from(index).ok());
    call.each(source, |_, text| {
        Ok(view(text, |text| {
            index.and_then(|index| text.split(|c| delimiters.contains(c)).nth(index)).unwrap_or_default()
        }))
    })
}

pub(super) fn in_str<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (text, wanted) = (call.text_or_empty(0)?, call.text(1)?);
    let start = if call.given(2) { call.integer(2)? } else { 1 };
    let compare = call.text(3)?;
    let wanted = wanted.ok_or_else(|| call.error_at(1, Kind::Null, "there is no text to look for"))?;
    let skipped = start.checked_sub(1).and_then(|skipped| usize::try_from(skipped).ok());
    let skipped = skipped.ok_or_else(|| call.error_at(2, Kind::OutOfRange, "the start counts from 1"))?;
    let found = match compare.as_deref() {
        None | Some("vbBinaryCompare") => position(&text, &wanted, skipped),
        Some("vbTextCompare") => position(&simple_fold(&text), &simple_fold(&wanted), skipped),
        Some(_) => {
            return Err(call.error_at(3, Kind::InvalidArgument, "expected `vbTextCompare` or `vbBinaryCompare`"));
        }
    };
    Ok(Value::Integer(found.and_then(|found| i64::try_from(found + 1).ok()).unwrap_or(0)))
}

/// The index in characters of the first occurrence that begins behind `skipped` characters.
fn position(text: &str, wanted: &str, skipped: usize) -> Option<usize> {
    if text.is_empty() {
        return None;
    }
    let (offset, _) = text.char_indices().nth(skipped)?;
    let rest = text.get(offset..)?;
    let before = rest.get(..rest.find(wanted)?)?;
    Some(skipped + before.chars().count())
}

pub(super) fn or_empty(source: Value<'_>) -> Value<'_> {
    if source == Value::Null { Value::text("") } else { source }
}

/// A part of a text; borrowed when the text is.
pub(super) fn view<'a>(text: Cow<'a, str>, part: impl Fn(&str) -> &str) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(part(text)),
        Cow::Owned(text) => {
            let part = part(&text);
            if part.len() == text.len() { Cow::Owned(text) } else { Cow::Owned(part.to_owned()) }
        }
    }
}

pub(super) fn characters(text: &str, skipped: usize, count: usize) -> &str {
    text.get(character_range(text, skipped, count)).unwrap_or_default()
}

/// The bytes of so many characters behind so many others.
pub(crate) fn character_range(text: &str, skipped: usize, count: usize) -> Range<usize> {
    let offset = |text: &str, index: usize| text.char_indices().nth(index).map_or(text.len(), |(at, _)| at);
    let start = offset(text, skipped);
    start..start + offset(text.get(start..).unwrap_or_default(), count)
}
