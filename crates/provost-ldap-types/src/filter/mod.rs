//! Search filters, RFC 4515.

mod ast;
mod built_in;
mod display;
mod error;
mod evaluate;
mod parser;
#[cfg(test)]
mod tests;

pub use ast::Filter;
pub use built_in::BuiltInRules;
pub use error::{ParseFilterError, ParseFilterErrorKind};
pub use evaluate::{FilterContext, SubstringAssertion, Truth};
