//! LDIF, the text form of entries and changes (RFC 2849).
//!
//! [`Reader`] yields the records of a text one by one and holds one at a time; [`Writer`] writes them.
//!
//! ```
//! use provost_ldap_types::ldif::{Change, Reader, Record};
//!
//! let text = "version: 1\n\ndn: cn=bsimon,dc=lab\ncn: bsimon\nsn:: U2ltb24=\n\n\
//!             dn: cn=bsimon,dc=lab\nchangetype: delete\n";
//! let records = Reader::new(text.as_bytes()).collect::<Result<Vec<_>, _>>()?;
//! let [Record::Content(entry), Record::Change(change)] = &records[..] else { panic!("two records") };
//! assert_eq!(entry.first_text("sn"), Some("Simon"));
//! assert_eq!(change.change, Change::Delete);
//! # Ok::<(), provost_ldap_types::ldif::ReadLdifError>(())
//! ```

mod error;
mod limits;
mod lines;
mod parser;
mod reader;
mod record;
#[cfg(test)]
mod tests;
mod writer;

pub use error::{ReadLdifError, ReadLdifErrorKind};
pub use limits::LdifLimits;
pub use reader::{Reader, read_attributes, read_entry, read_modifications};
pub use record::{Change, ChangeRecord, Control, Modification, ModifyOperation, Record};
pub use writer::{Writer, write_entry};
