//! What a definition may say, and what is refused.

use expect_test::{Expect, expect};
use proptest::prelude::*;
use provost_expr::{Dialect, Profile, Registry};
use provost_mapping::{FlowDefinition, Mapping, MappingDefinition};
use provost_text::Snippet;

use crate::common::SEED;

/// The error of reading or compiling a definition in TOML, with the drawing of an expression.
fn check(definition: &str, expected: &Expect) {
    let message = match toml::from_str::<MappingDefinition>(definition) {
        Err(error) => error.message().to_owned(),
        Ok(definition) => {
            let error = Mapping::compile(&definition).unwrap_err();
            assert!(error.flow().unwrap() < definition.flows.len());
            let drawn = error
                .diagnostic()
                .zip(error.expression())
                .map(|(found, expression)| format!("\n{}", Snippet::new(expression, found.span(), found.message())));
            format!("{}: {error}{}", error.code(), drawn.unwrap_or_default())
        }
    };
    expected.assert_eq(&message);
}

#[test]
fn keys_are_known_and_say_one_origin() {
    check(
        "nmae = 'x'",
        &expect![
            "unknown field `nmae`, expected one of `name`, `source`, `connector`, `object_type`, `dialect`, `profile`, `role_ids`, `flow`"
        ],
    );
    check(
        "[[flow]]\ntarget = 'a'\nsource = 'b'\nsauce = 'c'",
        &expect![
            "unknown field `sauce`, expected one of `target`, `source`, `constant`, `expression`, `apply`, `default`, `matching`"
        ],
    );
    check(
        "[[flow]]\ntarget = 'a'",
        &expect!["the flow to `a` needs exactly one of `source`, `constant` and `expression`"],
    );
    check(
        "[[flow]]\ntarget = 'a'\nsource = 'b'\nconstant = 'c'",
        &expect!["the flow to `a` needs exactly one of `source`, `constant` and `expression`"],
    );
    check(
        "[[flow]]\ntarget = 'a'\nsource = 'b'\napply = 'never'",
        &expect!["unknown variant `never`, expected `always` or `creation`"],
    );
    check(
        "[[flow]]\ntarget = 'a'\nsource = 'b'\nmatching = 0",
        &expect!["invalid value: integer `0`, expected a nonzero u32"],
    );
    check("dialect = 'french'", &expect!["expected `entra` or `connect`"]);
}

#[test]
fn an_expression_is_refused_with_its_place() {
    check(
        "[[flow]]\ntarget = 'uid'\nexpression = 'Join(\"\", [mail]'",
        &expect![[r#"
            expected: the expression of the flow to `uid` cannot be used
            expected `)` or `,` at byte 15
            Join("", [mail]
                           ^"#]],
    );
    check(
        "[[flow]]\ntarget = 'uid'\nexpression = 'Jion(\"\", [mail])'",
        &expect![[r#"
            unknown-function: the expression of the flow to `uid` cannot be used
            there is no function `Jion` at byte 0
            Jion("", [mail])
            ^^^^"#]],
    );
    check(
        "dialect = 'connect'\n[[flow]]\ntarget = 'uid'\nexpression = 'LCase([mail]) & ToLower(\"A\")'",
        &expect![[r#"
            unknown-function: the expression of the flow to `uid` cannot be used
            there is no function `ToLower` at byte 16
            LCase([mail]) & ToLower("A")
                            ^^^^^^^"#]],
    );
}

#[test]
fn a_target_and_a_precedence_are_there_once() {
    check(
        "[[flow]]\ntarget = 'uid'\nsource = 'a'\n[[flow]]\ntarget = 'UID'\nsource = 'b'",
        &expect!["duplicate-target: two flows have the target `UID`"],
    );
    check(
        "[[flow]]\ntarget = 'userPassword'\nsource = 'a'\n[[flow]]\ntarget = 'export_password'\nsource = 'b'",
        &expect!["duplicate-target: two flows have the target `export_password`"],
    );
    check(
        "[[flow]]\ntarget = 'a'\nsource = 'a'\nmatching = 1\n[[flow]]\ntarget = 'b'\nsource = 'b'\nmatching = 1",
        &expect!["duplicate-precedence: the flow to `b` has the matching precedence 1 of another flow"],
    );
    check(
        "[[flow]]\ntarget = 'userPassword'\nsource = 'a'\nmatching = 1",
        &expect![
            "unmatchable: the flow to `userPassword` cannot take part in matching, since no object can be found by it"
        ],
    );
}

#[test]
fn a_definition_survives_toml_and_json() {
    let definition: MappingDefinition = toml::from_str(SEED).unwrap();
    let text = toml::to_string(&definition).unwrap();
    assert_eq!(toml::from_str::<MappingDefinition>(&text).unwrap(), definition);
    let text = serde_json::to_string(&definition).unwrap();
    assert_eq!(serde_json::from_str::<MappingDefinition>(&text).unwrap(), definition);
}

proptest! {
    #[test]
    fn no_expression_makes_compiling_panic(expression in "[A-Za-z(),\\[\\]\" 0-9=<>&]{0,60}") {
        let flow = FlowDefinition::expression("cn", expression);
        if let Err(error) = Mapping::compile(&MappingDefinition::new(vec![flow])) {
            let span = error.diagnostic().unwrap().span();
            prop_assert!(span.slice(error.expression().unwrap()).is_some());
        }
    }
}

#[test]
fn a_profile_and_role_ids_are_written_and_read() {
    let text =
        "profile = \"documented\"\nrole_ids = true\n\n[[flow]]\ntarget = \"uid\"\nsource = \"a\"\napply = \"always\"\n";
    let definition: MappingDefinition = toml::from_str(text).unwrap();
    assert_eq!((definition.profile, definition.role_ids), (Profile::Documented, true));
    assert_eq!(toml::to_string(&definition).unwrap(), text);
}

#[test]
fn the_profile_holds_for_the_expressions() {
    let long = format!("Trim(\"{}\")", "a".repeat(10_000));
    let mut definition = MappingDefinition::new(vec![FlowDefinition::expression("uid", long)]);
    assert!(Mapping::compile(&definition).is_ok());
    definition.profile = Profile::Documented;
    assert_eq!(Mapping::compile(&definition).unwrap_err().code(), "expression-too-long");
}

#[test]
fn functions_of_another_dialect_are_refused() {
    let definition = MappingDefinition::new(Vec::new());
    let error = Mapping::compile_with(&definition, &Registry::new(Dialect::Connect)).unwrap_err();
    assert_eq!(error.to_string(), "the mapping is in the dialect entra, and the functions are those of connect");
    assert_eq!((error.code(), error.flow(), error.target()), ("dialect", None, None));
}
