//! Runs the main job end to end: cloud users become accounts in a directory, over SCIM and TLS, and stay in step with it.

mod args;
mod cycle;
mod ldif;
mod log;
mod service;
mod story;
mod target;
mod witness;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use provost_examples::failure::Failure;

use crate::args::Args;
use crate::log::Log;

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "quickstart: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut log = Log::new();
    runtime.block_on(story::tell(args, &mut log))
}
