//! Running other programs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::report::Outcome;

/// Returns the folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Returns the folder that cargo builds the workspace in.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Makes a command that runs in the folder of the workspace and reads nothing.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// Makes a command of the cargo that runs this program.
pub(crate) fn cargo<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Runs a command whose output goes to the terminal.
pub(crate) fn run(command: &mut Command) -> Outcome {
    println!("$ {}", line(command));
    match command.status() {
        Ok(status) if status.success() => Outcome::Passed,
        Ok(status) => Outcome::Failed(format!("{} ended with {status}", line(command))),
        Err(error) => Outcome::Failed(format!("{} did not start: {error}", line(command))),
    }
}

/// Runs a command and returns its output; standard error goes to the terminal.
///
/// A command that ends without success is an error that names it.
pub(crate) fn capture(command: &mut Command) -> Result<String, String> {
    println!("$ {}", line(command));
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| not_started(command, &error))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        print!("{text}");
        Err(format!("{} ended with {}", line(command), output.status))
    }
}

/// Runs a command quietly and returns everything it left.
pub(crate) fn quiet(command: &mut Command) -> Result<Output, String> {
    command.output().map_err(|error| not_started(command, &error))
}

/// Tells whether a program is there, in the search path or where Debian puts servers.
pub(crate) fn exists(name: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let servers = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&paths).chain(servers).any(|folder| folder.join(name).is_file())
}

fn not_started(command: &Command, error: &std::io::Error) -> String {
    format!("{} did not start: {error}", line(command))
}

/// Writes a command as one would type it, with the program's name only.
fn line(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    command.get_args().fold(name, |mut text, argument| {
        let argument = argument.to_string_lossy();
        let plain = !argument.is_empty() && !argument.contains([' ', '"', '\'', '(', '*', '$']);
        text.push(' ');
        if plain {
            text.push_str(&argument);
        } else {
            text.push('\'');
            text.push_str(&argument.replace('\'', "'\\''"));
            text.push('\'');
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{capture, cargo, exists, line, program};

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = program("/usr/bin/ldapsearch");
        command.args(["-b", "dc=contoso", "(cn=*)"]);
        assert_eq!(line(&command), "ldapsearch -b dc=contoso '(cn=*)'");
    }

    #[test]
    fn a_command_that_fails_is_an_error_that_names_it() {
        let error = capture(&mut cargo(["no-such-command"])).unwrap_err();
        assert!(error.starts_with("cargo no-such-command ended with"), "{error}");
        assert!(!exists("no-such-program-anywhere"));
    }
}
