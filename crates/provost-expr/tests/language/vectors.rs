//! The vectors of the language: every one, in both dialects.

use provost_expr::{Dialect, Entropy, Layout, Limits, Program, RoleUpdate, check, parse, parse_as};
use provost_model::Timestamp;
use serde_json::{Value as Json, json};

use crate::common::{Outcome, Surroundings, run_in, stirred};

pub(crate) fn dialect(vector: &Json) -> Dialect {
    vector["dialect"].as_str().unwrap().parse().unwrap()
}

pub(crate) fn run_vector(vector: &Json, entropy: &dyn Entropy) -> Outcome {
    let now = vector.get("now").map_or(Timestamp::UNIX_EPOCH, |now| now.as_str().unwrap().parse().unwrap());
    let member = |name: &str| vector.get(name).cloned().unwrap_or_default();
    let surroundings = Surroundings {
        dialect: dialect(vector),
        taken: serde_json::from_value::<Option<_>>(member("existing")).unwrap().unwrap_or_default(),
        parameters: serde_json::from_value::<Option<_>>(member("params")).unwrap().unwrap_or_default(),
        default_domain: serde_json::from_value(member("default_domain")).unwrap(),
    };
    run_in(vector["expression"].as_str().unwrap(), &vector["attributes"], &surroundings, now, entropy)
}

pub(crate) fn vectors() -> Vec<Json> {
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
        "x.randomnum-01" => assert!((100..=999).contains(&text.parse::<i32>().unwrap()), "{text}"),
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

fn every_vector(of: Dialect) -> usize {
    let (mut count, mut failures) = (0, Vec::new());
    let entropy = stirred(7);
    for vector in vectors().iter().filter(|vector| dialect(vector) == of) {
        count += 1;
        if vector.get("property").is_some() {
            has_property(vector, &entropy);
            continue;
        }
        let source = vector["expression"].as_str().unwrap();
        match (run_vector(vector, &entropy), vector["expect_error"] == true) {
            (Outcome::Failed(span, _), true) if span.slice(source).is_some() => {}
            (Outcome::Gave(value), false) if value == vector["expected"] => {}
            (outcome, _) => {
                failures.push(format!("{}: {source}\n  {outcome:?}, not {}", vector["id"], vector["expected"]))
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    count
}

#[test]
fn every_vector_that_gives_a_value_is_checked_without_an_error() {
    let mut count = 0;
    for vector in vectors().iter().filter(|vector| vector["expect_error"] != true) {
        let source = vector["expression"].as_str().unwrap();
        let expression = parse_as(source, dialect(vector), &Limits::default()).unwrap();
        let found = check(&expression, dialect(vector));
        // Some are written in a way that the lints know; nothing is said against an argument.
        let lints = ["switch-without-default", "unsupported-condition"];
        let errors = found.iter().filter(|found| found.is_error() || !lints.contains(&found.code()));
        assert_eq!(errors.count(), 0, "{}: {source}\n  {found:?}", vector["id"]);
        count += 1;
    }
    assert_eq!(count + vectors().iter().filter(|vector| vector["expect_error"] == true).count(), 350);
}

#[test]
fn every_vector_of_entra() {
    assert_eq!(every_vector(Dialect::Entra), 289);
}

#[test]
fn every_vector_of_connect() {
    assert_eq!(every_vector(Dialect::Connect), 61);
}
