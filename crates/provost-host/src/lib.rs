//! SCIM in front of provisioning engines: what Microsoft documents as the ECMA Connector Host.
//!
//! A [`Host`] mounts an engine as `/ecma2host_NAME/scim`. The attributes of the directory stand under
//! [`EXTENSION_URN`], the name of an object as `-dn-`. Requests are authenticated with a bearer token of the connector.
//!
//! ```no_run
//! use std::net::TcpListener;
//! use std::sync::Arc;
//!
//! use provost_host::{Certificate, DEFAULT_LISTEN, Host, HostError, Mount};
//! use provost_model::Secret;
//!
//! # async fn run(engine: provost_engine::Engine, stop: impl Future<Output = ()> + Send, token: Secret)
//! # -> Result<(), Box<dyn std::error::Error>> {
//! let host = Host::builder()
//!     .mount(Mount::new("people", Arc::new(engine)).with_token(token))
//!     .certificate(Certificate::from_files("host.pem", "host.key")?)
//!     .build()?;
//! host.serve(TcpListener::bind(DEFAULT_LISTEN)?, stop).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What clients see
//!
//! - `active` is the state of the account; setting it goes through the disable flow of the engine, and a DELETE through
//!   its delete flow. `userName` is read from the directory (`uid`, `sAMAccountName`, `userPrincipalName` or `cn`, whichever
//!   comes first in the object type). `externalId` is accepted and not kept: the directory has no place for it, and nothing
//!   from a body ever selects an object.
//! - A password (`export_password`, the password attribute of the directory, or the core `password`) goes to the engine as a
//!   [`provost_model::Secret`] and is never shown.
//! - Attributes are shown with one value, except for those of [`Mount::with_lists`]. A value that an object holds only
//!   because of its name (`cn: bsimon` beside `cn: Britta Simon`) is then not the one that is shown.
//! - `/Schemas` says which attributes the classes of the directory require; a POST is judged by the directory itself.
//! - A write goes on when the client goes away. After a stop, running requests are answered.
//!
//! | Feature | Adds |
//! | --- | --- |
//! | (none) | everything is always there |
//!
//! Left out: groups, bulk requests, `.search`, entity tags, cursors, sorting, HTTP/2, rate limits, reloading of certificates,
//! and a second flavour with mapped core attributes.

mod answer;
mod dispatch;
mod documents;
mod error;
mod host;
mod id;
mod names;
mod request;
mod route;
mod schema;
mod search;
mod server;
mod status;
mod stream;
mod tls;
mod token;
mod translate;
mod users;

pub use error::HostError;
pub use host::{Host, HostBuilder, Mount};
pub use schema::EXTENSION_URN;
pub use server::DEFAULT_LISTEN;
pub use tls::Certificate;
