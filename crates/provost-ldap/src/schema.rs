//! The object type of a connector, from the classes of the server's schema.

use provost_connector::ConnectorError;
use provost_ldap_types::AttributeDescription;
use provost_ldap_types::matching::MatchingRule;
use provost_ldap_types::schema::{AttributeType, ObjectClassKind, Subschema};
use provost_model::{AttributeSchema, Equality, Mutability, ObjectTypeSchema, ValueKind};

use crate::settings::Settings;

const OBJECT_CLASS: &str = "objectClass";

/// Returns the configured class with its attributes: `objectClass`, the mandatory ones, the chosen ones, and the anchor.
pub(crate) fn object_type(
    settings: &Settings,
    subschema: Option<&Subschema>,
    anchor: &str,
) -> Result<ObjectTypeSchema, ConnectorError> {
    let Some(subschema) = subschema else { return without_schema(settings, anchor) };
    let structural = subschema.object_class(&settings.object_class).ok_or_else(|| {
        ConnectorError::configuration("object_class", format!("the server has no class {}", settings.object_class))
    })?;
    if structural.kind() == ObjectClassKind::Auxiliary {
        return Err(ConnectorError::configuration("object_class", "is an auxiliary class"));
    }
    if let Some(unknown) = settings.auxiliary_classes.iter().find(|class| subschema.object_class(class).is_none()) {
        return Err(ConnectorError::configuration("auxiliary_classes", format!("the server has no class {unknown}")));
    }
    let requirements =
        subschema.requirements(std::iter::once(&settings.object_class).chain(&settings.auxiliary_classes));
    let mut list = Attributes { settings, subschema, attributes: Vec::new() };
    list.push(&OBJECT_CLASS.parse().map_err(internal)?, Need::Required);
    for must in requirements.must() {
        list.push_name(&must.attribute, Need::Required);
    }
    for (at, description) in settings.attributes.iter().enumerate() {
        if subschema.attribute_type(description.base()).is_none() {
            let field = format!("attributes[{at}]");
            return Err(ConnectorError::configuration(field, format!("the server has no attribute {description}")));
        }
        list.push(description, Need::Optional);
    }
    if settings.attributes.is_empty() {
        requirements.may().iter().for_each(|may| list.push_name(&may.attribute, Need::Optional));
    }
    if !anchor.eq_ignore_ascii_case("dn") {
        list.push_anchor(anchor);
    }
    Ok(ObjectTypeSchema::new(settings.object_class.as_str(), list.attributes))
}

/// A server that hides its schema: the attributes must be configured and are taken for text with several values.
fn without_schema(settings: &Settings, anchor: &str) -> Result<ObjectTypeSchema, ConnectorError> {
    if settings.attributes.is_empty() {
        let reason = "is missing: the server does not show its schema";
        return Err(ConnectorError::configuration("attributes", reason));
    }
    let names = std::iter::once(OBJECT_CLASS)
        .chain(settings.attributes.iter().map(AttributeDescription::as_str))
        .chain((!anchor.eq_ignore_ascii_case("dn")).then_some(anchor));
    let mut attributes: Vec<AttributeSchema> = Vec::new();
    for name in names {
        if attributes.iter().any(|held| held.name.matches(name)) {
            continue;
        }
        let mut attribute = AttributeSchema::new(name, ValueKind::Text);
        attribute.multi_valued = true;
        attribute.required = name == OBJECT_CLASS;
        attributes.push(attribute);
    }
    for attribute in &mut attributes {
        if attribute.name.matches(anchor) {
            attribute.mutability = Mutability::ReadOnly;
        } else if attribute.name.matches(settings.password_attribute.as_str()) {
            attribute.mutability = Mutability::WriteOnly;
        }
    }
    Ok(ObjectTypeSchema::new(settings.object_class.as_str(), attributes))
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Need {
    Optional,
    Required,
}

struct Attributes<'a> {
    settings: &'a Settings,
    subschema: &'a Subschema,
    attributes: Vec<AttributeSchema>,
}

