//! Records of change logs: captured ones of slapd and 389 DS, and written ones for what other servers do differently.
#![cfg(test)]

use std::fmt::Write as _;

use expect_test::{Expect, expect, expect_file};
use provost_ldap_types::change::{
    ChangeOperation, DirectoryChange, ReadChangeError, SyncIdForm, SyncState, SyncStateValue, SyncUuid,
    read_access_log, read_active_directory, read_changelog, read_dir_sync, read_sync_entry,
};
use provost_ldap_types::ldif::{Modification, Reader, Record, read_entry};
use provost_ldap_types::{Attribute, Entry};

type Read = fn(&Entry) -> Result<Option<DirectoryChange>, ReadChangeError>;

fn entries(text: &str) -> Vec<Entry> {
    let records = Reader::new(text.as_bytes()).map(Result::unwrap);
    records
        .map(|record| match record {
            Record::Content(entry) => entry,
            Record::Change(change) => panic!("{change:?}"),
        })
        .collect()
}

fn values(out: &mut String, word: &str, attribute: &Attribute) {
    let _ = write!(out, "  {word} {}:", attribute.description());
    for value in attribute.values() {
        let _ = write!(out, " [{}]", value.escape_ascii());
    }
    out.push('\n');
}

fn modifications(out: &mut String, modifications: &[Modification]) {
    for change in modifications {
        values(out, change.operation.name(), &change.attribute);
    }
}

fn describe(change: &DirectoryChange) -> String {
    let mut out = String::new();
    let (word, attributes) = match &change.operation {
        ChangeOperation::Add(attributes) => ("add", &attributes[..]),
        ChangeOperation::State(attributes) => ("state", &attributes[..]),
        ChangeOperation::Delete => ("delete", &[][..]),
        ChangeOperation::Merge(_) => ("merge", &[][..]),
        ChangeOperation::Modify(_) => ("modify", &[][..]),
        ChangeOperation::Rename { delete_old_rdn: true, .. } => ("rename without the old values", &[][..]),
        ChangeOperation::Rename { .. } => ("rename", &[][..]),
        ChangeOperation::Unchanged => ("unchanged", &[][..]),
        other => panic!("{other:?}"),
    };
    let _ = write!(out, "{word} {}", change.dn);
    if let Some(new_dn) = change.new_dn().filter(|new_dn| *new_dn != change.dn) {
        let _ = write!(out, " -> {new_dn}");
    }
    let _ = writeln!(out, " {:?}", change.ids);
    let time = change.time.map(|time| time.to_string());
    let _ = writeln!(out, "  at {:?} {time:?} by {:?}", change.position, change.initiator);
    attributes.iter().for_each(|attribute| values(&mut out, "has", attribute));
    match &change.operation {
        ChangeOperation::Merge(list) | ChangeOperation::Modify(list) => modifications(&mut out, list),
        ChangeOperation::Rename { modifications: list, .. } => modifications(&mut out, list),
        _ => {}
    }
    change.known.iter().for_each(|attribute| values(&mut out, "known", attribute));
    if let Some(reason) = &change.incomplete {
        let _ = writeln!(out, "  incomplete: {reason:?}");
    }
    out
}

fn describe_all(text: &str, read: Read) -> String {
    let changes = entries(text).into_iter().map(|entry| match read(&entry) {
        Ok(Some(change)) => describe(&change),
        Ok(None) => "no change\n".to_owned(),
        Err(error) => format!("{}: {error} ({}..{})\n", error.code(), error.span().start(), error.span().end()),
    });
    changes.collect()
}

fn check(read: Read, text: &str, expected: &Expect) {
    expected.assert_eq(&describe_all(text, read));
}

#[test]
fn captured_access_log_of_openldap() {
    let text = include_str!("data/changes/openldap-accesslog.ldif");
    expect_file!["data/changes/openldap-accesslog.txt"].assert_eq(&describe_all(text, read_access_log));
}

