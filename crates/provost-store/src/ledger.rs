use std::fmt;

use provost_connector::RefusalClass;
use provost_model::{Attributes, ChangeSet, ObjectName, ObjectType, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Digest, Fence, LedgerId, MoveError, RunId};

/// How many attempts a row keeps.
const OPERATIONS: usize = 16;

/// One intent for one entry, and what became of it.
///
/// Its state changes through [`LedgerRow::move_to`] only, which knows the legal moves.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LedgerRow {
    /// Its id.
    pub id: LedgerId,
    /// What is wanted; it holds no secret.
    pub intent: Intent,
    /// What kind of effect it has, for thresholds and counters.
    pub kind: IntentKind,
    /// Who asked for it.
    pub origin: Origin,
    /// Digest of the intent.
    pub intent_hash: Digest,
    /// Digest of the image that it was computed from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Digest>,
    /// Rows that must be applied before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<LedgerId>,
    /// Whether the entry is let go once this is applied: it stays where it is, without a source object.
    #[serde(default)]
    pub releases_link: bool,
    state: LedgerState,
    /// How often it was sent.
    pub attempts: u32,
    /// How often the wanted change was computed anew because the object was neither as before nor as wanted.
    #[serde(default)]
    pub recomputed: u32,
    /// When it may be sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// What went wrong last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<LastError>,
    /// The last sixteen attempts, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<OperationRecord>,
    /// The run that made it; none for a direct request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// When it was made.
    pub created: Timestamp,
    /// When it changed last.
    pub updated: Timestamp,
    /// Grows by one with each commit; 0 before the first.
    pub version: u64,
}

impl LedgerRow {
    /// Makes a row that is staged.
    #[must_use]
    pub fn new(
        id: LedgerId,
        intent: Intent,
        kind: IntentKind,
        origin: Origin,
        intent_hash: Digest,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            intent,
            kind,
            origin,
            intent_hash,
            base: None,
            depends_on: Vec::new(),
            releases_link: false,
            state: LedgerState::Staged,
            attempts: 0,
            recomputed: 0,
            not_before: None,
            last_error: None,
            operations: Vec::new(),
            run: None,
            created: now,
            updated: now,
            version: 0,
        }
    }

    /// Returns the state.
    #[must_use]
    pub fn state(&self) -> LedgerState {
        self.state
    }

    /// Moves to another state.
    ///
    /// # Errors
    ///
    /// [`MoveError`] when the state machine has no such move; the row stays as it is.
    pub fn move_to(&mut self, to: LedgerState, now: Timestamp) -> Result<(), MoveError> {
        if !self.state.may_become(to) {
            return Err(MoveError::new(self.state, to));
        }
        self.state = to;
        self.updated = now;
        Ok(())
    }

    /// Begins an attempt: the row is in flight, and the attempt is noted without an outcome.
    ///
    /// # Errors
    ///
    /// [`MoveError`] when the row is not ready.
    pub fn begin(&mut self, fence: Fence, now: Timestamp) -> Result<(), MoveError> {
        self.move_to(LedgerState::InFlight, now)?;
        self.attempts += 1;
        if self.operations.len() >= OPERATIONS {
            self.operations.remove(0);
        }
        self.operations.push(OperationRecord { fence, attempt: self.attempts, sent: now, outcome: None });
        Ok(())
    }

    /// Notes the outcome of the last attempt, in a word.
    pub fn note_outcome(&mut self, outcome: impl Into<String>) {
        if let Some(last) = self.operations.last_mut() {
            last.outcome = Some(outcome.into());
        }
    }
}

/// What is wanted of the connected system.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Intent {
    /// The object is made.
    Add {
        /// Its type.
        object_type: ObjectType,
        /// Its name.
        name: ObjectName,
        /// All its attributes.
        attributes: Attributes,
    },
    /// The object is removed.
    Delete,
    /// Attributes, the name, or both change.
    Modify {
        /// The changes.
        changes: ChangeSet,
        /// The name before, when it changes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base_name: Option<ObjectName>,
        /// The touched attributes before.
        base: Attributes,
        /// The touched attributes afterwards. A touched attribute that is in neither map is empty before and after.
        wanted: Attributes,
    },
    /// The password is set; its value is sealed beside the row.
    SetPassword,
}

/// What kind of effect an intent has.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum IntentKind {
    /// An object is made.
    Add,
    /// An object is removed.
    Delete,
    /// An object is disabled because its source object ended or is disabled.
    Disable,
    /// Attributes change.
    Modify,
    /// The name changes, and perhaps attributes.
    Rename,
    /// A password is set.
    SetPassword,
    /// An object is enabled.
    SetState,
}

/// Who asked for an intent.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Origin {
    /// A provisioning cycle: the row is judged with the others before it is sent.
    Cycle,
    /// Somebody who waits for the answer.
    Direct,
}

