use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use provost_scim::ScimError;
use serde::Serialize;

const SCIM_JSON: HeaderValue = HeaderValue::from_static("application/scim+json");

/// What a request is answered with.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn json(status: StatusCode, document: &impl Serialize) -> Self {
        match serde_json::to_vec(document) {
            Ok(body) => Self { status, headers: vec![(CONTENT_TYPE, SCIM_JSON)], body },
            Err(error) => {
                tracing::error!(%error, "an answer could not be written");
                Self::empty(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    pub(crate) fn location(self, url: &str) -> Self {
        match HeaderValue::from_str(url) {
            Ok(url) => self.header(LOCATION, url),
            Err(_) => self,
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl From<Failure> for Answer {
    fn from(failure: Failure) -> Self {
        let status = StatusCode::from_u16(failure.error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let answer = Self::json(status, &failure.error);
        match failure.hint {
            None => answer,
            Some(Hint::Allow(methods)) => answer.header(ALLOW, HeaderValue::from_static(methods)),
            Some(Hint::Authenticate) => {
                answer.header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"provost\""))
            }
            Some(Hint::RetryAfter(seconds)) => answer.header(RETRY_AFTER, HeaderValue::from(seconds)),
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }
}

/// Why a request was not done, and what the client may do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: ScimError,
    pub(crate) hint: Option<Hint>,
}

#[derive(Debug)]
pub(crate) enum Hint {
    Allow(&'static str),
    Authenticate,
    /// Seconds.
    RetryAfter(u16),
}

impl Failure {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        ScimError::new(status.as_u16(), detail).into()
    }

    pub(crate) fn with(mut self, hint: Hint) -> Self {
        self.hint = Some(hint);
        self
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is no such resource")
    }
}

impl From<ScimError> for Failure {
    fn from(error: ScimError) -> Self {
        Self { error, hint: None }
    }
}
