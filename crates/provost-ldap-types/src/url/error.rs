use provost_text::Span;

use crate::{ParseDnError, ParseFilterError};

/// A text that is not an LDAP URL.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{kind}")]
pub struct ParseLdapUrlError {
    kind: ParseLdapUrlErrorKind,
    span: Span,
}

impl ParseLdapUrlError {
    pub(super) fn new(kind: ParseLdapUrlErrorKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// Returns the reason.
    #[must_use]
    pub fn kind(&self) -> ParseLdapUrlErrorKind {
        self.kind
    }

    /// Returns the bytes that are wrong, within the URL also where its name or filter is wrong.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns a stable code for the reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            ParseLdapUrlErrorKind::BadAttribute => "url-bad-attribute",
            ParseLdapUrlErrorKind::BadDn(_) => "url-bad-dn",
            ParseLdapUrlErrorKind::BadEscape => "url-bad-escape",
            ParseLdapUrlErrorKind::BadExtension => "url-bad-extension",
            ParseLdapUrlErrorKind::BadFilter(_) => "url-bad-filter",
            ParseLdapUrlErrorKind::BadHost => "url-bad-host",
            ParseLdapUrlErrorKind::BadPort => "url-bad-port",
            ParseLdapUrlErrorKind::ExpectedEnd => "url-expected-end",
            ParseLdapUrlErrorKind::ExpectedScheme => "url-expected-scheme",
            ParseLdapUrlErrorKind::ExpectedScope => "url-expected-scope",
            ParseLdapUrlErrorKind::ExpectedSlash => "url-expected-slash",
            ParseLdapUrlErrorKind::NotText => "url-not-text",
            ParseLdapUrlErrorKind::TooLong { .. } => "url-too-long",
            ParseLdapUrlErrorKind::TooManyItems { .. } => "url-too-many-items",
        }
    }
}

/// Why a text is not an LDAP URL.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseLdapUrlErrorKind {
    /// An item of the list of attributes is not one.
    #[error("expected attributes such as `cn`, `*` or `+` with `,` between them")]
    BadAttribute,
    /// The name is not a distinguished name.
    #[error("{0}")]
    BadDn(ParseDnError),
    /// `%` stands before anything but two hexadecimal digits.
    #[error("expected two hexadecimal digits after `%`")]
    BadEscape,
    /// An extension is not a name with or without a value.
    #[error("expected extensions such as `!name=value` with `,` between them")]
    BadExtension,
    /// The filter is not one.
    #[error("{0}")]
    BadFilter(ParseFilterError),
    /// The host is neither a name nor an address.
    #[error("expected a host name, an IPv4 address or an IPv6 address in `[` and `]`")]
    BadHost,
    /// The port is not a number of 16 bits, or a socket has one.
    #[error("expected a port between 0 and 65535")]
    BadPort,
    /// A sixth `?`.
    #[error("expected nothing behind the extensions")]
    ExpectedEnd,
    /// The text begins otherwise.
    #[error("expected `ldap://`, `ldaps://` or `ldapi://`")]
    ExpectedScheme,
    /// The scope is none of the words.
    #[error("expected the scope `base`, `one` or `sub`")]
    ExpectedScope,
    /// `?` follows the host.
    #[error("expected `/` before the first `?`")]
    ExpectedSlash,
    /// The octets behind the escapes are not UTF-8.
    #[error("expected escapes that make UTF-8")]
    NotText,
    /// The text is longer than the limit, in bytes.
    #[error("the URL is longer than {limit} bytes")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// A list holds more items than the limit.
    #[error("the list has more than {limit} items")]
    TooManyItems {
        /// The limit.
        limit: usize,
    },
}
