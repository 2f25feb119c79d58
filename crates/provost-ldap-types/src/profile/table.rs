//! The profiles, one for each kind of server.

use super::delta::DeltaMechanism::{
    self, AccessLog, ChangeBatch, ChangeLog, ChangeLogCookie, DirSync, EntryUsn, Listing, SyncRepl, Timestamp, Usn,
};
use super::{AnchorAttribute, AnchorForm, DisableAttribute, DisableValue, PasswordMechanism, Quirk, RenameAbility};
use crate::fingerprint::ServerLabel;

/// What is known of a server before its root DSE is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct StaticProfile {
    pub(super) stable_anchor: AnchorAttribute,
    pub(super) delta: &'static [DeltaMechanism],
    pub(super) page_size: u32,
    pub(super) size_limit: Option<u32>,
    pub(super) look_through_limit: Option<u32>,
    pub(super) time_limit: Option<u32>,
    pub(super) value_limit: Option<u32>,
    pub(super) password: PasswordMechanism,
    pub(super) disable: Option<DisableAttribute>,
    pub(super) rename: RenameAbility,
    pub(super) read_only: bool,
    pub(super) quirks: &'static [Quirk],
}

pub(super) const OBJECT_GUID: AnchorAttribute = AnchorAttribute::new("objectGUID", AnchorForm::MixedEndianUuid);
pub(super) const GUID: AnchorAttribute = AnchorAttribute::new("GUID", AnchorForm::OctetUuid);
pub(super) const NAME: AnchorAttribute = AnchorAttribute::new("dn", AnchorForm::Name);
const ENTRY_UUID: AnchorAttribute = AnchorAttribute::new("entryUUID", AnchorForm::UuidText);
const NS_UNIQUE_ID: AnchorAttribute = AnchorAttribute::new("nsUniqueId", AnchorForm::Text);

const fn disabled_by(attribute: &'static str, value: DisableValue) -> Option<DisableAttribute> {
    Some(DisableAttribute { attribute, value })
}

/// A literal, unlike the call of a constant function, may stand in a list that lives for ever.
macro_rules! quirk {
    ($code:literal, $text:literal $(,)?) => {
        Quirk { code: $code, text: $text }
    };
}

const NS_ACCOUNT_LOCK: Option<DisableAttribute> = disabled_by("nsAccountLock", DisableValue::OrAbsent("true"));
const LOCKED_FOR_EVER: Option<DisableAttribute> =
    disabled_by("pwdAccountLockedTime", DisableValue::OrAbsent("000001010000Z"));
const DS_PWP: Option<DisableAttribute> = disabled_by("ds-pwp-account-disabled", DisableValue::Values("true", "false"));
const ACCOUNT_CONTROL: Option<DisableAttribute> = disabled_by("userAccountControl", DisableValue::Bit(2));

const POLICY_NEEDED: Quirk =
    quirk!("disable-needs-policy", "the disable attribute works only where the password policy is switched on");
const RANGED_VALUES: Quirk =
    quirk!("ranged-values", "long attributes arrive in ranges such as member;range=0-1499 and must be read on");
const NO_RULES: Quirk =
    quirk!("no-matching-rules", "the schema names no matching rules; comparison follows the syntax");
const WORD_OIDS: Quirk = quirk!("word-oids", "some identifiers of the schema are words such as nsRole-oid");
const SHARED_OIDS: Quirk = quirk!("shared-oids", "several definitions of the schema share an identifier");
const CHANGES_END_IN_NUL: Quirk =
    quirk!("changes-end-in-nul", "the value of `changes` of a modification ends in a NUL octet");
const CHANGE_LOG_GRANT: Quirk = quirk!(
    "change-log-grant",
    "an account without a rule on cn=changelog reads an empty change log with success: compare with lastChangeNumber",
);
const SYNC_DONE_MISLEADS: Quirk = quirk!(
    "sync-done-misleads",
    "Sync Done gives refreshDeletes FALSE after changes alone: what a refresh from a cookie does not name is not gone",
);
const DELETED_OBJECTS_RIGHT: Quirk =
    quirk!("deleted-objects-right", "deletes show only to accounts that may read CN=Deleted Objects");
