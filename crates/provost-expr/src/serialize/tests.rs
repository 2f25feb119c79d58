use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use provost_model::Timestamp;
use serde::Serialize;
use serde::de::DeserializeSeed as _;

use crate::{
    Complex, Context, Dialect, Expression, Layout, Limits, NoEntropy, Profile, Program, Value, check, parse, parse_as,
};

fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn value(text: &str) -> Result<Value<'static>, serde_json::Error> {
    serde_json::from_str(text)
}

/// What evaluating gives as JSON, and the trace.
fn evaluated(source: &str, user: &str) -> (String, String) {
    let user: BTreeMap<String, Value<'_>> = serde_json::from_str(user).unwrap();
    let mut layout = Layout::new();
    let program = Program::compile(&parse(source).unwrap(), &mut layout, Dialect::Entra).unwrap();
    let record = layout.record(&user);
    let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
    let (result, trace) = program.explain(&record, &context);
    let result = match result {
        Ok(output) => written(&output),
        Err(error) => written(&error),
    };
    (result, written(&trace))
}

#[test]
fn an_expression_is_its_text() {
    let expression = parse("Mid( [mail],1,\"8\")").unwrap();
    let text = written(&expression);
    assert_eq!(text, r#""Mid([mail], \"1\", \"8\")""#);
    assert_eq!(serde_json::from_str::<Expression>(&text).unwrap(), expression);
    let error = serde_json::from_str::<Expression>(r#""Mid([mail]""#).unwrap_err();
    assert!(error.to_string().starts_with("expected `)` or `,` at byte 10"), "{error}");
}

#[test]
fn a_dialect_is_the_seed_of_its_expressions() {
    let expression = parse_as("1 + (2 * [n]) & \"\\\"", Dialect::Connect, &Limits::default()).unwrap();
    let text = written(&expression);
    let read = |dialect: Dialect| dialect.deserialize(&mut serde_json::Deserializer::from_str(&text));
    assert_eq!(read(Dialect::Connect).unwrap(), expression);
    assert!(read(Dialect::Entra).is_err());
}

#[test]
fn dialects_and_profiles_are_their_names() {
    assert_eq!(written(&[Dialect::Entra, Dialect::Connect]), r#"["entra","connect"]"#);
    assert_eq!(serde_json::from_str::<Dialect>("\"connect\"").unwrap(), Dialect::Connect);
    assert!(serde_json::from_str::<Dialect>("\"Entra\"").is_err());
    assert_eq!(written(&[Profile::Documented, Profile::Standard]), r#"["documented","standard"]"#);
    assert_eq!(serde_json::from_str::<Profile>("\"documented\"").unwrap(), Profile::Documented);
}

#[test]
fn what_a_source_holds_reads_back() {
    for text in ["null", "true", "-7", r#""a""#, r#"["a","b"]"#, r#"[{"value":"a","primary":false}]"#] {
        assert_eq!(written(&value(text).unwrap()), text);
    }
    assert_eq!(value("[]").unwrap(), Value::Null);
    assert_eq!(value(r#"[1, true, "x"]"#).unwrap(), Value::list(vec!["1".into(), "True".into(), "x".into()]));
}

#[test]
fn what_no_attribute_holds_is_refused() {
    let refused = |text: &str, expected: &Expect| expected.assert_eq(&value(text).unwrap_err().to_string());
    refused(
        "1.5",
        &expect![[
            "invalid type: floating point `1.5`, expected null, a Boolean, a whole number of 64 bits, a text, or an array of such scalars or of objects at line 1 column 3"
        ]],
    );
    for text in
        ["9223372036854775808", r#"{"$flow":"ignore"}"#, r#"["a",null]"#, r#"[["a"]]"#, r#"["a",{}]"#, r#"[{"a":1}]"#]
    {
        assert!(value(text).is_err(), "{text}");
    }
}

#[test]
fn an_output_is_what_leaves_the_language() {
    for (source, expected) in [
        ("IsNull([a])", r#""False""#),
        ("Count([l])", r#""2""#),
        ("CDate(\"2020-03-16\")", r#""3/16/2020 12:00:00 AM""#),
        ("Split(\"x\", \",\")", r#"["x"]"#),
        ("Coalesce([missing])", "null"),
        ("IgnoreFlowIfNullOrEmpty([missing])", r#"{"$flow":"ignore"}"#),
    ] {
        assert_eq!(evaluated(source, r#"{"a": "x", "l": ["x", "y"]}"#).0, expected, "{source}");
    }
}

#[test]
fn a_redacted_value_is_in_no_document() {
    for source in ["Redact([a])", "Append(Redact([a]), [a])", "Error(Redact([a]))", "Item(Redact([a]), 2)"] {
        let (result, trace) = evaluated(source, r#"{"a": "hunter2"}"#);
        assert!(!result.contains("hunter2") && !trace.contains("hunter2"), "{result} {trace}");
        assert!(result == r#""[Redact]""# || result.contains("\"code\""), "{result}");
    }
}

#[test]
fn findings_have_members() {
    let found = check(&parse("Joim(\"\", [mail])").unwrap(), Dialect::Entra);
    expect![[
        r#"[{"code":"unknown-function","severity":"error","span":{"start":0,"end":4},"help":"did you mean `Join`?","message":"there is no function `Joim`"}]"#
    ]]
    .assert_eq(&written(&found));
    expect![[r#"{"code":"expected","span":{"start":10,"end":10},"help":"a comma stands between two arguments, and each `(` needs a `)`","message":"expected `)` or `,`"}"#]]
        .assert_eq(&written(&parse("Mid([mail]").unwrap_err()));
}

#[test]
fn a_trace_keeps_what_the_language_tells_apart() {
    let (_, trace) = evaluated("IIF([n] = 1, Left([t], \"x\"), \"\")", r#"{"n": 1, "t": "abc"}"#);
    expect![[r#"{"steps":[{"depth":0,"span":{"start":0,"end":32},"result":{"failed":"not-a-number"}},{"depth":1,"span":{"start":4,"end":11},"result":{"gave":true}},{"depth":2,"span":{"start":4,"end":7},"result":{"gave":1}},{"depth":2,"span":{"start":10,"end":11},"result":{"gave":"1"}},{"depth":1,"span":{"start":13,"end":27},"result":{"failed":"not-a-number"}},{"depth":2,"span":{"start":18,"end":21},"result":{"gave":"abc"}},{"depth":2,"span":{"start":23,"end":26},"result":{"gave":"x"}}],"cut":false}"#]]
        .assert_eq(&trace);
}

#[test]
fn an_object_has_a_bounded_number_of_members() {
    let object = |count: usize| {
        let members: Vec<String> = (0..count).map(|number| format!("\"{number}\":true,\"{number}\":false")).collect();
        serde_json::from_str::<Complex>(&format!("{{{}}}", members.join(",")))
    };
    assert_eq!(object(Complex::MOST_MEMBERS).unwrap().members().count(), 64);
    let error = object(Complex::MOST_MEMBERS + 1).unwrap_err();
    assert!(error.to_string().starts_with("an object has more than 64 members"), "{error}");
}
