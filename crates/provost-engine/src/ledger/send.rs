use std::time::Duration;

use provost_connector::{Done, Key, Operation, Outcome, ReadResult, Refusal, RefusalClass, Request};
use provost_model::{Attributes, ConnectorObject, Timestamp};
use provost_store::{
    Batch, EntryRecord, Health, Intent, LastError, LedgerRow, LedgerState, Link, Origin, Presence, Write,
};
use tracing::debug;

use crate::report::ExportCounters;
use crate::{Engine, RunError};

/// How often one call may send an intent: once, and once more after a probe showed that nothing had happened (E-1007).
const SENDS: u32 = 2;
/// First delay of the back-off, and its largest (E-1401).
const RETRY_BASE: Duration = Duration::from_secs(1);
const RETRY_CAP: Duration = Duration::from_secs(300);

/// Whether an intent that turns out not to have happened is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sending {
    Allowed,
    Forbidden,
}

/// What became of an intent.
#[derive(Debug)]
pub(crate) enum Settled {
    /// It was done, by us or before us.
    Applied(Box<EntryRecord>),
    /// The run must stop; the intent waits.
    Fatal(LastError),
    /// Not known yet.
    InDoubt(String),
    /// It will not be done.
    Refused(LastError),
    /// An object that is not ours stands where the new one should be.
    Taken(LastError),
    /// The object is proven absent, so it cannot be changed.
    Vanished(LastError),
    /// It waits for another attempt or for a dependency.
    Waiting(LastError),
}

impl Engine {
    /// Brings an intent to an end as far as that can be done now. `launched` says that it was marked as in flight for this
    /// very call, so that nothing was sent yet. The caller holds the lock of the entry.
    pub(crate) async fn drive(
        &self,
        mut row: LedgerRow,
        mut record: EntryRecord,
        launched: bool,
        sending: Sending,
        counters: &mut ExportCounters,
    ) -> Result<Settled, RunError> {
        let mut fresh = launched;
        let mut sends = u32::from(launched);
        loop {
            let settled = match row.state() {
                LedgerState::InFlight if fresh => {
                    fresh = false;
                    self.transmit(&mut row, &mut record, counters).await?
                }
                // Somebody sent it and did not stay to see the answer.
                LedgerState::InFlight => {
                    self.doubt(&mut row, &mut record).await?;
                    None
                }
                LedgerState::InDoubt => self.probe(&mut row, &mut record, counters).await?,
                LedgerState::Ready if sending == Sending::Allowed && sends < SENDS => {
                    self.launch(&mut row, &mut record).await?;
                    (fresh, sends) = (true, sends + 1);
                    None
                }
                LedgerState::Ready => {
                    let text = "it was not sent yet";
                    Some(Settled::Waiting(row.last_error.clone().unwrap_or_else(|| transient(text))))
                }
                LedgerState::Applied | LedgerState::Confirmed | LedgerState::Drifted => {
                    Some(Settled::Applied(Box::new(record.clone())))
                }
                state => {
                    let text = format!("it is {state}");
                    Some(Settled::Refused(row.last_error.clone().unwrap_or_else(|| transient(text))))
                }
            };
            if let Some(settled) = settled {
                return Ok(settled);
            }
        }
    }

    /// Marks a ready row as in flight (C13).
    pub(crate) async fn launch(&self, row: &mut LedgerRow, record: &mut EntryRecord) -> Result<(), RunError> {
        self.hold_lease().await?;
        let _space = self.space.lock().await;
        *record = self.record(record.id).await?;
        row.begin(self.fence(), self.now())?;
        record.open = Some(row.id.sequence);
        self.recent.wrote(record.id);
        self.save(self.strict(), row, record).await
    }

    /// Notes that nobody knows what became of a row.
    pub(crate) async fn doubt(&self, row: &mut LedgerRow, record: &mut EntryRecord) -> Result<(), RunError> {
        row.move_to(LedgerState::InDoubt, self.now())?;
        row.note_outcome("unknown");
        row.last_error = None;
        record.health = Health::InDoubt;
        self.save(self.strict(), row, record).await
    }

    /// Commits a row with its entry; `batch` holds what comes before them.
    pub(crate) async fn save(
        &self,
        mut batch: Batch,
        row: &mut LedgerRow,
        record: &mut EntryRecord,
    ) -> Result<(), RunError> {
        batch.put_entry(record.clone());
        batch.put_row(row.clone());
        self.commit(batch).await?;
        row.version += 1;
        record.version += 1;
        Ok(())
    }

