use serde::{Deserialize, Serialize};

use crate::{AttributeName, ObjectType};

/// What the values of an attribute are.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ValueKind {
    /// True or false.
    Boolean,
    /// Octets.
    Bytes,
    /// A signed integer of 64 bits.
    Integer,
    /// The identifier of another object.
    Reference,
    /// Unicode text.
    Text,
    /// An instant.
    Timestamp,
}

/// How two values of an attribute compare for equality.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Equality {
    /// Character by character, insignificant blanks aside (caseExactMatch).
    CaseExact,
    /// Without case, insignificant blanks aside (caseIgnoreMatch).
    CaseIgnore,
    /// As names of objects (distinguishedNameMatch).
    Name,
    /// As numbers.
    Number,
    /// Octet by octet; also what is used where nothing is known.
    Octets,
}

/// Who may change an attribute, and when.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Mutability {
    /// Set once, when the object is made.
    Immutable,
    /// The system alone sets it.
    ReadOnly,
    /// May be changed.
    ReadWrite,
    /// May be set and is never read back.
    WriteOnly,
}

/// One attribute of an object type.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AttributeSchema {
    /// Its name.
    pub name: AttributeName,
    /// What its values are.
    pub kind: ValueKind,
    /// How values compare.
    pub equality: Equality,
    /// Whether it may hold several values.
    pub multi_valued: bool,
    /// Whether an object cannot be made without it.
    pub required: bool,
    /// Who may change it.
    pub mutability: Mutability,
    /// What it is for, as the system says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl AttributeSchema {
    /// Makes an optional, single-valued attribute that may be changed, with the usual equality of its kind.
    #[must_use]
    pub fn new(name: impl Into<AttributeName>, kind: ValueKind) -> Self {
        let equality = match kind {
            ValueKind::Boolean | ValueKind::Text => Equality::CaseIgnore,
            ValueKind::Integer => Equality::Number,
            ValueKind::Reference => Equality::Name,
            ValueKind::Bytes | ValueKind::Timestamp => Equality::Octets,
        };
        Self {
            name: name.into(),
            kind,
            equality,
            multi_valued: false,
            required: false,
            mutability: Mutability::ReadWrite,
            description: None,
        }
    }
}

/// One type of object and its attributes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ObjectTypeSchema {
    /// Its name.
    pub name: ObjectType,
    /// Its attributes, in the order of the system or of the configuration.
    pub attributes: Vec<AttributeSchema>,
}

impl ObjectTypeSchema {
    /// Makes an object type.
    #[must_use]
    pub fn new(name: impl Into<ObjectType>, attributes: Vec<AttributeSchema>) -> Self {
        Self { name: name.into(), attributes }
    }

    /// Returns an attribute by name, without ASCII case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&AttributeSchema> {
        self.attributes.iter().find(|attribute| attribute.name.matches(name))
    }
}

/// The object types of a connected system.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ObjectSchema {
    /// The types, in the order of the system or of the configuration.
    pub object_types: Vec<ObjectTypeSchema>,
}

impl ObjectSchema {
    /// Makes a schema of these types.
    #[must_use]
    pub fn new(object_types: Vec<ObjectTypeSchema>) -> Self {
        Self { object_types }
    }

    /// Returns a type by name, without ASCII case.
    #[must_use]
    pub fn object_type(&self, name: &str) -> Option<&ObjectTypeSchema> {
        self.object_types.iter().find(|object_type| object_type.name.as_str().eq_ignore_ascii_case(name))
    }
}
