use std::fmt;

use crate::RootDse;
use crate::fingerprint::ServerLabel;

/// A way to read only what changed since the last time.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum DeltaMechanism {
    /// OpenLDAP's accesslog overlay.
    AccessLog,
    /// PingDirectory's extended operation that reads a batch of changes.
    ChangeBatch,
    /// Change log by number, draft-good-ldap-changelog.
    ChangeLog,
    /// External change log of the OpenDS family with a cookie that holds on every replica.
    ChangeLogCookie,
    /// Active Directory's DirSync control.
    DirSync,
    /// Update sequence numbers of entries of the 389 DS family, `entryusn`.
    EntryUsn,
    /// Listing of anchors and versions, compared as a whole.
    Listing,
    /// Content synchronization, RFC 4533.
    SyncRepl,
    /// Timestamps of entries; shows no deletes and is paired with a listing.
    Timestamp,
    /// Update sequence numbers of Active Directory, `uSNChanged`.
    Usn,
}

impl DeltaMechanism {
    /// Returns the name, as configurations and reports write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessLog => "accesslog",
            Self::ChangeBatch => "changelog-batch",
            Self::ChangeLog => "changelog",
            Self::ChangeLogCookie => "changelog-cookie",
            Self::DirSync => "dirsync",
            Self::EntryUsn => "entryusn",
            Self::Listing => "listing",
            Self::SyncRepl => "syncrepl",
            Self::Timestamp => "timestamp",
            Self::Usn => "usn",
        }
    }

    /// Returns what the root DSE says about the mechanism.
    fn sight(self, label: ServerLabel, root_dse: &RootDse) -> Sight {
        let listed = |shown: bool| if shown { Sight::Shown } else { Sight::Missing };
        let visible = |shown: bool| if shown { Sight::Shown } else { Sight::NotVisible };
        match self {
            // The log is named by the suffix entry of the data; its own suffix shows among the naming contexts.
            Self::AccessLog => {
                visible(root_dse.holds("namingContexts", "cn=accesslog") || root_dse.has("auditContext"))
            }
            Self::ChangeBatch => listed(root_dse.supports_extension("1.3.6.1.4.1.30221.2.6.10")),
            Self::ChangeLog => {
                let shown = root_dse.change_log().is_some()
                    || root_dse.has("lastChangeNumber")
                    || root_dse.holds("namingContexts", "cn=changelog");
                // The 389 family keeps it in a back end of its own, whose suffix is a naming context.
                let family = matches!(label, ServerLabel::Ds389 | ServerLabel::FreeIpa | ServerLabel::Odsee);
                if family && root_dse.has("namingContexts") { listed(shown) } else { visible(shown) }
            }
            Self::ChangeLogCookie => listed(root_dse.supports_control("1.3.6.1.4.1.26027.1.5.4")),
            Self::DirSync => listed(root_dse.supports_control("1.2.840.113556.1.4.841")),
            Self::EntryUsn => visible(root_dse.has("lastUsn")),
            Self::SyncRepl => listed(root_dse.supports_control("1.3.6.1.4.1.4203.1.9.1.1")),
            Self::Usn => visible(root_dse.has("highestCommittedUSN")),
            Self::Listing | Self::Timestamp => Sight::Shown,
        }
    }
}

impl fmt::Display for DeltaMechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sight {
    Shown,
    Missing,
    NotVisible,
}

/// A mechanism that the server may offer.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct DeltaOffer {
    /// The mechanism.
    pub mechanism: DeltaMechanism,
    /// Whether the root DSE shows it; otherwise only a probe can tell.
    pub is_shown: bool,
}

/// Leaves out the mechanisms that the root DSE would list and does not.
pub(super) fn offers(mechanisms: &[DeltaMechanism], label: ServerLabel, root_dse: &RootDse) -> Vec<DeltaOffer> {
    let mut offers = Vec::new();
    for mechanism in mechanisms.iter().copied() {
        match mechanism.sight(label, root_dse) {
            // What is missing from half an entry may stand in the other half.
            Sight::Missing if !root_dse.is_partial() => {}
            sight => offers.push(DeltaOffer { mechanism, is_shown: sight == Sight::Shown }),
        }
    }
    offers
}
