//! Functions that a program adds: the checker, the compiler, the trace and the formatter treat them as those of the
//! language.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use provost_expr::{
    Context, Dialect, EvaluateError, EvaluateErrorKind, Function, Invocation, Layout, NoEntropy, Origin, OutputBuffer,
    Parameter, ParameterKind, RegisterError, Registry, Shape, Value, check, parse,
};
use provost_model::Timestamp;

const TEXT_AND_NUMBER: &[Parameter] =
    &[Parameter::required("source", ParameterKind::Text), Parameter::optional("count", ParameterKind::Number)];

fn repeated<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let source = call.value(0)?;
    let count = if call.given(1) { call.integer(1)? } else { 2 };
    let Ok(count) = usize::try_from(count) else {
        return Err(call.error_at(1, EvaluateErrorKind::OutOfRange, "the count is negative"));
    };
    call.each(source, |call, text| {
        call.charge(text.len().saturating_mul(count))?;
        Ok(text.repeat(count).into())
    })
}

fn listed<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let mut texts: Vec<Cow<'a, str>> = Vec::new();
    for position in 0..call.count() {
        texts.extend(call.text(position)?);
    }
    Ok(Value::list(texts))
}

fn never<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    Err(call.error(EvaluateErrorKind::NotConfigured, "the table is not there"))
}

static REPEAT: Function = Function::own("Repeat", TEXT_AND_NUMBER, repeated, "Repeats text.").per_element();
static LISTED: Function =
    Function::own("Listed", &[Parameter::optional("value", ParameterKind::Text)], listed, "Lists what is there.")
        .variadic()
        .giving_list();
static FAILING: Function = Function::own("Failing", &[], never, "Fails.");
static LOOKUP: Function = Function::own("Lookup", &[], never, "Looks up.").depending_on_surroundings();

fn registry() -> Registry {
    [&REPEAT, &LISTED, &FAILING, &LOOKUP].into_iter().try_fold(Registry::new(Dialect::Entra), Registry::with).unwrap()
}

fn run(source: &str) -> Result<Value<'static>, (&'static str, String)> {
    let mut layout = Layout::new();
    let program = registry().compile(&parse(source).unwrap(), &mut layout).unwrap();
    let user = BTreeMap::from([("mail".to_owned(), Value::text("ab")), ("n".to_owned(), Value::Integer(3))]);
    let record = layout.record(&user);
    let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy)).with_text_budget(1000);
    match program.evaluate(&record, &context) {
        Ok(output) => Ok(output.into_value().into_owned()),
        Err(error) => Err((error.code(), error.to_string())),
    }
}

fn found(source: &str) -> Vec<(&'static str, Option<String>)> {
    let found = registry().check(&parse(source).unwrap());
    found.iter().map(|found| (found.code(), found.help().map(str::to_owned))).collect()
}

