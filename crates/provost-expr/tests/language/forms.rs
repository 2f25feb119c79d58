//! The three forms of evaluation give the same: one object to a new value, one object into a buffer, and many objects as
//! columns. The trace goes with the general evaluator, so what it explains is what the fast forms are held against.

use std::collections::BTreeMap;

use proptest::prelude::*;
use provost_expr::{
    Complex, Context, Dialect, Layout, Limits, OutputBuffer, OutputColumn, Program, Value, ValueRef, parse_as,
};
use provost_model::Timestamp;

use crate::common::stirred;

type User = BTreeMap<String, Value<'static>>;

const NAMES: [&str; 3] = ["a", "b", "c"];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-cA-C@,. -]{0,12}",
        1 => "[a-c0-9 ]{30,70}",
        1 => "-?[0-9]{1,3}(\\.0)?",
        1 => "[aäßİıǅΣK@,\u{a0} ]{0,8}",
        1 => Just("\n".to_owned()),
    ]
}

fn value() -> impl Strategy<Value = Value<'static>> {
    let list = prop::collection::vec(text().prop_map(Into::into), 0..4).prop_map(Value::list);
    prop_oneof![
        12 => text().prop_map(|text| Value::Text(text.into())),
        2 => Just(Value::Null),
        2 => list,
        1 => any::<bool>().prop_map(Value::Boolean),
        1 => any::<i8>().prop_map(|number| Value::Integer(number.into())),
        1 => text().prop_map(|text| Value::Complex(vec![Complex::new().with("value", text)].into())),
    ]
}

fn users() -> impl Strategy<Value = Vec<User>> {
    let user = prop::collection::vec(value(), NAMES.len())
        .prop_map(|values| NAMES.iter().map(|name| (*name).to_owned()).zip(values).collect());
    prop::collection::vec(user, 1..5)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A constant, an attribute, or rarely something that a plan leaves to the general evaluator.
fn leaf() -> BoxedStrategy<String> {
    prop_oneof![
        8 => prop::sample::select(vec!["[a]", "[b]", "[c]", "[missing]"]).prop_map(str::to_owned),
        4 => text().prop_map(|text| quoted(&text)),
        1 => prop::sample::select(vec![
            "Count([a])", "Error(\"no\")", "NormalizeDiacritics([b])", "Guid()", "Redact([c])", "Item([a], 2)", "Now()",
        ])
        .prop_map(str::to_owned),
    ]
    .boxed()
}

const PATTERNS: [&str; 16] = [
    "[@, ]",
    "-",
    "[a-c]+",
    "^[^@]*",
    "@.*$",
    "(a|b)(c)?",
    "",
    "b*",
    "\\\\s+",
    "\\\\bA",
    "(?i)k",
    "(?<n>[a-c])(-?)",
    "(?=a)",
    "ä|,",
    "(?m)^a",
    "(a)|(b)|(c)",
];

const REPLACEMENTS: [&str; 7] = ["", "x", "$1", "<$&>", "$2$1", "$+", "$`|$'|$_|$$|${n}"];

fn call(inner: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let list = prop::collection::vec(inner.clone(), 1..5).prop_map(|items| items.join(", "));
    let optional = prop_oneof![2 => Just(String::new()), 3 => inner.clone()];
    let separator =
        prop_oneof![2 => Just("\"\"".to_owned()), 3 => text().prop_map(|text| quoted(&text)), 1 => inner.clone()];
    let number = prop_oneof![6 => (-1..9i32).prop_map(|n| n.to_string()), 1 => inner.clone()];
    let delimiters = prop::sample::select(vec!["@", ",", " ,", "", "ä", "@ä"]).prop_map(quoted);
    let pairs = prop::collection::vec(
        (prop_oneof![4 => text().prop_map(|t| quoted(&t)), 1 => inner.clone()], inner.clone()),
        1..5,
    )
    .prop_map(|pairs| pairs.into_iter().map(|(key, value)| format!(", {key}, {value}")).collect::<String>());
    let branch = prop_oneof![
        6 => inner.clone(),
        1 => Just("IgnoreAttributeFlow".to_owned()),
        1 => Just("IgnoreObjectFlow".to_owned()),
    ];
    let condition = prop_oneof![
        (inner.clone(), prop::sample::select(vec!["=", "<>", "<", ">=", ">", "<="]), inner.clone())
            .prop_map(|(left, operator, right)| format!("{left} {operator} {right}")),
        (prop::sample::select(vec!["IsNull", "IsNullOrEmpty", "IsPresent", "Not", "IsString"]), inner.clone())
            .prop_map(|(name, argument)| format!("{name}({argument})")),
        inner.clone(),
    ];
    let (pattern, replacement) = (prop::sample::select(PATTERNS.to_vec()), prop::sample::select(REPLACEMENTS.to_vec()));
    prop_oneof![
        (prop::sample::select(vec!["Append", "Prepend"]), inner.clone(), inner.clone())
            .prop_map(|(name, a, b)| format!("{name}({a}, {b})")),
        list.clone().prop_map(|list| format!("Coalesce({list})")),
        (condition, branch.clone(), branch.clone()).prop_map(|(c, a, b)| format!("IIF({c}, {a}, {b})")),
        (separator, list).prop_map(|(separator, list)| format!("Join({separator}, {list})")),
        (inner.clone(), number.clone()).prop_map(|(a, n)| format!("Left({a}, {n})")),
        (inner.clone(), number.clone(), number.clone()).prop_map(|(a, n, m)| format!("Mid({a}, {n}, {m})")),
        (inner.clone(), number, delimiters.clone()).prop_map(|(a, n, d)| format!("Word({a}, {n}, {d})")),
        (
            prop::sample::select(vec!["ToLower", "ToUpper"]),
            inner.clone(),
            prop::sample::select(vec!["", ", ", ", \"tr\"", ", \"-\""])
        )
            .prop_map(|(name, a, culture)| format!("{name}({a}{culture})")),
        (
            prop::sample::select(vec![
                "Trim",
                "StripSpaces",
                "IgnoreFlowIfNullOrEmpty",
                "Split",
                "RemoveDuplicates",
                "IsPresent"
            ]),
            inner.clone()
        )
            .prop_map(|(name, a)| format!("{name}({a})")),
        (inner.clone(), delimiters).prop_map(|(a, d)| format!("Split({a}, {d})")),
        (inner.clone(), optional, pairs).prop_map(|(a, default, pairs)| format!("Switch({a}, {default}{pairs})")),
        (inner.clone(), text(), text()).prop_map(|(a, old, new)| format!(
            "Replace({a}, {}, , , {})",
            quoted(&old),
            quoted(&new)
        )),
        (inner.clone(), pattern.clone(), replacement.clone())
            .prop_map(|(a, pattern, new)| format!("Replace({a}, , \"{pattern}\", , \"{new}\", , )")),
        (inner, pattern, replacement)
            .prop_map(|(a, pattern, new)| format!("Replace({a}, , \"{pattern}\", \"1\", \"{new}\", , )")),
    ]
    .boxed()
}

fn expression() -> impl Strategy<Value = String> {
    leaf().prop_recursive(4, 30, 4, |inner| call(inner.boxed())).prop_filter("a call", |source| source.ends_with(')'))
}

fn connect_expression() -> impl Strategy<Value = String> {
    leaf().prop_recursive(3, 20, 3, |inner| {
        let unary = prop::sample::select(vec!["LCase", "UCase", "Trim", "IsNullOrEmpty", "IsPresent", "IsNull"]);
        prop_oneof![
            (unary, inner.clone()).prop_map(|(name, a)| format!("{name}({a})")),
            (inner.clone(), 0..5).prop_map(|(a, n)| format!("Left({a}, {n})")),
            (inner.clone(), 0..3).prop_map(|(a, n)| format!("Word({a}, {n}, \"@,\")")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a} & {b})")),
        ]
    })
}