impl Attributes<'_> {
    fn push_name(&mut self, name: &str, need: Need) {
        // Some servers have attribute types whose names are no descriptions; they cannot be asked for.
        if let Ok(description) = name.parse() {
            self.push(&description, need);
        }
    }

    fn push(&mut self, description: &AttributeDescription, need: Need) {
        let definition = self.subschema.attribute_type(description.base());
        let name = spelling(description, definition);
        if self.attributes.iter().any(|held| held.name.matches(&name)) {
            return;
        }
        let kind = definition.map_or(ValueKind::Text, |definition| value_kind(definition.syntax(), description));
        let mut attribute = AttributeSchema::new(name, kind);
        attribute.required = need == Need::Required;
        match definition {
            Some(definition) => {
                attribute.equality = equality(definition.equality());
                attribute.multi_valued = !definition.is_single_valued();
                attribute.description.clone_from(&definition.definition().description);
                if definition.is_server_written() {
                    attribute.mutability = Mutability::ReadOnly;
                }
            }
            None => attribute.multi_valued = true,
        }
        if self.settings.password_attribute.base().eq_ignore_ascii_case(description.base()) {
            attribute.mutability = Mutability::WriteOnly;
        }
        self.attributes.push(attribute);
    }

    fn push_anchor(&mut self, anchor: &str) {
        self.push_name(anchor, Need::Optional);
        if let Some(attribute) = self.attributes.iter_mut().find(|attribute| attribute.name.matches(anchor)) {
            attribute.mutability = Mutability::ReadOnly;
        }
    }
}

/// Spells the type as its definition does and keeps the options.
fn spelling(description: &AttributeDescription, definition: Option<AttributeType<'_>>) -> String {
    let base = definition.map_or(description.base(), AttributeType::name);
    description.options().fold(base.to_owned(), |text, option| text + ";" + option)
}

/// Tells what values of a syntax are.
fn value_kind(syntax: Option<&str>, description: &AttributeDescription) -> ValueKind {
    if description.has_option("binary") {
        return ValueKind::Bytes;
    }
    match syntax.unwrap_or_default() {
        "1.3.6.1.4.1.1466.115.121.1.7" => ValueKind::Boolean,
        // INTEGER; the large integer of Active Directory.
        "1.3.6.1.4.1.1466.115.121.1.27" | "1.2.840.113556.1.4.906" => ValueKind::Integer,
        // DN; name and optional UID.
        "1.3.6.1.4.1.1466.115.121.1.12" | "1.3.6.1.4.1.1466.115.121.1.34" => ValueKind::Reference,
        // Binary; certificate, list and pair; fax; JPEG; octet string; supported algorithm; security descriptor.
        "1.3.6.1.4.1.1466.115.121.1.5"
        | "1.3.6.1.4.1.1466.115.121.1.8"
        | "1.3.6.1.4.1.1466.115.121.1.9"
        | "1.3.6.1.4.1.1466.115.121.1.10"
        | "1.3.6.1.4.1.1466.115.121.1.23"
        | "1.3.6.1.4.1.1466.115.121.1.28"
        | "1.3.6.1.4.1.1466.115.121.1.40"
        | "1.3.6.1.4.1.1466.115.121.1.49"
        | "1.2.840.113556.1.4.907" => ValueKind::Bytes,
        _ => ValueKind::Text,
    }
}

/// Returns the neutral equality that comes nearest to a rule without calling equal what differs.
fn equality(rule: MatchingRule) -> Equality {
    match rule {
        MatchingRule::CaseExact | MatchingRule::CaseExactIa5 => Equality::CaseExact,
        MatchingRule::Boolean
        | MatchingRule::CaseIgnore
        | MatchingRule::CaseIgnoreIa5
        | MatchingRule::CaseIgnoreList
        | MatchingRule::NumericString
        | MatchingRule::ObjectIdentifier
        | MatchingRule::TelephoneNumber
        | MatchingRule::Uuid => Equality::CaseIgnore,
        MatchingRule::DistinguishedName | MatchingRule::UniqueMember => Equality::Name,
        MatchingRule::Integer => Equality::Number,
        _ => Equality::Octets,
    }
}

fn internal(error: impl std::fmt::Display) -> ConnectorError {
    ConnectorError::configuration("object_class", error.to_string())
}
