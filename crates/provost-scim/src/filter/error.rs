use std::fmt;

use provost_text::Span;

use crate::ScimError;
use crate::error::invalid_filter;

/// What is wrong with a filter.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum FilterErrorKind {
    /// Something else was expected at this place.
    Expected(&'static str),
    /// It is nested too deeply.
    TooDeep,
    /// The text is too long.
    TooLong,
    /// It has too many comparisons.
    TooMany,
}

impl fmt::Display for FilterErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expected(what) => write!(f, "expected {what}"),
            Self::TooDeep => f.write_str("nested too deeply"),
            Self::TooLong => f.write_str("too long"),
            Self::TooMany => f.write_str("too many comparisons"),
        }
    }
}

/// A text that is no filter.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{kind} at byte {}", span.start())]
pub struct ParseFilterError {
    kind: FilterErrorKind,
    span: Span,
}

impl ParseFilterError {
    pub(crate) fn new(kind: FilterErrorKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// Returns what is wrong.
    #[must_use]
    pub fn kind(&self) -> FilterErrorKind {
        self.kind
    }

    /// Returns where, in bytes.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns a stable word for the kind.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            FilterErrorKind::Expected(_) => "filter-syntax",
            FilterErrorKind::TooDeep => "filter-too-deep",
            FilterErrorKind::TooLong => "filter-too-long",
            FilterErrorKind::TooMany => "filter-too-many",
        }
    }
}

impl From<ParseFilterError> for ScimError {
    fn from(error: ParseFilterError) -> Self {
        invalid_filter(format!("filter: {error}"))
    }
}
