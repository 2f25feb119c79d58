use provost_model::Timestamp;
use provost_store::{LedgerState, RunRecord, Write};
use tracing::{error, info};

use crate::ledger::Sending;
use crate::report::{RunOutcome, RunReport, Trigger};
use crate::{Engine, RunError, RunProfile, RunStep};

/// How many runs the history keeps (E-1702).
const HISTORY: u32 = 10_000;

impl Engine {
    /// Runs the steps of a profile, one after another, and returns what it did. The report is in the history too, also
    /// when the run fails.
    ///
    /// # Errors
    ///
    /// [`RunError::Impossible`] before anything is done when the connector lacks an ability that a step needs or another
    /// run of the instance is going on; others when the run could not go on.
    pub async fn run(&self, profile: &RunProfile) -> Result<RunReport, RunError> {
        for step in profile.steps() {
            match step {
                RunStep::FullImport if self.session.full_import().is_none() => {
                    return Err(RunError::impossible("the connector does not import"));
                }
                RunStep::Export => drop(self.export()?),
                _ => {}
            }
        }
        let _running = self.begin_run()?;
        let mut report = self.start_report(profile.name()).await?;
        let mut result = Ok(());
        for step in profile.steps() {
            info!(connector = %self.instance(), run = %report.run_id, step = step.name(), "step started");
            result = self.step(*step, &mut report).await;
            let (import, export) = (&report.import, &report.export);
            info!(
                connector = %self.instance(), run = %report.run_id, step = step.name(), read = import.entries_read,
                ok = export.ok, writes = export.writes, errors = report.error_count, "step ended"
            );
            if result.is_err() {
                break;
            }
        }
        self.end_report(report, result).await
    }

    /// Takes the right to run: an instance has one run at a time.
    pub(crate) fn begin_run(&self) -> Result<async_lock::MutexGuard<'_, ()>, RunError> {
        self.running.try_lock().ok_or_else(|| RunError::impossible("another run of this instance is going on"))
    }

    pub(crate) async fn step(&self, step: RunStep, report: &mut RunReport) -> Result<(), RunError> {
        match step {
            RunStep::Confirm => self.confirm(&mut report.export).await,
            RunStep::Export => self.export_ready(report).await,
            RunStep::FullImport => self.full_import(report).await,
            RunStep::Probe => self.probe_all(Sending::Forbidden, &mut report.export).await,
        }
    }

    /// Makes the report of a run that starts now, and puts it into the history.
    pub(crate) async fn start_report(&self, profile: &str) -> Result<RunReport, RunError> {
        let report = self.unstored_report(profile)?;
        self.store_report(&report).await?;
        Ok(report)
    }

    /// Makes the report of a run that starts now.
    pub(crate) fn unstored_report(&self, profile: &str) -> Result<RunReport, RunError> {
        let id = self.new_run_id()?;
        Ok(RunReport::new(id, self.instance().as_str(), profile, Trigger::Api, self.fence().0, self.now()))
    }

    /// Ends a report by how the run went, and puts it into the history.
    pub(crate) async fn end_report(
        &self,
        mut report: RunReport,
        result: Result<(), RunError>,
    ) -> Result<RunReport, RunError> {
        report.ended = Some(self.now());
        if let Err(failure) = &result {
            report.outcome = Some(match failure {
                RunError::Cancelled => RunOutcome::Stopped,
                _ => RunOutcome::Failed,
            });
            report.outcome_reason = Some(full_text(failure));
        } else if report.outcome.is_none() {
            let clean = report.error_count == 0 && report.complete != Some(false) && report.export.in_doubt == 0;
            report.outcome = Some(if clean { RunOutcome::Succeeded } else { RunOutcome::CompletedWithErrors });
        }
        let stored = self.store_report(&report).await;
        if let Err(failure) = result {
            error!(connector = %self.instance(), run = %report.run_id, error = full_text(&failure), "run failed");
            return Err(failure);
        }
        stored?;
        info!(connector = %self.instance(), run = %report.run_id, outcome = ?report.outcome, "run ended");
        Ok(report)
    }

    async fn store_report(&self, report: &RunReport) -> Result<(), RunError> {
        let mut batch = self.strict();
        batch.push(Write::Run(record(report)?));
        if report.ended.is_some() {
            batch.push(Write::PruneRuns { keep: HISTORY });
        }
        self.commit(batch).await
    }

    /// Marks runs that an earlier process did not end.
    pub(crate) async fn abandon_runs(&self) -> Result<(), RunError> {
        let now: Timestamp = self.now();
        // Runs of an instance follow one another, so only the newest can be without an end.
        for run in self.store.runs(self.instance(), 4).await? {
            if run.ended.is_some() {
                continue;
            }
            let Ok(mut report) = serde_json::from_str::<RunReport>(&run.report) else { continue };
            report.ended = Some(now);
            report.outcome = Some(RunOutcome::Abandoned);
            report.outcome_reason = Some("the process ended before the run did".to_owned());
            self.store_report(&report).await?;
        }
        Ok(())
    }

    /// Sends all rows that may be sent.
    async fn export_ready(&self, report: &mut RunReport) -> Result<(), RunError> {
        self.finish_waiting(LedgerState::Ready, report).await?;
        self.finish_waiting(LedgerState::RetryWait, report).await
    }
}

fn record(report: &RunReport) -> Result<RunRecord, RunError> {
    let text =
        serde_json::to_string(report).map_err(|error| provost_store::StoreError::corrupt("a run report", error))?;
    Ok(RunRecord { id: report.run_id.clone(), started: report.started, ended: report.ended, report: text })
}

/// Returns a failure with the failures underneath.
pub(crate) fn full_text(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
