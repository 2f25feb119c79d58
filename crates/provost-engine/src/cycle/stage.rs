use std::collections::HashSet;

use provost_connector::Key;
use provost_mapping::Mapping;
use provost_model::{ConnectorObject, ObjectName};
use provost_store::{
    Batch, EntryId, EntryRecord, Intent, IntentKind, LedgerRow, LedgerState, Link, LinkKey, LinkRecord, LocatorKey,
    Origin, Presence, Write,
};

use super::decide::{Decision, Refusal, lines_of};
use super::examine::{Counterpart, SourceObject};
use super::{Action, CycleEvent, CycleOptions, Events, ObjectEvent, RefusedBefore, Status};
use crate::ledger::{Plan, intent_hash};
use crate::report::{EvaluateCounters, ObjectError, RunReport};
use crate::{Engine, RunError};

/// Source objects that are committed together.
const CHUNK: usize = 64;
/// How often a change may be applied and found undone before it is not sent any more (E-412).
const DRIFTS: usize = 3;
/// After how long a change that was refused is tried once more.
const RELEASE_AFTER_MS: i64 = 24 * 60 * 60 * 1_000;

/// The evaluation of a source: objects come in, staged rows go out.
pub(super) struct Evaluation<'e> {
    engine: &'e Engine,
    mapping: &'e Mapping,
    options: &'e CycleOptions,
    report: &'e mut RunReport,
    events: &'e mut dyn Events,
    chunk: Vec<Examined>,
}

/// A source object that waits for its chunk.
enum Examined {
    Present(SourceObject, Counterpart),
    Removed(LinkKey, EntryId),
}

impl<'e> Evaluation<'e> {
    pub(super) fn new(
        engine: &'e Engine,
        mapping: &'e Mapping,
        options: &'e CycleOptions,
        report: &'e mut RunReport,
        events: &'e mut dyn Events,
    ) -> Self {
        Self { engine, mapping, options, report, events, chunk: Vec::new() }
    }

    pub(super) async fn present(&mut self, object: &ConnectorObject) -> Result<(), RunError> {
        self.report.evaluate.considered += 1;
        let Some(source) = SourceObject::new(&self.options.source, object) else {
            self.refuse(None, None, &Refusal::failed("MissingAnchor", "the source object has no identifier"));
            return Ok(());
        };
        match self.engine.counterpart(&source, self.mapping, self.options.dry_run).await? {
            Ok(counterpart) => self.push(Examined::Present(source, counterpart)).await,
            Err(refusal) => {
                self.refuse(Some(&source.key), None, &refusal);
                Ok(())
            }
        }
    }

    pub(super) async fn removed(&mut self, key: &Key) -> Result<(), RunError> {
        self.report.evaluate.considered += 1;
        let object = match (key.anchor(), key.name()) {
            (Some(anchor), _) => anchor.to_string(),
            (None, Some(name)) => name.as_str().to_owned(),
            (None, None) => return Ok(()),
        };
        let key = LinkKey::new(&self.options.source, object);
        // It may have come in the same chunk.
        self.flush().await?;
        match self.engine.linked_entry(&key).await? {
            Some(record) => self.push(Examined::Removed(key, record.id)).await,
            None => {
                self.skip(&key, None, "NotEffectivelyEntitled", "it was removed and has no object here");
                Ok(())
            }
        }
    }

    pub(super) fn unreadable(&mut self, name: Option<ObjectName>, reason: &str) {
        self.report.evaluate.considered += 1;
        let error = ObjectError::new(name.map(Into::into), "read source", Some("Unreadable".to_owned()), reason);
        self.report.push_error(error);
        let event = ObjectEvent::new(None, None, Action::None, Status::Failed).because("Unreadable", reason);
        self.events.event(&CycleEvent::Object(event));
    }

    pub(super) fn gap(&mut self, gap: &str) {
        let error = ObjectError::new(None, "read source", Some("Incomplete".to_owned()), gap);
        self.report.push_error(error);
    }

    async fn push(&mut self, examined: Examined) -> Result<(), RunError> {
        if self.options.dry_run {
            return self.plan(examined).await;
        }
        self.chunk.push(examined);
        if self.chunk.len() >= CHUNK { self.flush().await } else { Ok(()) }
    }

