use std::borrow::Cow;
use std::fmt;

use crate::complex::Complex;
use crate::date::DateTime;
use crate::output::Rendering;
use crate::value::{Flow, Items, Value};

/// What an evaluation gave, as a view of the objects, the program and the buffer: what [`Output`](crate::Output) owns, this
/// borrows.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct OutputRef<'b> {
    value: ValueRef<'b>,
    redacted: bool,
}

/// A [`Value`] that owns nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ValueRef<'b> {
    /// True or false.
    Boolean(bool),
    /// Values with members, at least one.
    Complex(&'b [Complex]),
    /// An instant.
    DateTime(DateTime),
    /// No value but an order to the mapping.
    Flow(Flow),
    /// A signed integer of 64 bits.
    Integer(i64),
    /// Several texts, at least one.
    List(ItemsRef<'b>),
    /// Nothing.
    Null,
    /// Text.
    Text(&'b str),
}

/// The texts of a [`ValueRef::List`], in order; at least one.
#[derive(Clone, Copy)]
pub struct ItemsRef<'b>(Held<'b>);

#[derive(Clone, Copy)]
enum Held<'b> {
    Places(&'b str, &'b [Place]),
    Texts(&'b [Cow<'b, str>]),
}

/// The bytes of a text that a longer one holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Place {
    pub(crate) start: usize,
    pub(crate) len: usize,
}

impl Place {
    /// The bytes; `None` for a mark that is no place.
    pub(crate) fn range(self) -> Option<std::ops::Range<usize>> {
        (self.len < Self::LIST.len).then(|| self.start..self.start + self.len)
    }

    #[inline]
    pub(crate) fn of(self, text: &str) -> &str {
        text.get(self.start..self.start.wrapping_add(self.len)).unwrap_or_default()
    }
}

impl<'b> OutputRef<'b> {
    pub(crate) fn new(value: ValueRef<'b>, redacted: bool) -> Self {
        Self { value, redacted }
    }

    /// Returns the value.
    #[must_use]
    pub fn value(self) -> ValueRef<'b> {
        self.value
    }

    /// Tells whether the value must not be shown: `Redact` took part in making it.
    #[must_use]
    pub fn is_redacted(self) -> bool {
        self.redacted
    }

    /// Returns the value as it leaves the language.
    #[must_use]
    pub fn rendering(self) -> Rendering<'b> {
        self.value.rendering()
    }
}

/// Shows `[Redact]` in place of a secret value.
impl fmt::Debug for OutputRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.redacted {
            f.write_str("OutputRef([Redact])")
        } else {
            f.debug_tuple("OutputRef").field(&self.value).finish()
        }
    }
}

impl<'b> ValueRef<'b> {
    /// Returns the same value in the form that owns what it must.
    #[must_use]
    pub fn to_value(self) -> Value<'b> {
        match self {
            Self::Boolean(flag) => Value::Boolean(flag),
            Self::Complex(values) => Value::Complex(Cow::Borrowed(values)),
            Self::DateTime(date) => Value::DateTime(date),
            Self::Flow(flow) => Value::Flow(flow),
            Self::Integer(number) => Value::Integer(number),
            Self::List(ItemsRef(Held::Texts(texts))) => Value::List(Items::borrowed(texts)),
            Self::List(items) => Value::list(items.iter().map(Cow::Borrowed).collect()),
            Self::Null => Value::Null,
            Self::Text(text) => Value::text(text),
        }
    }

    /// Returns the value as it leaves the language.
    #[must_use]
    pub fn rendering(self) -> Rendering<'b> {
        match self {
            Self::Complex(values) => Rendering::Complex(values),
            Self::Flow(flow) => Rendering::Flow(flow),
            Self::List(items) => Rendering::List(items.iter().collect()),
            scalar => scalar.to_value().into_text().map_or(Rendering::Null, Rendering::Text),
        }
    }
}

impl<'b> From<&'b Value<'_>> for ValueRef<'b> {
    fn from(value: &'b Value<'_>) -> Self {
        match value {
            Value::Boolean(flag) => Self::Boolean(*flag),
            Value::Complex(values) => Self::Complex(values),
            Value::DateTime(date) => Self::DateTime(*date),
            Value::Flow(flow) => Self::Flow(*flow),
            Value::Integer(number) => Self::Integer(*number),
            Value::List(items) => Self::List(ItemsRef::texts(items.as_slice())),
            Value::Null => Self::Null,
            Value::Text(text) => Self::Text(text),
        }
    }
}

impl<'b> ItemsRef<'b> {
    pub(crate) fn places(text: &'b str, places: &'b [Place]) -> Self {
        Self(Held::Places(text, places))
    }

    pub(crate) fn texts(texts: &'b [Cow<'b, str>]) -> Self {
        Self(Held::Texts(texts))
    }

    /// Returns how many texts there are.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a list has at least one text")]
    pub fn len(self) -> usize {
        match self.0 {
            Held::Places(_, places) => places.len(),
            Held::Texts(texts) => texts.len(),
        }
    }

    /// Returns the text at an index, from zero.
    #[must_use]
    pub fn get(self, index: usize) -> Option<&'b str> {
        match self.0 {
            Held::Places(text, places) => places.get(index).map(|place| place.of(text)),
            Held::Texts(texts) => texts.get(index).map(AsRef::as_ref),
        }
    }

    /// Goes through the texts.
    pub fn iter(self) -> impl ExactSizeIterator<Item = &'b str> {
        (0..self.len()).map(move |index| self.get(index).unwrap_or_default())
    }
}

impl fmt::Debug for ItemsRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl PartialEq for ItemsRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for ItemsRef<'_> {}
