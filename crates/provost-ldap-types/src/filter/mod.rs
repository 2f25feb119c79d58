//! Search filters, RFC 4515.

mod ast;
mod display;
mod error;
mod evaluate;
mod parser;

pub use ast::Filter;
pub use error::{ParseFilterError, ParseFilterErrorKind};
pub use evaluate::{BuiltInRules, FilterContext, SubstringAssertion, Truth};
