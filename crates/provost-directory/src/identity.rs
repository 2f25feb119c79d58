use provost_ldap_wire::ResultCode;

use crate::refusal::Refusal;

/// Who sends the requests of a connection.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Identity {
    Anonymous,
    /// The root DN or an administrator.
    Administrator {
        name: String,
    },
    /// Loads entries on behalf of the program that runs the directory: it may set operational attributes.
    Loader,
    /// An entry without further rights.
    User {
        name: String,
        key: Vec<u8>,
    },
}

impl Identity {
    /// Returns the name, or `None` for a client that has none.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Anonymous | Self::Loader => None,
            Self::Administrator { name } | Self::User { name, .. } => Some(name),
        }
    }

    pub(crate) fn is_administrator(&self) -> bool {
        matches!(self, Self::Administrator { .. } | Self::Loader)
    }

    /// Refuses changes by clients that have not authenticated.
    pub(crate) fn require_author(&self) -> Result<(), Refusal> {
        match self {
            Self::Anonymous => {
                Err(Refusal::new(ResultCode::STRONGER_AUTH_REQUIRED, "modifications require authentication"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses changes by clients that may not write.
    pub(crate) fn require_write(&self, message: &str) -> Result<(), Refusal> {
        self.require_author()?;
        if self.is_administrator() {
            return Ok(());
        }
        Err(Refusal::new(ResultCode::INSUFFICIENT_ACCESS_RIGHTS, message))
    }
}
