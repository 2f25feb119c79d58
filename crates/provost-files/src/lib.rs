//! Connector for users in JSON lines files, in the shape of Microsoft Graph's user resource.
//!
//! A file holds one JSON object a line. [`FilesConnector`] offers a full import of it, page by page, and reads and finds
//! single records; it writes nothing. The whole file is the scope of an import.
//!
//! ```
//! use provost_connector::{Config, Connector};
//! use provost_files::FilesConnector;
//!
//! let config = Config::new("cloud").with("path", "users.jsonl").with("page_size", 200);
//! assert!(config.validate(&FilesConnector::new().describe()).is_ok());
//! ```
//!
//! # How a record becomes an object
//!
//! | in the record | in the object |
//! | --- | --- |
//! | `"id": "4562"` | the anchor, of kind `id`; also the attribute `id` |
//! | `"userPrincipalName"` | the name; also an attribute |
//! | text, true or false, a whole number of 64 bits | a value of that kind |
//! | any other number | its text, such as `1.5` |
//! | an array | several values, in order |
//! | an object, such as `"onPremisesExtensionAttributes": {"extensionAttribute1": "1001"}` | one attribute for each member, named by its path: `onPremisesExtensionAttributes.extensionAttribute1` |
//! | an object or array inside an array | text: its JSON |
//! | `null`, an empty array | no attribute |
//! | a directory extension, `extension_<32 hex digits>_uidNumber` | an attribute of that name |
//! | `"@removed": {...}` beside `"id"` | a removal: [`provost_connector::PageEntry::Deleted`] |
//! | an annotation (`@odata.type`, `manager@odata.bind`), `passwordProfile` | nothing |
//!
//! # What cannot be read
//!
//! A line that is no JSON object, that has no `id`, that names an attribute twice, or that is longer than
//! [`LONGEST_LINE`] octets becomes [`provost_connector::PageEntry::Unreadable`] with file, line and column, and the
//! import goes on. So do all records of an `id` that the file holds twice with different content: none of them is taken
//! for the right one. An import that met such a line, or whose file changed while it was read, says so in its
//! [`provost_connector::Completeness`] and proves no absence.
//!
//! # Limits
//!
//! At most one page of records is held, and for each record 32 octets while duplicates are looked for.
//!
//! The crate has no features. It leaves out CSV and LDIF files, writing, and delta imports.

mod connector;
mod discovery;
mod duplicates;
mod json;
mod pages;
mod reader;
mod record;
mod scan;
mod session;

pub use connector::FilesConnector;
pub use reader::LONGEST_LINE;
