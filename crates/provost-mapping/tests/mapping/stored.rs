//! Flows in the form in which Microsoft Graph stores them.

use proptest::prelude::*;
use provost_expr::{Dialect, MappingSource, Registry};
use provost_mapping::{Apply, AttributeMapping, FlowDefinition, MappingDefinition, Origin};
use serde_json::{Value as Json, json};

use crate::common::SEED;

fn registry() -> Registry {
    Registry::new(Dialect::Entra)
}

fn read(json: Json) -> Result<FlowDefinition, String> {
    let stored: AttributeMapping = serde_json::from_value(json).unwrap();
    stored.to_flow(&registry()).map_err(|error| error.to_string())
}

#[test]
fn every_flow_of_the_tutorial_is_the_same_after_storing_it() {
    let definition: MappingDefinition = toml::from_str(SEED).unwrap();
    for flow in &definition.flows {
        let json = serde_json::to_string(&AttributeMapping::new(flow, &registry()).unwrap()).unwrap();
        let read: AttributeMapping = serde_json::from_str(&json).unwrap();
        let again = read.to_flow(&registry()).unwrap();
        // The text of an expression is canonical afterwards.
        if let (Origin::Expression(before), Origin::Expression(after)) = (flow.origin(), again.origin()) {
            assert_eq!(registry().parse(before).unwrap(), registry().parse(after).unwrap());
        } else {
            assert_eq!(flow.origin(), again.origin());
        }
        assert_eq!((flow.target(), flow.apply()), (again.target(), again.apply()));
        assert_eq!((flow.default_text(), flow.precedence()), (again.default_text(), again.precedence()));
    }
}

/// The shape of a published sample.
#[test]
fn a_member_that_is_null_is_not_there() {
    let flow = read(json!({
        "@odata.type": "#microsoft.graph.attributeMapping",
        "defaultValue": null,
        "exportMissingReferences": null,
        "flowBehavior": "FlowWhenChanged",
        "flowType": "ObjectAddOnly",
        "matchingPriority": 2,
        "source": { "type": "Attribute", "name": "mail", "expression": "[mail]", "parameters": null },
        "targetAttributeName": "emails[type eq \"work\"].value",
    }))
    .unwrap();
    assert_eq!(flow.target().as_str(), "emails[type eq \"work\"].value");
    assert_eq!((flow.origin(), flow.apply()), (&Origin::Direct("mail".to_owned()), Apply::Creation));
    assert_eq!(flow.precedence().map(u32::from), Some(2));
}

#[test]
fn a_default_value_without_a_source_is_a_constant() {
    let flow = read(json!({ "targetAttributeName": "c", "source": null, "defaultValue": "US" })).unwrap();
    assert_eq!((flow.origin(), flow.default_text()), (&Origin::Constant("US".to_owned()), None));
}

#[test]
fn what_would_change_what_flows_is_refused_by_name() {
    let source = json!({ "type": "Attribute", "name": "a" });
    for (member, value, message) in [
        (
            "flowBehavior",
            json!("FlowAlways"),
            "the flow to `b` has the flow behavior `FlowAlways`, which is not available",
        ),
        (
            "flowType",
            json!("MultiValueAddOnly"),
            "the flow to `b` has the flow type `MultiValueAddOnly`, which is not available",
        ),
        (
            "exportMissingReferences",
            json!(true),
            "the flow to `b` has `exportMissingReferences`, which is not available",
        ),
        ("source", Json::Null, "the flow to `b` has neither a source nor a default value"),
        ("source", json!({ "type": "Function", "name": "Foo" }), "the source of the flow to `b` cannot be used"),
    ] {
        let mut form = json!({ "targetAttributeName": "b", "source": source.clone() });
        form[member] = value;
        assert_eq!(read(form), Err(message.to_owned()));
    }
}

proptest! {
    #[test]
    fn a_constant_is_the_same_after_storing_it(text in "([a-zA-Z\\\\\"\\[\\]%$&( ]|DOM\\\\|True|1){0,12}") {
        for dialect in [Dialect::Entra, Dialect::Connect] {
            let registry = Registry::new(dialect);
            let flow = FlowDefinition::constant("a", text.clone());
            let stored = AttributeMapping::new(&flow, &registry).unwrap();
            prop_assert_eq!(stored.to_flow(&registry).unwrap(), flow);
        }
    }
}

#[test]
fn a_backslash_of_a_constant_is_escaped_where_the_dialect_has_escapes() {
    for (dialect, written) in [(Dialect::Entra, r#""DOM\\user""#), (Dialect::Connect, r#""DOM\user""#)] {
        let registry = Registry::new(dialect);
        let flow = FlowDefinition::constant("a", r"DOM\user");
        let source = AttributeMapping::new(&flow, &registry).unwrap().source.unwrap();
        assert_eq!((source.name.as_str(), source.expression.as_deref()), (r"DOM\user", Some(written)));
        let bare: MappingSource = serde_json::from_value(json!({ "type": "Constant", "name": r"DOM\user" })).unwrap();
        assert_eq!(bare.to_expression(&registry).unwrap().to_string(), written);
    }
}
