//! Syntaxes of values.

use provost_ldap_types::schema::Syntax;

use super::{Description, Schema};

/// Syntaxes whose values are judged here and not by their general form.
mod oid {
    pub(super) const CERTIFICATE: &str = "1.3.6.1.4.1.1466.115.121.1.8";
    pub(super) const CERTIFICATE_LIST: &str = "1.3.6.1.4.1.1466.115.121.1.9";
    pub(super) const DELIVERY_METHOD: &str = "1.3.6.1.4.1.1466.115.121.1.14";
    pub(super) const INTEGER: &str = "1.3.6.1.4.1.1466.115.121.1.27";
    pub(super) const DN: &str = "1.3.6.1.4.1.1466.115.121.1.12";
    pub(super) const TELEPHONE_NUMBER: &str = "1.3.6.1.4.1.1466.115.121.1.50";
}

/// Syntaxes that no server of the OpenLDAP family can check and whose values it therefore refuses: data quality, DSA
/// quality, enhanced guide, fax, guide, protocol information, presentation address, subtree specification, teletex
/// terminal identifier, and those of schema definitions.
const UNCHECKED: [&str; 15] = [
    "1.3.6.1.4.1.1466.115.121.1.3",
    "1.3.6.1.4.1.1466.115.121.1.13",
    "1.3.6.1.4.1.1466.115.121.1.16",
    "1.3.6.1.4.1.1466.115.121.1.17",
    "1.3.6.1.4.1.1466.115.121.1.19",
    "1.3.6.1.4.1.1466.115.121.1.21",
    "1.3.6.1.4.1.1466.115.121.1.23",
    "1.3.6.1.4.1.1466.115.121.1.25",
    "1.3.6.1.4.1.1466.115.121.1.30",
    "1.3.6.1.4.1.1466.115.121.1.35",
    "1.3.6.1.4.1.1466.115.121.1.37",
    "1.3.6.1.4.1.1466.115.121.1.42",
    "1.3.6.1.4.1.1466.115.121.1.43",
    "1.3.6.1.4.1.1466.115.121.1.51",
    "1.3.6.1.4.1.1466.115.121.1.54",
];

/// Ways of delivery, RFC 4517 section 3.3.5.
const DELIVERY_METHODS: [&str; 10] =
    ["any", "mhs", "physical", "telex", "teletex", "g3fax", "g4fax", "ia5", "videotex", "telephone"];

impl Schema {
    /// Tells whether octets are a value of an attribute.
    pub(crate) fn is_valid(&self, description: &Description, value: &[u8]) -> bool {
        if description.type_id == self.well_known().object_class {
            return self.find_class_value(value).is_some();
        }
        let syntax = self.attribute_type(description.type_id).syntax.as_str();
        match syntax {
            oid::DN => self.resolve_name(value).is_ok(),
            oid::INTEGER => is_integer(value),
            oid::DELIVERY_METHOD => std::str::from_utf8(value).is_ok_and(is_delivery_method),
            oid::TELEPHONE_NUMBER => is_telephone_number(value),
            oid::CERTIFICATE | oid::CERTIFICATE_LIST => is_signed_structure(value),
            // A syntax of an additional schema that nobody here knows accepts what it is given.
            _ => Syntax::find(syntax).is_none_or(|syntax| syntax.accepts(value)),
        }
    }

    /// Returns the syntax of an attribute if its values cannot be checked.
    pub(crate) fn unchecked_syntax(&self, description: &Description) -> Option<&str> {
        let syntax = self.attribute_type(description.type_id).syntax.as_str();
        UNCHECKED.contains(&syntax).then_some(syntax)
    }
}

/// RFC 4517 section 3.3.16: no leading zeros, no minus zero.
fn is_integer(value: &[u8]) -> bool {
    match value.strip_prefix(b"-").unwrap_or(value) {
        [b'0'] => value.len() == 1,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn is_delivery_method(text: &str) -> bool {
    text.split('$')
        .all(|method| DELIVERY_METHODS.iter().any(|known| known.eq_ignore_ascii_case(method.trim_matches(' '))))
}

/// RFC 4517 section 3.3.31: printable characters, at least one of them no blank.
fn is_telephone_number(value: &[u8]) -> bool {
    let printable = |octet: &u8| octet.is_ascii_alphanumeric() || b"'()+,-./:? =\"".contains(octet);
    value.iter().all(printable) && value.iter().any(|octet| *octet != b' ')
}

/// Tells whether octets look like a signed structure of X.509: a sequence that begins with a sequence.
fn is_signed_structure(value: &[u8]) -> bool {
    let (Some(0x30), Some(length)) = (value.first(), value.get(1)) else {
        return false;
    };
    let header = if *length < 0x80 { 2 } else { 2 + usize::from(length & 0x7f) };
    value.get(header) == Some(&0x30)
}
