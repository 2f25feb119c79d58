//! The native transport: one connection, its tasks, requests and searches on it.

mod connection;
mod dial;
mod search;
mod ticket;
mod tls;

#[cfg(test)]
mod tests;

pub(crate) use connection::{Connection, Reply};
pub(crate) use dial::{Dialer, bind, dial};
pub(crate) use search::{Search, SearchEnd, Step};
