//! Many objects at once: their attributes as columns, and the results of a program as a column.

mod columns;
mod output;
mod run;

pub use self::columns::Columns;
pub use self::output::{OutputColumn, Outputs};

pub(crate) use self::run::Run;