#[test]
fn captured_changelog_of_389_ds() {
    let text = include_str!("data/changes/389ds-changelog.ldif");
    expect_file!["data/changes/389ds-changelog.txt"].assert_eq(&describe_all(text, read_changelog));
}

#[test]
fn captured_logs_with_the_values_of_before() {
    let text = include_str!("data/changes/openldap-accesslog-old.ldif");
    expect_file!["data/changes/openldap-accesslog-old.txt"].assert_eq(&describe_all(text, read_access_log));
    let text = include_str!("data/changes/389ds-changelog-deleted.ldif");
    expect_file!["data/changes/389ds-changelog-deleted.txt"].assert_eq(&describe_all(text, read_changelog));
}

#[test]
fn captured_changelog_of_opendj_by_numbers_and_by_cookies() {
    let text = include_str!("data/changes/opendj-changelog.ldif");
    expect_file!["data/changes/opendj-changelog.txt"].assert_eq(&describe_all(text, read_changelog));
    let text = include_str!("data/changes/opendj-changelog-cookie.ldif");
    expect_file!["data/changes/opendj-changelog-cookie.txt"].assert_eq(&describe_all(text, read_changelog));
}

#[test]
fn captured_changes_of_samba() {
    let text = include_str!("data/changes/samba-usn.ldif");
    let changes = describe_all(text, |entry| read_active_directory(entry).map(Some));
    expect_file!["data/changes/samba-usn.txt"].assert_eq(&changes);
    let text = include_str!("data/changes/samba-dirsync.ldif");
    let changes = describe_all(text, |entry| read_dir_sync(entry).map(Some));
    expect_file!["data/changes/samba-dirsync.txt"].assert_eq(&changes);
}

