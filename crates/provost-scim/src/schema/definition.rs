use std::cmp::Ordering;

use serde::Serialize;
use serde::ser::SerializeMap;

use crate::schema::{AttributeDefinition, AttributeType};

/// URN of the schema of schemas, RFC 7643 section 7.
const SCHEMA_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

/// A schema: a URN and the attributes that it defines, RFC 7643 section 7.
///
/// Attributes keep their order; they are found by name without ASCII case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SchemaDefinition {
    id: String,
    name: String,
    description: String,
    attributes: Vec<AttributeDefinition>,
    /// Positions in `attributes`, ordered by folded name.
    by_name: Vec<usize>,
}

/// A schema that cannot be.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DefineSchemaError {
    /// Two attributes have one name.
    #[error("the schema defines `{name}` twice")]
    #[non_exhaustive]
    Duplicate {
        /// The name.
        name: String,
    },
    /// A name cannot stand in a filter or a path.
    #[error("`{name}` cannot be the name of an attribute")]
    #[non_exhaustive]
    Name {
        /// The name.
        name: String,
    },
    /// A complex attribute has complex parts, or a simple one has parts (RFC 7643 section 2.3.8).
    #[error("`{name}` cannot have the parts it is given")]
    #[non_exhaustive]
    Nesting {
        /// The name of the attribute.
        name: String,
    },
}

impl SchemaDefinition {
    /// Makes a schema.
    ///
    /// # Errors
    ///
    /// [`DefineSchemaError`] when a name stands twice or cannot stand in a path, or when a complex attribute has complex
    /// parts.
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        attributes: Vec<AttributeDefinition>,
    ) -> Result<Self, DefineSchemaError> {
        check(&attributes)?;
        for attribute in &attributes {
            let fits = attribute.is_complex() || attribute.sub_attributes.is_empty();
            if !fits || attribute.sub_attributes.iter().any(|part| part.attribute_type == AttributeType::Complex) {
                return Err(DefineSchemaError::Nesting { name: attribute.name.clone() });
            }
            check(&attribute.sub_attributes)?;
        }
        Ok(Self::assemble(id.into(), name.into(), attributes))
    }

    /// Makes a schema whose attributes are known to fit.
    pub(super) fn assemble(id: String, name: String, attributes: Vec<AttributeDefinition>) -> Self {
        let name_of = |at: usize| attributes.get(at).map_or("", |attribute| attribute.name.as_str());
        let mut by_name: Vec<usize> = (0..attributes.len()).collect();
        by_name.sort_by(|&left, &right| compare_folded(name_of(left), name_of(right)));
        Self { id, name, description: String::new(), attributes, by_name }
    }

    /// Sets what the schema is for.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Returns the URN.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the name for people.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the attributes, in order.
    #[must_use]
    pub fn attributes(&self) -> &[AttributeDefinition] {
        &self.attributes
    }

    /// Returns the attribute of that name, without ASCII case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&AttributeDefinition> {
        let found = self.by_name.binary_search_by(|&at| {
            self.attributes.get(at).map_or(Ordering::Less, |attribute| compare_folded(&attribute.name, name))
        });
        found.ok().and_then(|at| self.by_name.get(at)).and_then(|&at| self.attributes.get(at))
    }

    /// Returns the document that `/Schemas/{urn}` answers; `base` is the URL of the service without a slash at the end.
    pub fn document<'a>(&'a self, base: &'a str) -> impl Serialize + 'a {
        SchemaDocument { schema: self, base }
    }
}

struct SchemaDocument<'a> {
    schema: &'a SchemaDefinition,
    base: &'a str,
}

impl Serialize for SchemaDocument<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schemas", &[SCHEMA_URN])?;
        map.serialize_entry("id", &self.schema.id)?;
        map.serialize_entry("name", &self.schema.name)?;
        map.serialize_entry("description", &self.schema.description)?;
        map.serialize_entry("attributes", &self.schema.attributes)?;
        let location = format!("{}/Schemas/{}", self.base, self.schema.id);
        map.serialize_entry("meta", &crate::discovery::DocumentMeta::new("Schema", location))?;
        map.end()
    }
}

fn check(attributes: &[AttributeDefinition]) -> Result<(), DefineSchemaError> {
    for (at, attribute) in attributes.iter().enumerate() {
        let name = &attribute.name;
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ';' | '$');
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit() || c == ';') || !name.chars().all(fits) {
            return Err(DefineSchemaError::Name { name: name.clone() });
        }
        if attributes.iter().take(at).any(|other| other.name.eq_ignore_ascii_case(name)) {
            return Err(DefineSchemaError::Duplicate { name: name.clone() });
        }
    }
    Ok(())
}

fn compare_folded(left: &str, right: &str) -> Ordering {
    let fold = |octet: u8| octet.to_ascii_lowercase();
    left.bytes().map(fold).cmp(right.bytes().map(fold))
}
