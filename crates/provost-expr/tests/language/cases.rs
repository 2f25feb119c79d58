//! Documented behaviour, one line a case: an optional user in JSON, an expression, `=>`, and the result in JSON or
//! `error CODE at FIRST..LAST` in bytes of the expression. The cases of `connect.txt` are in that dialect, the others in `entra`. Lines that begin with `#` say which rule follows.

use std::fs;
use std::path::Path;

use provost_expr::Dialect;
use provost_model::Timestamp;
use serde_json::{Value as Json, json};

use crate::common::{Outcome, Surroundings, run_in, stirred};

fn described(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Failed(span, code) => format!("error {code} at {span}"),
        Outcome::Gave(json) => json.to_string(),
    }
}

fn check(line: &str, dialect: Dialect) -> Result<(), String> {
    let (left, expected) = line.rsplit_once("=>").ok_or_else(|| format!("no `=>`: {line}"))?;
    let mut users = serde_json::Deserializer::from_str(left).into_iter::<Json>();
    let (user, source) = match users.next() {
        Some(Ok(user)) if user.is_object() => (user, left.get(users.byte_offset()..).unwrap()),
        _ => (json!({}), left),
    };
    let surroundings = Surroundings { dialect, ..Surroundings::default() };
    let now: Timestamp = "2025-07-30T15:33:38Z".parse().unwrap();
    let actual = described(&run_in(source.trim(), &user, &surroundings, now, &stirred(1)));
    let expected = match expected.trim() {
        error if error.starts_with("error ") => error.to_owned(),
        value => serde_json::from_str::<Json>(value).map_err(|error| format!("{error}: {line}"))?.to_string(),
    };
    if actual == expected { Ok(()) } else { Err(format!("{line}\n    {actual}")) }
}

#[test]
fn every_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut failures = Vec::new();
    let mut count = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let connect = path.file_stem().unwrap() == "connect";
        let dialect = if connect { Dialect::Connect } else { Dialect::Entra };
        for line in fs::read_to_string(&path).unwrap().lines() {
            if !line.is_empty() && !line.starts_with('#') {
                count += 1;
                failures.extend(check(line, dialect).err().map(|failure| format!("{}: {failure}", path.display())));
            }
        }
    }
    println!("{count} cases");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count > 0);
}
