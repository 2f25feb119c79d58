//! Draws what is wrong with a text, for a person at a terminal.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use console::Term;
use provost_expr::Diagnostic;
use provost_text::Span;

/// Columns of a drawing that goes to no terminal.
const WIDTH: usize = 100;
/// Fewest columns that a drawing is made for.
const LEAST_WIDTH: u16 = 40;
/// Longest text that is drawn whole, in bytes; of a longer one the part around the finding is.
const LONGEST: usize = 64 * 1024;
/// What stands for a character that would change how a terminal shows its surroundings.
const STAND_IN: char = '\u{fffd}';
/// Most characters that a note names.
const MOST_NAMED: usize = 4;
/// Longest message that is shown whole, in characters.
const LONGEST_MESSAGE: usize = 500;

/// When findings are drawn in colours.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, clap::ValueEnum)]
pub(crate) enum Colours {
    /// When they go to a terminal and the environment variable NO_COLOR is not set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What was found in a text, where, and what helps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finding<'a> {
    pub(crate) code: &'a str,
    pub(crate) is_error: bool,
    pub(crate) message: &'a str,
    pub(crate) help: Option<&'a str>,
    pub(crate) span: Span,
}

impl<'a> Finding<'a> {
    pub(crate) fn error(code: &'a str, message: &'a str, span: Span) -> Self {
        Self { code, is_error: true, message, help: None, span }
    }
}

impl<'a> From<&'a Diagnostic> for Finding<'a> {
    fn from(found: &'a Diagnostic) -> Self {
        Self {
            code: found.code(),
            is_error: found.is_error(),
            message: found.message(),
            help: found.help(),
            span: found.span(),
        }
    }
}

/// Draws findings for one stream.
#[derive(Clone, Debug)]
pub(crate) struct Drawing {
    renderer: Renderer,
}

impl Drawing {
    /// For standard error.
    pub(crate) fn on_stderr(colours: Colours) -> Self {
        Self::on(&Term::stderr(), colours)
    }

    /// For standard output.
    pub(crate) fn on_stdout(colours: Colours) -> Self {
        Self::on(&Term::stdout(), colours)
    }

    /// Tells whether standard output has colours.
    pub(crate) fn is_coloured_on_stdout(colours: Colours) -> bool {
        is_coloured(&Term::stdout(), colours)
    }

    fn on(terminal: &Term, colours: Colours) -> Self {
        let width = terminal.size_checked().map_or(WIDTH, |(_, columns)| usize::from(columns.max(LEAST_WIDTH)));
        Self::with(is_coloured(terminal, colours), width)
    }

    pub(crate) fn with(coloured: bool, width: usize) -> Self {
        let renderer = if coloured { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
        Self { renderer: renderer.term_width(width) }
    }

    /// Draws a finding below its message; `name` says what the text is. The result ends with a line break.
    pub(crate) fn draw(&self, name: &str, text: &str, finding: &Finding<'_>) -> String {
        self.draw_from(name, 1, text, finding)
    }

    /// Draws a finding in a text whose first line has this number.
    pub(crate) fn draw_from(&self, name: &str, first_line: usize, text: &str, finding: &Finding<'_>) -> String {
        let level = if finding.is_error { Level::ERROR } else { Level::WARNING };
        let Shown { text, span, skipped_lines, stood_in } = Shown::new(text, finding.span);
        let title = level.primary_title(shortened(finding.message)).id(finding.code);
        let snippet = Snippet::source(text)
            .line_start(first_line.saturating_add(skipped_lines))
            .path(visible(name))
            .annotation(AnnotationKind::Primary.span(span));
        let mut group = title.element(snippet);
        if let Some(note) = stood_in {
            group = group.element(Level::NOTE.message(note));
        }
        if let Some(help) = finding.help {
            group = group.element(Level::HELP.message(shortened(help)));
        }
        let mut drawn = self.renderer.render(&[group]);
        drawn.push('\n');
        drawn
    }
}

fn is_coloured(terminal: &Term, colours: Colours) -> bool {
    let features = terminal.features();
    match colours {
        Colours::Auto => features.is_attended() && features.colors_supported(),
        Colours::Always => true,
        Colours::Never => false,
    }
}

/// A text as it can be drawn, and the place of a finding in it.
struct Shown {
    text: String,
    span: Range<usize>,
    /// Lines that are left out before the text.
    skipped_lines: usize,
    /// Names the characters that something else stands for.
    stood_in: Option<String>,
}

impl Shown {
    fn new(text: &str, span: Span) -> Self {
        let (from, to) = window(text, span);
        let skipped_lines = text.get(..from).unwrap_or_default().matches('\n').count();
        let text = text.get(from..to).unwrap_or_default();
        let place = |at: usize| at.saturating_sub(from).min(text.len());
        let (start, end) = (place(span.start()), place(span.end()));
        let mut shown = String::with_capacity(text.len());
        let (mut shown_start, mut shown_end) = (None, None);
        let mut hidden = BTreeSet::new();
        let mut letters = text.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            if shown_start.is_none() && at >= start {
                shown_start = Some(shown.len());
            }
            if shown_end.is_none() && at >= end {
                shown_end = Some(shown.len());
            }
            let ends_line = letter == '\r' && letters.peek().is_some_and(|(_, next)| *next == '\n');
            match letter {
                '\n' | '\t' => shown.push(letter),
                _ if ends_line => {}
                _ if is_unsafe(letter) => {
                    hidden.insert(letter);
                    shown.push(stand_in(letter));
                }
                _ => {
                    // A blank of another kind in a text constant is most likely meant.
                    if is_other_blank(letter) && at <= end && at + letter.len_utf8() >= start {
                        hidden.insert(letter);
                    }
                    shown.push(letter);
                }
            }
        }
        let start = shown_start.unwrap_or(shown.len());
        let end = shown_end.unwrap_or(shown.len()).max(start);
        Self { span: start..end, skipped_lines, stood_in: named(&hidden), text: shown }
    }
}