    /// Sends a row that is in flight, and settles it by the answer. `None` when it must be probed.
    async fn transmit(
        &self,
        row: &mut LedgerRow,
        record: &mut EntryRecord,
        counters: &mut ExportCounters,
    ) -> Result<Option<Settled>, RunError> {
        let outcome = self.ask(row, record, counters).await?;
        // What an import read until now may be older than the answer.
        self.recent.wrote(record.id);
        let word = match &outcome {
            Outcome::Done(_) => "done",
            Outcome::Refused(_) => "refused",
            _ => "unknown",
        };
        debug!(connector = %self.instance(), row = %row.id, kind = ?row.kind, attempt = row.attempts, outcome = word, "sent");
        match outcome {
            Outcome::Done(done) => {
                counters.writes += u64::from(done.writes);
                self.settle_done(row, record, done, counters).await
            }
            Outcome::Refused(refusal) => {
                counters.writes += u64::from(refusal.writes);
                self.settle_refused(row, record, refusal, counters).await
            }
            _ => {
                self.doubt(row, record).await?;
                Ok(None)
            }
        }
    }

    async fn ask(
        &self,
        row: &LedgerRow,
        record: &EntryRecord,
        counters: &mut ExportCounters,
    ) -> Result<Outcome, RunError> {
        let nowhere = || Outcome::Refused(Refusal::new(None, RefusalClass::Permanent, "the object has no name"));
        let operation = match &row.intent {
            Intent::SetPassword => {
                let Some(ability) = self.session.set_password() else {
                    let text = "the connector does not set passwords";
                    return Ok(Outcome::Refused(Refusal::new(None, RefusalClass::Permanent, text)));
                };
                let (Some(key), Some(sealed)) =
                    (Self::key_of(record), self.store.sealed(self.instance(), row.id).await?)
                else {
                    let text = "the password is not held any more";
                    return Ok(Outcome::Refused(Refusal::new(None, RefusalClass::Permanent, text)));
                };
                let password = self.sealer.open(row.id, &sealed)?;
                counters.sent_password += 1;
                return Ok(ability.set_password(&key, &password).await);
            }
            Intent::Add { object_type, name, attributes } => {
                counters.sent_add += 1;
                let operation = Operation::new(
                    row.id.to_string(),
                    Request::Add {
                        object_type: object_type.clone(),
                        name: name.clone(),
                        attributes: attributes.clone(),
                    },
                );
                match self.store.sealed(self.instance(), row.id).await? {
                    Some(sealed) => operation.with_password(self.sealer.open(row.id, &sealed)?),
                    None => operation,
                }
            }
            Intent::Delete => {
                counters.sent_delete += 1;
                let Some(key) = Self::key_of(record) else { return Ok(nowhere()) };
                Operation::new(row.id.to_string(), Request::Delete { key })
            }
            Intent::Modify { changes, .. } => {
                counters.sent_modify += 1;
                let Some(key) = Self::key_of(record) else { return Ok(nowhere()) };
                Operation::new(row.id.to_string(), Request::Modify { key, changes: changes.clone() })
            }
            _ => return Err(RunError::impossible("the ledger holds an intent of a later version")),
        };
        let outcome = self.export()?.apply(&[operation]).await.into_iter().next();
        Ok(outcome.unwrap_or_else(|| Outcome::unknown("the connector gave no outcome")))
    }

    async fn settle_done(
        &self,
        row: &mut LedgerRow,
        record: &mut EntryRecord,
        done: Done,
        counters: &mut ExportCounters,
    ) -> Result<Option<Settled>, RunError> {
        counters.equivalent += u64::from(done.equivalent);
        let seen = match &row.intent {
            Intent::Add { name, .. } => {
                let name = done.name.clone().unwrap_or_else(|| name.clone());
                match (done.anchor.clone(), done.image) {
                    (Some(anchor), Some(image)) => {
                        let object = ConnectorObject::new(record.object_type.clone(), image);
                        Some(object.with_anchor(anchor).with_name(name))
                    }
                    (anchor, _) => {
                        let key = match anchor {
                            Some(anchor) => Key::from_anchor(anchor).with_name(name),
                            None => Key::from_name(name),
                        };
                        self.look(&key).await
                    }
                }
            }
            Intent::Modify { changes, .. } => {
                if let Some(name) = done.name.clone().or_else(|| changes.name.clone()) {
                    record.move_to(name);
                }
                if let Some(anchor) = done.anchor.clone() {
                    record.anchor = Some(anchor);
                }
                match done.image {
                    Some(image) => Some(ConnectorObject::new(record.object_type.clone(), image)),
                    None => match Self::key_of(record) {
                        Some(key) => self.look(&key).await,
                        None => None,
                    },
                }
            }
            _ => None,
        };
        if seen.is_none() && matches!(row.intent, Intent::Add { .. }) {
            // It is done, but without its anchor it cannot be told from another object; the probe learns it.
            self.doubt(row, record).await?;
            return Ok(None);
        }
        row.note_outcome(if done.equivalent { "equivalent" } else { "done" });
        self.settle_applied(row, record, seen, counters).await.map(Some)
    }

