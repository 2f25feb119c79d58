//! Values of persistent search, draft-ietf-ldapext-psearch-03, and the cookie of the OpenDS family's change log.

use provost_ldap_types::change::{EntryChangeType, EntryChangeTypes, EntryChangeValue, PersistentSearchValue};

use crate::ber::{BOOLEAN, ENUMERATED, INTEGER, OCTET_STRING, Reader, SEQUENCE, Writer};
use crate::bounded::{decode, ended, in_sequence, sequence, undefined};
use crate::control::{Control, oid};
use crate::value::DecodeValueError;

/// Returns the control that keeps a search open for changes. It is critical: without it the search would end.
#[must_use]
pub fn persistent_search(value: &PersistentSearchValue) -> Control {
    let octets = sequence(|writer| {
        writer.integer(INTEGER, value.change_types.bits());
        writer.boolean(value.changes_only);
        writer.boolean(value.return_notifications);
    });
    Control::new(oid::PERSISTENT_SEARCH, Some(octets)).critical()
}

/// Reads the control that keeps a search open for changes.
///
/// # Errors
///
/// [`DecodeValueError`] when the value is missing or malformed.
pub fn decode_persistent_search(control: &Control) -> Result<PersistentSearchValue, DecodeValueError> {
    decode(control.value.as_deref(), oid::PERSISTENT_SEARCH, |octets| {
        in_sequence(octets, |reader| {
            let bits = reader.expect(INTEGER, "the kinds of changes")?.wide_integer()?;
            let bits = u32::try_from(bits).map_err(|_| undefined("the kinds of changes", reader))?;
            Ok(PersistentSearchValue {
                change_types: EntryChangeTypes::from_bits(bits),
                changes_only: reader.expect(BOOLEAN, "whether only changes are sent")?.boolean()?,
                return_notifications: reader.expect(BOOLEAN, "whether changes are told")?.boolean()?,
            })
        })
    })
}

/// Returns the control that stands by a changed entry.
#[must_use]
pub fn entry_change_notification(value: &EntryChangeValue) -> Control {
    let octets = sequence(|writer| {
        writer.integer(ENUMERATED, value.change_type.bit());
        if let Some(name) = &value.previous_name {
            writer.octet_string(name);
        }
        if let Some(number) = value.change_number {
            writer.integer(INTEGER, number);
        }
    });
    Control::new(oid::ENTRY_CHANGE_NOTIFICATION, Some(octets))
}

/// Reads the control that stands by a changed entry. A name before that is no name by RFC 4514 is kept as it was sent.
///
/// # Errors
///
/// [`DecodeValueError`] when the value is missing or malformed.
pub fn decode_entry_change_notification(control: &Control) -> Result<EntryChangeValue, DecodeValueError> {
    decode(control.value.as_deref(), oid::ENTRY_CHANGE_NOTIFICATION, |octets| {
        in_sequence(octets, |reader| {
            let bit = reader.enumerated("what happened")?;
            let found = EntryChangeType::ALL.into_iter().find(|found| i64::from(found.bit()) == i64::from(bit));
            let change_type = found.ok_or_else(|| undefined("what happened", reader))?;
            let name = reader.optional(OCTET_STRING, "the name before")?;
            let previous_name = name.map(|element| element.content.to_vec());
            let number = reader.optional(INTEGER, "the number of the change")?;
            let change_number = number.map(|element| element.wide_integer()).transpose()?;
            Ok(EntryChangeValue { change_type, previous_name, change_number })
        })
    })
}

/// Returns the control that reads the external change log of the OpenDS family behind a cookie, which only the server
/// reads; an empty one begins at the start of the log. It is critical: without it the log would go by number.
#[must_use]
pub fn change_log_cookie_request(cookie: &[u8]) -> Control {
    let mut writer = Writer::new();
    writer.octet_string(cookie);
    Control::new(oid::CHANGE_LOG_COOKIE, Some(writer.into_octets())).critical()
}

/// Returns the control that stands by an entry of the external change log and holds the cookie after it.
#[must_use]
pub fn change_log_cookie(cookie: &[u8]) -> Control {
    Control::new(oid::CHANGE_LOG_COOKIE, Some(sequence(|writer| writer.octet_string(cookie))))
}

