use expect_test::{Expect, expect};
use provost_text::{Limits, Snippet};

use super::{LdapUrl, LdapUrlScheme, LdapUrlScope};
use crate::Filter;

fn url(text: &str) -> LdapUrl {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn check_print(text: &str, expected: &str) {
    assert_eq!(url(text).to_string(), expected);
    assert_eq!(url(expected), url(text));
}

fn check_error(text: &str, expected: &Expect) {
    let error = text.parse::<LdapUrl>().unwrap_err();
    expected.assert_eq(&format!("{}: {}", error.code(), Snippet::new(text, error.span(), &error.to_string())));
}

#[test]
fn what_is_wrong_with_the_server_or_an_attribute_is_named() {
    check_error(
        "ldap://[::1/",
        &expect![[r#"
        url-bad-host: expected a host name, an IPv4 address or an IPv6 address in `[` and `]` at byte 7
        ldap://[::1/
               ^^^^"#]],
    );
    check_error(
        "ldap:/h/",
        &expect![[r#"
        url-expected-scheme: expected `ldap://`, `ldaps://` or `ldapi://` at byte 0
        ldap:/h/
        ^^^^^^"#]],
    );
    check_error(
        "ldap://h/dc=lab?cn,s n",
        &expect![[r#"
        url-bad-attribute: expected attributes such as `cn`, `*` or `+` with `,` between them at byte 20
        ldap://h/dc=lab?cn,s n
                            ^"#]],
    );
    check_error(
        "ldap://h/dc=%C3%B6%FFlab",
        &expect![[r#"
        url-not-text: expected escapes that make UTF-8 at byte 18
        ldap://h/dc=%C3%B6%FFlab
                          ^^^"#]],
    );
}

#[test]
fn rfc_4516_4_examples() {
    let found = url("ldap:///o=University%20of%20Michigan,c=US");
    assert_eq!((found.host.as_deref(), found.scope), (None, None));
    assert_eq!(found.dn.to_string(), "o=University of Michigan,c=US");
    let found = url("ldap://ldap1.example.net/o=University%20of%20Michigan,c=US?postalAddress");
    assert_eq!(found.attributes, ["postalAddress"]);
    let found = url("ldap://ldap1.example.net:6666/o=University%20of%20Michigan,c=US??sub?(cn=Babs%20Jensen)");
    assert_eq!((found.port, found.scope), (Some(6666), Some(LdapUrlScope::Sub)));
    assert_eq!(found.filter, Some(Filter::equals("cn", "Babs Jensen").unwrap()));
    assert_eq!(url("LDAP://ldap1.example.com/c=GB?objectClass?ONE").scope, Some(LdapUrlScope::One));
    let found = url("ldap://ldap2.example.com/o=Question%3f,c=US?mail");
    assert_eq!(found.dn.rdns()[0].value("o"), Some(&b"Question?"[..]));
    let found = url("ldap://ldap3.example.com/o=Babsco,c=US???(four-octet=%5c00%5c00%5c00%5c04)");
    assert_eq!(found.filter, Some(Filter::equals("four-octet", [0, 0, 0, 4]).unwrap()));
    let found = url("ldap://ldap.example.com/o=An%20Example%5C2C%20Inc.,c=US");
    assert_eq!(found.dn.rdns()[0].value("o"), Some(&b"An Example, Inc."[..]));
    let found = url("ldap:///??sub??e-bindname=cn=Manager%2cdc=example%2cdc=com");
    assert_eq!(found.extensions[0].value.as_deref(), Some("cn=Manager,dc=example,dc=com"));
    assert!(!found.has_critical_extension());
    assert!(url("ldap:///??sub??!e-bindname=cn=Manager%2cdc=example%2cdc=com").has_critical_extension());
}

#[test]
fn rfc_4516_2_1_one_way_of_escaping() {
    check_print("ldap:///", "ldap://");
    check_print("LDAPS://DC1.Contoso.Lab:/", "ldaps://dc1.contoso.lab");
    check_print("ldap://h/cn=a%3fb%2Cdc=c%23d", "ldap://h/cn=a%3Fb,dc=c%23d");
    check_print("ldap://h/cn=ö??one", "ldap://h/cn=%C3%B6??one");
    check_print("ldap://h/?%63n??(cn=a%3Fb)?x=%2C,!y", "ldap://h/?cn??(cn=a%3Fb)?x=%2C,!y");
    check_print("ldap://h/????x=", "ldap://h/????x=");
}

#[test]
fn servers() {
    let found = url("ldap://[2001:DB8:0:0::1]:3268/");
    assert_eq!((found.host.as_deref(), found.port), (Some("2001:db8::1"), Some(3268)));
    assert_eq!(found.to_string(), "ldap://[2001:db8::1]:3268");
    let found = url("ldapi://%2Frun%2Fslapd%2FLDAPI/dc=lab");
    assert_eq!((found.scheme, found.host.as_deref()), (LdapUrlScheme::Ldapi, Some("/run/slapd/LDAPI")));
    assert_eq!((found.effective_port(), found.to_string().as_str()), (None, "ldapi://%2Frun%2Fslapd%2FLDAPI/dc=lab"));
    assert_eq!(url("ldap://h").effective_port(), Some(389));
    assert_eq!(url("ldaps://h").effective_port(), Some(636));
    assert_eq!(url("ldaps://h:10636").effective_port(), Some(10636));
}

#[test]
fn what_is_wrong_is_named_in_the_url() {
    check_error(
        "http://h/",
        &expect![[r#"
        url-expected-scheme: expected `ldap://`, `ldaps://` or `ldapi://` at byte 0
        http://h/
        ^^^^^^^"#]],
    );
    check_error(
        "contoso",
        &expect![[r#"
        url-expected-scheme: expected `ldap://`, `ldaps://` or `ldapi://` at byte 0
        contoso
        ^"#]],
    );
    check_error(
        "ldap://h:70000/",
        &expect![[r#"
        url-bad-port: expected a port between 0 and 65535 at byte 9
        ldap://h:70000/
                 ^^^^^"#]],
    );
    check_error(
        "ldap://h:x/",
        &expect![[r#"
        url-bad-port: expected a port between 0 and 65535 at byte 9
        ldap://h:x/
                 ^"#]],
    );
    check_error(
        "ldap://[::g]/",
        &expect![[r#"
        url-bad-host: expected a host name, an IPv4 address or an IPv6 address in `[` and `]` at byte 7
        ldap://[::g]/
               ^^^^^"#]],
    );
    check_error(
        "ldap://h?cn",
        &expect![[r#"
        url-expected-slash: expected `/` before the first `?` at byte 8
        ldap://h?cn
                ^"#]],
    );
    check_error(
        "ldap://h/ou=Z%C3%BCrich,dc",
        &expect![[r#"
        url-bad-dn: expected `=` after the attribute type at byte 26
        ldap://h/ou=Z%C3%BCrich,dc
                                  ^"#]],
    );
    check_error(
        "ldap://h/ou=a%2",
        &expect![[r#"
        url-bad-escape: expected two hexadecimal digits after `%` at byte 13
        ldap://h/ou=a%2
                     ^^"#]],
    );
    check_error(
        "ldap://h/ou=%ff",
        &expect![[r#"
            url-not-text: expected escapes that make UTF-8 at byte 12
            ldap://h/ou=%ff
                        ^^^"#]],
    );
    check_error(
        "ldap://h/?cn,%20",
        &expect![[r#"
        url-bad-attribute: expected attributes such as `cn`, `*` or `+` with `,` between them at byte 13
        ldap://h/?cn,%20
                     ^^^"#]],
    );
    check_error(
        "ldap://h/??tree",
        &expect![[r#"
        url-expected-scope: expected the scope `base`, `one` or `sub` at byte 11
        ldap://h/??tree
                   ^^^^"#]],
    );
    check_error(
        "ldap://h/???(cn=%5C2)",
        &expect![[r#"
        url-bad-filter: expected two hexadecimal digits after `\` at byte 16
        ldap://h/???(cn=%5C2)
                        ^^^^"#]],
    );
    check_error(
        "ldap://h/????a,!",
        &expect![[r#"
        url-bad-extension: expected extensions such as `!name=value` with `,` between them at byte 15
        ldap://h/????a,!
                       ^"#]],
    );
    check_error(
        "ldap://h/????a?b",
        &expect![[r#"
        url-expected-end: expected nothing behind the extensions at byte 15
        ldap://h/????a?b
                       ^"#]],
    );
}

#[test]
fn limits() {
    let limits = Limits::default().with_length(24).with_items(2);
    assert!(LdapUrl::parse_with("ldap://h/?cn,sn", &limits).is_ok());
    let refused = |text: &str| LdapUrl::parse_with(text, &limits).unwrap_err().code();
    assert_eq!(refused("ldap://h/?cn,sn,uid"), "url-too-many-items");
    assert_eq!(refused("ldap://h/????a,b,c"), "url-too-many-items");
    assert_eq!(refused("ldap://0123456789012345678"), "url-too-long");
}
