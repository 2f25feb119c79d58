use serde::{Deserialize, Serialize};

use crate::{AttributeName, Attributes, ObjectName, Value};

/// What happens to the values of one attribute.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ValueChange {
    /// These values are added to those that are there.
    Add(Vec<Value>),
    /// These values go; the others stay.
    Remove(Vec<Value>),
    /// The attribute holds exactly these values afterwards; no values clears it.
    Replace(Vec<Value>),
}

/// A change of one attribute.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AttributeChange {
    /// The attribute.
    pub name: AttributeName,
    /// What happens to its values.
    pub change: ValueChange,
}

/// The changes of one object: a new name, and attribute changes in the order they are applied.
///
/// One change set is one intent. A connector that must send it as several requests sends the rename first.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ChangeSet {
    /// The name that the object gets, when it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ObjectName>,
    /// Changes of attributes, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<AttributeChange>,
}

impl ChangeSet {
    /// Makes an empty change set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells whether nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.attributes.is_empty()
    }

    /// Adds a change behind the others.
    pub fn push(&mut self, name: impl Into<AttributeName>, change: ValueChange) {
        self.attributes.push(AttributeChange { name: name.into(), change });
    }

    /// Applies the attribute changes to `attributes`, comparing values by equality.
    ///
    /// A value that is added twice stays once; a value that is removed and not there is no error.
    pub fn apply_to(&self, attributes: &mut Attributes) {
        for AttributeChange { name, change } in &self.attributes {
            match change {
                ValueChange::Replace(values) => attributes.set(name.clone(), values.iter().cloned()),
                ValueChange::Add(values) => {
                    for value in values {
                        if !attributes.values(name.as_str()).contains(value) {
                            attributes.push(name.clone(), value.clone());
                        }
                    }
                }
                ValueChange::Remove(values) => {
                    let left: Vec<Value> = attributes
                        .values(name.as_str())
                        .iter()
                        .filter(|held| !values.contains(held))
                        .cloned()
                        .collect();
                    attributes.set(name.clone(), left);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ChangeSet, ValueChange};
    use crate::{Attributes, Value};

    #[test]
    fn changes_are_applied_in_order() {
        let mut attributes = Attributes::new();
        attributes.set("mail", [Value::from("a"), Value::from("b")]);
        let mut changes = ChangeSet::new();
        changes.push("mail", ValueChange::Remove(vec![Value::from("a"), Value::from("x")]));
        changes.push("MAIL", ValueChange::Add(vec![Value::from("b"), Value::from("c")]));
        changes.push("cn", ValueChange::Replace(vec![]));
        changes.apply_to(&mut attributes);
        assert_eq!(attributes.values("mail"), [Value::from("b"), Value::from("c")]);
        assert!(!attributes.contains("cn"));
    }
}
