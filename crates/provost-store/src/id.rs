use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use provost_model::ObjectName;
use serde::{Deserialize, Serialize};

/// Identifies an entry of the connector space: 128 bits, made once and never used again.
///
/// Its text is 32 hexadecimal digits.
#[derive(Clone, Copy, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntryId(u128);

impl EntryId {
    /// Makes an id of 128 bits.
    #[must_use]
    pub const fn from_u128(bits: u128) -> Self {
        Self(bits)
    }

    /// Returns the 16 octets, the most significant first.
    #[must_use]
    pub const fn to_octets(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// Makes an id of 16 octets, the most significant first.
    #[must_use]
    pub const fn from_octets(octets: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(octets))
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntryId({self})")
    }
}

/// A text that is not the hexadecimal form that was expected.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected {digits} hexadecimal digits")]
#[non_exhaustive]
pub struct ParseIdError {
    /// How many digits the form has.
    pub digits: usize,
}

impl FromStr for EntryId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = ParseIdError { digits: 32 };
        if text.len() != 32 || !text.bytes().all(|octet| octet.is_ascii_hexdigit()) {
            return Err(error);
        }
        u128::from_str_radix(text, 16).map(Self).map_err(|_| error)
    }
}

impl TryFrom<String> for EntryId {
    type Error = ParseIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<EntryId> for String {
    fn from(id: EntryId) -> Self {
        id.to_string()
    }
}

/// Identifies a row of the ledger: the entry, and the number of the intent for that entry.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct LedgerId {
    /// The entry that the intent is for.
    pub entry: EntryId,
    /// The number of the intent, growing per entry.
    pub sequence: u64,
}

impl fmt::Display for LedgerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.entry, self.sequence)
    }
}

/// A SHA-256 digest. Its text is 64 hexadecimal digits.
#[derive(Clone, Copy, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// Makes a digest of its octets.
    #[must_use]
    pub const fn new(octets: [u8; 32]) -> Self {
        Self(octets)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl TryFrom<String> for Digest {
    type Error = ParseIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let error = ParseIdError { digits: 64 };
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(error);
        }
        let mut octets = [0; 32];
        for (octet, pair) in octets.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| error.clone())?;
            *octet = u8::from_str_radix(pair, 16).map_err(|_| error.clone())?;
        }
        Ok(Self(octets))
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// The number that grows each time an instance changes owner. A batch under a lower one is refused.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Fence(pub u64);

impl fmt::Display for Fence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Makes it from its text.
            #[must_use]
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(Arc::from(text.as_ref()))
            }

            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(Arc::from(text))
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }
    };
}

text_id! {
    /// The name of a connector instance. All that a store holds is held per instance.
    InstanceName
}

text_id! {
    /// Identifies a run.
    RunId
}

/// The key under which a name is looked up: the name without case.
///
/// It finds candidates. Whether a candidate is the object is decided by its anchor, or by the connected system.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct LocatorKey(String);

impl LocatorKey {
    /// Makes the key of a name.
    #[must_use]
    pub fn of(name: &ObjectName) -> Self {
        Self(name.as_str().to_lowercase())
    }

    /// Returns the text of the key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, EntryId};

    #[test]
    fn ids_are_read_as_they_are_written() {
        let id = EntryId::from_u128(0x00ab_0000_0000_0000_0000_0000_0000_0001);
        assert_eq!(id.to_string(), "00ab0000000000000000000000000001");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(EntryId::from_octets(id.to_octets()), id);
        let digest = Digest::new([0xa5; 32]);
        assert_eq!(Digest::try_from(digest.to_string()), Ok(digest));
    }

    #[test]
    fn other_texts_are_no_ids() {
        for text in ["", "1", "+0ab0000000000000000000000000001", "zzab0000000000000000000000000001"] {
            assert!(text.parse::<EntryId>().is_err(), "{text}");
            assert!(Digest::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
