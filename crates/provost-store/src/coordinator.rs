use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use async_trait::async_trait;

use crate::tables::{self, TableStore};
use crate::{Durability, Fence, InstanceName, StoreError};

/// Decides who owns an instance.
///
/// # Contract
///
/// At most one lease of an instance is valid. Each `acquire` raises the fence, so that what an earlier owner still
/// commits is refused.
#[async_trait]
pub trait Coordinator: fmt::Debug + Send + Sync {
    /// Takes an instance.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseBusy`] while another owner holds it; others when the store fails.
    async fn acquire(&self, instance: &InstanceName, holder: &str) -> Result<Lease, StoreError>;

    /// Extends a lease by its term.
    ///
    /// # Errors
    ///
    /// [`StoreError::Fenced`] when the instance has a new owner; others when the store fails.
    async fn renew(&self, lease: &Lease) -> Result<(), StoreError>;

    /// Gives an instance back.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store fails; the lease then ends with its term.
    async fn release(&self, lease: Lease) -> Result<(), StoreError>;
}

/// The right to write for an instance.
#[derive(Debug)]
pub struct Lease {
    instance: InstanceName,
    fence: Fence,
    term: Option<Duration>,
    /// Keeps the seat of a single-process coordinator; dropping the lease frees it.
    _guard: Option<LeaseGuard>,
}

impl Lease {
    /// Makes a lease. `term` is how long it lasts after `acquire` or `renew`; none when it lasts until it is dropped.
    #[must_use]
    pub fn new(instance: InstanceName, fence: Fence, term: Option<Duration>, guard: Option<LeaseGuard>) -> Self {
        Self { instance, fence, term, _guard: guard }
    }

    /// Returns the instance.
    #[must_use]
    pub fn instance(&self) -> &InstanceName {
        &self.instance
    }

    /// Returns the fence.
    #[must_use]
    pub fn fence(&self) -> Fence {
        self.fence
    }

    /// Returns how long it lasts after it was acquired or renewed; none when it lasts until it is dropped.
    #[must_use]
    pub fn term(&self) -> Option<Duration> {
        self.term
    }
}

/// The seat of a lease in a process; free again when it is dropped.
#[derive(Debug)]
pub struct LeaseGuard(#[expect(dead_code, reason = "held for its drop")] Arc<str>);

/// The leases of one process, for stores that one process uses at a time.
///
/// A lease has no term: it lasts until it is dropped. The owners of earlier processes are known to be gone, since they
/// would still hold the store.
#[derive(Debug, Default)]
pub struct Seats(Mutex<BTreeMap<InstanceName, Weak<str>>>);

impl Seats {
    /// Makes a set of seats, all free.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the seat of an instance and raises its fence in `store`.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseBusy`] while the seat is taken; others when the store fails.
    pub async fn acquire<S: TableStore>(
        &self,
        store: &S,
        instance: &InstanceName,
        holder: &str,
    ) -> Result<Lease, StoreError> {
        let guard = self.take(instance, holder)?;
        let of = instance.clone();
        let fence = store.write(Durability::Strict, move |tables| tables::raise_fence(tables, &of)).await?;
        Ok(Lease::new(instance.clone(), fence, None, Some(guard)))
    }

    /// Checks that a lease still is the current one in `store`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Fenced`] when it is not; others when the store fails.
    pub async fn renew<S: TableStore>(&self, store: &S, lease: &Lease) -> Result<(), StoreError> {
        let (instance, fence) = (lease.instance.clone(), lease.fence);
        store.read(move |tables| tables::check_fence(tables, &instance, fence)).await
    }

    fn take(&self, instance: &InstanceName, holder: &str) -> Result<LeaseGuard, StoreError> {
        let mut seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(other) = seats.get(instance).and_then(Weak::upgrade) {
            return Err(StoreError::lease_busy(instance.as_str(), &*other));
        }
        let seat: Arc<str> = Arc::from(holder);
        seats.insert(instance.clone(), Arc::downgrade(&seat));
        Ok(LeaseGuard(seat))
    }
}