const USN_PER_SERVER: Quirk = quirk!("usn-per-server", "update sequence numbers mean nothing on another server");
const MOVES_WITHIN_CONTEXT: Quirk =
    quirk!("moves-within-context", "entries move within the part of the tree that one server holds");
const TLS_FOR_PASSWORDS: Quirk = quirk!("password-needs-tls", "passwords are written over TLS or a sealed bind only");

/// A server that keeps to the standards and of which nothing else is known.
const STANDARD: StaticProfile = StaticProfile {
    stable_anchor: NAME,
    delta: &[Timestamp, Listing],
    page_size: 500,
    size_limit: None,
    look_through_limit: None,
    time_limit: None,
    value_limit: None,
    password: PasswordMechanism::Attribute("userPassword"),
    disable: None,
    rename: RenameAbility::Rename,
    read_only: false,
    quirks: &[],
};

const ACTIVE_DIRECTORY: StaticProfile = StaticProfile {
    stable_anchor: OBJECT_GUID,
    delta: &[DirSync, Usn],
    size_limit: Some(1000),
    time_limit: Some(120),
    value_limit: Some(1500),
    password: PasswordMechanism::UnicodePwd,
    disable: ACCOUNT_CONTROL,
    rename: RenameAbility::MoveSubtree,
    quirks: &[
        RANGED_VALUES,
        NO_RULES,
        DELETED_OBJECTS_RIGHT,
        USN_PER_SERVER,
        TLS_FOR_PASSWORDS,
        quirk!("moves-within-domain", "entries move within one domain; across domains a control must be sent"),
    ],
    ..STANDARD
};

const DS_389: StaticProfile = StaticProfile {
    stable_anchor: NS_UNIQUE_ID,
    delta: &[ChangeLog, SyncRepl, EntryUsn, Timestamp, Listing],
    size_limit: Some(2000),
    look_through_limit: Some(5000),
    time_limit: Some(3600),
    disable: NS_ACCOUNT_LOCK,
    rename: RenameAbility::MoveSubtree,
    quirks: &[
        WORD_OIDS,
        CHANGES_END_IN_NUL,
        quirk!(
            "seven-bit-check",
            "uid and mail are refused with result 19 unless they are ASCII, while that plug-in is on",
        ),
        quirk!("adds-superior-classes", "missing superior object classes are added on write"),
        quirk!("hides-shadow-change", "shadowLastChange is written by the server when a password is set"),
        quirk!("escape-angle-brackets", "`<` and `>` must be escaped in names"),
        SYNC_DONE_MISLEADS,
    ],
    ..STANDARD
};

const OPENDJ: StaticProfile = StaticProfile {
    stable_anchor: ENTRY_UUID,
    delta: &[ChangeLogCookie, ChangeLog, Timestamp, Listing],
    size_limit: Some(1000),
    look_through_limit: Some(5000),
    time_limit: Some(60),
    disable: DS_PWP,
    rename: RenameAbility::MoveSubtree,
    quirks: &[
        CHANGE_LOG_GRANT,
        quirk!("adds-rdn-value", "the value of the RDN is added to the entry when an add leaves it out"),
        quirk!("password-reset-privilege", "setting another account's password needs the privilege password-reset"),
    ],
    ..STANDARD
};

const EDIRECTORY: StaticProfile = StaticProfile {
    stable_anchor: GUID,
    disable: disabled_by("loginDisabled", DisableValue::Values("TRUE", "FALSE")),
    rename: RenameAbility::MoveSubtree,
    quirks: &[
        NO_RULES,
        SHARED_OIDS,
        quirk!("empty-naming-context", "the empty naming context means the whole tree: ask for a base"),
        quirk!("single-password", "userPassword holds one value although the schema does not say so"),
        quirk!("partition-roots-stay", "containers that head a partition cannot be moved"),
    ],
    ..STANDARD
};

