use expect_test::{Expect, expect};
use provost_text::{Limits, Snippet};

use super::{BuiltInRules, Filter, FilterContext, ParseFilterErrorKind, SubstringAssertion, Truth};
use crate::{Attribute, AttributeDescription, Entry, OctetString};

/// Compares how a filter is printed, or the drawing of the error.
fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&match text.parse::<Filter>() {
        Ok(filter) => filter.to_string(),
        Err(error) => format!("{}: {}", error.code(), Snippet::new(text, error.span(), &error.to_string())),
    });
}

fn check_same(text: &str) {
    assert_eq!(text.parse::<Filter>().unwrap().to_string(), text);
}

fn filter(text: &str) -> Filter {
    text.parse().unwrap()
}

#[test]
fn rfc_4515_4_examples() {
    for text in [
        "(cn=Babs Jensen)",
        "(!(cn=Tim Howes))",
        "(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))",
        "(o=univ*of*mich*)",
        "(seeAlso=)",
        "(cn:caseExactMatch:=Fred Flintstone)",
        "(cn:=Betty Rubble)",
        "(sn:dn:2.4.6.8.10:=Barney Rubble)",
        "(o:dn:=Ace Industry)",
        "(:1.2.3:=Wilma Flintstone)",
        "(:dn:2.4.6.8.10:=Dino)",
        r"(o=Parens R Us \28for all your parenthetical needs\29)",
        r"(cn=*\2a*)",
        r"(filename=C:\5cMyFile)",
        r"(bin=\00\00\00\04)",
    ] {
        check_same(text);
    }
    check(r"(sn=Lu\c4\8di\c4\87)", &expect!["(sn=Lučić)"]);
    check(r"(1.3.6.1.4.1.1466.0=\04\02\48\69)", &expect![r"(1.3.6.1.4.1.1466.0=\04\02Hi)"]);
    check(r"(filename=C:\5CMyFile)", &expect![r"(filename=C:\5cMyFile)"]);
}

#[test]
fn rfc_4515_3_every_comparison_has_its_variant() {
    let attribute: AttributeDescription = "cn".parse().unwrap();
    let value = OctetString::from("a");
    assert_eq!(filter("(cn>=a)"), Filter::GreaterOrEqual { attribute: attribute.clone(), value: value.clone() });
    assert_eq!(filter("(CN<=a)"), Filter::LessOrEqual { attribute: attribute.clone(), value: value.clone() });
    assert_eq!(filter("(cn~=a)"), Filter::Approx { attribute: attribute.clone(), value: value.clone() });
    assert_eq!(filter("(cn=*)"), Filter::Present(attribute.clone()));
    let any = vec!["b".into(), "*".into()];
    let parts = Filter::Substrings { attribute: attribute.clone(), initial: Some(value.clone()), any, last: None };
    assert_eq!(filter(r"(cn=a*b*\2a*)"), parts);
    assert_eq!(filter("(cn=*a)"), Filter::ends_with("cn", "a").unwrap());
    assert_eq!(filter("(cn=*a*)"), Filter::contains("cn", "a").unwrap());
    let rule = Some("2.4.6.8".to_owned());
    let extensible = Filter::Extensible { rule, attribute: Some(attribute), value, dn_attributes: true };
    assert_eq!(filter("(cn:DN:2.4.6.8:=a)"), extensible);
    check_same("(userCertificate;binary=*)");
    check_same("(&(cn=a)(sn>=b)(sn<=c)(cn~=d)(!(|(uid=e)(!(uid=f)))))");
}

