//! The steps of `cargo xtask test`, in order, and the loop that runs them.

use std::collections::{BTreeMap, BTreeSet};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::metadata::{self, Package};
use crate::options::TestOptions;
use crate::report::{Outcome, Report, seconds};
use crate::servers::{Place, Product, Server, Servers, StartError};
use crate::{gates, install, live, programs, quickstart};

/// What the steps share.
#[derive(Debug)]
pub(crate) struct Context {
    /// Whether what is missing is a fault: `CI` is `true` in the environment.
    ci: bool,
    /// Servers that the chosen steps need and nobody asked for yet.
    wanted: BTreeSet<Product>,
    starting: BTreeMap<Product, JoinHandle<Result<Server, StartError>>>,
    started: BTreeMap<Product, Result<Server, Outcome>>,
    servers: Option<Servers>,
}

impl Context {
    fn new() -> Self {
        let ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
        Self { ci, wanted: BTreeSet::new(), starting: BTreeMap::new(), started: BTreeMap::new(), servers: None }
    }

    /// Says that something that a test machine should have is not there.
    pub(crate) fn missing(&self, reason: impl Into<String>) -> Outcome {
        if self.ci { Outcome::Failed(reason.into()) } else { Outcome::NotRun(reason.into()) }
    }

    /// Starts all servers that the steps need, each in a thread of its own.
    fn start_wanted(&mut self) -> Result<(), String> {
        let place = match &self.servers {
            Some(servers) => servers.place(),
            None => self.servers.insert(Servers::new()?).place(),
        };
        for product in std::mem::take(&mut self.wanted) {
            let place = place.clone();
            self.starting.insert(product, std::thread::spawn(move || start(&place, product)));
        }
        Ok(())
    }

    /// Returns a running server. The first call starts it and, in the background, all others that the steps need.
    ///
    /// A server that cannot be had is the outcome of every step that needs it.
    pub(crate) fn server(&mut self, product: Product) -> Result<Server, Outcome> {
        if let Some(started) = self.started.get(&product) {
            return started.clone();
        }
        if !self.starting.contains_key(&product) {
            self.wanted.insert(product);
        }
        let started = match self.start_wanted() {
            Ok(()) => self.wait(product),
            Err(reason) => Err(StartError::Failed(reason)),
        };
        let started = started.map_err(|error| match error {
            StartError::Absent(reason) if !product.is_required() => Outcome::NotRun(reason),
            StartError::Absent(reason) | StartError::Failed(reason) => self.missing(reason),
        });
        if let Ok(server) = &started {
            println!("{} started in {}", product.name(), seconds(server.took));
        }
        self.started.insert(product, started.clone());
        started
    }

    fn wait(&mut self, product: Product) -> Result<Server, StartError> {
        let failed = || StartError::Failed(format!("the start of {} broke off", product.name()));
        self.starting.remove(&product).ok_or_else(failed)?.join().map_err(|_| failed())?
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // What is being started must be there before it can be stopped.
        for (_, starting) in std::mem::take(&mut self.starting) {
            let _ = starting.join();
        }
    }
}

fn start(place: &Place, product: Product) -> Result<Server, StartError> {
    match install::lacks(product) {
        Some(reason) => Err(StartError::Absent(reason)),
        None => place.start(product),
    }
}

/// A gate.
pub(crate) struct Step {
    name: String,
    server: Option<Product>,
    run: Box<dyn FnOnce(&mut Context) -> Outcome>,
}

impl Step {
    /// Makes a step.
    pub(crate) fn new(name: impl Into<String>, run: impl FnOnce(&mut Context) -> Outcome + 'static) -> Self {
        Self { name: name.into(), server: None, run: Box::new(run) }
    }

