//! Attribute-mapping expressions, as the Microsoft Entra provisioning service documents them: parser, checker, compiler
//! and evaluator.
//!
//! An expression is [parsed](parse) to a tree that prints back, [checked](check), [compiled](Program::compile) against the
//! [`Layout`] of the attributes it reads, and evaluated for one [`Record`] after the other.
//!
//! ```
//! use provost_expr::{Context, Dialect, Layout, NoEntropy, Program, Value, parse};
//! use provost_model::{Attributes, Timestamp};
//!
//! let expression = parse(r#"Join("", "CN=", Word([userPrincipalName], 1, "@"), ",DC=Contoso,DC=lab")"#)?;
//! let mut layout = Layout::new();
//! let program = Program::compile(&expression, &mut layout, Dialect::Entra)?;
//!
//! let mut user = Attributes::new();
//! user.set("userPrincipalName", [provost_model::Value::from("bsimon@contoso.com")]);
//! let record = layout.record(&user);
//! let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
//! let output = program.evaluate(&record, &context)?;
//! assert_eq!(output.value(), &Value::text("CN=bsimon,DC=Contoso,DC=lab"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | Feature | Adds |
//! | --- | --- |
//! | `arbitrary` | expressions, values and users made of random octets, for property tests and fuzz targets |
//! | `certificates` | the functions of [`Dialect::Connect`] that read X.509 certificates |
//! | `serde` | expressions as their text, values as JSON has them, `Serialize` for findings, errors, outputs and traces |
//!
//! With `serde` there is also the form in which Microsoft Graph stores the source of an attribute mapping.
//!
//! Functions of a program's own are added through a [`Registry`]. Left out: functions that take time, as an evaluation
//! waits for nothing.

mod ast;
mod batch;
mod buffer;
mod check;
mod complex;
mod context;
mod date;
mod diagnostic;
mod dialect;
mod display;
mod error;
mod eval;
mod extension;
mod format;
mod functions;
#[cfg(feature = "arbitrary")]
mod generate;
mod invocation;
mod lint;
mod number;
mod output;
mod parser;
mod plan;
mod profile;
mod program;
mod regex;
mod registry;
mod scope;
#[cfg(feature = "serde")]
mod serialize;
#[cfg(feature = "serde")]
mod stored;
mod suggest;
mod trace;
mod types;
mod value;
mod view;

pub use ast::{
    Argument, Bareword, Call, Chain, Comparison, Constant, ConstantForm, Expression, ExpressionKind, Link, Operator,
};
pub use batch::{Columns, OutputColumn, Outputs};
pub use buffer::OutputBuffer;
pub use check::{Shape, check, check_attribute, check_attributes};
pub use complex::{Complex, Member, RoleUpdate, TooManyMembers};
pub use context::{Context, Entropy, NoAnswer, NoEntropy, Uniqueness};
pub use date::DateTime;
pub use diagnostic::{Diagnostic, Severity};
pub use dialect::{Dialect, ParseDialectError};
pub use error::{EvaluateError, EvaluateErrorKind, ParseExprError, ParseExprErrorKind};
pub use extension::{RegisterError, Registry};
pub use format::Indented;
#[cfg(feature = "arbitrary")]
pub use generate::Sample;
pub use invocation::Invocation;
pub use output::{Output, Rendering};
pub use parser::{parse, parse_as, parse_with};
pub use profile::Profile;
pub use program::Program;
/// How long and how deep an expression may be.
pub use provost_text::Limits;
pub use registry::{Function, Implementation, Origin, Parameter, ParameterKind, Presence};
pub use scope::{Layout, Record, Source, source_values};
#[cfg(feature = "serde")]
pub use stored::{MappingSource, SourceKind, SourceParameter, StoredFormError, TestedExpression, test_expression};
pub use trace::{Step, StepResult, Trace};
pub use value::{Flow, Items, Value};
pub use view::{ItemsRef, OutputRef, ValueRef};
