//! What a connector must know of a server before it reads and writes.
//!
//! ```
//! use provost_ldap_types::fingerprint::fingerprint;
//! use provost_ldap_types::profile::{AnchorMode, DeltaMechanism, ServerProfile};
//! use provost_ldap_types::{Attribute, Dn, Entry, RootDse};
//!
//! let mut entry = Entry::new(Dn::root());
//! entry.push(Attribute::of("objectClass", ["top", "OpenLDAProotDSE"])?);
//! entry.push(Attribute::of("supportedControl", ["1.2.840.113556.1.4.319", "1.3.6.1.4.1.4203.1.9.1.1"])?);
//! let root_dse = RootDse::from_entry(entry);
//! let profile = ServerProfile::for_server(&fingerprint(&root_dse, None, None), &root_dse);
//! assert_eq!(profile.anchor(AnchorMode::Stable).attribute, "entryUUID");
//! assert!(profile.paging && profile.delta.iter().any(|found| found.mechanism == DeltaMechanism::SyncRepl));
//! # Ok::<(), provost_ldap_types::ParseAttributeError>(())
//! ```

mod delta;
mod table;

#[cfg(test)]
mod tests;

pub use delta::{DeltaMechanism, DeltaOffer};

use crate::RootDse;
use crate::fingerprint::{Fingerprint, ServerLabel};
use delta::offers;
use table::profile_of;

/// Control of subtree deletion, draft-armijo-ldap-treedelete.
const TREE_DELETE: &str = "1.2.840.113556.1.4.805";

/// Control of password policies, draft-behera-ldap-password-policy.
const PASSWORD_POLICY: &str = "1.3.6.1.4.1.42.2.27.8.5.1";

/// Extended operation of password changes, RFC 3062.
const PASSWORD_MODIFY: &str = "1.3.6.1.4.1.4203.1.11.1";

/// Which attribute says that two entries are one.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum AnchorMode {
    /// The choice of Microsoft's Generic LDAP connector, for installations that move over: mostly the name.
    Compatible,
    /// An attribute that survives renames, where the server has one.
    #[default]
    Stable,
}

/// An anchor attribute.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct AnchorAttribute {
    /// Name of the attribute; `dn` stands for the name of the entry.
    pub attribute: &'static str,
    /// How its values look.
    pub form: AnchorForm,
}

impl AnchorAttribute {
    const fn new(attribute: &'static str, form: AnchorForm) -> Self {
        Self { attribute, form }
    }
}

/// How the values of an anchor look.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum AnchorForm {
    /// Sixteen octets whose first three fields are little-endian in the text form, as on Active Directory.
    MixedEndianUuid,
    /// The distinguished name, to be kept up through renames.
    Name,
    /// Sixteen octets in the order of the text form.
    OctetUuid,
    /// Text of the server's own shape.
    Text,
    /// UUID as text, RFC 4530 section 2.1.
    UuidText,
}

/// How a password is set.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum PasswordMechanism {
    /// Not over LDAP.
    None,
    /// A write of this attribute.
    Attribute(&'static str),
    /// A write of `unicodePwd`: in double quotes, UTF-16 little-endian, over TLS or a sealed bind only.
    UnicodePwd,
}

/// The attribute that disables an account.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct DisableAttribute {
    /// Name of the attribute.
    pub attribute: &'static str,
    /// How it disables.
    pub value: DisableValue,
}

/// How an attribute disables an account.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DisableValue {
    /// This bit of an integer is set; the other bits stay.
    Bit(u32),
    /// This value disables; the attribute is removed to enable.
    OrAbsent(&'static str),
    /// The first value disables, the second enables.
    Values(&'static str, &'static str),
}

/// How far entries can be renamed and moved.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum RenameAbility {
    /// Not at all.
    None,
    /// The RDN only.
    Rename,
    /// Entries without children can be moved as well.
    MoveLeaf,
    /// Whole subtrees can be moved as well.
    MoveSubtree,
}

