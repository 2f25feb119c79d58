//! What every store must do, as tests that any store's crate runs.
//!
//! [`contract_tests!`](crate::contract_tests) makes one test of each, given an expression that makes an empty store:
//!
//! ```text
//! provost_store::contract_tests!(MemoryStore::new());
//! ```
//!
//! Each function panics when the store breaks the rule.

use provost_connector::Watermark;
use provost_model::{Anchor, AnchorKind, Attributes, ObjectName, Timestamp};

use crate::{
    Batch, CompleteGeneration, Counts, Digest, EntryId, EntryRecord, Fence, GenerationRecord, InstanceName, Intent,
    IntentKind, LedgerId, LedgerRow, LedgerState, Link, LinkKey, LinkRecord, LocatorKey, Origin, Presence, RunId,
    RunRecord, SealedSecret, StateStore, StoreError, Write,
};

/// Makes a test of each function of [`contract`](crate::contract). The expression makes an empty store, and may await.
#[macro_export]
macro_rules! contract_tests {
    ($fresh:expr) => {
        $crate::contract_tests! { @each $fresh;
            a_commit_is_whole_or_nothing
            a_new_owner_shuts_out_the_old_one
            a_seat_is_taken_once
            a_stale_version_is_refused
            anchors_are_unique_and_freed_by_absence
            counts_follow_presence_and_link
            entries_are_scanned_in_order
            instances_do_not_mix
            links_lead_both_ways
            one_row_of_an_entry_is_open
            rows_end_and_lose_their_secret
            rows_are_found_by_state
            runs_come_newest_first_and_are_pruned
            single_records_come_back
        }
    };
    (@each $fresh:expr; $($rule:ident)*) => {
        $(
            #[tokio::test]
            async fn $rule() {
                let store = $fresh;
                $crate::contract::$rule(&store).await.expect("the store works");
            }
        )*
    };
}

/// A batch with one refused write leaves nothing of the others (E-402).
///
/// # Errors
///
/// [`StoreError`] when the store fails where it must not.
pub async fn a_commit_is_whole_or_nothing(store: &dyn StateStore) -> Result<(), StoreError> {
    let (people, fence) = open(store, "people").await?;
    let mut batch = Batch::strict(&people, fence);
    batch.put_entry(at(1, "cn=a"));
    batch.push(Write::Link(link("1", 1)));
    batch.put_entry(EntryRecord { version: 7, ..at(2, "cn=b") });
    assert!(matches!(store.commit(batch).await, Err(StoreError::Changed { .. })));

    assert_eq!(store.entry(&people, id(1)).await?, None);
    assert_eq!(store.link(&people, &LinkKey::new("cloud", "1")).await?, None);
    assert!(store.entries_at(&people, &LocatorKey::of(&ObjectName::new("cn=a")), 10).await?.is_empty());
    assert_eq!(store.counts(&people).await?, Counts::default());
    Ok(())
}

/// A batch under an earlier fence is refused (E-2002, C28), also after the lease was given back.
///
/// # Errors
///
/// [`StoreError`] when the store fails where it must not.
pub async fn a_new_owner_shuts_out_the_old_one(store: &dyn StateStore) -> Result<(), StoreError> {
    let people = InstanceName::new("people");
    let first = store.coordinator().acquire(&people, "node-1").await?;
    let old = first.fence();
    store.coordinator().renew(&first).await?;
    store.coordinator().release(first).await?;
    let second = store.coordinator().acquire(&people, "node-2").await?;
    assert!(second.fence() > old);

    let mut late = Batch::strict(&people, old);
    late.put_entry(at(1, "cn=a"));
    let error = store.commit(late).await.err();
    assert!(error.as_ref().is_some_and(StoreError::is_fenced), "{error:?}");
    assert_eq!(store.entry(&people, id(1)).await?, None);

    let mut batch = Batch::strict(&people, second.fence());
    batch.put_entry(at(1, "cn=a"));
    store.commit(batch).await
}

