use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use provost_text::Span;

use crate::context::Context;
use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::eval::Evaluator;
use crate::number::Decimal;
use crate::program::{Node, NodeKind};
use crate::regex::{Regex, RegexError};
use crate::registry::{Function, Parameter};
use crate::value::Value;

/// A call under evaluation: the arguments, each evaluated when the function asks for it.
///
/// # Contract
///
/// A function that is not lazy asks for all its arguments, left to right, before it looks at any. Positions count from zero;
/// one behind the last reads as omitted. A function [charges](Invocation::charge) for the text that it builds.
pub struct Invocation<'e, 'a, 'c> {
    evaluator: &'e mut Evaluator<'a, 'c>,
    function: &'static Function,
    arguments: &'a [Option<Node>],
    span: Span,
}

impl fmt::Debug for Invocation<'_, '_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invocation")
            .field("function", &self.function.name())
            .field("span", &self.span)
            .finish_non_exhaustive()
    }
}

impl<'e, 'a, 'c> Invocation<'e, 'a, 'c> {
    pub(crate) fn new(
        evaluator: &'e mut Evaluator<'a, 'c>,
        function: &'static Function,
        arguments: &'a [Option<Node>],
        span: Span,
    ) -> Self {
        Self { evaluator, function, arguments, span }
    }

    /// Returns the number of argument places.
    #[must_use]
    pub fn count(&self) -> usize {
        self.arguments.len()
    }

    /// Tells whether the argument is written out.
    #[must_use]
    pub fn given(&self, position: usize) -> bool {
        self.argument(position).is_some()
    }

    /// Tells whether the argument is an attribute.
    pub(crate) fn is_attribute(&self, position: usize) -> bool {
        self.argument(position).is_some_and(|node| matches!(node.kind, NodeKind::Attribute(_)))
    }

