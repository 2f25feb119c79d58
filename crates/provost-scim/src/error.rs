use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// URN of the error message, RFC 7644 section 3.12.
const ERROR_URN: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// The detail keyword of an error, RFC 7644 section 3.12.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ScimType {
    /// A filter that cannot be parsed, or that compares what cannot be compared.
    InvalidFilter,
    /// A PATCH path that cannot be parsed or that names nothing the schema knows.
    InvalidPath,
    /// A body that is no JSON, or not the message that was expected.
    InvalidSyntax,
    /// A value that is missing or does not fit its attribute.
    InvalidValue,
    /// A protocol version that is not served.
    InvalidVers,
    /// A change of something that may not be changed.
    Mutability,
    /// A PATCH path whose filter selects nothing, or a removal without a path.
    NoTarget,
    /// Personal data in a place where the policy forbids it.
    Sensitive,
    /// More results than the policy allows.
    TooMany,
    /// A value that another resource holds.
    Uniqueness,
}

impl ScimType {
    /// Returns the keyword as it stands in a message.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::InvalidPath => "invalidPath",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Mutability => "mutability",
            Self::NoTarget => "noTarget",
            Self::Sensitive => "sensitive",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
        }
    }
}

impl fmt::Display for ScimType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error as a SCIM server answers it, RFC 7644 section 3.12.
///
/// It serialises to the error message, with the status as text. The detail is for people; it holds no secret.
///
/// ```
/// use provost_scim::{ScimError, ScimType};
///
/// let error = ScimError::bad_request(ScimType::NoTarget, "remove needs a path");
/// assert_eq!(error.status(), 400);
/// assert_eq!(
///     serde_json::to_string(&error)?,
///     r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"noTarget","detail":"remove needs a path"}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{detail}")]
pub struct ScimError {
    status: u16,
    scim_type: Option<ScimType>,
    detail: String,
}

impl ScimError {
    /// Makes an error without a keyword.
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into() }
    }

    /// Makes a 400 with a keyword.
    pub fn bad_request(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self { status: 400, scim_type: Some(scim_type), detail: detail.into() }
    }

    /// Makes a 409 with the keyword `uniqueness`.
    pub fn uniqueness(detail: impl Into<String>) -> Self {
        Self { status: 409, scim_type: Some(ScimType::Uniqueness), detail: detail.into() }
    }

    /// Returns the HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the keyword.
    #[must_use]
    pub fn scim_type(&self) -> Option<ScimType> {
        self.scim_type
    }

    /// Returns the text for people.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    pub(crate) fn in_operation(mut self, index: usize) -> Self {
        self.detail = format!("operation {}: {}", index + 1, self.detail);
        self
    }
}

pub(crate) fn invalid_value(detail: impl Into<String>) -> ScimError {
    ScimError::bad_request(ScimType::InvalidValue, detail)
}

pub(crate) fn invalid_path(detail: impl Into<String>) -> ScimError {
    ScimError::bad_request(ScimType::InvalidPath, detail)
}

pub(crate) fn invalid_filter(detail: impl Into<String>) -> ScimError {
    ScimError::bad_request(ScimType::InvalidFilter, detail)
}

pub(crate) fn invalid_syntax(detail: impl Into<String>) -> ScimError {
    ScimError::bad_request(ScimType::InvalidSyntax, detail)
}

pub(crate) fn mutability(detail: impl Into<String>) -> ScimError {
    ScimError::bad_request(ScimType::Mutability, detail)
}

pub(crate) fn no_target(detail: impl Into<String>) -> ScimError {
    ScimError::bad_request(ScimType::NoTarget, detail)
}

impl Serialize for ScimError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut message = serializer.serialize_struct("Error", 3 + usize::from(self.scim_type.is_some()))?;
        message.serialize_field("schemas", &[ERROR_URN])?;
        message.serialize_field("status", &self.status.to_string())?;
        match self.scim_type {
            Some(scim_type) => message.serialize_field("scimType", scim_type.as_str())?,
            None => message.skip_field("scimType")?,
        }
        message.serialize_field("detail", &self.detail)?;
        message.end()
    }
}
