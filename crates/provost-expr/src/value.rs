use std::borrow::Cow;

use crate::complex::Complex;
use crate::date::DateTime;
use crate::output::Rendering;

/// A value while it is evaluated, and what an evaluation gives. It borrows from the record and from the program where it
/// can.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// True or false; as text `True` and `False`.
    Boolean(bool),
    /// Values with members, at least one; only the functions for application roles understand them, any other takes their
    /// member `value`.
    Complex(Cow<'a, [Complex]>),
    /// An instant; as text `M/d/yyyy h:mm:ss tt`.
    DateTime(DateTime),
    /// No value but an order to the mapping.
    Flow(Flow),
    /// A signed integer of 64 bits; as text decimal digits.
    Integer(i64),
    /// Several texts, at least one.
    List(Items<'a>),
    /// Nothing, as for an attribute that is absent; not the same as the empty text.
    Null,
    /// Text.
    Text(Cow<'a, str>),
}

/// An order to the mapping in place of a value.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Flow {
    /// Leave the target attribute as it is.
    IgnoreAttribute,
    /// Leave the target object as it is.
    IgnoreObject,
}

/// The texts of a multi-valued value, in order; at least one.
#[derive(Clone, Debug)]
pub struct Items<'a>(Held<'a>);

#[derive(Clone, Debug)]
enum Held<'a> {
    Borrowed(&'a [Cow<'a, str>]),
    Owned(Vec<Cow<'a, str>>),
}

impl<'a> Value<'a> {
    /// Makes a list; no items give [`Value::Null`].
    #[must_use]
    pub fn list(items: Vec<Cow<'a, str>>) -> Self {
        if items.is_empty() { Self::Null } else { Self::List(Items(Held::Owned(items))) }
    }

    /// Makes a text without copying it.
    #[must_use]
    pub fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// Returns the same value with everything borrowed from `self`.
    #[must_use]
    pub fn borrowed(&'a self) -> Self {
        match self {
            Self::Text(text) => Self::Text(Cow::Borrowed(text)),
            Self::List(items) => Self::List(Items(Held::Borrowed(items.as_slice()))),
            Self::Boolean(flag) => Self::Boolean(*flag),
            Self::Complex(values) => Self::Complex(Cow::Borrowed(values)),
            Self::DateTime(date) => Self::DateTime(*date),
            Self::Flow(flow) => Self::Flow(*flow),
            Self::Integer(number) => Self::Integer(*number),
            Self::Null => Self::Null,
        }
    }

    /// Returns the same value with nothing borrowed.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::List(items) => {
                Value::list(items.into_vec().into_iter().map(|item| Cow::Owned(item.into_owned())).collect())
            }
            Self::Boolean(flag) => Value::Boolean(flag),
            Self::Complex(values) => Value::Complex(Cow::Owned(values.into_owned())),
            Self::DateTime(date) => Value::DateTime(date),
            Self::Flow(flow) => Value::Flow(flow),
            Self::Integer(number) => Value::Integer(number),
            Self::Null => Value::Null,
        }
    }

    /// Returns the value as it leaves the language.
    #[must_use]
    pub fn rendering(&self) -> Rendering<'_> {
        match self {
            Self::Complex(values) => Rendering::Complex(values),
            Self::Flow(flow) => Rendering::Flow(*flow),
            Self::List(items) => Rendering::List(items.as_slice().iter().map(AsRef::as_ref).collect()),
            scalar => scalar.borrowed().into_text().map_or(Rendering::Null, Rendering::Text),
        }
    }

    /// Returns the text of a scalar; `None` for Null, lists, complex values and flow signals.
    #[must_use]
    pub fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Boolean(flag) => Some(Cow::Borrowed(if flag { "True" } else { "False" })),
            Self::DateTime(date) => Some(Cow::Owned(date.to_string())),
            Self::Integer(number) => Some(Cow::Owned(number.to_string())),
            Self::Complex(_) | Self::Flow(_) | Self::List(_) | Self::Null => None,
        }
    }

    /// The bytes of text that a copy of the value may take.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::List(items) => items.as_slice().iter().map(|item| item.len()).sum(),
            _ => 0,
        }
    }

    /// A copy of the item of a list, from zero; of the value itself when it is no list.
    pub(crate) fn item(&self, index: usize) -> Self {
        match self {
            Self::List(items) => items.as_slice().get(index).map_or(Self::Null, |item| Self::Text(item.clone())),
            scalar => scalar.clone(),
        }
    }

    /// The texts of a list, or the one of a scalar.
    pub(crate) fn texts(self) -> Vec<Cow<'a, str>> {
        match self {
            Self::List(items) => items.into_vec(),
            scalar => scalar.into_text().into_iter().collect(),
        }
    }

    /// The member `value` of each complex value; anything else as it is.
    pub(crate) fn simplified(self) -> Self {
        let text = |value: &Complex| value.text("value").map(str::to_owned);
        match self {
            Self::Complex(Cow::Borrowed(values)) => {
                Self::list(values.iter().filter_map(|value| value.text("value")).map(Cow::Borrowed).collect())
            }
            Self::Complex(Cow::Owned(values)) => Self::list(values.iter().filter_map(text).map(Cow::Owned).collect()),
            other => other,
        }
    }

    pub(crate) fn is_null_or_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.as_slice().iter().all(|item| item.is_empty()),
            _ => false,
        }
    }
}

impl<'a> Items<'a> {
    /// Returns the texts.
    #[must_use]
    pub fn as_slice(&self) -> &[Cow<'a, str>] {
        match &self.0 {
            Held::Borrowed(items) => items,
            Held::Owned(items) => items,
        }
    }

    pub(crate) fn borrowed(texts: &'a [Cow<'a, str>]) -> Self {
        Self(Held::Borrowed(texts))
    }

    /// The texts where somebody else owns the list of them.
    pub(crate) fn borrowed_slice(&self) -> Option<&'a [Cow<'a, str>]> {
        match self.0 {
            Held::Borrowed(items) => Some(items),
            Held::Owned(_) => None,
        }
    }

    /// Takes the texts out; those that are borrowed stay borrowed.
    #[must_use]
    pub fn into_vec(self) -> Vec<Cow<'a, str>> {
        match self.0 {
            Held::Borrowed(items) => items.iter().map(|item| Cow::Borrowed(item.as_ref())).collect(),
            Held::Owned(items) => items,
        }
    }
}

impl PartialEq for Items<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Items<'_> {}
