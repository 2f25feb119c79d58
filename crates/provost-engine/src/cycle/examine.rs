use provost_connector::MatchQuery;
use provost_mapping::{EvaluateContext, Mapping};
use provost_model::{Attributes, ConnectorObject, Value};
use provost_store::{EntryId, EntryRecord, Link, LinkKey, Presence};

use super::decide::Refusal;
use crate::space::Place;
use crate::{Engine, RunError};

/// The attribute that the engine adds to a source object.
const SOFT_DELETED: &str = "IsSoftDeleted";

/// A source object with what the engine knows of it.
pub(super) struct SourceObject {
    pub(super) key: LinkKey,
    /// Its attributes, `IsSoftDeleted` among them.
    pub(super) attributes: Attributes,
    pub(super) soft_deleted: bool,
}

impl SourceObject {
    /// Takes an object of the source; `None` when it has no identifier.
    pub(super) fn new(source: &str, object: &ConnectorObject) -> Option<Self> {
        let object_id = match (object.anchor(), object.name()) {
            (Some(anchor), _) => anchor.to_string(),
            (None, Some(name)) => name.as_str().to_owned(),
            (None, None) => return None,
        };
        let mut attributes = object.attributes().clone();
        let soft_deleted = is_true(attributes.first(SOFT_DELETED)) || is_false(attributes.first("accountEnabled"));
        attributes.set(SOFT_DELETED, [Value::Boolean(soft_deleted)]);
        Some(Self { key: LinkKey::new(source, object_id), attributes, soft_deleted })
    }
}

fn is_true(value: Option<&Value>) -> bool {
    matches!(value, Some(Value::Boolean(true))) || said(value, "true")
}

fn is_false(value: Option<&Value>) -> bool {
    matches!(value, Some(Value::Boolean(false))) || said(value, "false")
}

fn said(value: Option<&Value>, word: &str) -> bool {
    value.and_then(Value::as_text).is_some_and(|text| text.eq_ignore_ascii_case(word))
}

/// What a source object belongs to in the connected system.
pub(super) enum Counterpart {
    /// This entry, by its link.
    Linked(EntryId),
    /// This entry, by matching.
    Matched(EntryId),
    /// This object, by matching; a dry run does not take it into the connector space.
    Seen(Box<ConnectorObject>),
    /// None; there is nothing that matches.
    None,
    /// A request is just changing it.
    Busy,
}

impl Engine {
    /// Finds out what a source object belongs to: by its link, or by matching.
    pub(super) async fn counterpart(
        &self,
        source: &SourceObject,
        mapping: &Mapping,
        dry_run: bool,
    ) -> Result<Result<Counterpart, Refusal>, RunError> {
        // An object that is still to be made may be there by now: an answer was lost and somebody changed it, or somebody
        // else made it. It is then joined (section 4.3).
        let unmade = match self.linked_entry(&source.key).await? {
            Some(record) if record.presence == Presence::Placeholder && record.open.is_none() => Some(record.id),
            Some(record) => return Ok(Ok(Counterpart::Linked(record.id))),
            None => None,
        };
        let none = || unmade.map_or(Counterpart::None, Counterpart::Linked);
        if source.soft_deleted {
            return Ok(Ok(none()));
        }
        let context = EvaluateContext::new(self.now(), &*self.env.entropy);
        let queries = match mapping.match_queries(&source.attributes, &context) {
            Ok(queries) => queries,
            Err(error) => return Ok(Err(Refusal::failed(error.code(), crate::run::full_text(&error)))),
        };
        if queries.is_empty() {
            let text = "no matching attribute has a value";
            return Ok(Err(Refusal::new("ImportSkipped", text)));
        }
        for query in queries {
            match self.match_one(&query, dry_run).await? {
                Ok(Counterpart::None) => {}
                other => return Ok(other),
            }
        }
        Ok(Ok(none()))
    }

    async fn match_one(&self, query: &MatchQuery, dry_run: bool) -> Result<Result<Counterpart, Refusal>, RunError> {
        let mut found = self.session.find(query, 2).await.map_err(|source| self.failed(source))?;
        if found.len() > 1 {
            let text = format!("several objects have the same {}", query.attribute);
            return Ok(Err(Refusal::failed("DuplicateTargetEntries", text)));
        }
        let Some(object) = found.pop() else { return Ok(Ok(Counterpart::None)) };
        if dry_run {
            let known = match object.anchor() {
                Some(anchor) => self.store.entry_by_anchor(self.instance(), anchor).await?,
                None => None,
            };
            return Ok(Ok(match known {
                Some(record) if record.observed.is_some() => Counterpart::Matched(record.id),
                _ => Counterpart::Seen(Box::new(object)),
            }));
        }
        Ok(Ok(match self.observe(&object).await? {
            Place::Entry(record) => Counterpart::Matched(record.id),
            Place::Pending(_) => Counterpart::Busy,
        }))
    }

    /// Returns the entry that a source object is linked with, unless the object has vanished from the system.
    pub(super) async fn linked_entry(&self, key: &LinkKey) -> Result<Option<EntryRecord>, RunError> {
        let Some(link) = self.store.link(self.instance(), key).await? else { return Ok(None) };
        let Some(record) = self.store.entry(self.instance(), link.entry).await? else { return Ok(None) };
        let holds = matches!(&record.link, Link::Linked(held) if held == key) && record.presence != Presence::Gone;
        Ok(holds.then_some(record))
    }
}
