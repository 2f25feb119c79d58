use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::{Method, StatusCode};
use provost_connector::{Config, ConnectorError};
use provost_model::Secret;
use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use serde_json::Value as Json;

/// Longest answer that is read, in bytes.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// An answer of the endpoint.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Json,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// No connection was made: the request did not leave.
    NotSent(ConnectorError),
    /// Something may have been sent.
    Lost(ConnectorError),
}

impl From<NoAnswer> for ConnectorError {
    fn from(no_answer: NoAnswer) -> Self {
        match no_answer {
            NoAnswer::NotSent(error) | NoAnswer::Lost(error) => error,
        }
    }
}

/// HTTP with the bearer token, the trusted authority and the time-out of one endpoint.
#[derive(Debug)]
pub(super) struct Http {
    system: String,
    base: String,
    token: Secret,
    timeout: Duration,
    client: reqwest::Client,
    writes: Arc<AtomicU64>,
}

impl Http {
    pub(super) fn new(config: &Config, writes: Arc<AtomicU64>) -> Result<Self, ConnectorError> {
        let base = config.text("url").unwrap_or_default().trim_end_matches('/').to_owned();
        if !base.starts_with("https://") {
            return Err(ConnectorError::configuration("url", "expected an address that begins with https://"));
        }
        let timeout = match config.number("timeout_ms").unwrap_or(30_000) {
            millis @ 1..=600_000 => Duration::from_millis(millis.unsigned_abs()),
            _ => return Err(ConnectorError::configuration("timeout_ms", "expected 1 to 600000")),
        };
        let ca_file = config.text("ca_file").unwrap_or_default();
        let tls = tls_config(ca_file)?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(timeout)
            .build()
            .map_err(|error| ConnectorError::configuration("url", error.to_string()))?;
        let token = config.secret("token").cloned().unwrap_or_else(|| Secret::from(""));
        Ok(Self { system: config.name().to_owned(), base, token, timeout, client, writes })
    }

    pub(super) fn system(&self) -> &str {
        &self.system
    }

    /// Sends a request. `path` begins with a slash; the query's values are encoded here.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Json>,
    ) -> Result<Answer, NoAnswer> {
        let mut address = reqwest::Url::parse(&format!("{}{path}", self.base))
            .map_err(|error| NoAnswer::NotSent(ConnectorError::configuration("url", error.to_string())))?;
        if !query.is_empty() {
            address.query_pairs_mut().extend_pairs(query);
        }
        if method != Method::GET {
            self.writes.fetch_add(1, Ordering::Relaxed);
        }
        let mut request = self
            .client
            .request(method, address)
            .timeout(self.timeout)
            .bearer_auth(self.token.expose_text().unwrap_or_default())
            .header(http::header::ACCEPT, "application/scim+json");
        if let Some(body) = body {
            request = request
                .header(http::header::CONTENT_TYPE, "application/scim+json")
                .body(serde_json::to_vec(body).unwrap_or_default());
        }
        let mut response = request.send().await.map_err(|error| self.no_answer(error))?;
        let status = response.status();
        let mut octets = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| NoAnswer::Lost(self.unavailable(error)))? {
            if octets.len() + chunk.len() > MAX_ANSWER {
                return Err(NoAnswer::Lost(ConnectorError::protocol(&self.system, "the answer is longer than 64 MiB")));
            }
            octets.extend_from_slice(&chunk);
        }
        let body = if octets.is_empty() {
            Json::Null
        } else {
            serde_json::from_slice(&octets).map_err(|error| {
                NoAnswer::Lost(ConnectorError::protocol(&self.system, format!("the answer is not JSON: {error}")))
            })?
        };
        Ok(Answer { status, body })
    }

    fn no_answer(&self, error: reqwest::Error) -> NoAnswer {
        if error.is_connect() {
            let reason = innermost(&error);
            if reason.contains("certificate") {
                return NoAnswer::NotSent(ConnectorError::untrusted(&self.system, reason));
            }
            return NoAnswer::NotSent(self.unavailable(error));
        }
        if error.is_timeout() {
            return NoAnswer::Lost(ConnectorError::timed_out(&self.system, self.timeout));
        }
        NoAnswer::Lost(self.unavailable(error))
    }

    fn unavailable(&self, error: reqwest::Error) -> ConnectorError {
        ConnectorError::unavailable(&self.system, error.without_url())
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

fn tls_config(ca_file: &str) -> Result<ClientConfig, ConnectorError> {
    let refuse = |reason: String| ConnectorError::configuration("ca_file", format!("{ca_file}: {reason}"));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca_file).map_err(|error| refuse(error.to_string()))? {
        let certificate = certificate.map_err(|error| refuse(error.to_string()))?;
        roots.add(certificate).map_err(|error| refuse(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(refuse("holds no certificate".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| refuse(error.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
