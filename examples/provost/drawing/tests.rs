use expect_test::{Expect, expect};
use provost_text::Span;

use super::{Drawing, Finding, LONGEST, visible, visible_json};

fn drawn(text: &str, span: Span) -> String {
    let finding = Finding { help: Some("write it out"), ..Finding::error("code", "the message", span) };
    Drawing::with(false, 80).draw("expression", text, &finding)
}

/// Checks a drawing of the first occurrence of a part of a text.
fn check(text: &str, part: &str, expected: &Expect) {
    let at = text.find(part).unwrap();
    expected.assert_eq(&drawn(text, Span::new(at, at + part.len())));
}

#[test]
fn a_finding_stands_below_its_text() {
    check(
        "Join(\"\", [Mail])",
        "[Mail]",
        &expect![[r#"
        error[code]: the message
         --> expression:1:10
          |
        1 | Join("", [Mail])
          |          ^^^^^^
          |
          = help: write it out
    "#]],
    );
}

#[test]
fn what_is_missing_at_the_end_has_a_caret_behind_the_text() {
    expect![[r#"
        error[code]: the message
         --> expression:1:9
          |
        1 | Trim([a]
          |         ^
          |
          = help: write it out
    "#]]
    .assert_eq(&drawn("Trim([a]", Span::point(8)));
    expect![[r#"
        error[code]: the message
         --> expression:1:1
          |
        1 |
          | ^
          |
          = help: write it out
    "#]]
    .assert_eq(&drawn("", Span::point(0)));
    expect![[r#"
        error[code]: the message
         --> expression:1:3
          |
        1 | a
          |  ^
          |
          = help: write it out
    "#]]
    .assert_eq(&drawn("a\n", Span::point(2)));
}

#[test]
fn wide_letters_and_tabs_are_counted_as_they_are_shown() {
    check(
        "Trim(\"日本\", x)",
        "x",
        &expect![[r#"
        error[code]: the message
         --> expression:1:12
          |
        1 | Trim("日本", x)
          |              ^
          |
          = help: write it out
    "#]],
    );
    check(
        "Trim(\t\t\"a\", x)",
        "x",
        &expect![[r#"
        error[code]: the message
         --> expression:1:13
          |
        1 | Trim(        "a", x)
          |                   ^
          |
          = help: write it out
    "#]],
    );
}

#[test]
fn lines_are_numbered_and_a_span_may_cover_several() {
    check(
        "Join(\"\",\r\n  [mail] x\r\n)",
        "x",
        &expect![[r#"
        error[code]: the message
         --> expression:2:10
          |
        2 |   [mail] x
          |          ^
          |
          = help: write it out
    "#]],
    );
    check(
        "Join(\"\",\n  Trim(\n    [a]\n  ),\n  [b]\n)",
        "Trim(\n    [a]\n  )",
        &expect![[r#"
        error[code]: the message
         --> expression:2:3
          |
        2 | /   Trim(
        3 | |     [a]
        4 | |   ),
          | |___^
          |
          = help: write it out
    "#]],
    );
}

#[test]
fn a_long_line_is_cut_around_the_finding() {
    let text = format!("{}HERE{}", "a".repeat(3000), "b".repeat(3000));
    check(
        &text,
        "HERE",
        &expect![[r#"
        error[code]: the message
         --> expression:1:3001
          |
        1 | ...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaHEREbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...
          |                                     ^^^^
          |
          = help: write it out
    "#]],
    );
    let text = format!("{}HERE{}", "a".repeat(3 * LONGEST), "b".repeat(3 * LONGEST));
    let at = 3 * LONGEST;
    let shown = drawn(&text, Span::new(at, at + 4));
    let lines: Vec<&str> = shown.lines().collect();
    let carets = lines[4].find('^').unwrap()..=lines[4].rfind('^').unwrap();
    assert_eq!(lines[3].get(carets), Some("HERE"), "{shown}");
    assert!(lines.iter().all(|line| line.len() <= 90), "{shown}");
}

#[test]
fn a_long_text_keeps_its_line_numbers() {
    let text = format!("{}HERE\n{}", "line\n".repeat(40_000), "line\n".repeat(40_000));
    check(
        &text,
        "HERE",
        &expect![[r#"
        error[code]: the message
             --> expression:40001:1
              |
        40001 | HERE
              | ^^^^
              |
              = help: write it out
    "#]],
    );
}

#[test]
fn what_speaks_to_a_terminal_is_shown_and_never_sent() {
    check(
        "Trim(\"\u{1b}[31m\u{202e}\u{9b}2J\u{7}\", x)",
        "x",
        &expect![[r#"
            error[code]: the message
             --> expression:1:20
              |
            1 | Trim("␛[31m��2J␇", x)
              |                    ^
              |
              = note: the text holds characters that are hard to see: U+0007, U+001B, U+009B and U+202E
              = help: write it out
        "#]],
    );
    check(
        "Trim([a],\u{a0}x)",
        "x",
        &expect![[r#"
            error[code]: the message
             --> expression:1:11
              |
            1 | Trim([a], x)
              |           ^
              |
              = note: the text holds characters that are hard to see: U+00A0
              = help: write it out
        "#]],
    );
    let hostile: String = (0..=0x1_0000).filter_map(char::from_u32).filter(|letter| *letter != '\n').collect();
    for shown in [drawn(&hostile, Span::new(5, 9)), visible(&hostile).into_owned()] {
        let bad = shown.chars().find(|letter| letter.is_control() && *letter != '\n');
        assert_eq!(bad, None);
        assert!(!shown.contains(['\u{202e}', '\u{2066}', '\u{200f}', '\u{feff}', '\u{2028}']));
    }
}

#[test]
fn json_stays_what_it_is() {
    let value = serde_json::json!({ "a": "\u{202e}\u{9b}\u{e0041}\u{1b}x\n" });
    for written in [value.to_string(), format!("{value:#}")] {
        let shown = visible_json(&written);
        assert!(shown.chars().all(|letter| letter == '\n' || (' '..='~').contains(&letter)), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }
}

#[test]
fn a_long_message_loses_its_middle() {
    let message = format!("begin{}end", "x".repeat(10_000));
    let shown = Drawing::with(false, 80).draw("name", "x", &Finding::error("code", &message, Span::new(0, 1)));
    assert!(shown.contains("begin") && shown.contains("end") && shown.len() < 700, "{shown}");
}

#[test]
fn colours_are_sent_only_when_they_are_wanted() {
    let finding = Finding::error("code", "the message", Span::new(0, 1));
    assert!(Drawing::with(true, 80).draw("name", "x", &finding).contains('\u{1b}'));
    assert!(!Drawing::with(false, 80).draw("name", "x", &finding).contains('\u{1b}'));
}

#[test]
fn a_span_outside_the_text_is_drawn_at_its_end() {
    for text in ["", "ä", "ä\n", "\r\n"] {
        for start in 0..5 {
            for end in start..6 {
                assert!(drawn(text, Span::new(start, end)).contains('^'), "{text:?} {start} {end}");
            }
        }
    }
}
