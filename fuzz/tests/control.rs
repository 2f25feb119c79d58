//! The value of a control is read or refused, and what is read or made is written to the same value (MS-ADTS, RFC 2696,
//! RFC 3062, RFC 4527, draft-ietf-ldapext-psearch-03).
#![cfg(test)]

use std::fmt::Debug;

use arbitrary::{Arbitrary, Unstructured};
use provost_fuzz::{damaged, hex};
use provost_ldap_wire::{
    Control, DecodeValueError, PagedResults, PasswordModify, ReadEntry, change_log_cookie, decode_change_log_cookie,
    decode_dir_sync_request, decode_dir_sync_response, decode_entry_change_notification, decode_persistent_search,
    dir_sync_request, dir_sync_response, entry_change_notification, persistent_search,
};

type Read<T> = fn(&Control) -> Result<T, DecodeValueError>;

/// Reads octets, and writes and reads what a value is made of them, whole and damaged.
fn check<T: for<'a> Arbitrary<'a> + Debug + PartialEq>(octets: &[u8], write: fn(&T) -> Control, read: Read<T>) {
    let made = T::arbitrary(&mut Unstructured::new(octets)).expect("it is made of any octets");
    let written = write(&made);
    assert_eq!(read(&written).as_ref(), Ok(&made));
    for value in [octets.to_vec(), damaged(written.value.unwrap_or_default(), octets)] {
        if let Ok(found) = read(&Control::new("1.2", Some(value))) {
            assert_eq!(read(&write(&found)), Ok(found));
        }
    }
}

#[test]
fn control() {
    let seeds =
        ["3009 020101 020101 040163", "3003 0a0102", "0401 63", "3009 02010f 0101ff 010100", "3005 020101 0400"];
    provost_fuzz::check!(seeds.map(hex), |octets: &[u8]| {
        check(octets, dir_sync_request, decode_dir_sync_request);
        check(octets, dir_sync_response, decode_dir_sync_response);
        check(octets, persistent_search, decode_persistent_search);
        check(octets, entry_change_notification, decode_entry_change_notification);
        check::<Vec<u8>>(octets, |cookie| change_log_cookie(cookie), decode_change_log_cookie);
        let control = Control::new("1.2", Some(octets.to_vec()));
        if let Ok(page) = PagedResults::decode(&control) {
            assert_eq!(PagedResults::decode(&page.control()), Ok(page));
        }
        if let Ok(change) = PasswordModify::decode(Some(octets)) {
            assert_eq!(PasswordModify::decode(Some(&change.encode())), Ok(change));
        }
        if let Ok(entry) = ReadEntry::Post.decode_response(&control) {
            assert_eq!(ReadEntry::Post.decode_response(&ReadEntry::Post.response(&entry)), Ok(entry));
        }
        let _ = ReadEntry::Pre.decode_request(&control);
    });
}
