//! The one place where a failure of the engine or of a connected system becomes a status.

use http::StatusCode;
use provost_connector::{ConnectorError, RefusalClass};
use provost_engine::{ApplyError, RunError};
use provost_scim::{ScimError, ScimType};

use crate::answer::{Failure, Hint};
use crate::names::without_names;

/// How long a client is asked to wait for a system that cannot be used now, in seconds.
const RETRY_AFTER: u16 = 30;

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        Self::from(ApplyError::from(error))
    }
}

impl From<ApplyError> for Failure {
    fn from(error: ApplyError) -> Self {
        use provost_engine::ApplyError as Apply;
        let later =
            |detail: &str| Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).with(Hint::RetryAfter(RETRY_AFTER));
        if let Apply::Engine { source, .. } = &error {
            tracing::warn!(error = %chain(source), "a request failed");
        }
        match error {
            Apply::AlreadyExists { .. } => {
                ScimError::uniqueness("there is an object of this name, or with a value that must be unique, already")
                    .into()
            }
            Apply::NotFound => Self::not_found(),
            Apply::PasswordRefused { code, text, .. } => {
                let text = format!("all was written but the password: {text}");
                refused(code, RefusalClass::Permanent, &text)
            }
            Apply::Refused { code, class, text, .. } => refused(code, class, &text),
            Apply::InDoubt { .. } => later("it is not known yet whether the change was made; send the request again"),
            Apply::Unavailable { .. } => later("the directory cannot be reached"),
            Apply::Engine { source: RunError::Connector { source, .. } | RunError::Source { source, .. }, .. } => {
                match source {
                    ConnectorError::TimedOut { .. } => {
                        Self::new(StatusCode::GATEWAY_TIMEOUT, "the directory did not answer")
                    }
                    ConnectorError::Protocol { .. } => {
                        Self::new(StatusCode::BAD_GATEWAY, "the directory sent what cannot be understood")
                    }
                    ConnectorError::Refused { code, text, .. } => refused(Some(code), RefusalClass::Permanent, &text),
                    // A refused service account is our fault and never the client's: 503 and not 401.
                    _ => later("the directory cannot be used now"),
                }
            }
            Apply::Engine { source: RunError::Cancelled, .. } => later("the service is stopping"),
            Apply::Engine { source: RunError::Uncertain { .. }, .. } => {
                later("the directory does not tell for certain whether the object exists")
            }
            Apply::Engine { .. } => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the request failed inside the service")
            }
            _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the request failed"),
        }
    }
}

/// Turns the result code of a directory (RFC 4511 appendix A) into a status.
fn refused(code: Option<i64>, class: RefusalClass, text: &str) -> Failure {
    let said;
    let (text, detail) = match code {
        Some(code) => {
            tracing::debug!(code, text, "refused by the directory");
            said = without_names(text);
            (said.as_str(), format!("the directory refused the request: {said} (result code {code})"))
        }
        None => (text, format!("the request was refused: {text}")),
    };
    let bad = |scim_type, detail| Failure::from(ScimError::bad_request(scim_type, detail));
    match code {
        // timeLimitExceeded, sizeLimitExceeded, adminLimitExceeded
        Some(3 | 4 | 11) => bad(ScimType::TooMany, detail),
        // undefinedAttributeType, inappropriateMatching, constraintViolation, invalidAttributeSyntax, invalidDNSyntax,
        // namingViolation, objectClassViolation
        Some(17 | 18 | 19 | 21 | 34 | 64 | 65) => bad(ScimType::InvalidValue, detail),
        // noSuchObject of an object that is being made: its container is missing.
        Some(32) => bad(ScimType::InvalidValue, format!("the container of the object does not exist: {text}")),
        // notAllowedOnRDN, objectClassModsProhibited
        Some(67 | 69) => bad(ScimType::Mutability, detail),
        // attributeOrValueExists, entryAlreadyExists
        Some(20 | 68) => ScimError::uniqueness(detail).into(),
        // notAllowedOnNonLeaf
        Some(66) => Failure::new(StatusCode::CONFLICT, detail),
        // insufficientAccessRights
        Some(50) => Failure::new(StatusCode::FORBIDDEN, detail),
        // invalidCredentials of the service account, busy, unavailable
        Some(49 | 51 | 52) => Failure::new(StatusCode::SERVICE_UNAVAILABLE, "the directory cannot be used now")
            .with(Hint::RetryAfter(RETRY_AFTER)),
        _ => match class {
            RefusalClass::Fatal | RefusalClass::NotSent | RefusalClass::Reconnect | RefusalClass::Transient => {
                Failure::new(StatusCode::SERVICE_UNAVAILABLE, detail).with(Hint::RetryAfter(RETRY_AFTER))
            }
            RefusalClass::Deferred => Failure::new(StatusCode::CONFLICT, detail),
            _ if code.is_none() => bad(ScimType::InvalidValue, detail),
            _ => Failure::new(StatusCode::BAD_GATEWAY, detail),
        },
    }
}

/// An error with all that lies beneath it, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use provost_connector::RefusalClass;

    use super::refused;

    fn check(code: Option<i64>, class: RefusalClass, status: StatusCode, scim_type: Option<&str>) {
        let error = refused(code, class, "text").error;
        let found = (error.status(), error.scim_type().map(|scim_type| scim_type.as_str()));
        assert_eq!(found, (status.as_u16(), scim_type), "{code:?} {class:?}");
    }

    #[test]
    fn the_name_of_another_object_is_not_told() {
        for code in [19, 32, 68] {
            let text = "held by uid=other,dc=contoso,dc=lab already";
            let detail = refused(Some(code), RefusalClass::Permanent, text).error.detail().to_owned();
            assert!(detail.contains("held by *** already"), "{detail}");
        }
    }

    #[test]
    fn result_codes_become_statuses() {
        let permanent = RefusalClass::Permanent;
        check(Some(68), permanent, StatusCode::CONFLICT, Some("uniqueness"));
        check(Some(65), permanent, StatusCode::BAD_REQUEST, Some("invalidValue"));
        check(Some(64), permanent, StatusCode::BAD_REQUEST, Some("invalidValue"));
        check(Some(21), permanent, StatusCode::BAD_REQUEST, Some("invalidValue"));
        check(Some(67), permanent, StatusCode::BAD_REQUEST, Some("mutability"));
        check(Some(4), permanent, StatusCode::BAD_REQUEST, Some("tooMany"));
        check(Some(50), permanent, StatusCode::FORBIDDEN, None);
        check(Some(66), permanent, StatusCode::CONFLICT, None);
        check(Some(49), permanent, StatusCode::SERVICE_UNAVAILABLE, None);
        check(Some(51), permanent, StatusCode::SERVICE_UNAVAILABLE, None);
        check(Some(10), permanent, StatusCode::BAD_GATEWAY, None);
        check(None, RefusalClass::NotSent, StatusCode::SERVICE_UNAVAILABLE, None);
        check(None, RefusalClass::Fatal, StatusCode::SERVICE_UNAVAILABLE, None);
        check(None, permanent, StatusCode::BAD_REQUEST, Some("invalidValue"));
    }
}