#[test]
fn access_log_forms_that_the_capture_lacks() {
    check(
        read_access_log,
        "dn: reqStart=1,cn=accesslog
reqType: modify
reqDN: cn=a,dc=lab
reqMod: counter:# 1
reqMod: mail:=
reqMod: cn:- x: y
reqMod: cn:+ 
reqOld: cn: x: y
reqOld: mail: m

dn: reqStart=2,cn=accesslog
reqType: delete
reqDN: cn=a,dc=lab
reqOld: objectClass: person
reqOld: objectClass: top

dn: reqStart=3,cn=accesslog
reqType: add
reqDN: cn=a,dc=lab
reqAuthzID: dn:cn=admin
reqMod: entryUUID:+ 236a24a8-7cb5-1041-807c-4b07f44867b2

dn: reqStart=4,cn=accesslog
reqType: modify
reqResult: 50
reqDN: cn=a,dc=lab

dn: reqStart=5,cn=accesslog
reqType: extended(1.3.6.1.4.1.4203.1.11.1)

dn: reqStart=6,cn=accesslog
reqType: modify
reqDN: cn=a,dc=lab
",
        &expect![[r#"
            modify cn=a,dc=lab []
              at None None by None
              increment counter: [1]
              replace mail:
              delete cn: [x: y]
              add cn: []
              known cn: [x: y]
              known mail: [m]
            delete cn=a,dc=lab []
              at None None by None
              known objectClass: [person] [top]
            add cn=a,dc=lab [entryUUID=236a24a8-7cb5-1041-807c-4b07f44867b2]
              at None None by Some("cn=admin")
              has entryUUID: [236a24a8-7cb5-1041-807c-4b07f44867b2]
            no change
            no change
            modify cn=a,dc=lab []
              at None None by None
              incomplete: NoValues
        "#]],
    );
}

#[test]
fn what_is_wrong_in_an_access_log() {
    for (line, expected) in [
        (
            "reqMod: mail",
            expect![[r#"
                change-expected: value 1 of `reqMod` in the record: expected `:` and an operator after the attribute (4..4)
            "#]],
        ),
        (
            "reqMod: mail:",
            expect![[r#"
                change-expected: value 1 of `reqMod` in the record: expected `+`, `-`, `=` or `#` after `:` (5..5)
            "#]],
        ),
        (
            "reqMod: mail:~ x",
            expect![[r#"
                change-expected: value 1 of `reqMod` in the record: expected `+`, `-`, `=` or `#` after `:` (5..6)
            "#]],
        ),
        (
            "reqMod: mail:+x",
            expect![[r#"
                change-expected: value 1 of `reqMod` in the record: expected a blank between operator and value (6..7)
            "#]],
        ),
        (
            "reqMod: ma il:+ x",
            expect![[r#"
                change-bad-attribute: value 1 of `reqMod` in the record: expected only letters, digits, `-` and options after `;` (2..3)
            "#]],
        ),
        (
            "reqOld: mail",
            expect![[r#"
                change-expected: value 1 of `reqOld` in the record: expected `:` and a value after the attribute (4..4)
            "#]],
        ),
    ] {
        let text = format!("dn: reqStart=1\nreqType: modify\nreqDN: cn=a\n{line}\n");
        check(read_access_log, &text, &expected);
    }
    check(
        read_access_log,
        "dn: reqStart=1\nreqType: modify\nreqDN: a\n",
        &expect![[r#"
            change-bad-dn: value 1 of `reqDN` in the record: expected `=` after the attribute type (1..1)
        "#]],
    );
    check(
        read_access_log,
        "dn: reqStart=1\nreqType: add\nreqDN: cn=a\nreqMod: cn:= a\n",
        &expect![[r#"
            change-expected: value 1 of `reqMod` in the record: expected `+` and a value in an added entry (3..4)
        "#]],
    );
    check(
        read_access_log,
        "dn: reqStart=1\nreqType: modrdn\nreqDN: cn=a\nreqNewRDN: cn=b\n",
        &expect![[r#"
            change-missing: expected `reqDeleteOldRDN` in the record (0..0)
        "#]],
    );
    check(
        read_access_log,
        "dn: reqStart=1\nreqType: delete\n",
        &expect![[r#"
            change-missing: expected `reqDN` in the record (0..0)
        "#]],
    );
}

#[test]
fn changelogs_of_other_servers() {
    // Oracle Internet Directory: capital types, its own identifier and time.
    check(
        read_changelog,
        "dn: changenumber=9,cn=changelog
changenumber: 9
changetype: Modify
targetdn: cn=a,dc=lab
orclguid: 0123456789ABCDEF0123456789ABCDEF
operationtime: 20260316073000z
changes: replace: sn
 
",
        &expect![[r#"
            modify cn=a,dc=lab [orclGUID=0123456789ABCDEF0123456789ABCDEF]
              at Some(Number(9)) Some("20260316073000Z") by None
              replace sn:
        "#]],
    );
    // IBM: who did it, numbers for flags, an empty superior.
    check(
        read_changelog,
        "dn: CHANGENUMBER=4,CN=CHANGELOG
changenumber: 4
targetdn: cn=a,o=ibm
changetype: modrdn
newrdn: cn=b
deleteoldrdn: 1
newsuperior:
ibm-changeinitiatorsname: CN=ROOT
",
        &expect![[r#"
            rename without the old values cn=a,o=ibm -> cn=b,o=ibm []
              at Some(Number(4)) None by Some("CN=ROOT")
        "#]],
    );
    // RadiantOne and Isode: plain draft records, values of a deletion left out, an empty modification.
    check(
        read_changelog,
        "dn: changenumber=5,cn=changelog
changeNumber: 18446744073709551615
changeType: delete
targetDN: cn=a,o=vds

dn: changenumber=6,cn=changelog
changeNumber: 6
changeType: modify
targetDN: cn=a,o=vds
",
        &expect![[r#"
            delete cn=a,o=vds []
              at Some(Number(18446744073709551615)) None by None
            modify cn=a,o=vds []
              at Some(Number(6)) None by None
              incomplete: NoValues
        "#]],
    );
    // OpenDS family with cookie: no number, identifiers always, included attributes.
    check(
        read_changelog,
        "dn: replicationCSN=0000013087cbc28212d100000001,dc=lab,cn=changelog
objectClass: changeLogEntry
changeType: delete
targetDN: uid=a,dc=lab
targetEntryUUID: 08d1830c-02f1-34a6-9cf4-8d1270ec1db0
changeLogCookie: dc=lab:0000013087cbc28212d100000001;
changeInitiatorsName: cn=Directory Manager
includedAttributes: uid: a
",
        &expect![[r#"
            delete uid=a,dc=lab [entryUUID=08d1830c-02f1-34a6-9cf4-8d1270ec1db0]
              at Some(Cookie(dc=lab:0000013087cbc28212d100000001;)) None by Some("cn=Directory Manager")
              known uid: [a]
        "#]],
    );
    // PingDirectory: the entryUUID under the name of the 389 family, and the values of what was deleted.
    check(
        read_changelog,
        "dn: changeNumber=12,cn=changelog
objectClass: changeLogEntry
changeNumber: 12
changeType: delete
targetDN: uid=a,dc=lab
targetUniqueID: 08d1830c-02f1-34a6-9cf4-8d1270ec1db0
deletedEntryAttrs:: b2JqZWN0Q2xhc3M6IHBlcnNvbgp1aWQ6IGEKAA==
",
        &expect![[r#"
            delete uid=a,dc=lab [entryUUID=08d1830c-02f1-34a6-9cf4-8d1270ec1db0]
              at Some(Number(12)) None by None
              known objectClass: [person]
              known uid: [a]
        "#]],
    );
    // The container, and records that are broken.
    check(
        read_changelog,
        "dn: cn=changelog
objectClass: top

dn: changenumber=1,cn=changelog
objectClass: changeLogEntry
changeType: bind

dn: changenumber=2,cn=changelog
objectClass: changeLogEntry
changeType: delete

dn: changenumber=3,cn=changelog
objectClass: changeLogEntry
changeType: delete
targetDN: nonsense

dn: changenumber=4,cn=changelog
objectClass: changeLogEntry
changeType: delete
targetDN: cn=a
changeNumber: many

dn: changenumber=5,cn=changelog
objectClass: changeLogEntry
changeType: modrdn
targetDN: cn=a
newRDN: cn=b
deleteOldRDN: perhaps
",
        &expect![[r#"
            no change
            change-expected: value 1 of `changeType` in the record: expected `add`, `delete`, `modify` or `modrdn` (0..4)
            change-missing: expected `targetDN` in the record (0..0)
            change-bad-dn: value 1 of `targetDN` in the record: expected `=` after the attribute type (8..8)
            change-expected: value 1 of `changeNumber` in the record: expected a number of 64 bits (0..4)
            change-expected: value 1 of `deleteOldRDN` in the record: expected `TRUE` or `FALSE` (0..7)
        "#]],
    );
}

#[test]
fn tombstones_get_their_last_known_name_back() {
    let tombstone = r"dn: CN=Simon\, Britta\0ADEL:8afa,CN=Deleted Objects,DC=lab
isDeleted: TRUE
objectGUID:: AAECAwQFBgcICQoLDA0ODw==
uSNChanged: 4711
lastKnownParent: OU=People,DC=lab
sAMAccountName: bsimon
";
    let read: Read = |entry| read_active_directory(entry).map(Some);
    check(
        read,
        tombstone,
        &expect![[r#"
        delete CN=Simon\, Britta,OU=People,DC=lab [objectGUID=\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f]
          at Some(Usn(4711)) None by None
          known isDeleted: [TRUE]
          known objectGUID: [\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f]
          known uSNChanged: [4711]
          known lastKnownParent: [OU=People,DC=lab]
          known sAMAccountName: [bsimon]
    "#]],
    );
    check(
        read,
        &tombstone.replace("lastKnownParent: OU=People,DC=lab\n", ""),
        &expect![[r#"
        delete CN=Simon\, Britta\0ADEL:8afa,CN=Deleted Objects,DC=lab [objectGUID=\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f]
          at Some(Usn(4711)) None by None
          known isDeleted: [TRUE]
          known objectGUID: [\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f]
          known uSNChanged: [4711]
          known sAMAccountName: [bsimon]
    "#]],
    );
    check(
        read,
        &tombstone.replace("OU=People", "People"),
        &expect![[r#"
            change-bad-dn: value 1 of `lastKnownParent` in the record: expected `=` after the attribute type (6..7)
        "#]],
    );
    check(
        read,
        "dn: CN=a,DC=lab\nuSNChanged: 5\nmember;range=0-1499: CN=b\n",
        &expect![[r#"
        state CN=a,DC=lab []
          at Some(Usn(5)) None by None
          has uSNChanged: [5]
          has member;range=0-1499: [CN=b]
          incomplete: ValuesLeft(1500)
    "#]],
    );
}

#[test]
fn ms_adts_dir_sync_answers_hold_what_changed() {
    let mut entry = read_entry(b"dn: CN=a,DC=lab\nobjectGUID: 0123456789abcdef\nsn: Simon\nmember;range=1-1: CN=new\nmember;range=0-0: CN=old\n").unwrap();
    entry.push(Attribute::of("mail", [""; 0]).unwrap());
    expect![[r#"
        merge CN=a,DC=lab [objectGUID=0123456789abcdef]
          at None None by None
          replace objectGUID: [0123456789abcdef]
          replace sn: [Simon]
          add member: [CN=new]
          delete member: [CN=old]
          replace mail:
    "#]]
    .assert_eq(&describe(&read_dir_sync(&entry).unwrap()));
    let gone = read_entry(b"dn: CN=a\\0ADEL:x,CN=Deleted Objects,DC=lab\nisDeleted: TRUE\n").unwrap();
    assert_eq!(read_dir_sync(&gone).unwrap().operation, ChangeOperation::Delete);
}

#[test]
fn rfc_4533_states() {
    let entry = read_entry(b"dn: cn=a,dc=lab\ncn: a\n").unwrap();
    let uuid = SyncUuid(*b"\x60\xe4\x98\x01\xe8\x69\x11\xf1\xaf\xb0\xaf\x2f\x9d\x11\xed\x80");
    let mut state = SyncStateValue { state: SyncState::Present, uuid, cookie: None };
    let mut text = describe(&read_sync_entry(&entry, &state, SyncIdForm::EntryUuid));
    (state.state, state.cookie) = (SyncState::Modify, Some(b"rid=000".to_vec()));
    text += &describe(&read_sync_entry(&entry, &state, SyncIdForm::NsUniqueId));
    state.state = SyncState::Delete;
    text += &describe(&read_sync_entry(&entry, &state, SyncIdForm::EntryUuid));
    expect![[r#"
        unchanged cn=a,dc=lab [entryUUID=60e49801-e869-11f1-afb0-af2f9d11ed80]
          at None None by None
        state cn=a,dc=lab [nsUniqueId=60e49801-e86911f1-afb0af2f-9d11ed80]
          at Some(Cookie(rid=000)) None by None
          has cn: [a]
        delete cn=a,dc=lab [entryUUID=60e49801-e869-11f1-afb0-af2f9d11ed80]
          at Some(Cookie(rid=000)) None by None
    "#]]
    .assert_eq(&text);
}

#[test]
fn passwords_are_not_shown_by_debug() {
    let record = read_entry(
        b"dn: reqStart=1\nreqType: modify\nreqDN: cn=a\nreqMod: userPassword:= hunter2\nreqOld: userPassword: hunter1\n",
    );
    let change = read_access_log(&record.unwrap()).unwrap().unwrap();
    let shown = format!("{change:?}");
    assert!(shown.contains("userPassword") && !shown.contains("hunter"), "{shown}");
}
