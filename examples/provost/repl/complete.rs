//! What can be written at the cursor.

use std::collections::BTreeMap;
use std::path::Path;

use provost_expr::{Bareword, Dialect, Function};

use super::command::{COMMANDS, path};
use super::reading::{Part, Reading};
use crate::drawing::visible;

/// Most entries of a directory that are looked at.
const MOST_ENTRIES: usize = 2_000;

/// What completion knows of a session.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    pub(super) dialect: Dialect,
    /// Names of attributes, with what is known of them.
    pub(super) attributes: BTreeMap<String, String>,
}

/// One way to go on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Candidate {
    /// What a list shows.
    pub(super) shown: String,
    /// What takes the place of what was written.
    pub(super) written: String,
}

impl Candidate {
    fn plain(text: impl Into<String>) -> Self {
        let written = text.into();
        Self { shown: visible(&written).into_owned(), written }
    }
}

impl Vocabulary {
    /// Returns what can stand at the cursor, and the byte offset of what it takes the place of.
    pub(super) fn candidates(&self, before: &str) -> (usize, Vec<Candidate>) {
        let start = before.len() - before.trim_start().len();
        let line = before.get(start..).unwrap_or_default();
        if !line.starts_with(':') {
            return self.in_expression(before, 0);
        }
        let Some((name, rest)) = line.split_once(char::is_whitespace) else {
            let entries = COMMANDS.iter().filter(|entry| entry.name.starts_with(line));
            let candidate = |entry: &super::command::Entry| Candidate {
                shown: format!("{} {}", entry.name, entry.arguments).trim_end().to_owned(),
                written: if entry.arguments.is_empty() { entry.name.to_owned() } else { format!("{} ", entry.name) },
            };
            return (start, entries.map(candidate).collect());
        };
        let at = before.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        let words = |words: &[&str]| {
            let fitting = words.iter().filter(|word| word.starts_with(rest));
            (at, fitting.map(|word| Candidate::plain(*word)).collect())
        };
        match name {
            ":load" | ":schema" => files(rest, at),
            ":set" | ":unset" if !rest.contains(char::is_whitespace) => {
                let blank = if name == ":set" { " " } else { "" };
                let skipped = usize::from(rest.starts_with('['));
                (at + skipped, self.attributes(rest.get(skipped..).unwrap_or_default(), blank))
            }
            ":dialect" => words(&["connect", "entra"]),
            ":explain" => words(&["off", "on"]),
            ":now" => words(&["clock"]),
            ":functions" => {
                let (_, functions) = self.functions(rest, at, "");
                (at, functions)
            }
            ":check" | ":format" => self.in_expression(before, at),
            _ => (before.len(), Vec::new()),
        }
    }

    /// Returns the signature of the function whose arguments are being written.
    pub(super) fn signature(&self, before: &str) -> Option<String> {
        let line = before.trim_start();
        let expression = match line.split_once(char::is_whitespace) {
            Some((":check" | ":format", rest)) => rest,
            _ if line.starts_with([':', '#']) => return None,
            _ => line,
        };
        let reading = Reading::of(expression, self.dialect);
        let (name, _) = reading.calls.last()?;
        Function::find(self.dialect, name).map(Function::signature)
    }

    fn in_expression(&self, before: &str, at: usize) -> (usize, Vec<Candidate>) {
        let expression = before.get(at..).unwrap_or_default();
        let reading = Reading::of(expression, self.dialect);
        match reading.part {
            Part::Word(start) => {
                let prefix = expression.get(start..).unwrap_or_default();
                let (at, mut found) = self.functions(prefix, at + start, "(");
                // A word means something as an argument only, and a list of all of them helps nobody.
                if !reading.calls.is_empty() && !prefix.is_empty() {
                    let words = Bareword::all(self.dialect).iter().map(|word| word.as_str());
                    found.extend(words.filter(|word| fits(word, prefix)).map(Candidate::plain));
                }
                (at, found)
            }
            Part::Attribute(start) => {
                let prefix = expression.get(start..).unwrap_or_default();
                let blanks = prefix.len() - prefix.trim_start().len();
                (at + start + blanks, self.attributes(prefix.trim_start(), "]"))
            }
            Part::Other | Part::Text => (before.len(), Vec::new()),
        }
    }

    fn functions(&self, prefix: &str, at: usize, behind: &str) -> (usize, Vec<Candidate>) {
        let fitting = Function::all(self.dialect).iter().filter(|function| fits(function.name(), prefix));
        let candidate = |function: &&'static Function| Candidate {
            shown: function.signature(),
            written: format!("{}{behind}", function.name()),
        };
        (at, fitting.map(candidate).collect())
    }

    fn attributes(&self, prefix: &str, behind: &str) -> Vec<Candidate> {
        let fitting = self.attributes.iter().filter(|(name, _)| fits(name, prefix) && is_plain(name));
        let candidate = |(name, known): (&String, &String)| Candidate {
            shown: visible(format!("{name}  {known}").trim_end()).into_owned(),
            written: format!("{name}{behind}"),
        };
        fitting.map(candidate).collect()
    }
}

