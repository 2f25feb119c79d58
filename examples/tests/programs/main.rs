//! The programs as a user runs them: in processes of their own, with right and with wrong input, and killed.
#![cfg(test)]
#![cfg(unix)]

mod crash;
mod failures;
mod lab;
#[cfg(feature = "live")]
mod live;
mod provision;
mod secrets;
mod serve;
