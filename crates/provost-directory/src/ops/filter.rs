//! Filters, resolved once for a search and evaluated for many entries (RFC 4511 section 4.5.1.7).

use std::borrow::Cow;
use std::collections::BTreeSet;

use provost_ldap_types::matching::MatchingRule;
use provost_ldap_types::{AttributeDescription, Filter, OctetString, SubstringAssertion, Truth};

use super::view::EntryView;
use crate::schema::{ClassId, Description, Schema};
use crate::tree::{EntryId, Indexes};

/// A filter whose attribute types and rules are known and whose assertions are values of their syntaxes; what is not so
/// is Undefined from the start.
#[derive(Debug)]
pub(crate) enum CompiledFilter {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Undefined,
    Present(Description),
    /// A class or one of its subclasses.
    ObjectClass(ClassId),
    Equality {
        attribute: Description,
        canonical: Vec<u8>,
    },
    Ordering {
        attribute: Description,
        rule: MatchingRule,
        value: Vec<u8>,
        wanted: Side,
    },
    Substrings {
        attribute: Description,
        rule: MatchingRule,
        pieces: Pieces,
    },
    Extensible {
        attribute: Option<Description>,
        rule: MatchingRule,
        value: Vec<u8>,
        dn_attributes: bool,
    },
}

/// On which side of an assertion a value must stand; equal ones match both.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    Greater,
    Less,
}

/// What a substring filter seeks.
#[derive(Debug)]
pub(crate) struct Pieces {
    initial: Option<OctetString>,
    any: Vec<OctetString>,
    last: Option<OctetString>,
}

impl CompiledFilter {
    /// Resolves a filter. Its depth is bounded by the frame that it came in.
    pub(crate) fn compile(filter: &Filter, schema: &Schema) -> Self {
        match filter {
            Filter::And(filters) => Self::And(filters.iter().map(|filter| Self::compile(filter, schema)).collect()),
            Filter::Or(filters) => Self::Or(filters.iter().map(|filter| Self::compile(filter, schema)).collect()),
            Filter::Not(filter) => Self::Not(Box::new(Self::compile(filter, schema))),
            Filter::Present(attribute) => resolve(attribute, schema).map_or(Self::Undefined, Self::Present),
            Filter::Equality { attribute, value } | Filter::Approx { attribute, value } => resolve(attribute, schema)
                .and_then(|attribute| equality(attribute, value, schema))
                .unwrap_or(Self::Undefined),
            Filter::GreaterOrEqual { attribute, value } => ordering(attribute, value, Side::Greater, schema),
            Filter::LessOrEqual { attribute, value } => ordering(attribute, value, Side::Less, schema),
            Filter::Substrings { attribute, initial, any, last } => {
                let resolved = resolve(attribute, schema);
                let rule = resolved.as_ref().and_then(|held| schema.attribute_type(held.type_id).substrings);
                match (resolved, rule) {
                    (Some(attribute), Some(rule)) => {
                        let pieces = Pieces { initial: initial.clone(), any: any.clone(), last: last.clone() };
                        Self::Substrings { attribute, rule, pieces }
                    }
                    _ => Self::Undefined,
                }
            }
            Filter::Extensible { rule, attribute, value, dn_attributes } => {
                extensible(rule.as_deref(), attribute.as_ref(), value, *dn_attributes, schema)
                    .unwrap_or(Self::Undefined)
            }
        }
    }

    /// Evaluates the filter; only [`Truth::True`] selects the entry.
    pub(crate) fn evaluate(&self, entry: &EntryView<'_>) -> Truth {
        let schema = entry.schema;
        match self {
            Self::And(filters) => all(filters.iter().map(|filter| filter.evaluate(entry))),
            Self::Or(filters) => any(filters.iter().map(|filter| filter.evaluate(entry))),
            Self::Not(filter) => !filter.evaluate(entry),
            Self::Undefined => Truth::Undefined,
            Self::Present(attribute) => entry.any_value(attribute, |_, _| Truth::True),
            Self::ObjectClass(class) => {
                let attribute = Description::plain(schema.well_known().object_class);
                entry.any_value(&attribute, |_, value| {
                    schema.find_class_value(value).is_some_and(|held| schema.is_subclass(held, *class)).into()
                })
            }
            Self::Equality { attribute, canonical } => {
                entry.any_value(attribute, |held, value| (schema.canonical(held.type_id, value) == *canonical).into())
            }
            Self::Ordering { attribute, rule, value, wanted } => entry.any_value(attribute, |_, held| {
                rule.ordering(held, value).map_or(Truth::Undefined, |order| match wanted {
                    Side::Greater => order.is_ge().into(),
                    Side::Less => order.is_le().into(),
                })
            }),
            Self::Substrings { attribute, rule, pieces } => {
                entry.any_value(attribute, |_, value| pieces.occur_in(*rule, value))
            }
            Self::Extensible { attribute, rule, value, dn_attributes } => {
                let compare = |held: &Description, octets: &[u8]| match attribute {
                    Some(attribute) if !attribute.covers(held, schema) => Truth::False,
                    None if !applies(*rule, held, schema) => Truth::False,
                    _ => rule.equality(octets, value).map_or(Truth::Undefined, Truth::from),
                };
                any([entry.any(compare), if *dn_attributes { entry.any_in_name(compare) } else { Truth::False }]
                    .into_iter())
            }
        }
    }

