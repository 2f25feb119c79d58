use std::fmt;

use provost_store::{IntentKind, LedgerState, Origin};

use crate::report::EvaluateCounters;
use crate::{Engine, RunError};

/// How many changes of a kind a cycle may make (E-1501). A guard that is `None` is off.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Thresholds {
    /// Removals, and disablings by deprovisioning. Default: 500 or 5 % of the linked entries, at least 5.
    pub deletes: Option<Guard>,
    /// Additions. Default: 1,000 or 50 %, at least 50; the share is not judged while nothing is linked.
    pub creates: Option<Guard>,
    /// Renames. Default: 5 %, at least 5.
    pub renames: Option<Guard>,
    /// Changes of any kind to entries that are there. Default: 50 %, at least 50.
    pub updates: Option<Guard>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            deletes: Some(Guard { most: Some(500), percent: 5, least: 5 }),
            creates: Some(Guard { most: Some(1_000), percent: 50, least: 50 }),
            renames: Some(Guard { most: None, percent: 5, least: 5 }),
            updates: Some(Guard { most: None, percent: 50, least: 50 }),
        }
    }
}

/// The limit of one kind of change: a share of the linked entries, within bounds. It is passed by more than the limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Guard {
    /// The limit is never more than this.
    pub most: Option<u64>,
    /// The share of the linked entries, in percent.
    pub percent: u64,
    /// The limit is never less than this.
    pub least: u64,
}

impl Guard {
    fn limit(self, linked: u64) -> u64 {
        let share = (linked.saturating_mul(self.percent) / 100).max(self.least);
        self.most.map_or(share, |most| share.min(most))
    }
}

/// A threshold that was passed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct GuardTrip {
    /// Which: `deletes`, `creates`, `renames` or `updates`.
    pub guard: &'static str,
    /// How many changes of the kind there are.
    pub count: u64,
    /// How many there may be.
    pub limit: u64,
}

impl fmt::Display for GuardTrip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}, at most {} allowed", self.count, self.guard, self.limit)
    }
}

/// How many changes of each kind there are.
#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    deletes: u64,
    creates: u64,
    renames: u64,
    updates: u64,
}

impl Counted {
    fn add(&mut self, kind: IntentKind) {
        match kind {
            IntentKind::Add => self.creates += 1,
            IntentKind::Delete | IntentKind::Disable => self.deletes += 1,
            IntentKind::Rename => {
                self.renames += 1;
                self.updates += 1;
            }
            IntentKind::Modify | IntentKind::SetState => self.updates += 1,
            _ => {}
        }
    }
}

impl GuardTrip {
    /// Tells whether changes of a kind are held by this trip.
    pub(super) fn holds(&self, kind: IntentKind) -> bool {
        match self.guard {
            "deletes" => matches!(kind, IntentKind::Delete | IntentKind::Disable),
            "creates" => kind == IntentKind::Add,
            "renames" => kind == IntentKind::Rename,
            _ => matches!(kind, IntentKind::Modify | IntentKind::Rename | IntentKind::SetState),
        }
    }
}

impl Engine {
    /// Judges the whole staged set (E-1501). It is counted in the ledger, not from memory (C22).
    pub(super) async fn judge_ledger(&self, thresholds: &Thresholds) -> Result<Vec<GuardTrip>, RunError> {
        let mut counted = Counted::default();
        let mut after = None;
        while let Some(rows) = self.slice(LedgerState::Staged, &mut after).await? {
            rows.iter().filter(|row| row.origin == Origin::Cycle).for_each(|row| counted.add(row.kind));
        }
        self.judge(counted, thresholds).await
    }

    /// Judges the counts of a dry run.
    pub(super) async fn judge_counts(
        &self,
        counters: &EvaluateCounters,
        thresholds: &Thresholds,
    ) -> Result<Vec<GuardTrip>, RunError> {
        let counted = Counted {
            deletes: counters.staged_delete + counters.staged_disable,
            creates: counters.staged_add,
            renames: counters.staged_rename,
            updates: counters.staged_modify + counters.staged_rename + counters.staged_enable,
        };
        self.judge(counted, thresholds).await
    }

    async fn judge(&self, counted: Counted, thresholds: &Thresholds) -> Result<Vec<GuardTrip>, RunError> {
        let linked = self.store.counts(self.instance()).await?.linked;
        let creates = thresholds.creates.map(|guard| match linked {
            0 => Guard { percent: 0, least: guard.most.unwrap_or(u64::MAX), ..guard },
            _ => guard,
        });
        let judged = [
            ("deletes", counted.deletes, thresholds.deletes),
            ("creates", counted.creates, creates),
            ("renames", counted.renames, thresholds.renames),
            ("updates", counted.updates, thresholds.updates),
        ];
        Ok(judged
            .into_iter()
            .filter_map(|(guard, count, bounds)| {
                let limit = bounds?.limit(linked);
                (count > limit).then_some(GuardTrip { guard, count, limit })
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{Guard, Thresholds};

    #[test]
    fn limits_are_shares_within_bounds() {
        let deletes = Thresholds::default().deletes.unwrap();
        assert_eq!([0, 10, 100, 101, 1_000, 1_000_000].map(|linked| deletes.limit(linked)), [5, 5, 5, 5, 50, 500]);
        let off = Guard { most: Some(0), percent: 100, least: 10 };
        assert_eq!(off.limit(1_000), 0);
    }
}