/// Two owners of an instance do not exist at a time; two instances have an owner each.
///
/// # Errors
///
/// [`StoreError`] when the store fails where it must not.
pub async fn a_seat_is_taken_once(store: &dyn StateStore) -> Result<(), StoreError> {
    let people = InstanceName::new("people");
    let held = store.coordinator().acquire(&people, "node-1").await?;
    assert!(matches!(
        store.coordinator().acquire(&people, "node-2").await,
        Err(StoreError::LeaseBusy { holder, .. }) if holder == "node-1"
    ));
    store.coordinator().acquire(&InstanceName::new("groups"), "node-2").await?;
    store.coordinator().release(held).await?;
    store.coordinator().acquire(&people, "node-2").await?;
    Ok(())
}

/// A record that was changed since it was read is not overwritten.
///
/// # Errors
///
/// [`StoreError`] when the store fails where it must not.
pub async fn a_stale_version_is_refused(store: &dyn StateStore) -> Result<(), StoreError> {
    let (people, fence) = open(store, "people").await?;
    let entry = at(1, "cn=a");
    put(store, &people, fence, entry.clone()).await?;
    assert!(put(store, &people, fence, entry.clone()).await.is_err_and(|error| error.is_conflict()));
    let stored = EntryRecord { version: 1, ..entry };
    assert_eq!(store.entry(&people, id(1)).await?, Some(stored.clone()));
    put(store, &people, fence, stored.clone()).await?;
    assert!(put(store, &people, fence, stored).await.is_err_and(|error| error.is_conflict()));
    Ok(())
}

/// An anchor belongs to one entry, until that is gone (section 3.1).
///
/// # Errors
///
/// [`StoreError`] when the store fails where it must not.
pub async fn anchors_are_unique_and_freed_by_absence(store: &dyn StateStore) -> Result<(), StoreError> {
    let (people, fence) = open(store, "people").await?;
    let anchor = Anchor::new(AnchorKind::new("entryUUID"), *b"u1");
    let anchored =
        |number| EntryRecord { anchor: Some(anchor.clone()), presence: Presence::Present, ..at(number, "cn=a") };
    put(store, &people, fence, anchored(1)).await?;
    assert!(matches!(put(store, &people, fence, anchored(2)).await, Err(StoreError::AnchorTaken { .. })));
    let spelt = Anchor::new(AnchorKind::new("ENTRYUUID"), *b"u1");
    assert_eq!(store.entry_by_anchor(&people, &spelt).await?.map(|entry| entry.id), Some(id(1)));

    put(store, &people, fence, EntryRecord { presence: Presence::Gone, version: 1, ..anchored(1) }).await?;
    assert_eq!(store.entry_by_anchor(&people, &anchor).await?, None);
    put(store, &people, fence, anchored(2)).await?;
    assert_eq!(store.entry_by_anchor(&people, &anchor).await?.map(|entry| entry.id), Some(id(2)));
    let found = store.entries_at(&people, &LocatorKey::of(&ObjectName::new("CN=A")), 10).await?;
    assert_eq!(found.iter().map(|entry| entry.id).collect::<Vec<_>>(), [id(2)]);
    Ok(())
}

/// The counts are those of the entries, whatever happened to them.
///
/// # Errors
///
/// [`StoreError`] when the store fails where it must not.
pub async fn counts_follow_presence_and_link(store: &dyn StateStore) -> Result<(), StoreError> {
    let (people, fence) = open(store, "people").await?;
    let mut entry = at(1, "cn=a");
    entry.link = Link::Linked(LinkKey::new("cloud", "1"));
    put(store, &people, fence, entry.clone()).await?;
    assert_eq!(store.counts(&people).await?, Counts { there: 0, linked: 0 });
    (entry.presence, entry.version) = (Presence::Present, 1);
    put(store, &people, fence, entry.clone()).await?;
    put(store, &people, fence, EntryRecord { presence: Presence::Unseen { generations: 1, last: 3 }, ..at(2, "cn=b") })
        .await?;
    assert_eq!(store.counts(&people).await?, Counts { there: 2, linked: 1 });
    (entry.link, entry.version) = (Link::Orphaned, 2);
    put(store, &people, fence, entry).await?;
    assert_eq!(store.counts(&people).await?, Counts { there: 2, linked: 0 });
    let mut batch = Batch::strict(&people, fence);
    batch.push(Write::RemoveEntry { id: id(2), version: 1 });
    store.commit(batch).await?;
    assert_eq!(store.counts(&people).await?, Counts { there: 1, linked: 0 });
    Ok(())
}

