use std::fmt;

use provost_text::Span;

use crate::grammar;

/// A text that is not a search filter.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{kind}")]
pub struct ParseFilterError {
    kind: ParseFilterErrorKind,
    span: Span,
}

impl ParseFilterError {
    pub(super) fn new(kind: ParseFilterErrorKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// Returns the reason.
    #[must_use]
    pub fn kind(&self) -> ParseFilterErrorKind {
        self.kind
    }

    /// Returns the bytes that are wrong; empty where something is missing.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns a stable code for the reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            ParseFilterErrorKind::BadAttribute => "filter-bad-attribute",
            ParseFilterErrorKind::BadEscape => "filter-bad-escape",
            ParseFilterErrorKind::BadOid => "filter-bad-oid",
            ParseFilterErrorKind::EmptySubstring => "filter-empty-substring",
            ParseFilterErrorKind::ExpectedAssignment => "filter-expected-assignment",
            ParseFilterErrorKind::ExpectedAttribute => "filter-expected-attribute",
            ParseFilterErrorKind::ExpectedClose => "filter-expected-close",
            ParseFilterErrorKind::ExpectedEnd => "filter-expected-end",
            ParseFilterErrorKind::ExpectedOpen => "filter-expected-open",
            ParseFilterErrorKind::ExpectedOpenOrClose => "filter-expected-open-or-close",
            ParseFilterErrorKind::ExpectedOperator => "filter-expected-operator",
            ParseFilterErrorKind::ExpectedRule => "filter-expected-rule",
            ParseFilterErrorKind::TooDeep { .. } => "filter-too-deep",
            ParseFilterErrorKind::TooLong { .. } => "filter-too-long",
            ParseFilterErrorKind::TooManyItems { .. } => "filter-too-many-items",
            ParseFilterErrorKind::Unescaped(_) => "filter-unescaped",
        }
    }
}

/// Why a text is not a search filter.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ParseFilterErrorKind {
    /// The options behind an attribute type cannot be read.
    BadAttribute,
    /// `\` stands before anything but two hexadecimal digits.
    BadEscape,
    /// What begins as a numeric object identifier does not go on as one.
    BadOid,
    /// Nothing stands between two `*`.
    EmptySubstring,
    /// No `:=` stands behind a matching rule or `:dn`.
    ExpectedAssignment,
    /// A `(` is followed neither by `&`, `|` or `!` nor by an attribute type.
    ExpectedAttribute,
    /// A filter has no `)` at its end.
    ExpectedClose,
    /// Something stands behind the filter.
    ExpectedEnd,
    /// A filter does not begin with `(`.
    ExpectedOpen,
    /// In a list stands something else than a filter or the `)` that ends it.
    ExpectedOpenOrClose,
    /// No comparison stands behind an attribute type.
    ExpectedOperator,
    /// No matching rule stands behind a `:`, or neither rule nor attribute before `:=`.
    ExpectedRule,
    /// Filters are nested deeper than the limit.
    TooDeep {
        /// Deepest accepted nesting.
        limit: usize,
    },
    /// The text is longer than the limit.
    TooLong {
        /// Longest accepted text, in bytes.
        limit: usize,
    },
    /// A list holds more filters, or a substring more parts, than the limit.
    TooManyItems {
        /// Most accepted items.
        limit: usize,
    },
    /// This character may not stand in a value but as `\` and two hexadecimal digits.
    Unescaped(char),
}

impl grammar::Kind for ParseFilterErrorKind {
    const SYNTAX: Self = Self::ExpectedAttribute;
    const OID: Self = Self::BadOid;
}

impl fmt::Display for ParseFilterErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadAttribute => f.write_str("expected an option after `;` in the attribute description"),
            Self::BadEscape => f.write_str("expected two hexadecimal digits after `\\`"),
            Self::BadOid => {
                f.write_str("expected an object identifier such as `2.5.4.3`, of numbers without leading zeros")
            }
            Self::EmptySubstring => f.write_str("expected text between `*` and `*`"),
            Self::ExpectedAssignment => f.write_str("expected `:=`"),
            Self::ExpectedAttribute => f.write_str("expected an attribute type, `&`, `|` or `!`"),
            Self::ExpectedClose => f.write_str("expected `)`"),
            Self::ExpectedEnd => f.write_str("expected the end: several filters are joined as in `(&(cn=a)(sn=b))`"),
            Self::ExpectedOpen => f.write_str("expected `(`"),
            Self::ExpectedOpenOrClose => f.write_str("expected `(` or `)`"),
            Self::ExpectedOperator => f.write_str("expected `=`, `>=`, `<=`, `~=` or `:=` after the attribute type"),
            Self::ExpectedRule => f.write_str("expected a matching rule such as `caseExactMatch`"),
            Self::TooDeep { limit } => write!(f, "the filter is nested deeper than {limit} levels"),
            Self::TooLong { limit } => write!(f, "the filter is longer than {limit} bytes"),
            Self::TooManyItems { limit } => write!(f, "the filter has more than {limit} items in one list"),
            Self::Unescaped(c) => {
                write!(f, "expected `)`: `{}` in a value is written as `\\{:02x}`", c.escape_default(), *c as u32)
            }
        }
    }
}