    /// Reads an object after a change. That it cannot be read is no news about the change.
    async fn look(&self, key: &Key) -> Option<ConnectorObject> {
        match self.read(key).await {
            Ok(ReadResult::Found(object)) => Some(*object),
            _ => None,
        }
    }

    /// Commits that an intent was applied, with what was seen of the object afterwards.
    pub(crate) async fn settle_applied(
        &self,
        row: &mut LedgerRow,
        record: &mut EntryRecord,
        seen: Option<ConnectorObject>,
        counters: &mut ExportCounters,
    ) -> Result<Settled, RunError> {
        let now = self.now();
        let space = self.space.lock().await;
        let mut batch = self.strict();
        row.move_to(LedgerState::Applied, now)?;
        row.last_error = None;
        counters.ok += 1;
        record.open = None;
        record.health = Health::Ok;
        match &row.intent {
            Intent::Delete => {
                if let Link::Linked(key) = std::mem::replace(&mut record.link, Link::Unlinked) {
                    batch.push(Write::Unlink(key));
                }
                if let Some(anchor) = &record.anchor {
                    self.recent.removed(anchor);
                }
                record.presence = Presence::Gone;
                record.observed = None;
                row.move_to(LedgerState::Confirmed, now)?;
                counters.confirmed += 1;
            }
            Intent::SetPassword => {
                // The server said so, and nothing more can be seen of a password.
                row.move_to(LedgerState::Confirmed, now)?;
                counters.confirmed += 1;
            }
            intent => match &seen {
                Some(object) => {
                    let held = self.is_as_intended(record, intent, object);
                    if let Some(anchor) = object.anchor() {
                        self.adopt(&mut batch, record, anchor).await?;
                    }
                    self.take_in(record, object, row.run.as_ref());
                    if held {
                        row.move_to(LedgerState::Confirmed, now)?;
                        counters.confirmed += 1;
                    } else {
                        row.move_to(LedgerState::Drifted, now)?;
                        row.note_outcome("drifted");
                        record.health = Health::Drifted;
                        counters.drifted += 1;
                    }
                }
                None => self.assume(record, intent, row),
            },
        }
        if row.releases_link
            && let Link::Linked(key) = std::mem::replace(&mut record.link, Link::Orphaned)
        {
            batch.push(Write::Unlink(key));
        }
        self.release_dependents(&mut batch, row).await?;
        self.save_before(batch, row, record).await?;
        drop(space);
        Ok(Settled::Applied(Box::new(record.clone())))
    }

    /// Commits the row before what `batch` holds, since rows in `batch` may be opened by its end.
    async fn save_before(&self, batch: Batch, row: &mut LedgerRow, record: &mut EntryRecord) -> Result<(), RunError> {
        let mut all = self.strict();
        let (removals, rest): (Vec<_>, Vec<_>) =
            batch.writes().iter().cloned().partition(|write| matches!(write, Write::RemoveEntry { .. }));
        removals.into_iter().for_each(|write| all.push(write));
        all.put_entry(record.clone());
        all.put_row(row.clone());
        rest.into_iter().for_each(|write| all.push(write));
        self.commit(all).await?;
        row.version += 1;
        record.version += 1;
        Ok(())
    }

    /// An import may have seen a new object before we learnt its anchor: its entry gives way to ours.
    async fn adopt(
        &self,
        batch: &mut Batch,
        record: &EntryRecord,
        anchor: &provost_model::Anchor,
    ) -> Result<(), RunError> {
        if let Some(other) = self.store.entry_by_anchor(self.instance(), anchor).await?
            && other.id != record.id
        {
            batch.push(Write::RemoveEntry { id: other.id, version: other.version });
        }
        Ok(())
    }

    /// Puts into the record what a change must have led to, where it could not be looked at.
    fn assume(&self, record: &mut EntryRecord, intent: &Intent, row: &LedgerRow) {
        if let Intent::Modify { changes, .. } = intent {
            let held = record.observed.take().map(|image| image.attributes).unwrap_or_default();
            let attributes: Attributes = self.comparer(&record.object_type).applied(&held, changes);
            record.observed = Some(self.image(record, attributes, row.run.clone()));
        }
    }