    /// Decides for one object in a dry run.
    async fn plan(&mut self, examined: Examined) -> Result<(), RunError> {
        let engine = self.engine;
        let (key, record, decision) = match &examined {
            Examined::Removed(key, id) => {
                let record = engine.record(*id).await?;
                let decision = engine.decide_removed(&record);
                (key.clone(), Some(record), decision)
            }
            Examined::Present(source, counterpart) => {
                let record = match counterpart {
                    Counterpart::Linked(id) | Counterpart::Matched(id) => Some(engine.record(*id).await?),
                    Counterpart::Seen(object) => {
                        let mut record = EntryRecord::new(engine.new_entry_id()?, object.object_type().clone());
                        engine.take_in(&mut record, object, None);
                        Some(record)
                    }
                    Counterpart::None => None,
                    Counterpart::Busy => return Ok(()),
                };
                let decision = match record.as_ref().filter(|record| record.presence != Presence::Placeholder) {
                    Some(record) => engine.decide_update(record, source, self.mapping),
                    None => engine.decide_create(source, self.mapping),
                };
                (source.key.clone(), record, decision)
            }
        };
        let name = record.and_then(|record| record.locator);
        match decision {
            Decision::Refuse(refusal) => self.refuse(Some(&key), name.as_ref(), &refusal),
            Decision::Skip { code, text } => self.skip(&key, name.as_ref(), code, text),
            Decision::Release => self.planned(&key, name, Action::Release, Vec::new()),
            Decision::Stage { plan, action, redacted } => {
                count(&mut self.report.evaluate, &plan);
                let name = name.or_else(|| name_of(&plan));
                self.planned(&key, name, action, lines_of(&plan, &redacted));
            }
        }
        Ok(())
    }

    fn planned(&mut self, key: &LinkKey, name: Option<ObjectName>, action: Action, changes: Vec<String>) {
        let mut event = ObjectEvent::new(Some(&key.object), name.as_ref(), action, Status::Planned);
        event.changes = changes;
        self.events.event(&CycleEvent::Object(event));
    }

    /// Decides for the objects of the chunk, and commits what is staged for them together.
    pub(super) async fn flush(&mut self) -> Result<(), RunError> {
        let chunk = std::mem::take(&mut self.chunk);
        if chunk.is_empty() {
            return Ok(());
        }
        let engine = self.engine;
        let space = engine.space.lock().await;
        let mut stage = Stage { batch: engine.strict(), entries: HashSet::new(), names: HashSet::new() };
        for examined in chunk {
            match examined {
                Examined::Removed(key, id) => self.stage_removed(&space, &mut stage, key, id).await?,
                Examined::Present(source, counterpart) => {
                    self.stage_present(&space, &mut stage, &source, counterpart).await?;
                }
            }
        }
        engine.commit(stage.batch).await
    }

    async fn stage_removed(
        &mut self,
        space: &async_lock::MutexGuard<'_, ()>,
        stage: &mut Stage,
        key: LinkKey,
        id: EntryId,
    ) -> Result<(), RunError> {
        let mut record = self.engine.record(id).await?;
        let name = record.locator.clone();
        if record.open.is_some() || !stage.entries.insert(id) {
            self.busy(&key, name.as_ref());
            return Ok(());
        }
        if record.presence == Presence::Placeholder {
            // It was never made, so there is nothing to remove.
            stage.batch.push(Write::RemoveEntry { id, version: record.version });
            self.skip(&key, name.as_ref(), "NotEffectivelyEntitled", "it was removed before it was made");
            return Ok(());
        }
        match self.engine.decide_removed(&record) {
            Decision::Stage { plan, .. } => self.stage_plan(space, stage, &key, record, *plan).await,
            _ => {
                record.link = Link::Orphaned;
                stage.batch.push(Write::Unlink(key.clone()));
                stage.batch.put_entry(record);
                self.report.evaluate.released += 1;
                let event = ObjectEvent::new(Some(&key.object), name.as_ref(), Action::Release, Status::Done);
                self.events.event(&CycleEvent::Object(event));
                Ok(())
            }
        }
    }

