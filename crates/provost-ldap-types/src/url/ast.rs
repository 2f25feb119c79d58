use std::str::FromStr;

use provost_text::Limits;

use super::error::ParseLdapUrlError;
use super::parser;
use crate::{Dn, Filter};

/// An LDAP URL: a server and a search on it (RFC 4516).
///
/// `Display` leaves out what is absent and writes one form of escapes; a printed URL parses to an equal one.
///
/// ```
/// use provost_ldap_types::{LdapUrl, LdapUrlScope};
///
/// let url: LdapUrl = "ldap://dc1.contoso.lab/ou=People,dc=contoso,dc=lab?cn,mail?one?(cn=Simon%20B*)".parse()?;
/// assert_eq!(url.host.as_deref(), Some("dc1.contoso.lab"));
/// assert_eq!(url.scope, Some(LdapUrlScope::One));
/// assert_eq!(url.filter.map(|filter| filter.to_string()).as_deref(), Some("(cn=Simon B*)"));
/// # Ok::<(), provost_ldap_types::ParseLdapUrlError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct LdapUrl {
    /// How the server is reached.
    pub scheme: LdapUrlScheme,
    /// Name or address in lower case, an IPv6 address without brackets; for [`LdapUrlScheme::Ldapi`] the path of the
    /// socket. Without one, the client chooses.
    pub host: Option<String>,
    /// Port; without one, that of the scheme.
    pub port: Option<u16>,
    /// Base of the search, the root where the URL has none.
    pub dn: Dn,
    /// Attributes to return: descriptions, `*` or `+`. None means all user attributes.
    pub attributes: Vec<String>,
    /// Scope of the search; RFC 4516 takes `base` where it is absent.
    pub scope: Option<LdapUrlScope>,
    /// Filter of the search; RFC 4516 takes `(objectClass=*)` where it is absent.
    pub filter: Option<Filter>,
    /// Extensions in their order.
    pub extensions: Vec<LdapUrlExtension>,
}

impl LdapUrl {
    /// Makes a URL of a server.
    #[must_use]
    pub fn new(scheme: LdapUrlScheme, host: &str, port: Option<u16>) -> Self {
        let host = if scheme == LdapUrlScheme::Ldapi { host.to_owned() } else { host.to_ascii_lowercase() };
        Self {
            scheme,
            host: Some(host).filter(|host| !host.is_empty()),
            port: port.filter(|_| scheme != LdapUrlScheme::Ldapi),
            dn: Dn::root(),
            attributes: Vec::new(),
            scope: None,
            filter: None,
            extensions: Vec::new(),
        }
    }

    /// Parses a URL of at most `limits.length` bytes and `limits.items` attributes and extensions each; its name and
    /// filter obey the same limits.
    ///
    /// Beyond RFC 4516 the schemes `ldaps` and `ldapi`, the scope `subordinate` and characters that should have been
    /// escaped are read.
    ///
    /// # Errors
    ///
    /// Fails when the text is not an LDAP URL or is beyond the limits.
    pub fn parse_with(text: &str, limits: &Limits) -> Result<Self, ParseLdapUrlError> {
        parser::parse(text, limits)
    }

    /// Returns the port: the URL's own or that of the scheme; a socket has none.
    #[must_use]
    pub fn effective_port(&self) -> Option<u16> {
        match self.scheme {
            LdapUrlScheme::Ldap => Some(self.port.unwrap_or(389)),
            LdapUrlScheme::Ldaps => Some(self.port.unwrap_or(636)),
            LdapUrlScheme::Ldapi => None,
        }
    }

    /// Tells whether the URL has a critical extension: who does not know it must refuse the URL (RFC 4516 section 2).
    #[must_use]
    pub fn has_critical_extension(&self) -> bool {
        self.extensions.iter().any(|extension| extension.is_critical)
    }
}

impl FromStr for LdapUrl {
    type Err = ParseLdapUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse_with(text, &Limits::default())
    }
}

/// How a server is reached.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LdapUrlScheme {
    /// TCP.
    Ldap,
    /// A socket of the machine; common, of no standard.
    Ldapi,
    /// TLS from the first octet; common, of no standard.
    Ldaps,
}

impl LdapUrlScheme {
    /// Returns the word before `://`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ldap => "ldap",
            Self::Ldapi => "ldapi",
            Self::Ldaps => "ldaps",
        }
    }
}

/// Scope of a search in a URL.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LdapUrlScope {
    /// The entry itself.
    Base,
    /// The entries right below.
    One,
    /// The entry and everything below.
    Sub,
    /// Everything below, without the entry (draft-sermersheim-ldap-subordinate-scope).
    Subordinate,
}

impl LdapUrlScope {
    pub(crate) const ALL: [Self; 4] = [Self::Base, Self::One, Self::Sub, Self::Subordinate];

    /// Returns the word that stands in a URL.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::One => "one",
            Self::Sub => "sub",
            Self::Subordinate => "subordinate",
        }
    }
}

/// An extension of a URL.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct LdapUrlExtension {
    /// Whether who does not know the extension must refuse the URL.
    pub is_critical: bool,
    /// Name or object identifier.
    pub name: String,
    /// Value.
    pub value: Option<String>,
}
