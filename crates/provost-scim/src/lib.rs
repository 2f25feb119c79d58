//! The SCIM 2.0 model: schemas, resources, filters, paths, PATCH, lists, errors and discovery documents (RFC 7643, RFC 7644).
//!
//! A [`Resource`] is a tree of JSON values under a [`ResourceSchema`], which may be built at run time. A [`Filter`] is
//! checked against the schema once, as a [`Matcher`], and then tests resources. A [`PatchRequest`] applies to a copy.
//!
//! ```
//! use std::sync::Arc;
//!
//! use provost_scim::{
//!     AttributeDefinition, AttributeType, Filter, Matcher, Mode, PatchRequest, Resource, ResourceSchema, SchemaDefinition,
//! };
//! use serde_json::json;
//!
//! const URN: &str = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User";
//! let extension = SchemaDefinition::new(URN, "Directory", vec![
//!     AttributeDefinition::new("-dn-", AttributeType::String),
//!     AttributeDefinition::new("uidNumber", AttributeType::Integer),
//! ])?;
//! let schema = Arc::new(ResourceSchema::new("User", "/Users", provost_scim::user()).with_extension(extension));
//!
//! let user = Resource::from_request(&schema, json!({"userName": "bsimon"}), Mode::Compat)?;
//! let patch = json!({"Operations": [{"op": "Add", "path": format!("{URN}:uidNumber"), "value": "10011"}]});
//! let patched = PatchRequest::parse(patch, Mode::Compat)?.apply(&user, Mode::Compat)?;
//! assert_eq!(patched.resource.get(Some(URN), "UIDNUMBER"), Some(&json!(10011)));
//!
//! let filter = Filter::parse(&format!("{URN}:uidNumber ge 10000 and userName sw \"B\""), Mode::Strict)?;
//! assert!(Matcher::new(&filter, &schema, Mode::Strict)?.matches(&patched.resource));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | Feature | Adds |
//! | --- | --- |
//! | (none) | everything is always there |
//!
//! Left out: HTTP, bulk requests, sorting, cursors, entity tags, and decimals beyond the precision of a double.

mod discovery;
mod error;
mod filter;
mod instant;
mod json;
mod list;
mod mode;
mod patch;
mod path;
mod projection;
mod resource;
mod schema;
mod value;

pub use discovery::{ResourceType, ServiceProviderConfig};
pub use error::{ScimError, ScimType};
pub use filter::{AttributePath, Filter, FilterErrorKind, Literal, Matcher, Operator, ParseFilterError};
pub use json::parse_json;
pub use list::{ListResponse, PageRequest};
pub use mode::Mode;
pub use patch::{PatchKind, PatchOperation, PatchRequest, Patched};
pub use path::{ParsePathError, Path};
pub use projection::{Projection, View};
pub use resource::Resource;
pub use schema::{
    AttributeDefinition, AttributeType, DefineSchemaError, ENTERPRISE_USER_URN, GROUP_URN, Mutability, ResourceSchema,
    Returned, SchemaDefinition, USER_URN, Uniqueness, enterprise_user, group, user,
};
