//! Filters and names mean here what they mean to slapd. Each run draws other ones and prints its seed; the environment
//! variable PROVOST_SEED repeats a run.

mod draw;

use std::collections::{BTreeSet, HashSet};

use ldap3::{Ldap, LdapConnAsync, Scope, SearchEntry};
use provost_ldap_types::schema::Subschema;
use provost_ldap_types::{Attribute, Dn, Entry, Truth};

use crate::support::Server;
use draw::Draw;

const ENTRIES: usize = 200;
const FILTERS: usize = 1_000;
const NAMES: usize = 500;

async fn bound(server: &Server) -> Ldap {
    let (connection, mut ldap) = LdapConnAsync::new(&server.url).await.unwrap();
    tokio::spawn(connection.drive());
    ldap.simple_bind(&server.bind_dn, &server.password).await.unwrap().success().unwrap();
    ldap
}

async fn entries(ldap: &mut Ldap, base: &str, scope: Scope, filter: &str, attributes: &[&str]) -> Vec<Entry> {
    let found = ldap.search(base, scope, filter, attributes).await.unwrap();
    let (found, result) = found.success().unwrap_or_else(|error| panic!("{filter}: {error}"));
    assert_eq!(result.rc, 0);
    found.into_iter().map(|entry| entry_of(SearchEntry::construct(entry))).collect()
}

fn entry_of(found: SearchEntry) -> Entry {
    let mut entry = Entry::new(found.dn.parse().unwrap());
    for (name, values) in found.attrs {
        entry.push(Attribute::of(&name, values).unwrap());
    }
    for (name, values) in found.bin_attrs {
        entry.push(Attribute::of(&name, values).unwrap());
    }
    entry
}

pub(crate) async fn filters(server: &Server) {
    let mut draw = Draw::announced("filters");
    let mut ldap = bound(server).await;
    let base = server.client().await.fresh_container(server, "agreement-filters").await;
    for number in 0..ENTRIES {
        let (dn, attributes) = draw.entry(number, &base);
        let attributes = attributes.into_iter().map(|(name, values)| (name.into_bytes(), values));
        let added = ldap.add(&dn, attributes.collect::<Vec<(Vec<u8>, HashSet<Vec<u8>>)>>()).await.unwrap();
        assert_eq!(added.rc, 0, "{dn}: {}", added.text);
    }
    let schema = entries(&mut ldap, "cn=Subschema", Scope::Base, "(objectClass=*)", &["*", "+"]).await;
    let schema = Subschema::from_entry(&schema[0]);
    let held = entries(&mut ldap, &base, Scope::OneLevel, "(objectClass=*)", &["*", "+"]).await;
    assert_eq!(held.len(), ENTRIES);
    let (mut wrong, mut selecting) = (Vec::new(), 0);
    for _ in 0..FILTERS {
        let filter = draw.filter(3);
        let text = filter.to_string();
        let theirs = entries(&mut ldap, &base, Scope::OneLevel, &text, &["1.1"]).await;
        let theirs: BTreeSet<Dn> = theirs.into_iter().map(|entry| entry.dn().clone()).collect();
        let ours = held.iter().filter(|entry| filter.evaluate(entry, &schema) == Truth::True);
        let ours: BTreeSet<Dn> = ours.map(|entry| entry.dn().clone()).collect();
        selecting += usize::from(!theirs.is_empty() && theirs.len() < ENTRIES);
        if let Some(dn) = ours.symmetric_difference(&theirs).next() {
            wrong.push(format!("{text} for {dn}: ours {}, slapd {}", ours.contains(dn), theirs.contains(dn)));
        }
    }
    server.client().await.clear(&base).await;
    assert!(wrong.is_empty(), "{} filters differ\n{}", wrong.len(), wrong.join("\n"));
    assert!(selecting > FILTERS / 5, "only {selecting} filters select some entries and not all");
}

pub(crate) async fn names(server: &Server) {
    let mut draw = Draw::announced("names");
    let mut ldap = bound(server).await;
    let base = server.client().await.fresh_container(server, "agreement-names").await;
    let (mut wrong, mut equal) = (Vec::new(), 0);
    for _ in 0..NAMES {
        let left = draw.name();
        let right = draw.like(&left);
        let held = ldap3::Mod::Replace("seeAlso", HashSet::from([left.as_str()]));
        let written = ldap.modify(&base, vec![held]).await.unwrap();
        assert_eq!(written.rc, 0, "{left}: {}", written.text);
        let theirs = ldap.compare(&base, "seeAlso", &right).await.unwrap().equal().unwrap();
        let ours = left.parse::<Dn>().unwrap() == right.parse::<Dn>().unwrap();
        equal += usize::from(theirs);
        if ours != theirs {
            wrong.push(format!("{left} and {right}: ours {ours}, slapd {theirs}"));
        }
    }
    server.client().await.clear(&base).await;
    assert!(wrong.is_empty(), "{} pairs differ\n{}", wrong.len(), wrong.join("\n"));
    assert!((NAMES / 10..NAMES * 9 / 10).contains(&equal), "{equal} pairs are equal");
}

mod openldap {
    #[tokio::test]
    async fn filters_select_the_same_entries() {
        if let Some(server) = crate::openldap() {
            super::filters(&server).await;
        }
    }

    #[tokio::test]
    async fn names_are_equal_to_both() {
        if let Some(server) = crate::openldap() {
            super::names(&server).await;
        }
    }
}
