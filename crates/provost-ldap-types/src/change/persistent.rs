//! The values of persistent search, draft-ietf-ldapext-psearch-03. Their BER is read by `provost-ldap-wire`.
//!
//! A persistent search tells of changes while it is connected and of none that happened before: it wakes up a reader of
//! a log and never takes its place.

use std::ops::BitOr;

use crate::Dn;

/// Value of the Persistent Search control, draft-ietf-ldapext-psearch-03.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct PersistentSearchValue {
    /// The changes that are sent.
    pub change_types: EntryChangeTypes,
    /// Whether the search leaves out the entries that are there when it begins.
    pub changes_only: bool,
    /// Whether an Entry Change Notification control stands by each changed entry.
    pub return_notifications: bool,
}

/// Value of the Entry Change Notification control that stands by a changed entry, draft-ietf-ldapext-psearch-03.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct EntryChangeValue {
    /// What happened.
    pub change_type: EntryChangeType,
    /// Name of a renamed entry before, as the server sent it: [`EntryChangeValue::previous_dn`] reads it.
    pub previous_name: Option<Vec<u8>>,
    /// Number of the change in the server's change log.
    pub change_number: Option<i64>,
}

impl EntryChangeValue {
    /// Returns the name of a renamed entry before, `None` where the server sent none or octets that are no name by
    /// RFC 4514.
    ///
    /// ```
    /// use provost_ldap_types::change::{EntryChangeType, EntryChangeValue};
    ///
    /// let previous_name = Some(b"cn=a,dc=lab".to_vec());
    /// let value = EntryChangeValue { change_type: EntryChangeType::Rename, previous_name, change_number: None };
    /// assert_eq!(value.previous_dn(), Some("CN=a,DC=lab".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn previous_dn(&self) -> Option<Dn> {
        str::from_utf8(self.previous_name.as_deref()?).ok()?.parse().ok()
    }
}

/// What happened to an entry. The list is closed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum EntryChangeType {
    /// It was added.
    Add,
    /// It was deleted.
    Delete,
    /// It was changed.
    Modify,
    /// It got another name.
    Rename,
}

impl EntryChangeType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Add, Self::Delete, Self::Modify, Self::Rename];

    /// Returns the number that stands for it, which is one bit.
    #[must_use]
    pub const fn bit(self) -> u32 {
        match self {
            Self::Add => 1,
            Self::Delete => 2,
            Self::Modify => 4,
            Self::Rename => 8,
        }
    }
}

/// A set of changes. Bits that have no name are kept.
///
/// ```
/// use provost_ldap_types::change::{EntryChangeType, EntryChangeTypes};
///
/// let types = EntryChangeTypes::from(EntryChangeType::Add) | EntryChangeType::Delete.into();
/// assert!(types.contains(EntryChangeType::Delete) && !types.contains(EntryChangeType::Rename));
/// assert_eq!((types.bits(), EntryChangeTypes::ALL.bits()), (3, 15));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct EntryChangeTypes(u32);

impl EntryChangeTypes {
    /// All changes.
    pub const ALL: Self = Self(15);

    /// Makes a set of bits.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Returns the bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Tells whether a change is among them.
    #[must_use]
    pub const fn contains(self, change_type: EntryChangeType) -> bool {
        self.0 & change_type.bit() != 0
    }
}

impl From<EntryChangeType> for EntryChangeTypes {
    fn from(change_type: EntryChangeType) -> Self {
        Self(change_type.bit())
    }
}

impl BitOr for EntryChangeTypes {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
