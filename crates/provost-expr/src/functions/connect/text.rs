use std::borrow::Cow;

use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::functions::casing::{Culture, lower, mapped, simple_fold, to_lower, to_upper, upper};
use crate::functions::constants::check_padding;
use crate::functions::random::guid;
use crate::functions::replace::replaced;
use crate::functions::text::{characters, in_str, left, or_empty, trim, view, word};
use crate::invocation::Invocation;
use crate::plan::Kernel;
use crate::registry::ParameterKind::{CompareType, Number, Text};
use crate::registry::Returns::PerElement;
use crate::registry::{Function, Nature, Parameter, Returns};
use crate::types::Types;
use crate::value::Value;

type Evaluated<'a> = Result<Value<'a>, EvaluateError>;

const TEXT: &[Parameter] = &[Parameter::required("source", Text)];
const COUNTED: &[Parameter] = &[Parameter::required("source", Text), Parameter::required("numChars", Number)];
const PADDED: &[Parameter] = &[
    Parameter::required("source", Text),
    Parameter::required("length", Number),
    Parameter::required("padCharacter", Text),
];
const SEARCH: &[Parameter] = &[
    Parameter::required("source", Text),
    Parameter::required("search", Text),
    Parameter::optional("start", Number),
    Parameter::optional("compareType", CompareType),
];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("Guid", &[], guid, "Makes a new random GUID.")
        .returning(Returns::TEXT)
        .connect()
        .of_nature(Nature::Random),
    Function::new(
        "InStr",
        SEARCH,
        in_str,
        "Finds the position, from one, of a text in another; zero when it is not there.",
    )
    .returning(Returns::INTEGER)
    .connect(),
    Function::new("InStrRev", SEARCH, in_str_rev, "Finds the position, from one, of the last occurrence of a text.")
        .returning(Returns::INTEGER)
        .connect(),
    Function::new("LCase", TEXT, to_lower, "Lowers all letters.")
        .planned(Kernel::Lower)
        .connect()
        .returning(PerElement),
    Function::new("LTrim", TEXT, ltrim, "Removes white space from the beginning.").connect().returning(PerElement),
    Function::new("Left", COUNTED, left, "Takes characters from the beginning.")
        .planned(Kernel::Left)
        .connect()
        .returning(PerElement),
    Function::new("Len", TEXT, len, "Counts the characters.")
        .returning(Returns::Kinds(Types::INTEGER.or(Types::NULL)))
        .connect(),
    Function::new(
        "Mid",
        &[
            Parameter::required("source", Text),
            Parameter::required("start", Number),
            Parameter::optional("length", Number),
        ],
        mid,
        "Takes characters from a position, counted from one; a position outside the text gives all of it.",
    )
    .connect()
    .returning(PerElement),
    Function::new("PCase", TEXT, pcase, "Raises the first letter of each word; words in capitals stay.")
        .connect()
        .returning(PerElement),
    Function::new("PadLeft", PADDED, pad_left, "Fills up to a length before the text.")
        .checked_by(check_padding)
        .connect()
        .returning(PerElement),
    Function::new("PadRight", PADDED, pad_right, "Fills up to a length behind the text.")
        .checked_by(check_padding)
        .connect()
        .returning(PerElement),
    Function::new(
        "Replace",
        &[Parameter::required("source", Text), Parameter::required("old", Text), Parameter::required("new", Text)],
        replace,
        "Replaces text; `\\n`, `\\r` and `\\t` mean a line feed, a carriage return and a tab.",
    )
    .connect()
    .returning(PerElement),
    Function::new(
        "ReplaceChars",
        &[Parameter::required("source", Text), Parameter::required("pattern", Text)],
        replace_chars,
        "Replaces single characters by what a list such as `ä:ae,é:e` says.",
    )
    .connect()
    .returning(PerElement),
    Function::new("RTrim", TEXT, rtrim, "Removes white space from the end.").connect().returning(PerElement),
    Function::new("Right", COUNTED, right, "Takes characters from the end.").connect().returning(PerElement),
    Function::new("Trim", TEXT, trim, "Removes white space from both ends.")
        .planned(Kernel::Trim)
        .connect()
        .returning(PerElement),
    Function::new("UCase", TEXT, to_upper, "Raises all letters.")
        .planned(Kernel::Upper)
        .connect()
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
    .connect()
    .returning(PerElement),
];

fn ltrim<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.value(0)?;
    call.each(source, |_, text| Ok(view(text, str::trim_start)))
}

fn rtrim<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.value(0)?;
    call.each(source, |_, text| Ok(view(text, str::trim_end)))
}

fn len<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    Ok(match call.text(0)? {
        Some(text) => Value::Integer(i64::try_from(text.chars().count()).unwrap_or(i64::MAX)),
        None => Value::Null,
    })
}

