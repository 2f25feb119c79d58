use provost_model::{
    Anchor, AnchorKind, AttributeName, AttributeSchema, Attributes, ConnectorObject, Mutability, ObjectName,
    ObjectTypeSchema, Value, ValueChange, ValueKind,
};
use provost_scim::{Mode, PatchRequest, Resource};
use serde_json::{Value as Json, json};

use super::{Difference, difference, take_password, to_object, to_resource};
use crate::schema::{DirectorySchema, EXTENSION_URN};

fn schema(lists: &[&str]) -> DirectorySchema {
    let of = |name: &str, kind, multi_valued| {
        let mut attribute = AttributeSchema::new(name, kind);
        attribute.multi_valued = multi_valued;
        attribute
    };
    let mut password = of("userPassword", ValueKind::Bytes, true);
    password.mutability = Mutability::WriteOnly;
    let mut entry_uuid = of("entryUUID", ValueKind::Text, false);
    entry_uuid.mutability = Mutability::ReadOnly;
    let attributes = vec![
        of("objectClass", ValueKind::Text, true),
        of("cn", ValueKind::Text, true),
        of("mail", ValueKind::Text, true),
        of("uidNumber", ValueKind::Integer, false),
        of("hidden", ValueKind::Boolean, false),
        of("jpegPhoto", ValueKind::Bytes, true),
        of("since", ValueKind::Timestamp, false),
        of("manager", ValueKind::Reference, true),
        password,
        entry_uuid,
    ];
    let lists: Vec<AttributeName> = lists.iter().map(|&name| AttributeName::new(name)).collect();
    DirectorySchema::new(&ObjectTypeSchema::new("inetOrgPerson", attributes), &lists).unwrap()
}

fn object() -> ConnectorObject {
    let mut attributes = Attributes::new();
    attributes.set("objectClass", [Value::from("inetOrgPerson"), Value::from("posixAccount")]);
    attributes.set("cn", [Value::from("bsimon"), Value::from("Britta Simon")]);
    attributes.set("uidNumber", [Value::from("10011")]);
    attributes.set("hidden", [Value::from(true)]);
    attributes.set("jpegPhoto", [Value::Bytes(vec![0xff, 0xd8])]);
    attributes.set("since", ["2026-03-16T07:00:00Z".parse().map(Value::Timestamp).unwrap()]);
    attributes.set("entryUUID", [Value::from("e-1")]);
    ConnectorObject::new("inetOrgPerson", attributes)
        .with_name(ObjectName::new("CN=bsimon,DC=Contoso,DC=lab"))
        .with_anchor(Anchor::new(AnchorKind::new("entryUUID"), *b"e-1"))
}

fn implied() -> Attributes {
    let mut implied = Attributes::new();
    implied.set("CN", [Value::from("bsimon")]);
    implied
}

fn shown(schema: &DirectorySchema) -> Resource {
    to_resource(schema, &object(), true, &implied(), "https://h/scim").unwrap()
}

fn patched(schema: &DirectorySchema, operations: Json) -> Difference {
    let before = shown(schema);
    let request = PatchRequest::parse(json!({ "Operations": operations }), Mode::Compat).unwrap();
    let mut after = request.apply(&before, Mode::Compat).unwrap().resource;
    take_password(schema, &mut after).unwrap();
    difference(schema, &object(), &before, &after).unwrap()
}

#[test]
fn values_are_shown_by_their_kind() {
    let resource = shown(&schema(&["objectClass"]));
    let expected = json!({
        "-dn-": "CN=bsimon,DC=Contoso,DC=lab", "_distinguishedName": "CN=bsimon,DC=Contoso,DC=lab",
        "objectClass": ["inetOrgPerson", "posixAccount"], "cn": "Britta Simon", "uidNumber": 10011, "hidden": true,
        "jpegPhoto": "/9g=", "since": "2026-03-16T07:00:00Z", "entryUUID": "e-1",
    });
    assert_eq!(resource.as_value()[EXTENSION_URN], expected);
    assert_eq!(resource.get(None, "userName"), Some(&json!("Britta Simon")));
    let id = resource.id().unwrap();
    assert_eq!(resource.as_value()["meta"]["location"], format!("https://h/scim/Users/{id}"));
}

#[test]
fn a_list_shows_every_value_and_a_lone_implied_value_is_shown() {
    let resource = shown(&schema(&["cn"]));
    assert_eq!(resource.get(Some(EXTENSION_URN), "cn"), Some(&json!(["bsimon", "Britta Simon"])));
    let mut lone = object();
    lone.attributes_mut().set("cn", [Value::from("bsimon")]);
    let resource = to_resource(&schema(&[]), &lone, true, &implied(), "").unwrap();
    assert_eq!(resource.get(Some(EXTENSION_URN), "cn"), Some(&json!("bsimon")));
}

#[test]
fn a_value_that_does_not_fit_its_kind_is_left_out() {
    let mut odd = object();
    odd.attributes_mut().set("uidNumber", [Value::from("many")]);
    odd.attributes_mut().set("mail", [Value::Bytes(vec![0xff])]);
    let resource = to_resource(&schema(&[]), &odd, true, &implied(), "").unwrap();
    assert_eq!(resource.get(Some(EXTENSION_URN), "uidNumber"), None);
    assert_eq!(resource.get(Some(EXTENSION_URN), "mail"), None);
}

