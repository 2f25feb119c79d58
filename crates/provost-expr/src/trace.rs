use provost_text::Span;

use crate::error::EvaluateErrorKind;
use crate::value::Value;

/// Most steps that a trace holds.
const MOST_STEPS: usize = 10_000;

/// Most bytes of text that the values of a trace take together.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// What an evaluation did, node by node: [`Program::explain`](crate::Program::explain) makes it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Trace {
    steps: Vec<Step>,
    depth: usize,
    hidden: bool,
    cut: bool,
    /// Bytes of text that the steps hold.
    bytes: usize,
}

/// A part of an expression that was evaluated, and what it gave.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Step {
    depth: usize,
    span: Span,
    result: StepResult,
}

/// What a part of an expression gave.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum StepResult {
    /// It failed.
    Failed(EvaluateErrorKind),
    /// A value.
    Gave(Value<'static>),
    /// A value that the trace has no room for.
    Omitted,
    /// A value that must not be shown, since `Redact` takes part in the expression.
    Redacted,
}

impl Trace {
    pub(crate) fn new(hidden: bool) -> Self {
        Self { hidden, ..Self::default() }
    }

    /// Returns the steps in the order in which their evaluation began: each before those inside it. A part that was not
    /// evaluated has no step, and one that was evaluated several times has several.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Tells whether there were more steps than the 10,000 that a trace holds.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// Begins a step; gives its index.
    pub(crate) fn enter(&mut self, span: Span) -> Option<usize> {
        let index = self.steps.len();
        let held = index < MOST_STEPS;
        if held {
            self.steps.push(Step { depth: self.depth, span, result: StepResult::Gave(Value::Null) });
        }
        self.cut |= !held;
        self.depth += 1;
        held.then_some(index)
    }

    /// Ends a step.
    pub(crate) fn leave(&mut self, index: Option<usize>, result: Result<&Value<'_>, EvaluateErrorKind>) {
        self.depth -= 1;
        if let Some(step) = index.and_then(|index| self.steps.get_mut(index)) {
            step.result = match result {
                Ok(_) if self.hidden => StepResult::Redacted,
                Ok(value) if self.bytes + value.size() > MOST_BYTES => StepResult::Omitted,
                Ok(value) => {
                    self.bytes += value.size();
                    StepResult::Gave(value.clone().into_owned())
                }
                Err(kind) => StepResult::Failed(kind),
            };
        }
    }
}

impl Step {
    /// Returns how many other steps this one is part of.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Returns the place of the part in the expression.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns what it gave.
    #[must_use]
    pub fn result(&self) -> &StepResult {
        &self.result
    }
}
