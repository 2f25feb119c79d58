use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write;
use std::hash::{Hash, Hasher};

use super::aliases;
use super::ast::{Dn, Rdn, RdnAttribute};
use super::display::write_value;
use crate::prepare::{Case, prepare};

impl Dn {
    /// Returns a text that is the same for equal names and differs for all others.
    ///
    /// It is itself a name equal to this one, in lower case and with short attribute types, fit to be a key.
    ///
    /// ```
    /// use provost_ldap_types::Dn;
    ///
    /// let dn: Dn = "2.5.4.3=Britta  Simon + UID=bsimon, DC=Lab".parse()?;
    /// assert_eq!(dn.normalized(), "cn=britta simon+uid=bsimon,dc=lab");
    /// # Ok::<(), provost_ldap_types::ParseDnError>(())
    /// ```
    #[must_use]
    pub fn normalized(&self) -> String {
        let mut key = String::with_capacity(self.len() * 16);
        for (at, rdn) in self.rdns().iter().enumerate() {
            if at > 0 {
                key.push(',');
            }
            rdn.write_normalized(&mut key);
        }
        key
    }
}

impl Rdn {
    /// Returns a text that is the same for equal components and differs for all others.
    #[must_use]
    pub fn normalized(&self) -> String {
        let mut key = String::new();
        self.write_normalized(&mut key);
        key
    }

    fn write_normalized(&self, key: &mut String) {
        for (at, part) in self.sorted().iter().enumerate() {
            if at > 0 {
                key.push('+');
            }
            key.push_str(&part.canonical_type());
            key.push('=');
            // Writing to a string cannot fail.
            let _ = if part.is_opaque() {
                key.push('#');
                part.value().iter().try_for_each(|octet| write!(key, "{octet:02x}"))
            } else {
                write_value(key, &part.prepared())
            };
        }
    }

    fn sorted(&self) -> Cow<'_, [RdnAttribute]> {
        let parts = self.attributes();
        if parts.is_sorted() {
            return Cow::Borrowed(parts);
        }
        let mut sorted = parts.to_vec();
        sorted.sort();
        Cow::Owned(sorted)
    }
}

impl RdnAttribute {
    /// Tells whether the attribute type is `attribute` by the rules of [`Dn`].
    #[must_use]
    pub fn is_type(&self, attribute: &str) -> bool {
        same_type(self.attribute(), attribute)
    }

    pub(super) fn same_type(&self, other: &Self) -> bool {
        self.is_type(other.attribute())
    }

    fn canonical_type(&self) -> Cow<'_, str> {
        let name = self.attribute();
        match aliases::canonical(name) {
            Some(canonical) => Cow::Borrowed(canonical),
            None if name.bytes().any(|byte| byte.is_ascii_uppercase()) => Cow::Owned(name.to_ascii_lowercase()),
            None => Cow::Borrowed(name),
        }
    }

    /// Tells whether both are text and differ at most in the case of ASCII letters: the usual case, without preparing.
    fn same_ascii_case(&self, other: &Self) -> bool {
        !self.is_opaque() && self.value().eq_ignore_ascii_case(other.value()) && self.text().is_some()
    }

    /// Returns the octets that are compared.
    fn prepared(&self) -> Cow<'_, [u8]> {
        let value = self.value();
        if self.is_opaque() {
            return Cow::Borrowed(value);
        }
        match str::from_utf8(value).map(|text| prepare(text, Case::Ignore)) {
            Ok(Cow::Borrowed(text)) => Cow::Borrowed(text.as_bytes()),
            Ok(Cow::Owned(text)) => Cow::Owned(text.into_bytes()),
            Err(_) => Cow::Borrowed(value),
        }
    }
}

fn same_type(a: &str, b: &str) -> bool {
    if a.eq_ignore_ascii_case(b) {
        return true;
    }
    match (aliases::canonical(a), aliases::canonical(b)) {
        (None, None) => false,
        (Some(a), Some(b)) => a == b,
        (Some(a), None) => a.eq_ignore_ascii_case(b),
        (None, Some(b)) => a.eq_ignore_ascii_case(b),
    }
}

impl Eq for RdnAttribute {}

impl PartialEq for RdnAttribute {
    fn eq(&self, other: &Self) -> bool {
        self.is_opaque() == other.is_opaque()
            && self.same_type(other)
            && (self.value() == other.value() || self.same_ascii_case(other) || self.prepared() == other.prepared())
    }
}

impl Ord for RdnAttribute {
    fn cmp(&self, other: &Self) -> Ordering {
        self.canonical_type()
            .cmp(&other.canonical_type())
            .then_with(|| self.is_opaque().cmp(&other.is_opaque()))
            .then_with(|| self.prepared().cmp(&other.prepared()))
    }
}

impl PartialOrd for RdnAttribute {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for RdnAttribute {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical_type().hash(state);
        self.is_opaque().hash(state);
        self.prepared().hash(state);
    }
}

impl Eq for Rdn {}

impl PartialEq for Rdn {
    fn eq(&self, other: &Self) -> bool {
        match (self.attributes(), other.attributes()) {
            ([one], [another]) => one == another,
            (some, others) => some.len() == others.len() && self.sorted() == other.sorted(),
        }
    }
}

impl Ord for Rdn {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.attributes(), other.attributes()) {
            ([one], [another]) => one.cmp(another),
            _ => self.sorted().cmp(&other.sorted()),
        }
    }
}

impl PartialOrd for Rdn {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Rdn {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sorted().hash(state);
    }
}

impl Eq for Dn {}

impl PartialEq for Dn {
    fn eq(&self, other: &Self) -> bool {
        self.rdns() == other.rdns()
    }
}

impl Ord for Dn {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rdns().iter().rev().cmp(other.rdns().iter().rev())
    }
}

impl PartialOrd for Dn {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Dn {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.rdns().hash(state);
    }
}
