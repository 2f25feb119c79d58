use std::cmp::Ordering;

use proptest::prelude::*;

use super::{MatchingRule, RuleRole};
use crate::{OctetString, SubstringAssertion};

fn equal(rule: MatchingRule, value: &str, assertion: &str) -> Option<bool> {
    rule.equality(value.as_bytes(), assertion.as_bytes())
}

fn order(rule: MatchingRule, value: &str, assertion: &str) -> Option<Ordering> {
    rule.ordering(value.as_bytes(), assertion.as_bytes())
}

/// Takes a pattern with `*`, as in a filter.
fn found(rule: MatchingRule, value: &str, pattern: &str) -> Option<bool> {
    let mut pieces: Vec<OctetString> = pattern.split('*').map(OctetString::from).collect();
    let last = pieces.pop().filter(|piece| !piece.is_empty());
    let initial = if pieces.is_empty() { None } else { Some(pieces.remove(0)).filter(|piece| !piece.is_empty()) };
    let assertion = SubstringAssertion { initial: initial.as_deref(), any: &pieces, last: last.as_deref() };
    rule.substrings(value.as_bytes(), &assertion)
}

#[test]
fn rules_are_found_by_name_without_case_and_by_identifier() {
    assert_eq!(MatchingRule::find("CASEIGNOREMATCH"), Some(MatchingRule::CaseIgnore));
    assert_eq!(MatchingRule::find("uuidMatch"), Some(MatchingRule::Uuid));
    assert_eq!(MatchingRule::find("2.5.13.5"), Some(MatchingRule::CaseExact));
    assert_eq!(MatchingRule::find("1.2.840.113556.1.4.803"), Some(MatchingRule::IntegerBitAnd));
    assert_eq!(MatchingRule::find("historicalCsnOrderingMatch"), None);
}

#[test]
fn no_two_rules_share_a_name_or_identifier() {
    for rule in MatchingRule::ALL {
        assert_eq!(MatchingRule::find(rule.name()), Some(*rule));
        assert_eq!(MatchingRule::find(rule.oid()), Some(*rule));
    }
    assert_eq!(MatchingRule::CaseIgnoreSubstrings.role(), RuleRole::Substrings);
}

#[test]
fn rfc_4517_4_2_11_case_ignore_match() {
    let rule = MatchingRule::CaseIgnore;
    assert_eq!(equal(rule, "Britta  Simon ", "britta simon"), Some(true));
    assert_eq!(equal(rule, "Straße", "STRASSE"), Some(true));
    assert_eq!(equal(rule, "Müller", "Mu\u{308}ller"), Some(true));
    assert_eq!(equal(rule, "Müller", "Muller"), Some(false));
    assert_eq!(rule.equality(b"\xff", b"a"), None);
    assert_eq!(equal(rule, "a\u{FFFD}", "b"), None);
}

#[test]
fn rfc_4517_4_2_4_case_exact_match() {
    assert_eq!(equal(MatchingRule::CaseExact, "Simon", "simon"), Some(false));
    assert_eq!(equal(MatchingRule::CaseExact, " Simon", "Simon"), Some(true));
}

#[test]
fn rfc_4517_4_2_12_case_ignore_ordering_match() {
    assert_eq!(order(MatchingRule::CaseIgnoreOrdering, "Abel", "baker"), Some(Ordering::Less));
    assert_eq!(order(MatchingRule::CaseIgnoreOrdering, "ABEL", "abel"), Some(Ordering::Equal));
}

#[test]
fn rfc_4517_4_2_13_case_ignore_substrings_match() {
    let rule = MatchingRule::CaseIgnoreSubstrings;
    assert_eq!(found(rule, "Britta Simon", "brit*"), Some(true));
    assert_eq!(found(rule, "Britta Simon", "*SIMON"), Some(true));
    assert_eq!(found(rule, "Britta Simon", "*ta s*n"), Some(true));
    assert_eq!(found(rule, "Britta  Simon", "*ta s*n"), Some(true));
    assert_eq!(found(rule, "Britta Simon", "britta *simon"), Some(true));
    assert_eq!(found(rule, "Britta Simon", "simon*"), Some(false));
    assert_eq!(found(rule, "Britta Simon", "*tas*"), Some(false));
    assert_eq!(found(rule, "aba", "ab*ba"), Some(false));
    assert_eq!(found(rule, "Britta", "*"), Some(true));
    assert_eq!(found(rule, "Britta", "\u{FFFD}*"), None);
}