    /// Makes the rows ready that waited for this one alone.
    async fn release_dependents(&self, batch: &mut Batch, row: &LedgerRow) -> Result<(), RunError> {
        for mut other in self.store.rows_of(self.instance(), row.id.entry).await? {
            if other.state() == LedgerState::Staged && other.depends_on.contains(&row.id) {
                other.depends_on.retain(|id| *id != row.id);
                if other.depends_on.is_empty() {
                    other.move_to(LedgerState::Ready, self.now())?;
                }
                batch.put_row(other);
            }
        }
        Ok(())
    }

    async fn settle_refused(
        &self,
        row: &mut LedgerRow,
        record: &mut EntryRecord,
        refusal: Refusal,
        counters: &mut ExportCounters,
    ) -> Result<Option<Settled>, RunError> {
        let error = LastError::new(refusal.class, refusal.code, refusal.text);
        row.last_error = Some(error.clone());
        row.note_outcome("refused");
        match error.class {
            RefusalClass::Verify => {
                let now = self.now();
                row.move_to(LedgerState::InDoubt, now)?;
                record.health = Health::InDoubt;
                self.save(self.strict(), row, record).await?;
                Ok(None)
            }
            // constraintViolation on a second try of a password that may have been set: it is in the history (4.3).
            RefusalClass::Permanent
                if row.intent == Intent::SetPassword && error.code == Some(19) && row.attempts > 1 =>
            {
                self.settle_applied(row, record, None, counters).await.map(Some)
            }
            class => {
                self.settle_not_done(row, record, error, counters, state_after(class)).await?;
                let error = row.last_error.clone().unwrap_or_else(|| transient("it was refused"));
                Ok(Some(match class {
                    RefusalClass::Fatal => Settled::Fatal(error),
                    RefusalClass::Permanent | RefusalClass::Split => Settled::Refused(error),
                    _ => Settled::Waiting(error),
                }))
            }
        }
    }

    /// Commits that an intent was not done. One that somebody waits for ends here: he is told, and nobody else wants it.
    pub(crate) async fn settle_not_done(
        &self,
        row: &mut LedgerRow,
        record: &mut EntryRecord,
        error: LastError,
        counters: &mut ExportCounters,
        state: LedgerState,
    ) -> Result<(), RunError> {
        let now = self.now();
        let mut batch = self.strict();
        row.last_error = Some(error);
        row.move_to(state, now)?;
        record.open = None;
        match state {
            LedgerState::Deferred => counters.deferred += 1,
            LedgerState::RetryWait => {
                row.not_before = Some(later(now, row.attempts));
                counters.retried += 1;
            }
            _ => counters.quarantined += 1,
        }
        record.health = match state {
            LedgerState::Quarantined => Health::Quarantined,
            _ => Health::RetryWait,
        };
        // A password that could not be set yet is set later, since its object is there (C20).
        let is_over = state == LedgerState::Quarantined || row.intent != Intent::SetPassword;
        if row.origin == Origin::Direct && is_over {
            record.health = Health::Ok;
            if record.presence == Presence::Placeholder {
                batch.push(Write::RemoveEntry { id: record.id, version: record.version });
                return self.commit(batch).await;
            }
            row.move_to(LedgerState::Cancelled, now)?;
            for mut other in self.store.rows_of(self.instance(), row.id.entry).await? {
                if other.depends_on.contains(&row.id) && other.state().may_become(LedgerState::Cancelled) {
                    other.move_to(LedgerState::Cancelled, now)?;
                    batch.put_row(other);
                }
            }
        }
        self.save(batch, row, record).await
    }
}

/// Where a refusal of a class leads.
const fn state_after(class: RefusalClass) -> LedgerState {
    match class {
        RefusalClass::Deferred => LedgerState::Deferred,
        RefusalClass::Permanent | RefusalClass::Split => LedgerState::Quarantined,
        _ => LedgerState::RetryWait,
    }
}

/// Returns when the next attempt may be made after so many.
fn later(now: Timestamp, attempts: u32) -> Timestamp {
    let delay = RETRY_BASE.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(RETRY_CAP);
    let millis = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_unix_millis(now.unix_millis().saturating_add(millis))
}

pub(crate) fn transient(text: impl Into<String>) -> LastError {
    LastError::new(RefusalClass::Transient, None, text)
}
