use std::sync::Arc;

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::{Mode, PatchRequest, Resource, ResourceSchema, ScimError};

fn apply(body: Value, mode: Mode) -> Result<Value, ScimError> {
    let schema = Arc::new(ResourceSchema::new("User", "/Users", crate::user()));
    let stored =
        json!({"id": "u-1", "userName": "mira", "emails": [{"value": "m@x", "type": "work", "primary": true}]});
    let user = Resource::from_stored(&schema, stored).unwrap();
    let patched = PatchRequest::parse(json!({"Operations": body}), mode)?.apply(&user, mode)?;
    Ok(patched.resource.as_value().clone())
}

fn check(body: Value, expected: &Expect) {
    let error = apply(body, Mode::Compat).unwrap_err();
    expected.assert_eq(&format!("{} {}", error.scim_type().unwrap(), error.detail()));
}

#[test]
fn row_59_the_error_names_the_operation() {
    check(
        json!([{"op": "add", "path": "title", "value": "x"}, {"op": "add", "path": "x", "value": 1}]),
        &expect!["invalidPath operation 2: there is no attribute `x`"],
    );
    check(
        json!([{"op": "replace", "path": "emails[type eq].value", "value": "x"}]),
        &expect!["invalidFilter operation 1: path: expected a blank and a value at byte 14"],
    );
}

#[test]
fn row_29_one_operation_makes_one_primary() {
    let two = json!([
        {"op": "add", "path": "emails", "value": {"value": "n@x", "type": "home"}},
        {"op": "replace", "path": "emails.primary", "value": true},
    ]);
    check(two, &expect!["invalidValue operation 2: `emails` takes one primary value"]);
}

#[test]
fn an_element_in_a_list_of_one_takes_the_primary_mark_from_the_others() {
    let body = json!([
        {"op": "add", "path": "emails", "value": {"value": "n@x", "type": "home"}},
        {"op": "add", "path": "emails[type eq \"home\"]", "value": [{"value": "h@x", "primary": true}]},
    ]);
    let patched = apply(body, Mode::Compat).unwrap();
    let marks: Vec<_> = patched["emails"].as_array().unwrap().iter().map(|email| email.get("primary")).collect();
    assert_eq!(marks, [Some(&json!(false)), Some(&json!(true))]);
}

#[test]
fn a_name_may_not_stand_twice_in_an_object() {
    let body = json!([{"op": "add", "path": "name", "value": {"givenName": "a", "GIVENNAME": "b"}}]);
    assert_eq!(apply(body, Mode::Compat).unwrap_err().scim_type(), Some(crate::ScimType::InvalidSyntax));
}

#[test]
fn more_than_a_thousand_operations_are_too_many() {
    let operation = json!({"op": "remove", "path": "title"});
    assert!(apply(Value::Array(vec![operation.clone(); 1_000]), Mode::Compat).is_ok());
    assert_eq!(apply(Value::Array(vec![operation; 1_001]), Mode::Compat).unwrap_err().status(), 413);
}

#[test]
fn the_debug_form_shows_no_value() {
    let body = json!({"Operations": [{"op": "add", "path": "password", "value": "hunter2"}]});
    let request = PatchRequest::parse(body, Mode::Compat).unwrap();
    assert!(!format!("{request:?}").contains("hunter2"));
}

#[test]
fn row_26_simple_values_that_differ_in_case_alone_are_there_already() {
    let definition = crate::AttributeDefinition::new("tags", crate::AttributeType::String).multi_valued();
    let core = crate::SchemaDefinition::new("urn:example:Thing", "Thing", vec![definition]).unwrap();
    let schema = Arc::new(ResourceSchema::new("Thing", "/Things", core));
    let thing = Resource::from_stored(&schema, json!({"tags": ["Red", "green"]})).unwrap();
    let patch = |op: &str, value: Value| {
        let body = json!({"Operations": [{"op": op, "path": "tags", "value": value}]});
        let patched = PatchRequest::parse(body, Mode::Compat).unwrap().apply(&thing, Mode::Compat).unwrap();
        patched.resource.get(None, "tags").cloned()
    };
    assert_eq!(patch("add", json!(["RED", "blue", "Blue"])), Some(json!(["Red", "green", "blue"])));
    assert_eq!(patch("remove", json!(["rED", "black"])), Some(json!(["green"])));
}
