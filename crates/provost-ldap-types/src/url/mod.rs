mod ast;
mod display;
mod error;
mod parser;
#[cfg(test)]
mod tests;

pub use ast::{LdapUrl, LdapUrlExtension, LdapUrlScheme, LdapUrlScope};
pub use error::{ParseLdapUrlError, ParseLdapUrlErrorKind};
