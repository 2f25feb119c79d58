//! Requests of somebody who waits for the answer.

use std::collections::BTreeSet;

use provost_connector::{Key, MatchQuery, ReadResult, RefusalClass};
use provost_model::{
    Anchor, AttributeName, Attributes, ChangeSet, ConnectorObject, ObjectName, ObjectType, Secret, Value,
};
use provost_store::{
    EntryId, EntryRecord, Intent, IntentKind, LastError, LedgerId, LedgerRow, LedgerState, Link, LocatorKey, Presence,
    Write,
};

use crate::ledger::{Plan, Sending, Settled};
use crate::lock::LockKey;
use crate::options::StateFlow;
use crate::report::ExportCounters;
use crate::space::Place;
use crate::{ApplyError, DeleteFlow, DisableFlow, Engine, RunError, SpaceEntry};

/// How many entries a name is looked up to.
const CANDIDATES: usize = 8;

impl Engine {
    /// Returns an object by its anchor; `None` when it is not there.
    ///
    /// What the connector space does not know, or did not see in the last import, is asked of the system.
    ///
    /// # Errors
    ///
    /// [`RunError`] when the system cannot be asked or does not tell for certain, or the store fails.
    pub async fn get(&self, anchor: &Anchor) -> Result<Option<SpaceEntry>, RunError> {
        Ok(self.locate(anchor).await?.map(|record| self.view(record)))
    }

    /// Returns an object by its name; `None` when it is not there. The system is always asked.
    ///
    /// # Errors
    ///
    /// [`RunError`] when the system cannot be asked or does not tell for certain, or the store fails.
    pub async fn get_by_name(&self, name: &ObjectName) -> Result<Option<SpaceEntry>, RunError> {
        if self.session.components(name).is_err() {
            return Ok(None);
        }
        match self.read_certain(&Key::from_name(name.clone())).await? {
            Some(object) => self.show(object).await,
            None => Ok(None),
        }
    }

    /// Returns the objects whose attribute has a value, at most `limit`. The system is always asked, so that objects that
    /// others made are found. An attribute that no object type has is found nowhere.
    ///
    /// # Errors
    ///
    /// [`RunError`] when the system cannot be asked or does not tell for certain, or the store fails.
    pub async fn find(&self, query: &MatchQuery, limit: u32) -> Result<Vec<SpaceEntry>, RunError> {
        let known = self
            .schema
            .object_types
            .iter()
            .filter(|schema| query.object_type.as_ref().is_none_or(|wanted| *wanted == schema.name))
            .any(|schema| schema.attribute(query.attribute.as_str()).is_some());
        if !known {
            return Ok(Vec::new());
        }
        let objects = self.session.find(query, limit).await.map_err(|source| self.failed(source))?;
        let mut found = Vec::with_capacity(objects.len());
        for object in objects {
            found.extend(self.show(object).await?);
        }
        Ok(found)
    }

    /// Returns the objects of the connector space behind `after`, in the order of their ids, at most `limit`.
    ///
    /// # Errors
    ///
    /// [`RunError::Store`] when the store cannot be read.
    pub async fn list(&self, after: Option<EntryId>, limit: usize) -> Result<Vec<SpaceEntry>, RunError> {
        let (mut after, mut listed) = (after, Vec::new());
        while listed.len() < limit {
            let slice = self.store.entries(self.instance(), after, limit - listed.len()).await?;
            let Some(last) = slice.last() else { break };
            after = Some(last.id);
            listed.extend(slice.into_iter().filter(is_shown).map(|record| self.view(record)));
        }
        Ok(listed)
    }

    /// Returns the values by which a new object of a type is enabled or disabled from its first moment on: those of the
    /// disable flow. Nothing where the state is no attribute.
    #[must_use]
    pub fn initial_state(&self, object_type: &ObjectType, active: bool) -> Attributes {
        let mut attributes = Attributes::new();
        if let Some(flow) = self.state_flow_of(object_type) {
            let (name, values) = state_of(&flow, active);
            attributes.set(name, values);
        }
        attributes
    }

