//! Bodies of POST and PUT, and what an answer shows.
#![cfg(test)]

use std::sync::Arc;

use expect_test::{Expect, expect};
use provost_scim::{
    AttributeDefinition, AttributeType, Mode, Mutability, Projection, Resource, ResourceSchema, Returned,
    SchemaDefinition, ScimError, enterprise_user, group, user,
};
use serde_json::{Value, json};

const LAB: &str = "urn:example:lab:2.0:User";

fn users() -> Arc<ResourceSchema> {
    let lab = vec![
        AttributeDefinition::new("badge", AttributeType::String).with_mutability(Mutability::Immutable),
        AttributeDefinition::new("photo", AttributeType::Binary).with_returned(Returned::Request),
        AttributeDefinition::new("export_password", AttributeType::String).with_mutability(Mutability::WriteOnly),
    ];
    let lab = SchemaDefinition::new(LAB, "Lab", lab).unwrap();
    Arc::new(ResourceSchema::new("User", "/Users", user()).with_extension(enterprise_user()).with_extension(lab))
}

fn post(body: Value, mode: Mode) -> Result<Resource, ScimError> {
    Resource::from_request(&users(), body, mode)
}

fn stored() -> Resource {
    let value = json!({
        "id": "u-1", "userName": "mira", "title": "Surveyor", "password": "hunter2",
        "name": {"givenName": "Mira", "familyName": "Holt"},
        "emails": [{"value": "m@work", "type": "work", "primary": true}, {"value": "m@home", "type": "home"}],
        "meta": {"resourceType": "User", "location": "https://h/Users/u-1"},
        LAB: {"badge": "B-1", "photo": "AQ==", "export_password": "hunter2"},
    });
    Resource::from_stored(&users(), value).unwrap()
}

fn check(attributes: Option<&str>, excluded: Option<&str>, expected: &Expect) {
    let projection = Projection::parse(attributes, excluded, Mode::Compat).unwrap();
    expected.assert_eq(&serde_json::to_string(&stored().view(&projection)).unwrap());
}

#[test]
fn l_11_by_default_all_but_secrets_and_what_must_be_asked_for() {
    check(
        None,
        None,
        &expect![[
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:example:lab:2.0:User"],"id":"u-1","userName":"mira","name":{"familyName":"Holt","givenName":"Mira"},"title":"Surveyor","emails":[{"value":"m@work","type":"work","primary":true},{"value":"m@home","type":"home"}],"meta":{"resourceType":"User","location":"https://h/Users/u-1"},"urn:example:lab:2.0:User":{"badge":"B-1"}}"#
        ]],
    );
}

#[test]
fn l_10_attributes_name_what_is_shown() {
    check(
        Some("TITLE, name.givenName,emails[type eq \"work\"],urn:example:lab:2.0:User:photo,password,nothing,x y"),
        None,
        &expect![[
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:example:lab:2.0:User"],"id":"u-1","name":{"givenName":"Mira"},"title":"Surveyor","emails":[{"value":"m@work","type":"work","primary":true}],"urn:example:lab:2.0:User":{"photo":"AQ=="}}"#
        ]],
    );
    check(
        Some(LAB),
        None,
        &expect![[
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:example:lab:2.0:User"],"id":"u-1","urn:example:lab:2.0:User":{"badge":"B-1"}}"#
        ]],
    );
}

#[test]
fn l_11_what_is_always_returned_cannot_be_excluded() {
    check(
        None,
        Some("id,schemas,meta,emails,name.familyName,urn:example:lab:2.0:User"),
        &expect![[
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:example:lab:2.0:User"],"id":"u-1","userName":"mira","name":{"givenName":"Mira"},"title":"Surveyor"}"#
        ]],
    );
    assert!(Projection::parse(Some("id"), Some("title"), Mode::Strict).is_err());
}

#[test]
fn m_15_unknown_attributes_of_a_body() {
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "m", "shoeSize": 42});
    assert_eq!(post(body.clone(), Mode::Compat).unwrap().get(None, "userName"), Some(&json!("m")));
    assert_eq!(post(body, Mode::Strict).unwrap_err().scim_type().unwrap().as_str(), "invalidSyntax");
}

