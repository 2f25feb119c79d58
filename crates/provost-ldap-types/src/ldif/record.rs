use crate::{Attribute, Dn, Entry, Rdn};

/// One record: an entry or a change to one.
///
/// The set of variants is closed by RFC 2849.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Record {
    /// A change, from a record with `changetype`.
    Change(ChangeRecord),
    /// An entry, from a record without.
    Content(Entry),
}

impl Record {
    /// Returns the name of the entry.
    #[must_use]
    pub fn dn(&self) -> &Dn {
        match self {
            Self::Change(record) => &record.dn,
            Self::Content(entry) => entry.dn(),
        }
    }
}

/// A change to one entry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChangeRecord {
    /// Name of the entry before the change.
    pub dn: Dn,
    /// Controls to send with the change.
    pub controls: Vec<Control>,
    /// What is done.
    pub change: Change,
}

/// What is done to an entry.
///
/// The set of variants is closed by RFC 2849.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// The entry is added with these attributes.
    Add(Vec<Attribute>),
    /// The entry is deleted.
    Delete,
    /// Attributes are changed, in this order.
    Modify(Vec<Modification>),
    /// The entry gets another name (`modrdn` or `moddn`).
    Rename {
        /// The new first component.
        new_rdn: Rdn,
        /// Whether the values of the old first component are removed from the entry.
        delete_old_rdn: bool,
        /// The new parent, if the entry moves.
        new_superior: Option<Dn>,
    },
}

/// A change to one attribute.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Modification {
    /// What is done with the values.
    pub operation: ModifyOperation,
    /// The attribute and the values; without values, deleting and replacing mean the whole attribute.
    pub attribute: Attribute,
}

/// What a [`Modification`] does with its values (RFC 4511 section 4.6, RFC 4525).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ModifyOperation {
    /// Adds the values.
    Add,
    /// Deletes the values, or all.
    Delete,
    /// Puts the values in place of all others.
    Replace,
    /// Adds a number to the value.
    Increment,
}

impl ModifyOperation {
    /// Returns the word that LDIF uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Delete => "delete",
            Self::Replace => "replace",
            Self::Increment => "increment",
        }
    }
}

/// A control of a change record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Control {
    /// Object identifier.
    pub oid: String,
    /// Whether a server that does not know the control must refuse the change.
    pub critical: bool,
    /// Octets of the value.
    pub value: Option<Vec<u8>>,
}
