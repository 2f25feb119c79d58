use provost_text::Span;

use super::{Evaluator, compare};
use crate::ast::Operator;
use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::number::Decimal;
use crate::program::Node;
use crate::value::Value;

impl<'a> Evaluator<'a, '_> {
    /// Applies the operators from left to right. `&&` and `||` leave out the operand that changes nothing.
    pub(super) fn chain(
        &mut self,
        chain: &'a (Node, Vec<(Operator, Node)>),
        span: Span,
    ) -> Result<Value<'a>, EvaluateError> {
        let (first, links) = chain;
        let mut value = self.value(first)?;
        for (operator, operand) in links {
            let decided = match operator {
                Operator::And => truth(&value) == Some(false),
                Operator::Or => truth(&value) == Some(true),
                _ => false,
            };
            if decided {
                continue;
            }
            let operand_value = self.value(operand)?;
            value = self.applied(*operator, value, operand_value, span.join(operand.span))?;
        }
        Ok(value)
    }

    /// An operator goes over the values of a list; two lists go side by side.
    fn applied(
        &mut self,
        operator: Operator,
        left: Value<'a>,
        right: Value<'a>,
        span: Span,
    ) -> Result<Value<'a>, EvaluateError> {
        let several = |value: &Value<'_>| match value {
            Value::List(items) => Some(items.as_slice().len()),
            _ => None,
        };
        let count = match (several(&left), several(&right)) {
            (None, None) => return self.scalars(operator, left, right, span),
            (Some(left), Some(right)) if left != right => {
                return Err(EvaluateError::new(Kind::List, span, "the two lists are not of the same length"));
            }
            (Some(count), _) | (_, Some(count)) => count,
        };
        let mut results = Vec::with_capacity(count);
        for index in 0..count {
            let (left, right) = (left.item(index), right.item(index));
            self.charge(left.size() + right.size(), span)?;
            results.extend(self.scalars(operator, left, right, span)?.into_text());
        }
        Ok(Value::list(results))
    }

    fn scalars(
        &mut self,
        operator: Operator,
        left: Value<'a>,
        right: Value<'a>,
        span: Span,
    ) -> Result<Value<'a>, EvaluateError> {
        let failed = |kind, message: &str| EvaluateError::new(kind, span, message);
        match operator {
            Operator::And | Operator::Or => {
                let condition = |value| match value {
                    Value::Null => Ok(false),
                    value => {
                        truth(&value).ok_or_else(|| failed(Kind::NotACondition, "an operand is neither true nor false"))
                    }
                };
                let (left, right) = (condition(left)?, condition(right)?);
                Ok(Value::Boolean(if operator == Operator::And { left && right } else { left || right }))
            }
            Operator::Concatenate => {
                let (left, right) = (left.into_text().unwrap_or_default(), right.into_text().unwrap_or_default());
                self.charge(left.len() + right.len(), span)?;
                Ok(Value::Text(left + right))
            }
            Operator::Add | Operator::Divide | Operator::Multiply | Operator::Subtract => {
                let number = |value: Value<'_>| match value {
                    Value::Integer(number) => Ok(number),
                    Value::Null => Err(failed(Kind::Null, "a number is needed here, and there is no value")),
                    value => value
                        .into_text()
                        .and_then(|text| Decimal::parse(&text).and_then(Decimal::truncated))
                        .ok_or_else(|| failed(Kind::NotANumber, "an operand is no number of 64 bits")),
                };
                let (left, right) = (number(left)?, number(right)?);
                let result = match operator {
                    Operator::Add => left.checked_add(right),
                    Operator::Subtract => left.checked_sub(right),
                    Operator::Multiply => left.checked_mul(right),
                    _ if right == 0 => return Err(failed(Kind::OutOfRange, "a number is divided by zero")),
                    _ => left.checked_div(right),
                };
                result.map(Value::Integer).ok_or_else(|| failed(Kind::OutOfRange, "the result has more than 64 bits"))
            }
            _ => Ok(Value::Boolean(compare(operator, left, right))),
        }
    }
}

/// True, False, or a number that is or is not zero.
pub(crate) fn truth(value: &Value<'_>) -> Option<bool> {
    match value {
        Value::Boolean(flag) => Some(*flag),
        Value::Integer(number) => Some(*number != 0),
        Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        Value::Text(text) => Decimal::parse(text).map(|number| !number.is_zero()),
        Value::Complex(_) | Value::DateTime(_) | Value::Flow(_) | Value::List(_) | Value::Null => None,
    }
}
