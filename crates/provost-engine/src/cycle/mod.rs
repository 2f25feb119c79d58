//! Provisioning cycles: from the objects of a source, through a mapping, to the connected system.

mod decide;
mod event;
mod examine;
mod export;
mod guard;
mod name;
mod stage;

use provost_connector::{FullRequest, PageEntry, Session};
use provost_mapping::Mapping;
use tracing::info;

pub use self::event::{Action, CycleEvent, Events, ObjectEvent, Status};
pub use self::guard::{Guard, GuardTrip, Thresholds};
use crate::report::{RunOutcome, RunReport};
use crate::{Engine, RunError, RunStep};

/// How a provisioning cycle is done.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CycleOptions {
    /// Name of the source; links are kept under it.
    pub source: String,
    /// Says what would be done, and writes nothing: neither to the system nor to the store.
    pub dry_run: bool,
    /// Whether the connected system is read in full before.
    pub import: ImportFirst,
    /// What happens to changes that were refused and are wanted again unchanged.
    pub refused: RefusedBefore,
    /// How many changes of a kind a cycle may make.
    pub thresholds: Thresholds,
}

impl CycleOptions {
    /// Makes options with the defaults.
    pub fn new(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            dry_run: false,
            import: ImportFirst::default(),
            refused: RefusedBefore::default(),
            thresholds: Thresholds::default(),
        }
    }
}

/// Whether the connected system is read in full before a cycle.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum ImportFirst {
    /// Always.
    #[default]
    Always,
    /// Only when no import ever saw everything (E-601).
    IfNeeded,
}

/// What happens to changes that were refused and are wanted again unchanged.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum RefusedBefore {
    /// They are reported and not sent, until the wanted change or the object changes, or a day has passed.
    #[default]
    Keep,
    /// They are sent again.
    Retry,
}

/// What a provisioning cycle did.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct CycleReport {
    /// The statistics record. That of a dry run is not in the history.
    pub run: RunReport,
    /// The thresholds that were passed. Their changes are held.
    pub trips: Vec<GuardTrip>,
}

impl CycleReport {
    /// Tells whether the cycle changed something, or would.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        let staged = &self.run.evaluate;
        staged.staged_add
            + staged.staged_modify
            + staged.staged_rename
            + staged.staged_delete
            + staged.staged_disable
            + staged.staged_enable
            > 0
    }
}

impl Engine {
    /// Runs one provisioning cycle: reads the source, decides for each object what is to be done, judges the whole
    /// against the thresholds, and sends it.
    ///
    /// An object that fails or is refused is reported and the others go on. Whatever is not done in this cycle is decided
    /// anew in the next.
    ///
    /// # Errors
    ///
    /// [`RunError::Impossible`] before anything is done when source or target lack an ability; [`RunError::Source`] when
    /// the source could not be read to its end, and nothing was sent then; others when the run could not go on.
    pub async fn provision(
        &self,
        source: &dyn Session,
        mapping: &Mapping,
        options: &CycleOptions,
        events: &mut dyn Events,
    ) -> Result<CycleReport, RunError> {
        self.export()?;
        if source.full_import().is_none() {
            return Err(RunError::impossible("the source cannot be read in full"));
        }
        let _running = self.begin_run()?;
        let mut trips = Vec::new();
        if options.dry_run {
            let mut report = self.unstored_report("Dry run")?;
            self.evaluate(source, mapping, options, &mut report, events).await?;
            trips = self.judge_counts(&report.evaluate, &options.thresholds).await?;
            report.ended = Some(self.now());
            report.outcome = Some(if trips.is_empty() { RunOutcome::Succeeded } else { RunOutcome::Aborted });
            trips.iter().for_each(|trip| events.event(&CycleEvent::GuardTripped(trip.clone())));
            return Ok(CycleReport { run: report, trips });
        }
        let mut report = self.start_report("Full cycle").await?;
        let result = self.cycle(source, mapping, options, &mut report, &mut trips, events).await;
        let run = self.end_report(report, result).await?;
        Ok(CycleReport { run, trips })
    }