#[test]
fn what_is_posted_becomes_an_object() {
    let schema = schema(&["objectClass"]);
    let body = json!({
        "externalId": "x", "active": true,
        EXTENSION_URN: {
            "-dn-": "CN=a,DC=lab", "objectClass": ["person"], "uidNumber": "7", "jpegPhoto": "_9g", "mail": "",
            "since": "2026-03-16T09:00:00+02:00", "manager": "CN=b,DC=lab", "entryUUID": "forged", "userPassword": "s3cret",
        },
    });
    let mut resource = Resource::from_request(&schema.users, body, Mode::Compat).unwrap();
    assert_eq!(take_password(&schema, &mut resource).unwrap().unwrap().expose(), b"s3cret");
    let object = to_object(&schema, "inetOrgPerson", &resource).unwrap();
    let mut expected = Attributes::new();
    expected.set("objectClass", [Value::from("person")]);
    expected.set("uidNumber", [Value::from(7)]);
    expected.set("jpegPhoto", [Value::Bytes(vec![0xff, 0xd8])]);
    expected.set("since", ["2026-03-16T07:00:00Z".parse().map(Value::Timestamp).unwrap()]);
    expected.set("manager", [Value::Reference("CN=b,DC=lab".to_owned())]);
    assert_eq!(object.attributes(), &expected);
    assert_eq!(object.name(), Some(&ObjectName::new("CN=a,DC=lab")));
}

#[test]
fn a_post_without_a_name_is_refused() {
    let schema = schema(&[]);
    for body in [json!({}), json!({ EXTENSION_URN: {"-dn-": " ", "cn": "a"} })] {
        let resource = Resource::from_request(&schema.users, body, Mode::Compat).unwrap();
        assert!(to_object(&schema, "inetOrgPerson", &resource).unwrap_err().detail().contains("-dn-"));
    }
}

#[test]
fn passwords_that_differ_or_are_empty_are_refused() {
    let schema = schema(&[]);
    let password = |body| {
        let mut resource = Resource::from_request(&schema.users, body, Mode::Compat).unwrap();
        let taken = take_password(&schema, &mut resource).map(|password| password.map(|held| held.expose().to_vec()));
        assert!(!resource.as_value().to_string().contains("pw"), "{}", resource.as_value());
        taken
    };
    let twice = json!({"password": "pw", EXTENSION_URN: {"export_password": "pw", "USERPASSWORD": "pw"}});
    assert_eq!(password(twice).unwrap(), Some(b"pw".to_vec()));
    assert_eq!(password(json!({"password": null})).unwrap(), None);
    assert!(password(json!({"password": "", EXTENSION_URN: {}})).is_err());
}

#[test]
fn a_single_value_replaces_and_a_list_changes_by_values() {
    let schema = schema(&["objectClass", "mail"]);
    let path = |name: &str| format!("{EXTENSION_URN}:{name}");
    let changes = patched(
        &schema,
        json!([
            {"op": "Replace", "path": path("cn"), "value": "Britta S"},
            {"op": "Remove", "path": path("uidNumber")},
            {"op": "Add", "path": path("objectClass"), "value": ["shadowAccount", "posixaccount"]},
            {"op": "Remove", "path": path("objectClass[value eq \"INETORGPERSON\"]")},
            {"op": "Add", "path": path("mail"), "value": "b@x"},
            {"op": "Add", "path": path("userPassword"), "value": "s3cret"},
        ]),
    );
    let found: Vec<(&str, ValueChange)> =
        changes.changes.attributes.iter().map(|change| (change.name.as_str(), change.change.clone())).collect();
    let expected = vec![
        ("objectClass", ValueChange::Remove(vec![Value::from("inetOrgPerson")])),
        ("objectClass", ValueChange::Add(vec![Value::from("shadowAccount")])),
        ("cn", ValueChange::Replace(vec![Value::from("Britta S")])),
        ("mail", ValueChange::Add(vec![Value::from("b@x")])),
        ("uidNumber", ValueChange::Replace(vec![])),
    ];
    assert_eq!(found, expected);
    assert_eq!((changes.changes.name, changes.active), (None, None));
}

#[test]
fn a_name_and_a_state_change_only_when_they_differ() {
    let schema = schema(&[]);
    let path = format!("{EXTENSION_URN}:-dn-");
    let same = json!([
        {"op": "Replace", "path": path, "value": "CN=bsimon,DC=Contoso,DC=lab"},
        {"op": "Replace", "path": "active", "value": "True"},
        {"op": "Add", "path": "externalId", "value": "x"},
    ]);
    assert_eq!(patched(&schema, same), Difference::default());
    let other = json!([{"op": "replace", "value": {path: "CN=b,DC=lab", "active": "False"}}]);
    let changes = patched(&schema, other);
    assert_eq!(changes.changes.name, Some(ObjectName::new("CN=b,DC=lab")));
    assert_eq!(changes.active, Some(false));
    let left_out =
        json!([{"op": "remove", "path": format!("{EXTENSION_URN}:-dn-")}, {"op": "remove", "path": "active"}]);
    assert_eq!(patched(&schema, left_out), Difference::default());
}
