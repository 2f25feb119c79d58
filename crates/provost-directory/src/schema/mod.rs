//! The schema that the server enforces, compiled from definitions of RFC 4512 section 4.1.

mod check;
mod compile;
mod description;
mod name;
mod value;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use provost_ldap_types::Entry;
use provost_ldap_types::matching::MatchingRule;
use provost_ldap_types::schema::ObjectClassKind;

pub(crate) use check::{EntryPurpose, check_entry};
pub(crate) use description::{Description, Selection};
pub(crate) use name::{ResolvedName, ResolvedRdn};

use crate::DirectoryError;

/// Number of an attribute type in its schema.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct TypeId(pub(crate) u16);

/// Number of an object class in its schema.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct ClassId(pub(crate) u16);

/// An attribute type with all that it inherits.
#[derive(Debug)]
pub(crate) struct AttributeType {
    pub(crate) name: Arc<str>,
    pub(crate) names: Vec<String>,
    pub(crate) oid: String,
    pub(crate) superior: Option<TypeId>,
    pub(crate) equality: Option<MatchingRule>,
    pub(crate) ordering: Option<MatchingRule>,
    pub(crate) substrings: Option<MatchingRule>,
    /// Object identifier of the syntax.
    pub(crate) syntax: String,
    pub(crate) binary_transfer: bool,
    pub(crate) single_value: bool,
    pub(crate) no_user_modification: bool,
    pub(crate) operational: bool,
    pub(crate) obsolete: bool,
    pub(crate) collective: bool,
}

/// An object class with all that it inherits.
#[derive(Debug)]
pub(crate) struct ObjectClass {
    pub(crate) name: Arc<str>,
    pub(crate) kind: ObjectClassKind,
    /// All superiors, near ones first, without the class itself.
    pub(crate) superiors: Vec<ClassId>,
    /// Required attributes, inherited ones behind the class's own.
    pub(crate) must: Vec<TypeId>,
    pub(crate) may: Vec<TypeId>,
    pub(crate) obsolete: bool,
}

/// Attribute types that the server itself writes or reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WellKnown {
    pub(crate) object_class: TypeId,
    pub(crate) structural_object_class: TypeId,
    pub(crate) entry_uuid: TypeId,
    pub(crate) entry_csn: TypeId,
    pub(crate) creators_name: TypeId,
    pub(crate) create_timestamp: TypeId,
    pub(crate) modifiers_name: TypeId,
    pub(crate) modify_timestamp: TypeId,
    pub(crate) entry_dn: TypeId,
    pub(crate) subschema_subentry: TypeId,
    pub(crate) has_subordinates: TypeId,
    pub(crate) user_password: TypeId,
    pub(crate) extensible_object: ClassId,
    pub(crate) alias: ClassId,
}

/// The compiled schema.
#[derive(Debug)]
pub(crate) struct Schema {
    types: Vec<AttributeType>,
    classes: Vec<ObjectClass>,
    /// By name in lower case and by object identifier.
    type_index: HashMap<String, TypeId>,
    class_index: HashMap<String, ClassId>,
    well_known: WellKnown,
    /// The subschema subentry as it is published, operational attributes behind the user attributes.
    subentry: Entry,
}

const SYSTEM: &str = include_str!("../../schema/system.ldif");
const CORE: &str = include_str!("../../schema/core.ldif");
const COSINE: &str = include_str!("../../schema/cosine.ldif");
const INET_ORG_PERSON: &str = include_str!("../../schema/inetorgperson.ldif");
const NIS: &str = include_str!("../../schema/nis.ldif");

impl Schema {
    /// Compiles the built-in schemas, and those given besides as LDIF documents.
    pub(crate) fn load(additional: &[String]) -> Result<Arc<Self>, DirectoryError> {
        static BUILT_IN: OnceLock<Arc<Schema>> = OnceLock::new();
        let built_in = [SYSTEM, CORE, COSINE, INET_ORG_PERSON, NIS];
        if !additional.is_empty() {
            let documents = built_in.into_iter().chain(additional.iter().map(String::as_str));
            return compile::compile(documents).map(Arc::new);
        }
        if let Some(schema) = BUILT_IN.get() {
            return Ok(Arc::clone(schema));
        }
        let schema = Arc::new(compile::compile(built_in)?);
        Ok(Arc::clone(BUILT_IN.get_or_init(|| schema)))
    }

    pub(crate) fn well_known(&self) -> &WellKnown {
        &self.well_known
    }

    pub(crate) fn subentry(&self) -> &Entry {
        &self.subentry
    }

    /// Finds a type by short name or object identifier.
    pub(crate) fn find_type(&self, name: &str) -> Option<TypeId> {
        find(&self.type_index, name)
    }

    /// Finds a class by short name or object identifier.
    pub(crate) fn find_class(&self, name: &str) -> Option<ClassId> {
        find(&self.class_index, name)
    }

    /// Finds a class by the value of an `objectClass` attribute.
    pub(crate) fn find_class_value(&self, value: &[u8]) -> Option<ClassId> {
        std::str::from_utf8(value).ok().and_then(|name| self.find_class(name))
    }

    #[expect(clippy::indexing_slicing, reason = "numbers are made by the schema that they are used with")]
    pub(crate) fn attribute_type(&self, id: TypeId) -> &AttributeType {
        &self.types[usize::from(id.0)]
    }

    #[expect(clippy::indexing_slicing, reason = "numbers are made by the schema that they are used with")]
    pub(crate) fn class(&self, id: ClassId) -> &ObjectClass {
        &self.classes[usize::from(id.0)]
    }

    /// Tells whether `id` is `ancestor` or inherits from it.
    pub(crate) fn is_subtype(&self, id: TypeId, ancestor: TypeId) -> bool {
        let mut next = Some(id);
        while let Some(id) = next {
            if id == ancestor {
                return true;
            }
            next = self.attribute_type(id).superior;
        }
        false
    }

    /// Tells whether `id` is `ancestor` or inherits from it.
    pub(crate) fn is_subclass(&self, id: ClassId, ancestor: ClassId) -> bool {
        id == ancestor || self.class(id).superiors.contains(&ancestor)
    }

    /// Returns the octets that are equal for equal values of a type.
    pub(crate) fn canonical(&self, id: TypeId, value: &[u8]) -> Vec<u8> {
        match self.attribute_type(id).equality {
            Some(MatchingRule::ObjectIdentifier) => self.canonical_identifier(value),
            Some(rule) => rule.canonical(value),
            None => value.to_vec(),
        }
    }

    /// Class and type names and identifiers are one value (RFC 4517 section 4.2.26).
    fn canonical_identifier(&self, value: &[u8]) -> Vec<u8> {
        let known = std::str::from_utf8(value).ok().and_then(|name| {
            let class = self.find_class(name).map(|id| &self.class(id).name);
            class.or_else(|| self.find_type(name).map(|id| &self.attribute_type(id).name))
        });
        match known {
            Some(name) => name.to_ascii_lowercase().into_bytes(),
            None => MatchingRule::ObjectIdentifier.canonical(value),
        }
    }
}

fn find<T: Copy>(index: &HashMap<String, T>, name: &str) -> Option<T> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        index.get(&name.to_ascii_lowercase()).copied()
    } else {
        index.get(name).copied()
    }
}

#[cfg(test)]
mod tests;