    /// Makes a step that needs a server.
    pub(crate) fn on(
        product: Product,
        name: impl std::fmt::Display,
        run: impl FnOnce(&mut Context, &Server) -> Outcome + 'static,
    ) -> Self {
        let with_server = move |context: &mut Context| match context.server(product) {
            Ok(server) => run(context, &server),
            Err(outcome) => outcome,
        };
        Self { server: Some(product), ..Self::new(format!("{name} on {}", product.name()), with_server) }
    }
}

/// Runs the gates and prints the summary; tells whether none failed.
pub(crate) fn run(options: &TestOptions) -> Result<bool, String> {
    let packages = metadata::packages()?;
    let steps = select(steps(&packages), &options.only)?;
    if options.list {
        steps.iter().for_each(|step| println!("{}", step.name));
        return Ok(true);
    }
    let mut context = Context::new();
    context.wanted = steps.iter().filter_map(|step| step.server).collect();
    let mut report = Report::default();
    let count = steps.len();
    for (index, step) in steps.into_iter().enumerate() {
        if let Some(failure) = report.first_failure().filter(|_| !options.keep_going) {
            let reason = format!("{failure} failed before it");
            report.record(&step.name, Outcome::NotRun(reason), Duration::ZERO);
            continue;
        }
        println!("\n=== [{}/{count}] {}", index + 1, step.name);
        let start = Instant::now();
        let outcome = (step.run)(&mut context);
        let took = start.elapsed();
        match &outcome {
            Outcome::Failed(reason) => println!("--- {} FAILED after {}: {reason}", step.name, seconds(took)),
            Outcome::NotRun(reason) => println!("--- {} NOT RUN: {reason}", step.name),
            Outcome::Passed => println!("--- {} passed in {}", step.name, seconds(took)),
        }
        report.record(&step.name, outcome, took);
    }
    drop(context);
    println!("\n=== summary\n{}", report.summary());
    Ok(report.first_failure().is_none())
}

fn steps(packages: &[Package]) -> Vec<Step> {
    let mut steps = vec![Step::new("install servers", install::servers)];
    steps.extend(gates::before(packages));
    steps.extend(live::steps(packages));
    steps.extend(programs::steps(packages));
    steps.extend(quickstart::steps());
    steps.extend(gates::after());
    steps
}

fn select(steps: Vec<Step>, only: &[String]) -> Result<Vec<Step>, String> {
    if let Some(unknown) = only.iter().find(|name| !steps.iter().any(|step| step.name.starts_with(name.as_str()))) {
        return Err(format!("no step begins with {unknown}; `cargo xtask test --list` prints them"));
    }
    let wanted = |step: &Step| only.is_empty() || only.iter().any(|name| step.name.starts_with(name.as_str()));
    Ok(steps.into_iter().filter(wanted).collect())
}

#[cfg(test)]
mod tests {
    use super::{Context, Outcome, Product, Step, select};

    #[test]
    fn steps_are_chosen_by_the_start_of_their_name() {
        let steps = || ["clippy", "live a", "live b"].map(|name| Step::new(name, |_| Outcome::Passed)).into();
        let chosen: Vec<String> =
            select(steps(), &["live".to_owned()]).unwrap().into_iter().map(|step| step.name).collect();
        assert_eq!(chosen, ["live a", "live b"]);
        assert_eq!(select(steps(), &[]).unwrap().len(), 3);
        assert!(select(steps(), &["typo".to_owned()]).is_err());
    }

    #[test]
    fn a_step_names_its_server() {
        let step = Step::on(Product::OpenDj, "live a", |_, _| Outcome::Passed);
        assert_eq!((step.name.as_str(), step.server), ("live a on opendj", Some(Product::OpenDj)));
    }

    #[test]
    fn what_is_missing_is_a_fault_on_a_test_machine_only() {
        let mut context = Context::new();
        context.ci = false;
        assert_eq!(context.missing("x"), Outcome::NotRun("x".to_owned()));
        context.ci = true;
        assert_eq!(context.missing("x"), Outcome::Failed("x".to_owned()));
    }
}
