//! Between the neutral object and a SCIM resource.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provost_model::{
    Attributes, ChangeSet, ConnectorObject, ObjectName, Secret, Timestamp, Value, ValueChange, ValueKind,
};
use provost_scim::{Resource, ScimError, ScimType};
use serde_json::{Map, Value as Json, json};

use crate::id;
use crate::schema::{DirectorySchema, EXTENSION_URN, Exposed, NAME, READABLE_NAME};

/// Shows an object as a user.
///
/// An attribute that is shown as a single value shows the first that does not stand there only because of the object's
/// name (`implied`). A value that does not fit the kind of its attribute is left out.
pub(crate) fn to_resource(
    schema: &DirectorySchema,
    object: &ConnectorObject,
    active: bool,
    implied: &Attributes,
    base: &str,
) -> Result<Resource, ScimError> {
    let mut extension = Map::new();
    if let Some(name) = object.name() {
        extension.insert(NAME.to_owned(), json!(name.as_str()));
        extension.insert(READABLE_NAME.to_owned(), json!(name.as_str()));
    }
    for exposed in schema.attributes() {
        if let Some(value) = shown(exposed, object, implied) {
            extension.insert(exposed.name.clone(), value);
        }
    }
    let mut members = Map::new();
    members.insert("active".to_owned(), Json::Bool(active));
    let user_name = schema.user_name().and_then(|exposed| shown(exposed, object, implied));
    if let Some(user_name) =
        user_name.as_ref().and_then(|value| if value.is_array() { value.get(0) } else { Some(value) })
    {
        members.insert("userName".to_owned(), user_name.clone());
    }
    let mut meta = Map::new();
    meta.insert("resourceType".to_owned(), json!("User"));
    if let Some(id) = object.anchor().and_then(id::encode) {
        meta.insert("location".to_owned(), json!(format!("{base}/Users/{id}")));
        members.insert("id".to_owned(), json!(id));
    }
    members.insert("meta".to_owned(), Json::Object(meta));
    members.insert(EXTENSION_URN.to_owned(), Json::Object(extension));
    Resource::from_stored(&schema.users, Json::Object(members))
}

fn shown(exposed: &Exposed, object: &ConnectorObject, implied: &Attributes) -> Option<Json> {
    let held = object.attributes().values(exposed.attribute.as_str());
    if exposed.as_list {
        let values: Vec<Json> = held.iter().filter_map(|value| to_json(exposed, value)).collect();
        return (!values.is_empty()).then_some(Json::Array(values));
    }
    let implied = implied.values(exposed.attribute.as_str());
    let own = held.iter().find(|value| !implied.contains(value)).or_else(|| held.first())?;
    to_json(exposed, own)
}

fn to_json(exposed: &Exposed, value: &Value) -> Option<Json> {
    let octets = value.octets();
    let text = std::str::from_utf8(&octets).ok();
    let json = match exposed.kind {
        ValueKind::Boolean if text?.eq_ignore_ascii_case("true") => Some(Json::Bool(true)),
        ValueKind::Boolean if text?.eq_ignore_ascii_case("false") => Some(Json::Bool(false)),
        ValueKind::Boolean => None,
        ValueKind::Bytes => Some(Json::String(STANDARD.encode(&octets))),
        ValueKind::Integer => text?.parse::<i64>().ok().map(Json::from),
        ValueKind::Timestamp => text?.parse::<Timestamp>().ok().map(|stamp| Json::String(stamp.to_string())),
        _ => text.map(|text| Json::String(text.to_owned())),
    };
    if json.is_none() {
        tracing::debug!(attribute = exposed.attribute.as_str(), "a value that does not fit its kind is left out");
    }
    json
}

/// Makes a value of the kind of an attribute. `json` has the type of the attribute in the schema.
fn to_value(exposed: &Exposed, json: &Json) -> Result<Value, ScimError> {
    let text = json.as_str();
    let value = match exposed.kind {
        ValueKind::Boolean => json.as_bool().map(Value::Boolean),
        ValueKind::Bytes => text.and_then(|text| STANDARD.decode(text).ok()).map(Value::Bytes),
        ValueKind::Integer => json.as_i64().map(Value::Integer),
        ValueKind::Reference => text.map(|text| Value::Reference(text.to_owned())),
        // The standard allows an instant without an offset; it is taken as UTC.
        ValueKind::Timestamp => {
            text.and_then(|text| text.parse().or_else(|_| format!("{text}Z").parse()).ok()).map(Value::Timestamp)
        }
        _ => text.map(Value::from),
    };
    value.ok_or_else(|| {
        ScimError::bad_request(ScimType::InvalidValue, format!("`{}` has a value that does not fit", exposed.name))
    })
}

