use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::functions::constants::check_index;
use crate::functions::list::{contains, count, item, remove_duplicates};
use crate::invocation::Invocation;
use crate::registry::ParameterKind::{Any, CaseType, Number, Text};
use crate::registry::{Function, Parameter, Returns};
use crate::value::Value;

type Evaluated<'a> = Result<Value<'a>, EvaluateError>;

const ONE: &[Parameter] = &[Parameter::required("attribute", Any)];
const INDEXED: &[Parameter] = &[Parameter::required("attribute", Any), Parameter::required("index", Number)];

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
    .connect(),
    Function::new("Count", ONE, count, "Counts the values.").returning(Returns::INTEGER).connect(),
    Function::new("Item", INDEXED, item, "Takes one of several values, counted from one.")
        .checked_by(check_index)
        .returning(Returns::TEXT)
        .connect(),
    Function::new("ItemOrNull", INDEXED, item_or_null, "Takes one of several values, or nothing where there is none.")
        .returning(Returns::TEXT_OR_NULL)
        .connect(),
    Function::new(
        "Join",
        &[Parameter::required("attribute", Any), Parameter::optional("delimiter", Text)],
        join,
        "Puts all values together, with the delimiter between them: a space, where there is no other.",
    )
    .returning(Returns::TEXT)
    .connect(),
    Function::new("RemoveDuplicates", ONE, remove_duplicates, "Keeps the first of equal values.")
        .connect()
        .returning(Returns::First),
    Function::new(
        "Split",
        &[
            Parameter::required("source", Text),
            Parameter::required("delimiter", Text),
            Parameter::optional("limit", Number),
        ],
        split,
        "Makes several values of one, at each delimiter; the last of a limited number keeps the rest.",
    )
    .connect()
    .returning(Returns::LIST),
];

fn item_or_null<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (source, number) = (call.value(0)?, call.integer(1)?);
    let index = number.checked_sub(1).and_then(|index| usize::try_from(index).ok());
    Ok(index.and_then(|index| source.texts().into_iter().nth(index)).map_or(Value::Null, Value::Text))
}

fn join<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.value(0)?;
    let delimiter = if call.given(1) { call.text_or_empty(1)? } else { " ".into() };
    if source == Value::Null {
        return Ok(Value::Null);
    }
    let mut joined = String::new();
    for (position, text) in source.texts().iter().enumerate() {
        if position > 0 {
            call.push(&mut joined, &delimiter)?;
        }
        call.push(&mut joined, text)?;
    }
    Ok(Value::Text(joined.into()))
}

fn split<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (source, delimiter) = (call.text(0)?, call.text_or_empty(1)?);
    let limit = if call.given(2) { call.integer(2)? } else { i64::MAX };
    let mut characters = delimiter.chars();
    let (Some(delimiter), None) = (characters.next(), characters.next()) else {
        return Err(call.error_at(1, Kind::InvalidArgument, "the delimiter is exactly one character"));
    };
    let limit = usize::try_from(limit).ok().filter(|limit| *limit > 0);
    let limit = limit.ok_or_else(|| call.error_at(2, Kind::OutOfRange, "the limit counts from 1"))?;
    let Some(source) = source else { return Ok(Value::Null) };
    call.charge(source.len())?;
    Ok(Value::list(source.splitn(limit, delimiter).map(|part| part.to_owned().into()).collect()))
}
