//! Distinguished names, RFC 4514.

mod aliases;
mod ast;
mod compare;
mod display;
mod error;
mod parser;
#[cfg(test)]
mod tests;

pub use ast::{Dn, Rdn, RdnAttribute};
pub use error::{ParseDnError, ParseDnErrorKind};
