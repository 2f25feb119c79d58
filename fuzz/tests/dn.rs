//! A DN prints to text that parses to an equal DN with the same key (RFC 4514).
#![cfg(test)]

use arbitrary::Arbitrary as _;
use provost_fuzz::{Form, form, parse_and_print, print_and_parse, seeds};
use provost_ldap_types::Dn;

const TOKENS: &str = concat!("cn¦2.5.4.3¦uid¦=¦,¦+¦\\¦\\2C¦", "\\c3\\b6¦#04024869¦#¦ ¦\"¦;¦ö¦Smith¦\0");

#[test]
fn dn() {
    provost_fuzz::check!(seeds::directory::lines("dn"), |octets: &[u8]| {
        let dn = match form(octets, TOKENS) {
            Form::Made(mut octets) => Dn::arbitrary(&mut octets).expect("a DN is made of any octets"),
            form => {
                let text = form.text().unwrap_or_default();
                parse_and_print::<Dn>(&text, |error| error.span());
                let Ok(dn) = text.parse() else { return };
                dn
            }
        };
        print_and_parse(&dn);
        assert_eq!(dn.normalized().parse::<Dn>().expect("a key is a DN"), dn);
        assert!(dn.parent().is_none_or(|parent| dn.depth_below(&parent) == Some(1)), "{dn}");
    });
}
