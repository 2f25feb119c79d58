use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// A kind of request.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum OperationKind {
    /// Abandon; it has no answer.
    Abandon,
    /// Add.
    Add,
    /// Bind.
    Bind,
    /// Compare.
    Compare,
    /// Delete.
    Delete,
    /// An extended operation.
    Extended,
    /// Modify.
    Modify,
    /// Modify DN.
    ModifyDn,
    /// Search; its answer is the result at the end.
    Search,
    /// Unbind; it has no answer.
    Unbind,
}

impl OperationKind {
    pub(crate) const COUNT: usize = 10;

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

/// Which operations of a kind a fault strikes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Occurrence {
    /// Every one from now on, until [`Faults::clear`].
    Each,
    /// The one after this many others; `Nth(0)` is the next one.
    Nth(u64),
}

/// What happens to an operation that is done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// The answer is kept back until it is released. The value tells held answers apart.
    Hold(Hold),
    /// The connection ends without an answer.
    Drop,
}

/// When an answer was held.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Hold(u64);

#[derive(Debug)]
struct Rule {
    kind: OperationKind,
    occurrence: Occurrence,
    holds: bool,
}

#[derive(Debug, Default)]
struct State {
    rules: VecDeque<Rule>,
    /// How often answers were released.
    releases: u64,
    held: usize,
    wakers: Vec<Waker>,
}

/// Faults that strike operations after their effect and before their answer.
///
/// The effect is in the tree, and the client cannot know: what a client must recover from when the server or the line
/// dies at the worst moment.
///
/// ```
/// use provost_directory::{Directory, DirectoryOptions, Occurrence, OperationKind};
///
/// let directory = Directory::new(DirectoryOptions::new("dc=lab".parse()?))?;
/// directory.faults().hold_answer(OperationKind::Add, Occurrence::Nth(0));
/// // ... a client sends an add; the entry is there, the answer is not ...
/// assert_eq!(directory.faults().held_answers(), 0);
/// directory.faults().release();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct Faults(Mutex<State>);

impl Faults {
    /// Keeps back the answers of operations of a kind until [`Faults::release`]. Other answers of the connection pass.
    pub fn hold_answer(&self, kind: OperationKind, occurrence: Occurrence) {
        self.lock().rules.push_back(Rule { kind, occurrence, holds: true });
    }

    /// Ends the connection after operations of a kind, without their answers.
    pub fn drop_connection(&self, kind: OperationKind, occurrence: Occurrence) {
        self.lock().rules.push_back(Rule { kind, occurrence, holds: false });
    }

    /// Lets all answers go that are held. Rules stay: later answers may be held again.
    pub fn release(&self) {
        self.change(|state| {
            state.releases += 1;
            state.held = 0;
        });
    }

    /// Takes all rules back and lets all held answers go.
    pub fn clear(&self) {
        self.lock().rules.clear();
        self.release();
    }

    /// Returns how many answers are held.
    #[must_use]
    pub fn held_answers(&self) -> usize {
        self.lock().held
    }

    /// Waits until at least this many answers are held.
    pub fn until_held(&self, answers: usize) -> impl Future<Output = ()> + Send + '_ {
        poll_fn(move |context| self.poll(context, |state| state.held >= answers))
    }

    /// Waits until an answer that was held is to be sent.
    #[cfg(feature = "listener")]
    pub(crate) fn until_released(&self, hold: Hold) -> impl Future<Output = ()> + Send + '_ {
        poll_fn(move |context| self.poll(context, |state| state.releases > hold.0))
    }

    pub(crate) fn is_released(&self, hold: Hold) -> bool {
        self.lock().releases > hold.0
    }

    /// Tells what happens to an operation that is done.
    pub(crate) fn strike(&self, kind: OperationKind) -> Option<Fault> {
        let mut struck = None;
        self.change(|state| {
            let mut spent = None;
            for (at, rule) in state.rules.iter_mut().enumerate().filter(|(_, rule)| rule.kind == kind) {
                match &mut rule.occurrence {
                    Occurrence::Nth(others) if *others > 0 => *others -= 1,
                    occurrence if struck.is_none() => {
                        struck = Some(if rule.holds { Fault::Hold(Hold(state.releases)) } else { Fault::Drop });
                        spent = matches!(occurrence, Occurrence::Nth(_)).then_some(at);
                    }
                    _ => {}
                }
            }
            if let Some(at) = spent {
                state.rules.remove(at);
            }
            if matches!(struck, Some(Fault::Hold(_))) {
                state.held += 1;
            }
        });
        struck
    }

    /// Forgets an answer whose connection ended while it was held.
    pub(crate) fn forget(&self, hold: Hold) {
        self.change(|state| {
            if state.releases == hold.0 {
                state.held = state.held.saturating_sub(1);
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let wakers = {
            let mut state = self.lock();
            change(&mut state);
            std::mem::take(&mut state.wakers)
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    fn poll(&self, context: &mut Context<'_>, done: impl Fn(&State) -> bool) -> Poll<()> {
        let mut state = self.lock();
        if done(&state) {
            return Poll::Ready(());
        }
        if !state.wakers.iter().any(|waker| waker.will_wake(context.waker())) {
            state.wakers.push(context.waker().clone());
        }
        Poll::Pending
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Faults").field("rules", &state.rules).field("held", &state.held).finish_non_exhaustive()
    }
}
