use std::collections::BTreeMap;

use provost_expr::{
    Context, Dialect, EvaluateErrorKind, Expression, Layout, NoEntropy, Output, OutputBuffer, OutputColumn, Program,
    Value,
};
use provost_model::Timestamp;

use super::{Fault, Walker, dates};

/// How a walk and a program came together.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Outcome {
    /// Both failed, with the same kind of error at the same place.
    Failed,
    /// Both gave the same value.
    Gave,
    /// The expression does not compile.
    Refused,
    /// The walker does not know, or the program built more text than it may.
    Unknown,
}

/// Evaluates an expression by a walk and by each form of evaluation.
///
/// # Panics
///
/// When they do not agree.
pub(crate) fn compare(expression: &Expression, dialect: Dialect, user: &BTreeMap<String, Value<'static>>) -> Outcome {
    let mut layout = Layout::new();
    let Ok(program) = Program::compile(expression, &mut layout, dialect) else { return Outcome::Refused };
    let parameters = BTreeMap::from([("P".to_owned(), "p".to_owned()), ("Domain.FQDN".to_owned(), "x,y".to_owned())]);
    let taken = ["a", "12"];
    let uniqueness = |value: &str| Ok(taken.iter().any(|taken| taken.eq_ignore_ascii_case(value)));
    // 2025-07-30T15:33:38Z.
    let now = 1_753_889_618;
    let context = Context::new(Timestamp::from_unix_millis(now * 1000), &|_: &mut [u8]| Err(NoEntropy))
        .with_uniqueness(&uniqueness)
        .with_default_domain("contoso.com")
        .with_parameters(&parameters);
    let record = layout.record(user);
    let evaluated = program.evaluate(&record, &context);
    let mut buffer = OutputBuffer::new();
    let expected = evaluated.as_ref().map(Output::as_view);
    let into = program.evaluate_into(&record, &context, &mut buffer);
    assert_eq!(into.as_ref().map(|output| *output), expected, "{expression}\nfor {user:?}");
    // In columns, the user before and behind one without attributes.
    let nobody = BTreeMap::new();
    let mut columns = layout.columns();
    [user, &nobody, user].into_iter().for_each(|user| columns.push(user));
    let mut output = OutputColumn::new();
    let outputs = program.evaluate_columns(&columns, &context, &mut output);
    assert_eq!([outputs.get(0), outputs.get(2)], [Some(expected); 2], "{expression}\nfor {user:?}");
    let empty = layout.record(&nobody);
    let alone = program.evaluate(&empty, &context);
    assert_eq!(outputs.get(1), Some(alone.as_ref().map(Output::as_view)), "{expression}");
    if evaluated.as_ref().is_err_and(|error| error.kind() == EvaluateErrorKind::TooLong) {
        return Outcome::Unknown;
    }
    let walker = Walker {
        dialect,
        user,
        parameters: &parameters,
        default_domain: Some("contoso.com"),
        taken: &taken,
        now: dates::UNIX_EPOCH + now * dates::SECOND,
    };
    match (walker.walk(expression), evaluated) {
        (Err(Fault::Unknown), _) => Outcome::Unknown,
        (Err(Fault::Failed(kind, span)), Err(error)) if kind == error.kind() && span == error.span() => Outcome::Failed,
        (Ok(plain), Ok(output)) if plain.is(output.value()) => Outcome::Gave,
        (walked, evaluated) => panic!("{expression}\nfor {user:?}\nwalked    {walked:?}\nevaluated {evaluated:?}"),
    }
}
