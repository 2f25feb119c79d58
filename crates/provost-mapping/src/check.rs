mod place;
mod source;

use provost_expr::{Diagnostic, Severity, Shape};
use provost_model::{AttributeName, AttributeSchema, Mutability, ObjectTypeSchema, Value};

use crate::Mapping;
use crate::definition::{Apply, Origin};
use crate::desired::convert;
use crate::error::described;
use crate::mapping::CompiledFlow;
use crate::target::Target;

/// Something that a check of a mapping against the schema of its target found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    code: &'static str,
    severity: Severity,
    target: Option<AttributeName>,
    flow: Option<usize>,
    message: String,
    diagnostic: Option<Diagnostic>,
    /// What the diagnostic is in.
    text: Option<String>,
}

impl Finding {
    fn new(code: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        Self { code, severity, target: None, flow: None, message: message.into(), diagnostic: None, text: None }
    }

    /// What was found at a place of the expression, or of the name, that a flow comes from. A password may be a constant
    /// there, so nothing of it is shown.
    fn diagnosed(
        position: usize,
        flow: &CompiledFlow,
        found: Diagnostic,
        message: impl FnOnce(&str) -> String,
    ) -> Self {
        let found = if flow.target == Target::Password { found.concealed() } else { found };
        Self::placed(position, flow, message(found.message()), found)
    }

    /// What was found at a place by a message and a help that repeat nothing of the expression but names of functions.
    fn placed(position: usize, flow: &CompiledFlow, message: impl Into<String>, found: Diagnostic) -> Self {
        let text = match &flow.definition.origin {
            _ if flow.target == Target::Password => None,
            Origin::Constant(text) | Origin::Direct(text) | Origin::Expression(text) => Some(text.clone()),
        };
        let finding = Self::new(found.code(), found.severity(), message).at(position, flow);
        Self { diagnostic: Some(found), text, ..finding }
    }

    fn at(mut self, position: usize, flow: &CompiledFlow) -> Self {
        self.target = Some(flow.definition.target.clone());
        self.flow = Some(position);
        self
    }

    /// Returns a code that stays the same between versions.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Returns how much it weighs. A mapping with an error cannot write every object that it should.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Tells whether it is an error.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Returns the target attribute that it speaks of.
    #[must_use]
    pub fn target(&self) -> Option<&AttributeName> {
        self.target.as_ref()
    }

    /// Returns the position of the flow that it speaks of, from zero.
    #[must_use]
    pub fn flow(&self) -> Option<usize> {
        self.flow
    }

    /// Returns what can be done about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.diagnostic.as_ref().and_then(Diagnostic::help)
    }

    /// Returns what was found in the expression, or in the name of the source attribute where a flow has no expression.
    #[must_use]
    pub fn diagnostic(&self) -> Option<&Diagnostic> {
        self.diagnostic.as_ref()
    }

    /// Returns the text that the diagnostic is in, for a [`provost_text::Snippet`]; `None` for a flow to a password, whose
    /// constants may be the password.
    #[must_use]
    pub fn expression(&self) -> Option<&str> {
        self.text.as_deref()
    }
}

/// Shows the message, which names the target.
impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl Mapping {
    /// Checks the mapping against the type of the objects it writes: attributes that an object cannot be made without,
    /// targets that do not exist, several values for an attribute that holds one, constants of another kind, matching, and
    /// functions in places where they do harm.
    ///
    /// Findings about flows come first, in the order of the flows.
    #[must_use]
    pub fn check(&self, object_type: &ObjectTypeSchema) -> Vec<Finding> {
        let mut found = Vec::new();
        for (position, flow) in self.flows().iter().enumerate() {
            self.check_expression(position, flow, &mut found);
            if flow.target == Target::Attribute {
                check_target(position, flow, object_type, &mut found);
            }
            self.check_place(position, flow, object_type, &mut found);
        }
        for attribute in &object_type.attributes {
            if attribute.required && attribute.mutability != Mutability::ReadOnly && !self.covers(&attribute.name) {
                let name = attribute.name.as_str();
                let message =
                    format!("no flow gives `{name}` a value, and {} cannot be made without it", object_type.name);
                let mut finding = Finding::new("required-uncovered", Severity::Error, message);
                finding.target = Some(attribute.name.clone());
                found.push(finding);
            }
        }
        if self.matching_attributes().next().is_none() {
            let message = "no flow takes part in matching, so objects that exist already cannot be found";
            found.push(Finding::new("no-matching", Severity::Error, message));
        }
        if !self.flows().iter().any(|flow| flow.target == Target::Name) {
            let message = "no flow gives `-dn-` a value, so the target must name new objects itself";
            found.push(Finding::new("no-name", Severity::Warning, message));
        }
        found
    }

    fn covers(&self, attribute: &AttributeName) -> bool {
        let target = Target::of(attribute);
        self.flows().iter().any(|flow| match target {
            Target::Attribute => flow.definition.target == *attribute,
            special => flow.target == special,
        })
    }

    /// What the expression checker warns of; its errors do not get as far as a mapping.
    fn check_expression(&self, position: usize, flow: &CompiledFlow, found: &mut Vec<Finding>) {
        let Some((expression, _)) = &flow.expression else { return };
        let target = flow.definition.target.as_str();
        found.extend(self.registry().check(expression).into_iter().map(|diagnostic| {
            Finding::diagnosed(position, flow, diagnostic, |text| format!("in the expression of `{target}`: {text}"))
        }));
    }
}

/// Whether the attribute is there, may be written, and can hold what flows.
fn check_target(position: usize, flow: &CompiledFlow, object_type: &ObjectTypeSchema, found: &mut Vec<Finding>) {
    let name = flow.definition.target.as_str();
    let Some(attribute) = object_type.attribute(name) else {
        let message = format!("{} has no attribute `{name}`", object_type.name);
        found.push(Finding::new("unknown-target", Severity::Error, message).at(position, flow));
        return;
    };
    match attribute.mutability {
        Mutability::ReadOnly => {
            let message = format!("`{name}` is set by the target alone");
            found.push(Finding::new("read-only-target", Severity::Error, message).at(position, flow));
        }
        Mutability::Immutable if flow.definition.apply == Apply::Always => {
            let message = format!("`{name}` cannot be changed later; apply the flow only at creation");
            found.push(Finding::new("immutable-target", Severity::Warning, message).at(position, flow));
        }
        _ => {}
    }
    let list = flow.expression.as_ref().is_some_and(|(_, program)| program.shape() == Shape::List);
    if list && !attribute.multi_valued {
        let message = format!("the expression gives several values, and `{name}` holds one");
        found.push(Finding::new("several-values", Severity::Error, message).at(position, flow));
    }
    let constant = match &flow.definition.origin {
        Origin::Constant(text) => Some(text),
        _ => None,
    };
    for (what, text) in [("constant", constant), ("default", flow.definition.default.as_ref())] {
        if text.is_some_and(|text| !fits(text, attribute)) {
            let message = format!("the {what} for `{name}` cannot be turned into {}", described(attribute.kind));
            found.push(Finding::new("value-kind", Severity::Error, message).at(position, flow));
        }
    }
}

fn fits(text: &str, attribute: &AttributeSchema) -> bool {
    convert(Value::from(text), attribute).is_ok()
}
