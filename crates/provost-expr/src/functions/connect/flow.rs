use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::eval::truth;
use crate::functions::logic::error;
use crate::invocation::Invocation;
use crate::registry::ParameterKind::{Any, Condition, Text, Variable};
use crate::registry::{Function, Parameter, Repeat, Returns};
use crate::value::Value;

type Evaluated<'a> = Result<Value<'a>, EvaluateError>;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("Error", &[Parameter::required("message", Text)], error, "Fails the object with a message.")
        .returning(Returns::NOTHING)
        .connect(),
    Function::new(
        "IIF",
        &[
            Parameter::required("condition", Any),
            Parameter::required("valueIfTrue", Any),
            Parameter::required("valueIfFalse", Any),
        ],
        iif,
        "Gives one of two values, by a condition; a list of conditions chooses for each value.",
    )
    .connect()
    .returning(Returns::Branch(|position| position > 0)),
    Function::new(
        "Select",
        &[
            Parameter::required("variable", Variable),
            Parameter::required("attribute", Any),
            Parameter::required("function", Any),
        ],
        select,
        "Gives what a function makes of each value.",
    )
    .connect()
    .returning(Returns::LIST),
    Function::new(
        "Switch",
        &[Parameter::required("condition", Condition), Parameter::required("value", Any)],
        switch,
        "Gives the value behind the first condition that is true.",
    )
    .connect()
    .repeating(Repeat::Pair)
    .returning(Returns::Branch(|position| position % 2 == 1)),
    Function::new(
        "Where",
        &[
            Parameter::required("variable", Variable),
            Parameter::required("attribute", Any),
            Parameter::required("condition", Condition),
        ],
        filter,
        "Keeps the values for which a condition is true.",
    )
    .connect()
    .returning(Returns::LIST),
    Function::new(
        "With",
        &[
            Parameter::required("variable", Variable),
            Parameter::required("subExpression", Any),
            Parameter::required("expression", Any),
        ],
        with,
        "Gives an expression in which a variable stands for the value of another one, which is evaluated once.",
    )
    .connect()
    .returning(Returns::Branch(|position| position == 2)),
];

/// Null is not true; what is no condition at all is an error.
fn holds(call: &Invocation<'_, '_, '_>, position: usize, value: &Value<'_>) -> Result<bool, EvaluateError> {
    match value {
        Value::Null => Ok(false),
        value => truth(value)
            .ok_or_else(|| call.error_at(position, Kind::NotACondition, "the condition is neither true nor false")),
    }
}

/// Of a list of conditions each chooses its own value; those that choose Null give none.
fn iif<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let conditions = match call.value(0)? {
        Value::List(items) if items.as_slice().len() > 1 => items.into_vec(),
        condition => {
            let condition = condition.item(0);
            let branch = if holds(call, 0, &condition)? { 1 } else { 2 };
            return call.branch(branch);
        }
    };
    let (when_true, when_false) = (call.value(1)?, call.value(2)?);
    let mut chosen = Vec::with_capacity(conditions.len());
    for (index, condition) in conditions.into_iter().enumerate() {
        let (position, branch) =
            if holds(call, 0, &Value::Text(condition))? { (1, &when_true) } else { (2, &when_false) };
        if matches!(branch, Value::List(items) if items.as_slice().len() <= index) {
            return Err(call.error_at(position, Kind::List, "there are fewer values than conditions"));
        }
        let value = branch.item(index);
        call.charge(value.size())?;
        chosen.extend(value.into_text());
    }
    Ok(Value::list(chosen))
}

fn switch<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    for position in (0..call.count()).step_by(2) {
        let condition = call.scalar(position)?;
        if holds(call, position, &condition)? {
            return call.branch(position + 1);
        }
    }
    Ok(Value::Null)
}

fn select<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let mut made = Vec::new();
    for item in call.value(1)?.texts() {
        made.extend(bound_value(call, Value::Text(item))?.texts());
    }
    Ok(Value::list(made))
}

fn filter<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let mut kept = Vec::new();
    for item in call.value(1)?.texts() {
        let condition = bound_value(call, Value::Text(item.clone()))?;
        if holds(call, 2, &condition)? {
            kept.push(item);
        }
    }
    Ok(Value::list(kept))
}

fn with<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let value = call.value(1)?;
    call.bound(value, 2)
}

/// The third argument for one value; it cannot be a flow signal there.
fn bound_value<'a>(call: &mut Invocation<'_, 'a, '_>, value: Value<'a>) -> Evaluated<'a> {
    match call.bound(value, 2)? {
        Value::Flow(_) => Err(call.error_at(2, Kind::FlowSignal, "a flow signal cannot be one of several values")),
        value => Ok(value.simplified()),
    }
}
