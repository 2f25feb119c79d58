use std::error::Error;

use crate::{Fence, LedgerId, LedgerState};

/// A store could not do what it was asked. Nothing of the batch was written.
///
/// Branch on the methods: variants may be added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another entry of the instance has this anchor.
    #[error("another entry has the anchor {anchor}")]
    #[non_exhaustive]
    AnchorTaken {
        /// The anchor, for display.
        anchor: String,
    },
    /// A record was changed by somebody else since it was read.
    #[error("{record} was changed since it was read")]
    #[non_exhaustive]
    Changed {
        /// Which record.
        record: String,
    },
    /// A record that cannot be understood.
    #[error("the store holds a record that cannot be understood: {record}")]
    #[non_exhaustive]
    Corrupt {
        /// Which record.
        record: String,
        /// What was wrong with it.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The instance has a new owner.
    #[error("instance {instance} has a new owner: its fence is {current}, not {given}")]
    #[non_exhaustive]
    Fenced {
        /// The instance.
        instance: String,
        /// The fence in the store.
        current: Fence,
        /// The fence of the batch or lease.
        given: Fence,
    },
    /// Another row of the entry is being worked on, or the row has ended.
    #[error("ledger row {row} cannot be stored: {reason}")]
    #[non_exhaustive]
    Ledger {
        /// The row.
        row: LedgerId,
        /// Why.
        reason: &'static str,
    },
    /// Another owner holds the instance.
    #[error("instance {instance} is in use by {holder}")]
    #[non_exhaustive]
    LeaseBusy {
        /// The instance.
        instance: String,
        /// Who holds it.
        holder: String,
    },
    /// Another process uses the store.
    #[error("{store} is in use by another process")]
    #[non_exhaustive]
    Locked {
        /// The store.
        store: String,
    },
    /// The store was written by a newer version of the program.
    #[error("{store} has schema version {found}; this program reads up to {supported}")]
    #[non_exhaustive]
    Newer {
        /// The store.
        store: String,
        /// Its version.
        found: u32,
        /// The newest version that is understood.
        supported: u32,
    },
    /// The storage underneath failed.
    #[error("the store could not {action}")]
    #[non_exhaustive]
    Storage {
        /// What it was doing.
        action: &'static str,
        /// The failure underneath.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl StoreError {
    /// Makes [`StoreError::Changed`].
    pub fn changed(record: impl Into<String>) -> Self {
        Self::Changed { record: record.into() }
    }

    /// Makes [`StoreError::Corrupt`].
    pub fn corrupt(record: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Corrupt { record: record.into(), source: source.into() }
    }

    /// Makes [`StoreError::LeaseBusy`].
    pub fn lease_busy(instance: impl Into<String>, holder: impl Into<String>) -> Self {
        Self::LeaseBusy { instance: instance.into(), holder: holder.into() }
    }

    /// Makes [`StoreError::Locked`].
    pub fn locked(store: impl Into<String>) -> Self {
        Self::Locked { store: store.into() }
    }

    /// Makes [`StoreError::Newer`].
    pub fn newer(store: impl Into<String>, found: u32, supported: u32) -> Self {
        Self::Newer { store: store.into(), found, supported }
    }

    /// Makes [`StoreError::Storage`].
    pub fn storage(action: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Storage { action, source: source.into() }
    }

    /// Tells whether reading again and committing again may succeed.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Changed { .. })
    }

    /// Tells whether the instance belongs to somebody else now, so that nothing more may be sent.
    #[must_use]
    pub fn is_fenced(&self) -> bool {
        matches!(self, Self::Fenced { .. })
    }
}

/// A move that the state machine of the ledger does not have.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a ledger row cannot go from {from} to {to}")]
#[non_exhaustive]
pub struct MoveError {
    /// The state it is in.
    pub from: LedgerState,
    /// The state that was asked for.
    pub to: LedgerState,
}

impl MoveError {
    pub(crate) const fn new(from: LedgerState, to: LedgerState) -> Self {
        Self { from, to }
    }
}
