//! Application roles, which have members: how they come in, and how they flow.

use provost_mapping::{FlowDefinition, Mapping, MappingDefinition, Phase};
use provost_model::{AttributeName, Attributes, Value};

use crate::common::{Stirred, context};

fn user() -> Attributes {
    let mut user = Attributes::new();
    let assignments = [
        r#"{"id":"2","value":"reader","displayName":"Reader"}"#,
        r#"{"id":"1","value":"admin","displayName":"Administrator"}"#,
    ];
    user.set("appRoleAssignments", assignments.map(Value::from));
    user
}

fn flows(function: &str, role_ids: bool) -> (Vec<String>, bool) {
    let source = format!("{function}([appRoleAssignments])");
    let mut definition = MappingDefinition::new(vec![FlowDefinition::expression("roles", source)]);
    definition.role_ids = role_ids;
    let mapping = Mapping::compile(&definition).unwrap();
    let desired = mapping.evaluate(&user(), Phase::Update, &context(&Stirred::default())).unwrap();
    let values = desired.attributes.values("roles").iter().map(ToString::to_string).collect();
    (values, desired.added.contains(&AttributeName::from("roles")))
}

#[test]
fn each_role_flows_as_the_text_of_an_object() {
    let reader = r#"{"value":"reader","display":"Reader","type":"WindowsAzureActiveDirectoryRole","primary":false}"#;
    let admin =
        r#"{"value":"admin","display":"Administrator","type":"WindowsAzureActiveDirectoryRole","primary":false}"#;
    assert_eq!(flows("AppRoleAssignmentsComplex", false), (vec![reader.to_owned(), admin.to_owned()], true));
    assert_eq!(flows("AssertiveAppRoleAssignmentsComplex", false), (vec![reader.to_owned(), admin.to_owned()], false));
    let (with_ids, _) = flows("AppRoleAssignmentsComplex", true);
    assert!(with_ids[0].starts_with(r#"{"id":"2","value":"reader","#), "{with_ids:?}");
}

#[test]
fn the_value_of_a_role_is_that_of_the_member() {
    assert_eq!(flows("SingleAppRoleAssignment", false), (vec!["admin".to_owned()], false));
    assert_eq!(flows("AppRoleAssignments", false), (vec!["reader".to_owned(), "admin".to_owned()], false));
}

#[test]
fn without_assignments_nothing_flows() {
    let flow = FlowDefinition::expression("roles", "AppRoleAssignmentsComplex([appRoleAssignments])");
    let mapping = Mapping::compile(&MappingDefinition::new(vec![flow])).unwrap();
    let desired = mapping.evaluate(&Attributes::new(), Phase::Update, &context(&Stirred::default())).unwrap();
    assert!(!desired.attributes.contains("roles"));
}

#[test]
fn one_expression_does_not_add_roles_and_replace_them() {
    for (first, second) in [
        ("AssertiveAppRoleAssignmentsComplex", "AppRoleAssignmentsComplex"),
        ("AppRoleAssignmentsComplex", "AssertiveAppRoleAssignmentsComplex"),
    ] {
        let text = format!("IIF([x] = \"1\", {first}([appRoleAssignments]), {second}([appRoleAssignments]))");
        let flow = FlowDefinition::expression("roles", text.clone());
        let error = Mapping::compile(&MappingDefinition::new(vec![flow])).unwrap_err();
        assert_eq!(error.code(), "mixed-roles");
        assert_eq!(error.diagnostic().unwrap().span().slice(&text), Some(second));
        let text = format!("IIF([x] = \"1\", {first}([appRoleAssignments]), {first}([appRoleAssignments]))");
        assert!(Mapping::compile(&MappingDefinition::new(vec![FlowDefinition::expression("roles", text)])).is_ok());
    }
}
