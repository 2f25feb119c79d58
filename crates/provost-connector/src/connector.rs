use std::fmt;

use async_trait::async_trait;
use provost_model::{Anchor, AttributeName, Attributes, ConnectorObject, ObjectName, ObjectSchema, ObjectType, Value};
use serde::{Deserialize, Serialize};

use crate::{
    AbsenceProof, Capabilities, Config, ConnectorError, ConnectorInfo, DeltaImport, Env, Export, FullImport,
    SetPassword,
};

/// Code that reads and writes one kind of connected system.
///
/// # Contract
///
/// `describe` is pure. `open` validates the configuration before it connects, tries credentials once, and writes nothing.
#[async_trait]
pub trait Connector: fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// Says what it is and how it is configured.
    fn describe(&self) -> ConnectorInfo;

    /// Connects and authenticates.
    ///
    /// # Errors
    ///
    /// [`ConnectorError`]: the configuration, the connection, the certificate and the credentials are told apart.
    async fn open(&self, config: Config, env: Env) -> Result<Box<dyn Session>, ConnectorError>;
}

/// A connection to a connected system.
///
/// # Contract
///
/// Nothing but [`Export`] and [`SetPassword`] writes. A session survives a restart of the system: the next call
/// connects again. Futures may be dropped; a dropped write counts as unknown.
#[async_trait]
pub trait Session: fmt::Debug + Send + Sync {
    /// Proves that the system answers and still accepts the credentials.
    ///
    /// # Errors
    ///
    /// [`ConnectorError`] when it does not.
    async fn check(&self) -> Result<(), ConnectorError>;

    /// Says which system it is and what it can do.
    ///
    /// # Errors
    ///
    /// [`ConnectorError`] when the system cannot be asked.
    async fn capabilities(&self) -> Result<Capabilities, ConnectorError>;

    /// Returns the object types and their attributes, as configured or discovered.
    ///
    /// # Errors
    ///
    /// [`ConnectorError`] when the system cannot be asked.
    async fn schema(&self) -> Result<ObjectSchema, ConnectorError>;

    /// Reads one object: by anchor where the key has one, then by name.
    ///
    /// # Errors
    ///
    /// [`ConnectorError`] when no answer came. That is never absence.
    async fn read(&self, key: &Key, select: &Select) -> Result<ReadResult, ConnectorError>;

    /// Returns the objects whose attribute equals a value, at most `limit` of them. Ask for two to see ambiguity.
    ///
    /// # Errors
    ///
    /// [`ConnectorError`] when the search did not end with success.
    async fn find(&self, query: &MatchQuery, limit: u32) -> Result<Vec<ConnectorObject>, ConnectorError>;

    /// Returns the values that an object of this name holds because of the name: for a directory those of its RDN
    /// (RFC 4511 section 4.7). It asks nobody.
    ///
    /// An object that holds them beside the wanted values does not differ from what is wanted.
    fn implied(&self, name: &ObjectName) -> Attributes {
        let _ = name;
        Attributes::new()
    }

    /// Returns how many components a name has: for a directory the number of its RDNs. It asks nobody.
    ///
    /// The engine compares it with the number that the same mapping yields for a harmless user, so that a value with
    /// separators in it cannot move an object elsewhere.
    ///
    /// # Errors
    ///
    /// [`ConnectorError::Configuration`] when the text cannot be a name in this system, or lies outside its base.
    fn components(&self, name: &ObjectName) -> Result<u32, ConnectorError> {
        let _ = name;
        Ok(1)
    }

    /// Offers full imports.
    fn full_import(&self) -> Option<&dyn FullImport> {
        None
    }

    /// Offers delta imports.
    fn delta_import(&self) -> Option<&dyn DeltaImport> {
        None
    }

    /// Offers exports.
    fn export(&self) -> Option<&dyn Export> {
        None
    }

    /// Offers setting passwords.
    fn set_password(&self) -> Option<&dyn SetPassword> {
        None
    }

    /// Ends the session in an orderly way.
    ///
    /// # Errors
    ///
    /// [`ConnectorError`] when the system did not take the farewell; the session is over all the same.
    async fn close(self: Box<Self>) -> Result<(), ConnectorError>;
}

/// Names one object: by anchor, by name, or by both.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Key {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    anchor: Option<Anchor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<ObjectName>,
}

impl Key {
    /// Makes a key of an anchor.
    #[must_use]
    pub fn from_anchor(anchor: Anchor) -> Self {
        Self { anchor: Some(anchor), name: None }
    }

    /// Makes a key of a name.
    #[must_use]
    pub fn from_name(name: ObjectName) -> Self {
        Self { anchor: None, name: Some(name) }
    }

    /// Adds the name at which the object was last seen. The anchor decides.
    #[must_use]
    pub fn with_name(mut self, name: ObjectName) -> Self {
        self.name = Some(name);
        self
    }

    /// Returns the anchor.
    #[must_use]
    pub fn anchor(&self) -> Option<&Anchor> {
        self.anchor.as_ref()
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> Option<&ObjectName> {
        self.name.as_ref()
    }
}

/// Which attributes a read or an import brings.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Select {
    /// Those that the connector is configured with.
    #[default]
    Configured,
    /// These, and the anchor.
    Only(Vec<AttributeName>),
}

/// Asks for the objects of a type whose attribute equals a value.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MatchQuery {
    /// The type; none means all types that are configured.
    pub object_type: Option<ObjectType>,
    /// The attribute.
    pub attribute: AttributeName,
    /// The value; compared by the rule of the system.
    pub value: Value,
}

impl MatchQuery {
    /// Makes a query over all types.
    #[must_use]
    pub fn new(attribute: impl Into<AttributeName>, value: impl Into<Value>) -> Self {
        Self { object_type: None, attribute: attribute.into(), value: value.into() }
    }
}

/// What a read found.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ReadResult {
    /// The object is not there, and this is why that is certain.
    Absent(AbsenceProof),
    /// The system does not let us look.
    Forbidden,
    /// The object.
    Found(Box<ConnectorObject>),
    /// The system answered and it is not certain whether the object is there.
    Unknown {
        /// What stood in the way.
        reason: String,
    },
}
