//! What stands at a place of an unfinished expression.

use provost_expr::{Dialect, Limits, ParseExprErrorKind, parse_as};

/// Where in an expression the cursor is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Reading {
    /// What is being written.
    pub(super) part: Part,
    /// The calls around it, the innermost last, with the position of the argument from zero.
    pub(super) calls: Vec<(String, usize)>,
}

/// What is being written; with the byte offset of its first character.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) enum Part {
    /// The name of an attribute, behind its bracket.
    Attribute(usize),
    /// Nothing that could be completed.
    #[default]
    Other,
    /// A text constant.
    Text,
    /// A word: the name of a function, as far as it is there.
    Word(usize),
}

impl Reading {
    /// Reads the text before the cursor.
    pub(super) fn of(before: &str, dialect: Dialect) -> Self {
        let mut reading = Self { part: Part::Word(0), calls: Vec::new() };
        let mut word = String::new();
        let mut letters = before.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            let next = at + letter.len_utf8();
            match letter {
                '"' => {
                    reading.part = Part::Text;
                    while let Some((at, inner)) = letters.next() {
                        if inner == '\\' && dialect == Dialect::Entra {
                            letters.next_if(|(_, escaped)| matches!(escaped, '"' | '\\'));
                        } else if inner == '"' {
                            reading.part = Part::Word(at + 1);
                            break;
                        }
                    }
                    word.clear();
                }
                '[' => {
                    reading.part = Part::Attribute(next);
                    let (mut open, mut quoted) = (1usize, false);
                    for (at, inner) in letters.by_ref() {
                        match inner {
                            '"' if open > 1 => quoted = !quoted,
                            '[' if !quoted => open += 1,
                            ']' if !quoted => open -= 1,
                            _ => {}
                        }
                        if open == 0 {
                            reading.part = Part::Word(at + 1);
                            break;
                        }
                    }
                    word.clear();
                }
                '(' => {
                    reading.calls.push((std::mem::take(&mut word), 0));
                    reading.part = Part::Word(next);
                }
                ')' => {
                    reading.calls.pop();
                    word.clear();
                    reading.part = Part::Other;
                }
                ',' => {
                    if let Some((_, argument)) = reading.calls.last_mut() {
                        *argument += 1;
                    }
                    word.clear();
                    reading.part = Part::Word(next);
                }
                _ if letter.is_ascii_alphanumeric() => word.push(letter),
                _ => {
                    // White space may stand between a name and its parenthesis.
                    if !(letter.is_whitespace() && letters.peek().is_none_or(|(_, next)| matches!(next, '(' | ' '))) {
                        word.clear();
                    }
                    reading.part = Part::Word(next);
                }
            }
        }
        if let Part::Word(start) = reading.part {
            let written = before.get(start..).unwrap_or_default();
            let is_name = written.chars().enumerate().all(|(at, letter)| match at {
                0 => letter.is_ascii_alphabetic(),
                _ => letter.is_ascii_alphanumeric(),
            });
            if !is_name {
                reading.part = Part::Other;
            }
        }
        reading
    }
}

/// Tells whether more text could make an expression of this one; a line that is left empty says that none follows.
pub(super) fn is_unfinished(text: &str, dialect: Dialect) -> bool {
    let written = text.trim_end();
    let left_empty = text.get(written.len()..).is_some_and(|blanks| blanks.matches('\n').count() > 1);
    if left_empty || written.trim_start().is_empty() || written.trim_start().starts_with([':', '#']) {
        return false;
    }
    match parse_as(written, dialect, &Limits::default()) {
        Ok(_) => false,
        Err(error) => match error.kind() {
            ParseExprErrorKind::UnterminatedAttribute | ParseExprErrorKind::UnterminatedText => true,
            ParseExprErrorKind::Expected(_) => error.span().start() >= written.len(),
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use provost_expr::Dialect;

    use super::{Part, Reading, is_unfinished};

    fn check(before: &str, part: Part, calls: &[(&str, usize)]) {
        let calls = calls.iter().map(|(name, argument)| ((*name).to_owned(), *argument)).collect();
        assert_eq!(Reading::of(before, Dialect::Entra), Reading { part, calls }, "{before}");
    }

    #[test]
    fn the_part_at_the_cursor_is_told() {
        check("", Part::Word(0), &[]);
        check("To", Part::Word(0), &[]);
        check("Join(", Part::Word(5), &[("Join", 0)]);
        check("Join(\"\", Wo", Part::Word(9), &[("Join", 1)]);
        check("Join(\"a(b", Part::Text, &[("Join", 0)]);
        check("Join(\"a\\\"b", Part::Text, &[("Join", 0)]);
        check("Join(\"a\\\\\", ", Part::Word(12), &[("Join", 1)]);
        check("Join([ma", Part::Attribute(6), &[("Join", 0)]);
        check("Join([emails[type eq \"]\"].va", Part::Attribute(6), &[("Join", 0)]);
        check("Join([mail]", Part::Word(11), &[("Join", 0)]);
        check("Join (Trim([a]), Word ([b], 1", Part::Other, &[("Join", 1), ("Word", 1)]);
        check("Join(Trim([a])", Part::Other, &[("Join", 0)]);
        check("IIF([a] = Tr", Part::Word(10), &[("IIF", 0)]);
        check("Join(\n  Tr", Part::Word(8), &[("Join", 0)]);
        check("))", Part::Other, &[]);
    }

    #[test]
    fn a_backslash_means_nothing_in_the_other_dialect() {
        let reading = Reading::of("Trim(\"a\\\", ", Dialect::Connect);
        assert_eq!(reading.calls, [("Trim".to_owned(), 1)]);
    }

    #[test]
    fn an_expression_is_finished_where_more_text_cannot_help() {
        for (text, expected) in [
            ("", false),
            ("Trim([a])", false),
            ("Trim([a]", true),
            ("Trim(", true),
            ("Trim(\n\n", false),
            ("Trim(\n", true),
            ("Trim(\"a", true),
            ("Trim(\"a\n\n", false),
            ("Join(\"\", [mail", true),
            ("IIF([a] =", true),
            ("Trim([a]))", false),
            ("Trim(a b", false),
            ("Trim(\u{201c}a", false),
            (":load (", false),
            ("# (", false),
        ] {
            assert_eq!(is_unfinished(text, Dialect::Entra), expected, "{text:?}");
        }
        assert!(is_unfinished("1 +", Dialect::Connect));
    }
}
