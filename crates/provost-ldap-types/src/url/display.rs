use std::fmt::{self, Write};
use std::net::Ipv6Addr;

use super::ast::{LdapUrl, LdapUrlExtension, LdapUrlScheme, LdapUrlScope};

impl fmt::Display for LdapUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme)?;
        match &self.host {
            Some(host) if self.scheme == LdapUrlScheme::Ldapi => escape(f, host, is_unreserved)?,
            Some(host) if host.parse::<Ipv6Addr>().is_ok() => write!(f, "[{host}]")?,
            Some(host) => escape(f, host, is_unreserved)?,
            None => {}
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        if !self.dn.is_empty() || self.has_query() {
            f.write_char('/')?;
            escape(f, &self.dn.to_string(), is_literal)?;
        }
        self.query(f)
    }
}

impl LdapUrl {
    fn has_query(&self) -> bool {
        !self.attributes.is_empty() || self.scope.is_some() || self.filter.is_some() || !self.extensions.is_empty()
    }

    fn query(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A part that is absent is written as its `?` only where a later one follows.
        let mut marks = 1;
        let mut part = |f: &mut fmt::Formatter<'_>, is_present: bool| {
            if is_present {
                (0..std::mem::take(&mut marks)).try_for_each(|_| f.write_char('?'))?;
            }
            marks += 1;
            Ok::<_, fmt::Error>(())
        };
        part(f, !self.attributes.is_empty())?;
        for (at, attribute) in self.attributes.iter().enumerate() {
            if at > 0 {
                f.write_char(',')?;
            }
            escape(f, attribute, is_item)?;
        }
        part(f, self.scope.is_some())?;
        self.scope.map_or(Ok(()), |scope| f.write_str(scope.name()))?;
        part(f, self.filter.is_some())?;
        self.filter.as_ref().map_or(Ok(()), |filter| escape(f, &filter.to_string(), is_literal))?;
        part(f, !self.extensions.is_empty())?;
        for (at, extension) in self.extensions.iter().enumerate() {
            write!(f, "{}{extension}", if at > 0 { "," } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Display for LdapUrlExtension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_critical { "!" } else { "" })?;
        escape(f, &self.name, is_unreserved)?;
        let Some(value) = &self.value else { return Ok(()) };
        f.write_char('=')?;
        escape(f, value, is_item)
    }
}

impl fmt::Display for LdapUrlScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for LdapUrlScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn escape(f: &mut fmt::Formatter<'_>, text: &str, literal: impl Fn(u8) -> bool) -> fmt::Result {
    text.bytes().try_for_each(|octet| match literal(octet) {
        true => f.write_char(char::from(octet)),
        false => write!(f, "%{octet:02X}"),
    })
}

/// RFC 3986 section 2.3.
fn is_unreserved(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~".contains(&octet)
}

/// What may stand in a name or a filter: all but `?`, `#` and brackets of RFC 3986 section 2.2.
fn is_literal(octet: u8) -> bool {
    is_unreserved(octet) || b"!$&'()*+,;=:@/".contains(&octet)
}

fn is_item(octet: u8) -> bool {
    is_literal(octet) && octet != b','
}
