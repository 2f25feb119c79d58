//! Values of content synchronization, RFC 4533 section 2, read by the bounded reader of this crate.

use provost_ldap_types::change::{
    SyncDoneValue, SyncInfoValue, SyncMode, SyncRequestValue, SyncState, SyncStateValue, SyncUuid,
};

use crate::ber::{self, Element, Reader, Writer};
use crate::bounded::{decode, ended, in_sequence, sequence, undefined, write_flag};
use crate::control::{Control, oid};
use crate::value::DecodeValueError;
use crate::{DecodeError, DecodeErrorKind};

const NEW_COOKIE: u8 = 0x80;
const REFRESH_DELETE: u8 = 0xa1;
const REFRESH_PRESENT: u8 = 0xa2;
const ID_SET: u8 = 0xa3;

/// Returns the control that asks for a synchronization. It is critical: without it the search would be an ordinary one.
#[must_use]
pub fn sync_request(value: &SyncRequestValue) -> Control {
    let octets = sequence(|writer| {
        let mode = match value.mode {
            SyncMode::RefreshOnly => 1,
            SyncMode::RefreshAndPersist => 3,
        };
        writer.integer(ber::ENUMERATED, mode);
        write_cookie(writer, value.cookie.as_deref());
        write_flag(writer, value.reload_hint, false);
    });
    Control::new(oid::SYNC_REQUEST, Some(octets)).critical()
}

/// Reads the control that asks for a synchronization.
///
/// # Errors
///
/// [`DecodeValueError`] when the value is missing or malformed.
pub fn decode_sync_request(control: &Control) -> Result<SyncRequestValue, DecodeValueError> {
    decode(control.value.as_deref(), oid::SYNC_REQUEST, |octets| {
        in_sequence(octets, |reader| {
            let mode = match reader.enumerated("a mode")? {
                1 => SyncMode::RefreshOnly,
                3 => SyncMode::RefreshAndPersist,
                _ => return Err(undefined("the mode", reader)),
            };
            Ok(SyncRequestValue { mode, cookie: cookie(reader)?, reload_hint: flag(reader, false)? })
        })
    })
}

/// Returns the control that stands by an entry.
#[must_use]
pub fn sync_state(value: &SyncStateValue) -> Control {
    let octets = sequence(|writer| {
        let state = match value.state {
            SyncState::Present => 0,
            SyncState::Add => 1,
            SyncState::Modify => 2,
            SyncState::Delete => 3,
        };
        writer.integer(ber::ENUMERATED, state);
        writer.octet_string(&value.uuid.0);
        write_cookie(writer, value.cookie.as_deref());
    });
    Control::new(oid::SYNC_STATE, Some(octets))
}

/// Reads the control that stands by an entry.
///
/// # Errors
///
/// [`DecodeValueError`] when the value is missing or malformed.
pub fn decode_sync_state(control: &Control) -> Result<SyncStateValue, DecodeValueError> {
    decode(control.value.as_deref(), oid::SYNC_STATE, |octets| {
        in_sequence(octets, |reader| {
            let state = match reader.enumerated("a state")? {
                0 => SyncState::Present,
                1 => SyncState::Add,
                2 => SyncState::Modify,
                3 => SyncState::Delete,
                _ => return Err(undefined("the state", reader)),
            };
            Ok(SyncStateValue { state, uuid: uuid(reader)?, cookie: cookie(reader)? })
        })
    })
}

/// Returns the control of the last message.
#[must_use]
pub fn sync_done(value: &SyncDoneValue) -> Control {
    let octets = sequence(|writer| {
        write_cookie(writer, value.cookie.as_deref());
        write_flag(writer, value.refresh_deletes, false);
    });
    Control::new(oid::SYNC_DONE, Some(octets))
}

/// Reads the control of the last message.
///
/// # Errors
///
/// [`DecodeValueError`] when the value is missing or malformed.
pub fn decode_sync_done(control: &Control) -> Result<SyncDoneValue, DecodeValueError> {
    decode(control.value.as_deref(), oid::SYNC_DONE, |octets| {
        in_sequence(octets, |reader| {
            Ok(SyncDoneValue { cookie: cookie(reader)?, refresh_deletes: flag(reader, false)? })
        })
    })
}

/// Returns the value of a Sync Info message, an intermediate response of the name [`oid::SYNC_INFO`].
#[must_use]
pub fn encode_sync_info(value: &SyncInfoValue) -> Vec<u8> {
    let mut writer = Writer::new();
    let mut phase = |tag: u8, cookie: Option<&[u8]>, refresh_done: bool| {
        writer.constructed(tag, |writer| {
            write_cookie(writer, cookie);
            write_flag(writer, refresh_done, true);
        });
    };
    match value {
        SyncInfoValue::NewCookie(cookie) => writer.element(NEW_COOKIE, cookie),
        SyncInfoValue::RefreshDelete { cookie, refresh_done } => {
            phase(REFRESH_DELETE, cookie.as_deref(), *refresh_done);
        }
        SyncInfoValue::RefreshPresent { cookie, refresh_done } => {
            phase(REFRESH_PRESENT, cookie.as_deref(), *refresh_done);
        }
        SyncInfoValue::IdSet { cookie, refresh_deletes, uuids } => writer.constructed(ID_SET, |writer| {
            write_cookie(writer, cookie.as_deref());
            write_flag(writer, *refresh_deletes, false);
            writer.constructed(ber::SET, |writer| uuids.iter().for_each(|uuid| writer.octet_string(&uuid.0)));
        }),
    }
    writer.into_octets()
}

