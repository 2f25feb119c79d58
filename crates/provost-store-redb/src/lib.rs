//! The durable state store in one file, on redb: the default of Provost.
//!
//! A [`RedbStore`] is used by one process at a time. A strict commit returns after the data is on stable storage; a
//! relaxed one is made safe by the next strict one. What a process leaves when it is killed is the last commit, whole.
//!
//! ```
//! use provost_store::{InstanceName, StateStore};
//! use provost_store_redb::RedbStore;
//!
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("provost.redb");
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let store = RedbStore::open(&path).await?;
//! assert!(store.runs(&InstanceName::new("people"), 10).await?.is_empty());
//! # Ok::<(), provost_store::StoreError>(())
//! # }).unwrap();
//! ```
//!
//! | Feature | Adds |
//! | --- | --- |
//! | (none) | everything is always there |
//!
//! Left out: use by several processes (a shared store needs a server), compression, and online backup.

mod store;

pub use store::RedbStore;
