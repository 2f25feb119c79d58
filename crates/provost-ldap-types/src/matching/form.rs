//! The forms of values that rules share, and how each is read.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::str;

use super::prepare::{Position, drop_blanks, drop_blanks_and_hyphens, folded, mapped, spread_substring, spread_value};
use crate::prepare::Case;
use crate::{Dn, GeneralizedTime};

/// How a rule reads the octets of a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    Bits(Bits),
    BitString,
    Boolean,
    Digits,
    Integer,
    IntegerFirstComponent,
    List,
    Name,
    NameAndUid,
    Octets,
    Oid,
    OidFirstComponent,
    Telephone,
    Text(Case),
    TextFirstComponent,
    Time,
    Uuid,
    Word,
}

/// How many bits of an assertion a value must hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Bits {
    All,
    Some,
}

impl Form {
    /// Returns the canonical octets, or `None` for what is no value of this form.
    pub(super) fn canonical(self, value: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Octets => Some(value.to_vec()),
            Self::Name => Some(text(value)?.parse::<Dn>().ok()?.normalized().into_bytes()),
            Self::NameAndUid => name_and_uid(text(value)?),
            Self::Time => Some(text(value)?.parse::<GeneralizedTime>().ok()?.to_string().into_bytes()),
            Self::Text(case) => Some(folded(text(value)?, case)?.into_bytes()),
            Self::Word => Some(folded(text(value)?, Case::Ignore)?.into_bytes()),
            Self::TextFirstComponent => Some(folded(&first_component(text(value)?), Case::Ignore)?.into_bytes()),
            Self::Digits => digits(text(value)?),
            Self::Telephone => Some(drop_blanks_and_hyphens(&mapped(text(value)?, Case::Ignore)?).into_bytes()),
            Self::List => Some(lines(text(value)?, |line| folded(line, Case::Ignore))?.into_bytes()),
            Self::Integer | Self::Bits(_) => Some(Integer::parse(text(value)?)?.print().into_bytes()),
            Self::IntegerFirstComponent => Some(Integer::parse(&first_component(text(value)?))?.print().into_bytes()),
            Self::Boolean => boolean(text(value)?),
            Self::Oid => oid(text(value)?),
            Self::OidFirstComponent => oid(&first_component(text(value)?)),
            Self::BitString => bit_string(text(value)?),
            Self::Uuid => uuid(value),
        }
    }

    /// Compares a value with an assertion; `None` when one of them cannot be read.
    pub(super) fn equality(self, value: &[u8], assertion: &[u8]) -> Option<bool> {
        match self {
            Self::Bits(bits) => {
                let (value, mask) = (small_integer(value)?, small_integer(assertion)?);
                Some(match bits {
                    Bits::All => value & mask == mask,
                    Bits::Some => value & mask != 0,
                })
            }
            Self::Word => {
                let value = mapped(text(value)?, Case::Ignore)?;
                let wanted = folded(text(assertion)?, Case::Ignore)?;
                let separator = |c: char| c.is_whitespace() || (c.is_ascii_punctuation() && c != '-' && c != '_');
                Some(value.split(separator).any(|word| word == wanted))
            }
            _ if value == assertion => Some(true),
            _ => Some(self.canonical(value)? == self.canonical(assertion)?),
        }
    }

    /// Orders a value against an assertion; `None` when one of them cannot be read.
    pub(super) fn ordering(self, value: &[u8], assertion: &[u8]) -> Option<Ordering> {
        match self {
            Self::Integer | Self::Bits(_) => {
                Some(Integer::parse(text(value)?)?.compare(&Integer::parse(text(assertion)?)?))
            }
            Self::Time => {
                let time = |octets| text(octets)?.parse::<GeneralizedTime>().ok();
                Some(time(value)?.cmp(&time(assertion)?))
            }
            _ => Some(self.canonical(value)?.cmp(&self.canonical(assertion)?)),
        }
    }

    /// Brings a value into the form in which substrings are sought.
    pub(super) fn spread_value(self, value: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Text(case) => Some(spread_value(&mapped(text(value)?, case)?).into_bytes()),
            Self::Word => Some(spread_value(&mapped(text(value)?, Case::Ignore)?).into_bytes()),
            Self::List => {
                Some(lines(text(value)?, |line| Some(spread_value(&mapped(line, Case::Ignore)?)))?.into_bytes())
            }
            Self::Digits => Some(drop_blanks(text(value)?).into_bytes()),
            Self::Telephone => self.canonical(value),
            _ => Some(value.to_vec()),
        }
    }

    /// Brings a piece into the form in which it is sought.
    pub(super) fn spread_substring(self, piece: &[u8], position: Position) -> Option<Vec<u8>> {
        let spread = |case| Some(spread_substring(&mapped(text(piece)?, case)?, position).into_bytes());
        match self {
            Self::Text(case) => spread(case),
            Self::Word | Self::List => spread(Case::Ignore),
            Self::Digits => Some(drop_blanks(text(piece)?).into_bytes()),
            Self::Telephone => self.canonical(piece),
            _ => Some(piece.to_vec()),
        }
    }
}

