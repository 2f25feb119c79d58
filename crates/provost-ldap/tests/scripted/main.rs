#![cfg(test)]
//! Sessions against a server that does what a test says, down to the octet.

#[path = "../support/env.rs"]
mod env;
mod faults;
mod imports;
mod script;
