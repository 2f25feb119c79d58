//! Schemas as JSON.

use std::path::Path;

use provost_examples::failure::Failure;
use serde_json::{Map, Value as Json};

use super::{Described, SourceSchema};
use crate::user::malformed;

/// What the URNs of the schemas of RFC 7643 begin with, whose attributes stand at the top of a resource.
const CORE: &str = "urn:ietf:params:scim:schemas:core:";
/// Schemas that describe the service and no resource of its own.
const OF_THE_SERVICE: [&str; 3] = ["ResourceType", "Schema", "ServiceProviderConfig"];
/// What every resource has and no schema lists, RFC 7643 section 3.1.
const COMMON: [(&str, &str); 8] = [
    ("externalId", "string"),
    ("id", "string"),
    ("meta", "complex"),
    ("meta.created", "dateTime"),
    ("meta.lastModified", "dateTime"),
    ("meta.location", "reference"),
    ("meta.resourceType", "string"),
    ("meta.version", "string"),
];
/// Deepest nesting of attributes in attributes; SCIM has one level.
const DEEPEST: usize = 8;

const EXPECTED: &str =
    "a JSON array of names, or an object with `attributes`, with `object_types` or, as SCIM has it, with `Resources`";

/// Reads a schema.
pub(super) fn parse(text: &str, path: &Path) -> Result<SourceSchema, Failure> {
    let document: Json = serde_json::from_str(text).map_err(|error| malformed(path, &error, EXPECTED))?;
    let mut schema = SourceSchema::default();
    let read = match &document {
        Json::Array(items) => items.iter().enumerate().try_for_each(|(at, item)| match item.get("attributes") {
            Some(_) => schema.document(item, &format!("[{at}]")),
            None => schema.attribute(item, &[String::new()], &format!("[{at}]"), 0),
        }),
        other => schema.document(other, ""),
    };
    match read {
        Ok(()) => Ok(schema),
        Err(message) => Err(Failure::new(message).context(path.display())),
    }
}

fn kind_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

/// Says that something else stands at a place of the document.
fn unexpected(place: &str, expected: &str, found: Option<&Json>) -> String {
    let place = if place.is_empty() { String::new() } else { format!("{}: ", place.trim_start_matches('.')) };
    let found = found.map(|found| format!(", found {}", kind_of(found))).unwrap_or_default();
    format!("{place}expected {expected}{found}")
}

fn list<'a>(object: &'a Map<String, Json>, member: &str, place: &str) -> Result<Option<&'a Vec<Json>>, String> {
    match object.get(member) {
        None => Ok(None),
        Some(Json::Array(items)) => Ok(Some(items)),
        Some(other) => Err(unexpected(&format!("{place}.{member}"), "an array", Some(other))),
    }
}

fn member<'a>(object: &'a Map<String, Json>, names: [&str; 2]) -> Option<(&'a Json, String)> {
    names.iter().find_map(|name| object.get(*name).map(|value| (value, (*name).to_owned())))
}

impl SourceSchema {
    /// Reads an object that holds attributes, or others that do.
    fn document(&mut self, document: &Json, place: &str) -> Result<(), String> {
        let Json::Object(object) = document else {
            return Err(unexpected(place, EXPECTED, Some(document)));
        };
        let attributes = list(object, "attributes", place)?;
        let mut parts = Vec::new();
        for name in ["object_types", "Resources"] {
            if let Some(items) = list(object, name, place)? {
                parts.push((name, items));
            }
        }
        if attributes.is_none() && parts.is_empty() {
            return Err(unexpected(place, EXPECTED, None));
        }
        for (name, items) in parts {
            for (at, item) in items.iter().enumerate() {
                let place = format!("{place}.{name}[{at}]");
                // One level: a list holds descriptions, and these hold attributes.
                match item {
                    Json::Object(item) if item.contains_key("attributes") => self.described(item, &place)?,
                    _ => return Err(unexpected(&place, "an object with `attributes`", Some(item))),
                }
            }
        }
        if attributes.is_some() { self.described(object, place) } else { Ok(()) }
    }

    /// Reads the attributes of one type of objects, or of one schema of SCIM.
    fn described(&mut self, object: &Map<String, Json>, place: &str) -> Result<(), String> {
        let urn = object.get("id").and_then(Json::as_str).filter(|id| id.contains(':'));
        let core = urn.and_then(|urn| urn.strip_prefix(CORE));
        if core.and_then(|rest| rest.rsplit(':').next()).is_some_and(|name| OF_THE_SERVICE.contains(&name)) {
            return Ok(());
        }
        if urn.is_some() {
            for (name, kind) in COMMON {
                self.add(name, Described { kind: Some(kind.to_owned()), multi_valued: Some(false) });
            }
        }
        // An attribute of SCIM may be written with the URN of its schema; connectors hand those of extensions on without.
        let mut prefixes = vec![String::new()];
        prefixes.extend(urn.map(|urn| format!("{urn}:")));
        for (at, attribute) in list(object, "attributes", place)?.into_iter().flatten().enumerate() {
            self.attribute(attribute, &prefixes, &format!("{place}.attributes[{at}]"), 0)?;
        }
        Ok(())
    }

    /// Reads a name, or an object with one, and what lies in it.
    fn attribute(&mut self, attribute: &Json, prefixes: &[String], place: &str, depth: usize) -> Result<(), String> {
        let object = match attribute {
            Json::String(name) if !name.is_empty() => {
                for prefix in prefixes {
                    self.add(format!("{prefix}{name}"), Described::default());
                }
                return Ok(());
            }
            Json::Object(object) => object,
            other => return Err(unexpected(place, "a name, or an object with `name`", Some(other))),
        };
        let name = match object.get("name") {
            Some(Json::String(name)) if !name.is_empty() => name,
            other => return Err(unexpected(&format!("{place}.name"), "the name of an attribute", other)),
        };
        let mut described = Described::default();
        if let Some((kind, member)) = member(object, ["kind", "type"]) {
            let text = kind.as_str().ok_or_else(|| unexpected(&format!("{place}.{member}"), "a text", Some(kind)))?;
            described.kind = Some(text.to_owned());
        }
        if let Some((flag, member)) = member(object, ["multi_valued", "multiValued"]) {
            let several =
                flag.as_bool().ok_or_else(|| unexpected(&format!("{place}.{member}"), "true or false", Some(flag)))?;
            described.multi_valued = Some(several);
        }
        let parts = list(object, "subAttributes", place)?;
        let inner: Vec<String> = prefixes.iter().map(|prefix| format!("{prefix}{name}.")).collect();
        for prefix in prefixes {
            self.add(format!("{prefix}{name}"), described.clone());
        }
        for (at, part) in parts.into_iter().flatten().enumerate() {
            let place = format!("{place}.subAttributes[{at}]");
            if depth == DEEPEST {
                return Err(unexpected(&place, "no deeper nesting", None));
            }
            self.attribute(part, &inner, &place, depth + 1)?;
        }
        Ok(())
    }
}
