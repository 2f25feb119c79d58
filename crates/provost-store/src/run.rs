use provost_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::RunId;

/// One run in the history of an instance.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RunRecord {
    /// Its id.
    pub id: RunId,
    /// When it started.
    pub started: Timestamp,
    /// When it ended; none while it runs, and for ever when the process died.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// The statistics record: a JSON text in the engine's own form.
    pub report: String,
}

/// The last full import of an instance, and the last one that saw everything.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GenerationRecord {
    /// Its number, from 1.
    pub number: u64,
    /// Where it stands.
    pub state: GenerationState,
    /// The run that made it.
    pub run: RunId,
    /// Objects that it saw, the unreadable ones included.
    pub entries: u64,
    /// Why it is not complete; empty when it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_conditions: Vec<String>,
    /// The last complete one before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_complete: Option<CompleteGeneration>,
}

impl GenerationRecord {
    /// Makes a generation that is open.
    #[must_use]
    pub fn open(number: u64, run: RunId, last_complete: Option<CompleteGeneration>) -> Self {
        Self { number, state: GenerationState::Open, run, entries: 0, failed_conditions: Vec::new(), last_complete }
    }

    /// Returns the newest complete generation: this one, or the one before.
    #[must_use]
    pub fn newest_complete(&self) -> Option<CompleteGeneration> {
        match self.state {
            GenerationState::Closed | GenerationState::Swept => {
                Some(CompleteGeneration { number: self.number, entries: self.entries })
            }
            _ => self.last_complete,
        }
    }
}

/// Where a generation stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum GenerationState {
    /// It saw everything; what it did not see is still to be judged.
    Closed,
    /// It may have missed something: nothing is absent because of it.
    Incomplete,
    /// It is being read.
    Open,
    /// It saw everything and much less than the one before: nothing is absent because of it.
    Suspicious,
    /// It saw everything, and what it did not see was judged.
    Swept,
}

/// A generation that saw everything.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CompleteGeneration {
    /// Its number.
    pub number: u64,
    /// Objects that it saw.
    pub entries: u64,
}

/// How many entries an instance has.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Counts {
    /// Entries that are there: present, unseen or unreadable.
    pub there: u64,
    /// Entries that are there and linked.
    pub linked: u64,
}
