//! The command-line program of Provost. Each subcommand parses its arguments, calls a library and prints.

mod directory;
mod dn;
mod drawing;
mod eval;
mod evaluation;
mod filter;
mod inspect;
mod provision;
mod repl;
mod schema;
mod serve;
mod source_schema;
mod text_file;
mod user;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use provost_examples::failure::Failure;

use crate::drawing::{Colours, visible};

/// Provisions people from a cloud identity service into directories.
#[derive(Debug, Parser)]
#[command(name = "provost", version, about)]
struct Cli {
    /// When findings are shown in colours.
    #[arg(long = "color", value_name = "WHEN", global = true, value_enum, default_value_t)]
    colours: Colours,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the embedded directory on its own.
    Directory(directory::Args),
    /// Prints a distinguished name as JSON, taken apart.
    Dn(dn::Args),
    /// Evaluates a mapping expression and prints its value as JSON.
    Eval(eval::Args),
    /// Prints a search filter as JSON, taken apart.
    Filter(filter::Args),
    /// Says which directory server it is and what it can do, and why.
    Inspect(inspect::Args),
    /// Runs one provisioning cycle from the configured source.
    Provision(provision::Args),
    /// Evaluates expressions line by line, with history and completion.
    Repl(repl::Args),
    /// Prints what entries need by a schema, or reads definitions one by one.
    Schema(schema::Args),
    /// Runs the SCIM endpoint in front of the configured directories.
    Serve(serve::Args),
}

fn main() -> ExitCode {
    let Cli { colours, command } = Cli::parse();
    let outcome = match command {
        Command::Eval(args) => eval::run(args, colours),
        Command::Directory(args) => awaited(directory::run(args)),
        Command::Dn(args) => dn::run(&args, colours),
        Command::Filter(args) => filter::run(&args, colours),
        Command::Schema(args) => schema::run(&args, colours),
        Command::Inspect(args) => awaited(inspect::run(args)),
        Command::Provision(args) => awaited(provision::run(args, colours)),
        Command::Repl(args) => repl::run(args, colours),
        Command::Serve(args) => awaited(serve::run(args)),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "provost: {}", visible(&failure.to_string()));
            ExitCode::FAILURE
        }
    }
}

fn awaited(work: impl Future<Output = Result<ExitCode, Failure>>) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(work)
}
