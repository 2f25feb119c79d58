//! The neutral object: what a person, a group or any other entry is to Provost while it is neither an LDAP entry nor a
//! SCIM resource.
//!
//! Adapters translate their own vocabulary to a [`ConnectorObject`] and back; nothing else crosses between them.
//!
//! ```
//! use provost_model::{Attributes, ConnectorObject, ObjectName, Value};
//!
//! let mut attributes = Attributes::new();
//! attributes.set("mail", [Value::from("bsimon@contoso.com")]);
//! let object = ConnectorObject::new("inetOrgPerson", attributes)
//!     .with_name(ObjectName::new("CN=bsimon,DC=Contoso,DC=lab"));
//! assert_eq!(object.attributes().text("MAIL"), Some("bsimon@contoso.com"));
//! ```
//!
//! | Feature | Adds |
//! | --- | --- |
//! | (none) | serialisation through serde is always there, except for [`Secret`] |
//!
//! Left out: parsing of names and filters, matching rules of a protocol, and anything that needs an operating system.

mod anchor;
mod attributes;
mod change;
mod name;
mod object;
mod schema;
mod secret;
mod timestamp;
mod value;

pub use anchor::{Anchor, AnchorKind};
pub use attributes::Attributes;
pub use change::{AttributeChange, ChangeSet, ValueChange};
pub use name::{AttributeName, ObjectName, ObjectType};
pub use object::ConnectorObject;
pub use schema::{AttributeSchema, Equality, Mutability, ObjectSchema, ObjectTypeSchema, ValueKind};
pub use secret::Secret;
pub use timestamp::{ParseTimestampError, Timestamp};
pub use value::Value;
