//! Passwords in a configuration: no message and no `Debug` shows one.

use std::error::Error;

use provost_expr::{Dialect, Registry};
use provost_mapping::{AttributeMapping, FlowDefinition, Mapping, MappingDefinition, Phase};
use provost_model::{AttributeSchema, Attributes, ObjectTypeSchema, ValueKind};
use serde_json::json;

use crate::common::{Stirred, context, person};

/// An error with all that it comes from, in both forms.
fn shown(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(|error| format!("{error} {error:?}\n")).collect()
}

fn password(expression: &str) -> MappingDefinition {
    MappingDefinition::new(vec![FlowDefinition::expression("userPassword", expression)])
}

#[test]
fn a_stored_flow_to_a_password_is_not_shown() {
    let registry = Registry::new(Dialect::Entra);
    let flow = FlowDefinition::constant("userPassword", "Hunter2!").with_default("Hunter3!");
    let stored = AttributeMapping::new(&flow, &registry).unwrap();
    let text = format!("{stored:?}");
    assert!(!text.contains("Hunter") && text.contains("[Redact]"), "{text}");
    let other = AttributeMapping::new(&FlowDefinition::constant("mail", "a@b"), &registry).unwrap();
    assert!(format!("{other:?}").contains("a@b"));
}

#[test]
fn an_error_in_a_stored_flow_to_a_password_is_a_code_and_a_place() {
    let registry = Registry::new(Dialect::Entra);
    let failed = AttributeMapping::new(&FlowDefinition::expression("userPassword", "Trim(Hunter2)"), &registry);
    let error = failed.unwrap_err();
    assert!(!shown(&error).contains("Hunter"), "{}", shown(&error));
    assert!(error.to_string().contains("(`unknown-word` at byte 5)"), "{error}");
    for name in ["userPassword", "export_password"] {
        for source in [
            json!({ "type": "Constant", "name": "Hunter2!", "expression": "\"Hunter2!" }),
            json!({ "type": "Constant", "name": "Hunter2!", "expression": "\"Hunter3!\"" }),
            json!({ "type": "Function", "name": "Hunter2!" }),
        ] {
            let form = json!({ "targetAttributeName": name, "source": source });
            let stored: AttributeMapping = serde_json::from_value(form).unwrap();
            let error = stored.to_flow(&registry).unwrap_err();
            assert!(!shown(&error).contains("Hunter"), "{}", shown(&error));
        }
    }
}

#[test]
fn an_expression_for_a_password_that_cannot_be_compiled_is_not_shown() {
    for (expression, code, place) in [
        ("Append(\"Hunter2!\", Joim([x]))", "unknown-function", 19),
        ("Append(Hunter2, [x])", "unknown-word", 7),
        ("Left(\"abc\", \"Hunter2!\")", "not-a-number", 12),
    ] {
        let error = Mapping::compile(&password(expression)).unwrap_err();
        assert!(!shown(&error).contains("Hunter"), "{}", shown(&error));
        assert_eq!((error.code(), error.expression()), (code, None));
        let found = error.diagnostic().unwrap();
        assert_eq!((found.code(), found.span().start(), found.help()), (code, place, None));
    }
}

#[test]
fn findings_in_an_expression_for_a_password_do_not_show_it() {
    let expression = "IIF([Hunter4] = \"a\", Left(\"abc\", \"Hunter2!\"), RandomString(9,1,1,1,1,\"\"))";
    let mapping = Mapping::compile(&password(expression)).unwrap();
    let known = ObjectTypeSchema::new("user", vec![AttributeSchema::new("hunter4", ValueKind::Text)]);
    let found: Vec<_> = mapping.check(&person()).into_iter().chain(mapping.check_source(&known)).collect();
    for code in ["not-a-number", "random-always", "unknown-attribute"] {
        assert!(found.iter().any(|finding| finding.code() == code), "{found:?}");
    }
    for finding in &found {
        let text = format!("{finding} {finding:?} {:?}", finding.help());
        assert!(!text.to_ascii_lowercase().contains("hunter"), "{text}");
        assert_eq!(finding.expression(), None);
    }
}

#[test]
fn an_expression_for_a_password_that_fails_is_not_shown() {
    let expression = "IIF([a] = \"x\", Left(\"abc\", \"Hunter2!\"), Error(\"Hunter3!\"))";
    let mapping = Mapping::compile(&password(expression)).unwrap();
    for value in ["x", "y"] {
        let mut user = Attributes::new();
        user.set("a", [value.into()]);
        let entropy = Stirred::default();
        let error = mapping.evaluate(&user, Phase::Create, &context(&entropy)).unwrap_err();
        assert!(!shown(&error).contains("Hunter"), "{}", shown(&error));
        assert!(error.expression().is_none() && error.span().is_some());
    }
}
