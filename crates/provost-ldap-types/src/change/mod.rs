//! What servers tell of their changes, read to one neutral [`DirectoryChange`].
//!
//! | Function | Reads | Mechanism |
//! | --- | --- | --- |
//! | [`read_access_log`] | entries of the accesslog of OpenLDAP | slapo-accesslog(5) |
//! | [`read_changelog`] | entries of `cn=changelog`: 389 DS, ODSEE, IBM, Isode, OID, RadiantOne, OpenDS family | draft-good-ldap-changelog-04, with cookies for the OpenDS family |
//! | [`read_dir_sync`] | answers to the control DirSync | MS-ADTS section 3.1.1.3.4.1.3 |
//! | [`read_active_directory`] | entries and tombstones found by `uSNChanged` | MS-ADTS section 3.1.1.5.5 |
//! | [`read_sync_entry`] | entries with a Sync State control | RFC 4533 section 2.3 |
//!
//! The values of the controls that go with them are here as well: [`DirSyncRequestValue`], [`SyncRequestValue`],
//! [`PersistentSearchValue`] and their kin.
//!
//! ```
//! use provost_ldap_types::change::{ChangeOperation, read_changelog};
//! use provost_ldap_types::ldif::read_entry;
//!
//! let record = read_entry(b"dn: changeNumber=7,cn=changelog\nchangeNumber: 7\nchangeType: delete\n\
//!     targetDN: cn=bsimon,dc=lab\ntargetUniqueId: 60e49801-e86911f1-afb0af2f-9d11ed80\n")?;
//! let change = read_changelog(&record)?.ok_or("no change")?;
//! assert_eq!(change.operation, ChangeOperation::Delete);
//! assert_eq!(change.id("nsUniqueId"), Some(&b"60e49801-e86911f1-afb0af2f-9d11ed80"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod access_log;
mod active_directory;
mod ast;
mod changelog;
mod dir_sync;
mod error;
mod persistent;
mod record;
mod sync;

pub use access_log::read_access_log;
pub use active_directory::{read_active_directory, read_dir_sync};
pub use ast::{ChangeOperation, ChangePosition, DirectoryChange, Incomplete, TargetId};
pub use changelog::read_changelog;
pub use dir_sync::{DirSyncFlags, DirSyncRequestValue, DirSyncResponseValue};
pub use error::{ReadChangeError, ReadChangeErrorKind};
pub use persistent::{EntryChangeType, EntryChangeTypes, EntryChangeValue, PersistentSearchValue};
pub use sync::{
    SyncDoneValue, SyncIdForm, SyncInfoValue, SyncMode, SyncRequestValue, SyncState, SyncStateValue, SyncUuid,
    read_sync_entry,
};
