use std::fmt;
use std::str::FromStr;

/// Which language an expression is written in. It is chosen for each mapping and never guessed from the text.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Dialect {
    /// Declarative provisioning expressions of Microsoft Entra Connect Sync.
    Connect,
    /// Attribute-mapping expressions of the Microsoft Entra provisioning service.
    #[default]
    Entra,
}

/// A text that names no dialect.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected `entra` or `connect`")]
#[non_exhaustive]
pub struct ParseDialectError;

impl Dialect {
    /// Returns the name that configurations use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Entra => "entra",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = ParseDialectError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "connect" => Ok(Self::Connect),
            "entra" => Ok(Self::Entra),
            _ => Err(ParseDialectError),
        }
    }
}