#[test]
fn m_6_schemas_follows_from_the_content() {
    let body = json!({"userName": "m", LAB: {"badge": "B"}});
    assert_eq!(post(body, Mode::Compat).unwrap().schemas(), [provost_scim::USER_URN, LAB]);
    let short = json!({"schemas": [provost_scim::USER_URN], "userName": "m", LAB: {"badge": "B"}});
    assert!(post(short, Mode::Strict).is_err());
    let unused = json!({"schemas": [provost_scim::USER_URN, LAB], "userName": "m", LAB: {}});
    assert_eq!(post(unused, Mode::Strict).unwrap().schemas(), [provost_scim::USER_URN]);
}

#[test]
fn a_body_sets_nothing_that_the_server_sets() {
    let body =
        json!({"userName": "m", "id": "u-9", "meta": {"version": "x"}, "groups": [{"value": "g"}], "nickName": null});
    let taken = post(body, Mode::Compat).unwrap();
    assert_eq!(taken.as_value(), &json!({"schemas": [provost_scim::USER_URN], "userName": "m"}));
}

#[test]
fn a_required_attribute_must_be_there() {
    assert_eq!(post(json!({"title": "x"}), Mode::Compat).unwrap_err().detail(), "`userName` is required");
    assert!(post(json!({"userName": ""}), Mode::Compat).is_err());
}

#[test]
fn h_3_put_clears_what_is_not_sent_and_keeps_what_clients_may_not_change() {
    let put = |body| stored().replaced_by(body, Mode::Compat);
    let replaced = put(json!({"userName": "mira2", "id": "u-9", "emails": []})).unwrap();
    let expected = json!({
        "schemas": [provost_scim::USER_URN, LAB], "id": "u-1", "userName": "mira2",
        "meta": {"resourceType": "User", "location": "https://h/Users/u-1"}, LAB: {"badge": "B-1"},
    });
    assert_eq!(replaced.as_value(), &expected);
    let error = put(json!({"userName": "mira", LAB: {"badge": "B-2"}})).unwrap_err();
    assert_eq!(error.scim_type().unwrap().as_str(), "mutability");
    assert!(put(json!({"title": "x"})).is_err());
}

#[test]
fn put_of_a_list_keeps_the_immutable_parts_of_its_elements() {
    let groups = Arc::new(ResourceSchema::new("Group", "/Groups", group()));
    let value = json!({"id": "g", "displayName": "G", "members": [{"value": "u-1", "type": "User"}]});
    let held = Resource::from_stored(&groups, value).unwrap();
    let put = |members| held.replaced_by(json!({"displayName": "G", "members": members}), Mode::Compat);
    let kept = put(json!([{"value": "u-1"}, {"value": "u-2"}])).unwrap();
    assert_eq!(kept.get(None, "members"), Some(&json!([{"value": "u-1", "type": "User"}, {"value": "u-2"}])));
    assert!(put(json!([{"value": "u-1", "type": "Group"}])).is_err());
}

#[test]
fn a_5_an_immutable_part_cannot_be_changed_by_removing_and_adding() {
    let groups = Arc::new(ResourceSchema::new("Group", "/Groups", group()));
    let value = json!({"id": "g", "displayName": "G", "members": [{"value": "u-1", "type": "User"}]});
    let held = Resource::from_stored(&groups, value).unwrap();
    let body = json!({"Operations": [
        {"op": "remove", "path": "members[value eq \"u-1\"]"},
        {"op": "add", "path": "members", "value": [{"value": "u-1", "type": "Group"}]},
    ]});
    let request = provost_scim::PatchRequest::parse(body, Mode::Compat).unwrap();
    assert_eq!(request.apply(&held, Mode::Compat).unwrap_err().scim_type().unwrap().as_str(), "mutability");
}

#[test]
fn the_debug_form_shows_no_value() {
    let shown = format!("{:?}", stored());
    assert!(shown.contains("u-1") && shown.contains("password") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn m_13_a_complex_attribute_holds_no_complex_part() {
    let inner = AttributeDefinition::new("inner", AttributeType::Complex);
    let outer = AttributeDefinition::new("outer", AttributeType::Complex).with_sub_attributes(vec![inner]);
    assert!(SchemaDefinition::new("urn:x:y", "X", vec![outer]).is_err());
}
