use provost_store::{EntryRecord, Intent, IntentKind, LedgerRow, LedgerState, Link, Origin};

use super::{Action, CycleEvent, Events, GuardTrip, ObjectEvent, Status};
use crate::ledger::Settled;
use crate::report::RunReport;
use crate::{Engine, RunError};

/// Which rows a pass sends. Removals come last (E-1106).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Pass {
    Changes,
    Removals,
}

impl Engine {
    /// Lets the staged rows go, or holds them where a threshold was passed. Returns how many may be sent.
    pub(super) async fn release(
        &self,
        trips: &[GuardTrip],
        report: &mut RunReport,
        events: &mut dyn Events,
    ) -> Result<u64, RunError> {
        trips.iter().for_each(|trip| events.event(&CycleEvent::GuardTripped(trip.clone())));
        let (mut after, mut released) = (None, 0);
        while let Some(rows) = self.slice(LedgerState::Staged, &mut after).await? {
            let _space = self.space.lock().await;
            let mut batch = self.strict();
            let mut held = Vec::new();
            for mut row in rows.into_iter().filter(|row| row.origin == Origin::Cycle && row.depends_on.is_empty()) {
                if trips.iter().any(|trip| trip.holds(row.kind)) {
                    row.move_to(LedgerState::Held, self.now())?;
                    report.export.held += 1;
                    held.push(row.clone());
                    batch.put_row(row);
                } else if !self.has_open_row(&row).await? {
                    row.move_to(LedgerState::Ready, self.now())?;
                    released += 1;
                    batch.put_row(row);
                }
            }
            self.commit(batch).await?;
            for row in held {
                let record = self.record(row.id.entry).await?;
                events.event(&CycleEvent::Object(event_of(&row, source_of(&record).as_deref(), &record, Status::Held)));
            }
        }
        Ok(released)
    }

    async fn has_open_row(&self, row: &LedgerRow) -> Result<bool, RunError> {
        let rows = self.store.rows_of(self.instance(), row.id.entry).await?;
        Ok(rows.iter().any(|other| other.id != row.id && other.state().is_open()))
    }

    /// Sends what is ready: additions and changes first, and as long as some wait for others that were made; then
    /// removals.
    pub(super) async fn export_cycle(&self, report: &mut RunReport, events: &mut dyn Events) -> Result<(), RunError> {
        loop {
            let done = report.export.ok;
            self.pass(Pass::Changes, report, events).await?;
            if report.export.ok == done || !self.ready_deferred().await? {
                break;
            }
        }
        self.pass(Pass::Removals, report, events).await
    }

    /// Makes rows ready that waited for others. Tells whether there were any.
    async fn ready_deferred(&self) -> Result<bool, RunError> {
        let (mut after, mut any) = (None, false);
        while let Some(rows) = self.slice(LedgerState::Deferred, &mut after).await? {
            let mut batch = self.strict();
            for mut row in rows {
                if self.has_open_row(&row).await? {
                    continue;
                }
                row.move_to(LedgerState::Ready, self.now())?;
                batch.put_row(row);
                any = true;
            }
            self.commit(batch).await?;
        }
        Ok(any)
    }

    async fn pass(&self, pass: Pass, report: &mut RunReport, events: &mut dyn Events) -> Result<(), RunError> {
        let mut after = None;
        while let Some(rows) = self.slice(LedgerState::Ready, &mut after).await? {
            for row in rows {
                let removal = row.kind == IntentKind::Delete;
                if removal == (pass == Pass::Removals) {
                    self.send_row(&row, report, events).await?;
                }
            }
        }
        Ok(())
    }

    /// Sends a row, and the password that follows it.
    async fn send_row(&self, row: &LedgerRow, report: &mut RunReport, events: &mut dyn Events) -> Result<(), RunError> {
        // A removal ends the link.
        let source = self.store.entry(self.instance(), row.id.entry).await?.and_then(|record| source_of(&record));
        let Some(settled) = self.send_one(row, report).await? else { return Ok(()) };
        self.tell(row, source.as_deref(), &settled, events).await?;
        if !matches!(settled, Settled::Applied(_)) || row.intent == Intent::SetPassword {
            return Ok(());
        }
        for next in self.store.rows_of(self.instance(), row.id.entry).await? {
            if next.state() == LedgerState::Ready
                && next.intent == Intent::SetPassword
                && let Some(settled) = self.send_one(&next, report).await?
            {
                self.tell(&next, source.as_deref(), &settled, events).await?;
            }
        }
        Ok(())
    }

    async fn tell(
        &self,
        row: &LedgerRow,
        source: Option<&str>,
        settled: &Settled,
        events: &mut dyn Events,
    ) -> Result<(), RunError> {
        let (status, error) = match settled {
            Settled::Applied(_) => (Status::Done, None),
            Settled::InDoubt(reason) => (Status::InDoubt, Some(("InDoubt".to_owned(), reason.clone()))),
            Settled::Waiting(error) => (Status::Waiting, Some(described(error))),
            Settled::Refused(error) | Settled::Taken(error) | Settled::Vanished(error) | Settled::Fatal(error) => {
                (Status::Refused, Some(described(error)))
            }
        };
        let record = match settled {
            Settled::Applied(record) => (**record).clone(),
            _ => match self.store.entry(self.instance(), row.id.entry).await? {
                Some(record) => record,
                None => return Ok(()),
            },
        };
        let mut event = event_of(row, source, &record, status);
        if let Some((code, text)) = error {
            event = event.because(code, text);
        }
        events.event(&CycleEvent::Object(event));
        Ok(())
    }
}

fn described(error: &provost_store::LastError) -> (String, String) {
    let code = error.code.map_or_else(|| format!("{:?}", error.class), |code| code.to_string());
    (code, error.text.clone())
}

fn source_of(record: &EntryRecord) -> Option<String> {
    match &record.link {
        Link::Linked(key) => Some(key.object.clone()),
        _ => None,
    }
}

fn event_of(row: &LedgerRow, source: Option<&str>, record: &EntryRecord, status: Status) -> ObjectEvent {
    let action = match row.kind {
        IntentKind::Add => Action::Create,
        IntentKind::Delete => Action::Delete,
        IntentKind::Disable => Action::Disable,
        IntentKind::Rename => Action::Rename,
        IntentKind::SetPassword => Action::SetPassword,
        IntentKind::SetState => Action::Enable,
        _ => Action::Update,
    };
    ObjectEvent::new(source, record.locator.as_ref(), action, status)
}
