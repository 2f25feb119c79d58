use std::ops::ControlFlow;

use super::{ReadTables, Scan, Table, WriteTables, key, read};
use crate::{
    Batch, EntryId, EntryRecord, Fence, InstanceName, LedgerRow, Link, LinkKey, LinkRecord, LocatorKey, StoreError,
    Write,
};

/// How many rows that ended an entry keeps.
const ROW_HISTORY: usize = 32;

type Tables<'t> = &'t mut dyn WriteTables;

/// Raises the fence of an instance by one and returns it.
///
/// # Errors
///
/// [`StoreError`] when the storage fails.
pub fn raise_fence(tables: &mut dyn WriteTables, instance: &InstanceName) -> Result<Fence, StoreError> {
    let fence = Fence(read::fence(tables, instance)?.0 + 1);
    tables.put(Table::Fences, &key::instance(instance), &fence.0.to_be_bytes())?;
    Ok(fence)
}

/// Refuses a fence that is not the current one.
///
/// # Errors
///
/// [`StoreError::Fenced`] when it is not; others when the storage fails.
pub fn check_fence(tables: &dyn ReadTables, instance: &InstanceName, given: Fence) -> Result<(), StoreError> {
    let current = read::fence(tables, instance)?;
    if current == given {
        return Ok(());
    }
    Err(StoreError::Fenced { instance: instance.as_str().to_owned(), current, given })
}

/// Applies a batch. An error means that the transaction must not be committed.
pub(super) fn commit(tables: Tables<'_>, batch: &Batch) -> Result<(), StoreError> {
    let instance = batch.instance();
    check_fence(tables, instance, batch.fence())?;
    for write in batch.writes() {
        match write {
            Write::Entry(entry) => put_entry(tables, instance, entry)?,
            Write::Generation(generation) => {
                let octets = key::encode("a generation", generation)?;
                tables.put(Table::Generations, &key::instance(instance), &octets)?;
            }
            Write::Ledger(row) => put_row(tables, instance, row)?,
            Write::Link(link) => put_link(tables, instance, link)?,
            Write::PruneRuns { keep } => prune_runs(tables, instance, *keep as usize)?,
            Write::RemoveEntry { id, version } => remove_entry(tables, instance, *id, *version)?,
            Write::Run(run) => tables.put(Table::Runs, &key::run(instance, run), &key::encode("a run", run)?)?,
            Write::Seal { id, secret } => tables.put(Table::Sealed, &key::row(instance, *id), &secret.0)?,
            Write::Seen { id, generation } => {
                tables.put(Table::Seen, &key::entry(instance, *id), &generation.to_be_bytes())?;
            }
            Write::Unlink(link) => unlink(tables, instance, link)?,
            Write::Watermark { feed, watermark } => {
                let octets = key::encode("a watermark", watermark)?;
                tables.put(Table::Watermarks, &key::feed(instance, feed), &octets)?;
            }
        }
    }
    Ok(())
}

fn put_entry(tables: Tables<'_>, instance: &InstanceName, entry: &EntryRecord) -> Result<(), StoreError> {
    let old = read::entry(tables, instance, entry.id)?;
    check_version(&old, |old| old.version, entry.version, || format!("entry {}", entry.id))?;

    let (was, is) = (old.as_ref().and_then(indexed_anchor), indexed_anchor(entry));
    if was != is {
        if let Some(anchor) = was {
            tables.remove(Table::Anchors, &key::anchor(instance, anchor))?;
        }
        if let Some(anchor) = is {
            let at = key::anchor(instance, anchor);
            if tables.get(Table::Anchors, &at)?.is_some() {
                return Err(StoreError::AnchorTaken { anchor: anchor.to_string() });
            }
            tables.put(Table::Anchors, &at, &entry.id.to_octets())?;
        }
    }
    let (was, is) = (old.as_ref().and_then(indexed_locator), indexed_locator(entry));
    if was != is {
        if let Some(locator) = was {
            tables.remove(Table::Locators, &locator_key(instance, &locator, entry.id))?;
        }
        if let Some(locator) = is {
            tables.put(Table::Locators, &locator_key(instance, &locator, entry.id), &[])?;
        }
    }
    count(tables, instance, old.as_ref(), Some(entry))?;

    let at = key::entry(instance, entry.id);
    if entry.seen_gen != old.as_ref().map_or(0, |old| old.seen_gen) {
        tables.put(Table::Seen, &at, &entry.seen_gen.to_be_bytes())?;
    }
    let stored = EntryRecord { version: entry.version + 1, ..entry.clone() };
    tables.put(Table::Entries, &at, &key::encode("an entry", &stored)?)
}

fn remove_entry(tables: Tables<'_>, instance: &InstanceName, id: EntryId, version: u64) -> Result<(), StoreError> {
    let old = read::entry(tables, instance, id)?;
    check_version(&old, |old| old.version, version, || format!("entry {id}"))?;
    let Some(old) = old else { return Ok(()) };
    if let Some(anchor) = indexed_anchor(&old) {
        tables.remove(Table::Anchors, &key::anchor(instance, anchor))?;
    }
    if let Some(locator) = indexed_locator(&old) {
        tables.remove(Table::Locators, &locator_key(instance, &locator, id))?;
    }
    count(tables, instance, Some(&old), None)?;
    let at = key::entry(instance, id);
    if let Some(octets) = tables.get(Table::LinkedEntries, &at)? {
        unlink(tables, instance, &key::decode::<LinkKey>("a link", &octets)?)?;
    }
    for row in read::rows_of(tables, instance, id)? {
        drop_row(tables, instance, &row)?;
    }
    tables.remove(Table::Seen, &at)?;
    tables.remove(Table::Entries, &at)
}

