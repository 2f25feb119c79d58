use std::error::Error;

use provost_scim::DefineSchemaError;

/// A host could not be built or could not serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// The certificate or its key cannot be used.
    #[error("the certificate cannot be used: {reason}")]
    #[non_exhaustive]
    Certificate {
        /// Why, with the file where there is one.
        reason: String,
    },
    /// A connector cannot be mounted as it is configured.
    #[error("connector {connector}: {reason}")]
    #[non_exhaustive]
    Connector {
        /// Its name.
        connector: String,
        /// What is wrong and what was expected.
        reason: String,
    },
    /// The listener failed.
    #[error("the listener failed")]
    #[non_exhaustive]
    Listener {
        /// The failure underneath.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Plain HTTP was to be served beyond this machine.
    #[error("without a certificate only a loopback address is served, not {address}")]
    #[non_exhaustive]
    Plaintext {
        /// The address.
        address: String,
    },
    /// The schema of a connector cannot be shown as a SCIM schema.
    #[error("connector {connector}: its schema cannot be shown")]
    #[non_exhaustive]
    Schema {
        /// Its name.
        connector: String,
        /// What does not fit.
        source: DefineSchemaError,
    },
}

impl HostError {
    pub(crate) fn connector(connector: &str, reason: impl Into<String>) -> Self {
        Self::Connector { connector: connector.to_owned(), reason: reason.into() }
    }

    pub(crate) fn listener(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Listener { source: source.into() }
    }

    pub(crate) fn certificate(reason: impl Into<String>) -> Self {
        Self::Certificate { reason: reason.into() }
    }
}