#[test]
fn rfc_4517_4_2_9_case_ignore_list_match() {
    let rule = MatchingRule::CaseIgnoreList;
    assert_eq!(equal(rule, "1 Main St.$Anytown", "1 main  st. $ANYTOWN"), Some(true));
    assert_eq!(equal(rule, "1 Main St.$Anytown", "1 Main St. Anytown"), Some(false));
    assert_eq!(equal(rule, "\\24100$x", "\\24100$x"), Some(true));
    assert_eq!(found(MatchingRule::CaseIgnoreListSubstrings, "1 Main St.$Anytown", "*main*town"), Some(true));
    assert_eq!(found(MatchingRule::CaseIgnoreListSubstrings, "1 Main St.$Anytown", "*st. any*"), Some(false));
}

#[test]
fn rfc_4517_4_2_22_numeric_strings_ignore_blanks() {
    assert_eq!(equal(MatchingRule::NumericString, "12 34", "1234"), Some(true));
    assert_eq!(equal(MatchingRule::NumericString, "0123", "123"), Some(false));
    assert_eq!(equal(MatchingRule::NumericString, "12x", "12"), None);
    assert_eq!(found(MatchingRule::NumericStringSubstrings, "12 34", "*23*"), Some(true));
}

#[test]
fn rfc_4517_4_2_29_telephone_numbers_ignore_blanks_and_hyphens() {
    assert_eq!(equal(MatchingRule::TelephoneNumber, "+49 30-12 34", "+49301234"), Some(true));
    assert_eq!(found(MatchingRule::TelephoneNumberSubstrings, "+49 30-12 34", "+4930*34"), Some(true));
}

#[test]
fn rfc_4517_4_2_19_integers_of_any_size() {
    let rule = MatchingRule::Integer;
    assert_eq!(equal(rule, "007", "7"), Some(true));
    assert_eq!(equal(rule, "-0", "0"), Some(true));
    assert_eq!(equal(rule, "abc", "7"), None);
    let ordering = MatchingRule::IntegerOrdering;
    assert_eq!(order(ordering, "9", "10"), Some(Ordering::Less));
    assert_eq!(order(ordering, "-9", "-10"), Some(Ordering::Greater));
    assert_eq!(order(ordering, "123456789012345678901234567890123456789012", "2"), Some(Ordering::Greater));
}

#[test]
fn bits_are_tested_as_active_directory_does() {
    assert_eq!(equal(MatchingRule::IntegerBitAnd, "514", "2"), Some(true));
    assert_eq!(equal(MatchingRule::IntegerBitAnd, "512", "514"), Some(false));
    assert_eq!(equal(MatchingRule::IntegerBitOr, "512", "514"), Some(true));
    assert_eq!(equal(MatchingRule::IntegerBitAnd, "-2147483646", "2147483648"), Some(true));
    assert_eq!(equal(MatchingRule::IntegerBitOr, "512", "x"), None);
}

#[test]
fn rfc_4517_4_2_2_booleans() {
    assert_eq!(equal(MatchingRule::Boolean, "TRUE", "true"), Some(true));
    assert_eq!(equal(MatchingRule::Boolean, "TRUE", "yes"), None);
}

#[test]
fn rfc_4517_4_2_15_names_compare_by_their_parts() {
    let rule = MatchingRule::DistinguishedName;
    assert_eq!(equal(rule, "CN=Britta Simon, DC=Contoso,dc=lab", "cn=britta simon,dc=contoso,dc=lab"), Some(true));
    assert_eq!(equal(rule, "cn=a,dc=lab", "cn=b,dc=lab"), Some(false));
    assert_eq!(equal(rule, "no name", "cn=b"), None);
}

#[test]
fn rfc_4517_4_2_31_unique_members_have_an_optional_identifier() {
    let rule = MatchingRule::UniqueMember;
    assert_eq!(equal(rule, "cn=A,dc=lab#'0101'B", "CN=a,dc=lab#'0101'B"), Some(true));
    assert_eq!(equal(rule, "cn=A,dc=lab#'0101'B", "cn=A,dc=lab"), Some(false));
    assert_eq!(equal(rule, "cn=A,dc=lab", "cn=a, dc=lab"), Some(true));
}

