//! A record of a change log is read or refused, and a change names the entry before and after it.
#![cfg(test)]

use provost_ldap_types::change::{
    ChangeOperation, read_access_log, read_active_directory, read_changelog, read_dir_sync,
};
use provost_ldap_types::ldif::read_entry;

const TOKENS: &str = concat!(
    "reqType: ¦changeType: ¦add\n¦modify\n¦modrdn\n¦delete\n¦reqDN: ¦targetDN: ¦cn=a,dc=lab\n¦reqMod: ¦cn:+ a\n¦mail:=\n¦:\n¦",
    "reqOld: ¦cn: a\n¦newRDN: ¦reqNewRDN: ¦deleteOldRDN: ¦reqDeleteOldRDN: ¦TRUE\n¦0\n¦newSuperior: ¦changes:: ¦",
    "YWRkOiBjbgpjbjogYQotCgA=\n¦changeNumber: ¦7\n¦isDeleted: ¦lastKnownParent: ¦objectGUID: ¦member;range=0-9: ¦ö\n"
);

#[test]
fn change() {
    bolero::check!().for_each(|octets: &[u8]| {
        let text = format!("dn: cn=a\\0ADEL:b,dc=lab\nobjectClass: top\n{}", provost_fuzz::text(octets, TOKENS));
        let Ok(entry) = read_entry(text.as_bytes()) else { return };
        let logs = [read_access_log(&entry), read_changelog(&entry)];
        let entries = [read_active_directory(&entry).map(Some), read_dir_sync(&entry).map(Some)];
        for change in logs.into_iter().chain(entries).filter_map(|read| read.ok().flatten()) {
            assert_eq!(change.new_dn().is_none(), change.operation == ChangeOperation::Delete, "{text:?}");
        }
    });
}
