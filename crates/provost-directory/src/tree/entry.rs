use std::fmt;
use std::sync::Arc;

use super::EntryId;
use crate::schema::{Description, TypeId};

/// Attributes of an entry in the order in which they came. `Debug` shows no values, since one may be a password.
#[derive(Clone, Default, Eq, PartialEq)]
pub(crate) struct AttributeSet {
    attributes: Vec<(Description, Vec<Vec<u8>>)>,
}

impl AttributeSet {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Description, &[Vec<u8>])> {
        self.attributes.iter().map(|(description, values)| (description, values.as_slice()))
    }

    /// Returns the values of exactly this description.
    pub(crate) fn values(&self, description: &Description) -> &[Vec<u8>] {
        let found = self.attributes.iter().find(|(held, _)| held == description);
        found.map_or(&[], |(_, values)| values.as_slice())
    }

    /// Returns the values of exactly this description for adding to them.
    pub(crate) fn values_mut(&mut self, description: Description) -> &mut Vec<Vec<u8>> {
        let at = match self.attributes.iter().position(|(held, _)| *held == description) {
            Some(at) => at,
            None => {
                self.attributes.push((description, Vec::new()));
                self.attributes.len() - 1
            }
        };
        #[expect(clippy::indexing_slicing, reason = "the place was found or made above")]
        &mut self.attributes[at].1
    }

    /// Puts values in place of all; none remove the attribute.
    pub(crate) fn set(&mut self, description: Description, values: Vec<Vec<u8>>) {
        if values.is_empty() {
            self.remove(&description);
        } else {
            *self.values_mut(description) = values;
        }
    }

    pub(crate) fn remove(&mut self, description: &Description) {
        self.attributes.retain(|(held, _)| held != description);
    }

    /// Tells whether there are values of a type, with whatever options.
    pub(crate) fn has_type(&self, type_id: TypeId) -> bool {
        self.attributes.iter().any(|(held, values)| held.type_id == type_id && !values.is_empty())
    }
}

impl fmt::Debug for AttributeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.attributes.iter().map(|(held, values)| (held.type_id, values.len()))).finish()
    }
}

/// An entry as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct StoredEntry {
    pub(crate) id: EntryId,
    pub(crate) parent: Option<EntryId>,
    /// The first component as it is sent.
    pub(crate) rdn: Arc<str>,
    /// The whole name as it is sent.
    pub(crate) name: Arc<str>,
    /// Octets that are equal for equal names.
    pub(crate) key: Vec<u8>,
    /// Length of the parent's key, with which this key begins.
    parent_key: usize,
    /// User attributes and stored operational attributes.
    pub(crate) attributes: AttributeSet,
}

impl StoredEntry {
    /// Makes an entry that is not in a tree yet.
    pub(crate) fn new(parent: Option<&Self>, rdn: &str, own_key: &[u8], attributes: AttributeSet) -> Self {
        let mut entry = Self {
            id: 0,
            parent: None,
            rdn: Arc::from(rdn),
            name: Arc::from(rdn),
            key: Vec::new(),
            parent_key: 0,
            attributes,
        };
        entry.place(parent, rdn, own_key);
        entry
    }

    /// Gives the entry another place and component.
    pub(crate) fn place(&mut self, parent: Option<&Self>, rdn: &str, own_key: &[u8]) {
        self.parent = parent.map(|parent| parent.id);
        self.rdn = Arc::from(rdn);
        self.name = match parent {
            Some(parent) => Arc::from(format!("{rdn},{}", parent.name)),
            None => Arc::from(rdn),
        };
        self.set_key(parent.map_or(&[], |parent| parent.key.as_slice()), own_key);
    }

    pub(super) fn set_key(&mut self, parent: &[u8], own: &[u8]) {
        self.parent_key = parent.len();
        self.key = [parent, own].concat();
    }

    /// Returns the part of the key that is the entry's own.
    pub(crate) fn own_key(&self) -> &[u8] {
        self.key.get(self.parent_key..).unwrap_or_default()
    }
}
