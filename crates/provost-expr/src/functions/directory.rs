use std::borrow::Cow;

use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::invocation::Invocation;
use crate::registry::ParameterKind::{Number, Text};
use crate::registry::Returns::PerElement;
use crate::registry::{Function, Nature, Parameter, Returns};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "DNComponent",
        &[Parameter::required("dn", Text), Parameter::required("number", Number)],
        dn_component,
        "Takes the value of a component of a distinguished name, counted from the left.",
    )
    .returning(Returns::TEXT_OR_NULL)
    .adjacent(),
    Function::new("DefaultDomain", &[], default_domain, "Gives the default domain, as it is configured.")
        .returning(Returns::TEXT)
        .adjacent()
        .of_nature(Nature::Surroundings),
    Function::new(
        "EscapeDNComponent",
        &[Parameter::required("component", Text)],
        escape_dn_component,
        "Escapes the value in `type=value`, so that it can be part of a distinguished name.",
    )
    .adjacent()
    .returning(PerElement),
];

fn default_domain<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    match call.context().default_domain {
        Some(domain) => Ok(Value::Text(Cow::Owned(domain.to_owned()))),
        None => Err(call.error(Kind::NotConfigured, "no default domain is configured")),
    }
}

/// What stands before the first `=` is the type; without any, all is the value.
pub(super) fn escape_dn_component<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let source = call.value(0)?;
    call.each(source, |call, text| {
        call.charge(text.len() * 3)?;
        let start = text.find('=').map_or(0, |at| at + 1);
        let (name, value) = text.split_at(start);
        Ok(Cow::Owned(name.to_owned() + &escaped(value)))
    })
}

/// The value with the characters escaped that mean something in a name, RFC 4514 section 2.4.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let last = value.len().saturating_sub(1);
    for (at, c) in value.char_indices() {
        match c {
            '\0' => text.push_str("\\00"),
            '"' | '#' | '+' | ',' | ';' | '<' | '=' | '>' | '\\' => text.extend(['\\', c]),
            ' ' if at == 0 || at == last => text.extend(['\\', c]),
            _ => text.push(c),
        }
    }
    text
}

/// Null where the name has no such component. Of a component of several values the first counts.
pub(super) fn dn_component<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
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
pub(super) fn separated<'t>(text: &'t str, separators: &'static [char]) -> impl Iterator<Item = &'t str> {
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
pub(super) fn unescaped(text: &str) -> String {
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
    use super::{escaped, separated, unescaped};

    #[test]
    fn an_escaped_value_reads_back() {
        for value in ["Doe, John", " a ", " ", "#1", "a=b", "a\\b", "\"q\"", "x\0y", "<+;>", "é", ""] {
            assert_eq!(unescaped(&escaped(value)), value);
            assert_eq!(separated(&escaped(value), &[',', ';', '+']).count(), 1, "{value}");
        }
        assert_eq!(escaped(" Doe, John "), r"\ Doe\, John\ ");
    }

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
