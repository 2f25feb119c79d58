//! Content synchronization, RFC 4533: a refresh from a cookie leads to what the server holds.

use std::collections::{BTreeMap, BTreeSet};

use provost_ldap_types::change::{
    ChangeOperation, SyncIdForm, SyncInfoValue, SyncMode, SyncRequestValue, SyncState, SyncUuid, read_sync_entry,
};
use provost_ldap_types::{Dn, Entry};
use provost_ldap_wire::{ResultCode, Scope, decode_sync_done, decode_sync_state, oid, sync_request};

use super::client::Client;
use crate::support::Server;

/// How a server tells that an entry is gone.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Told {
    /// As an entry of its own in state `delete`.
    ByEntry,
    /// In a set of identifiers.
    ByIdSet,
}

/// What the last message of a refresh from a cookie says of what the refresh did not name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Unnamed {
    /// It is there: `refreshDeletes` is TRUE, RFC 4533 section 3.3.2.
    IsThere,
    /// It is gone: `refreshDeletes` is FALSE. 389 DS and ApacheDS say so and mean the contrary.
    IsSaidToBeGone,
}

const PEOPLE: &str = "(objectClass=inetOrgPerson)";

/// A copy of what is below a base, kept up to date by synchronization.
struct Copy {
    base: String,
    form: SyncIdForm,
    unnamed: Unnamed,
    people: BTreeMap<SyncUuid, (Dn, String)>,
    cookie: Option<Vec<u8>>,
}

impl Copy {
    /// Refreshes the copy; returns how many entries came in full, and how those that are gone were told.
    fn refresh(&mut self, client: &mut Client) -> (usize, BTreeSet<Told>) {
        let request = SyncRequestValue { mode: SyncMode::RefreshOnly, cookie: self.cookie.clone(), reload_hint: false };
        let answer = client.search(
            &self.base,
            Scope::Subtree,
            PEOPLE,
            &["*", "+", "nsUniqueId"],
            &[sync_request(&request).critical()],
        );
        assert_eq!(answer.result.code, ResultCode::SUCCESS, "{}", answer.result.message.to_text());
        let done = decode_sync_done(answer.control(oid::SYNC_DONE)).unwrap();
        let (mut full, mut told, mut present) = (0, BTreeSet::new(), BTreeSet::new());
        for (entry, controls) in &answer.entries {
            let control = controls.iter().find(|control| control.oid == oid::SYNC_STATE).unwrap();
            let state = decode_sync_state(control).unwrap();
            let change = read_sync_entry(entry, &state, self.form);
            present.insert(state.uuid);
            match &change.operation {
                ChangeOperation::State(_) => {
                    full += 1;
                    let id = state.uuid.target_id(self.form);
                    match entry.values(id.attribute) {
                        // 389 DS leaves its own attributes out where it goes on from a cookie.
                        [] if self.form == SyncIdForm::NsUniqueId && request.cookie.is_some() => {}
                        held => assert_eq!(held, [id.value], "the identifier is that of the entry"),
                    }
                    self.people.insert(state.uuid, person(entry));
                }
                ChangeOperation::Delete => {
                    told.insert(Told::ByEntry);
                    assert!(self.people.remove(&state.uuid).is_some(), "{change:?}");
                }
                ChangeOperation::Unchanged => assert_eq!(state.state, SyncState::Present),
                other => panic!("{other:?}"),
            }
        }
        for info in answer.infos {
            match info {
                SyncInfoValue::IdSet { refresh_deletes: true, uuids, .. } => {
                    told.insert(Told::ByIdSet);
                    uuids.iter().for_each(|uuid| drop(self.people.remove(uuid)));
                }
                SyncInfoValue::IdSet { refresh_deletes: false, uuids, .. } => present.extend(uuids),
                SyncInfoValue::RefreshDelete { .. } | SyncInfoValue::NewCookie(_) => {}
                SyncInfoValue::RefreshPresent { .. } => self.people.retain(|uuid, _| present.contains(uuid)),
            }
        }
        if request.cookie.is_some() {
            assert_eq!(done.refresh_deletes, self.unnamed == Unnamed::IsThere);
        }
        // slapd sends no cookie when nothing changed.
        self.cookie = done.cookie.or(request.cookie);
        assert!(self.cookie.is_some(), "a first refresh ends with a cookie");
        (full, told)
    }

    fn held(&self) -> BTreeMap<Dn, String> {
        self.people.values().cloned().collect()
    }
}

fn person(entry: &Entry) -> (Dn, String) {
    (entry.dn().clone(), entry.first_text("sn").unwrap_or_default().to_owned())
}

