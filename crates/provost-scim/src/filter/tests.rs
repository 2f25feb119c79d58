use expect_test::{Expect, expect};

use crate::{Filter, Mode};

fn check(source: &str, expected: &Expect) {
    let shown = match Filter::parse(source, Mode::Compat) {
        Ok(filter) => filter.to_string(),
        Err(error) => format!("{}: {error}", error.code()),
    };
    expected.assert_eq(&shown);
}

#[test]
fn groups_are_printed_where_they_are_needed() {
    check("((a pr)) or (b pr and (c pr))", &expect!["a pr or b pr and c pr"]);
    check("(a pr or b pr) and NOT(c pr)", &expect!["(a pr or b pr) and not (c pr)"]);
    check("emails[type eq 'work'].value EQ x", &expect![[r#"emails[type eq "work" and value eq "x"]"#]]);
}

#[test]
fn an_error_says_where_and_what_was_expected() {
    check("", &expect!["filter-syntax: expected an attribute name at byte 0"]);
    check(
        "userName is \"x\"",
        &expect!["filter-syntax: expected a comparison operator: eq, ne, co, sw, ew, gt, ge, lt, le or pr at byte 9"],
    );
    check("a pr  b pr", &expect!["filter-syntax: expected `and`, `or` or the end at byte 6"]);
    check("(a pr", &expect!["filter-syntax: expected `)`, `and` or `or` at byte 5"]);
    check("a eq \"x", &expect!["filter-syntax: expected a closing quote at byte 5"]);
    check("ü eq 1", &expect!["filter-syntax: expected an attribute name at byte 0"]);
    check("a.b[c pr]", &expect!["filter-syntax: expected a comparison operator at byte 3"]);
}

#[test]
fn limits_are_kept() {
    let deep = |depth: usize| format!("{}a pr{}", "(".repeat(depth), ")".repeat(depth));
    check(&deep(64), &expect!["a pr"]);
    check(&deep(65), &expect!["filter-too-deep: nested too deeply at byte 64"]);
    let long = vec!["a pr"; 1025].join(" or ");
    check(&long, &expect!["filter-too-many: too many comparisons at byte 8193"]);
    check(&"a".repeat(70_000), &expect!["filter-too-long: too long at byte 0"]);
}

#[test]
fn a_number_keeps_every_digit_that_a_double_has() {
    check("a eq 4.065669597948636e-286", &expect!["a eq 4.065669597948636e-286"]);
    check("a eq 9223372036854775807", &expect!["a eq 9223372036854775807"]);
    check("a eq 1e999", &expect![[r#"a eq "1e999""#]]);
}
