//! Change logs that are entries: the access log of slapd, the retro changelog of 389 DS, the external one of OpenDJ.

use expect_test::{Expect, expect};
use provost_ldap_types::change::{ChangePosition, DirectoryChange, ReadChangeError, read_access_log, read_changelog};
use provost_ldap_types::{Dn, Entry};
use provost_ldap_wire::{ResultCode, Scope, change_log_cookie_request, decode_change_log_cookie, oid};

use super::client::Client;
use super::describe;
use crate::support::Server;

/// The feature of RFC 4525.
const INCREMENT: &str = "1.3.6.1.1.14";

/// A person with all that the changes below need.
const PERSON: &str = "objectClass: inetOrgPerson
objectClass: posixAccount
cn: bsimon
sn: Simon
uid: bsimon
uidNumber: 10001
gidNumber: 10000
homeDirectory: /home/bsimon
mail: a@contoso.com
mail: b@contoso.com
description:: bGluZSBvbmUKbGluZSB0d28=
";

/// Makes every kind of change once: an add, a modification of each form, a rename, a move that keeps the old value, a
/// delete. Returns the identifier that the person had.
fn play(client: &mut Client, base: &str, anchor: &str) -> Vec<u8> {
    client.changes(&format!("dn: ou=other,{base}\nobjectClass: organizationalUnit\nou: other\n"));
    let name = format!("cn=bsimon,{base}");
    client.changes(&format!("dn: {name}\n{PERSON}"));
    let identifier = client.read(&name, &[anchor]).values(anchor)[0].clone();
    client.changes(&format!(
        "dn: {name}
changetype: modify
add: mail
mail: c@contoso.com
-
delete: mail
mail: a@contoso.com
-
replace: sn
sn: Meier
-
delete: description
-
replace: telephoneNumber
-
add: jpegPhoto
jpegPhoto:: /9j/4AAQSkZJRgAB
-
"
    ));
    if client.read("", &["supportedFeatures"]).texts("supportedFeatures").any(|feature| feature == INCREMENT) {
        client.changes(&format!("dn: {name}\nchangetype: modify\nincrement: uidNumber\nuidNumber: 1\n-\n"));
    }
    client.changes(&format!("dn: {name}\nchangetype: modrdn\nnewrdn: cn=bmeier\ndeleteoldrdn: 1\n"));
    client.changes(&format!(
        "dn: cn=bmeier,{base}\nchangetype: modrdn\nnewrdn: cn=Britta Meier\ndeleteoldrdn: 0\n\
         newsuperior: ou=other,{base}\n"
    ));
    client.changes(&format!("dn: cn=Britta Meier,ou=other,{base}\nchangetype: delete\n"));
    identifier
}

type Read = fn(&Entry) -> Result<Option<DirectoryChange>, ReadChangeError>;

/// Reads records and keeps those of entries below the base; checks their order and their identifiers.
fn read(records: &[Entry], read: Read, base: &str, anchor: &str, identifier: &[u8]) -> Vec<DirectoryChange> {
    let container: Dn = base.parse().unwrap();
    let changes: Vec<DirectoryChange> = records
        .iter()
        .filter_map(|record| read(record).unwrap_or_else(|error| panic!("{error} in {record:?}")))
        .filter(|change| change.dn.is_descendant_of(&container))
        .collect();
    for change in &changes {
        assert!(change.time.is_some() && change.position.is_some(), "{change:?}");
        let is_person = change.dn.rdn().unwrap().attributes()[0].is_type("cn");
        if is_person {
            assert_eq!(change.id(anchor), Some(identifier), "{change:?}");
        }
    }
    changes
}

fn describe_all(changes: &[DirectoryChange], base: &str) -> String {
    changes.iter().map(|change| describe(change, base)).collect()
}

