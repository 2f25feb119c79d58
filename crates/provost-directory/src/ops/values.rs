//! Attributes as a client sends them, checked one by one before an entry is touched.

use std::collections::HashSet;

use provost_ldap_wire::{PartialAttribute, ResultCode};

use crate::refusal::Refusal;
use crate::schema::{Description, Schema};

/// An attribute of a request whose type is known and whose values are of its syntax and differ from each other.
#[derive(Debug)]
pub(super) struct CheckedAttribute {
    pub(super) description: Description,
    /// As the client spelt it, for messages.
    pub(super) spelling: String,
    pub(super) values: Vec<Vec<u8>>,
}

impl CheckedAttribute {
    pub(super) fn new(attribute: &PartialAttribute<'_>, schema: &Schema) -> Result<Self, Refusal> {
        let description = schema.describe(&attribute.description)?;
        let spelling = description.text(schema);
        let refuse = |code, reason: &str| Err(Refusal::new(code, format!("{spelling}: {reason}")));
        if let Some(syntax) = schema.unchecked_syntax(&description).filter(|_| !attribute.values.is_empty()) {
            return refuse(ResultCode::INVALID_ATTRIBUTE_SYNTAX, &format!("no validator for syntax {syntax}"));
        }
        for (at, value) in attribute.values.iter().enumerate() {
            if !schema.is_valid(&description, value) {
                let reason = format!("value #{at} invalid per syntax");
                return refuse(ResultCode::INVALID_ATTRIBUTE_SYNTAX, &reason);
            }
        }
        if attribute.values.len() > 1 && schema.attribute_type(description.type_id).single_value {
            return refuse(ResultCode::CONSTRAINT_VIOLATION, "multiple values provided");
        }
        let values: Vec<Vec<u8>> = attribute.values.iter().map(|value| value.to_vec()).collect();
        let mut seen = HashSet::with_capacity(values.len());
        for (at, value) in values.iter().enumerate() {
            if values.len() > 1 && !seen.insert(schema.canonical(description.type_id, value)) {
                // OpenLDAP names the first of the two.
                let canonical = schema.canonical(description.type_id, value);
                let first = values.iter().position(|held| schema.canonical(description.type_id, held) == canonical);
                let reason = format!("value #{} provided more than once", first.unwrap_or(at));
                return refuse(ResultCode::ATTRIBUTE_OR_VALUE_EXISTS, &reason);
            }
        }
        Ok(Self { description, spelling, values })
    }

    /// Refuses attributes that only the server writes.
    pub(super) fn require_user_modification(&self, schema: &Schema) -> Result<(), Refusal> {
        if !schema.attribute_type(self.description.type_id).no_user_modification {
            return Ok(());
        }
        let message = format!("{}: no user modification allowed", self.spelling);
        Err(Refusal::new(ResultCode::CONSTRAINT_VIOLATION, message))
    }
}
