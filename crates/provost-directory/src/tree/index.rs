use std::collections::{BTreeSet, HashMap};

use super::{EntryId, StoredEntry};
use crate::schema::{Schema, TypeId};

/// Attribute types by which provisioning looks for entries.
const INDEXED: [&str; 8] = ["objectClass", "uid", "mail", "entryUUID", "cn", "sn", "uidNumber", "member"];

/// Entries by the canonical values of some attribute types.
#[derive(Debug)]
pub(crate) struct Indexes {
    values: HashMap<TypeId, HashMap<Vec<u8>, BTreeSet<EntryId>>>,
}

impl Indexes {
    pub(super) fn new(schema: &Schema) -> Self {
        let types = INDEXED.iter().filter_map(|name| schema.find_type(name));
        Self { values: types.map(|type_id| (type_id, HashMap::new())).collect() }
    }

    pub(super) fn insert(&mut self, entry: &StoredEntry, schema: &Schema) {
        self.each(entry, schema, |set| {
            set.insert(entry.id);
        });
    }

    pub(super) fn remove(&mut self, entry: &StoredEntry, schema: &Schema) {
        self.each(entry, schema, |set| {
            set.remove(&entry.id);
        });
    }

    fn each(&mut self, entry: &StoredEntry, schema: &Schema, mut apply: impl FnMut(&mut BTreeSet<EntryId>)) {
        let object_class = schema.well_known().object_class;
        for (description, values) in entry.attributes.iter() {
            let Some(index) = self.values.get_mut(&description.type_id) else {
                continue;
            };
            let mut touch = |key: Vec<u8>| {
                let set = index.entry(key.clone()).or_default();
                apply(set);
                if set.is_empty() {
                    index.remove(&key);
                }
            };
            for value in values {
                touch(schema.canonical(description.type_id, value));
                // An entry is found by the superiors of its classes too.
                let class = (description.type_id == object_class).then(|| schema.find_class_value(value)).flatten();
                for superior in class.into_iter().flat_map(|class| &schema.class(class).superiors) {
                    touch(schema.class(*superior).name.to_ascii_lowercase().into_bytes());
                }
            }
        }
    }

    /// Returns the entries that hold a value, or `None` when the type has no index.
    pub(crate) fn find(&self, type_id: TypeId, canonical: &[u8]) -> Option<&BTreeSet<EntryId>> {
        static EMPTY: BTreeSet<EntryId> = BTreeSet::new();
        Some(self.values.get(&type_id)?.get(canonical).unwrap_or(&EMPTY))
    }
}
