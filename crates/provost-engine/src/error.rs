use provost_connector::{ConnectorError, RefusalClass};
use provost_store::{MoveError, StoreError};

use crate::SpaceEntry;

/// A run, or the opening of an engine, could not go on.
///
/// Branch on the methods: variants may be added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// Work was stopped on request.
    #[error("stopped on request")]
    Cancelled,
    /// The connected system could not be used.
    #[error("connector {instance} failed")]
    #[non_exhaustive]
    Connector {
        /// Name of the instance.
        instance: String,
        /// What the connector says.
        source: ConnectorError,
    },
    /// The source of a provisioning cycle could not be read.
    #[error("the source failed")]
    #[non_exhaustive]
    Source {
        /// What the source's connector says.
        source: ConnectorError,
    },
    /// The run cannot be done with this connector or in this state; nothing was done.
    #[error("the run is not possible: {reason}")]
    #[non_exhaustive]
    Impossible {
        /// Why.
        reason: String,
    },
    /// A bug in the engine: a ledger row was to make an illegal move.
    #[error("the ledger refused a move")]
    #[non_exhaustive]
    Ledger {
        /// The move.
        #[from]
        source: MoveError,
    },
    /// An option is not usable.
    #[error("option {option}: {reason}")]
    #[non_exhaustive]
    Option {
        /// The option.
        option: &'static str,
        /// What was expected.
        reason: &'static str,
    },
    /// The source of randomness gave nothing, or a sealed secret cannot be opened.
    #[error("a secret cannot be {action}: {reason}")]
    #[non_exhaustive]
    Seal {
        /// `sealed` or `opened`.
        action: &'static str,
        /// Why.
        reason: String,
    },
    /// The state store failed. Nothing more was sent.
    #[error("the state store failed")]
    #[non_exhaustive]
    Store {
        /// What the store says.
        #[from]
        source: StoreError,
    },
    /// The connected system neither shows an object nor proves that it is absent.
    #[error("it is not certain whether the object exists: {reason}")]
    #[non_exhaustive]
    Uncertain {
        /// Why.
        reason: String,
    },
}

impl RunError {
    pub(crate) fn impossible(reason: impl Into<String>) -> Self {
        Self::Impossible { reason: reason.into() }
    }

    /// Tells whether the same call may succeed later without a change of configuration.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Connector { source, .. } | Self::Source { source } => source.is_retryable(),
            Self::Store { source } => source.is_conflict(),
            Self::Uncertain { .. } => true,
            _ => false,
        }
    }
}

/// A direct request was not done as asked.
///
/// Branch on the methods: variants may be added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// There is such an object already.
    #[error("an object with this name exists already: {reason}")]
    #[non_exhaustive]
    AlreadyExists {
        /// How that is known.
        reason: String,
        /// The object, when it could be read.
        entry: Option<Box<SpaceEntry>>,
    },
    /// The engine could not do its work.
    #[error("the engine failed")]
    #[non_exhaustive]
    Engine {
        /// What went wrong.
        source: RunError,
    },
    /// It may or may not have happened: no answer came, and the object could not be looked at. The engine finds out
    /// later; the same request may be sent again.
    #[error("it is not known whether the change was made: {reason}")]
    #[non_exhaustive]
    InDoubt {
        /// Why.
        reason: String,
    },
    /// There is no such object.
    #[error("there is no such object")]
    NotFound,
    /// The object was made or changed, and its password was refused.
    #[error("the password was refused: {text}")]
    #[non_exhaustive]
    PasswordRefused {
        /// The object as it is now.
        entry: Box<SpaceEntry>,
        /// Result code of the protocol.
        code: Option<i64>,
        /// What the system said.
        text: String,
    },
    /// The system refused the change; nothing changed.
    #[error("the change was refused: {text}")]
    #[non_exhaustive]
    Refused {
        /// Result code of the protocol.
        code: Option<i64>,
        /// What kind of refusal it is.
        class: RefusalClass,
        /// What the system said.
        text: String,
    },
    /// The system could not be reached; nothing changed. The same request may be sent again.
    #[error("the connected system cannot be reached: {reason}")]
    #[non_exhaustive]
    Unavailable {
        /// Why.
        reason: String,
    },
}

impl ApplyError {
    /// Tells whether the same request may succeed later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::InDoubt { .. } | Self::Unavailable { .. } => true,
            Self::Engine { source } => source.is_retryable(),
            _ => false,
        }
    }
}

impl<E: Into<RunError>> From<E> for ApplyError {
    fn from(source: E) -> Self {
        Self::Engine { source: source.into() }
    }
}
