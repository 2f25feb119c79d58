//! Full imports into the connector space (sections 6 and 7).

mod absence;

use std::collections::BTreeMap;

use provost_connector::{Completeness, ConnectorError, FullRequest, Key, Page, PageEntry, ReadResult};
use provost_model::{Anchor, ConnectorObject, ObjectName};
use provost_store::{Batch, EntryId, EntryRecord, GenerationRecord, GenerationState, LocatorKey, Presence, Write};
use tracing::{debug, warn};

use crate::report::{ObjectError, RunReport};
use crate::space::{News, Place};
use crate::{Engine, RunError};

/// How many entries are tried as canaries.
const CANARIES: usize = 3;

impl Engine {
    /// Reads everything in scope, page by page, and judges what was not seen if nothing was missed.
    pub(crate) async fn full_import(&self, report: &mut RunReport) -> Result<(), RunError> {
        let Some(import) = self.session.full_import() else {
            return Err(RunError::impossible("the connector does not import"));
        };
        let mut generation = self.open_generation(report).await?;
        report.generation = Some(generation.number);
        let _watch = self.recent.watch();
        let mut failed = Vec::new();
        let canaries = self.canaries().await?;
        if !self.is_canary_alive(&canaries).await {
            failed.push("the canary could not be read at the start".to_owned());
        }

        let mut request = FullRequest::default();
        request.page_size = self.options.page_size;
        let result = match import.start(request).await {
            Ok(mut pages) => self.read_pages(&mut *pages, &generation, report, &mut failed).await,
            Err(error) => Err(Failure::Connector(error)),
        };
        let broken = match result {
            Ok(()) => None,
            Err(Failure::Run(error)) => return Err(error),
            Err(Failure::Connector(error)) => {
                failed.push(crate::run::full_text(&error));
                Some(error)
            }
        };
        if broken.is_none() && !self.is_canary_alive(&canaries).await {
            failed.push("the canary could not be read at the end".to_owned());
        }
        self.close_generation(&mut generation, failed, report).await?;
        if generation.state == GenerationState::Closed {
            self.sweep(&mut generation, report).await?;
        }
        broken.map_or(Ok(()), |error| Err(self.failed(error)))
    }

    /// Opens the next generation, once the absences of a closed one have been applied (C07).
    async fn open_generation(&self, report: &mut RunReport) -> Result<GenerationRecord, RunError> {
        let last = self.store.generation(self.instance()).await?;
        let last = match last {
            Some(mut last) if last.state == GenerationState::Closed => {
                self.sweep(&mut last, report).await?;
                Some(last)
            }
            last => last,
        };
        let number = last.as_ref().map_or(1, |last| last.number + 1);
        let complete = last.as_ref().and_then(GenerationRecord::newest_complete);
        let generation = GenerationRecord::open(number, report.run_id.clone(), complete);
        self.store_generation(&generation).await?;
        Ok(generation)
    }

    pub(crate) async fn store_generation(&self, generation: &GenerationRecord) -> Result<(), RunError> {
        let mut batch = self.strict();
        batch.push(Write::Generation(generation.clone()));
        self.commit(batch).await
    }

    async fn read_pages(
        &self,
        pages: &mut dyn provost_connector::Pages,
        generation: &GenerationRecord,
        report: &mut RunReport,
        failed: &mut Vec<String>,
    ) -> Result<(), Failure> {
        let mut proof: Option<Completeness> = None;
        while let Some(Page { entries, proof: stated, .. }) = pages.next().await? {
            if self.env.cancellation.is_cancelled() {
                return Err(RunError::Cancelled.into());
            }
            report.import.pages += 1;
            let mut entries = entries.into_iter().peekable();
            while entries.peek().is_some() {
                let chunk: Vec<PageEntry> = entries.by_ref().take(self.options.import_batch).collect();
                self.import_chunk(chunk, generation.number, report, failed).await?;
            }
            proof = stated.or(proof);
        }
        match proof {
            None => failed.push("the import ended without a proof".to_owned()),
            Some(proof) => {
                report.import.referrals += proof.referrals;
                if proof.referrals > 0 {
                    failed.push(format!("{} referrals were not followed", proof.referrals));
                }
                failed.extend(proof.gaps);
            }
        }
        Ok(())
    }

