//! What holds for every text and for every expression.

use proptest::prelude::*;
use provost_expr::{
    Context, Dialect, EvaluateErrorKind, Function, Layout, NoEntropy, Parameter, ParameterKind, Presence, Program,
    StepResult, Value, check, parse, parse_with,
};
use provost_model::Timestamp;
use provost_text::Limits;
use serde_json::{Value as Json, json};

use crate::common::{Outcome, attributes, run, stirred};

/// Text that looks like an expression often enough to get far.
fn garbled() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        prop::sample::select(vec![
            "Join(",
            "Word(",
            "IIF(",
            "Foo (",
            "(",
            ")",
            ",",
            "[",
            "]",
            "[a]",
            "\"",
            "\\",
            "\\\"",
            "\"x\"",
            "1",
            "-",
            "&H",
            "&HfF",
            "=",
            "<>",
            ">=",
            "<",
            "vbTextCompare",
            "IgnoreObjectFlow",
            "True",
            " ",
            "\n",
            "\u{201c}",
            "é",
            "\0",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,3}",
    ];
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

/// An operand with some white space around it.
fn leaf() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec!["[a]", "[ l ]", "[n]", "[missing]", "[b[c eq \"]\"].d]"]).prop_map(str::to_owned),
        "-?[0-9]{1,4}(\\.[0-9]{1,2})?",
        "&H[0-9a-fA-F]{1,16}",
        "[a-zA-Zäß@,;. ]{0,8}".prop_map(|text| format!("\"{text}\"")),
        prop::sample::select(vec!["\"\\\\\"", "\"\\\"\"", "\"\\d\"", "vbTextCompare", "IgnoreAttributeFlow"])
            .prop_map(str::to_owned),
    ]
}

/// A well-formed expression whose calls have a right number of arguments most of the time.
fn expression() -> impl Strategy<Value = String> {
    leaf().prop_recursive(4, 40, 7, |inner| {
        let argument = prop_oneof![
            8 => inner.clone(),
            1 => (inner.clone(), prop::sample::select(vec!["=", "<>", " < ", ">="]), inner.clone())
                .prop_map(|(left, operator, right)| format!("{left}{operator}{right}")),
            1 => Just(" ".to_owned()),
        ];
        let functions: Vec<&'static Function> = Function::all(Dialect::Entra).to_vec();
        (prop::sample::select(functions), prop::collection::vec(argument, 8), 0usize..3).prop_map(
            |(function, mut arguments, more)| {
                arguments.truncate(function.parameters().len() + more * usize::from(function.parameters().len() > 1));
                format!("{} ( {})", function.name(), arguments.join(", "))
            },
        )
    })
}

