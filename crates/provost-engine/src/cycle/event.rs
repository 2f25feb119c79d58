use std::fmt;

use provost_model::ObjectName;

use super::GuardTrip;

/// Takes what a cycle has to say, for log lines and progress bars.
pub trait Events: Send {
    /// Takes one event.
    fn event(&mut self, event: &CycleEvent);
}

impl<F: FnMut(&CycleEvent) + Send> Events for F {
    fn event(&mut self, event: &CycleEvent) {
        self(event);
    }
}

/// Something that happened in a cycle.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CycleEvent {
    /// A threshold was passed; the changes of its kind are held.
    GuardTripped(GuardTrip),
    /// What becomes of an object.
    Object(ObjectEvent),
    /// A step ended.
    StepEnded {
        /// Its name.
        step: &'static str,
        /// Objects that it dealt with.
        done: u64,
    },
    /// A step started.
    StepStarted {
        /// Its name.
        step: &'static str,
        /// Objects that it will deal with, where that is known.
        total: Option<u64>,
    },
}

/// What becomes of an object. It holds no secret.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ObjectEvent {
    /// Identifier of the object in the source.
    pub source: Option<String>,
    /// Its name in the connected system, where that is known.
    pub name: Option<ObjectName>,
    /// What is being done.
    pub action: Action,
    /// How far it is.
    pub status: Status,
    /// A stable code of the reason, such as `RedundantExport`, where there is one.
    pub code: Option<String>,
    /// The reason in words.
    pub reason: Option<String>,
    /// In a dry run what would change, a line each; values of redacted attributes and secrets are not shown.
    pub changes: Vec<String>,
}

impl ObjectEvent {
    pub(super) fn new(source: Option<&str>, name: Option<&ObjectName>, action: Action, status: Status) -> Self {
        Self {
            source: source.map(str::to_owned),
            name: name.cloned(),
            action,
            status,
            code: None,
            reason: None,
            changes: Vec::new(),
        }
    }

    pub(super) fn because(mut self, code: impl Into<String>, reason: impl Into<String>) -> Self {
        (self.code, self.reason) = (Some(code.into()), Some(reason.into()));
        self
    }
}

/// What is being done to an object.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// It is made.
    Create,
    /// It is removed.
    Delete,
    /// It is disabled.
    Disable,
    /// It is enabled.
    Enable,
    /// Nothing is sent.
    None,
    /// Its source object ended, and it stays where it is.
    Release,
    /// Its name changes.
    Rename,
    /// Its password is set.
    SetPassword,
    /// Its attributes change.
    Update,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Delete => "delete",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::None => "nothing",
            Self::Release => "release",
            Self::Rename => "rename",
            Self::SetPassword => "set password",
            Self::Update => "update",
        })
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// It is done.
    Done,
    /// It could not be decided: the mapping failed, or several objects match.
    Failed,
    /// It waits for approval.
    Held,
    /// It is not known whether it was done.
    InDoubt,
    /// A dry run: it would be done.
    Planned,
    /// It was refused, by the system or before it was sent.
    Refused,
    /// There is nothing to do.
    Skipped,
    /// It waits for its next attempt.
    Waiting,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Held => "held",
            Self::InDoubt => "in doubt",
            Self::Planned => "planned",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
            Self::Waiting => "waiting",
        })
    }
}
