use provost_store::{Intent, LedgerId, LedgerState, Origin};
use tracing::{info, warn};

use crate::ledger::{Sending, Settled};
use crate::lock::LockKey;
use crate::report::ExportCounters;
use crate::{Engine, Recovery, RunError};

/// Rows that are read at a time.
const SLICE: usize = 64;

impl Engine {
    /// Finds out what became of the rows that an earlier owner left in flight (E-411), and sends again what did not
    /// happen.
    pub(crate) async fn recover(&self) -> Result<(), RunError> {
        let mut after = None;
        while let Some(rows) = self.slice(LedgerState::InFlight, &mut after).await? {
            for mut row in rows {
                let mut record = self.record(row.id.entry).await?;
                self.doubt(&mut row, &mut record).await?;
            }
        }
        let sending = match self.options.recovery {
            Recovery::Finish => Sending::Allowed,
            Recovery::ProbeOnly => Sending::Forbidden,
        };
        let mut counters = ExportCounters::default();
        self.probe_all(sending, &mut counters).await?;
        if sending == Sending::Allowed {
            self.finish_begun(&mut counters).await?;
        }
        if counters != ExportCounters::default() {
            info!(
                connector = %self.instance(), ok = counters.ok, in_doubt = counters.in_doubt,
                quarantined = counters.quarantined, "recovered"
            );
        }
        Ok(())
    }

    /// Probes all rows in doubt.
    pub(crate) async fn probe_all(&self, sending: Sending, counters: &mut ExportCounters) -> Result<(), RunError> {
        let mut after = None;
        while let Some(rows) = self.slice(LedgerState::InDoubt, &mut after).await? {
            for row in rows {
                self.drive_by_id(row.id, sending, counters).await?;
            }
        }
        Ok(())
    }

    /// Sends what somebody waited for, what was sent before, and passwords of objects that were made (C20).
    async fn finish_begun(&self, counters: &mut ExportCounters) -> Result<(), RunError> {
        // Probing an add makes its password ready, so states are gone through once more.
        for state in [LedgerState::Ready, LedgerState::RetryWait] {
            let mut after = None;
            while let Some(rows) = self.slice(state, &mut after).await? {
                for row in rows {
                    let begun =
                        row.origin == Origin::Direct || !row.operations.is_empty() || row.intent == Intent::SetPassword;
                    if begun {
                        self.drive_by_id(row.id, Sending::Allowed, counters).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Drives a row under the lock of its entry, as it is then.
    pub(crate) async fn drive_by_id(
        &self,
        id: LedgerId,
        sending: Sending,
        counters: &mut ExportCounters,
    ) -> Result<Option<Settled>, RunError> {
        let _entry = self.locks.lock(LockKey::Entry(id.entry)).await;
        let Some(mut row) = self.store.row(self.instance(), id).await? else { return Ok(None) };
        let mut record = self.record(id.entry).await?;
        if row.state() == LedgerState::RetryWait && sending == Sending::Allowed {
            row.move_to(LedgerState::Ready, self.now())?;
            self.save(self.strict(), &mut row, &mut record).await?;
        }
        if row.state().is_terminal() {
            return Ok(None);
        }
        let settled = self.drive(row, record, false, sending, counters).await?;
        if let Settled::InDoubt(reason) = &settled {
            warn!(connector = %self.instance(), row = %id, reason, "still in doubt");
        }
        Ok(Some(settled))
    }

    /// Reads the next rows in a state; `None` when there are no more.
    pub(crate) async fn slice(
        &self,
        state: LedgerState,
        after: &mut Option<LedgerId>,
    ) -> Result<Option<Vec<provost_store::LedgerRow>>, RunError> {
        let rows = self.store.rows(self.instance(), state, *after, SLICE).await?;
        let Some(last) = rows.last() else { return Ok(None) };
        *after = Some(last.id);
        Ok(Some(rows))
    }
}
