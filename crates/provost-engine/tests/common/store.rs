use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use provost_connector::Watermark;
use provost_model::Anchor;
use provost_store::{
    Batch, Coordinator, Counts, EntryId, EntryRecord, GenerationRecord, InstanceName, LedgerId, LedgerRow, LedgerState,
    LinkKey, LinkRecord, LocatorKey, MemoryStore, RunRecord, SealedSecret, StateStore, StoreError,
};

/// Whether the commit at which a store dies was still written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Death {
    Before,
    After,
}

/// A store that dies at the n-th commit: that one and all later ones fail.
#[derive(Debug)]
pub struct MortalStore {
    inner: Arc<MemoryStore>,
    commits: AtomicUsize,
    at: usize,
    death: Death,
}

impl MortalStore {
    pub fn new(inner: &Arc<MemoryStore>, at: usize, death: Death) -> Arc<Self> {
        Arc::new(Self { inner: Arc::clone(inner), commits: AtomicUsize::new(0), at, death })
    }

    /// Tells whether it died.
    pub fn is_dead(&self) -> bool {
        self.commits.load(Ordering::Relaxed) > self.at
    }
}

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl StateStore for MortalStore {
    async fn commit(&self, batch: Batch) -> Result<()> {
        let count = self.commits.fetch_add(1, Ordering::Relaxed);
        if count == self.at && self.death == Death::After {
            self.inner.commit(batch).await?;
        } else if count < self.at {
            return self.inner.commit(batch).await;
        }
        Err(StoreError::storage("commit", "the store is dead"))
    }

    fn coordinator(&self) -> &dyn Coordinator {
        self.inner.coordinator()
    }

    async fn counts(&self, instance: &InstanceName) -> Result<Counts> {
        self.inner.counts(instance).await
    }

    async fn entries(&self, instance: &InstanceName, after: Option<EntryId>, limit: usize) -> Result<Vec<EntryRecord>> {
        self.inner.entries(instance, after, limit).await
    }

    async fn entries_at(&self, instance: &InstanceName, at: &LocatorKey, limit: usize) -> Result<Vec<EntryRecord>> {
        self.inner.entries_at(instance, at, limit).await
    }

    async fn entry(&self, instance: &InstanceName, id: EntryId) -> Result<Option<EntryRecord>> {
        self.inner.entry(instance, id).await
    }

    async fn entry_by_anchor(&self, instance: &InstanceName, anchor: &Anchor) -> Result<Option<EntryRecord>> {
        self.inner.entry_by_anchor(instance, anchor).await
    }

    async fn generation(&self, instance: &InstanceName) -> Result<Option<GenerationRecord>> {
        self.inner.generation(instance).await
    }

    async fn link(&self, instance: &InstanceName, key: &LinkKey) -> Result<Option<LinkRecord>> {
        self.inner.link(instance, key).await
    }

    async fn row(&self, instance: &InstanceName, id: LedgerId) -> Result<Option<LedgerRow>> {
        self.inner.row(instance, id).await
    }

    async fn rows(
        &self,
        instance: &InstanceName,
        state: LedgerState,
        after: Option<LedgerId>,
        limit: usize,
    ) -> Result<Vec<LedgerRow>> {
        self.inner.rows(instance, state, after, limit).await
    }

    async fn rows_of(&self, instance: &InstanceName, entry: EntryId) -> Result<Vec<LedgerRow>> {
        self.inner.rows_of(instance, entry).await
    }

    async fn runs(&self, instance: &InstanceName, limit: usize) -> Result<Vec<RunRecord>> {
        self.inner.runs(instance, limit).await
    }

    async fn sealed(&self, instance: &InstanceName, id: LedgerId) -> Result<Option<SealedSecret>> {
        self.inner.sealed(instance, id).await
    }

    async fn watermark(&self, instance: &InstanceName, feed: &str) -> Result<Option<Watermark>> {
        self.inner.watermark(instance, feed).await
    }
}
