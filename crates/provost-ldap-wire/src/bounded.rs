//! What the values of controls share that the bounded reader of this crate reads.

use crate::ber::{self, Reader, Writer};
use crate::value::DecodeValueError;
use crate::{DecodeError, DecodeErrorKind};

/// Writes a SEQUENCE whose content `write` writes.
pub(crate) fn sequence(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.constructed(ber::SEQUENCE, write);
    writer.into_octets()
}

/// RFC 4511 section 5.1: a default is not written.
pub(crate) fn write_flag(writer: &mut Writer, flag: bool, default: bool) {
    if flag != default {
        writer.boolean(flag);
    }
}

/// Reads a value that must be there.
pub(crate) fn decode<'a, T>(
    octets: Option<&'a [u8]>,
    oid: &'static str,
    read: impl FnOnce(&'a [u8]) -> Result<T, DecodeError>,
) -> Result<T, DecodeValueError> {
    let fail = DecodeValueError { oid };
    read(octets.ok_or(fail)?).map_err(|_| fail)
}

/// Reads a SEQUENCE with nothing left in it and nothing behind it.
pub(crate) fn in_sequence<'a, T>(
    octets: &'a [u8],
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let mut outer = Reader::new(octets);
    let mut reader = outer.expect(ber::SEQUENCE, "a sequence")?.reader();
    let value = read(&mut reader)?;
    ended(&reader, ()).and_then(|()| ended(&outer, value))
}

pub(crate) fn ended<T>(reader: &Reader<'_>, value: T) -> Result<T, DecodeError> {
    let fail = DecodeError::new(DecodeErrorKind::Expected("nothing behind the value"), reader.offset());
    if reader.is_empty() { Ok(value) } else { Err(fail) }
}

pub(crate) fn undefined(what: &'static str, reader: &Reader<'_>) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Value(what), reader.offset())
}