#[test]
fn rfc_4526_true_and_false() {
    check_same("(&)");
    check_same("(|)");
    check_same("(!(&))");
    check("( & )", &expect!["(&)"]);
    check(
        "(!)",
        &expect![[r"
        filter-expected-open: expected `(` at byte 2
        (!)
          ^"]],
    );
}

#[test]
fn tolerated_blanks_between_filters() {
    check(" ( & (cn=a b )\n\t( ! (sn= c) ) ( | ) ) ", &expect!["(&(cn=a b )(!(sn= c))(|))"]);
}

#[test]
fn a_colon_dn_may_be_the_name_of_a_rule() {
    let Filter::Extensible { rule, dn_attributes, .. } = filter("(cn:dnMatch:=a)") else { panic!("extensible") };
    assert_eq!((rule.as_deref(), dn_attributes), (Some("dnMatch"), false));
}

#[test]
fn missing_parts_are_named() {
    check(
        "cn=a",
        &expect![[r"
        filter-expected-open: expected `(` at byte 0
        cn=a
        ^"]],
    );
    check(
        "",
        &expect![[r"
        filter-expected-open: expected `(` at byte 0

        ^"]],
    );
    check(
        "(cn=a",
        &expect![[r"
        filter-expected-close: expected `)` at byte 5
        (cn=a
             ^"]],
    );
    check(
        "(&(cn=a)(sn=b)",
        &expect![[r#"
            filter-expected-open-or-close: expected `(` or `)` at byte 14
            (&(cn=a)(sn=b)
                          ^"#]],
    );
    check(
        "(&cn=a)",
        &expect![[r#"
            filter-expected-open-or-close: expected `(` or `)` at byte 2
            (&cn=a)
              ^"#]],
    );
    check(
        "(!(cn=a)(sn=b))",
        &expect![[r"
        filter-expected-close: expected `)` at byte 8
        (!(cn=a)(sn=b))
                ^"]],
    );
    check(
        "(cn=a)(sn=b)",
        &expect![[r#"
            filter-expected-end: expected the end: several filters are joined as in `(&(cn=a)(sn=b))` at byte 6
            (cn=a)(sn=b)
                  ^^^^^^"#]],
    );
    check(
        "()",
        &expect![[r"
        filter-expected-attribute: expected an attribute type, `&`, `|` or `!` at byte 1
        ()
         ^"]],
    );
    check(
        "(=a)",
        &expect![[r"
        filter-expected-attribute: expected an attribute type, `&`, `|` or `!` at byte 1
        (=a)
         ^"]],
    );
    check(
        "(cn a)",
        &expect![[r"
        filter-expected-operator: expected `=`, `>=`, `<=`, `~=` or `:=` after the attribute type at byte 3
        (cn a)
           ^"]],
    );
    check(
        "(cn>a)",
        &expect![[r"
        filter-expected-operator: expected `=`, `>=`, `<=`, `~=` or `:=` after the attribute type at byte 3
        (cn>a)
           ^"]],
    );
    check(
        "(cn;=a)",
        &expect![[r"
        filter-bad-attribute: expected an option after `;` in the attribute description at byte 4
        (cn;=a)
            ^"]],
    );
    check(
        "(:=a)",
        &expect![[r"
        filter-expected-rule: expected a matching rule such as `caseExactMatch` at byte 1
        (:=a)
         ^^"]],
    );
    check(
        "(:dn:=a)",
        &expect![[r"
        filter-expected-rule: expected a matching rule such as `caseExactMatch` at byte 1
        (:dn:=a)
         ^^^^^"]],
    );
    check(
        "(cn:ä:=a)",
        &expect![[r"
        filter-expected-rule: expected a matching rule such as `caseExactMatch` at byte 4
        (cn:ä:=a)
            ^"]],
    );
    check(
        "(cn:rule=a)",
        &expect![[r#"
            filter-expected-assignment: expected `:=` at byte 8
            (cn:rule=a)
                    ^"#]],
    );
}

#[test]
fn values_that_need_an_escape_are_named() {
    check(
        "(cn=Simon (Britta))",
        &expect![[r#"
            filter-unescaped: expected `)`: `(` in a value is written as `\28` at byte 10
            (cn=Simon (Britta))
                      ^"#]],
    );
    check(
        "(cn>=a*)",
        &expect![[r#"
            filter-unescaped: expected `)`: `*` in a value is written as `\2a` at byte 6
            (cn>=a*)
                  ^"#]],
    );
    check(
        "(cn=a\0)",
        &expect![[r#"
            filter-unescaped: expected `)`: `\u{0}` in a value is written as `\00` at byte 5
            (cn=a )
                 ^"#]],
    );
    check(
        "(cn=a**b)",
        &expect![[r"
        filter-empty-substring: expected text between `*` and `*` at byte 5
        (cn=a**b)
             ^^"]],
    );
    check(
        "(cn=**)",
        &expect![[r"
        filter-empty-substring: expected text between `*` and `*` at byte 4
        (cn=**)
            ^^"]],
    );
    check(
        r"(cn=a\zz)",
        &expect![[r"
        filter-bad-escape: expected two hexadecimal digits after `\` at byte 5
        (cn=a\zz)
             ^^"]],
    );
    check(
        r"(cn=a\ä)",
        &expect![[r"
        filter-bad-escape: expected two hexadecimal digits after `\` at byte 5
        (cn=a\ä)
             ^^"]],
    );
    check(
        r"(cn=a\",
        &expect![[r"
        filter-bad-escape: expected two hexadecimal digits after `\` at byte 5
        (cn=a\
             ^"]],
    );
}

#[test]
fn limits() {
    let limits = Limits::default().with_length(30).with_depth(3).with_items(2);
    let error = |text: &str| Filter::parse_with(text, &limits).unwrap_err();
    assert!(Filter::parse_with("(&(|(cn=a)(cn=b))(cn=c))", &limits).is_ok());
    assert_eq!(error("(!(!(!(cn=a))))").kind(), ParseFilterErrorKind::TooDeep { limit: 3 });
    assert_eq!(error("(!(!(!(cn=a))))").span().start(), 6);
    assert_eq!(error("(|(a=b)(a=b)(a=b))").kind(), ParseFilterErrorKind::TooManyItems { limit: 2 });
    assert_eq!(error("(a=*b*b*b*)").kind(), ParseFilterErrorKind::TooManyItems { limit: 2 });
    assert_eq!(error(&" ".repeat(31)).kind(), ParseFilterErrorKind::TooLong { limit: 30 });
}

#[test]
fn text_at_the_limit_gives_an_answer() {
    let limits = Limits::default().with_length(1 << 18).with_depth(usize::MAX).with_items(usize::MAX);
    for piece in
        ["(", "(!", "(&", "(|(a=b)", "(a=*", "(a=b", "\\", "\\41", "(a=*b", "*b", ")", ":", "(:dn", "(a;b", " "]
    {
        for start in ["", "(a=", "(&"] {
            let text = format!("{start}{}", piece.repeat((1 << 18) / piece.len() - 3));
            let error = Filter::parse_with(&text, &limits).unwrap_err();
            assert!(error.span().end() <= text.len());
        }
    }
    let wide = format!("(|{})", "(a=b)".repeat(50_000));
    assert!(Filter::parse_with(&wide, &limits).is_ok());
    let deep = format!("{}(a=b){}", "(!".repeat(255), ")".repeat(255));
    assert_eq!(Filter::parse_with(&deep, &limits).unwrap().depth(), 256);
    assert_eq!(filter("(&(a=b)(|(a=b)(!(a=b))))").depth(), 4);
}

#[test]
fn constructors_escape() {
    let typed = "*)(uid=*\\\0";
    assert_eq!(Filter::equals("cn", typed).unwrap().to_string(), r"(cn=\2a\29\28uid=\2a\5c\00)");
    assert_eq!(Filter::starts_with("cn", "a*").unwrap().to_string(), r"(cn=a\2a*)");
    assert_eq!(Filter::contains("cn", "(").unwrap().to_string(), r"(cn=*\28*)");
    assert_eq!(Filter::ends_with("cn", "ä").unwrap().to_string(), "(cn=*ä)");
    assert_eq!(Filter::equals("objectGUID", [0xff, 0x28]).unwrap().to_string(), r"(objectGUID=\ff\28)");
    for empty in [Filter::starts_with("cn", ""), Filter::contains("cn", ""), Filter::ends_with("cn", "")] {
        assert_eq!(empty.unwrap(), Filter::present("cn").unwrap());
    }
    assert!(Filter::equals("cn=*)(", "a").is_err());
    assert_eq!(
        Filter::at_least("n", "1").unwrap().and(Filter::at_most("n", "9").unwrap()).to_string(),
        "(&(n>=1)(n<=9))"
    );
}

#[test]
fn joining_keeps_lists_flat() {
    let [a, b, c] = ["a", "b", "c"].map(|value| Filter::equals("cn", value).unwrap());
    assert_eq!(a.clone().and(b.clone()).and(c.clone()).to_string(), "(&(cn=a)(cn=b)(cn=c))");
    assert_eq!(a.clone().or(b.clone().or(c.clone())).to_string(), "(|(cn=a)(cn=b)(cn=c))");
    assert_eq!(a.or(b).and(c.negated()).to_string(), "(&(|(cn=a)(cn=b))(!(cn=c)))");
}

fn entry() -> Entry {
    let mut entry = Entry::new("cn=Britta,ou=People,dc=contoso,dc=lab".parse().unwrap());
    entry.push(Attribute::of("cn", ["Britta  Simon", "Simon, Britta"]).unwrap());
    entry.push(Attribute::of("cn;lang-de", ["Brigitte"]).unwrap());
    entry.push(Attribute::of("uidNumber", ["1042"]).unwrap());
    entry.push(Attribute::of("objectGUID", [b"\xff\x28\x00\x01"]).unwrap());
    entry
}

#[test]
fn what_is_wrong_with_an_extensible_filter_is_named() {
    check(
        "(cn:dn=a)",
        &expect![[r#"
        filter-expected-assignment: expected `:=` at byte 6
        (cn:dn=a)
              ^"#]],
    );
    check(
        "(cn:1:=a)",
        &expect![[r#"
        filter-bad-oid: expected an object identifier such as `2.5.4.3`, of numbers without leading zeros at byte 5
        (cn:1:=a)
             ^"#]],
    );
    check(
        "(cn: =a)",
        &expect![[r#"
        filter-expected-rule: expected a matching rule such as `caseExactMatch` at byte 4
        (cn: =a)
            ^"#]],
    );
    check(
        "(&(2.5.=a))",
        &expect![[r#"
        filter-bad-oid: expected an object identifier such as `2.5.4.3`, of numbers without leading zeros at byte 7
        (&(2.5.=a))
               ^"#]],
    );
}

#[test]
fn a_password_is_not_shown() {
    let text = "(&(cn=a)(!(userPassword=Zq8))(|(userPassword=Zq8*Zq8*Zq8)(unicodePwd;x:caseExactMatch:=Zq8)))";
    let shown = format!("{:?}", filter(text));
    assert!(!shown.contains("Zq8"), "{shown}");
    assert_eq!(
        shown,
        "Filter((&(cn=a)(!(userPassword=[secret]))(|(userPassword=[secret]*)(unicodePwd;x:caseExactMatch:=[secret]))))"
    );
    assert_eq!(filter(text).to_string(), text);
}

fn check_truth(cases: &[(&str, Truth)], context: &dyn FilterContext) {
    for (text, truth) in cases {
        assert_eq!(filter(text).evaluate(&entry(), context), *truth, "{text}");
    }
}

#[test]
fn rfc_4511_4_5_1_7_filters_by_the_built_in_rules() {
    use Truth::{False, True, Undefined};
    check_truth(
        &[
            ("(&)", True),
            ("(|)", False),
            ("(CN=britta simon)", True),
            ("(cn=britta)", False),
            ("(cn=Brigitte)", True),
            ("(cn;lang-de=britta simon)", False),
            ("(cn;LANG-DE=brigitte)", True),
            ("(cn=brit*SIMON)", True),
            ("(cn=b*t*t*n)", True),
            ("(cn=*tta*tta*)", False),
            ("(cn=*a s*)", True),
            ("(cn~=BRITTA SIMON)", True),
            (r"(objectGUID=\ff\28\00\01)", True),
            (r"(objectGUID=\ff*)", True),
            (r"(objectGUID=*\01)", True),
            (r"(objectGUID=\fe*)", False),
            ("(uidNumber>=999)", True),
            ("(uidNumber<=999)", False),
            ("(uidNumber<=1042)", True),
            ("(sn=*)", False),
            ("(!(sn=*))", True),
            ("(sn>=a)", False),
            ("(&(cn=*)(uidNumber=1042))", True),
            ("(|(cn=nobody)(uidNumber=1042))", True),
            ("(cn:caseExactMatch:=Britta Simon)", True),
            ("(cn:caseExactMatch:=britta simon)", False),
            ("(cn:2.5.13.2:=britta simon)", True),
            ("(:caseIgnoreMatch:=brigitte)", True),
            ("(cn:noSuchMatch:=a)", Undefined),
            ("(!(cn:noSuchMatch:=a))", Undefined),
            ("(ou=people)", False),
            ("(ou:dn:=people)", True),
            ("(ou:dn:=others)", False),
            ("(:dn:caseIgnoreMatch:=contoso)", True),
            ("(cn:=brigitte)", True),
        ],
        &BuiltInRules,
    );
}

/// Knows `cn` only, and no ordering.
#[derive(Debug)]
struct OnlyCn;

impl FilterContext for OnlyCn {
    fn is_known(&self, attribute: &AttributeDescription) -> bool {
        attribute.base().eq_ignore_ascii_case("cn")
    }

    fn covers(&self, asked: &AttributeDescription, held: &AttributeDescription) -> bool {
        asked.covers(held)
    }

    fn equality(&self, attribute: &AttributeDescription, value: &[u8], assertion: &[u8]) -> Truth {
        BuiltInRules.equality(attribute, value, assertion)
    }

    fn ordering(&self, _: &AttributeDescription, _: &[u8], _: &[u8]) -> Option<std::cmp::Ordering> {
        None
    }

    fn substrings(&self, _: &AttributeDescription, _: &[u8], _: &SubstringAssertion<'_>) -> Truth {
        Truth::Undefined
    }

    fn extensible(&self, _: &str, _: &AttributeDescription, _: &[u8], _: &[u8]) -> Truth {
        Truth::Undefined
    }
}

#[test]
fn rfc_4511_4_5_1_7_what_is_unknown_is_undefined() {
    use Truth::{False, True, Undefined};
    check_truth(
        &[
            ("(uidNumber=1042)", Undefined),
            ("(uidNumber=*)", Undefined),
            ("(uidNumber:=1042)", Undefined),
            ("(!(uidNumber=1042))", Undefined),
            ("(cn>=a)", Undefined),
            ("(cn=a*)", Undefined),
            ("(&(cn=*)(uidNumber=1042))", Undefined),
            ("(&(cn=nobody)(uidNumber=1042))", False),
            ("(&(uidNumber=1042)(cn=nobody))", False),
            ("(|(uidNumber=1042)(cn=*))", True),
            ("(|(uidNumber=1042)(cn=nobody))", Undefined),
            ("(|(cn=nobody)(uidNumber=1042))", Undefined),
            ("(!(cn=nobody))", True),
        ],
        &OnlyCn,
    );
    assert!(!filter("(uidNumber=1042)").matches(&entry(), &OnlyCn));
}
