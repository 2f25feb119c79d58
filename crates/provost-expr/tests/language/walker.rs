//! A plain walk over the tree, written from the rules alone for some functions on single texts, gives what the compiled
//! program gives.

use std::collections::BTreeMap;

use proptest::prelude::*;
use provost_expr::{Context, Dialect, Layout, NoEntropy, Program, Value, parse};
use provost_expr::{Expression, ExpressionKind, Operator, Rendering};
use provost_model::Timestamp;

type User = BTreeMap<String, Value<'static>>;

/// The text of an expression; `None` is Null.
fn walk(expression: &Expression, user: &User) -> Option<String> {
    let call = match expression.kind() {
        ExpressionKind::Attribute(name) => return user.get(name).cloned().and_then(Value::into_text).map(Into::into),
        ExpressionKind::Constant(constant) => return Some(constant.text().to_owned()),
        ExpressionKind::Comparison(comparison) => {
            let side = |side: &Expression| walk(side, user).unwrap_or_default();
            let equal = side(comparison.left()) == side(comparison.right());
            return Some(truth(equal == (comparison.operator() == Operator::Equal)));
        }
        ExpressionKind::Call(call) => call,
        other => panic!("not generated: {other:?}"),
    };
    let given: Vec<Option<&Expression>> = call.arguments().iter().map(|argument| argument.given()).collect();
    let value = |position: usize| given[position].and_then(|given| walk(given, user));
    let text = |position: usize| value(position).unwrap_or_default();
    match call.name() {
        "Append" => value(0).map(|source| source + &text(1)),
        "Coalesce" => given.iter().flatten().find_map(|given| {
            let is_attribute = matches!(given.kind(), ExpressionKind::Attribute(_));
            walk(given, user).filter(|text| !(is_attribute && text.is_empty()))
        }),
        "IIF" => value(if text(0) == "True" { 1 } else { 2 }),
        "IsNullOrEmpty" => Some(truth(text(0).is_empty())),
        "IsPresent" => Some(truth(!text(0).is_empty())),
        "Join" => {
            let parts: Vec<String> = (1..given.len()).map(text).filter(|part| !part.is_empty()).collect();
            Some(parts.join(&text(0)))
        }
        "Left" => Some(text(0).chars().take(text(1).parse().unwrap()).collect()),
        "Not" => Some(truth(!text(0).eq_ignore_ascii_case("true"))),
        "Switch" => {
            (2..given.len()).step_by(2).find(|key| text(*key) == text(0)).map_or_else(|| value(1), |key| value(key + 1))
        }
        "ToUpper" => value(0).map(|source| source.to_uppercase()),
        other => panic!("not generated: {other}"),
    }
}

fn truth(flag: bool) -> String {
    if flag { "True" } else { "False" }.to_owned()
}

fn condition(inner: impl Strategy<Value = String> + Clone + 'static) -> impl Strategy<Value = String> {
    prop_oneof![
        (inner.clone(), prop::sample::select(vec!["=", "<>"]), inner.clone())
            .prop_map(|(a, o, b)| format!("{a} {o} {b}")),
        inner.clone().prop_map(|a| format!("IsNullOrEmpty({a})")),
        inner.clone().prop_map(|a| format!("IsPresent({a})")),
        inner.prop_map(|a| format!("Not({a})")),
    ]
}

fn source() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(vec!["[a]", "[b]", "[missing]"]).prop_map(str::to_owned),
        "[xyé]{0,2}".prop_map(|text| format!("\"{text}\"")),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let list = prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.join(", "));
        let pairs = prop::collection::vec(("[xy]{0,1}", inner.clone()), 1..3).prop_map(|pairs| {
            pairs.into_iter().map(|(key, value)| format!(", \"{key}\", {value}")).collect::<String>()
        });
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("Append({a}, {b})")),
            list.clone().prop_map(|list| format!("Coalesce({list})")),
            (condition(inner.clone()), inner.clone(), inner.clone())
                .prop_map(|(c, a, b)| format!("IIF({c}, {a}, {b})")),
            (inner.clone(), list).prop_map(|(separator, list)| format!("Join({separator}, {list})")),
            (inner.clone(), 0..4).prop_map(|(a, count)| format!("Left({a}, {count})")),
            (inner.clone(), prop_oneof![Just(String::new()), inner.clone()], pairs)
                .prop_map(|(a, default, pairs)| format!("Switch({a}, {default}{pairs})")),
            inner.prop_map(|a| format!("ToUpper({a})")),
        ]
    })
}

proptest! {
    #[test]
    fn a_program_gives_what_a_walk_over_the_tree_gives(
        source in source().prop_filter("a call", |source| source.ends_with(')')),
        a in "[xyX]{0,3}",
        b in prop::option::of("[xyX]{0,3}"),
    ) {
        let mut user = User::from([("a".to_owned(), Value::Text(a.into()))]);
        user.extend(b.map(|b| ("b".to_owned(), Value::Text(b.into()))));
        let expression = parse(&source).unwrap();
        let mut layout = Layout::new();
        let program = Program::compile(&expression, &mut layout, Dialect::Entra).unwrap();
        let record = layout.record(&user);
        let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
        let output = program.evaluate(&record, &context).unwrap();
        let expected = walk(&expression, &user).map_or(Rendering::Null, |text| Rendering::Text(text.into()));
        prop_assert_eq!(output.rendering(), expected, "{}", source);
    }
}
