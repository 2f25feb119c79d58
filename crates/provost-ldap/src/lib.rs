//! LDAP connector: discovery, import and export over any LDAP v3 server.
//!
//! [`discover`] says which server it is and reads its schema; [`LdapConnector`] opens sessions that the engine imports
//! from and exports to.
//!
//! ```no_run
//! use provost_ldap::{LdapOptions, discover};
//! use provost_model::Secret;
//!
//! # async fn run() -> Result<(), provost_connector::ConnectorError> {
//! let options = LdapOptions::new("ldaps://ldap.example")
//!     .with_ca_file("/etc/ssl/certs/ca.pem")
//!     .with_simple_bind("cn=provost,ou=services,dc=contoso,dc=lab", Secret::from("from a file"));
//! let found = discover(&options).await?;
//! println!("{} {:?}", found.fingerprint.label, found.fingerprint.evidence);
//! # Ok(())
//! # }
//! ```
//!
//! # What it keeps to
//!
//! - A write is sent once. Whatever happens after its first octet left is [`provost_connector::Outcome::Unknown`].
//! - Octets of a server pass a frame check, capped in size and depth, before anything decodes them.
//! - Credentials are tried once for each connection, and not for ten minutes after the server refused them.
//! - A rename is taken back when the server refuses the change of attributes that comes with it.
//! - An object that was known is absent only if its container is shown to the account.
//! - Certificates are trusted if `ca_file` issued them, and for no other reason. `ldap://` is for the loopback.
//! - The values of the RDN stay in an entry on every write.
//! - Names and filters are made of parsed values and octets, never of joined text.
//!
//! # Features
//!
//! | feature | adds |
//! | --- | --- |
//! | `live` | nothing to the library: tests against real servers, named by variables such as `PROVOST_LIVE_OPENLDAP` |
//!
//! Left out so far: delta imports, SASL binds, Start TLS, the password encoding of Active Directory, several servers for
//! one directory. Referrals are never followed; an import counts them.

mod changes;
mod connector;
mod discover;
mod export;
mod import;
mod options;
mod read;
mod refusal;
mod schema;
mod search;
mod session;
mod settings;
mod text;
mod translate;
mod transport;

pub use connector::LdapConnector;
pub use discover::{Discovery, discover};
pub use options::LdapOptions;
pub use session::LdapSession;
