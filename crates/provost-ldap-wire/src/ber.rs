//! The part of BER that LDAP uses (RFC 4511 section 5.1): one-octet tags, definite lengths.
//!
//! [`Reader`] gives borrowed ranges and copies nothing; [`Writer`] appends with lengths of the fewest octets.

use crate::{DecodeError, DecodeErrorKind};

/// Tag of BOOLEAN.
pub const BOOLEAN: u8 = 0x01;
/// Tag of INTEGER.
pub const INTEGER: u8 = 0x02;
/// Tag of OCTET STRING.
pub const OCTET_STRING: u8 = 0x04;
/// Tag of ENUMERATED.
pub const ENUMERATED: u8 = 0x0a;
/// Tag of SEQUENCE and SEQUENCE OF.
pub const SEQUENCE: u8 = 0x30;
/// Tag of SET and SET OF.
pub const SET: u8 = 0x31;

/// One element: its tag, its content, and where the content starts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Element<'a> {
    /// Class, form and number in one octet.
    pub tag: u8,
    /// The octets between this element's header and the next element.
    pub content: &'a [u8],
    /// Where the content starts, in octets from the start of the outermost reader.
    pub offset: usize,
}

impl<'a> Element<'a> {
    /// Reads the elements inside.
    #[must_use]
    pub const fn reader(&self) -> Reader<'a> {
        Reader { octets: self.content, at: 0, base: self.offset }
    }

    /// Returns the content as a two's complement integer.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::Integer`] when it is empty or wider than 32 bits.
    pub fn integer(&self) -> Result<i32, DecodeError> {
        // Some encoders pad with octets that repeat the sign.
        let wide = self.wide_integer()?;
        i32::try_from(wide).map_err(|_| DecodeError::new(DecodeErrorKind::Integer, self.offset))
    }

    /// Returns the content as a two's complement integer of up to 64 bits.
    pub(crate) fn wide_integer(&self) -> Result<i64, DecodeError> {
        match self.content {
            [first, ..] if self.content.len() <= 8 => {
                let start = if first & 0x80 == 0 { 0_i64 } else { -1 };
                Ok(self.content.iter().fold(start, |wide, octet| (wide << 8) | i64::from(*octet)))
            }
            _ => Err(DecodeError::new(DecodeErrorKind::Integer, self.offset)),
        }
    }

    /// Returns the content as a truth value; every octet but zero is true.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::Expected`] when it is not one octet.
    pub fn boolean(&self) -> Result<bool, DecodeError> {
        match self.content {
            [octet] => Ok(*octet != 0),
            _ => Err(DecodeError::new(DecodeErrorKind::Expected("a Boolean of one octet"), self.offset)),
        }
    }
}

