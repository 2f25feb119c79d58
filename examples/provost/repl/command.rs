//! What a line means.

use std::path::PathBuf;

use provost_expr::Dialect;
use provost_model::Timestamp;
use serde_json::Value as Json;

/// A line of input, understood.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Command {
    /// Shows what is wrong or doubtful, with this expression or the last one.
    Check(Option<String>),
    Dialect(Option<Dialect>),
    Evaluate(String),
    Explain(Option<bool>),
    /// Prints this expression or the last one over several lines.
    Format(Option<String>),
    Functions(Option<String>),
    Help,
    Load(PathBuf),
    /// Shows the time, fixes it, or lets the clock give it.
    Now(Option<Time>),
    Nothing,
    Quit,
    Schema(Option<PathBuf>),
    Set(String, Json),
    Unset(String),
    User,
}

/// Where the time of an evaluation comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Time {
    Clock,
    Fixed(Timestamp),
}

/// A command as help shows it.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) arguments: &'static str,
    pub(super) summary: &'static str,
    read: fn(&str) -> Result<Command, String>,
}

/// All commands, in the order of the help.
pub(super) const COMMANDS: [Entry; 13] = [
    Entry {
        name: ":load",
        arguments: "FILE",
        summary: "takes the user of a file with one JSON object",
        read: |rest| Ok(Command::Load(needed_path(rest)?)),
    },
    Entry { name: ":user", arguments: "", summary: "shows the user", read: |rest| alone(rest, Command::User) },
    Entry { name: ":set", arguments: "ATTRIBUTE VALUE", summary: "gives an attribute of the user a value", read: set },
    Entry {
        name: ":unset",
        arguments: "ATTRIBUTE",
        summary: "takes an attribute from the user",
        read: |rest| Ok(Command::Unset(attribute(needed(rest, "the name of an attribute")?))),
    },
    Entry {
        name: ":schema",
        arguments: "[FILE]",
        summary: "reads or shows the attributes that the source has",
        read: |rest| Ok(Command::Schema(given(rest).map(path))),
    },
    Entry {
        name: ":dialect",
        arguments: "[entra|connect]",
        summary: "shows or changes the language",
        read: |rest| {
            let dialect = given(rest).map(str::parse).transpose();
            dialect.map(Command::Dialect).map_err(|error: provost_expr::ParseDialectError| error.to_string())
        },
    },
    Entry {
        name: ":now",
        arguments: "[RFC3339|clock]",
        summary: "shows or fixes the time that expressions see",
        read: |rest| {
            Ok(Command::Now(match given(rest) {
                None => None,
                Some("clock") => Some(Time::Clock),
                Some(text) => Some(Time::Fixed(
                    text.parse().map_err(|_| "expected a time such as 2026-03-16T07:00:00Z, or `clock`".to_owned())?,
                )),
            }))
        },
    },
    Entry {
        name: ":explain",
        arguments: "[on|off]",
        summary: "shows each part of an expression with its value",
        read: |rest| match rest {
            "" => Ok(Command::Explain(None)),
            "on" => Ok(Command::Explain(Some(true))),
            "off" => Ok(Command::Explain(Some(false))),
            _ => Err("expected `on` or `off`".to_owned()),
        },
    },
    Entry {
        name: ":check",
        arguments: "[EXPRESSION]",
        summary: "shows what is wrong or doubtful with an expression",
        read: |rest| Ok(Command::Check(given(rest).map(str::to_owned))),
    },
    Entry {
        name: ":format",
        arguments: "[EXPRESSION]",
        summary: "writes an expression over several lines",
        read: |rest| Ok(Command::Format(given(rest).map(str::to_owned))),
    },
    Entry {
        name: ":functions",
        arguments: "[NAME|WORD]",
        summary: "describes a function, or lists those that a word speaks of",
        read: |rest| Ok(Command::Functions(given(rest).map(str::to_owned))),
    },
    Entry { name: ":help", arguments: "", summary: "lists the commands", read: |_| Ok(Command::Help) },
    Entry { name: ":quit", arguments: "", summary: "leaves", read: |rest| alone(rest, Command::Quit) },
];

impl Command {
    /// Reads a line.
    ///
    /// # Errors
    ///
    /// What was expected, for a command that does not exist or lacks an argument.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(Self::Nothing);
        }
        if !line.starts_with(':') {
            return Ok(Self::Evaluate(line.to_owned()));
        }
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let exact = COMMANDS.iter().find(|entry| entry.name == name);
        let mut similar = COMMANDS.iter().filter(|entry| entry.name.starts_with(name));
        let entry = match (exact, similar.next(), similar.next()) {
            (Some(entry), ..) | (None, Some(entry), None) => entry,
            (None, Some(first), Some(second)) => {
                return Err(format!("`{name}` may be `{}` or `{}`", first.name, second.name));
            }
            (None, None, _) => return Err(format!("there is no command `{name}`; `:help` lists them")),
        };
        let rest = rest.trim();
        (entry.read)(rest).map_err(|error| match rest {
            "" => format!("{error}: `{} {}`", entry.name, entry.arguments),
            _ => error,
        })
    }
}

