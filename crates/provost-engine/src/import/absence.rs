use provost_connector::ReadResult;
use provost_store::{EntryId, EntryRecord, GenerationRecord, GenerationState, Link, Presence, Write};
use tracing::info;

use crate::report::RunReport;
use crate::{AbsenceProofPolicy, Engine, RunError};

/// Entries that are judged at a time.
const SLICE: usize = 256;

/// What an entry that was not seen becomes.
enum Judgement {
    Gone,
    Seen,
    Unseen { generations: u32 },
}

impl Engine {
    /// Judges the entries that a closed generation did not see (E-701, E-705). May be repeated: an entry is judged once
    /// for each generation.
    pub(super) async fn sweep(
        &self,
        generation: &mut GenerationRecord,
        report: &mut RunReport,
    ) -> Result<(), RunError> {
        let mut after: Option<EntryId> = None;
        loop {
            let slice = self.store.entries(self.instance(), after, SLICE).await?;
            let Some(last) = slice.last() else { break };
            after = Some(last.id);
            for record in &slice {
                if self.was_missed(record, generation.number) {
                    self.judge_absence(record, generation.number, report).await?;
                } else if self.is_spent(record, generation.number) {
                    self.forget(record.id, generation.number).await?;
                }
            }
        }
        generation.state = GenerationState::Swept;
        self.store_generation(generation).await?;
        if report.import.unseen + report.import.gone > 0 {
            info!(
                connector = %self.instance(), run = %report.run_id, unseen = report.import.unseen,
                gone = report.import.gone, "absences judged"
            );
        }
        Ok(())
    }

    /// Whether an entry is of no more use: its object was removed, a complete import did not see it, and nobody wants it.
    fn is_spent(&self, record: &EntryRecord, generation: u64) -> bool {
        record.presence == Presence::Gone
            && !matches!(record.link, Link::Linked(_))
            && record.seen_gen < generation
            && record.open.is_none()
            && !self.recent.has_written(record.id)
    }

    /// Drops a spent entry with its rows: they hold what was known of somebody who is not there any more.
    async fn forget(&self, id: EntryId, generation: u64) -> Result<(), RunError> {
        let _space = self.space.lock().await;
        let record = self.store.entry(self.instance(), id).await?;
        let Some(record) = record.filter(|record| self.is_spent(record, generation)) else { return Ok(()) };
        let mut batch = self.strict();
        batch.push(Write::RemoveEntry { id, version: record.version });
        self.commit(batch).await
    }

    fn was_missed(&self, record: &EntryRecord, generation: u64) -> bool {
        let judged = matches!(record.presence, Presence::Unseen { last, .. } if last >= generation);
        record.is_there()
            && !judged
            && record.seen_gen < generation
            && record.open.is_none()
            && !self.recent.has_written(record.id)
    }

    async fn judge_absence(
        &self,
        record: &EntryRecord,
        generation: u64,
        report: &mut RunReport,
    ) -> Result<(), RunError> {
        let generations = match record.presence {
            Presence::Unseen { generations, .. } => generations.saturating_add(1),
            _ => 1,
        };
        let judgement = match self.options.absence_proof {
            AbsenceProofPolicy::Single => Judgement::Gone,
            AbsenceProofPolicy::Double if generations >= 2 => Judgement::Gone,
            AbsenceProofPolicy::Double => Judgement::Unseen { generations },
            AbsenceProofPolicy::Probe => match self.probe_absence(record).await {
                Some(true) => Judgement::Gone,
                Some(false) => Judgement::Seen,
                None => Judgement::Unseen { generations },
            },
        };
        let _space = self.space.lock().await;
        let mut record = self.record(record.id).await?;
        if !self.was_missed(&record, generation) {
            return Ok(());
        }
        let mut batch = self.strict();
        match judgement {
            Judgement::Seen => {
                record.presence = Presence::Present;
                record.seen_gen = generation;
                batch.put_entry(record);
            }
            Judgement::Unseen { generations } => {
                report.import.unseen += 1;
                record.presence = Presence::Unseen { generations, last: generation };
                batch.put_entry(record);
            }
            Judgement::Gone => {
                report.import.gone += 1;
                if matches!(record.link, Link::Linked(_)) {
                    // The next evaluation looks for the object anew.
                    record.presence = Presence::Gone;
                    record.observed = None;
                    batch.put_entry(record);
                } else {
                    batch.push(Write::RemoveEntry { id: record.id, version: record.version });
                }
            }
        }
        self.commit(batch).await
    }

    /// Reads an entry that was not seen: by anchor, and by name. `None` when that is not certain.
    async fn probe_absence(&self, record: &EntryRecord) -> Option<bool> {
        let key = Self::key_of(record)?;
        match self.read(&key).await {
            Ok(ReadResult::Absent(_)) => Some(true),
            Ok(ReadResult::Found(object)) => Some(object.anchor() != record.anchor.as_ref()),
            _ => None,
        }
    }
}
