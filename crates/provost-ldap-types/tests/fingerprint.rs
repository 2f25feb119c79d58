//! Every published root DSE in `data/rootdse` gets the label that its header asks for.
#![cfg(test)]

use std::fs;
use std::path::Path;

use provost_ldap_types::RootDse;
use provost_ldap_types::fingerprint::{Confidence, Fingerprint, ServerLabel, fingerprint};
use provost_ldap_types::ldif::{Reader, Record};

struct Fixture {
    name: String,
    text: String,
}

impl Fixture {
    fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rootdse");
        let mut fixtures: Vec<Self> = fs::read_dir(folder)
            .unwrap()
            .map(|file| {
                let path = file.unwrap().path();
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                Self { name, text: fs::read_to_string(path).unwrap() }
            })
            .collect();
        fixtures.sort_by(|left, right| left.name.cmp(&right.name));
        fixtures
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.text.lines().find_map(|line| line.strip_prefix("# ")?.strip_prefix(name)?.strip_prefix(": "))
    }

    fn labels(&self, name: &str) -> Vec<ServerLabel> {
        self.header(name)
            .unwrap_or_default()
            .split(", ")
            .filter(|text| !text.is_empty())
            .map(|text| text.parse().unwrap())
            .collect()
    }

    fn root_dse(&self) -> RootDse {
        let mut records = Reader::new(self.text.as_bytes());
        let Some(Ok(Record::Content(entry))) = records.next() else { panic!("{} holds no entry", self.name) };
        assert!(records.next().is_none(), "{} holds more than one entry", self.name);
        let root_dse = RootDse::from_entry(entry);
        if self.header("partial").is_some() { root_dse.partial() } else { root_dse }
    }

    fn fingerprint(&self) -> Fingerprint {
        let port = self.header("port").map(|port| port.parse().unwrap());
        fingerprint(&self.root_dse(), port, None)
    }
}

#[test]
fn every_published_root_dse_gets_its_label() {
    let fixtures = Fixture::all();
    assert_eq!(fixtures.len(), 109);
    let mut wrong = Vec::new();
    for fixture in fixtures {
        let found = fixture.fingerprint();
        let mut accepted = fixture.labels("expected");
        accepted.extend(fixture.labels("also-accept"));
        if !accepted.contains(&found.label) {
            wrong.push(format!("{}: {found:?}", fixture.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_whole_answer_would_get_the_same_label() {
    for fixture in Fixture::all() {
        let whole = RootDse::from_entry(fixture.root_dse().entry().clone());
        let port = fixture.header("port").map(|port| port.parse().unwrap());
        assert_eq!(fingerprint(&whole, port, None).label, fixture.fingerprint().label, "{}", fixture.name);
    }
}

#[test]
fn evidence_that_fits_several_servers_is_not_trusted_fully() {
    for fixture in Fixture::all() {
        let found = fixture.fingerprint();
        if !fixture.labels("also-accept").is_empty() {
            assert!(found.confidence < Confidence::High, "{}: {found:?}", fixture.name);
        }
    }
}

#[test]
fn versions_of_the_published_servers() {
    let mut lines = Vec::new();
    for fixture in Fixture::all() {
        let found = fixture.fingerprint();
        lines.push(format!(
            "{} {} {} {}",
            fixture.name,
            found.label,
            found.confidence.as_str(),
            found.version.as_deref().unwrap_or("-")
        ));
    }
    expect_test::expect_file!["data/fingerprints.txt"].assert_eq(&(lines.join("\n") + "\n"));
}
