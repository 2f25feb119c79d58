use std::sync::Arc;

use provost_model::{AttributeName, AttributeSchema, Equality, Mutability as Access, ObjectTypeSchema, ValueKind};
use provost_scim::{
    AttributeDefinition, AttributeType, DefineSchemaError, Mutability, ResourceSchema, SchemaDefinition, USER_URN,
};

/// URN of the schema that holds the attributes of a directory, as Microsoft's ECMA Connector Host names it.
pub const EXTENSION_URN: &str = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User";

/// The attribute that holds the name of an object, and renames it.
pub(crate) const NAME: &str = "-dn-";
/// The name of an object, to read and to search for.
pub(crate) const READABLE_NAME: &str = "_distinguishedName";
/// The initial password.
pub(crate) const EXPORT_PASSWORD: &str = "export_password";
/// Attributes that are passwords whatever a schema says of them.
const PASSWORDS: [&str; 2] = ["userPassword", "unicodePwd"];
/// Attributes one of which is shown as `userName`, in order of preference.
const USER_NAMES: [&str; 4] = ["uid", "sAMAccountName", "userPrincipalName", "cn"];

/// How the objects of a connector are shown as SCIM users.
#[derive(Debug)]
pub(crate) struct DirectorySchema {
    /// The schema that bodies and filters are held against. It requires nothing: what an object must have depends on its
    /// classes, and the directory judges that.
    pub(crate) users: Arc<ResourceSchema>,
    /// The schema as `/Schemas` shows it.
    pub(crate) published: ResourceSchema,
    attributes: Vec<Exposed>,
    passwords: Vec<String>,
    user_name: Option<AttributeName>,
}

/// One attribute of the directory.
#[derive(Debug)]
pub(crate) struct Exposed {
    /// Its name in the extension.
    pub(crate) name: String,
    /// Its name in the directory.
    pub(crate) attribute: AttributeName,
    pub(crate) kind: ValueKind,
    /// Whether it is shown as a list.
    pub(crate) as_list: bool,
    pub(crate) read_only: bool,
}

impl DirectorySchema {
    /// Shows an object type; `lists` are the attributes that are shown as lists where the directory allows several values.
    pub(crate) fn new(object_type: &ObjectTypeSchema, lists: &[AttributeName]) -> Result<Self, DefineSchemaError> {
        let mut attributes = Vec::new();
        let mut passwords = vec![EXPORT_PASSWORD.to_owned()];
        let mut definitions = vec![
            text(NAME, "The distinguished name. Another one renames the object.").case_exact(),
            text(READABLE_NAME, "The distinguished name, to read.").with_mutability(Mutability::ReadOnly),
            text(EXPORT_PASSWORD, "The initial password.").with_mutability(Mutability::WriteOnly),
        ];
        let mut required = Vec::new();
        for schema in &object_type.attributes {
            let name = alias(schema.name.as_str());
            if definitions.iter().any(|definition| definition.name.eq_ignore_ascii_case(&name)) {
                tracing::warn!(attribute = schema.name.as_str(), "left out: its name is taken");
                continue;
            }
            let is_password = PASSWORDS.iter().any(|password| schema.name.matches(password));
            if is_password || schema.mutability == Access::WriteOnly {
                definitions.push(text(&name, description(schema)).with_mutability(Mutability::WriteOnly));
                passwords.push(name);
                continue;
            }
            let as_list = schema.multi_valued && lists.contains(&schema.name);
            definitions.push(definition(&name, schema, as_list));
            if schema.required {
                required.push(name.clone());
            }
            let read_only = schema.mutability == Access::ReadOnly;
            attributes.push(Exposed { name, attribute: schema.name.clone(), kind: schema.kind, as_list, read_only });
        }
        let user_name = USER_NAMES.iter().find_map(|name| {
            object_type
                .attribute(name)
                .filter(|schema| schema.kind == ValueKind::Text)
                .map(|schema| schema.name.clone())
        });
        let published = definitions.iter().cloned().map(|definition| {
            let named = definition.name == NAME || required.contains(&definition.name);
            if named { definition.required() } else { definition }
        });
        let published = extension(object_type, published.collect())?;
        let users = ResourceSchema::new("User", "/Users", core()?).with_extension(extension(object_type, definitions)?);
        let published = ResourceSchema::new("User", "/Users", core()?).with_extension(published);
        Ok(Self { users: Arc::new(users), published, attributes, passwords, user_name })
    }

    pub(crate) fn attributes(&self) -> &[Exposed] {
        &self.attributes
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&Exposed> {
        self.attributes.iter().find(|exposed| exposed.name.eq_ignore_ascii_case(name))
    }

    /// Names of the extension's attributes that take a password.
    pub(crate) fn passwords(&self) -> &[String] {
        &self.passwords
    }

    /// The attribute that is shown as `userName`.
    pub(crate) fn user_name(&self) -> Option<&Exposed> {
        let name = self.user_name.as_ref()?;
        self.attributes.iter().find(|exposed| exposed.attribute == *name)
    }
}

/// The core attributes that mean something in front of a directory.
fn core() -> Result<SchemaDefinition, DefineSchemaError> {
    let attributes = vec![
        text("userName", "The name by which the user signs in, from the directory.")
            .with_mutability(Mutability::ReadOnly),
        AttributeDefinition::new("active", AttributeType::Boolean).with_description("Whether the account is enabled."),
        text("password", "The password.").with_mutability(Mutability::WriteOnly),
    ];
    Ok(SchemaDefinition::new(USER_URN, "User", attributes)?.with_description("User account"))
}

fn extension(
    object_type: &ObjectTypeSchema,
    definitions: Vec<AttributeDefinition>,
) -> Result<SchemaDefinition, DefineSchemaError> {
    let description = format!("Attributes of {}", object_type.name);
    Ok(SchemaDefinition::new(EXTENSION_URN, "ECMA2Host", definitions)?.with_description(description))
}

fn text(name: &str, description: impl Into<String>) -> AttributeDefinition {
    AttributeDefinition::new(name, AttributeType::String).with_description(description)
}

fn description(schema: &AttributeSchema) -> String {
    schema.description.clone().unwrap_or_default()
}

fn definition(name: &str, schema: &AttributeSchema, as_list: bool) -> AttributeDefinition {
    let kind = match schema.kind {
        ValueKind::Boolean => AttributeType::Boolean,
        ValueKind::Bytes => AttributeType::Binary,
        ValueKind::Integer => AttributeType::Integer,
        ValueKind::Reference => AttributeType::Reference,
        ValueKind::Timestamp => AttributeType::DateTime,
        _ => AttributeType::String,
    };
    let mutability = match schema.mutability {
        Access::Immutable => Mutability::Immutable,
        Access::ReadOnly => Mutability::ReadOnly,
        _ => Mutability::ReadWrite,
    };
    let mut definition =
        AttributeDefinition::new(name, kind).with_mutability(mutability).with_description(description(schema));
    definition.multi_valued = as_list;
    definition.case_exact = matches!(schema.equality, Equality::CaseExact | Equality::Octets);
    definition
}

/// A name that can stand in a filter: other characters than letters, digits, `-`, `_` and `;` become `_`.
fn alias(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ';');
    let mut alias: String = name.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    if !alias.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '_')) {
        alias.insert(0, '_');
    }
    alias
}
