//! The grammar of RFC 4515 section 3, with blanks between filters.

use nom::Parser;
use nom::bytes::complete::tag;
use nom::combinator::opt;
use provost_text::{Limits, Span};

use super::ast::Filter;
use super::error::{ParseFilterError, ParseFilterErrorKind as Kind};
use crate::attribute::{LeadingDescription, leading_description};
use crate::grammar::{self, Fault, OctetSet, hex_pair};
use crate::octets::OctetsBuilder;
use crate::{AttributeDescription, OctetString, ParseAttributeErrorKind};

type Parsed<'a, T> = grammar::Parsed<'a, T, Kind>;

/// Deepest nesting whatever the limits say: printing, evaluating and dropping a filter recurse.
const MAX_DEPTH: usize = 256;

/// Filters of a list that room is made for before they have been read.
const EXPECTED_ITEMS: usize = 3;

/// A list that has been opened and not yet closed.
enum Open {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not,
}

impl Open {
    /// Opens the list whose sign a text begins with.
    fn at(text: &str) -> Option<Self> {
        match text.as_bytes().first()? {
            b'&' => Some(Self::And(Vec::with_capacity(EXPECTED_ITEMS))),
            b'|' => Some(Self::Or(Vec::with_capacity(EXPECTED_ITEMS))),
            b'!' => Some(Self::Not),
            _ => None,
        }
    }
}

/// Open lists that need no allocation: deeper filters are rare.
const SHALLOW: usize = 4;

/// The lists that are open, the innermost last.
#[derive(Default)]
struct Levels {
    length: usize,
    shallow: [Option<Open>; SHALLOW],
    deep: Vec<Open>,
}

impl Levels {
    fn push(&mut self, open: Open) {
        match self.shallow.get_mut(self.length) {
            Some(level) => *level = Some(open),
            None => self.deep.push(open),
        }
        self.length += 1;
    }

    fn pop(&mut self) -> Option<Open> {
        self.length = self.length.checked_sub(1)?;
        match self.shallow.get_mut(self.length) {
            Some(level) => level.take(),
            None => self.deep.pop(),
        }
    }

    fn last_mut(&mut self) -> Option<&mut Open> {
        match self.shallow.get_mut(self.length.checked_sub(1)?) {
            Some(level) => level.as_mut(),
            None => self.deep.last_mut(),
        }
    }
}

/// A filter that is complete. Nearly every one that holds no others is plain, and it stays a view of the text until its place
/// is known: to move the filter about would cost more than to read it.
enum Item<'a> {
    Plain { attribute: LeadingDescription<'a>, operator: Operator, value: &'a str },
    Other(Filter),
}

impl Item<'_> {
    fn into_filter(self) -> Filter {
        match self {
            Self::Plain { attribute, operator, value } => operator.filter(attribute.into(), value.into()),
            Self::Other(filter) => filter,
        }
    }
}

/// How an attribute and a value are compared.
#[derive(Clone, Copy)]
enum Operator {
    Approx,
    Equality,
    GreaterOrEqual,
    LessOrEqual,
}

impl Operator {
    fn filter(self, attribute: AttributeDescription, value: OctetString) -> Filter {
        match self {
            Self::Approx => Filter::Approx { attribute, value },
            Self::Equality => Filter::Equality { attribute, value },
            Self::GreaterOrEqual => Filter::GreaterOrEqual { attribute, value },
            Self::LessOrEqual => Filter::LessOrEqual { attribute, value },
        }
    }
}

pub(super) fn parse(text: &str, limits: &Limits) -> Result<Filter, ParseFilterError> {
    if text.len() > limits.length {
        return Err(ParseFilterError::new(Kind::TooLong { limit: limits.length }, Span::point(0)));
    }
    match whole(text, limits) {
        Ok((_, filter)) => Ok(filter),
        Err(error) => {
            let (kind, span) = Fault::locate(error, text);
            Err(ParseFilterError::new(kind, span))
        }
    }
}

fn whole<'a>(text: &'a str, limits: &Limits) -> Parsed<'a, Filter> {
    let (rest, filter) = filter(space(text), limits)?;
    match space(rest) {
        "" => Ok(("", filter)),
        rest => Err(Fault::fail(rest, rest.len(), Kind::ExpectedEnd)),
    }
}

