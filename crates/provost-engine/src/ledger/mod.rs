//! The pending-export ledger: intents are staged, sent, probed where no answer came, and settled.

mod export;
mod probe;
mod recover;
mod send;
mod stage;

pub(crate) use send::{Sending, Settled};
pub(crate) use stage::{Plan, intent_hash};