    /// Commits a chunk of findings.
    async fn import_chunk(
        &self,
        chunk: Vec<PageEntry>,
        generation: u64,
        report: &mut RunReport,
        failed: &mut Vec<String>,
    ) -> Result<(), RunError> {
        let space = self.space.lock().await;
        let mut pending = Pending::default();
        let mut batch = Batch::relaxed(self.instance(), self.fence());
        for entry in chunk {
            match entry {
                PageEntry::Present(object) => {
                    let place = match pending.find(&object) {
                        Some(record) => Place::Entry(Box::new(record.clone())),
                        None => self.place(&space, &object).await?,
                    };
                    self.import_object(&object, place, generation, report, &mut pending, &mut batch).await?;
                }
                PageEntry::Unreadable { name, reason } => {
                    report.import.entries_read += 1;
                    report.import.unreadable += 1;
                    let object = name.as_ref().map(|name| name.as_str().to_owned());
                    report.push_error(ObjectError::new(object, "import", Some("unreadable".to_owned()), reason));
                    self.import_unreadable(name, generation, failed, &mut pending).await?;
                }
                // A full import states what is there; what it says of the rest is no proof.
                _ => {}
            }
        }
        for record in pending.changed.into_values() {
            batch.put_entry(record);
        }
        self.commit(batch).await
    }

    async fn import_object(
        &self,
        object: &ConnectorObject,
        place: Place,
        generation: u64,
        report: &mut RunReport,
        pending: &mut Pending,
        batch: &mut Batch,
    ) -> Result<(), RunError> {
        let counters = &mut report.import;
        if object.anchor().is_some_and(|anchor| self.recent.has_removed(anchor)) {
            counters.entries_read += 1;
            counters.in_flight += 1;
            return Ok(());
        }
        let mut record = match place {
            Place::Pending(id) => {
                counters.entries_read += 1;
                counters.in_flight += 1;
                batch.push(Write::Seen { id, generation });
                return Ok(());
            }
            Place::Entry(record) => *record,
        };
        if record.version > 0 && self.recent.has_written(record.id) {
            counters.entries_read += 1;
            counters.in_flight += 1;
            batch.push(Write::Seen { id: record.id, generation });
            return Ok(());
        }
        let seen_before = record.seen_gen == generation && (record.version > 0 || pending.holds(record.id));
        if seen_before {
            let digest = self.comparer(&record.object_type).digest(object.attributes());
            let same = record.observed.as_ref().is_some_and(|image| image.digest == digest)
                && object.name() == record.locator.as_ref();
            counters.duplicates_removed += 1;
            if !same {
                self.mark_clash(&mut record, "the anchor came twice with different content", report);
                pending.put(record);
            }
            return Ok(());
        }
        if let Some(name) = object.name()
            && let Some(mut other) = self.seen_at(name, &record, generation, pending).await?
        {
            self.mark_clash(&mut other, "two anchors came for one name", report);
            pending.put(other);
            report.import.entries_read += 1;
            report.import.unreadable += 1;
            self.take_in(&mut record, object, Some(&report.run_id));
            record.presence = Presence::Unreadable;
            record.seen_gen = generation;
            pending.put(record);
            return Ok(());
        }
        let counters = &mut report.import;
        counters.entries_read += 1;
        let news = self.take_in(&mut record, object, Some(&report.run_id));
        match news {
            News::Added => counters.added += 1,
            News::Renamed => counters.renamed_only += 1,
            News::Unchanged => counters.unchanged += 1,
            News::Updated => counters.updated += 1,
        }
        if news == News::Unchanged {
            batch.push(Write::Seen { id: record.id, generation });
            pending.note_seen(&record, generation);
        } else {
            record.seen_gen = generation;
            pending.put(record);
        }
        Ok(())
    }

    /// Returns another entry that this generation saw at the same name (E-304).
    async fn seen_at(
        &self,
        name: &ObjectName,
        record: &EntryRecord,
        generation: u64,
        pending: &Pending,
    ) -> Result<Option<EntryRecord>, RunError> {
        let key = LocatorKey::of(name);
        if let Some(other) = pending.at(&key).filter(|other| other.id != record.id) {
            return Ok(Some(other.clone()));
        }
        let held = self.store.entries_at(self.instance(), &key, 4).await?;
        Ok(held.into_iter().find(|other| {
            other.id != record.id
                && other.seen_gen == generation
                && other.anchor.is_some()
                && pending.changed.get(&other.id).is_none_or(|changed| changed.locator == other.locator)
        }))
    }

    fn mark_clash(&self, record: &mut EntryRecord, reason: &str, report: &mut RunReport) {
        let name = record.locator.as_ref().map(|name| name.as_str().to_owned());
        warn!(connector = %self.instance(), run = %report.run_id, reason, "import clash");
        report.push_error(ObjectError::new(name, "import", Some("clash".to_owned()), reason));
        record.presence = Presence::Unreadable;
    }