fn access_log(server: &Server, expected: &Expect) {
    let mut client = Client::bind(server);
    let base = client.fresh_container(server, "provost-changes");
    let log = |client: &mut Client, from: &str| {
        let filter = format!("(&(objectClass=auditWriteObject)(reqResult=0)(reqStart>={from}))");
        client.search("cn=accesslog", Scope::One, &filter, &["*", "+"], &[]).found()
    };
    let start = |record: &Entry| record.first_text("reqStart").unwrap().to_owned();
    let before = log(&mut client, "20000101000000Z").iter().map(start).max().unwrap();
    let identifier = play(&mut client, &base, "entryUUID");
    let mut records = log(&mut client, &before);
    records.retain(|record| start(record) > before);
    records.sort_by_key(start);
    let changes = read(&records, read_access_log, &base, "entryUUID", &identifier);
    expected.assert_eq(&describe_all(&changes, &base));
    assert!(changes.iter().all(|change| change.initiator.as_deref() == Some(server.bind_dn.as_str())));
}

/// Reads the records behind a number, in windows, and puts them in order.
fn numbered(client: &mut Client, last: u64) -> Vec<Entry> {
    let filter = format!("(&(objectClass=changeLogEntry)(changeNumber>={}))", last + 1);
    let mut records = client.search("cn=changelog", Scope::One, &filter, &["*", "+"], &[]).found();
    records.sort_by_key(|record| record.first_text("changeNumber").unwrap().parse::<u64>().unwrap());
    records
}

fn last_number(client: &mut Client) -> u64 {
    client.read("", &["lastChangeNumber"]).first_text("lastChangeNumber").unwrap().trim().parse().unwrap()
}

fn changelog(server: &Server, anchor: &str, expected: &Expect) {
    let mut client = Client::bind(server);
    let base = client.fresh_container(server, "provost-changes");
    let before = last_number(&mut client);
    let identifier = play(&mut client, &base, anchor);
    let records = numbered(&mut client, before);
    let changes = read(&records, read_changelog, &base, anchor, &identifier);
    expected.assert_eq(&describe_all(&changes, &base));
    for change in &changes {
        assert!(matches!(change.position, Some(ChangePosition::Number(number)) if number > before), "{change:?}");
    }
}

/// The log of OpenDJ with a cookie: no numbers, and each cookie leads on from its record.
fn cookies(server: &Server, expected: &Expect) {
    let mut client = Client::bind(server);
    let base = client.fresh_container(server, "provost-cookies");
    let log = |client: &mut Client, cookie: &[u8]| {
        let control = change_log_cookie_request(cookie);
        client.search("cn=changelog", Scope::Subtree, "(changeType=*)", &["*", "+"], &[control])
    };
    let start = client.read("", &["lastExternalChangelogCookie"]);
    let start = start.values("lastExternalChangelogCookie")[0].clone();
    let identifier = play(&mut client, &base, "entryUUID");
    let answer = log(&mut client, &start);
    // The same cookie stands in a control beside each record.
    for (record, controls) in &answer.entries {
        let control = controls.iter().find(|control| control.oid == oid::CHANGE_LOG_COOKIE).unwrap();
        assert_eq!(decode_change_log_cookie(control).unwrap(), record.values("changeLogCookie")[0]);
    }
    let records = answer.found();
    let changes = read(&records, read_changelog, &base, "entryUUID", &identifier);
    expected.assert_eq(&describe_all(&changes, &base));
    let cookie = |change: &DirectoryChange| match &change.position {
        Some(ChangePosition::Cookie(cookie)) => cookie.clone(),
        other => panic!("{other:?}"),
    };
    // From the cookie of the second record on, the others come again and it does not.
    let rest = log(&mut client, &cookie(&changes[1])).found();
    let rest = read(&rest, read_changelog, &base, "entryUUID", &identifier);
    assert_eq!(describe_all(&rest, &base), describe_all(&changes[2..], &base));
    // This server knows its replica, and no change of it that long ago.
    let refused = log(&mut client, b"dc=contoso,dc=lab:0000013087cbc282000100000001;");
    assert_eq!(refused.result.code, ResultCode::UNWILLING_TO_PERFORM, "{}", refused.result.message.to_text());
}

