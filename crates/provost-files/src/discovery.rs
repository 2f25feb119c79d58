use std::collections::BTreeMap;

use provost_model::{
    AttributeName, AttributeSchema, Attributes, Mutability, ObjectType, ObjectTypeSchema, Value, ValueKind,
};

use crate::record::ID;

/// Most attributes that are told apart; those beyond are left out.
const MOST_ATTRIBUTES: usize = 4_096;

/// Learns from the records which attributes there are.
#[derive(Debug, Default)]
pub(crate) struct Discovery {
    seen: BTreeMap<AttributeName, (ValueKind, bool)>,
}

impl Discovery {
    /// Makes a discovery that has seen nothing.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Takes note of a record.
    pub(crate) fn see(&mut self, attributes: &Attributes) {
        for (name, values) in attributes.iter() {
            if self.seen.len() >= MOST_ATTRIBUTES && !self.seen.contains_key(name) {
                continue;
            }
            for kind in values.iter().map(kind) {
                let (held, multi_valued) = self.seen.entry(name.clone()).or_insert((kind, false));
                *multi_valued |= values.len() > 1;
                if *held != kind {
                    *held = ValueKind::Text;
                }
            }
        }
    }

    /// Returns the attributes in the order of their names. An attribute with values of several kinds is text.
    pub(crate) fn finish(self, object_type: ObjectType) -> ObjectTypeSchema {
        let attributes = self.seen.into_iter().map(|(name, (kind, multi_valued))| {
            let mut attribute = AttributeSchema::new(name, kind);
            attribute.multi_valued = multi_valued;
            attribute.required = attribute.name.as_str() == ID;
            attribute.mutability = Mutability::ReadOnly;
            attribute
        });
        ObjectTypeSchema::new(object_type, attributes.collect())
    }
}

fn kind(value: &Value) -> ValueKind {
    match value {
        Value::Boolean(_) => ValueKind::Boolean,
        Value::Integer(_) => ValueKind::Integer,
        _ => ValueKind::Text,
    }
}
