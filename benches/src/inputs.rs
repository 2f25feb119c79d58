use std::fmt::Write;

/// A name of four components, one of two parts, with an escape.
pub const DN: &str = r"cn=Simon\, Britta+uid=bsimon,ou=People,dc=contoso,dc=lab";

/// A filter of four comparisons.
pub const FILTER: &str =
    "(&(objectClass=inetOrgPerson)(|(uid=bsimon)(mail=bsimon@contoso.com))(!(loginDisabled=TRUE)))";

/// The subschema entry of 389 DS 2.3.1 as LDIF: 1,768 definitions.
pub const SUBSCHEMA: &[u8] =
    include_bytes!("../../crates/provost-ldap-types/tests/data/captured/389ds-2.3.1-subschema.ldif");

/// Makes LDIF of users with ten attributes, one value of them in base64 and one folded.
#[must_use]
pub fn ldif(entries: usize) -> String {
    let mut text = String::from("version: 1\n");
    for number in 0..entries {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\ndn: uid=user{number},ou=People,dc=contoso,dc=lab\nobjectClass: top\nobjectClass: person\n\
             objectClass: organizationalPerson\nobjectClass: inetOrgPerson\nuid: user{number}\ncn: User {number}\n\
             sn:: WsO8cmljaA==\ngivenName: User\nmail: user{number}@contoso.com\ntelephoneNumber: +49 30 {number}\n\
             description: An entry of the benchmark whose description is long enough to be fo\n lded once\n"
        );
    }
    text
}
