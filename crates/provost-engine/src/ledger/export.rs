use provost_connector::ReadResult;
use provost_store::{Health, LedgerId, LedgerRow, LedgerState};
use tracing::warn;

use crate::ledger::{Sending, Settled};
use crate::lock::LockKey;
use crate::report::{ExportCounters, ObjectError, RunReport};
use crate::{Engine, RunError};

impl Engine {
    /// Drives all rows in a state that is waiting to be sent, those whose time has not come excepted.
    pub(crate) async fn finish_waiting(&self, state: LedgerState, report: &mut RunReport) -> Result<(), RunError> {
        let mut after = None;
        while let Some(rows) = self.slice(state, &mut after).await? {
            for row in rows {
                if row.not_before.is_some_and(|time| time > self.now()) {
                    continue;
                }
                self.send_one(&row, report).await?;
            }
        }
        Ok(())
    }

    /// Drives one row and notes in the report what became of it.
    pub(crate) async fn send_one(&self, row: &LedgerRow, report: &mut RunReport) -> Result<Option<Settled>, RunError> {
        if self.env.cancellation.is_cancelled() {
            return Err(RunError::Cancelled);
        }
        let settled = self.drive_by_id(row.id, Sending::Allowed, &mut report.export).await?;
        let error = match &settled {
            Some(Settled::Refused(error) | Settled::Taken(error) | Settled::Vanished(error)) => error,
            Some(Settled::Fatal(error)) => {
                let reason = format!("the system refuses all requests: {}", error.text);
                return Err(RunError::Impossible { reason });
            }
            _ => return Ok(settled),
        };
        let object = self.display_of(row.id).await?;
        warn!(connector = %self.instance(), run = %report.run_id, row = %row.id, code = error.code, "refused");
        report.push_error(ObjectError::new(
            object,
            &format!("{:?}", row.kind),
            error.code.map(|code| code.to_string()),
            error.text.clone(),
        ));
        Ok(settled)
    }

    /// Returns the name of a row's object, for messages.
    pub(crate) async fn display_of(&self, id: LedgerId) -> Result<Option<String>, RunError> {
        let record = self.store.entry(self.instance(), id.entry).await?;
        Ok(record.and_then(|record| record.locator).map(|name| name.as_str().to_owned()))
    }

    /// Looks at the objects of rows that were applied and not yet seen.
    pub(crate) async fn confirm(&self, counters: &mut ExportCounters) -> Result<(), RunError> {
        let mut after = None;
        while let Some(rows) = self.slice(LedgerState::Applied, &mut after).await? {
            for row in rows {
                self.confirm_one(row.id, counters).await?;
            }
        }
        Ok(())
    }

    async fn confirm_one(&self, id: LedgerId, counters: &mut ExportCounters) -> Result<(), RunError> {
        let _entry = self.locks.lock(LockKey::Entry(id.entry)).await;
        let key = Self::key_of(&self.record(id.entry).await?);
        let object = match key {
            Some(key) => self.read(&key).await,
            None => return Ok(()),
        };
        let Ok(ReadResult::Found(object)) = object else { return Ok(()) };
        let _space = self.space.lock().await;
        let (mut row, mut record) = (self.row(id).await?, self.record(id.entry).await?);
        if row.state() != LedgerState::Applied || record.open.is_some() {
            return Ok(());
        }
        if self.is_as_intended(&record, &row.intent, &object) {
            row.move_to(LedgerState::Confirmed, self.now())?;
            counters.confirmed += 1;
        } else {
            row.move_to(LedgerState::Drifted, self.now())?;
            row.note_outcome("drifted");
            record.health = Health::Drifted;
            counters.drifted += 1;
        }
        self.take_in(&mut record, &object, None);
        self.save(self.strict(), &mut row, &mut record).await
    }
}