/// Where an intent stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum LedgerState {
    /// The server said success, or a probe proved it.
    Applied,
    /// Given up; nothing was changed by it.
    Cancelled,
    /// An import or a read showed the wanted state.
    Confirmed,
    /// Waits for a dependency.
    Deferred,
    /// Applied, and a later look disagrees.
    Drifted,
    /// Waits for approval.
    Held,
    /// It may or may not have happened.
    InDoubt,
    /// Durably marked before the first byte was sent.
    InFlight,
    /// Will not succeed until something changes.
    Quarantined,
    /// May be sent.
    Ready,
    /// Waits for its next attempt.
    RetryWait,
    /// Computed, and not yet allowed.
    Staged,
    /// Replaced by a newer intent.
    Superseded,
}

impl LedgerState {
    /// All states.
    pub const ALL: [Self; 13] = [
        Self::Applied,
        Self::Cancelled,
        Self::Confirmed,
        Self::Deferred,
        Self::Drifted,
        Self::Held,
        Self::InDoubt,
        Self::InFlight,
        Self::Quarantined,
        Self::Ready,
        Self::RetryWait,
        Self::Staged,
        Self::Superseded,
    ];

    /// Tells whether a row may go from this state to `to` in one move.
    ///
    /// A quarantined row may also be superseded by a newer intent, or cancelled once its requester was told.
    #[must_use]
    pub const fn may_become(self, to: Self) -> bool {
        use LedgerState as S;
        match self {
            S::Staged => matches!(to, S::Ready | S::Deferred | S::Held | S::Superseded | S::Cancelled),
            S::Held | S::Deferred | S::RetryWait => matches!(to, S::Ready | S::Superseded | S::Cancelled),
            S::Ready => matches!(to, S::InFlight | S::Superseded | S::Cancelled | S::Held),
            S::InFlight => matches!(to, S::Applied | S::RetryWait | S::Quarantined | S::InDoubt | S::Deferred),
            S::InDoubt => matches!(to, S::Applied | S::Ready | S::Quarantined),
            S::Applied => matches!(to, S::Confirmed | S::Drifted | S::Superseded),
            S::Drifted => matches!(to, S::Staged | S::Quarantined),
            S::Quarantined => matches!(to, S::Staged | S::Superseded | S::Cancelled),
            S::Cancelled | S::Confirmed | S::Superseded => false,
        }
    }

    /// Tells whether nothing more happens to such a row. Its sealed secret is erased.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Cancelled | Self::Confirmed | Self::Superseded)
    }

    /// Tells whether such a row is being worked on. An entry has at most one; rows that wait for something are not.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Ready | Self::InFlight | Self::InDoubt)
    }

    /// Tells whether a newer intent of the same entry takes the place of such a row.
    #[must_use]
    pub const fn is_replaceable(self) -> bool {
        matches!(self, Self::Staged | Self::Held | Self::Deferred | Self::Ready | Self::RetryWait | Self::Quarantined)
    }

    /// Returns a number that stands for the state in keys.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Applied => 1,
            Self::Cancelled => 2,
            Self::Confirmed => 3,
            Self::Deferred => 4,
            Self::Drifted => 5,
            Self::Held => 6,
            Self::InDoubt => 7,
            Self::InFlight => 8,
            Self::Quarantined => 9,
            Self::Ready => 10,
            Self::RetryWait => 11,
            Self::Staged => 12,
            Self::Superseded => 13,
        }
    }
}

impl fmt::Display for LedgerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// One attempt to send an intent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OperationRecord {
    /// The fence of the owner that sent it.
    pub fence: Fence,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// When it was marked as sent.
    pub sent: Timestamp,
    /// What became of it, in a word; none while that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

/// What went wrong with an intent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LastError {
    /// The class that decided.
    pub class: RefusalClass,
    /// Result code of the protocol.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// What the system said, at most 512 octets, without values.
    pub text: String,
}

impl LastError {
    /// Makes it, and cuts the text at 512 octets.
    pub fn new(class: RefusalClass, code: Option<i64>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        let end = (0..=text.len().min(512)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.truncate(end);
        Self { class, code, text }
    }
}

/// A secret that was encrypted with a key that is not in the store.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub struct SealedSecret(pub Vec<u8>);

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::LedgerState;

    #[test]
    fn the_legal_moves_are_those_of_the_table() {
        let table = LedgerState::ALL
            .iter()
            .map(|from| {
                let moves: Vec<_> =
                    LedgerState::ALL.iter().filter(|to| from.may_become(**to)).map(ToString::to_string).collect();
                format!("{from}: {}\n", moves.join(" "))
            })
            .collect::<String>();
        expect![[r#"
            Applied: Confirmed Drifted Superseded
            Cancelled: 
            Confirmed: 
            Deferred: Cancelled Ready Superseded
            Drifted: Quarantined Staged
            Held: Cancelled Ready Superseded
            InDoubt: Applied Quarantined Ready
            InFlight: Applied Deferred InDoubt Quarantined RetryWait
            Quarantined: Cancelled Staged Superseded
            Ready: Cancelled Held InFlight Superseded
            RetryWait: Cancelled Ready Superseded
            Staged: Cancelled Deferred Held Ready Superseded
            Superseded: 
        "#]]
        .assert_eq(&table);
    }

    #[test]
    fn state_codes_differ() {
        let codes: std::collections::BTreeSet<_> = LedgerState::ALL.iter().map(|state| state.code()).collect();
        assert_eq!(codes.len(), LedgerState::ALL.len());
    }
}
