//! `provost repl`: expressions, line by line.

mod command;
mod complete;
mod editor;
mod history;
mod reading;
mod session;

use std::io::{BufRead, BufReader, IsTerminal as _, Read as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use provost_examples::failure::Failure;

use self::session::{Outcome, Session, Streams};
use crate::drawing::{Colours, Drawing};
use crate::evaluation::Given;

/// Longest line, in bytes.
const LONGEST_LINE: u64 = 1024 * 1024;

/// Arguments of `provost repl`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    given: Given,
    /// File with the attributes that the source has, in any form that `provost eval --schema` reads.
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Keeps no history, and reads none.
    #[arg(long)]
    no_history: bool,
}

const AFTER_HELP: &str = "\
On a terminal, lines are kept in provost/history in the state directory of the user ($XDG_STATE_HOME, else ~/.local/state; \
%LOCALAPPDATA% on Windows), which nobody else can read. They are kept as they were typed, secrets in them too: begin a line with a blank to \
have it forgotten.

From a file or a pipe, each line is one expression or command; empty lines and those that begin with `#` are skipped. \
Values go to standard output, findings to standard error. Exit code 0: every line went well; 1: some line failed, and the \
others were run; 2: the arguments are wrong.";

pub(crate) fn run(args: Args, colours: Colours) -> Result<ExitCode, Failure> {
    let mut session = Session::new(args.given)?;
    if let Some(path) = &args.schema {
        session.schema = Some(crate::eval::read_schema(path, colours)?);
    }
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        let history = if args.no_history { None } else { history::file(|name| std::env::var_os(name)) };
        editor::converse(&mut session, history.as_deref(), colours)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut failed = false;
    let mut input = BufReader::new(std::io::stdin().lock());
    let drawing = Drawing::on_stderr(colours);
    for number in 1.. {
        let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
        let mut streams =
            Streams { out: &mut out, err: &mut err, drawing: &drawing, name: "standard input", line: Some(number) };
        let outcome = match next_line(&mut input)? {
            Line::End => break,
            Line::Text(line) => session.run(&line, &mut streams)?,
            Line::Unusable(why) => streams.refuse(why)?,
        };
        match outcome {
            Outcome::Done => {}
            Outcome::Failed => failed = true,
            Outcome::Quit => break,
        }
    }
    std::io::stdout().flush()?;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

enum Line {
    End,
    Text(String),
    Unusable(&'static str),
}

fn next_line(input: &mut impl BufRead) -> std::io::Result<Line> {
    let mut octets = Vec::new();
    if input.take(LONGEST_LINE).read_until(b'\n', &mut octets)? == 0 {
        return Ok(Line::End);
    }
    if octets.last() != Some(&b'\n') && octets.len() as u64 == LONGEST_LINE {
        let mut rest = Vec::new();
        while input.take(LONGEST_LINE).read_until(b'\n', &mut rest)? > 0 && rest.last() != Some(&b'\n') {
            rest.clear();
        }
        return Ok(Line::Unusable("this line is longer than 1 MiB"));
    }
    Ok(match String::from_utf8(octets) {
        Ok(text) => Line::Text(text.trim_end_matches(['\n', '\r']).to_owned()),
        Err(_) => Line::Unusable("this line is no UTF-8 text"),
    })
}
