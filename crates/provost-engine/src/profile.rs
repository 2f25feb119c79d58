/// A named list of steps.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RunProfile {
    name: String,
    steps: Vec<RunStep>,
}

impl RunProfile {
    /// Makes a profile.
    pub fn new(name: impl Into<String>, steps: impl IntoIterator<Item = RunStep>) -> Self {
        Self { name: name.into(), steps: steps.into_iter().collect() }
    }

    /// Finds out what became of writes in doubt, then reads everything.
    #[must_use]
    pub fn full_import() -> Self {
        Self::new("Full Import", [RunStep::Probe, RunStep::FullImport])
    }

    /// Finds out what became of writes in doubt, then sends what may be sent.
    #[must_use]
    pub fn export() -> Self {
        Self::new("Export", [RunStep::Probe, RunStep::Export, RunStep::Confirm])
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[RunStep] {
        &self.steps
    }
}

/// One step of a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RunStep {
    /// Looks at objects whose change was applied and not yet seen.
    Confirm,
    /// Sends the changes that may be sent.
    Export,
    /// Reads everything in scope.
    FullImport,
    /// Looks at objects of which it is not known whether a change was made.
    Probe,
}

impl RunStep {
    /// Returns the name, for logs and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Export => "export",
            Self::FullImport => "full-import",
            Self::Probe => "probe",
        }
    }
}
