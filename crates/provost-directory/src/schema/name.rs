//! Distinguished names, resolved and compared by the schema.

use provost_ldap_types::{Dn, Rdn};
use provost_ldap_wire::ResultCode;

use super::{Description, Schema, TypeId};
use crate::refusal::Refusal;

/// A distinguished name whose attribute types are known.
#[derive(Clone, Debug, Default)]
pub(crate) struct ResolvedName {
    /// The entry's own component first.
    pub(crate) rdns: Vec<ResolvedRdn>,
}

/// One component of a name.
#[derive(Clone, Debug)]
pub(crate) struct ResolvedRdn {
    /// As it is sent: types by their first names, in order, values as they were given.
    pub(crate) text: String,
    /// Octets that are equal for equal components.
    key: Vec<u8>,
    pub(crate) parts: Vec<(TypeId, Vec<u8>)>,
}

impl ResolvedName {
    /// Returns octets that are equal for equal names. The key of an entry begins with that of its parent.
    pub(crate) fn key(&self) -> Vec<u8> {
        self.key_without(0)
    }

    /// Returns the key of the ancestor that has `levels` components less.
    pub(crate) fn key_without(&self, levels: usize) -> Vec<u8> {
        let rdns = self.rdns.get(levels..).unwrap_or_default();
        rdns.iter().rev().flat_map(|rdn| rdn.key.iter().copied()).collect()
    }

    pub(crate) fn text(&self) -> String {
        let texts: Vec<&str> = self.rdns.iter().map(|rdn| rdn.text.as_str()).collect();
        texts.join(",")
    }

    pub(crate) fn is_root(&self) -> bool {
        self.rdns.is_empty()
    }
}

impl ResolvedRdn {
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }
}

impl Schema {
    /// Parses and resolves a name from a message.
    pub(crate) fn resolve_name(&self, octets: &[u8]) -> Result<ResolvedName, Refusal> {
        self.parse_name(octets).ok_or_else(|| Refusal::new(ResultCode::INVALID_DN_SYNTAX, "invalid DN"))
    }

    /// Parses and resolves the new component of a rename.
    pub(crate) fn resolve_new_rdn(&self, octets: &[u8]) -> Result<ResolvedRdn, Refusal> {
        let text = std::str::from_utf8(octets).ok();
        text.and_then(|text| self.resolve_rdn(&text.parse::<Rdn>().ok()?))
            .ok_or_else(|| Refusal::new(ResultCode::INVALID_DN_SYNTAX, "invalid new RDN"))
    }

    fn parse_name(&self, octets: &[u8]) -> Option<ResolvedName> {
        self.resolve_dn(&std::str::from_utf8(octets).ok()?.parse::<Dn>().ok()?)
    }

    /// Resolves a parsed name; `None` for an unknown type or a value that is not of its type's syntax.
    pub(crate) fn resolve_dn(&self, dn: &Dn) -> Option<ResolvedName> {
        let rdns = dn.rdns().iter().map(|rdn| self.resolve_rdn(rdn)).collect::<Option<_>>()?;
        Some(ResolvedName { rdns })
    }

    pub(crate) fn resolve_rdn(&self, rdn: &Rdn) -> Option<ResolvedRdn> {
        let mut parts: Vec<(TypeId, Vec<u8>)> = Vec::with_capacity(rdn.attributes().len());
        for part in rdn.attributes() {
            let type_id = self.find_type(part.attribute())?;
            let repeated = parts.iter().any(|(held, _)| *held == type_id);
            if repeated || !self.is_valid(&Description::plain(type_id), part.value()) {
                return None;
            }
            parts.push((type_id, part.value().to_vec()));
        }
        parts.sort_by_key(|(type_id, _)| self.attribute_type(*type_id).name.to_ascii_lowercase());
        let mut key = Vec::new();
        let mut written: Option<Rdn> = None;
        for (type_id, value) in &parts {
            let canonical = self.canonical(*type_id, value);
            key.extend(type_id.0.to_be_bytes());
            key.extend(u32::try_from(canonical.len()).unwrap_or(u32::MAX).to_be_bytes());
            key.extend(canonical);
            let name = &self.attribute_type(*type_id).name;
            written = Some(match written {
                Some(rdn) => rdn.with(name, value).ok()?,
                None => Rdn::new(name, value).ok()?,
            });
        }
        // A part never begins with this number, so no key of several parts looks like that of several components.
        key.extend(u16::MAX.to_be_bytes());
        Some(ResolvedRdn { text: written?.to_string(), key, parts })
    }
}