fn given(rest: &str) -> Option<&str> {
    (!rest.is_empty()).then_some(rest)
}

fn needed<'r>(rest: &'r str, what: &str) -> Result<&'r str, String> {
    given(rest).ok_or_else(|| format!("expected {what}"))
}

fn alone(rest: &str, command: Command) -> Result<Command, String> {
    if rest.is_empty() { Ok(command) } else { Err("expected nothing behind the command".to_owned()) }
}

fn needed_path(rest: &str) -> Result<PathBuf, String> {
    needed(rest, "the name of a file").map(path)
}

/// A path as a shell reads it, as far as `~/` goes.
pub(super) fn path(text: &str) -> PathBuf {
    match (text.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(text),
    }
}

/// A name, with or without its brackets.
fn attribute(text: &str) -> String {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.unwrap_or(text).trim().to_owned()
}

fn set(rest: &str) -> Result<Command, String> {
    let (name, value) = match rest.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        Some((name, value)) => (name, value),
        None => rest.split_once(char::is_whitespace).ok_or("expected an attribute and a value")?,
    };
    let value = value.trim_start();
    let is_json = matches!(value, "true" | "false" | "null") || value.starts_with(['"', '[', '{']);
    let value = if is_json {
        serde_json::from_str(value).map_err(|error| {
            format!("the value is no JSON: {error}; a text that begins like this stands in quotation marks")
        })?
    } else {
        Json::String(value.to_owned())
    };
    Ok(Command::Set(attribute(name), value))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use provost_expr::Dialect;
    use serde_json::json;

    use super::{COMMANDS, Command, Time};

    fn refused(line: &str) -> String {
        Command::parse(line).unwrap_err()
    }

    #[test]
    fn a_line_is_an_expression_or_a_command() {
        for (line, expected) in [
            ("", Command::Nothing),
            ("  ", Command::Nothing),
            ("# said in a script", Command::Nothing),
            (" Trim([a]) ", Command::Evaluate("Trim([a])".to_owned())),
            (":load my users/a.json ", Command::Load(PathBuf::from("my users/a.json"))),
            (":user", Command::User),
            (":unset mail", Command::Unset("mail".to_owned())),
            (":dialect", Command::Dialect(None)),
            (":dialect connect", Command::Dialect(Some(Dialect::Connect))),
            (":explain on", Command::Explain(Some(true))),
            (":now clock", Command::Now(Some(Time::Clock))),
            (":now 1970-01-01T00:00:00Z", Command::Now(Some(Time::Fixed(provost_model::Timestamp::UNIX_EPOCH)))),
            (":format", Command::Format(None)),
            (":check Trim(", Command::Check(Some("Trim(".to_owned()))),
            (":functions Join", Command::Functions(Some("Join".to_owned()))),
            (":schema", Command::Schema(None)),
            (":help :set", Command::Help),
            (":q", Command::Quit),
            (":fo Trim([a])", Command::Format(Some("Trim([a])".to_owned()))),
        ] {
            assert_eq!(Command::parse(line), Ok(expected), "{line}");
        }
    }

    #[test]
    fn a_value_is_text_unless_it_is_written_as_json() {
        for (line, name, value) in [
            (":set mail a@b", "mail", json!("a@b")),
            (":set displayName  Britta Simon ", "displayName", json!("Britta Simon")),
            (":set number 007", "number", json!("007")),
            (":set active true", "active", json!(true)),
            (":set mail null", "mail", json!(null)),
            (":set proxies [\"a\", \"b\"]", "proxies", json!(["a", "b"])),
            (":set quoted \" a \"", "quoted", json!(" a ")),
            (":set [mail] a", "mail", json!("a")),
            (":set [emails[type eq \"work\"].value] a@b", "emails[type eq \"work\"].value", json!("a@b")),
        ] {
            assert_eq!(Command::parse(line), Ok(Command::Set(name.to_owned(), value)), "{line}");
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        assert_eq!(refused(":load"), "expected the name of a file: `:load FILE`");
        assert_eq!(refused(":set mail"), "expected an attribute and a value");
        assert_eq!(refused(":set"), "expected an attribute and a value: `:set ATTRIBUTE VALUE`");
        assert!(refused(":set a [1").starts_with("the value is no JSON: EOF"));
        assert_eq!(refused(":nonsense"), "there is no command `:nonsense`; `:help` lists them");
        assert_eq!(refused(":u"), "`:u` may be `:user` or `:unset`");
        assert_eq!(refused(":explain maybe"), "expected `on` or `off`");
        assert_eq!(refused(":quit now"), "expected nothing behind the command");
        assert!(refused(":dialect basic").contains("connect"));
        assert!(refused(":now today").starts_with("expected a time such as"));
    }

    #[test]
    fn every_command_of_the_help_is_read_by_its_name() {
        for entry in &COMMANDS {
            let message = Command::parse(entry.name).err().unwrap_or_default();
            assert!(!message.contains("no command") && !message.contains("may be"), "{message}");
        }
    }
}
