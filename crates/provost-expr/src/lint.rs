use std::collections::BTreeMap;

use provost_model::Timestamp;

use crate::ast::{Argument, Expression, ExpressionKind};
use crate::context::{Context, NoEntropy};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::error::EvaluateErrorKind as Kind;
use crate::eval::Evaluator;
use crate::extension::Registry;
use crate::functions::replace::missing_anchors;
use crate::program;
use crate::regex::Patterns;
use crate::registry::Nature;
use crate::scope::Layout;

/// What the evaluation of a constant part may build; one that needs more is left alone.
const TEXT_BUDGET: usize = 64 * 1024;

/// Looks for what is allowed and most likely not meant. The expression has no errors.
pub(crate) fn lint(expression: &Expression, registry: &Registry, patterns: &Patterns, found: &mut Vec<Diagnostic>) {
    constant_failures(expression, registry, patterns, found);
    if registry.dialect() == Dialect::Entra {
        missing_defaults(expression, found);
        for call in expression.calls().filter(|call| call.name == "Replace") {
            missing_anchors(call, patterns, found);
        }
    }
}

/// Evaluates each part that does not depend on the object. One that fails is a warning: the branch that it stands in may
/// never be taken.
fn constant_failures(expression: &Expression, registry: &Registry, patterns: &Patterns, found: &mut Vec<Diagnostic>) {
    let mut seen = 0;
    for node in expression.nodes() {
        let is_call = matches!(node.kind, ExpressionKind::Call(_) | ExpressionKind::Chain(_));
        if !is_call || node.span.start() < seen || !is_constant(node, registry) {
            continue;
        }
        seen = node.span.end();
        let layout = &mut Layout::new();
        let Ok(compiled) = program::node(node, layout, registry, patterns) else { continue };
        let nothing = BTreeMap::new();
        let record = layout.record(&nothing);
        let entropy = |_: &mut [u8]| Err(NoEntropy);
        let context = Context::new(Timestamp::UNIX_EPOCH, &entropy).with_text_budget(TEXT_BUDGET);
        let Err(error) = Evaluator::new(&record, &context).run(&compiled) else { continue };
        let known = found.iter().any(|held| held.span() == error.span());
        if !known && error.kind() != Kind::TooLong {
            let message = format!("this fails for every object that it is evaluated for: {error}");
            let diagnostic = Diagnostic::warning(error.code(), error.span(), message);
            found.push(match error.help() {
                Some(help) => diagnostic.with_help(help),
                None => diagnostic,
            });
        }
    }
}

/// Whether a part gives the same for every object, at any time and in any place.
fn is_constant(part: &Expression, registry: &Registry) -> bool {
    part.nodes().all(|node| match &node.kind {
        ExpressionKind::Attribute(_) | ExpressionKind::Parameter(_) | ExpressionKind::Variable(_) => false,
        ExpressionKind::Bareword(word) => word.flow().is_none(),
        ExpressionKind::Call(call) => {
            // `Error` fails on purpose.
            let function = registry.find(&call.name).filter(|function| function.name != "Error");
            function.is_some_and(|function| function.nature == Nature::Plain)
        }
        ExpressionKind::Chain(_) | ExpressionKind::Comparison(_) | ExpressionKind::Constant(_) => true,
    })
}

fn missing_defaults(expression: &Expression, found: &mut Vec<Diagnostic>) {
    for call in expression.calls().filter(|call| call.name == "Switch") {
        if let Some(Argument::Omitted(place)) = call.arguments.get(1) {
            let message = "without a default, a source that equals no key gives no value";
            found.push(
                Diagnostic::warning("switch-without-default", *place, message)
                    .with_help("write the default as the second argument"),
            );
        }
    }
}