/// Returns what is known of a kind of server.
pub(super) fn profile_of(label: ServerLabel) -> StaticProfile {
    match label {
        ServerLabel::AdDs => ACTIVE_DIRECTORY,
        ServerLabel::AdGc => StaticProfile {
            delta: &[Usn],
            password: PasswordMechanism::None,
            disable: None,
            rename: RenameAbility::None,
            read_only: true,
            quirks: &[
                RANGED_VALUES,
                NO_RULES,
                DELETED_OBJECTS_RIGHT,
                USN_PER_SERVER,
                quirk!("partial-attributes", "only the partial attribute set can be read"),
            ],
            ..ACTIVE_DIRECTORY
        },
        ServerLabel::AdLds => StaticProfile {
            delta: &[Usn, DirSync, Timestamp, Listing],
            disable: disabled_by("msDS-UserAccountDisabled", DisableValue::Values("TRUE", "FALSE")),
            ..ACTIVE_DIRECTORY
        },
        ServerLabel::SambaAd => StaticProfile {
            delta: &[Usn, DirSync, Listing],
            quirks: &[
                RANGED_VALUES,
                NO_RULES,
                USN_PER_SERVER,
                quirk!("no-who-am-i", "the Who am I operation is refused with result 2"),
                quirk!("referrals-in-answers", "searches answer referrals along with entries"),
                quirk!("dirsync-extended-names", "DirSync answers lastKnownParent and the like as <GUID=...>;name"),
            ],
            ..ACTIVE_DIRECTORY
        },
        ServerLabel::OpenLdap => StaticProfile {
            stable_anchor: ENTRY_UUID,
            delta: &[AccessLog, SyncRepl, Timestamp, Listing],
            size_limit: Some(500),
            disable: LOCKED_FOR_EVER,
            rename: RenameAbility::MoveSubtree,
            quirks: &[
                POLICY_NEEDED,
                quirk!("rdn-value-stays", "a replace that drops the value of the RDN is refused with result 67"),
                quirk!("log-holds-passwords", "the access log holds userPassword as it was sent"),
                quirk!("escape-angle-brackets", "`<` and `>` must be escaped in names"),
            ],
            ..STANDARD
        },
        ServerLabel::Ds389 => DS_389,
        ServerLabel::FreeIpa => StaticProfile {
            // Its change log is limited to the DNS part of the tree, so that neither it nor content synchronization
            // shows what happened to users while we were away.
            delta: &[EntryUsn, Listing],
            // Entries belong to the container of their kind.
            rename: RenameAbility::Rename,
            quirks: &[
                WORD_OIDS,
                USN_PER_SERVER,
                quirk!("computed-copy", "entries below cn=compat are computed copies: leave them out"),
                quirk!("preserved-users", "a move below cn=deleted users,cn=accounts,cn=provisioning is a delete"),
                quirk!("password-expires", "a password that an administrator writes is expired at once"),
            ],
            ..DS_389
        },
        ServerLabel::Odsee => StaticProfile {
            delta: &[ChangeLog, Listing],
            time_limit: None,
            rename: RenameAbility::Rename,
            quirks: &[
                WORD_OIDS,
                CHANGES_END_IN_NUL,
                quirk!("moves-must-be-enabled", "entries move from 6.0 on and where an administrator switched it on"),
            ],
            ..DS_389
        },
        ServerLabel::ApacheDs => StaticProfile {
            stable_anchor: ENTRY_UUID,
            delta: &[SyncRepl, Timestamp, Listing],
            size_limit: Some(1000),
            time_limit: Some(15),
            disable: LOCKED_FOR_EVER,
            rename: RenameAbility::MoveSubtree,
            quirks: &[
                POLICY_NEEDED,
                quirk!("lists-unserved-controls", "controls of Active Directory are listed and not served"),
                quirk!("history-holds-passwords", "pwdHistory holds the clear password in base64"),
                SYNC_DONE_MISLEADS,
                quirk!(
                    "sync-omits-modifications",
                    "content synchronization leaves out the first modification of an entry since the cookie",
                ),
                quirk!("drops-attribute-options", "an attribute with options is kept without them"),
                quirk!("refusals-quote-requests", "refusals quote the request, passwords in hexadecimal among it"),
            ],
            ..STANDARD
        },
        ServerLabel::IbmTds => StaticProfile {
            stable_anchor: AnchorAttribute::new("ibm-entryUuid", AnchorForm::UuidText),
            delta: &[ChangeLog, Timestamp, Listing],
            size_limit: Some(500),
            time_limit: Some(900),
            disable: disabled_by("ibm-pwdAccountLocked", DisableValue::Values("TRUE", "FALSE")),
            rename: RenameAbility::MoveLeaf,
            quirks: &[
                POLICY_NEEDED,
                quirk!("paging-may-be-reserved", "paged searches may be reserved for administrators"),
            ],
            ..STANDARD
        },
        ServerLabel::Isode => StaticProfile {
            delta: &[ChangeLog, Timestamp, Listing],
            page_size: 200,
            disable: LOCKED_FOR_EVER,
            rename: RenameAbility::MoveLeaf,
            quirks: &[POLICY_NEEDED, MOVES_WITHIN_CONTEXT],
            ..STANDARD
        },
        ServerLabel::NetIqEDirectory | ServerLabel::NovellEDirectory => EDIRECTORY,
        ServerLabel::OpenDj | ServerLabel::Oud => OPENDJ,
        ServerLabel::PingDs => StaticProfile {
            quirks: &[
                CHANGE_LOG_GRANT,
                quirk!(
                    "change-numbers-optional",
                    "change numbers are indexed only where an administrator asked for it"
                ),
            ],
            ..OPENDJ
        },
        ServerLabel::OpenDs => StaticProfile { delta: &[ChangeLogCookie, Timestamp, Listing], ..OPENDJ },
        ServerLabel::UnboundId => StaticProfile {
            time_limit: None,
            delta: &[ChangeBatch, ChangeLog, Listing],
            quirks: &[
                CHANGE_LOG_GRANT,
                quirk!("soft-deleted", "deleted entries may stay as soft-deleted entries"),
                quirk!("claimed-controls", "an administrator may add any control to the list of supported ones"),
            ],
            ..OPENDJ
        },
        ServerLabel::Oid => StaticProfile {
            stable_anchor: AnchorAttribute::new("orclGUID", AnchorForm::Text),
            delta: &[ChangeLog, Listing],
            disable: disabled_by("orclIsEnabled", DisableValue::Values("DISABLED", "ENABLED")),
            ..STANDARD
        },
        ServerLabel::RadiantOne => StaticProfile {
            delta: &[ChangeLog, Listing],
            disable: NS_ACCOUNT_LOCK,
            quirks: &[quirk!(
                "virtual-branches",
                "abilities depend on the branch: virtual ones have no log and no identifier",
            )],
            ..STANDARD
        },
        ServerLabel::DirX => StaticProfile { delta: &[Listing, Timestamp], ..STANDARD },
        ServerLabel::CaDirectory => StaticProfile {
            delta: &[Listing, Timestamp],
            rename: RenameAbility::MoveLeaf,
            quirks: &[
                MOVES_WITHIN_CONTEXT,
                quirk!("timestamps-optional", "entries have timestamps only where an administrator asked for them"),
            ],
            ..STANDARD
        },
        ServerLabel::Lldap => StaticProfile {
            stable_anchor: ENTRY_UUID,
            delta: &[Listing],
            password: PasswordMechanism::None,
            rename: RenameAbility::None,
            quirks: &[
                quirk!("few-writes", "add, delete and modify of a few attributes are all that can be written"),
                quirk!("password-by-operation", "passwords are set by the password modify operation only"),
            ],
            ..STANDARD
        },
        ServerLabel::Kanidm => StaticProfile {
            stable_anchor: ENTRY_UUID,
            delta: &[Listing],
            password: PasswordMechanism::None,
            rename: RenameAbility::None,
            read_only: true,
            quirks: &[quirk!("few-requested-attributes", "the number of requested attributes is capped")],
            ..STANDARD
        },
        ServerLabel::GlAuth => StaticProfile {
            delta: &[Listing],
            password: PasswordMechanism::None,
            rename: RenameAbility::None,
            read_only: true,
            quirks: &[quirk!("odd-modify-timestamp", "modifyTimestamp of the schema is no generalized time")],
            ..STANDARD
        },
        _ => STANDARD,
    }
}