fn put_row(tables: Tables<'_>, instance: &InstanceName, row: &LedgerRow) -> Result<(), StoreError> {
    let rows = read::rows_of(tables, instance, row.id.entry)?;
    let old = rows.iter().find(|old| old.id == row.id);
    check_version(&old, |old| old.version, row.version, || format!("ledger row {}", row.id))?;
    if old.is_some_and(|old| old.state().is_terminal()) {
        return Err(StoreError::Ledger { row: row.id, reason: "it has ended" });
    }
    if row.state().is_open() && rows.iter().any(|other| other.id != row.id && other.state().is_open()) {
        return Err(StoreError::Ledger { row: row.id, reason: "another row of the entry is being worked on" });
    }
    if let Some(old) = old {
        tables.remove(Table::LedgerStates, &key::row_in_state(instance, old.state(), row.id))?;
    }
    let at = key::row(instance, row.id);
    if row.state().is_terminal() {
        tables.remove(Table::Sealed, &at)?;
        let ended: Vec<_> = rows.iter().filter(|other| other.state().is_terminal()).collect();
        if let Some(oldest) = ended.first().filter(|_| ended.len() >= ROW_HISTORY) {
            drop_row(tables, instance, oldest)?;
        }
    } else {
        tables.put(Table::LedgerStates, &key::row_in_state(instance, row.state(), row.id), &[])?;
    }
    let mut stored = row.clone();
    stored.version += 1;
    tables.put(Table::Ledger, &at, &key::encode("a ledger row", &stored)?)
}

fn drop_row(tables: Tables<'_>, instance: &InstanceName, row: &LedgerRow) -> Result<(), StoreError> {
    let id = row.id;
    tables.remove(Table::LedgerStates, &key::row_in_state(instance, row.state(), id))?;
    tables.remove(Table::Sealed, &key::row(instance, id))?;
    tables.remove(Table::Ledger, &key::row(instance, id))
}

fn put_link(tables: Tables<'_>, instance: &InstanceName, link: &LinkRecord) -> Result<(), StoreError> {
    let entry = key::entry(instance, link.entry);
    if let Some(octets) = tables.get(Table::LinkedEntries, &entry)? {
        let held: LinkKey = key::decode("a link", &octets)?;
        if held != link.key {
            return Err(StoreError::changed(format!("the link of entry {}", link.entry)));
        }
    }
    unlink(tables, instance, &link.key)?;
    tables.put(Table::Links, &key::link(instance, &link.key), &key::encode("a link", link)?)?;
    tables.put(Table::LinkedEntries, &entry, &key::encode("a link", &link.key)?)
}

fn unlink(tables: Tables<'_>, instance: &InstanceName, link: &LinkKey) -> Result<(), StoreError> {
    if let Some(old) = read::link(tables, instance, link)? {
        tables.remove(Table::LinkedEntries, &key::entry(instance, old.entry))?;
    }
    tables.remove(Table::Links, &key::link(instance, link))
}

fn prune_runs(tables: Tables<'_>, instance: &InstanceName, keep: usize) -> Result<(), StoreError> {
    let (mut passed, mut old) = (0, Vec::new());
    tables.scan(Table::Runs, Scan::Down(&key::instance(instance)), &mut |key, _| {
        passed += 1;
        if passed > keep {
            old.push(key.to_vec());
        }
        Ok(ControlFlow::Continue(()))
    })?;
    old.iter().try_for_each(|key| tables.remove(Table::Runs, key))
}

fn count(
    tables: Tables<'_>,
    instance: &InstanceName,
    old: Option<&EntryRecord>,
    new: Option<&EntryRecord>,
) -> Result<(), StoreError> {
    let there = |entry: Option<&EntryRecord>| u64::from(entry.is_some_and(EntryRecord::is_there));
    let linked = |entry: Option<&EntryRecord>| {
        u64::from(entry.is_some_and(|entry| entry.is_there() && matches!(entry.link, Link::Linked(_))))
    };
    if there(old) == there(new) && linked(old) == linked(new) {
        return Ok(());
    }
    let mut counts = read::counts(tables, instance)?;
    counts.there = (counts.there + there(new)).saturating_sub(there(old));
    counts.linked = (counts.linked + linked(new)).saturating_sub(linked(old));
    tables.put(Table::Counts, &key::instance(instance), &key::encode("the counts", &counts)?)
}

fn check_version<T>(
    old: &Option<T>,
    version: impl Fn(&T) -> u64,
    given: u64,
    record: impl Fn() -> String,
) -> Result<(), StoreError> {
    if old.as_ref().map_or(0, version) == given { Ok(()) } else { Err(StoreError::changed(record())) }
}

/// An entry that is gone frees its anchor and its name: an object that is made anew is a new entry.
fn indexed_anchor(entry: &EntryRecord) -> Option<&provost_model::Anchor> {
    entry.anchor.as_ref().filter(|_| entry.presence != crate::Presence::Gone)
}

fn indexed_locator(entry: &EntryRecord) -> Option<LocatorKey> {
    entry.locator.as_ref().filter(|_| entry.presence != crate::Presence::Gone).map(LocatorKey::of)
}

fn locator_key(instance: &InstanceName, locator: &LocatorKey, entry: EntryId) -> Vec<u8> {
    let mut at = key::locator(instance, locator.as_str());
    at.extend(entry.to_octets());
    at
}
