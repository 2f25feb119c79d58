//! Filters evaluated by a schema.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::attribute_type::AttributeType;
use super::subschema::Subschema;
use crate::matching::MatchingRule;
use crate::{AttributeDescription, Dn, FilterContext, SubstringAssertion, Truth};

/// Compares by the rules of the schema, RFC 4511 section 4.5.1.7.
///
/// Where a type names no rule at all, as on Active Directory and eDirectory, the rules of its syntax serve. A type that
/// names some rules has only those: `(uid>=a)` is Undefined where `uid` names no ordering rule.
impl FilterContext for Subschema {
    fn is_known(&self, attribute: &AttributeDescription) -> bool {
        self.attribute_type(attribute.base()).is_some()
    }

    fn covers(&self, asked: &AttributeDescription, held: &AttributeDescription) -> bool {
        if asked.covers(held) {
            return true;
        }
        let (Some(wanted), Some(found)) = (self.attribute_type(asked.base()), self.attribute_type(held.base())) else {
            return false;
        };
        let same = std::ptr::eq(wanted.definition(), found.definition());
        let below = || found.superiors().any(|superior| std::ptr::eq(superior, wanted.definition()));
        (same || below()) && asked.options().all(|option| held.has_option(option))
    }

    fn equality(&self, attribute: &AttributeDescription, value: &[u8], assertion: &[u8]) -> Truth {
        let Some(found) = self.attribute_type(attribute.base()) else { return Truth::Undefined };
        match usable(found, found.declared_equality(), found.equality()) {
            Some(MatchingRule::ObjectIdentifier) => self.identifiers_equal(found, value, assertion),
            Some(MatchingRule::DistinguishedName) => self.name_values_equal(value, assertion),
            // The rule takes equal octets for equal whatever they are; an assertion must be of the syntax.
            Some(rule) if value == assertion && !rule.reads(assertion) => Truth::Undefined,
            Some(rule) => truth(rule.equality(value, assertion)),
            None => Truth::Undefined,
        }
    }

    fn ordering(&self, attribute: &AttributeDescription, value: &[u8], assertion: &[u8]) -> Option<Ordering> {
        let found = self.attribute_type(attribute.base())?;
        usable(found, found.declared_ordering(), found.ordering())?.ordering(value, assertion)
    }

    fn substrings(&self, attribute: &AttributeDescription, value: &[u8], assertion: &SubstringAssertion<'_>) -> Truth {
        let Some(found) = self.attribute_type(attribute.base()) else { return Truth::Undefined };
        let rule = usable(found, found.declared_substrings(), found.substrings());
        rule.map_or(Truth::Undefined, |rule| truth(rule.substrings(value, assertion)))
    }

    fn extensible(&self, rule: &str, _: &AttributeDescription, value: &[u8], assertion: &[u8]) -> Truth {
        MatchingRule::find(rule).map_or(Truth::Undefined, |rule| truth(rule.equality(value, assertion)))
    }
}

impl Subschema {
    /// Compares names, each part by the rule of its type (RFC 4517 section 4.2.15).
    fn name_values_equal(&self, value: &[u8], assertion: &[u8]) -> Truth {
        let name = |octets| str::from_utf8(octets).ok()?.parse::<Dn>().ok();
        match (name(value), name(assertion)) {
            (Some(value), Some(assertion)) => self.names_equal(&value, &assertion).into(),
            _ => Truth::Undefined,
        }
    }

    /// Compares identifiers, of which names and numbers of one definition are equal (RFC 4517 section 4.2.26).
    fn identifiers_equal(&self, attribute: AttributeType<'_>, value: &[u8], assertion: &[u8]) -> Truth {
        let rule = MatchingRule::ObjectIdentifier;
        let (Ok(value_text), Ok(assertion_text)) = (str::from_utf8(value), str::from_utf8(assertion)) else {
            return Truth::Undefined;
        };
        if attribute.definition().oid == "2.5.4.0" {
            return match (self.object_class(value_text), self.object_class(assertion_text)) {
                (Some(_), Some(_)) => self.class_descends(value_text, assertion_text).into(),
                (None, Some(_)) => Truth::False,
                (_, None) => Truth::Undefined,
            };
        }
        match (self.attribute_type(value_text), self.attribute_type(assertion_text)) {
            (Some(held), Some(asked)) => std::ptr::eq(held.definition(), asked.definition()).into(),
            _ => truth(rule.equality(value, assertion)),
        }
    }
}

impl Subschema {
    /// Tells whether a class is another one or below it.
    ///
    /// RFC 4512 section 3.3: an entry of a class is one of all its superiors, whether the server shows them or not.
    fn class_descends(&self, class: &str, ancestor: &str) -> bool {
        let ancestor = self.object_class_place(ancestor);
        let mut pending: Vec<usize> = self.object_class_place(class).into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(place) = pending.pop() {
            if Some(place) == ancestor {
                return true;
            }
            if seen.insert(place) {
                let superiors = self.object_classes().get(place).map(|class| class.superiors.as_slice());
                let superiors = superiors.unwrap_or_default().iter();
                pending.extend(superiors.filter_map(|superior| self.object_class_place(superior)));
            }
        }
        false
    }
}

/// Returns the rule by which a filter may compare, if the type has one.
fn usable(found: AttributeType<'_>, declared: Option<&str>, effective: MatchingRule) -> Option<MatchingRule> {
    let names_rules = [found.declared_equality(), found.declared_ordering(), found.declared_substrings()];
    (declared.is_some() || names_rules.iter().all(Option::is_none)).then_some(effective)
}

fn truth(answer: Option<bool>) -> Truth {
    answer.map_or(Truth::Undefined, Truth::from)
}
