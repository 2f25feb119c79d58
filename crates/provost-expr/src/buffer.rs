use std::borrow::Cow;
use std::fmt;

use crate::complex::Complex;
use crate::context::Context;
use crate::plan::{Choice, Made, Row, Scratch, Unusual, Writer};
use crate::value::Value;
use crate::view::{ItemsRef, Place, ValueRef};

/// Room for what an evaluation builds, to be used again for the next one: once it has grown to the largest result,
/// [`Program::evaluate_into`](crate::Program::evaluate_into) allocates nothing more.
#[derive(Clone, Default)]
pub struct OutputBuffer {
    pub(crate) text: String,
    pub(crate) items: Vec<Place>,
    complex: Vec<Complex>,
    scratch: Scratch,
}

impl OutputBuffer {
    /// Makes an empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    #[inline]
    fn clear(&mut self) {
        self.text.clear();
        self.items.clear();
        if !self.complex.is_empty() {
            self.complex.clear();
        }
    }

    /// Evaluates a plan.
    #[inline(always)]
    pub(crate) fn make<'r>(
        &mut self,
        plan: &'r Choice,
        row: impl Row<'r>,
        context: &Context<'_>,
    ) -> Result<Made<'r>, Unusual> {
        self.clear();
        Writer::new(row, context.text_budget, &mut self.scratch).result(plan, &mut self.text, &mut self.items)
    }

    /// Shows what a plan made.
    #[inline(always)]
    pub(crate) fn show<'b>(&'b self, made: Made<'b>) -> ValueRef<'b> {
        match made {
            Made::Built => ValueRef::Text(&self.text),
            Made::BuiltItems => ValueRef::List(ItemsRef::places(&self.text, &self.items)),
            Made::Items(text) => ValueRef::List(ItemsRef::places(text.as_str(), &self.items)),
            Made::Text(text) => ValueRef::Text(text.as_str()),
            Made::Value(value) => value,
        }
    }

    /// Gives what a plan made away.
    pub(crate) fn into_value(self, made: Made<'_>) -> Value<'_> {
        let items = |text: &str| self.items.iter().map(|place| Cow::Owned(place.of(text).to_owned())).collect();
        match made {
            Made::Built => Value::Text(self.text.into()),
            Made::BuiltItems => Value::list(items(&self.text)),
            Made::Items(text) => {
                Value::list(self.items.iter().map(|place| Cow::Borrowed(place.of(text.as_str()))).collect())
            }
            Made::Text(text) => Value::text(text.as_str()),
            Made::Value(value) => value.to_value(),
        }
    }

    /// Takes what a value owns and gives the value as a view.
    pub(crate) fn hold<'b>(&'b mut self, value: Value<'b>) -> ValueRef<'b> {
        self.clear();
        match value {
            Value::Boolean(flag) => ValueRef::Boolean(flag),
            Value::Complex(Cow::Borrowed(values)) => ValueRef::Complex(values),
            Value::Complex(Cow::Owned(mut values)) => {
                self.complex.append(&mut values);
                ValueRef::Complex(&self.complex)
            }
            Value::DateTime(date) => ValueRef::DateTime(date),
            Value::Flow(flow) => ValueRef::Flow(flow),
            Value::Integer(number) => ValueRef::Integer(number),
            Value::List(items) => match items.borrowed_slice() {
                Some(texts) => ValueRef::List(ItemsRef::texts(texts)),
                None => {
                    for item in items.as_slice() {
                        self.items.push(Place { start: self.text.len(), len: item.len() });
                        self.text.push_str(item);
                    }
                    ValueRef::List(ItemsRef::places(&self.text, &self.items))
                }
            },
            Value::Null => ValueRef::Null,
            Value::Text(Cow::Borrowed(text)) => ValueRef::Text(text),
            Value::Text(Cow::Owned(text)) => {
                self.text.push_str(&text);
                ValueRef::Text(&self.text)
            }
        }
    }
}

/// Shows no text: it may be secret.
impl fmt::Debug for OutputBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutputBuffer").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}
