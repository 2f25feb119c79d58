use serde::Serialize;

use super::MappingSource;
use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::extension::Registry;
use crate::output::Rendering;
use crate::scope::{Layout, Source};

/// What came of trying an expression, in the members of the answer to *parseExpression* of Microsoft Graph.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TestedExpression {
    /// Whether the text is an expression that can be used.
    pub parsing_succeeded: bool,
    /// Its stored form; `None` also for what only the dialect `connect` has.
    pub parsed_expression: Option<MappingSource>,
    /// Whether it was evaluated without an error.
    pub evaluation_succeeded: bool,
    /// The texts of its value: one for a scalar, none for no value and for a flow signal, `[Redact]` for a secret one. Of a
    /// value with members it is the member `value`.
    pub evaluation_result: Vec<String>,
    /// Why it cannot be used or failed, with the place in the text.
    pub error: Option<Diagnostic>,
}

/// Parses the text of an expression and, where there is an object, evaluates it for that.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use provost_expr::{Context, Dialect, NoEntropy, Registry, Value, test_expression};
/// use provost_model::Timestamp;
///
/// let registry = Registry::new(Dialect::Entra);
/// let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
/// let user = BTreeMap::from([("mail".to_owned(), Value::text("a,b"))]);
/// let tested = test_expression(r#"Split([mail], ",")"#, Some(&user), &registry, &context);
/// assert_eq!(tested.evaluation_result, ["a", "b"]);
///
/// let tested = test_expression("Split([mail]", Some(&user), &registry, &context);
/// assert!(!tested.parsing_succeeded);
/// assert_eq!(tested.error.unwrap().span().start(), 12);
/// ```
#[must_use]
pub fn test_expression<S: Source + ?Sized>(
    text: &str,
    object: Option<&S>,
    registry: &Registry,
    context: &Context<'_>,
) -> TestedExpression {
    let mut tested = TestedExpression::default();
    let mut layout = Layout::new();
    let compiled = registry.parse(text).map_err(Diagnostic::from).and_then(|expression| {
        let program = registry.compile(&expression, &mut layout)?;
        Ok((expression, program))
    });
    let (expression, program) = match compiled {
        Ok(compiled) => compiled,
        Err(error) => return TestedExpression { error: Some(error), ..tested },
    };
    tested.parsing_succeeded = true;
    tested.parsed_expression = MappingSource::new(&expression, registry).ok();
    let Some(object) = object else { return tested };
    let record = layout.record(object);
    match program.evaluate(&record, context) {
        Ok(output) => {
            tested.evaluation_succeeded = true;
            tested.evaluation_result = match output.rendering() {
                _ if output.is_redacted() => vec!["[Redact]".to_owned()],
                Rendering::Complex(values) => {
                    values.iter().filter_map(|value| value.get("value")).map(ToString::to_string).collect()
                }
                Rendering::Flow(_) | Rendering::Null => Vec::new(),
                Rendering::List(texts) => texts.into_iter().map(str::to_owned).collect(),
                Rendering::Text(text) => vec![text.into_owned()],
            };
        }
        Err(error) => {
            let found = Diagnostic::error(error.code(), error.span(), error.to_string());
            tested.error = Some(match error.help() {
                Some(help) => found.with_help(help),
                None => found,
            });
        }
    }
    tested
}
