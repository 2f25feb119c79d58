use std::fmt;

use provost_text::Span;

use crate::{ParseAttributeError, ParseDnError};

/// A record of changes that could not be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReadChangeError {
    attribute: &'static str,
    value: usize,
    kind: ReadChangeErrorKind,
    span: Span,
}

impl ReadChangeError {
    pub(super) fn new(attribute: &'static str, kind: ReadChangeErrorKind) -> Self {
        let span = match &kind {
            ReadChangeErrorKind::BadAttribute(error) => error.span(),
            ReadChangeErrorKind::BadDn(error) => error.span(),
            _ => Span::point(0),
        };
        Self { attribute, value: 0, kind, span }
    }

    /// Refuses octets of a value.
    pub(super) fn expected(attribute: &'static str, expected: &'static str, span: Span) -> Self {
        Self { attribute, value: 0, kind: ReadChangeErrorKind::Expected(expected), span }
    }

    /// Says which value is wrong, counted from zero.
    pub(super) fn in_value(self, value: usize) -> Self {
        Self { value, ..self }
    }

    /// Returns the attribute of the record that is wrong or missing.
    #[must_use]
    pub fn attribute(&self) -> &'static str {
        self.attribute
    }

    /// Returns the reason.
    #[must_use]
    pub fn kind(&self) -> &ReadChangeErrorKind {
        &self.kind
    }

    /// Returns which value of the attribute is wrong, counted from zero.
    #[must_use]
    pub fn value(&self) -> usize {
        self.value
    }

    /// Returns where in the value; empty where something is missing.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns a stable code for the reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            ReadChangeErrorKind::BadAttribute(_) => "change-bad-attribute",
            ReadChangeErrorKind::BadDn(_) => "change-bad-dn",
            ReadChangeErrorKind::Expected(_) => "change-expected",
            ReadChangeErrorKind::Missing => "change-missing",
            ReadChangeErrorKind::NotText => "change-not-text",
        }
    }
}

impl fmt::Display for ReadChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ReadChangeErrorKind::Missing => write!(f, "expected `{}` in the record", self.attribute),
            kind => write!(f, "value {} of `{}` in the record: {kind}", self.value + 1, self.attribute),
        }
    }
}

impl std::error::Error for ReadChangeError {}

/// Why a record of changes could not be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadChangeErrorKind {
    /// What stands before the operator is not an attribute description.
    #[error("{0}")]
    BadAttribute(ParseAttributeError),
    /// The value is not a distinguished name.
    #[error("{0}")]
    BadDn(ParseDnError),
    /// Something else stands where this was expected.
    #[error("expected {0}")]
    Expected(&'static str),
    /// The record must have this attribute.
    #[error("expected a value")]
    Missing,
    /// The value is not UTF-8.
    #[error("expected text in UTF-8")]
    NotText,
}
