use http::{Method, StatusCode};

use crate::answer::{Failure, Hint};
use crate::request::percent_decode;

/// What stands before the name of a connector in a path.
const PREFIX: &str = "/ecma2host_";

/// The connector that a path names, and what lies below its base.
pub(crate) fn split(path: &str) -> Option<(String, &str)> {
    let rest = path.strip_prefix(PREFIX)?;
    let (name, rest) = rest.split_once('/')?;
    let below = rest.strip_prefix("scim")?;
    if !below.is_empty() && !below.starts_with('/') {
        return None;
    }
    Some((percent_decode(name)?, below))
}

/// A resource of the service.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Route {
    ResourceType(String),
    ResourceTypes,
    Schema(String),
    Schemas,
    ServiceProviderConfig,
    User(String),
    Users,
}

impl Route {
    /// Reads a path below the base; `/v2` in front and a slash behind are accepted, and the endpoints in any letter case.
    pub(crate) fn parse(below: &str) -> Option<Self> {
        let mut segments: Vec<String> = Vec::new();
        for segment in below.trim_start_matches('/').trim_end_matches('/').split('/') {
            segments.push(percent_decode(segment)?);
        }
        if segments.first().is_some_and(|first| first == "v2") {
            segments.remove(0);
        }
        let mut segments = segments.into_iter();
        let (endpoint, item) = (segments.next()?, segments.next());
        if segments.next().is_some() {
            return None;
        }
        match (endpoint.to_ascii_lowercase().as_str(), item) {
            ("users", None) => Some(Self::Users),
            ("users", Some(id)) => Some(Self::User(id)),
            ("schemas", None) => Some(Self::Schemas),
            ("schemas", Some(urn)) => Some(Self::Schema(urn)),
            ("resourcetypes", None) => Some(Self::ResourceTypes),
            ("resourcetypes", Some(name)) => Some(Self::ResourceType(name)),
            ("serviceproviderconfig", None) => Some(Self::ServiceProviderConfig),
            _ => None,
        }
    }

    /// Whether it describes the service.
    pub(crate) fn is_discovery(&self) -> bool {
        !matches!(self, Self::User(_) | Self::Users)
    }

    /// Checks the method.
    pub(crate) fn check(&self, method: &Method) -> Result<(), Failure> {
        let allowed = match self {
            Self::Users => "GET, HEAD, POST",
            Self::User(_) => "GET, HEAD, PUT, PATCH, DELETE",
            _ => "GET, HEAD",
        };
        if allowed.split(", ").any(|allowed| allowed == method.as_str()) {
            return Ok(());
        }
        let detail = format!("{method} is not possible here");
        Err(Failure::new(StatusCode::METHOD_NOT_ALLOWED, detail).with(Hint::Allow(allowed)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Route, split};

    #[test]
    fn the_connector_of_a_path() {
        assert_eq!(split("/ecma2host_people/scim/Users"), Some(("people".to_owned(), "/Users")));
        assert_eq!(split("/ecma2host_People/scim"), Some(("People".to_owned(), "")));
        for path in ["/", "/people/scim", "/ECMA2HOST_people/scim", "/ecma2host_people/scimx", "/ecma2host_people"] {
            assert_eq!(split(path), None, "{path}");
        }
    }

    #[test]
    fn routes_below_the_base() {
        assert_eq!(Route::parse("/Users"), Some(Route::Users));
        assert_eq!(Route::parse("/v2/users/"), Some(Route::Users));
        assert_eq!(Route::parse("/Users/a%2Fb"), Some(Route::User("a/b".to_owned())));
        for path in ["", "/", "/v2", "/Nothing", "/Users/a/b", "/Users/%ff"] {
            assert_eq!(Route::parse(path), None, "{path}");
        }
    }
}
