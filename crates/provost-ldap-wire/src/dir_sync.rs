//! Values of the control DirSync of Active Directory, MS-ADTS section 3.1.1.3.4.1.3.

use provost_ldap_types::change::{DirSyncFlags, DirSyncRequestValue, DirSyncResponseValue};

use crate::ber::{INTEGER, Reader};
use crate::bounded::{decode, in_sequence, sequence, undefined};
use crate::control::{Control, oid};
use crate::value::DecodeValueError;
use crate::{DecodeError, DecodeErrorKind};

/// Returns the control that asks for what changed. It is critical: without it the search would be an ordinary one.
///
/// ```
/// use provost_ldap_types::change::{DirSyncFlags, DirSyncRequestValue};
/// use provost_ldap_wire::{decode_dir_sync_request, dir_sync_request};
///
/// let flags = DirSyncFlags::OBJECT_SECURITY | DirSyncFlags::INCREMENTAL_VALUES;
/// let value = DirSyncRequestValue { flags, max_octets: 1_000_000, cookie: Vec::new() };
/// assert_eq!(decode_dir_sync_request(&dir_sync_request(&value))?, value);
/// # Ok::<(), provost_ldap_wire::DecodeValueError>(())
/// ```
#[must_use]
pub fn dir_sync_request(value: &DirSyncRequestValue) -> Control {
    let octets = sequence(|writer| {
        // Servers keep the flags in 32 bits with a sign.
        writer.integer(INTEGER, value.flags.bits().cast_signed());
        writer.integer(INTEGER, value.max_octets);
        writer.octet_string(&value.cookie);
    });
    Control::new(oid::DIR_SYNC, Some(octets)).critical()
}

/// Reads the control that asks for what changed. Flags are taken with and without a sign.
///
/// # Errors
///
/// [`DecodeValueError`] when the value is missing or malformed, or a number is out of its range.
pub fn decode_dir_sync_request(control: &Control) -> Result<DirSyncRequestValue, DecodeValueError> {
    decode(control.value.as_deref(), oid::DIR_SYNC, |octets| {
        in_sequence(octets, |reader| {
            let flags = number(reader, "flags")?;
            let signed = i32::try_from(flags).map(i32::cast_unsigned);
            let flags = signed.or_else(|_| u32::try_from(flags)).map_err(|_| undefined("the flags", reader))?;
            let max_octets = number(reader, "the most octets of an answer")?;
            let max_octets = u32::try_from(max_octets).map_err(|_| undefined("the most octets", reader))?;
            let cookie = reader.octets("a cookie")?.to_vec();
            Ok(DirSyncRequestValue { flags: DirSyncFlags::from_bits(flags), max_octets, cookie })
        })
    })
}

/// Returns the control of the last message of an answer.
#[must_use]
pub fn dir_sync_response(value: &DirSyncResponseValue) -> Control {
    let octets = sequence(|writer| {
        writer.integer(INTEGER, i32::from(value.more_results));
        writer.integer(INTEGER, 0);
        writer.octet_string(&value.cookie);
    });
    Control::new(oid::DIR_SYNC, Some(octets))
}

/// Reads the control of the last message of an answer. The second number of the value has no meaning and is passed over.
///
/// # Errors
///
/// [`DecodeValueError`] when the value is missing or malformed.
pub fn decode_dir_sync_response(control: &Control) -> Result<DirSyncResponseValue, DecodeValueError> {
    decode(control.value.as_deref(), oid::DIR_SYNC, |octets| {
        in_sequence(octets, |reader| {
            let more_results = number(reader, "whether there is more")? != 0;
            number(reader, "a number")?;
            Ok(DirSyncResponseValue { more_results, cookie: reader.octets("a cookie")?.to_vec() })
        })
    })
}

fn number(reader: &mut Reader<'_>, what: &'static str) -> Result<i64, DecodeError> {
    let element = reader.expect(INTEGER, what)?;
    element.wide_integer().map_err(|error| DecodeError::new(DecodeErrorKind::Expected(what), error.offset()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_flag_takes_four_octets() {
        let flags = DirSyncFlags::ANCESTORS_FIRST | DirSyncFlags::INCREMENTAL_VALUES;
        let value = DirSyncRequestValue { flags, max_octets: 0x7fff_ffff, cookie: b"c".to_vec() };
        let control = dir_sync_request(&value);
        assert!(control.is_critical());
        let octets = b"\x30\x0f\x02\x04\x80\x00\x08\x00\x02\x04\x7f\xff\xff\xff\x04\x01c";
        assert_eq!(control.value.as_deref(), Some(&octets[..]));
        assert_eq!(decode_dir_sync_request(&control), Ok(value.clone()));
        // Other clients write a number without a sign, which takes five.
        let octets = b"\x30\x10\x02\x05\x00\x80\x00\x08\x00\x02\x04\x7f\xff\xff\xff\x04\x01c";
        assert_eq!(decode_dir_sync_request(&Control::new(oid::DIR_SYNC, Some(octets.to_vec()))), Ok(value));
    }

    #[test]
    fn any_number_but_zero_means_more() {
        let control = |octets: &[u8]| Control::new(oid::DIR_SYNC, Some(octets.to_vec()));
        let done = DirSyncResponseValue { more_results: false, cookie: b"MSDS".to_vec() };
        let octets = b"\x30\x0c\x02\x01\x00\x02\x01\x00\x04\x04MSDS";
        assert_eq!(dir_sync_response(&done), control(octets));
        assert_eq!(decode_dir_sync_response(&control(octets)), Ok(done));
        let more = decode_dir_sync_response(&control(b"\x30\x09\x02\x01\x07\x02\x02\x10\x00\x04\x00")).unwrap();
        assert_eq!(more, DirSyncResponseValue { more_results: true, cookie: Vec::new() });
    }

    #[test]
    fn malformed_values_are_refused() {
        for octets in [
            &b""[..],
            b"\x30\x00",
            b"\x30\x06\x02\x01\x01\x02\x01\x01",
            b"\x30\x08\x02\x01\x01\x04\x01\x01\x04\x00",
            b"\x30\x08\x02\x01\x01\x02\x00\x04\x01c",
            b"\x30\x08\x02\x01\x01\x02\x01\x01\x04\x00\x05\x00",
        ] {
            let control = Control::new(oid::DIR_SYNC, Some(octets.to_vec()));
            assert!(decode_dir_sync_request(&control).is_err(), "{octets:x?}");
            assert!(decode_dir_sync_response(&control).is_err(), "{octets:x?}");
        }
        let negative = Control::new(oid::DIR_SYNC, Some(b"\x30\x08\x02\x01\x01\x02\x01\xff\x04\x00".to_vec()));
        assert!(decode_dir_sync_request(&negative).is_err());
        assert!(decode_dir_sync_request(&Control::new(oid::DIR_SYNC, None)).is_err());
    }
}
