use provost_model::{Anchor, AnchorKind, Attributes, ConnectorObject, ObjectName, ObjectType, Value};

use crate::json::Json;

/// The member that identifies a record, and the kind of the anchors.
pub(crate) const ID: &str = "id";

/// The member that names a record.
const NAME: &str = "userPrincipalName";

/// The member that marks a removal.
const REMOVED: &str = "@removed";

/// The member that holds a password in clear. It must not become an attribute.
const PASSWORD: &str = "passwordProfile";

/// Most attributes of a record.
const MOST_ATTRIBUTES: usize = 1_024;

/// What a line of the file says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Record {
    /// The object as it is.
    Present(ConnectorObject),
    /// The object is gone.
    Removed(Anchor),
}

impl Record {
    /// Returns the anchor of the object.
    pub(crate) fn anchor(&self) -> Option<&Anchor> {
        match self {
            Self::Present(object) => object.anchor(),
            Self::Removed(anchor) => Some(anchor),
        }
    }

    /// Returns the name of the object.
    pub(crate) fn name(&self) -> Option<&ObjectName> {
        match self {
            Self::Present(object) => object.name(),
            Self::Removed(_) => None,
        }
    }
}

/// Reads a line.
///
/// The error says what is wrong, with the column where the text itself is wrong, and holds no value of the record.
pub(crate) fn parse(line: &[u8], object_type: &ObjectType) -> Result<Record, Fault> {
    let json: Json = serde_json::from_slice(line).map_err(|error| Fault::at(error.column(), message(&error)))?;
    let Json::Object(members) = &json else {
        return Err(Fault::new("expected a JSON object"));
    };
    let id = match json.member(ID) {
        Some(Json::Scalar(Value::Text(id))) if !id.is_empty() => id,
        _ => return Err(Fault::new("expected a text in `id`")),
    };
    let anchor = Anchor::new(AnchorKind::new(ID), id.as_bytes());
    if json.member(REMOVED).is_some_and(|mark| *mark != Json::Null) {
        return Ok(Record::Removed(anchor));
    }
    let mut attributes = Attributes::new();
    for (name, value) in members.iter().filter(|(name, _)| name != PASSWORD && !is_annotation(name)) {
        flatten(name, value, &mut attributes)?;
    }
    let name = attributes.text(NAME).map(ObjectName::new);
    let object = ConnectorObject::new(object_type.clone(), attributes).with_anchor(anchor);
    Ok(Record::Present(match name {
        Some(name) => object.with_name(name),
        None => object,
    }))
}

/// What is wrong with a line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Fault {
    /// The octet at which it is wrong, counted from one; none where the line as a whole is.
    pub(crate) column: Option<usize>,
    /// What is wrong.
    pub(crate) message: String,
}

impl Fault {
    /// Makes a fault of the whole line.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { column: None, message: message.into() }
    }

    fn at(column: usize, message: String) -> Self {
        Self { column: Some(column), message }
    }
}

/// Returns the message of a JSON error without the position in a text of one line, which the caller words itself.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text.get(..end).unwrap_or_default().to_owned()
}

fn is_annotation(name: &str) -> bool {
    name.starts_with('@') || name.contains("@odata.")
}

/// Adds a member and what is below it under their paths. The nesting is that of the JSON reader: 128 levels at most.
fn flatten(path: &str, json: &Json, attributes: &mut Attributes) -> Result<(), Fault> {
    let values: Vec<Value> = match json {
        Json::Null => return Ok(()),
        Json::Object(members) => {
            return members
                .iter()
                .filter(|(name, _)| !is_annotation(name))
                .try_for_each(|(name, value)| flatten(&format!("{path}.{name}"), value, attributes));
        }
        Json::Scalar(value) => vec![value.clone()],
        Json::Array(elements) => elements.iter().filter_map(element).collect(),
    };
    if attributes.contains(path) {
        return Err(Fault::new(format!("the attribute `{path}` comes twice")));
    }
    if attributes.len() >= MOST_ATTRIBUTES {
        return Err(Fault::new(format!("the record has more than {MOST_ATTRIBUTES} attributes")));
    }
    attributes.set(path, values);
    Ok(())
}

fn element(json: &Json) -> Option<Value> {
    match json {
        Json::Null => None,
        Json::Scalar(value) => Some(value.clone()),
        Json::Array(_) | Json::Object(_) => Some(Value::Text(json.to_text())),
    }
}
