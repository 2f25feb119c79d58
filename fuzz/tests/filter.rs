//! A filter prints to text, and encodes to octets, that give an equal filter (RFC 4515, RFC 4511 section 4.5.1).
#![cfg(test)]

use provost_fuzz::{parse_and_print, text};
use provost_ldap_types::Filter;
use provost_ldap_wire::{decode_filter, encode_filter};

const TOKENS: &str = concat!(
    "(cn=a)¦(&(cn=*)¦(|(cn=ö*b)¦(!(uid>=1))¦(a:dn:2.5.13.2:=x)¦(cn;lang-de~=\\2a)¦(&)¦))¦)¦",
    "(¦)¦(&¦(|¦(!¦(cn=¦=*¦:=¦:dn¦:2.5.13.2¦*¦\\2a¦\\¦cn¦ö¦ "
);

#[test]
fn filter() {
    bolero::check!().for_each(|octets: &[u8]| {
        let text = text(octets, TOKENS);
        parse_and_print::<Filter>(&text, |error| error.span());
        if let Ok(filter) = text.parse::<Filter>() {
            assert_eq!(decode_filter(&encode_filter(&filter)).expect(&text), filter);
        }
    });
}
