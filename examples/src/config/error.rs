use std::path::{Path, PathBuf};

/// A configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A mistake in the text; the message has line and column.
    #[error("{}{message}", place(path.as_deref()))]
    #[non_exhaustive]
    Syntax {
        /// The file, when there is one.
        path: Option<PathBuf>,
        /// What is wrong, with line, column and the line itself.
        message: String,
    },
    /// The text is well formed and does not make sense.
    #[error("{}{item}: {reason}", place(path.as_deref()))]
    #[non_exhaustive]
    Invalid {
        /// The file, when there is one.
        path: Option<PathBuf>,
        /// What it is about.
        item: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file cannot be read.
    #[error("{} cannot be read", path.display())]
    #[non_exhaustive]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

fn place(path: Option<&Path>) -> String {
    path.map(|path| format!("{}: ", path.display())).unwrap_or_default()
}

impl ConfigError {
    pub(crate) fn syntax(error: toml::de::Error) -> Self {
        Self::Syntax { path: None, message: error.to_string().trim_end().to_owned() }
    }

    /// Makes [`ConfigError::Invalid`] without a file.
    pub fn invalid(item: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { path: None, item: item.into(), reason: reason.into() }
    }

    /// Names the file that the mistake is in.
    #[must_use]
    pub fn in_file(self, path: &Path) -> Self {
        match self {
            Self::Syntax { message, .. } => Self::Syntax { path: Some(path.to_owned()), message },
            Self::Invalid { item, reason, .. } => Self::Invalid { path: Some(path.to_owned()), item, reason },
            other => other,
        }
    }
}
