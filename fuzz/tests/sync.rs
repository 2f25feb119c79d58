//! A value of content synchronization is read or refused, and what is read is written to the same value (RFC 4533).
#![cfg(test)]

use provost_ldap_wire::{
    Control, decode_sync_done, decode_sync_info, decode_sync_request, decode_sync_state, encode_sync_info, oid,
    sync_done, sync_request, sync_state,
};

#[test]
fn sync() {
    let set = b"\xa3\x1a\x04\x01c\x01\x01\xff\x31\x12\x04\x100123456789abcdef".to_vec();
    bolero::check!().for_each(|octets: &[u8]| {
        for octets in [octets.to_vec(), provost_fuzz::damaged(set.clone(), octets)] {
            if let Ok(value) = decode_sync_info(&octets) {
                assert_eq!(decode_sync_info(&encode_sync_info(&value)), Ok(value));
            }
            let control = Control::new(oid::SYNC_STATE, Some(octets));
            let _ =
                decode_sync_state(&control).map(|value| assert_eq!(decode_sync_state(&sync_state(&value)), Ok(value)));
            let _ = decode_sync_done(&control).map(|value| assert_eq!(decode_sync_done(&sync_done(&value)), Ok(value)));
            let _ = decode_sync_request(&control)
                .map(|value| assert_eq!(decode_sync_request(&sync_request(&value)), Ok(value)));
        }
    });
}
