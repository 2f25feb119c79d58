//! Changes of a domain controller, Samba's: by update sequence number with tombstones, and by DirSync.

use expect_test::{Expect, expect};
use provost_ldap_types::Entry;
use provost_ldap_types::change::{
    ChangePosition, DirSyncFlags, DirSyncRequestValue, DirectoryChange, read_active_directory, read_dir_sync,
};
use provost_ldap_wire::{Control, ResultCode, Scope, decode_dir_sync_response, dir_sync_request, oid};

use super::client::Client;
use super::describe;
use crate::support::Server;

const USERS: &str = "(&(objectClass=user)(!(objectClass=computer)))";

fn show_deleted() -> Control {
    Control::new(oid::SHOW_DELETED, None).critical()
}

/// A user who is made, changed, emptied of a value, renamed and moved, one step at a time.
fn steps(base: &str) -> Vec<String> {
    let user = format!("CN=bsimon,{base}");
    let moved = format!("CN=bmeier,OU=other,{base}");
    vec![
        format!("dn: {user}\nobjectClass: user\ncn: bsimon\nsn: Simon\ndescription: first\nmail: a@contoso.com\n"),
        format!(
            "dn: {user}\nchangetype: modify\nreplace: sn\nsn: Meier\n-\ndelete: description\n-\nadd: displayName\n\
             displayName: Britta Meier\n-\n"
        ),
        format!("dn: {user}\nchangetype: modrdn\nnewrdn: CN=bmeier\ndeleteoldrdn: 1\nnewsuperior: OU=other,{base}\n"),
        format!("dn: {moved}\nchangetype: delete\n"),
    ]
}

fn container(client: &mut Client, server: &Server, name: &str) -> String {
    let base = client.fresh_container(server, name);
    client.changes(&format!("dn: OU=other,{base}\nobjectClass: organizationalUnit\nou: other\n"));
    base
}

fn guid(client: &mut Client, base: &str) -> Vec<u8> {
    client.read(&format!("CN=bsimon,{base}"), &["objectGUID"]).values("objectGUID")[0].clone()
}

/// Each step is read right after it was made: the watermark is `highestCommittedUSN` before the search.
fn update_numbers(server: &Server, expected: &Expect) {
    let mut client = Client::bind(server);
    let base = container(&mut client, server, "provost-usn");
    let highest = |client: &mut Client| -> u64 {
        let root_dse = client.read("", &["highestCommittedUSN"]);
        root_dse.first_text("highestCommittedUSN").unwrap().parse().unwrap()
    };
    let (mut shown, mut identifier) = (String::new(), Vec::new());
    for step in steps(&base) {
        let before = highest(&mut client);
        client.changes(&step);
        if identifier.is_empty() {
            identifier = guid(&mut client, &base);
        }
        let filter = format!("(&(uSNChanged>={}){USERS})", before + 1);
        let found = client.search(&server.suffix, Scope::Subtree, &filter, &["*"], &[show_deleted()]).found();
        let changes = found.iter().map(|entry| read_active_directory(entry).unwrap());
        for change in changes.filter(|change| change.id("objectGUID") == Some(&identifier)) {
            assert!(matches!(change.position, Some(ChangePosition::Usn(number)) if number > before), "{change:?}");
            shown += &describe(&change, &base);
        }
    }
    expected.assert_eq(&shown);
}

/// A reader by DirSync.
struct Reader<'a> {
    client: &'a mut Client,
    server: &'a Server,
    cookie: Vec<u8>,
}

impl Reader<'_> {
    /// Reads until there is no more.
    fn read(&mut self) -> Vec<DirectoryChange> {
        let mut changes = Vec::new();
        loop {
            let value = DirSyncRequestValue {
                flags: DirSyncFlags::ANCESTORS_FIRST,
                max_octets: 1_000_000,
                cookie: self.cookie.clone(),
            };
            let controls = [dir_sync_request(&value), show_deleted()];
            let answer = self.client.search(&self.server.suffix, Scope::Subtree, USERS, &["*"], &controls);
            assert_eq!(answer.result.code, ResultCode::SUCCESS, "{}", answer.result.message.to_text());
            let response = decode_dir_sync_response(answer.control(oid::DIR_SYNC)).unwrap();
            assert_ne!(response.cookie, self.cookie);
            self.cookie = response.cookie;
            let entries = answer.entries.iter().map(|(entry, _)| entry);
            changes.extend(entries.map(|entry: &Entry| read_dir_sync(entry).unwrap()));
            if !response.more_results {
                return changes;
            }
        }
    }
}

fn dir_sync(server: &Server, expected: &Expect) {
    let mut client = Client::bind(server);
    let base = container(&mut client, server, "provost-dirsync");
    let mut writer = Client::bind(server);
    let mut reader = Reader { client: &mut client, server, cookie: Vec::new() };
    let all = reader.read();
    assert!(all.len() > 1, "the first answer holds every user");
    let (mut shown, mut identifier) = (String::new(), Vec::new());
    for step in steps(&base) {
        writer.changes(&step);
        if identifier.is_empty() {
            identifier = guid(&mut writer, &base);
        }
        for change in reader.read().iter().filter(|change| change.id("objectGUID") == Some(&identifier)) {
            shown += &describe(change, &base);
        }
    }
    expected.assert_eq(&shown);
}

mod samba_ad {
    #[test]
    fn update_numbers_tell_what_changed_and_what_was_deleted() {
        if let Some(server) = crate::samba_ad() {
            super::update_numbers(
                &server,
                &super::expect![[r#"
                    state cn=bsimon,~
                      has cn: [bsimon]
                      has description: [first]
                      has mail: [a@contoso.com]
                      has sn: [Simon]
                    state cn=bsimon,~
                      has cn: [bsimon]
                      has displayName: [Britta Meier]
                      has mail: [a@contoso.com]
                      has sn: [Meier]
                    state cn=bmeier,ou=other,~
                      has cn: [bmeier]
                      has displayName: [Britta Meier]
                      has mail: [a@contoso.com]
                      has sn: [Meier]
                    delete cn=bmeier,ou=other,~
                      known cn: [bmeier\nDEL:...]
                      known isDeleted: [TRUE]
                "#]],
            );
        }
    }

    #[test]
    fn dir_sync_tells_what_changed_and_what_was_deleted() {
        if let Some(server) = crate::samba_ad() {
            super::dir_sync(
                &server,
                &super::expect![[r#"
                    merge cn=bsimon,~
                      replace mail: [a@contoso.com]
                      replace description: [first]
                      replace sn: [Simon]
                    merge cn=bsimon,~
                      replace displayName: [Britta Meier]
                      replace sn: [Meier]
                      replace description:
                    merge cn=bmeier,ou=other,~
                    delete cn=bmeier,ou=other,~
                      known isDeleted: [TRUE]
                "#]],
            );
        }
    }
}
