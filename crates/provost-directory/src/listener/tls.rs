use std::error::Error;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::DirectoryError;

/// The certificate chain and the private key with which a listener proves who it is. `Debug` shows neither.
#[derive(Clone)]
pub struct TlsIdentity(Arc<ServerConfig>);

impl TlsIdentity {
    /// Reads PEM files: the chain with the server's certificate first, and the key.
    ///
    /// # Errors
    ///
    /// [`DirectoryError::Tls`] for a file that cannot be read, or a key that does not fit the certificate.
    pub fn from_pem_files(certificates: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<Self, DirectoryError> {
        let (chain_path, key_path) = (certificates.as_ref(), key.as_ref());
        let chain = read_chain(CertificateDer::pem_file_iter(chain_path)).map_err(|source| fail(chain_path, source))?;
        let key = PrivateKeyDer::from_pem_file(key_path).map_err(|source| fail(key_path, source))?;
        Self::new(chain, key).map_err(|source| fail(chain_path, source))
    }

    /// Takes the chain and the key as PEM texts.
    ///
    /// # Errors
    ///
    /// [`DirectoryError::Tls`] for a text that cannot be read, or a key that does not fit the certificate.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, DirectoryError> {
        let nowhere = Path::new("(in memory)");
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificates).collect();
        let chain = chain.map_err(|source| fail(nowhere, source))?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|source| fail(nowhere, source))?;
        Self::new(chain, key).map_err(|source| fail(nowhere, source))
    }

    fn new(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<Self, rustls::Error> {
        // The program around may have chosen another provider, or none.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        Ok(Self(Arc::new(config)))
    }

    pub(super) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.0)
    }
}

fn read_chain<E>(
    certificates: Result<impl Iterator<Item = Result<CertificateDer<'static>, E>>, E>,
) -> Result<Vec<CertificateDer<'static>>, E> {
    certificates?.collect()
}

fn fail(path: &Path, source: impl Error + Send + Sync + 'static) -> DirectoryError {
    DirectoryError::Tls { path: path.to_owned(), source: Box::new(source) }
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsIdentity(..)")
    }
}
