use std::collections::HashMap;

use super::kinds::SchemaDefinition;

/// The definitions of one kind in their order, found by name and by identifier.
///
/// Identifiers and names are no keys: real schemas hold several definitions under one of them.
#[derive(Clone, Debug)]
pub(super) struct Definitions<D> {
    list: Vec<D>,
    places: HashMap<String, Vec<usize>>,
}

impl<D: SchemaDefinition> Definitions<D> {
    pub(super) fn push(&mut self, definition: D) {
        let place = self.list.len();
        let names = definition.names().iter().cloned();
        for key in names.chain([definition.identifier()]) {
            let places = self.places.entry(key.to_ascii_lowercase()).or_default();
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
        self.list.push(definition);
    }

    pub(super) fn as_slice(&self) -> &[D] {
        &self.list
    }

    /// Returns the places of all definitions under a name (without letter case) or identifier, in order.
    pub(super) fn places(&self, name_or_oid: &str) -> &[usize] {
        let exact = self.places.get(name_or_oid);
        let places = exact.or_else(|| self.places.get(&name_or_oid.to_ascii_lowercase()));
        places.map_or(&[], Vec::as_slice)
    }

    pub(super) fn place(&self, name_or_oid: &str) -> Option<usize> {
        self.places(name_or_oid).first().copied()
    }

    pub(super) fn get(&self, name_or_oid: &str) -> Option<&D> {
        self.list.get(self.place(name_or_oid)?)
    }
}

impl<D> Default for Definitions<D> {
    fn default() -> Self {
        Self { list: Vec::new(), places: HashMap::new() }
    }
}
