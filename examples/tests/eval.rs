//! The batch form of `provost eval` gives what the vectors of the expression language say.
#![cfg(test)]

use std::io::Write as _;
use std::process::Command;

use expect_test::expect;
use serde_json::{Map, Value as Json, json};

/// Evaluates lines by the program itself; one answer for each.
fn batch(lines: &[Json]) -> Vec<Json> {
    let mut input = tempfile::NamedTempFile::new().unwrap();
    for line in lines {
        writeln!(input, "{line}").unwrap();
    }
    let output =
        Command::new(env!("CARGO_BIN_EXE_provost")).args(["eval", "--batch"]).arg(input.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers: Vec<Json> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), lines.len());
    answers
}

fn vectors() -> Vec<Json> {
    let file: Json = serde_json::from_str(include_str!("data/expression-vectors.json")).unwrap();
    file["vectors"].as_array().unwrap().clone()
}

/// The members of a vector that a line of a batch has too.
fn line(vector: &Json) -> Json {
    const MEMBERS: [&str; 6] = ["expression", "attributes", "now", "dialect", "existing", "params"];
    let members = vector.as_object().unwrap().iter().filter(|(name, _)| MEMBERS.contains(&name.as_str()));
    Json::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>())
}

#[test]
fn the_batch_form_gives_what_the_vectors_say() {
    let vectors = vectors();
    let answers = batch(&vectors.iter().map(line).collect::<Vec<_>>());
    let mut failures = Vec::new();
    for (vector, answer) in vectors.iter().zip(&answers) {
        let right = match (vector["expect_error"] == true, vector.get("property")) {
            (true, _) => {
                let length = vector["expression"].as_str().unwrap().len() as u64;
                answer["error"]["span"].as_array().is_some_and(|span| {
                    let place: Vec<u64> = span.iter().filter_map(Json::as_u64).collect();
                    place.len() == 2 && place.is_sorted() && place.iter().all(|at| *at <= length)
                })
            }
            (false, Some(_)) => answer.get("value").is_some_and(|value| !value.is_null()),
            (false, None) => *answer == json!({ "value": vector["expected"] }),
        };
        if !right {
            failures.push(format!("{}: {answer}, not {}", vector["id"], vector["expected"]));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(vectors.len(), 350);
}

#[test]
fn complex_values_are_arrays_of_objects() {
    let user = json!({ "appRoleAssignments": { "id": "1", "value": "Admin", "displayName": "The admin" } });
    let answers = batch(&[
        json!({ "expression": "AppRoleAssignmentsComplex([appRoleAssignments])", "attributes": user }),
        json!({ "expression": "SingleAppRoleAssignment([appRoleAssignments])", "attributes": user }),
        json!({ "expression": "DefaultDomain()", "default_domain": "contoso.com" }),
        json!({ "expression": "Trim([x])", "attributes": { "x": [{ "value": "a" }, "b"] } }),
    ]);
    let role = json!({
        "value": "Admin",
        "display": "The admin",
        "type": "WindowsAzureActiveDirectoryRole",
        "primary": false,
    });
    assert_eq!(answers.first(), Some(&json!({ "value": [role] })));
    assert_eq!(answers.get(1), Some(&json!({ "value": "Admin" })));
    assert_eq!(answers.get(2), Some(&json!({ "value": "contoso.com" })));
    assert_eq!(answers.get(3).unwrap()["error"]["code"], "batch-line");
}

#[test]
fn colours_go_to_terminals_and_where_they_are_asked_for() {
    let drawn = |colours: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_provost"));
        String::from_utf8(command.args(["eval", "Trim("]).args(colours).output().unwrap().stderr).unwrap()
    };
    let plain = drawn(&[]);
    assert!(plain.starts_with("error[expected]: ") && !plain.contains('\u{1b}'), "{plain}");
    assert!(drawn(&["--color", "always"]).contains('\u{1b}'));
    assert_eq!(drawn(&["--color=never"]), plain);
}

#[test]
fn a_file_that_cannot_be_used_is_named_with_the_place() {
    let folder = tempfile::tempdir().unwrap();
    for (name, octets, expected) in [
        ("cut.json", &b"{\n  \"mail\": \"a\","[..], "cut.json:2:14: the file ends before its JSON does"),
        ("list.json", b"[\"secret\"]", "list.json:1:1: expected one JSON object"),
        ("text.json", b"\n \"secret\"", "text.json:2:9: expected one JSON object"),
        ("nested.json", b"{\"a\": [[1]]}", "nested.json: attribute a: expected a text"),
        ("binary.json", b"\x7fELF\0\xff", "binary.json: is no text file"),
        ("latin1.json", b"{\"a\":\n\"\xfc\"}", "latin1.json: is no UTF-8 text in line 2"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, octets).unwrap();
        let user = path.to_str().unwrap();
        let output =
            Command::new(env!("CARGO_BIN_EXE_provost")).args(["eval", "Trim([a])", "--user", user]).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(expected) && !message.contains("secret"), "{message}");
        assert_eq!((output.status.code(), message.lines().count()), (Some(1), 1), "{message}");
    }
}