/// Parses one filter with a list of the open ones in place of recursion.
fn filter<'a>(text: &'a str, limits: &Limits) -> Parsed<'a, Filter> {
    let depth = limits.depth.min(MAX_DEPTH);
    let mut rest = text;
    let mut open = Levels::default();
    loop {
        let is_full = open.length == depth;
        let (after, mut item) = match (rest.as_bytes().first(), open.last_mut()) {
            (Some(b')'), Some(Open::And(filters))) => {
                let filter = Filter::And(std::mem::take(filters));
                open.pop();
                (behind(rest), Item::Other(filter))
            }
            (Some(b')'), Some(Open::Or(filters))) => {
                let filter = Filter::Or(std::mem::take(filters));
                open.pop();
                (behind(rest), Item::Other(filter))
            }
            _ if is_full => return Err(Fault::fail_char(rest, Kind::TooDeep { limit: depth })),
            (Some(b'('), _) => {
                let inner = space(behind(rest));
                if let Some(list) = Open::at(inner) {
                    open.push(list);
                    rest = space(behind(inner));
                    continue;
                }
                let (after, item) = item(inner, limits)?;
                (end_of_item(after)?, item)
            }
            (_, Some(Open::And(_) | Open::Or(_))) => return Err(Fault::fail_char(rest, Kind::ExpectedOpenOrClose)),
            (_, Some(Open::Not) | None) => return Err(Fault::fail_char(rest, Kind::ExpectedOpen)),
        };
        rest = space(after);
        // A filter that is complete may complete negations around it.
        loop {
            match open.last_mut() {
                None => return Ok((rest, item.into_filter())),
                Some(Open::And(filters) | Open::Or(filters)) => {
                    if filters.len() == limits.items {
                        return Err(Fault::fail_char(rest, Kind::TooManyItems { limit: limits.items }));
                    }
                    filters.push(item.into_filter());
                    break;
                }
                Some(Open::Not) => {
                    if !rest.starts_with(')') {
                        return Err(Fault::fail_char(rest, Kind::ExpectedClose));
                    }
                    rest = space(behind(rest));
                    open.pop();
                    item = Item::Other(item.into_filter().negated());
                }
            }
        }
    }
}

/// Returns what stands behind the first character, which is ASCII.
fn behind(text: &str) -> &str {
    text.get(1..).unwrap_or_default()
}

fn end_of_item(rest: &str) -> Result<&str, nom::Err<Fault<'_, Kind>>> {
    match rest.chars().next() {
        Some(')') => Ok(behind(rest)),
        Some(c @ ('(' | '*' | '\0')) => Err(Fault::fail_char(rest, Kind::Unescaped(c))),
        _ => Err(Fault::fail_char(rest, Kind::ExpectedClose)),
    }
}

/// Parses what stands between the parentheses of a filter that holds no others.
fn item<'a>(input: &'a str, limits: &Limits) -> Parsed<'a, Item<'a>> {
    if input.starts_with(':') {
        return extensible(input, None);
    }
    let (rest, attribute) = leading_description(input, limits).map_err(|error| {
        error.map(|fault| {
            fault.map(|kind| match kind {
                ParseAttributeErrorKind::BadOid => Kind::BadOid,
                ParseAttributeErrorKind::ExpectedType => Kind::ExpectedAttribute,
                _ => Kind::BadAttribute,
            })
        })
    })?;
    if rest.starts_with(':') {
        return extensible(rest, Some(attribute));
    }
    let (rest, operator) = operator(rest)?;
    let (after, value) = plain(rest);
    match (operator, after.as_bytes().first()) {
        (Operator::Equality, Some(b'*' | b'\\')) => equality(rest, attribute, limits),
        (_, Some(b'\\')) => {
            let (rest, value) = assertion(rest)?;
            Ok((rest, Item::Other(operator.filter(attribute.into(), value))))
        }
        _ => Ok((after, Item::Plain { attribute, operator, value })),
    }
}

fn operator(input: &str) -> Parsed<'_, Operator> {
    let (operator, length) = match input.as_bytes() {
        [b'=', ..] => (Operator::Equality, 1),
        [b'>', b'=', ..] => (Operator::GreaterOrEqual, 2),
        [b'<', b'=', ..] => (Operator::LessOrEqual, 2),
        [b'~', b'=', ..] => (Operator::Approx, 2),
        _ => return Err(Fault::fail_char(input, Kind::ExpectedOperator)),
    };
    Ok((input.get(length..).unwrap_or_default(), operator))
}

