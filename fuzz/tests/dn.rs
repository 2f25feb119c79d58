//! A DN prints to text that parses to an equal DN with the same key (RFC 4514).
#![cfg(test)]

use provost_fuzz::{parse_and_print, text};
use provost_ldap_types::Dn;

const TOKENS: &str = concat!("cn¦2.5.4.3¦uid¦=¦,¦+¦\\¦\\2C¦", "\\c3\\b6¦#04024869¦#¦ ¦\"¦;¦ö¦Smith¦\0");

#[test]
fn dn() {
    bolero::check!().for_each(|octets: &[u8]| {
        let text = text(octets, TOKENS);
        parse_and_print::<Dn>(&text, |error| error.span());
        if let Ok(dn) = text.parse::<Dn>() {
            assert_eq!(dn.normalized().parse::<Dn>().expect("a key is a DN"), dn, "{text:?}");
        }
    });
}
