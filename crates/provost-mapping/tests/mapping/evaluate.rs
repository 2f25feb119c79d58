//! What mappings give for users: values, phases, defaults, special targets, errors.

use expect_test::expect;
use provost_mapping::{EvaluateFlowError, FlowDefinition, Phase};
use provost_model::{AttributeSchema, Attributes, Mutability, ObjectTypeSchema, Value, ValueKind};
use provost_text::Snippet;

use crate::common::{Stirred, bsimon, context, mapping, person, seed};

#[test]
fn the_mapping_set_of_the_tutorial_makes_its_user() {
    let entropy = Stirred::default();
    let desired = seed().evaluate(&bsimon(), Phase::Create, &context(&entropy)).unwrap();
    assert_eq!(desired.password.as_ref().unwrap().expose().len(), 16);
    let typed = desired.typed(&person()).unwrap();
    expect![[r#"
        Desired {
            name: Some(
                "CN=BSimon,DC=Contoso,DC=lab",
            ),
            attributes: {
                "cn": [
                    Text(
                        "B.Simon",
                    ),
                ],
                "gidNumber": [
                    Integer(
                        10000,
                    ),
                ],
                "homeDirectory": [
                    Text(
                        "/home/bsimon",
                    ),
                ],
                "mail": [
                    Text(
                        "BSimon@contoso.com",
                    ),
                ],
                "objectClass": [
                    Text(
                        "inetOrgPerson",
                    ),
                    Text(
                        "posixAccount",
                    ),
                    Text(
                        "shadowAccount",
                    ),
                ],
                "sn": [
                    Text(
                        "Simon",
                    ),
                ],
                "uid": [
                    Text(
                        "bsimon",
                    ),
                ],
                "uidNumber": [
                    Integer(
                        11000,
                    ),
                ],
            },
            password: Some(
                Secret(..),
            ),
            active: Some(
                true,
            ),
            added: {},
            redacted: {
                "userPassword",
            },
            ignore_object: false,
        }
    "#]]
    .assert_debug_eq(&typed);
}

#[test]
fn an_update_leaves_out_what_applies_only_at_creation() {
    let entropy = Stirred::default();
    let desired = seed().evaluate(&bsimon(), Phase::Update, &context(&entropy)).unwrap();
    assert!(desired.name.is_none() && desired.password.is_none() && !desired.attributes.contains("objectClass"));
    assert_eq!(desired.attributes.text("uid"), Some("bsimon"));
    assert_eq!(desired.active, Some(true));
}

#[test]
fn a_user_who_is_deleted_softly_is_not_active() {
    let mut user = bsimon();
    user.set("isSoftDeleted", [Value::from(true)]);
    let entropy = Stirred::default();
    let desired = seed().evaluate(&user, Phase::Update, &context(&entropy)).unwrap();
    assert_eq!(desired.active, Some(false));
}

#[test]
fn null_does_not_flow_and_the_default_is_for_creation() {
    let mapping = mapping([
        FlowDefinition::direct("title", "jobTitle").with_default("Employee"),
        FlowDefinition::direct("l", "city"),
        FlowDefinition::expression("st", "Switch([state], , \"x\", \"y\")"),
    ]);
    let entropy = Stirred::default();
    let evaluate = |phase| mapping.evaluate(&Attributes::new(), phase, &context(&entropy)).unwrap().attributes;
    assert_eq!(evaluate(Phase::Create).iter().count(), 1);
    assert_eq!(evaluate(Phase::Create).text("title"), Some("Employee"));
    assert!(evaluate(Phase::Update).is_empty());
}

#[test]
fn a_direct_flow_carries_all_values_unchanged() {
    let mapping = mapping([FlowDefinition::direct("photo", "thumbnailPhoto"), FlowDefinition::direct("x", "Photo")]);
    let values = [Value::Bytes(vec![0xff, 0]), Value::from(3), Value::from("a")];
    let mut user = Attributes::new();
    user.set("thumbnailPhoto", values.clone());
    user.set("photo", [Value::from("the name is in another case")]);
    let entropy = Stirred::default();
    let desired = mapping.evaluate(&user, Phase::Create, &context(&entropy)).unwrap();
    assert_eq!(desired.attributes.values("photo"), values);
    assert!(!desired.attributes.contains("x"));
}

#[test]
fn equal_values_of_a_list_flow_once() {
    let mapping = mapping([FlowDefinition::expression("ou", "Split(\"a,b,a\")")]);
    let entropy = Stirred::default();
    let desired = mapping.evaluate(&Attributes::new(), Phase::Create, &context(&entropy)).unwrap();
    assert_eq!(desired.attributes.values("ou"), [Value::from("a"), Value::from("b")]);
}

#[test]
fn signals_leave_the_attribute_or_the_object_alone() {
    let flows = [
        FlowDefinition::expression("l", "IgnoreFlowIfNullOrEmpty([city])").with_default("not used"),
        FlowDefinition::expression("st", "IIF([state] = \"none\", IgnoreObjectFlow, [state])"),
    ];
    let mapping = mapping(flows);
    let entropy = Stirred::default();
    let mut user = Attributes::new();
    user.set("state", [Value::from("NSW")]);
    let desired = mapping.evaluate(&user, Phase::Create, &context(&entropy)).unwrap();
    assert_eq!((desired.attributes.len(), desired.ignore_object), (1, false));
    user.set("state", [Value::from("none")]);
    let desired = mapping.evaluate(&user, Phase::Create, &context(&entropy)).unwrap();
    assert_eq!((desired.attributes.len(), desired.ignore_object), (0, true));
}

#[test]
fn a_secret_is_shown_nowhere() {
    let secret = "Zq8!initial";
    let mapping = mapping([
        FlowDefinition::constant("export_password", secret).with_default(secret),
        FlowDefinition::expression("employeeNumber", "Redact([number])"),
        FlowDefinition::expression("-dn-", "Redact([number])"),
    ]);
    let mut user = Attributes::new();
    user.set("number", [Value::from("4711-secret")]);
    let entropy = Stirred::default();
    let desired = mapping.evaluate(&user, Phase::Create, &context(&entropy)).unwrap();
    assert_eq!(desired.password.as_ref().unwrap().expose(), secret.as_bytes());
    assert_eq!(desired.attributes.text("employeeNumber"), Some("4711-secret"));
    let shown = format!("{desired:?} {mapping:?}");
    assert!(!shown.contains(secret) && !shown.contains("4711"), "{shown}");
    assert!(
        ["export_password", "employeeNumber", "-dn-"].iter().all(|name| desired.redacted.contains(&(*name).into()))
    );
}

#[test]
fn an_error_names_the_target_and_the_place_and_no_value() {
    let mapping = mapping([FlowDefinition::expression("uidNumber", "BitAnd([number], 255)")]);
    let mut user = Attributes::new();
    user.set("number", [Value::from("4711-secret")]);
    let entropy = Stirred::default();
    let error = mapping.evaluate(&user, Phase::Create, &context(&entropy)).unwrap_err();
    let EvaluateFlowError::Expression { source, .. } = &error else { panic!("{error}") };
    let drawn = Snippet::new(error.expression().unwrap(), error.span().unwrap(), &source.to_string()).to_string();
    expect![[r#"
        the expression of `uidNumber` failed (not-a-number)
        the argument `value1` of `BitAnd` is a number of 64 bits, and this value is none at byte 7
        BitAnd([number], 255)
               ^^^^^^^^"#]]
    .assert_eq(&format!("{error} ({})\n{drawn}", error.code()));
    assert!(!format!("{error:?}").contains("4711"));
}

#[test]
fn one_value_targets_take_one_value() {
    let mut user = Attributes::new();
    user.set("many", [Value::from("a"), Value::from("b")]);
    user.set("word", [Value::from("maybe")]);
    user.set("octets", [Value::Bytes(vec![0xff])]);
    let entropy = Stirred::default();
    for (target, source, code) in [
        ("-dn-", "many", "several-values"),
        ("-dn-", "octets", "not-a-text"),
        ("active", "word", "not-a-boolean"),
        ("userPassword", "many", "several-values"),
    ] {
        let mapping = mapping([FlowDefinition::direct(target, source)]);
        let error = mapping.evaluate(&user, Phase::Create, &context(&entropy)).unwrap_err();
        assert_eq!((error.code(), error.target().as_str()), (code, target));
    }
}

#[test]
fn values_take_the_kind_of_their_attribute_or_are_refused() {
    let entropy = Stirred::default();
    let typed = |target: &str, value: Value| {
        let mut user = Attributes::new();
        user.set("v", [value]);
        let desired = mapping([FlowDefinition::direct(target, "v")]).evaluate(&user, Phase::Create, &context(&entropy));
        desired.unwrap().typed(&person()).map(|desired| desired.attributes.first(target).cloned().unwrap())
    };
    assert_eq!(typed("uidNumber", Value::from("1000")), Ok(Value::Integer(1000)));
    assert_eq!(typed("uid", Value::from(7)), Ok(Value::from("7")));
    assert_eq!(typed("manager", Value::from("cn=x")), Ok(Value::Reference("cn=x".to_owned())));
    assert_eq!(typed("unknown", Value::from(true)), Ok(Value::from(true)));
    let error = typed("uidNumber", Value::from("10 secret")).unwrap_err();
    expect!["the value for `uidNumber` cannot be turned into an integer"].assert_eq(&error.to_string());
    assert_eq!(typed("uid", Value::Bytes(vec![0xff])).unwrap_err().code(), "value-kind");
}

#[test]
fn several_values_do_not_fit_an_attribute_that_holds_one() {
    let mut user = Attributes::new();
    user.set("v", [Value::from("1"), Value::from("2")]);
    let entropy = Stirred::default();
    let desired =
        mapping([FlowDefinition::direct("uidNumber", "v")]).evaluate(&user, Phase::Create, &context(&entropy));
    assert_eq!(desired.unwrap().typed(&person()).unwrap_err().code(), "several-values");
}

#[test]
fn only_attributes_that_are_read_are_named() {
    let names: Vec<_> = seed().source_attributes().map(str::to_owned).collect();
    expect!["userPrincipalName displayName surname extension_9d98ed114c4840d298fad781915f27e4_uidNumber isSoftDeleted"]
        .assert_eq(&names.join(" "));
}

#[test]
fn e_1902_a_password_is_not_set_as_an_attribute() {
    let mut password = AttributeSchema::new("unicodePwd", ValueKind::Text);
    password.mutability = Mutability::WriteOnly;
    let mut user = Attributes::new();
    user.set("v", [Value::from("secret")]);
    let entropy = Stirred::default();
    let desired =
        mapping([FlowDefinition::direct("unicodePwd", "v")]).evaluate(&user, Phase::Create, &context(&entropy));
    let error = desired.unwrap().typed(&ObjectTypeSchema::new("user", vec![password])).unwrap_err();
    assert_eq!(error.code(), "write-only");
    assert_eq!(error.to_string(), "`unicodePwd` is only written: a password goes by the target userPassword");
}
