use crate::ast::{Argument, Call};
use crate::date::{DateTime, Interval as Unit, ParsePatternError, Pattern, Styles};
use crate::diagnostic::Diagnostic;
use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::functions::constants::check_formats;
use crate::invocation::Invocation;
use crate::registry::ParameterKind::{Date, Interval, Number, Scalar, Text};
use crate::registry::{CallContext, Function, Nature, Parameter, Returns};
use crate::value::Value;

type Evaluated<'a> = Result<Value<'a>, EvaluateError>;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "CDate",
        &[Parameter::required("expression", Date)],
        cdate,
        "Turns text into a date and time in UTC.",
    )
    .returning(Returns::DATE),
    Function::new(
        "DateAdd",
        &[
            Parameter::required("interval", Interval),
            Parameter::required("value", Number),
            Parameter::required("dateTime", Date),
        ],
        date_add,
        "Adds years, months, weeks, days, hours, minutes or seconds to a date.",
    )
    .returning(Returns::DATE),
    Function::new(
        "DateDiff",
        &[
            Parameter::required("interval", Interval),
            Parameter::required("date1", Date),
            Parameter::required("date2", Date),
        ],
        date_diff,
        "Counts the years, months, weeks, days, hours, minutes or seconds from one date to another.",
    )
    .returning(Returns::INTEGER),
    Function::new(
        "DateFromNum",
        &[Parameter::required("value", Number)],
        date_from_num,
        "Turns a number of 100-nanosecond steps since 1601 into a date.",
    )
    .returning(Returns::DATE),
    Function::new(
        "FormatDateTime",
        &[
            Parameter::required("source", Scalar),
            Parameter::optional("dateTimeStyles", Text),
            Parameter::optional("inputFormat", Text),
            Parameter::optional("outputFormat", Text),
        ],
        format_date_time,
        "Reads a date in one format and writes it in another; with three arguments there are no styles.",
    )
    .returning(Returns::TEXT_OR_NULL)
    .checked_by(check_format),
    Function::new("Now", &[], now, "Gives the current date and time in UTC.")
        .returning(Returns::DATE)
        .of_nature(Nature::Surroundings),
    Function::new(
        "NumFromDate",
        &[Parameter::required("value", Date)],
        num_from_date,
        "Turns a date into a number of 100-nanosecond steps since 1601.",
    )
    .returning(Returns::INTEGER),
];

pub(super) fn cdate<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let value = call.scalar(0)?;
    Ok(Value::DateTime(date(call, 0, value)?))
}

fn date_add<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (code, count, value) = (call.text_or_empty(0)?, call.integer(1)?, call.scalar(2)?);
    let interval = interval(call, &code)?;
    let date = date(call, 2, value)?;
    date.plus(count, interval)
        .map(Value::DateTime)
        .ok_or_else(|| call.error(Kind::OutOfRange, "the date lies outside the years 1 to 9999"))
}

fn date_diff<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (code, first, second) = (call.text_or_empty(0)?, call.scalar(1)?, call.scalar(2)?);
    let interval = interval(call, &code)?;
    let (first, second) = (date(call, 1, first)?, date(call, 2, second)?);
    Ok(Value::Integer(first.until(second, interval)))
}

pub(super) fn date_from_num<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let steps = call.integer(0)?;
    DateTime::from_steps(steps)
        .map(Value::DateTime)
        .ok_or_else(|| call.error_at(0, Kind::OutOfRange, "the date lies outside the years 1 to 9999"))
}

pub(super) fn now<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    current(call).map(Value::DateTime)
}

pub(super) fn num_from_date<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let value = call.scalar(0)?;
    Ok(Value::Integer(date(call, 0, value)?.steps()))
}

/// With three arguments the styles are missing. A source that is a date already needs no input format.
fn format_date_time<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (styles, input, output) = if call.count() == 3 { (None, 1, 2) } else { (Some(1), 2, 3) };
    let source = call.scalar(0)?;
    let styles_text = styles.map_or(Ok(None), |position| call.text(position))?.filter(|text| !text.is_empty());
    let input_text = call.text(input)?;
    let output_text = call.text_or_empty(output)?;
    if source.is_null_or_empty() {
        return Ok(Value::Null);
    }
    let styles = match styles_text {
        Some(text) => Styles::parse(&text)
            .ok_or_else(|| call.error_at(1, Kind::InvalidArgument, "expected names of date styles, such as `None`"))?,
        None => Styles::DEFAULT,
    };
    let pattern = |position: usize, text: &str| {
        let failed = |error: ParsePatternError| call.error_at(position, Kind::InvalidArgument, error.to_string());
        Pattern::parse(text).map_err(failed)
    };
    let date = match source {
        Value::DateTime(date) => date,
        other => {
            let text = other.into_text().unwrap_or_default();
            let input_text = input_text
                .ok_or_else(|| call.error_at(input, Kind::Null, "an input format is needed to read the source"))?;
            pattern(input, &input_text)?
                .read(&text, styles, current(call)?)
                .ok_or_else(|| call.error_at(0, Kind::NotADate, "the source does not have the input format"))?
        }
    };
    let text = pattern(output, &output_text)?.print(date);
    call.charge(text.len())?;
    Ok(Value::Text(text.into()))
}

fn check_format(call: &Call, _: &CallContext<'_>, found: &mut Vec<Diagnostic>) {
    match call.arguments() {
        [_, _, Argument::Omitted(place)] | [_, _, _, Argument::Omitted(place)] => {
            let message = "`FormatDateTime` needs the argument `outputFormat`";
            found.push(Diagnostic::error("argument-missing", *place, message));
        }
        [_, _, _] => check_formats(call, &[1, 2], None, found),
        [_, _, _, _] => check_formats(call, &[2, 3], Some(1), found),
        arguments => {
            let message = format!("`FormatDateTime` takes 3 to 4 arguments; {} given", arguments.len());
            found.push(Diagnostic::error("argument-count", call.name_span(), message));
        }
    }
}

pub(super) fn interval(call: &Invocation<'_, '_, '_>, code: &str) -> Result<Unit, EvaluateError> {
    Unit::parse(code)
        .ok_or_else(|| call.error_at(0, Kind::InvalidArgument, format!("expected an interval: {}", Unit::CODES)))
}

/// A date as it is, or read from text.
pub(super) fn date(
    call: &Invocation<'_, '_, '_>,
    position: usize,
    value: Value<'_>,
) -> Result<DateTime, EvaluateError> {
    match value {
        Value::DateTime(date) => Ok(date),
        Value::Null => Err(call.error_at(position, Kind::Null, "a date is needed here, and there is no value")),
        other => other
            .into_text()
            .and_then(|text| DateTime::parse(&text))
            .ok_or_else(|| call.error_at(position, Kind::NotADate, "expected a date such as 2026-03-16T07:00:00Z")),
    }
}

fn current(call: &Invocation<'_, '_, '_>) -> Result<DateTime, EvaluateError> {
    DateTime::from_timestamp(call.context().now)
        .ok_or_else(|| call.error(Kind::OutOfRange, "the current time lies outside the years 1 to 9999"))
}
