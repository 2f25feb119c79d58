use provost_model::{Anchor, Attributes, ChangeSet, ObjectName, ObjectType, Secret};
use serde::{Deserialize, Serialize};

use crate::Key;

/// Identifies an operation in logs and in the ledger.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct OperationId(pub String);

/// A write that a connected system is asked for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Operation {
    /// Identifies the operation.
    pub id: OperationId,
    /// What is asked for; it holds no secret.
    pub request: Request,
    /// The initial password of an object that is added, for a system that takes both in one request
    /// ([`crate::Capabilities::password_with_add`]). Other systems get it through [`crate::SetPassword`].
    pub password: Option<Secret>,
}

impl Operation {
    /// Makes an operation.
    #[must_use]
    pub fn new(id: impl Into<String>, request: Request) -> Self {
        Self { id: OperationId(id.into()), request, password: None }
    }

    /// Sends an initial password along.
    #[must_use]
    pub fn with_password(mut self, password: Secret) -> Self {
        self.password = Some(password);
        self
    }
}

/// What an operation asks for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Request {
    /// Makes an object.
    Add {
        /// Its type.
        object_type: ObjectType,
        /// Its name.
        name: ObjectName,
        /// All its attributes, the mandatory ones included.
        attributes: Attributes,
    },
    /// Removes an object. Removing one that is proven absent is done, and marked equivalent.
    Delete {
        /// The object.
        key: Key,
    },
    /// Changes attributes of an object, its name, or both. A rename is sent first.
    Modify {
        /// The object.
        key: Key,
        /// The changes.
        changes: ChangeSet,
    },
}

/// What became of an operation.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Outcome {
    /// The system did it, or it was already so.
    Done(Done),
    /// The system refused it, or nothing was sent; nothing changed.
    Refused(Refusal),
    /// It may or may not have happened: something was sent and no answer came. The engine probes before it writes again.
    Unknown {
        /// Why no answer came.
        reason: String,
    },
}

impl Outcome {
    /// Makes [`Outcome::Unknown`].
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self::Unknown { reason: reason.into() }
    }
}

/// The end state of an operation that was done.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Done {
    /// Anchor of the object, when it was learnt.
    pub anchor: Option<Anchor>,
    /// Name of the object afterwards, when it was learnt.
    pub name: Option<ObjectName>,
    /// The attributes afterwards, when the system sent them back.
    pub image: Option<Attributes>,
    /// Whether the system was already in the wanted state.
    pub equivalent: bool,
    /// How many requests that write were sent to the system.
    pub writes: u32,
}

/// What to do about a refusal; the classes of the engine's table.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum RefusalClass {
    /// Wait until a dependency is met, such as a parent that does not exist yet.
    Deferred,
    /// Stop the run: configuration, credentials, schema or protocol.
    Fatal,
    /// Nothing left the program: the connection was gone before the first byte. The intent stays ready.
    NotSent,
    /// It will not succeed until something changes.
    Permanent,
    /// Drop the connection, then try again.
    Reconnect,
    /// Shrink the request and send it again.
    Split,
    /// Back off, then try again.
    Transient,
    /// Look at the object, then decide.
    Verify,
}

/// Why an operation was refused.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Refusal {
    /// Result code of the protocol, when the system answered.
    pub code: Option<i64>,
    /// What the connector makes of it.
    pub class: RefusalClass,
    /// What the system said, bounded, without values of the request.
    pub text: String,
    /// How many requests that write were sent and done before this one was refused.
    pub writes: u32,
}

impl Refusal {
    /// Makes a refusal.
    pub fn new(code: Option<i64>, class: RefusalClass, text: impl Into<String>) -> Self {
        Self { code, class, text: text.into(), writes: 0 }
    }
}
