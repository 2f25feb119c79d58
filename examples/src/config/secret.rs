use std::fmt;
use std::path::{Path, PathBuf};

use provost_model::Secret;
use serde::{Deserialize, Deserializer};

use super::{ConfigError, ConfigFile};

/// Where a secret comes from. `Debug` shows the place and never the secret.
pub enum SecretSource {
    /// An environment variable.
    Env(String),
    /// The first line of a file.
    File(PathBuf),
    /// The text in the configuration file itself.
    Plain(Secret),
}

impl SecretSource {
    /// Fetches the secret.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when the file cannot be read, the variable is not set, or there is nothing in it.
    pub fn read(&self, file: &ConfigFile) -> Result<Secret, ConfigError> {
        match self {
            Self::Plain(secret) => Ok(secret.clone()),
            Self::Env(name) => match std::env::var(name) {
                Ok(text) if !text.is_empty() => Ok(Secret::from(text)),
                _ => Err(ConfigError::invalid(format!("environment variable {name}"), "is not set")),
            },
            Self::File(path) => read_secret_file(&file.path(path)),
        }
    }
}

/// Reads the first line of a file as a secret.
///
/// # Errors
///
/// [`ConfigError`] when it cannot be read or the line is empty.
pub fn read_secret_file(path: &Path) -> Result<Secret, ConfigError> {
    let text = zeroize::Zeroizing::new(
        std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?,
    );
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(Secret::from(line)),
        _ => Err(ConfigError::invalid(path.display().to_string(), "the first line is empty")),
    }
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "Env({name})"),
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Plain(_) => f.write_str("Plain(..)"),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text, { file = \"PATH\" } or { env = \"NAME\" }")]
enum Form {
    Text(String),
    File(FileForm),
    Env(EnvForm),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileForm {
    file: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvForm {
    env: String,
}

impl<'de> Deserialize<'de> for SecretSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Form::deserialize(deserializer)? {
            Form::Text(text) => Self::Plain(Secret::from(text)),
            Form::File(FileForm { file }) => Self::File(file),
            Form::Env(EnvForm { env }) => Self::Env(env),
        })
    }
}
