use std::io;
use std::path::Path;
use std::sync::Arc;

use provost_connector::ConnectorError;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Reads the certificates that are trusted, and no others.
pub(super) async fn client_config(ca_file: &Path) -> Result<Arc<ClientConfig>, ConnectorError> {
    let shown = ca_file.display();
    let fail = |reason: String| ConnectorError::configuration("ca_file", reason);
    let pem = tokio::fs::read(ca_file).await.map_err(|error| fail(format!("cannot read {shown}: {error}")))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| fail(format!("{shown} is not PEM: {error}")))?;
        roots.add(certificate).map_err(|error| fail(format!("{shown} holds a certificate of no use: {error}")))?;
    }
    if roots.is_empty() {
        return Err(fail(format!("{shown} holds no certificate in PEM")));
    }
    // The provider is named, so that a program with several cannot end up without one.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| fail(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Makes the TLS handshake; `host` is what the certificate must be for.
pub(super) async fn handshake(
    config: Arc<ClientConfig>,
    host: &str,
    stream: TcpStream,
    system: &str,
) -> Result<TlsStream<TcpStream>, ConnectorError> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| ConnectorError::configuration("url", format!("{host} is no host name or address")))?;
    TlsConnector::from(config).connect(name, stream).await.map_err(|error| handshake_error(&error, host, system))
}

fn handshake_error(error: &io::Error, host: &str, system: &str) -> ConnectorError {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let reason = match tls {
        Some(rustls::Error::InvalidCertificate(certificate)) => certificate_reason(certificate, host),
        Some(other) => return ConnectorError::unavailable(system, format!("the TLS handshake failed: {other}")),
        None => return ConnectorError::unavailable(system, format!("the TLS handshake failed: {error}")),
    };
    ConnectorError::untrusted(system, reason)
}

fn certificate_reason(error: &CertificateError, host: &str) -> String {
    match error {
        CertificateError::UnknownIssuer => "no certificate of ca_file issued it".to_owned(),
        CertificateError::NotValidForName => format!("it is not for the name {host}"),
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!("it is not for the name {host} but for {}", presented.join(", "))
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "it is not valid yet".to_owned(),
        CertificateError::Revoked => "it was revoked".to_owned(),
        other => other.to_string(),
    }
}
