//! Properties of the dialect `connect`, on generated expressions.

use proptest::prelude::*;
use provost_expr::{Dialect, Expression, Function, Layout, Limits, ParseExprError, Program, check, parse_as};
use provost_model::Timestamp;
use serde_json::json;

use crate::common::{Outcome, Surroundings, run_in, stirred};

fn parse(source: &str) -> Result<Expression, ParseExprError> {
    parse_as(source, Dialect::Connect, &Limits::default())
}

fn outcome(source: &str) -> Outcome {
    let surroundings = Surroundings { dialect: Dialect::Connect, ..Surroundings::default() };
    let user = json!({"a": "b@c", "l": ["x,y", "z"], "n": 7});
    run_in(source, &user, &surroundings, Timestamp::UNIX_EPOCH, &stirred(3))
}

fn garbled() -> impl Strategy<Value = String> {
    let tokens = vec![
        "Trim(", "With($n,", ")", "(", ",", "\"", "\\", "[", "]", "[a]", "%P%", "%", "$n", "$", "&", "&&", "&H1F",
        "||", "|", "+", "-", "*", "/", "=", "<>", "<=", "1", "-2.5", "\"x\"", "True", "NULL", "CRLF", "UTF8", "é",
        "\n", " ",
    ];
    prop::collection::vec(prop::sample::select(tokens), 0..40).prop_map(|tokens| tokens.concat())
}

fn expression() -> impl Strategy<Value = String> {
    let leaves = vec![
        "[a]",
        "[l]",
        "[n]",
        "[none]",
        "\"x\\n\"",
        "7",
        "-2",
        "&HF",
        "True",
        "NULL",
        "CRLF",
        "IgnoreThisFlow",
        "%P%",
    ];
    let operators = vec!["=", "<>", "<", ">=", "+", "-", "*", "/", "&", "&&", "||"];
    prop::sample::select(leaves).prop_map(str::to_owned).prop_recursive(4, 40, 4, move |inner| {
        let chain =
            (inner.clone(), prop::collection::vec((prop::sample::select(operators.clone()), inner.clone()), 1..4));
        let functions: Vec<&'static Function> = Function::all(Dialect::Connect).to_vec();
        let call = (prop::sample::select(functions), prop::collection::vec(inner.clone(), 4));
        prop_oneof![
            chain.prop_map(|(first, links)| {
                links.into_iter().fold(first, |chain, (operator, operand)| format!("{chain} {operator} {operand}"))
            }),
            inner.prop_map(|inner| format!("( {inner})")),
            call.prop_map(|(function, mut arguments)| {
                arguments.truncate(function.parameters().len());
                if function.signature().contains("(variable") {
                    arguments[0] = "$n".to_owned();
                    arguments[2] = format!("{} & $n", arguments[2]);
                }
                format!("{}({})", function.name(), arguments.join(" , "))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_text_makes_the_parser_panic(source in garbled()) {
        match parse(&source) {
            Ok(expression) => prop_assert_eq!(parse(&expression.to_string()).unwrap(), expression),
            Err(error) => prop_assert!(error.span().slice(&source).is_some(), "{:?}", error),
        }
    }

    #[test]
    fn formatted_text_means_the_same(source in expression(), width in 0usize..60) {
        let expression = parse(&source).unwrap();
        let printed = expression.to_string();
        prop_assert_eq!(&parse(&printed).unwrap(), &expression);
        let indented = expression.indented(width).to_string();
        prop_assert_eq!(&parse(&indented).unwrap(), &expression);
        let result = |source: &str| match outcome(source) {
            Outcome::Failed(_, code) => json!({ "failed": code }),
            Outcome::Gave(json) => json,
        };
        let given = result(&source);
        prop_assert_eq!(&result(&printed), &given);
        prop_assert_eq!(&result(&indented), &given);
        for found in check(&expression, Dialect::Connect) {
            prop_assert!(found.span().slice(&source).is_some());
        }
    }
}

#[test]
fn a_long_chain_makes_no_deep_tree() {
    let mut limits = Limits::default();
    (limits.length, limits.items) = (1 << 20, 1 << 20);
    let source = "1".to_owned() + &"+1".repeat(100_000);
    let expression = parse_as(&source, Dialect::Connect, &limits).unwrap();
    assert_eq!(expression.to_string().len(), 1 + 4 * 100_000);
    let program = Program::compile(&expression, &mut Layout::new(), Dialect::Connect).unwrap();
    drop(program);
    let error = parse(&("1".to_owned() + &"+1".repeat(2000))).unwrap_err();
    assert_eq!(error.code(), "too-many-arguments");
}

#[test]
fn lists_inside_lists_are_stopped() {
    let source = (0..40).fold("NULL".to_owned(), |inner, level| format!("Select($v{level}, [l], {inner})"));
    assert!(matches!(outcome(&source), Outcome::Failed(_, "value-too-long")));
}

#[test]
fn parentheses_nest_within_the_limit() {
    let nested = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(64)).is_ok());
    assert_eq!(parse(&nested(65)).unwrap_err().code(), "too-deep");
    assert_eq!(parse(&"(".repeat(60_000)).unwrap_err().code(), "too-deep");
}

#[test]
fn the_dialects_have_their_own_functions() {
    let certificates = if cfg!(feature = "certificates") { 22 } else { 0 };
    assert_eq!(Function::all(Dialect::Connect).len(), 63 + certificates);
    assert_eq!(Function::find(Dialect::Entra, "LCase").map(Function::name), None);
    assert_eq!(Function::find(Dialect::Connect, "ToLower").map(Function::name), None);
}
