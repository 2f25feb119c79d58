use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::coordinator::Seats;
use crate::tables::{self, ReadTables, Scan, Table, TableStore, Visit, WriteTables};
use crate::{Coordinator, Durability, InstanceName, Lease, StoreError};

/// A store in memory, for tests and for programs that need nothing kept.
///
/// It lives as long as its value; engines that are opened on it one after another see what the earlier ones committed.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tables: Mutex<Maps>,
    seats: Seats,
}

type Maps = BTreeMap<Table, BTreeMap<Vec<u8>, Vec<u8>>>;

impl MemoryStore {
    /// Makes an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Maps> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl TableStore for MemoryStore {
    async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&dyn ReadTables) -> Result<T, StoreError> + Send + 'static,
    {
        let mut maps = self.lock();
        work(&Transaction { maps: &mut maps, undo: Vec::new() })
    }

    async fn write<T, F>(&self, _: Durability, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn WriteTables) -> Result<T, StoreError> + Send + 'static,
    {
        let mut maps = self.lock();
        let mut transaction = Transaction { maps: &mut maps, undo: Vec::new() };
        let result = work(&mut transaction);
        if result.is_err() {
            transaction.roll_back();
        }
        result
    }

    fn owners(&self) -> &dyn Coordinator {
        self
    }
}

#[async_trait]
impl Coordinator for MemoryStore {
    async fn acquire(&self, instance: &InstanceName, holder: &str) -> Result<Lease, StoreError> {
        self.seats.acquire(self, instance, holder).await
    }

    async fn renew(&self, lease: &Lease) -> Result<(), StoreError> {
        self.seats.renew(self, lease).await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        drop(lease);
        Ok(())
    }
}

/// The maps while they are locked, and what they held before the first write of each key.
struct Transaction<'m> {
    maps: &'m mut Maps,
    undo: Vec<(Table, Vec<u8>, Option<Vec<u8>>)>,
}

impl Transaction<'_> {
    fn roll_back(mut self) {
        while let Some((table, key, value)) = self.undo.pop() {
            let map = self.maps.entry(table).or_default();
            match value {
                Some(value) => drop(map.insert(key, value)),
                None => drop(map.remove(&key)),
            }
        }
    }
}

impl ReadTables for Transaction<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.maps.get(&table).and_then(|map| map.get(key)).cloned())
    }

    fn scan(&self, table: Table, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let Some(map) = self.maps.get(&table) else { return Ok(()) };
        let mut feed =
            |(key, value): (&Vec<u8>, &Vec<u8>)| visit(key, value).map(|flow| flow == ControlFlow::Break(()));
        match scan {
            Scan::Up(prefix, after) => {
                let from = after.map_or(Bound::Included(prefix), Bound::Excluded);
                for pair in map.range::<[u8], _>((from, Bound::Unbounded)) {
                    if !pair.0.starts_with(prefix) || feed(pair)? {
                        break;
                    }
                }
            }
            Scan::Down(prefix) => {
                let to = tables::end_of(prefix);
                let to = to.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
                for pair in map.range::<[u8], _>((Bound::Included(prefix), to)).rev() {
                    if feed(pair)? {
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

impl WriteTables for Transaction<'_> {
    fn put(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let old = self.maps.entry(table).or_default().insert(key.to_vec(), value.to_vec());
        self.undo.push((table, key.to_vec(), old));
        Ok(())
    }

    fn remove(&mut self, table: Table, key: &[u8]) -> Result<(), StoreError> {
        if let Some(old) = self.maps.get_mut(&table).and_then(|map| map.remove(key)) {
            self.undo.push((table, key.to_vec(), Some(old)));
        }
        Ok(())
    }
}
