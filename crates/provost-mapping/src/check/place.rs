//! Functions and words in places where they must not, or should not, stand.

use provost_expr::{Bareword, Call, Diagnostic, Expression, ExpressionKind, RoleUpdate};
use provost_model::{ObjectTypeSchema, ValueKind};
use provost_text::Span;

use super::Finding;
use crate::Mapping;
use crate::definition::Apply;
use crate::mapping::CompiledFlow;
use crate::target::Target;

/// What is known of the place that an expression stands in.
struct Place<'p> {
    target: &'p str,
    matching: bool,
    always: bool,
    /// An object cannot be made, or found, without a value.
    needed: bool,
    reference: bool,
    roles: bool,
}

impl Mapping {
    pub(super) fn check_place(
        &self,
        position: usize,
        flow: &CompiledFlow,
        object_type: &ObjectTypeSchema,
        found: &mut Vec<Finding>,
    ) {
        let Some((expression, _)) = &flow.expression else { return };
        let name = &flow.definition.target;
        let attribute = object_type.attribute(name.as_str()).filter(|_| flow.target == Target::Attribute);
        let matching = flow.definition.matching.is_some();
        let required = attribute.is_some_and(|attribute| attribute.required);
        let place = Place {
            target: name.as_str(),
            matching,
            always: flow.definition.apply == Apply::Always,
            needed: matching || required || flow.target == Target::Name,
            reference: attribute.is_some_and(|attribute| attribute.kind == ValueKind::Reference),
            roles: holds_roles(name.as_str()),
        };
        let diagnostics = self.placed(expression, &place);
        found.extend(
            diagnostics.into_iter().map(|found| Finding::placed(position, flow, found.message().to_owned(), found)),
        );
    }

    fn placed(&self, expression: &Expression, place: &Place<'_>) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for node in expression.nodes() {
            match node.kind() {
                ExpressionKind::Call(call) => self.placed_call(call, place, &mut found),
                ExpressionKind::Bareword(Bareword::IgnoreAttributeFlow | Bareword::IgnoreThisFlow) if place.needed => {
                    found.push(ignored(node.span(), place));
                }
                ExpressionKind::Bareword(Bareword::IgnoreObjectFlow) if place.always => {
                    let message = format!(
                        "the flow to `{}` is applied at every update, and this then leaves the whole object as it is",
                        place.target
                    );
                    let found_here = Diagnostic::warning("ignored-object", node.span(), message);
                    found.push(found_here.with_help("apply the flow only at creation"));
                }
                _ => {}
            }
        }
        found
    }

    fn placed_call(&self, call: &Call, place: &Place<'_>, found: &mut Vec<Diagnostic>) {
        let Some(function) = self.registry().find(call.name()) else { return };
        let (name, target, span) = (call.name(), place.target, call.name_span());
        let mut error = |code, message: String, help: &str| {
            found.push(Diagnostic::error(code, span, message).with_help(help));
        };
        if place.matching && function.is_redacting() {
            let message = format!("`{target}` takes part in matching, so it cannot be redacted");
            error("redact-on-matching", message, "match by another attribute, or leave `Redact` out");
        }
        if place.matching && function.is_random() {
            let message = format!("`{target}` takes part in matching, and its value is random");
            error("random-matching", message, "match by an attribute that stays the same");
        }
        if function.is_outermost() && (place.matching || place.always) {
            let message = format!(
                "the value of `{target}` is chosen once, so it takes no part in matching and flows at creation"
            );
            error("unique-always", message, "apply the flow only at creation, and match by another attribute");
        }
        if place.reference && name == "Switch" {
            let message = format!("`{target}` holds references, for which `Switch` must not be used");
            error("switch-on-reference", message, "choose by `IIF`");
        }
        if place.needed && name == "IgnoreFlowIfNullOrEmpty" {
            found.push(ignored(span, place));
        }
        if !place.matching && place.always && function.is_random() {
            let message = format!(
                "the value of `{target}` is random and would change at every update; apply it only at creation"
            );
            found
                .push(Diagnostic::warning("random-always", span, message).with_help("apply the flow only at creation"));
        }
        if !place.roles && (function.role_update().is_some() || name == "SingleAppRoleAssignment") {
            let message = format!("`{name}` gives roles, and `{target}` is no attribute for them");
            let help = "flow it to `roles`; `AppRoleAssignments` gives the values of roles to any attribute";
            found.push(match function.role_update() {
                Some(_) => Diagnostic::error("roles-target", span, message).with_help(help),
                None => Diagnostic::warning("roles-target", span, message)
                    .with_help("the product takes this for `roles` only; here the value flows"),
            });
        }
        if let Some(update) = function.role_update().filter(|_| place.roles) {
            let message = format!("each role flows to `{target}` as the JSON text of an object");
            let help = match update {
                RoleUpdate::Add => {
                    "attributes hold no members; roles that `AppRoleAssignmentsComplex` gave earlier stay"
                }
                RoleUpdate::Replace => {
                    "attributes hold no members; `AppRoleAssignments` gives the values of roles alone"
                }
            };
            found.push(Diagnostic::warning("complex-as-text", span, message).with_help(help));
        }
    }
}

fn ignored(span: Span, place: &Place<'_>) -> Diagnostic {
    let message = format!("`{}` always needs a value, so its flow cannot be ignored", place.target);
    Diagnostic::error("ignored-flow", span, message).with_help("give a value for the case that there is none")
}

/// Whether a target is the attribute `roles` of SCIM, or a part of it.
fn holds_roles(target: &str) -> bool {
    let path = target.split(['[', '.']).next().unwrap_or_default();
    let name = if target.starts_with("urn:") { target.rsplit(':').next().unwrap_or_default() } else { path };
    name.split(['[', '.']).next().is_some_and(|name| name.eq_ignore_ascii_case("roles"))
}

#[cfg(test)]
mod tests {
    use super::holds_roles;

    #[test]
    fn roles_are_told_by_their_path() {
        for target in ["roles", "Roles", "roles[primary eq \"True\"].value", "roles.value", "urn:a:b:2.0:User:roles"] {
            assert!(holds_roles(target), "{target}");
        }
        for target in ["role", "description", "urn:roles:User:mail", "userRoles"] {
            assert!(!holds_roles(target), "{target}");
        }
    }
}
