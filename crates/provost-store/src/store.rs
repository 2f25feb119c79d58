use std::fmt;

use async_trait::async_trait;
use provost_connector::Watermark;
use provost_model::Anchor;

use crate::{
    Batch, Coordinator, Counts, EntryId, EntryRecord, GenerationRecord, InstanceName, LedgerId, LedgerRow, LedgerState,
    LinkKey, LinkRecord, LocatorKey, RunRecord, SealedSecret, StoreError,
};

/// Holds what the engine must not forget.
///
/// # Contract
///
/// A commit is atomic. It is refused as a whole when the fence of the batch is lower than that of the instance, when a
/// record has another version than the one that was read, when an anchor would be used twice, or when an entry would have
/// two rows that are being worked on. Reads see committed batches only, and all of those that were committed before the
/// read began. [`crate::contract`] holds the tests.
#[async_trait]
pub trait StateStore: fmt::Debug + Send + Sync + 'static {
    /// Commits a batch.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing of the batch was written then.
    async fn commit(&self, batch: Batch) -> Result<(), StoreError>;

    /// Returns who decides about owners.
    fn coordinator(&self) -> &dyn Coordinator;

    /// Returns how many entries there are.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read; so for all reads.
    async fn counts(&self, instance: &InstanceName) -> Result<Counts, StoreError>;

    /// Returns the entries behind `after`, in the order of their ids, at most `limit`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn entries(
        &self,
        instance: &InstanceName,
        after: Option<EntryId>,
        limit: usize,
    ) -> Result<Vec<EntryRecord>, StoreError>;

    /// Returns the entries with a name, without case, those that are gone excepted; at most `limit`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn entries_at(
        &self,
        instance: &InstanceName,
        locator: &LocatorKey,
        limit: usize,
    ) -> Result<Vec<EntryRecord>, StoreError>;

    /// Returns an entry.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn entry(&self, instance: &InstanceName, id: EntryId) -> Result<Option<EntryRecord>, StoreError>;

    /// Returns the entry with an anchor, unless it is gone.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn entry_by_anchor(
        &self,
        instance: &InstanceName,
        anchor: &Anchor,
    ) -> Result<Option<EntryRecord>, StoreError>;

    /// Returns the generation.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn generation(&self, instance: &InstanceName) -> Result<Option<GenerationRecord>, StoreError>;

    /// Returns a link.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn link(&self, instance: &InstanceName, key: &LinkKey) -> Result<Option<LinkRecord>, StoreError>;

    /// Returns a ledger row.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn row(&self, instance: &InstanceName, id: LedgerId) -> Result<Option<LedgerRow>, StoreError>;

    /// Returns the rows in a state behind `after`, in the order of their ids, at most `limit`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn rows(
        &self,
        instance: &InstanceName,
        state: LedgerState,
        after: Option<LedgerId>,
        limit: usize,
    ) -> Result<Vec<LedgerRow>, StoreError>;

    /// Returns the rows of an entry, the history included, in the order of their numbers.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn rows_of(&self, instance: &InstanceName, entry: EntryId) -> Result<Vec<LedgerRow>, StoreError>;

    /// Returns the newest runs first, at most `limit`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn runs(&self, instance: &InstanceName, limit: usize) -> Result<Vec<RunRecord>, StoreError>;

    /// Returns the sealed secret of a row.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn sealed(&self, instance: &InstanceName, id: LedgerId) -> Result<Option<SealedSecret>, StoreError>;

    /// Returns the watermark of a feed.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn watermark(&self, instance: &InstanceName, feed: &str) -> Result<Option<Watermark>, StoreError>;
}
