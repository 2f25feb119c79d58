//! The commands behind `cargo xtask`.
fn main() {}