    /// Returns entries of which every match is one, or `None` when an index does not tell.
    pub(crate) fn candidates<'a>(&self, indexes: &'a Indexes, schema: &Schema) -> Option<Cow<'a, BTreeSet<EntryId>>> {
        match self {
            Self::And(filters) => {
                filters.iter().filter_map(|filter| filter.candidates(indexes, schema)).min_by_key(|found| found.len())
            }
            Self::Or(filters) => {
                let sets: Option<Vec<_>> = filters.iter().map(|filter| filter.candidates(indexes, schema)).collect();
                Some(Cow::Owned(sets?.into_iter().flat_map(Cow::into_owned).collect()))
            }
            Self::Undefined => Some(Cow::Owned(BTreeSet::new())),
            Self::ObjectClass(class) => {
                let canonical = schema.class(*class).name.to_ascii_lowercase();
                indexes.find(schema.well_known().object_class, canonical.as_bytes()).map(Cow::Borrowed)
            }
            Self::Equality { attribute, canonical } => indexes.find(attribute.type_id, canonical).map(Cow::Borrowed),
            _ => None,
        }
    }
}

fn resolve(attribute: &AttributeDescription, schema: &Schema) -> Option<Description> {
    schema.describe_loosely(attribute.as_str().as_bytes()).ok()
}

fn equality(attribute: Description, value: &[u8], schema: &Schema) -> Option<CompiledFilter> {
    if attribute.type_id == schema.well_known().object_class {
        return schema.find_class_value(value).map(CompiledFilter::ObjectClass);
    }
    schema.attribute_type(attribute.type_id).equality?;
    if !schema.is_valid(&attribute, value) {
        return None;
    }
    let canonical = schema.canonical(attribute.type_id, value);
    Some(CompiledFilter::Equality { attribute, canonical })
}

fn ordering(attribute: &AttributeDescription, value: &[u8], wanted: Side, schema: &Schema) -> CompiledFilter {
    let Some(attribute) = resolve(attribute, schema) else {
        return CompiledFilter::Undefined;
    };
    match schema.attribute_type(attribute.type_id).ordering {
        Some(rule) if schema.is_valid(&attribute, value) => {
            CompiledFilter::Ordering { attribute, rule, value: value.to_vec(), wanted }
        }
        _ => CompiledFilter::Undefined,
    }
}

fn extensible(
    rule: Option<&str>,
    attribute: Option<&AttributeDescription>,
    value: &[u8],
    dn_attributes: bool,
    schema: &Schema,
) -> Option<CompiledFilter> {
    let attribute = match attribute {
        Some(attribute) => Some(resolve(attribute, schema)?),
        None => None,
    };
    let rule = match (rule, &attribute) {
        (Some(rule), _) => MatchingRule::find(rule)?,
        (None, Some(attribute)) => schema.attribute_type(attribute.type_id).equality?,
        (None, None) => return None,
    };
    if attribute.as_ref().is_some_and(|attribute| !applies(rule, attribute, schema)) {
        return None;
    }
    Some(CompiledFilter::Extensible { attribute, rule, value: value.to_vec(), dn_attributes })
}

/// A rule applies to a type whose own rule reads values in the same way: the letter case may differ.
fn applies(rule: MatchingRule, attribute: &Description, schema: &Schema) -> bool {
    let kept = schema.attribute_type(attribute.type_id);
    let Some(equality) = kept.equality else {
        return false;
    };
    let is_text = |rule| {
        matches!(
            rule,
            MatchingRule::CaseExact
                | MatchingRule::CaseIgnore
                | MatchingRule::CaseExactIa5
                | MatchingRule::CaseIgnoreIa5
        )
    };
    let is_number =
        |rule| matches!(rule, MatchingRule::Integer | MatchingRule::IntegerBitAnd | MatchingRule::IntegerBitOr);
    rule == equality || is_text(rule) && is_text(equality) || is_number(rule) && is_number(equality)
}

impl Pieces {
    fn occur_in(&self, rule: MatchingRule, value: &[u8]) -> Truth {
        let assertion =
            SubstringAssertion { initial: self.initial.as_deref(), any: &self.any, last: self.last.as_deref() };
        rule.substrings(value, &assertion).map_or(Truth::Undefined, Truth::from)
    }
}

fn all(truths: impl Iterator<Item = Truth>) -> Truth {
    let mut result = Truth::True;
    for truth in truths {
        match truth {
            Truth::False => return Truth::False,
            Truth::Undefined => result = Truth::Undefined,
            Truth::True => {}
        }
    }
    result
}

/// One match is enough; without one, an undefined answer makes all undefined.
pub(super) fn any(truths: impl Iterator<Item = Truth>) -> Truth {
    let mut result = Truth::False;
    for truth in truths {
        match truth {
            Truth::True => return Truth::True,
            Truth::Undefined => result = Truth::Undefined,
            Truth::False => {}
        }
    }
    result
}
