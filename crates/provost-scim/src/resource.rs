use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::error::{invalid_syntax, invalid_value, mutability};
use crate::filter::split_attribute;
use crate::patch::{check_immutable, reconcile_list};
use crate::projection::{Projection, View};
use crate::schema::{AttributeDefinition, Mutability, Place, ResourceSchema, same_name};
use crate::value::{Intake, Unknown, twice};
use crate::{Mode, ScimError};

/// A resource: a tree of JSON values whose names and types are those of its schema, RFC 7643 section 3.
///
/// Names are held in the spelling of the schema. An attribute without a value is not held. `schemas` follows from the
/// content: the core URN and that of each extension that has a value. [`Resource::view`] gives what may be sent; the
/// debug form shows no value.
///
/// ```
/// use std::sync::Arc;
///
/// use provost_scim::{Mode, Projection, Resource, ResourceSchema};
/// use serde_json::json;
///
/// let users = Arc::new(ResourceSchema::new("User", "/Users", provost_scim::user()));
/// let body = json!({"USERNAME": "bsimon", "active": "True", "password": "secret"});
/// let user = Resource::from_request(&users, body, Mode::Compat)?;
/// let sent = serde_json::to_string(&user.view(&Projection::default())).unwrap();
/// assert_eq!(sent, r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bsimon","active":true}"#);
/// # Ok::<(), provost_scim::ScimError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Resource {
    schema: Arc<ResourceSchema>,
    root: Value,
}

impl Resource {
    /// Makes a resource without attributes.
    #[must_use]
    pub fn new(schema: &Arc<ResourceSchema>) -> Self {
        Self::assemble(schema, Map::new())
    }

    /// Takes what the server itself holds: read-only attributes are kept, and every name must be known.
    ///
    /// # Errors
    ///
    /// 400 `invalidSyntax` or `invalidValue` for what does not fit the schema.
    pub fn from_stored(schema: &Arc<ResourceSchema>, value: Value) -> Result<Self, ScimError> {
        let mut intake = Intake::new(Mode::Strict, Unknown::InvalidSyntax);
        intake.stored = true;
        let Value::Object(members) = value else { return Err(invalid_syntax("a resource is an object")) };
        Ok(Self::assemble(schema, take_members(schema, members, &mut intake)?))
    }

    /// Takes the body of a POST: read-only attributes are left out, and required ones must be there.
    ///
    /// In compat mode unknown attributes are ignored and `schemas` may be missing or incomplete.
    ///
    /// # Errors
    ///
    /// 400 `invalidSyntax` for what is no such resource, `invalidValue` for a value that does not fit its attribute or a
    /// required one that is missing.
    pub fn from_request(schema: &Arc<ResourceSchema>, body: Value, mode: Mode) -> Result<Self, ScimError> {
        let resource = Self::from_body(schema, body, mode)?;
        resource.check_required()?;
        Ok(resource)
    }

    /// Replaces it by the body of a PUT, RFC 7644 section 3.5.1: what is not sent is cleared, except for what clients may
    /// not change.
    ///
    /// # Errors
    ///
    /// As [`Resource::from_request`]; and 400 `mutability` when an immutable attribute would change.
    pub fn replaced_by(&self, body: Value, mode: Mode) -> Result<Self, ScimError> {
        let mut replaced = Self::from_body(&self.schema, body, mode)?;
        for (extension, definition) in self.definitions() {
            let Some(held) = self.get(extension, &definition.name) else { continue };
            let sent = replaced.get(extension, &definition.name).cloned();
            let kept = match (definition.mutability, sent) {
                (Mutability::ReadOnly, _) | (Mutability::Immutable, None) => Some(held.clone()),
                (_, Some(Value::Array(mut elements))) if definition.is_complex() => {
                    reconcile_list(definition, held.as_array().map_or(&[], Vec::as_slice), &mut elements)?;
                    Some(Value::Array(elements))
                }
                _ => None,
            };
            if let Some(value) = kept {
                replaced.put(extension, &definition.name, value);
            }
        }
        replaced.refresh();
        check_immutable(self, &replaced)?;
        replaced.check_required()?;
        Ok(replaced)
    }

