use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use provost_connector::{
    Capabilities, Config, Connector, ConnectorError, Env, Export, Key, ReadResult, Select, Session,
};
use provost_model::{Attributes, ObjectName, ObjectSchema, ObjectType, Timestamp};
use provost_store::{Batch, EntryId, EntryRecord, Fence, InstanceName, Lease, LedgerId, LedgerRow, RunId, StateStore};

use crate::compare::Comparer;
use crate::lock::Locks;
use crate::recent::RecentWrites;
use crate::seal::Sealer;
use crate::{EngineOptions, RunError, RunReport};

/// The engine of one connector instance.
///
/// All methods take `&self` and may be called at the same time: requests for different entries run side by side, those
/// for one entry one after another. A future may be dropped; what was being sent is then looked at before the entry is
/// written again.
pub struct Engine {
    pub(crate) options: EngineOptions,
    pub(crate) session: Box<dyn Session>,
    pub(crate) store: Arc<dyn StateStore>,
    pub(crate) env: Env,
    pub(crate) schema: ObjectSchema,
    pub(crate) capabilities: Capabilities,
    pub(crate) sealer: Sealer,
    pub(crate) locks: Locks,
    /// Held from reading an entry to committing it, and never while the connected system is asked.
    pub(crate) space: async_lock::Mutex<()>,
    /// Held by a run: an instance has one at a time.
    pub(crate) running: async_lock::Mutex<()>,
    pub(crate) recent: RecentWrites,
    lease: Lease,
    renewed: Mutex<Duration>,
}

impl Engine {
    /// Takes the instance, connects, and finds out what became of writes that an earlier process left unfinished.
    ///
    /// # Errors
    ///
    /// [`RunError::Store`] when another engine holds the instance or the store fails, [`RunError::Connector`] when the
    /// system cannot be used, [`RunError::Option`] when an option is not usable. A write that stays in doubt is no error.
    pub async fn open(
        options: EngineOptions,
        connector: Arc<dyn Connector>,
        config: Config,
        store: Arc<dyn StateStore>,
        env: Env,
    ) -> Result<Self, RunError> {
        let sealer = Sealer::new(&options.seal_key, &options.instance)?;
        if options.import_batch == 0 {
            return Err(RunError::Option { option: "import_batch", reason: "expected at least 1" });
        }
        let failed =
            |source: ConnectorError| RunError::Connector { instance: options.instance.as_str().to_owned(), source };
        let lease = store.coordinator().acquire(&options.instance, &options.holder).await?;
        let session = connector.open(config, env.clone()).await.map_err(failed)?;
        let capabilities = session.capabilities().await.map_err(failed)?;
        let schema = session.schema().await.map_err(failed)?;
        let renewed = Mutex::new(env.clock.monotonic());
        let engine = Self {
            options,
            session,
            store,
            env,
            schema,
            capabilities,
            sealer,
            locks: Locks::default(),
            space: async_lock::Mutex::new(()),
            running: async_lock::Mutex::new(()),
            recent: RecentWrites::default(),
            lease,
            renewed,
        };
        engine.abandon_runs().await?;
        engine.recover().await?;
        Ok(engine)
    }

    /// Ends the session and gives the instance back.
    ///
    /// # Errors
    ///
    /// [`RunError`] when the connected system or the store did not take the farewell; the engine is closed all the same.
    pub async fn close(self) -> Result<(), RunError> {
        let instance = self.options.instance.as_str().to_owned();
        let closed = self.session.close().await;
        self.store.coordinator().release(self.lease).await?;
        closed.map_err(|source| RunError::Connector { instance, source })
    }

    /// Returns the name of the instance.
    #[must_use]
    pub fn instance(&self) -> &InstanceName {
        &self.options.instance
    }

    /// Returns the object types of the connected system, as they were when the engine was opened.
    #[must_use]
    pub fn schema(&self) -> &ObjectSchema {
        &self.schema
    }

    /// Returns what the connected system can do, as it was when the engine was opened.
    #[must_use]
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Returns the values that an object of this name holds because of the name, see [`Session::implied`]. It asks nobody.
    #[must_use]
    pub fn implied(&self, name: &ObjectName) -> Attributes {
        self.session.implied(name)
    }

