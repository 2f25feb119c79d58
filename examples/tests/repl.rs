//! `provost repl` through a pipe and on a terminal.
#![cfg(test)]

use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use expect_test::{Expect, expect};

fn repl(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provost"));
    command.arg("repl").args(arguments).env_remove("NO_COLOR");
    command
}

/// What a script prints on both streams, and the exit code.
fn script(arguments: &[&str], input: &[u8]) -> (String, String, i32) {
    let mut child =
        repl(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that ends at its start may be gone before its input is written.
    match child.stdin.take().unwrap().write_all(input) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        written => written.unwrap(),
    }
    let output = child.wait_with_output().unwrap();
    let text = |octets| String::from_utf8(octets).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

fn check(input: &[u8], expected_out: &Expect, expected_err: &Expect, code: i32) {
    let (out, err, found) = script(&["--now", "2026-03-16T07:00:00Z"], input);
    expected_out.assert_eq(&out);
    expected_err.assert_eq(&err);
    assert_eq!(found, code);
}

#[test]
fn a_script_runs_line_by_line() {
    check(
        b"# the seed example\n:set userPrincipalName BSimon@contoso.com\n\nToLower(Word([userPrincipalName], 1, \"@\"), )\r\nNow()\nRedact([userPrincipalName])",
        &expect![[r#"
            "bsimon"
            "3/16/2026 7:00:00 AM"
            [Redact]
        "#]],
        &expect![[""]],
        0,
    );
}

#[test]
fn a_line_that_fails_is_named_and_the_others_run() {
    check(
        b"Trim(\"a\")\nTrim(\"b\"\n:nonsense\nTrim(\"\xff\")\nTrim(\"c\")\n",
        &expect![[r#"
        "a"
        "c"
    "#]],
        &expect![[r#"
            error[expected]: expected `)` or `,`
             --> standard input:2:9
              |
            2 | Trim("b"
              |         ^
              |
              = help: a comma stands between two arguments, and each `(` needs a `)`
            error: standard input:3: there is no command `:nonsense`; `:help` lists them
            error: standard input:4: this line is no UTF-8 text
        "#]],
        1,
    );
}

#[test]
fn a_script_ends_where_it_says_so() {
    check(
        b"Trim(\"a\")\n:quit\nTrim(",
        &expect![[r#"
        "a"
    "#]],
        &expect![[""]],
        0,
    );
}

#[test]
fn a_long_line_is_refused_and_skipped() {
    let mut input = vec![b'a'; 3 * 1024 * 1024];
    input.extend_from_slice(b"\nTrim(\"b\")\n");
    let (out, err, code) = script(&[], &input);
    assert_eq!((out.as_str(), code), ("\"b\"\n", 1));
    assert_eq!(err, "error: standard input:1: this line is longer than 1 MiB\n");
}

#[test]
fn files_that_cannot_be_used_end_the_program_at_its_start() {
    for arguments in [["--user", "/no/such/file"], ["--schema", "/"]] {
        let (out, err, code) = script(&arguments, b"Trim(\"a\")\n");
        assert!(out.is_empty() && err.starts_with("provost: ") && code == 1, "{err}");
    }
    let (_, err, code) = script(&["--dialect", "basic"], b"");
    assert!(err.contains("basic") && code == 2, "{err}");
}

#[cfg(unix)]
mod terminal {
    use std::fs::File;
    use std::io::{Read as _, Write as _};
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Child;
    use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
    use std::time::{Duration, Instant};

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{Winsize, tcsetwinsize};

    use super::{Path, Stdio, repl};

    /// How long something may take to appear before the test gives up.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// The program on a pseudo terminal.
    struct Terminal {
        child: Child,
        keys: File,
        chunks: Receiver<Vec<u8>>,
        /// What was waited for.
        seen: String,
        /// What came since.
        fresh: String,
    }

    impl Terminal {
        fn start(state: &Path, arguments: &[&str], colours: bool) -> Self {
            let keys = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
            grantpt(&keys).unwrap();
            unlockpt(&keys).unwrap();
            let name = ptsname(&keys, Vec::new()).unwrap();
            let size = Winsize { ws_row: 50, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
            tcsetwinsize(&keys, size).unwrap();
            let end = || {
                let options = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY;
                Stdio::from(rustix::fs::open(&name, options, rustix::fs::Mode::empty()).unwrap())
            };
            let mut command = repl(arguments);
            command.env("XDG_STATE_HOME", state).env("TERM", "xterm-256color");
            if !colours {
                command.env("NO_COLOR", "1");
            }
            let child = command.stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
            drop(command);
            let keys = File::from(keys);
            let mut output = keys.try_clone().unwrap();
            let (send, chunks) = channel();
            std::thread::spawn(move || {
                let mut buffer = [0; 4096];
                // The end of a terminal whose program is gone is an error.
                while let Ok(length @ 1..) = output.read(&mut buffer) {
                    if send.send(buffer[..length].to_vec()).is_err() {
                        break;
                    }
                }
            });
            Self { child, keys, chunks, seen: String::new(), fresh: String::new() }
        }

        fn send(&mut self, keys: &str) -> &mut Self {
            self.keys.write_all(keys.as_bytes()).unwrap();
            self
        }

        /// Waits until the terminal shows a text behind what was waited for before; gives what came up to it.
        fn until(&mut self, text: &str) -> String {
            let deadline = Instant::now() + PATIENCE;
            loop {
                if let Some(at) = self.fresh.find(text) {
                    let rest = self.fresh.split_off(at + text.len());
                    let found = std::mem::replace(&mut self.fresh, rest);
                    self.seen.push_str(&found);
                    return found;
                }
                match self.chunks.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                    Ok(chunk) => self.fresh.push_str(&String::from_utf8_lossy(&chunk)),
                    Err(_) => panic!("`{text}` did not appear: {:?}", self.fresh),
                }
            }
        }

        fn end(mut self) -> (String, i32) {
            loop {
                match self.chunks.recv_timeout(PATIENCE) {
                    Ok(chunk) => self.fresh.push_str(&String::from_utf8_lossy(&chunk)),
                    Err(RecvTimeoutError::Disconnected) => break,
                    Err(RecvTimeoutError::Timeout) => panic!("the program does not end: {:?}", self.fresh),
                }
            }
            (format!("{}{}", self.seen, self.fresh), self.child.wait().unwrap().code().unwrap())
        }
    }

    impl Drop for Terminal {
        fn drop(&mut self) {
            let _ = self.child.kill();
        }
    }

    #[test]
    fn a_conversation() {
        let state = tempfile::tempdir().unwrap();
        let mut terminal = Terminal::start(state.path(), &["--attr", "mail=BSimon@contoso.com"], true);
        terminal.until("entra> ");
        // Completion of a function, its signature behind the cursor, completion of an attribute.
        terminal.send("tol\t");
        terminal.until("ToLower(source, culture?)");
        terminal.send("[m\t").until("[mail]");
        terminal.send(", )\r").until("\"bsimon@contoso.com\"");
        terminal.until("entra> ");
        // Several functions are listed with their signatures.
        terminal.send("To\t").until("ToUpper(source, culture?)");
        // Ctrl-C leaves the line, not the program.
        terminal.send("\u{3}").until("(:quit or Ctrl-D leaves)");
        terminal.until("entra> ");
        // An expression goes on until it is complete.
        terminal.send("Join(\"-\",\r").until("\n");
        terminal.send("\"a\", \"b\")\r").until("\"a-b\"");
        terminal.until("entra> ");
        // A finding is in colours; the line that failed comes back by the arrow, and can be mended.
        terminal.send("Trim(\"a\" x)\r").until("\u{1b}[1m\u{1b}[91merror[expected]");
        terminal.until("entra> ");
        terminal.send("\u{1b}[A").until("x)");
        terminal.send("\u{1b}[D\u{7f}\u{7f}\r").until("\"a\"\r\n");
        terminal.until("entra> ");
        terminal.send(" :set pin 4711\r").until("entra> ");
        // Ctrl-D leaves.
        terminal.send("\u{4}");
        assert_eq!(terminal.end().1, 0);

        let file = state.path().join("provost/history");
        let kept = std::fs::read_to_string(&file).unwrap();
        let expected = "#V2\nToLower([mail], )\nJoin(\"-\",\\n\"a\", \"b\")\nTrim(\"a\" x)\nTrim(\"a\")\n";
        assert_eq!(kept, expected);
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);

        // The next session begins with it.
        let mut terminal = Terminal::start(state.path(), &[], false);
        terminal.until("entra> ");
        terminal.send("\u{1b}[A").until("Trim(\"a\")");
        terminal.send("\r").until("\"a\"\r\n");
        terminal.until("entra> ");
        terminal.send(":quit\r");
        let (seen, code) = terminal.end();
        assert_eq!(code, 0);
        assert!(!seen.contains("\u{1b}[91m") && !seen.contains("\u{1b}[2m"), "{seen:?}");
    }

    #[test]
    fn no_history_is_kept_where_none_is_wanted() {
        let state = tempfile::tempdir().unwrap();
        let mut terminal = Terminal::start(state.path(), &["--no-history"], false);
        terminal.until("entra> ");
        terminal.send("Trim(\"a\")\r").until("\"a\"\r\n");
        terminal.until("entra> ");
        terminal.send(":dialect connect\r").until("connect> ");
        terminal.send(":quit\r");
        assert_eq!(terminal.end().1, 0);
        assert_eq!(std::fs::read_dir(state.path()).unwrap().count(), 0);
    }
}
