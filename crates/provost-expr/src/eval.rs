use std::cmp::Ordering;

use provost_text::Span;

use crate::ast::Operator;
use crate::context::Context;
use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::invocation::Invocation;
use crate::number::Decimal;
use crate::output::Output;
use crate::program::{Node, NodeKind};
use crate::scope::Record;
use crate::trace::Trace;
use crate::value::Value;

mod chain;

pub(crate) use self::chain::truth;

/// What binding a variable costs of the budget: calls that go over the same list inside each other take long even where
/// they build nothing.
const BINDING: usize = 16;

/// One evaluation: what it reads, and what it has used up and found out on the way.
pub(crate) struct Evaluator<'a, 'c> {
    record: &'a Record<'a>,
    context: &'c Context<'c>,
    /// Bytes of text that may still be built.
    budget: usize,
    redacted: bool,
    /// Whether the program may mark its result as secret, in a branch that is not taken or has not been yet.
    redacting: bool,
    /// The variables that are bound, the innermost last.
    variables: Vec<(&'a str, Value<'a>)>,
    /// What was done, where it is asked for.
    trace: Option<Trace>,
}

impl<'a, 'c> Evaluator<'a, 'c> {
    pub(crate) fn new(record: &'a Record<'a>, context: &'c Context<'c>) -> Self {
        Self {
            record,
            context,
            budget: context.text_budget,
            redacted: false,
            redacting: false,
            variables: Vec::new(),
            trace: None,
        }
    }

    /// Says whether the program calls `Redact` somewhere, so that nothing repeats a value.
    pub(crate) fn redacting(self, redacting: bool) -> Self {
        Self { redacting, ..self }
    }

