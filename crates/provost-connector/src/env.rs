use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use provost_model::Timestamp;

/// Where the time comes from.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Returns the wall time, for display and for schedules.
    fn now(&self) -> Timestamp;

    /// Returns the time since some fixed point, for durations; it never goes back.
    fn monotonic(&self) -> Duration;
}

/// The source of randomness could not give any.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the source of randomness gave nothing")]
#[non_exhaustive]
pub struct EntropyError;

impl EntropyError {
    /// Makes the error.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl Default for EntropyError {
    fn default() -> Self {
        Self::new()
    }
}

/// Where randomness comes from: a cryptographic generator, or a fixed sequence in tests.
pub trait Entropy: fmt::Debug + Send + Sync + 'static {
    /// Fills `octets` with random octets.
    ///
    /// # Errors
    ///
    /// [`EntropyError`] when the generator has none to give; `octets` is then not to be used.
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError>;
}

/// A flag that asks work to stop, shared by all clones.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<Mutex<CancellationState>>);

#[derive(Debug, Default)]
struct CancellationState {
    cancelled: bool,
    wakers: Vec<Waker>,
}

impl Cancellation {
    /// Makes a flag that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks to stop. It cannot be taken back.
    pub fn cancel(&self) {
        let wakers = {
            let mut state = self.lock();
            state.cancelled = true;
            std::mem::take(&mut state.wakers)
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Tells whether a stop was asked for.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Waits until a stop is asked for.
    pub fn cancelled(&self) -> Cancelled {
        Cancelled(self.clone())
    }

    fn lock(&self) -> MutexGuard<'_, CancellationState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The future of [`Cancellation::cancelled`].
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct Cancelled(Cancellation);

impl Future for Cancelled {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.lock();
        if state.cancelled {
            return Poll::Ready(());
        }
        if !state.wakers.iter().any(|waker| waker.will_wake(context.waker())) {
            state.wakers.push(context.waker().clone());
        }
        Poll::Pending
    }
}

/// What a connector gets from the program around it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Env {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The flag that asks to stop.
    pub cancellation: Cancellation,
}

impl Env {
    /// Puts a clock and a source of randomness together, with a flag of its own.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy, cancellation: Cancellation::new() }
    }

    /// Uses this flag in place of its own.
    #[must_use]
    pub fn with_cancellation(mut self, cancellation: Cancellation) -> Self {
        self.cancellation = cancellation;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Cancellation;

    #[tokio::test]
    async fn a_waiting_task_wakes_when_a_stop_is_asked_for() {
        let flag = Cancellation::new();
        let waiting = tokio::spawn(flag.cancelled());
        tokio::task::yield_now().await;
        assert!(!flag.is_cancelled());
        flag.clone().cancel();
        waiting.await.unwrap();
        flag.cancelled().await;
    }
}