/// Runs `provost eval` once; what it prints and whether it succeeds.
fn eval(arguments: &[&str]) -> (String, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_provost")).arg("eval").args(arguments).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.success())
}

#[test]
fn the_steps_of_an_evaluation_are_a_tree() {
    let expression = "IIF([n] = 1, Left(\"abc\", 2), \"never\")";
    let (tree, success) = eval(&[expression, "--attr", "n=1", "--explain"]);
    expect![[r#"
        IIF([n] = 1, Left("abc", 2), "never") => "ab"
          [n] = 1 => "True"
            [n] => "1"
            1 => "1"
          Left("abc", 2) => "ab"
            "abc" => "abc"
            2 => "2"
        "ab"
    "#]]
    .assert_eq(&tree);
    assert!(success);
    let (tree, success) = eval(&["Append(Redact([n]), Item([n], 2))", "--attr", "n=secret", "--explain"]);
    assert!(!tree.contains("\"secret\""), "{tree}");
    assert!(tree.contains("Item([n], 2) => failed: OutOfRange") && !success, "{tree}");
}

#[test]
fn an_expression_is_formatted_in_its_dialect() {
    let long = "a".repeat(60);
    let (text, success) = eval(&[&format!("IIF([a]=\"{long}\",\"{long}\",ToLower([b], ))"), "--format"]);
    expect![[r#"
        IIF(
            [a] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            ToLower([b], )
        )
    "#]]
    .assert_eq(&text);
    assert!(success);
    let (text, _) = eval(&["%P%&(1+ 2)", "--format", "--dialect", "connect"]);
    assert_eq!(text, "%P% & (1 + 2)\n");
}

#[test]
fn findings_are_shown_at_their_place() {
    let mut schema = tempfile::NamedTempFile::new().unwrap();
    write!(schema, "[\"mail\"]").unwrap();
    let schema = schema.path().to_str().unwrap();
    let (found, usable) = eval(&["Join(\"\", [Mail], Mid(\"a\", 0, 1))", "--check", "--schema", schema]);
    expect![[r#"
        warning[out-of-range]: this fails for every object that it is evaluated for: the start counts from 1
         --> expression:1:27
          |
        1 | Join("", [Mail], Mid("a", 0, 1))
          |                           ^

        warning[unknown-attribute]: the source has no attribute `Mail`
         --> expression:1:10
          |
        1 | Join("", [Mail], Mid("a", 0, 1))
          |          ^^^^^^
          |
          = help: names are case-sensitive: write `mail`
    "#]]
    .assert_eq(&found);
    assert!(usable);
    let (found, usable) = eval(&["Joim([mail])", "--check"]);
    assert!(found.starts_with("error[unknown-function]") && !usable, "{found}");
}

/// A condition that the reference calls unsupported means what it says, unless the documented product is asked for.
#[test]
fn the_documented_product_is_kept_to_on_demand() {
    let expression = "IIF(IsPresent([mail]), \"yes\", \"no\")";
    assert_eq!(eval(&[expression, "--attr", "mail=a"]), ("\"yes\"\n".to_owned(), true));
    assert_eq!(eval(&[expression, "--attr", "mail=a", "--documented"]), (String::new(), false));
    let long = format!("Trim(\"{}\")", "a".repeat(10_000));
    assert!(eval(&[&long]).1);
    assert!(!eval(&[&long, "--documented"]).1);
    assert!(!eval(&[&long, "--documented", "--check"]).1);
}
