//! The command line.

/// What `help` and a wrong command line print.
pub(crate) const USAGE: &str = "\
usage: cargo xtask COMMAND

  test [--keep-going] [--list] [STEP]...
        runs every gate in order and stops at the first failure; STEP names a step or the start of its name
        --keep-going   goes on after a failure
        --list         prints the names of the steps and runs none
  bench [FILTER]...
        runs the benchmarks whose groups hold a FILTER in their name, or all, and prints each beside its baseline
  help  prints this text

In the environment: CI=true makes a server or client that cannot be had a failure instead of `not run`.";

/// What is asked for.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Task {
    /// Run the benchmarks whose names hold one of these texts.
    Bench(Vec<String>),
    /// Print the usage.
    Help,
    /// Run the gates.
    Test(TestOptions),
}

/// How the gates are run.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct TestOptions {
    /// Go on after a failure.
    pub(crate) keep_going: bool,
    /// Print the steps and run none.
    pub(crate) list: bool,
    /// Starts of the names of the steps to run; empty means all.
    pub(crate) only: Vec<String>,
}

/// Reads the command line.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Task, String> {
    let mut arguments = arguments.peekable();
    let command = arguments.next().unwrap_or_else(|| "help".to_owned());
    match command.as_str() {
        "help" | "--help" | "-h" => Ok(Task::Help),
        "bench" => {
            let filters: Vec<String> = arguments.collect();
            match filters.iter().find(|filter| filter.starts_with('-')).map(String::as_str) {
                Some("--help" | "-h") => Ok(Task::Help),
                Some(unknown) => Err(format!("unknown option {unknown}")),
                None => Ok(Task::Bench(filters)),
            }
        }
        "test" => {
            let mut options = TestOptions::default();
            for argument in arguments {
                match argument.as_str() {
                    "--keep-going" => options.keep_going = true,
                    "--list" => options.list = true,
                    "--help" | "-h" => return Ok(Task::Help),
                    name if !name.starts_with('-') => options.only.push(argument),
                    _ => return Err(format!("unknown option {argument}")),
                }
            }
            Ok(Task::Test(options))
        }
        _ => Err(format!("unknown command {command}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Task, TestOptions, parse};

    fn check(line: &str) -> Result<Task, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn steps_and_flags_may_come_in_any_order() {
        let expected =
            TestOptions { keep_going: true, list: false, only: vec!["clippy".to_owned(), "docs".to_owned()] };
        assert_eq!(check("test clippy --keep-going docs"), Ok(Task::Test(expected)));
        assert_eq!(check(""), Ok(Task::Help));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert_eq!(check("test --fast"), Err("unknown option --fast".to_owned()));
        assert_eq!(check("bench dn --quick"), Err("unknown option --quick".to_owned()));
        assert_eq!(check("soak"), Err("unknown command soak".to_owned()));
    }
}
