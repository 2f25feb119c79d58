//! The functions of the dialect `connect`. Those that mean the same as in `entra` share the code.

#[cfg(feature = "certificates")]
mod certificate;
mod convert;
mod flow;
mod list;
mod text;

use crate::registry::Function;

/// All functions of the dialect.
pub(crate) const TABLES: &[&[Function]] = &[
    #[cfg(feature = "certificates")]
    certificate::FUNCTIONS,
    convert::FUNCTIONS,
    flow::FUNCTIONS,
    list::FUNCTIONS,
    text::FUNCTIONS,
];
