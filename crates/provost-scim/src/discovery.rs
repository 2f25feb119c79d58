//! What a service says of itself, RFC 7643 sections 5 and 6.

use serde::Serialize;

use crate::ResourceSchema;

const CONFIG_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const RESOURCE_TYPE_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DocumentMeta {
    resource_type: &'static str,
    location: String,
}

impl DocumentMeta {
    pub(crate) fn new(resource_type: &'static str, location: String) -> Self {
        Self { resource_type, location }
    }
}

/// What a service can do, RFC 7643 section 5. It serialises to the document of `/ServiceProviderConfig`.
///
/// ```
/// use provost_scim::ServiceProviderConfig;
///
/// let config = ServiceProviderConfig::new("https://host.example/scim", 500);
/// let document = serde_json::to_value(&config).unwrap();
/// assert_eq!(document["filter"]["maxResults"], 500);
/// assert_eq!(document["bulk"]["supported"], false);
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceProviderConfig {
    schemas: [&'static str; 1],
    patch: Supported,
    bulk: Bulk,
    filter: FilterSupport,
    change_password: Supported,
    sort: Supported,
    etag: Supported,
    authentication_schemes: Vec<AuthenticationScheme>,
    meta: DocumentMeta,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
struct Supported {
    supported: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Bulk {
    supported: bool,
    max_operations: u64,
    max_payload_size: u64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct FilterSupport {
    supported: bool,
    max_results: u64,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
struct AuthenticationScheme {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
    description: &'static str,
    primary: bool,
}

impl ServiceProviderConfig {
    /// Describes a service with PATCH, filters of at most `max_results` results, passwords, and a bearer token. `base` is
    /// its URL without a slash at the end. Bulk, sorting and versions are announced as missing.
    #[must_use]
    pub fn new(base: &str, max_results: u64) -> Self {
        let (yes, no) = (Supported { supported: true }, Supported { supported: false });
        Self {
            schemas: [CONFIG_URN],
            patch: yes,
            bulk: Bulk { supported: false, max_operations: 0, max_payload_size: 0 },
            filter: FilterSupport { supported: true, max_results },
            change_password: yes,
            sort: no,
            etag: no,
            authentication_schemes: vec![AuthenticationScheme {
                kind: "oauthbearertoken",
                name: "Bearer",
                description: "A static bearer token",
                primary: true,
            }],
            meta: DocumentMeta::new("ServiceProviderConfig", format!("{base}/ServiceProviderConfig")),
        }
    }
}

/// A type of resources as a service announces it, RFC 7643 section 6. It serialises to the document of
/// `/ResourceTypes/{name}`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceType {
    schemas: [&'static str; 1],
    id: String,
    name: String,
    endpoint: String,
    description: String,
    schema: String,
    schema_extensions: Vec<Extension>,
    meta: DocumentMeta,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
struct Extension {
    schema: String,
    required: bool,
}

impl ResourceType {
    /// Describes a type of resources whose extensions are optional; `base` is the URL of the service without a slash at
    /// the end.
    #[must_use]
    pub fn new(schema: &ResourceSchema, base: &str) -> Self {
        let extension = |id: &str| Extension { schema: id.to_owned(), required: false };
        Self {
            schemas: [RESOURCE_TYPE_URN],
            id: schema.name().to_owned(),
            name: schema.name().to_owned(),
            endpoint: schema.endpoint().to_owned(),
            description: schema.core().name().to_owned(),
            schema: schema.core().id().to_owned(),
            schema_extensions: schema.extensions().iter().map(|schema| extension(schema.id())).collect(),
            meta: DocumentMeta::new("ResourceType", format!("{base}/ResourceTypes/{}", schema.name())),
        }
    }
}
