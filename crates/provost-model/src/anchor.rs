use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// What an anchor is made of: the attribute whose value it is, such as `entryUUID`, or `dn`.
///
/// Kinds compare without ASCII case.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(from = "String", into = "String")]
pub struct AnchorKind(Arc<str>);

impl AnchorKind {
    /// Makes a kind from the attribute's name.
    #[must_use]
    pub fn new(attribute: impl AsRef<str>) -> Self {
        Self(Arc::from(attribute.as_ref()))
    }

    /// Returns the attribute's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether the anchor is the name of the object, so that a rename changes it.
    #[must_use]
    pub fn is_name(&self) -> bool {
        self.0.eq_ignore_ascii_case("dn")
    }
}

impl PartialEq for AnchorKind {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for AnchorKind {}

impl std::hash::Hash for AnchorKind {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        state.write(self.0.to_ascii_lowercase().as_bytes());
    }
}

impl Ord for AnchorKind {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        crate::name::compare_folded(&self.0, &other.0)
    }
}

impl PartialOrd for AnchorKind {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl From<String> for AnchorKind {
    fn from(attribute: String) -> Self {
        Self(Arc::from(attribute))
    }
}

impl From<AnchorKind> for String {
    fn from(kind: AnchorKind) -> Self {
        kind.0.as_ref().to_owned()
    }
}

/// The immutable identifier of an object in its system: octets of a stated kind.
///
/// Two anchors are equal when kind and octets are. A serialised anchor is `{"kind", "hex"}`.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Anchor {
    kind: AnchorKind,
    #[serde(rename = "hex", serialize_with = "serialize_hex", deserialize_with = "deserialize_hex")]
    octets: Vec<u8>,
}

impl Anchor {
    /// Makes an anchor from octets as the system sends them.
    #[must_use]
    pub fn new(kind: AnchorKind, octets: impl Into<Vec<u8>>) -> Self {
        Self { kind, octets: octets.into() }
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> &AnchorKind {
        &self.kind
    }

    /// Returns the octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }
}

/// Shows the text of a textual anchor, and hexadecimal digits otherwise.
impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match std::str::from_utf8(&self.octets) {
            Ok(text) if !text.chars().any(char::is_control) => f.write_str(text),
            _ => f.write_str(&to_hex(&self.octets)),
        }
    }
}

pub(crate) fn to_hex(octets: &[u8]) -> String {
    use fmt::Write as _;
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}

pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn serialize_hex<S: Serializer>(octets: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&to_hex(octets))
}

fn deserialize_hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    from_hex(&text).ok_or_else(|| D::Error::custom("expected an even number of hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Anchor, AnchorKind};

    proptest! {
        #[test]
        fn serialised_then_read_is_equal(octets in proptest::collection::vec(any::<u8>(), 0..40)) {
            let anchor = Anchor::new(AnchorKind::new("objectGUID"), octets);
            let text = serde_json::to_string(&anchor).unwrap();
            prop_assert_eq!(serde_json::from_str::<Anchor>(&text).unwrap(), anchor);
        }
    }

    #[test]
    fn an_anchor_of_another_kind_is_another_anchor() {
        let dn = Anchor::new(AnchorKind::new("dn"), *b"x");
        assert_ne!(dn, Anchor::new(AnchorKind::new("entryUUID"), *b"x"));
        assert_eq!(dn, Anchor::new(AnchorKind::new("DN"), *b"x"));
    }
}
