use provost_model::{Anchor, Attributes, ObjectName, ObjectType, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Digest, EntryId, RunId};

/// How many earlier names an entry keeps.
const LOCATOR_HISTORY: usize = 8;

/// What the engine knows of one object of a connected system.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EntryRecord {
    /// Its id.
    pub id: EntryId,
    /// Its type.
    pub object_type: ObjectType,
    /// Its anchor; none while it is a placeholder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locator: Option<ObjectName>,
    /// Where it was, the newest first, at most eight names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locator_history: Vec<ObjectName>,
    /// What was last seen of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Image>,
    /// Digest of what was last wanted of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired: Option<Digest>,
    /// Whether it is there.
    pub presence: Presence,
    /// Which source object it belongs to.
    pub link: Link,
    /// How it fares.
    pub health: Health,
    /// The last generation that saw it; 0 when none did. Kept apart from the record, see [`crate::Write::Seen`].
    #[serde(skip)]
    pub seen_gen: u64,
    /// The number that its next intent gets.
    pub next_sequence: u64,
    /// The number of the intent that is being worked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<u64>,
    /// Grows by one with each commit; 0 before the first.
    pub version: u64,
}

impl EntryRecord {
    /// Makes a placeholder.
    #[must_use]
    pub fn new(id: EntryId, object_type: impl Into<ObjectType>) -> Self {
        Self {
            id,
            object_type: object_type.into(),
            anchor: None,
            locator: None,
            locator_history: Vec::new(),
            observed: None,
            desired: None,
            presence: Presence::Placeholder,
            link: Link::Unlinked,
            health: Health::Ok,
            seen_gen: 0,
            next_sequence: 1,
            open: None,
            version: 0,
        }
    }

    /// Moves it to a name and remembers the one it had. The same name again changes nothing.
    pub fn move_to(&mut self, name: ObjectName) {
        if self.locator.as_ref() == Some(&name) {
            return;
        }
        if let Some(old) = self.locator.replace(name) {
            self.locator_history.retain(|held| *held != old);
            self.locator_history.insert(0, old);
            self.locator_history.truncate(LOCATOR_HISTORY);
        }
    }

    /// Takes the number of the next intent.
    pub fn take_sequence(&mut self) -> u64 {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        sequence
    }

    /// Tells whether the object is in the connected system as far as is known: seen, or not proven absent.
    #[must_use]
    pub fn is_there(&self) -> bool {
        matches!(self.presence, Presence::Present | Presence::Unseen { .. } | Presence::Unreadable)
    }
}

/// The attributes of an object as they were seen, and their digest.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Image {
    /// The attributes.
    pub attributes: Attributes,
    /// Their digest in canonical form.
    pub digest: Digest,
    /// The run that saw them; none for a direct request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
}

/// Whether an object is in the connected system.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Presence {
    /// It is proven absent.
    Gone,
    /// Only a planned add names it.
    Placeholder,
    /// An import or a read saw it.
    Present,
    /// The server returned it and it could not be understood. It counts as present.
    Unreadable,
    /// Complete generations did not contain it.
    Unseen {
        /// How many in a row.
        generations: u32,
        /// The last of them.
        last: u64,
    },
}

/// Which source object an entry belongs to.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Link {
    /// Several candidates; nothing is written.
    Ambiguous,
    /// The candidate is linked elsewhere; nothing is written.
    Conflict,
    /// An operator decided that it is never touched.
    Excluded,
    /// Exactly this source object.
    Linked(LinkKey),
    /// The source object ended, and the delete flow left the object where it is.
    Orphaned,
    /// No decision yet.
    Unlinked,
}

/// How an entry fares.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Health {
    /// A change was applied and a later import disagrees.
    Drifted,
    /// A change may or may not have happened.
    InDoubt,
    /// Nothing is wrong.
    Ok,
    /// A change was refused and will not succeed until something changes.
    Quarantined,
    /// A change waits for its next attempt.
    RetryWait,
}

/// Names a source object: the source system, and the object's identifier there.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct LinkKey {
    /// Name of the source.
    pub source: String,
    /// Identifier of the object in the source.
    pub object: String,
}

impl LinkKey {
    /// Makes a key.
    pub fn new(source: impl Into<String>, object: impl Into<String>) -> Self {
        Self { source: source.into(), object: object.into() }
    }
}

/// The join of one source object with one entry.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LinkRecord {
    /// The source object.
    pub key: LinkKey,
    /// The entry.
    pub entry: EntryId,
    /// Since when.
    pub since: Timestamp,
}

#[cfg(test)]
mod tests {
    use provost_model::ObjectName;

    use super::EntryRecord;
    use crate::EntryId;

    #[test]
    fn the_last_eight_names_are_kept() {
        let mut entry = EntryRecord::new(EntryId::from_u128(1), "person");
        for n in 0..12 {
            entry.move_to(ObjectName::new(format!("cn={n}")));
        }
        entry.move_to(ObjectName::new("cn=11"));
        let names: Vec<_> = entry.locator_history.iter().map(ObjectName::as_str).collect();
        assert_eq!(names, ["cn=10", "cn=9", "cn=8", "cn=7", "cn=6", "cn=5", "cn=4", "cn=3"]);
    }
}
