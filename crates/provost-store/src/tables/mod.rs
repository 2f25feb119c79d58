//! The seam for stores that keep ordered tables of octets.
//!
//! Such a store implements [`TableStore`]: run this work inside a read transaction, run that one inside a write
//! transaction. Keys, encodings, indexes, fences and versions are done here, once.

mod key;
mod read;
mod write;

use std::fmt;
use std::ops::ControlFlow;

use async_trait::async_trait;
use provost_connector::Watermark;
use provost_model::Anchor;

pub use self::write::{check_fence, raise_fence};
use crate::{
    Batch, Coordinator, Counts, Durability, EntryId, EntryRecord, GenerationRecord, InstanceName, LedgerId, LedgerRow,
    LedgerState, LinkKey, LinkRecord, LocatorKey, RunRecord, SealedSecret, StateStore, StoreError,
};

/// The version of keys and values. A store that was written by a newer one is refused.
pub const SCHEMA_VERSION: u32 = 1;

/// A table: ordered keys of octets, each with a value of octets.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Table {
    /// Anchor to entry.
    Anchors,
    /// Numbers of entries.
    Counts,
    /// Entries.
    Entries,
    /// Fences.
    Fences,
    /// Generations.
    Generations,
    /// Ledger rows.
    Ledger,
    /// State to ledger row.
    LedgerStates,
    /// Entry to link.
    LinkedEntries,
    /// Links.
    Links,
    /// Name to entry.
    Locators,
    /// Runs.
    Runs,
    /// Sealed secrets.
    Sealed,
    /// The generation that saw an entry last.
    Seen,
    /// Watermarks.
    Watermarks,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 14] = [
        Self::Anchors,
        Self::Counts,
        Self::Entries,
        Self::Fences,
        Self::Generations,
        Self::Ledger,
        Self::LedgerStates,
        Self::LinkedEntries,
        Self::Links,
        Self::Locators,
        Self::Runs,
        Self::Sealed,
        Self::Seen,
        Self::Watermarks,
    ];

    /// Returns a stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anchors => "anchors",
            Self::Counts => "counts",
            Self::Entries => "entries",
            Self::Fences => "fences",
            Self::Generations => "generations",
            Self::Ledger => "ledger",
            Self::LedgerStates => "ledger-states",
            Self::LinkedEntries => "linked-entries",
            Self::Links => "links",
            Self::Locators => "locators",
            Self::Runs => "runs",
            Self::Sealed => "sealed",
            Self::Seen => "seen",
            Self::Watermarks => "watermarks",
        }
    }
}

/// Which keys a scan visits, and in which order.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Scan<'k> {
    /// All keys that begin so, upwards, behind this one if there is one.
    Up(&'k [u8], Option<&'k [u8]>),
    /// All keys that begin so, downwards.
    Down(&'k [u8]),
}

/// What a scan calls for each key and value.
pub type Visit<'v> = dyn FnMut(&[u8], &[u8]) -> Result<ControlFlow<()>, StoreError> + 'v;

/// Tables as one transaction sees them.
pub trait ReadTables {
    /// Returns a value.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] when the storage fails.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Visits keys until `visit` breaks.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] when the storage fails, and what `visit` returns.
    fn scan(&self, table: Table, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<(), StoreError>;
}

/// Tables in a transaction that writes.
pub trait WriteTables: ReadTables {
    /// Sets a value.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] when the storage fails.
    fn put(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<(), StoreError>;

    /// Removes a key; one that is not there is no error.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] when the storage fails.
    fn remove(&mut self, table: Table, key: &[u8]) -> Result<(), StoreError>;
}

/// Returns the first key behind all those that begin with `prefix`, or `None` when there is no such key.
#[must_use]
pub fn end_of(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return Some(end);
        }
    }
    None
}

