use std::collections::BTreeSet;

use super::attribute_type::AttributeType;
use super::definition::{DitContentRuleDefinition, ObjectClassDefinition, ObjectClassKind};
use super::kinds::SchemaDefinition;
use super::subschema::Subschema;

/// An attribute and the class, or content rule, that speaks of it.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub struct Requirement {
    /// Preferred name of the attribute type; the spelling of the class where the subschema does not define the type.
    pub attribute: String,
    /// Preferred name of the class.
    pub class: String,
}

/// What entries of some classes must and may have; superior classes are counted in.
#[derive(Clone, Debug, Default)]
pub struct Requirements {
    must: Vec<Requirement>,
    may: Vec<Requirement>,
    forbidden: Vec<Requirement>,
    classes: Vec<String>,
    unknown_classes: Vec<String>,
    structural: Vec<String>,
    any_attribute: bool,
}

impl Requirements {
    /// Returns the mandatory attributes, each once, with the first class that asks.
    #[must_use]
    pub fn must(&self) -> &[Requirement] {
        &self.must
    }

    /// Returns the attributes that are allowed and not mandatory, each once, with the first class that allows it.
    #[must_use]
    pub fn may(&self) -> &[Requirement] {
        &self.may
    }

    /// Returns the attributes that a content rule excludes.
    #[must_use]
    pub fn forbidden(&self) -> &[Requirement] {
        &self.forbidden
    }

    /// Returns all classes by their preferred names: those asked for and their superiors.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Returns the classes and superiors that the subschema does not define.
    #[must_use]
    pub fn unknown_classes(&self) -> &[String] {
        &self.unknown_classes
    }

    /// Returns the most derived structural classes: one for an entry that RFC 4512 section 2.4.2 allows.
    #[must_use]
    pub fn structural_classes(&self) -> &[String] {
        &self.structural
    }

    /// Tells whether `extensibleObject` is among the classes, which allows every attribute (RFC 4512 section 4.3).
    #[must_use]
    pub fn allows_any_attribute(&self) -> bool {
        self.any_attribute
    }
}

impl Subschema {
    /// Returns what entries of the classes, given by name or identifier, must and may have.
    ///
    /// `objectClass` is mandatory whatever the schema says (RFC 4512 section 3.3). A content rule of the structural class
    /// is counted in.
    pub fn requirements<C: AsRef<str>>(&self, classes: impl IntoIterator<Item = C>) -> Requirements {
        let mut requirements = Requirements::default();
        let mut closure: Vec<(usize, &ObjectClassDefinition)> = Vec::new();
        let (mut seen, mut unknown) = (BTreeSet::new(), BTreeSet::new());
        let mut pending: Vec<String> = classes.into_iter().map(|class| class.as_ref().to_owned()).collect();
        pending.reverse();
        while let Some(name) = pending.pop() {
            if name.eq_ignore_ascii_case("extensibleObject") || name == "1.3.6.1.4.1.1466.101.120.111" {
                requirements.any_attribute = true;
            }
            let place = self.object_class_place(&name);
            let Some((place, class)) = place.and_then(|place| Some((place, self.object_classes().get(place)?))) else {
                if unknown.insert(name.to_ascii_lowercase()) {
                    requirements.unknown_classes.push(name);
                }
                continue;
            };
            if !seen.insert(place) {
                continue;
            }
            closure.push((place, class));
            pending.extend(class.superiors.iter().rev().cloned());
            // RFC 4512 section 2.4.2: every structural class descends from top, also where the server leaves it out.
            let rootless = class.superiors.is_empty() && class.kind() == ObjectClassKind::Structural;
            if rootless && self.object_class("top").is_some() {
                pending.push("top".to_owned());
            }
        }
        requirements.classes = closure.iter().map(|(_, class)| class.name()).collect();
        requirements.structural = self.most_derived_structural(&closure);
        let rule = closure.iter().find(|(_, class)| requirements.structural.contains(&class.name()));
        let rule = rule.and_then(|(_, class)| self.content_rule(&class.oid)).filter(|rule| !rule.obsolete);
        self.collect(&mut requirements, &closure, rule);
        requirements
    }

    fn most_derived_structural(&self, closure: &[(usize, &ObjectClassDefinition)]) -> Vec<String> {
        let structural = || closure.iter().filter(|(_, class)| class.kind() == ObjectClassKind::Structural);
        let superiors: BTreeSet<usize> = structural()
            .flat_map(|(_, class)| &class.superiors)
            .filter_map(|superior| self.object_class_place(superior))
            .collect();
        let leaves = structural().filter(|(place, _)| !superiors.contains(place)).map(|(_, class)| class.name());
        // eDirectory declares top structural; it is still no class that makes an entry something.
        leaves.filter(|name| !name.eq_ignore_ascii_case("top")).collect()
    }

    fn collect(
        &self,
        requirements: &mut Requirements,
        closure: &[(usize, &ObjectClassDefinition)],
        rule: Option<&DitContentRuleDefinition>,
    ) {
        let mut seen = BTreeSet::new();
        let mut gather = |list: &mut Vec<Requirement>, attributes: &[String], class: String| {
            for attribute in attributes {
                if seen.insert(self.attribute_key(attribute)) {
                    list.push(Requirement { attribute: self.attribute_name(attribute), class: class.clone() });
                }
            }
        };
        gather(&mut requirements.must, &["objectClass".to_owned()], "top".to_owned());
        for (_, class) in closure {
            gather(&mut requirements.must, &class.must, class.name());
        }
        if let Some(rule) = rule {
            gather(&mut requirements.must, &rule.must, rule.name());
            gather(&mut requirements.forbidden, &rule.not, rule.name());
        }
        for (_, class) in closure {
            gather(&mut requirements.may, &class.may, class.name());
        }
        if let Some(rule) = rule {
            gather(&mut requirements.may, &rule.may, rule.name());
        }
    }

    /// Returns what is equal for all names and identifiers of one attribute type.
    pub(super) fn attribute_key(&self, name_or_oid: &str) -> AttributeKey {
        match self.attribute_type_place(name_or_oid) {
            Some(place) => AttributeKey::Defined(place),
            None => AttributeKey::Unknown(name_or_oid.to_ascii_lowercase()),
        }
    }

    /// Returns the preferred name, unless an earlier definition answers to it: then the spelling that led here.
    fn attribute_name(&self, name_or_oid: &str) -> String {
        let preferred = self.attribute_type(name_or_oid).map(AttributeType::name);
        let preferred = preferred.filter(|name| self.attribute_key(name) == self.attribute_key(name_or_oid));
        preferred.unwrap_or(name_or_oid).to_owned()
    }
}

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum AttributeKey {
    Defined(usize),
    Unknown(String),
}
