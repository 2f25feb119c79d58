use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use provost_connector::{
    Capabilities, Config, Connector, ConnectorError, ConnectorInfo, DeltaImport, Env, Export, FullImport, Key,
    MatchQuery, Operation, Outcome, ReadResult, Request, Select, Session, SetPassword,
};
use provost_model::{Attributes, ConnectorObject, ObjectName, ObjectSchema, Secret};

/// A connector that keeps the initial passwords it sees on their way, so that a bind can prove one of them afterwards.
///
/// The passwords are random and nobody else has them. They stay in memory and are never shown.
#[derive(Clone, Debug)]
pub(crate) struct Witness<C> {
    inner: C,
    passwords: Passwords,
}

type Passwords = Arc<Mutex<BTreeMap<ObjectName, Secret>>>;

impl<C: Connector> Witness<C> {
    pub(crate) fn new(inner: C) -> Self {
        Self { inner, passwords: Passwords::default() }
    }

    pub(crate) fn inner(&self) -> &C {
        &self.inner
    }

    /// Returns the initial password of the object whose name begins so, with the whole name.
    pub(crate) fn password_of(&self, prefix: &str) -> Option<(ObjectName, Secret)> {
        let passwords = self.passwords.lock().unwrap_or_else(PoisonError::into_inner);
        let found = passwords.iter().find(|(name, _)| name.as_str().starts_with(prefix));
        found.map(|(name, password)| (name.clone(), password.clone()))
    }
}

impl<C: Connector> fmt::Display for Witness<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}

#[async_trait]
impl<C: Connector> Connector for Witness<C> {
    fn describe(&self) -> ConnectorInfo {
        self.inner.describe()
    }

    async fn open(&self, config: Config, env: Env) -> Result<Box<dyn Session>, ConnectorError> {
        let inner = self.inner.open(config, env).await?;
        Ok(Box::new(WitnessSession { inner, passwords: Arc::clone(&self.passwords) }))
    }
}

#[derive(Debug)]
struct WitnessSession {
    inner: Box<dyn Session>,
    passwords: Passwords,
}

#[async_trait]
impl Session for WitnessSession {
    async fn check(&self) -> Result<(), ConnectorError> {
        self.inner.check().await
    }

    async fn capabilities(&self) -> Result<Capabilities, ConnectorError> {
        self.inner.capabilities().await
    }

    async fn schema(&self) -> Result<ObjectSchema, ConnectorError> {
        self.inner.schema().await
    }

    async fn read(&self, key: &Key, select: &Select) -> Result<ReadResult, ConnectorError> {
        self.inner.read(key, select).await
    }

    async fn find(&self, query: &MatchQuery, limit: u32) -> Result<Vec<ConnectorObject>, ConnectorError> {
        self.inner.find(query, limit).await
    }

    fn implied(&self, name: &ObjectName) -> Attributes {
        self.inner.implied(name)
    }

    fn components(&self, name: &ObjectName) -> Result<u32, ConnectorError> {
        self.inner.components(name)
    }

    fn full_import(&self) -> Option<&dyn FullImport> {
        self.inner.full_import()
    }

    fn delta_import(&self) -> Option<&dyn DeltaImport> {
        self.inner.delta_import()
    }

    fn export(&self) -> Option<&dyn Export> {
        self.inner.export().map(|_| self as &dyn Export)
    }

    fn set_password(&self) -> Option<&dyn SetPassword> {
        self.inner.set_password()
    }

    async fn close(self: Box<Self>) -> Result<(), ConnectorError> {
        self.inner.close().await
    }
}

#[async_trait]
impl Export for WitnessSession {
    async fn apply(&self, operations: &[Operation]) -> Vec<Outcome> {
        for operation in operations {
            if let (Request::Add { name, .. }, Some(password)) = (&operation.request, &operation.password) {
                let mut passwords = self.passwords.lock().unwrap_or_else(PoisonError::into_inner);
                passwords.insert(name.clone(), password.clone());
            }
        }
        match self.inner.export() {
            Some(export) => export.apply(operations).await,
            None => Vec::new(),
        }
    }
}
