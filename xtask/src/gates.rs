//! The gates that need no server.

use std::path::PathBuf;
use std::process::Command;

use crate::bench::EXPRESSIONS_MANIFEST;
use crate::command::{cargo, program, quiet, root, run, target};
use crate::metadata::Package;
use crate::plan::Step;
use crate::report::Outcome;

/// The oldest compiler that the published crates promise to work with.
const OLDEST_COMPILER: &str = "1.90";

/// Crates without sockets, files and threads, which must build where there are none.
const PURE: &[&str] = &[
    "provost",
    "provost-expr",
    "provost-ldap-types",
    "provost-ldap-wire",
    "provost-mapping",
    "provost-model",
    "provost-scim",
    "provost-text",
];

/// The manifest of the fuzz targets, which are a workspace of their own.
const FUZZ: &str = "fuzz/Cargo.toml";

/// Milliseconds for which each fuzz target runs.
const FUZZ_MILLIS: &str = "3000";

/// Returns the gates on the sources, cheapest first.
pub(crate) fn before(packages: &[Package]) -> Vec<Step> {
    let features: Vec<(String, String)> = packages
        .iter()
        .flat_map(|package| package.features.iter().map(|feature| (package.name.clone(), feature.clone())))
        .collect();
    vec![
        Step::new("format", |_| {
            let other = |manifest| ["fmt", "--manifest-path", manifest, "--check"];
            all(&[&["fmt", "--all", "--check"], &other(FUZZ), &other(EXPRESSIONS_MANIFEST)])
        }),
        Step::new("clippy", |_| {
            let workspace = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
            all(&[&workspace, &["clippy", "--manifest-path", FUZZ, "--all-targets", "--", "-D", "warnings"]])
        }),
        Step::new("features alone", move |_| features_alone(&features)),
        Step::new("docs", |_| {
            run(cargo(["doc", "--workspace", "--no-deps", "--all-features"]).env("RUSTDOCFLAGS", "-D warnings"))
        }),
        Step::new("tests", |_| run(&mut cargo(["test", "--workspace"]))),
        Step::new("tests with all features", |_| run(&mut with_all_features())),
        Step::new("layers and purity", |_| {
            run(&mut cargo(["test", "-p", "provost", "--test", "layers", "--test", "purity", "--test", "sources"]))
        }),
        Step::new("benchmarks once", |_| run(&mut cargo(["test", "-p", "provost-benches", "--benches"]))),
        Step::new("expression benchmark", |_| expression_benchmark()),
        Step::new("engines of the expression benchmark", |_| {
            Outcome::NotRun("cargo xtask bench expressions builds them and compares their results".to_owned())
        }),
        Step::new("wasm32", |_| wasm32()),
    ]
}

/// Returns the gates that come last.
pub(crate) fn after() -> Vec<Step> {
    vec![
        Step::new("fuzz twins", |_| fuzz_twins()),
        Step::new("licences and sources", |_| deny(&["licenses", "bans", "sources"])),
        Step::new("advisories", |_| advisories()),
        Step::new(format!("compiler {OLDEST_COMPILER}"), |_| oldest_compiler()),
    ]
}

/// Runs cargo with each of these arguments up to the first that fails.
fn all(commands: &[&[&str]]) -> Outcome {
    let mut outcomes = commands.iter().map(|arguments| run(&mut cargo(*arguments)));
    outcomes.find(|outcome| *outcome != Outcome::Passed).unwrap_or(Outcome::Passed)
}

/// The tests of the pure crates, whose features need nothing beside them.
fn with_all_features() -> Command {
    let mut test = cargo(["test", "--all-features"]);
    PURE.iter().filter(|name| **name != "provost").for_each(|name| {
        test.args(["-p", name]);
    });
    test
}

fn features_alone(features: &[(String, String)]) -> Outcome {
    let mut outcomes = features.iter().map(|(package, feature)| {
        run(&mut cargo(["check", "--quiet", "-p", package, "--no-default-features", "--features", feature]))
    });
    outcomes.find(|outcome| *outcome != Outcome::Passed).unwrap_or(Outcome::Passed)
}

/// Checks and tests the package without the other engines, which take longer to build than the whole workspace.
fn expression_benchmark() -> Outcome {
    let package = |command| {
        let mut cargo = cargo([command, "--manifest-path", EXPRESSIONS_MANIFEST, "--target-dir"]);
        cargo.arg(target()).args(["--no-default-features", "--all-targets"]);
        cargo
    };
    match run(package("clippy").args(["--", "-D", "warnings"])) {
        Outcome::Passed => run(&mut package("test")),
        outcome => outcome,
    }
}

fn wasm32() -> Outcome {
    let target = "wasm32-unknown-unknown";
    let found = quiet(program("rustc").args(["--print", "target-libdir", "--target", target]));
    let there = found.is_ok_and(|output| {
        output.status.success() && PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
    });
    if !there {
        return Outcome::NotRun(format!("the target {target} is not installed"));
    }
    let mut build = cargo(["check", "--target", target]);
    run(PURE.iter().fold(&mut build, |build, name| build.args(["-p", name])))
}

fn fuzz_twins() -> Outcome {
    run(cargo(["test", "--manifest-path", FUZZ]).env("BOLERO_RANDOM_TEST_TIME_MS", FUZZ_MILLIS))
}

fn deny(checks: &[&str]) -> Outcome {
    if !quiet(&mut cargo(["deny", "--version"])).is_ok_and(|output| output.status.success()) {
        return Outcome::NotRun("cargo-deny is not installed".to_owned());
    }
    run(cargo(["deny", "--offline", "--all-features", "check"]).args(checks))
}

fn advisories() -> Outcome {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        let home = std::env::var_os("HOME")?;
        Some(PathBuf::from(home).join(".cargo"))
    });
    match home.filter(|home| home.join("advisory-dbs").is_dir()) {
        Some(_) => deny(&["advisories"]),
        None => Outcome::NotRun("no advisory database on this machine".to_owned()),
    }
}

fn oldest_compiler() -> Outcome {
    let listed = quiet(program("rustup").args(["toolchain", "list"]));
    let names = listed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let Some(toolchain) = names.split_whitespace().find(|name| is_oldest(name)) else {
        return Outcome::NotRun(format!("Rust {OLDEST_COMPILER} is not installed"));
    };
    let mut check: Command = program("rustup");
    check.args(["run", toolchain, "cargo", "check", "--workspace", "--all-features"]);
    check.args(["--exclude", "provost-benches", "--exclude", "provost-examples", "--exclude", "xtask"]);
    run(check.env_remove("CARGO").env("CARGO_TARGET_DIR", root().join("target").join(OLDEST_COMPILER)))
}

fn is_oldest(toolchain: &str) -> bool {
    toolchain.strip_prefix(OLDEST_COMPILER).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
}

#[cfg(test)]
mod tests {
    use super::is_oldest;

    #[test]
    fn the_oldest_compiler_is_found_with_and_without_patch_and_host() {
        assert!(["1.90", "1.90.0-x86_64-unknown-linux-gnu", "1.90-x86_64-apple-darwin"].into_iter().all(is_oldest));
        assert!(!["1.9", "1.901", "stable", "1.95.0"].into_iter().any(is_oldest));
    }
}
