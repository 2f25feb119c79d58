#![cfg(test)]
//! The redb store keeps the contract, and what it commits survives.

use std::path::PathBuf;

use provost_store::{Batch, EntryId, EntryRecord, Fence, InstanceName, StateStore, StoreError};
use provost_store_redb::RedbStore;
use redb::{Database, TableDefinition};

provost_store::contract_tests!(fresh().await);

/// A store in a new folder, which stays until the process ends.
async fn fresh() -> RedbStore {
    RedbStore::open(new_file()).await.unwrap()
}

fn new_file() -> PathBuf {
    tempfile::tempdir().unwrap().keep().join("provost.redb")
}

async fn put(store: &RedbStore, fence: Fence, number: u128) {
    let mut batch = Batch::strict(&people(), fence);
    batch.put_entry(EntryRecord::new(EntryId::from_u128(number), "person"));
    store.commit(batch).await.unwrap();
}

fn people() -> InstanceName {
    InstanceName::new("people")
}

#[tokio::test]
async fn a_commit_survives_and_the_fence_goes_on() {
    let path = new_file();
    let store = RedbStore::open(&path).await.unwrap();
    let lease = store.coordinator().acquire(&people(), "first").await.unwrap();
    let old = lease.fence();
    put(&store, old, 1).await;
    drop((lease, store));

    let store = RedbStore::open(&path).await.unwrap();
    assert!(store.entry(&people(), EntryId::from_u128(1)).await.unwrap().is_some());
    let lease = store.coordinator().acquire(&people(), "second").await.unwrap();
    assert!(lease.fence() > old);
}

#[tokio::test]
async fn a_copy_of_the_file_while_it_is_open_holds_the_last_strict_commit() {
    let path = new_file();
    let store = RedbStore::open(&path).await.unwrap();
    let lease = store.coordinator().acquire(&people(), "first").await.unwrap();
    put(&store, lease.fence(), 1).await;
    let copy = path.with_file_name("copy.redb");
    std::fs::copy(&path, &copy).unwrap();

    let restored = RedbStore::open(&copy).await.unwrap();
    assert!(restored.entry(&people(), EntryId::from_u128(1)).await.unwrap().is_some());
    let lease = restored.coordinator().acquire(&people(), "second").await.unwrap();
    put(&restored, lease.fence(), 2).await;
}

#[tokio::test]
async fn a_second_opener_is_told_that_the_file_is_in_use() {
    let path = new_file();
    let _held = RedbStore::open(&path).await.unwrap();
    let error = RedbStore::open(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }));
    assert_eq!(error.to_string(), format!("{} is in use by another process", path.display()));
}

#[tokio::test]
async fn a_newer_store_is_refused() {
    let path = new_file();
    drop(RedbStore::open(&path).await.unwrap());
    let database = Database::open(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(TableDefinition::<&str, u32>::new("meta")).unwrap().insert("schema-version", 99).unwrap();
    transaction.commit().unwrap();
    drop(database);

    let error = RedbStore::open(&path).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{} has schema version 99; this program reads up to 1", path.display()));
}

#[tokio::test]
async fn a_file_that_is_no_store_and_a_missing_folder_are_errors() {
    let path = new_file();
    std::fs::write(&path, "this is no database, but a text that is long enough to be read as a header of one").unwrap();
    assert_eq!(RedbStore::open(&path).await.unwrap_err().to_string(), "the store could not open its file");
    let nowhere = path.with_file_name("missing").join("provost.redb");
    assert!(matches!(RedbStore::open(nowhere).await, Err(StoreError::Storage { .. })));
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_for_its_owner_alone_and_an_old_one_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    let path = new_file();
    let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    drop(RedbStore::open(&path).await.unwrap());
    assert_eq!(mode(), 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    drop(RedbStore::open(&path).await.unwrap());
    assert_eq!(mode(), 0o640);
}
