use std::sync::atomic::{AtomicU8, Ordering};

/// Says how far a request came on its way out, for the one who waits and for the task that writes.
///
/// A request that was withdrawn before its first octet was written is certain not to be sent.
#[derive(Debug, Default)]
pub(super) struct Ticket(AtomicU8);

const QUEUED: u8 = 0;
const SENDING: u8 = 1;
const WITHDRAWN: u8 = 2;

impl Ticket {
    /// Claims the request for writing; false when it was withdrawn.
    pub(super) fn start(&self) -> bool {
        self.0.compare_exchange(QUEUED, SENDING, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// States that not one octet was taken by the socket after all.
    pub(super) fn nothing_left(&self) {
        self.0.store(WITHDRAWN, Ordering::Release);
    }

    /// Withdraws the request and tells whether octets of it may have left.
    pub(super) fn withdraw(&self) -> bool {
        self.0.compare_exchange(QUEUED, WITHDRAWN, Ordering::AcqRel, Ordering::Acquire) == Err(SENDING)
    }
}

#[cfg(test)]
mod tests {
    use super::Ticket;

    #[test]
    fn a_request_is_sent_or_withdrawn_and_never_both() {
        let sent = Ticket::default();
        assert!(sent.start());
        assert!(sent.withdraw());
        let withdrawn = Ticket::default();
        assert!(!withdrawn.withdraw());
        assert!(!withdrawn.start());
        let refused = Ticket::default();
        assert!(refused.start());
        refused.nothing_left();
        assert!(!refused.withdraw());
    }
}
