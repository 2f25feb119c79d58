use provost_connector::Watermark;

use crate::{
    EntryId, EntryRecord, Fence, GenerationRecord, InstanceName, LedgerId, LedgerRow, LinkKey, LinkRecord, RunRecord,
    SealedSecret,
};

/// How safe a commit is when it returns.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Durability {
    /// It may be lost with the process, together with all relaxed commits after it. The next strict commit makes it safe.
    Relaxed,
    /// It survives a loss of power.
    Strict,
}

/// Writes that are committed together or not at all.
#[derive(Clone, Debug)]
pub struct Batch {
    instance: InstanceName,
    fence: Fence,
    durability: Durability,
    writes: Vec<Write>,
}

/// One write of a batch.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Write {
    /// Stores an entry. Its version must be that in the store (0 for a new one) and grows by one.
    Entry(Box<EntryRecord>),
    /// Stores the generation of the instance.
    Generation(GenerationRecord),
    /// Stores a ledger row. Its version must be that in the store (0 for a new one) and grows by one. In a terminal
    /// state its sealed secret is erased and the row becomes history.
    Ledger(Box<LedgerRow>),
    /// Links a source object with an entry.
    Link(LinkRecord),
    /// Drops all runs but the newest.
    PruneRuns {
        /// How many stay.
        keep: u32,
    },
    /// Drops an entry with its ledger rows and its link.
    RemoveEntry {
        /// The entry.
        id: EntryId,
        /// Its version in the store.
        version: u64,
    },
    /// Stores a run.
    Run(RunRecord),
    /// Stores the sealed secret of a row.
    Seal {
        /// The row.
        id: LedgerId,
        /// The secret.
        secret: SealedSecret,
    },
    /// Notes that a generation saw an entry, without a new version of it.
    Seen {
        /// The entry.
        id: EntryId,
        /// The generation.
        generation: u64,
    },
    /// Ends the link of a source object.
    Unlink(LinkKey),
    /// Stores the watermark of a feed.
    Watermark {
        /// Name of the feed.
        feed: String,
        /// The position.
        watermark: Watermark,
    },
}

impl Batch {
    /// Makes an empty batch that is safe on stable storage when the commit returns.
    #[must_use]
    pub fn strict(instance: &InstanceName, fence: Fence) -> Self {
        Self { instance: instance.clone(), fence, durability: Durability::Strict, writes: Vec::new() }
    }

    /// Makes an empty batch for import data that a later strict commit completes.
    #[must_use]
    pub fn relaxed(instance: &InstanceName, fence: Fence) -> Self {
        Self { durability: Durability::Relaxed, ..Self::strict(instance, fence) }
    }

    /// Adds a write.
    pub fn push(&mut self, write: Write) {
        self.writes.push(write);
    }

    /// Adds an entry.
    pub fn put_entry(&mut self, entry: EntryRecord) {
        self.push(Write::Entry(Box::new(entry)));
    }

    /// Adds a ledger row.
    pub fn put_row(&mut self, row: LedgerRow) {
        self.push(Write::Ledger(Box::new(row)));
    }

    /// Returns the instance.
    #[must_use]
    pub fn instance(&self) -> &InstanceName {
        &self.instance
    }

    /// Returns the fence.
    #[must_use]
    pub fn fence(&self) -> Fence {
        self.fence
    }

    /// Returns the durability.
    #[must_use]
    pub fn durability(&self) -> Durability {
        self.durability
    }

    /// Returns the writes, in order.
    #[must_use]
    pub fn writes(&self) -> &[Write] {
        &self.writes
    }

    /// Tells whether there is no write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Returns the number of writes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.writes.len()
    }
}
