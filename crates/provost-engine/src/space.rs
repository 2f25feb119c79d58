use async_lock::MutexGuard;
use provost_connector::Key;
use provost_model::{Attributes, ConnectorObject, ObjectType, Value};
use provost_store::{EntryId, EntryRecord, Image, LocatorKey, Presence, RunId};

use crate::options::StateFlow;
use crate::{DisableFlow, Engine, RunError, SpaceEntry};

/// What an observation was to the connector space.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum News {
    /// The entry is new.
    Added,
    /// Its name alone changed.
    Renamed,
    /// Nothing changed.
    Unchanged,
    /// Its attributes changed.
    Updated,
}

/// Where an observed object belongs.
pub(crate) enum Place {
    /// To this entry, which is as the observation says.
    Entry(Box<EntryRecord>),
    /// To this entry, which a request of ours is just changing.
    Pending(EntryId),
}

impl Engine {
    /// Makes the view of an entry that requests see.
    pub(crate) fn view(&self, record: EntryRecord) -> SpaceEntry {
        let active = self.is_active(&record);
        SpaceEntry::new(record, active)
    }

    /// Tells whether an entry is active, as its attributes say.
    pub(crate) fn is_active(&self, record: &EntryRecord) -> bool {
        let Some(image) = &record.observed else { return true };
        let Some(flow) = self.state_flow(record) else { return true };
        let comparer = self.comparer(&record.object_type);
        let name = flow.attribute.as_str();
        let held = image.attributes.values(name);
        if flow.disabled.is_empty() {
            return !held.is_empty();
        }
        !comparer.holds(name, held, &flow.disabled)
    }

    /// Returns the attribute that says whether an entry is active: `active` where the type has it, otherwise that of the
    /// disable flow.
    pub(crate) fn state_flow(&self, record: &EntryRecord) -> Option<StateFlow> {
        self.state_flow_of(&record.object_type)
    }

    pub(crate) fn state_flow_of(&self, object_type: &ObjectType) -> Option<StateFlow> {
        let own = self.schema.object_type(object_type.as_str()).and_then(|schema| schema.attribute("active"));
        if let Some(own) = own {
            return Some(StateFlow::new(own.name.clone(), [Value::from(false)], [Value::from(true)]));
        }
        match &self.options.deprovisioning.disable {
            DisableFlow::SetAttribute(flow) => Some(flow.clone()),
            _ => None,
        }
    }

    /// Returns the key of an entry: anchor and name.
    pub(crate) fn key_of(record: &EntryRecord) -> Option<Key> {
        match (&record.anchor, &record.locator) {
            (Some(anchor), Some(name)) => Some(Key::from_anchor(anchor.clone()).with_name(name.clone())),
            (Some(anchor), None) => Some(Key::from_anchor(anchor.clone())),
            (None, Some(name)) => Some(Key::from_name(name.clone())),
            (None, None) => None,
        }
    }

    /// Makes an image of attributes.
    pub(crate) fn image(&self, record: &EntryRecord, attributes: Attributes, run: Option<RunId>) -> Image {
        let digest = self.comparer(&record.object_type).digest(&attributes);
        Image { attributes, digest, run }
    }

    /// Puts what was seen of an object into its record.
    pub(crate) fn take_in(&self, record: &mut EntryRecord, object: &ConnectorObject, run: Option<&RunId>) -> News {
        let image = self.image(record, object.attributes().clone(), run.cloned());
        let fresh = record.version == 0 || record.presence == Presence::Placeholder;
        let renamed = object.name().is_some() && object.name() != record.locator.as_ref();
        let updated = record.observed.as_ref().is_none_or(|held| held.digest != image.digest);
        let returned = record.presence != Presence::Present;
        if let Some(name) = object.name() {
            record.move_to(name.clone());
        }
        if let Some(anchor) = object.anchor() {
            record.anchor = Some(anchor.clone());
        }
        if updated {
            record.observed = Some(image);
        }
        record.presence = Presence::Present;
        match (fresh, updated || returned, renamed) {
            (true, ..) => News::Added,
            (_, true, _) => News::Updated,
            (_, _, true) => News::Renamed,
            _ => News::Unchanged,
        }
    }

    /// Finds the entry of an observed object: by anchor, otherwise a placeholder or an entry without anchor by name.
    ///
    /// Returns a new record when there is none.
    pub(crate) async fn place(&self, _space: &MutexGuard<'_, ()>, object: &ConnectorObject) -> Result<Place, RunError> {
        if let Some(anchor) = object.anchor()
            && let Some(record) = self.store.entry_by_anchor(self.instance(), anchor).await?
        {
            return Ok(match record.open {
                Some(_) => Place::Pending(record.id),
                None => Place::Entry(Box::new(record)),
            });
        }
        if let Some(name) = object.name() {
            for record in self.store.entries_at(self.instance(), &LocatorKey::of(name), 8).await? {
                if record.open.is_some() && record.anchor.is_none() {
                    return Ok(Place::Pending(record.id));
                }
                if record.anchor.is_none() && record.presence != Presence::Placeholder {
                    return Ok(Place::Entry(Box::new(record)));
                }
            }
        }
        let record = EntryRecord::new(self.new_entry_id()?, object.object_type().clone());
        Ok(Place::Entry(Box::new(record)))
    }

    /// Takes in one object that was just read. `None` when a request of ours is changing it.
    pub(crate) async fn observe(&self, object: &ConnectorObject) -> Result<Place, RunError> {
        let space = self.space.lock().await;
        let mut record = match self.place(&space, object).await? {
            Place::Entry(record) => record,
            pending @ Place::Pending(_) => return Ok(pending),
        };
        if self.take_in(&mut record, object, None) != News::Unchanged {
            let mut batch = self.strict();
            batch.put_entry((*record).clone());
            self.commit(batch).await?;
            record.version += 1;
        }
        Ok(Place::Entry(record))
    }

    /// Notes that an object was proven absent. Does nothing while a request of ours is changing it.
    pub(crate) async fn note_absent(&self, id: EntryId) -> Result<(), RunError> {
        let _space = self.space.lock().await;
        let mut record = self.record(id).await?;
        if record.open.is_some() || !record.is_there() {
            return Ok(());
        }
        record.presence = Presence::Gone;
        let mut batch = self.strict();
        batch.put_entry(record);
        self.commit(batch).await
    }
}
