use std::borrow::Cow;
use std::fmt;

use super::words::Words;

/// The extensions of a definition: keywords that begin with `X-`, each with its values, in order.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Extensions {
    members: Vec<(Cow<'static, str>, Words)>,
}

/// Keywords of extensions that schemas repeat in hundreds of definitions, which then need no copy of their own.
const FREQUENT: [&str; 3] = ["X-ORIGIN", "X-SCHEMA-FILE", "X-NDS_NAME"];

/// Extensions that room is made for with the first one.
const EXPECTED_EXTENSIONS: usize = 2;

impl Extensions {
    /// Returns the values under a keyword (without letter case), or `None` where it does not stand.
    ///
    /// A keyword that stands twice answers with its first values.
    #[must_use]
    pub fn get(&self, keyword: &str) -> Option<&[String]> {
        let found = self.iter().find(|(name, _)| name.eq_ignore_ascii_case(keyword));
        found.map(|(_, values)| values)
    }

    /// Returns keywords and values in the order of the definition.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.members.iter().map(|(name, values)| (&**name, values.as_slice()))
    }

    /// Tells whether the definition has no extension.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(super) fn add(&mut self, keyword: &str, values: Words) {
        if self.members.is_empty() {
            self.members.reserve_exact(EXPECTED_EXTENSIONS);
        }
        let frequent = FREQUENT.into_iter().find(|frequent| *frequent == keyword);
        self.members.push((frequent.map_or_else(|| Cow::Owned(keyword.to_owned()), Cow::Borrowed), values));
    }
}

/// What the values of an attribute are for, RFC 4512 section 4.1.2.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum AttributeUsage {
    /// Data of users.
    #[default]
    UserApplications,
    /// Operational, of the directory.
    DirectoryOperation,
    /// Operational, shared between servers.
    DistributedOperation,
    /// Operational, of one server.
    DsaOperation,
}

impl AttributeUsage {
    const ALL: [Self; 4] =
        [Self::UserApplications, Self::DirectoryOperation, Self::DistributedOperation, Self::DsaOperation];

    /// Tells whether the values serve the directory and not its users.
    #[must_use]
    pub fn is_operational(self) -> bool {
        self != Self::UserApplications
    }

    /// Returns the spelling of RFC 4512.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UserApplications => "userApplications",
            Self::DirectoryOperation => "directoryOperation",
            Self::DistributedOperation => "distributedOperation",
            Self::DsaOperation => "dSAOperation",
        }
    }

    pub(super) fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|usage| usage.name().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for AttributeUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The kind of an object class, RFC 4512 section 2.4.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ObjectClassKind {
    /// A base of other classes.
    Abstract,
    /// What an entry is; each entry has exactly one chain of them.
    #[default]
    Structural,
    /// What an entry has besides.
    Auxiliary,
}

impl ObjectClassKind {
    /// Returns the keyword of RFC 4512.
    #[must_use]
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Abstract => "ABSTRACT",
            Self::Structural => "STRUCTURAL",
            Self::Auxiliary => "AUXILIARY",
        }
    }
}

impl fmt::Display for ObjectClassKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.keyword())
    }
}

/// An attribute type, RFC 4512 section 4.1.2.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct AttributeTypeDefinition {
    /// Object identifier, which some servers replace by a word such as `nsRole-oid`.
    pub oid: String,
    /// Short names, the preferred one first; may be empty.
    pub names: Vec<String>,
    /// Description for people.
    pub description: Option<String>,
    /// No longer to be used.
    pub obsolete: bool,
    /// Name or identifier of the superior type. Where a server lists several, the first.
    pub superior: Option<String>,
    /// Name or identifier of the equality rule.
    pub equality: Option<String>,
    /// Name or identifier of the ordering rule.
    pub ordering: Option<String>,
    /// Name or identifier of the substrings rule.
    pub substrings: Option<String>,
    /// Identifier of the syntax without its length bound.
    pub syntax: Option<String>,
    /// Suggested least upper bound of the length, in characters or octets as the syntax asks.
    pub syntax_length: Option<u32>,
    /// At most one value.
    pub single_value: bool,
    /// Shared by the entries of a subtree.
    pub collective: bool,
    /// Only the server writes it.
    pub no_user_modification: bool,
    /// What the values are for.
    pub usage: AttributeUsage,
    /// Everything that begins with `X-`.
    pub extensions: Extensions,
}

