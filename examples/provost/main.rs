//! The command-line program of Provost.
fn main() {}
