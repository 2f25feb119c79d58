//! `cargo xtask bench`: runs the benchmarks and prints each beside its baseline.
//!
//! A group of benchmarks holds our way under `provost` and others under their own names. The times are the medians that
//! criterion leaves in its folder. A group without a baseline is printed as such.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::{cargo, root, run};
use crate::report::Outcome;

/// The name of our own entry in a group.
const OURS: &str = "provost";

/// The median time of each entry of a group, in nanoseconds.
type Group = BTreeMap<String, f64>;

/// Runs the benchmarks whose names hold one of the filters and prints the ratios; tells whether they ran.
pub(crate) fn run_benches(filters: &[String]) -> Result<bool, String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let folder = target.join("xtask-bench");
    // Results of an earlier run must not stand beside those of this one.
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let mut bench = cargo(["bench", "-p", "provost-benches", "--benches", "--"]);
    let outcome = run(bench.args(filters).env("CRITERION_HOME", &folder));
    println!();
    for (name, group) in groups(&folder)? {
        lines(&name, &group).iter().for_each(|line| println!("{line}"));
    }
    match outcome {
        Outcome::Failed(reason) | Outcome::NotRun(reason) => Err(reason),
        Outcome::Passed => Ok(true),
    }
}

fn groups(folder: &Path) -> Result<BTreeMap<String, Group>, String> {
    let mut groups = BTreeMap::new();
    for group in folders(folder)? {
        let mut medians = Group::new();
        for entry in folders(&group)? {
            if let Some(median) = median(&entry.join("new/estimates.json")) {
                medians.insert(name(&entry), median);
            }
        }
        if !medians.is_empty() {
            groups.insert(name(&group), medians);
        }
    }
    Ok(groups)
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let listed = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(listed.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect())
}

fn name(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn median(file: &Path) -> Option<f64> {
    let estimates: Value = serde_json::from_str(&fs::read_to_string(file).ok()?).ok()?;
    estimates.pointer("/median/point_estimate")?.as_f64()
}

/// Writes a line for each baseline of a group; one line where there is none.
fn lines(name: &str, group: &Group) -> Vec<String> {
    let Some(ours) = group.get(OURS) else {
        return vec![format!("{name}: {OURS} was not measured")];
    };
    let baselines: Vec<String> = group
        .iter()
        .filter(|(entry, _)| *entry != OURS)
        .map(|(entry, theirs)| {
            let ratio = theirs / ours;
            format!("{name}: {} against {} of {entry}, ratio {ratio:.2}", time(*ours), time(*theirs))
        })
        .collect();
    if baselines.is_empty() { vec![format!("{name}: {}, no baseline", time(*ours))] } else { baselines }
}

fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        small if small < 1e3 => format!("{small:.1} ns"),
        middle if middle < 1e6 => format!("{:.2} us", middle / 1e3),
        large => format!("{:.2} ms", large / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::{Group, lines};

    #[test]
    fn a_ratio_above_one_means_that_the_baseline_takes_longer() {
        let group = Group::from([("provost".to_owned(), 500.0), ("ldap3".to_owned(), 1500.0)]);
        assert_eq!(lines("filter", &group), ["filter: 500.0 ns against 1.50 us of ldap3, ratio 3.00"]);
        assert_eq!(lines("dn", &Group::from([("provost".to_owned(), 2e6)])), ["dn: 2.00 ms, no baseline"]);
        assert_eq!(lines("dn", &Group::from([("other".to_owned(), 1.0)])), ["dn: provost was not measured"]);
    }
}
