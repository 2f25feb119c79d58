//! Turns neutral objects into SCIM resources and back, by the schema that the endpoint publishes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use provost_model::{
    Anchor, AnchorKind, AttributeSchema, Attributes, ChangeSet, ConnectorObject, Mutability, ObjectName,
    ObjectTypeSchema, Secret, Value, ValueChange, ValueKind,
};
use serde_json::{Map, Value as Json, json};

/// Attribute of the extension that holds the name.
pub(super) const NAME: &str = "-dn-";
/// Attribute of the extension that takes an initial password.
const PASSWORD: &str = "export_password";
/// Core attribute that holds the account state.
pub(super) const ACTIVE: &str = "active";
/// The core schema of users.
const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The message schema of PATCH requests.
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// Translates for one extension.
#[derive(Clone, Debug)]
pub(super) struct Translator {
    pub(super) extension: String,
    pub(super) schema: ObjectTypeSchema,
}

impl Translator {
    /// Reads the object type out of the answer of `/Schemas`.
    pub(super) fn from_schemas(extension: &str, schemas: &Json) -> Option<Self> {
        let listed = schemas.get("Resources")?.as_array()?;
        let definition = listed.iter().find(|schema| {
            schema.get("id").and_then(Json::as_str).is_some_and(|id| id.eq_ignore_ascii_case(extension))
        })?;
        let mut attributes = vec![AttributeSchema::new(ACTIVE, ValueKind::Boolean)];
        for attribute in definition.get("attributes")?.as_array()? {
            let name = attribute.get("name")?.as_str()?;
            if name == NAME || name == PASSWORD || name == "_distinguishedName" {
                continue;
            }
            attributes.push(attribute_schema(name, attribute));
        }
        Some(Self { extension: extension.to_owned(), schema: ObjectTypeSchema::new("User", attributes) })
    }

    /// Returns the body of a POST.
    pub(super) fn resource(&self, name: &ObjectName, attributes: &Attributes, password: Option<&Secret>) -> Json {
        let mut extension = Map::new();
        extension.insert(NAME.to_owned(), json!(name.as_str()));
        let mut active = None;
        for (attribute, values) in attributes.iter() {
            if attribute.matches(ACTIVE) {
                active = values.first().map(to_json);
            } else {
                extension.insert(attribute.as_str().to_owned(), self.values(attribute.as_str(), values));
            }
        }
        if let Some(password) = password.and_then(Secret::expose_text) {
            extension.insert(PASSWORD.to_owned(), json!(password));
        }
        let mut resource = json!({
            "schemas": [CORE, self.extension],
            "meta": { "resourceType": "User" },
            self.extension.as_str(): extension,
        });
        if let (Some(active), Some(object)) = (active, resource.as_object_mut()) {
            object.insert(ACTIVE.to_owned(), active);
        }
        resource
    }

    /// Returns the body of a PATCH, one operation for each attribute.
    pub(super) fn patch(&self, changes: &ChangeSet) -> Json {
        let mut operations = Vec::new();
        if let Some(name) = &changes.name {
            operations.push(json!({ "op": "Replace", "path": self.path(NAME), "value": name.as_str() }));
        }
        for change in &changes.attributes {
            let attribute = change.name.as_str();
            let path = self.path(attribute);
            operations.push(match &change.change {
                ValueChange::Replace(values) if values.is_empty() => json!({ "op": "Remove", "path": path }),
                ValueChange::Replace(values) => {
                    json!({ "op": "Replace", "path": path, "value": self.values(attribute, values) })
                }
                ValueChange::Add(values) => {
                    json!({ "op": "Add", "path": path, "value": self.values(attribute, values) })
                }
                ValueChange::Remove(values) if self.is_single(attribute) => {
                    let _ = values;
                    json!({ "op": "Remove", "path": path })
                }
                ValueChange::Remove(values) => {
                    json!({ "op": "Remove", "path": path, "value": self.values(attribute, values) })
                }
                _ => continue,
            });
        }
        json!({ "schemas": [PATCH], "Operations": operations })
    }

    /// Returns the body of a PATCH that sets the password.
    pub(super) fn password_patch(&self, password: &Secret) -> Option<Json> {
        let value = password.expose_text()?;
        Some(json!({
            "schemas": [PATCH],
            "Operations": [{ "op": "Replace", "path": self.path(PASSWORD), "value": value }],
        }))
    }

    /// Reads a resource. `None` when it has no `id`.
    pub(super) fn object(&self, resource: &Json) -> Option<ConnectorObject> {
        let id = resource.get("id")?.as_str()?;
        let mut attributes = Attributes::new();
        if let Some(active) = resource.get(ACTIVE).and_then(Json::as_bool) {
            attributes.set(ACTIVE, [Value::Boolean(active)]);
        }
        let mut name = None;
        for (key, value) in resource.get(&self.extension).and_then(Json::as_object).into_iter().flatten() {
            if key == NAME {
                name = value.as_str().map(ObjectName::new);
                continue;
            }
            let Some(schema) = self.schema.attribute(key) else { continue };
            let values: Vec<Value> = match value {
                Json::Array(list) => list.iter().filter_map(|value| from_json(schema.kind, value)).collect(),
                single => from_json(schema.kind, single).into_iter().collect(),
            };
            attributes.set(key.as_str(), values);
        }
        let object = ConnectorObject::new("User", attributes).with_anchor(anchor(id));
        Some(match name {
            Some(name) => object.with_name(name),
            None => object,
        })
    }

    /// Returns the full path of an attribute.
    pub(super) fn path(&self, attribute: &str) -> String {
        if attribute.eq_ignore_ascii_case(ACTIVE) {
            ACTIVE.to_owned()
        } else {
            format!("{}:{attribute}", self.extension)
        }
    }

