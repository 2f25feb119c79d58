//! The commands behind `cargo xtask`: `test` runs every gate, `bench` the benchmarks, `help` says so.
//!
//! A step that this machine cannot run is named in the summary and never counted as passed.
#![allow(clippy::print_stderr, clippy::print_stdout, reason = "a program of the terminal")]

mod bench;
mod command;
mod gates;
mod install;
mod ldif;
mod live;
mod metadata;
mod options;
mod plan;
mod programs;
mod quickstart;
mod report;
mod servers;

use std::process::ExitCode;

use options::{Task, USAGE};

fn main() -> ExitCode {
    match options::parse(std::env::args().skip(1)) {
        Ok(Task::Help) => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        Ok(Task::Test(options)) => finish(plan::run(&options)),
        Ok(Task::Bench(filters)) => finish(bench::run_benches(&filters)),
        Err(message) => {
            eprintln!("error: {message}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn finish(result: Result<bool, String>) -> ExitCode {
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
