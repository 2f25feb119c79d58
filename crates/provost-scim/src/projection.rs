use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::error::invalid_value;
use crate::filter::Matcher;
use crate::schema::{AttributeDefinition, Mutability, Place, ResourceSchema, Returned, SchemaDefinition};
use crate::{Mode, Path, Resource, ScimError};

/// Which attributes an answer shows, RFC 7644 section 3.9: `attributes` or `excludedAttributes`. By default all that are
/// returned by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Projection {
    names: Names,
    mode: Mode,
}

#[derive(Clone, Debug, Default, PartialEq)]
enum Names {
    #[default]
    All,
    Only(Vec<Path>),
    Without(Vec<Path>),
}

impl Projection {
    /// Reads the two parameters: names separated by commas. What is no name, or unknown, is ignored.
    ///
    /// Where both are given, compat mode takes `attributes`.
    ///
    /// # Errors
    ///
    /// 400 `invalidValue` in strict mode where both are given.
    pub fn parse(attributes: Option<&str>, excluded: Option<&str>, mode: Mode) -> Result<Self, ScimError> {
        let names = match (attributes, excluded) {
            (Some(_), Some(_)) if !mode.is_compat() => {
                return Err(invalid_value("`attributes` and `excludedAttributes` exclude each other"));
            }
            (Some(names), _) => Names::Only(paths(names, mode)),
            (None, Some(names)) => Names::Without(paths(names, mode)),
            (None, None) => Names::All,
        };
        Ok(Self { names, mode })
    }

    /// Tells whether it shows what is shown without it.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.names == Names::All
    }

    /// Tells what of an attribute is shown; none when nothing is.
    fn picks<'p>(
        &'p self,
        schema: &ResourceSchema,
        extension: Option<&SchemaDefinition>,
        definition: &AttributeDefinition,
    ) -> Option<Picks<'p>> {
        if is_secret(definition) {
            return None;
        }
        let everything = Picks { parts: Parts::All, filter: None };
        if definition.returned == Returned::Always {
            return Some(everything);
        }
        match &self.names {
            Names::All => (definition.returned == Returned::Default).then_some(everything),
            Names::Only(paths) => {
                let mut named = Vec::new();
                let mut whole = false;
                let mut filter = None;
                for path in paths {
                    match relation(schema, path, extension, definition) {
                        Relation::None => {}
                        Relation::Schema => whole |= definition.returned == Returned::Default,
                        Relation::Attribute => {
                            if let (Some(elements), true) = (path.filter(), self.mode.is_compat()) {
                                filter = Matcher::of_elements(elements, definition, self.mode).ok();
                            }
                            match path.sub_attribute() {
                                Some(part) if definition.sub_attribute(part).is_some() => named.push(part),
                                Some(_) => {}
                                None => whole = true,
                            }
                        }
                    }
                }
                let parts = if whole { Parts::All } else { Parts::Only(named) };
                (whole || !matches!(&parts, Parts::Only(named) if named.is_empty())).then_some(Picks { parts, filter })
            }
            Names::Without(paths) => {
                let mut without = Vec::new();
                for path in paths {
                    match (relation(schema, path, extension, definition), path.sub_attribute()) {
                        (Relation::None, _) => {}
                        (Relation::Attribute, Some(part)) => without.push(part),
                        _ => return None,
                    }
                }
                (definition.returned == Returned::Default)
                    .then_some(Picks { parts: Parts::Without(without), filter: None })
            }
        }
    }
}

fn is_secret(definition: &AttributeDefinition) -> bool {
    definition.returned == Returned::Never || definition.mutability == Mutability::WriteOnly
}

/// Splits at commas that stand outside brackets and quotes.
fn paths(names: &str, mode: Mode) -> Vec<Path> {
    let (mut depth, mut quoted) = (0_usize, false);
    let split = names.split(|c: char| {
        match c {
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && !quoted && depth == 0
    });
    split.filter_map(|name| Path::parse(name.trim(), mode).ok()).collect()
}

enum Relation {
    Attribute,
    None,
    Schema,
}

fn relation(
    schema: &ResourceSchema,
    path: &Path,
    extension: Option<&SchemaDefinition>,
    definition: &AttributeDefinition,
) -> Relation {
    let same =
        |other: Option<&SchemaDefinition>| other.map(SchemaDefinition::id) == extension.map(SchemaDefinition::id);
    match schema.place(path.urn(), path.name()) {
        Some(Place::Attribute { extension: other, definition: named })
            if same(other) && named.name == definition.name =>
        {
            Relation::Attribute
        }
        Some(Place::Schema { extension: other }) if same(other) => Relation::Schema,
        _ => Relation::None,
    }
}

struct Picks<'p> {
    parts: Parts<'p>,
    filter: Option<Matcher>,
}

