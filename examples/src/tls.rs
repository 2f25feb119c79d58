//! A throw-away authority and a certificate for loopback, for demonstrations and tests.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

/// PEM files of a throw-away authority and of a server certificate that it signed.
#[derive(Clone, Debug)]
pub struct LoopbackFiles {
    /// The authority's certificate.
    pub ca: PathBuf,
    /// The server's certificate.
    pub certificate: PathBuf,
    /// The server's private key, readable by its owner alone.
    pub private_key: PathBuf,
}

/// A certificate could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MakeCertificateError {
    /// Making or signing failed.
    #[error("a certificate cannot be made")]
    #[non_exhaustive]
    Sign {
        /// Why.
        source: rcgen::Error,
    },
    /// A file could not be written.
    #[error("{} cannot be written", path.display())]
    #[non_exhaustive]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl From<rcgen::Error> for MakeCertificateError {
    fn from(source: rcgen::Error) -> Self {
        Self::Sign { source }
    }
}

/// Makes an authority and a certificate for `localhost`, `127.0.0.1` and `::1`, and writes both into a folder.
///
/// The authority's key is dropped, so nothing else can be signed with it.
///
/// # Errors
///
/// [`MakeCertificateError`] when signing fails or a file cannot be written.
pub fn loopback_files(folder: &Path) -> Result<LoopbackFiles, MakeCertificateError> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.distinguished_name.push(DnType::CommonName, "Provost loopback authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut server = CertificateParams::new(names)?;
    server.distinguished_name.push(DnType::CommonName, "localhost");
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = server.signed_by(&key, &authority)?;

    let files = LoopbackFiles {
        ca: folder.join("ca.pem"),
        certificate: folder.join("host.pem"),
        private_key: folder.join("host.key"),
    };
    write(&files.ca, &authority.pem(), 0o644)?;
    write(&files.certificate, &certificate.pem(), 0o644)?;
    write(&files.private_key, &key.serialize_pem(), 0o600)?;
    Ok(files)
}

fn write(path: &Path, text: &str, mode: u32) -> Result<(), MakeCertificateError> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| MakeCertificateError::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject;

    #[test]
    fn a_client_that_trusts_the_authority_accepts_the_certificate() {
        let folder = tempfile::tempdir().unwrap();
        let files = super::loopback_files(folder.path()).unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&files.ca).unwrap()).unwrap();
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            rustls::client::WebPkiServerVerifier::builder_with_provider(roots.into(), provider).build().unwrap();
        let leaf = CertificateDer::from_pem_file(&files.certificate).unwrap();
        let check = |name: &'static str| {
            use rustls::client::danger::ServerCertVerifier as _;
            let now = rustls_pki_types::UnixTime::now();
            verifier.verify_server_cert(&leaf, &[], &name.try_into().unwrap(), &[], now)
        };
        check("localhost").unwrap();
        check("127.0.0.1").unwrap();
        check("elsewhere.example").unwrap_err();
    }
}
