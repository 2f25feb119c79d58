//! The suites that speak to real servers: every package with the feature `live`.
//!
//! Its manifest names the servers and what the names of their tests hold, for example:
//!
//! ```toml
//! [package.metadata.live]
//! 389ds = "ds389::"
//! openldap = "openldap::"
//! ```
//!
//! A suite finds a server's coordinates through an environment variable that holds the path of a file. Each server is a
//! step of its own, so that one that cannot be had is named.

use crate::command::{capture, cargo};
use crate::metadata::Package;
use crate::plan::Step;
use crate::report::Outcome;
use crate::servers::{Product, Server};

/// The feature that adds the live suites to a package.
const FEATURE: &str = "live";

/// Returns a step for each package with live suites and each of its servers.
pub(crate) fn steps(packages: &[Package]) -> Vec<Step> {
    let mut steps = Vec::new();
    for package in packages.iter().filter(|package| package.features.contains(FEATURE)) {
        let name = package.name.clone();
        if !Product::ALL.iter().any(|product| package.live.contains_key(product.name())) {
            steps.push(Step::new(format!("live {name}"), |_| {
                Outcome::Failed("its manifest names no server under `package.metadata.live`".to_owned())
            }));
        }
        for product in Product::ALL {
            if let Some(filter) = package.live.get(product.name()).cloned() {
                let (name, title) = (name.clone(), format!("live {name}"));
                steps.push(Step::on(product, title, move |_, server| suite(&name, product, server, &filter)));
            }
        }
    }
    steps
}

fn suite(package: &str, product: Product, server: &Server, filter: &str) -> Outcome {
    let mut test = cargo(["test", "-p", package, "--features", FEATURE, "--tests", "--", filter]);
    match capture(test.env(product.variable(), &server.env_file)) {
        Ok(printed) => {
            print!("{printed}");
            match passed(&printed) {
                0 => Outcome::Failed(format!("no test of {package} has `{filter}` in its name")),
                _ => Outcome::Passed,
            }
        }
        Err(reason) => Outcome::Failed(reason),
    }
}

/// Counts the tests that passed, from the lines of the form `test result: ok. 9 passed; 0 failed; ...`.
fn passed(printed: &str) -> u32 {
    let counts = printed.lines().filter_map(|line| line.strip_prefix("test result: ok. "));
    counts.filter_map(|rest| rest.split_once(" passed")?.0.parse::<u32>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::{Package, passed, steps};

    #[test]
    fn the_tests_of_all_targets_are_counted() {
        let printed = "running 0 tests\ntest result: ok. 0 passed; 0 failed; 3 filtered out\n\n\
                       test result: ok. 9 passed; 0 failed\ntest result: ok. 2 passed; 0 failed\n";
        assert_eq!(passed(printed), 11);
        assert_eq!(passed("test result: FAILED. 3 passed; 1 failed"), 0);
    }

    #[test]
    fn a_package_that_names_no_server_is_a_step_that_fails() {
        let package = |live: &[(&str, &str)]| Package {
            name: "a".to_owned(),
            features: ["live".to_owned()].into(),
            live: live.iter().map(|(product, filter)| ((*product).to_owned(), (*filter).to_owned())).collect(),
            ..Package::default()
        };
        let both = package(&[("openldap", ""), ("389ds", "")]);
        assert_eq!(steps(&[package(&[]), both, Package::default()]).len(), 3);
    }
}
