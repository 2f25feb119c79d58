//! The octets that the targets of names, schemas and wire formats begin with: short lists beside this package, and what
//! the tests of the crates read.
//!
//! The first octet of a text says that it stands as it is, which [`form`](crate::form) reads.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

const TYPES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/provost-ldap-types/tests/data");

/// Returns the lines of a list in the folder `seeds`.
pub fn lines(target: &str) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target).with_extension("txt");
    read(&path).lines().map(as_it_is).collect()
}

/// Returns the definitions that break the rules of RFC 4512.
pub fn definitions() -> Vec<Vec<u8>> {
    let path = Path::new(TYPES).join("schema-quirks.jsonl");
    let lines: Vec<Value> = read(&path).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    lines.iter().filter_map(|line| line["definition"].as_str()).map(as_it_is).collect()
}

/// Returns the root DSEs of the known servers.
pub fn root_dses() -> Vec<Vec<u8>> {
    files("rootdse").iter().map(|path| as_it_is(&read(path))).collect()
}

/// Returns the records of change logs that servers wrote.
pub fn changes() -> Vec<Vec<u8>> {
    let files = files("changes").into_iter().filter(|path| path.extension().is_some_and(|end| end == "ldif"));
    files.flat_map(|path| read(&path).split("\n\n").map(as_it_is).collect::<Vec<_>>()).collect()
}

/// Returns LDIF: records of change logs, root DSEs and changes.
pub fn ldif() -> Vec<Vec<u8>> {
    let change = "version: 1\n\ndn: cn=a,dc=lab\ncontrol: 1.2.840.113556.1.4.805 true\nchangetype: delete\n\n\
                  dn:: Y249w7Y=\nchangetype: modify\nadd: cn\ncn:: w7Y=\n-\nreplace: sn\n-\nincrement: n\nn: 1\n-\n\n\
                  dn: cn=a,dc=lab\nchangetype: modrdn\nnewrdn: cn=b\ndeleteoldrdn: 1\nnewsuperior: dc=b,\n dc=lab\n";
    let mut seeds = vec![as_it_is(change)];
    seeds.extend(changes());
    seeds.extend(root_dses().into_iter().filter(|seed| seed.len() < 1000));
    seeds
}

fn as_it_is(text: &str) -> Vec<u8> {
    [&[0], text.as_bytes()].concat()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(TYPES).join(folder)).expect("the fixtures stand beside this package");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