fn add(cn: &str, base: &str) -> String {
    format!("dn: cn={cn},{base}\nobjectClass: inetOrgPerson\ncn: {cn}\nsn: {cn}\n")
}

fn replace(cn: &str, base: &str, sn: &str) -> String {
    format!("dn: cn={cn},{base}\nchangetype: modify\nreplace: sn\nsn: {sn}\n-\n")
}

fn held(client: &mut Client, base: &str) -> BTreeMap<Dn, String> {
    client.search(base, Scope::Subtree, PEOPLE, &["sn"], &[]).found().iter().map(person).collect()
}

/// Makes four people and the copy of them.
fn copied(client: &mut Client, server: &Server, form: SyncIdForm, unnamed: Unnamed) -> Copy {
    let base = client.fresh_container(server, "provost-sync");
    ["one", "two", "three", "four"].into_iter().for_each(|cn| client.changes(&add(cn, &base)));
    let mut copy = Copy { base, form, unnamed, people: BTreeMap::new(), cookie: None };
    let (full, told) = copy.refresh(client);
    assert_eq!((full, told.len()), (4, 0));
    assert_eq!(copy.held(), held(client, &copy.base));
    copy
}

fn synchronization(server: &Server, form: SyncIdForm, unnamed: Unnamed) {
    let mut client = Client::bind(server);
    let mut copy = copied(&mut client, server, form, unnamed);
    let base = copy.base.clone();
    client.changes(&replace("one", &base, "changed"));
    client.changes(&format!("dn: cn=two,{base}\nchangetype: modrdn\nnewrdn: cn=zwei\ndeleteoldrdn: 1\n"));
    client.changes(&format!("dn: cn=three,{base}\nchangetype: delete\n"));
    client.changes(&add("five", &base));
    let (full, told) = copy.refresh(&mut client);
    assert_eq!(copy.held(), held(&mut client, &base));
    assert_eq!(full, 3, "one changed, two renamed, five added, and no other comes again");
    assert_eq!(told, BTreeSet::from([Told::ByIdSet]));

    let (full, told) = copy.refresh(&mut client);
    assert_eq!((full, told.len()), (0, 0));
    assert_eq!(copy.held(), held(&mut client, &base));
}

mod openldap {
    #[test]
    fn a_refresh_tells_what_changed() {
        if let Some(server) = crate::openldap() {
            super::synchronization(&server, super::SyncIdForm::EntryUuid, super::Unnamed::IsThere);
        }
    }
}

mod ds389 {
    #[test]
    fn a_refresh_tells_what_changed() {
        if let Some(server) = crate::ds389() {
            super::synchronization(&server, super::SyncIdForm::NsUniqueId, super::Unnamed::IsSaidToBeGone);
        }
    }
}

mod apacheds {
    use super::{BTreeSet, Client, SyncIdForm, Told, Unnamed, add, copied, held, replace};

    /// It judges a change by the CSN that the entry had before: what had not changed since the cookie is left out, and
    /// the copy is wrong until the entry changes again.
    #[test]
    fn a_refresh_leaves_out_first_modifications() {
        let Some(server) = crate::apacheds() else { return };
        let mut client = Client::bind(&server);
        let mut copy = copied(&mut client, &server, SyncIdForm::EntryUuid, Unnamed::IsSaidToBeGone);
        let base = copy.base.clone();
        client.changes(&format!("dn: cn=three,{base}\nchangetype: delete\n"));
        client.changes(&add("five", &base));
        let (full, told) = copy.refresh(&mut client);
        assert_eq!((full, told), (1, BTreeSet::from([Told::ByEntry])));
        assert_eq!(copy.held(), held(&mut client, &base));

        client.changes(&replace("one", &base, "changed"));
        assert_eq!(copy.refresh(&mut client).0, 0);
        assert_ne!(copy.held(), held(&mut client, &base));
        client.changes(&replace("one", &base, "changed again"));
        assert_eq!(copy.refresh(&mut client).0, 1);
        assert_eq!(copy.held(), held(&mut client, &base));
    }
}

mod opendj {
    use provost_ldap_types::change::{SyncMode, SyncRequestValue};
    use provost_ldap_wire::{ResultCode, Scope, sync_request};

    /// OpenDJ has its own change log instead.
    #[test]
    fn synchronization_is_refused() {
        let Some(server) = crate::opendj() else { return };
        let mut client = super::Client::bind(&server);
        let request = SyncRequestValue { mode: SyncMode::RefreshOnly, cookie: None, reload_hint: false };
        let control = sync_request(&request).critical();
        let answer = client.search(&server.suffix, Scope::Base, "(objectClass=*)", &[], &[control]);
        assert_eq!(answer.result.code, ResultCode::UNAVAILABLE_CRITICAL_EXTENSION);
    }
}
