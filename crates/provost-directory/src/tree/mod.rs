//! The entries, in memory.

mod entry;
mod index;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use provost_ldap_wire::Scope;

pub(crate) use entry::{AttributeSet, StoredEntry};
pub(crate) use index::Indexes;

use crate::schema::{ResolvedName, Schema};

/// Number of an entry. It stays while the entry lives, through renames and moves, and is never used again.
pub(crate) type EntryId = u64;

/// What a name leads to.
#[derive(Debug)]
pub(crate) enum Lookup<'a> {
    Found(&'a Arc<StoredEntry>),
    /// The nearest ancestor that exists, if any.
    Missing(Option<&'a Arc<StoredEntry>>),
}

/// The tree: entries by number and by name, children in the order in which they came.
#[derive(Debug)]
pub(crate) struct Tree {
    schema: Arc<Schema>,
    entries: BTreeMap<EntryId, Arc<StoredEntry>>,
    names: HashMap<Vec<u8>, EntryId>,
    children: HashMap<EntryId, BTreeSet<EntryId>>,
    /// Entries without a parent: those that the suffixes name.
    tops: BTreeSet<EntryId>,
    indexes: Indexes,
    next_id: EntryId,
}

impl Tree {
    pub(crate) fn new(schema: Arc<Schema>) -> Self {
        Self {
            indexes: Indexes::new(&schema),
            schema,
            entries: BTreeMap::new(),
            names: HashMap::new(),
            children: HashMap::new(),
            tops: BTreeSet::new(),
            next_id: 1,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn get(&self, id: EntryId) -> Option<&Arc<StoredEntry>> {
        self.entries.get(&id)
    }

    pub(crate) fn find(&self, key: &[u8]) -> Option<&Arc<StoredEntry>> {
        self.names.get(key).and_then(|id| self.entries.get(id))
    }

    /// Follows a name as far as entries exist.
    pub(crate) fn lookup(&self, name: &ResolvedName) -> Lookup<'_> {
        let mut levels =
            (0..name.rdns.len()).filter_map(|levels| Some((levels, self.find(&name.key_without(levels))?)));
        match levels.next() {
            Some((0, entry)) => Lookup::Found(entry),
            nearest => Lookup::Missing(nearest.map(|(_, entry)| entry)),
        }
    }

    pub(crate) fn has_children(&self, id: EntryId) -> bool {
        self.children.contains_key(&id)
    }

    /// Puts in a new entry below `parent` and gives it a number.
    pub(crate) fn insert(&mut self, mut entry: StoredEntry) -> Arc<StoredEntry> {
        entry.id = self.next_id;
        self.next_id += 1;
        let entry = Arc::new(entry);
        match entry.parent {
            Some(parent) => self.children.entry(parent).or_default().insert(entry.id),
            None => self.tops.insert(entry.id),
        };
        self.names.insert(entry.key.clone(), entry.id);
        self.indexes.insert(&entry, &self.schema);
        self.entries.insert(entry.id, Arc::clone(&entry));
        entry
    }

    /// Puts an entry in place of the one with the same number and the same name.
    pub(crate) fn replace(&mut self, entry: StoredEntry) -> Arc<StoredEntry> {
        let entry = Arc::new(entry);
        if let Some(old) = self.entries.insert(entry.id, Arc::clone(&entry)) {
            self.indexes.remove(&old, &self.schema);
        }
        self.indexes.insert(&entry, &self.schema);
        entry
    }

    /// Removes an entry, which must be a leaf.
    pub(crate) fn remove(&mut self, id: EntryId) {
        let Some(entry) = self.entries.remove(&id) else {
            return;
        };
        self.names.remove(&entry.key);
        self.detach(&entry);
        self.indexes.remove(&entry, &self.schema);
    }

    /// Puts an entry in place of the one with the same number under a new name or parent; what is below follows.
    pub(crate) fn relocate(&mut self, entry: StoredEntry) -> Arc<StoredEntry> {
        let id = entry.id;
        if let Some(old) = self.entries.get(&id).cloned() {
            self.names.remove(&old.key);
            self.detach(&old);
        }
        match entry.parent {
            Some(parent) => self.children.entry(parent).or_default().insert(id),
            None => self.tops.insert(id),
        };
        self.names.insert(entry.key.clone(), id);
        let entry = self.replace(entry);
        let mut pending: Vec<EntryId> = self.child_ids(id).collect();
        while let Some(below) = pending.pop() {
            pending.extend(self.child_ids(below));
            self.rename_below_parent(below);
        }
        entry
    }

    /// Makes name and key anew from those of the parent.
    fn rename_below_parent(&mut self, id: EntryId) {
        let Some(mut entry) = self.entries.get(&id).map(|entry| StoredEntry::clone(entry)) else {
            return;
        };
        let Some(parent) = entry.parent.and_then(|parent| self.entries.get(&parent)) else {
            return;
        };
        let own = entry.own_key().to_vec();
        entry.name = Arc::from(format!("{},{}", entry.rdn, parent.name));
        self.names.remove(&entry.key);
        entry.set_key(&parent.key, &own);
        self.names.insert(entry.key.clone(), id);
        self.entries.insert(id, Arc::new(entry));
    }

    fn detach(&mut self, entry: &StoredEntry) {
        let Some(parent) = entry.parent else {
            self.tops.remove(&entry.id);
            return;
        };
        if let Some(children) = self.children.get_mut(&parent) {
            children.remove(&entry.id);
            if children.is_empty() {
                self.children.remove(&parent);
            }
        }
    }

    fn child_ids(&self, id: EntryId) -> impl Iterator<Item = EntryId> {
        self.children.get(&id).into_iter().flatten().copied()
    }

    /// Returns the numbers of the entries in a scope, in order.
    pub(crate) fn scope(&self, base: EntryId, scope: Scope) -> Vec<EntryId> {
        match scope {
            Scope::Base => vec![base],
            Scope::One => self.child_ids(base).collect(),
            Scope::Subtree | Scope::Subordinates => {
                let mut found = vec![base];
                let mut at = 0;
                while let Some(id) = found.get(at) {
                    found.extend(self.children.get(id).into_iter().flatten());
                    at += 1;
                }
                if scope == Scope::Subordinates {
                    found.remove(0);
                }
                found.sort_unstable();
                found
            }
        }
    }

    /// Tells whether an entry is in a scope.
    pub(crate) fn in_scope(&self, id: EntryId, base: EntryId, scope: Scope) -> bool {
        match scope {
            Scope::Base => id == base,
            Scope::One => self.get(id).is_some_and(|entry| entry.parent == Some(base)),
            Scope::Subtree | Scope::Subordinates => match (self.get(id), self.get(base)) {
                (Some(entry), Some(base)) => {
                    entry.key.starts_with(&base.key) && (scope == Scope::Subtree || entry.id != base.id)
                }
                _ => false,
            },
        }
    }

    /// Returns all entries, parents before children, children in the order in which they came.
    pub(crate) fn walk(&self) -> Vec<Arc<StoredEntry>> {
        let mut found = Vec::with_capacity(self.entries.len());
        let mut pending: Vec<EntryId> = self.tops.iter().rev().copied().collect();
        while let Some(id) = pending.pop() {
            found.extend(self.entries.get(&id).cloned());
            pending.extend(self.children.get(&id).into_iter().flatten().rev());
        }
        found
    }

    pub(crate) fn indexes(&self) -> &Indexes {
        &self.indexes
    }
}
