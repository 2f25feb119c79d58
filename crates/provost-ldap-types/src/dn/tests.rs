use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use expect_test::{Expect, expect};
use provost_text::{Limits, Snippet};

use super::{Dn, ParseDnErrorKind, Rdn};

/// Compares how a name is printed and its key, or the drawing of the error.
fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&match text.parse::<Dn>() {
        Ok(dn) => format!("{dn}\n{}", dn.normalized()),
        Err(error) => format!("{}: {}", error.code(), Snippet::new(text, error.span(), &error.to_string())),
    });
}

fn dn(text: &str) -> Dn {
    text.parse().unwrap()
}

fn hash(dn: &Dn) -> u64 {
    let mut hasher = DefaultHasher::new();
    dn.hash(&mut hasher);
    hasher.finish()
}

fn check_equal(a: &str, b: &str) {
    let (a, b) = (dn(a), dn(b));
    assert_eq!(a, b);
    assert!(a.cmp(&b).is_eq(), "{a} {b}");
    assert_eq!(hash(&a), hash(&b), "{a} {b}");
    assert_eq!(a.normalized(), b.normalized());
}

fn check_differ(a: &str, b: &str) {
    let (a, b) = (dn(a), dn(b));
    assert_ne!(a, b);
    assert!(a.cmp(&b).is_ne(), "{a} {b}");
    assert_ne!(a.normalized(), b.normalized());
}

#[test]
fn rfc_4514_2_1_the_empty_name() {
    for text in ["", "  "] {
        assert_eq!(dn(text), Dn::root());
        assert!(dn(text).is_empty());
    }
    assert_eq!((Dn::root().to_string(), Dn::root().normalized()), (String::new(), String::new()));
    assert_eq!(Dn::root().parent(), None);
    assert_eq!(Dn::root().rdn().map(ToString::to_string), None);
}

