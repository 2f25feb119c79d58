//! Builds stores and engines out of a configuration file.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use provost_connector::{Connector as _, Entropy as _, Env, Session};
use provost_engine::{Engine, EngineOptions, Recovery, RunError};
use provost_files::FilesConnector;
use provost_ldap::LdapConnector;
use provost_model::Secret;
use provost_store::{StateStore, StoreError};
use provost_store_redb::RedbStore;

use crate::config::{ConfigError, ConfigFile, ConnectorSection, SourceSection};
use crate::system::SystemEntropy;

/// A configuration could not be put to work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AssemblyError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A connected system cannot be used.
    #[error(transparent)]
    Connector(#[from] provost_connector::ConnectorError),
    /// An engine could not be opened.
    #[error(transparent)]
    Engine(#[from] RunError),
    /// The key that seals passwords cannot be read or made.
    #[error("{}: {reason}", path.display())]
    #[non_exhaustive]
    SealKey {
        /// Its file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A store on disk and the key that seals passwords in it.
#[derive(Debug)]
pub struct State {
    store: Arc<dyn StateStore>,
    seal_key: Secret,
}

impl State {
    /// Opens the store of a configuration file, and makes it and its key when they are missing.
    ///
    /// # Errors
    ///
    /// [`AssemblyError`] names the file that cannot be used.
    pub async fn open(file: &ConfigFile) -> Result<Self, AssemblyError> {
        let section = file.store.as_ref().ok_or_else(|| ConfigError::invalid("[store]", "is missing"))?;
        Self::open_at(&file.path(&section.path), &file.path(&section.key_file)).await
    }

    /// Opens a store and its key at these paths, and makes them when they are missing.
    ///
    /// # Errors
    ///
    /// [`AssemblyError`] names the file that cannot be used.
    pub async fn open_at(store: &Path, key_file: &Path) -> Result<Self, AssemblyError> {
        let seal_key = seal_key(key_file)?;
        let store: Arc<dyn StateStore> = Arc::new(RedbStore::open(store).await?);
        Ok(Self { store, seal_key })
    }

    /// Returns the store.
    #[must_use]
    pub fn store(&self) -> Arc<dyn StateStore> {
        Arc::clone(&self.store)
    }

    /// Returns engine options with this store's key.
    #[must_use]
    pub fn engine_options(&self, instance: &str) -> EngineOptions {
        EngineOptions::new(instance, self.seal_key.clone())
    }

    /// Opens the engine of a connector section.
    ///
    /// # Errors
    ///
    /// [`AssemblyError`] when the directory or the store cannot be used.
    pub async fn open_engine(
        &self,
        file: &ConfigFile,
        section: &ConnectorSection,
        recovery: Recovery,
        env: Env,
    ) -> Result<Engine, AssemblyError> {
        let mut options = self.engine_options(&section.name);
        options.deprovisioning = section.deprovisioning();
        options.page_size = section.page_size;
        options.recovery = recovery;
        let connector = Arc::new(LdapConnector::new());
        Ok(Engine::open(options, connector, section.to_config(file)?, self.store(), env).await?)
    }
}

/// Opens a source of people.
///
/// # Errors
///
/// [`AssemblyError`] when it cannot be read.
pub async fn open_source(
    file: &ConfigFile,
    section: &SourceSection,
    env: Env,
) -> Result<Box<dyn Session>, AssemblyError> {
    let path = file.path(&section.path).to_string_lossy().into_owned();
    let config = provost_connector::Config::new(&section.name).with("path", path);
    Ok(FilesConnector::new().open(config, env).await?)
}

/// Reads a key of 32 octets from a file of 64 hexadecimal digits, and makes one when the file is missing.
fn seal_key(path: &Path) -> Result<Secret, AssemblyError> {
    let refuse = |reason: String| AssemblyError::SealKey { path: path.to_owned(), reason };
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let digits = zeroize::Zeroizing::new(text);
            let octets = from_hex(digits.trim()).filter(|octets| octets.len() == 32);
            return octets.map(Secret::new).ok_or_else(|| refuse("expected 64 hexadecimal digits".to_owned()));
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(refuse(error.to_string())),
    }
    let mut octets = zeroize::Zeroizing::new([0_u8; 32]);
    SystemEntropy.fill(octets.as_mut_slice()).map_err(|error| refuse(error.to_string()))?;
    let digits: zeroize::Zeroizing<String> =
        zeroize::Zeroizing::new(octets.iter().map(|octet| format!("{octet:02x}")).collect());
    // Written beside and renamed, so that a crash leaves either no key or a whole one.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let made = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        writeln!(file, "{}", digits.as_str())?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path)?;
        // What is sealed with it is durable, and so must its name be.
        #[cfg(unix)]
        std::fs::File::open(folder)?.sync_all()?;
        Ok(())
    });
    made.map_err(|error| refuse(error.to_string()))?;
    Ok(Secret::new(octets.to_vec()))
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    if !digits.is_ascii() || !digits.len().is_multiple_of(2) {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_key_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seal.key");
        let made = super::seal_key(&path).unwrap();
        assert_eq!(made.expose().len(), 32);
        assert_eq!(super::seal_key(&path).unwrap().expose(), made.expose());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
        }
    }

    #[test]
    fn a_short_key_is_refused_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seal.key");
        std::fs::write(&path, "abcd\n").unwrap();
        let error = super::seal_key(&path).unwrap_err().to_string();
        assert!(error.ends_with("seal.key: expected 64 hexadecimal digits"), "{error}");
    }
}
