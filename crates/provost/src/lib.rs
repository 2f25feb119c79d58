//! Identity provisioning into directories: the facade of the Provost crates.
//!
//! Provost brings people from a cloud identity service, or from any other source, into a directory: as a SCIM endpoint
//! in front of a connector, or on its own with attribute mappings. This crate holds no code; it puts the crates of the
//! workspace under one name so that a program needs one dependency.
//!
//! ```
//! use provost::expr::{Context, Dialect, Layout, NoEntropy, Program, parse};
//! use provost::ldap_types::{Dn, Filter};
//! use provost::model::{Attributes, Timestamp, Value};
//!
//! let mut user = Attributes::new();
//! user.set("userPrincipalName", [Value::from("bsimon@contoso.com")]);
//!
//! // The name of the user's entry, as a mapping computes it.
//! let expression = parse(r#"Join("", "CN=", Word([userPrincipalName], 1, "@"), ",DC=Contoso,DC=lab")"#)?;
//! let mut layout = Layout::new();
//! let program = Program::compile(&expression, &mut layout, Dialect::Entra)?;
//! let record = layout.record(&user);
//! let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
//! let output = program.evaluate(&record, &context)?;
//! let name: Dn = output.into_value().into_text().unwrap_or_default().parse()?;
//! assert!(name.is_descendant_of(&"dc=contoso,dc=lab".parse()?));
//!
//! // The filter that finds it by its address; the value cannot change what the filter means.
//! assert_eq!(Filter::equals("mail", "bsimon@contoso.com")?.to_string(), "(mail=bsimon@contoso.com)");
//! # Ok::<(), Box<dyn std::error::Error>>(())
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
