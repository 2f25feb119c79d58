//! The environment of a connector that needs neither time nor chance.

use std::sync::Arc;
use std::time::Duration;

use provost_connector::{Clock, Entropy, EntropyError, Env};
use provost_model::Timestamp;

#[derive(Debug)]
struct NoClock;

impl Clock for NoClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

#[derive(Debug)]
struct NoEntropy;

impl Entropy for NoEntropy {
    fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError::new())
    }
}

pub(crate) fn env() -> Env {
    Env::new(Arc::new(NoClock), Arc::new(NoEntropy))
}
