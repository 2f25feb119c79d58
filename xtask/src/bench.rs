//! `cargo xtask bench`: runs the benchmarks and prints each beside its baseline.
//!
//! A group of benchmarks holds our way under `provost` and others under their own names. The times are the medians that
//! criterion leaves in its folder. A group without a baseline is printed as such. The group `expressions` is a package of
//! its own, which prints its own table: its sides take turns.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::{capture, cargo, run, target};
use crate::report::Outcome;

/// The name of our own entry in a group.
const OURS: &str = "provost";

/// The group that is a package of its own.
const EXPRESSIONS: &str = "expressions";

/// The manifest of that package.
pub(crate) const EXPRESSIONS_MANIFEST: &str = "benches/expressions/Cargo.toml";

/// The median time of each entry of a group, in nanoseconds.
type Group = BTreeMap<String, f64>;

/// Runs the groups whose names hold one of the filters, or all, and prints the ratios; tells whether they ran.
pub(crate) fn run_benches(filters: &[String]) -> Result<bool, String> {
    let mut listing = cargo(["bench", "-p", "provost-benches", "--benches", "--", "--list"]);
    let mut known = listed(&capture(&mut listing)?);
    known.insert(EXPRESSIONS.to_owned());
    let mut wanted = chosen(&known, filters)?;
    let expressions = wanted.remove(EXPRESSIONS);
    if !wanted.is_empty() {
        measure(&wanted)?;
    }
    if expressions {
        let benches = ["bench", "--manifest-path", EXPRESSIONS_MANIFEST, "--target-dir"];
        passed(run(cargo(benches).arg(target()).args(["--bench", "allocations", "--bench", "times"])))?;
    }
    Ok(true)
}

fn measure(groups: &BTreeSet<String>) -> Result<(), String> {
    let folder = target().join("xtask-bench");
    // Results of an earlier run must not stand beside those of this one.
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    // Criterion takes one filter, a regular expression; the names of groups have no signs that mean something in one.
    let names: Vec<&str> = groups.iter().map(String::as_str).collect();
    let mut bench = cargo(["bench", "-p", "provost-benches", "--benches", "--"]);
    let outcome = run(bench.arg(format!("^({})/", names.join("|"))).env("CRITERION_HOME", &folder));
    println!();
    for (name, group) in measured(&folder)? {
        lines(&name, &group).iter().for_each(|line| println!("{line}"));
    }
    passed(outcome)
}

fn passed(outcome: Outcome) -> Result<(), String> {
    match outcome {
        Outcome::Failed(reason) | Outcome::NotRun(reason) => Err(reason),
        Outcome::Passed => Ok(()),
    }
}

/// The groups in what criterion lists: lines such as `filter_parse/ldap3: benchmark`.
fn listed(text: &str) -> BTreeSet<String> {
    let names = text.lines().filter_map(|line| line.strip_suffix(": benchmark")?.split_once('/'));
    names.map(|(group, _)| group.to_owned()).collect()
}

fn chosen(known: &BTreeSet<String>, filters: &[String]) -> Result<BTreeSet<String>, String> {
    let holds = |name: &String, filter: &String| name.contains(filter.as_str());
    if let Some(unknown) = filters.iter().find(|filter| !known.iter().any(|name| holds(name, filter))) {
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        return Err(format!("no benchmark is called `{unknown}`; there are:\n  {}", names.join("\n  ")));
    }
    let wanted = |name: &&String| filters.is_empty() || filters.iter().any(|filter| holds(name, filter));
    Ok(known.iter().filter(wanted).cloned().collect())
}

fn measured(folder: &Path) -> Result<BTreeMap<String, Group>, String> {
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
    use std::collections::BTreeSet;

    use super::{Group, chosen, lines, listed};

    #[test]
    fn a_ratio_above_one_means_that_the_baseline_takes_longer() {
        let group = Group::from([("provost".to_owned(), 500.0), ("ldap3".to_owned(), 1500.0)]);
        assert_eq!(lines("filter", &group), ["filter: 500.0 ns against 1.50 us of ldap3, ratio 3.00"]);
        assert_eq!(lines("dn", &Group::from([("provost".to_owned(), 2e6)])), ["dn: 2.00 ms, no baseline"]);
        assert_eq!(lines("dn", &Group::from([("other".to_owned(), 1.0)])), ["dn: provost was not measured"]);
    }

    #[test]
    fn groups_are_read_from_the_listing() {
        let text =
            "filter_parse/ldap3: benchmark\nfilter_parse/provost: benchmark\ndn_parse/provost: benchmark\n\n3 x\n";
        assert_eq!(listed(text), ["dn_parse", "filter_parse"].map(str::to_owned).into());
    }

    #[test]
    fn a_filter_that_no_group_holds_is_an_error_that_lists_them() {
        let known: BTreeSet<String> = ["dn_parse", "filter_parse"].map(str::to_owned).into();
        assert_eq!(chosen(&known, &[]), Ok(known.clone()));
        assert_eq!(chosen(&known, &["filter".to_owned()]), Ok(["filter_parse".to_owned()].into()));
        let error = chosen(&known, &["filter".to_owned(), "fitler".to_owned()]).unwrap_err();
        assert_eq!(error, "no benchmark is called `fitler`; there are:\n  dn_parse\n  filter_parse");
    }
}
