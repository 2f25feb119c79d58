//! The manifests keep to the layers: dependencies point down, versions and lints stand in one place.
#![cfg(test)]

mod workspace;

use std::fs;
use std::path::Path;

use toml::{Table, Value};
use workspace::{assert_none, crates, layer, root};

/// The first layer that may log.
const FIRST_LOGGING_LAYER: u8 = 3;

#[test]
fn dependencies_point_down() {
    let faults: Vec<String> = crates().iter().flat_map(|folder| edge_faults(&manifest(folder))).collect();
    assert_none(&faults);
}

#[test]
fn a_dependency_that_points_up_or_sideways_is_found() {
    let check = |text: &str| edge_faults(&text.parse().unwrap());
    let engine = |table: &str| format!("package.name = 'provost-engine'\n[{table}]\n");
    assert_eq!(check(&engine("dependencies")), [""; 0]);
    assert_eq!(check(&(engine("dependencies") + "provost-store.workspace = true")), [""; 0]);
    let up = "provost-engine (layer 3) must not use provost-ldap (layer 4)";
    assert_eq!(check(&(engine("dependencies") + "provost-ldap.workspace = true")), [up]);
    assert_eq!(check(&(engine("dependencies") + "l = { workspace = true, package = 'provost-ldap' }")), [up]);
    assert_eq!(check(&(engine("target.'cfg(unix)'.build-dependencies") + "provost-ldap.workspace = true")), [up]);
    assert_eq!(check(&(engine("dev-dependencies") + "provost-ldap.workspace = true")), [""; 0]);
    let sideways = "package.name = 'provost-expr'\ndependencies.provost-scim.workspace = true";
    assert_eq!(check(sideways), ["provost-expr (layer 1) must not use provost-scim (layer 1)"]);
    assert_eq!(check("package.name = 'provost-new'"), ["provost-new has no layer"]);
    let logging = "package.name = 'provost-expr'\ndependencies.tracing.workspace = true";
    assert_eq!(check(logging), ["provost-expr (layer 1) must not log"]);
}

#[test]
fn every_package_takes_lints_and_versions_from_the_workspace() {
    let mut faults = Vec::new();
    let root = root();
    let others = ["examples", "benches", "xtask"].map(|name| root.join(name));
    for folder in crates().iter().chain(&others) {
        let manifest = manifest(folder);
        let name = package_name(&manifest);
        if manifest.get("lints").and_then(|lints| lints.get("workspace")) != Some(&Value::Boolean(true)) {
            faults.push(format!("{name} lacks `[lints] workspace = true`"));
        }
        for (dependency, value) in dependencies(&manifest, true) {
            if value.get("workspace") != Some(&Value::Boolean(true)) {
                faults.push(format!("{name} gives {dependency} a version of its own"));
            }
        }
        if folder.parent().is_some_and(|parent| parent.ends_with("crates")) && !folder.ends_with(&name) {
            faults.push(format!("{name} is in {}", folder.display()));
        }
    }
    assert_none(&faults);
}

#[test]
fn unsafe_code_is_forbidden_for_the_workspace() {
    let manifest = manifest(&root());
    let lint = manifest.get("workspace").and_then(|workspace| workspace.get("lints"));
    let level = lint.and_then(|lints| lints.get("rust")).and_then(|rust| rust.get("unsafe_code"));
    assert_eq!(level.and_then(Value::as_str), Some("forbid"));
}

fn edge_faults(manifest: &Table) -> Vec<String> {
    let name = package_name(manifest);
    let Some(from) = layer(&name) else {
        return vec![format!("{name} has no layer")];
    };
    let mut faults = Vec::new();
    for (dependency, _) in dependencies(manifest, false) {
        match layer(&dependency) {
            Some(to) if to >= from => {
                faults.push(format!("{name} (layer {from}) must not use {dependency} (layer {to})"));
            }
            None if dependency.starts_with("provost") => faults.push(format!("{dependency} has no layer")),
            None if dependency == "tracing" && from < FIRST_LOGGING_LAYER => {
                faults.push(format!("{name} (layer {from}) must not log"));
            }
            _ => {}
        }
    }
    faults
}

fn manifest(folder: &Path) -> Table {
    let path = folder.join("Cargo.toml");
    fs::read_to_string(&path).unwrap().parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn package_name(manifest: &Table) -> String {
    manifest.get("package").and_then(|package| package.get("name")).and_then(Value::as_str).unwrap().to_owned()
}

/// Returns the dependencies of all tables, those for targets included, by the name of the package.
fn dependencies(manifest: &Table, with_dev: bool) -> Vec<(String, Value)> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let tables = targets.filter_map(Value::as_table).chain([manifest]);
    let mut found = Vec::new();
    for table in tables {
        let kinds = ["dependencies", "build-dependencies", "dev-dependencies"];
        for kind in kinds.iter().filter(|kind| with_dev || **kind != "dev-dependencies") {
            for (key, value) in table.get(*kind).and_then(Value::as_table).into_iter().flatten() {
                let package = value.get("package").and_then(Value::as_str).unwrap_or(key);
                found.push((package.to_owned(), value.clone()));
            }
        }
    }
    found
}
