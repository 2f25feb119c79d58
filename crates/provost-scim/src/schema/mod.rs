//! What a schema says of its attributes, RFC 7643 section 7, and the schemas that ship with the crate.

mod attribute;
mod core;
mod definition;
mod resource_schema;

pub use attribute::{AttributeDefinition, AttributeType, Mutability, Returned, Uniqueness};
pub use core::{enterprise_user, group, user};
pub use definition::{DefineSchemaError, SchemaDefinition};
pub use resource_schema::ResourceSchema;

pub(crate) use attribute::same_name;
pub(crate) use resource_schema::Place;

/// URN of the core User schema, RFC 7643 section 4.1.
pub const USER_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// URN of the core Group schema, RFC 7643 section 4.2.
pub const GROUP_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// URN of the enterprise extension, RFC 7643 section 4.3.
pub const ENTERPRISE_USER_URN: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
