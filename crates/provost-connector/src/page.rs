use provost_model::{ConnectorObject, ObjectName};
use serde::{Deserialize, Serialize};

use crate::Key;

/// A position in a system's change feed: opaque octets, the strategy that made them, and the server they belong to.
///
/// The engine compares watermarks for equality and stores them; only the connector orders them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Watermark {
    /// Name of the mechanism.
    pub strategy: String,
    /// The server that the position means something to.
    pub server: String,
    /// The position.
    pub position: Vec<u8>,
}

/// Why an object may be taken for absent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AbsenceProof {
    /// The searches that ended with success and without the object, in words.
    pub evidence: Vec<String>,
}

impl AbsenceProof {
    /// Makes a proof of what was seen.
    #[must_use]
    pub fn new(evidence: Vec<String>) -> Self {
        Self { evidence }
    }
}

/// Whether an import saw everything in its scope, as its last page states.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Completeness {
    /// Pages that were read.
    pub pages: u64,
    /// Objects that were read, the unreadable ones included.
    pub objects: u64,
    /// Referrals in scope that were not followed.
    pub referrals: u64,
    /// What speaks against completeness; empty when nothing does.
    pub gaps: Vec<String>,
}

impl Completeness {
    /// States that everything in scope was seen.
    #[must_use]
    pub fn complete(pages: u64, objects: u64) -> Self {
        Self { pages, objects, referrals: 0, gaps: Vec::new() }
    }

    /// States that something may be missing, and why.
    #[must_use]
    pub fn incomplete(gap: impl Into<String>) -> Self {
        Self { pages: 0, objects: 0, referrals: 0, gaps: vec![gap.into()] }
    }

    /// Tells whether everything in scope was seen.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.gaps.is_empty() && self.referrals == 0
    }
}

/// One finding of an import.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PageEntry {
    /// The system says that this object is gone: in delta imports, and in full imports of a source that lists removals.
    Deleted(Key),
    /// The object as it is now. In a delta import: it was made, changed, moved or renamed.
    Present(ConnectorObject),
    /// The object is there and could not be understood. It counts as present.
    Unreadable {
        /// Its name, when at least that could be read.
        name: Option<ObjectName>,
        /// What was wrong, without values.
        reason: String,
    },
}

/// A page of an import.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Page {
    /// The findings, in the order of the system.
    pub entries: Vec<PageEntry>,
    /// The position that is reached when this page is stored.
    pub watermark: Option<Watermark>,
    /// The proof; on the last page only.
    pub proof: Option<Completeness>,
}

impl Page {
    /// Makes a page that others follow.
    #[must_use]
    pub fn new(entries: Vec<PageEntry>) -> Self {
        Self { entries, watermark: None, proof: None }
    }

    /// Makes the last page.
    #[must_use]
    pub fn last(entries: Vec<PageEntry>, proof: Completeness) -> Self {
        Self { entries, watermark: None, proof: Some(proof) }
    }
}