    async fn stage_present(
        &mut self,
        space: &async_lock::MutexGuard<'_, ()>,
        stage: &mut Stage,
        source: &SourceObject,
        counterpart: Counterpart,
    ) -> Result<(), RunError> {
        let engine = self.engine;
        let (id, linked) = match counterpart {
            Counterpart::Linked(id) => (Some(id), true),
            Counterpart::Matched(id) => (Some(id), false),
            Counterpart::None => (None, false),
            Counterpart::Busy | Counterpart::Seen(_) => {
                self.busy(&source.key, None);
                return Ok(());
            }
        };
        let record = match id {
            Some(id) => engine.store.entry(engine.instance(), id).await?,
            None => None,
        };
        let Some(mut record) = record else { return self.stage_new(space, stage, source).await };
        let name = record.locator.clone();
        self.report.evaluate.linked += u64::from(linked);
        let elsewhere = matches!(&record.link, Link::Linked(held) if *held != source.key);
        if elsewhere || !stage.entries.insert(record.id) {
            self.report.evaluate.conflict += 1;
            let text = "the object that matches belongs to another source object";
            self.refuse(Some(&source.key), name.as_ref(), &Refusal::failed("DuplicateSourceEntries", text));
            return Ok(());
        }
        if record.link == Link::Excluded {
            self.skip(&source.key, name.as_ref(), "Excluded", "an operator decided that it is never touched");
            return Ok(());
        }
        if record.open.is_some() {
            self.busy(&source.key, name.as_ref());
            return Ok(());
        }
        let placeholder = record.presence == Presence::Placeholder;
        let decision = match placeholder {
            true => engine.decide_create(source, self.mapping),
            false => engine.decide_update(&record, source, self.mapping),
        };
        let links_now = !linked;
        if links_now {
            if let Some(unmade) = engine.linked_entry(&source.key).await? {
                // The object that was to be made is there: it takes the place of the placeholder.
                stage.batch.push(Write::RemoveEntry { id: unmade.id, version: unmade.version });
            }
            self.report.evaluate.newly_linked += 1;
            record.link = Link::Linked(source.key.clone());
            stage.batch.push(Write::Link(self.link(source, record.id)));
        }
        match decision {
            Decision::Stage { plan, .. } => {
                return self.stage_plan(space, stage, &source.key, record, *plan).await;
            }
            Decision::Refuse(refusal) => self.refuse(Some(&source.key), name.as_ref(), &refusal),
            Decision::Skip { code, text } => self.skip(&source.key, name.as_ref(), code, text),
            Decision::Release => {}
        }
        if links_now {
            stage.batch.put_entry(record);
        }
        Ok(())
    }

    /// Stages an object that is to be made.
    async fn stage_new(
        &mut self,
        space: &async_lock::MutexGuard<'_, ()>,
        stage: &mut Stage,
        source: &SourceObject,
    ) -> Result<(), RunError> {
        let engine = self.engine;
        let plan = match engine.decide_create(source, self.mapping) {
            Decision::Stage { plan, .. } => *plan,
            Decision::Refuse(refusal) => {
                self.refuse(Some(&source.key), None, &refusal);
                return Ok(());
            }
            Decision::Skip { code, text } => {
                self.skip(&source.key, None, code, text);
                return Ok(());
            }
            Decision::Release => return Ok(()),
        };
        let Some(name) = name_of(&plan) else { return Ok(()) };
        let key = LocatorKey::of(&name);
        let taken = !engine.store.entries_at(engine.instance(), &key, 1).await?.is_empty();
        if taken || !stage.names.insert(key) {
            let text = "another object has this name, and does not match";
            self.refuse(Some(&source.key), Some(&name), &Refusal::new("Conflict", text));
            return Ok(());
        }
        let Intent::Add { object_type, .. } = &plan.intent else { return Ok(()) };
        let mut record = EntryRecord::new(engine.new_entry_id()?, object_type.clone());
        record.link = Link::Linked(source.key.clone());
        stage.entries.insert(record.id);
        stage.batch.push(Write::Link(self.link(source, record.id)));
        self.stage_plan(space, stage, &source.key, record, plan).await
    }

    async fn stage_plan(
        &mut self,
        space: &async_lock::MutexGuard<'_, ()>,
        stage: &mut Stage,
        key: &LinkKey,
        mut record: EntryRecord,
        plan: Plan,
    ) -> Result<(), RunError> {
        let engine = self.engine;
        if record.version > 0
            && let Some(refusal) = self.refused_before(&record, &plan).await?
        {
            let name = record.locator.clone();
            self.refuse(Some(key), name.as_ref(), &refusal);
            stage.batch.put_entry(record);
            return Ok(());
        }
        if let Some(name) = name_of(&plan) {
            record.move_to(name);
        }
        let run = self.report.run_id.clone();
        let staged = engine.stage(space, &mut stage.batch, &mut record, &plan, Origin::Cycle, Some(&run)).await?;
        count(&mut self.report.evaluate, &plan);
        stage.batch.put_entry(record);
        stage.batch.put_row(staged.first);
        if let Some(row) = staged.password {
            stage.batch.put_row(row);
        }
        Ok(())
    }

