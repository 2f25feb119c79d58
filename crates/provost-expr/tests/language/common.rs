//! What the tests of the language share: users and results as JSON, and a generator that repeats itself.

use std::cell::Cell;
use std::collections::BTreeMap;

use provost_expr::{
    Complex, Context, Dialect, Entropy, Layout, Limits, Member, NoEntropy, Output, Program, Rendering, Value, parse_as,
};
use provost_model::Timestamp;
use provost_text::Span;
use serde_json::{Value as Json, json};

/// What came of an expression, in the form that the vectors are written in.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    Failed(Span, &'static str),
    Gave(Json),
}

pub(crate) fn attributes(json: &Json) -> BTreeMap<String, Value<'static>> {
    let scalar = |json: &Json| match json {
        Json::Bool(flag) => Value::Boolean(*flag),
        Json::Number(number) => Value::Integer(number.as_i64().unwrap()),
        Json::String(text) => Value::Text(text.clone().into()),
        other => panic!("no attribute value: {other}"),
    };
    let value = |json: &Json| match json {
        Json::Null => Value::Null,
        Json::Array(items) if items.iter().any(Json::is_object) => Value::Complex(items.iter().map(complex).collect()),
        Json::Array(items) => Value::list(items.iter().map(|item| scalar(item).into_text().unwrap()).collect()),
        other => scalar(other),
    };
    json.as_object().unwrap().iter().map(|(name, json)| (name.clone(), value(json))).collect()
}

fn complex(json: &Json) -> Complex {
    json.as_object().unwrap().iter().fold(Complex::new(), |complex, (name, value)| match value {
        Json::Bool(flag) => complex.with(name, *flag),
        Json::String(text) => complex.with(name, text.as_str()),
        other => panic!("no member value: {other}"),
    })
}

/// What an evaluation gave, as the vectors write it.
fn written(output: &Output<'_>) -> Json {
    let member = |(name, value): (&str, &Member)| match value {
        Member::Boolean(flag) => (name.to_owned(), json!(flag)),
        Member::Text(text) => (name.to_owned(), json!(text)),
    };
    match output.rendering() {
        Rendering::Complex(values) => {
            values.iter().map(|value| Json::Object(value.members().map(member).collect())).collect()
        }
        Rendering::Flow(flow) => json!({"$flow": flow.as_str()}),
        Rendering::List(items) => json!(items),
        Rendering::Null => Json::Null,
        Rendering::Text(text) => json!(text),
    }
}

/// Takes an expression through all stages.
pub(crate) fn run(source: &str, user: &Json, now: Timestamp, entropy: &dyn Entropy) -> Outcome {
    run_in(source, user, &Surroundings::default(), now, entropy)
}

/// What surrounds an evaluation beside the user.
#[derive(Default)]
pub(crate) struct Surroundings {
    pub(crate) dialect: Dialect,
    /// Values that the target has already.
    pub(crate) taken: Vec<String>,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) default_domain: Option<String>,
}

/// Takes an expression through all stages.
pub(crate) fn run_in(
    source: &str,
    user: &Json,
    surroundings: &Surroundings,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Outcome {
    let Surroundings { dialect, taken, parameters, default_domain } = surroundings;
    let expression = match parse_as(source, *dialect, &Limits::default()) {
        Ok(expression) => expression,
        Err(error) => return Outcome::Failed(error.span(), error.code()),
    };
    let mut layout = Layout::new();
    let program = match Program::compile(&expression, &mut layout, *dialect) {
        Ok(program) => program,
        Err(diagnostic) => return Outcome::Failed(diagnostic.span(), diagnostic.code()),
    };
    let user = attributes(user);
    let record = layout.record(&user);
    let uniqueness = |value: &str| Ok(taken.iter().any(|taken| taken.eq_ignore_ascii_case(value)));
    let context = Context::new(now, entropy).with_uniqueness(&uniqueness).with_parameters(parameters);
    let context = default_domain.iter().fold(context, |context, domain| context.with_default_domain(domain));
    match program.evaluate(&record, &context) {
        Ok(output) => Outcome::Gave(written(&output)),
        Err(error) => Outcome::Failed(error.span(), error.code()),
    }
}

/// A generator for tests: a counter, stirred.
pub(crate) fn stirred(seed: u64) -> impl Fn(&mut [u8]) -> Result<(), NoEntropy> {
    let state = Cell::new(seed);
    move |octets| {
        for octet in octets {
            state.set(state.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
            *octet = (state.get() >> 56) as u8;
        }
        Ok(())
    }
}
