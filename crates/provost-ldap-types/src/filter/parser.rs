//! The grammar of RFC 4515 section 3, with blanks between filters.

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::char;
use nom::combinator::{opt, value};
use provost_text::{Limits, Span};

use super::ast::Filter;
use super::error::{ParseFilterError, ParseFilterErrorKind as Kind};
use crate::attribute::leading_description;
use crate::grammar::{self, Fault, OctetSet, hex_pair};
use crate::{AttributeDescription, ParseAttributeErrorKind};

type Parsed<'a, T> = grammar::Parsed<'a, T, Kind>;

/// Deepest nesting whatever the limits say: printing, evaluating and dropping a filter recurse.
const MAX_DEPTH: usize = 256;

/// Filters of a list, and levels, that room is made for before they have been read.
const EXPECTED_ITEMS: usize = 3;
const EXPECTED_DEPTH: usize = 4;

/// A list that has been opened and not yet closed.
enum Open {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not,
}

/// What stands behind a `(`.
enum Start {
    Item(Filter),
    List(Open),
}

/// How an attribute and a value are compared.
#[derive(Clone, Copy)]
enum Operator {
    Approx,
    Equality,
    GreaterOrEqual,
    LessOrEqual,
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
    let mut open: Vec<Open> = Vec::with_capacity(EXPECTED_DEPTH);
    loop {
        let mut complete = None;
        match (rest.strip_prefix(')'), open.last()) {
            (Some(after), Some(Open::And(_) | Open::Or(_))) => {
                rest = after;
                complete = open.pop().and_then(Open::close);
            }
            _ if open.len() == depth => return Err(Fault::fail_char(rest, Kind::TooDeep { limit: depth })),
            _ => {
                let Some(inner) = rest.strip_prefix('(') else {
                    let kind = if open.is_empty() { Kind::ExpectedOpen } else { Kind::expected_in(open.last()) };
                    return Err(Fault::fail_char(rest, kind));
                };
                let (after, start) = start(space(inner), limits)?;
                rest = after;
                match start {
                    Start::Item(item) => complete = Some(item),
                    Start::List(list) => open.push(list),
                }
            }
        }
        rest = space(rest);
        // A filter that is complete may complete negations around it.
        while let Some(filter) = complete.take() {
            match open.last_mut() {
                None => return Ok((rest, filter)),
                Some(Open::And(filters) | Open::Or(filters)) => {
                    if filters.len() == limits.items {
                        return Err(Fault::fail_char(rest, Kind::TooManyItems { limit: limits.items }));
                    }
                    filters.push(filter);
                }
                Some(Open::Not) => {
                    let Some(after) = rest.strip_prefix(')') else {
                        return Err(Fault::fail_char(rest, Kind::ExpectedClose));
                    };
                    rest = space(after);
                    open.pop();
                    complete = Some(filter.negated());
                }
            }
        }
    }
}

impl Open {
    fn close(self) -> Option<Filter> {
        match self {
            Self::And(filters) => Some(Filter::And(filters)),
            Self::Or(filters) => Some(Filter::Or(filters)),
            Self::Not => None,
        }
    }
}

impl Kind {
    fn expected_in(list: Option<&Open>) -> Self {
        match list {
            Some(Open::And(_) | Open::Or(_)) => Self::ExpectedOpenOrClose,
            Some(Open::Not) | None => Self::ExpectedOpen,
        }
    }
}

fn start<'a>(input: &'a str, limits: &Limits) -> Parsed<'a, Start> {
    let list = match input.as_bytes().first() {
        Some(b'&') => Open::And(Vec::with_capacity(EXPECTED_ITEMS)),
        Some(b'|') => Open::Or(Vec::with_capacity(EXPECTED_ITEMS)),
        Some(b'!') => Open::Not,
        _ => {
            let (rest, item) = item(input, limits)?;
            let (rest, _) = char(')')(rest).map_err(|_: nom::Err<Fault<'a, Kind>>| match rest.chars().next() {
                Some(c @ ('(' | '*' | '\0')) => Fault::fail_char(rest, Kind::Unescaped(c)),
                _ => Fault::fail_char(rest, Kind::ExpectedClose),
            })?;
            return Ok((rest, Start::Item(item)));
        }
    };
    Ok((space(input.get(1..).unwrap_or_default()), Start::List(list)))
}

/// Parses what stands between the parentheses of a filter that holds no others.
fn item<'a>(input: &'a str, limits: &Limits) -> Parsed<'a, Filter> {
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
    if matches!(operator, Operator::Equality) {
        return equality(rest, attribute, limits);
    }
    let (rest, value) = assertion(rest)?;
    Ok((
        rest,
        match operator {
            Operator::Approx => Filter::Approx { attribute, value },
            Operator::Equality => Filter::Equality { attribute, value },
            Operator::GreaterOrEqual => Filter::GreaterOrEqual { attribute, value },
            Operator::LessOrEqual => Filter::LessOrEqual { attribute, value },
        },
    ))
}

fn operator(input: &str) -> Parsed<'_, Operator> {
    let parsed: Parsed<'_, Operator> = alt((
        value(Operator::Equality, char('=')),
        value(Operator::GreaterOrEqual, tag(">=")),
        value(Operator::LessOrEqual, tag("<=")),
        value(Operator::Approx, tag("~=")),
    ))
    .parse(input);
    parsed.map_err(|_| Fault::fail_char(input, Kind::ExpectedOperator))
}

/// Parses what stands behind `=`: a value, `*`, or a substring.
fn equality<'a>(input: &'a str, attribute: AttributeDescription, limits: &Limits) -> Parsed<'a, Filter> {
    let (mut rest, first) = assertion(input)?;
    if !rest.starts_with('*') {
        return Ok((rest, Filter::Equality { attribute, value: first }));
    }
    let mut any = Vec::new();
    let mut last = Vec::new();
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
        return Ok((rest, Filter::Present(attribute)));
    }
    let part = |part: Vec<u8>| (!part.is_empty()).then_some(part);
    Ok((rest, Filter::Substrings { attribute, initial: part(first), any, last: part(last) }))
}

/// Parses `[":dn"] [":" rule] ":=" value`; rule or attribute must be there.
fn extensible(input: &str, attribute: Option<AttributeDescription>) -> Parsed<'_, Filter> {
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
    Ok((rest, Filter::Extensible { rule, attribute, value, dn_attributes }))
}

/// Parses a value up to a character that cannot stand in one.
fn assertion(input: &str) -> Parsed<'_, Vec<u8>> {
    let (mut rest, run) = plain(input)?;
    let mut octets = run.as_bytes().to_vec();
    while let Some(escape) = rest.strip_prefix('\\') {
        let Some(octet) = hex_pair(escape) else {
            return Err(Fault::fail(rest, 1 + escape.chars().next().map_or(0, char::len_utf8), Kind::BadEscape));
        };
        octets.push(octet);
        let (after, run) = plain(escape.get(2..).unwrap_or_default())?;
        octets.extend_from_slice(run.as_bytes());
        rest = after;
    }
    Ok((rest, octets))
}

fn plain(input: &str) -> Parsed<'_, &str> {
    static SPECIAL: OctetSet = OctetSet::new(b"\0()*\\");
    grammar::run(input, &SPECIAL)
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
