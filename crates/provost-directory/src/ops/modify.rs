use std::collections::HashSet;

use provost_ldap_wire::{Control, ModifyOperation, ModifyRequest, ReadEntry, ResultCode};

use super::controls::RequestControls;
use super::values::CheckedAttribute;
use crate::Directory;
use crate::directory::Place;
use crate::identity::Identity;
use crate::refusal::Refusal;
use crate::schema::{EntryPurpose, Schema, check_entry};
use crate::tree::{AttributeSet, StoredEntry};

/// One change of one attribute.
#[derive(Debug)]
struct Change {
    operation: ModifyOperation,
    attribute: CheckedAttribute,
}

impl Directory {
    /// Changes an entry (RFC 4511 section 4.6): all changes or none. Returns the controls of the answer.
    pub(crate) fn modify(
        &self,
        who: &Identity,
        request: &ModifyRequest<'_>,
        controls: &RequestControls,
    ) -> Result<Vec<Control>, Refusal> {
        let schema = &self.0.schema;
        let name = schema.resolve_name(&request.name)?;
        let changes = check_changes(request, schema)?;
        let unwilling = |message| Err(Refusal::new(ResultCode::UNWILLING_TO_PERFORM, message));
        match self.place(&name) {
            Place::RootDse => return unwilling("modify upon the root DSE not supported"),
            Place::Subschema => return unwilling("modification of subschema subentry not supported"),
            Place::Within(_) | Place::Outside => self.require_within(&name)?,
        }
        who.require_author()?;
        changes.iter().try_for_each(|change| change.attribute.require_user_modification(schema))?;
        let mut tree = self.tree_mut();
        let old = self.find(&tree, &name)?.clone();
        self.check_assertion(controls, &self.view(&tree, &old, who))?;
        require_access(who, &old, &changes, schema)?;
        let pre_read = self.read_entry(ReadEntry::Pre, controls.pre_read.as_ref(), &self.view(&tree, &old, who));
        let mut entry = StoredEntry::clone(&old);
        changes.iter().try_for_each(|change| change.apply(&mut entry.attributes, schema))?;
        if let Some(rdn) = name.rdns.first() {
            check_entry(schema, rdn, &mut entry.attributes, EntryPurpose::Change)?;
        }
        self.record_change(who, &mut entry.attributes);
        let entry = tree.replace(entry);
        self.count_write();
        let view = self.view(&tree, &entry, who);
        let post_read = self.read_entry(ReadEntry::Post, controls.post_read.as_ref(), &view);
        Ok(pre_read.into_iter().chain(post_read).collect())
    }
}

fn check_changes(request: &ModifyRequest<'_>, schema: &Schema) -> Result<Vec<Change>, Refusal> {
    let checked = request.changes.iter().map(|change| {
        let protocol_error = |message| Err(Refusal::new(ResultCode::PROTOCOL_ERROR, message));
        match (change.operation, change.attribute.values.len()) {
            (ModifyOperation::Add, 0) => return protocol_error("modify/add operation requires values"),
            (ModifyOperation::Increment, 0) => return protocol_error("modify/increment operation requires value"),
            (ModifyOperation::Increment, 2..) => {
                return protocol_error("modify/increment operation requires single value");
            }
            _ => {}
        }
        let attribute = CheckedAttribute::new(&change.attribute, schema)?;
        Ok(Change { operation: change.operation, attribute })
    });
    checked.collect()
}

/// Administrators change everything, others their own password only.
fn require_access(who: &Identity, entry: &StoredEntry, changes: &[Change], schema: &Schema) -> Result<(), Refusal> {
    let password = schema.well_known().user_password;
    let own = matches!(who, Identity::User { key, .. } if *key == entry.key);
    if own && changes.iter().all(|change| change.attribute.description.type_id == password) {
        return Ok(());
    }
    who.require_write("")
}

