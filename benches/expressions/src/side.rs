use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::mapping::Cell;

/// Why a side could not be made or run.
pub type Failure = Box<dyn Error>;

/// One way of evaluating the mapping for all users.
///
/// What is made when it is made is not measured: compiling, and bringing the attributes that are read into the form that it
/// takes.
pub trait Side {
    /// Returns the name that the table shows.
    fn name(&self) -> &'static str;

    /// Evaluates every expression for every user once and hands over each result in the form it comes in.
    ///
    /// # Errors
    ///
    /// When an expression fails for a user.
    fn run(&mut self, sink: &mut impl Sink) -> Result<(), Failure>;
}

/// What takes results, in the order of users and within one user of expressions.
pub trait Sink {
    /// Takes one or more results.
    fn take(&mut self, results: &impl Results);
}

/// Results in the form of one side.
pub trait Results {
    /// Adds them, in order, in the form that compares.
    fn add_to(&self, cells: &mut Vec<Cell>);
}

/// A [`Side`] of any kind.
pub trait AnySide {
    /// Returns the name that the table shows.
    fn name(&self) -> &'static str;

    /// Returns all results.
    ///
    /// # Errors
    ///
    /// When an expression fails for a user.
    fn cells(&mut self) -> Result<Vec<Cell>, Failure>;

    /// Evaluates everything once and returns how much time of the processor it took.
    ///
    /// # Errors
    ///
    /// When an expression fails for a user.
    fn time(&mut self) -> Result<Duration, Failure>;
}

impl<S: Side> AnySide for S {
    fn name(&self) -> &'static str {
        Side::name(self)
    }

    fn cells(&mut self) -> Result<Vec<Cell>, Failure> {
        let mut kept = Kept(Vec::new());
        self.run(&mut kept)?;
        Ok(kept.0)
    }

    fn time(&mut self) -> Result<Duration, Failure> {
        let start = processor_time()?;
        self.run(&mut Used)?;
        Ok(processor_time()?.saturating_sub(start))
    }
}

/// Keeps the results, to compare them.
struct Kept(Vec<Cell>);

impl Sink for Kept {
    fn take(&mut self, results: &impl Results) {
        results.add_to(&mut self.0);
    }
}

/// Does nothing with the results, which the compiler does not know.
struct Used;

impl Sink for Used {
    fn take(&mut self, results: &impl Results) {
        black_box(results);
    }
}

/// How long the processor has worked for this thread: what waits for others in between is not in it.
fn processor_time() -> Result<Duration, Failure> {
    Ok(Duration::try_from(clock_gettime(ClockId::ThreadCPUTime))?)
}
