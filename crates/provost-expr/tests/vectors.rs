//! The vectors of the language: every one of the dialect `entra` that uses only functions this version has.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use provost_expr::{Context, Dialect, Function, Layout, NoEntropy, Program, Rendering, Value, check, parse};
use provost_model::Timestamp;
use provost_text::Span;
use serde_json::Value as Json;

/// How many vectors ran when this was last looked at; it only grows.
const RUN_BEFORE: usize = 184;

/// What came of an expression, in the form that the vectors are written in.
#[derive(Debug, PartialEq)]
enum Outcome {
    Failed(Span, &'static str),
    Gave(Json),
}

fn attributes(json: &Json) -> BTreeMap<String, Value<'static>> {
    let scalar = |json: &Json| match json {
        Json::Bool(flag) => Value::Boolean(*flag),
        Json::Number(number) => Value::Integer(number.as_i64().unwrap()),
        Json::String(text) => Value::Text(text.clone().into()),
        other => panic!("no attribute value: {other}"),
    };
    let value = |json: &Json| match json {
        Json::Null => Value::Null,
        Json::Array(items) => Value::list(items.iter().map(|item| scalar(item).into_text().unwrap()).collect()),
        other => scalar(other),
    };
    json.as_object().unwrap().iter().map(|(name, json)| (name.clone(), value(json))).collect()
}

fn run(vector: &Json, entropy: &dyn provost_expr::Entropy) -> Outcome {
    let expression = match parse(vector["expression"].as_str().unwrap()) {
        Ok(expression) => expression,
        Err(error) => return Outcome::Failed(error.span(), error.code()),
    };
    let mut layout = Layout::new();
    let program = match Program::compile(&expression, &mut layout, Dialect::Entra) {
        Ok(program) => program,
        Err(diagnostic) => return Outcome::Failed(diagnostic.span(), diagnostic.code()),
    };
    let now = vector.get("now").map_or(Timestamp::UNIX_EPOCH, |now| now.as_str().unwrap().parse().unwrap());
    let user = attributes(&vector["attributes"]);
    let record = layout.record(&user);
    match program.evaluate(&record, &Context::new(now, entropy)) {
        Ok(output) => Outcome::Gave(match output.rendering() {
            Rendering::Flow(flow) => serde_json::json!({"$flow": flow.as_str()}),
            Rendering::List(items) => serde_json::json!(items),
            Rendering::Null => Json::Null,
            Rendering::Text(text) => serde_json::json!(text),
        }),
        Err(error) => Outcome::Failed(error.span(), error.code()),
    }
}

/// The functions that a vector calls and that this version does not have.
fn missing(vector: &Json) -> Vec<String> {
    let Ok(expression) = parse(vector["expression"].as_str().unwrap()) else { return Vec::new() };
    let unavailable = check(&expression, Dialect::Entra).into_iter().find_map(|found| match found.code() {
        "regex-unavailable" => Some("Replace with a pattern".to_owned()),
        _ => None,
    });
    let documented = vector["function"].as_str().unwrap();
    expression
        .calls()
        .map(|call| call.name().to_owned())
        .filter(|name| Function::find(Dialect::Entra, name).is_none())
        // A name that a vector of the grammar misspells on purpose is no missing function.
        .filter(|name| vector["expect_error"] != true || name == documented)
        .chain(unavailable)
        .collect()
}

fn vectors() -> Vec<Json> {
    let file: Json = serde_json::from_str(include_str!("data/expression-vectors.json")).unwrap();
    file["vectors"].as_array().unwrap().clone()
}

/// A generator for tests: a counter, stirred.
fn stirred(seed: u64) -> impl Fn(&mut [u8]) -> Result<(), NoEntropy> {
    let state = std::cell::Cell::new(seed);
    move |octets| {
        for octet in octets {
            state.set(state.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
            *octet = (state.get() >> 56) as u8;
        }
        Ok(())
    }
}

/// Checks what a vector says in words about a result that differs each time.
fn has_property(vector: &Json, entropy: &dyn provost_expr::Entropy) {
    let (Outcome::Gave(first), Outcome::Gave(second)) = (run(vector, entropy), run(vector, entropy)) else {
        panic!("{}: failed", vector["id"]);
    };
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
        "randomstring-05" => assert_eq!(text.len(), 6),
        other => panic!("{other}: nothing checks its property"),
    }
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
        match (run(&vector, &entropy), vector["expect_error"] == true) {
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
