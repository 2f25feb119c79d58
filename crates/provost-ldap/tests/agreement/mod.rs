//! Filters and names mean here what they mean to servers: all of them to slapd, to others all that no listed deviation
//! concerns. Each run draws other ones for slapd and prints its seed; the environment variable PROVOST_SEED repeats a run.

mod deviations;
mod draw;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use ldap3::{Ldap, LdapConnAsync, Scope, SearchEntry};
use provost_ldap_types::ldif::write_entry;
use provost_ldap_types::schema::Subschema;
use provost_ldap_types::{Attribute, Dn, Entry, Truth};

use crate::support::Server;
use deviations::{Asked, Deviation, NameDeviation};
use draw::{Draw, Seed};

const ENTRIES: usize = 200;

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

/// How many differences each deviation explains.
#[derive(Default)]
struct Explained(BTreeMap<&'static str, usize>);

impl Explained {
    fn count(&mut self, reasons: &[&'static str]) {
        for reason in reasons {
            *self.0.entry(reason).or_default() += 1;
        }
    }

    fn print(&self, server: &Server) {
        for (reason, count) in &self.0 {
            println!("{}: {count} differences: {reason}", server.label);
        }
    }
}

pub(crate) async fn filters(server: &Server, seed: Seed, count: usize, deviations: &'static [Deviation]) {
    let mut draw = Draw::announced("filters", seed);
    let mut ldap = bound(server).await;
    let base = server.client().await.fresh_container(server, "agreement-filters").await;
    for number in 0..ENTRIES {
        let (dn, attributes) = draw.entry(number, &base);
        let attributes = attributes.into_iter().map(|(name, values)| (name.into_bytes(), values));
        let added = ldap.add(&dn, attributes.collect::<Vec<(Vec<u8>, HashSet<Vec<u8>>)>>()).await.unwrap();
        assert_eq!(added.rc, 0, "{dn}: {}", added.text);
    }
    let root_dse = entries(&mut ldap, "", Scope::Base, "(objectClass=*)", &["subschemaSubentry"]).await;
    let schema = root_dse[0].first_text("subschemaSubentry").unwrap();
    let definitions = ["attributeTypes", "objectClasses", "ldapSyntaxes", "matchingRules"];
    let schema = entries(&mut ldap, schema, Scope::Base, "(objectClass=*)", &definitions).await;
    let schema = Subschema::from_entry(&schema[0]);
    let held = entries(&mut ldap, &base, Scope::OneLevel, "(objectClass=*)", &["*", "+"]).await;
    assert_eq!(held.len(), ENTRIES);
    let (mut wrong, mut selecting, mut explained) = (Vec::new(), 0, Explained::default());
    let mut compared = 0;
    // As many as no deviation concerns, whatever the others say.
    while compared < count {
        let filter = draw.filter(3);
        let text = filter.to_string();
        let concerning = deviations.iter().filter(|deviation| deviation.concerns(&filter, &schema));
        let reasons: Vec<&str> = concerning.map(|deviation| deviation.reason).collect();
        compared += usize::from(reasons.is_empty());
        if deviations.iter().any(|deviation| deviation.asked == Asked::No && deviation.concerns(&filter, &schema)) {
            explained.count(&reasons);
            continue;
        }
        let found = ldap
            .search(&base, Scope::OneLevel, &text, ["1.1"])
            .await
            .unwrap_or_else(|error| panic!("{text}: {error}"))
            .success();
        let theirs: BTreeSet<Dn> = match found {
            Ok((found, _)) => {
                found.into_iter().map(|entry| entry_of(SearchEntry::construct(entry)).dn().clone()).collect()
            }
            Err(_) if !reasons.is_empty() => {
                explained.count(&reasons);
                continue;
            }
            Err(error) => panic!("{text}: {error}"),
        };
        let ours = held.iter().filter(|entry| filter.evaluate(entry, &schema) == Truth::True);
        let ours: BTreeSet<Dn> = ours.map(|entry| entry.dn().clone()).collect();
        selecting += usize::from(reasons.is_empty() && !theirs.is_empty() && theirs.len() < ENTRIES);
        if let Some(dn) = ours.symmetric_difference(&theirs).next() {
            if reasons.is_empty() {
                let (ours, theirs) = (ours.contains(dn), theirs.contains(dn));
                let entry = held.iter().find(|entry| entry.dn() == dn).unwrap();
                wrong.push(format!("{text} for {dn}: ours {ours}, {} {theirs}: {}", server.label, write_entry(entry)));
            }
            explained.count(&reasons);
        }
    }
    server.client().await.clear(&base).await;
    explained.print(server);
    assert!(wrong.is_empty(), "{} filters differ\n{}", wrong.len(), wrong.join("\n"));
    assert!(selecting > count / 5, "only {selecting} filters select some entries and not all");
}

pub(crate) async fn names(server: &Server, seed: Seed, count: usize, deviations: &'static [NameDeviation]) {
    let mut draw = Draw::announced("names", seed);
    let mut ldap = bound(server).await;
    let base = server.client().await.fresh_container(server, "agreement-names").await;
    let (mut wrong, mut equal, mut explained) = (Vec::new(), 0, Explained::default());
    for _ in 0..count {
        let left = draw.name();
        let right = draw.like(&left);
        let held = ldap3::Mod::Replace("seeAlso", HashSet::from([left.as_str()]));
        let written = ldap.modify(&base, vec![held]).await.unwrap();
        assert_eq!(written.rc, 0, "{left}: {}", written.text);
        let theirs = ldap.compare(&base, "seeAlso", &right).await.unwrap().equal().unwrap();
        let ours = left.parse::<Dn>().unwrap() == right.parse::<Dn>().unwrap();
        equal += usize::from(theirs);
        let concerning = deviations.iter().filter(|deviation| (deviation.concerns)(&left, &right));
        let reasons: Vec<&str> = concerning.map(|deviation| deviation.reason).collect();
        if ours != theirs && !reasons.is_empty() {
            explained.count(&reasons);
        } else if ours != theirs {
            wrong.push(format!("{left} and {right}: ours {ours}, {} {theirs}", server.label));
        }
    }
    server.client().await.clear(&base).await;
    explained.print(server);
    assert!(wrong.is_empty(), "{} pairs differ\n{}", wrong.len(), wrong.join("\n"));
    assert!((count / 10..count * 9 / 10).contains(&equal), "{equal} pairs are equal");
}

macro_rules! on {
    ($server:ident, $part:ident, $seed:expr, $count:expr, $deviations:expr) => {
        #[tokio::test]
        async fn $part() {
            if let Some(server) = crate::$server() {
                super::$part(&server, $seed, $count, $deviations).await;
            }
        }
    };
}

mod openldap {
    on!(openldap, filters, super::Seed::Time, 1_000, &[]);
    on!(openldap, names, super::Seed::Time, 500, &[]);
}

mod ds389 {
    on!(ds389, filters, super::Seed::Fixed(4), 300, super::deviations::DS389);
    on!(ds389, names, super::Seed::Fixed(4), 500, super::deviations::DS389_NAMES);
}

mod opendj {
    on!(opendj, filters, super::Seed::Fixed(4), 300, super::deviations::OPENDJ);
    on!(opendj, names, super::Seed::Fixed(4), 500, &[]);
}

// ApacheDS refuses most kinds of filters with result 1 where a rule is missing.
mod apacheds {
    on!(apacheds, names, super::Seed::Fixed(4), 500, super::deviations::APACHEDS_NAMES);
}
