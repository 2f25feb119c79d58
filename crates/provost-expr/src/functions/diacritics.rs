use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use crate::error::EvaluateError;
use crate::invocation::Invocation;
use crate::registry::ParameterKind::Text;
use crate::registry::Returns::PerElement;
use crate::registry::{Function, Parameter};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[Function::new(
    "NormalizeDiacritics",
    &[Parameter::required("source", Text)],
    normalize,
    "Writes Latin letters without accents, and a few letters of their own as ASCII.",
)
.returning(PerElement)];

fn normalize<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let source = call.value(0)?;
    call.each(source, |call, text| {
        if text.is_ascii() {
            return Ok(text);
        }
        // A character of two octets or more becomes at most two of one octet; all others shrink or stay.
        call.charge(text.len())?;
        Ok(Cow::Owned(plain(&text)))
    })
}

/// Composes first, so that a mark goes with its letter, then looks each letter up and takes it apart. Letters of other
/// scripts keep their marks, which are part of their spelling.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut base_is_latin = false;
    for c in text.nfc() {
        if is_combining_mark(c) {
            if !base_is_latin {
                plain.push(c);
            }
            continue;
        }
        let mut parts = [None; 4];
        let mut count = 0;
        decompose_canonical(c, |part| {
            if let Some(place) = parts.get_mut(count) {
                *place = Some(part);
            }
            count += 1;
        });
        let base = parts.first().copied().flatten().unwrap_or(c);
        base_is_latin = spelled_out(c).is_some() || spelled_out(base).is_some() || base.is_ascii_alphabetic();
        match spelled_out(c).or_else(|| spelled_out(base)) {
            Some(letters) => plain.push_str(letters),
            None if base_is_latin => plain.push(base),
            None => plain.push(c),
        }
    }
    plain
}

fn spelled_out(c: char) -> Option<&'static str> {
    Some(match c {
        'æ' => "ae",
        'Æ' => "AE",
        'ø' | 'œ' => "oe",
        'Ø' | 'Œ' => "OE",
        'ß' => "ss",
        'ẞ' => "SS",
        'ł' => "l",
        'Ł' => "L",
        'ı' => "i",
        'İ' => "I",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn letters_lose_their_marks() {
        for (text, expected) in [
            ("Zoë", "Zoe"),
            ("Zoe\u{308}", "Zoe"),
            ("ǣ Ǣ ǿ Ǿ œ\u{304}", "ae AE oe OE oe"),
            ("ộ", "o"),
            ("x\u{301}\u{323}", "x"),
            ("ẞß", "SSss"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn other_letters_and_other_scripts_stay() {
        for text in ["đþðħ", "日本", "й", "が", "ά"] {
            assert_eq!(plain(text), text, "{text}");
        }
    }
}
