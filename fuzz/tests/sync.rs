//! A value of content synchronization is read or refused, and what is read or made is written to the same value (RFC 4533).
#![cfg(test)]

use std::fmt::Debug;

use arbitrary::{Arbitrary, Unstructured};
use provost_fuzz::{damaged, hex};
use provost_ldap_types::change::{SyncDoneValue, SyncInfoValue, SyncRequestValue, SyncStateValue};
use provost_ldap_wire::{
    Control, decode_sync_done, decode_sync_info, decode_sync_request, decode_sync_state, encode_sync_info, oid,
    sync_done, sync_request, sync_state,
};

/// Reads octets, and writes and reads what a value is made of them, whole and damaged.
fn check<T: for<'a> Arbitrary<'a> + Debug + PartialEq>(
    octets: &[u8],
    write: impl Fn(&T) -> Vec<u8>,
    read: impl Fn(&[u8]) -> Option<T>,
) {
    let made = T::arbitrary(&mut Unstructured::new(octets)).expect("it is made of any octets");
    let written = write(&made);
    assert_eq!(read(&written).as_ref(), Some(&made));
    for value in [octets.to_vec(), damaged(written, octets)] {
        if let Some(found) = read(&value) {
            assert_eq!(read(&write(&found)), Some(found));
        }
    }
}

#[test]
fn sync() {
    let seeds =
        ["a31a 040163 0101ff 3112 0410 30313233343536373839616263646566", "a200", "800163", "3006 0a0101 040163"];
    let control = |octets: &[u8]| Control::new(oid::SYNC_STATE, Some(octets.to_vec()));
    let value = |control: Control| control.value.expect("the control has a value");
    provost_fuzz::check!(seeds.map(hex), |octets: &[u8]| {
        check::<SyncInfoValue>(octets, encode_sync_info, |octets| decode_sync_info(octets).ok());
        check::<SyncRequestValue>(octets, |made| value(sync_request(made)), |o| decode_sync_request(&control(o)).ok());
        check::<SyncStateValue>(octets, |made| value(sync_state(made)), |o| decode_sync_state(&control(o)).ok());
        check::<SyncDoneValue>(octets, |made| value(sync_done(made)), |o| decode_sync_done(&control(o)).ok());
    });
}