/// Holds the fast forms against the general evaluator.
fn compare(source: &str, dialect: Dialect, users: &[User], budget: usize) -> Result<(), TestCaseError> {
    let Ok(expression) = parse_as(source, dialect, &Limits::default()) else { return Ok(()) };
    let mut layout = Layout::new();
    let Ok(program) = Program::compile(&expression, &mut layout, dialect) else { return Ok(()) };
    let (mut columns, mut output, mut buffer) = (layout.columns(), OutputColumn::new(), OutputBuffer::new());
    // What an earlier batch left must not show.
    columns.push(&User::from([("a".to_owned(), Value::text("leftover")), ("b".to_owned(), Value::Integer(5))]));
    let entropy = stirred(1);
    program.evaluate_columns(&columns, &Context::new(Timestamp::UNIX_EPOCH, &entropy), &mut output);
    columns.clear();
    users.iter().for_each(|user| columns.push(user));

    let (general, scalar, into, batch) = (stirred(3), stirred(3), stirred(3), stirred(3));
    let context = |entropy| Context::new(Timestamp::UNIX_EPOCH, entropy).with_text_budget(budget);
    let outputs = program.evaluate_columns(&columns, &context(&batch), &mut output);
    prop_assert_eq!(outputs.len(), users.len());
    for (index, user) in users.iter().enumerate() {
        let record = layout.record(user);
        let expected = program.explain(&record, &context(&general)).0;
        prop_assert_eq!(&program.evaluate(&record, &context(&scalar)), &expected, "{}", source);
        let expected = expected.as_ref().map(|output| output.as_view());
        let given = program.evaluate_into(&record, &context(&into), &mut buffer);
        prop_assert_eq!(given.as_ref().map(|output| *output), expected, "{}", source);
        prop_assert_eq!(outputs.get(index), Some(expected), "{}", source);
        let slots = layout.names().enumerate();
        for (slot, name) in slots {
            let held = user.get(name).map_or(ValueRef::Null, ValueRef::from);
            prop_assert_eq!(columns.value(slot, index), held);
        }
    }
    Ok(())
}

#[test]
fn what_once_came_out_differently() {
    let spaced = User::from([("b".to_owned(), Value::text("x y")), ("c".to_owned(), Value::Boolean(false))]);
    for (source, budget) in [
        ("Left([c], -1)", 100),
        ("IIF(\"\" = Append(\"\", \"long\"), [a], [a])", 0),
        ("Append(Append([a], StripSpaces([b])), [a])", 0),
        ("Append([a], ToLower(\"LONG\"))", 0),
    ] {
        compare(source, Dialect::Entra, std::slice::from_ref(&spaced), budget).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn all_forms_give_what_the_general_evaluator_gives(
        source in expression(),
        users in users(),
        budget in prop_oneof![Just(4 * 1024 * 1024), 0usize..60],
    ) {
        compare(&source, Dialect::Entra, &users, budget)?;
    }
}

proptest! {
    #[test]
    fn so_it_is_in_the_other_dialect(source in connect_expression(), users in users(), budget in 0usize..200) {
        compare(&source, Dialect::Connect, &users, budget)?;
    }
}
