//! Conditions of `IIF` that the reference calls unsupported. Other pages publish them, and here they mean what they say;
//! under [`Profile::Documented`] evaluating one fails.

use crate::ast::{Argument, Call, Expression, ExpressionKind};
use crate::diagnostic::Diagnostic;
use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::invocation::Invocation;
use crate::profile::Profile;
use crate::program::{Node, NodeKind};
use crate::registry::ParameterKind::Condition;
use crate::registry::{CallContext, Function, Parameter};
use crate::scope::Layout;
use crate::value::Value;

type Evaluated<'a> = Result<Value<'a>, EvaluateError>;

/// The condition, behind it the attributes that stand in it as they are.
static WITH_VALUES: Function = Function::new(
    "IIF",
    &[Parameter::required("condition", Condition)],
    with_values,
    "Refuses attributes without value.",
);

static UNSUPPORTED: Function =
    Function::new("IIF", &[Parameter::required("condition", Condition)], unsupported, "Refuses the condition.");

const HELP: &str = "write `Switch` with the key `\"\"` in place of `IIF`";

/// Whether the reference names a condition of this form as unsupported.
fn is_unsupported(condition: &Expression) -> bool {
    match condition.kind() {
        ExpressionKind::Call(inner) => matches!(inner.name(), "IsNullOrEmpty" | "IsPresent"),
        ExpressionKind::Comparison(comparison) => [comparison.left(), comparison.right()]
            .iter()
            .any(|side| matches!(side.kind(), ExpressionKind::Constant(constant) if constant.text().is_empty())),
        _ => false,
    }
}

pub(super) fn check_condition(call: &Call, context: &CallContext<'_>, found: &mut Vec<Diagnostic>) {
    let Some(condition) = call.arguments().first().and_then(Argument::given) else { return };
    if !is_unsupported(condition) {
        return;
    }
    let (message, help) = match context.profile {
        Profile::Documented => ("the reference calls this condition unsupported, so evaluating it fails", HELP),
        Profile::Standard => (
            "the reference calls this condition unsupported; the product may take the other branch",
            "where the expression must mean the same there, use `Switch` with the key `\"\"`",
        ),
    };
    found.push(Diagnostic::warning("unsupported-condition", condition.span(), message).with_help(help));
}

/// The condition as the reference has it: one that it names as unsupported fails, and any other fails where an attribute
/// in it has no value.
pub(crate) fn documented(condition: &Expression, compiled: Node, layout: &mut Layout) -> Node {
    let span = compiled.span;
    let mut arguments = vec![Some(compiled)];
    let sides = match condition.kind() {
        _ if is_unsupported(condition) => return Node::new(NodeKind::Call(&UNSUPPORTED, arguments.into()), span),
        ExpressionKind::Attribute(_) => [Some(condition), None],
        ExpressionKind::Comparison(comparison) => [Some(comparison.left()), Some(comparison.right())],
        _ => [None, None],
    };
    for side in sides.into_iter().flatten() {
        if let ExpressionKind::Attribute(name) = side.kind() {
            arguments.push(Some(Node::new(NodeKind::Attribute(layout.slot(name)), side.span())));
        }
    }
    Node::new(NodeKind::Call(&WITH_VALUES, arguments.into()), span)
}

fn with_values<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    for position in 1..call.count() {
        if call.value(position)?.is_null_or_empty() {
            let message = "the attribute has no value, so the condition fails, as the reference says";
            return Err(call.error_at(position, Kind::UnsupportedCondition, message).with_help(HELP));
        }
    }
    call.branch(0)
}

fn unsupported<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let message = "the reference calls this condition unsupported";
    Err(call.error(Kind::UnsupportedCondition, message).with_help(HELP))
}
