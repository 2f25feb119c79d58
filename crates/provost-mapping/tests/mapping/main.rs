//! The mapping as its users see it.
#![cfg(test)]

mod check;
mod common;
mod definition;
mod errors;
mod evaluate;
mod matching;
mod roles;
mod secrets;
mod stored;
