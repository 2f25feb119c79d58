use std::collections::BTreeSet;

use provost_connector::{Key, ReadResult, RefusalClass};
use provost_model::{Attributes, ConnectorObject};
use provost_store::{EntryRecord, Health, Intent, LastError, LedgerRow, LedgerState, Link};

use crate::ledger::Settled;
use crate::ledger::stage::intent_hash;
use crate::report::ExportCounters;
use crate::{Engine, RunError};

/// What a look at the object of an intent in doubt means (section 4.3).
enum Verdict {
    Applied(Option<Box<ConnectorObject>>),
    NotDone,
    /// The object is neither as before nor as wanted.
    Other(Box<ConnectorObject>),
    Taken(&'static str),
    Unknown(String),
    Vanished,
}

impl Engine {
    /// Looks at the object of a row in doubt and decides. `None` when the row is ready to be sent again.
    pub(crate) async fn probe(
        &self,
        row: &mut LedgerRow,
        record: &mut EntryRecord,
        counters: &mut ExportCounters,
    ) -> Result<Option<Settled>, RunError> {
        let verdict = self.verdict(row, record).await?;
        // A refusal was the reason for the look. It is believed when it comes a second time.
        let refusal = row.last_error.clone().filter(|_| row.attempts > 1);
        match verdict {
            Verdict::Applied(seen) => {
                row.note_outcome("proven");
                self.settle_applied(row, record, seen.map(|object| *object), counters).await.map(Some)
            }
            Verdict::NotDone => match refusal {
                Some(error) => {
                    self.settle_not_done(row, record, error.clone(), counters, LedgerState::Quarantined).await?;
                    Ok(Some(Settled::Refused(error)))
                }
                None => {
                    row.move_to(LedgerState::Ready, self.now())?;
                    record.open = None;
                    record.health = Health::Ok;
                    self.save(self.strict(), row, record).await?;
                    Ok(None)
                }
            },
            Verdict::Other(object) => self.recompute(row, record, &object, counters).await,
            Verdict::Taken(text) => {
                let error = LastError::new(RefusalClass::Permanent, row.last_error.as_ref().and_then(|e| e.code), text);
                self.settle_not_done(row, record, error.clone(), counters, LedgerState::Quarantined).await?;
                Ok(Some(Settled::Taken(error)))
            }
            Verdict::Unknown(reason) => {
                counters.in_doubt += 1;
                Ok(Some(Settled::InDoubt(reason)))
            }
            Verdict::Vanished => {
                let error = LastError::new(RefusalClass::Permanent, None, "the object is not there any more");
                record.presence = provost_store::Presence::Gone;
                self.settle_not_done(row, record, error.clone(), counters, LedgerState::Quarantined).await?;
                Ok(Some(Settled::Vanished(error)))
            }
        }
    }

    async fn verdict(&self, row: &LedgerRow, record: &EntryRecord) -> Result<Verdict, RunError> {
        if row.intent == Intent::SetPassword {
            let held = self.store.sealed(self.instance(), row.id).await?.is_some();
            return Ok(if held { Verdict::NotDone } else { Verdict::Taken("password-unknown") });
        }
        let key = match &row.intent {
            Intent::Add { name, .. } => Some(Key::from_name(name.clone())),
            _ => Self::key_of(record),
        };
        let Some(key) = key else { return Ok(Verdict::Vanished) };
        let found = match self.read(&key).await {
            Ok(ReadResult::Found(object)) => Some(object),
            Ok(ReadResult::Absent(_)) => None,
            Ok(ReadResult::Forbidden) => return Ok(Verdict::Unknown("the object cannot be read".to_owned())),
            Ok(ReadResult::Unknown { reason }) => return Ok(Verdict::Unknown(reason)),
            Ok(_) => return Ok(Verdict::Unknown("the object cannot be judged".to_owned())),
            Err(error) => return Ok(Verdict::Unknown(error.to_string())),
        };
        let ours = |object: &ConnectorObject| record.anchor.is_none() || object.anchor() == record.anchor.as_ref();
        Ok(match (&row.intent, found) {
            (Intent::Add { .. }, Some(object)) => self.judge_add(row, record, object).await?,
            (Intent::Add { .. }, None) => Verdict::NotDone,
            (Intent::Delete, None) => Verdict::Applied(None),
            (Intent::Delete, Some(object)) if ours(&object) => Verdict::NotDone,
            // A newcomer stands at the old name; it is not touched.
            (Intent::Delete, Some(_)) => Verdict::Applied(None),
            (_, None) => Verdict::Vanished,
            (_, Some(object)) if !ours(&object) && !is_name_anchor(record) => Verdict::Vanished,
            (intent, Some(object)) => {
                if self.is_as_intended(record, intent, &object) {
                    Verdict::Applied(Some(object))
                } else if self.is_as_before(record, intent, &object) {
                    Verdict::NotDone
                } else {
                    Verdict::Other(object)
                }
            }
        })
    }

