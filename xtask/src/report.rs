//! What became of each step, and the summary.

use std::fmt::Write as _;
use std::time::Duration;

/// What became of a step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// It ran and found a fault.
    Failed(String),
    /// It did not run, for this reason. That is neither a success nor a fault.
    NotRun(String),
    /// It ran and found no fault.
    Passed,
}

/// The outcomes of all steps, in order.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    name: String,
    outcome: Outcome,
    took: Duration,
}

impl Report {
    /// Records a step.
    pub(crate) fn record(&mut self, name: &str, outcome: Outcome, took: Duration) {
        self.rows.push(Row { name: name.to_owned(), outcome, took });
    }

    /// Returns the name of the first step that failed.
    pub(crate) fn first_failure(&self) -> Option<&str> {
        self.rows.iter().find(|row| matches!(row.outcome, Outcome::Failed(_))).map(|row| row.name.as_str())
    }

    /// Draws the table, the reasons, and the line of counts, which is the last one.
    pub(crate) fn summary(&self) -> String {
        let width = self.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
        let mut text = String::new();
        for row in &self.rows {
            let (word, reason) = match &row.outcome {
                Outcome::Failed(reason) => ("FAILED", reason.as_str()),
                Outcome::NotRun(reason) => ("NOT RUN", reason.as_str()),
                Outcome::Passed => ("passed", ""),
            };
            let took = seconds(row.took);
            let line = format!("  {:<width$}  {word:<7}  {took:>8}  {reason}", row.name);
            let _ = writeln!(text, "{}", line.trim_end());
        }
        let count = |wanted: fn(&Outcome) -> bool| self.rows.iter().filter(|row| wanted(&row.outcome)).count();
        let passed = count(|outcome| matches!(outcome, Outcome::Passed));
        let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
        let missed: Vec<&str> = self
            .rows
            .iter()
            .filter(|row| matches!(row.outcome, Outcome::NotRun(_)))
            .map(|row| row.name.as_str())
            .collect();
        let took = seconds(self.rows.iter().map(|row| row.took).sum());
        let _ = writeln!(text, "\nin {took}");
        let _ = write!(text, "{passed} passed, {failed} failed, {} not run", missed.len());
        if !missed.is_empty() {
            let _ = write!(text, ": {}", missed.join(", "));
        }
        text
    }
}

/// Writes a duration in seconds.
pub(crate) fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Outcome, Report};

    #[test]
    fn the_last_line_counts_and_names_what_did_not_run() {
        let mut report = Report::default();
        report.record("format", Outcome::Passed, Duration::from_millis(1234));
        report.record("clippy", Outcome::Failed("exit code 101".to_owned()), Duration::from_secs(2));
        report.record("wasm32", Outcome::NotRun("no target".to_owned()), Duration::ZERO);
        assert_eq!(report.first_failure(), Some("clippy"));
        let expected = "  format  passed      1.2 s\n  clippy  FAILED      2.0 s  exit code 101\n  \
                        wasm32  NOT RUN     0.0 s  no target\n\nin 3.2 s\n1 passed, 1 failed, 1 not run: wasm32";
        assert_eq!(report.summary(), expected);
    }
}
