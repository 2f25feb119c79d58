//! Filling a directory from LDIF and writing it out; clocks and chance that are given.
#![cfg(test)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use expect_test::{Expect, expect};
use provost_connector::{Clock, Entropy, EntropyError};
use provost_directory::{Directory, DirectoryOptions, DumpContent};
use provost_model::Timestamp;

const BASE: &str = "dn: dc=lab\nobjectClass: domain\ndc: lab\n";

fn directory() -> Directory {
    let directory = Directory::new(DirectoryOptions::new("dc=lab".parse().unwrap())).unwrap();
    directory.load(BASE.as_bytes()).unwrap();
    directory
}

fn check_refused(text: &str, expected: Expect) {
    let error = directory().load(text.as_bytes()).unwrap_err();
    let source = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
    expected.assert_eq(&format!("{error}{source}"));
}

#[test]
fn refusals_name_the_line() {
    check_refused(
        "version: 1\n\n# a comment\ndn: cn=a,dc=lab\nobjectClass: person\n",
        expect![
            "line 4: the record is refused: objectClassViolation (65): cn=a,dc=lab: object class 'person' requires attribute 'sn'"
        ],
    );
    check_refused(
        "dn: cn=a,dc=lab\nobjectClass: device\n\n\n\ndn: cn=b,dc=lab\nobjectClass: device\nfrob: 1\n",
        expect![
            "line 6: the record is refused: undefinedAttributeType (17): cn=b,dc=lab: frob: attribute type undefined"
        ],
    );
    check_refused(
        "\n\ndn: cn=a,dc=nowhere\nobjectClass: device\n",
        expect![
            "line 3: the record is refused: unwillingToPerform (53): cn=a,dc=nowhere: no global superior knowledge"
        ],
    );
    check_refused(
        "dn: cn=a,ou=x,dc=lab\nobjectClass: device\n",
        expect!["line 1: the record is refused: noSuchObject (32): cn=a,ou=x,dc=lab: the parent does not exist"],
    );
    check_refused(
        "dn: cn=a,dc=lab\nchangetype: delete\n",
        expect!["line 1: the record is refused: protocolError (2): expected an entry and found a change"],
    );
    check_refused(
        "dn: cn=a,dc=lab\nobjectClass device\n",
        expect!["cannot read the LDIF document: expected an attribute, `:` and a value in line 2"],
    );
}

#[test]
fn entries_before_a_refused_one_stay() {
    let directory = directory();
    let text = "dn: cn=a,dc=lab\nobjectClass: device\n\ndn: cn=b,dc=lab\nobjectClass: frob\n";
    assert!(directory.load(text.as_bytes()).is_err());
    assert_eq!(directory.len(), 2);
    assert_eq!(directory.write_counter(), 0);
}

/// A clock that goes on by a second at each look.
#[derive(Debug, Default)]
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.0.fetch_add(1_000, Ordering::Relaxed))
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

#[derive(Debug)]
struct Sevens;

impl Entropy for Sevens {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        octets.fill(7);
        Ok(())
    }
}

#[derive(Debug)]
struct Empty;

impl Entropy for Empty {
    fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError::new())
    }
}

fn fixed() -> DirectoryOptions {
    DirectoryOptions::new("dc=lab".parse().unwrap())
        .with_root("cn=root".parse().unwrap(), "pw".into())
        .with_clock(Arc::new(Ticking::default()))
        .with_entropy(Arc::new(Sevens))
}

fn dump(directory: &Directory, content: DumpContent) -> String {
    let mut dump = Vec::new();
    directory.dump(&mut dump, content).unwrap();
    String::from_utf8(dump).unwrap()
}

