//! What all kinds of records share: single values of known form.

use provost_text::Span;

use super::ast::TargetId;
use super::error::{ReadChangeError, ReadChangeErrorKind as Kind};
use crate::ldif::{Modification, ModifyOperation};
use crate::{Attribute, AttributeDescription, Dn, Entry, GeneralizedTime, Rdn};

/// Returns the first value of an attribute that is not empty.
pub(super) fn octets<'a>(record: &'a Entry, attribute: &str) -> Option<&'a [u8]> {
    record.values(attribute).iter().map(Vec::as_slice).find(|value| !value.is_empty())
}

pub(super) fn text<'a>(record: &'a Entry, attribute: &'static str) -> Result<Option<&'a str>, ReadChangeError> {
    let text = octets(record, attribute).map(str::from_utf8).transpose();
    text.map_err(|_| ReadChangeError::new(attribute, Kind::NotText))
}

pub(super) fn required<T>(attribute: &'static str, value: Option<T>) -> Result<T, ReadChangeError> {
    value.ok_or_else(|| ReadChangeError::new(attribute, Kind::Missing))
}

pub(super) fn dn(record: &Entry, attribute: &'static str) -> Result<Option<Dn>, ReadChangeError> {
    let parsed = text(record, attribute)?.map(str::parse).transpose();
    parsed.map_err(|error| ReadChangeError::new(attribute, Kind::BadDn(error)))
}

pub(super) fn rdn(record: &Entry, attribute: &'static str) -> Result<Rdn, ReadChangeError> {
    let parsed = required(attribute, text(record, attribute)?)?.parse();
    parsed.map_err(|error| ReadChangeError::new(attribute, Kind::BadDn(error)))
}

/// Reads `TRUE` and `FALSE` as LDAP writes them, and `1` and `0` as LDIF does.
pub(super) fn flag(record: &Entry, attribute: &'static str) -> Result<bool, ReadChangeError> {
    let text = required(attribute, text(record, attribute)?)?;
    match text.trim() {
        word if word.eq_ignore_ascii_case("true") || word == "1" => Ok(true),
        word if word.eq_ignore_ascii_case("false") || word == "0" => Ok(false),
        _ => Err(ReadChangeError::expected(attribute, "`TRUE` or `FALSE`", whole(text))),
    }
}

pub(super) fn number(record: &Entry, attribute: &'static str) -> Result<Option<u64>, ReadChangeError> {
    let Some(text) = text(record, attribute)? else { return Ok(None) };
    let number = text.trim().parse();
    number.map(Some).map_err(|_| ReadChangeError::expected(attribute, "a number of 64 bits", whole(text)))
}

pub(super) fn whole(text: &str) -> Span {
    Span::new(0, text.len())
}

/// Returns the first of these attributes that holds a time; a time in another form tells nothing.
pub(super) fn time(record: &Entry, attributes: &[&str]) -> Option<GeneralizedTime> {
    attributes.iter().find_map(|attribute| record.first_text(attribute)?.parse().ok())
}

/// Returns the identifiers that a record holds; each pair names its attribute and that of the entry.
pub(super) fn ids(record: &Entry, pairs: &[(&str, &'static str)]) -> Vec<TargetId> {
    let found = pairs.iter().filter_map(|(held, attribute)| Some((attribute, octets(record, held)?)));
    found.map(|(attribute, value)| TargetId { attribute, value: value.to_vec() }).collect()
}

pub(super) fn modification(
    operation: ModifyOperation,
    description: AttributeDescription,
    values: Vec<Vec<u8>>,
) -> Modification {
    Modification { operation, attribute: Attribute::new(description, values) }
}