    fn from_body(schema: &Arc<ResourceSchema>, body: Value, mode: Mode) -> Result<Self, ScimError> {
        let Value::Object(members) = body else { return Err(invalid_syntax("a resource is an object")) };
        let named = match members.iter().find(|(name, _)| same_name(name, "schemas")) {
            Some((_, Value::Array(urns))) => Some(urns.clone()),
            Some(_) if !mode.is_compat() => return Err(invalid_syntax("`schemas` takes a list of URNs")),
            None if !mode.is_compat() => return Err(invalid_syntax("`schemas` is missing")),
            _ => None,
        };
        let mut intake = Intake::new(mode, Unknown::InvalidSyntax);
        let root = take_members(schema, members, &mut intake)?;
        let resource = Self::assemble(schema, root);
        if let (Some(named), Mode::Strict) = (named, mode) {
            let names = |urn: &str| named.iter().filter_map(Value::as_str).any(|name| same_name(name, urn));
            if let Some(urn) = resource.schemas().into_iter().find(|urn| !names(urn)) {
                return Err(invalid_syntax(format!("`schemas` does not name {urn}")));
            }
        }
        Ok(resource)
    }

    pub(crate) fn assemble(schema: &Arc<ResourceSchema>, root: Map<String, Value>) -> Self {
        let mut resource = Self { schema: Arc::clone(schema), root: Value::Object(root) };
        resource.refresh();
        resource
    }

    /// Returns the schema.
    #[must_use]
    pub fn schema(&self) -> &Arc<ResourceSchema> {
        &self.schema
    }

    /// Returns an attribute by the URN of its extension (none: the core and the common attributes) and its name.
    #[must_use]
    pub fn get(&self, urn: Option<&str>, name: &str) -> Option<&Value> {
        match self.schema.place(urn, name)? {
            Place::Attribute { extension: None, definition } => self.root.get(&definition.name),
            Place::Attribute { extension: Some(extension), definition } => {
                self.root.get(extension.id())?.get(&definition.name)
            }
            Place::Schema { .. } => None,
        }
    }

    /// Sets an attribute as the server does, also a read-only one. A value that is empty removes it.
    ///
    /// # Errors
    ///
    /// 400 `invalidPath` for a name that the schema does not know, and `invalidValue` for a value that does not fit.
    pub fn set(&mut self, urn: Option<&str>, name: &str, value: Value) -> Result<(), ScimError> {
        let schema = Arc::clone(&self.schema);
        let Some(Place::Attribute { extension, definition }) = schema.place(urn, name) else {
            return Err(crate::error::invalid_path(format!("there is no attribute `{name}`")));
        };
        let mut intake = Intake::new(Mode::Strict, Unknown::InvalidPath);
        intake.stored = true;
        let value = fitted(definition, value, &mut intake)?;
        let extension = extension.map(|extension| extension.id());
        match value {
            Some(value) => self.put(extension, &definition.name, value),
            None => drop(self.take(extension, &definition.name)),
        }
        self.refresh();
        Ok(())
    }

    /// Takes an attribute out.
    pub fn take(&mut self, urn: Option<&str>, name: &str) -> Option<Value> {
        let schema = Arc::clone(&self.schema);
        let Some(Place::Attribute { extension, definition }) = schema.place(urn, name) else { return None };
        let members = match extension {
            Some(extension) => self.root.get_mut(extension.id()),
            None => Some(&mut self.root),
        };
        let taken = members.and_then(Value::as_object_mut)?.remove(&definition.name);
        self.refresh();
        taken
    }

    /// Returns the identifier that the server gave it.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.get(None, "id").and_then(Value::as_str)
    }

    /// Returns the URNs of the schemas that it has values of; the core is always among them.
    #[must_use]
    pub fn schemas(&self) -> Vec<&str> {
        let used = |id: &str| self.root.get(id).is_some();
        let extensions = self.schema.extensions().iter().map(crate::SchemaDefinition::id).filter(|id| used(id));
        std::iter::once(self.schema.core().id()).chain(extensions).collect()
    }

    /// Returns what may be sent of it: never what is not to be returned, and the rest as the projection says.
    #[must_use]
    pub fn view<'a>(&'a self, projection: &'a Projection) -> View<'a> {
        View::new(self, projection)
    }

    /// Returns the whole tree, also what is never returned. It is for storing and not for sending.
    #[must_use]
    pub fn as_value(&self) -> &Value {
        &self.root
    }

    pub(crate) fn root(&self) -> &Value {
        &self.root
    }

    /// All attributes of the schema, with the URN of their extension.
    pub(crate) fn definitions(&self) -> impl Iterator<Item = (Option<&str>, &AttributeDefinition)> {
        let extensions = self.schema.extensions().iter();
        let extended = extensions.flat_map(|schema| schema.attributes().iter().map(|part| (Some(schema.id()), part)));
        self.schema.base_attributes().map(|definition| (None, definition)).chain(extended)
    }

    fn put(&mut self, extension: Option<&str>, name: &str, value: Value) {
        let Some(root) = self.root.as_object_mut() else { return };
        let members = match extension {
            None => Some(root),
            Some(urn) => root.entry(urn.to_owned()).or_insert_with(|| Value::Object(Map::new())).as_object_mut(),
        };
        if let Some(members) = members {
            members.insert(name.to_owned(), value);
        }
    }

    /// Drops extensions without values and makes `schemas` say what is there.
    fn refresh(&mut self) {
        let schema = Arc::clone(&self.schema);
        let Some(root) = self.root.as_object_mut() else { return };
        for extension in schema.extensions() {
            if root.get(extension.id()).and_then(Value::as_object).is_some_and(Map::is_empty) {
                root.remove(extension.id());
            }
        }
        let urns: Vec<Value> = self.schemas().into_iter().map(Value::from).collect();
        if let Some(root) = self.root.as_object_mut() {
            root.insert("schemas".to_owned(), Value::Array(urns));
        }
    }

    fn check_required(&self) -> Result<(), ScimError> {
        let used = |urn: Option<&str>| urn.is_none_or(|urn| self.root.get(urn).is_some());
        let missing = self.definitions().find(|(urn, definition)| {
            let settable = definition.mutability != Mutability::ReadOnly;
            let held = self.get(*urn, &definition.name).is_some_and(crate::filter::is_present);
            definition.required && settable && used(*urn) && !held
        });
        match missing {
            Some((_, definition)) => Err(invalid_value(format!("`{}` is required", definition.name))),
            None => Ok(()),
        }
    }
}

