use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use provost_connector::{Clock as _, Entropy as _};
use provost_examples::failure::Failure;
use provost_examples::system::{SystemClock, SystemEntropy};
use provost_expr::{
    Complex, Context, Diagnostic, Dialect, Expression, Layout, Limits, Member, NoEntropy, Program, Rendering,
    StepResult, Trace, Value, parse_as,
};
use provost_model::Timestamp;
use provost_text::{Snippet, Span};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

/// Columns of a formatted expression.
const WIDTH: usize = 100;

/// Longest line of a batch, in bytes: an expression of the longest accepted text and a generous user.
const MAX_LINE: u64 = 16 * 1024 * 1024;

/// Arguments of `provost eval`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The expression.
    #[arg(required_unless_present = "batch", allow_hyphen_values = true)]
    expression: Option<String>,
    /// An attribute of the user; a name that is given again gets several values.
    #[arg(long = "attr", value_name = "NAME=VALUE", value_parser = attribute)]
    attributes: Vec<(String, String)>,
    /// File with the user as one JSON object; `--attr` goes before it.
    #[arg(long, value_name = "FILE")]
    user: Option<PathBuf>,
    /// The time that the expression sees, such as 2026-03-16T07:00:00Z; the clock's by default.
    #[arg(long, value_name = "RFC3339", value_parser = timestamp)]
    now: Option<Timestamp>,
    /// The language: `entra` or `connect`.
    #[arg(long, default_value = "entra", value_parser = dialect)]
    dialect: Dialect,
    /// A value that the target has already, for `SelectUniqueValue`; may be given again.
    #[arg(long, value_name = "VALUE")]
    existing: Vec<String>,
    /// The value of `%NAME%` in the dialect `connect`; may be given again.
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = attribute)]
    params: Vec<(String, String)>,
    /// What `DefaultDomain` gives.
    #[arg(long, value_name = "DOMAIN")]
    default_domain: Option<String>,
    /// Prints the expression over several lines instead of evaluating it.
    #[arg(long, conflicts_with = "explain")]
    format: bool,
    /// Prints what is wrong or doubtful with the expression instead of evaluating it.
    #[arg(long, conflicts_with_all = ["explain", "format"])]
    check: bool,
    /// File with a JSON array of the attributes that the source has, for `--check`.
    #[arg(long, value_name = "FILE", requires = "check")]
    schema: Option<PathBuf>,
    /// Prints each part of the expression with its value before the result.
    #[arg(long)]
    explain: bool,
    /// Evaluates each line of a file (`-`: standard input), one JSON object in and one out.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["expression", "attributes", "user", "now", "existing", "params", "default_domain", "format", "explain", "check"])]
    batch: Option<PathBuf>,
}

fn attribute(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

fn timestamp(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|error: provost_model::ParseTimestampError| error.to_string())
}

fn dialect(text: &str) -> Result<Dialect, String> {
    text.parse().map_err(|error: provost_expr::ParseDialectError| error.to_string())
}

/// Why an expression has no value: the members of an error object.
struct NoValue {
    code: &'static str,
    message: String,
    help: Option<String>,
    span: Span,
}

type Attributes = BTreeMap<String, Value<'static>>;

/// What an expression is evaluated for.
struct Surroundings {
    user: Attributes,
    now: Timestamp,
    dialect: Dialect,
    existing: Vec<String>,
    params: BTreeMap<String, String>,
    default_domain: Option<String>,
}