    /// Notes that something is at a name that cannot be understood: it is there.
    async fn import_unreadable(
        &self,
        name: Option<ObjectName>,
        generation: u64,
        failed: &mut Vec<String>,
        pending: &mut Pending,
    ) -> Result<(), RunError> {
        let Some(name) = name else {
            failed.push("an object that could not be understood has no name".to_owned());
            return Ok(());
        };
        let held = self.store.entries_at(self.instance(), &LocatorKey::of(&name), 4).await?;
        for mut record in held {
            if record.open.is_none() && !pending.holds(record.id) {
                record.presence = Presence::Unreadable;
                record.seen_gen = generation;
                pending.put(record);
            }
        }
        Ok(())
    }

    /// Closes a generation as complete, incomplete, or suspicious (E-702, E-704).
    async fn close_generation(
        &self,
        generation: &mut GenerationRecord,
        mut failed: Vec<String>,
        report: &mut RunReport,
    ) -> Result<(), RunError> {
        generation.entries = report.import.entries_read;
        generation.state = if !failed.is_empty() {
            GenerationState::Incomplete
        } else if let Some(last) = generation.last_complete.filter(|last| self.is_below_floor(generation, last.entries))
        {
            failed.push(format!("{} objects were read, the last time it were {}", generation.entries, last.entries));
            GenerationState::Suspicious
        } else {
            GenerationState::Closed
        };
        report.complete = Some(generation.state == GenerationState::Closed);
        report.failed_conditions.clone_from(&failed);
        generation.failed_conditions = failed;
        if report.complete == Some(false) {
            warn!(
                connector = %self.instance(), run = %report.run_id, state = ?generation.state,
                "the import proves no absence"
            );
        }
        self.store_generation(generation).await
    }

    fn is_below_floor(&self, generation: &GenerationRecord, last: u64) -> bool {
        let floor = u64::from(self.options.import_floor_percent.min(100));
        let few = generation.entries.saturating_mul(100) < last.saturating_mul(floor);
        last > 0 && (few || generation.entries == 0)
    }

    /// Chooses entries that must be readable before and after an import (E-703).
    async fn canaries(&self) -> Result<Vec<Key>, RunError> {
        let mut keys = Vec::new();
        let mut after: Option<EntryId> = None;
        while keys.len() < CANARIES {
            let slice = self.store.entries(self.instance(), after, 16).await?;
            let Some(last) = slice.last() else { break };
            after = Some(last.id);
            let present = slice.iter().filter(|record| record.presence == Presence::Present && record.open.is_none());
            keys.extend(present.filter_map(Self::key_of).take(CANARIES - keys.len()));
        }
        Ok(keys)
    }

    /// Tells whether one of the canaries can be read. Without canaries there is nothing to tell.
    async fn is_canary_alive(&self, canaries: &[Key]) -> bool {
        for key in canaries {
            match self.read(key).await {
                Ok(ReadResult::Found(_)) => return true,
                result => debug!(connector = %self.instance(), found = ?result.is_ok(), "a canary is not there"),
            }
        }
        canaries.is_empty()
    }
}

/// Why the reading of pages ended early.
enum Failure {
    Connector(ConnectorError),
    Run(RunError),
}

impl From<ConnectorError> for Failure {
    fn from(error: ConnectorError) -> Self {
        Self::Connector(error)
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}

/// Entries of the chunk that are not committed yet.
#[derive(Default)]
struct Pending {
    changed: BTreeMap<EntryId, EntryRecord>,
    anchors: BTreeMap<Anchor, EntryId>,
    locators: BTreeMap<LocatorKey, EntryId>,
    /// Unchanged entries; they are not written.
    seen: BTreeMap<EntryId, EntryRecord>,
}

impl Pending {
    fn put(&mut self, record: EntryRecord) {
        self.index(&record);
        self.changed.insert(record.id, record);
    }

    fn note_seen(&mut self, record: &EntryRecord, generation: u64) {
        self.index(record);
        let mut record = record.clone();
        record.seen_gen = generation;
        self.seen.insert(record.id, record);
    }

    fn index(&mut self, record: &EntryRecord) {
        if let Some(anchor) = &record.anchor {
            self.anchors.insert(anchor.clone(), record.id);
        }
        if let Some(name) = &record.locator {
            self.locators.insert(LocatorKey::of(name), record.id);
        }
    }

    fn find(&self, object: &ConnectorObject) -> Option<&EntryRecord> {
        self.get(*self.anchors.get(object.anchor()?)?)
    }

    fn at(&self, key: &LocatorKey) -> Option<&EntryRecord> {
        self.get(*self.locators.get(key)?)
    }

    fn get(&self, id: EntryId) -> Option<&EntryRecord> {
        self.changed.get(&id).or_else(|| self.seen.get(&id))
    }

    fn holds(&self, id: EntryId) -> bool {
        self.get(id).is_some()
    }
}
