use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use provost_connector::{Config, Connector, ConnectorError, ConnectorInfo, Env, Session};

use crate::session::LdapSession;
use crate::settings::{self, Settings};

/// Connects to LDAP v3 servers.
///
/// ```
/// use provost_connector::{Config, Connector};
/// use provost_ldap::LdapConnector;
///
/// let connector = LdapConnector::new();
/// let config = Config::new("people").with("url", "ldap://127.0.0.1:389");
/// assert_eq!(config.validate(&connector.describe()).unwrap_err().to_string(), "configuration: base: is missing");
/// ```
#[derive(Clone, Debug, Default)]
pub struct LdapConnector {
    writes: Arc<AtomicU64>,
}

impl LdapConnector {
    /// Makes a connector.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns how many requests that write (add, modify, modifyDN, delete) all sessions of this connector have begun to
    /// send.
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    /// As [`Connector::open`], and keeps the type of the session.
    ///
    /// # Errors
    ///
    /// [`ConnectorError`]: the configuration, the connection, the certificate and the credentials are told apart.
    pub async fn connect(&self, config: &Config, env: Env) -> Result<LdapSession, ConnectorError> {
        config.validate(&self.describe())?;
        LdapSession::open(Settings::from_config(config)?, env, Arc::clone(&self.writes)).await
    }
}

impl fmt::Display for LdapConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ldap")
    }
}

#[async_trait]
impl Connector for LdapConnector {
    fn describe(&self) -> ConnectorInfo {
        ConnectorInfo::new("ldap", env!("CARGO_PKG_VERSION"), settings::fields())
    }

    async fn open(&self, config: Config, env: Env) -> Result<Box<dyn Session>, ConnectorError> {
        Ok(Box::new(self.connect(&config, env).await?))
    }
}