    pub(crate) fn run(mut self, root: &'a Node) -> Result<Output<'a>, EvaluateError> {
        let value = self.node(root)?;
        Ok(Output::new(value, self.redacted))
    }

    pub(crate) fn explain(mut self, root: &'a Node) -> (Result<Output<'a>, EvaluateError>, Trace) {
        self.trace = Some(Trace::new(self.redacting));
        let value = self.node(root);
        let trace = self.trace.unwrap_or_default();
        (value.map(|value| Output::new(value, self.redacted)), trace)
    }

    /// Evaluates a node; a flow signal may be what comes out.
    pub(crate) fn node(&mut self, node: &'a Node) -> Result<Value<'a>, EvaluateError> {
        let Some(trace) = &mut self.trace else { return self.untraced(node) };
        let step = trace.enter(node.span);
        let result = self.untraced(node);
        if let Some(trace) = &mut self.trace {
            trace.leave(step, result.as_ref().map_err(EvaluateError::kind));
        }
        result
    }

    fn untraced(&mut self, node: &'a Node) -> Result<Value<'a>, EvaluateError> {
        match &node.kind {
            NodeKind::Attribute(slot) => Ok(self.record.value(*slot)),
            NodeKind::Boolean(flag) => Ok(Value::Boolean(*flag)),
            NodeKind::Call(function, arguments) => {
                (function.implementation)(&mut Invocation::new(self, function, arguments, node.span))
            }
            NodeKind::Chain(chain) => self.chain(chain, node.span),
            NodeKind::Comparison(operator, sides) => {
                let [left, right] = sides.as_ref();
                let (left, right) = (self.scalar(left)?, self.scalar(right)?);
                Ok(Value::Boolean(compare(*operator, left, right)))
            }
            NodeKind::Constant(text) | NodeKind::Pattern(text, _) => Ok(Value::text(text)),
            NodeKind::Flow(flow) => Ok(Value::Flow(*flow)),
            NodeKind::Null => Ok(Value::Null),
            NodeKind::Parameter(name) => {
                let held = self.context.parameters.and_then(|parameters| parameters.get(name.as_ref()));
                let value = held.ok_or_else(|| {
                    let message = format!("the parameter `{name}` has no value");
                    EvaluateError::new(Kind::NotConfigured, node.span, message)
                })?;
                self.charge(value.len(), node.span)?;
                Ok(Value::Text(value.clone().into()))
            }
            NodeKind::Variable(name) => {
                let bound = self.variables.iter().rfind(|(held, _)| *held == name.as_ref());
                let value = bound.map_or(Value::Null, |(_, value)| value.clone());
                self.charge(value.size(), node.span)?;
                Ok(value)
            }
            NodeKind::Word(word) => Ok(Value::text(word)),
        }
    }

    /// Evaluates a node to a value that is no flow signal; complex values become lists.
    pub(crate) fn value(&mut self, node: &'a Node) -> Result<Value<'a>, EvaluateError> {
        self.whole(node).map(Value::simplified)
    }

    /// Evaluates a node to a value that is no flow signal, complex values with all their members.
    pub(crate) fn whole(&mut self, node: &'a Node) -> Result<Value<'a>, EvaluateError> {
        match self.node(node)? {
            Value::Flow(_) => Err(EvaluateError::new(
                Kind::FlowSignal,
                node.span,
                "a flow signal cannot be an argument of this function",
            )),
            value => Ok(value),
        }
    }

    /// Evaluates a node to one value; a list of one is its element.
    pub(crate) fn scalar(&mut self, node: &'a Node) -> Result<Value<'a>, EvaluateError> {
        match self.value(node)? {
            Value::List(items) => {
                let mut items = items.into_vec();
                match (items.pop(), items.is_empty()) {
                    (Some(single), true) => Ok(Value::Text(single)),
                    _ => Err(EvaluateError::new(
                        Kind::List,
                        node.span,
                        "one value is needed here, and there are several",
                    )),
                }
            }
            value => Ok(value),
        }
    }

    /// Evaluates a node with a variable bound; a flow signal may be what comes out.
    pub(crate) fn bound(
        &mut self,
        name: &'a str,
        value: Value<'a>,
        node: &'a Node,
    ) -> Result<Value<'a>, EvaluateError> {
        self.charge(value.size() + BINDING, node.span)?;
        self.variables.push((name, value));
        let result = self.node(node);
        self.variables.pop();
        result
    }

    /// Takes the bytes of a text that is about to be built out of the budget.
    pub(crate) fn charge(&mut self, bytes: usize, span: Span) -> Result<(), EvaluateError> {
        self.budget = self.budget.checked_sub(bytes).ok_or_else(|| {
            let limit = self.context.text_budget;
            EvaluateError::new(Kind::TooLong, span, format!("the expression builds more than {limit} bytes of text"))
        })?;
        Ok(())
    }

    /// Returns how many bytes of text may still be built.
    pub(crate) fn budget(&self) -> usize {
        self.budget
    }

    pub(crate) fn context(&self) -> &'c Context<'c> {
        self.context
    }

    pub(crate) fn mark_redacted(&mut self) {
        self.redacted = true;
    }

    pub(crate) fn is_redacting(&self) -> bool {
        self.redacting
    }
}

/// Null equals the empty text and is in no order to anything. Numbers compare as numbers, everything else by code point.
pub(crate) fn compare(operator: Operator, left: Value<'_>, right: Value<'_>) -> bool {
    let null = left == Value::Null || right == Value::Null;
    holds(operator, order(left, right), null)
}

/// The same for texts; `None` is Null.
pub(crate) fn compare_texts(operator: Operator, left: Option<&str>, right: Option<&str>) -> bool {
    let order = order_texts(left.unwrap_or_default(), right.unwrap_or_default());
    holds(operator, order, left.is_none() || right.is_none())
}

fn holds(operator: Operator, order: Ordering, null: bool) -> bool {
    match operator {
        Operator::Equal => order == Ordering::Equal,
        Operator::NotEqual => order != Ordering::Equal,
        _ if null => false,
        Operator::Greater => order == Ordering::Greater,
        Operator::GreaterOrEqual => order != Ordering::Less,
        Operator::Less => order == Ordering::Less,
        Operator::LessOrEqual => order != Ordering::Greater,
        Operator::Add
        | Operator::And
        | Operator::Concatenate
        | Operator::Divide
        | Operator::Multiply
        | Operator::Or
        | Operator::Subtract => false,
    }
}

fn order(left: Value<'_>, right: Value<'_>) -> Ordering {
    match (&left, &right) {
        (Value::DateTime(left), Value::DateTime(right)) => return left.cmp(right),
        (Value::Integer(left), Value::Integer(right)) => return left.cmp(right),
        _ => {}
    }
    order_texts(&left.into_text().unwrap_or_default(), &right.into_text().unwrap_or_default())
}

fn order_texts(left: &str, right: &str) -> Ordering {
    match (Decimal::parse(left), Decimal::parse(right)) {
        (Some(left), Some(right)) => left.compare(right),
        _ => left.cmp(right),
    }
}
