use serde_json::{Map, Value};

use crate::error::{invalid_path, invalid_value, mutability, no_target};
use crate::filter::{Filter, Matcher};
use crate::patch::list::ListChange;
use crate::patch::{PatchKind, PatchOperation, PatchRequest};
use crate::resource::changes_immutable;
use crate::schema::{AttributeDefinition, Mutability, Place, ResourceSchema, SchemaDefinition, same_name};
use crate::value::{Intake, Unknown, same_scalar};
use crate::{Mode, Path, Resource, ScimError};

/// What a PATCH makes of a resource.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Patched {
    /// The resource afterwards.
    pub resource: Resource,
    /// Whether it differs from the one before.
    pub changed: bool,
    /// Names that were left out: unknown or read-only ones.
    pub ignored: Vec<String>,
}

impl PatchRequest {
    /// Applies the operations in order to a copy of a resource.
    ///
    /// # Errors
    ///
    /// The error of the first operation that fails, whose number the detail names; nothing of the request holds then.
    pub fn apply(&self, resource: &Resource, mode: Mode) -> Result<Patched, ScimError> {
        let schema = resource.schema();
        let root = resource.root().as_object().cloned().unwrap_or_default();
        let mut work = Work { schema, root, intake: Intake::new(mode, Unknown::InvalidPath) };
        for (at, operation) in self.operations().iter().enumerate() {
            work.operation(operation).map_err(|error| error.in_operation(at))?;
        }
        let patched = Resource::assemble(schema, work.root);
        check_immutable(resource, &patched)?;
        let changed = patched != *resource;
        Ok(Patched { resource: patched, changed, ignored: work.intake.ignored })
    }
}

struct Work<'a> {
    schema: &'a ResourceSchema,
    root: Map<String, Value>,
    intake: Intake,
}

/// What a path selects.
struct Target<'a> {
    extension: Option<&'a SchemaDefinition>,
    definition: &'a AttributeDefinition,
    part: Option<&'a AttributeDefinition>,
    filter: Option<(&'a Filter, Matcher)>,
}

enum Unresolved {
    Unknown(ScimError),
    Wrong(ScimError),
}

impl<'a> Work<'a> {
    fn operation(&mut self, operation: &PatchOperation) -> Result<(), ScimError> {
        let value = operation.value.clone();
        match &operation.path {
            Some(path) => self.at_path(operation.kind, path, value),
            None => match value {
                Some(Value::Object(members)) => {
                    members.into_iter().try_for_each(|(key, value)| self.at_key(operation.kind, &key, value))
                }
                _ => Err(no_target("the operation has no path")),
            },
        }
    }

    fn at_path(&mut self, kind: PatchKind, path: &Path, value: Option<Value>) -> Result<(), ScimError> {
        if let Some(extension) = self.whole_schema(path)? {
            return self.at_schema(kind, extension, value);
        }
        let schema = self.schema;
        let target = resolve(schema, path, self.intake.mode).map_err(|unresolved| match unresolved {
            Unresolved::Unknown(error) | Unresolved::Wrong(error) => error,
        })?;
        let read_only = |definition: &AttributeDefinition| definition.mutability == Mutability::ReadOnly;
        if read_only(target.definition) || target.part.is_some_and(read_only) {
            return Err(mutability(format!("`{path}` is set by the server")));
        }
        self.at_target(kind, &target, value)
    }

