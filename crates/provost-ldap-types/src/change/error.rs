use provost_text::Span;

use crate::{ParseAttributeError, ParseDnError};

/// A record of changes that could not be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("attribute `{attribute}` of the record: {kind}")]
pub struct ReadChangeError {
    attribute: &'static str,
    kind: ReadChangeErrorKind,
}

impl ReadChangeError {
    pub(super) fn new(attribute: &'static str, kind: ReadChangeErrorKind) -> Self {
        Self { attribute, kind }
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

    /// Returns where in the value; empty at its start where the whole value is wrong or missing.
    #[must_use]
    pub fn span(&self) -> Span {
        match &self.kind {
            ReadChangeErrorKind::BadAttribute(error) => error.span(),
            ReadChangeErrorKind::BadDn(error) => error.span(),
            _ => Span::point(0),
        }
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
