use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use provost_model::Anchor;
use provost_store::EntryId;

/// What the engine wrote while an import runs.
///
/// A page may have been read before such a write, so what it says of these objects is not news.
#[derive(Debug, Default)]
pub(crate) struct RecentWrites(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    imports: usize,
    entries: HashSet<EntryId>,
    removed: HashSet<Anchor>,
}

impl RecentWrites {
    /// Begins to remember, until the value is dropped.
    pub(crate) fn watch(&self) -> Watch<'_> {
        self.state().imports += 1;
        Watch(self)
    }

    pub(crate) fn wrote(&self, entry: EntryId) {
        let mut state = self.state();
        if state.imports > 0 {
            state.entries.insert(entry);
        }
    }

    pub(crate) fn removed(&self, anchor: &Anchor) {
        let mut state = self.state();
        if state.imports > 0 {
            state.removed.insert(anchor.clone());
        }
    }

    pub(crate) fn has_written(&self, entry: EntryId) -> bool {
        self.state().entries.contains(&entry)
    }

    pub(crate) fn has_removed(&self, anchor: &Anchor) -> bool {
        self.state().removed.contains(anchor)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps the writes in mind.
#[derive(Debug)]
pub(crate) struct Watch<'r>(&'r RecentWrites);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.imports = state.imports.saturating_sub(1);
        if state.imports == 0 {
            state.entries.clear();
            state.removed.clear();
        }
    }
}
