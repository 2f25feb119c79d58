use std::fmt;
use std::sync::Arc;

use crate::ldif::{Modification, ReadLdifError};
use crate::{Attribute, Dn, GeneralizedTime, Rdn};

/// One change to one entry, whatever server told it and how.
///
/// `Debug` shows the names of attributes and how many values they have: values may be passwords, which some servers
/// log in clear.
#[derive(Clone)]
#[non_exhaustive]
pub struct DirectoryChange {
    /// Name of the entry before the change; for a deleted entry the last known one.
    pub dn: Dn,
    /// What was done.
    pub operation: ChangeOperation,
    /// Identifiers of the entry, as the attributes of the entry itself would hold them.
    pub ids: Vec<TargetId>,
    /// Where the record stands in the server's log.
    pub position: Option<ChangePosition>,
    /// When it happened, by the server's clock.
    pub time: Option<GeneralizedTime>,
    /// Name of who did it, as the server spells it.
    pub initiator: Option<String>,
    /// Other values of the entry that the record carries: those of a deleted entry, those before a modification, or those
    /// that the server is told to include.
    pub known: Vec<Attribute>,
    /// Why the record does not say everything; the entry must then be read.
    pub incomplete: Option<Incomplete>,
}

impl DirectoryChange {
    pub(super) fn new(dn: Dn, operation: ChangeOperation) -> Self {
        Self {
            dn,
            operation,
            ids: Vec::new(),
            position: None,
            time: None,
            initiator: None,
            known: Vec::new(),
            incomplete: None,
        }
    }

    /// Returns the identifier that the named attribute of the entry holds, such as `entryUUID`.
    #[must_use]
    pub fn id(&self, attribute: &str) -> Option<&[u8]> {
        let found = self.ids.iter().find(|id| id.attribute.eq_ignore_ascii_case(attribute));
        found.map(|id| id.value.as_slice())
    }

    /// Returns the name of the entry after the change, or `None` where the change deleted it.
    #[must_use]
    pub fn new_dn(&self) -> Option<Dn> {
        match &self.operation {
            ChangeOperation::Delete => None,
            ChangeOperation::Rename { new_rdn, new_superior, .. } => Some(match new_superior {
                Some(superior) => superior.child(new_rdn.clone()),
                None => self.dn.with_rdn(new_rdn.clone()),
            }),
            _ => Some(self.dn.clone()),
        }
    }
}

impl fmt::Debug for DirectoryChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectoryChange")
            .field("dn", &self.dn)
            .field("operation", &self.operation)
            .field("ids", &self.ids)
            .field("position", &self.position)
            .field("time", &self.time.map(|time| time.to_string()))
            .field("initiator", &self.initiator)
            .field("known", &Names(&self.known))
            .field("incomplete", &self.incomplete)
            .finish()
    }
}

/// What was done to an entry.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum ChangeOperation {
    /// It was added with these attributes.
    Add(Vec<Attribute>),
    /// It was deleted.
    Delete,
    /// It is new or was changed, or moved to its present name: these modifications lead to its new state.
    Merge(Vec<Modification>),
    /// It was changed in these ways, in this order.
    Modify(Vec<Modification>),
    /// It got another name.
    Rename {
        /// The new first component.
        new_rdn: Rdn,
        /// Whether the values of the old first component were removed.
        delete_old_rdn: bool,
        /// The new parent, if the entry moved.
        new_superior: Option<Dn>,
        /// What else was changed.
        modifications: Vec<Modification>,
    },
    /// It is new or was changed, or moved to its present name: these are all attributes that the search asked for.
    State(Vec<Attribute>),
    /// It is there and has not changed.
    Unchanged,
}

impl fmt::Debug for ChangeOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add(attributes) => f.debug_tuple("Add").field(&Names(attributes)).finish(),
            Self::Delete => f.write_str("Delete"),
            Self::Merge(modifications) => f.debug_tuple("Merge").field(&Changed(modifications)).finish(),
            Self::Modify(modifications) => f.debug_tuple("Modify").field(&Changed(modifications)).finish(),
            Self::Rename { new_rdn, delete_old_rdn, new_superior, modifications } => f
                .debug_struct("Rename")
                .field("new_rdn", new_rdn)
                .field("delete_old_rdn", delete_old_rdn)
                .field("new_superior", new_superior)
                .field("modifications", &Changed(modifications))
                .finish(),
            Self::State(attributes) => f.debug_tuple("State").field(&Names(attributes)).finish(),
            Self::Unchanged => f.write_str("Unchanged"),
        }
    }
}

struct Names<'a>(&'a [Attribute]);

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|attribute| (attribute.description(), attribute.values().len()));
        f.debug_map().entries(names).finish()
    }
}

struct Changed<'a>(&'a [Modification]);

impl fmt::Debug for Changed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self
            .0
            .iter()
            .map(|change| (change.operation, change.attribute.description(), change.attribute.values().len()));
        f.debug_list().entries(names).finish()
    }
}

/// An identifier of the changed entry.
#[derive(Clone, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct TargetId {
    /// Attribute of the entry that holds the identifier.
    pub attribute: &'static str,
    /// Its octets: text for most servers, 16 octets for Active Directory.
    pub value: Vec<u8>,
}

impl fmt::Debug for TargetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.attribute, self.value.escape_ascii())
    }
}

/// Where a record stands in the log of its server.
#[derive(Clone, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ChangePosition {
    /// The cookie after this record, good on every replica.
    Cookie(Vec<u8>),
    /// The number of the record, good on this server only.
    Number(u64),
    /// The `reqStart` of the record, to be compared as text: its fraction is a counter.
    Start(String),
    /// The update sequence number, good on this server only.
    Usn(u64),
}

impl fmt::Debug for ChangePosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cookie(cookie) => write!(f, "Cookie({})", cookie.escape_ascii()),
            Self::Number(number) => write!(f, "Number({number})"),
            Self::Start(start) => write!(f, "Start({start})"),
            Self::Usn(number) => write!(f, "Usn({number})"),
        }
    }
}

/// Why a record does not say everything.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Incomplete {
    /// The server logged no values.
    NoValues,
    /// The values could not be read.
    Unreadable(Arc<ReadLdifError>),
    /// An attribute came in part and must be read on from this value, counted from zero.
    ValuesLeft(u32),
}
