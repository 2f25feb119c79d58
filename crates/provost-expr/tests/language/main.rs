//! The language as its users see it.
#![cfg(test)]

mod cases;
mod common;
mod connect;
mod diagnostics;
mod properties;
mod vectors;
