use std::collections::BTreeMap;

use provost_expr::{Context, Dialect, EvaluateErrorKind, Expression, Layout, NoEntropy, Program, Value};
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

/// Evaluates an expression in both ways.
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