/// The text where it ends at or before a position; all of it without one.
fn in_str_rev<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (text, wanted) = (call.text_or_empty(0)?, call.text(1)?);
    let end = if call.given(2) { Some(call.integer(2)?) } else { None };
    let compare = call.text(3)?;
    let wanted = wanted.ok_or_else(|| call.error_at(1, Kind::Null, "there is no text to look for"))?;
    let searched = match end.map(usize::try_from) {
        None => text.as_ref(),
        Some(Ok(end)) if end > 0 => characters(&text, 0, end),
        Some(_) => return Err(call.error_at(2, Kind::OutOfRange, "the start counts from 1")),
    };
    let (searched, wanted) = match compare.as_deref() {
        None | Some("vbBinaryCompare") => (Cow::Borrowed(searched), wanted),
        Some("vbTextCompare") => (simple_fold(searched).into(), simple_fold(&wanted).into()),
        Some(_) => {
            return Err(call.error_at(3, Kind::InvalidArgument, "expected `vbTextCompare` or `vbBinaryCompare`"));
        }
    };
    let before = searched.rfind(wanted.as_ref()).and_then(|at| searched.get(..at));
    let position = before.and_then(|before| i64::try_from(before.chars().count() + 1).ok());
    Ok(Value::Integer(position.filter(|_| !searched.is_empty()).unwrap_or(0)))
}

/// Null counts as the empty text.
fn right<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (source, count) = (or_empty(call.value(0)?), call.integer(1)?);
    let Ok(count) = usize::try_from(count) else { return Ok(source) };
    call.each(source, |_, text| {
        Ok(view(text, |text| {
            let skipped = text.chars().count().saturating_sub(count);
            characters(text, skipped, usize::MAX)
        }))
    })
}

/// Null counts as the empty text. What lies outside the text gives all of it, unlike in the other dialect.
fn mid<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (source, start) = (or_empty(call.value(0)?), call.integer(1)?);
    let length = if call.given(2) { call.integer(2)? } else { i64::MAX };
    let skipped = start.checked_sub(1).and_then(|skipped| usize::try_from(skipped).ok());
    let (Some(skipped), Ok(length)) = (skipped, usize::try_from(length)) else { return Ok(source) };
    call.each(source, |_, text| {
        Ok(view(text, |text| {
            let outside = text.chars().nth(skipped).is_none();
            if outside && length > 0 { text } else { characters(text, skipped, length) }
        }))
    })
}

fn pad_left<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    padded(call, |padding, text| padding + text)
}

fn pad_right<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    padded(call, |padding, text| text.to_owned() + &padding)
}

/// Null becomes the empty text, and is not filled up.
fn padded<'a>(call: &mut Invocation<'_, 'a, '_>, put: fn(String, &str) -> String) -> Evaluated<'a> {
    let (source, length, pad) = (call.value(0)?, call.integer(1)?, call.text_or_empty(2)?);
    let mut characters = pad.chars();
    let (Some(pad), None) = (characters.next(), characters.next()) else {
        return Err(call.error_at(2, Kind::InvalidArgument, "the character to fill up with is exactly one"));
    };
    if source == Value::Null {
        return Ok(Value::text(""));
    }
    let length = usize::try_from(length).unwrap_or(0);
    call.each(source, |call, text| {
        let missing = length.saturating_sub(text.chars().count());
        if missing == 0 {
            return Ok(text);
        }
        call.charge(missing.saturating_mul(pad.len_utf8()).saturating_add(text.len()))?;
        Ok(put(std::iter::repeat_n(pad, missing).collect(), &text).into())
    })
}

/// Only spaces part words.
fn pcase<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.value(0)?;
    call.each(source, |call, text| {
        let capitals: Vec<bool> = text.split(' ').map(|word| !word.chars().any(char::is_lowercase)).collect();
        let (mut word, mut first) = (0, true);
        mapped(call, text, |c| {
            if c == ' ' {
                word += 1;
                first = true;
                return c;
            }
            let raised = std::mem::replace(&mut first, false);
            match capitals.get(word) {
                Some(true) => c,
                _ if raised => upper(c, Culture::Invariant),
                _ => lower(c, Culture::Invariant),
            }
        })
    })
}

fn replace<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (source, old, new) = (call.value(0)?, call.text_or_empty(1)?, call.text_or_empty(2)?);
    call.charge(old.len() + new.len())?;
    let marked = |text: &str| text.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t");
    let (old, new) = (marked(&old), marked(&new));
    if old.is_empty() {
        return Err(call.error_at(1, Kind::InvalidArgument, "the text to be replaced is empty"));
    }
    call.each(source, |call, text| replaced(call, text, &old, &new))
}

fn replace_chars<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (source, pattern) = (call.value(0)?, call.text_or_empty(1)?);
    let entry = |entry: &str| {
        let (from, to) = entry.split_once(':')?;
        let visible = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let (from, to) = (visible(from), visible(to));
        let mut characters = from.chars();
        let from = characters.next()?;
        (characters.next().is_none() && !to.contains(':')).then_some((from, to))
    };
    let entries = pattern.split(',').filter(|_| !pattern.trim().is_empty()).map(entry).collect::<Option<Vec<_>>>();
    let entries = entries.ok_or_else(|| {
        call.error_at(1, Kind::InvalidArgument, "expected entries such as `ä:ae`, with a comma between them")
    })?;
    call.each(source, |call, text| {
        let mut built = String::new();
        for c in text.chars() {
            match entries.iter().find(|(from, _)| *from == c) {
                Some((_, to)) => call.push(&mut built, to)?,
                None => {
                    call.charge(c.len_utf8())?;
                    built.push(c);
                }
            }
        }
        Ok(built.into())
    })
}