pub(crate) fn run(args: Args) -> Result<ExitCode, Failure> {
    if let Some(path) = &args.batch {
        return batch(path, args.dialect);
    }
    if args.check {
        return check(&args.expression.unwrap_or_default(), args.dialect, args.schema.as_ref());
    }
    let mut user = match &args.user {
        Some(path) => read_user(path)?,
        None => Attributes::new(),
    };
    let mut given: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    for (name, value) in args.attributes {
        given.entry(name).or_default().push(Json::String(value));
    }
    for (name, mut values) in given {
        let single = if values.len() == 1 { values.pop() } else { None };
        user.insert(name, attribute_value(&single.unwrap_or(Json::Array(values))).map_err(Failure::new)?);
    }
    let expression = args.expression.unwrap_or_default();
    let surroundings = Surroundings {
        user,
        now: args.now.unwrap_or_else(|| SystemClock::default().now()),
        dialect: args.dialect,
        existing: args.existing,
        params: args.params.into_iter().collect(),
        default_domain: args.default_domain,
    };
    let result = if args.format {
        parsed(&expression, surroundings.dialect).map(|expression| expression.indented(WIDTH).to_string())
    } else {
        let mut tree = args.explain.then(String::new);
        let result = evaluate(&expression, &surroundings, tree.as_mut());
        write!(std::io::stdout(), "{}", tree.unwrap_or_default())?;
        result.map(|value| value.to_string())
    };
    match result {
        Ok(text) => {
            writeln!(std::io::stdout(), "{text}")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let message = format!("error[{}]: {}", error.code, error.message);
            let mut out = std::io::stderr().lock();
            writeln!(out, "{}", Snippet::new(&expression, error.span, &message))?;
            if let Some(help) = error.help {
                writeln!(out, "help: {help}")?;
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

/// All findings; the expression can be used when none of them is an error.
fn check(source: &str, dialect: Dialect, schema: Option<&PathBuf>) -> Result<ExitCode, Failure> {
    let known: Option<Vec<String>> = match schema {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| Failure::from(error).context(path.display()))?;
            let names = serde_json::from_str(&text);
            Some(names.map_err(|error| Failure::from(error).context(path.display()))?)
        }
        None => None,
    };
    let found = match parse_as(source, dialect, &Limits::default()) {
        Ok(expression) => {
            let mut found = provost_expr::check(&expression, dialect);
            if let Some(known) = known {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                found.extend(provost_expr::check_attributes(&expression, &known));
            }
            found
        }
        Err(error) => vec![error.into()],
    };
    let mut out = std::io::stdout().lock();
    for diagnostic in &found {
        let severity = if diagnostic.is_error() { "error" } else { "warning" };
        let message = format!("{severity}[{}]: {diagnostic}", diagnostic.code());
        writeln!(out, "{}", Snippet::new(source, diagnostic.span(), &message))?;
        if let Some(help) = diagnostic.help() {
            writeln!(out, "help: {help}")?;
        }
    }
    let usable = !found.iter().any(Diagnostic::is_error);
    Ok(if usable { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read_user(path: &PathBuf) -> Result<Attributes, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::from(error).context(path.display()))?;
    let read = serde_json::from_str(&text).map_err(Failure::from);
    let user = read.and_then(|user: Map<String, Json>| user_attributes(&user).map_err(Failure::new));
    user.map_err(|failure| failure.context(path.display()))
}

fn user_attributes(user: &Map<String, Json>) -> Result<Attributes, String> {
    user.iter()
        .map(|(name, value)| match attribute_value(value) {
            Ok(value) => Ok((name.clone(), value)),
            Err(message) => Err(format!("attribute {name}: {message}")),
        })
        .collect()
}

fn text(value: &Json) -> Result<String, String> {
    match value {
        Json::String(text) => Ok(text.clone()),
        Json::Number(number) => Ok(number.to_string()),
        Json::Bool(true) => Ok("True".to_owned()),
        Json::Bool(false) => Ok("False".to_owned()),
        _ => Err("expected a text, a number, true, false, an object, or a list of these".to_owned()),
    }
}

/// Members without a value are left out.
fn complex_value(members: &Map<String, Json>) -> Result<Complex, String> {
    members.iter().try_fold(Complex::new(), |complex, (name, value)| match value {
        Json::Null => Ok(complex),
        Json::Bool(flag) => Ok(complex.with(name, *flag)),
        other => Ok(complex.with(name, text(other)?)),
    })
}

fn attribute_value(value: &Json) -> Result<Value<'static>, String> {
    Ok(match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Boolean(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None => Value::Text(number.to_string().into()),
        },
        Json::Object(members) => Value::Complex(vec![complex_value(members)?].into()),
        Json::Array(list) if list.iter().any(Json::is_object) => {
            let complex = |item: &Json| match item {
                Json::Object(members) => complex_value(members),
                _ => Err("expected an object, as the other values are".to_owned()),
            };
            Value::Complex(list.iter().map(complex).collect::<Result<_, _>>()?)
        }
        Json::Array(list) => Value::list(list.iter().map(|item| text(item).map(Into::into)).collect::<Result<_, _>>()?),
        other => Value::Text(text(other)?.into()),
    })
}

fn parsed(source: &str, dialect: Dialect) -> Result<Expression, NoValue> {
    parse_as(source, dialect, &Limits::default()).map_err(|error| NoValue {
        code: error.code(),
        message: error.to_string(),
        help: error.help(),
        span: error.span(),
    })
}

/// Each step on a line, with those that it is made of below it and further in.
fn explained(source: &str, trace: &Trace) -> String {
    let mut tree = String::new();
    for step in trace.steps() {
        let part = step.span().slice(source).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let result = match step.result() {
            StepResult::Failed(kind) => format!("failed: {kind:?}"),
            StepResult::Gave(value) => written(&value.rendering()).to_string(),
            StepResult::Omitted => "...".to_owned(),
            StepResult::Redacted => "[Redact]".to_owned(),
        };
        let _ = writeln!(tree, "{:indent$}{part} => {result}", "", indent = step.depth() * 2);
    }
    if trace.is_cut() {
        tree.push_str("...\n");
    }
    tree
}

fn written(rendering: &Rendering<'_>) -> Json {
    match rendering {
        Rendering::Complex(values) => values.iter().map(complex_json).collect(),
        Rendering::Flow(signal) => json!({ "$flow": signal.as_str() }),
        Rendering::List(items) => json!(items),
        Rendering::Null => Json::Null,
        Rendering::Text(text) => json!(text),
    }
}

/// Evaluates an expression; the steps are written to `tree` where there is one.
fn evaluate(source: &str, surroundings: &Surroundings, tree: Option<&mut String>) -> Result<Json, NoValue> {
    let expression = parsed(source, surroundings.dialect)?;
    let mut layout = Layout::new();
    let program = Program::compile(&expression, &mut layout, surroundings.dialect).map_err(|diagnostic| NoValue {
        code: diagnostic.code(),
        message: diagnostic.message().to_owned(),
        help: diagnostic.help().map(str::to_owned),
        span: diagnostic.span(),
    })?;
    let record = layout.record(&surroundings.user);
    let entropy = |octets: &mut [u8]| SystemEntropy.fill(octets).map_err(|_| NoEntropy);
    // Most attributes that must be unique compare without case.
    let existing: HashSet<String> = surroundings.existing.iter().map(|value| value.to_lowercase()).collect();
    let uniqueness = |value: &str| Ok(existing.contains(&value.to_lowercase()));
    let mut context =
        Context::new(surroundings.now, &entropy).with_uniqueness(&uniqueness).with_parameters(&surroundings.params);
    if let Some(domain) = &surroundings.default_domain {
        context = context.with_default_domain(domain);
    }
    let output = match tree {
        Some(tree) => {
            let (output, trace) = program.explain(&record, &context);
            tree.push_str(&explained(source, &trace));
            output
        }
        None => program.evaluate(&record, &context),
    };
    let output = output.map_err(|error| NoValue {
        code: error.code(),
        message: error.to_string(),
        help: error.help().map(str::to_owned),
        span: error.span(),
    })?;
    Ok(written(&output.rendering()))
}

fn complex_json(value: &Complex) -> Json {
    let member = |(name, value): (&str, &Member)| match value {
        Member::Boolean(flag) => (name.to_owned(), json!(flag)),
        Member::Text(text) => (name.to_owned(), json!(text)),
    };
    Json::Object(value.members().map(member).collect())
}

/// One line of a batch, as in the vectors of the expression language.
#[derive(Deserialize)]
struct Line {
    expression: String,
    #[serde(default)]
    attributes: Map<String, Json>,
    now: Option<Timestamp>,
    dialect: Option<String>,
    #[serde(default)]
    existing: Vec<String>,
    #[serde(default)]
    params: BTreeMap<String, String>,
    default_domain: Option<String>,
}

fn batch(path: &PathBuf, default: Dialect) -> Result<ExitCode, Failure> {
    let input: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path).map_err(|error| Failure::from(error).context(path.display()))?)
    };
    let mut input = BufReader::new(input);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut octets = Vec::new();
    loop {
        octets.clear();
        if (&mut input).take(MAX_LINE).read_until(b'\n', &mut octets)? == 0 {
            break;
        }
        let answer = if octets.last() != Some(&b'\n') && octets.len() as u64 >= MAX_LINE {
            skip_line(&mut input)?;
            bad_line("the line is longer than 16 MiB")
        } else {
            answer(&octets, default)
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}

fn skip_line(input: &mut impl BufRead) -> std::io::Result<()> {
    let mut rest = Vec::new();
    loop {
        rest.clear();
        let read = input.take(MAX_LINE).read_until(b'\n', &mut rest)?;
        if read == 0 || rest.last() == Some(&b'\n') {
            return Ok(());
        }
    }
}

fn bad_line(message: impl Into<String>) -> Json {
    error_object("batch-line", message.into(), Span::point(0))
}

fn error_object(code: &str, message: String, span: Span) -> Json {
    json!({ "error": { "code": code, "message": message, "span": [span.start(), span.end()] } })
}

fn answer(octets: &[u8], default: Dialect) -> Json {
    let line: Line = match serde_json::from_slice(octets) {
        Ok(line) => line,
        Err(error) => return bad_line(error.to_string()),
    };
    let dialect = match line.dialect.as_deref().map_or(Ok(default), str::parse) {
        Ok(dialect) => dialect,
        Err(error) => return bad_line(format!("dialect: {error}")),
    };
    let user = match user_attributes(&line.attributes) {
        Ok(user) => user,
        Err(message) => return bad_line(message),
    };
    let surroundings = Surroundings {
        user,
        now: line.now.unwrap_or_else(|| SystemClock::default().now()),
        dialect,
        existing: line.existing,
        params: line.params,
        default_domain: line.default_domain,
    };
    match evaluate(&line.expression, &surroundings, None) {
        Ok(value) => json!({ "value": value }),
        Err(error) => error_object(error.code, error.message, error.span),
    }
}
