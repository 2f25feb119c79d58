use std::collections::HashSet;

use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::functions::casing::simple_fold;
use crate::functions::constants::{check_delimiter, check_index};
use crate::invocation::Invocation;
use crate::plan::Kernel;
use crate::registry::ParameterKind::{Any, CaseType, Number, Text};
use crate::registry::{Function, Parameter, Repeat, Returns};
use crate::value::Value;

type Evaluated<'a> = Result<Value<'a>, EvaluateError>;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "Contains",
        &[
            Parameter::required("attribute", Any),
            Parameter::required("search", Text),
            Parameter::optional("caseType", CaseType),
        ],
        contains,
        "Finds the position, from one, of the first value with this text in it; zero when there is none.",
    )
    .returning(Returns::INTEGER)
    .adjacent(),
    Function::new("Count", &[Parameter::required("attribute", Any)], count, "Counts the values.")
        .returning(Returns::INTEGER),
    Function::new(
        "Item",
        &[Parameter::required("attribute", Any), Parameter::required("index", Number)],
        item,
        "Takes one of several values, counted from one.",
    )
    .checked_by(check_index)
    .returning(Returns::TEXT),
    Function::new(
        "Join",
        &[Parameter::required("separator", Text), Parameter::required("source", Any)],
        join,
        "Puts all values that are not empty together, with the separator between them.",
    )
    .planned(Kernel::Join)
    .returning(Returns::TEXT)
    .repeating(Repeat::Last),
    Function::new(
        "RemoveDuplicates",
        &[Parameter::required("attribute", Any)],
        remove_duplicates,
        "Keeps the first of equal values.",
    )
    .returning(Returns::First),
    Function::new(
        "Split",
        &[Parameter::required("source", Text), Parameter::optional("delimiter", Text)],
        split,
        "Makes several values of one, at each delimiter; blanks around the parts and empty parts go.",
    )
    .planned(Kernel::Split)
    .checked_by(check_delimiter)
    .returning(Returns::LIST),
];

pub(super) fn contains<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (source, search, case) = (call.value(0)?, call.text_or_empty(1)?, call.text_or_empty(2)?);
    let found = match case.as_ref() {
        "" | "CaseSensitive" => source.texts().iter().position(|item| item.contains(search.as_ref())),
        "CaseInsensitive" => {
            let search = simple_fold(&search);
            source.texts().iter().position(|item| simple_fold(item).contains(&search))
        }
        _ => {
            let message = "expected `CaseSensitive` or `CaseInsensitive`";
            return Err(call.error_at(2, Kind::InvalidArgument, message));
        }
    };
    Ok(Value::Integer(found.and_then(|index| i64::try_from(index + 1).ok()).unwrap_or(0)))
}

pub(super) fn count<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    Ok(Value::Integer(match call.value(0)? {
        Value::List(items) => i64::try_from(items.as_slice().len()).unwrap_or(i64::MAX),
        Value::Null => 0,
        _ => 1,
    }))
}

pub(super) fn item<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (source, number) = (call.value(0)?, call.integer(1)?);
    let index = number.checked_sub(1).and_then(|index| usize::try_from(index).ok());
    match index.and_then(|index| source.texts().into_iter().nth(index)) {
        Some(item) => Ok(Value::Text(item)),
        None => Err(call.error_at(1, Kind::OutOfRange, "there is no value at this index; the first one is 1")),
    }
}

fn join<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let separator = call.text_or_empty(0)?;
    let mut joined = String::new();
    let mut add = |call: &mut Invocation<'_, 'a, '_>, text: &str| {
        if text.is_empty() {
            return Ok(());
        }
        if !joined.is_empty() {
            call.push(&mut joined, &separator)?;
        }
        call.push(&mut joined, text)
    };
    for position in 1..call.count() {
        match call.value(position)? {
            Value::List(items) => items.as_slice().iter().try_for_each(|item| add(call, item))?,
            scalar => add(call, &scalar.into_text().unwrap_or_default())?,
        }
    }
    Ok(Value::Text(joined.into()))
}

pub(super) fn remove_duplicates<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    match call.value(0)? {
        Value::List(items) => {
            let mut seen = HashSet::new();
            Ok(Value::list(items.into_vec().into_iter().filter(|item| seen.insert(item.clone())).collect()))
        }
        other => Ok(other),
    }
}

fn split<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.text(0)?;
    let delimiter = if call.given(1) { call.text_or_empty(1)? } else { ",".into() };
    if delimiter.is_empty() {
        return Err(call.error_at(1, Kind::InvalidArgument, "the delimiter is empty"));
    }
    let Some(source) = source else { return Ok(Value::Null) };
    let parts = match source {
        std::borrow::Cow::Borrowed(source) => parts(source, &delimiter).map(Into::into).collect(),
        std::borrow::Cow::Owned(source) => parts(&source, &delimiter).map(|part| part.to_owned().into()).collect(),
    };
    Ok(Value::list(parts))
}

fn parts<'t>(source: &'t str, delimiter: &str) -> impl Iterator<Item = &'t str> {
    source.split(delimiter).map(str::trim).filter(|part| !part.is_empty())
}
