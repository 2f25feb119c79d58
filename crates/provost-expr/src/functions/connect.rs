//! The functions of the dialect `connect`. Those that mean the same as in `entra` share the code.

mod convert;
mod flow;
mod list;
mod text;

use crate::registry::Function;

/// All functions of the dialect.
pub(crate) const TABLES: [&[Function]; 4] = [convert::FUNCTIONS, flow::FUNCTIONS, list::FUNCTIONS, text::FUNCTIONS];
