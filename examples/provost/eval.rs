use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use provost_connector::Clock as _;
use provost_examples::failure::Failure;
use provost_examples::system::SystemClock;
use provost_expr::{Diagnostic, Registry};
use provost_model::Timestamp;
use provost_text::Span;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::drawing::{Colours, Drawing, Finding, visible_json};
use crate::evaluation::{Given, Surroundings, WIDTH, evaluate, parsed};
use crate::source_schema::SourceSchema;
use crate::user::user_attributes;

/// What drawings call the text.
pub(crate) const NAME: &str = "expression";

/// Longest line of a batch, in bytes: an expression of the longest accepted text and a generous user.
const MAX_LINE: u64 = 16 * 1024 * 1024;

/// Arguments of `provost eval`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The expression.
    #[arg(required_unless_present = "batch", allow_hyphen_values = true)]
    expression: Option<String>,
    #[command(flatten)]
    given: Given,
    /// Prints the expression over several lines instead of evaluating it.
    #[arg(long, conflicts_with = "explain")]
    format: bool,
    /// Prints what is wrong or doubtful with the expression instead of evaluating it.
    #[arg(long, conflicts_with_all = ["explain", "format"])]
    check: bool,
    /// File with the attributes that the source has, for `--check`: a JSON array of names, a JSON schema, a schema of
    /// SCIM, or the subschema of an LDAP server as LDIF.
    #[arg(long, value_name = "FILE", requires = "check")]
    schema: Option<PathBuf>,
    /// Prints each part of the expression with its value before the result.
    #[arg(long)]
    explain: bool,
    /// Evaluates each line of a file (`-`: standard input), one JSON object in and one out.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["expression", "attributes", "user", "now", "existing", "params", "default_domain", "format", "explain", "check"])]
    batch: Option<PathBuf>,
}

pub(crate) fn run(args: Args, colours: Colours) -> Result<ExitCode, Failure> {
    if let Some(path) = &args.batch {
        return batch(path, &args.given.registry(), args.given.role_ids);
    }
    if args.check {
        return check(&args.expression.unwrap_or_default(), &args.given.registry(), args.schema.as_ref(), colours);
    }
    let expression = args.expression.unwrap_or_default();
    let surroundings = args.given.surroundings()?;
    let result = if args.format {
        parsed(&expression, &surroundings.registry).map(|expression| expression.indented(WIDTH).to_string())
    } else {
        let mut tree = args.explain.then(String::new);
        let result = evaluate(&expression, &surroundings, tree.as_mut());
        write!(std::io::stdout(), "{}", tree.unwrap_or_default())?;
        result.map(|evaluated| visible_json(&evaluated.value.to_string()).into_owned())
    };
    match result {
        Ok(text) => {
            writeln!(std::io::stdout(), "{text}")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let drawn = Drawing::on_stderr(colours).draw(NAME, &expression, &error.finding());
            write!(std::io::stderr(), "{drawn}")?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// All findings; the expression can be used when none of them is an error.
fn check(source: &str, registry: &Registry, schema: Option<&PathBuf>, colours: Colours) -> Result<ExitCode, Failure> {
    let schema = schema.map(|path| read_schema(path, colours)).transpose()?;
    let found = match registry.parse(source) {
        Ok(expression) => {
            let mut found = registry.check(&expression);
            if let Some(schema) = &schema {
                found.extend(schema.check(&expression, std::iter::empty()));
            }
            found
        }
        Err(error) => vec![error.into()],
    };
    let drawing = Drawing::on_stdout(colours);
    let mut out = std::io::stdout().lock();
    for (position, diagnostic) in found.iter().enumerate() {
        let between = if position == 0 { "" } else { "\n" };
        write!(out, "{between}{}", drawing.draw(NAME, source, &Finding::from(diagnostic)))?;
    }
    let usable = !found.iter().any(Diagnostic::is_error);
    Ok(if usable { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Reads a schema; definitions that are left out are shown on standard error.
pub(crate) fn read_schema(path: &Path, colours: Colours) -> Result<SourceSchema, Failure> {
    let schema = SourceSchema::read(path)?;
    let drawing = Drawing::on_stderr(colours);
    for left_out in &schema.unreadable {
        let message = format!("this definition is left out: {}", left_out.error);
        let finding =
            Finding { is_error: false, ..Finding::error(left_out.error.code(), &message, left_out.error.span()) };
        let name = format!("{}, {}", path.display(), left_out.attribute);
        write!(std::io::stderr(), "{}", drawing.draw(&name, &left_out.text, &finding))?;
    }
    Ok(schema)
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

fn batch(path: &PathBuf, default: &Registry, role_ids: bool) -> Result<ExitCode, Failure> {
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
            answer(&octets, default, role_ids)
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

fn answer(octets: &[u8], default: &Registry, role_ids: bool) -> Json {
    let line: Line = match serde_json::from_slice(octets) {
        Ok(line) => line,
        Err(error) => return bad_line(error.to_string()),
    };
    let dialect = match line.dialect.as_deref().map_or(Ok(default.dialect()), str::parse) {
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
        registry: Registry::new(dialect).with_profile(default.profile()),
        role_ids,
        existing: line.existing,
        params: line.params,
        default_domain: line.default_domain,
    };
    match evaluate(&line.expression, &surroundings, None) {
        Ok(evaluated) => json!({ "value": evaluated.value }),
        Err(error) => error_object(error.code, error.message, error.span),
    }
}
