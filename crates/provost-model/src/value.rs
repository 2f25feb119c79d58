use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// One value of an attribute.
///
/// Octets come first: what a directory sends is kept as it is, and [`Value::octets`] gives it back unchanged.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// Octets that are no text.
    #[serde(with = "hex_octets")]
    Bytes(Vec<u8>),
    /// A signed integer of 64 bits.
    Integer(i64),
    /// The identifier of another object in the same system; for a directory its distinguished name.
    Reference(String),
    /// Unicode text.
    Text(String),
    /// An instant.
    Timestamp(Timestamp),
}

impl Value {
    /// Returns the text of a text or a reference.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Reference(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the octets that stand for the value: text as UTF-8, numbers in decimal digits, Booleans as `TRUE` or
    /// `FALSE` (RFC 4517 section 3.3.3), instants as RFC 3339.
    #[must_use]
    pub fn octets(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Bytes(octets) => Cow::Borrowed(octets),
            Self::Text(text) | Self::Reference(text) => Cow::Borrowed(text.as_bytes()),
            Self::Boolean(true) => Cow::Borrowed(b"TRUE"),
            Self::Boolean(false) => Cow::Borrowed(b"FALSE"),
            Self::Integer(number) => Cow::Owned(number.to_string().into_bytes()),
            Self::Timestamp(stamp) => Cow::Owned(stamp.to_string().into_bytes()),
        }
    }

    /// Makes text of octets that are UTF-8, and bytes of all others.
    #[must_use]
    pub fn from_octets(octets: Vec<u8>) -> Self {
        match String::from_utf8(octets) {
            Ok(text) => Self::Text(text),
            Err(error) => Self::Bytes(error.into_bytes()),
        }
    }
}

/// Shows text as it is, Booleans as `True` and `False` (the rendering of mapping expressions), and bytes as their number.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(true) => f.write_str("True"),
            Self::Boolean(false) => f.write_str("False"),
            Self::Bytes(octets) => write!(f, "({} bytes)", octets.len()),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Reference(text) | Self::Text(text) => f.write_str(text),
            Self::Timestamp(stamp) => write!(f, "{stamp}"),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Boolean(flag)
    }
}

mod hex_octets {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(octets: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&crate::anchor::to_hex(octets))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        crate::anchor::from_hex(&text).ok_or_else(|| D::Error::custom("expected an even number of hexadecimal digits"))
    }
}
