use provost_model::Timestamp;
use provost_store::RunId;
use serde::{Deserialize, Serialize};

/// How many errors a report lists; further ones are counted only.
const ERRORS: usize = 1_000;

/// What one run did: the statistics record. Its JSON form is versioned and only grows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RunReport {
    /// Version of the form.
    pub version: u32,
    /// Identifies the run.
    pub run_id: RunId,
    /// The connector instance.
    pub instance: String,
    /// Name of the profile.
    pub profile: String,
    /// What started it.
    pub trigger: Trigger,
    /// The fence of the owner.
    pub fence: u64,
    /// When it started.
    pub started: Timestamp,
    /// When it ended; none while it runs.
    pub ended: Option<Timestamp>,
    /// How it ended; none while it runs.
    pub outcome: Option<RunOutcome>,
    /// Why it ended so.
    pub outcome_reason: Option<String>,
    /// The generation of its full import.
    pub generation: Option<u64>,
    /// Whether its full import saw everything.
    pub complete: Option<bool>,
    /// Why it did not.
    pub failed_conditions: Vec<String>,
    /// What the import did.
    pub import: ImportCounters,
    /// What the evaluation did.
    pub evaluate: EvaluateCounters,
    /// What the export did.
    pub export: ExportCounters,
    /// The first thousand errors.
    pub errors: Vec<ObjectError>,
    /// How many errors there were.
    pub error_count: u64,
}

impl RunReport {
    pub(crate) fn new(
        run_id: RunId,
        instance: &str,
        profile: &str,
        trigger: Trigger,
        fence: u64,
        started: Timestamp,
    ) -> Self {
        Self {
            version: 1,
            run_id,
            instance: instance.to_owned(),
            profile: profile.to_owned(),
            trigger,
            fence,
            started,
            ended: None,
            outcome: None,
            outcome_reason: None,
            generation: None,
            complete: None,
            failed_conditions: Vec::new(),
            import: ImportCounters::default(),
            evaluate: EvaluateCounters::default(),
            export: ExportCounters::default(),
            errors: Vec::new(),
            error_count: 0,
        }
    }

    pub(crate) fn push_error(&mut self, error: ObjectError) {
        self.error_count += 1;
        if self.errors.len() < ERRORS {
            self.errors.push(error);
        }
    }
}

/// What started a run.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Trigger {
    /// A program that called the engine.
    Api,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum RunOutcome {
    /// The process ended before the run did.
    Abandoned,
    /// A threshold was passed.
    Aborted,
    /// Some objects had errors.
    CompletedWithErrors,
    /// It could not go on.
    Failed,
    /// It was stopped on request.
    Stopped,
    /// Everything was done.
    Succeeded,
}

/// One error of a run.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ObjectError {
    /// The object: its name, or its identifier in the source.
    pub object: Option<String>,
    /// What was being done.
    pub operation: String,
    /// Result code of the protocol, or a code of the engine.
    pub code: Option<String>,
    /// What went wrong, at most 512 octets, without values of sensitive attributes.
    pub text: String,
}

impl ObjectError {
    pub(crate) fn new(object: Option<String>, operation: &str, code: Option<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        let end = (0..=text.len().min(512)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.truncate(end);
        Self { object, operation: operation.to_owned(), code, text }
    }
}

/// What an import did. `entries_read` is the sum of `added`, `updated`, `renamed_only`, `unchanged`, `in_flight` and
/// `unreadable`.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ImportCounters {
    /// Objects that the system returned, each counted once.
    pub entries_read: u64,
    /// Objects that were new.
    pub added: u64,
    /// Objects whose attributes were other than known.
    pub updated: u64,
    /// Objects whose name alone was other than known.
    pub renamed_only: u64,
    /// Objects that were as known.
    pub unchanged: u64,
    /// Objects that a request of ours was changing meanwhile; what it learns counts.
    pub in_flight: u64,
    /// Objects that could not be understood.
    pub unreadable: u64,
    /// Objects that came a second time.
    pub duplicates_removed: u64,
    /// Objects that were known and not seen.
    pub unseen: u64,
    /// Objects that were proven absent.
    pub gone: u64,
    /// Pages.
    pub pages: u64,
    /// Referrals that were not followed.
    pub referrals: u64,
}

/// What an evaluation did.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct EvaluateCounters {
    /// Source objects that were looked at.
    pub considered: u64,
    /// Source objects with a link.
    pub linked: u64,
    /// Source objects that were linked now.
    pub newly_linked: u64,
    /// Source objects with several candidates.
    pub ambiguous: u64,
    /// Source objects whose candidate is linked elsewhere.
    pub conflict: u64,
    /// Source objects that were skipped.
    pub skipped: u64,
    /// Source objects that are as wanted.
    pub unchanged: u64,
    /// Source objects whose mapping failed or was refused.
    pub expr_errors: u64,
    /// Additions staged.
    pub staged_add: u64,
    /// Changes of attributes alone staged.
    pub staged_modify: u64,
    /// Renames staged.
    pub staged_rename: u64,
    /// Removals staged.
    pub staged_delete: u64,
    /// Disablings staged.
    pub staged_disable: u64,
    /// Enablings staged.
    pub staged_enable: u64,
    /// Passwords staged.
    pub staged_password: u64,
    /// Source objects that ended and whose entry was let go without a change.
    pub released: u64,
}

/// What an export did.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ExportCounters {
    /// Additions sent.
    pub sent_add: u64,
    /// Changes sent, renames and states included.
    pub sent_modify: u64,
    /// Removals sent.
    pub sent_delete: u64,
    /// Passwords sent.
    pub sent_password: u64,
    /// Changes that were applied.
    pub ok: u64,
    /// Of these, those that the system had already.
    pub equivalent: u64,
    /// Changes whose end state was seen.
    pub confirmed: u64,
    /// Changes whose end state is other than asked for.
    pub drifted: u64,
    /// Changes that wait for a dependency.
    pub deferred: u64,
    /// Changes that wait for approval.
    pub held: u64,
    /// Changes that wait for their next attempt.
    pub retried: u64,
    /// Changes of which it is not known whether they were made.
    pub in_doubt: u64,
    /// Changes that were refused.
    pub quarantined: u64,
    /// Requests that write, as the connector counts them.
    pub writes: u64,
}
