use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use async_lock::MutexGuardArc;
use provost_store::{EntryId, LocatorKey};

/// What one writer holds at a time.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum LockKey {
    /// An entry, from its first look to its last commit.
    Entry(EntryId),
    /// A name under which an object is being made.
    Name(LocatorKey),
}

/// One writer per entry and per new name (E-1101).
///
/// A holder of a name may wait for an entry; nobody who holds an entry waits for a name.
#[derive(Debug, Default)]
pub(crate) struct Locks(Mutex<HashMap<LockKey, Weak<async_lock::Mutex<()>>>>);

impl Locks {
    pub(crate) async fn lock(&self, key: LockKey) -> MutexGuardArc<()> {
        let mutex = self.mutex(key);
        mutex.lock_arc().await
    }

    fn mutex(&self, key: LockKey) -> Arc<async_lock::Mutex<()>> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mutex) = locks.get(&key).and_then(Weak::upgrade) {
            return mutex;
        }
        // Those that nobody holds go when the map would grow.
        if locks.len() == locks.capacity() {
            locks.retain(|_, mutex| mutex.strong_count() > 0);
        }
        let mutex = Arc::new(async_lock::Mutex::new(()));
        locks.insert(key, Arc::downgrade(&mutex));
        mutex
    }
}