    fn is_single(&self, attribute: &str) -> bool {
        self.schema.attribute(attribute).is_none_or(|schema| !schema.multi_valued)
    }

    fn values(&self, attribute: &str, values: &[Value]) -> Json {
        match values {
            [single] if self.is_single(attribute) => to_json(single),
            list => Json::Array(list.iter().map(to_json).collect()),
        }
    }
}

/// Returns the anchor of a resource.
pub(super) fn anchor(id: &str) -> Anchor {
    Anchor::new(AnchorKind::new("id"), id.as_bytes())
}

fn attribute_schema(name: &str, definition: &Json) -> AttributeSchema {
    let text = |key: &str| definition.get(key).and_then(Json::as_str).unwrap_or_default();
    let flag = |key: &str| definition.get(key).and_then(Json::as_bool).unwrap_or_default();
    let kind = match text("type") {
        "boolean" => ValueKind::Boolean,
        "integer" => ValueKind::Integer,
        "reference" => ValueKind::Reference,
        "dateTime" => ValueKind::Timestamp,
        "binary" => ValueKind::Bytes,
        _ => ValueKind::Text,
    };
    let mut schema = AttributeSchema::new(name, kind);
    schema.multi_valued = flag("multiValued");
    schema.required = flag("required");
    if kind == ValueKind::Text && flag("caseExact") {
        schema.equality = provost_model::Equality::CaseExact;
    }
    schema.mutability = match text("mutability") {
        "immutable" => Mutability::Immutable,
        "readOnly" => Mutability::ReadOnly,
        "writeOnly" => Mutability::WriteOnly,
        _ => Mutability::ReadWrite,
    };
    schema
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Boolean(flag) => json!(flag),
        Value::Integer(number) => json!(number),
        Value::Bytes(octets) => json!(BASE64.encode(octets)),
        other => json!(other.to_string()),
    }
}

fn from_json(kind: ValueKind, value: &Json) -> Option<Value> {
    Some(match (kind, value) {
        (ValueKind::Boolean, Json::Bool(flag)) => Value::Boolean(*flag),
        (ValueKind::Integer, Json::Number(number)) => Value::Integer(number.as_i64()?),
        (ValueKind::Bytes, Json::String(text)) => Value::Bytes(BASE64.decode(text).ok()?),
        (ValueKind::Reference, Json::String(text)) => Value::Reference(text.clone()),
        (ValueKind::Timestamp, Json::String(text)) => match text.parse() {
            Ok(stamp) => Value::Timestamp(stamp),
            Err(_) => Value::Text(text.clone()),
        },
        (_, Json::String(text)) => Value::Text(text.clone()),
        (_, Json::Number(number)) => Value::Text(number.to_string()),
        (_, Json::Bool(flag)) => Value::Boolean(*flag),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use provost_model::{Attributes, ChangeSet, ObjectName, Secret, Value, ValueChange};
    use serde_json::json;

    use super::Translator;

    fn translator() -> Translator {
        let schemas = json!({ "Resources": [{
            "id": "urn:x:User",
            "attributes": [
                { "name": "-dn-", "type": "string" },
                { "name": "cn", "type": "string" },
                { "name": "objectClass", "type": "string", "multiValued": true },
                { "name": "uidNumber", "type": "integer" },
            ],
        }]});
        Translator::from_schemas("urn:x:User", &schemas).unwrap()
    }

    #[test]
    fn a_resource_holds_the_name_and_the_state_in_their_places() {
        let mut attributes = Attributes::new();
        attributes.set("cn", [Value::from("Britta Simon")]);
        attributes.set("objectClass", [Value::from("inetOrgPerson")]);
        attributes.set("uidNumber", [Value::from(1001)]);
        attributes.set("active", [Value::from(true)]);
        let body = translator().resource(&ObjectName::new("cn=b,dc=x"), &attributes, Some(&Secret::from("pw")));
        assert_eq!(
            body,
            json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:x:User"],
                "meta": { "resourceType": "User" },
                "active": true,
                "urn:x:User": {
                    "-dn-": "cn=b,dc=x", "cn": "Britta Simon", "objectClass": ["inetOrgPerson"], "uidNumber": 1001,
                    "export_password": "pw",
                },
            })
        );
    }

    #[test]
    fn what_is_written_is_read_back() {
        let translator = translator();
        let mut attributes = Attributes::new();
        attributes.set("cn", [Value::from("Britta Simon")]);
        attributes.set("objectClass", [Value::from("a"), Value::from("b")]);
        attributes.set("uidNumber", [Value::from(1001)]);
        attributes.set("active", [Value::from(false)]);
        let mut body = translator.resource(&ObjectName::new("cn=b,dc=x"), &attributes, None);
        body["id"] = json!("42");
        let object = translator.object(&body).unwrap();
        assert_eq!(object.attributes(), &attributes);
        assert_eq!(object.name().unwrap().as_str(), "cn=b,dc=x");
    }

    #[test]
    fn a_patch_has_one_operation_for_each_attribute() {
        let mut changes = ChangeSet::new();
        changes.name = Some(ObjectName::new("cn=new,dc=x"));
        changes.push("active", ValueChange::Replace(vec![Value::from(false)]));
        changes.push("cn", ValueChange::Replace(vec![]));
        assert_eq!(
            translator().patch(&changes)["Operations"],
            json!([
                { "op": "Replace", "path": "urn:x:User:-dn-", "value": "cn=new,dc=x" },
                { "op": "Replace", "path": "active", "value": false },
                { "op": "Remove", "path": "urn:x:User:cn" },
            ])
        );
    }
}
