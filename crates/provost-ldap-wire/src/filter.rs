//! Filters in BER, RFC 4511 section 4.5.1.

use provost_ldap_types::{AttributeDescription, Filter, OctetString};

use crate::ber::{Element, Reader, Writer};
use crate::{DecodeError, DecodeErrorKind};

const AND: u8 = 0xa0;
const OR: u8 = 0xa1;
const NOT: u8 = 0xa2;
const EQUALITY: u8 = 0xa3;
const SUBSTRINGS: u8 = 0xa4;
const GREATER_OR_EQUAL: u8 = 0xa5;
const LESS_OR_EQUAL: u8 = 0xa6;
const PRESENT: u8 = 0x87;
const APPROX: u8 = 0xa8;
const EXTENSIBLE: u8 = 0xa9;

const INITIAL: u8 = 0x80;
const ANY: u8 = 0x81;
const FINAL: u8 = 0x82;

const RULE: u8 = 0x81;
const TYPE: u8 = 0x82;
const MATCH_VALUE: u8 = 0x83;
const DN_ATTRIBUTES: u8 = 0x84;

/// Levels of `and`, `or` and `not` that are accepted, whatever the limits of the frame are.
const MAX_DEPTH: usize = 64;

/// Returns a filter in BER, as it is the value of the assertion control (RFC 4528).
#[must_use]
pub fn encode_filter(filter: &Filter) -> Vec<u8> {
    let mut writer = Writer::new();
    write_filter(&mut writer, filter);
    writer.into_octets()
}

/// Reads a filter in BER. At most 64 levels are accepted.
///
/// # Errors
///
/// [`DecodeError`] for octets that are not one filter.
pub fn decode_filter(octets: &[u8]) -> Result<Filter, DecodeError> {
    read_filter(Reader::new(octets).element("a filter")?)
}

pub(crate) fn write_filter(writer: &mut Writer, filter: &Filter) {
    match filter {
        Filter::And(terms) => {
            writer.constructed(AND, |writer| terms.iter().for_each(|term| write_filter(writer, term)))
        }
        Filter::Or(terms) => writer.constructed(OR, |writer| terms.iter().for_each(|term| write_filter(writer, term))),
        Filter::Not(term) => writer.constructed(NOT, |writer| write_filter(writer, term)),
        Filter::Equality { attribute, value } => write_assertion(writer, EQUALITY, attribute, value),
        Filter::GreaterOrEqual { attribute, value } => write_assertion(writer, GREATER_OR_EQUAL, attribute, value),
        Filter::LessOrEqual { attribute, value } => write_assertion(writer, LESS_OR_EQUAL, attribute, value),
        Filter::Approx { attribute, value } => write_assertion(writer, APPROX, attribute, value),
        Filter::Present(attribute) => writer.element(PRESENT, attribute.to_string().as_bytes()),
        Filter::Substrings { attribute, initial, any, last } => writer.constructed(SUBSTRINGS, |writer| {
            writer.octet_string(attribute.to_string().as_bytes());
            writer.constructed(crate::ber::SEQUENCE, |writer| {
                initial.iter().for_each(|part| writer.element(INITIAL, part));
                any.iter().for_each(|part| writer.element(ANY, part));
                last.iter().for_each(|part| writer.element(FINAL, part));
            });
        }),
        Filter::Extensible { rule, attribute, value, dn_attributes } => writer.constructed(EXTENSIBLE, |writer| {
            rule.iter().for_each(|rule| writer.element(RULE, rule.as_bytes()));
            attribute.iter().for_each(|attribute| writer.element(TYPE, attribute.to_string().as_bytes()));
            writer.element(MATCH_VALUE, value);
            if *dn_attributes {
                writer.element(DN_ATTRIBUTES, &[0xff]);
            }
        }),
    }
}

fn write_assertion(writer: &mut Writer, tag: u8, attribute: &AttributeDescription, value: &[u8]) {
    writer.constructed(tag, |writer| {
        writer.octet_string(attribute.to_string().as_bytes());
        writer.octet_string(value);
    });
}

pub(crate) fn read_filter(element: Element<'_>) -> Result<Filter, DecodeError> {
    read_level(element, MAX_DEPTH)
}

