use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;

use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::functions::constants::check_culture;
use crate::invocation::Invocation;
use crate::plan::Kernel;
use crate::registry::ParameterKind::Text;
use crate::registry::Returns::PerElement;
use crate::registry::{Function, Parameter};
use crate::value::Value;

type Evaluated<'a> = Result<Value<'a>, EvaluateError>;

const CASED: &[Parameter] = &[Parameter::required("source", Text), Parameter::optional("culture", Text)];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "PCase",
        &[Parameter::required("source", Text), Parameter::optional("wordSeparators", Text)],
        pcase,
        "Raises the first letter of each word and lowers the others.",
    )
    .returning(PerElement),
    Function::new("ToLower", CASED, to_lower, "Lowers all letters, by the rules of a culture if one is given.")
        .planned(Kernel::Lower)
        .checked_by(check_culture)
        .returning(PerElement),
    Function::new("ToUpper", CASED, to_upper, "Raises all letters, by the rules of a culture if one is given.")
        .planned(Kernel::Upper)
        .checked_by(check_culture)
        .returning(PerElement),
];

/// Whose letters are meant. Only Turkish and Azeri have pairs of their own: i with İ, and ı with I.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Culture {
    Invariant,
    Turkic,
}

pub(super) fn to_lower<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.value(0)?;
    let culture = culture(call, 1)?;
    call.each(source, |call, text| mapped(call, text, |c| lower(c, culture)))
}

pub(super) fn to_upper<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.value(0)?;
    let culture = culture(call, 1)?;
    call.each(source, |call, text| mapped(call, text, |c| upper(c, culture)))
}

/// With separators only these part words. Without, a word begins with a letter and goes on through letters, digits, marks
/// and apostrophes.
fn pcase<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.value(0)?;
    let separators = if call.given(1) { Some(call.text_or_empty(1)?) } else { None };
    call.each(source, |call, text| {
        let mut inside = false;
        mapped(call, text, |c| {
            let first = !inside;
            inside = match &separators {
                Some(separators) => !separators.contains(c),
                None if inside => c.is_alphanumeric() || is_combining_mark(c) || c == '\'',
                None => c.is_alphabetic(),
            };
            if first && inside { title(c) } else { lower(c, Culture::Invariant) }
        })
    })
}

/// The text with each character mapped; borrowed when nothing changes.
pub(super) fn mapped<'a>(
    call: &mut Invocation<'_, 'a, '_>,
    text: Cow<'a, str>,
    mut map: impl FnMut(char) -> char,
) -> Result<Cow<'a, str>, EvaluateError> {
    let mut changed: Option<String> = None;
    for (at, c) in text.char_indices() {
        let to = map(c);
        match &mut changed {
            Some(built) => built.push(to),
            None if to != c => {
                // No character maps to one of more than twice its bytes.
                call.charge(text.len() * 2)?;
                let mut built = String::with_capacity(text.len());
                built.push_str(text.get(..at).unwrap_or(""));
                built.push(to);
                changed = Some(built);
            }
            None => {}
        }
    }
    Ok(changed.map_or(text, Cow::Owned))
}

fn culture(call: &mut Invocation<'_, '_, '_>, position: usize) -> Result<Culture, EvaluateError> {
    let tag = call.text_or_empty(position)?;
    culture_of(&tag).ok_or_else(|| call.error_at(position, Kind::InvalidArgument, "expected a culture such as `en-US`"))
}

/// The culture that a tag means; `None` where it is no tag. Without a tag it is the invariant one.
pub(crate) fn culture_of(tag: &str) -> Option<Culture> {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or("");
    let formed = |part: &str, letters: bool| {
        (1..=8).contains(&part.len())
            && part.bytes().all(|b| if letters { b.is_ascii_alphabetic() } else { b.is_ascii_alphanumeric() })
    };
    let well_formed = tag.is_empty() || (formed(language, true) && parts.all(|part| formed(part, false)));
    let turkic = ["tr", "az"].iter().any(|turkic| language.eq_ignore_ascii_case(turkic));
    well_formed.then_some(if turkic { Culture::Turkic } else { Culture::Invariant })
}

/// The one-to-one lower case. İ has none outside the Turkic cultures.
pub(crate) fn lower(c: char, culture: Culture) -> char {
    match (c, culture) {
        ('I', Culture::Turkic) => 'ı',
        ('İ', Culture::Turkic) => 'i',
        ('İ', Culture::Invariant) => c,
        _ => only(c, c.to_lowercase()),
    }
}

/// The one-to-one upper case. Neither ı nor ſ has one outside the Turkic cultures: no other letter becomes ASCII.
pub(crate) fn upper(c: char, culture: Culture) -> char {
    match (c, culture) {
        ('i', Culture::Turkic) => 'İ',
        ('ı', Culture::Turkic) => 'I',
        ('ı', Culture::Invariant) | ('ſ', _) => c,
        // Greek letters with a subscript iota: the full mapping spells the iota out, the simple one keeps it.
        ('\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}', _) => shifted(c, 8),
        ('\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}', _) => shifted(c, 9),
        _ => only(c, c.to_uppercase()),
    }
}

/// The title case, which differs from the upper case for the letters that are two in one.
fn title(c: char) -> char {
    match c {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        _ => upper(c, Culture::Invariant),
    }
}

/// The text in which two texts that differ only in case are equal.
pub(super) fn simple_fold(text: &str) -> String {
    text.chars().map(|c| lower(upper(c, Culture::Invariant), Culture::Invariant)).collect()
}

fn only(c: char, mut mapping: impl Iterator<Item = char>) -> char {
    match (mapping.next(), mapping.next()) {
        (Some(single), None) => single,
        _ => c,
    }
}

fn shifted(c: char, by: u32) -> char {
    char::from_u32(u32::from(c) + by).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::{Culture, lower, title, upper};

    #[test]
    fn mappings_are_one_to_one() {
        for (c, expected) in
            [('ß', 'ß'), ('ŉ', 'ŉ'), ('ᾳ', 'ᾼ'), ('ᾀ', 'ᾈ'), ('ῳ', 'ῼ'), ('ÿ', 'Ÿ'), ('ﬁ', 'ﬁ'), ('ς', 'Σ')]
        {
            assert_eq!(upper(c, Culture::Invariant), expected, "{c}");
        }
        assert_eq!(lower('Σ', Culture::Invariant), 'σ');
    }

    #[test]
    fn the_letters_i_are_apart() {
        let all = ['i', 'ı', 'I', 'İ'];
        assert_eq!(all.map(|c| upper(c, Culture::Invariant)), ['I', 'ı', 'I', 'İ']);
        assert_eq!(all.map(|c| lower(c, Culture::Invariant)), ['i', 'ı', 'i', 'İ']);
        assert_eq!(all.map(|c| upper(c, Culture::Turkic)), ['İ', 'I', 'I', 'İ']);
        assert_eq!(all.map(|c| lower(c, Culture::Turkic)), ['i', 'ı', 'ı', 'i']);
    }

    #[test]
    fn two_letters_in_one_have_a_title_case() {
        assert_eq!(['ǆ', 'Ǆ', 'ǳ'].map(title), ['ǅ', 'ǅ', 'ǲ']);
    }

    #[test]
    fn no_mapping_is_more_than_twice_as_long() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            for to in [upper(c, Culture::Invariant), upper(c, Culture::Turkic), lower(c, Culture::Invariant), title(c)]
            {
                assert!(to.len_utf8() <= c.len_utf8() * 2, "{c} {to}");
            }
        }
    }
}