    /// Tells whether a plan was refused before, or does not stick, and nothing has changed since.
    async fn refused_before(&self, record: &EntryRecord, plan: &Plan) -> Result<Option<Refusal>, RunError> {
        if self.options.refused == RefusedBefore::Retry {
            return Ok(None);
        }
        let engine = self.engine;
        let rows = engine.store.rows_of(engine.instance(), record.id).await?;
        let hash = intent_hash(&plan.intent);
        let drifted = |row: &&LedgerRow| {
            row.intent_hash == hash
                && row.operations.last().is_some_and(|last| last.outcome.as_deref() == Some("drifted"))
        };
        let changes = || rows.iter().rev().filter(|row| row.intent != Intent::SetPassword);
        if changes().take_while(drifted).count() >= DRIFTS {
            return Ok(Some(Refusal::new("not-sticking", "the system undoes this change each time")));
        }
        let digest = record.observed.as_ref().map(|image| image.digest);
        let held = changes().find(|row| row.state() == LedgerState::Quarantined);
        Ok(held.filter(|row| row.intent_hash == hash && row.base == digest).and_then(|row| {
            let age = engine.now().unix_millis().saturating_sub(row.updated.unix_millis());
            let error = row.last_error.as_ref().filter(|_| age < RELEASE_AFTER_MS)?;
            let code = error.code.map_or_else(|| "Quarantined".to_owned(), |code| code.to_string());
            Some(Refusal::new(code, error.text.clone()))
        }))
    }

    fn link(&self, source: &SourceObject, entry: EntryId) -> LinkRecord {
        LinkRecord { key: source.key.clone(), entry, since: self.engine.now() }
    }

    fn skip(&mut self, key: &LinkKey, name: Option<&ObjectName>, code: &'static str, text: &'static str) {
        match code {
            "RedundantExport" => self.report.evaluate.unchanged += 1,
            _ => self.report.evaluate.skipped += 1,
        }
        let event = ObjectEvent::new(Some(&key.object), name, Action::None, Status::Skipped).because(code, text);
        self.events.event(&CycleEvent::Object(event));
    }

    fn busy(&mut self, key: &LinkKey, name: Option<&ObjectName>) {
        self.report.evaluate.skipped += 1;
        let event = ObjectEvent::new(Some(&key.object), name, Action::None, Status::InDoubt)
            .because("InDoubt", "an earlier change of it has no outcome yet");
        self.events.event(&CycleEvent::Object(event));
    }

    fn refuse(&mut self, key: Option<&LinkKey>, name: Option<&ObjectName>, refusal: &Refusal) {
        match refusal.code.as_str() {
            "DuplicateTargetEntries" => self.report.evaluate.ambiguous += 1,
            "DuplicateSourceEntries" => {}
            _ => self.report.evaluate.expr_errors += 1,
        }
        let source = key.map(|key| key.object.as_str());
        let shown = name.map(|name| name.as_str().to_owned()).or_else(|| source.map(str::to_owned));
        tracing::warn!(
            connector = %self.engine.instance(), run = %self.report.run_id, object = source, code = refusal.code,
            "object skipped"
        );
        self.report.push_error(ObjectError::new(shown, "evaluate", Some(refusal.code.clone()), refusal.text.clone()));
        let status = if refusal.failed { Status::Failed } else { Status::Refused };
        let event =
            ObjectEvent::new(source, name, Action::None, status).because(refusal.code.clone(), refusal.text.clone());
        self.events.event(&CycleEvent::Object(event));
    }
}

/// What a chunk has staged so far.
struct Stage {
    batch: Batch,
    entries: HashSet<EntryId>,
    names: HashSet<LocatorKey>,
}

fn name_of(plan: &Plan) -> Option<ObjectName> {
    match &plan.intent {
        Intent::Add { name, .. } => Some(name.clone()),
        _ => None,
    }
}

fn count(counters: &mut EvaluateCounters, plan: &Plan) {
    match plan.kind {
        IntentKind::Add => counters.staged_add += 1,
        IntentKind::Delete => counters.staged_delete += 1,
        IntentKind::Disable => counters.staged_disable += 1,
        IntentKind::Rename => counters.staged_rename += 1,
        IntentKind::SetState => counters.staged_enable += 1,
        _ => counters.staged_modify += 1,
    }
    counters.staged_password += u64::from(plan.password.is_some());
}