impl Change {
    fn apply(&self, attributes: &mut AttributeSet, schema: &Schema) -> Result<(), Refusal> {
        match self.operation {
            ModifyOperation::Add => self.add(attributes, schema),
            ModifyOperation::Delete => self.delete(attributes, schema),
            ModifyOperation::Replace => {
                attributes.set(self.attribute.description.clone(), self.attribute.values.clone());
                Ok(())
            }
            ModifyOperation::Increment => self.increment(attributes, schema),
        }
    }

    fn refuse(&self, code: ResultCode, operation: &str, reason: &str) -> Refusal {
        Refusal::new(code, format!("modify/{operation}: {}: {reason}", self.attribute.spelling))
    }

    fn add(&self, attributes: &mut AttributeSet, schema: &Schema) -> Result<(), Refusal> {
        let type_id = self.attribute.description.type_id;
        let held = attributes.values_mut(self.attribute.description.clone());
        let canonical: HashSet<Vec<u8>> = held.iter().map(|value| schema.canonical(type_id, value)).collect();
        for (at, value) in self.attribute.values.iter().enumerate() {
            if canonical.contains(&schema.canonical(type_id, value)) {
                let reason = format!("value #{at} already exists");
                return Err(self.refuse(ResultCode::ATTRIBUTE_OR_VALUE_EXISTS, "add", &reason));
            }
        }
        held.extend(self.attribute.values.iter().cloned());
        Ok(())
    }

    fn delete(&self, attributes: &mut AttributeSet, schema: &Schema) -> Result<(), Refusal> {
        let description = &self.attribute.description;
        if attributes.values(description).is_empty() {
            return Err(self.refuse(ResultCode::NO_SUCH_ATTRIBUTE, "delete", "no such attribute"));
        }
        if self.attribute.values.is_empty() {
            attributes.remove(description);
            return Ok(());
        }
        if schema.attribute_type(description.type_id).equality.is_none() {
            return Err(self.refuse(ResultCode::INAPPROPRIATE_MATCHING, "delete", "no equality matching rule"));
        }
        let held = attributes.values(description);
        let canonical: Vec<Vec<u8>> = held.iter().map(|value| schema.canonical(description.type_id, value)).collect();
        let mut gone = HashSet::new();
        for value in &self.attribute.values {
            let wanted = schema.canonical(description.type_id, value);
            let Some(at) = canonical.iter().position(|held| *held == wanted) else {
                return Err(self.refuse(ResultCode::NO_SUCH_ATTRIBUTE, "delete", "no such value"));
            };
            gone.insert(at);
        }
        let kept = held.iter().enumerate().filter(|(at, _)| !gone.contains(at)).map(|(_, value)| value.clone());
        attributes.set(description.clone(), kept.collect());
        Ok(())
    }

    /// RFC 4525: adds the number to each value.
    fn increment(&self, attributes: &mut AttributeSet, schema: &Schema) -> Result<(), Refusal> {
        const INTEGER: &str = "1.3.6.1.4.1.1466.115.121.1.27";
        let description = &self.attribute.description;
        if schema.attribute_type(description.type_id).syntax != INTEGER {
            let message = format!("{}: attribute syntax inappropriate for increment", self.attribute.spelling);
            return Err(Refusal::new(ResultCode::CONSTRAINT_VIOLATION, message));
        }
        let held = attributes.values(description);
        if held.is_empty() {
            return Err(self.refuse(ResultCode::NO_SUCH_ATTRIBUTE, "increment", "no such attribute"));
        }
        let too_large = || self.refuse(ResultCode::OTHER, "increment", "the integer is too large");
        let number = |value: &[u8]| std::str::from_utf8(value).ok().and_then(|text| text.parse::<i128>().ok());
        let by = self.attribute.values.first().and_then(|value| number(value)).ok_or_else(too_large)?;
        let sums = held.iter().map(|value| {
            let sum = number(value).and_then(|value| value.checked_add(by)).ok_or_else(too_large)?;
            Ok(sum.to_string().into_bytes())
        });
        let sums = sums.collect::<Result<Vec<_>, Refusal>>()?;
        attributes.set(description.clone(), sums);
        Ok(())
    }
}
