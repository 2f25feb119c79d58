//! Evaluates one expression for one user, as `provost eval` and `provost repl` do.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use provost_connector::Entropy as _;
use provost_examples::system::SystemEntropy;
use provost_expr::{
    Complex, Context, Dialect, Expression, Layout, Limits, Member, NoEntropy, Program, Rendering, StepResult, Trace,
    parse_as,
};
use provost_model::Timestamp;
use provost_text::Span;
use serde_json::{Value as Json, json};

use crate::drawing::{Finding, visible};
use crate::user::Attributes;

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

/// What an expression is evaluated for.
pub(crate) struct Surroundings {
    pub(crate) user: Attributes,
    pub(crate) now: Timestamp,
    pub(crate) dialect: Dialect,
    pub(crate) existing: Vec<String>,
    pub(crate) params: BTreeMap<String, String>,
    pub(crate) default_domain: Option<String>,
}

/// Reads an expression.
pub(crate) fn parsed(source: &str, dialect: Dialect) -> Result<Expression, NoValue> {
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
pub(crate) fn evaluate(source: &str, surroundings: &Surroundings, tree: Option<&mut String>) -> Result<Json, NoValue> {
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
