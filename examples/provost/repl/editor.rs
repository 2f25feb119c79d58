//! The conversation on a terminal.

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

use provost_examples::failure::Failure;
use rustyline::completion::{Candidate as ShownCandidate, Completer};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{ColorMode, CompletionType, Config, Context, Editor, Helper};

use super::complete::{Candidate, Vocabulary};
use super::history;
use super::reading::is_unfinished;
use super::session::{Outcome, Session, Streams};
use crate::drawing::{Colours, Drawing};

/// Lines that are kept.
const MOST_LINES: usize = 1_000;
/// Candidates that are listed without a question.
const LISTED: usize = 120;

struct Assistant {
    vocabulary: Vocabulary,
    coloured: bool,
}

impl ShownCandidate for Candidate {
    fn display(&self) -> &str {
        &self.shown
    }

    fn replacement(&self) -> &str {
        &self.written
    }
}

impl Completer for Assistant {
    type Candidate = Candidate;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Candidate>)> {
        Ok(self.vocabulary.candidates(line.get(..at).unwrap_or(line)))
    }
}

/// Behind the cursor stands the signature of the function whose arguments are being written.
impl Hinter for Assistant {
    type Hint = String;

    fn hint(&self, line: &str, at: usize, _: &Context<'_>) -> Option<String> {
        // Without a colour of its own it could be taken for what was written.
        let signature = (self.coloured && at == line.len()).then(|| self.vocabulary.signature(line)).flatten()?;
        Some(format!("  {signature}"))
    }
}

impl Highlighter for Assistant {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\u{1b}[2m{hint}\u{1b}[0m"))
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(if is_unfinished(&format!("{}\n", context.input()), self.vocabulary.dialect) {
            ValidationResult::Incomplete
        } else {
            ValidationResult::Valid(None)
        })
    }
}

impl Helper for Assistant {}

/// Reads lines until the user leaves.
///
/// # Errors
///
/// The terminal cannot be read or written.
pub(super) fn converse(session: &mut Session, history: Option<&Path>, colours: Colours) -> Result<(), Failure> {
    let drawing = Drawing::on_stderr(colours);
    let coloured = Drawing::is_coloured_on_stdout(colours);
    let config = Config::builder()
        .max_history_size(MOST_LINES)?
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .completion_prompt_limit(LISTED)
        .color_mode(if coloured { ColorMode::Forced } else { ColorMode::Disabled })
        .build();
    let mut editor: Editor<Assistant, FileHistory> = Editor::with_config(config)?;
    editor.set_helper(Some(Assistant { vocabulary: session.vocabulary(), coloured }));
    let mut out = std::io::stdout();
    writeln!(out, "Expressions of attribute mappings; :help lists the commands, Tab completes, Ctrl-D leaves.")?;
    let kept = history.and_then(|file| match history::prepare(file).map(|()| editor.load_history(file)) {
        Ok(Ok(())) => Some(file),
        Err(error) => {
            let _ = writeln!(out, "No history is kept: {}: {error}", file.display());
            None
        }
        // The file was made just now, or is no history: what is kept from here on is.
        Ok(Err(_)) => Some(file),
    });
    if let Some(file) = kept {
        writeln!(out, "Lines are kept in {}; one that begins with a blank is not.", file.display())?;
    }
    loop {
        let prompt = format!("{}> ", session.dialect());
        let line = match editor.readline(&prompt) {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => {
                writeln!(out, "(:quit or Ctrl-D leaves)")?;
                continue;
            }
            Err(ReadlineError::Eof) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        // A line that fails is kept too: it is the one to mend.
        if editor.add_history_entry(line.as_str())?
            && let Some(file) = kept
            && let Err(error) = editor.append_history(file)
        {
            writeln!(out, "This line is not kept: {}: {error}", file.display())?;
        }
        let mut err = std::io::stderr();
        let mut streams =
            Streams { out: &mut out, err: &mut err, drawing: &drawing, name: crate::eval::NAME, line: None };
        if session.run(&line, &mut streams)? == Outcome::Quit {
            return Ok(());
        }
        if let Some(assistant) = editor.helper_mut() {
            assistant.vocabulary = session.vocabulary();
        }
    }
}
