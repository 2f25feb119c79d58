use std::fmt;

use provost_text::Span;

/// Why a schema definition could not be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ParseDefinitionError {
    kind: DefinitionErrorKind,
    span: Span,
}

/// What is wrong with a schema definition.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DefinitionErrorKind {
    /// A quoted text does not end.
    OpenQuote,
    /// A keyword stands twice.
    RepeatedKeyword,
    /// The definition is longer than the limit, in bytes.
    TooLong(usize),
    /// A list holds more items than the limit.
    TooManyItems(usize),
    /// Something else stands where this was expected, in the words of RFC 4512 section 4.1.
    Unexpected {
        /// What was expected.
        expected: &'static str,
    },
    /// A keyword does not belong to this kind of definition.
    UnknownKeyword {
        /// The word.
        word: String,
        /// The keywords that belong there.
        expected: Vec<&'static str>,
    },
}

impl ParseDefinitionError {
    pub(super) fn new(kind: DefinitionErrorKind, span: Span) -> Self {
        Self { kind, span }
    }

    pub(super) fn unexpected(expected: &'static str, span: Span) -> Self {
        Self::new(DefinitionErrorKind::Unexpected { expected }, span)
    }

    /// Returns what is wrong.
    #[must_use]
    pub fn kind(&self) -> &DefinitionErrorKind {
        &self.kind
    }

    /// Returns where in the definition, in bytes.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns the stable code of the error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            DefinitionErrorKind::OpenQuote => "schema-open-quote",
            DefinitionErrorKind::RepeatedKeyword => "schema-repeated-keyword",
            DefinitionErrorKind::TooLong(_) => "schema-too-long",
            DefinitionErrorKind::TooManyItems(_) => "schema-too-many-items",
            DefinitionErrorKind::Unexpected { .. } => "schema-unexpected",
            DefinitionErrorKind::UnknownKeyword { .. } => "schema-unknown-keyword",
        }
    }
}

impl fmt::Display for ParseDefinitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            DefinitionErrorKind::OpenQuote => f.write_str("expected a closing `'`"),
            DefinitionErrorKind::RepeatedKeyword => {
                f.write_str("expected another keyword or `)`: this one stands twice")
            }
            DefinitionErrorKind::TooLong(limit) => write!(f, "the definition is longer than {limit} bytes"),
            DefinitionErrorKind::TooManyItems(limit) => write!(f, "the list holds more than {limit} items"),
            DefinitionErrorKind::Unexpected { expected } => write!(f, "expected {expected}"),
            DefinitionErrorKind::UnknownKeyword { word, expected } => {
                write!(f, "expected `{}`, an extension such as `X-ORIGIN` or `)`: ", expected.join("`, `"))?;
                write!(f, "`{word}` is no keyword here")
            }
        }
    }
}

impl std::error::Error for ParseDefinitionError {}
