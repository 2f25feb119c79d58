//! Many objects at once: their attributes as columns, and the results of a program as a column.

mod columns;
mod output;

pub use self::columns::Columns;
pub use self::output::{OutputColumn, Outputs};