    /// Decides whether the object at the name of an add is the one that we made.
    async fn judge_add(
        &self,
        row: &LedgerRow,
        record: &EntryRecord,
        object: Box<ConnectorObject>,
    ) -> Result<Verdict, RunError> {
        // The very first request was answered with a refusal: whatever stands there stood there before.
        if row.attempts <= 1 && row.last_error.is_some() {
            return Ok(Verdict::Taken("the system has an object with this name"));
        }
        if !self.is_as_intended(record, &row.intent, &object) {
            return Ok(Verdict::Taken("the system has an object with this name and other content"));
        }
        if let Some(anchor) = object.anchor()
            && let Some(other) = self.store.entry_by_anchor(self.instance(), anchor).await?
            && other.id != record.id
            && matches!(other.link, Link::Linked(_))
        {
            return Ok(Verdict::Taken("the object with this name belongs to another source object"));
        }
        Ok(Verdict::Applied(Some(object)))
    }

    /// Tells whether an object is as an intent wants it, values that its name implies left aside.
    pub(crate) fn is_as_intended(&self, record: &EntryRecord, intent: &Intent, object: &ConnectorObject) -> bool {
        let comparer = self.comparer(&record.object_type);
        match intent {
            Intent::Add { attributes, .. } => attributes
                .iter()
                .all(|(name, values)| comparer.holds(name.as_str(), object.attributes().values(name.as_str()), values)),
            Intent::Modify { changes, wanted, .. } => {
                let named = changes
                    .name
                    .as_ref()
                    .is_none_or(|name| object.name().is_none_or(|held| Self::same_name(held, name)));
                named && self.holds_touched(record, changes, wanted, object)
            }
            _ => false,
        }
    }

    fn is_as_before(&self, record: &EntryRecord, intent: &Intent, object: &ConnectorObject) -> bool {
        match intent {
            Intent::Modify { changes, base, base_name, .. } => {
                let named =
                    base_name.as_ref().is_none_or(|name| object.name().is_none_or(|held| Self::same_name(held, name)));
                named && self.holds_touched(record, changes, base, object)
            }
            _ => false,
        }
    }

    fn holds_touched(
        &self,
        record: &EntryRecord,
        changes: &provost_model::ChangeSet,
        values: &Attributes,
        object: &ConnectorObject,
    ) -> bool {
        let comparer = self.comparer(&record.object_type);
        let name = object.name().or(record.locator.as_ref());
        let implied = name.map(|name| self.session.implied(name)).unwrap_or_default();
        changes.attributes.iter().all(|change| {
            let name = change.name.as_str();
            comparer.same(name, object.attributes().values(name), values.values(name), implied.values(name))
        })
    }

    /// Computes a change anew, once, against what is there.
    async fn recompute(
        &self,
        row: &mut LedgerRow,
        record: &mut EntryRecord,
        object: &ConnectorObject,
        counters: &mut ExportCounters,
    ) -> Result<Option<Settled>, RunError> {
        let Intent::Modify { changes, wanted, .. } = &row.intent else {
            return Err(RunError::impossible("only a change can be computed anew"));
        };
        if row.recomputed > 0 {
            let error = row.last_error.clone().unwrap_or_else(|| {
                LastError::new(RefusalClass::Permanent, None, "the object does not take the change")
            });
            self.take_in(record, object, None);
            self.settle_not_done(row, record, error.clone(), counters, LedgerState::Quarantined).await?;
            return Ok(Some(Settled::Refused(error)));
        }
        let names: BTreeSet<_> = changes.attributes.iter().map(|change| change.name.clone()).collect();
        let touched: Vec<_> = names
            .into_iter()
            .map(|name| {
                let values = wanted.values(name.as_str()).to_vec();
                (name, values)
            })
            .collect();
        let name = changes.name.clone();
        self.take_in(record, object, None);
        let Some(intent) = self.difference(record, name.as_ref(), &touched) else {
            return self.settle_applied(row, record, Some(object.clone()), counters).await.map(Some);
        };
        row.intent_hash = intent_hash(&intent);
        row.intent = intent;
        row.base = record.observed.as_ref().map(|image| image.digest);
        row.recomputed += 1;
        row.last_error = None;
        row.move_to(LedgerState::Ready, self.now())?;
        record.open = None;
        record.health = Health::Ok;
        self.save(self.strict(), row, record).await?;
        Ok(None)
    }
}

fn is_name_anchor(record: &EntryRecord) -> bool {
    record.anchor.as_ref().is_some_and(|anchor| anchor.kind().is_name())
}