    /// Makes an object, and sets its password with it or right after it.
    ///
    /// An object that an earlier removal left in the system (see [`DeleteFlow`]) is taken up again: it is enabled and
    /// changed.
    ///
    /// # Errors
    ///
    /// [`ApplyError::AlreadyExists`] when an object with this name is there, also when an earlier request for it, whose
    /// answer was lost, made it; [`ApplyError::PasswordRefused`] when the object was made and its password refused.
    pub async fn create(&self, object: ConnectorObject, password: Option<Secret>) -> Result<SpaceEntry, ApplyError> {
        self.export()?;
        let (object_type, _, name, attributes) = object.into_parts();
        let Some(name) = name else { return Err(refused("the object has no name")) };
        self.session.components(&name).map_err(|error| refused(error.to_string()))?;
        let _name = self.locks.lock(LockKey::Name(LocatorKey::of(&name))).await;
        let mut place = None;
        for record in self.store.entries_at(self.instance(), &LocatorKey::of(&name), CANDIDATES).await? {
            let _entry = self.locks.lock(LockKey::Entry(record.id)).await;
            let Some(record) = self.settle_open(record.id).await? else { continue };
            if record.presence == Presence::Placeholder {
                place = Some(record.id);
            } else if record.is_there() && record.link == Link::Orphaned {
                let wanted = attributes.iter().map(|(name, values)| (name.clone(), values.to_vec())).collect();
                return self.take_up(record.id, wanted, password).await;
            } else if record.is_there() && !self.is_proven_absent(&record).await? {
                let reason = "it is known here".to_owned();
                return Err(ApplyError::AlreadyExists { reason, entry: Some(Box::new(self.view(record))) });
            }
        }
        let id = place.map_or_else(|| self.new_entry_id(), Ok)?;
        let _entry = self.locks.lock(LockKey::Entry(id)).await;
        let space = self.space.lock().await;
        let mut record = match place {
            Some(id) => self.record(id).await?,
            None => EntryRecord::new(id, object_type.clone()),
        };
        record.move_to(name.clone());
        let intent = Intent::Add { object_type, name: name.clone(), attributes };
        let plan = Plan::new(IntentKind::Add, intent).with_password(password);
        let (row, record, follows) = self.stage_direct(space, record, &plan).await?;
        match self.drive_direct(row, record).await {
            Ok(record) => self.set_following(record, follows).await,
            Err(ApplyError::AlreadyExists { reason, .. }) => {
                let entry = self.get_by_name(&name).await.ok().flatten().map(Box::new);
                Err(ApplyError::AlreadyExists { reason, entry })
            }
            Err(error) => Err(error),
        }
    }

    /// Changes an object, its name, its password, or all of them. Nothing is sent when the object is so already.
    ///
    /// # Errors
    ///
    /// [`ApplyError::NotFound`] when there is no such object; others as for [`Engine::create`].
    pub async fn modify(
        &self,
        anchor: &Anchor,
        changes: ChangeSet,
        password: Option<Secret>,
    ) -> Result<SpaceEntry, ApplyError> {
        self.export()?;
        if let Some(name) = &changes.name {
            self.session.components(name).map_err(|error| refused(error.to_string()))?;
        }
        let (_entry, record) = self.hold(anchor).await?;
        let kind = if changes.name.is_some() { IntentKind::Rename } else { IntentKind::Modify };
        self.change(record.id, kind, |record| self.wanted_after(record, &changes), changes.name.as_ref(), password)
            .await
    }

    /// Enables or disables an object. `None` when the disable flow removed it.
    ///
    /// # Errors
    ///
    /// As for [`Engine::modify`].
    pub async fn set_active(&self, anchor: &Anchor, active: bool) -> Result<Option<SpaceEntry>, ApplyError> {
        self.export()?;
        let (_entry, record) = self.hold(anchor).await?;
        let Some(flow) = self.state_flow(&record) else {
            return match self.options.deprovisioning.disable {
                DisableFlow::Delete if !active => self.delete(record.id).await.map(|()| None),
                _ => Ok(Some(self.view(record))),
            };
        };
        let kind = if active { IntentKind::SetState } else { IntentKind::Disable };
        let wanted = vec![state_of(&flow, active)];
        self.change(record.id, kind, |_| wanted, None, None).await.map(Some)
    }

