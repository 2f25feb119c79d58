use std::sync::LazyLock;

use crate::schema::{AttributeDefinition, AttributeType, Mutability, Returned, SchemaDefinition, same_name};

/// What a type of resources looks like: a core schema, extensions, and the attributes that every resource has.
///
/// ```
/// use provost_scim::ResourceSchema;
///
/// let users = ResourceSchema::new("User", "/Users", provost_scim::user())
///     .with_extension(provost_scim::enterprise_user());
/// assert!(users.attribute(None, "USERNAME").is_some());
/// assert!(users.attribute(None, "department").is_none());
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ResourceSchema {
    name: String,
    endpoint: String,
    core: SchemaDefinition,
    extensions: Vec<SchemaDefinition>,
}

/// Where an attribute of a path or a filter lives.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    /// An attribute: of the core or common ones, or of the extension.
    Attribute { extension: Option<&'a SchemaDefinition>, definition: &'a AttributeDefinition },
    /// All attributes of a schema; the core when `extension` is none.
    Schema { extension: Option<&'a SchemaDefinition> },
}

static COMMON: LazyLock<[AttributeDefinition; 4]> = LazyLock::new(|| {
    let read_only = |name: &str, kind| AttributeDefinition::new(name, kind).with_mutability(Mutability::ReadOnly);
    [
        AttributeDefinition::new("schemas", AttributeType::Reference)
            .multi_valued()
            .required()
            .with_returned(Returned::Always),
        read_only("id", AttributeType::String).case_exact().with_returned(Returned::Always),
        AttributeDefinition::new("externalId", AttributeType::String).case_exact(),
        read_only("meta", AttributeType::Complex).with_sub_attributes(vec![
            read_only("resourceType", AttributeType::String).case_exact(),
            read_only("created", AttributeType::DateTime),
            read_only("lastModified", AttributeType::DateTime),
            read_only("location", AttributeType::Reference).case_exact(),
            read_only("version", AttributeType::String).case_exact(),
        ]),
    ]
});

impl ResourceSchema {
    /// Makes a type of resources without extensions; `endpoint` begins with a slash.
    pub fn new(name: impl Into<String>, endpoint: impl Into<String>, core: SchemaDefinition) -> Self {
        Self { name: name.into(), endpoint: endpoint.into(), core, extensions: Vec::new() }
    }

    /// Adds an extension; one of the same URN is replaced.
    #[must_use]
    pub fn with_extension(mut self, extension: SchemaDefinition) -> Self {
        self.extensions.retain(|held| !same_name(held.id(), extension.id()));
        self.extensions.push(extension);
        self
    }

    /// Returns the name of the type, such as `User`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the endpoint, such as `/Users`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns the core schema.
    #[must_use]
    pub fn core(&self) -> &SchemaDefinition {
        &self.core
    }

    /// Returns the extensions, in order.
    #[must_use]
    pub fn extensions(&self) -> &[SchemaDefinition] {
        &self.extensions
    }

    /// Returns an attribute by its schema's URN (none: the core and the common attributes) and its name.
    #[must_use]
    pub fn attribute(&self, urn: Option<&str>, name: &str) -> Option<&AttributeDefinition> {
        match self.place(urn, name) {
            Some(Place::Attribute { definition, .. }) => Some(definition),
            _ => None,
        }
    }

    pub(crate) fn extension(&self, urn: &str) -> Option<&SchemaDefinition> {
        self.extensions.iter().find(|extension| same_name(extension.id(), urn))
    }

    /// Resolves `urn:name`, where both together may also be the URN of a schema.
    pub(crate) fn place(&self, urn: Option<&str>, name: &str) -> Option<Place<'_>> {
        let Some(urn) = urn else {
            let definition = common(name).or_else(|| self.core.attribute(name))?;
            return Some(Place::Attribute { extension: None, definition });
        };
        if same_name(urn, self.core.id()) {
            return self.place(None, name);
        }
        if let Some(extension) = self.extension(urn) {
            let definition = extension.attribute(name)?;
            return Some(Place::Attribute { extension: Some(extension), definition });
        }
        self.schema_place(&format!("{urn}:{name}"))
    }

    pub(crate) fn schema_place(&self, urn: &str) -> Option<Place<'_>> {
        if same_name(urn, self.core.id()) {
            return Some(Place::Schema { extension: None });
        }
        self.extension(urn).map(|extension| Place::Schema { extension: Some(extension) })
    }

    /// All attributes outside extensions, in the order of answers.
    pub(crate) fn base_attributes(&self) -> impl Iterator<Item = &AttributeDefinition> {
        let (last, first) = match COMMON.as_slice() {
            [first @ .., last] => (Some(last), first),
            [] => (None, [].as_slice()),
        };
        first.iter().chain(self.core.attributes()).chain(last)
    }
}

fn common(name: &str) -> Option<&'static AttributeDefinition> {
    COMMON.iter().find(|attribute| same_name(&attribute.name, name))
}