    /// Whether a path is the URN of a whole schema, and of which extension.
    fn whole_schema(&self, path: &Path) -> Result<Option<Option<&'a SchemaDefinition>>, ScimError> {
        let schema = self.schema;
        match path.urn().and_then(|urn| schema.place(Some(urn), path.name())) {
            Some(Place::Schema { .. }) if path.filter().is_some() => {
                Err(invalid_path(format!("`{path}` is no list, so that it takes no brackets")))
            }
            Some(Place::Schema { extension }) if path.sub_attribute().is_none() => Ok(Some(extension)),
            _ => Ok(None),
        }
    }

    fn at_schema(
        &mut self,
        kind: PatchKind,
        extension: Option<&'a SchemaDefinition>,
        value: Option<Value>,
    ) -> Result<(), ScimError> {
        let (kind, value) = match (kind, value) {
            (PatchKind::Add, Some(Value::Null)) if self.intake.mode.is_compat() => return Ok(()),
            (PatchKind::Add, Some(Value::Null)) => return Err(invalid_value("null cannot be added")),
            (PatchKind::Replace, Some(Value::Null)) => (PatchKind::Remove, None),
            other => other,
        };
        let schema = self.schema;
        let definitions = extension.map_or(schema.core().attributes(), SchemaDefinition::attributes);
        if kind == PatchKind::Remove {
            let target = |definition| Target { extension, definition, part: None, filter: None };
            return definitions.iter().try_for_each(|definition| match definition.mutability {
                Mutability::ReadOnly => Ok(()),
                _ => self.at_target(PatchKind::Remove, &target(definition), None),
            });
        }
        let Some(Value::Object(members)) = value else { return Err(invalid_value("a schema takes an object")) };
        for (name, value) in members {
            let urn = extension.map(SchemaDefinition::id);
            match schema.place(urn, &name) {
                Some(Place::Attribute { extension, definition }) => self.member(kind, extension, definition, value)?,
                _ => self.intake.ignore_unknown(&name)?,
            }
        }
        Ok(())
    }

    /// One member of the value of an operation without a path.
    fn at_key(&mut self, kind: PatchKind, key: &str, value: Value) -> Result<(), ScimError> {
        let schema = self.schema;
        if let Some(Place::Schema { extension }) = schema.schema_place(key) {
            return self.at_schema(kind, extension, Some(value));
        }
        if let Some(Place::Attribute { extension, definition }) = schema.place(None, key) {
            return self.member(kind, extension, definition, value);
        }
        let Ok(path) = Path::parse(key, self.intake.mode) else { return self.intake.ignore_unknown(key) };
        let whole = path.filter().is_none() && path.sub_attribute().is_none();
        if !whole && !self.intake.mode.is_compat() {
            return Err(invalid_path(format!("`{key}` cannot be the name of a member")));
        }
        match resolve(schema, &path, self.intake.mode) {
            Ok(target) if whole => self.member(kind, target.extension, target.definition, value),
            Ok(target) if target.definition.mutability == Mutability::ReadOnly => {
                self.intake.ignored.push(key.to_owned());
                Ok(())
            }
            Ok(target) if target.part.is_some_and(|part| part.mutability == Mutability::ReadOnly) => {
                self.intake.ignored.push(key.to_owned());
                Ok(())
            }
            Ok(target) => self.at_target(kind, &target, Some(value)),
            Err(Unresolved::Unknown(_)) => self.intake.ignore_unknown(key),
            Err(Unresolved::Wrong(error)) => Err(error),
        }
    }

    /// A whole attribute inside an object. A read-only one may be sent along as it is.
    fn member(
        &mut self,
        kind: PatchKind,
        extension: Option<&SchemaDefinition>,
        definition: &AttributeDefinition,
        value: Value,
    ) -> Result<(), ScimError> {
        if definition.mutability != Mutability::ReadOnly {
            return self.at_target(kind, &Target { extension, definition, part: None, filter: None }, Some(value));
        }
        let held = match extension {
            Some(extension) => self.root.get(extension.id()).and_then(|members| members.get(&definition.name)),
            None => self.root.get(&definition.name),
        };
        let is_id = extension.is_none() && definition.name == "id";
        if held != Some(&value) && (is_id || !self.intake.mode.is_compat()) {
            return Err(mutability(format!("`{}` is set by the server", definition.name)));
        }
        self.intake.ignored.push(definition.name.clone());
        Ok(())
    }

    fn at_target(&mut self, kind: PatchKind, target: &Target<'_>, value: Option<Value>) -> Result<(), ScimError> {
        let definition = target.definition;
        if target.extension.is_none() && definition.name == "schemas" {
            return self.at_schemas(kind, value.as_ref());
        }
        let (kind, value) = match (kind, value) {
            (PatchKind::Add, Some(Value::Null)) if self.intake.mode.is_compat() => return Ok(()),
            (PatchKind::Add, Some(Value::Null)) => return Err(invalid_value("null cannot be added")),
            (PatchKind::Replace, Some(Value::Null)) => (PatchKind::Remove, None),
            other => other,
        };
        let key = target.extension.map(SchemaDefinition::id);
        let container = match key {
            None => Some(&mut self.root),
            Some(urn) => self.root.entry(urn.to_owned()).or_insert_with(|| Value::Object(Map::new())).as_object_mut(),
        };
        let Some(container) = container else { return Ok(()) };
        let held = container.remove(&definition.name);
        let next = if definition.multi_valued {
            let held = match held {
                Some(Value::Array(elements)) => elements,
                Some(single) => vec![single],
                None => Vec::new(),
            };
            let change = ListChange { definition, part: target.part, filter: target.filter.as_ref() };
            let elements = change.apply(kind, held, value, &mut self.intake)?;
            (!elements.is_empty()).then_some(Value::Array(elements))
        } else {
            match target.part {
                None => single(kind, definition, held, value, &mut self.intake)?,
                Some(part) => {
                    let mut parts = match held {
                        Some(Value::Object(parts)) => parts,
                        _ => Map::new(),
                    };
                    let inner = parts.remove(&part.name);
                    if let Some(inner) = single(kind, part, inner, value, &mut self.intake)? {
                        parts.insert(part.name.clone(), inner);
                    }
                    (!parts.is_empty()).then_some(Value::Object(parts))
                }
            }
        };
        if let Some(next) = next {
            container.insert(definition.name.clone(), next);
        }
        if let Some(urn) = key
            && self.root.get(urn).and_then(Value::as_object).is_some_and(Map::is_empty)
        {
            self.root.remove(urn);
        }
        Ok(())
    }

    /// `schemas` follows from the content. It may be sent, and must then name what is known.
    fn at_schemas(&self, kind: PatchKind, value: Option<&Value>) -> Result<(), ScimError> {
        if kind == PatchKind::Remove || value.is_some_and(Value::is_null) {
            return Err(mutability("`schemas` cannot be removed"));
        }
        let single;
        let urns = match value {
            Some(Value::Array(urns)) => urns.as_slice(),
            Some(urn) => {
                single = [urn.clone()];
                &single
            }
            None => &[],
        };
        for urn in urns {
            if urn.as_str().is_none_or(|urn| self.schema.schema_place(urn).is_none()) {
                return Err(invalid_value("`schemas` names a schema that is not known"));
            }
        }
        let core = self.schema.core().id();
        if kind == PatchKind::Replace && !urns.iter().filter_map(Value::as_str).any(|urn| same_name(urn, core)) {
            return Err(invalid_value(format!("`schemas` must name {core}")));
        }
        Ok(())
    }
}

