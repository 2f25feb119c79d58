use std::fmt;

use provost_text::Span;

use crate::grammar;

/// A text that is not a distinguished name.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{kind}")]
pub struct ParseDnError {
    kind: ParseDnErrorKind,
    span: Span,
}

impl ParseDnError {
    pub(super) fn new(kind: ParseDnErrorKind, span: Span) -> Self {
        Self { kind, span }
    }

    pub(super) fn repeated(attribute: &str) -> Self {
        Self::new(ParseDnErrorKind::RepeatedType, Span::new(0, attribute.len()))
    }

    /// Returns the reason.
    #[must_use]
    pub fn kind(&self) -> ParseDnErrorKind {
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
            ParseDnErrorKind::BadEscape => "dn-bad-escape",
            ParseDnErrorKind::BadHexValue => "dn-bad-hex-value",
            ParseDnErrorKind::BadOid => "dn-bad-oid",
            ParseDnErrorKind::ExpectedEquals => "dn-expected-equals",
            ParseDnErrorKind::ExpectedSeparator => "dn-expected-separator",
            ParseDnErrorKind::ExpectedType => "dn-expected-type",
            ParseDnErrorKind::RepeatedType => "dn-repeated-type",
            ParseDnErrorKind::TooLong { .. } => "dn-too-long",
            ParseDnErrorKind::TooManyParts { .. } => "dn-too-many-parts",
            ParseDnErrorKind::Unescaped(_) => "dn-unescaped",
        }
    }
}

/// Why a text is not a distinguished name.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ParseDnErrorKind {
    /// `\` stands before neither a special character nor two hexadecimal digits.
    BadEscape,
    /// `#` stands before anything but pairs of hexadecimal digits.
    BadHexValue,
    /// What begins as a numeric object identifier does not go on as one.
    BadOid,
    /// An attribute type has no `=` behind it.
    ExpectedEquals,
    /// Something else than `,`, `+` or the end stands behind a value.
    ExpectedSeparator,
    /// A component does not begin with a name or a numeric object identifier.
    ExpectedType,
    /// Two parts of one component have the same attribute type.
    RepeatedType,
    /// The text is longer than the limit.
    TooLong {
        /// Longest accepted text, in bytes.
        limit: usize,
    },
    /// The name has more components, or a component more parts, than the limit.
    TooManyParts {
        /// Most accepted components or parts.
        limit: usize,
    },
    /// This character may not stand in a value without `\` before it.
    Unescaped(char),
}

impl grammar::Kind for ParseDnErrorKind {
    const SYNTAX: Self = Self::ExpectedType;
    const OID: Self = Self::BadOid;
}

impl fmt::Display for ParseDnErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadEscape => f.write_str("expected a special character or two hexadecimal digits after `\\`"),
            Self::BadHexValue => f.write_str("expected pairs of hexadecimal digits after `#`"),
            Self::BadOid => {
                f.write_str("expected an object identifier such as `2.5.4.3`, of numbers without leading zeros")
            }
            Self::ExpectedEquals => f.write_str("expected `=` after the attribute type"),
            Self::ExpectedSeparator => f.write_str("expected `,`, `+` or the end of the name after the value"),
            Self::ExpectedType => f.write_str("expected an attribute type such as `cn`"),
            Self::RepeatedType => f.write_str("expected an attribute type that the component does not have yet"),
            Self::TooLong { limit } => write!(f, "the name is longer than {limit} bytes"),
            Self::TooManyParts { limit } => write!(f, "the name has more than {limit} parts"),
            Self::Unescaped('\0') => f.write_str("expected a value in which a zero octet is written as `\\00`"),
            Self::Unescaped('"') => {
                f.write_str("expected a value without quotation marks: `\"` is written as `\\\"` and `,` as `\\,`")
            }
            Self::Unescaped(',') => f.write_str("expected one component: `,` in a value is written as `\\,`"),
            Self::Unescaped(c) => {
                write!(f, "expected `,`, `+` or the end of the name: `{c}` in a value is written as `\\{c}`")
            }
        }
    }
}