/// Whether a name begins with what was written, in any case.
fn fits(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Whether a terminal shows a name as it is: what is completed gets into the line unescaped.
fn is_plain(name: &str) -> bool {
    visible(name) == name
}

fn files(text: &str, at: usize) -> (usize, Vec<Candidate>) {
    let (folder, prefix) = match text.rfind(['/', std::path::MAIN_SEPARATOR]) {
        Some(slash) => text.split_at(slash + 1),
        None => ("", text),
    };
    let looked_at = if folder.is_empty() { Path::new(".").to_owned() } else { path(folder) };
    let entries = std::fs::read_dir(looked_at).into_iter().flatten().flatten().take(MOST_ENTRIES);
    let mut found: Vec<Candidate> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let hidden = name.starts_with('.') && !prefix.starts_with('.');
            if hidden || !name.starts_with(prefix) || !is_plain(&name) {
                return None;
            }
            let slash = if entry.path().is_dir() { "/" } else { "" };
            Some(Candidate::plain(format!("{name}{slash}")))
        })
        .collect();
    found.sort_by(|left, right| left.written.cmp(&right.written));
    (at + folder.len(), found)
}

#[cfg(test)]
mod tests {
    use provost_expr::Dialect;

    use super::{COMMANDS, Candidate, Vocabulary};

    fn vocabulary() -> Vocabulary {
        let attributes = [("mail", "text"), ("mailNickname", ""), ("userPrincipalName", "")];
        let attributes = attributes.map(|(name, known)| (name.to_owned(), known.to_owned()));
        Vocabulary { dialect: Dialect::Entra, attributes: attributes.into() }
    }

    /// What the line becomes with each candidate.
    fn lines(before: &str) -> Vec<String> {
        let (at, found) = vocabulary().candidates(before);
        found.iter().map(|candidate| format!("{}{}", before.get(..at).unwrap(), candidate.written)).collect()
    }

    #[test]
    fn functions_are_completed_in_any_case_with_their_signature() {
        assert_eq!(lines("Join(\"\", tol"), ["Join(\"\", ToLower("]);
        assert_eq!(lines("To"), ["ToLower(", "ToUpper("]);
        let (_, found) = vocabulary().candidates("NormalizeD");
        let expected =
            Candidate { shown: "NormalizeDiacritics(source)".to_owned(), written: "NormalizeDiacritics(".to_owned() };
        assert_eq!(found, [expected]);
        assert_eq!(lines("IIF([a], vb"), ["IIF([a], vbBinaryCompare", "IIF([a], vbTextCompare"]);
        assert_eq!(lines(":format tol"), [":format ToLower("]);
        assert!(lines("").len() > 40);
    }

    #[test]
    fn attributes_are_completed_in_brackets_and_for_commands() {
        assert_eq!(lines("Trim([MAIL"), ["Trim([mail]", "Trim([mailNickname]"]);
        assert_eq!(lines("Trim([ user"), ["Trim([ userPrincipalName]"]);
        assert_eq!(lines(":set mailN"), [":set mailNickname "]);
        assert_eq!(lines(":unset [user"), [":unset [userPrincipalName"]);
        assert_eq!(lines(":set mail x"), Vec::<String>::new());
        assert_eq!(lines("Trim(\"mai"), Vec::<String>::new());
        let (_, found) = vocabulary().candidates("[mail");
        assert_eq!(found.first().unwrap().shown, "mail  text");
    }

    #[test]
    fn a_name_that_a_terminal_would_act_on_is_no_candidate() {
        let names = ["safe", "s\u{1b}]0;x\u{7}", "s\u{202e}x", "s\u{9b}2J"];
        let attributes = names.map(|name| (name.to_owned(), String::new())).into();
        let vocabulary = Vocabulary { dialect: Dialect::Entra, attributes };
        let (_, found) = vocabulary.candidates("[s");
        assert_eq!(found, [Candidate { shown: "safe".to_owned(), written: "safe]".to_owned() }]);
    }

    #[test]
    fn commands_and_their_words_are_completed() {
        assert_eq!(lines(":ex"), [":explain "]);
        assert_eq!(lines(":explain o"), [":explain off", ":explain on"]);
        assert_eq!(lines(":dialect c"), [":dialect connect"]);
        assert_eq!(lines("  :q"), ["  :quit"]);
        assert_eq!(lines(":functions joi"), [":functions Join"]);
        assert_eq!(lines(":").len(), COMMANDS.len());
    }

    #[test]
    fn files_are_completed_below_their_folder() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["user one.json", "user2.json", ".hidden"] {
            std::fs::write(folder.path().join(name), "{}").unwrap();
        }
        std::fs::create_dir(folder.path().join("users")).unwrap();
        let base = folder.path().display();
        assert_eq!(
            lines(&format!(":load {base}/us")),
            ["user one.json", "user2.json", "users/"].map(|name| format!(":load {base}/{name}"))
        );
        assert_eq!(lines(&format!(":load {base}/.")), [format!(":load {base}/.hidden")]);
        assert_eq!(lines(":load /no/such/folder/"), Vec::<String>::new());
    }

    #[test]
    fn the_signature_of_the_innermost_call_is_told() {
        let told = |before: &str| vocabulary().signature(before);
        assert_eq!(told("Join(\"\", Word([a], 1").as_deref(), Some("Word(source, wordNumber, delimiters)"));
        assert_eq!(told("Join(\"\", Word([a], 1, \"@\"),").as_deref(), Some("Join(separator, source, ...)"));
        assert_eq!(told("NoSuch("), None);
        assert_eq!(told(":set Join("), None);
        assert_eq!(told("Join(\"\", [a])"), None);
    }
}
