use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use provost_connector::ConnectorError;
use provost_model::Secret;

/// How a server is reached and who speaks to it.
///
/// ```
/// use provost_ldap::LdapOptions;
///
/// let options = LdapOptions::new("ldaps://ldap.example").with_ca_file("/etc/ssl/ca.pem");
/// assert!(format!("{options:?}").contains("ldap.example"));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LdapOptions {
    /// Address, such as `ldaps://ldap.example:636`; `ldap` for a plain connection.
    pub url: String,
    /// Name to bind with; none stays anonymous.
    pub bind_dn: Option<String>,
    /// Password of that name.
    pub password: Option<Secret>,
    /// File with the certificates that are trusted, in PEM. Needed for `ldaps`; no others are trusted.
    pub ca_file: Option<PathBuf>,
    /// Longest time for connecting, TLS included.
    pub connect_timeout: Duration,
    /// Longest time for an answer, and between two answers of a search.
    pub operation_timeout: Duration,
    /// Largest message that is accepted, in octets.
    pub max_message: usize,
    /// Lets `ldap` be used with hosts other than the loopback ones: passwords and data cross the network in clear.
    pub dangerous_plaintext: bool,
}

impl LdapOptions {
    /// Makes options for an anonymous connection: 10 s for connecting, 30 s for an answer, 16 MiB for a message.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            bind_dn: None,
            password: None,
            ca_file: None,
            connect_timeout: Duration::from_secs(10),
            operation_timeout: Duration::from_secs(30),
            max_message: 16 * 1024 * 1024,
            dangerous_plaintext: false,
        }
    }

    /// Binds by name and password.
    #[must_use]
    pub fn with_simple_bind(mut self, name: impl Into<String>, password: Secret) -> Self {
        self.bind_dn = Some(name.into());
        self.password = Some(password);
        self
    }

    /// Trusts the certificates of a PEM file.
    #[must_use]
    pub fn with_ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// Checks what can be checked without a connection and returns the address.
    pub(crate) fn address(&self) -> Result<Address, ConnectorError> {
        let address = Address::parse(&self.url)?;
        if !address.is_tls && !address.is_loopback() && !self.dangerous_plaintext {
            return Err(ConnectorError::configuration(
                "url",
                "ldap:// is for loopback addresses only; use ldaps://, or set dangerous_plaintext to send passwords in clear",
            ));
        }
        match (self.bind_dn.as_deref(), self.password.as_ref()) {
            (Some(""), _) => Err(ConnectorError::configuration("bind_dn", "is empty")),
            // A server takes a name without a password for an anonymous bind and says success (RFC 4513 section 5.1.2).
            (Some(_), None) => Err(ConnectorError::configuration("password", "is missing and bind_dn is given")),
            (Some(_), Some(password)) if password.is_empty() => {
                Err(ConnectorError::configuration("password", "is empty"))
            }
            (None, Some(_)) => Err(ConnectorError::configuration("bind_dn", "is missing and password is given")),
            _ => Ok(address),
        }
    }
}

/// Where a server listens.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) is_tls: bool,
}

impl Address {
    fn parse(url: &str) -> Result<Self, ConnectorError> {
        let fail = |reason: &str| Err(ConnectorError::configuration("url", reason));
        let Some((scheme, rest)) = url.split_once("://") else {
            return fail("expected ldap://HOST:PORT or ldaps://HOST:PORT");
        };
        let is_tls = match scheme.to_ascii_lowercase().as_str() {
            "ldap" => false,
            "ldaps" => true,
            _ => return fail("expected ldap:// or ldaps://"),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, "")) => (host, None),
            Some((host, port)) => (host, port.strip_prefix(':').or(Some(""))),
            None => match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            },
        };
        let is_host =
            !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '_'));
        if !is_host {
            return fail("expected a host name or an address, and nothing behind the port");
        }
        let port = match port.map(str::parse) {
            None => {
                if is_tls {
                    636
                } else {
                    389
                }
            }
            Some(Ok(port)) if port != 0 => port,
            Some(_) => return fail("expected a port from 1 to 65535"),
        };
        Ok(Self { host: host.to_owned(), port, is_tls })
    }

    fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// Shows host and port, as messages name the server.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use provost_model::Secret;

    use super::LdapOptions;

    fn check(url: &str, expected: &str) {
        let shown = match LdapOptions::new(url).address() {
            Ok(address) => format!("{address} tls={}", address.is_tls),
            Err(error) => error.to_string(),
        };
        assert_eq!(shown, expected, "{url}");
    }

    #[test]
    fn addresses() {
        check("ldap://127.0.0.1:1389/", "127.0.0.1:1389 tls=false");
        check("ldap://localhost", "localhost:389 tls=false");
        check("LDAPS://ldap.example", "ldap.example:636 tls=true");
        check("ldaps://[2001:db8::1]:1636", "[2001:db8::1]:1636 tls=true");
        check("ldap://[::1]", "[::1]:389 tls=false");
        check("ldap.example", "configuration: url: expected ldap://HOST:PORT or ldaps://HOST:PORT");
        check("http://localhost", "configuration: url: expected ldap:// or ldaps://");
        check("ldap://localhost:0", "configuration: url: expected a port from 1 to 65535");
        check("ldap://localhost:x", "configuration: url: expected a port from 1 to 65535");
        check("ldap://[::1]389", "configuration: url: expected a port from 1 to 65535");
        check(
            "ldap://localhost/dc=lab",
            "configuration: url: expected a host name or an address, and nothing behind the port",
        );
    }

    #[test]
    fn plain_connections_stay_on_the_loopback() {
        check(
            "ldap://ldap.example",
            "configuration: url: ldap:// is for loopback addresses only; use ldaps://, or set dangerous_plaintext to \
             send passwords in clear",
        );
        let mut options = LdapOptions::new("ldap://ldap.example");
        options.dangerous_plaintext = true;
        assert_eq!(options.address().unwrap().port, 389);
    }

    #[test]
    fn a_name_without_a_password_is_no_anonymous_bind() {
        let mut options = LdapOptions::new("ldap://localhost").with_simple_bind("cn=admin", Secret::from(""));
        assert_eq!(options.address().unwrap_err().to_string(), "configuration: password: is empty");
        options.password = None;
        assert_eq!(
            options.address().unwrap_err().to_string(),
            "configuration: password: is missing and bind_dn is given"
        );
    }
}
