//! An embedded LDAP v3 server with an enforced schema.
//!
//! A [`Directory`] holds entries in memory and treats them as OpenLDAP would: the schemas core, cosine, inetOrgPerson and
//! nis are enforced, result codes and diagnostic messages are those of slapd, operational attributes are kept. Clients
//! cannot tell it from a real server, so provisioning can be tried and tested without one.
//!
//! ```
//! use provost_directory::{Directory, DirectoryOptions};
//!
//! let options = DirectoryOptions::new("dc=contoso,dc=lab".parse()?)
//!     .with_root("cn=admin,dc=contoso,dc=lab".parse()?, "secret".into());
//! let directory = Directory::new(options)?;
//! directory.load("dn: dc=contoso,dc=lab\nobjectClass: domain\ndc: contoso\n".as_bytes())?;
//!
//! let refused = directory.load("dn: cn=bsimon,dc=contoso,dc=lab\nobjectClass: person\ncn: bsimon\n".as_bytes());
//! assert_eq!(
//!     refused.unwrap_err().to_string(),
//!     "line 1: the record is refused: objectClassViolation (65): \
//!      cn=bsimon,dc=contoso,dc=lab: object class 'person' requires attribute 'sn'",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Layers: [`Directory`] is the tree with its operations, [`Connection`] one session of the protocol, octets in and
//! octets out, and `Listener` serves connections over TCP and TLS. [`Faults`] withhold answers at the worst moment.
//!
//! | feature | default | adds |
//! | --- | --- | --- |
//! | `listener` | yes | `Listener`, over tokio and rustls |
//! | `live` | no | tests against Debian's ldap-utils and a running slapd |
//!
//! Left out: SASL, referrals, following of aliases, access rules beyond administrators and owners, change logs, the
//! validation of certificates. Entries live in memory only; [`Directory::dump`] and [`Directory::load`] keep them.

mod connection;
mod directory;
mod error;
mod faults;
mod identity;
mod ldif;
#[cfg(feature = "listener")]
mod listener;
mod ops;
mod options;
mod persona;
mod refusal;
mod schema;
mod tree;

pub use connection::{Connection, Progress, Security};
pub use directory::Directory;
pub use error::DirectoryError;
pub use faults::{Faults, Occurrence, OperationKind};
pub use ldif::DumpContent;
#[cfg(feature = "listener")]
pub use listener::{Listener, ListenerOptions, TlsIdentity, Transport};
pub use options::{AnonymousAccess, DirectoryOptions};
pub use persona::Persona;
