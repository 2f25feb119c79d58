//! An LDAP URL prints to text that parses to an equal URL (RFC 4516).
#![cfg(test)]

use arbitrary::Arbitrary as _;
use provost_fuzz::{Form, form, parse_and_print, print_and_parse, seeds};
use provost_ldap_types::LdapUrl;

const TOKENS: &str =
    "ldap://¦ldaps://¦ldapi://¦h¦[::1]¦:¦389¦/¦?¦dc=lab¦,¦cn¦*¦one¦(cn=a)¦%¦%2C¦%3F¦%c3%b6¦!¦=¦x-a¦ö¦#¦\\¦@";

#[test]
fn url() {
    provost_fuzz::check!(seeds::directory::lines("url"), |octets: &[u8]| match form(octets, TOKENS) {
        Form::Made(mut octets) => print_and_parse(&LdapUrl::arbitrary(&mut octets).expect("it is made of any octets")),
        form => {
            let text = form.text().unwrap_or_default();
            parse_and_print::<LdapUrl>(&format!("ldap://{text}"), |error| error.span());
            parse_and_print::<LdapUrl>(&text, |error| error.span());
        }
    });
}
