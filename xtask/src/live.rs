//! The suites that speak to real servers: every package with the feature `live`.
//!
//! A suite finds a server's coordinates through an environment variable that holds the path of a file. Each server is a
//! step of its own, so that one that cannot be had is named.

use crate::command::{cargo, run};
use crate::metadata::Package;
use crate::plan::{Context, Step};
use crate::report::Outcome;
use crate::servers::Product;

/// Returns a step for each package with live suites and each server.
pub(crate) fn steps(packages: &[Package]) -> Vec<Step> {
    let mut steps = Vec::new();
    for package in packages.iter().filter(|package| package.features.contains("live")) {
        for product in Product::ALL {
            let package = package.name.clone();
            steps.push(Step::new(format!("live {package} on {}", product.name()), move |context| {
                suite(context, &package, product)
            }));
        }
    }
    steps
}

fn suite(context: &mut Context, package: &str, product: Product) -> Outcome {
    let server = match context.server(product) {
        Ok(server) => server,
        Err(outcome) => return outcome,
    };
    let mut test = cargo(["test", "-p", package, "--features", "live", "--test", "live"]);
    Product::ALL.iter().fold(&mut test, |test, other| test.env_remove(other.variable()));
    run(test.env(product.variable(), &server.env_file))
}