    /// Removes an object, as the delete flow says.
    ///
    /// # Errors
    ///
    /// As for [`Engine::modify`].
    pub async fn remove(&self, anchor: &Anchor) -> Result<(), ApplyError> {
        let (_entry, record) = self.hold(anchor).await?;
        match self.options.deprovisioning.delete.clone() {
            DeleteFlow::None => {}
            DeleteFlow::SetAttribute(flow) => {
                self.export()?;
                let space = self.space.lock().await;
                let record = self.record(record.id).await?;
                if let Some(intent) = self.difference(&record, None, &[state_of(&flow, false)]) {
                    let plan = Plan::new(IntentKind::Disable, intent).releasing_link();
                    let (row, record, _) = self.stage_direct(space, record, &plan).await?;
                    return self.drive_direct(row, record).await.map(|_| ());
                }
            }
            DeleteFlow::Delete => {
                self.export()?;
                return self.delete(record.id).await;
            }
        }
        self.orphan(record.id).await?;
        Ok(())
    }

    /// Finds the entry of an anchor, and asks the system where the connector space cannot know.
    async fn locate(&self, anchor: &Anchor) -> Result<Option<EntryRecord>, RunError> {
        let known = self.store.entry_by_anchor(self.instance(), anchor).await?;
        if let Some(record) = &known
            && matches!(record.presence, Presence::Present | Presence::Unreadable)
        {
            return Ok(known.filter(is_shown));
        }
        let key = match known.as_ref().and_then(|record| record.locator.clone()) {
            Some(name) => Key::from_anchor(anchor.clone()).with_name(name),
            None => Key::from_anchor(anchor.clone()),
        };
        match self.read_certain(&key).await? {
            Some(object) if object.anchor() == Some(anchor) => match self.observe(&object).await? {
                Place::Entry(record) => Ok(Some(*record).filter(is_shown)),
                Place::Pending(id) => Ok(self.store.entry(self.instance(), id).await?.filter(is_shown)),
            },
            _ => {
                if let Some(record) = known {
                    self.note_absent(record.id).await?;
                }
                Ok(None)
            }
        }
    }

    /// Reads an object; `None` when it is proven absent.
    async fn read_certain(&self, key: &Key) -> Result<Option<ConnectorObject>, RunError> {
        let uncertain = |reason: String| RunError::Uncertain { reason };
        match self.read(key).await.map_err(|source| self.failed(source))? {
            ReadResult::Found(object) => Ok(Some(*object)),
            ReadResult::Absent(_) => Ok(None),
            ReadResult::Forbidden => Err(uncertain("the system does not let the object be read".to_owned())),
            ReadResult::Unknown { reason } => Err(uncertain(reason)),
            _ => Err(uncertain("the object cannot be judged".to_owned())),
        }
    }

    /// Takes an object that was just read into the connector space and shows its entry.
    async fn show(&self, object: ConnectorObject) -> Result<Option<SpaceEntry>, RunError> {
        let mut place = self.observe(&object).await?;
        if let Place::Pending(id) = place {
            // Waits for the request that is changing it, and asks what became of it.
            let _entry = self.locks.lock(LockKey::Entry(id)).await;
            if let Ok(Some(record)) = self.settle_open(id).await {
                return Ok(Some(record).filter(is_shown).map(|record| self.view(record)));
            }
            place = self.observe(&object).await?;
        }
        match place {
            Place::Entry(record) => Ok(Some(*record).filter(is_shown).map(|record| self.view(record))),
            Place::Pending(_) => Ok(None),
        }
    }

    /// Takes the lock of the entry of an anchor, once nothing of it is in doubt any more.
    async fn hold(&self, anchor: &Anchor) -> Result<(async_lock::MutexGuardArc<()>, EntryRecord), ApplyError> {
        let record = self.locate(anchor).await?.ok_or(ApplyError::NotFound)?;
        let guard = self.locks.lock(LockKey::Entry(record.id)).await;
        match self.settle_open(record.id).await? {
            Some(record) if record.is_there() && is_shown(&record) => Ok((guard, record)),
            _ => Err(ApplyError::NotFound),
        }
    }

