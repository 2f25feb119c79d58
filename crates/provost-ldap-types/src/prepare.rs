//! Preparation of text for comparison, RFC 4518.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Whether preparation folds case.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Case {
    /// Keeps case, as caseExactMatch wants.
    Exact,
    /// Folds case, as caseIgnoreMatch wants.
    Ignore,
}

/// Prepares a value or a whole assertion: maps, normalizes, and drops insignificant blanks.
///
/// Unlike RFC 4518 section 2.6.1 the result has no blank at its ends and single ones inside; two results are equal
/// exactly when those of the RFC are.
pub(crate) fn prepare(text: &str, case: Case) -> Cow<'_, str> {
    match map(text, case) {
        Cow::Borrowed(mapped) => fold_blanks(mapped),
        Cow::Owned(mapped) => Cow::Owned(fold_blanks(&mapped).into_owned()),
    }
}

/// Maps and normalizes text, RFC 4518 sections 2.2 and 2.3, and leaves blanks as they are.
pub(crate) fn map(text: &str, case: Case) -> Cow<'_, str> {
    let settled = |byte: u8| (0x20..0x7f).contains(&byte) && (case == Case::Exact || !byte.is_ascii_uppercase());
    if text.bytes().all(settled) {
        return Cow::Borrowed(text);
    }
    if text.is_ascii() && case == Case::Ignore {
        return Cow::Owned(text.chars().filter_map(map_char).map(|c| c.to_ascii_lowercase()).collect());
    }
    let mapped = text.chars().filter_map(map_char);
    Cow::Owned(match case {
        Case::Exact => mapped.nfkc().collect(),
        // Folding again after normalization covers what RFC 3454 table B.2 holds beyond folding one character: signs
        // that decompose into capital letters.
        Case::Ignore => {
            let once: String = mapped.flat_map(fold_char).nfkc().collect();
            once.chars().flat_map(fold_char).nfkc().collect()
        }
    })
}

/// Drops blanks at the ends and makes one of several inside.
///
/// A blank that carries a combining mark is none (RFC 4518 section 2.6).
pub(crate) fn fold_blanks(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim_matches(' ');
    let has_mark = !text.is_ascii() && text.split(' ').skip(1).any(|after| after.starts_with(is_combining_mark));
    if !has_mark && !trimmed.contains("  ") {
        return Cow::Borrowed(trimmed);
    }
    let mut folded = String::with_capacity(text.len());
    let mut is_apart = false;
    let next = text.chars().skip(1).map(Some).chain([None]);
    for (c, next) in text.chars().zip(next) {
        if c == ' ' && !next.is_some_and(is_combining_mark) {
            is_apart = !folded.is_empty();
            continue;
        }
        if std::mem::take(&mut is_apart) {
            folded.push(' ');
        }
        folded.push(c);
    }
    Cow::Owned(folded)
}

/// Maps one character, RFC 4518 section 2.2: to nothing, to a blank or to itself.
fn map_char(c: char) -> Option<char> {
    match c {
        '\u{9}'..='\u{d}'
        | '\u{85}'
        | '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{2028}'..='\u{2029}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}' => Some(' '),
        '\u{0}'..='\u{8}'
        | '\u{e}'..='\u{1f}'
        | '\u{7f}'..='\u{84}'
        | '\u{86}'..='\u{9f}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{6dd}'
        | '\u{70f}'
        | '\u{1806}'
        | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2063}'
        | '\u{206a}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffc}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0001}'
        | '\u{e0020}'..='\u{e007f}' => None,
        _ => Some(c),
    }
}

/// Folds the case of one character as RFC 3454 table B.2 does.
fn fold_char(c: char) -> impl Iterator<Item = char> {
    // By way of the capital letter sharp s becomes ss and both small sigmas one; the table keeps the dotless i.
    let kept = (c == 'ı').then_some(c);
    let folded = kept.is_none().then(|| c.to_uppercase().flat_map(char::to_lowercase));
    kept.into_iter().chain(folded.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Case, prepare};

    #[test]
    fn rfc_4518_2_2_case_folds_beyond_ascii() {
        assert_eq!(prepare("STRASSE", Case::Ignore), prepare("straße", Case::Ignore));
        assert_eq!(prepare("ΣΊΣΥΦΟΣ", Case::Ignore), prepare("σίσυφος", Case::Ignore));
        assert_eq!(prepare("ÖL", Case::Exact), "ÖL");
    }

    #[test]
    fn rfc_4518_2_2_maps_blanks_and_drops_what_is_invisible() {
        assert_eq!(prepare("a\u{a0}\tb\u{ad}c\u{200b}", Case::Exact), "a bc");
        assert_eq!(prepare("a\u{0}b", Case::Ignore), "ab");
    }

    #[test]
    fn rfc_4518_2_3_normalizes_to_form_kc() {
        assert_eq!(prepare("o\u{308}l", Case::Exact), "öl");
        assert_eq!(prepare("ﬁle ①", Case::Exact), "file 1");
        assert_eq!(prepare("℡", Case::Ignore), "tel");
    }

    #[test]
    fn rfc_4518_2_6_1_blanks_at_the_ends_and_several_inside_do_not_count() {
        assert_eq!(prepare("  a   b ", Case::Ignore), "a b");
        assert_eq!(prepare("   ", Case::Ignore), "");
    }

    #[test]
    fn rfc_4518_2_6_a_blank_with_a_combining_mark_is_none() {
        assert_eq!(prepare("a¸", Case::Exact), "a \u{327}");
        assert_eq!(prepare(" a  ¸ ", Case::Exact), "a  \u{327}");
        assert_eq!(prepare("¸", Case::Exact), " \u{327}");
    }

    /// Plain text, and text that folds, decomposes or carries marks.
    const TEXTS: &str = "\\PC{0,20}|[ -~\\x00-\\x1f]{0,20}|[ a¸´\u{301}]{0,8}|[À-ʯ ͅΆ-ϖ①-ⓩK℀-ℿ]{0,10}";

    proptest! {
        #[test]
        fn preparing_twice_changes_nothing(text in TEXTS) {
            for case in [Case::Exact, Case::Ignore] {
                let once = prepare(&text, case).into_owned();
                prop_assert_eq!(prepare(&once, case), once.as_str());
            }
        }
    }
}
