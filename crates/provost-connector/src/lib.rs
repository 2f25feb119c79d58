//! The contract between the provisioning engine and a connected system.
//!
//! A [`Connector`] opens a [`Session`]; a session reads, finds, and offers abilities ([`FullImport`], [`DeltaImport`],
//! [`Export`], [`SetPassword`]) as accessors that return `None` where the system has no such thing. An impossible run
//! profile is therefore refused at planning; there is no "not supported" error at run time.
//!
//! ```
//! use provost_connector::{Completeness, Key, Page, ReadResult};
//! use provost_model::ObjectName;
//!
//! let key = Key::from_name(ObjectName::new("cn=bsimon,dc=contoso,dc=lab"));
//! assert!(key.anchor().is_none());
//! let last = Page::last(Vec::new(), Completeness::incomplete("the size limit of the server was reached"));
//! assert!(!last.proof.unwrap().is_complete());
//! # let _ = ReadResult::Forbidden;
//! ```
//!
//! # Contract
//!
//! - Imports are pulled page by page. The last page carries a [`Completeness`]; an import that ends without one, or with
//!   an incomplete one, proves no absence.
//! - [`Session::read`] answers [`ReadResult::Absent`] only with a proof; an error, a time-out or a refusal is never
//!   absence.
//! - [`Export::apply`] takes a page of operations and gives one [`Outcome`] each, in order. A time-out after the first
//!   byte left is [`Outcome::Unknown`]. A connector never sends a write a second time by itself.
//! - Time, randomness, cancellation and limits come in through [`Env`].
//! - Values and secrets are never logged, and are in no error text.
//!
//! The crate awaits and never spawns, sleeps or opens a socket.

mod ability;
mod capability;
mod config;
mod connector;
mod env;
mod error;
mod operation;
mod page;

pub use ability::{DeltaImport, DeltaRequest, Export, FullImport, FullRequest, Pages, SetPassword};
pub use capability::{Capabilities, Confidence, DeltaCapability, Fact, ServerIdentity};
pub use config::{Config, ConfigField, ConfigValue, ConnectorInfo, FieldKind};
pub use connector::{Connector, Key, MatchQuery, ReadResult, Select, Session};
pub use env::{Cancellation, Cancelled, Clock, Entropy, EntropyError, Env};
pub use error::ConnectorError;
pub use operation::{Done, Operation, OperationId, Outcome, Refusal, RefusalClass, Request};
pub use page::{AbsenceProof, Completeness, Page, PageEntry, Watermark};