/// A store of ordered tables. Whoever implements it is a [`StateStore`].
#[async_trait]
pub trait TableStore: fmt::Debug + Send + Sync + 'static {
    /// Runs `work` on what is committed now.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] when the storage fails, and what `work` returns.
    async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&dyn ReadTables) -> Result<T, StoreError> + Send + 'static;

    /// Runs `work` in a transaction and commits it when `work` succeeds; otherwise nothing is written.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] when the storage fails, and what `work` returns.
    async fn write<T, F>(&self, durability: Durability, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn WriteTables) -> Result<T, StoreError> + Send + 'static;

    /// Returns who decides about owners.
    fn owners(&self) -> &dyn Coordinator;
}

#[async_trait]
impl<S: TableStore> StateStore for S {
    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        self.write(batch.durability(), move |tables| write::commit(tables, &batch)).await
    }

    fn coordinator(&self) -> &dyn Coordinator {
        self.owners()
    }

    async fn counts(&self, instance: &InstanceName) -> Result<Counts, StoreError> {
        let instance = instance.clone();
        self.read(move |tables| read::counts(tables, &instance)).await
    }

    async fn entries(
        &self,
        instance: &InstanceName,
        after: Option<EntryId>,
        limit: usize,
    ) -> Result<Vec<EntryRecord>, StoreError> {
        let instance = instance.clone();
        self.read(move |tables| read::entries(tables, &instance, after, limit)).await
    }

    async fn entries_at(
        &self,
        instance: &InstanceName,
        locator: &LocatorKey,
        limit: usize,
    ) -> Result<Vec<EntryRecord>, StoreError> {
        let (instance, locator) = (instance.clone(), locator.clone());
        self.read(move |tables| read::entries_at(tables, &instance, &locator, limit)).await
    }

    async fn entry(&self, instance: &InstanceName, id: EntryId) -> Result<Option<EntryRecord>, StoreError> {
        let instance = instance.clone();
        self.read(move |tables| read::entry(tables, &instance, id)).await
    }

    async fn entry_by_anchor(
        &self,
        instance: &InstanceName,
        anchor: &Anchor,
    ) -> Result<Option<EntryRecord>, StoreError> {
        let (instance, anchor) = (instance.clone(), anchor.clone());
        self.read(move |tables| read::entry_by_anchor(tables, &instance, &anchor)).await
    }

    async fn generation(&self, instance: &InstanceName) -> Result<Option<GenerationRecord>, StoreError> {
        let instance = instance.clone();
        self.read(move |tables| read::generation(tables, &instance)).await
    }

    async fn link(&self, instance: &InstanceName, key: &LinkKey) -> Result<Option<LinkRecord>, StoreError> {
        let (instance, key) = (instance.clone(), key.clone());
        self.read(move |tables| read::link(tables, &instance, &key)).await
    }

    async fn row(&self, instance: &InstanceName, id: LedgerId) -> Result<Option<LedgerRow>, StoreError> {
        let instance = instance.clone();
        self.read(move |tables| read::row(tables, &instance, id)).await
    }

    async fn rows(
        &self,
        instance: &InstanceName,
        state: LedgerState,
        after: Option<LedgerId>,
        limit: usize,
    ) -> Result<Vec<LedgerRow>, StoreError> {
        let instance = instance.clone();
        self.read(move |tables| read::rows(tables, &instance, state, after, limit)).await
    }

    async fn rows_of(&self, instance: &InstanceName, entry: EntryId) -> Result<Vec<LedgerRow>, StoreError> {
        let instance = instance.clone();
        self.read(move |tables| read::rows_of(tables, &instance, entry)).await
    }

    async fn runs(&self, instance: &InstanceName, limit: usize) -> Result<Vec<RunRecord>, StoreError> {
        let instance = instance.clone();
        self.read(move |tables| read::runs(tables, &instance, limit)).await
    }

    async fn sealed(&self, instance: &InstanceName, id: LedgerId) -> Result<Option<SealedSecret>, StoreError> {
        let instance = instance.clone();
        self.read(move |tables| read::sealed(tables, &instance, id)).await
    }

    async fn watermark(&self, instance: &InstanceName, feed: &str) -> Result<Option<Watermark>, StoreError> {
        let (instance, feed) = (instance.clone(), feed.to_owned());
        self.read(move |tables| read::watermark(tables, &instance, &feed)).await
    }
}