mod openldap {
    #[test]
    fn every_kind_of_change_is_in_the_access_log() {
        if let Some(server) = crate::openldap() {
            super::access_log(
                &server,
                &super::expect![[r#"
                    add ou=other,~
                    add cn=bsimon,~
                      has cn: [bsimon]
                      has description: [line one\nline two]
                      has mail: [a@contoso.com] [b@contoso.com]
                      has sn: [Simon]
                      has uidNumber: [10001]
                    modify cn=bsimon,~
                      add mail: [c@contoso.com]
                      delete mail: [a@contoso.com]
                      replace sn: [Meier]
                      delete description:
                      replace telephoneNumber:
                      add jpegPhoto: [\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01]
                      known description: [line one\nline two]
                      known mail: [a@contoso.com] [b@contoso.com]
                      known sn: [Simon]
                    modify cn=bsimon,~
                      increment uidNumber: [1]
                      known uidNumber: [10001]
                    rename without the old value cn=bsimon,~ -> cn=bmeier,~
                    rename cn=bmeier,~ -> cn=britta meier,ou=other,~
                    delete cn=britta meier,ou=other,~
                      known cn: [Britta Meier] [bmeier]
                      known jpegPhoto: [\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01]
                      known mail: [b@contoso.com] [c@contoso.com]
                      known sn: [Meier]
                      known uidNumber: [10002]
                "#]],
            );
        }
    }
}

mod ds389 {
    #[test]
    fn every_kind_of_change_is_in_the_changelog() {
        if let Some(server) = crate::ds389() {
            super::changelog(
                &server,
                "nsUniqueId",
                &super::expect![[r#"
                    add ou=other,~
                    add cn=bsimon,~
                      has cn: [bsimon]
                      has description: [line one\nline two]
                      has mail: [a@contoso.com] [b@contoso.com]
                      has sn: [Simon]
                      has uidNumber: [10001]
                    modify cn=bsimon,~
                      add mail: [c@contoso.com]
                      delete mail: [a@contoso.com]
                      replace sn: [Meier]
                      delete description:
                      replace telephoneNumber:
                      add jpegPhoto: [\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01]
                    rename without the old value cn=bsimon,~ -> cn=bmeier,~
                    rename cn=bmeier,~ -> cn=britta meier,ou=other,~
                    delete cn=britta meier,ou=other,~
                      known cn: [Britta Meier] [bmeier]
                      known jpegPhoto: [\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01]
                      known mail: [b@contoso.com] [c@contoso.com]
                      known sn: [Meier]
                      known uidNumber: [10001]
                "#]],
            );
        }
    }
}

mod opendj {
    /// The records say the same under both positions.
    fn told() -> super::Expect {
        super::expect![[r#"
            add ou=other,~
            add cn=bsimon,~
              has cn: [bsimon]
              has description: [line one\nline two]
              has mail: [a@contoso.com] [b@contoso.com]
              has sn: [Simon]
              has uidNumber: [10001]
            modify cn=bsimon,~
              add mail: [c@contoso.com]
              delete mail: [a@contoso.com]
              replace sn: [Meier]
              delete description:
              replace telephoneNumber:
              add jpegPhoto: [\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01]
            modify cn=bsimon,~
              increment uidNumber: [1]
            rename without the old value cn=bsimon,~ -> cn=bmeier,~
              delete cn: [bsimon]
              add cn: [bmeier]
            rename cn=bmeier,~ -> cn=britta meier,ou=other,~
              add cn: [Britta Meier]
            delete cn=britta meier,ou=other,~
        "#]]
    }

    #[test]
    fn every_kind_of_change_is_in_the_changelog() {
        if let Some(server) = crate::opendj() {
            super::changelog(&server, "entryUUID", &told());
        }
    }

    #[test]
    fn every_kind_of_change_is_in_the_changelog_with_cookies() {
        if let Some(server) = crate::opendj() {
            super::cookies(&server, &told());
        }
    }
}
