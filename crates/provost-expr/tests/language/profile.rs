//! What is switched on for those who need the very behaviour of the documented product.

use std::collections::BTreeMap;

use provost_expr::{
    Complex, Context, Diagnostic, Dialect, Layout, NoEntropy, Output, OutputBuffer, Profile, Registry, Rendering,
    Value, parse,
};
use provost_model::Timestamp;

fn user() -> BTreeMap<String, Value<'static>> {
    let role = |id: &str| Complex::new().with("id", id).with("value", "admin").with("displayName", "Administrator");
    BTreeMap::from([
        ("country".to_owned(), Value::text("DE")),
        ("empty".to_owned(), Value::text("")),
        ("appRoleAssignments".to_owned(), Value::Complex(vec![role("1"), role("2")].into())),
    ])
}

fn run<T>(profile: Profile, source: &str, ids: bool, read: impl FnOnce(&Output<'_>) -> T) -> Result<T, String> {
    let registry = Registry::new(Dialect::Entra).with_profile(profile);
    let mut layout = Layout::new();
    let program = registry.compile(&registry.parse(source).unwrap(), &mut layout).unwrap();
    let user = user();
    let record = layout.record(&user);
    let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
    let context = if ids { context.with_role_ids() } else { context };
    let output = program.evaluate(&record, &context);
    let mut buffer = OutputBuffer::new();
    let into = program.evaluate_into(&record, &context, &mut buffer).map(|_| ()).map_err(|error| error.code());
    assert_eq!(into, output.as_ref().map(|_| ()).map_err(|error| error.code()), "{source}");
    output.map(|output| read(&output)).map_err(|error| format!("{} at {}", error.code(), error.span()))
}

fn text(profile: Profile, source: &str) -> Result<String, String> {
    run(profile, source, false, |output| match output.rendering() {
        Rendering::Text(text) => text.into_owned(),
        other => panic!("{other:?}"),
    })
}

#[test]
fn conditions_that_the_reference_calls_unsupported_fail_under_the_documented_profile() {
    for (source, logical, documented) in [
        ("IIF([country] = \"DE\", \"a\", \"b\")", "a", Ok("a")),
        ("IIF([none] = \"DE\", \"a\", \"b\")", "b", Err("unsupported-condition at 4..10")),
        ("IIF(\"DE\" <> [empty], \"a\", \"b\")", "a", Err("unsupported-condition at 12..19")),
        ("IIF([none], \"a\", \"b\")", "b", Err("unsupported-condition at 4..10")),
        ("IIF([country] = \"\", \"a\", \"b\")", "b", Err("unsupported-condition at 4..18")),
        ("IIF(IsPresent([country]), \"a\", \"b\")", "a", Err("unsupported-condition at 4..24")),
        ("IIF(IsNullOrEmpty([country]), \"a\", \"b\")", "b", Err("unsupported-condition at 4..28")),
        ("IIF(IsNull([none]), \"a\", \"b\")", "a", Ok("a")),
        ("IIF(Left([none], 1) = \"D\", \"a\", \"b\")", "b", Ok("b")),
        // Neither a branch that is not taken nor another function is the condition of an `IIF`.
        ("IIF([country] = \"DE\", \"a\", IIF(IsPresent([none]), \"b\", \"c\"))", "a", Ok("a")),
        ("Switch(IsPresent([none]), \"a\", \"False\", \"b\")", "b", Ok("b")),
        ("Switch([none], \"a\", \"\", \"b\")", "b", Ok("b")),
    ] {
        assert_eq!(text(Profile::Standard, source).as_deref(), Ok(logical), "{source}");
        assert_eq!(text(Profile::Documented, source).as_deref().map_err(String::as_str), documented, "{source}");
    }
}

#[test]
fn the_check_says_what_the_profile_does_with_such_a_condition() {
    let expression = parse("IIF(IsPresent([a]), \"b\", \"c\")").unwrap();
    let said = |profile| {
        let found = Registry::new(Dialect::Entra).with_profile(profile).check(&expression);
        found.iter().map(Diagnostic::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        said(Profile::Standard),
        ["the reference calls this condition unsupported; the product may take the other branch"]
    );
    assert_eq!(said(Profile::Documented), ["the reference calls this condition unsupported, so evaluating it fails"]);
}

#[test]
fn the_documented_profile_has_the_documented_length() {
    let long = format!("Trim(\"{}\")", "a".repeat(10_000));
    let parsed = |profile| Registry::new(Dialect::Entra).with_profile(profile).parse(&long).map(|_| ());
    assert_eq!(parsed(Profile::Standard), Ok(()));
    assert_eq!(parsed(Profile::Documented).unwrap_err().code(), "expression-too-long");
}

/// Neither a mark nor a guard takes anything of a role away.
#[test]
fn roles_keep_their_members_through_redact_and_ignore_flow() {
    for source in [
        "Redact(AppRoleAssignmentsComplex([appRoleAssignments]))",
        "IgnoreFlowIfNullOrEmpty(AppRoleAssignmentsComplex([appRoleAssignments]))",
        "IIF([country] = \"DE\", AppRoleAssignmentsComplex([appRoleAssignments]), [none])",
    ] {
        let display = run(Profile::Standard, source, false, |output| match output.rendering() {
            Rendering::Complex(roles) => roles.first().and_then(|role| role.get("display")).map(ToString::to_string),
            other => panic!("{other:?}"),
        });
        assert_eq!(display, Ok(Some("Administrator".to_owned())), "{source}");
    }
}

#[test]
fn roles_have_an_id_where_it_is_asked_for() {
    let ids = |asked| {
        run(Profile::Standard, "AppRoleAssignmentsComplex([appRoleAssignments])", asked, |output| {
            match output.rendering() {
                Rendering::Complex(roles) => roles.iter().map(|role| role.get("id").map(ToString::to_string)).collect(),
                other => panic!("{other:?}"),
            }
        })
    };
    assert_eq!(ids(false), Ok(vec![None, None]));
    assert_eq!(ids(true), Ok(vec![Some("1".to_owned()), Some("2".to_owned())]));
}
