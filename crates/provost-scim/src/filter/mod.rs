//! Filters, RFC 7644 section 3.4.2.2: text, tree, and test of a resource.

mod ast;
mod display;
mod error;
mod matcher;
mod parser;

pub use ast::{AttributePath, Filter, Literal, Operator};
pub use error::{FilterErrorKind, ParseFilterError};
pub use matcher::Matcher;

pub(crate) use matcher::{fold, is_present};
pub(crate) use parser::{Grammar, split_attribute};

#[cfg(test)]
mod tests;
