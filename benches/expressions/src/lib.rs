//! The expression language of Provost beside the same mapping by hand in Rust and beside other embedded languages.
//!
//! `cargo xtask bench expressions` runs `benches/times.rs` and `benches/allocations.rs`. Every [`Side`] evaluates
//! the expressions of [`EXPRESSIONS`] for the same [`Users`]; the results of all sides are compared before any clock
//! starts. The feature `engines`, which is on unless it is turned off, brings the other languages.

#[cfg(feature = "engines")]
mod engines;
mod hand;
mod hand_columns;
mod mapping;
mod provost;
mod side;
mod sides;
mod table;
mod users;

pub use hand::{ByHand, ByHandShared};
pub use hand_columns::ByHandColumns;
pub use mapping::{Cell, EXPRESSIONS, READ, WIDTH};
pub use provost::{Evaluate, EvaluateColumns, EvaluateInto};
pub use side::{AnySide, Failure, Results, Side, Sink};
pub use sides::{compare, rust_sides, sides};
pub use table::Times;
pub use users::Users;