/// Parses what stands behind `=`: a value, `*`, or a substring.
fn equality<'a>(input: &'a str, attribute: LeadingDescription<'a>, limits: &Limits) -> Parsed<'a, Item<'a>> {
    let attribute = attribute.into();
    let (mut rest, first) = assertion(input)?;
    if !rest.starts_with('*') {
        return Ok((rest, Item::Other(Filter::Equality { attribute, value: first })));
    }
    let mut any = Vec::new();
    let mut last = OctetString::default();
    while let Some(after) = rest.strip_prefix('*') {
        let (after, part) = assertion(after)?;
        if !after.starts_with('*') {
            last = part;
        } else if part.is_empty() {
            return Err(Fault::fail(rest, 2, Kind::EmptySubstring));
        } else if any.len() == limits.items {
            return Err(Fault::fail_char(rest, Kind::TooManyItems { limit: limits.items }));
        } else {
            any.push(part);
        }
        rest = after;
    }
    if first.is_empty() && any.is_empty() && last.is_empty() {
        return Ok((rest, Item::Other(Filter::Present(attribute))));
    }
    let part = |part: OctetString| (!part.is_empty()).then_some(part);
    let (initial, last) = (part(first), part(last));
    Ok((rest, Item::Other(Filter::Substrings { attribute, initial, any, last })))
}

/// Parses `[":dn"] [":" rule] ":=" value`; rule or attribute must be there.
fn extensible<'a>(input: &'a str, attribute: Option<LeadingDescription<'a>>) -> Parsed<'a, Item<'a>> {
    let (rest, dn_attributes) = match input.get(..3) {
        Some(flag) if flag.eq_ignore_ascii_case(":dn") && input.as_bytes().get(3) == Some(&b':') => {
            (input.get(3..).unwrap_or_default(), true)
        }
        _ => (input, false),
    };
    let (rest, rule) = match rest.strip_prefix(':') {
        Some(after) if !after.starts_with('=') => {
            let parsed: Parsed<'_, &str> = grammar::oid(after);
            let (rest, rule) = parsed.map_err(|error| match error {
                nom::Err::Error(_) => Fault::fail_char(after, Kind::ExpectedRule),
                failure => failure,
            })?;
            (rest, Some(rule.to_owned()))
        }
        _ => (rest, None),
    };
    let (rest, assigned) = opt(tag(":=")).parse(rest)?;
    if assigned.is_none() {
        return Err(Fault::fail_char(rest, Kind::ExpectedAssignment));
    }
    if rule.is_none() && attribute.is_none() {
        return Err(Fault::fail(input, grammar::offset(input, rest), Kind::ExpectedRule));
    }
    let (rest, value) = assertion(rest)?;
    let attribute = attribute.map(AttributeDescription::from);
    Ok((rest, Item::Other(Filter::Extensible { rule, attribute, value, dn_attributes })))
}

/// Parses a value up to a character that cannot stand in one.
fn assertion(input: &str) -> Parsed<'_, OctetString> {
    let (mut rest, run) = plain(input);
    if !rest.starts_with('\\') {
        return Ok((rest, run.into()));
    }
    let mut octets = OctetsBuilder::new();
    octets.push(run.as_bytes());
    while let Some(escape) = rest.strip_prefix('\\') {
        let Some(octet) = hex_pair(escape) else {
            return Err(Fault::fail(rest, 1 + escape.chars().next().map_or(0, char::len_utf8), Kind::BadEscape));
        };
        octets.push(&[octet]);
        let (after, run) = plain(escape.get(2..).unwrap_or_default());
        octets.push(run.as_bytes());
        rest = after;
    }
    Ok((rest, octets.as_slice().into()))
}

/// Gives what stands behind the characters of a value that need no escape, and those.
fn plain(input: &str) -> (&str, &str) {
    static SPECIAL: OctetSet = OctetSet::new(b"\0()*\\");
    let (run, rest) = SPECIAL.split(input);
    (rest, run)
}

fn space(input: &str) -> &str {
    let space = |octet: u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n');
    // Hardly ever is there any, and this is asked around every filter.
    if !input.as_bytes().first().copied().is_some_and(space) {
        return input;
    }
    let end = input.bytes().position(|octet| !space(octet)).unwrap_or(input.len());
    input.get(end..).unwrap_or_default()
}
