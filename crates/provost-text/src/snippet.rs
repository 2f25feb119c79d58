use std::fmt;

use crate::Span;

/// Longest part of a line that is drawn, in characters.
const WIDTH: usize = 96;

/// Draws a message above the line it speaks of, with carets under the span.
///
/// One line of source gives `message at byte N`; a source of several lines gives `message at line L, column C`, both
/// counted from one and the column in characters. Long lines are cut around the span. Control characters are drawn as
/// blanks so that the carets stay in place.
#[derive(Clone, Copy, Debug)]
pub struct Snippet<'a> {
    source: &'a str,
    span: Span,
    message: &'a str,
}

impl<'a> Snippet<'a> {
    /// Makes a drawing of `span` in `source` under `message`.
    ///
    /// A span that does not fit into the source is moved to the nearest character inside it.
    #[must_use]
    pub fn new(source: &'a str, span: Span, message: &'a str) -> Self {
        Self { source, span, message }
    }

    /// Returns line and column of the start, both counted from one; the column counts characters.
    #[must_use]
    pub fn position(&self) -> (usize, usize) {
        let start = floor_boundary(self.source, self.span.start());
        let before = self.source.get(..start).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

impl fmt::Display for Snippet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = floor_boundary(self.source, self.span.start());
        let end = floor_boundary(self.source, self.span.end()).max(start);
        let before = self.source.get(..start).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = self.source.get(line_start..).unwrap_or("");
        let line = rest.split('\n').next().unwrap_or("").trim_end_matches('\r');
        if self.source.contains('\n') {
            let (line_number, column) = self.position();
            writeln!(f, "{} at line {line_number}, column {column}", self.message)?;
        } else {
            writeln!(f, "{} at byte {}", self.message, start)?;
        }
        let lead = self.source.get(line_start..start).unwrap_or("").chars().count();
        let covered = self.source.get(start..end).unwrap_or("").split('\n').next().unwrap_or("").chars().count();
        let length = line.chars().count();
        let skip = if length > WIDTH { lead.saturating_sub(WIDTH / 2) } else { 0 };
        let (prefix, mut column) = if skip > 0 { ("...", lead - skip + 3) } else { ("", lead) };
        column = column.min(WIDTH + 3);
        let shown: String = line.chars().skip(skip).take(WIDTH).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let suffix = if skip + WIDTH < length { "..." } else { "" };
        writeln!(f, "{prefix}{shown}{suffix}")?;
        let room = (WIDTH + prefix.len()).saturating_sub(column).max(1);
        write!(f, "{}{}", " ".repeat(column), "^".repeat(covered.clamp(1, room)))
    }
}

fn floor_boundary(source: &str, at: usize) -> usize {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::Snippet;
    use crate::Span;

    fn check(source: &str, span: Span, expected: &Expect) {
        expected.assert_eq(&Snippet::new(source, span, "unexpected text").to_string());
    }

    #[test]
    fn the_caret_counts_characters_and_not_bytes() {
        check(
            "Ölpreis(x",
            Span::new(8, 9),
            &expect![[r"
                unexpected text at byte 8
                Ölpreis(x
                       ^"]],
        );
    }

    #[test]
    fn a_later_line_is_named_and_drawn_alone() {
        check(
            "Join(\"\",\n  [mail] x\n)",
            Span::new(18, 19),
            &expect![[r"
                unexpected text at line 2, column 10
                  [mail] x
                         ^"]],
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_span() {
        let source = format!("{}HERE{}", "a".repeat(300), "b".repeat(300));
        let drawn = Snippet::new(&source, Span::new(300, 304), "unexpected text").to_string();
        let mut lines = drawn.lines().skip(1);
        let text = lines.next().unwrap();
        let carets = lines.next().unwrap();
        assert_eq!(text.get(carets.find('^').unwrap()..=carets.rfind('^').unwrap()), Some("HERE"));
        assert!(text.len() < 110);
    }

    #[test]
    fn a_line_that_fits_is_not_cut() {
        let source = "a".repeat(90);
        let drawn = Snippet::new(&source, Span::point(90), "m").to_string();
        assert_eq!(drawn, format!("m at byte 90\n{source}\n{}^", " ".repeat(90)));
    }

    proptest! {
        #[test]
        fn drawing_never_fails(source in "\\PC{0,200}|[a\n\t ä]{0,200}", start in 0usize..250, length in 0usize..250) {
            let drawn = Snippet::new(&source, Span::new(start, start + length), "m").to_string();
            prop_assert!(drawn.ends_with('^'));
        }
    }
}
