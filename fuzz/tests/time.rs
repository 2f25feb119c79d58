//! A time prints to text that parses to an equal time (RFC 4517 section 3.3.13).
#![cfg(test)]

use arbitrary::Arbitrary as _;
use provost_fuzz::{Form, form, parse_and_print, print_and_parse, seeds};
use provost_ldap_types::GeneralizedTime;

const TOKENS: &str = "2026¦0316¦09¦00¦60¦29¦12¦31¦.¦,¦5¦000001¦Z¦z¦+¦-¦0200¦ ¦9999";

#[test]
fn time() {
    provost_fuzz::check!(seeds::directory::lines("time"), |octets: &[u8]| match form(octets, TOKENS) {
        Form::Made(mut octets) =>
            print_and_parse(&GeneralizedTime::arbitrary(&mut octets).expect("it is made of any octets")),
        form => {
            let text = form.text().unwrap_or_default();
            parse_and_print::<GeneralizedTime>(&text, |error| error.span());
        }
    });
}