#[test]
fn they_are_evaluated_with_the_functions_of_the_language() {
    assert_eq!(run("ToUpper(Repeat([mail], [n]))"), Ok(Value::text("ABABAB")));
    assert_eq!(run("Repeat([mail])"), Ok(Value::text("abab")));
    assert_eq!(run("Repeat([none], 2)"), Ok(Value::Null));
    let listed = |texts: [&'static str; 2]| Ok(Value::list(texts.map(Cow::Borrowed).to_vec()));
    assert_eq!(run("Listed([mail], [none], \"c\")"), listed(["ab", "c"]));
    assert_eq!(run("Repeat(Listed(\"a\", \"b\"), 2)"), listed(["aa", "bb"]));
}

#[test]
fn their_errors_are_those_of_the_language() {
    assert_eq!(run("Repeat([mail], -1)"), Err(("out-of-range", "the count is negative".to_owned())));
    assert_eq!(run("Repeat([mail], 1000000)").unwrap_err().0, "value-too-long");
    let number = "the argument `count` of `Repeat` is a number of 64 bits, and this value is none";
    assert_eq!(run("Repeat(\"a\", [mail])"), Err(("not-a-number", number.to_owned())));
}

#[test]
fn the_checker_knows_their_signatures() {
    let signature = Some("its signature is `Repeat(source, count?)`".to_owned());
    assert_eq!(found("Repeat()"), [("argument-count", signature.clone())]);
    assert_eq!(found("Repeat([mail], \"two\")"), [("not-a-number", signature)]);
    assert_eq!(found("Repaet([mail])"), [("unknown-function", Some("did you mean `Repeat`?".to_owned()))]);
    assert_eq!(found("Trim(Failing())"), [("not-configured", None)], "a constant part is evaluated");
    assert_eq!(found("Trim(Lookup())"), [], "this depends on more than its arguments");
    assert_eq!(check(&parse("Repeat([mail])").unwrap(), Dialect::Entra)[0].code(), "unknown-function");
}

#[test]
fn the_shape_is_that_of_the_signature() {
    let shape = |source: &str| registry().compile(&parse(source).unwrap(), &mut Layout::new()).unwrap().shape();
    assert_eq!(shape("Listed(1)"), Shape::List);
    assert_eq!(shape("Repeat(Listed(1))"), Shape::List);
    assert_eq!(shape("Repeat(\"a\")"), Shape::Scalar);
}

#[test]
fn documentation_finds_them_behind_those_of_the_dialect() {
    let registry = registry();
    let own: Vec<String> = (registry.functions().skip(Function::all(Dialect::Entra).len()))
        .inspect(|function| assert_eq!(function.origin(), Origin::Own))
        .map(Function::signature)
        .collect();
    assert_eq!(own, ["Failing()", "Listed(value?, ...)", "Lookup()", "Repeat(source, count?)"]);
    assert_eq!(registry.find("Repeat").unwrap().summary(), "Repeats text.");
}

#[test]
fn they_print_as_they_parse() {
    let expression = parse("Repeat( Listed([mail],),2)").unwrap();
    assert_eq!(expression.to_string(), "Repeat(Listed([mail], ), \"2\")");
    assert_eq!(expression.indented(20).to_string(), "Repeat(\n    Listed([mail], ),\n    \"2\"\n)");
}

#[test]
fn a_name_is_new_and_a_word() {
    static JOIN: Function = Function::own("Join", &[], never, "");
    static BLANK: Function = Function::own("My Join", &[], never, "");
    static EMPTY: Function = Function::own("", &[], never, "");
    let refused = |function: &'static Function| registry().with(function).unwrap_err();
    assert!(matches!(refused(&JOIN), RegisterError::Taken { name: "Join", .. }));
    assert!(matches!(refused(&REPEAT), RegisterError::Taken { name: "Repeat", .. }));
    assert!(matches!(refused(&BLANK), RegisterError::Name { name: "My Join", .. }));
    assert!(matches!(refused(&EMPTY), RegisterError::Name { name: "", .. }));
}

static TICKETS: AtomicUsize = AtomicUsize::new(0);
static STAMPS: AtomicUsize = AtomicUsize::new(0);

fn next<'a>(counter: &AtomicUsize) -> Value<'a> {
    Value::text(&(counter.fetch_add(1, Ordering::Relaxed) + 1).to_string()).into_owned()
}

fn ticket<'a>(_: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    Ok(next(&TICKETS))
}

fn stamp<'a>(_: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    Ok(next(&STAMPS))
}

/// The checker does not call it, the compiler keeps no result of it, and each form of evaluation calls it anew.
#[test]
fn one_that_depends_on_surroundings_is_called_at_each_evaluation() {
    static TICKET: Function = Function::own("Ticket", &[], ticket, "Counts.").depending_on_surroundings();
    let registry = Registry::new(Dialect::Entra).with(&TICKET).unwrap();
    let user = BTreeMap::from([("mail".to_owned(), Value::text("m"))]);
    let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
    for source in ["Ticket()", "Append(Ticket(), [mail])", "Join(\"\", \"a\", Trim(Ticket()))"] {
        TICKETS.store(0, Ordering::Relaxed);
        let expression = parse(source).unwrap();
        assert_eq!(registry.check(&expression), []);
        let mut layout = Layout::new();
        let program = registry.compile(&expression, &mut layout).unwrap();
        let record = layout.record(&user);
        assert_eq!(TICKETS.load(Ordering::Relaxed), 0, "{source}");
        let evaluated = || program.evaluate(&record, &context).unwrap().into_value().into_owned().into_text();
        let texts = [evaluated(), evaluated()].map(|text| text.unwrap_or_default().into_owned());
        assert!(texts[0].contains('1') && texts[1].contains('2'), "{source}: {texts:?}");
        let mut buffer = OutputBuffer::new();
        program.evaluate_into(&record, &context, &mut buffer).unwrap();
        program.evaluate_into(&record, &context, &mut buffer).unwrap();
        assert_eq!(TICKETS.load(Ordering::Relaxed), 4, "{source}");
    }
}

/// As its documentation says: a function that says nothing gives the same for the same arguments.
#[test]
fn a_constant_call_of_one_that_does_not_may_be_kept() {
    static STAMP: Function = Function::own("Stamp", &[], stamp, "Counts.");
    let registry = Registry::new(Dialect::Entra).with(&STAMP).unwrap();
    let mut layout = Layout::new();
    let program = registry.compile(&parse("Append(Stamp(), [mail])").unwrap(), &mut layout).unwrap();
    let user = BTreeMap::from([("mail".to_owned(), Value::text("m"))]);
    let record = layout.record(&user);
    let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
    for _ in 0..2 {
        assert_eq!(program.evaluate(&record, &context).unwrap().into_value(), Value::text("1m"));
    }
}
