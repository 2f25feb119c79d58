//! `docs/expressions.md`: what the registry says of each function, with examples that are evaluated here.
//!
//! With `UPDATE_EXPECT=1` the page is written anew.

use std::fmt::Write as _;

use expect_test::expect_file;
use provost_expr::{Dialect, Function, Layout, Limits, Origin, Presence, Program, parse_as};
use serde_json::Value as Json;

use crate::common::{Outcome, stirred};
use crate::vectors::{dialect, run_vector, vectors};

/// Most examples of one function.
const EXAMPLES: usize = 2;

/// Examples for functions of which the vectors have none that is short and gives a value that is the same each time.
fn more_examples() -> Vec<Json> {
    let mut examples: Vec<Json> = serde_json::from_str(include_str!("../data/examples.json")).unwrap();
    for example in &mut examples {
        if let Some(certificate) = example.pointer_mut("/attributes/userCertificate") {
            *certificate = include_str!("../data/certificate.pem").into();
        }
    }
    examples
}

/// Short examples; those that a source prints go first, and those with a result that is the same each time.
fn examples(function: &Function, of: Dialect, all: &[Json]) -> Vec<Json> {
    let mut found: Vec<Json> = (all.iter())
        .filter(|vector| dialect(vector) == of && vector["function"] == function.name())
        .filter(|vector| vector.get("property").is_none() && vector["expression"].as_str().unwrap().len() <= 100)
        .cloned()
        .collect();
    found.sort_by_key(|vector| (vector["expect_error"] == true, vector["basis"] != "example"));
    found.truncate(EXAMPLES);
    found
}

fn example(page: &mut String, vector: &Json) {
    let source = vector["expression"].as_str().unwrap();
    let mut given = String::new();
    let surroundings = [
        ("", "attributes"),
        ("parameters ", "params"),
        ("taken ", "existing"),
        ("the default domain ", "default_domain"),
        ("the time ", "now"),
    ];
    for (label, member) in surroundings {
        let empty = |json: &Json| json.as_object().is_some_and(|map| map.is_empty());
        if let Some(json) = vector.get(member).filter(|json| !empty(json)) {
            let shown = if json.get("userCertificate").is_some() { "a certificate".into() } else { json.to_string() };
            let _ = write!(given, ", {label}{shown}");
        }
    }
    let given = given.strip_prefix(", ").map(|given| format!(" for {given}")).unwrap_or_default();
    let outcome = run_vector(vector, &stirred(1));
    if let Some(expected) = vector.get("expected").filter(|_| vector["expect_error"] != true) {
        assert_eq!(outcome, Outcome::Gave(expected.clone()), "{source}");
    }
    let such = if is_random(source, dialect(vector)) { "such as " } else { "" };
    match outcome {
        Outcome::Gave(result) => {
            let _ = writeln!(page, "\n```text\n{source}\n=> {such}{result}{given}\n```");
        }
        Outcome::Failed(span, code) => {
            let _ = writeln!(page, "\n```text\n{source}\n=> error {code} at {span}{given}\n```");
        }
    }
}

fn is_random(source: &str, dialect: Dialect) -> bool {
    let expression = parse_as(source, dialect, &Limits::default()).ok();
    let program = expression.and_then(|expression| Program::compile(&expression, &mut Layout::new(), dialect).ok());
    program.is_some_and(|program| program.is_random())
}

fn section(page: &mut String, function: &Function, of: Dialect, all: &[Json]) {
    let adjacent = if function.origin() == Origin::Adjacent { " (adjacent)" } else { "" };
    let _ =
        writeln!(page, "\n### {}{adjacent}\n\n`{}`\n\n{}", function.name(), function.signature(), function.summary());
    for (position, parameter) in function.parameters().iter().enumerate() {
        let optional = if parameter.presence() == Presence::Optional { ", may be left out" } else { "" };
        let space = if position == 0 { "\n" } else { "" };
        let _ = writeln!(page, "{space}- `{}`: {}{optional}", parameter.name(), parameter.kind());
    }
    let examples = examples(function, of, all);
    assert!(!examples.is_empty(), "{} of {of} has no example", function.name());
    let fails = |vector: &Json| vector["expect_error"] == true;
    assert!(!examples.iter().all(fails) || function.name() == "Error", "{} of {of} only fails", function.name());
    examples.iter().for_each(|vector| example(page, vector));
}

#[test]
fn the_reference_is_what_the_registry_says() {
    let all: Vec<Json> = vectors().into_iter().chain(more_examples()).collect();
    let mut page = "# Functions of the expression language\n\nThis page is written from the registry of \
         `provost-expr` by its tests, which evaluate every example.\n\nIn a signature `?` follows what may be left out, and \
         `...` what may be repeated. A result is written as JSON: text\nfor every scalar, an array for several values, \
         `null` for none. Adjacent functions are documented beside the reference\nof the provisioning service, for the \
         same engine. Functions that read certificates, `Cert...` and `IsCert`, need the feature `certificates`.\n"
        .to_owned();
    for (of, title) in [(Dialect::Entra, "Dialect `entra`"), (Dialect::Connect, "Dialect `connect`")] {
        let _ = writeln!(page, "\n## {title}");
        Function::all(of).iter().for_each(|function| section(&mut page, function, of, &all));
    }
    // Without the feature the page lacks the functions that read certificates.
    if cfg!(feature = "certificates") {
        expect_file!["../../../../docs/expressions.md"].assert_eq(&page);
    } else {
        assert!(page.contains("\n### Join\n"));
    }
}