/// An object class, RFC 4512 section 4.1.1.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct ObjectClassDefinition {
    /// Object identifier.
    pub oid: String,
    /// Short names, the preferred one first; may be empty.
    pub names: Vec<String>,
    /// Description for people.
    pub description: Option<String>,
    /// No longer to be used.
    pub obsolete: bool,
    /// Names or identifiers of the superior classes.
    pub superiors: Vec<String>,
    /// The kind, where the definition says it.
    pub explicit_kind: Option<ObjectClassKind>,
    /// Attributes that an entry of this class must have.
    pub must: Vec<String>,
    /// Attributes that an entry of this class may have.
    pub may: Vec<String>,
    /// Everything that begins with `X-`.
    pub extensions: Extensions,
}

impl ObjectClassDefinition {
    /// Returns the kind; a definition without one is structural.
    #[must_use]
    pub fn kind(&self) -> ObjectClassKind {
        self.explicit_kind.unwrap_or_default()
    }
}

/// A syntax of values, RFC 4512 section 4.1.5.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct LdapSyntaxDefinition {
    /// Object identifier.
    pub oid: String,
    /// Short names; not of RFC 4512, yet some servers have them.
    pub names: Vec<String>,
    /// Description for people.
    pub description: Option<String>,
    /// Everything that begins with `X-`.
    pub extensions: Extensions,
}

/// A matching rule, RFC 4512 section 4.1.3.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct MatchingRuleDefinition {
    /// Object identifier.
    pub oid: String,
    /// Short names, the preferred one first; may be empty.
    pub names: Vec<String>,
    /// Description for people.
    pub description: Option<String>,
    /// No longer to be used.
    pub obsolete: bool,
    /// Identifier of the syntax of an assertion.
    pub syntax: Option<String>,
    /// Everything that begins with `X-`.
    pub extensions: Extensions,
}

/// The attribute types that a matching rule suits, RFC 4512 section 4.1.4.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct MatchingRuleUseDefinition {
    /// Object identifier of the rule.
    pub oid: String,
    /// Short names, the preferred one first; may be empty.
    pub names: Vec<String>,
    /// Description for people.
    pub description: Option<String>,
    /// No longer to be used.
    pub obsolete: bool,
    /// The attribute types.
    pub applies: Vec<String>,
    /// Everything that begins with `X-`.
    pub extensions: Extensions,
}

/// What entries of a structural class may and must have besides, RFC 4512 section 4.1.6.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct DitContentRuleDefinition {
    /// Object identifier of the structural class.
    pub oid: String,
    /// Short names, the preferred one first; may be empty.
    pub names: Vec<String>,
    /// Description for people.
    pub description: Option<String>,
    /// No longer to be used.
    pub obsolete: bool,
    /// Auxiliary classes that entries may have.
    pub auxiliary: Vec<String>,
    /// Attributes that entries must have.
    pub must: Vec<String>,
    /// Attributes that entries may have.
    pub may: Vec<String>,
    /// Attributes that entries must not have.
    pub not: Vec<String>,
    /// Everything that begins with `X-`.
    pub extensions: Extensions,
}

/// How entries of a structural class may be named, RFC 4512 section 4.1.7.2.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct NameFormDefinition {
    /// Object identifier.
    pub oid: String,
    /// Short names, the preferred one first; may be empty.
    pub names: Vec<String>,
    /// Description for people.
    pub description: Option<String>,
    /// No longer to be used.
    pub obsolete: bool,
    /// The structural class.
    pub object_class: Option<String>,
    /// Attributes that an RDN must have.
    pub must: Vec<String>,
    /// Attributes that an RDN may have.
    pub may: Vec<String>,
    /// Everything that begins with `X-`.
    pub extensions: Extensions,
}

/// Where entries of a name form may stand, RFC 4512 section 4.1.7.1.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct DitStructureRuleDefinition {
    /// Number of the rule.
    pub rule_id: u32,
    /// Short names, the preferred one first; may be empty.
    pub names: Vec<String>,
    /// Description for people.
    pub description: Option<String>,
    /// No longer to be used.
    pub obsolete: bool,
    /// The name form.
    pub form: Option<String>,
    /// Numbers of the superior rules; none means at the top.
    pub superiors: Vec<u32>,
    /// Everything that begins with `X-`.
    pub extensions: Extensions,
}

/// What IBM's servers keep beside an attribute type: column names, access class and indexes.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct IbmAttributeTypeDefinition {
    /// Object identifier of the attribute type.
    pub oid: String,
    /// Table and column names.
    pub database_names: Vec<String>,
    /// Access class such as `normal`, `sensitive` or `critical`.
    pub access_class: Option<String>,
    /// Longest value, in octets.
    pub length: Option<u32>,
    /// Indexes that are kept: `EQUALITY`, `ORDERING`, `APPROX`, `SUBSTR`, `REVERSE`, in order.
    pub indexes: Vec<&'static str>,
    /// Everything that begins with `X-`.
    pub extensions: Extensions,
}
