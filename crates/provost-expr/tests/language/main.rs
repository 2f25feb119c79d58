//! The language as its users see it.
#![cfg(test)]

mod arguments;
mod cases;
#[cfg(feature = "certificates")]
mod certificate;
mod common;
mod connect;
mod diagnostics;
#[cfg(feature = "arbitrary")]
mod differential;
mod errors;
mod extension;
mod forms;
mod profile;
mod properties;
mod reference;
mod vectors;
#[cfg(feature = "arbitrary")]
mod walker;
