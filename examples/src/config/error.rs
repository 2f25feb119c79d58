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
        /// Where, by line and column, and what is wrong. The line itself may hold a secret and is not shown.
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

/// Takes the text out of a message of serde such as `invalid type: string "...", expected a sequence`.
fn without_text(message: &str) -> String {
    const BEFORE: &str = "string \"";
    let Some(start) = message.find(BEFORE) else { return message.to_owned() };
    let end = message.rfind("\", expected").unwrap_or(message.len());
    let behind = message.get(end..).and_then(|rest| rest.strip_prefix('"')).unwrap_or_default();
    format!("{}text{behind}", message.get(..start).unwrap_or_default())
}

impl ConfigError {
    /// Says where in `text` the mistake is, and what it is; neither the line nor a value of it is shown.
    pub(crate) fn syntax(error: &toml::de::Error, text: &str) -> Self {
        let place = error.span().and_then(|span| text.get(..span.start)).map(|before| {
            let line = before.rsplit('\n').next().unwrap_or_default();
            format!("line {}, column {}: ", before.matches('\n').count() + 1, line.chars().count() + 1)
        });
        let message = format!("{}{}", place.unwrap_or_default(), without_text(error.message()));
        Self::Syntax { path: None, message }
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
