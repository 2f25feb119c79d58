//! Printing then parsing gives an equal value; no input ends the program.
#![cfg(test)]

use std::sync::Arc;

use proptest::prelude::*;
use provost_scim::{Filter, Matcher, Mode, PatchRequest, Path, Projection, Resource, ResourceSchema, parse_json};
use serde_json::{Value, json};

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z][a-zA-Z0-9_-]{0,6}", Just("-dn-".to_owned()), Just("userCertificate;binary".to_owned())]
}

fn attribute() -> impl Strategy<Value = String> {
    let urn = prop_oneof![
        Just(String::new()),
        Just("urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User:".to_owned()),
    ];
    (urn, name(), proptest::option::of(name())).prop_map(|(urn, name, part)| match part {
        Some(part) => format!("{urn}{name}.{part}"),
        None => format!("{urn}{name}"),
    })
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>().prop_map(|text| Value::from(text).to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(|number| json!(number).to_string()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        "[a-z]{1,8}",
    ]
}

fn term(attribute: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let operator = prop_oneof![Just("eq"), Just("ne"), Just("co"), Just("sw"), Just("LE"), Just("gt")];
    let comparison =
        (attribute.clone(), operator, value()).prop_map(|(name, op, value)| format!("{name} {op} {value}"));
    prop_oneof![comparison, attribute.prop_map(|name| format!("{name} PR"))].boxed()
}

fn combined(leaf: BoxedStrategy<String>) -> BoxedStrategy<String> {
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("{left} and {right}")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left}) OR ({right})")),
            inner.clone().prop_map(|inner| format!("not ({inner})")),
            inner.prop_map(|inner| format!("( {inner} )")),
        ]
    })
    .boxed()
}

fn filter() -> BoxedStrategy<String> {
    let element = combined(term(name().boxed()));
    let list = (name(), element).prop_map(|(name, element)| format!("{name}[{element}]"));
    combined(prop_oneof![3 => term(attribute().boxed()), 1 => list].boxed())
}

proptest! {
    #[test]
    fn a_filter_printed_and_parsed_is_equal(source in filter()) {
        let parsed = Filter::parse(&source, Mode::Compat).unwrap();
        let printed = parsed.to_string();
        prop_assert_eq!(Filter::parse(&printed, Mode::Compat).unwrap(), parsed, "{}", printed);
    }

    #[test]
    fn a_path_printed_and_parsed_is_equal(name in name(), element in combined(term(name().boxed())), part in name()) {
        for source in [name.clone(), format!("{name}[{element}]"), format!("{name}[{element}].{part}")] {
            let parsed = Path::parse(&source, Mode::Compat).unwrap();
            prop_assert_eq!(Path::parse(&parsed.to_string(), Mode::Compat).unwrap(), parsed);
        }
    }

    #[test]
    fn any_text_gives_a_filter_or_a_place_inside_it(source in "\\PC{0,60}|[a-z()\\[\\] \"'.:\\\\$-]{0,60}") {
        for mode in [Mode::Compat, Mode::Strict] {
            if let Err(error) = Filter::parse(&source, mode) {
                prop_assert!(source.is_char_boundary(error.span().start()));
            }
            if let Err(error) = Path::parse(&source, mode) {
                prop_assert!(source.is_char_boundary(error.span().start()));
            }
        }
    }

    #[test]
    fn any_octets_give_json_or_an_error(body in proptest::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(value) = parse_json(&body) {
            prop_assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), value);
        }
    }

    #[test]
    fn a_patch_of_anything_gives_a_resource_or_an_error(
        path in proptest::option::of(prop_oneof![filter(), attribute(), Just("emails[type eq \"work\"].value".to_owned())]),
        op in prop_oneof![Just("add"), Just("replace"), Just("remove")],
        value in json_value(),
    ) {
        let schema = Arc::new(ResourceSchema::new("User", "/Users", provost_scim::user()));
        let stored = json!({"id": "1", "userName": "mira", "emails": [{"value": "m@x", "type": "work"}]});
        let user = Resource::from_stored(&schema, stored).unwrap();
        for mode in [Mode::Compat, Mode::Strict] {
            let body = json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": op, "path": path.clone(), "value": value.clone()}],
            });
            let Ok(patched) = PatchRequest::parse(body, mode).and_then(|request| request.apply(&user, mode)) else {
                continue;
            };
            let again = Resource::from_stored(&schema, patched.resource.as_value().clone()).unwrap();
            prop_assert_eq!(&again, &patched.resource, "the state afterwards fits the schema");
            let sent = serde_json::to_string(&patched.resource.view(&Projection::default())).unwrap();
            prop_assert!(!sent.contains(":null") && !sent.contains("\"password\":"));
        }
    }

    #[test]
    fn a_search_and_its_negation_divide_all_resources(source in term(Just("userName".to_owned()).boxed()), name in any::<String>()) {
        let schema = Arc::new(ResourceSchema::new("User", "/Users", provost_scim::user()));
        let user = Resource::from_stored(&schema, json!({"userName": name})).unwrap();
        let matches = |source: &str| {
            Matcher::new(&Filter::parse(source, Mode::Compat).unwrap(), &schema, Mode::Compat).unwrap().matches(&user)
        };
        prop_assert_ne!(matches(&source), matches(&format!("not ({source})")));
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-zA-Z ]{0,8}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        Just("value".to_owned()),
        Just("type".to_owned()),
        Just("primary".to_owned()),
        Just("emails".to_owned()),
        Just("name.givenName".to_owned()),
        Just("password".to_owned()),
        Just("schemas".to_owned()),
        "[a-zA-Z.\\[]{1,6}",
    ];
    leaf.prop_recursive(3, 16, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(key.clone(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
