//! Arguments that can never be what their parameter takes, and those that the check leaves alone.

use expect_test::{Expect, expect};
use provost_expr::{Diagnostic, Dialect, Limits, check as check_expression, parse_as};
use provost_text::{Snippet, Span};

fn found(source: &str, dialect: Dialect) -> Vec<Diagnostic> {
    check_expression(&parse_as(source, dialect, &Limits::default()).unwrap(), dialect)
}

fn check_in(dialect: Dialect, source: &str, expected: &Expect) {
    let draw = |found: &Diagnostic| {
        let help = found.help().map_or_else(String::new, |help| format!("help: {help}\n"));
        let drawn = Snippet::new(source, found.span(), found.message());
        format!("{:?} {}: {drawn}\n{help}", found.severity(), found.code())
    };
    expected.assert_eq(&found(source, dialect).iter().map(draw).collect::<String>());
}

fn check(source: &str, expected: &Expect) {
    check_in(Dialect::Entra, source, expected);
}

#[test]
fn a_number_is_no_date_and_no_condition() {
    check(
        "Left([mail], Now())",
        &expect![[r#"
        Error not-a-number: the argument `numChars` of `Left` is a number, and `Now` gives a date at byte 13
        Left([mail], Now())
                     ^^^^^
        help: `NumFromDate` turns a date into a number
    "#]],
    );
    check(
        "Mid([mail], IsPresent([mail]), 2)",
        &expect![[r#"
        Error not-a-number: the argument `start` of `Mid` is a number, and `IsPresent` gives True or False at byte 12
        Mid([mail], IsPresent([mail]), 2)
                    ^^^^^^^^^^^^^^^^^
        help: `IIF(..., 1, 0)` turns a condition into a number
    "#]],
    );
    check(
        "Item([list], [a] = \"b\")",
        &expect![[r#"
        Error not-a-number: the argument `index` of `Item` is a number, and a comparison gives True or False at byte 13
        Item([list], [a] = "b")
                     ^^^^^^^^^
        help: `IIF(..., 1, 0)` turns a condition into a number
    "#]],
    );
    check(
        "Mid([mail], 1, 9223372036854775808)",
        &expect![[r#"
        Error not-a-number: the argument `length` of `Mid` is a number of 64 bits, and `9223372036854775808` is none at byte 15
        Mid([mail], 1, 9223372036854775808)
                       ^^^^^^^^^^^^^^^^^^^
        help: its signature is `Mid(source, start, length)`
    "#]],
    );
}

#[test]
fn a_date_is_no_number_and_no_condition() {
    check(
        "DateAdd(\"d\", 1, Count([list]))",
        &expect![[r#"
        Error not-a-date: the argument `dateTime` of `DateAdd` is a date, and `Count` gives a number at byte 16
        DateAdd("d", 1, Count([list]))
                        ^^^^^^^^^^^^^
        help: `DateFromNum` turns a number of 100-nanosecond steps since 1601 into a date
    "#]],
    );
    check(
        "NumFromDate(Not([active]))",
        &expect![[r#"
        Error not-a-date: the argument `value` of `NumFromDate` is a date, and `Not` gives True or False at byte 12
        NumFromDate(Not([active]))
                    ^^^^^^^^^^^^^
        help: its signature is `NumFromDate(value)`
    "#]],
    );
    check(
        "DateAdd(\"d\", 1, \"soon\")",
        &expect![[r#"
        Error not-a-date: the argument `dateTime` of `DateAdd` is a date, and `soon` is none at byte 16
        DateAdd("d", 1, "soon")
                        ^^^^^^
        help: write a date such as `2026-03-16T07:00:00Z`; `FormatDateTime` reads other formats
    "#]],
    );
}

#[test]
fn a_condition_is_true_or_false_or_a_number() {
    check(
        "IIF(Now(), \"a\", \"b\")",
        &expect![[r#"
        Error not-a-condition: the argument `condition` of `IIF` is a condition, and `Now` gives a date at byte 4
        IIF(Now(), "a", "b")
            ^^^^^
        help: compare the date with another one
    "#]],
    );
    check(
        "IIF(\"yes\", [a], \"b\")",
        &expect![[r#"
        Error not-a-condition: the argument `condition` of `IIF` is a condition, and `yes` is none at byte 4
        IIF("yes", [a], "b")
            ^^^^^
        help: compare: `[attribute] = "value"`, or ask: `IsPresent([attribute])`
    "#]],
    );
}

#[test]
fn an_interval_is_one_of_few_words() {
    check(
        "DateAdd(\"D\", 1, [hired])",
        &expect![[r#"
        Error invalid-argument: the argument `interval` is one of `yyyy`, `m`, `d`, `ww`, `h`, `n`, `s` at byte 8
        DateAdd("D", 1, [hired])
                ^^^
        help: names are case-sensitive: write `d`
    "#]],
    );
    check(
        "DateDiff(\"hour\", [hired], Now())",
        &expect![[r#"
        Error invalid-argument: the argument `interval` is one of `yyyy`, `m`, `d`, `ww`, `h`, `n`, `s` at byte 9
        DateDiff("hour", [hired], Now())
                 ^^^^^^
    "#]],
    );
    check(
        "DateAdd(\"q\", 1, [hired])",
        &expect![[r#"
        Error invalid-argument: the argument `interval` is one of `yyyy`, `m`, `d`, `ww`, `h`, `n`, `s` at byte 8
        DateAdd("q", 1, [hired])
                ^^^
    "#]],
    );
    check_in(Dialect::Connect, "DateAdd(\"q\", 1, [hired])", &expect![[r#""#]]);
    check(
        "DateAdd(Count([list]), 1, [hired])",
        &expect![[r#"
        Error invalid-argument: the argument `interval` of `DateAdd` is a word, and `Count` gives a number at byte 8
        DateAdd(Count([list]), 1, [hired])
                ^^^^^^^^^^^^^
        help: its signature is `DateAdd(interval, value, dateTime)`
    "#]],
    );
}

#[test]
fn a_word_has_its_own_case() {
    check(
        "InStr([mail], \"X\", 1, \"vbtextcompare\")",
        &expect![[r#"
        Error invalid-argument: the argument `compareType` is one of `vbTextCompare`, `vbBinaryCompare` at byte 22
        InStr([mail], "X", 1, "vbtextcompare")
                              ^^^^^^^^^^^^^^^
        help: names are case-sensitive: write `vbTextCompare`
    "#]],
    );
}

#[test]
fn several_values_where_one_is_needed_are_a_warning() {
    check(
        "Switch(Split([a], \",\"), \"d\", \"k\", \"v\")",
        &expect![[r#"
        Warning list: the argument `source` of `Switch` is one value, and `Split` gives several values at byte 7
        Switch(Split([a], ","), "d", "k", "v")
               ^^^^^^^^^^^^^^^
        help: choose one: `Item(..., 1)`, or put them together: `Join(",", ...)`
    "#]],
    );
    check(
        "IIF(RemoveDuplicates(Split([a], \";\")) = \"b\", \"c\", \"d\")",
        &expect![[r#"
        Warning list: a comparison takes one value on each side, and `RemoveDuplicates` gives several values at byte 4
        IIF(RemoveDuplicates(Split([a], ";")) = "b", "c", "d")
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        help: choose one: `Item(..., 1)`, or put them together: `Join(",", ...)`
    "#]],
    );
    check(
        "CDate(AppRoleAssignmentsComplex([appRoleAssignments]))",
        &expect![[r#"
        Warning list: the argument `expression` of `CDate` is one value, and `AppRoleAssignmentsComplex` gives several values at byte 6
        CDate(AppRoleAssignmentsComplex([appRoleAssignments]))
              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        help: choose one: `Item(..., 1)`, or put them together: `Join(",", ...)`
    "#]],
    );
    check_in(
        Dialect::Connect,
        "Error(Split([a], \",\"))",
        &expect![[r#"
        Warning list: the argument `message` of `Error` is one value, and `Split` gives several values at byte 6
        Error(Split([a], ","))
              ^^^^^^^^^^^^^^^
        help: choose one: `Item(..., 1)`, or put them together: `Join(..., ",")`
    "#]],
    );
}

#[test]
fn a_branch_that_may_not_be_taken_is_a_warning() {
    check(
        "IIF([a] = \"b\", Left([mail], Now()), \"c\")",
        &expect![[r#"
        Warning not-a-number: the argument `numChars` of `Left` is a number, and `Now` gives a date at byte 28
        IIF([a] = "b", Left([mail], Now()), "c")
                                    ^^^^^
        help: `NumFromDate` turns a date into a number
    "#]],
    );
    check(
        "Coalesce([a], Left([mail], \"two\"))",
        &expect![[r#"
        Warning not-a-number: the argument `numChars` of `Left` is a number, and `two` is none at byte 27
        Coalesce([a], Left([mail], "two"))
                                   ^^^^^
        help: its signature is `Left(source, numChars)`
    "#]],
    );
    check(
        "Switch(Left([mail], Now()), \"d\", \"k\", \"v\")",
        &expect![[r#"
        Error not-a-number: the argument `numChars` of `Left` is a number, and `Now` gives a date at byte 20
        Switch(Left([mail], Now()), "d", "k", "v")
                            ^^^^^
        help: `NumFromDate` turns a date into a number
    "#]],
    );
}

#[test]
fn operands_of_connect_are_judged_by_their_operator() {
    check_in(
        Dialect::Connect,
        "1 + Now()",
        &expect![[r#"
        Error not-a-number: an operand of `+` is a number, and `Now` gives a date at byte 4
        1 + Now()
            ^^^^^
        help: `NumFromDate` turns a date into a number
    "#]],
    );
    check_in(
        Dialect::Connect,
        "\"a\" * 2",
        &expect![[r#"
        Error not-a-number: an operand of `*` is a number, and `a` is none at byte 0
        "a" * 2
        ^^^
    "#]],
    );
    check_in(
        Dialect::Connect,
        "Now() && True",
        &expect![[r#"
        Error not-a-condition: an operand of `&&` is a condition, and `Now` gives a date at byte 0
        Now() && True
        ^^^^^
        help: compare the date with another one
    "#]],
    );
    check_in(
        Dialect::Connect,
        "BitAnd(NULL, 1)",
        &expect![[r#"
        Error null: the argument `value1` of `BitAnd` is a number, and `NULL` is no value at byte 7
        BitAnd(NULL, 1)
               ^^^^
        help: its signature is `BitAnd(value1, value2)`
    "#]],
    );
    check_in(
        Dialect::Connect,
        "With($n, Now(), Left([a], $n))",
        &expect![[r#"
        Warning not-a-number: the argument `numChars` of `Left` is a number, and this gives a date at byte 26
        With($n, Now(), Left([a], $n))
                                  ^^
        help: `NumFromDate` turns a date into a number
    "#]],
    );
}

/// Each of these may give a value, so the check has nothing to say.
#[test]
fn what_may_fit_is_left_alone() {
    for source in [
        "Left([mail], [count])",
        "Left(Now(), 3)",
        "Left(IsPresent([a]), 1)",
        "Left([mail], IIF([a] = \"b\", 3, Now()))",
        "Left([mail], Word([a], 1, \"-\"))",
        "Left([mail], Error(\"never\"))",
        "IIF(Count([list]), \"a\", \"b\")",
        "IIF(CBool([a]), \"a\", \"b\")",
        "IIF(Error(\"never\"), \"a\", \"b\")",
        "CBool(\"\")",
        "CDate(Word([a], 1, \" \"))",
        "DateAdd([unit], \"-1\", DateFromNum([n]))",
        "Join(\",\", Split([a], \";\"))",
        "Append(Split([a], \";\"), \"@lab\")",
        "Prepend(\"smtp:\", Split([a], \";\"))",
        "Count(Split([a], \";\"))",
        "Item(AppRoleAssignmentsComplex([appRoleAssignments]), 1)",
        "Switch(Item(Split([a], \",\"), 1), \"d\", \"k\", \"v\")",
        "FormatDateTime(Count([list]), \"%y\", \"yyyy\")",
        "Append(Coalesce([a], Now()), \"x\")",
        "Replace([mobile], , \"(?<code>.)\", \"code\", , [other], )",
    ] {
        assert_eq!(found(source, Dialect::Entra), [], "{source}");
    }
    for source in [
        "IIF(Split([a], \",\") = \"x\", 1, 2)",
        "Split([a], \",\") & \"x\"",
        "1 + Split([a], \",\")",
        "CNum(True)",
        "With($l, Split([a], \",\"), Join($l))",
        "Select($i, Split([a], \",\"), Left($i, 1))",
        "Where($i, [a], InStr($i, \"x\"))",
        "[a] && True || False",
        "Left([a], 1 + Len([b]))",
    ] {
        assert_eq!(found(source, Dialect::Connect), [], "{source}");
    }
}

/// Constants that a function refuses, whatever its other arguments are.
#[test]
fn a_constant_that_a_function_refuses_is_a_warning() {
    let said = |dialect, source: &str| {
        let found = found(source, dialect);
        let [found] = found.as_slice() else { panic!("{source}: {found:?}") };
        assert!(!found.is_error(), "{source}");
        (found.code(), found.span().slice(source).unwrap().to_owned())
    };
    for (source, code, place) in [
        ("ToLower([a], \"en_US\")", "invalid-argument", "\"en_US\""),
        ("Split([a], \"\")", "invalid-argument", "\"\""),
        ("Replace([a], \"\", , , \"x\", , )", "invalid-argument", "\"\""),
        ("Item([a], 0)", "out-of-range", "0"),
        ("Mid([a], 0, 2)", "out-of-range", "0"),
        ("Mid([a], 1, -1)", "out-of-range", "-1"),
        ("InStr([a], \"x\", 0)", "out-of-range", "0"),
        ("RandomString(4, 2, 1, 1, 1)", "out-of-range", "4"),
        ("RandomString(300, 2, 1, 1, 1)", "out-of-range", "300"),
        ("FormatDateTime([a], \"yyyy\", \"'\")", "invalid-argument", "\"'\""),
        ("FormatDateTime([a], \"Sometimes\", \"yyyy\", \"MM\")", "invalid-argument", "\"Sometimes\""),
    ] {
        assert_eq!(said(Dialect::Entra, source), (code, place.to_owned()), "{source}");
    }
    assert_eq!(said(Dialect::Connect, "PadLeft([a], 8, \"00\")"), ("invalid-argument", "\"00\"".to_owned()));
    assert_eq!(said(Dialect::Connect, "FormatDateTime([a], \"'\")"), ("invalid-argument", "\"'\"".to_owned()));
    for source in
        ["RandomString(4, 1, 1, 1, [n])", "Item([a], 1)", "ToUpper([a], \"\")", "FormatDateTime(Now(), , \"\", \"%d\")"]
    {
        assert_eq!(found(source, Dialect::Entra), [], "{source}");
    }
}

/// A hostile text: a thousand different patterns, each with two to three thousand characters. The first sixteen fit, and
/// the next one is named.
#[test]
fn constant_patterns_have_one_budget() {
    let call = |n: usize| format!(r#"Replace([a], , "a{{2000}}x{{{n}}}", , "b", , )"#);
    let source = format!("Join(\"\", {})", (1..=1000).map(call).collect::<Vec<_>>().join(", "));
    let refused: Vec<_> = found(&source, Dialect::Entra).iter().map(|found| (found.code(), found.span())).collect();
    let place = source.find("\"a{2000}x{17}\"").unwrap() + 1;
    assert_eq!(refused, [("too-many-patterns", Span::new(place, place + "a{2000}x{17}".len()))]);
    let same = format!("Join(\"\", {})", vec![call(1); 1000].join(", "));
    assert_eq!(found(&same, Dialect::Entra), []);
}