fn take_members(
    schema: &ResourceSchema,
    members: Map<String, Value>,
    intake: &mut Intake,
) -> Result<Map<String, Value>, ScimError> {
    let mut root = Map::new();
    for (name, value) in members {
        if let Some(extension) = schema.extension(&name) {
            let parts = match value {
                Value::Object(parts) => parts,
                Value::Null => continue,
                _ => return Err(invalid_value(format!("`{name}` takes an object"))),
            };
            for (part, value) in parts {
                match extension.attribute(&part) {
                    Some(definition) => store(&mut root, Some(extension.id()), definition, value, intake)?,
                    None => intake.ignore_unknown(&part)?,
                }
            }
            continue;
        }
        let place = match schema.place(None, &name) {
            Some(place) => Some(place),
            None if intake.mode.is_compat() => split_attribute(&name, intake.mode)
                .filter(|path| path.urn.is_some() && path.sub_attribute.is_none())
                .and_then(|path| schema.place(path.urn.as_deref(), &path.name)),
            None => None,
        };
        match place {
            Some(Place::Attribute { extension, definition }) => {
                store(&mut root, extension.map(|extension| extension.id()), definition, value, intake)?;
            }
            _ => intake.ignore_unknown(&name)?,
        }
    }
    Ok(root)
}

fn store(
    root: &mut Map<String, Value>,
    extension: Option<&str>,
    definition: &AttributeDefinition,
    value: Value,
    intake: &mut Intake,
) -> Result<(), ScimError> {
    if same_name(&definition.name, "schemas") && extension.is_none() {
        return Ok(());
    }
    if definition.mutability == Mutability::ReadOnly && !intake.stored {
        intake.ignored.push(definition.name.clone());
        return Ok(());
    }
    let Some(value) = fitted(definition, value, intake)? else { return Ok(()) };
    let members = match extension {
        None => Some(root),
        Some(urn) => root.entry(urn.to_owned()).or_insert_with(|| Value::Object(Map::new())).as_object_mut(),
    };
    match members.map(|members| members.insert(definition.name.clone(), value)) {
        Some(None) => Ok(()),
        _ => Err(twice(&definition.name)),
    }
}

/// Fits the value of an attribute; null, an empty list and an empty object are no value.
fn fitted(definition: &AttributeDefinition, value: Value, intake: &mut Intake) -> Result<Option<Value>, ScimError> {
    if value.is_null() {
        return Ok(None);
    }
    if !definition.multi_valued {
        let value = intake.scalar(definition, value)?;
        return Ok(Some(value).filter(|value| !matches!(value, Value::Object(parts) if parts.is_empty())));
    }
    if !value.is_array() && !intake.mode.is_compat() {
        return Err(crate::value::wrong(definition, "a list"));
    }
    let mut elements = intake.list(definition, value)?;
    let mut seen = HashSet::new();
    elements.retain(|element| seen.insert(element.clone()));
    Ok((!elements.is_empty()).then_some(Value::Array(elements)))
}

/// Shows the identifier and the names of the attributes, and no value.
impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<&str> = Vec::new();
        for (urn, definition) in self.definitions() {
            if self.get(urn, &definition.name).is_some() {
                names.push(&definition.name);
            }
        }
        f.debug_struct("Resource").field("id", &self.id()).field("attributes", &names).finish_non_exhaustive()
    }
}

pub(crate) fn changes_immutable(name: &str) -> ScimError {
    mutability(format!("`{name}` cannot be changed once it is set"))
}
