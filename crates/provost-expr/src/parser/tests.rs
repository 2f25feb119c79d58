use expect_test::{Expect, expect};
use provost_text::{Limits, Snippet};

use super::{Parser, parse, parse_with};
use crate::dialect::Dialect;

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

/// The texts of a length that a careless parser would look at again and again, or follow down the stack.
fn long_texts(length: usize) -> Vec<String> {
    let parts = [
        "F(",
        "(",
        "((1)+",
        "[",
        "[\"",
        "[a[\"\\\"\"",
        "\"\\",
        "\"\"",
        "\"",
        ",",
        "[a]=[b],",
        " ",
        "\u{2003}",
        "1",
        "&HF",
        "&",
        "&&",
        "a",
        "a ",
        "a (",
        "G(),",
        "1+",
        "1 + ",
        "%P%&",
        "%P",
        "%",
        "$v=",
        "$",
        "- ",
        "<>",
        "Select($v,[l],",
        "True||",
        "\\",
        ")",
        "]",
    ];
    let filled = |part: &str, begin: &str| begin.to_owned() + &part.repeat(length / part.len());
    let mut texts: Vec<String> = Vec::new();
    for part in parts {
        texts.extend(["", "F(", "(", "F(\"x\",", "[a["].map(|begin| filled(part, begin)));
    }
    let mut state = 7u64;
    let mut garbled = String::new();
    while garbled.len() < length {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        garbled.push_str(parts[(state >> 33) as usize % parts.len()]);
    }
    texts.extend([garbled.clone(), format!("F({garbled}"), format!("[[{garbled}")]);
    texts.extend(["F(\"\",", "F([a],1,"].map(|begin| format!("{begin}{}1)", "[a] , ".repeat(length / 6))));
    texts
}

/// No byte is looked at more often than a few times, however long the text is.
#[test]
fn the_work_is_linear_in_the_length() {
    let boundless = Limits::default().with_length(usize::MAX).with_items(usize::MAX).with_depth(usize::MAX);
    // Of a megabyte there are the garbled texts and some of the others: a test build takes seconds for each.
    let picked = |(position, source): (usize, String)| (position < 5 || position % 20 == 0).then_some(source);
    let megabytes = || long_texts(1 << 20).into_iter().rev().enumerate().filter_map(picked);
    let texts = || long_texts(1 << 14).into_iter().chain(megabytes());
    for dialect in [Dialect::Entra, Dialect::Connect] {
        for source in texts() {
            let mut parser = Parser::new(&source, dialect, &boundless);
            let parsed = parser.whole();
            let work = parser.work;
            assert!(
                work <= 8 * source.len() + 8,
                "{work} for {} bytes: {}",
                source.len(),
                source.get(..40).unwrap_or("")
            );
            if let Err(error) = parsed {
                assert!(error.span().slice(&source).is_some());
            }
        }
    }
}

/// A part of the text that is out of bounds is found before what is behind it is read.
#[test]
fn the_limits_bound_the_work() {
    let limits = Limits::default().with_length(usize::MAX);
    for dialect in [Dialect::Entra, Dialect::Connect] {
        for (part, code) in [("F(", "too-deep"), ("F(1,(", "too-deep")] {
            let source = part.repeat(200_000);
            let mut parser = Parser::new(&source, dialect, &limits);
            let refused = parser.whole().unwrap_err();
            let codes = if dialect == Dialect::Connect { [code, code] } else { [code, "expected"] };
            assert!(codes.contains(&refused.code()), "{refused}");
            assert!(parser.work < 2000, "{}", parser.work);
        }
        let source = format!("F({}1)", "1,".repeat(200_000));
        let mut parser = Parser::new(&source, dialect, &limits);
        assert_eq!(parser.whole().unwrap_err().code(), "too-many-arguments");
        assert!(parser.work < 20_000, "{}", parser.work);
        assert_eq!(super::parse_as(&source, dialect, &Limits::default()).unwrap_err().code(), "expression-too-long");
    }
}
