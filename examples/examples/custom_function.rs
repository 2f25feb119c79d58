//! Adds a function of its own to the expression language: a mapping calls it, the checker knows its signature, and a mistake
//! in a call is explained as for any other function.
//!
//! ```sh
//! cargo run -p provost-examples --example custom_function
//! ```
#![allow(clippy::print_stdout, reason = "an example prints what it shows")]

use std::error::Error;

use provost_examples::system::SystemEntropy;
use provost_expr::{Dialect, EvaluateError, Function, Invocation, Parameter, ParameterKind, Registry, Value, parse};
use provost_mapping::{EvaluateContext, FlowDefinition, Mapping, MappingDefinition, Phase};
use provost_model::{Attributes, Timestamp};
use provost_text::Snippet;

/// What the checker and the documentation know of the function.
static INITIALS: Function = Function::own(
    "Initials",
    &[Parameter::required("source", ParameterKind::Text), Parameter::optional("separator", ParameterKind::Text)],
    initials,
    "Takes the first letter of each word.",
)
.per_element();

fn initials<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let source = call.value(0)?;
    let separator = call.text(1)?.unwrap_or_default();
    call.each(source, |call, text| {
        let letters: Vec<_> =
            text.split_whitespace().filter_map(|word| word.get(..word.chars().next()?.len_utf8())).collect();
        let built = letters.join(&separator);
        // What an evaluation may build is limited; each function takes its share.
        call.charge(built.len())?;
        Ok(built.into())
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let registry = Registry::new(Dialect::Entra).with(&INITIALS)?;
    for function in registry.functions().filter(|function| function.name().starts_with("In")) {
        println!("{}: {}", function.signature(), function.summary());
    }

    let definition = MappingDefinition::new(vec![
        FlowDefinition::expression("initials", r#"ToLower(Initials([displayName], "."))"#),
        FlowDefinition::direct("cn", "displayName"),
    ]);
    let mapping = Mapping::compile_with(&definition, &registry)?;
    let mut user = Attributes::new();
    user.set("displayName", [provost_model::Value::from("Barbara Jane Simon")]);
    let context = EvaluateContext::new(Timestamp::UNIX_EPOCH, &SystemEntropy);
    let desired = mapping.evaluate(&user, Phase::Create, &context)?;
    println!("{:?}", desired.attributes.text("initials"));

    for wrong in ["Initial([displayName])", "Initials()", "Left([displayName], Initials([mail]) = \"b\")"] {
        for found in registry.check(&parse(wrong)?) {
            println!("{}", Snippet::new(wrong, found.span(), found.message()));
            println!("help: {}", found.help().unwrap_or_default());
        }
    }
    Ok(())
}
