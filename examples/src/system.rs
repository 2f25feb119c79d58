//! The clock and the randomness of the operating system.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use provost_connector::{Clock, Entropy, EntropyError, Env};
use provost_model::Timestamp;

/// The clock of the operating system.
#[derive(Debug)]
pub struct SystemClock(Instant);

impl Default for SystemClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_unix_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

/// The cryptographic generator of the operating system.
#[derive(Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(octets).map_err(|_| EntropyError::new())
    }
}

/// Returns the environment that the programs give to connectors and engines.
#[must_use]
pub fn env() -> Env {
    Env::new(Arc::new(SystemClock::default()), Arc::new(SystemEntropy))
}