    /// The argument as it is, or a flow signal; Null where it is omitted.
    pub(crate) fn branch(&mut self, position: usize) -> Result<Value<'a>, EvaluateError> {
        self.argument(position).map_or(Ok(Value::Null), |node| self.evaluator.node(node))
    }

    /// Evaluates the argument; Null where it is omitted.
    ///
    /// # Errors
    ///
    /// What the argument fails with; a flow signal is an error.
    pub fn value(&mut self, position: usize) -> Result<Value<'a>, EvaluateError> {
        self.argument(position).map_or(Ok(Value::Null), |node| self.evaluator.value(node))
    }

    /// The argument with all members of complex values.
    pub(crate) fn whole(&mut self, position: usize) -> Result<Value<'a>, EvaluateError> {
        self.argument(position).map_or(Ok(Value::Null), |node| self.evaluator.whole(node))
    }

    /// The argument as one value.
    pub(crate) fn scalar(&mut self, position: usize) -> Result<Value<'a>, EvaluateError> {
        self.argument(position).map_or(Ok(Value::Null), |node| self.evaluator.scalar(node))
    }

    /// Evaluates the argument to one text; `None` for Null.
    ///
    /// # Errors
    ///
    /// What the argument fails with; several values are an error.
    pub fn text(&mut self, position: usize) -> Result<Option<Cow<'a, str>>, EvaluateError> {
        Ok(self.scalar(position)?.into_text())
    }

    /// The text of an argument that is not the main one: Null counts as the empty text.
    pub(crate) fn text_or_empty(&mut self, position: usize) -> Result<Cow<'a, str>, EvaluateError> {
        Ok(self.text(position)?.unwrap_or_default())
    }

    /// Evaluates the argument to a whole number; a fraction is cut off.
    ///
    /// # Errors
    ///
    /// What the argument fails with; several values, Null and text that is no number are errors.
    pub fn integer(&mut self, position: usize) -> Result<i64, EvaluateError> {
        match self.scalar(position)? {
            Value::Integer(number) => Ok(number),
            value => {
                let Some(text) = value.into_text() else {
                    let message = format!("{} is a number, and there is no value", self.named(position));
                    let error = self.error_at(position, Kind::Null, message);
                    return Err(error.with_help(self.function.signature_help()));
                };
                Decimal::parse(&text).and_then(Decimal::truncated).ok_or_else(|| self.not_a_number(position))
            }
        }
    }

    /// An argument that is no number. What an attribute holds is not told.
    pub(crate) fn not_a_number(&self, position: usize) -> EvaluateError {
        let given = match self.argument(position).map(|node| &node.kind) {
            Some(NodeKind::Constant(text)) => quoted(text),
            _ => "this value".to_owned(),
        };
        let message = format!("{} is a number of 64 bits, and {given} is none", self.named(position));
        self.error_at(position, Kind::NotANumber, message).with_help(self.function.signature_help())
    }

    /// An argument by the name of its parameter.
    fn named(&self, position: usize) -> String {
        let parameter = self.function.parameter(position).map_or("", Parameter::name);
        format!("the argument `{parameter}` of `{}`", self.function.name())
    }

    /// The argument, whose text was asked for, as a regular expression. One that is no constant is translated for this call.
    pub(crate) fn regex(&self, position: usize, text: Option<&str>) -> Result<Arc<Regex>, EvaluateError> {
        if let Some(Node { kind: NodeKind::Pattern(_, regex), .. }) = self.argument(position) {
            return Ok(Arc::clone(regex));
        }
        let text = text.ok_or_else(|| self.error_at(position, Kind::Null, "a pattern is needed here"))?;
        let failed = |error: RegexError| self.error_at(position, Kind::InvalidPattern, error.message);
        Regex::new(text).map(Arc::new).map_err(failed)
    }

    /// The argument as it is, or a flow signal, with the variable bound that the first argument names.
    pub(crate) fn bound(&mut self, value: Value<'a>, position: usize) -> Result<Value<'a>, EvaluateError> {
        let (Some(Node { kind: NodeKind::Variable(name), .. }), Some(node)) =
            (self.argument(0), self.argument(position))
        else {
            return Ok(Value::Null);
        };
        self.evaluator.bound(name, value, node)
    }

    /// Takes the bytes of a text that is about to be built out of the text budget of the context.
    ///
    /// # Errors
    ///
    /// When the context does not allow that much.
    pub fn charge(&mut self, bytes: usize) -> Result<(), EvaluateError> {
        self.evaluator.charge(bytes, self.span)
    }

    /// Adds to a text that is being built.
    pub(crate) fn push(&mut self, text: &mut String, part: &str) -> Result<(), EvaluateError> {
        self.charge(part.len())?;
        text.push_str(part);
        Ok(())
    }

    /// Applies `function` to the text of a scalar or to each text of a list; Null stays Null.
    ///
    /// # Errors
    ///
    /// What `function` fails with.
    pub fn each(
        &mut self,
        source: Value<'a>,
        mut function: impl FnMut(&mut Self, Cow<'a, str>) -> Result<Cow<'a, str>, EvaluateError>,
    ) -> Result<Value<'a>, EvaluateError> {
        match source {
            Value::List(items) => {
                let mapped = items.into_vec().into_iter().map(|item| function(self, item)).collect::<Result<_, _>>()?;
                Ok(Value::list(mapped))
            }
            scalar => match scalar.into_text() {
                Some(text) => Ok(Value::Text(function(self, text)?)),
                None => Ok(Value::Null),
            },
        }
    }

    /// Returns what the evaluation takes from outside.
    #[must_use]
    pub fn context(&self) -> &'c Context<'c> {
        self.evaluator.context()
    }

    pub(crate) fn mark_redacted(&mut self) {
        self.evaluator.mark_redacted();
    }

    /// Whether the program calls `Redact` somewhere, so that no message may repeat a value.
    pub(crate) fn is_redacting(&self) -> bool {
        self.evaluator.is_redacting()
    }

    /// Makes an error that the whole call is the place of. The message goes into logs, so it repeats no value.
    #[must_use]
    pub fn error(&self, kind: Kind, message: impl Into<String>) -> EvaluateError {
        EvaluateError::new(kind, self.span, message)
    }

    /// Makes an error in one argument. The message goes into logs, so it repeats no value.
    #[must_use]
    pub fn error_at(&self, position: usize, kind: Kind, message: impl Into<String>) -> EvaluateError {
        EvaluateError::new(kind, self.argument(position).map_or(self.span, |node| node.span), message)
    }

    fn argument(&self, position: usize) -> Option<&'a Node> {
        self.arguments.get(position).and_then(Option::as_ref)
    }
}

/// Longest constant that a message repeats, in characters.
const SHOWN: usize = 40;

/// A constant of the expression as a message shows it.
pub(crate) fn quoted(constant: &str) -> String {
    if constant.is_empty() || constant.chars().nth(SHOWN).is_some() || constant.contains(char::is_control) {
        "this text".to_owned()
    } else {
        format!("`{constant}`")
    }
}
