//! What an administrator sees: the message, the line, the caret and the help.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use provost_expr::{Context, Diagnostic, Dialect, Layout, NoEntropy, Program, Value, check as check_expression, parse};
use provost_model::Timestamp;
use provost_text::Snippet;

fn check(source: &str, expected: &Expect) {
    let found = match parse(source) {
        Ok(expression) => check_expression(&expression, Dialect::Entra),
        Err(error) => vec![Diagnostic::from(error)],
    };
    let shown: Vec<String> = found
        .iter()
        .map(|found| {
            let help = found.help().map_or_else(String::new, |help| format!("help: {help}\n"));
            format!(
                "{:?} {}: {}\n{help}",
                found.severity(),
                found.code(),
                Snippet::new(source, found.span(), found.message())
            )
        })
        .collect();
    expected.assert_eq(&shown.concat());
}

#[test]
fn syntax() {
    check(
        r#"Join("", [mail]"#,
        &expect![[r#"
            Error expected: expected `)` or `,` at byte 15
            Join("", [mail]
                           ^
            help: a comma stands between two arguments, and each `(` needs a `)`
        "#]],
    );
    check(
        r#"Join("", [mail)"#,
        &expect![[r#"
            Error unterminated-attribute: expected `]` at the end of the attribute that begins here at byte 9
            Join("", [mail)
                     ^
            help: an attribute is written `[name]`
        "#]],
    );
    check(
        r#"Join("', [mail])"#,
        &expect![[r#"
        Error unterminated-text: expected `"` at the end of the text that begins here at byte 5
        Join("', [mail])
             ^
        help: inside a text a quotation mark is written `\"` and a backslash `\\`
    "#]],
    );
    check(
        "Join(“”, [mail])",
        &expect![[r#"
        Error typographic-quote: expected a straight quotation mark at byte 5
        Join(“”, [mail])
             ^
        help: write straight quotation marks: `"`
    "#]],
    );
    check(
        "IIF([active] = True, \"a\", \"b\")",
        &expect![[r#"
        Error unknown-word: the word `True` has no meaning here at byte 15
        IIF([active] = True, "a", "b")
                       ^^^^
        help: a text needs quotation marks, `"True"`; an attribute needs brackets, `[True]`; a function needs parentheses
    "#]],
    );
    check(
        "[mail] = \"x\"",
        &expect![[r#"
        Error outside-function: a comparison cannot stand alone, outside a function at byte 7
        [mail] = "x"
               ^
        help: put it into a function, such as `IIF([country] = "US", "yes", "no")`
    "#]],
    );
}

#[test]
fn names() {
    check(
        "Append(tolower([mail]), \"x\")",
        &expect![[r#"
        Error unknown-function: there is no function `tolower` at byte 7
        Append(tolower([mail]), "x")
               ^^^^^^^
        help: names are case-sensitive: write `ToLower`
    "#]],
    );
    check(
        "Apend([mail], \"x\")",
        &expect![[r#"
        Error unknown-function: there is no function `Apend` at byte 0
        Apend([mail], "x")
        ^^^^^
        help: did you mean `Append`?
    "#]],
    );
    check(
        "AppRoleAssignmentsComplex([roles])",
        &expect![[r#"
        Error not-app-role-assignments: this function takes the attribute `[appRoleAssignments]` and nothing else at byte 26
        AppRoleAssignmentsComplex([roles])
                                  ^^^^^^^
    "#]],
    );
}

#[test]
fn arguments() {
    check(
        "Word([mail], 1)",
        &expect![[r#"
        Error argument-count: `Word` takes 3 arguments; 2 given at byte 0
        Word([mail], 1)
        ^^^^
        help: its signature is `Word(source, wordNumber, delimiters)`
    "#]],
    );
    check(
        "Switch([a], \"d\", \"k\")",
        &expect![[r#"
        Error argument-count: `Switch` takes an even number of arguments, at least 4; 3 given at byte 0
        Switch([a], "d", "k")
        ^^^^^^
        help: its signature is `Switch(source, defaultValue?, key, value, ...)`
    "#]],
    );
    check(
        "Mid([mail], , 2)",
        &expect![[r#"
        Error argument-missing: `Mid` needs the argument `start` at byte 12
        Mid([mail], , 2)
                    ^
        help: its signature is `Mid(source, start, length)`
    "#]],
    );
    check(
        "Mid([mail], \"one\", 2)",
        &expect![[r#"
            Error not-a-number: the argument `start` of `Mid` is a number, and `one` is none at byte 12
            Mid([mail], "one", 2)
                        ^^^^^
            help: its signature is `Mid(source, start, length)`
        "#]],
    );
    check(
        r#"Replace([a], , "[a-z-[0-9]x]", , "", , )"#,
        &expect![[r#"
            Error invalid-pattern: what is subtracted must stand at the end of the class at byte 21
            Replace([a], , "[a-z-[0-9]x]", , "", , )
                                 ^^^^^
            help: a character that means something in a pattern is taken as it is behind `\\`, as in `\\(`
        "#]],
    );
    check(
        r#"Replace([a], , "\\x\y", , "", , )"#,
        &expect![[r#"
            Error invalid-pattern: this escape is not available at byte 16
            Replace([a], , "\\x\y", , "", , )
                            ^^^^^
            help: a character that means something in a pattern is taken as it is behind `\\`, as in `\\(`
        "#]],
    );
    check(
        r#"Replace([a], , "(?<area>\d+)", "code", "", , )"#,
        &expect![[r#"
        Error unknown-group: the pattern has no group `code` at byte 31
        Replace([a], , "(?<area>\d+)", "code", "", , )
                                       ^^^^^^
        help: name a group in the pattern: `(?<code>...)`
    "#]],
    );
    check(
        "Replace([a], \"x\", , , , [b], )",
        &expect![[r#"
        Error replace-mode: these arguments of `Replace` do not go together at byte 0
        Replace([a], "x", , , , [b], )
        ^^^^^^^
        help: give oldValue and replacementValue; or oldValue and template; or regexPattern and replacementValue, with regexGroupName or without; or regexPattern, regexGroupName and replacementAttributeName
    "#]],
    );
    check(
        "InStr([a], \"x\", 1, \"text\")",
        &expect![[r#"
            Error invalid-argument: the argument `compareType` is one of `vbTextCompare`, `vbBinaryCompare` at byte 19
            InStr([a], "x", 1, "text")
                               ^^^^^^
        "#]],
    );
}

#[test]
fn places() {
    check(
        "Append(IIF([a] = \"b\", IgnoreAttributeFlow, [c]), \"x\")",
        &expect![[r#"
        Error misplaced-word: the word `IgnoreAttributeFlow` means nothing here at byte 22
        Append(IIF([a] = "b", IgnoreAttributeFlow, [c]), "x")
                              ^^^^^^^^^^^^^^^^^^^
        help: use it as a branch of an outermost `IIF` or `Switch`
    "#]],
    );
    check(
        "Trim(IgnoreFlowIfNullOrEmpty([a]))",
        &expect![[r#"
        Warning flow-placement: `IgnoreFlowIfNullOrEmpty` fails here when it has nothing to flow at byte 5
        Trim(IgnoreFlowIfNullOrEmpty([a]))
             ^^^^^^^^^^^^^^^^^^^^^^^
        help: make it the outermost function, or a branch of an outermost `IIF`
    "#]],
    );
    check(
        "ToLower(SelectUniqueValue([a], [b]))",
        &expect![[r#"
            Error not-outermost: `SelectUniqueValue` must be the outermost function at byte 8
            ToLower(SelectUniqueValue([a], [b]))
                    ^^^^^^^^^^^^^^^^^
            help: write it around the others: `SelectUniqueValue(Function(...), ...)`
        "#]],
    );
    check(
        "IIF([country] = \"\", \"none\", [country])",
        &expect![[r#"
        Warning unsupported-condition: the reference calls this condition unsupported; the product may take the other branch at byte 4
        IIF([country] = "", "none", [country])
            ^^^^^^^^^^^^^^
        help: where the expression must mean the same there, use `Switch` with the key `""`
    "#]],
    );
    check(
        "Append([a], vbTextCompare)",
        &expect![[r#"
        Error misplaced-word: the word `vbTextCompare` means nothing here at byte 12
        Append([a], vbTextCompare)
                    ^^^^^^^^^^^^^
    "#]],
    );
}

#[test]
fn what_always_fails_is_a_warning() {
    check(
        r#"IIF([a] = "x", Mid("abc", 0, 1), "y")"#,
        &expect![[r#"
        Warning out-of-range: this fails for every object that it is evaluated for: the start counts from 1 at byte 26
        IIF([a] = "x", Mid("abc", 0, 1), "y")
                                  ^
    "#]],
    );
    check(
        r#"Join("", [a], FormatDateTime("soon", , "yyyy", "MM"), Split("a", ""))"#,
        &expect![[r#"
        Warning not-a-date: this fails for every object that it is evaluated for: the source does not have the input format at byte 29
        Join("", [a], FormatDateTime("soon", , "yyyy", "MM"), Split("a", ""))
                                     ^^^^^^
        Warning invalid-argument: this fails for every object that it is evaluated for: the delimiter is empty at byte 65
        Join("", [a], FormatDateTime("soon", , "yyyy", "MM"), Split("a", ""))
                                                                         ^^
    "#]],
    );
    check(r#"IIF([a] = "x", Error("never"), DateAdd("d", 1, Now()))"#, &expect![[r#""#]]);
    check(
        r#"Switch([a], , "x", "y")"#,
        &expect![[r#"
        Warning switch-without-default: without a default, a source that equals no key gives no value at byte 12
        Switch([a], , "x", "y")
                    ^
        help: write the default as the second argument
    "#]],
    );
}

#[test]
fn a_pattern_that_matches_twice_wants_anchors() {
    check(
        r#"Replace([a], , "[a-z]*", , "new", , )"#,
        &expect![[r#"
        Warning pattern-without-anchors: this pattern also matches the empty text behind a match, where the replacement comes a second time at byte 15
        Replace([a], , "[a-z]*", , "new", , )
                       ^^^^^^^^
        help: put `^` before the pattern and `$` behind it to replace the value as a whole, or write `+` in place of `*` to replace only what is there
    "#]],
    );
    let warned = |pattern: &str, group: &str, new: &str| {
        let source = format!(r#"Replace([a], , "{pattern}", {group}, {new}, , )"#);
        let found = check_expression(&parse(&source).unwrap(), Dialect::Entra);
        assert!(found.iter().all(|found| found.code() == "pattern-without-anchors"), "{found:?}");
        !found.is_empty()
    };
    for (pattern, group, new) in [
        (".*", "", "\"x\""),
        (".*", "", "[b]"),
        ("(.*)", "", "\"$1@lab\""),
        (r"\d*$", "", "\"x\""),
        ("(?<part>.*)", "\"part\"", "\"x\""),
    ] {
        assert!(warned(pattern, group, new), "{pattern} {group} {new}");
    }
    for (pattern, group, new) in [
        ("^.*$", "", "\"x\""),
        ("^.*", "", "\"x\""),
        (".+", "", "\"x\""),
        ("[()\\\\s-]+", "", "\"x\""),
        ("[a-z]*", "", "\"\""),
        ("(.*)", "", "\"$1\""),
        ("$", "", "\"x\""),
        (r"\b", "", "\"x\""),
        ("(?<part>.*)@", "\"part\"", "\"x\""),
        ("(?<part>.*)", "\"part\"", "\"\""),
    ] {
        assert!(!warned(pattern, group, new), "{pattern} {group} {new}");
    }
}

/// What the evaluation says for an attribute `a` that holds `secret`.
fn check_failure(source: &str, expected: &Expect) {
    let mut layout = Layout::new();
    let program = Program::compile(&parse(source).unwrap(), &mut layout, Dialect::Entra).unwrap();
    let user = BTreeMap::from([("a".to_owned(), Value::text("secret"))]);
    let record = layout.record(&user);
    let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
    let error = program.evaluate(&record, &context).unwrap_err();
    let message = error.to_string();
    let drawn = Snippet::new(source, error.span(), &message);
    expected.assert_eq(&format!("{}: {drawn}\nhelp: {}\n", error.code(), error.help().unwrap_or_default()));
}

#[test]
fn a_wrong_number_tells_the_argument_and_only_constants() {
    check_failure(
        r#"IIF([a] = "b", "c", Word([a], "x", "@"))"#,
        &expect![[r#"
            not-a-number: the argument `wordNumber` of `Word` is a number of 64 bits, and `x` is none at byte 30
            IIF([a] = "b", "c", Word([a], "x", "@"))
                                          ^^^
            help: its signature is `Word(source, wordNumber, delimiters)`
        "#]],
    );
    check_failure(
        r#"Word("b", [a], "@")"#,
        &expect![[r#"
        not-a-number: the argument `wordNumber` of `Word` is a number of 64 bits, and this value is none at byte 10
        Word("b", [a], "@")
                  ^^^
        help: its signature is `Word(source, wordNumber, delimiters)`
    "#]],
    );
    check_failure(
        "BitAnd([none], 1)",
        &expect![[r#"
        null: the argument `value1` of `BitAnd` is a number, and there is no value at byte 7
        BitAnd([none], 1)
               ^^^^^^
        help: its signature is `BitAnd(value1, value2)`
    "#]],
    );
    check_failure(
        &format!("IIF([a] = \"b\", 1, BitAnd(1, \"{}\"))", "x".repeat(41)),
        &expect![[r#"
            not-a-number: the argument `value2` of `BitAnd` is a number of 64 bits, and this text is none at byte 28
            IIF([a] = "b", 1, BitAnd(1, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"))
                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            help: its signature is `BitAnd(value1, value2)`
        "#]],
    );
}