    async fn cycle(
        &self,
        source: &dyn Session,
        mapping: &Mapping,
        options: &CycleOptions,
        report: &mut RunReport,
        trips: &mut Vec<GuardTrip>,
        events: &mut dyn Events,
    ) -> Result<(), RunError> {
        self.announced("probe", report, events, |report| report.export.ok);
        self.step(RunStep::Probe, report).await?;
        self.step(RunStep::Export, report).await?;
        self.import_first(options, report, events).await?;

        self.announced("evaluate", report, events, |_| 0);
        self.evaluate(source, mapping, options, report, events).await?;
        self.ended("evaluate", report.evaluate.considered, report, events);

        *trips = self.judge_ledger(&options.thresholds).await?;
        let staged = self.release(trips, report, events).await?;
        self.announced("export", report, events, |_| staged);
        self.export_cycle(report, events).await?;
        self.step(RunStep::Confirm, report).await?;
        self.ended("export", report.export.ok, report, events);
        if let Some(trip) = trips.first() {
            report.outcome = Some(RunOutcome::Aborted);
            report.outcome_reason = Some(format!("threshold: {trip}"));
        }
        Ok(())
    }

    async fn import_first(
        &self,
        options: &CycleOptions,
        report: &mut RunReport,
        events: &mut dyn Events,
    ) -> Result<(), RunError> {
        let complete = |generation: Option<provost_store::GenerationRecord>| {
            generation.as_ref().and_then(provost_store::GenerationRecord::newest_complete).is_some()
        };
        let known = complete(self.store.generation(self.instance()).await?);
        if self.session.full_import().is_none() || (options.import == ImportFirst::IfNeeded && known) {
            return Ok(());
        }
        self.announced("full-import", report, events, |_| 0);
        self.step(RunStep::FullImport, report).await?;
        self.ended("full-import", report.import.entries_read, report, events);
        if complete(self.store.generation(self.instance()).await?) {
            return Ok(());
        }
        // Without it people who are there would be made a second time.
        let reasons = report.failed_conditions.join("; ");
        Err(RunError::impossible(format!("no import has seen everything yet: {reasons}")))
    }

    /// Reads the source to its end and evaluates its objects, a chunk at a time.
    async fn evaluate(
        &self,
        source: &dyn Session,
        mapping: &Mapping,
        options: &CycleOptions,
        report: &mut RunReport,
        events: &mut dyn Events,
    ) -> Result<(), RunError> {
        let failed = |source| RunError::Source { source };
        let Some(import) = source.full_import() else {
            return Err(RunError::impossible("the source cannot be read in full"));
        };
        let mut cycle = stage::Evaluation::new(self, mapping, options, report, events);
        let mut pages = import.start(FullRequest::default()).await.map_err(failed)?;
        let mut proof = None;
        while let Some(page) = pages.next().await.map_err(failed)? {
            for entry in page.entries {
                if self.env.cancellation.is_cancelled() {
                    return Err(RunError::Cancelled);
                }
                match entry {
                    PageEntry::Present(object) => cycle.present(&object).await?,
                    PageEntry::Deleted(key) => cycle.removed(&key).await?,
                    PageEntry::Unreadable { name, reason } => cycle.unreadable(name, &reason),
                    _ => {}
                }
            }
            proof = page.proof.or(proof);
        }
        cycle.flush().await?;
        let gaps = proof.map_or_else(|| vec!["it ended without a proof".to_owned()], |proof| proof.gaps);
        for gap in gaps {
            cycle.gap(&gap);
        }
        Ok(())
    }

    fn announced(
        &self,
        step: &'static str,
        report: &RunReport,
        events: &mut dyn Events,
        total: impl Fn(&RunReport) -> u64,
    ) {
        info!(connector = %self.instance(), run = %report.run_id, step, "step started");
        let total = Some(total(report)).filter(|total| *total > 0);
        events.event(&CycleEvent::StepStarted { step, total });
    }

    fn ended(&self, step: &'static str, done: u64, report: &RunReport, events: &mut dyn Events) {
        info!(
            connector = %self.instance(), run = %report.run_id, step, done, errors = report.error_count, "step ended"
        );
        events.event(&CycleEvent::StepEnded { step, done });
    }
}
