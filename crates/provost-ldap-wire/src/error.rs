use provost_text::Span;

/// Octets that are not a message, or not the value that stands at this place.
///
/// The text names what was expected; it holds no octets of the input.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{kind} at octet {offset}")]
pub struct DecodeError {
    kind: DecodeErrorKind,
    offset: usize,
}

/// What was wrong.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// An attribute description or an object identifier that does not follow RFC 4512 section 1.4 or 2.5.
    #[error("expected an attribute description or an object identifier")]
    Description,
    /// An element of another type stands here.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A filter that is nested deeper than the limit.
    #[error("expected a filter of fewer levels")]
    FilterDepth,
    /// An integer that is empty or wider than 32 bits.
    #[error("expected an integer of 32 bits")]
    Integer,
    /// A length that is indefinite, too wide, or reaches past the end.
    #[error("expected a definite length within the enclosing element")]
    Length,
    /// The element ends where more was to come.
    #[error("expected {0} and found the end")]
    Missing(&'static str),
    /// A type of operation that RFC 4511 does not define.
    #[error("expected an operation of RFC 4511")]
    Operation,
    /// An enumerated value outside its list.
    #[error("expected a defined value of {0}")]
    Value(&'static str),
}

impl DecodeError {
    pub(crate) const fn new(kind: DecodeErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// Returns what was wrong.
    #[must_use]
    pub const fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// Returns where, in octets from the start of what was decoded.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Returns the place as an empty span.
    #[must_use]
    pub fn span(&self) -> Span {
        Span::point(self.offset)
    }

    /// Returns the stable code of the kind.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.kind {
            DecodeErrorKind::Description => "wire-description",
            DecodeErrorKind::Expected(_) => "wire-expected",
            DecodeErrorKind::FilterDepth => "wire-filter-depth",
            DecodeErrorKind::Integer => "wire-integer",
            DecodeErrorKind::Length => "wire-length",
            DecodeErrorKind::Missing(_) => "wire-missing",
            DecodeErrorKind::Operation => "wire-operation",
            DecodeErrorKind::Value(_) => "wire-value",
        }
    }
}
