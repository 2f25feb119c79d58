use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// Longest octet string that is kept without an allocation; makes both variants 24 bytes.
const INLINE: usize = 22;

/// An octet string; short ones need no allocation, since most types and values of names are short.
#[derive(Clone)]
pub(crate) enum Octets {
    /// At most [`INLINE`] octets.
    Inline {
        /// Octets in use.
        length: u8,
        /// The octets, padded with zeros.
        bytes: [u8; INLINE],
    },
    /// Any number of octets.
    Heap(Box<[u8]>),
}

impl Octets {
    pub(crate) fn new(source: &[u8]) -> Self {
        let mut bytes = [0; INLINE];
        match (bytes.get_mut(..source.len()), u8::try_from(source.len())) {
            (Some(room), Ok(length)) => {
                room.copy_from_slice(source);
                Self::Inline { length, bytes }
            }
            _ => Self::Heap(source.into()),
        }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Inline { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or(bytes),
            Self::Heap(bytes) => bytes,
        }
    }
}

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.as_slice().escape_ascii())
    }
}

/// Octets that are put into lower case at once.
const CHUNK: usize = 32;

/// Feeds text to a hasher so that texts that differ in the case of ASCII letters only give the same.
///
/// Hashing octet by octet would take several times as long.
pub(crate) fn hash_no_case(text: &[u8], state: &mut impl Hasher) {
    for chunk in text.chunks(CHUNK) {
        let mut lower = [0; CHUNK];
        if let Some(lower) = lower.get_mut(..chunk.len()) {
            lower.copy_from_slice(chunk);
            lower.make_ascii_lowercase();
            state.write(lower);
        }
    }
    // What follows does not run into it.
    state.write_u8(0xff);
}

/// Octets put together piece by piece; needs no allocation for short ones.
#[derive(Debug)]
pub(crate) struct OctetsBuilder {
    bytes: [u8; INLINE],
    /// Octets in use; those beyond [`INLINE`] and all before them are in `long`.
    length: usize,
    long: Vec<u8>,
}

impl OctetsBuilder {
    pub(crate) fn new() -> Self {
        Self { bytes: [0; INLINE], length: 0, long: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn push(&mut self, octets: &[u8]) {
        let end = self.length + octets.len();
        match self.bytes.get_mut(self.length..end) {
            Some(room) if self.long.is_empty() => room.copy_from_slice(octets),
            _ => {
                if self.long.is_empty() {
                    self.long.extend_from_slice(self.bytes.get(..self.length).unwrap_or_default());
                }
                self.long.extend_from_slice(octets);
            }
        }
        self.length = end;
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        if self.long.is_empty() { self.bytes.get(..self.length).unwrap_or_default() } else { &self.long }
    }
}

/// An octet string, such as the value that a filter asserts (RFC 4511 section 4.1.2).
///
/// It reads like a slice. One of at most 22 octets, as most are, needs no allocation.
///
/// ```
/// use provost_ldap_types::OctetString;
///
/// let value = OctetString::from("bsimon");
/// assert_eq!(value, b"bsimon");
/// assert!(value.starts_with(b"bs"));
/// ```
#[derive(Clone)]
pub struct OctetString(Octets);

impl OctetString {
    /// Returns the octets.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl Default for OctetString {
    fn default() -> Self {
        Self(Octets::new(&[]))
    }
}

impl Deref for OctetString {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl AsRef<[u8]> for OctetString {
    fn as_ref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl From<&[u8]> for OctetString {
    fn from(octets: &[u8]) -> Self {
        Self(Octets::new(octets))
    }
}

impl<const N: usize> From<&[u8; N]> for OctetString {
    fn from(octets: &[u8; N]) -> Self {
        Self(Octets::new(octets))
    }
}

impl From<&str> for OctetString {
    fn from(text: &str) -> Self {
        Self(Octets::new(text.as_bytes()))
    }
}

impl From<Vec<u8>> for OctetString {
    fn from(octets: Vec<u8>) -> Self {
        if octets.len() <= INLINE { Self(Octets::new(&octets)) } else { Self(Octets::Heap(octets.into())) }
    }
}

impl Eq for OctetString {}

impl PartialEq for OctetString {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl PartialEq<[u8]> for OctetString {
    fn eq(&self, other: &[u8]) -> bool {
        self.as_slice() == other
    }
}

impl<const N: usize> PartialEq<&[u8; N]> for OctetString {
    fn eq(&self, other: &&[u8; N]) -> bool {
        self.as_slice() == *other
    }
}

impl Ord for OctetString {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_slice().cmp(other.as_slice())
    }
}

impl PartialOrd for OctetString {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for OctetString {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

impl fmt::Debug for OctetString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Text kept as [`Octets`]; it is only ever made from a `&str`.
#[derive(Clone)]
pub(crate) struct ShortText(Octets);

impl ShortText {
    pub(crate) fn new(source: &str) -> Self {
        Self(Octets::new(source.as_bytes()))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    pub(crate) fn as_str(&self) -> &str {
        // The octets came from a `&str`, so the check cannot fail; without `unsafe` it cannot be left out.
        str::from_utf8(self.0.as_slice()).unwrap_or_default()
    }
}

impl fmt::Debug for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::{INLINE, OctetString, Octets, OctetsBuilder, ShortText};

    #[test]
    fn octets_of_any_length_come_back() {
        for length in [0, 1, INLINE - 1, INLINE, INLINE + 1, 255, 256, 70_000] {
            let source = vec![7; length];
            assert_eq!(Octets::new(&source).as_slice(), source);
        }
    }

    #[test]
    fn pieces_of_any_length_come_together() {
        for lengths in [[0, 0, 0], [1, 0, 2], [INLINE, 0, 1], [INLINE - 1, 1, 0], [10, 20, 30], [30, 0, 1], [0, 30, 1]]
        {
            let mut builder = OctetsBuilder::new();
            let mut whole = Vec::new();
            for (piece, length) in lengths.into_iter().enumerate() {
                let octets = vec![u8::try_from(piece).unwrap(); length];
                builder.push(&octets);
                whole.extend(octets);
            }
            assert_eq!((builder.as_slice(), builder.len()), (whole.as_slice(), whole.len()), "{lengths:?}");
        }
    }

    #[test]
    fn an_octet_string_is_equal_to_its_octets_however_it_was_made() {
        for length in [0, 1, INLINE, INLINE + 1, 70_000] {
            let source = vec![b'a'; length];
            let (copied, taken) = (OctetString::from(source.as_slice()), OctetString::from(source.clone()));
            assert_eq!(copied, taken);
            assert_eq!(copied, *source);
            assert_eq!(copied.len(), length);
        }
        assert!(OctetString::from("a") < OctetString::from("b"));
    }

    #[test]
    fn an_octet_string_is_three_words() {
        assert_eq!(size_of::<Octets>(), 24);
        assert_eq!(ShortText::new("Größe").as_str(), "Größe");
    }
}
