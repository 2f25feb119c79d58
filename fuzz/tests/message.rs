//! What passes the frame check decodes or is refused, and what decodes encodes to the same message (RFC 4511).
#![cfg(test)]

use provost_ldap_wire::{FrameLimits, Message, frame};

#[path = "message/corpus.rs"]
mod corpus;

#[test]
fn message() {
    let corpus = corpus::messages();
    bolero::check!().for_each(|octets: &[u8]| {
        let valid = &corpus[octets.len() % corpus.len()];
        for octets in [octets.to_vec(), provost_fuzz::damaged(valid.clone(), octets)] {
            let Ok(Some(length)) = frame(&octets, &FrameLimits::default()) else { continue };
            if let Ok(message) = Message::decode(&octets[..length]) {
                let encoded = message.encode();
                assert_eq!(frame(&encoded, &FrameLimits::default()), Ok(Some(encoded.len())));
                assert_eq!(Message::decode(&encoded).expect("it was encoded here"), message);
            }
        }
    });
}
