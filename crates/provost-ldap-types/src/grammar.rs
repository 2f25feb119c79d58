//! What the grammars of this crate share: where a parser stopped and why, and the names of RFC 4512 section 1.4.

use std::fmt::{self, Write};

use nom::IResult;
use nom::error::{ErrorKind, ParseError};
use provost_text::Span;

/// A reason why a grammar refused its input.
pub(crate) trait Kind: Copy {
    /// The reason when a basic parser found nothing and no rule gave a better one.
    const SYNTAX: Self;

    /// The reason when what begins as a numeric object identifier does not go on as one.
    const OID: Self;
}

/// The place where a grammar stopped, as the rest of the source, and the reason.
#[derive(Debug)]
pub(crate) struct Fault<'a, K> {
    rest: &'a str,
    length: usize,
    kind: K,
}

/// What a parser of this crate returns: the rest of the input and the value.
pub(crate) type Parsed<'a, T, K> = IResult<&'a str, T, Fault<'a, K>>;

impl<'a, K: Kind> Fault<'a, K> {
    /// Refuses the input for good; `length` counts the wrong bytes at the start of `rest`.
    pub(crate) fn fail(rest: &'a str, length: usize, kind: K) -> nom::Err<Self> {
        nom::Err::Failure(Self { rest, length, kind })
    }

    /// Refuses the first character of `rest`, or the end of the text when nothing is left.
    pub(crate) fn fail_char(rest: &'a str, kind: K) -> nom::Err<Self> {
        Self::fail(rest, rest.chars().next().map_or(0, char::len_utf8), kind)
    }

    /// Gives another grammar's reason for the same place.
    pub(crate) fn map<L>(self, kind: impl FnOnce(K) -> L) -> Fault<'a, L> {
        Fault { rest: self.rest, length: self.length, kind: kind(self.kind) }
    }

    /// Returns reason and place, counted from the start of `source`.
    pub(crate) fn locate(error: nom::Err<Self>, source: &str) -> (K, Span) {
        match error {
            nom::Err::Error(fault) | nom::Err::Failure(fault) => {
                let start = offset(source, fault.rest);
                (fault.kind, Span::new(start, start + fault.length))
            }
            // Parsers of complete input never ask for more.
            nom::Err::Incomplete(_) => (K::SYNTAX, Span::point(source.len())),
        }
    }
}

impl<'a, K: Kind> ParseError<&'a str> for Fault<'a, K> {
    fn from_error_kind(rest: &'a str, _: ErrorKind) -> Self {
        Self { rest, length: rest.chars().next().map_or(0, char::len_utf8), kind: K::SYNTAX }
    }

    fn append(_: &'a str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// Returns where `rest`, a tail of `source`, begins.
pub(crate) fn offset(source: &str, rest: &str) -> usize {
    source.len().saturating_sub(rest.len())
}

/// Skips blanks.
pub(crate) fn blanks(input: &str) -> &str {
    // Hardly ever is there one, and this is asked around every separator.
    if input.as_bytes().first() == Some(&b' ') { input.trim_start_matches(' ') } else { input }
}

/// A set of octets. Most of every name and filter is passed octet by octet, and looking up is faster than comparing.
pub(crate) struct OctetSet([bool; 256]);

impl OctetSet {
    /// Makes a set of ASCII characters.
    pub(crate) const fn new(mut members: &[u8]) -> Self {
        let mut set = [false; 256];
        while let [member, rest @ ..] = members {
            assert!(member.is_ascii(), "a text may be cut before ASCII characters only");
            #[expect(clippy::indexing_slicing, reason = "an octet is below 256, and this runs at compile time")]
            {
                set[*member as usize] = true;
            }
            members = rest;
        }
        Self(set)
    }

    pub(crate) fn contains(&self, octet: u8) -> bool {
        self.0.get(usize::from(octet)) == Some(&true)
    }

    /// Splits a text before the first octet of the set.
    pub(crate) fn split<'a>(&self, input: &'a str) -> (&'a str, &'a str) {
        let end = input.bytes().position(|octet| self.contains(octet)).unwrap_or(input.len());
        input.split_at_checked(end).unwrap_or((input, ""))
    }
}

/// Takes what stands before the first octet of a set and gives the rest and that run.
///
/// Does what `take_till` does without decoding characters: values make up most of a name or a filter.
pub(crate) fn run<'a, K>(input: &'a str, stops: &OctetSet) -> Parsed<'a, &'a str, K> {
    let (run, rest) = stops.split(input);
    Ok((rest, run))
}

/// Writes octets as text with escapes.
///
/// `special` tells which ASCII characters need one and `escape` writes it; octets that are not UTF-8 always do.
pub(crate) fn write_escaped<W: Write>(
    out: &mut W,
    octets: &[u8],
    special: impl Fn(u8) -> bool,
    escape: impl Fn(&mut W, u8) -> fmt::Result,
) -> fmt::Result {
    for chunk in octets.utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(at) = rest.bytes().position(|octet| octet.is_ascii() && special(octet)) {
            let (run, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
            out.write_str(run)?;
            let mut tail = tail.bytes();
            tail.next().map_or(Ok(()), |octet| escape(out, octet))?;
            rest = rest.get(at + 1..).unwrap_or_default();
        }
        out.write_str(rest)?;
        chunk.invalid().iter().try_for_each(|octet| escape(out, *octet))?;
    }
    Ok(())
}

/// Parses `oid = descr / numericoid`.
///
/// `_` is accepted in a descr although RFC 4512 leaves it out: schemas in the field have such names.
pub(crate) fn oid<K: Kind>(input: &str) -> Parsed<'_, &str, K> {
    match input.as_bytes().first() {
        Some(first) if first.is_ascii_alphabetic() => {
            let end = input.bytes().position(|octet| !KEY_OCTETS.contains(octet)).unwrap_or(input.len());
            let (name, rest) = input.split_at_checked(end).unwrap_or((input, ""));
            Ok((rest, name))
        }
        Some(first) if first.is_ascii_digit() => numeric_oid(input),
        _ => Err(nom::Err::Error(Fault::from_error_kind(input, ErrorKind::Alpha))),
    }
}

fn numeric_oid<K: Kind>(input: &str) -> Parsed<'_, &str, K> {
    let mut rest = number(input)?;
    let mut is_alone = true;
    while let Some(after) = rest.strip_prefix('.') {
        rest = number(after)?;
        is_alone = false;
    }
    if is_alone {
        return Err(Fault::fail_char(rest, K::OID));
    }
    Ok((rest, input.get(..offset(input, rest)).unwrap_or_default()))
}

/// Skips a number without leading zeros.
fn number<'a, K: Kind>(input: &'a str) -> Result<&'a str, nom::Err<Fault<'a, K>>> {
    let length = input.bytes().take_while(u8::is_ascii_digit).count();
    match length {
        0 => Err(Fault::fail_char(input, K::OID)),
        2.. if input.starts_with('0') => Err(Fault::fail(input, length, K::OID)),
        _ => Ok(input.get(length..).unwrap_or_default()),
    }
}

static KEY_OCTETS: OctetSet = OctetSet::new(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

/// Tells whether a character may follow the first one of a descr.
pub(crate) fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// Returns the octet that two hexadecimal digits at the start of `input` stand for.
pub(crate) fn hex_pair(input: &str) -> Option<u8> {
    let [high, low, ..] = input.as_bytes() else { return None };
    let (high, low) = (char::from(*high).to_digit(16)?, char::from(*low).to_digit(16)?);
    u8::try_from(high * 16 + low).ok()
}
