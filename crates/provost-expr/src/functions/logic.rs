use crate::context::NoAnswer;
use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::eval::truth;
use crate::functions::condition::check_condition;
use crate::invocation::Invocation;
use crate::plan::Kernel;
use crate::registry::ParameterKind::{Any, Condition, Number, Scalar, Text};
use crate::registry::{Function, Nature, Parameter, Repeat, Returns};
use crate::value::{Flow, Value};

type Evaluated<'a> = Result<Value<'a>, EvaluateError>;

const ONE: &[Parameter] = &[Parameter::required("expression", Any)];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "BitAnd",
        &[Parameter::required("value1", Number), Parameter::required("value2", Number)],
        bit_and,
        "Keeps the bits that are set in both numbers.",
    )
    .returning(Returns::INTEGER),
    Function::new(
        "CBool",
        &[Parameter::required("expression", Condition)],
        cbool,
        "Turns a comparison, a number or the texts true and false into a Boolean.",
    )
    .returning(Returns::BOOLEAN),
    Function::new(
        "Coalesce",
        &[Parameter::required("source", Any), Parameter::optional("otherSource", Any)],
        coalesce,
        "Gives the first argument that has a value; an attribute that holds the empty text has none.",
    )
    .planned(Kernel::Coalesce)
    .repeating(Repeat::Last)
    .returning(Returns::AnyArgument),
    Function::new("Error", &[Parameter::required("message", Text)], error, "Fails the object with a message.")
        .returning(Returns::NOTHING)
        .adjacent(),
    Function::new(
        "IIF",
        &[
            Parameter::required("condition", Condition),
            Parameter::required("valueIfTrue", Any),
            Parameter::required("valueIfFalse", Any),
        ],
        iif,
        "Gives one of two values, by a condition; the other one is not evaluated.",
    )
    .planned(Kernel::If)
    .returning(Returns::Branch(|position| position > 0))
    .checked_by(check_condition),
    Function::new(
        "IgnoreFlowIfNullOrEmpty",
        ONE,
        ignore_flow,
        "Gives the value, or leaves the target attribute as it is when there is none.",
    )
    .planned(Kernel::IgnoreFlow)
    .returning(Returns::FirstOrFlow),
    Function::new("IsNothing", ONE, is_null, "Tells whether there is no value.")
        .planned(Kernel::IsNull)
        .returning(Returns::BOOLEAN)
        .adjacent(),
    Function::new("IsNull", ONE, is_null, "Tells whether there is no value; the empty text is one.")
        .planned(Kernel::IsNull)
        .returning(Returns::BOOLEAN),
    Function::new("IsNullOrEmpty", ONE, is_null_or_empty, "Tells whether there is no value or an empty one.")
        .planned(Kernel::IsNullOrEmpty)
        .returning(Returns::BOOLEAN),
    Function::new("IsPresent", ONE, is_present, "Tells whether there is a value that is not empty.")
        .planned(Kernel::IsPresent)
        .returning(Returns::BOOLEAN),
    Function::new("IsString", ONE, is_string, "Tells whether there is one value, which then has a text.")
        .returning(Returns::BOOLEAN),
    Function::new(
        "Not",
        &[Parameter::required("source", Any)],
        not,
        "Turns True into False and everything else into True.",
    )
    .planned(Kernel::Not)
    .returning(Returns::BOOLEAN),
    Function::new(
        "Redact",
        &[Parameter::required("value", Any)],
        redact,
        "Gives the value and marks it as one that no log shows.",
    )
    .of_nature(Nature::Redacting)
    .returning(Returns::First),
    Function::new(
        "SelectUniqueValue",
        &[Parameter::required("rule", Scalar), Parameter::required("nextRule", Scalar)],
        select_unique_value,
        "Gives the first of several values that no object of the target has yet.",
    )
    .returning(Returns::TEXT)
    .repeating(Repeat::Last)
    .of_nature(Nature::Selecting),
    Function::new(
        "Switch",
        &[
            Parameter::required("source", Scalar),
            Parameter::optional("defaultValue", Any),
            Parameter::required("key", Scalar),
            Parameter::required("value", Any),
        ],
        switch,
        "Gives the value of the first key that equals the source, or the default.",
    )
    .planned(Kernel::Switch)
    .repeating(Repeat::Pair)
    .returning(Returns::Branch(|position| position % 2 == 1)),
];

pub(super) fn bit_and<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    Ok(Value::Integer(call.integer(0)? & call.integer(1)?))
}

pub(super) fn cbool<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let value = call.scalar(0)?;
    if value.is_null_or_empty() {
        return Ok(Value::Boolean(false));
    }
    truth(&value)
        .map(Value::Boolean)
        .ok_or_else(|| call.error_at(0, Kind::NotACondition, "expected a number, true or false"))
}

fn coalesce<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    for position in 0..call.count() {
        let value = call.value(position)?;
        let absent = if call.is_attribute(position) { value.is_null_or_empty() } else { value == Value::Null };
        if !absent {
            return Ok(value);
        }
    }
    Ok(Value::Null)
}

pub(super) fn error<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let message = call.text_or_empty(0)?;
    let message = if call.is_redacting() { "[Redact]" } else { message.as_ref() };
    Err(call.error(Kind::Raised, message))
}

fn iif<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let condition = match call.scalar(0)? {
        Value::Null => false,
        value => truth(&value)
            .ok_or_else(|| call.error_at(0, Kind::NotACondition, "the condition is neither true nor false"))?,
    };
    call.branch(if condition { 1 } else { 2 })
}

fn ignore_flow<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let value = call.whole(0)?;
    Ok(if value.is_null_or_empty() { Value::Flow(Flow::IgnoreAttribute) } else { value })
}

pub(super) fn is_null<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    Ok(Value::Boolean(call.value(0)? == Value::Null))
}

pub(super) fn is_null_or_empty<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    Ok(Value::Boolean(call.value(0)?.is_null_or_empty()))
}

pub(super) fn is_present<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    Ok(Value::Boolean(!call.value(0)?.is_null_or_empty()))
}

pub(super) fn is_string<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    Ok(Value::Boolean(!matches!(call.value(0)?, Value::List(_) | Value::Null)))
}

fn not<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.value(0)?.into_text();
    Ok(Value::Boolean(!source.is_some_and(|text| text.eq_ignore_ascii_case("true"))))
}

fn redact<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    call.mark_redacted();
    call.whole(0)
}

/// Rules are evaluated one after the other; one without a value is passed over.
fn select_unique_value<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    for position in 0..call.count() {
        let value = call.text_or_empty(position)?;
        if value.is_empty() {
            continue;
        }
        let taken = call.context().uniqueness.map_or(Err(NoAnswer), |uniqueness| uniqueness.is_taken(&value));
        if !taken.map_err(|error| call.error_at(position, Kind::NoAnswer, error.to_string()))? {
            return Ok(Value::Text(value));
        }
    }
    Err(call.error(Kind::AllTaken, "all values are taken, or there is none"))
}

/// The key `""` catches Null too, since Null equals the empty text.
fn switch<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.text_or_empty(0)?;
    for key in (2..call.count()).step_by(2) {
        if call.text_or_empty(key)? == source {
            return call.branch(key + 1);
        }
    }
    call.branch(1)
}