fn user() -> Json {
    json!({"a": "Ä b@c", "l": ["x,y", "z", "x,y"], "n": 7})
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_text_makes_the_parser_panic(source in garbled()) {
        match parse(&source) {
            Ok(expression) => {
                let printed = expression.to_string();
                prop_assert_eq!(parse(&printed).unwrap(), expression);
            }
            Err(error) => prop_assert!(error.span().slice(&source).is_some(), "{:?}", error),
        }
    }

    #[test]
    fn printed_then_parsed_is_equal(source in expression()) {
        if let Ok(expression) = parse(&source) {
            let printed = expression.to_string();
            let again = parse(&printed).unwrap();
            prop_assert_eq!(again.to_string(), printed);
            prop_assert_eq!(again, expression);
        }
    }

    #[test]
    fn indented_text_is_the_same_expression(source in expression(), width in 0usize..60) {
        if let Ok(expression) = parse(&source) {
            let indented = expression.indented(width).to_string();
            prop_assert_eq!(parse(&indented).unwrap(), expression);
        }
    }

    #[test]
    fn an_explained_evaluation_gives_the_same(source in expression()) {
        let mut layout = Layout::new();
        let program = parse(&source).ok().and_then(|e| Program::compile(&e, &mut layout, Dialect::Entra).ok());
        if let Some(program) = program {
            let user = attributes(&user());
            let record = layout.record(&user);
            let (first, second) = (stirred(3), stirred(3));
            let plain = program.evaluate(&record, &Context::new(Timestamp::UNIX_EPOCH, &first));
            let (explained, trace) = program.explain(&record, &Context::new(Timestamp::UNIX_EPOCH, &second));
            prop_assert_eq!(&explained, &plain);
            let outermost = trace.steps().first().unwrap();
            match (outermost.result(), &plain) {
                (StepResult::Gave(value), Ok(output)) => prop_assert_eq!(value, output.value()),
                (StepResult::Failed(kind), Err(error)) => prop_assert_eq!(*kind, error.kind()),
                (StepResult::Redacted, Ok(_)) => prop_assert!(program.is_redacting()),
                (result, outcome) => prop_assert!(false, "{:?} {:?}", result, outcome),
            }
            prop_assert!(trace.steps().iter().all(|step| step.span().slice(&source).is_some()));
        }
    }

    #[test]
    fn spans_cover_what_was_read(source in expression()) {
        if let Ok(expression) = parse(&source) {
            for node in expression.nodes() {
                let text = node.span().slice(&source).unwrap();
                prop_assert_eq!(text.trim(), text);
                if parse(text).is_ok() {
                    prop_assert_eq!(&parse(text).unwrap(), node);
                }
            }
        }
    }

    #[test]
    fn formatted_text_evaluates_like_the_original(source in expression(), width in 0usize..60) {
        if let Ok(expression) = parse(&source) {
            let outcome = |source: &str| match run(source, &user(), Timestamp::UNIX_EPOCH, &stirred(3)) {
                Outcome::Gave(json) => Ok(json),
                Outcome::Failed(span, code) => {
                    assert!(span.slice(source).is_some(), "{source}");
                    Err(code)
                }
            };
            let given = outcome(&source);
            prop_assert_eq!(&outcome(&expression.to_string()), &given);
            prop_assert_eq!(&outcome(&expression.indented(width).to_string()), &given);
        }
    }

    #[test]
    fn findings_lie_inside_the_text(source in expression()) {
        if let Ok(expression) = parse(&source) {
            for found in check(&expression, Dialect::Entra) {
                prop_assert!(found.span().slice(&source).is_some());
            }
        }
    }
}

/// The texts of a long input that a careless parser would look at again and again, or follow down the stack.
fn long_inputs(length: usize) -> Vec<String> {
    let fill = |pattern: &str| pattern.repeat(length / pattern.len() + 1);
    vec![
        fill("F("),
        fill("("),
        fill("["),
        format!("[{}", fill("[\"")),
        format!("F([a[{}", fill("\"\\\"\"")),
        format!("\"{}", fill("\\")),
        format!("F({}", fill("\"\",")),
        format!("F({}", fill(",")),
        format!("F({}", fill("[a]=[b],")),
        fill(" "),
        format!("F({}", fill("1")),
        format!("F(&H{}", fill("F")),
        fill("a"),
        format!("F({}x", fill("G(),")),
    ]
}

#[test]
fn long_input_is_refused_within_the_limits() {
    for source in long_inputs(64 * 1024) {
        assert!(parse(&source).is_err());
    }
}

/// The parser counts its work in its own tests; here is what comes behind it.
#[test]
fn a_megabyte_passes_parser_printer_and_checker() {
    let limits = Limits::default().with_length(usize::MAX).with_items(usize::MAX);
    let many = format!("Join({}\"\")", "[a], ".repeat(200_000));
    let expression = parse_with(&many, &limits).unwrap();
    assert_eq!(expression.to_string(), many);
    assert!(check(&expression, Dialect::Entra).is_empty());
}

#[test]
fn the_deepest_expression_passes_all_stages() {
    let limits = Limits::default().with_depth(usize::MAX);
    let deep = format!("{}\" x \"{}", "Trim(".repeat(128), ")".repeat(128));
    let expression = parse_with(&deep, &limits).unwrap();
    let mut layout = Layout::new();
    let program = Program::compile(&expression, &mut layout, Dialect::Entra).unwrap();
    let user = attributes(&json!({}));
    let record = layout.record(&user);
    let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
    assert_eq!(program.evaluate(&record, &context).unwrap().value(), &Value::text("x"));
}

/// Functions that are lazy because the language says so.
const LAZY: [&str; 4] = ["Coalesce", "IIF", "SelectUniqueValue", "Switch"];

