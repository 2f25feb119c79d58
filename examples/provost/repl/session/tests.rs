use expect_test::{Expect, expect};

use super::{Outcome, Session, Streams};
use crate::drawing::Drawing;
use crate::evaluation::Given;

/// Runs lines in a new session; what they print, and what the last of them did.
fn run(lines: &[&str]) -> (String, Outcome) {
    let mut session = Session::new(Given::default()).unwrap();
    let drawing = Drawing::with(false, 80);
    let (mut printed, mut outcome) = (Vec::new(), Outcome::Done);
    for line in lines {
        let mut errors = Vec::new();
        let mut streams =
            Streams { out: &mut printed, err: &mut errors, drawing: &drawing, name: "expression", line: None };
        outcome = session.run(line, &mut streams).unwrap();
        printed.extend(errors);
    }
    (String::from_utf8(printed).unwrap(), outcome)
}

fn check(lines: &[&str], expected_outcome: Outcome, expected: &Expect) {
    let (printed, outcome) = run(lines);
    expected.assert_eq(&printed);
    assert_eq!(outcome, expected_outcome);
}

#[test]
fn an_expression_gives_its_value_for_the_user() {
    check(
        &[":set mail BSimon@contoso.com", ":set active true", "ToLower([mail], )", "IIF([active], 1, 2)", "[none]"],
        Outcome::Done,
        &expect![[r#"
            "bsimon@contoso.com"
            "1"
            null
        "#]],
    );
}

#[test]
fn a_name_in_the_wrong_case_is_told_and_an_absent_one_is_not() {
    check(
        &[":set mail a@b", "Trim([Mail])", "Trim([department])"],
        Outcome::Done,
        &expect![[r#"
        null
        warning[unknown-attribute]: the source has no attribute `Mail`
         --> expression:1:6
          |
        1 | Trim([Mail])
          |      ^^^^^^
          |
          = help: names are case-sensitive: write `mail`
        null
    "#]],
    );
}

#[test]
fn what_fails_is_drawn_and_the_session_goes_on() {
    check(
        &["Join(\"\",", "Mid(\"abc\", 0, 1)", "Item([a], 1, 2)"],
        Outcome::Failed,
        &expect![[r#"
            error[expected]: expected a function, an attribute in brackets, a text in quotation marks or a number
             --> expression:1:9
              |
            1 | Join("",
              |         ^
            error[out-of-range]: the start counts from 1
             --> expression:1:12
              |
            1 | Mid("abc", 0, 1)
              |            ^
            error[argument-count]: `Item` takes 2 arguments; 3 given
             --> expression:1:1
              |
            1 | Item([a], 1, 2)
              | ^^^^
              |
              = help: its signature is `Item(attribute, index)`
        "#]],
    );
    let (_, outcome) = run(&["Join(", "Trim(\"a\")"]);
    assert_eq!(outcome, Outcome::Done);
}

#[test]
fn what_is_secret_is_not_shown() {
    let (printed, outcome) = run(&[":set pin 4711", ":explain on", "Append(Redact([pin]), \"-\")"]);
    assert!(!printed.contains("4711") && printed.ends_with("\n[Redact]\n"), "{printed}");
    assert_eq!(outcome, Outcome::Done);
}

#[test]
fn the_last_expression_is_checked_and_formatted() {
    check(
        &["Switch([a], , \"b\", \"c\")", ":check", ":format", ":format %P%&1", ":dialect connect", ":format %P%&1"],
        Outcome::Done,
        &expect![[r#"
            null
            warning[switch-without-default]: without a default, a source that equals no key gives no value
             --> expression:1:13
              |
            1 | Switch([a], , "b", "c")
              |             ^
              |
              = help: write the default as the second argument
            warning[switch-without-default]: without a default, a source that equals no key gives no value
             --> expression:1:13
              |
            1 | Switch([a], , "b", "c")
              |             ^
              |
              = help: write the default as the second argument
            Switch([a], , "b", "c")
            error[expected]: expected a function, an attribute in brackets, a text in quotation marks or a number
             --> expression:1:1
              |
            1 | %P%&1
              | ^
            %P% & 1
        "#]],
    );
    check(
        &[":format"],
        Outcome::Failed,
        &expect![[r#"
        error: expected an expression, since none was written before
    "#]],
    );
}

#[test]
fn the_user_is_shown_and_changed() {
    check(
        &[":set a 1", ":set b [\"x\", \"y\"]", ":unset a", ":user", ":unset a", ":set c [[1]]"],
        Outcome::Failed,
        &expect![[r#"
            {
              "b": [
                "x",
                "y"
              ]
            }
            error: the user has no attribute `a`
            error: attribute c: expected a text, a number, true, false, an object, or a list of these
        "#]],
    );
}

#[test]
fn a_time_can_be_fixed() {
    check(
        &[":now 2026-03-16T07:00:00Z", "Now()", ":now"],
        Outcome::Done,
        &expect![[r#"
        "3/16/2026 7:00:00 AM"
        2026-03-16T07:00:00Z
    "#]],
    );
    let (printed, _) = run(&[":now 2026-03-16T07:00:00Z", ":now clock", ":now"]);
    assert!(!printed.contains("2026-03-16T07:00:00Z"));
}

#[test]
fn functions_are_described_and_found() {
    check(
        &[":functions mid", ":functions diacritic"],
        Outcome::Done,
        &expect![[r#"
        Mid(source, start, length)
            Takes characters from a position, counted from one.
            source                   text, needed
            start                    number, needed
            length                   number, needed
        NormalizeDiacritics(source)
            Writes Latin letters without accents, and a few letters of their own as ASCII.
    "#]],
    );
    let (all, _) = run(&[":functions"]);
    assert!(all.lines().count() > 80 && all.contains("Switch("));
    let (printed, outcome) = run(&[":functions zzz"]);
    assert_eq!(outcome, Outcome::Failed);
    assert!(printed.contains("no function of the dialect entra"), "{printed}");
}

#[test]
fn the_help_has_a_line_for_each_command_that_fits_a_terminal() {
    let (help, _) = run(&[":help"]);
    assert!(help.lines().all(|line| line.len() <= 110), "{help}");
    assert_eq!(help.lines().filter(|line| line.starts_with("  :")).count(), super::COMMANDS.len());
}

#[test]
fn a_schema_names_what_the_source_has() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let schema = "[{\"name\": \"mail\", \"type\": \"string\"}, {\"name\": \"aliases\", \"multiValued\": true}]";
    std::fs::write(file.path(), schema).unwrap();
    let load = format!(":schema {}", file.path().display());
    check(
        &[&load, ":schema", "Trim([Mail])", "Trim([x])", ":set x y", "Trim([x])"],
        Outcome::Done,
        &expect![[r#"
        2 attributes
        aliases  several values
        mail  string
        null
        warning[unknown-attribute]: the source has no attribute `Mail`
         --> expression:1:6
          |
        1 | Trim([Mail])
          |      ^^^^^^
          |
          = help: names are case-sensitive: write `mail`
        null
        warning[unknown-attribute]: the source has no attribute `x`
         --> expression:1:6
          |
        1 | Trim([x])
          |      ^^^
        "y"
    "#]],
    );
    check(
        &[":schema"],
        Outcome::Done,
        &expect![[r#"
        no schema: `:schema FILE` reads one
    "#]],
    );
}

#[test]
fn hostile_values_are_shown_and_never_sent() {
    let (printed, _) = run(&[":set a \u{1b}[31m\u{202e}\u{9b}", "[a]", ":user", ":nonsense\u{1b}[2J"]);
    assert!(!printed.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{printed:?}");
    assert!(printed.contains("\\u202e"), "{printed}");
}
