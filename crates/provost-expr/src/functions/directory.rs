use std::borrow::Cow;

use crate::error::EvaluateError;
use crate::invocation::Invocation;
use crate::registry::ParameterKind::{Number, Text};
use crate::registry::{Function, Parameter};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[Function::new(
    "DNComponent",
    &[Parameter::required("dn", Text), Parameter::required("number", Number)],
    dn_component,
    "Takes the value of a component of a distinguished name, counted from the left.",
)
.adjacent()];

/// Null where the name has no such component. Of a component of several values the first counts.
fn dn_component<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let (name, number) = (call.text(0)?, call.integer(1)?);
    let index = number.checked_sub(1).and_then(|index| usize::try_from(index).ok());
    let (Some(name), Some(index)) = (name, index) else { return Ok(Value::Null) };
    let component = separated(&name, &[',', ';']).nth(index).and_then(|component| separated(component, &['+']).next());
    let value = component.and_then(|component| component.split_once('=')).map(|(_, value)| unescaped(value));
    match value {
        Some(value) => {
            call.charge(value.len())?;
            Ok(Value::Text(Cow::Owned(value)))
        }
        None => Ok(Value::Null),
    }
}

/// The parts between separators that are neither escaped nor inside quotation marks.
fn separated<'t>(text: &'t str, separators: &'static [char]) -> impl Iterator<Item = &'t str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (mut escaped, mut quoted) = (false, false);
        for (at, c) in text.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = !quoted,
                _ if !quoted && separators.contains(&c) => {
                    rest = text.get(at + c.len_utf8()..);
                    return text.get(..at);
                }
                _ => {}
            }
        }
        rest = None;
        Some(text)
    })
}

/// The value that is meant: escapes of RFC 4514 section 2.4 undone, quotation marks and the white space around it gone.
fn unescaped(text: &str) -> String {
    let mut octets = Vec::with_capacity(text.len());
    let text = text.trim_start();
    let mut kept = 0;
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        rest = others;
        match (*first, others) {
            (b'\\', [high, low, behind @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                octets.push(nibble(*high) << 4 | nibble(*low));
                rest = behind;
                kept = octets.len();
            }
            (b'\\', [escaped, behind @ ..]) => {
                octets.push(*escaped);
                rest = behind;
                kept = octets.len();
            }
            (b'"', _) => kept = octets.len(),
            (octet, _) => {
                octets.push(octet);
                if !octet.is_ascii_whitespace() {
                    kept = octets.len();
                }
            }
        }
    }
    octets.truncate(kept);
    String::from_utf8(octets).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => digit.to_ascii_lowercase().wrapping_sub(b'a').wrapping_add(10),
    }
}

#[cfg(test)]
mod tests {
    use super::{separated, unescaped};

    #[test]
    fn an_escaped_or_quoted_comma_ends_no_component() {
        let parts: Vec<_> = separated(r#"cn=Smith\, J,ou="a,b",dc=c"#, &[',']).collect();
        assert_eq!(parts, [r"cn=Smith\, J", r#"ou="a,b""#, "dc=c"]);
    }

    #[test]
    fn values_lose_escapes_and_outer_blanks() {
        for (text, expected) in [
            (r" Smith\, J ", "Smith, J"),
            (r"a\ ", "a "),
            (r"Z\C3\B6", "Zö"),
            (r#" "a, b" "#, "a, b"),
            ("", ""),
            (r"a\", "a\\"),
        ] {
            assert_eq!(unescaped(text), expected, "{text}");
        }
    }
}
