//! A record of a change log of any family is read or refused at a place in a value, and a change names the entry before
//! and after it.
#![cfg(test)]

use arbitrary::Arbitrary as _;
use provost_fuzz::{Form, form, seeds};
use provost_ldap_types::Entry;
use provost_ldap_types::change::{
    ChangeOperation, SyncIdForm, SyncStateValue, read_access_log, read_active_directory, read_changelog, read_dir_sync,
    read_sync_entry,
};
use provost_ldap_types::ldif::read_entry;

const TOKENS: &str = concat!(
    "reqType: ¦changeType: ¦add\n¦modify\n¦modrdn\n¦delete\n¦reqDN: ¦targetDN: ¦cn=a,dc=lab\n¦reqMod: ¦cn:+ a\n¦mail:=\n¦:\n¦",
    "reqOld: ¦cn: a\n¦newRDN: ¦reqNewRDN: ¦deleteOldRDN: ¦reqDeleteOldRDN: ¦TRUE\n¦0\n¦newSuperior: ¦changes:: ¦",
    "YWRkOiBjbgpjbjogYQotCgA=\n¦changeNumber: ¦7\n¦isDeleted: ¦lastKnownParent: ¦objectGUID: ¦member;range=0-9: ¦ö\n¦",
    "targetUniqueID: ¦includedAttributes: ¦changeLogCookie: ¦deletedEntryAttrs: "
);

#[test]
fn change() {
    provost_fuzz::check!(seeds::directory::changes(), |octets: &[u8]| {
        let (entry, state) = match form(octets, TOKENS) {
            Form::Plain(octets) => (read_entry(octets), None),
            Form::Tokens(text) => {
                let text = format!("dn: cn=a\\0ADEL:b,dc=lab\nobjectClass: top\n{text}");
                (read_entry(text.as_bytes()), None)
            }
            Form::Made(mut octets) => {
                let state = SyncStateValue::arbitrary(&mut octets).expect("it is made of any octets");
                (Ok(Entry::arbitrary(&mut octets).expect("it is made of any octets")), Some(state))
            }
        };
        let Ok(entry) = entry else { return };
        let synced = state.map(|state| read_sync_entry(&entry, &state, SyncIdForm::NsUniqueId));
        let logs = [read_access_log(&entry), read_changelog(&entry), Ok(synced)];
        let entries = [read_active_directory(&entry).map(Some), read_dir_sync(&entry).map(Some)];
        for read in logs.into_iter().chain(entries) {
            match read {
                Ok(Some(change)) => assert_eq!(change.new_dn().is_none(), change.operation == ChangeOperation::Delete),
                Ok(None) => {}
                Err(error) => {
                    let values = entry.values(error.attribute());
                    let longest = values.iter().map(Vec::len).max().unwrap_or_default();
                    assert!(
                        error.span().end() <= longest && error.value() < values.len().max(1),
                        "{error:?} {entry:?}"
                    );
                }
            }
        }
    });
}
