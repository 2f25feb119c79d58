use std::collections::BTreeMap;
use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::ops::{Bound, ControlFlow};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use provost_store::tables::{ReadTables, SCHEMA_VERSION, Scan, Table, TableStore, Visit, WriteTables, end_of};
use provost_store::{Coordinator, Durability, InstanceName, Lease, Seats, StoreError};
use redb::{
    Database, DatabaseError, ReadOnlyTable, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition,
    TableError, WriteTransaction,
};

const META: TableDefinition<'static, &str, u32> = TableDefinition::new("meta");
const VERSION: &str = "schema-version";

/// A state store in one file.
///
/// Calls block a thread of tokio's blocking pool, so it must be used inside a tokio runtime.
pub struct RedbStore {
    database: Arc<Database>,
    path: PathBuf,
    seats: Seats,
}

impl RedbStore {
    /// Opens the store in a file, and makes the file when it is not there. Its folder must exist.
    ///
    /// On Unix a new file can be read by its owner alone: the store holds what is known of people.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`] while another process uses the file, [`StoreError::Newer`] when a newer version of the
    /// program wrote it, and [`StoreError::Storage`] when it cannot be read, is no store, or cannot be made.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        let at = path.clone();
        let database = blocking("open its file", move || open_file(&at)).await?;
        Ok(Self { database: Arc::new(database), path, seats: Seats::new() })
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbStore").field("path", &self.path).finish_non_exhaustive()
    }
}

#[async_trait]
impl TableStore for RedbStore {
    async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&dyn ReadTables) -> Result<T, StoreError> + Send + 'static,
    {
        let database = Arc::clone(&self.database);
        blocking("read", move || {
            let transaction = database.begin_read().map_err(storage("begin to read"))?;
            work(&Reading(transaction))
        })
        .await
    }

    async fn write<T, F>(&self, durability: Durability, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn WriteTables) -> Result<T, StoreError> + Send + 'static,
    {
        let database = Arc::clone(&self.database);
        blocking("write", move || {
            let mut transaction = database.begin_write().map_err(storage("begin to write"))?;
            let durability = match durability {
                Durability::Relaxed => redb::Durability::None,
                _ => redb::Durability::Immediate,
            };
            transaction.set_durability(durability).map_err(storage("begin to write"))?;
            // A transaction that is dropped is rolled back.
            let result = {
                let mut tables = Writing::open(&transaction)?;
                work(&mut tables)?
            };
            transaction.commit().map_err(storage("commit"))?;
            Ok(result)
        })
        .await
    }

    fn owners(&self) -> &dyn Coordinator {
        self
    }
}

#[async_trait]
impl Coordinator for RedbStore {
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

type Octets = &'static [u8];

fn definition(table: Table) -> TableDefinition<'static, Octets, Octets> {
    TableDefinition::new(table.name())
}

fn open_file(path: &Path) -> Result<Database, StoreError> {
    let name = || path.display().to_string();
    make_file(path).map_err(storage("make its file"))?;
    let database = match Database::create(path) {
        Ok(database) => database,
        Err(DatabaseError::DatabaseAlreadyOpen) => return Err(StoreError::locked(name())),
        Err(error) => return Err(StoreError::storage("open its file", error)),
    };
    check_version(&database, &name())?;
    Ok(database)
}

/// Makes the file if it is missing. It is there after a power loss too, as what is committed to it must be.
fn make_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        Err(error) => return Err(error),
    }
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Refuses a store of a newer version; gives a new one its version and its tables.
fn check_version(database: &Database, name: &str) -> Result<(), StoreError> {
    let transaction = database.begin_read().map_err(storage("begin to read"))?;
    let found = match transaction.open_table(META) {
        Ok(meta) => meta.get(VERSION).map_err(storage("read its version"))?.map(|version| version.value()),
        Err(TableError::TableDoesNotExist(_)) => None,
        Err(error) => return Err(StoreError::storage("read its version", error)),
    };
    drop(transaction);
    match found {
        Some(found) if found > SCHEMA_VERSION => return Err(StoreError::newer(name, found, SCHEMA_VERSION)),
        Some(SCHEMA_VERSION) => return Ok(()),
        _ => {}
    }
    let transaction = database.begin_write().map_err(storage("begin to write"))?;
    {
        let mut meta = transaction.open_table(META).map_err(storage("write its version"))?;
        meta.insert(VERSION, SCHEMA_VERSION).map_err(storage("write its version"))?;
        Writing::open(&transaction)?;
    }
    transaction.commit().map_err(storage("commit"))
}

async fn blocking<T, F>(action: &'static str, work: F) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, StoreError> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.map_err(storage(action))?
}

fn storage<E: std::error::Error + Send + Sync + 'static>(action: &'static str) -> impl Fn(E) -> StoreError {
    move |error| StoreError::storage(action, error)
}

/// A transaction that reads. Tables are opened as they are needed: most reads need one or two.
struct Reading(ReadTransaction);

impl Reading {
    fn table(&self, table: Table) -> Result<ReadOnlyTable<Octets, Octets>, StoreError> {
        self.0.open_table(definition(table)).map_err(storage("open a table"))
    }
}

impl ReadTables for Reading {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        get(&self.table(table)?, key)
    }

    fn scan(&self, table: Table, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        walk(&self.table(table)?, scan, visit)
    }
}

/// The tables of a transaction that writes.
struct Writing<'t>(BTreeMap<Table, redb::Table<'t, Octets, Octets>>);

impl<'t> Writing<'t> {
    fn open(transaction: &'t WriteTransaction) -> Result<Self, StoreError> {
        let mut tables = BTreeMap::new();
        for table in Table::ALL {
            tables.insert(table, transaction.open_table(definition(table)).map_err(storage("open a table"))?);
        }
        Ok(Self(tables))
    }
}

impl ReadTables for Writing<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.get(&table).map_or(Ok(None), |table| get(table, key))
    }

    fn scan(&self, table: Table, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.0.get(&table).map_or(Ok(()), |table| walk(table, scan, visit))
    }
}

impl WriteTables for Writing<'_> {
    fn put(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        if let Some(table) = self.0.get_mut(&table) {
            table.insert(key, value).map_err(storage("write"))?;
        }
        Ok(())
    }

    fn remove(&mut self, table: Table, key: &[u8]) -> Result<(), StoreError> {
        if let Some(table) = self.0.get_mut(&table) {
            table.remove(key).map_err(storage("write"))?;
        }
        Ok(())
    }
}

fn get(table: &impl ReadableTable<Octets, Octets>, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(table.get(key).map_err(storage("read"))?.map(|value| value.value().to_vec()))
}

fn walk(table: &impl ReadableTable<Octets, Octets>, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<(), StoreError> {
    match scan {
        Scan::Up(prefix, after) => {
            let from = after.map_or(Bound::Included(prefix), Bound::Excluded);
            for pair in table.range::<&[u8]>((from, Bound::Unbounded)).map_err(storage("read"))? {
                let (key, value) = pair.map_err(storage("read"))?;
                if !key.value().starts_with(prefix) || visit(key.value(), value.value())? == ControlFlow::Break(()) {
                    break;
                }
            }
        }
        Scan::Down(prefix) => {
            let end = end_of(prefix);
            let to = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
            for pair in table.range::<&[u8]>((Bound::Included(prefix), to)).map_err(storage("read"))?.rev() {
                let (key, value) = pair.map_err(storage("read"))?;
                if visit(key.value(), value.value())? == ControlFlow::Break(()) {
                    break;
                }
            }
        }
        _ => {}
    }
    Ok(())
}
