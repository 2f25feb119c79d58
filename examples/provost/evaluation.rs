//! Evaluates one expression for one user, as `provost eval` and `provost repl` do.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use provost_connector::{Clock as _, Entropy as _};
use provost_examples::failure::Failure;
use provost_examples::system::{SystemClock, SystemEntropy};
use provost_expr::{
    Complex, Context, Dialect, Expression, Layout, Member, NoEntropy, Profile, Registry, Rendering, StepResult, Trace,
};
use provost_model::Timestamp;
use provost_text::Span;
use serde_json::{Map, Value as Json, json};

use crate::drawing::{Finding, visible, visible_json};
use crate::user::{Attributes, read_object, user_attributes};

/// Why an expression has no value: the members of an error object.
pub(crate) struct NoValue {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) span: Span,
}

impl NoValue {
    /// Returns what is drawn.
    pub(crate) fn finding(&self) -> Finding<'_> {
        Finding { help: self.help.as_deref(), ..Finding::error(self.code, &self.message, self.span) }
    }
}

/// Columns of a formatted expression.
pub(crate) const WIDTH: usize = 100;

/// What an expression is evaluated for, as arguments give it.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Given {
    /// An attribute of the user; a name that is given again gets several values.
    #[arg(long = "attr", value_name = "NAME=VALUE", value_parser = named)]
    attributes: Vec<(String, String)>,
    /// File with the user as one JSON object; `--attr` goes before it.
    #[arg(long, value_name = "FILE")]
    user: Option<PathBuf>,
    /// The time that the expression sees, such as 2026-03-16T07:00:00Z; the clock's by default.
    #[arg(long, value_name = "RFC3339", value_parser = timestamp)]
    pub(crate) now: Option<Timestamp>,
    /// The language: `entra` or `connect`.
    #[arg(long, default_value = "entra", value_parser = dialect)]
    pub(crate) dialect: Dialect,
    /// Keeps to the documented product: 10,000 characters of text, and conditions that fail as its reference says.
    #[arg(long)]
    documented: bool,
    /// Gives roles the `id` of their assignment.
    #[arg(long)]
    pub(crate) role_ids: bool,
    /// A value that the target has already, for `SelectUniqueValue`; may be given again.
    #[arg(long, value_name = "VALUE")]
    existing: Vec<String>,
    /// The value of `%NAME%` in the dialect `connect`; may be given again.
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = named)]
    params: Vec<(String, String)>,
    /// What `DefaultDomain` gives.
    #[arg(long, value_name = "DOMAIN")]
    default_domain: Option<String>,
}

fn named(text: &str) -> Result<(String, String), String> {
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

impl Given {
    /// Returns the user as one JSON object.
    ///
    /// # Errors
    ///
    /// The file of the user cannot be used.
    pub(crate) fn object(&self) -> Result<Map<String, Json>, Failure> {
        let mut user = match &self.user {
            Some(path) => read_object(path)?,
            None => Map::new(),
        };
        let mut given: BTreeMap<&str, Vec<Json>> = BTreeMap::new();
        for (name, value) in &self.attributes {
            given.entry(name).or_default().push(Json::String(value.clone()));
        }
        for (name, mut values) in given {
            let single = if values.len() == 1 { values.pop() } else { None };
            user.insert(name.to_owned(), single.unwrap_or(Json::Array(values)));
        }
        Ok(user)
    }

    /// Returns the functions that an expression may call, and how closely it keeps to the documented product.
    pub(crate) fn registry(&self) -> Registry {
        let profile = if self.documented { Profile::Documented } else { Profile::Standard };
        Registry::new(self.dialect).with_profile(profile)
    }

    /// Returns what an expression is evaluated for.
    ///
    /// # Errors
    ///
    /// The file of the user cannot be used.
    pub(crate) fn surroundings(self) -> Result<Surroundings, Failure> {
        Ok(Surroundings {
            user: user_attributes(&self.object()?).map_err(Failure::new)?,
            now: self.now.unwrap_or_else(|| SystemClock::default().now()),
            registry: self.registry(),
            role_ids: self.role_ids,
            existing: self.existing,
            params: self.params.into_iter().collect(),
            default_domain: self.default_domain,
        })
    }
}

/// What an expression is evaluated for.
pub(crate) struct Surroundings {
    pub(crate) user: Attributes,
    pub(crate) now: Timestamp,
    pub(crate) registry: Registry,
    pub(crate) role_ids: bool,
    pub(crate) existing: Vec<String>,
    pub(crate) params: BTreeMap<String, String>,
    pub(crate) default_domain: Option<String>,
}

/// The value of an expression.
pub(crate) struct Evaluated {
    pub(crate) value: Json,
    /// Whether it is secret: `Redact` took part in making it.
    pub(crate) is_redacted: bool,
}

/// Reads an expression.
pub(crate) fn parsed(source: &str, registry: &Registry) -> Result<Expression, NoValue> {
    registry.parse(source).map_err(|error| NoValue {
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
            StepResult::Gave(value) => visible_json(&written(&value.rendering()).to_string()).into_owned(),
            StepResult::Omitted => "...".to_owned(),
            StepResult::Redacted => "[Redact]".to_owned(),
        };
        let _ = writeln!(tree, "{:indent$}{} => {result}", "", visible(&part), indent = step.depth() * 2);
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
pub(crate) fn evaluate(
    source: &str,
    surroundings: &Surroundings,
    tree: Option<&mut String>,
) -> Result<Evaluated, NoValue> {
    let expression = parsed(source, &surroundings.registry)?;
    let mut layout = Layout::new();
    let program = surroundings.registry.compile(&expression, &mut layout).map_err(|diagnostic| NoValue {
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
    if surroundings.role_ids {
        context = context.with_role_ids();
    }
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
    Ok(Evaluated { value: written(&output.rendering()), is_redacted: output.is_redacted() })
}

fn complex_json(value: &Complex) -> Json {
    let member = |(name, value): (&str, &Member)| match value {
        Member::Boolean(flag) => (name.to_owned(), json!(flag)),
        Member::Text(text) => (name.to_owned(), json!(text)),
    };
    Json::Object(value.members().map(member).collect())
}
