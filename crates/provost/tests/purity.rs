//! The resolved graphs of the crates that must not bring a runtime, a socket or a database.
#![cfg(test)]

mod workspace;

use std::process::Command;

use workspace::{assert_none, root};

/// Packages that stand for a runtime, sockets, TLS or a database.
const IMPURE: &[&str] = &["tokio", "mio", "axum", "ldap3", "rustls", "redb", "socket2"];

/// Crates that compute only, crates that await and never spawn, and the facade with its default features.
const PURE: &[&str] = &[
    "provost",
    "provost-connector",
    "provost-engine",
    "provost-expr",
    "provost-ldap-types",
    "provost-ldap-wire",
    "provost-mapping",
    "provost-model",
    "provost-scim",
    "provost-store",
    "provost-text",
];

/// Packages that call an operating system, or a host in its place.
const BOUND: &[&str] = &[
    "core-foundation-sys",
    "getrandom",
    "iana-time-zone",
    "js-sys",
    "libc",
    "mio",
    "nix",
    "rustix",
    "socket2",
    "tokio",
    "wasi",
    "wasm-bindgen",
    "web-sys",
    "windows-sys",
];

/// Crates whose graph needs no operating system, whatever features are on.
const FREESTANDING: &[&str] = &[
    "provost-expr",
    "provost-ldap-types",
    "provost-ldap-wire",
    "provost-mapping",
    "provost-model",
    "provost-scim",
    "provost-text",
];

/// A target without operating system; cargo resolves its graph whether it is installed or not.
const BARE: [&str; 3] = ["--all-features", "--target", "wasm32-unknown-unknown"];

#[test]
fn grammars_with_all_features_need_no_operating_system() {
    let mut faults = Vec::new();
    for name in FREESTANDING {
        let graph = graph(name, &BARE);
        assert!(graph.iter().any(|package| package == name), "the graph of {name} lacks {name} itself");
        let bound = graph.iter().filter(|package| BOUND.contains(&package.as_str()));
        faults.extend(bound.map(|package| format!("{name}: {package}")));
    }
    assert_none(&faults);
}

#[test]
fn features_are_on_where_the_graph_is_checked() {
    let graph = graph("provost-expr", &BARE);
    for package in ["arbitrary", "serde", "x509-parser"] {
        assert!(graph.iter().any(|held| held == package), "{package} is not in {graph:?}");
    }
}

#[test]
fn pure_crates_bring_no_runtime_and_no_socket() {
    let mut faults = Vec::new();
    for name in PURE {
        let graph = graph(name, &[]);
        assert!(graph.iter().any(|package| package == name), "the graph of {name} lacks {name} itself");
        faults.extend(
            graph
                .iter()
                .filter(|package| IMPURE.contains(&package.as_str()))
                .map(|package| format!("{name}: {package}")),
        );
    }
    assert_none(&faults);
}

#[test]
fn the_check_sees_a_runtime_where_there_is_one() {
    let graph = graph("provost-directory", &[]);
    assert!(graph.iter().any(|package| IMPURE.contains(&package.as_str())), "{graph:?}");
    assert!(graph.iter().any(|package| BOUND.contains(&package.as_str())), "{graph:?}");
}

/// Returns the names of all packages that a library links to, as cargo resolves them.
fn graph(name: &str, options: &[&str]) -> Vec<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["tree", "-p", name, "-e", "normal,no-proc-macro", "--prefix", "none", "-f", "{p}"];
    let output = Command::new(cargo).args(arguments).args(options).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}