fn read_level(element: Element<'_>, levels: usize) -> Result<Filter, DecodeError> {
    let levels = levels.checked_sub(1).ok_or(DecodeError::new(DecodeErrorKind::FilterDepth, element.offset))?;
    let mut reader = element.reader();
    Ok(match element.tag {
        AND => Filter::And(read_terms(reader, levels)?),
        OR => Filter::Or(read_terms(reader, levels)?),
        NOT => Filter::Not(Box::new(read_level(reader.element("a filter")?, levels)?)),
        EQUALITY => {
            let (attribute, value) = read_assertion(reader)?;
            Filter::Equality { attribute, value }
        }
        GREATER_OR_EQUAL => {
            let (attribute, value) = read_assertion(reader)?;
            Filter::GreaterOrEqual { attribute, value }
        }
        LESS_OR_EQUAL => {
            let (attribute, value) = read_assertion(reader)?;
            Filter::LessOrEqual { attribute, value }
        }
        APPROX => {
            let (attribute, value) = read_assertion(reader)?;
            Filter::Approx { attribute, value }
        }
        PRESENT => Filter::Present(description(element.content, element.offset)?),
        SUBSTRINGS => read_substrings(reader)?,
        EXTENSIBLE => read_extensible(reader)?,
        _ => return Err(DecodeError::new(DecodeErrorKind::Expected("a filter"), element.offset)),
    })
}

fn read_terms(mut reader: Reader<'_>, levels: usize) -> Result<Vec<Filter>, DecodeError> {
    let mut terms = Vec::new();
    while !reader.is_empty() {
        terms.push(read_level(reader.element("a filter")?, levels)?);
    }
    Ok(terms)
}

fn read_assertion(mut reader: Reader<'_>) -> Result<(AttributeDescription, OctetString), DecodeError> {
    let offset = reader.offset();
    let attribute = description(reader.octets("an attribute description")?, offset)?;
    Ok((attribute, reader.octets("a value")?.into()))
}

fn read_substrings(mut reader: Reader<'_>) -> Result<Filter, DecodeError> {
    let offset = reader.offset();
    let attribute = description(reader.octets("an attribute description")?, offset)?;
    let offset = reader.offset();
    let mut parts = reader.expect(crate::ber::SEQUENCE, "the parts of a value")?.reader();
    if parts.is_empty() {
        return Err(DecodeError::new(DecodeErrorKind::Missing("a part of a value"), offset));
    }
    let (mut initial, mut any, mut last) = (None, Vec::new(), None);
    let mut order = INITIAL;
    while !parts.is_empty() {
        let part = parts.element("a part of a value")?;
        // RFC 4511 section 4.5.1.7.2: initial comes first and once, final last and once.
        let follows = match part.tag {
            INITIAL | FINAL => part.tag > order || (part.tag, order) == (INITIAL, INITIAL) && initial.is_none(),
            ANY => order <= ANY,
            _ => false,
        };
        if !follows {
            return Err(DecodeError::new(DecodeErrorKind::Expected("a part of a value"), part.offset));
        }
        order = part.tag;
        match part.tag {
            INITIAL => initial = Some(OctetString::from(part.content)),
            ANY => any.push(OctetString::from(part.content)),
            _ => last = Some(OctetString::from(part.content)),
        }
    }
    // An empty part matches everywhere; a filter of the vocabulary has none.
    any.retain(|part| !part.is_empty());
    let initial = initial.filter(|part| !part.is_empty());
    let last = last.filter(|part| !part.is_empty());
    if initial.is_none() && any.is_empty() && last.is_none() {
        return Ok(Filter::Present(attribute));
    }
    Ok(Filter::Substrings { attribute, initial, any, last })
}

fn read_extensible(mut reader: Reader<'_>) -> Result<Filter, DecodeError> {
    let offset = reader.offset();
    let rule = match reader.optional(RULE, "a matching rule")? {
        Some(rule) => Some(
            std::str::from_utf8(rule.content)
                .map_err(|_| DecodeError::new(DecodeErrorKind::Description, rule.offset))?
                .to_owned(),
        ),
        None => None,
    };
    let attribute = match reader.optional(TYPE, "an attribute description")? {
        Some(attribute) => Some(description(attribute.content, attribute.offset)?),
        None => None,
    };
    if rule.is_none() && attribute.is_none() {
        return Err(DecodeError::new(DecodeErrorKind::Missing("a matching rule or an attribute"), offset));
    }
    let value = reader.expect(MATCH_VALUE, "a value")?.content.into();
    let dn_attributes = match reader.optional(DN_ATTRIBUTES, "whether the name counts too")? {
        Some(flag) => flag.boolean()?,
        None => false,
    };
    Ok(Filter::Extensible { rule, attribute, value, dn_attributes })
}

fn description(octets: &[u8], offset: usize) -> Result<AttributeDescription, DecodeError> {
    std::str::from_utf8(octets)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or(DecodeError::new(DecodeErrorKind::Description, offset))
}
