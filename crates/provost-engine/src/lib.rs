//! The engine between a source of people and a connected system: what it knows of the system's objects, what it still has
//! to write, and what each run did.
//!
//! An [`Engine`] owns one connector instance. It imports page by page into the connector space, answers direct requests
//! (create, modify, disable, remove), and runs provisioning cycles from a source through a mapping. Every write is an
//! intent in the ledger, durable before its first byte is sent; after a crash the engine looks at the object before it
//! writes again.
//!
//! ```
//! use provost_engine::{Deprovisioning, DisableFlow, EngineOptions};
//! use provost_model::{Secret, Value};
//!
//! let mut options = EngineOptions::new("people", Secret::new(vec![7; 32]));
//! options.deprovisioning = Deprovisioning {
//!     disable: DisableFlow::set("shadowExpire", [Value::from("1")], []),
//!     ..Deprovisioning::default()
//! };
//! assert_eq!(options.instance.as_str(), "people");
//! ```
//!
//! | Feature | Adds |
//! | --- | --- |
//! | (none) | everything is always there |
//!
//! Left out: delta imports, references in a second pass, approval of held changes by plan hash, rate limits, the circuit
//! breaker, and use by several nodes.
//!
//! The crate awaits and never spawns, sleeps or opens a socket.

mod compare;
mod cycle;
mod direct;
mod engine;
mod entry;
mod error;
mod import;
mod ledger;
mod lock;
mod options;
mod profile;
mod recent;
mod report;
mod run;
mod seal;
mod space;

pub use cycle::{
    Action, CycleEvent, CycleOptions, CycleReport, Events, Guard, GuardTrip, ImportFirst, ObjectEvent, RefusedBefore,
    Status, Thresholds,
};
pub use engine::Engine;
pub use entry::SpaceEntry;
pub use error::{ApplyError, RunError};
pub use options::{AbsenceProofPolicy, DeleteFlow, Deprovisioning, DisableFlow, EngineOptions, Recovery, StateFlow};
pub use profile::{RunProfile, RunStep};
pub use report::{EvaluateCounters, ExportCounters, ImportCounters, ObjectError, RunOutcome, RunReport, Trigger};
