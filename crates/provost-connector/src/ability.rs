use async_trait::async_trait;
use provost_model::Secret;

use crate::{ConnectorError, Key, Operation, Outcome, Page, Select, Watermark};

/// What a full import covers.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct FullRequest {
    /// Which attributes are wanted.
    pub select: Select,
    /// Objects a page; none leaves it to the connector.
    pub page_size: Option<u32>,
}

/// What a delta import covers.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct DeltaRequest {
    /// Which attributes are wanted.
    pub select: Select,
    /// Objects a page; none leaves it to the connector.
    pub page_size: Option<u32>,
}

/// The ability to read everything in scope.
#[async_trait]
pub trait FullImport: Send + Sync {
    /// Starts an import.
    ///
    /// # Errors
    ///
    /// [`ConnectorError`] when it cannot start. A missing base is an error and never an empty import.
    async fn start(&self, request: FullRequest) -> Result<Box<dyn Pages>, ConnectorError>;
}

/// The ability to read what changed.
#[async_trait]
pub trait DeltaImport: Send + Sync {
    /// Returns the position of now, from which a later delta import sees everything that comes after.
    ///
    /// # Errors
    ///
    /// [`ConnectorError`] when the system cannot be asked.
    async fn position(&self) -> Result<Option<Watermark>, ConnectorError>;

    /// Starts an import from a position.
    ///
    /// # Errors
    ///
    /// [`ConnectorError::RefreshRequired`] when the position is not usable any more; others when it cannot start.
    async fn start(&self, from: Watermark, request: DeltaRequest) -> Result<Box<dyn Pages>, ConnectorError>;
}

/// The pages of an import, pulled one by one. At most one page and 256 objects are held.
///
/// Dropping it releases what the system holds for it.
#[async_trait]
pub trait Pages: Send {
    /// Returns the next page; `None` after the last.
    ///
    /// # Errors
    ///
    /// [`ConnectorError`] when the import broke. What came before stays valid; nothing is proven absent.
    async fn next(&mut self) -> Result<Option<Page>, ConnectorError>;
}

/// The ability to write.
#[async_trait]
pub trait Export: Send + Sync {
    /// Applies operations and returns one outcome each, in order. One refusal does not touch the others.
    async fn apply(&self, operations: &[Operation]) -> Vec<Outcome>;
}

/// The ability to set a password.
#[async_trait]
pub trait SetPassword: Send + Sync {
    /// Sets the password of an object. The outcome holds no part of it.
    async fn set_password(&self, key: &Key, password: &Secret) -> Outcome;
}
