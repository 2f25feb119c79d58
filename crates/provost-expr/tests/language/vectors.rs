//! The vectors of the language: every one of the dialect `entra` that uses only functions this version has.

use std::collections::{BTreeMap, BTreeSet};

use provost_expr::{Dialect, Entropy, Function, Layout, Program, RoleUpdate, parse};
use provost_model::Timestamp;
use serde_json::{Value as Json, json};

use crate::common::{Outcome, run_beside, stirred};

/// How many vectors ran when this was last looked at; it only grows.
const RUN_BEFORE: usize = 289;

fn run_vector(vector: &Json, entropy: &dyn Entropy) -> Outcome {
    let now = vector.get("now").map_or(Timestamp::UNIX_EPOCH, |now| now.as_str().unwrap().parse().unwrap());
    let taken: Vec<String> = vector.get("existing").map_or_else(Vec::new, |taken| {
        taken.as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned()).collect()
    });
    run_beside(vector["expression"].as_str().unwrap(), &vector["attributes"], &taken, now, entropy)
}

/// The functions that a vector calls and that this version does not have.
fn missing(vector: &Json) -> Vec<String> {
    let Ok(expression) = parse(vector["expression"].as_str().unwrap()) else { return Vec::new() };
    let documented = vector["function"].as_str().unwrap();
    expression
        .calls()
        .map(|call| call.name().to_owned())
        .filter(|name| Function::find(Dialect::Entra, name).is_none())
        // A name that a vector of the grammar misspells on purpose is no missing function.
        .filter(|name| vector["expect_error"] != true || name == documented)
        .collect()
}

fn vectors() -> Vec<Json> {
    let file: Json = serde_json::from_str(include_str!("../data/expression-vectors.json")).unwrap();
    file["vectors"].as_array().unwrap().clone()
}

/// Checks what a vector says in words about a result that differs each time.
fn has_property(vector: &Json, entropy: &dyn Entropy) {
    let (Outcome::Gave(first), Outcome::Gave(second)) = (run_vector(vector, entropy), run_vector(vector, entropy))
    else {
        panic!("{}: failed", vector["id"]);
    };
    if vector["expression"].as_str().unwrap().contains("AppRoleAssignmentsComplex") {
        return has_roles(vector, &first);
    }
    let text = first.as_str().unwrap();
    match vector["id"].as_str().unwrap() {
        "guid-01" => {
            assert_ne!(first, second);
            let groups: Vec<usize> = text.split('-').map(str::len).collect();
            assert_eq!(groups, [8, 4, 4, 4, 12], "{text}");
            assert!(text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f' | '-')), "{text}");
        }
        "randomstring-01" => {
            assert_eq!(text.chars().filter(char::is_ascii_digit).count(), 3, "{text}");
            assert_eq!(text.chars().filter(char::is_ascii_lowercase).count(), 3, "{text}");
            assert_eq!(text.len(), 6);
        }
        "selectuniquevalue-21" => {
            assert_eq!(text.len(), 5);
            let allowed = |c: char| c.is_ascii_alphabetic() || matches!(c, '+' | '/' | '=');
            assert!(text.chars().all(allowed), "{text}");
        }
        "randomstring-05" => assert_eq!(text.len(), 6),
        other => panic!("{other}: nothing checks its property"),
    }
}

/// Each assignment gives a role, and the name of the function says how they change the target.
fn has_roles(vector: &Json, roles: &Json) {
    let role = |assignment: &Json| {
        json!({
            "value": assignment["value"],
            "display": assignment["displayName"],
            "type": "WindowsAzureActiveDirectoryRole",
            "primary": false,
        })
    };
    let assignments = vector["attributes"]["appRoleAssignments"].as_array().unwrap();
    assert_eq!(*roles, assignments.iter().map(role).collect::<Json>());
    let expression = parse(vector["expression"].as_str().unwrap()).unwrap();
    let program = Program::compile(&expression, &mut Layout::new(), Dialect::Entra).unwrap();
    let assertive = vector["function"].as_str().unwrap().starts_with("Assertive");
    let expected = if assertive { RoleUpdate::Replace } else { RoleUpdate::Add };
    assert_eq!(program.role_update(), Some(expected));
}

#[test]
fn every_vector_of_the_functions_there_are() {
    let (mut run_count, mut not_run, mut failures) = (0, BTreeMap::<String, usize>::new(), Vec::new());
    let mut skipped = BTreeSet::new();
    let entropy = stirred(7);
    for vector in vectors() {
        if vector["dialect"] != "entra" {
            *not_run.entry("dialect connect".to_owned()).or_default() += 1;
            continue;
        }
        let missing = missing(&vector);
        if !missing.is_empty() {
            skipped.insert(vector["id"].as_str().unwrap().to_owned());
            for name in missing.into_iter().collect::<BTreeSet<_>>() {
                *not_run.entry(name).or_default() += 1;
            }
            continue;
        }
        run_count += 1;
        if vector.get("property").is_some() {
            has_property(&vector, &entropy);
            continue;
        }
        let source = vector["expression"].as_str().unwrap();
        match (run_vector(&vector, &entropy), vector["expect_error"] == true) {
            (Outcome::Failed(span, _), true) if span.slice(source).is_some() => {}
            (Outcome::Gave(value), false) if value == vector["expected"] => {}
            (outcome, _) => {
                failures.push(format!("{}: {source}\n  {outcome:?}, not {}", vector["id"], vector["expected"]))
            }
        }
    }
    println!("{run_count} vectors run, {} not run; by what they need:", skipped.len());
    not_run.iter().for_each(|(name, count)| println!("  {name}: {count}"));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(run_count >= RUN_BEFORE, "only {run_count} vectors ran");
}
