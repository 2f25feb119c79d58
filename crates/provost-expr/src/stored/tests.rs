use std::collections::BTreeMap;

use proptest::prelude::*;
use provost_model::Timestamp;
use serde_json::{Value as Json, json};

use super::{MappingSource, StoredFormError, test_expression};
use crate::{Context, Dialect, NoEntropy, Registry, Value};

fn registry() -> Registry {
    Registry::new(Dialect::Entra)
}

fn stored(source: &str) -> MappingSource {
    let registry = registry();
    MappingSource::new(&registry.parse(source).unwrap(), &registry).unwrap()
}

fn read(json: Json) -> Result<String, StoredFormError> {
    let stored: MappingSource = serde_json::from_value(json).unwrap();
    stored.to_expression(&registry()).map(|expression| expression.to_string())
}

/// The stored form without the texts of what it is made of.
fn without_texts(mut json: Json) -> Json {
    if let Some(object) = json.as_object_mut() {
        // A word without quotation marks is one by its text alone.
        if object["type"] != "Constant" {
            object.remove("expression");
        }
        for parameter in object["parameters"].as_array_mut().unwrap() {
            parameter["value"] = without_texts(parameter["value"].take());
        }
    }
    json
}

/// The example of parseExpression.
#[test]
fn the_form_is_that_of_graph() {
    let form = json!({
        "expression": r#"Replace([preferredLanguage], "-", , , "_", , )"#,
        "name": "Replace",
        "parameters": [
            { "key": "source", "value": {
                "expression": "[preferredLanguage]", "name": "preferredLanguage", "parameters": [], "type": "Attribute",
            } },
            { "key": "Find", "value": { "expression": "\"-\"", "name": "-", "parameters": [], "type": "Constant" } },
            { "key": "Replacement", "value": { "expression": "\"_\"", "name": "_", "parameters": [], "type": "Constant" } },
        ],
        "type": "Function",
    });
    let text = r#"Replace([preferredLanguage], "-", , , "_", , )"#;
    assert_eq!(serde_json::to_value(stored(text)).unwrap(), form);
    assert_eq!(read(form).as_deref(), Ok(text));
}