#[test]
fn operational_attributes_come_from_clock_and_entropy() {
    let directory = Directory::new(fixed()).unwrap();
    directory.load(BASE.as_bytes()).unwrap();
    expect![[r#"
        dn: dc=lab
        objectClass: domain
        dc: lab
        structuralObjectClass: domain
        entryUUID: 07070707-0707-4707-8707-070707070707
        creatorsName: cn=root
        createTimestamp: 19700101000001Z
        entryCSN: 19700101000001.000000Z#000000#000#000000
        modifiersName: cn=root
        modifyTimestamp: 19700101000001Z
    "#]]
    .assert_eq(&dump(&directory, DumpContent::All));
}

#[test]
fn what_a_dump_says_is_taken_over() {
    let directory = Directory::new(fixed()).unwrap();
    let text = "dn: DC=Lab\nobjectClass: domain\nentryUUID: 12345678-9abc-def0-1234-56789abcdef0\nuserPassword: pw\n\
                hasSubordinates: TRUE\nentryDN: dc=elsewhere\n";
    directory.load(text.as_bytes()).unwrap();
    let entry = directory.entry(&"dc=LAB".parse().unwrap()).unwrap();
    assert_eq!(entry.dn().to_string(), "dc=Lab");
    assert_eq!(entry.first_text("entryUUID"), Some("12345678-9abc-def0-1234-56789abcdef0"));
    assert_eq!(entry.first_text("hasSubordinates"), None);
    expect![[r#"
        dn: dc=Lab
        objectClass: domain
        dc: Lab
    "#]]
    .assert_eq(&dump(&directory, DumpContent::UserAttributes));
}

#[test]
fn without_randomness_nothing_is_added() {
    let directory = Directory::new(fixed().with_entropy(Arc::new(Empty))).unwrap();
    let error = directory.load(BASE.as_bytes()).unwrap_err();
    expect!["line 1: the record is refused: other (80): dc=lab: the source of randomness gave nothing"]
        .assert_eq(&error.to_string());
    assert!(directory.is_empty());
}

#[test]
fn a_clock_that_stands_still_gives_growing_change_numbers() {
    #[derive(Debug)]
    struct Still;
    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix_millis(1_234)
        }
        fn monotonic(&self) -> Duration {
            Duration::ZERO
        }
    }
    let directory = Directory::new(fixed().with_clock(Arc::new(Still))).unwrap();
    directory.load(BASE.as_bytes()).unwrap();
    directory.load("dn: cn=a,dc=lab\nobjectClass: device\n".as_bytes()).unwrap();
    let number =
        |name: &str| directory.entry(&name.parse().unwrap()).unwrap().first_text("entryCSN").unwrap().to_owned();
    assert_eq!(number("dc=lab"), "19700101000001.234000Z#000000#000#000000");
    assert_eq!(number("cn=a,dc=lab"), "19700101000001.234000Z#000001#000#000000");
}

#[test]
fn options_that_make_no_directory() {
    let check = |options: DirectoryOptions, expected: Expect| {
        expected.assert_eq(&Directory::new(options).unwrap_err().to_string());
    };
    check(
        DirectoryOptions::new("frob=lab".parse().unwrap()),
        expect!["the suffix is not a name of this schema: frob=lab"],
    );
    check(
        fixed().with_root("frob=root".parse().unwrap(), "pw".into()),
        expect!["the root DN is not a name of this schema: frob=root"],
    );
    let mut options = fixed();
    options.administrators.push("frob=x".parse().unwrap());
    check(options, expect!["the administrator is not a name of this schema: frob=x"]);
}

#[test]
fn two_suffixes_are_two_trees() {
    let mut options = fixed();
    options.suffixes.push("o=other".parse().unwrap());
    let directory = Directory::new(options).unwrap();
    directory.load("dn: o=other\nobjectClass: organization\n\ndn: dc=lab\nobjectClass: domain\n".as_bytes()).unwrap();
    expect![[r#"
        dn: o=other
        objectClass: organization
        o: other

        dn: dc=lab
        objectClass: domain
        dc: lab
    "#]]
    .assert_eq(&dump(&directory, DumpContent::UserAttributes));
}
