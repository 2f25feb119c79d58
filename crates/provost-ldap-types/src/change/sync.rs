//! The values of content synchronization, RFC 4533. Their BER is read by `provost-ldap-wire`.

use std::fmt;

use super::ast::{ChangeOperation, ChangePosition, DirectoryChange, TargetId};
use crate::Entry;

/// Value of the Sync Request control, RFC 4533 section 2.2.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct SyncRequestValue {
    /// Whether the server goes on sending changes.
    pub mode: SyncMode,
    /// Cookie of the last synchronization; without one everything is sent.
    pub cookie: Option<Vec<u8>>,
    /// Whether a full refresh is wanted where the cookie is no longer good, instead of the result e-syncRefreshRequired.
    pub reload_hint: bool,
}

/// Mode of a synchronization, RFC 4533 section 2.2. The list is closed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SyncMode {
    /// The search ends when all changes are sent.
    RefreshOnly,
    /// Changes are sent as they happen, too.
    RefreshAndPersist,
}

/// Value of the Sync State control that stands by an entry, RFC 4533 section 2.3.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct SyncStateValue {
    /// What became of the entry.
    pub state: SyncState,
    /// Identifier of the entry.
    pub uuid: SyncUuid,
    /// New cookie.
    pub cookie: Option<Vec<u8>>,
}

/// What became of an entry, RFC 4533 section 2.3. The list is closed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SyncState {
    /// It is unchanged, and sent without attributes.
    Present,
    /// It is new to this search.
    Add,
    /// It was changed.
    Modify,
    /// It was deleted or fits the search no longer.
    Delete,
}

/// Value of the Sync Done control of the last message, RFC 4533 section 2.4.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct SyncDoneValue {
    /// New cookie.
    pub cookie: Option<Vec<u8>>,
    /// Whether deletions were sent as such. If not, everything that was not sent as present is gone.
    pub refresh_deletes: bool,
}

/// Value of the Sync Info message, RFC 4533 section 2.5. The list is closed.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum SyncInfoValue {
    /// A new cookie.
    NewCookie(Vec<u8>),
    /// The phase that sends deletions is over.
    RefreshDelete {
        /// New cookie.
        cookie: Option<Vec<u8>>,
        /// Whether the refresh is over, too.
        refresh_done: bool,
    },
    /// The phase that sends what is present is over: everything else is gone.
    RefreshPresent {
        /// New cookie.
        cookie: Option<Vec<u8>>,
        /// Whether the refresh is over, too.
        refresh_done: bool,
    },
    /// Entries that are present or gone.
    IdSet {
        /// New cookie.
        cookie: Option<Vec<u8>>,
        /// Whether the entries are gone. If not, they are present and unchanged: taking one for the other empties the target.
        refresh_deletes: bool,
        /// Identifiers of the entries.
        uuids: Vec<SyncUuid>,
    },
}

/// The identifier that stands in synchronization messages.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SyncUuid(pub [u8; 16]);

impl SyncUuid {
    /// Returns the attribute of the entry and its value that belong to the identifier.
    #[must_use]
    pub fn target_id(self, form: SyncIdForm) -> TargetId {
        let (attribute, value) = match form {
            SyncIdForm::EntryUuid => ("entryUUID", self.to_string()),
            SyncIdForm::NsUniqueId => {
                let digits = format!("{:032x}", u128::from_be_bytes(self.0));
                let groups: Vec<&str> =
                    [0..8, 8..16, 16..24, 24..32].into_iter().filter_map(|r| digits.get(r)).collect();
                ("nsUniqueId", groups.join("-"))
            }
        };
        TargetId { attribute, value: value.into_bytes() }
    }
}

/// Writes the form of RFC 4122.
impl fmt::Display for SyncUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, octet) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{octet:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for SyncUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What the identifiers of a server are made of.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SyncIdForm {
    /// The attribute `entryUUID`, as RFC 4533 says.
    EntryUuid,
    /// The attribute `nsUniqueId`: 389 DS.
    NsUniqueId,
}

/// Reads an entry of a synchronization with the state that its control gives.
///
/// The new cookie of the state, if there is one, becomes the position.
#[must_use]
pub fn read_sync_entry(entry: &Entry, state: &SyncStateValue, form: SyncIdForm) -> DirectoryChange {
    let operation = match state.state {
        SyncState::Present => ChangeOperation::Unchanged,
        SyncState::Add | SyncState::Modify => ChangeOperation::State(entry.attributes().to_vec()),
        SyncState::Delete => ChangeOperation::Delete,
    };
    let mut change = DirectoryChange::new(entry.dn().clone(), operation);
    change.ids = vec![state.uuid.target_id(form)];
    change.position = state.cookie.clone().map(ChangePosition::Cookie);
    change
}
