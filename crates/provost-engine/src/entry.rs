use provost_model::{Anchor, ConnectorObject, ObjectName};
use provost_store::{EntryId, EntryRecord, Health, Link, Presence};

/// An object of the connector space, as requests see it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct SpaceEntry {
    /// Its id in the connector space.
    pub entry_id: EntryId,
    /// Its anchor.
    pub anchor: Option<Anchor>,
    /// Its name.
    pub name: Option<ObjectName>,
    /// The object as it was last seen, with anchor and name.
    pub object: ConnectorObject,
    /// Whether it is active, as its attributes say. Always true where the system cannot disable.
    pub active: bool,
    /// Whether it is there.
    pub presence: Presence,
    /// How it fares.
    pub health: Health,
    /// Which source object it belongs to.
    pub link: Link,
}

impl SpaceEntry {
    pub(crate) fn new(record: EntryRecord, active: bool) -> Self {
        let attributes = record.observed.map(|image| image.attributes).unwrap_or_default();
        let mut object = ConnectorObject::new(record.object_type, attributes);
        if let Some(anchor) = &record.anchor {
            object = object.with_anchor(anchor.clone());
        }
        if let Some(name) = &record.locator {
            object = object.with_name(name.clone());
        }
        Self {
            entry_id: record.id,
            anchor: record.anchor,
            name: record.locator,
            object,
            active,
            presence: record.presence,
            health: record.health,
            link: record.link,
        }
    }
}