fn resolve<'a>(schema: &'a ResourceSchema, path: &'a Path, mode: Mode) -> Result<Target<'a>, Unresolved> {
    let unknown = || Unresolved::Unknown(invalid_path(format!("there is no attribute `{path}`")));
    let place = schema.place(path.urn(), path.name()).ok_or_else(unknown)?;
    let (extension, definition, part_name) = match place {
        Place::Attribute { extension, definition } => (extension, definition, path.sub_attribute()),
        // `URN.name`: how extension attributes were addressed before 2018.
        Place::Schema { extension } => {
            let name = path.sub_attribute().filter(|_| mode.is_compat()).ok_or_else(unknown)?;
            match schema.place(extension.map(SchemaDefinition::id), name) {
                Some(Place::Attribute { extension, definition }) => (extension, definition, None),
                _ => return Err(unknown()),
            }
        }
    };
    if path.filter().is_some() && !definition.multi_valued {
        let detail = format!("`{}` is no list, so that it takes no brackets", definition.name);
        return Err(Unresolved::Wrong(invalid_path(detail)));
    }
    let part = match part_name {
        None => None,
        // The elements of a simple list are their own `value`.
        Some(name) if definition.multi_valued && !definition.is_complex() && same_name(name, "value") => None,
        Some(name) => Some(definition.sub_attribute(name).ok_or_else(unknown)?),
    };
    let filter = match path.filter() {
        Some(filter) => {
            let matcher = Matcher::of_elements(filter, definition, mode).map_err(Unresolved::Wrong)?;
            Some((filter, matcher))
        }
        None => None,
    };
    Ok(Target { extension, definition, part, filter })
}