#[test]
fn first_components_compare_with_plain_assertions() {
    let definition = "( 2.5.6.6 NAME 'person' SUP top )";
    assert_eq!(equal(MatchingRule::ObjectIdentifierFirstComponent, definition, "2.5.6.6"), Some(true));
    assert_eq!(equal(MatchingRule::ObjectIdentifierFirstComponent, definition, "2.5.6.7"), Some(false));
    assert_eq!(equal(MatchingRule::IntegerFirstComponent, "( 2 NAME 'r' FORM f )", "2"), Some(true));
    assert_eq!(equal(MatchingRule::DirectoryStringFirstComponent, "( 'Big Blue' 1 )", "big blue"), Some(true));
}

#[test]
fn bit_strings_uuids_and_words() {
    assert_eq!(equal(MatchingRule::BitString, "'0101'B", "'0101'B"), Some(true));
    assert_eq!(equal(MatchingRule::BitString, "'0101'B", "0101"), None);
    let uuid = "597AE2F6-16A6-1027-98F4-D28B5365DC14";
    assert_eq!(equal(MatchingRule::Uuid, uuid, &uuid.to_lowercase()), Some(true));
    assert_eq!(equal(MatchingRule::Uuid, uuid, "597ae2f6"), None);
    assert_eq!(equal(MatchingRule::Word, "Britta Simon", "SIMON"), Some(true));
    assert_eq!(equal(MatchingRule::Keyword, "Britta Simon", "sim"), Some(false));
}

#[test]
fn an_unreadable_value_is_its_own_canonical_form() {
    assert_eq!(MatchingRule::Integer.canonical(b"seven"), b"seven");
    assert_eq!(MatchingRule::CaseIgnore.canonical(b"\xffA"), b"\xffA");
    assert!(MatchingRule::Integer.same(b"07", b"7"));
    assert!(!MatchingRule::Integer.same(b"seven", b"Seven"));
}

fn any_rule() -> impl Strategy<Value = MatchingRule> {
    (0..MatchingRule::ALL.len()).prop_map(|at| MatchingRule::ALL[at])
}

/// Texts that resemble the values of some rule.
const TEXTS: &str =
    "\\PC{0,12}|-?[0-9]{1,30}|[ A-Za-zäßΣς-]{0,12}|(cn|CN)=[a-z ]{1,4},dc=lab|'[01]{0,6}'B|TRUE|( [0-9.]{1,6} )";

proptest! {
    #[test]
    fn canonical_forms_are_stable(rule in any_rule(), text in TEXTS) {
        // A name or list in canonical form is no value any more; all others may be prepared again.
        let again = !matches!(
            rule,
            MatchingRule::UniqueMember | MatchingRule::CaseIgnoreList | MatchingRule::CaseIgnoreListSubstrings
                | MatchingRule::BitString | MatchingRule::DirectoryStringFirstComponent
        );
        let once = rule.canonical(text.as_bytes());
        if again {
            prop_assert_eq!(rule.canonical(&once), once.clone());
        }
        prop_assert_eq!(rule.same(text.as_bytes(), text.as_bytes()), true);
    }

    #[test]
    fn every_question_has_an_answer(rule in any_rule(), value in any::<Vec<u8>>(), text in TEXTS) {
        let any = [OctetString::from(value.as_slice())];
        let assertion = SubstringAssertion { initial: Some(text.as_bytes()), any: &any, last: None };
        let _ = (rule.equality(&value, text.as_bytes()), rule.ordering(&value, text.as_bytes()));
        let _ = rule.substrings(&value, &assertion);
        prop_assert_eq!(rule.canonical(&value), rule.canonical(&value));
    }

    #[test]
    fn order_agrees_with_equality(left in TEXTS, right in TEXTS, rule in any_rule()) {
        let symmetric = !matches!(rule, MatchingRule::Word | MatchingRule::Keyword
            | MatchingRule::IntegerBitAnd | MatchingRule::IntegerBitOr);
        if let (true, Some(order)) = (symmetric, order(rule, &left, &right)) {
            prop_assert_eq!(order.is_eq(), rule.equality(left.as_bytes(), right.as_bytes()) == Some(true));
            prop_assert_eq!(self::order(rule, &right, &left), Some(order.reverse()));
        }
    }

    #[test]
    fn a_value_holds_each_of_its_pieces(text in "[ A-Za-zäß]{1,20}", cut in 0usize..20) {
        let cut = text.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(text.len());
        let (left, right) = text.split_at(cut);
        let rule = MatchingRule::CaseIgnoreSubstrings;
        prop_assert_eq!(found(rule, &text, &format!("{left}*")), Some(true));
        prop_assert_eq!(found(rule, &text, &format!("*{right}")), Some(true));
        prop_assert_eq!(found(rule, &text, &format!("*{}*", left.trim())), Some(true));
    }
}
