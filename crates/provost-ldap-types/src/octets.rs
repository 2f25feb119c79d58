use std::fmt;

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

/// Text kept as [`Octets`]; it is only ever made from a `&str`.
#[derive(Clone)]
pub(crate) struct ShortText(Octets);

impl ShortText {
    pub(crate) fn new(source: &str) -> Self {
        Self(Octets::new(source.as_bytes()))
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
    use super::{INLINE, Octets, ShortText};

    #[test]
    fn octets_of_any_length_come_back() {
        for length in [0, 1, INLINE - 1, INLINE, INLINE + 1, 255, 256, 70_000] {
            let source = vec![7; length];
            assert_eq!(Octets::new(&source).as_slice(), source);
        }
    }

    #[test]
    fn an_octet_string_is_three_words() {
        assert_eq!(size_of::<Octets>(), 24);
        assert_eq!(ShortText::new("Größe").as_str(), "Größe");
    }
}
