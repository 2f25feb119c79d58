use expect_test::{Expect, expect};
use provost_text::{Limits, Snippet};

use super::{parse, parse_with};

/// The canonical text, or the error with its drawing.
fn check(source: &str, expected: &Expect) {
    let actual = match parse(source) {
        Ok(expression) => expression.to_string(),
        Err(error) => {
            assert!(error.span().slice(source).is_some());
            let drawn = Snippet::new(source, error.span(), &error.to_string()).to_string();
            format!("{} {drawn}", error.code())
        }
    };
    expected.assert_eq(&actual);
}

#[test]
fn white_space_is_free_between_tokens() {
    check("  Join\u{a0}(\t\"-\" ,\n  [ a ],b ( ) ,1 <> [b])  ", &expect![[r#"Join("-", [a], b(), "1" <> [b])"#]]);
}

#[test]
fn omitted_arguments_keep_their_place() {
    check("Replace([a],\"-\",,,\"_\", ,  )", &expect![[r#"Replace([a], "-", , , "_", , )"#]]);
    check("F(,)", &expect!["F(, )"]);
    check("F( )", &expect!["F()"]);
}

#[test]
fn only_two_escapes_exist() {
    check(r#"F("\\d \d \" \t")"#, &expect![[r#"F("\\d \\d \" \\t")"#]]);
    check(
        r#"F("a\")"#,
        &expect![[r#"
        unterminated-text expected `"` at the end of the text that begins here at byte 2
        F("a\")
          ^"#]],
    );
}

#[test]
fn numbers_are_decimal_or_hexadecimal() {
    check("F(-10, 1.50, &HfF, &HFFFFFFFFFFFFFFFF)", &expect![[r#"F("-10", "1.50", "255", "-1")"#]]);
    check(
        "F(&H10000000000000000)",
        &expect![[r#"
        number-too-large expected a number of at most 64 bits at byte 2
        F(&H10000000000000000)
          ^^^^^^^^^^^^^^^^^^^"#]],
    );
    check(
        "F(- 1)",
        &expect![[r#"
        expected expected a digit at byte 3
        F(- 1)
           ^"#]],
    );
    check(
        "F(1.)",
        &expect![[r#"
        expected expected `)` or `,` at byte 3
        F(1.)
           ^"#]],
    );
}

#[test]
fn brackets_nest_in_attribute_names() {
    check(
        r#"F([emails[type eq "a]\"]b"].value], [urn:x:2.0:User:a-b])"#,
        &expect![[r#"F([emails[type eq "a]\"]b"].value], [urn:x:2.0:User:a-b])"#]],
    );
    check(
        "F([a[b])",
        &expect![[r#"
        unterminated-attribute expected `]` at the end of the attribute that begins here at byte 2
        F([a[b])
          ^"#]],
    );
    check(
        "F([  ])",
        &expect![[r#"
        empty-attribute expected the name of an attribute between the brackets at byte 2
        F([  ])
          ^^^^"#]],
    );
}

#[test]
fn an_attribute_or_a_text_may_stand_alone() {
    check("[mail]", &expect!["[mail]"]);
    check("\"x\"", &expect![[r#""x""#]]);
    check(
        "[a] = \"x\"",
        &expect![[r#"
            outside-function a comparison cannot stand alone, outside a function at byte 4
            [a] = "x"
                ^"#]],
    );
    check(
        "IgnoreAttributeFlow",
        &expect![[r#"
            outside-function this word cannot stand alone, outside a function at byte 0
            IgnoreAttributeFlow
            ^^^^^^^^^^^^^^^^^^^"#]],
    );
}

#[test]
fn one_comparison_an_argument() {
    check("F([a]>=[b])", &expect!["F([a] >= [b])"]);
    check(
        "F(1 < 2 < 3)",
        &expect![[r#"
        expected expected `)` or `,` at byte 8
        F(1 < 2 < 3)
                ^"#]],
    );
}

#[test]
fn what_is_missing_is_named() {
    check(
        "",
        &expect![[r#"
        expected expected an expression at byte 0

        ^"#]],
    );
    check(
        "Join(\"\", [mail]",
        &expect![[r#"
        expected expected `)` or `,` at byte 15
        Join("", [mail]
                       ^"#]],
    );
    check(
        "Join(\"\",\n  +)",
        &expect![[r#"
        expected expected a function, an attribute in brackets, a text in quotation marks or a number at line 2, column 3
          +)
          ^"#]],
    );
    check(
        "F([a]) x",
        &expect![[r#"
        expected expected the end of the expression at byte 7
        F([a]) x
               ^"#]],
    );
}

#[test]
fn slips_of_the_pen_are_recognised() {
    check(
        "F(“a”)",
        &expect![[r#"
        typographic-quote expected a straight quotation mark at byte 2
        F(“a”)
          ^"#]],
    );
    check(
        "F(True)",
        &expect![[r#"
        unknown-word the word `True` has no meaning here at byte 2
        F(True)
          ^^^^"#]],
    );
}

#[test]
fn limits_are_kept() {
    let limits = Limits::default().with_length(20).with_depth(2).with_items(3);
    let code = |source: &str| parse_with(source, &limits).map(|_| ()).map_err(|error| error.code());
    assert_eq!(code("F(G(1),2,3)"), Ok(()));
    assert_eq!(code("F(G(H(1)))"), Err("too-deep"));
    assert_eq!(code("F(1,2,3,4)"), Err("too-many-arguments"));
    assert_eq!(code("F(\"123456789012345678\")"), Err("expression-too-long"));
}

#[test]
fn no_caller_gets_more_depth_than_the_stack_bears() {
    let limits = Limits::default().with_depth(usize::MAX).with_length(usize::MAX);
    let nested = |levels: usize| format!("{}{}", "F(".repeat(levels), ")".repeat(levels));
    assert!(parse_with(&nested(super::DEPTH_CAP), &limits).is_ok());
    assert_eq!(parse_with(&nested(1_000_000), &limits).unwrap_err().code(), "too-deep");
}
