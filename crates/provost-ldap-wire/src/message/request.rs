use std::fmt;

use provost_ldap_types::Filter;

use super::PartialAttribute;
use crate::Octets;

/// Asks to authenticate, RFC 4511 section 4.2.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BindRequest<'a> {
    /// Version of the protocol, 3.
    pub version: i32,
    /// Name of who authenticates; empty for an anonymous bind and for most SASL mechanisms.
    pub name: Octets<'a>,
    /// The proof.
    pub authentication: Authentication<'a>,
}

/// How a client authenticates. `Debug` shows no part of the proof.
#[derive(Clone, Eq, PartialEq)]
pub enum Authentication<'a> {
    /// By a mechanism of SASL.
    Sasl {
        /// Name of the mechanism.
        mechanism: Octets<'a>,
        /// What the mechanism sends.
        credentials: Option<Octets<'a>>,
    },
    /// By a password in clear.
    Simple(Octets<'a>),
    /// By a choice that RFC 4511 does not define, of this tag.
    Unknown(u8),
}

impl fmt::Debug for Authentication<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sasl { mechanism, .. } => write!(f, "Sasl({mechanism:?}, ..)"),
            Self::Simple(_) => f.write_str("Simple(..)"),
            Self::Unknown(tag) => write!(f, "Unknown({tag:#04x})"),
        }
    }
}

/// Asks for entries, RFC 4511 section 4.5.1.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SearchRequest<'a> {
    /// Name of the entry at which the search starts.
    pub base: Octets<'a>,
    /// How far it reaches.
    pub scope: Scope,
    /// What is done with alias entries.
    pub deref_aliases: DerefAliases,
    /// Most entries wanted; 0 for no limit of the client.
    pub size_limit: i32,
    /// Longest time in seconds; 0 for no limit of the client.
    pub time_limit: i32,
    /// Whether values are left out.
    pub types_only: bool,
    /// Which entries are wanted.
    pub filter: Filter,
    /// Which attributes are wanted; none means all user attributes, as does `*`. `+` means the operational ones
    /// (RFC 3673), `1.1` none at all.
    pub attributes: Vec<Octets<'a>>,
}

impl<'a> SearchRequest<'a> {
    /// Makes a search without limits that does not follow aliases.
    pub fn new(base: impl Into<Octets<'a>>, scope: Scope, filter: Filter, attributes: Vec<Octets<'a>>) -> Self {
        Self {
            base: base.into(),
            scope,
            deref_aliases: DerefAliases::Never,
            size_limit: 0,
            time_limit: 0,
            types_only: false,
            filter,
            attributes,
        }
    }
}

/// How far a search reaches. The order is that of the numbers in the protocol.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Scope {
    /// The base entry alone.
    Base,
    /// The entries right below the base.
    One,
    /// The base and all entries below.
    Subtree,
    /// All entries below the base, without it (draft-sermersheim-ldap-subordinate-scope).
    Subordinates,
}

/// What a search does with alias entries. The order is that of the numbers in the protocol.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum DerefAliases {
    /// They are entries like others.
    #[default]
    Never,
    /// Those below the base are followed.
    InSearching,
    /// The base is followed if it is one.
    FindingBase,
    /// All are followed.
    Always,
}

/// Asks to make an entry, RFC 4511 section 4.7.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AddRequest<'a> {
    /// Name of the entry.
    pub name: Octets<'a>,
    /// Its attributes.
    pub attributes: Vec<PartialAttribute<'a>>,
}

/// Asks to change an entry, RFC 4511 section 4.6.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ModifyRequest<'a> {
    /// Name of the entry.
    pub name: Octets<'a>,
    /// Changes, in the order in which they are made; all are made or none is.
    pub changes: Vec<Modification<'a>>,
}

/// One change of one attribute.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Modification<'a> {
    /// What happens to the values.
    pub operation: ModifyOperation,
    /// The attribute and the values.
    pub attribute: PartialAttribute<'a>,
}

impl<'a> Modification<'a> {
    /// Makes a change.
    #[must_use]
    pub const fn new(operation: ModifyOperation, attribute: PartialAttribute<'a>) -> Self {
        Self { operation, attribute }
    }
}

/// What a modification does with its values. The order is that of the numbers in the protocol.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ModifyOperation {
    /// Adds them.
    Add,
    /// Removes them, or all when there are none.
    Delete,
    /// Puts them in place of all.
    Replace,
    /// Adds the number to each value (RFC 4525).
    Increment,
}

/// Asks to rename or move an entry, RFC 4511 section 4.9.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ModifyDnRequest<'a> {
    /// Name of the entry as it is.
    pub name: Octets<'a>,
    /// Its leftmost RDN afterwards.
    pub new_rdn: Octets<'a>,
    /// Whether the values of the old RDN go.
    pub delete_old_rdn: bool,
    /// Name of the entry below which it goes, when it moves.
    pub new_superior: Option<Octets<'a>>,
}

/// Asks whether an entry holds a value, RFC 4511 section 4.10. `Debug` does not show the value.
#[derive(Clone, Eq, PartialEq)]
pub struct CompareRequest<'a> {
    /// Name of the entry.
    pub name: Octets<'a>,
    /// Attribute description.
    pub attribute: Octets<'a>,
    /// The value.
    pub value: Octets<'a>,
}

impl fmt::Debug for CompareRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompareRequest")
            .field("name", &self.name)
            .field("attribute", &self.attribute)
            .finish_non_exhaustive()
    }
}

/// Asks for an operation that RFC 4511 names by an object identifier, section 4.12. `Debug` does not show the value.
#[derive(Clone, Eq, PartialEq)]
pub struct ExtendedRequest<'a> {
    /// Object identifier of the operation.
    pub name: Octets<'a>,
    /// What the operation takes.
    pub value: Option<Octets<'a>>,
}

impl fmt::Debug for ExtendedRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtendedRequest").field("name", &self.name).finish_non_exhaustive()
    }
}
