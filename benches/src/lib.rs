//! Benchmarks of Provost, each beside its baseline where a fair one exists.
//!
//! The files in `benches/` are run by `cargo xtask bench`, which prints the ratios. A group holds our way under the name
//! `provost`; every other name in it is a baseline. This library holds the inputs that several of them read.

mod inputs;

pub use inputs::{DN, FILTER, SUBSCHEMA, ldif};