enum Parts<'p> {
    All,
    Only(Vec<&'p str>),
    Without(Vec<&'p str>),
}

impl Parts<'_> {
    fn shows(&self, part: &AttributeDefinition) -> bool {
        let named = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(&part.name));
        !is_secret(part)
            && match self {
                Self::All => true,
                Self::Only(names) => named(names),
                Self::Without(names) => !named(names),
            }
    }
}

/// What is sent of a resource. It serialises in the order of the schema, without nulls and without secrets.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    resource: &'a Resource,
    projection: &'a Projection,
}

impl<'a> View<'a> {
    pub(crate) fn new(resource: &'a Resource, projection: &'a Projection) -> Self {
        Self { resource, projection }
    }
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let schema = self.resource.schema();
        let root = self.resource.root();
        let mut map = serializer.serialize_map(None)?;
        for (name, shown) in shown(schema, self.projection, None, schema.base_attributes(), root) {
            map.serialize_entry(name, &shown)?;
        }
        for extension in schema.extensions() {
            let Some(members) = root.get(extension.id()) else { continue };
            let shown = shown(schema, self.projection, Some(extension), extension.attributes().iter(), members);
            if !shown.is_empty() {
                map.serialize_entry(extension.id(), &Members(&shown))?;
            }
        }
        map.end()
    }
}

fn shown<'a>(
    schema: &ResourceSchema,
    projection: &'a Projection,
    extension: Option<&SchemaDefinition>,
    definitions: impl Iterator<Item = &'a AttributeDefinition>,
    members: &'a Value,
) -> Vec<(&'a str, Shown<'a>)> {
    let shown = definitions.filter_map(|definition| {
        let value = members.get(&definition.name)?;
        let picks = projection.picks(schema, extension, definition)?;
        let shown = Shown { definition, value, picks };
        (!shown.is_empty()).then_some((definition.name.as_str(), shown))
    });
    shown.collect()
}

struct Members<'a>(&'a [(&'a str, Shown<'a>)]);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, shown)| (name, shown)))
    }
}

struct Shown<'a> {
    definition: &'a AttributeDefinition,
    value: &'a Value,
    picks: Picks<'a>,
}

impl Shown<'_> {
    fn is_empty(&self) -> bool {
        match self.value {
            Value::Array(elements) => !elements.iter().any(|element| self.keeps(element)),
            value => !self.keeps(value),
        }
    }

    /// Whether anything of an element is shown.
    fn keeps(&self, element: &Value) -> bool {
        if self.picks.filter.as_ref().is_some_and(|filter| !filter.matches_element(element)) {
            return false;
        }
        match element {
            Value::Null => false,
            Value::Object(parts) => {
                let visible = |part: &&AttributeDefinition| self.picks.parts.shows(part);
                let mut visible = self.definition.sub_attributes.iter().filter(visible);
                visible.any(|part| parts.get(&part.name).is_some_and(|value| !value.is_null()))
            }
            _ => true,
        }
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Array(elements) => {
                let mut list = serializer.serialize_seq(None)?;
                for element in elements.iter().filter(|element| self.keeps(element)) {
                    list.serialize_element(&Element { shown: self, element })?;
                }
                list.end()
            }
            element => Element { shown: self, element }.serialize(serializer),
        }
    }
}

struct Element<'a> {
    shown: &'a Shown<'a>,
    element: &'a Value,
}

impl Serialize for Element<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value::Object(parts) = self.element else { return self.element.serialize(serializer) };
        let visible = self.shown.definition.sub_attributes.iter().filter(|part| self.shown.picks.parts.shows(part));
        serializer.collect_map(visible.filter_map(|part| {
            let value = parts.get(&part.name).filter(|value| !value.is_null())?;
            Some((part.name.as_str(), value))
        }))
    }
}
