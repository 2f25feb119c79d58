//! An LDAP URL prints to text that parses to an equal URL (RFC 4516).
#![cfg(test)]

use provost_fuzz::{parse_and_print, text};
use provost_ldap_types::LdapUrl;

const TOKENS: &str = concat!(
    "ldap://¦ldaps://¦ldapi://¦h¦[::1]¦:¦389¦/¦?¦dc=lab¦,¦cn¦*¦one¦(cn=a)¦%¦%2C¦%3F¦%c3%b6¦!¦",
    "=¦x-a¦ö¦#¦\\¦@"
);

#[test]
fn url() {
    bolero::check!().for_each(|octets: &[u8]| {
        let tail = text(octets, TOKENS);
        for text in [format!("ldap://{tail}"), tail] {
            parse_and_print::<LdapUrl>(&text, |error| error.span());
        }
    });
}
