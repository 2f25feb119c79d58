//! An attribute description prints to text that parses to an equal one (RFC 4512 section 2.5).
#![cfg(test)]

use arbitrary::Arbitrary as _;
use provost_fuzz::{Form, form, parse_and_print, print_and_parse, seeds};
use provost_ldap_types::AttributeDescription;

const TOKENS: &str = "cn¦2¦.¦5.4.3¦0¦;¦lang-de¦binary¦range=0-¦*¦=¦_¦-¦ö¦ ¦;;";

#[test]
fn attribute() {
    provost_fuzz::check!(seeds::directory::lines("attribute"), |octets: &[u8]| match form(octets, TOKENS) {
        Form::Made(mut octets) =>
            print_and_parse(&AttributeDescription::arbitrary(&mut octets).expect("it is made of any octets")),
        form => {
            let text = form.text().unwrap_or_default();
            parse_and_print::<AttributeDescription>(&text, |error| error.span());
        }
    });
}
