use std::error::Error;
use std::time::Duration;

/// A connector could not do what it was asked.
///
/// Branch on the methods: variants may be added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectorError {
    /// The system refused the credentials. They were tried once and must not be tried again as they are.
    #[error("{system} refused the credentials: {reason}")]
    #[non_exhaustive]
    Credentials {
        /// Name of the connected system, as in its configuration.
        system: String,
        /// What the system said.
        reason: String,
    },
    /// Work was stopped on request; nothing was sent.
    #[error("stopped on request")]
    #[non_exhaustive]
    Cancelled,
    /// The configuration is not usable; no connection was attempted.
    #[error("configuration: {field}: {reason}")]
    #[non_exhaustive]
    Configuration {
        /// Path of the field.
        field: String,
        /// What is wrong and what was expected.
        reason: String,
    },
    /// The system answered with something that cannot be understood.
    #[error("{system} sent something that cannot be understood: {reason}")]
    #[non_exhaustive]
    Protocol {
        /// Name of the connected system.
        system: String,
        /// What was wrong with it.
        reason: String,
    },
    /// The position in the change feed cannot be used any more: a full import is needed.
    #[error("the position in the change feed of {system} cannot be used: {reason}")]
    #[non_exhaustive]
    RefreshRequired {
        /// Name of the connected system.
        system: String,
        /// Why.
        reason: String,
    },
    /// The system refused a request.
    #[error("{system} refused the request: {text} (result code {code})")]
    #[non_exhaustive]
    Refused {
        /// Name of the connected system.
        system: String,
        /// Result code of the protocol.
        code: i64,
        /// What the system said; bounded, without values.
        text: String,
    },
    /// No answer came in time.
    #[error("{system} did not answer within {} ms", after.as_millis())]
    #[non_exhaustive]
    TimedOut {
        /// Name of the connected system.
        system: String,
        /// How long was waited.
        after: Duration,
    },
    /// The certificate of the system was not accepted.
    #[error("the certificate of {system} was not accepted: {reason}")]
    #[non_exhaustive]
    Untrusted {
        /// Name of the connected system.
        system: String,
        /// Why: the name, the issuer, or the time.
        reason: String,
    },
    /// The system could not be reached. A later attempt may succeed.
    #[error("{system} is unavailable")]
    #[non_exhaustive]
    Unavailable {
        /// Name of the connected system.
        system: String,
        /// The failure underneath.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl ConnectorError {
    /// Makes [`ConnectorError::Credentials`].
    pub fn credentials(system: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Credentials { system: system.into(), reason: reason.into() }
    }

    /// Makes [`ConnectorError::Cancelled`].
    #[must_use]
    pub fn cancelled() -> Self {
        Self::Cancelled
    }

    /// Makes [`ConnectorError::Configuration`].
    pub fn configuration(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Configuration { field: field.into(), reason: reason.into() }
    }

    /// Makes [`ConnectorError::Protocol`].
    pub fn protocol(system: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Protocol { system: system.into(), reason: reason.into() }
    }

    /// Makes [`ConnectorError::RefreshRequired`].
    pub fn refresh_required(system: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::RefreshRequired { system: system.into(), reason: reason.into() }
    }

    /// Makes [`ConnectorError::Refused`].
    pub fn refused(system: impl Into<String>, code: i64, text: impl Into<String>) -> Self {
        Self::Refused { system: system.into(), code, text: text.into() }
    }

    /// Makes [`ConnectorError::TimedOut`].
    pub fn timed_out(system: impl Into<String>, after: Duration) -> Self {
        Self::TimedOut { system: system.into(), after }
    }

    /// Makes [`ConnectorError::Untrusted`].
    pub fn untrusted(system: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Untrusted { system: system.into(), reason: reason.into() }
    }

    /// Makes [`ConnectorError::Unavailable`].
    pub fn unavailable(system: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable { system: system.into(), source: source.into() }
    }

    /// Tells whether the same call may succeed later without a change of configuration.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::TimedOut { .. } | Self::Protocol { .. })
    }

    /// Tells whether an open circuit breaker should count this failure.
    #[must_use]
    pub fn is_connection(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. } | Self::TimedOut { .. } | Self::Protocol { .. } | Self::Untrusted { .. }
        )
    }
}
