//! Matching rules of RFC 4517 section 4 and of the usual vendors.
//!
//! A [`MatchingRule`] compares two values of an attribute as its schema asks: without letter case, with folded blanks,
//! as numbers, as names. Strings are prepared by RFC 4518.
//!
//! ```
//! use provost_ldap_types::matching::MatchingRule;
//!
//! let rule = MatchingRule::find("caseIgnoreMatch").unwrap_or(MatchingRule::OctetString);
//! assert_eq!(rule.equality("Britta  Simon".as_bytes(), b"britta simon"), Some(true));
//! assert_eq!(rule.canonical(b"  Britta Simon"), b"britta simon");
//! ```

mod form;
mod prepare;
mod rule;

#[cfg(test)]
mod tests;

pub use rule::{MatchingRule, RuleRole};
