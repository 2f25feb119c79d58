//! Identity provisioning into directories: the facade of the Provost crates.
//!
//! Provost brings people from a cloud identity service, or from any other source, into a directory: as a SCIM endpoint
//! in front of a connector, or on its own with attribute mappings. This crate holds no code; it puts the crates of the
//! workspace under one name so that a program needs one dependency.
//!
//! ```
//! use provost::connector::{Config, ConfigField, ConnectorInfo, FieldKind};
//! use provost::model::{Attributes, ConnectorObject, Value};
//!
//! let mut attributes = Attributes::new();
//! attributes.set("userPrincipalName", [Value::from("bsimon@contoso.com")]);
//! let user = ConnectorObject::new("user", attributes);
//! assert_eq!(user.attributes().text("USERPRINCIPALNAME"), Some("bsimon@contoso.com"));
//!
//! let info = ConnectorInfo::new("files", "1", vec![ConfigField::required("path", FieldKind::Text, "The file.")]);
//! assert!(Config::new("people").validate(&info).is_err());
//! ```
//!
//! # Features
//!
//! The vocabularies, the expression language and the mappings are always there: they open no socket and no file, and
//! build for wasm32. Each feature adds one module:
//!
//! | feature | module | what it brings |
//! | --- | --- | --- |
//! | `directory` | `directory` | an LDAP v3 server inside the program, for tests and for trying things out |
//! | `engine` | `engine`, `store` | run profiles, the ledger of pending exports, and the store contract |
//! | `files` | `files` | a source of users in JSON lines |
//! | `host` | `host` | the SCIM endpoint (with `engine`) |
//! | `ldap` | `ldap` | the connector for any LDAP v3 server |
//! | `store-redb` | `store_redb` | the durable store in one file (with `engine`) |
//!
//! # Left out
//!
//! The crate of LDAP messages, `provost-ldap-wire`, has no module here: programs that speak the protocol themselves name
//! it directly. The command-line program `provost` is an example of the workspace and no part of this crate.

pub use provost_connector as connector;
#[cfg(feature = "directory")]
pub use provost_directory as directory;
#[cfg(feature = "engine")]
pub use provost_engine as engine;
pub use provost_expr as expr;
#[cfg(feature = "files")]
pub use provost_files as files;
#[cfg(feature = "host")]
pub use provost_host as host;
#[cfg(feature = "ldap")]
pub use provost_ldap as ldap;
pub use provost_ldap_types as ldap_types;
pub use provost_mapping as mapping;
pub use provost_model as model;
pub use provost_scim as scim;
#[cfg(feature = "engine")]
pub use provost_store as store;
#[cfg(feature = "store-redb")]
pub use provost_store_redb as store_redb;
pub use provost_text as text;