/// Reads the value of a Sync Info message.
///
/// The identifiers of one message are as many as the frame that it came in allows.
///
/// # Errors
///
/// [`DecodeValueError`] when the value is malformed.
pub fn decode_sync_info(value: &[u8]) -> Result<SyncInfoValue, DecodeValueError> {
    decode(Some(value), oid::SYNC_INFO, |octets| {
        let mut outer = Reader::new(octets);
        let element = outer.element("a sync info value")?;
        let mut reader = element.reader();
        let value = match element.tag {
            NEW_COOKIE => return ended(&outer, SyncInfoValue::NewCookie(element.content.to_vec())),
            REFRESH_DELETE => {
                SyncInfoValue::RefreshDelete { cookie: cookie(&mut reader)?, refresh_done: flag(&mut reader, true)? }
            }
            REFRESH_PRESENT => {
                SyncInfoValue::RefreshPresent { cookie: cookie(&mut reader)?, refresh_done: flag(&mut reader, true)? }
            }
            ID_SET => id_set(&mut reader)?,
            _ => return Err(undefined("the sync info value", &outer)),
        };
        ended(&reader, ()).and_then(|()| ended(&outer, value))
    })
}

fn id_set(reader: &mut Reader<'_>) -> Result<SyncInfoValue, DecodeError> {
    let cookie = cookie(reader)?;
    let refresh_deletes = flag(reader, false)?;
    let mut set = reader.expect(ber::SET, "a set of identifiers")?.reader();
    let mut uuids = Vec::new();
    while !set.is_empty() {
        uuids.push(uuid(&mut set)?);
    }
    Ok(SyncInfoValue::IdSet { cookie, refresh_deletes, uuids })
}

fn write_cookie(writer: &mut Writer, cookie: Option<&[u8]>) {
    if let Some(cookie) = cookie {
        writer.octet_string(cookie);
    }
}

fn cookie(reader: &mut Reader<'_>) -> Result<Option<Vec<u8>>, DecodeError> {
    Ok(reader.optional(ber::OCTET_STRING, "a cookie")?.map(|element| element.content.to_vec()))
}

fn flag(reader: &mut Reader<'_>, default: bool) -> Result<bool, DecodeError> {
    let flag = reader.optional(ber::BOOLEAN, "a flag")?.as_ref().map(Element::boolean).transpose()?;
    Ok(flag.unwrap_or(default))
}

fn uuid(reader: &mut Reader<'_>) -> Result<SyncUuid, DecodeError> {
    let offset = reader.offset();
    let octets = reader.octets("an identifier")?.try_into();
    octets.map(SyncUuid).map_err(|_| DecodeError::new(DecodeErrorKind::Expected("an identifier of 16 octets"), offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: SyncUuid = SyncUuid([7; 16]);

    #[test]
    fn rfc_4533_2_2_request() {
        let value = SyncRequestValue { mode: SyncMode::RefreshOnly, cookie: Some(b"c".to_vec()), reload_hint: false };
        let control = sync_request(&value);
        assert!(control.is_critical());
        assert_eq!(control.value.as_deref(), Some(&b"\x30\x06\x0a\x01\x01\x04\x01c"[..]));
        assert_eq!(decode_sync_request(&control), Ok(value));
        let bare = Control::new(oid::SYNC_REQUEST, Some(b"\x30\x06\x0a\x01\x03\x01\x01\xff".to_vec()));
        let value = SyncRequestValue { mode: SyncMode::RefreshAndPersist, cookie: None, reload_hint: true };
        assert_eq!(decode_sync_request(&bare), Ok(value));
    }

    #[test]
    fn rfc_4533_2_5_defaults_differ() {
        let present = SyncInfoValue::RefreshPresent { cookie: None, refresh_done: true };
        assert_eq!(encode_sync_info(&present), b"\xa2\x00");
        assert_eq!(decode_sync_info(b"\xa2\x00"), Ok(present));
        let set = SyncInfoValue::IdSet { cookie: None, refresh_deletes: false, uuids: Vec::new() };
        assert_eq!(encode_sync_info(&set), b"\xa3\x02\x31\x00");
        assert_eq!(decode_sync_info(b"\xa3\x02\x31\x00"), Ok(set));
        assert_eq!(decode_sync_info(b"\x80\x01c"), Ok(SyncInfoValue::NewCookie(b"c".to_vec())));
    }

    #[test]
    fn malformed_values_are_refused() {
        let state = sync_state(&SyncStateValue { state: SyncState::Add, uuid: UUID, cookie: None });
        let good = state.value.clone().unwrap();
        for (at, octet) in [(0, 0x31), (2, 0x02), (4, 4), (6, 15)] {
            let mut bad = good.clone();
            bad[at] = octet;
            let control = Control::new(oid::SYNC_STATE, Some(bad));
            assert_eq!(decode_sync_state(&control), Err(DecodeValueError { oid: oid::SYNC_STATE }), "{at}");
        }
        assert!(decode_sync_state(&Control::new(oid::SYNC_STATE, None)).is_err());
        let trailing = Control::new(oid::SYNC_STATE, Some([&good[..], b"\x05\x00"].concat()));
        assert!(decode_sync_state(&trailing).is_err());
        for value in
            [&b""[..], b"\xa4\x00", b"\xa3\x00", b"\xa3\x04\x31\x02\x04\x00", b"\xa2\x80\x00\x00", b"\xa2\x02\x05\x00"]
        {
            assert!(decode_sync_info(value).is_err(), "{value:x?}");
        }
    }
}
