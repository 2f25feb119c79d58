//! The grammar of RFC 4514 section 3, with blanks around separators.

use nom::Parser;
use nom::bytes::complete::take_while;
use nom::combinator::all_consuming;
use provost_text::{Limits, Span};

use super::ast::{Form, Rdn, RdnAttribute};
use super::error::{ParseDnError, ParseDnErrorKind as Kind};
use crate::grammar::{self, Fault, OctetSet, blanks, hex_pair};
use crate::octets::{Octets, OctetsBuilder};

type Parsed<'a, T> = grammar::Parsed<'a, T, Kind>;

/// Most components that room is made for before they have been read.
const EXPECTED_RDNS: usize = 16;

/// Most parts of one component: each is compared with those before it.
const MAX_PARTS: usize = 32;

pub(super) fn parse_dn(text: &str, limits: &Limits) -> Result<Vec<Rdn>, ParseDnError> {
    parse(text, limits, |text| dn(text, limits))
}

pub(super) fn parse_rdn(text: &str, limits: &Limits) -> Result<Rdn, ParseDnError> {
    parse(text, limits, |text| match rdn(blanks(text))? {
        ("", rdn) => Ok(("", rdn)),
        (rest, _) => Err(Fault::fail(rest, 1, Kind::Unescaped(','))),
    })
}

/// Checks that a text is an attribute type and nothing else.
pub(super) fn check_type(attribute: &str) -> Result<(), ParseDnError> {
    parse(attribute, &Limits::default(), |text| all_consuming(grammar::oid).parse(text)).map(drop)
}

fn parse<'a, T>(
    text: &'a str,
    limits: &Limits,
    parser: impl FnOnce(&'a str) -> Parsed<'a, T>,
) -> Result<T, ParseDnError> {
    if text.len() > limits.length {
        return Err(ParseDnError::new(Kind::TooLong { limit: limits.length }, Span::point(0)));
    }
    match parser(text) {
        Ok((_, value)) => Ok(value),
        Err(error) => {
            let (kind, span) = Fault::locate(error, text);
            Err(ParseDnError::new(kind, span))
        }
    }
}

fn dn<'a>(text: &'a str, limits: &Limits) -> Parsed<'a, Vec<Rdn>> {
    let mut rest = blanks(text);
    if rest.is_empty() {
        return Ok((rest, Vec::new()));
    }
    let commas = memchr::memchr_iter(b',', rest.as_bytes()).count();
    let mut rdns = Vec::with_capacity((commas + 1).min(EXPECTED_RDNS));
    loop {
        if rdns.len() == limits.items {
            return Err(Fault::fail_char(rest, Kind::TooManyParts { limit: limits.items }));
        }
        let (after, rdn) = rdn(rest)?;
        rdns.push(rdn);
        match after.strip_prefix(',') {
            Some(next) => rest = blanks(next),
            None => return Ok((after, rdns)),
        }
    }
}

/// Parses one component; what is left is empty or begins with `,`.
fn rdn(input: &str) -> Parsed<'_, Rdn> {
    let (mut rest, first) = part(input)?;
    let Some(_) = rest.strip_prefix('+') else { return Ok((rest, Rdn::from_part(first))) };
    let mut parts = Vec::with_capacity(2);
    parts.push(first);
    while let Some(next) = rest.strip_prefix('+') {
        let next = blanks(next);
        if parts.len() == MAX_PARTS {
            return Err(Fault::fail_char(next, Kind::TooManyParts { limit: MAX_PARTS }));
        }
        let (after, another) = part(next)?;
        if parts.iter().any(|held| held.same_type(&another)) {
            return Err(Fault::fail(next, another.attribute().len(), Kind::RepeatedType));
        }
        parts.push(another);
        rest = after;
    }
    Ok((rest, Rdn::from_parts(parts)))
}

/// Parses `attributeTypeAndValue`; what is left is empty or begins with `,` or `+`.
fn part(input: &str) -> Parsed<'_, RdnAttribute> {
    let (rest, attribute) = grammar::oid(input)?;
    let rest = blanks(rest);
    let Some(rest) = rest.strip_prefix('=') else {
        return Err(Fault::fail_char(rest, Kind::ExpectedEquals));
    };
    let rest = blanks(rest);
    let (rest, (octets, form)) = match rest.strip_prefix('#') {
        Some(digits) => hex_value(digits)?,
        None => string_value(rest)?,
    };
    Ok((rest, RdnAttribute::from_octets(attribute, octets, form)))
}

fn hex_value(input: &str) -> Parsed<'_, (Octets, Form)> {
    let (rest, digits) = take_while(|c: char| c.is_ascii_hexdigit())(input)?;
    if digits.is_empty() || digits.len() % 2 != 0 {
        return Err(Fault::fail_char(rest, Kind::BadHexValue));
    }
    let mut octets = Vec::with_capacity(digits.len() / 2);
    let mut left = digits;
    while let Some(octet) = hex_pair(left) {
        octets.push(octet);
        left = left.get(2..).unwrap_or_default();
    }
    let rest = blanks(rest);
    match rest.chars().next() {
        None | Some(',' | '+') => Ok((rest, (Octets::new(&octets), Form::Ber))),
        Some(_) => Err(Fault::fail_char(rest, Kind::BadHexValue)),
    }
}

fn string_value(input: &str) -> Parsed<'_, (Octets, Form)> {
    let (mut rest, run) = plain(input)?;
    if !rest.starts_with('\\') {
        let value = Octets::new(run.trim_end_matches(' ').as_bytes());
        return end_of_value(rest).map(|rest| (rest, (value, Form::Plain)));
    }
    let mut octets = OctetsBuilder::new();
    octets.push(run.as_bytes());
    let mut escaped = 0;
    while let Some(escape) = rest.strip_prefix('\\') {
        let (after, octet) = escaped_octet(rest, escape)?;
        octets.push(&[octet]);
        escaped = octets.len();
        let (after, run) = plain(after)?;
        octets.push(run.as_bytes());
        rest = after;
    }
    // Blanks behind the last escape are not part of the value, an escaped one is.
    let value = octets.as_slice();
    let blanks = value.iter().skip(escaped).rev().take_while(|octet| **octet == b' ').count();
    let value = Octets::new(value.get(..value.len() - blanks).unwrap_or_default());
    end_of_value(rest).map(|rest| (rest, (value, Form::Plain)))
}

fn plain(input: &str) -> Parsed<'_, &str> {
    static SPECIAL: OctetSet = OctetSet::new(b"\0\"+,;<>\\");
    grammar::run(input, &SPECIAL)
}

/// Reads what follows a `\`: a special character or two hexadecimal digits.
fn escaped_octet<'a>(whole: &'a str, input: &'a str) -> Parsed<'a, u8> {
    if let Some(octet) = hex_pair(input) {
        return Ok((input.get(2..).unwrap_or_default(), octet));
    }
    match input.as_bytes().first() {
        Some(special @ (b' ' | b'"' | b'#' | b'+' | b',' | b';' | b'<' | b'=' | b'>' | b'\\')) => {
            Ok((input.get(1..).unwrap_or_default(), *special))
        }
        _ => Err(Fault::fail(whole, 1 + input.chars().next().map_or(0, char::len_utf8), Kind::BadEscape)),
    }
}

fn end_of_value(rest: &str) -> Result<&str, nom::Err<Fault<'_, Kind>>> {
    match rest.chars().next() {
        None | Some(',' | '+') => Ok(rest),
        Some(c) => Err(Fault::fail(rest, c.len_utf8(), Kind::Unescaped(c))),
    }
}