/// A scan in slices sees each entry once, in the order of the ids.
///
/// # Errors
///
/// [`StoreError`] when the store fails where it must not.
pub async fn entries_are_scanned_in_order(store: &dyn StateStore) -> Result<(), StoreError> {
    let (people, fence) = open(store, "people").await?;
    let mut batch = Batch::relaxed(&people, fence);
    for number in [300, 2, 256, 1, 0x1_0000] {
        batch.put_entry(at(number, "cn=x"));
        batch.push(Write::Seen { id: id(number), generation: 4 });
    }
    store.commit(batch).await?;
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let slice = store.entries(&people, after, 2).await?;
        let Some(last) = slice.last() else { break };
        after = Some(last.id);
        assert!(slice.iter().all(|entry| entry.seen_gen == 4 && entry.version == 1));
        seen.extend(slice.iter().map(|entry| entry.id));
    }
    assert_eq!(seen, [id(1), id(2), id(256), id(300), id(0x1_0000)]);
    assert!(store.entries(&people, None, 0).await?.is_empty());
    Ok(())
}

/// What one instance holds is not seen by another, even if its name is the beginning of the other's.
///
/// # Errors
///
/// [`StoreError`] when the store fails where it must not.
pub async fn instances_do_not_mix(store: &dyn StateStore) -> Result<(), StoreError> {
    let (a, fence) = open(store, "a").await?;
    let (ab, _) = open(store, "ab").await?;
    put(store, &a, fence, at(1, "cn=a")).await?;
    assert!(store.entries(&ab, None, 10).await?.is_empty());
    assert_eq!(store.entry(&ab, id(1)).await?, None);
    assert!(store.entries_at(&ab, &LocatorKey::of(&ObjectName::new("cn=a")), 10).await?.is_empty());
    Ok(())
}

/// A source object has one entry and an entry one source object; removing the entry ends the link.
///
/// # Errors
///
/// [`StoreError`] when the store fails where it must not.
pub async fn links_lead_both_ways(store: &dyn StateStore) -> Result<(), StoreError> {
    let (people, fence) = open(store, "people").await?;
    let mut batch = Batch::strict(&people, fence);
    batch.put_entry(at(1, "cn=a"));
    batch.push(Write::Link(link("1", 1)));
    store.commit(batch).await?;
    assert_eq!(store.link(&people, &LinkKey::new("cloud", "1")).await?, Some(link("1", 1)));

    let mut second = Batch::strict(&people, fence);
    second.push(Write::Link(link("2", 1)));
    assert!(store.commit(second).await.is_err_and(|error| error.is_conflict()));

    let mut moved = Batch::strict(&people, fence);
    moved.push(Write::Unlink(LinkKey::new("cloud", "1")));
    moved.push(Write::Link(link("2", 1)));
    store.commit(moved).await?;
    assert_eq!(store.link(&people, &LinkKey::new("cloud", "1")).await?, None);

    let mut gone = Batch::strict(&people, fence);
    gone.push(Write::RemoveEntry { id: id(1), version: 1 });
    store.commit(gone).await?;
    assert_eq!(store.link(&people, &LinkKey::new("cloud", "2")).await?, None);
    Ok(())
}