    /// Proves that the connected system answers.
    ///
    /// # Errors
    ///
    /// [`RunError::Connector`] when it does not.
    pub async fn check(&self) -> Result<(), RunError> {
        self.session.check().await.map_err(|source| self.failed(source))
    }

    /// Returns the reports of the newest runs, the newest first, at most `limit`.
    ///
    /// # Errors
    ///
    /// [`RunError::Store`] when the store cannot be read.
    pub async fn history(&self, limit: usize) -> Result<Vec<RunReport>, RunError> {
        let runs = self.store.runs(self.instance(), limit).await?;
        // A report that a later version wrote in a form of its own is left out, not guessed at.
        Ok(runs.iter().filter_map(|run| serde_json::from_str(&run.report).ok()).collect())
    }

    pub(crate) fn failed(&self, source: ConnectorError) -> RunError {
        RunError::Connector { instance: self.options.instance.as_str().to_owned(), source }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.env.clock.now()
    }

    pub(crate) fn fence(&self) -> Fence {
        self.lease.fence()
    }

    pub(crate) fn export(&self) -> Result<&dyn Export, RunError> {
        self.session.export().ok_or_else(|| RunError::impossible("the connector does not write"))
    }

    pub(crate) fn comparer(&self, object_type: &ObjectType) -> Comparer<'_> {
        Comparer::new(&self.schema, object_type)
    }

    pub(crate) fn new_entry_id(&self) -> Result<EntryId, RunError> {
        self.random().map(EntryId::from_octets)
    }

    pub(crate) fn new_run_id(&self) -> Result<RunId, RunError> {
        let octets = self.random()?;
        Ok(RunId::new(uuid::Builder::from_random_bytes(octets).into_uuid().to_string()))
    }

    fn random(&self) -> Result<[u8; 16], RunError> {
        let mut octets = [0; 16];
        self.env
            .entropy
            .fill(&mut octets)
            .map_err(|error| RunError::Seal { action: "made", reason: error.to_string() })?;
        Ok(octets)
    }

    pub(crate) fn strict(&self) -> Batch {
        Batch::strict(self.instance(), self.fence())
    }

    /// Commits a batch.
    pub(crate) async fn commit(&self, batch: Batch) -> Result<(), RunError> {
        if batch.is_empty() {
            return Ok(());
        }
        Ok(self.store.commit(batch).await?)
    }

    /// Makes sure that the instance is still ours before something is sent (E-2102).
    pub(crate) async fn hold_lease(&self) -> Result<(), RunError> {
        let Some(term) = self.lease.term() else { return Ok(()) };
        let now = self.env.clock.monotonic();
        if now.saturating_sub(*self.renewed()) >= term / 3 {
            self.store.coordinator().renew(&self.lease).await?;
            *self.renewed() = now;
        }
        Ok(())
    }

    fn renewed(&self) -> std::sync::MutexGuard<'_, Duration> {
        self.renewed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads an entry that is known to be in the store.
    pub(crate) async fn record(&self, id: EntryId) -> Result<EntryRecord, RunError> {
        let record = self.store.entry(self.instance(), id).await?;
        record.ok_or_else(|| RunError::impossible(format!("entry {id} has vanished from the store")))
    }

    /// Reads a ledger row that is known to be in the store.
    pub(crate) async fn row(&self, id: LedgerId) -> Result<LedgerRow, RunError> {
        let row = self.store.row(self.instance(), id).await?;
        row.ok_or_else(|| RunError::impossible(format!("ledger row {id} has vanished from the store")))
    }

    /// Reads an object with the configured attributes.
    pub(crate) async fn read(&self, key: &Key) -> Result<ReadResult, ConnectorError> {
        self.session.read(key, &Select::Configured).await
    }

    /// Tells whether two names are the same but for case.
    pub(crate) fn same_name(a: &ObjectName, b: &ObjectName) -> bool {
        provost_store::LocatorKey::of(a) == provost_store::LocatorKey::of(b)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("instance", &self.options.instance)
            .field("fence", &self.fence())
            .finish_non_exhaustive()
    }
}
