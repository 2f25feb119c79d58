//! Conditions of rules, as data.

use crate::RootDse;
use crate::schema::{SchemaDefinition, Subschema};

/// What must hold for a rule to fire.
///
/// Patterns are compared without letter case, with runs of blanks taken as one and a full stop at the end left away;
/// `*` stands for any text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Condition {
    /// All of them.
    All(&'static [Condition]),
    /// At least one of them.
    Any(&'static [Condition]),
    /// The schema has an attribute type with a name of this pattern.
    AttributeName(&'static str),
    /// The schema has an attribute type with an identifier of this pattern.
    AttributeOid(&'static str),
    /// The schema has an object class with a name of this pattern.
    ClassName(&'static str),
    /// The schema has an object class with an identifier of this pattern.
    ClassOid(&'static str),
    /// The schema has content rules.
    ContentRules,
    /// The schema has an attribute type or object class with an extension keyword of this pattern.
    Extension(&'static str),
    /// The root DSE has the attribute.
    Has(&'static str),
    /// The schema has IBM's companion definitions.
    IbmAttributeTypes,
    /// The root DSE is whole and does not have the attribute; stands only beside conditions that say something
    /// themselves.
    Lacks(&'static str),
    /// The answer came from one of these ports.
    Port(&'static [u16]),
    /// The schema was read and has no attribute type with a name of this pattern.
    SchemaLacksAttribute(&'static str),
    /// The schema was read and has no attribute type with an identifier of this pattern.
    SchemaLacksAttributeOid(&'static str),
    /// The schema was read and has no object class with a name of this pattern.
    SchemaLacksClass(&'static str),
    /// The attribute of the root DSE has a value of this pattern.
    Value(&'static str, &'static str),
}

/// What conditions are judged by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    pub(super) root_dse: &'a RootDse,
    pub(super) port: Option<u16>,
    pub(super) subschema: Option<&'a Subschema>,
}

impl Condition {
    /// Returns what was found, in words, if the condition holds.
    pub(super) fn holds(self, facts: &Facts<'_>) -> Option<String> {
        match self {
            Self::All(conditions) => {
                let found: Option<Vec<String>> = conditions.iter().map(|condition| condition.holds(facts)).collect();
                Some(found?.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" and "))
            }
            Self::Any(conditions) => {
                let found: Vec<String> = conditions.iter().filter_map(|condition| condition.holds(facts)).collect();
                (!found.is_empty()).then(|| found.join(" and "))
            }
            Self::Has(attribute) => facts.root_dse.has(attribute).then(|| format!("{attribute} is there")),
            Self::Lacks(attribute) => {
                (!facts.root_dse.is_partial() && !facts.root_dse.has(attribute)).then(String::new)
            }
            Self::Port(ports) => {
                let port = facts.port.filter(|port| ports.contains(port))?;
                Some(format!("the port is {port}"))
            }
            Self::Value(attribute, pattern) => {
                let value = facts.root_dse.values(attribute).find(|value| is_like(value, pattern))?;
                let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
                Some(format!("{attribute} is \"{value}\""))
            }
            _ => self.holds_in(facts.subschema?),
        }
    }

    fn holds_in(self, subschema: &Subschema) -> Option<String> {
        let types = subschema.attribute_types();
        let classes = subschema.object_classes();
        match self {
            Self::AttributeName(pattern) => named(types, pattern).map(|name| format!("attribute type {name}")),
            Self::AttributeOid(pattern) => identified(types, pattern).map(|oid| format!("attribute type {oid}")),
            Self::ClassName(pattern) => named(classes, pattern).map(|name| format!("object class {name}")),
            Self::ClassOid(pattern) => identified(classes, pattern).map(|oid| format!("object class {oid}")),
            Self::ContentRules => (!subschema.content_rules().is_empty()).then(|| "content rules".to_owned()),
            Self::Extension(pattern) => {
                let of_types = types.iter().map(|definition| &definition.extensions);
                let mut all = of_types.chain(classes.iter().map(|definition| &definition.extensions));
                let found = all.find_map(|extensions| extensions.iter().find(|(name, _)| is_like(name, pattern)));
                found.map(|(name, _)| format!("schema extension {name}"))
            }
            Self::IbmAttributeTypes => {
                (!subschema.ibm_attribute_types().is_empty()).then(|| "IBMAttributeTypes in the schema".to_owned())
            }
            Self::SchemaLacksAttribute(pattern) => {
                let lacks = !types.is_empty() && named(types, pattern).is_none();
                lacks.then(|| format!("no attribute type {pattern}"))
            }
            Self::SchemaLacksAttributeOid(pattern) => {
                let lacks = !types.is_empty() && identified(types, pattern).is_none();
                lacks.then(|| format!("no attribute type {pattern}"))
            }
            Self::SchemaLacksClass(pattern) => {
                let lacks = !classes.is_empty() && named(classes, pattern).is_none();
                lacks.then(|| format!("no object class {pattern}"))
            }
            _ => None,
        }
    }
}

fn named<D: SchemaDefinition>(definitions: &[D], pattern: &str) -> Option<String> {
    definitions.iter().flat_map(SchemaDefinition::names).find(|name| is_like(name, pattern)).cloned()
}

fn identified<D: SchemaDefinition>(definitions: &[D], pattern: &str) -> Option<String> {
    let found = definitions.iter().find(|definition| is_like(&definition.identifier(), pattern))?;
    Some(format!("{} ({})", found.name(), found.identifier()))
}

/// Tells whether a text is of a pattern; the pieces between the stars are found from the left, the last at the end.
pub(super) fn is_like(text: &str, pattern: &str) -> bool {
    let text = folded(text);
    let pattern = pattern.to_ascii_lowercase();
    let Some((initial, rest)) = pattern.split_once('*') else { return text == folded(&pattern) };
    let Some(mut text) = text.strip_prefix(initial) else { return false };
    let (inner, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in inner.split('*') {
        match text.find(piece) {
            Some(at) => text = text.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    text.ends_with(last)
}

fn folded(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    text.strip_suffix('.').map(str::to_owned).unwrap_or(text)
}
