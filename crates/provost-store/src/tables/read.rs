use std::ops::ControlFlow;

use provost_connector::Watermark;
use provost_model::Anchor;

use super::{ReadTables, Scan, Table, key};
use crate::{
    Counts, EntryId, EntryRecord, Fence, GenerationRecord, InstanceName, LedgerId, LedgerRow, LedgerState, LinkKey,
    LinkRecord, LocatorKey, RunRecord, SealedSecret, StoreError,
};

type Tables<'t> = &'t dyn ReadTables;

pub(super) fn fence(tables: Tables<'_>, instance: &InstanceName) -> Result<Fence, StoreError> {
    match tables.get(Table::Fences, &key::instance(instance))? {
        Some(octets) => key::number("a fence", &octets).map(Fence),
        None => Ok(Fence(0)),
    }
}

pub(super) fn counts(tables: Tables<'_>, instance: &InstanceName) -> Result<Counts, StoreError> {
    match tables.get(Table::Counts, &key::instance(instance))? {
        Some(octets) => key::decode("the counts", &octets),
        None => Ok(Counts::default()),
    }
}

pub(super) fn entry(
    tables: Tables<'_>,
    instance: &InstanceName,
    id: EntryId,
) -> Result<Option<EntryRecord>, StoreError> {
    let key = key::entry(instance, id);
    match tables.get(Table::Entries, &key)? {
        Some(octets) => complete_entry(tables, &key, &octets).map(Some),
        None => Ok(None),
    }
}

/// Reads an entry and puts in what is kept apart.
fn complete_entry(tables: Tables<'_>, key: &[u8], octets: &[u8]) -> Result<EntryRecord, StoreError> {
    let mut entry: EntryRecord = key::decode("an entry", octets)?;
    if let Some(seen) = tables.get(Table::Seen, key)? {
        entry.seen_gen = key::number("a generation", &seen)?;
    }
    Ok(entry)
}

pub(super) fn entries(
    tables: Tables<'_>,
    instance: &InstanceName,
    after: Option<EntryId>,
    limit: usize,
) -> Result<Vec<EntryRecord>, StoreError> {
    let prefix = key::instance(instance);
    let after = after.map(|id| key::entry(instance, id));
    let mut found = Vec::new();
    if limit == 0 {
        return Ok(found);
    }
    tables.scan(Table::Entries, Scan::Up(&prefix, after.as_deref()), &mut |key, octets| {
        found.push(complete_entry(tables, key, octets)?);
        Ok(go_on(found.len() < limit))
    })?;
    Ok(found)
}

pub(super) fn entries_at(
    tables: Tables<'_>,
    instance: &InstanceName,
    locator: &LocatorKey,
    limit: usize,
) -> Result<Vec<EntryRecord>, StoreError> {
    let mut ids = Vec::new();
    if limit > 0 {
        tables.scan(Table::Locators, Scan::Up(&key::locator(instance, locator.as_str()), None), &mut |key, _| {
            ids.push(key::entry_at_end(key)?);
            Ok(go_on(ids.len() < limit))
        })?;
    }
    ids.into_iter().filter_map(|id| entry(tables, instance, id).transpose()).collect()
}

pub(super) fn entry_by_anchor(
    tables: Tables<'_>,
    instance: &InstanceName,
    anchor: &Anchor,
) -> Result<Option<EntryRecord>, StoreError> {
    match tables.get(Table::Anchors, &key::anchor(instance, anchor))? {
        Some(octets) => entry(tables, instance, key::entry_at_end(&octets)?),
        None => Ok(None),
    }
}

pub(super) fn generation(tables: Tables<'_>, instance: &InstanceName) -> Result<Option<GenerationRecord>, StoreError> {
    let octets = tables.get(Table::Generations, &key::instance(instance))?;
    octets.map(|octets| key::decode("a generation", &octets)).transpose()
}

pub(super) fn link(
    tables: Tables<'_>,
    instance: &InstanceName,
    link: &LinkKey,
) -> Result<Option<LinkRecord>, StoreError> {
    let octets = tables.get(Table::Links, &key::link(instance, link))?;
    octets.map(|octets| key::decode("a link", &octets)).transpose()
}

pub(super) fn row(tables: Tables<'_>, instance: &InstanceName, id: LedgerId) -> Result<Option<LedgerRow>, StoreError> {
    let octets = tables.get(Table::Ledger, &key::row(instance, id))?;
    octets.map(|octets| key::decode("a ledger row", &octets)).transpose()
}

pub(super) fn rows(
    tables: Tables<'_>,
    instance: &InstanceName,
    state: LedgerState,
    after: Option<LedgerId>,
    limit: usize,
) -> Result<Vec<LedgerRow>, StoreError> {
    let after = after.map(|id| key::row_in_state(instance, state, id));
    let mut ids = Vec::new();
    if limit > 0 {
        let prefix = key::state(instance, state);
        tables.scan(Table::LedgerStates, Scan::Up(&prefix, after.as_deref()), &mut |key, _| {
            ids.push(key::row_at_end(key)?);
            Ok(go_on(ids.len() < limit))
        })?;
    }
    ids.into_iter().filter_map(|id| row(tables, instance, id).transpose()).collect()
}

pub(super) fn rows_of(
    tables: Tables<'_>,
    instance: &InstanceName,
    entry: EntryId,
) -> Result<Vec<LedgerRow>, StoreError> {
    let mut found = Vec::new();
    tables.scan(Table::Ledger, Scan::Up(&key::entry(instance, entry), None), &mut |_, octets| {
        found.push(key::decode("a ledger row", octets)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

pub(super) fn runs(tables: Tables<'_>, instance: &InstanceName, limit: usize) -> Result<Vec<RunRecord>, StoreError> {
    let mut found = Vec::new();
    if limit > 0 {
        tables.scan(Table::Runs, Scan::Down(&key::instance(instance)), &mut |_, octets| {
            found.push(key::decode("a run", octets)?);
            Ok(go_on(found.len() < limit))
        })?;
    }
    Ok(found)
}

pub(super) fn sealed(
    tables: Tables<'_>,
    instance: &InstanceName,
    id: LedgerId,
) -> Result<Option<SealedSecret>, StoreError> {
    Ok(tables.get(Table::Sealed, &key::row(instance, id))?.map(SealedSecret))
}

pub(super) fn watermark(
    tables: Tables<'_>,
    instance: &InstanceName,
    feed: &str,
) -> Result<Option<Watermark>, StoreError> {
    let octets = tables.get(Table::Watermarks, &key::feed(instance, feed))?;
    octets.map(|octets| key::decode("a watermark", &octets)).transpose()
}

pub(super) fn go_on(wanted: bool) -> ControlFlow<()> {
    if wanted { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}