/// Changes a single value; parts of a complex one that are not named stay.
pub(super) fn single(
    kind: PatchKind,
    definition: &AttributeDefinition,
    held: Option<Value>,
    value: Option<Value>,
    intake: &mut Intake,
) -> Result<Option<Value>, ScimError> {
    let (Some(value), PatchKind::Add | PatchKind::Replace) = (value, kind) else {
        return removed(definition, held);
    };
    if definition.is_complex() {
        let mut merged = match held {
            Some(Value::Object(parts)) => parts,
            _ => Map::new(),
        };
        merge(definition, &mut merged, intake.parts(definition, value)?)?;
        return Ok((!merged.is_empty()).then_some(Value::Object(merged)));
    }
    if definition.multi_valued {
        let elements = intake.list(definition, value)?;
        return Ok((!elements.is_empty()).then_some(Value::Array(elements)));
    }
    let value = intake.scalar(definition, value)?;
    match held {
        Some(held) if definition.mutability == Mutability::Immutable => {
            if same_scalar(definition, &held, &value) {
                Ok(Some(held))
            } else {
                Err(changes_immutable(&definition.name))
            }
        }
        _ => Ok(Some(value)),
    }
}

/// Sets the named parts of a complex value; a part without a value is cleared.
pub(super) fn merge(
    definition: &AttributeDefinition,
    held: &mut Map<String, Value>,
    parts: Vec<(String, Option<Value>)>,
) -> Result<(), ScimError> {
    for (name, value) in parts {
        let Some(part) = definition.sub_attribute(&name) else { continue };
        let inner = held.remove(&part.name);
        let next = match (value, inner) {
            (None, inner) => removed(part, inner)?,
            (Some(value), Some(inner)) if part.mutability == Mutability::Immutable => {
                if !same_scalar(part, &inner, &value) {
                    return Err(changes_immutable(&format!("{}.{}", definition.name, part.name)));
                }
                Some(inner)
            }
            (Some(value), _) => Some(value),
        };
        if let Some(next) = next {
            held.insert(part.name.clone(), next);
        }
    }
    Ok(())
}

/// Removes a value, where that may be.
fn removed(definition: &AttributeDefinition, held: Option<Value>) -> Result<Option<Value>, ScimError> {
    match held {
        None => Ok(None),
        Some(_) if definition.required => Err(mutability(format!("`{}` is required", definition.name))),
        Some(_) if definition.mutability == Mutability::Immutable => Err(changes_immutable(&definition.name)),
        Some(_) => Ok(None),
    }
}

/// Checks that what is immutable did not change between two states, however it came about.
pub(crate) fn check_immutable(before: &Resource, after: &Resource) -> Result<(), ScimError> {
    for (urn, definition) in before.definitions() {
        let Some(held) = before.get(urn, &definition.name) else { continue };
        let now = after.get(urn, &definition.name);
        if definition.mutability == Mutability::Immutable && now != Some(held) {
            return Err(changes_immutable(&definition.name));
        }
        let (Some(now), true) = (now, definition.is_complex()) else { continue };
        let pairs: Vec<(&Value, &Value)> = match (held, now) {
            (Value::Array(held), Value::Array(now)) => held
                .iter()
                .filter_map(|element| Some((element, super::list::counterpart(definition, now, element)?)))
                .collect(),
            pair => vec![pair],
        };
        for (held, now) in pairs {
            for part in definition.sub_attributes.iter().filter(|part| part.mutability == Mutability::Immutable) {
                let changed = held.get(&part.name).is_some_and(|value| now.get(&part.name) != Some(value));
                // What identifies an element may be written in another case.
                let same = matches!((held.get(&part.name), now.get(&part.name)),
                    (Some(held), Some(now)) if same_scalar(part, held, now));
                if changed && !same {
                    return Err(changes_immutable(&format!("{}.{}", definition.name, part.name)));
                }
            }
        }
    }
    Ok(())
}