    /// Brings what is in flight or in doubt for an entry to an end. The caller holds the entry's lock. `None` when the
    /// entry is gone by that.
    async fn settle_open(&self, id: EntryId) -> Result<Option<EntryRecord>, ApplyError> {
        for row in self.store.rows_of(self.instance(), id).await? {
            // An earlier row may have changed a later one.
            let row = match row.state().is_terminal() {
                true => continue,
                false => self.store.row(self.instance(), row.id).await?.filter(|row| row.state().is_open()),
            };
            let (Some(row), Some(record)) = (row, self.store.entry(self.instance(), id).await?) else { continue };
            let settled = self.drive(row, record, false, Sending::Allowed, &mut ExportCounters::default()).await?;
            if let Settled::InDoubt(reason) = settled {
                return Err(ApplyError::InDoubt { reason });
            }
        }
        Ok(self.store.entry(self.instance(), id).await?)
    }

    /// Asks whether an entry that is known is still there, and notes when it is not. A system that does not answer leaves
    /// it as it is known.
    async fn is_proven_absent(&self, record: &EntryRecord) -> Result<bool, RunError> {
        let Some(key) = Self::key_of(record) else { return Ok(true) };
        match self.read(&key).await {
            Ok(ReadResult::Absent(_)) => {
                self.note_absent(record.id).await?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Returns the touched attributes in full, as they are after some changes.
    fn wanted_after(&self, record: &EntryRecord, changes: &ChangeSet) -> Vec<(AttributeName, Vec<Value>)> {
        let held = record.observed.as_ref().map(|image| image.attributes.clone()).unwrap_or_default();
        let after = self.comparer(&record.object_type).applied(&held, changes);
        let touched: BTreeSet<_> = changes.attributes.iter().map(|change| change.name.clone()).collect();
        let values = |name: AttributeName| {
            let values = after.values(name.as_str()).to_vec();
            (name, values)
        };
        touched.into_iter().map(values).collect()
    }

    /// Changes an entry whose lock is held.
    async fn change(
        &self,
        id: EntryId,
        kind: IntentKind,
        wanted: impl FnOnce(&EntryRecord) -> Vec<(AttributeName, Vec<Value>)>,
        name: Option<&ObjectName>,
        password: Option<Secret>,
    ) -> Result<SpaceEntry, ApplyError> {
        let space = self.space.lock().await;
        let record = self.record(id).await?;
        let wanted = wanted(&record);
        let plan = match (self.difference(&record, name, &wanted), password) {
            (Some(intent), password) => Plan::new(kind, intent).with_password(password),
            (None, Some(password)) => {
                Plan::new(IntentKind::SetPassword, Intent::SetPassword).with_password(Some(password))
            }
            (None, None) => return Ok(self.view(record)),
        };
        let (row, record, follows) = self.stage_direct(space, record, &plan).await?;
        let record = self.drive_direct(row, record).await?;
        self.set_following(record, follows).await
    }

    /// Removes an entry whose lock is held.
    async fn delete(&self, id: EntryId) -> Result<(), ApplyError> {
        let space = self.space.lock().await;
        let record = self.record(id).await?;
        let plan = Plan::new(IntentKind::Delete, Intent::Delete);
        let (row, record, _) = self.stage_direct(space, record, &plan).await?;
        self.drive_direct(row, record).await.map(|_| ())
    }

    /// Leaves an entry where it is, without a source object.
    pub(crate) async fn orphan(&self, id: EntryId) -> Result<(), RunError> {
        let _space = self.space.lock().await;
        let mut record = self.record(id).await?;
        let mut batch = self.strict();
        if let Link::Linked(key) = std::mem::replace(&mut record.link, Link::Orphaned) {
            batch.push(Write::Unlink(key));
        }
        batch.put_entry(record);
        self.commit(batch).await
    }

    /// Takes up an entry that a removal left in the system: it is wanted again, enabled, and changed.
    async fn take_up(
        &self,
        id: EntryId,
        mut wanted: Vec<(AttributeName, Vec<Value>)>,
        password: Option<Secret>,
    ) -> Result<SpaceEntry, ApplyError> {
        {
            let _space = self.space.lock().await;
            let mut record = self.record(id).await?;
            record.link = Link::Unlinked;
            let flow = match &self.options.deprovisioning.delete {
                DeleteFlow::SetAttribute(flow) => Some(flow.clone()),
                _ => self.state_flow(&record),
            };
            if let Some(flow) = flow
                && !wanted.iter().any(|(name, _)| *name == flow.attribute)
            {
                wanted.push(state_of(&flow, true));
            }
            let mut batch = self.strict();
            batch.put_entry(record);
            self.commit(batch).await?;
        }
        self.change(id, IntentKind::Modify, |_| wanted, None, password).await
    }

    /// Drives a row that was marked as in flight for this request.
    async fn drive_direct(&self, row: LedgerRow, record: EntryRecord) -> Result<EntryRecord, ApplyError> {
        let id = row.id;
        let mut counters = ExportCounters::default();
        let settled = self.drive(row, record, true, Sending::Allowed, &mut counters).await?;
        match settled {
            Settled::Applied(record) => Ok(*record),
            Settled::InDoubt(reason) => Err(ApplyError::InDoubt { reason }),
            Settled::Taken(error) => Err(ApplyError::AlreadyExists { reason: error.text, entry: None }),
            Settled::Vanished(_) => Err(ApplyError::NotFound),
            Settled::Refused(LastError { code, class, text, .. }) => Err(ApplyError::Refused { code, class, text }),
            Settled::Fatal(LastError { code, class, text, .. }) => Err(ApplyError::Refused { code, class, text }),
            Settled::Waiting(error) => {
                self.withdraw(id).await?;
                match error.class {
                    RefusalClass::Deferred => {
                        Err(ApplyError::Refused { code: error.code, class: error.class, text: error.text })
                    }
                    _ => Err(ApplyError::Unavailable { reason: error.text }),
                }
            }
        }
    }

    /// Cancels an intent that was proven not to have happened and that nobody waits for any more.
    async fn withdraw(&self, id: LedgerId) -> Result<(), RunError> {
        let Some(mut row) = self.store.row(self.instance(), id).await? else { return Ok(()) };
        if row.state() != LedgerState::Ready || row.intent == Intent::SetPassword {
            return Ok(());
        }
        let _space = self.space.lock().await;
        let mut batch = self.strict();
        let mut record = self.record(id.entry).await?;
        if record.presence == Presence::Placeholder {
            batch.push(Write::RemoveEntry { id: record.id, version: record.version });
            return self.commit(batch).await;
        }
        row.move_to(LedgerState::Cancelled, self.now())?;
        self.save(batch, &mut row, &mut record).await
    }

    /// Sets the password that follows a change.
    async fn set_following(&self, record: EntryRecord, follows: Option<LedgerId>) -> Result<SpaceEntry, ApplyError> {
        let Some(id) = follows else { return Ok(self.view(record)) };
        let row = self.row(id).await?;
        let entry = record.id;
        let settled = self.drive(row, record, false, Sending::Allowed, &mut ExportCounters::default()).await?;
        match settled {
            Settled::Applied(record) => Ok(self.view(*record)),
            Settled::Refused(LastError { code, text, .. }) | Settled::Taken(LastError { code, text, .. }) => {
                let entry = Box::new(self.view(self.record(entry).await?));
                Err(ApplyError::PasswordRefused { entry, code, text })
            }
            Settled::InDoubt(reason) => Err(ApplyError::InDoubt { reason }),
            Settled::Fatal(error) | Settled::Vanished(error) | Settled::Waiting(error) => {
                Err(ApplyError::InDoubt { reason: format!("the password is not set yet: {}", error.text) })
            }
        }
    }
}

/// Tells whether requests see an entry: those that a removal left in the system are not seen.
fn is_shown(record: &EntryRecord) -> bool {
    record.is_there() && record.link != Link::Orphaned
}

pub(crate) fn state_of(flow: &StateFlow, active: bool) -> (AttributeName, Vec<Value>) {
    (flow.attribute.clone(), if active { flow.enabled.clone() } else { flow.disabled.clone() })
}

fn refused(text: impl Into<String>) -> ApplyError {
    ApplyError::Refused { code: None, class: RefusalClass::Permanent, text: text.into() }
}