#[test]
fn members_of_graph_that_mean_nothing_here_are_read() {
    let direct = json!({ "@odata.type": "#microsoft.graph.attributeMappingSource", "type": "Attribute", "name": "mail",
                         "expression": "[mail]", "parameters": null });
    assert_eq!(read(direct).as_deref(), Ok("[mail]"));
    let constant = json!({ "type": "Constant", "name": "a \"b\" \\", "expression": null });
    assert_eq!(read(constant).as_deref(), Ok(r#""a \"b\" \\""#));
    let text_alone = json!({ "type": "Function", "name": "ToLower", "expression": "ToLower([mail], )" });
    assert_eq!(read(text_alone).as_deref(), Ok("ToLower([mail], )"));
}

#[test]
fn keys_without_a_text_find_their_places() {
    let attribute = |name: &str| json!({ "type": "Attribute", "name": name });
    let constant = |text: &str| json!({ "type": "Constant", "name": text });
    let call = |name: &str, parameters: &[(&str, Json)]| {
        let parameters: Vec<_> = parameters.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
        json!({ "type": "Function", "name": name, "parameters": parameters })
    };
    let replace =
        call("Replace", &[("Source", attribute("a")), ("find", constant("x")), ("replacementValue", constant("y"))]);
    assert_eq!(read(replace).as_deref(), Ok(r#"Replace([a], "x", , , "y")"#));
    let switch = call(
        "Switch",
        &[
            ("source", attribute("a")),
            ("key", constant("1")),
            ("value", constant("x")),
            ("key", constant("2")),
            ("value", constant("y")),
        ],
    );
    assert_eq!(read(switch).as_deref(), Ok(r#"Switch([a], , "1", "x", "2", "y")"#));
    let join = call("Join", &[("separator", constant("")), ("source", attribute("a")), ("source", attribute("b"))]);
    assert_eq!(read(join).as_deref(), Ok(r#"Join("", [a], [b])"#));
    let condition = call("=", &[("left", attribute("a")), ("right", constant("b"))]);
    let iif =
        call("IIF", &[("condition", condition), ("valueIfTrue", constant("c")), ("valueIfFalse", attribute("d"))]);
    assert_eq!(read(iif).as_deref(), Ok(r#"IIF([a] = "b", "c", [d])"#));
}

#[test]
fn what_is_no_expression_is_refused() {
    let refused = |json: Json| {
        let error = read(json).unwrap_err();
        (error.code(), error.to_string())
    };
    let mail = json!({ "type": "Attribute", "name": "mail" });
    let parameters = |key: &str| json!([{ "key": key, "value": mail.clone() }]);
    for (json, code, message) in [
        (json!({ "type": "Function", "name": "Foo" }), "unknown-function", "there is no function `Foo`"),
        (
            json!({ "type": "Function", "name": "Trim", "parameters": parameters("text") }),
            "stored-key",
            "`Trim` has no place for the parameter `text`; its signature is `Trim(source)`",
        ),
        (
            json!({ "type": "Function", "name": "Trim", "expression": "Trim([other])", "parameters": parameters("source") }),
            "stored-contradiction",
            "the text of `mail` and its parameters say different things",
        ),
        (
            json!({ "type": "Function", "name": "Append", "expression": "Append([mail], \"x\")",
                    "parameters": [parameters("suffix")[0], { "key": "source", "value": { "type": "Constant", "name": "x" } }] }),
            "stored-contradiction",
            "the text of `Append` and its parameters say different things",
        ),
        (json!({ "type": "Attribute", "name": "a], [b" }), "expected", "the text of the source is no expression"),
        (
            json!({ "type": "Function", "name": "Trim", "expression": "Trim([mail]" }),
            "expected",
            "the text of the source is no expression",
        ),
    ] {
        assert_eq!(refused(json), (code, message.to_owned()));
    }
}

#[test]
fn a_key_that_is_not_known_goes_by_the_text() {
    let form = json!({ "type": "Function", "name": "Trim", "expression": "Trim([mail])",
                       "parameters": [{ "key": "value to trim", "value": { "type": "Attribute", "name": "mail" } }] });
    assert_eq!(read(form).as_deref(), Ok("Trim([mail])"));
}

#[test]
fn a_form_that_is_too_deep_is_refused() {
    let mut form: MappingSource = serde_json::from_value(json!({ "type": "Attribute", "name": "a" })).unwrap();
    for _ in 0..70 {
        let mut outer: MappingSource = serde_json::from_value(json!({ "type": "Function", "name": "Trim" })).unwrap();
        outer.parameters.push(super::SourceParameter { key: "source".to_owned(), value: form });
        form = outer;
    }
    assert_eq!(form.to_expression(&registry()).unwrap_err().code(), "too-deep");
}

#[test]
fn what_only_connect_has_is_not_stored() {
    let connect = Registry::new(Dialect::Connect);
    for (source, start) in [("Trim(1 + 2)", 5), ("With($n, 1, $n)", 5), ("Trim(%Domain.FQDN%)", 5)] {
        let error = MappingSource::new(&connect.parse(source).unwrap(), &connect).unwrap_err();
        assert!(matches!(&error, StoredFormError::Dialect { span } if span.start() == start), "{source}: {error:?}");
        assert_eq!(error.code(), "stored-dialect");
    }
}

#[test]
fn trying_an_expression_tells_all_that_graph_tells() {
    let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
    let user = BTreeMap::from([("a".to_owned(), Value::text("x"))]);
    let tried = |source: &str| {
        let tested = test_expression(source, Some(&user), &registry(), &context);
        let json = serde_json::to_value(&tested).unwrap();
        (
            json["parsingSucceeded"].as_bool().unwrap(),
            json["evaluationSucceeded"].as_bool().unwrap(),
            json["evaluationResult"].clone(),
            json["error"]["code"].as_str().map(str::to_owned),
            json["parsedExpression"]["expression"].as_str().map(str::to_owned),
        )
    };
    assert_eq!(tried("Append([a],1)"), (true, true, json!(["x1"]), None, Some("Append([a], \"1\")".to_owned())));
    assert_eq!(tried("IgnoreFlowIfNullOrEmpty([b])").2, json!([]));
    assert_eq!(tried("Redact([a])").2, json!(["[Redact]"]));
    assert_eq!(
        tried("Item([a], 2)"),
        (true, false, json!([]), Some("out-of-range".to_owned()), Some("Item([a], \"2\")".to_owned()))
    );
    assert_eq!(tried("Append([a]"), (false, false, json!([]), Some("expected".to_owned()), None));
    assert_eq!(tried("Apend([a], 1)"), (false, false, json!([]), Some("unknown-function".to_owned()), None));
    let unevaluated = test_expression("Trim([a])", None::<&BTreeMap<String, Value<'_>>>, &registry(), &context);
    assert!(unevaluated.parsing_succeeded && !unevaluated.evaluation_succeeded && unevaluated.error.is_none());
}

#[test]
fn every_expression_of_the_vectors_is_the_same_after_storing_it() {
    let file: Json = serde_json::from_str(include_str!("../../tests/data/expression-vectors.json")).unwrap();
    let mut count = 0;
    for vector in file["vectors"].as_array().unwrap().iter().filter(|vector| vector["dialect"] == "entra") {
        let Ok(expression) = registry().parse(vector["expression"].as_str().unwrap()) else { continue };
        let Ok(stored) = MappingSource::new(&expression, &registry()) else { continue };
        assert_eq!(stored.to_expression(&registry()).as_ref(), Ok(&expression), "{}", vector["id"]);
        count += 1;
    }
    assert!(count > 270, "{count}");
}

fn leaf() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("[mail]".to_owned()),
        Just("[emails[type eq \"work\"].value]".to_owned()),
        Just("42".to_owned()),
        r#"[a-z ,()\[\]=%-]{0,8}"#.prop_map(|text| format!("\"{text}\"")),
        Just(r#""a \"b\" \\ \\\\""#.to_owned()),
    ]
}

fn expression() -> impl Strategy<Value = String> {
    leaf().prop_recursive(5, 40, 4, |inner| {
        let i = inner;
        prop_oneof![
            i.clone().prop_map(|a| format!("ToLower({a}, )")),
            i.clone().prop_map(|a| format!("ToLower({a})")),
            (i.clone(), i.clone(), i.clone()).prop_map(|(a, b, c)| format!("Join({a}, {b}, {c})")),
            (i.clone(), i.clone(), i.clone())
                .prop_map(|(a, b, c)| format!("IIF({a} <> {b}, {c}, IgnoreAttributeFlow)")),
            (i.clone(), i.clone(), i.clone()).prop_map(|(a, b, c)| format!("Switch({a}, , {b}, {c})")),
            (i.clone(), i.clone(), i.clone()).prop_map(|(a, b, c)| format!("Switch({a}, {b}, \"k\", {b}, \"l\", {c})")),
            (i.clone(), i.clone()).prop_map(|(a, b)| format!("Replace({a}, , {b}, , \"\", , )")),
            (i.clone(), i.clone()).prop_map(|(a, b)| format!("FormatDateTime({a}, {b}, \"M\")")),
            (i.clone(), i.clone()).prop_map(|(a, b)| format!("FormatDateTime({a}, , {b}, \"M\")")),
            (i.clone(), i.clone()).prop_map(|(a, b)| format!("InStr({a}, {b}, 1, vbTextCompare)")),
            (i.clone(), i.clone()).prop_map(|(a, b)| format!("InStr({a}, {b}, , \"vbTextCompare\")")),
            (i.clone(), i).prop_map(|(a, b)| format!("Coalesce({a}, , {b}, )")),
        ]
    })
}

proptest! {
    #[test]
    fn an_expression_is_the_same_after_storing_it(source in expression()) {
        let expression = registry().parse(&source).unwrap();
        let json = serde_json::to_string(&MappingSource::new(&expression, &registry()).unwrap()).unwrap();
        let read: MappingSource = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(read.to_expression(&registry()).unwrap(), expression);
    }

    /// Without its text it has the same arguments; only those that are left out at the end may be missing.
    #[test]
    fn the_parameters_alone_say_the_same(source in expression()) {
        let form = stored(&source);
        let json = without_texts(serde_json::to_value(&form).unwrap());
        let read: MappingSource = serde_json::from_value(json.clone()).unwrap();
        let again = stored(&read.to_expression(&registry()).unwrap().to_string());
        prop_assert_eq!(without_texts(serde_json::to_value(&again).unwrap()), json);
    }
}

#[test]
fn no_error_repeats_a_constant() {
    let secret = "Hunter2!";
    for form in [
        json!({ "type": "Constant", "name": secret, "expression": "\"other\"" }),
        json!({ "type": "Constant", "name": secret, "expression": "\"Hunter2!" }),
        json!({ "type": "Function", "name": "Trim", "expression": "Trim(\"Hunter2!\"" }),
    ] {
        let stored: MappingSource = serde_json::from_value(form).unwrap();
        let error = stored.to_expression(&Registry::new(Dialect::Entra)).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("Hunter2"), "{shown}");
    }
}
