use std::borrow::Cow;
use std::fmt;

use crate::complex::Complex;
use crate::value::{Flow, Value};
use crate::view::{OutputRef, ValueRef};

/// What an evaluation gave, and whether it is secret.
#[derive(Clone, Eq, PartialEq)]
pub struct Output<'a> {
    value: Value<'a>,
    redacted: bool,
}

/// A result in the form that leaves the language: text for every scalar, a list for a multi-valued result even when it has
/// one element, nothing for Null, or a flow signal.
///
/// The batch form of `provost eval` writes it as JSON: a string, an array of strings or of objects, `null`, or `{"$flow": SIGNAL}` with
/// [`Flow::as_str`] as the signal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Rendering<'v> {
    /// Values with members, in order; never empty.
    Complex(&'v [Complex]),
    /// A flow signal in place of a value.
    Flow(Flow),
    /// A multi-valued result, in order; never empty.
    List(Vec<&'v str>),
    /// Nothing.
    Null,
    /// The text of a scalar.
    Text(Cow<'v, str>),
}

impl<'a> Output<'a> {
    pub(crate) fn new(value: Value<'a>, redacted: bool) -> Self {
        Self { value, redacted }
    }

    /// Returns the value.
    #[must_use]
    pub fn value(&self) -> &Value<'a> {
        &self.value
    }

    /// Takes the value.
    #[must_use]
    pub fn into_value(self) -> Value<'a> {
        self.value
    }

    /// Tells whether the value must not be shown: `Redact` took part in making it.
    #[must_use]
    pub fn is_redacted(&self) -> bool {
        self.redacted
    }

    /// Returns the same with everything borrowed.
    #[must_use]
    pub fn as_view(&self) -> OutputRef<'_> {
        OutputRef::new(ValueRef::from(&self.value), self.redacted)
    }

    /// Returns the same with nothing borrowed.
    #[must_use]
    pub fn into_owned(self) -> Output<'static> {
        Output { value: self.value.into_owned(), redacted: self.redacted }
    }

    /// Returns the value as it leaves the language.
    #[must_use]
    pub fn rendering(&self) -> Rendering<'_> {
        self.value.rendering()
    }
}

/// Shows `[Redact]` in place of a secret value.
impl fmt::Debug for Output<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.redacted {
            f.write_str("Output([Redact])")
        } else {
            f.debug_tuple("Output").field(&self.value).finish()
        }
    }
}

impl Flow {
    /// Returns the name of the signal: `ignore` or `ignore-object`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IgnoreAttribute => "ignore",
            Self::IgnoreObject => "ignore-object",
        }
    }
}