#[test]
fn every_argument_of_a_function_that_is_not_lazy_is_evaluated() {
    for function in Function::all(Dialect::Entra) {
        let takes_roles = |parameter: &Parameter| parameter.kind() == ParameterKind::AppRoleAssignments;
        if LAZY.contains(&function.name()) || function.parameters().iter().any(takes_roles) {
            continue;
        }
        for failing in 0..function.parameters().len() {
            let arguments: Vec<String> = (function.parameters().iter().enumerate())
                .map(|(position, parameter)| match (position == failing, function.name(), parameter.presence()) {
                    (true, ..) => "Error(\"here\")".to_owned(),
                    (_, "Replace", _) if ![0, 1, 4].contains(&position) => String::new(),
                    (_, _, Presence::Optional | Presence::Required) => "[missing]".to_owned(),
                })
                .collect();
            let source = format!("{}({})", function.name(), arguments.join(", "));
            if function.name() == "Replace" && ![0, 1, 4].contains(&failing) {
                continue;
            }
            let outcome = run(&source, &json!({}), Timestamp::UNIX_EPOCH, &stirred(1));
            assert!(
                matches!(outcome, Outcome::Failed(_, "raised")) || first_null_fails(&source, failing, &outcome),
                "{source}: {outcome:?}"
            );
        }
    }
}

/// Arguments are evaluated left to right, so a Null that is needed as a number fails before a later argument.
fn first_null_fails(source: &str, failing: usize, outcome: &Outcome) -> bool {
    let Outcome::Failed(span, "null") = outcome else { return false };
    failing > 0 && span.slice(source) == Some("[missing]") && span.end() < source.find("Error").unwrap()
}

#[test]
fn text_that_grows_without_end_is_refused() {
    let doubling = |levels: usize| {
        let mut source = "\"aa\"".to_owned();
        for _ in 0..levels {
            source = format!("Replace({source}, \"a\", , , \"aa\", , )");
        }
        source
    };
    for source in [doubling(60), format!("{}\"x\"{}", "ConvertToUTF8Hex(".repeat(60), ")".repeat(60))] {
        let outcome = run(&source, &json!({}), Timestamp::UNIX_EPOCH, &stirred(1));
        assert!(matches!(outcome, Outcome::Failed(_, "value-too-long")), "{outcome:?}");
    }
}

#[test]
fn no_randomness_and_bad_randomness_are_errors() {
    for (source, entropy) in [
        ("Guid()", &(|_: &mut [u8]| Err(NoEntropy)) as &dyn provost_expr::Entropy),
        ("RandomString(8, 1, 1, 1, 1)", &|_: &mut [u8]| Err(NoEntropy)),
        ("RandomString(8, 1, 1, 1, 1)", &|octets: &mut [u8]| {
            octets.fill(0xff);
            Ok(())
        }),
    ] {
        let outcome = run(source, &json!({}), Timestamp::UNIX_EPOCH, entropy);
        assert!(matches!(outcome, Outcome::Failed(_, "no-entropy")), "{source}: {outcome:?}");
    }
}

#[test]
fn a_redacted_result_is_not_shown() {
    let secret = "Zq8-initial";
    let user = attributes(&json!({ "a": secret }));
    let evaluate = |source: &str| {
        let mut layout = Layout::new();
        let program = Program::compile(&parse(source).unwrap(), &mut layout, Dialect::Entra).unwrap();
        assert!(program.is_redacting());
        let record = layout.record(&user);
        let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
        match program.evaluate(&record, &context) {
            Ok(output) => (output.is_redacted(), format!("{output:?}")),
            Err(error) => (error.kind() == EvaluateErrorKind::Raised, format!("{error} {error:?}")),
        }
    };
    for source in [
        "Redact([a])",
        "Append(Redact([a]), \"x\")",
        "Error(Redact([a]))",
        "IIF(IsPresent([a]), Error([a]), Redact([a]))",
    ] {
        let (marked, shown) = evaluate(source);
        assert!(marked && !shown.contains(secret) && shown.contains("[Redact]"), "{source}: {shown}");
    }
    assert!(!evaluate("IIF(\"True\", [a], Redact([a]))").0);
}