/// Reads elements one after the other.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    octets: &'a [u8],
    at: usize,
    base: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the beginning of `octets`.
    #[must_use]
    pub const fn new(octets: &'a [u8]) -> Self {
        Self { octets, at: 0, base: 0 }
    }

    /// Returns the place of the next element, in octets from the start of the outermost reader.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.base + self.at
    }

    /// Tells whether nothing is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.at >= self.octets.len()
    }

    /// Returns the tag of the next element.
    #[must_use]
    pub fn peek(&self) -> Option<u8> {
        self.octets.get(self.at).copied()
    }

    /// Reads the next element, whatever it is; `what` names it in the error.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::Missing`] at the end, [`DecodeErrorKind::Length`] for a length that does not fit.
    pub fn element(&mut self, what: &'static str) -> Result<Element<'a>, DecodeError> {
        let missing = DecodeError::new(DecodeErrorKind::Missing(what), self.offset());
        let length_error = DecodeError::new(DecodeErrorKind::Length, self.offset());
        let rest = self.octets.get(self.at..).unwrap_or_default();
        let (&tag, rest) = rest.split_first().ok_or(missing)?;
        let (&first, rest) = rest.split_first().ok_or(length_error)?;
        let count = if first < 0x80 { 0 } else { usize::from(first & 0x7f) };
        if first == 0x80 || count > 4 || tag & 0x1f == 0x1f {
            return Err(length_error);
        }
        let (digits, rest) = rest.split_at_checked(count).ok_or(length_error)?;
        let length = if first < 0x80 {
            usize::from(first)
        } else {
            let length = digits.iter().fold(0_u64, |length, digit| (length << 8) | u64::from(*digit));
            usize::try_from(length).map_err(|_| length_error)?
        };
        let content = rest.get(..length).ok_or(length_error)?;
        let start = self.at + 2 + count;
        self.at = start + length;
        Ok(Element { tag, content, offset: self.base + start })
    }

    /// Reads the next element, which must have this tag.
    ///
    /// # Errors
    ///
    /// As [`Reader::element`], and [`DecodeErrorKind::Expected`] for another tag.
    pub fn expect(&mut self, tag: u8, what: &'static str) -> Result<Element<'a>, DecodeError> {
        let offset = self.offset();
        let element = self.element(what)?;
        if element.tag == tag { Ok(element) } else { Err(DecodeError::new(DecodeErrorKind::Expected(what), offset)) }
    }

    /// Reads the next element if it has this tag.
    ///
    /// # Errors
    ///
    /// As [`Reader::element`].
    pub fn optional(&mut self, tag: u8, what: &'static str) -> Result<Option<Element<'a>>, DecodeError> {
        if self.peek() == Some(tag) { self.element(what).map(Some) } else { Ok(None) }
    }

    /// Reads an OCTET STRING.
    ///
    /// # Errors
    ///
    /// As [`Reader::expect`].
    pub fn octets(&mut self, what: &'static str) -> Result<&'a [u8], DecodeError> {
        Ok(self.expect(OCTET_STRING, what)?.content)
    }

    /// Reads an INTEGER.
    ///
    /// # Errors
    ///
    /// As [`Reader::expect`] and [`Element::integer`].
    pub fn integer(&mut self, what: &'static str) -> Result<i32, DecodeError> {
        self.expect(INTEGER, what)?.integer()
    }

    /// Reads an ENUMERATED.
    ///
    /// # Errors
    ///
    /// As [`Reader::expect`] and [`Element::integer`].
    pub fn enumerated(&mut self, what: &'static str) -> Result<i32, DecodeError> {
        self.expect(ENUMERATED, what)?.integer()
    }
}

/// Appends elements to a buffer.
#[derive(Debug, Default)]
pub struct Writer {
    octets: Vec<u8>,
}

impl Writer {
    /// Makes a writer with an empty buffer.
    #[must_use]
    pub const fn new() -> Self {
        Self { octets: Vec::new() }
    }

    /// Continues behind what the buffer holds.
    #[must_use]
    pub const fn with_buffer(octets: Vec<u8>) -> Self {
        Self { octets }
    }

    /// Returns the buffer.
    #[must_use]
    pub fn into_octets(self) -> Vec<u8> {
        self.octets
    }

    /// Writes an element with this content.
    pub fn element(&mut self, tag: u8, content: &[u8]) {
        self.octets.push(tag);
        let (length, used) = length_octets(content.len());
        self.octets.extend(length.into_iter().skip(length.len() - used));
        self.octets.extend_from_slice(content);
    }

    /// Writes an OCTET STRING.
    pub fn octet_string(&mut self, content: &[u8]) {
        self.element(OCTET_STRING, content);
    }

    /// Writes a BOOLEAN; true is `FF`, as RFC 4511 section 5.1 demands.
    pub fn boolean(&mut self, flag: bool) {
        self.element(BOOLEAN, &[if flag { 0xff } else { 0 }]);
    }

    /// Writes an integer of the fewest octets under this tag: [`INTEGER`], [`ENUMERATED`], or one of its context.
    pub fn integer(&mut self, tag: u8, number: impl Into<i64>) {
        let octets = number.into().to_be_bytes();
        let redundant = octets
            .windows(2)
            .take_while(|pair| {
                matches!(pair, [0, low] if low & 0x80 == 0) || matches!(pair, [0xff, low] if low & 0x80 != 0)
            })
            .count();
        self.element(tag, octets.get(redundant..).unwrap_or_default());
    }

    /// Writes an element whose content `inner` writes.
    pub fn constructed(&mut self, tag: u8, inner: impl FnOnce(&mut Self)) {
        self.octets.push(tag);
        self.octets.push(0);
        let start = self.octets.len();
        inner(self);
        let (length, used) = length_octets(self.octets.len() - start);
        self.octets.splice(start - 1..start, length.into_iter().skip(length.len() - used));
    }
}

/// Returns a length in BER, at the end of the array, and how many octets of it are used.
fn length_octets(length: usize) -> ([u8; 9], usize) {
    let mut octets = [0; 9];
    if let Some((form, digits)) = octets.split_first_mut() {
        *form = 0;
        for (digit, octet) in digits.iter_mut().rev().zip((length as u64).to_le_bytes()) {
            *digit = octet;
        }
    }
    if length < 0x80 {
        return (octets, 1);
    }
    let digits = octets.iter().skip_while(|octet| **octet == 0).count();
    if let Some(form) = octets.get_mut(8 - digits) {
        *form = 0x80 | u8::try_from(digits).unwrap_or(8);
    }
    (octets, digits + 1)
}

#[cfg(test)]
mod tests {
    use super::{INTEGER, Reader, Writer};

    #[test]
    fn lengths_have_the_fewest_octets() {
        for (length, header) in [
            (0_usize, vec![0x04, 0x00]),
            (127, vec![0x04, 0x7f]),
            (128, vec![0x04, 0x81, 0x80]),
            (256, vec![0x04, 0x82, 0x01, 0x00]),
            (65_536, vec![0x04, 0x83, 0x01, 0x00, 0x00]),
        ] {
            let content = vec![7; length];
            let mut writer = Writer::new();
            writer.octet_string(&content);
            let flat = writer.into_octets();
            assert_eq!(flat[..header.len()], header);
            let mut writer = Writer::new();
            writer.constructed(0x04, |writer| content.iter().for_each(|octet| writer.octets.push(*octet)));
            assert_eq!(writer.into_octets(), flat);
            assert_eq!(Reader::new(&flat).octets("octets"), Ok(content.as_slice()));
        }
    }

    #[test]
    fn integers_have_the_fewest_octets() {
        for (number, octets) in [
            (0, vec![2, 1, 0]),
            (127, vec![2, 1, 0x7f]),
            (128, vec![2, 2, 0, 0x80]),
            (-1, vec![2, 1, 0xff]),
            (-128, vec![2, 1, 0x80]),
            (-129, vec![2, 2, 0xff, 0x7f]),
            (i32::MAX, vec![2, 4, 0x7f, 0xff, 0xff, 0xff]),
            (i32::MIN, vec![2, 4, 0x80, 0, 0, 0]),
        ] {
            let mut writer = Writer::new();
            writer.integer(INTEGER, number);
            assert_eq!(writer.into_octets(), octets);
            assert_eq!(Reader::new(&octets).integer("a number"), Ok(number));
        }
        assert_eq!(Reader::new(&[2, 5, 0, 0, 0, 0, 9]).integer("a padded number"), Ok(9));
        let mut writer = Writer::new();
        writer.integer(INTEGER, i64::MIN);
        let octets = writer.into_octets();
        assert_eq!(octets, [2, 8, 0x80, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(Reader::new(&octets).element("a number").unwrap().wide_integer(), Ok(i64::MIN));
        assert!(Reader::new(&[2, 5, 0x7f, 0, 0, 0, 0]).integer("a wide number").is_err());
        assert!(Reader::new(&[2, 0]).integer("an empty number").is_err());
    }
}