/// At most one row of an entry is being worked on (E-401).
///
/// # Errors
///
/// [`StoreError`] when the store fails where it must not.
pub async fn one_row_of_an_entry_is_open(store: &dyn StateStore) -> Result<(), StoreError> {
    let (people, fence) = open(store, "people").await?;
    put_row(store, &people, fence, in_flight(1, 1, fence)).await?;
    let mut second = row(1, 2);
    put_row(store, &people, fence, second.clone()).await?;
    second.version = 1;
    step(&mut second, LedgerState::Ready);
    assert!(matches!(put_row(store, &people, fence, second.clone()).await, Err(StoreError::Ledger { .. })));

    let mut batch = Batch::strict(&people, fence);
    let mut first = in_flight(1, 1, fence);
    first.version = 1;
    step(&mut first, LedgerState::Applied);
    batch.put_row(first);
    batch.put_row(second);
    store.commit(batch).await
}

/// A row in a terminal state loses its secret and cannot be changed (E-403).
///
/// # Errors
///
/// [`StoreError`] when the store fails where it must not.
pub async fn rows_end_and_lose_their_secret(store: &dyn StateStore) -> Result<(), StoreError> {
    let (people, fence) = open(store, "people").await?;
    let mut held = row(1, 1);
    let mut batch = Batch::strict(&people, fence);
    batch.put_row(held.clone());
    batch.push(Write::Seal { id: held.id, secret: SealedSecret(vec![1, 2, 3]) });
    store.commit(batch).await?;
    assert_eq!(store.sealed(&people, held.id).await?, Some(SealedSecret(vec![1, 2, 3])));

    held.version = 1;
    step(&mut held, LedgerState::Cancelled);
    put_row(store, &people, fence, held.clone()).await?;
    assert_eq!(store.sealed(&people, held.id).await?, None);
    assert!(store.rows(&people, LedgerState::Cancelled, None, 10).await?.is_empty());
    held.version = 2;
    assert!(matches!(put_row(store, &people, fence, held).await, Err(StoreError::Ledger { .. })));

    for sequence in 2..60 {
        let mut ended = row(1, sequence);
        step(&mut ended, LedgerState::Superseded);
        put_row(store, &people, fence, ended).await?;
    }
    let history = store.rows_of(&people, id(1)).await?;
    assert_eq!(history.len(), 32);
    assert_eq!(history.last().map(|row| row.id.sequence), Some(59));
    Ok(())
}

/// Rows are scanned by state, in slices, and leave a state when they move.
///
/// # Errors
///
/// [`StoreError`] when the store fails where it must not.
pub async fn rows_are_found_by_state(store: &dyn StateStore) -> Result<(), StoreError> {
    let (people, fence) = open(store, "people").await?;
    for number in 1..=5 {
        put_row(store, &people, fence, row(number, 1)).await?;
    }
    let mut ready = row(3, 1);
    ready.version = 1;
    step(&mut ready, LedgerState::Ready);
    put_row(store, &people, fence, ready).await?;

    let (mut after, mut staged) = (None, Vec::new());
    loop {
        let slice = store.rows(&people, LedgerState::Staged, after, 3).await?;
        let Some(last) = slice.last() else { break };
        after = Some(last.id);
        staged.extend(slice.iter().map(|row| row.id.entry));
    }
    assert_eq!(staged, [id(1), id(2), id(4), id(5)]);
    let ready = store.rows(&people, LedgerState::Ready, None, 10).await?;
    assert_eq!(ready.iter().map(|row| (row.id.entry, row.version)).collect::<Vec<_>>(), [(id(3), 2)]);
    assert!(store.rows(&people, LedgerState::InFlight, None, 10).await?.is_empty());
    Ok(())
}

