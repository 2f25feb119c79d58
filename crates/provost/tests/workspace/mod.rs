//! The files of the workspace, for the tests that judge them.
#![allow(dead_code, reason = "each test uses a part")]

use std::fs;
use std::path::{Path, PathBuf};

/// The crates below `crates/` and their layers. A crate may use those of lower layers only.
pub(crate) const LAYERS: &[(&str, u8)] = &[
    ("provost-text", 0),
    ("provost-model", 0),
    ("provost-ldap-types", 1),
    ("provost-scim", 1),
    ("provost-expr", 1),
    ("provost-connector", 1),
    ("provost-ldap-wire", 2),
    ("provost-mapping", 2),
    ("provost-store", 2),
    ("provost-testkit", 2),
    ("provost-engine", 3),
    ("provost-ldap", 4),
    ("provost-directory", 4),
    ("provost-host", 4),
    ("provost-store-redb", 4),
    ("provost-store-postgres", 4),
    ("provost-files", 4),
    ("provost", 5),
];

/// Returns the layer of a crate.
pub(crate) fn layer(name: &str) -> Option<u8> {
    LAYERS.iter().find(|(held, _)| *held == name).map(|(_, layer)| *layer)
}

/// Returns the folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Returns the folders below `crates/`, in order.
pub(crate) fn crates() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("Cargo.toml").is_file());
    folders.sort();
    assert!(folders.len() > 10, "the crates were not found");
    folders
}

/// Returns the files with an extension below a folder, build output left out.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" {
            found.extend(files(&path, extension));
        } else if path.is_file() && path.extension().is_some_and(|held| held == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Fails with a list of what is wrong, one a line.
pub(crate) fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