fn text(value: &[u8]) -> Option<&str> {
    str::from_utf8(value).ok()
}

/// An integer of any size: sign and digits without leading zeros.
#[derive(Debug, Eq, PartialEq)]
struct Integer<'a> {
    negative: bool,
    digits: &'a str,
}

impl<'a> Integer<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_matches(' ');
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let digits = digits.trim_start_matches('0');
        Some(Self { negative: negative && !digits.is_empty(), digits })
    }

    fn print(&self) -> String {
        match (self.negative, self.digits) {
            (_, "") => "0".to_owned(),
            (true, digits) => format!("-{digits}"),
            (false, digits) => digits.to_owned(),
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        let magnitude = |left: &Self, right: &Self| {
            left.digits.len().cmp(&right.digits.len()).then_with(|| left.digits.cmp(right.digits))
        };
        match (self.negative, other.negative) {
            (false, false) => magnitude(self, other),
            (true, true) => magnitude(other, self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

fn small_integer(value: &[u8]) -> Option<i128> {
    text(value)?.trim_matches(' ').parse().ok()
}

fn digits(text: &str) -> Option<Vec<u8>> {
    let digits = drop_blanks(text);
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.into_bytes())
}

fn boolean(text: &str) -> Option<Vec<u8>> {
    let upper = text.trim_matches(' ').to_ascii_uppercase();
    matches!(upper.as_str(), "TRUE" | "FALSE").then(|| upper.into_bytes())
}

fn oid(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_matches(' ');
    (!text.is_empty() && text.is_ascii()).then(|| text.to_ascii_lowercase().into_bytes())
}

fn bit_string(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_matches(' ');
    let bits = text.strip_prefix('\'')?.strip_suffix("'B").or_else(|| text.strip_prefix('\'')?.strip_suffix("'b"))?;
    bits.bytes().all(|b| matches!(b, b'0' | b'1')).then(|| bits.as_bytes().to_vec())
}

/// A UUID in its text form, RFC 4530 section 2.1.
fn uuid(value: &[u8]) -> Option<Vec<u8>> {
    let text = text(value)?.trim_matches(' ');
    let shape = text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        });
    shape.then(|| text.to_ascii_lowercase().into_bytes())
}

/// Reads `DN` or `DN#'0101'B`, RFC 4517 section 3.3.21.
fn name_and_uid(text: &str) -> Option<Vec<u8>> {
    let tail = text.rsplit_once('#').and_then(|(name, uid)| Some((name, bit_string(uid)?)));
    let (name, uid) = tail.map_or((text, None), |(name, uid)| (name, Some(uid)));
    let mut canonical = name.parse::<Dn>().ok()?.normalized().into_bytes();
    if let Some(uid) = uid {
        canonical.push(b'#');
        canonical.extend(uid);
    }
    Some(canonical)
}

/// Returns the first component of a value in parentheses, else the value itself.
fn first_component(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let Some(inner) = text.strip_prefix('(') else { return Cow::Borrowed(text) };
    let inner = inner.trim_start();
    match inner.strip_prefix('\'').and_then(|quoted| quoted.split_once('\'')) {
        Some((quoted, _)) => Cow::Owned(quoted.replace("\\27", "'").replace("\\5C", "\\").replace("\\5c", "\\")),
        None => Cow::Borrowed(inner.split([' ', '\t', ')', '$']).next().unwrap_or(inner)),
    }
}

/// Prepares the lines of a `$`-separated list and joins them by a character that preparation removes from lines.
fn lines(text: &str, prepare: impl Fn(&str) -> Option<String>) -> Option<String> {
    let prepared: Option<Vec<String>> = text
        .split('$')
        .map(|line| prepare(&line.replace("\\24", "$").replace("\\5C", "\\").replace("\\5c", "\\")))
        .collect();
    Some(prepared?.join("\u{1}"))
}