/// Runs come newest first; pruning keeps the newest.
///
/// # Errors
///
/// [`StoreError`] when the store fails where it must not.
pub async fn runs_come_newest_first_and_are_pruned(store: &dyn StateStore) -> Result<(), StoreError> {
    let (people, fence) = open(store, "people").await?;
    let run = |number: i64| RunRecord {
        id: RunId::new(format!("run-{number}")),
        started: Timestamp::from_unix_millis(number * 1_000),
        ended: None,
        report: format!("{{\"number\":{number}}}"),
    };
    for number in [3, 1, 2] {
        let mut batch = Batch::strict(&people, fence);
        batch.push(Write::Run(run(number)));
        store.commit(batch).await?;
    }
    let mut batch = Batch::strict(&people, fence);
    let ended = RunRecord { ended: Some(Timestamp::from_unix_millis(9_000)), ..run(3) };
    batch.push(Write::Run(ended.clone()));
    store.commit(batch).await?;
    assert_eq!(store.runs(&people, 2).await?, [ended.clone(), run(2)]);
    let mut batch = Batch::strict(&people, fence);
    batch.push(Write::PruneRuns { keep: 1 });
    store.commit(batch).await?;
    assert_eq!(store.runs(&people, 10).await?, [ended]);
    Ok(())
}

/// Generations and watermarks come back as they were stored.
///
/// # Errors
///
/// [`StoreError`] when the store fails where it must not.
pub async fn single_records_come_back(store: &dyn StateStore) -> Result<(), StoreError> {
    let (people, fence) = open(store, "people").await?;
    assert_eq!(store.generation(&people).await?, None);
    let last = Some(CompleteGeneration { number: 1, entries: 9 });
    let generation = GenerationRecord::open(2, RunId::new("r"), last);
    let watermark = Watermark { strategy: "changelog".to_owned(), server: "s".to_owned(), position: vec![0, 255] };
    let mut batch = Batch::strict(&people, fence);
    batch.push(Write::Generation(generation.clone()));
    batch.push(Write::Watermark { feed: "delta".to_owned(), watermark: watermark.clone() });
    store.commit(batch).await?;
    assert_eq!(store.generation(&people).await?, Some(generation));
    assert_eq!(store.watermark(&people, "delta").await?, Some(watermark));
    assert_eq!(store.watermark(&people, "other").await?, None);
    Ok(())
}

async fn open(store: &dyn StateStore, instance: &str) -> Result<(InstanceName, Fence), StoreError> {
    let instance = InstanceName::new(instance);
    let lease = store.coordinator().acquire(&instance, "contract").await?;
    Ok((instance, lease.fence()))
}

async fn put(
    store: &dyn StateStore,
    instance: &InstanceName,
    fence: Fence,
    entry: EntryRecord,
) -> Result<(), StoreError> {
    let mut batch = Batch::strict(instance, fence);
    batch.put_entry(entry);
    store.commit(batch).await
}

async fn put_row(
    store: &dyn StateStore,
    instance: &InstanceName,
    fence: Fence,
    row: LedgerRow,
) -> Result<(), StoreError> {
    let mut batch = Batch::strict(instance, fence);
    batch.put_row(row);
    store.commit(batch).await
}

fn id(number: u128) -> EntryId {
    EntryId::from_u128(number)
}

fn at(number: u128, name: &str) -> EntryRecord {
    EntryRecord { locator: Some(ObjectName::new(name)), ..EntryRecord::new(id(number), "person") }
}

fn link(object: &str, entry: u128) -> LinkRecord {
    LinkRecord { key: LinkKey::new("cloud", object), entry: id(entry), since: Timestamp::UNIX_EPOCH }
}

fn row(entry: u128, sequence: u64) -> LedgerRow {
    let intent =
        Intent::Add { object_type: "person".into(), name: ObjectName::new("cn=a"), attributes: Attributes::new() };
    let id = LedgerId { entry: id(entry), sequence };
    LedgerRow::new(id, intent, IntentKind::Add, Origin::Direct, Digest::new([0; 32]), Timestamp::UNIX_EPOCH)
}

fn in_flight(entry: u128, sequence: u64, fence: Fence) -> LedgerRow {
    let mut row = row(entry, sequence);
    step(&mut row, LedgerState::Ready);
    assert_eq!(row.begin(fence, Timestamp::UNIX_EPOCH), Ok(()));
    row
}

fn step(row: &mut LedgerRow, to: LedgerState) {
    assert_eq!(row.move_to(to, Timestamp::UNIX_EPOCH), Ok(()));
}