/// Takes the password out of a resource, so that it goes no further than its own channel.
pub(crate) fn take_password(schema: &DirectorySchema, resource: &mut Resource) -> Result<Option<Secret>, ScimError> {
    let mut password: Option<Secret> = None;
    let places = schema.passwords().iter().map(|name| (Some(EXTENSION_URN), name.as_str()));
    for (urn, name) in places.chain([(None, "password")]) {
        let Some(Json::String(text)) = resource.take(urn, name) else { continue };
        let given = Secret::from(text);
        if given.is_empty() {
            return Err(ScimError::bad_request(ScimType::InvalidValue, "a password cannot be empty"));
        }
        if password.as_ref().is_some_and(|other| other.expose() != given.expose()) {
            return Err(ScimError::bad_request(ScimType::InvalidValue, "two different passwords are given"));
        }
        password = Some(given);
    }
    Ok(password)
}

/// Makes the object that a POST asks for.
pub(crate) fn to_object(
    schema: &DirectorySchema,
    object_type: &str,
    resource: &Resource,
) -> Result<ConnectorObject, ScimError> {
    let name = resource.get(Some(EXTENSION_URN), NAME).and_then(Json::as_str).filter(|name| !name.trim().is_empty());
    let Some(name) = name else {
        let detail = format!("`{EXTENSION_URN}:{NAME}` is required: it is the name that the object gets");
        return Err(ScimError::bad_request(ScimType::InvalidValue, detail));
    };
    let mut attributes = Attributes::new();
    for exposed in schema.attributes() {
        attributes.set(exposed.attribute.clone(), values(exposed, resource)?);
    }
    Ok(ConnectorObject::new(object_type, attributes).with_name(ObjectName::new(name)))
}

fn values(exposed: &Exposed, resource: &Resource) -> Result<Vec<Value>, ScimError> {
    match resource.get(Some(EXTENSION_URN), &exposed.name) {
        None => Ok(Vec::new()),
        // An empty text is no value (RFC 7643 section 2.5), and most directories refuse it.
        Some(Json::String(text)) if text.is_empty() => Ok(Vec::new()),
        Some(Json::Array(elements)) => elements.iter().map(|element| to_value(exposed, element)).collect(),
        Some(single) => Ok(vec![to_value(exposed, single)?]),
    }
}

/// What a changed resource asks of the object.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Difference {
    pub(crate) changes: ChangeSet,
    pub(crate) active: Option<bool>,
}

/// Compares two states of a user. `object` is the object that `before` shows.
///
/// A list becomes additions and removals of values; a single value replaces what is there. A name or a state that is left
/// out stays.
pub(crate) fn difference(
    schema: &DirectorySchema,
    object: &ConnectorObject,
    before: &Resource,
    after: &Resource,
) -> Result<Difference, ScimError> {
    let mut difference = Difference::default();
    for exposed in schema.attributes().iter().filter(|exposed| !exposed.read_only) {
        let held = before.get(Some(EXTENSION_URN), &exposed.name);
        let wanted = after.get(Some(EXTENSION_URN), &exposed.name);
        if held == wanted {
            continue;
        }
        let name = &exposed.attribute;
        if !exposed.as_list {
            difference.changes.push(name.clone(), ValueChange::Replace(values(exposed, after)?));
            continue;
        }
        let (held, wanted) = (elements(held), elements(wanted));
        let gone = |value: &&Value| {
            to_json(exposed, value).is_some_and(|json| held.contains(&json) && !wanted.contains(&json))
        };
        let removed: Vec<Value> = object.attributes().values(name.as_str()).iter().filter(gone).cloned().collect();
        let added = wanted.iter().filter(|json| !held.contains(json)).map(|json| to_value(exposed, json));
        let added = added.collect::<Result<Vec<_>, _>>()?;
        if !removed.is_empty() {
            difference.changes.push(name.clone(), ValueChange::Remove(removed));
        }
        if !added.is_empty() {
            difference.changes.push(name.clone(), ValueChange::Add(added));
        }
    }
    let name = |resource: &Resource| resource.get(Some(EXTENSION_URN), NAME).and_then(Json::as_str).map(str::to_owned);
    difference.changes.name = name(after).filter(|wanted| Some(wanted) != name(before).as_ref()).map(ObjectName::new);
    let active = |resource: &Resource| resource.get(None, "active").and_then(Json::as_bool);
    difference.active = active(after).filter(|&wanted| Some(wanted) != active(before));
    Ok(difference)
}

fn elements(list: Option<&Json>) -> &[Json] {
    match list {
        Some(Json::Array(elements)) => elements,
        _ => &[],
    }
}

/// Makes the value that a filter compares an attribute with.
pub(crate) fn literal_value(exposed: &Exposed, literal: &provost_scim::Literal) -> Option<Value> {
    use provost_scim::Literal;
    let json = match (exposed.kind, literal) {
        (_, Literal::Null) => return None,
        (ValueKind::Integer, Literal::Text(text)) => Json::from(text.trim().parse::<i64>().ok()?),
        (ValueKind::Boolean, Literal::Text(text)) => Json::Bool(text.eq_ignore_ascii_case("true")),
        (ValueKind::Integer, Literal::Number(number)) => Json::Number(number.clone()),
        (ValueKind::Boolean, Literal::Boolean(flag)) => Json::Bool(*flag),
        (_, Literal::Text(text)) => Json::String(text.clone()),
        (_, other) => Json::String(other.to_string()),
    };
    to_value(exposed, &json).ok()
}

#[cfg(test)]
mod tests;
