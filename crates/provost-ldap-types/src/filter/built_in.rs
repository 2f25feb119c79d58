use std::cmp::Ordering;

use super::evaluate::{FilterContext, SubstringAssertion, Truth};
use crate::AttributeDescription;
use crate::matching::MatchingRule;

/// Rules for entries without a schema: every attribute is known and none has subtypes but by options; values that are
/// text compare by caseIgnoreMatch and its kin, integers in order by size, all others by octet.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuiltInRules;

impl FilterContext for BuiltInRules {
    fn is_known(&self, _: &AttributeDescription) -> bool {
        true
    }

    fn covers(&self, asked: &AttributeDescription, held: &AttributeDescription) -> bool {
        asked.covers(held)
    }

    fn equality(&self, _: &AttributeDescription, value: &[u8], assertion: &[u8]) -> Truth {
        MatchingRule::CaseIgnore.same(value, assertion).into()
    }

    fn ordering(&self, _: &AttributeDescription, value: &[u8], assertion: &[u8]) -> Option<Ordering> {
        MatchingRule::Integer
            .ordering(value, assertion)
            .or_else(|| MatchingRule::CaseIgnoreOrdering.ordering(value, assertion))
            .or_else(|| MatchingRule::OctetStringOrdering.ordering(value, assertion))
    }

    fn substrings(&self, _: &AttributeDescription, value: &[u8], assertion: &SubstringAssertion<'_>) -> Truth {
        let answer = MatchingRule::CaseIgnoreSubstrings
            .substrings(value, assertion)
            .or_else(|| MatchingRule::OctetStringSubstrings.substrings(value, assertion));
        answer.map_or(Truth::Undefined, Truth::from)
    }

    fn extensible(&self, rule: &str, _: &AttributeDescription, value: &[u8], assertion: &[u8]) -> Truth {
        let answer = MatchingRule::find(rule).and_then(|rule| rule.equality(value, assertion));
        answer.map_or(Truth::Undefined, Truth::from)
    }
}