/// The part of a long text around a finding: whole characters, and whole lines where they are short.
fn window(text: &str, span: Span) -> (usize, usize) {
    if text.len() <= LONGEST {
        return (0, text.len());
    }
    let start = floor(text, span.start().saturating_sub(LONGEST / 2));
    let end = floor(text, span.start().saturating_add(LONGEST / 2));
    let line = text.get(start..end).and_then(|part| part.find('\n')).map(|at| start + at + 1);
    match line {
        Some(line) if start > 0 && line <= span.start() => (line, end),
        _ => (start, end),
    }
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Whether a character would move the cursor, speak to the terminal, reorder its surroundings, or vanish.
fn is_unsafe(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a character looks like a blank and is another one.
fn is_other_blank(letter: char) -> bool {
    letter.is_whitespace() && !letter.is_ascii()
}

fn stand_in(letter: char) -> char {
    match letter {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(letter)).unwrap_or(STAND_IN),
        '\u{7f}' => '\u{2421}',
        _ => STAND_IN,
    }
}

fn named(hidden: &BTreeSet<char>) -> Option<String> {
    if hidden.is_empty() {
        return None;
    }
    let mut names: Vec<String> =
        hidden.iter().take(MOST_NAMED).map(|letter| format!("U+{:04X}", u32::from(*letter))).collect();
    if hidden.len() > MOST_NAMED {
        names.push("others".to_owned());
    }
    let last = names.pop()?;
    let list = if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) };
    Some(format!("the text holds characters that are hard to see: {list}"))
}

/// A message without its middle where it is long.
fn shortened(message: &str) -> Cow<'_, str> {
    let length = message.chars().count();
    if length <= LONGEST_MESSAGE {
        return visible(message);
    }
    let half = LONGEST_MESSAGE / 2;
    let start: String = message.chars().take(half).collect();
    let end: String = message.chars().skip(length - half).collect();
    Cow::Owned(format!("{}...{}", visible(&start), visible(&end)))
}

/// Writes the characters of a line out that would change how a terminal shows it.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let escape = |letter: char| match letter {
        _ if !is_unsafe(letter) => letter.to_string(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        _ => format!("\\u{{{:x}}}", u32::from(letter)),
    };
    Cow::Owned(text.chars().map(escape).collect())
}

/// Writes JSON so that it changes nothing of how a terminal shows it; it stays the same JSON.
pub(crate) fn visible_json(text: &str) -> Cow<'_, str> {
    let is_hidden = |letter: char| letter != '\n' && is_unsafe(letter);
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    // Beyond the line breaks of its layout, such characters stand in texts only.
    let escape = |letter: char| match letter {
        _ if !is_hidden(letter) => letter.to_string(),
        _ => letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    };
    Cow::Owned(text.chars().map(escape).collect())
}

#[cfg(test)]
mod tests;
