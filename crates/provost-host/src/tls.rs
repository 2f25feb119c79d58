use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::{PemObject, SectionKind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, crypto::ring, version};

use crate::HostError;

/// A certificate with its chain and key, for TLS 1.2 and 1.3.
#[derive(Clone)]
pub struct Certificate(Arc<ServerConfig>);

impl Certificate {
    /// Reads PEM files: the certificate with its chain, leaf first, and the private key.
    ///
    /// # Errors
    ///
    /// [`HostError::Certificate`] when a file cannot be read, holds nothing of the kind, or when they do not belong
    /// together.
    pub fn from_files(chain: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<Self, HostError> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|error| HostError::certificate(format!("{}: {error}", path.display())))
        };
        let (chain, key) = (read(chain.as_ref())?, zeroize::Zeroizing::new(read(key.as_ref())?));
        Self::from_pem(&chain, &key)
    }

    /// Reads PEM texts: the certificate with its chain, leaf first, and the private key.
    ///
    /// # Errors
    ///
    /// [`HostError::Certificate`] when they hold nothing of the kind or do not belong together.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, HostError> {
        let wrong = |what: &str, error: &dyn fmt::Display| HostError::certificate(format!("{what}: {error}"));
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|error| wrong("the chain is no PEM", &error))?;
        if chain.is_empty() {
            return Err(HostError::certificate(format!("no section {:?} was found", SectionKind::Certificate)));
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| wrong("the key is no PEM", &error))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .map_err(|error| wrong("TLS", &error))?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| wrong("certificate and key", &error))?;
        Ok(Self(Arc::new(config)))
    }

    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.0)
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate(..)")
    }
}