/// A peculiarity that a connector meets.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Quirk {
    /// Stable code, to be asked for with [`ServerProfile::has_quirk`].
    pub code: &'static str,
    /// What happens.
    pub text: &'static str,
}

/// What a connector must know of a server.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ServerProfile {
    /// The server whose profile it is.
    pub label: ServerLabel,
    /// The anchor that survives renames.
    pub stable_anchor: AnchorAttribute,
    /// The anchor that Microsoft's Generic LDAP connector takes.
    pub compatible_anchor: AnchorAttribute,
    /// Ways to read only what changed, the best first.
    pub delta: Vec<DeltaOffer>,
    /// Whether the server lists the control of paged results.
    pub paging: bool,
    /// Entries a page to begin with.
    pub page_size: u32,
    /// Most entries of a search out of the box; none known or no limit where absent.
    pub size_limit: Option<u32>,
    /// Most entries that the server looks at for an unindexed filter, out of the box.
    pub look_through_limit: Option<u32>,
    /// Seconds that a search may take, out of the box.
    pub time_limit: Option<u32>,
    /// Most values of one attribute in an answer, out of the box; the rest is read by range.
    pub value_limit: Option<u32>,
    /// How passwords are written.
    pub password: PasswordMechanism,
    /// Whether the server lists the password modify operation, RFC 3062.
    pub password_modify: bool,
    /// Whether the server lists the password policy control, by whose answer it tells why a password was refused.
    pub password_policy: bool,
    /// What disables an account, where anything does over LDAP.
    pub disable: Option<DisableAttribute>,
    /// How far entries can be renamed and moved.
    pub rename: RenameAbility,
    /// Whether the server lists the control that deletes a subtree.
    pub tree_delete: bool,
    /// Whether nothing can be written over LDAP.
    pub read_only: bool,
    /// Peculiarities.
    pub quirks: &'static [Quirk],
}

impl ServerProfile {
    /// Returns the profile of a recognised server, fitted to what its root DSE shows.
    #[must_use]
    pub fn for_server(fingerprint: &Fingerprint, root_dse: &RootDse) -> Self {
        let label = fingerprint.profile_label();
        let profile = profile_of(label);
        Self {
            label,
            stable_anchor: profile.stable_anchor,
            compatible_anchor: compatible_anchor(label),
            delta: offers(profile.delta, label, root_dse),
            paging: root_dse.supports_paging(),
            page_size: profile.page_size,
            size_limit: profile.size_limit,
            look_through_limit: profile.look_through_limit,
            time_limit: profile.time_limit,
            value_limit: profile.value_limit,
            password: profile.password,
            password_modify: root_dse.supports_extension(PASSWORD_MODIFY),
            password_policy: root_dse.supports_control(PASSWORD_POLICY),
            disable: profile.disable,
            rename: profile.rename,
            tree_delete: root_dse.supports_control(TREE_DELETE),
            read_only: profile.read_only,
            quirks: profile.quirks,
        }
    }

    /// Returns the anchor of a mode.
    #[must_use]
    pub fn anchor(&self, mode: AnchorMode) -> AnchorAttribute {
        match mode {
            AnchorMode::Compatible => self.compatible_anchor,
            AnchorMode::Stable => self.stable_anchor,
        }
    }

    /// Tells whether the server has a peculiarity.
    #[must_use]
    pub fn has_quirk(&self, code: &str) -> bool {
        self.quirks.iter().any(|quirk| quirk.code == code)
    }
}

fn compatible_anchor(label: ServerLabel) -> AnchorAttribute {
    match label {
        ServerLabel::AdLds | ServerLabel::AdGc => table::OBJECT_GUID,
        ServerLabel::NetIqEDirectory | ServerLabel::NovellEDirectory => table::GUID,
        _ => table::NAME,
    }
}