/// Reads the cookie of a request, which stands there as an OCTET STRING, or of an entry, where it stands in a SEQUENCE.
///
/// # Errors
///
/// [`DecodeValueError`] when the value is missing or malformed.
pub fn decode_change_log_cookie(control: &Control) -> Result<Vec<u8>, DecodeValueError> {
    decode(control.value.as_deref(), oid::CHANGE_LOG_COOKIE, |octets| match octets.first() {
        Some(&SEQUENCE) => in_sequence(octets, |reader| Ok(reader.octets("a cookie")?.to_vec())),
        _ => {
            let mut reader = Reader::new(octets);
            let cookie = reader.octets("a cookie")?.to_vec();
            ended(&reader, cookie)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(oid: &str, octets: &[u8]) -> Control {
        Control::new(oid, Some(octets.to_vec()))
    }

    #[test]
    fn a_persistent_search_is_read_back() {
        let value = PersistentSearchValue {
            change_types: EntryChangeTypes::ALL,
            changes_only: true,
            return_notifications: false,
        };
        let written = persistent_search(&value);
        assert_eq!(
            written,
            control(oid::PERSISTENT_SEARCH, b"\x30\x09\x02\x01\x0f\x01\x01\xff\x01\x01\x00").critical()
        );
        assert_eq!(decode_persistent_search(&written), Ok(value));
    }

    #[test]
    fn a_notification_may_hold_the_name_before_and_a_number() {
        let bare = b"\x30\x03\x0a\x01\x02";
        let value = EntryChangeValue { change_type: EntryChangeType::Delete, previous_name: None, change_number: None };
        assert_eq!(entry_change_notification(&value), control(oid::ENTRY_CHANGE_NOTIFICATION, bare));
        let full = b"\x30\x11\x0a\x01\x08\x04\x04cn=a\x02\x06\x01\x00\x00\x00\x00\x00";
        let value = EntryChangeValue {
            change_type: EntryChangeType::Rename,
            previous_name: Some(b"cn=a".to_vec()),
            change_number: Some(1 << 40),
        };
        assert_eq!(entry_change_notification(&value), control(oid::ENTRY_CHANGE_NOTIFICATION, full));
        assert_eq!(value.previous_dn(), Some("cn=a".parse().unwrap()));
        assert_eq!(decode_entry_change_notification(&control(oid::ENTRY_CHANGE_NOTIFICATION, full)), Ok(value));
        for octets in [&b"\x30\x03\x0a\x01\x03"[..], b"\x30\x00", b"\x30\x05\x0a\x01\x01\x02\x00"] {
            let bad = control(oid::ENTRY_CHANGE_NOTIFICATION, octets);
            assert!(decode_entry_change_notification(&bad).is_err(), "{octets:x?}");
        }
    }

    #[test]
    fn a_name_before_that_is_none_loses_neither_the_change_nor_its_number() {
        for octets in
            [&b"\x30\x09\x0a\x01\x08\x04\x01,\x02\x01\x07"[..], b"\x30\x09\x0a\x01\x08\x04\x01\xff\x02\x01\x07"]
        {
            let sent = control(oid::ENTRY_CHANGE_NOTIFICATION, octets);
            let value = decode_entry_change_notification(&sent).unwrap();
            assert_eq!((value.change_type, value.change_number), (EntryChangeType::Rename, Some(7)));
            assert_eq!((value.previous_name.as_deref(), value.previous_dn()), (octets.get(7..8), None));
            assert_eq!(entry_change_notification(&value), sent);
        }
    }

    #[test]
    fn the_cookie_of_a_change_log_has_two_forms() {
        let cookie = b"dc=lab:0123;";
        let request = change_log_cookie_request(cookie);
        assert_eq!(request.value.as_deref(), Some(&b"\x04\x0cdc=lab:0123;"[..]));
        assert_eq!(change_log_cookie(cookie).value.as_deref(), Some(&b"\x30\x0e\x04\x0cdc=lab:0123;"[..]));
        for control in [request, change_log_cookie(cookie)] {
            assert_eq!(decode_change_log_cookie(&control), Ok(cookie.to_vec()));
        }
        for octets in [&b""[..], b"dc=lab:0123;", b"\x04\x00\x00", b"\x30\x00"] {
            assert!(decode_change_log_cookie(&control(oid::CHANGE_LOG_COOKIE, octets)).is_err(), "{octets:x?}");
        }
    }
}
