//! What matching adds to string preparation: prohibited characters and the blanks of RFC 4518 section 2.6.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;

use crate::prepare::{self, Case};

/// Which end of a value a substring is compared with, RFC 4511 section 4.5.1.7.2.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Position {
    Initial,
    Any,
    Final,
}

/// Maps, normalizes and checks a text: steps 2 to 4 of RFC 4518 section 2.
///
/// Returns `None` for a text that holds a prohibited character. Code points that Unicode 3.2 had not yet assigned are
/// accepted: people's names use them and no server refuses them.
pub(super) fn mapped(text: &str, case: Case) -> Option<Cow<'_, str>> {
    let mapped = prepare::map(text, case);
    let allowed = mapped.is_ascii()
        || !mapped.chars().any(is_prohibited) && !mapped.chars().next().is_some_and(is_combining_mark);
    allowed.then_some(mapped)
}

/// Prepares a value or a whole assertion, with insignificant blanks dropped.
pub(super) fn folded(text: &str, case: Case) -> Option<String> {
    Some(prepare::fold_blanks(&mapped(text, case)?).into_owned())
}

/// Tells whether RFC 4518 section 2.4 forbids the character after normalization.
fn is_prohibited(c: char) -> bool {
    let code = c as u32;
    matches!(code, 0xE000..=0xF8FF | 0xF_0000..=0x10_FFFF | 0xFDD0..=0xFDEF | 0xFFFD) || code & 0xFFFE == 0xFFFE
}

fn words(mapped: &str) -> Vec<&str> {
    mapped.split(' ').filter(|word| !word.is_empty()).collect()
}

/// Brings an attribute value into the form in which substrings are sought: a blank at each end, two between words.
pub(super) fn spread_value(mapped: &str) -> String {
    let words = words(mapped);
    if words.is_empty() {
        return "  ".to_owned();
    }
    format!(" {} ", words.join("  "))
}

/// Brings a substring into the form that is sought in a spread value.
pub(super) fn spread_substring(mapped: &str, position: Position) -> String {
    let words = words(mapped);
    if words.is_empty() {
        return " ".to_owned();
    }
    let leading = position == Position::Initial || mapped.starts_with(' ');
    let trailing = position == Position::Final || mapped.ends_with(' ');
    format!("{}{}{}", if leading { " " } else { "" }, words.join("  "), if trailing { " " } else { "" })
}

/// Drops every blank, RFC 4518 section 2.6.2.
pub(super) fn drop_blanks(mapped: &str) -> String {
    drop_unmarked(mapped, |c| c == ' ')
}

/// Drops every blank and hyphen, RFC 4518 section 2.6.3.
pub(super) fn drop_blanks_and_hyphens(mapped: &str) -> String {
    drop_unmarked(mapped, |c| {
        matches!(c, ' ' | '-' | '\u{58A}' | '\u{2010}' | '\u{2011}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}')
    })
}

/// Drops characters, but not one that carries a combining mark: the mark would move to the character before.
fn drop_unmarked(mapped: &str, is_dropped: impl Fn(char) -> bool) -> String {
    let next = mapped.chars().skip(1).map(Some).chain([None]);
    let kept = mapped.chars().zip(next).filter(|(c, next)| !is_dropped(*c) || next.is_some_and(is_combining_mark));
    kept.map(|(c, _)| c).collect()
}

#[cfg(test)]
mod tests {
    use super::{Case, Position, drop_blanks, drop_blanks_and_hyphens, folded, mapped, spread_substring, spread_value};

    #[test]
    fn rfc_4518_2_4_refuses_prohibited_characters() {
        for text in ["a\u{FFFD}", "\u{E000}", "\u{FDD0}", "\u{1FFFE}", "\u{301}a"] {
            assert_eq!(mapped(text, Case::Exact), None, "{text:?}");
        }
    }

    #[test]
    fn a_character_younger_than_unicode_3_2_is_allowed() {
        assert_eq!(folded("\u{1F600} X", Case::Ignore).as_deref(), Some("\u{1F600} x"));
    }

    #[test]
    fn rfc_4518_2_6_3_a_blank_or_hyphen_under_a_mark_stays() {
        assert_eq!(drop_blanks_and_hyphens("1 2-3 \u{327}4-\u{327}"), "123 \u{327}4-\u{327}");
        assert_eq!(drop_blanks("1 2-3 \u{327}"), "12-3 \u{327}");
    }

    #[test]
    fn rfc_4518_2_6_1_spreads_blanks_as_its_examples_do() {
        assert_eq!(spread_value("foo bar  "), " foo  bar ");
        assert_eq!(spread_value("   "), "  ");
        assert_eq!(spread_substring("foo bar  ", Position::Initial), " foo  bar ");
        assert_eq!(spread_substring("foo bar  ", Position::Any), "foo  bar ");
        assert_eq!(spread_substring("foo bar  ", Position::Final), "foo  bar ");
        assert_eq!(spread_substring(" ", Position::Any), " ");
    }
}
