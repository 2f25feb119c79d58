//! Attribute mappings: what flows from an object of a source to an object of a target, how the object is found there, and
//! whether that fits the schema of the target.
//!
//! A [`MappingDefinition`] is what a configuration says, a [`Mapping`] is what is evaluated, and a [`Desired`] is what the
//! object should be.
//!
//! ```
//! use provost_connector::{Entropy, EntropyError};
//! use provost_mapping::{EvaluateContext, FlowDefinition, Mapping, MappingDefinition, Phase};
//! use provost_model::{Attributes, Timestamp, Value};
//!
//! #[derive(Debug)]
//! struct NoRandomness;
//! impl Entropy for NoRandomness {
//!     fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
//!         Err(EntropyError::new())
//!     }
//! }
//!
//! let mapping = Mapping::compile(&MappingDefinition::new(vec![
//!     FlowDefinition::expression("-dn-", r#"Join("", "CN=", Word([userPrincipalName], 1, "@"), ",DC=Contoso,DC=lab")"#)
//!         .at_creation(),
//!     FlowDefinition::direct("cn", "displayName"),
//! ]))?;
//!
//! let mut user = Attributes::new();
//! user.set("userPrincipalName", [Value::from("bsimon@contoso.com")]);
//! user.set("displayName", [Value::from("B.Simon")]);
//! let context = EvaluateContext::new(Timestamp::UNIX_EPOCH, &NoRandomness);
//! let desired = mapping.evaluate(&user, Phase::Create, &context)?;
//! assert_eq!(desired.name.unwrap().as_str(), "CN=bsimon,DC=Contoso,DC=lab");
//! assert_eq!(desired.attributes.text("cn"), Some("B.Simon"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Four targets are no attributes: `-dn-` is the name of the object, `userPassword` and `export_password` are its password,
//! which travels beside the attributes as a [`Secret`](provost_model::Secret), and `active` says whether the account is in
//! use.
//!
//! | Feature | Adds |
//! | --- | --- |
//! | (none) | there are no features |
//!
//! An attribute holds no value with members. A role that `AppRoleAssignmentsComplex` makes flows as the JSON text of an object,
//! and an assignment that a source gives as such a text has its members. [`Mapping::check`] tells of it.
//!
//! Left out: scoping filters, references, clearing of values, and of synchronization schemas all but their attribute
//! mappings. Comparing what is wanted with what is there is the work of the engine.

mod check;
mod complex;
mod definition;
mod desired;
mod error;
mod harmless;
mod mapping;
mod stored;
mod target;

pub use check::Finding;
pub use definition::{Apply, FlowDefinition, MappingDefinition, Origin};
pub use desired::{Desired, convert};
pub use error::{ConvertValueError, EvaluateFlowError, MappingError};
pub use mapping::{EvaluateContext, Mapping, Phase};
pub use stored::{AttributeMapping, FlowBehavior, FlowType, StoredFlowError};
