//! What the engine remembers: the connector space, the pending-export ledger, links, generations, watermarks and runs.
//!
//! A [`StateStore`] commits [`Batch`]es atomically, each under the fence of the instance's owner and with the versions of
//! the records that it was made from. Reads give typed records. A store that keeps ordered tables of octets implements
//! [`tables::TableStore`] and gets the rest; [`MemoryStore`] is one.
//!
//! ```
//! use provost_store::{Batch, EntryId, EntryRecord, InstanceName, MemoryStore, StateStore};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let store = MemoryStore::new();
//! let people = InstanceName::new("people");
//! let lease = store.coordinator().acquire(&people, "node-1").await?;
//!
//! let mut batch = Batch::strict(&people, lease.fence());
//! batch.put_entry(EntryRecord::new(EntryId::from_u128(1), "inetOrgPerson"));
//! store.commit(batch).await?;
//! assert_eq!(store.entry(&people, EntryId::from_u128(1)).await?.unwrap().version, 1);
//! # Ok::<(), provost_store::StoreError>(())
//! # }).unwrap();
//! ```
//!
//! | Feature | Adds |
//! | --- | --- |
//! | (none) | everything is always there |
//!
//! Left out: files and sockets (the stores that have them are crates of their own), sealing of secrets (the engine does
//! it; here they are opaque octets), and export of a store to another.
//!
//! The crate awaits and never spawns, sleeps or opens a socket.

mod batch;
pub mod contract;
mod coordinator;
mod entry;
mod error;
mod id;
mod ledger;
mod memory;
mod run;
mod store;
pub mod tables;

pub use batch::{Batch, Durability, Write};
pub use coordinator::{Coordinator, Lease, LeaseGuard, Seats};
pub use entry::{EntryRecord, Health, Image, Link, LinkKey, LinkRecord, Presence};
pub use error::{MoveError, StoreError};
pub use id::{Digest, EntryId, Fence, InstanceName, LedgerId, LocatorKey, ParseIdError, RunId};
pub use ledger::{Intent, IntentKind, LastError, LedgerRow, LedgerState, OperationRecord, Origin, SealedSecret};
pub use memory::MemoryStore;
pub use run::{CompleteGeneration, Counts, GenerationRecord, GenerationState, RunRecord};
pub use store::StateStore;
