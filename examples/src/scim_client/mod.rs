//! A SCIM client as a connector: it provisions into any endpoint that serves `/Users` with one extension.
//!
//! It speaks as Microsoft's provisioning service does: queries with `eq` alone, one PATCH with an operation for each
//! attribute, the account state in `active`, and `-dn-` for the name (*Develop and plan provisioning for a SCIM endpoint*).

mod http;
mod session;
mod translate;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use provost_connector::{
    Config, ConfigField, Connector, ConnectorError, ConnectorInfo, Env, FieldKind, Session as ConnectorSession,
};

use self::http::Http;
use self::session::ScimSession;

/// The extension under which the connector host shows the attributes of a directory.
pub const ECMA_EXTENSION: &str = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User";

/// A connector to a SCIM endpoint.
///
/// Settings: `url` (the base, without `/Users`), `token` (the bearer token), `ca_file` (PEM file with the authority that
/// signed the endpoint's certificate), `extension` (URN; the connector host's by default) and `timeout_ms`.
#[derive(Clone, Debug, Default)]
pub struct ScimConnector {
    requests: Arc<AtomicU64>,
}

impl ScimConnector {
    /// Makes a connector with a request counter of its own.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns how many requests were sent that ask for a change.
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

impl fmt::Display for ScimConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("scim")
    }
}

#[async_trait]
impl Connector for ScimConnector {
    fn describe(&self) -> ConnectorInfo {
        ConnectorInfo::new(
            "scim",
            env!("CARGO_PKG_VERSION"),
            vec![
                ConfigField::required("url", FieldKind::Text, "Base of the endpoint, without `/Users`."),
                ConfigField::required("token", FieldKind::Secret, "Bearer token."),
                ConfigField::required("ca_file", FieldKind::Text, "PEM file with the authority of the certificate."),
                ConfigField::optional("extension", FieldKind::Text, "URN of the extension with the attributes."),
                ConfigField::optional(
                    "timeout_ms",
                    FieldKind::Number,
                    "Longest wait for an answer; 30,000 by default.",
                ),
            ],
        )
    }

    async fn open(&self, config: Config, env: Env) -> Result<Box<dyn ConnectorSession>, ConnectorError> {
        config.validate(&self.describe())?;
        let extension = config.text("extension").unwrap_or(ECMA_EXTENSION).to_owned();
        let http = Http::new(&config, Arc::clone(&self.requests))?;
        let session = ScimSession::open(http, extension, env).await?;
        Ok(Box::new(session))
    }
}
