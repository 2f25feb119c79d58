use provost_model::AnchorKind;
use serde::{Deserialize, Serialize};

/// How sure a statement about a server is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Confidence {
    /// A guess from a trace.
    Low,
    /// Probable.
    Medium,
    /// The server says so itself, or it was seen to work.
    High,
}

/// Which server it is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ServerIdentity {
    /// Label of the product, such as `openldap`, or `unknown`.
    pub product: String,
    /// Version, where the server tells.
    pub version: Option<String>,
    /// What tells this very server from another of its kind, for watermarks; empty where nothing does.
    pub instance: String,
    /// How sure the product is.
    pub confidence: Confidence,
}

impl ServerIdentity {
    /// Makes an identity.
    #[must_use]
    pub fn new(product: impl Into<String>, version: Option<String>, confidence: Confidence) -> Self {
        Self { product: product.into(), version, instance: String::new(), confidence }
    }
}

/// What a change feed can do.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DeltaCapability {
    /// Name of the mechanism.
    pub strategy: String,
    /// Whether it shows deletes. Without, a full import must run at intervals.
    pub deletes: bool,
    /// Whether it shows renames as such.
    pub renames: bool,
    /// Whether every change has a position of its own.
    pub precise: bool,
}

impl DeltaCapability {
    /// Makes a capability that shows deletes and renames and is precise.
    #[must_use]
    pub fn new(strategy: impl Into<String>) -> Self {
        Self { strategy: strategy.into(), deletes: true, renames: true, precise: true }
    }
}

/// One fact about a server and where it was learnt.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Fact {
    /// Name of the fact, such as `paging` or `post-read`.
    pub name: String,
    /// Its value in words.
    pub value: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// Where it comes from: `root DSE`, `schema`, `probe`, `known product` or `operator`.
    pub source: String,
}

impl Fact {
    /// Makes a fact.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        value: impl Into<String>,
        confidence: Confidence,
        source: impl Into<String>,
    ) -> Self {
        Self { name: name.into(), value: value.into(), confidence, source: source.into() }
    }
}

/// What a connected system can do.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Capabilities {
    /// Which server it is.
    pub server: ServerIdentity,
    /// What the anchors of its objects are.
    pub anchor: AnchorKind,
    /// Change feeds whose preconditions were seen, the preferred one first.
    pub delta: Vec<DeltaCapability>,
    /// Whether an add may carry the initial password.
    pub password_with_add: bool,
    /// Further facts.
    pub facts: Vec<Fact>,
}

impl Capabilities {
    /// Makes capabilities without change feeds and facts.
    #[must_use]
    pub fn new(server: ServerIdentity, anchor: AnchorKind) -> Self {
        Self { server, anchor, delta: Vec::new(), password_with_add: false, facts: Vec::new() }
    }
}
