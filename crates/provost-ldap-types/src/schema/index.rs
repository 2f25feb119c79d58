use std::hash::{BuildHasher, Hasher, RandomState};

use super::kinds::SchemaDefinition;
use crate::octets::hash_no_case;

/// The definitions of one kind in their order, found by name and by identifier.
///
/// Identifiers and names are no keys: real schemas hold several definitions under one of them.
#[derive(Clone, Debug)]
pub(super) struct Definitions<D> {
    list: Vec<D>,
    /// Hash of each name and identifier in lower case with the place of its definition, sorted.
    ///
    /// The hash is keyed, so that no server can choose names that share one.
    places: Vec<(u64, usize)>,
    hasher: RandomState,
}

impl<D: SchemaDefinition> Definitions<D> {
    pub(super) fn reserve(&mut self, more: usize) {
        self.list.reserve(more);
    }

    /// Adds a definition, which is found after [`Definitions::index`].
    pub(super) fn push(&mut self, definition: D) {
        self.list.push(definition);
    }

    /// Makes every definition be found.
    pub(super) fn index(&mut self) {
        let Self { list, places, hasher } = self;
        places.clear();
        places.reserve_exact(list.iter().map(|definition| definition.names().len() + 1).sum());
        for (place, definition) in list.iter().enumerate() {
            places.push((hash(hasher, &definition.identifier()), place));
            places.extend(definition.names().iter().map(|name| (hash(hasher, name), place)));
        }
        places.sort_unstable();
        places.dedup();
    }

    pub(super) fn as_slice(&self) -> &[D] {
        &self.list
    }

    /// Returns the places of all definitions under a name or identifier, both without letter case, in order.
    pub(super) fn places(&self, name_or_oid: &str) -> impl Iterator<Item = usize> {
        let hash = hash(&self.hasher, name_or_oid);
        let start = self.places.partition_point(|(other, _)| *other < hash);
        let same = self.places.iter().skip(start).take_while(move |(other, _)| *other == hash);
        same.map(|(_, place)| *place).filter(move |place| self.is_called(*place, name_or_oid))
    }

    fn is_called(&self, place: usize, name_or_oid: &str) -> bool {
        self.list.get(place).is_some_and(|definition| {
            definition.identifier().eq_ignore_ascii_case(name_or_oid)
                || definition.names().iter().any(|name| name.eq_ignore_ascii_case(name_or_oid))
        })
    }

    pub(super) fn place(&self, name_or_oid: &str) -> Option<usize> {
        self.places(name_or_oid).next()
    }

    pub(super) fn get(&self, name_or_oid: &str) -> Option<&D> {
        self.list.get(self.place(name_or_oid)?)
    }
}

fn hash(hasher: &RandomState, name: &str) -> u64 {
    let mut state = hasher.build_hasher();
    hash_no_case(name.as_bytes(), &mut state);
    state.finish()
}

impl<D> Default for Definitions<D> {
    fn default() -> Self {
        Self { list: Vec::new(), places: Vec::new(), hasher: RandomState::new() }
    }
}