#[test]
fn rfc_4514_4_examples() {
    check(
        "UID=jsmith,DC=example,DC=net",
        &expect![[r"
        UID=jsmith,DC=example,DC=net
        uid=jsmith,dc=example,dc=net"]],
    );
    check(
        "OU=Sales+CN=J.  Smith,DC=example,DC=net",
        &expect![[r"
        OU=Sales+CN=J.  Smith,DC=example,DC=net
        cn=j. smith+ou=sales,dc=example,dc=net"]],
    );
    check(
        r#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#,
        &expect![[r#"
        CN=James \"Jim\" Smith\, III,DC=example,DC=net
        cn=james \"jim\" smith\, iii,dc=example,dc=net"#]],
    );
    check(
        r"CN=Before\0dAfter,DC=example,DC=net",
        &expect![[r"
        CN=Before\0DAfter,DC=example,DC=net
        cn=before after,dc=example,dc=net"]],
    );
    check(
        "1.3.6.1.4.1.1466.0=#04024869",
        &expect![[r"
        1.3.6.1.4.1.1466.0=#04024869
        1.3.6.1.4.1.1466.0=hi"]],
    );
    check(
        r"CN=Lu\C4\8Di\C4\87",
        &expect![[r"
        CN=Lučić
        cn=lučić"]],
    );
}

#[test]
fn rfc_4514_2_4_escapes_on_printing() {
    for (value, printed) in [
        ("", "cn="),
        (" ", r"cn=\ "),
        ("  ", r"cn=\ \ "),
        (" a b ", r"cn=\ a b\ "),
        ("#a#", r"cn=\#a#"),
        (r#""+,;<>\"#, r#"cn=\"\+\,\;\<\>\\"#),
        ("a=b", "cn=a=b"),
        ("a\0\n\u{7f}", r"cn=a\00\0A\7F"),
        ("O'Neil (x) *", "cn=O'Neil (x) *"),
        ("x,OU=Admins", r"cn=x\,OU=Admins"),
    ] {
        let rdn = Rdn::new("cn", value).unwrap();
        assert_eq!(rdn.to_string(), printed);
        assert_eq!(printed.parse::<Rdn>().unwrap().value("cn"), Some(value.as_bytes()));
    }
}

#[test]
fn rfc_4514_2_4_octets_that_are_not_utf_8_stay_octets() {
    let rdn = Rdn::new("cn", b"a\xff\xc3").unwrap();
    assert_eq!(rdn.to_string(), r"cn=a\FF\C3");
    assert_eq!(rdn.attributes()[0].text(), None);
    assert_eq!(r"cn=a\ff\C3".parse::<Rdn>().unwrap(), rdn);
}

#[test]
fn rfc_4514_3_every_escape_is_read() {
    let read = r#"cn=\ \"\#\+\,\;\<\=\>\\\41\c3\a4\ "#;
    assert_eq!(dn(read).rdn().unwrap().attributes()[0].text(), Some(" \"#+,;<=>\\Aä "));
}

#[test]
fn rfc_4514_3_hexadecimal_values_are_ber() {
    let part = |text: &str| text.parse::<Rdn>().unwrap().attributes()[0].clone();
    assert_eq!(part("cn=#0c0548656c6c6f").text(), Some("Hello"));
    assert_eq!(part("cn=#0C0548656C6C6F").ber(), Some(&b"\x0c\x05Hello"[..]));
    assert_eq!(part("cn=Hello").ber(), None);
    // Long form of the length, and everything that is not one string as it is.
    assert_eq!(part("cn=#0c8102 4849".replace(' ', "").as_str()).text(), Some("HI"));
    for octets in ["04", "0401", "04014142", "0480410000", "048541", "020101", "3000", "0c85000000000141"] {
        assert_eq!(part(&format!("cn=#{octets}")).value().len() * 2, octets.len());
    }
    check_equal("cn=#0c0548656c6c6f", "cn=hello");
    check_equal("cn=#0c0548656c6c6f", "cn=#130548454c4c4f");
    check_differ("cn=#020141", r"cn=\02\01A");
    assert_eq!(dn("cn=#020101").normalized(), "cn=#020101");
}

#[test]
fn tolerated_blanks_around_separators() {
    check(
        " cn = a  b  +  sn = c , dc = lab ",
        &expect![[r"
        cn=a  b+sn=c,dc=lab
        cn=a b+sn=c,dc=lab"]],
    );
    check(
        r"cn=a\ ,dc=#0401 41".replace("1 4", "14").as_str(),
        &expect![[r"
        cn=a\ ,dc=#040141
        cn=a,dc=a"]],
    );
    check(
        r"cn=a\   ,dc=#040141 ,o=x",
        &expect![[r"
        cn=a\ ,dc=#040141,o=x
        cn=a,dc=a,o=x"]],
    );
}

#[test]
fn characters_that_need_an_escape_are_named() {
    check(
        "cn=a<b>,dc=lab",
        &expect![[r#"
            dn-unescaped: expected `,`, `+` or the end of the name: `<` in a value is written as `\<` at byte 4
            cn=a<b>,dc=lab
                ^"#]],
    );
    check(
        "cn=\"Simon, B\",dc=lab",
        &expect![[r#"
            dn-unescaped: expected a value without quotation marks: `"` is written as `\"` and `,` as `\,` at byte 3
            cn="Simon, B",dc=lab
               ^"#]],
    );
    check(
        "cn=ä;dc=lab",
        &expect![[r#"
            dn-unescaped: expected `,`, `+` or the end of the name: `;` in a value is written as `\;` at byte 5
            cn=ä;dc=lab
                ^"#]],
    );
    check(
        r"cn=\41>",
        &expect![[r#"
            dn-unescaped: expected `,`, `+` or the end of the name: `>` in a value is written as `\>` at byte 6
            cn=\41>
                  ^"#]],
    );
    check(
        "cn=a\0",
        &expect![[r#"
            dn-unescaped: expected a value in which a zero octet is written as `\00` at byte 4
            cn=a 
                ^"#]],
    );
}

#[test]
fn broken_escapes_are_named() {
    check(
        r"cn=a\zb",
        &expect![[r"
        dn-bad-escape: expected a special character or two hexadecimal digits after `\` at byte 4
        cn=a\zb
            ^^"]],
    );
    check(
        r"cn=a\ä",
        &expect![[r"
        dn-bad-escape: expected a special character or two hexadecimal digits after `\` at byte 4
        cn=a\ä
            ^^"]],
    );
    check(
        r"cn=a\4",
        &expect![[r"
        dn-bad-escape: expected a special character or two hexadecimal digits after `\` at byte 4
        cn=a\4
            ^^"]],
    );
    check(
        r"cn=a\",
        &expect![[r"
        dn-bad-escape: expected a special character or two hexadecimal digits after `\` at byte 4
        cn=a\
            ^"]],
    );
    for (text, at) in [("cn=#", 4), ("cn=#1", 5), ("cn=#12x", 6), ("cn=#12 x", 7), ("cn=#ä", 4), ("cn=#,dc=a", 4)] {
        let error = text.parse::<Dn>().unwrap_err();
        assert_eq!((error.kind(), error.span().start()), (ParseDnErrorKind::BadHexValue, at), "{text}");
    }
}

#[test]
fn missing_parts_are_named() {
    check(
        "cn=a,,dc=lab",
        &expect![[r"
        dn-expected-type: expected an attribute type such as `cn` at byte 5
        cn=a,,dc=lab
             ^"]],
    );
    check(
        "cn=a,",
        &expect![[r"
        dn-expected-type: expected an attribute type such as `cn` at byte 5
        cn=a,
             ^"]],
    );
    check(
        "Britta Simon",
        &expect![[r"
        dn-expected-equals: expected `=` after the attribute type at byte 7
        Britta Simon
               ^"]],
    );
    check(
        "cn=a,dc",
        &expect![[r"
        dn-expected-equals: expected `=` after the attribute type at byte 7
        cn=a,dc
               ^"]],
    );
    check(
        "cn;lang-de=a",
        &expect![[r"
        dn-expected-equals: expected `=` after the attribute type at byte 2
        cn;lang-de=a
          ^"]],
    );
    for text in ["=a", "1=a", "1.=a", "1.02=a", "-a=b", ".1=a", "ä=b", "cn=a+", "+cn=a", "OID.2.5.4.3=a"] {
        assert!(text.parse::<Dn>().is_err(), "{text}");
    }
}

#[test]
fn rfc_4512_2_3_1_a_type_stands_once_in_a_component() {
    check(
        "uid=a+CN=b+commonName=c,dc=lab",
        &expect![[r#"
            dn-repeated-type: expected an attribute type that the component does not have yet at byte 11
            uid=a+CN=b+commonName=c,dc=lab
                       ^^^^^^^^^^"#]],
    );
    let error = Rdn::new("cn", "a").unwrap().with("2.5.4.3", "b").unwrap_err();
    assert_eq!(error.code(), "dn-repeated-type");
}

#[test]
fn limits() {
    let limits = Limits::default().with_length(20).with_items(3);
    assert_eq!(Dn::parse_with("a=1,a=2,a=3", &limits).unwrap().len(), 3);
    let error = Dn::parse_with("a=1,a=2,a=3,a=4", &limits).unwrap_err();
    assert_eq!((error.code(), error.span().start()), ("dn-too-many-parts", 12));
    let error = Dn::parse_with("a=123456789012345678901", &limits).unwrap_err();
    assert_eq!(error.kind(), ParseDnErrorKind::TooLong { limit: 20 });
    let parts: Vec<_> = (0..33).map(|at| format!("a{at}=1")).collect();
    assert!(parts[..32].join("+").parse::<Rdn>().is_ok());
    assert_eq!(parts.join("+").parse::<Rdn>().unwrap_err().code(), "dn-too-many-parts");
}

#[test]
fn text_at_the_limit_gives_an_answer() {
    let limits = Limits::default().with_length(1 << 18).with_items(usize::MAX);
    for piece in [",", "+", "\\", "\\41", "a=", "a=,", "a=\\,,", "a=#04", "a=b+", " ", "\"", "1.", "a=<", "a=b,", "="] {
        let text = piece.repeat((1 << 18) / piece.len());
        if let Err(error) = Dn::parse_with(&text, &limits) {
            assert!(error.span().end() <= text.len());
        }
    }
}

#[test]
fn a_component_alone_has_no_comma() {
    assert_eq!("cn=a+sn=b".parse::<Rdn>().unwrap().attributes().len(), 2);
    assert_eq!("cn=a,dc=b".parse::<Rdn>().unwrap_err().kind(), ParseDnErrorKind::Unescaped(','));
    assert_eq!("".parse::<Rdn>().unwrap_err().kind(), ParseDnErrorKind::ExpectedType);
}

#[test]
fn an_attribute_type_is_never_more_than_that() {
    for attribute in ["", "cn=", "cn ", "cn;x", "a,b", "ä", "cn=a,dc"] {
        assert_eq!(Rdn::new(attribute, "x").unwrap_err().code(), "dn-expected-type", "{attribute}");
    }
    assert_eq!(Rdn::new("1", "x").unwrap_err().code(), "dn-bad-oid");
}

#[test]
fn rfc_4512_1_4_numbers_of_an_identifier() {
    check(
        "2.5.=a",
        &expect![[r#"
        dn-bad-oid: expected an object identifier such as `2.5.4.3`, of numbers without leading zeros at byte 4
        2.5.=a
            ^"#]],
    );
    check(
        "cn=b,2.05.4=a",
        &expect![[r#"
        dn-bad-oid: expected an object identifier such as `2.5.4.3`, of numbers without leading zeros at byte 7
        cn=b,2.05.4=a
               ^^"#]],
    );
    check(
        "1cn=a",
        &expect![[r#"
        dn-bad-oid: expected an object identifier such as `2.5.4.3`, of numbers without leading zeros at byte 1
        1cn=a
         ^"#]],
    );
}

#[test]
fn rfc_4517_4_2_15_names_compare_without_case_and_by_aliases() {
    check_equal("CN=Britta Simon,DC=Lab", "commonName=britta  simon , 0.9.2342.19200300.100.1.25=LAB");
    check_equal("userid=a", "UID=A");
    check_equal("uid=a+cn=b,dc=lab", "2.5.4.3=b+uid=a,dc=lab");
    check_equal("cn=STRASSE", "cn=straße");
    check_equal("cn=o\u{308}l", "cn=Öl");
    check_equal(r"cn=a\2Cb", r"cn=a\,b");
    check_equal("x-own=a", "X-OWN=A");
    check_differ("cn=a", "sn=a");
    check_differ("cn=a", "cn=b");
    check_differ("cn=a,dc=lab", "cn=a");
    check_differ("uid=a+cn=b", "uid=a,cn=b");
    check_differ("uid=a+cn=b", "uid=a");
    check_differ(r"cn=\ff", r"cn=\fe");
    check_differ("cn=a b", "cn=ab");
}

#[test]
fn the_order_walks_the_tree() {
    let mut names = ["ou=b,dc=x", "dc=y", "cn=z,ou=a,dc=x", "dc=x", "ou=a,dc=x", "", "cn=a,ou=b,dc=x"].map(dn);
    names.sort();
    let printed: Vec<_> = names.iter().map(ToString::to_string).collect();
    assert_eq!(printed, ["", "dc=x", "ou=a,dc=x", "cn=z,ou=a,dc=x", "ou=b,dc=x", "cn=a,ou=b,dc=x", "dc=y"]);
}

#[test]
fn depth_below_an_ancestor() {
    let (base, user) = (dn("DC=contoso,dc=lab"), dn("cn=a,ou=b,dc=Contoso,dc=lab"));
    assert_eq!(user.depth_below(&base), Some(2));
    assert_eq!(user.depth_below(&Dn::root()), Some(4));
    assert_eq!(user.depth_below(&user), None);
    assert_eq!(base.depth_below(&user), None);
    assert_eq!(user.depth_below(&dn("dc=fabrikam,dc=lab")), None);
    assert!(user.is_descendant_of(&base) && !base.is_descendant_of(&base));
}

#[test]
fn renames_and_moves() {
    let user = dn("cn=a,ou=b,dc=lab");
    assert_eq!(user.parent(), Some(dn("ou=b,dc=lab")));
    assert_eq!(user.with_rdn(Rdn::new("cn", "c,d").unwrap()).to_string(), r"cn=c\,d,ou=b,dc=lab");
    assert_eq!(user.with_parent(&dn("ou=z")), dn("cn=a,ou=z"));
    assert_eq!(user.rebased(&dn("OU=B,dc=lab"), &dn("o=new")), Some(dn("cn=a,o=new")));
    assert_eq!(user.rebased(&user, &dn("o=new")), Some(dn("o=new")));
    assert_eq!(user.rebased(&dn("ou=c,dc=lab"), &dn("o=new")), None);
    assert_eq!(dn("dc=lab").rebased(&user, &Dn::root()), None);
    assert_eq!(Dn::from(Rdn::new("o", "x").unwrap()), Dn::root().child(Rdn::new("O", "X").unwrap()));
}

#[test]
fn a_value_is_found_by_any_name_of_its_type() {
    let rdn = Rdn::new("uid", "bsimon").unwrap().with("cn", "Britta").unwrap();
    assert_eq!(rdn.value("commonName"), Some(&b"Britta"[..]));
    assert_eq!(rdn.value("0.9.2342.19200300.100.1.1"), Some(&b"bsimon"[..]));
    assert_eq!(rdn.value("sn"), None);
    assert_eq!(format!("{rdn:?}"), "Rdn(uid=bsimon+cn=Britta)");
}
