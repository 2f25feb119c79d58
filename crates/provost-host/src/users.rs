//! The requests for users.

use http::StatusCode;
use provost_connector::MatchQuery;
use provost_engine::{ApplyError, SpaceEntry};
use provost_model::{AttributeChange, Secret};
use provost_scim::{
    Filter, ListResponse, Matcher, PageRequest, PatchRequest, Projection, Resource, ScimError, parse_json,
};

use crate::answer::{Answer, Failure};
use crate::host::Mounted;
use crate::id;
use crate::request::Query;
use crate::search::Plan;
use crate::translate::{difference, take_password, to_object, to_resource};

/// Most results of one query.
pub(crate) const RESULTS: u64 = 200;
/// Objects that are held at once while all are looked at.
const BATCH: usize = 256;

/// A request for users, with its parameters.
pub(crate) struct Users<'a> {
    pub(crate) mounted: &'a Mounted,
    pub(crate) query: Query,
    /// What answers show; read before anything is done.
    pub(crate) projection: Projection,
    pub(crate) base: String,
}

impl Users<'_> {
    pub(crate) async fn create(&self, body: &[u8]) -> Result<Answer, Failure> {
        let mounted = self.mounted;
        let mut resource = Resource::from_request(&mounted.schema.users, parse_json(body)?, mounted.mode)?;
        let password = take_password(&mounted.schema, &mut resource)?;
        let mut object = to_object(&mounted.schema, &mounted.object_type, &resource)?;
        let disabled = resource.get(None, "active").and_then(serde_json::Value::as_bool) == Some(false);
        if disabled {
            // With the first write, so that nobody can sign in before the second one.
            for (name, values) in mounted.engine.initial_state(object.object_type(), false).iter() {
                object.attributes_mut().set(name.clone(), values.to_vec());
            }
        }
        let mut entry = mounted.engine.create(object, password).await?;
        if let (true, true, Some(anchor)) = (disabled, entry.active, entry.anchor.clone()) {
            // Where disabling removes the object, the answer still shows what was made; a later GET does not find it.
            entry = mounted.engine.set_active(&anchor, false).await?.unwrap_or(entry);
        }
        let created = self.resource(&entry)?;
        self.audit("create", &created, &[]);
        let location = created.id().map(|id| format!("{}/Users/{id}", self.base));
        let answer = self.one(StatusCode::CREATED, &created);
        Ok(match location {
            Some(location) => answer.location(&location),
            None => answer,
        })
    }

    pub(crate) async fn read(&self, id: &str) -> Result<Answer, Failure> {
        let entry = self.entry(id).await?;
        Ok(self.one(StatusCode::OK, &self.resource(&entry)?))
    }

    pub(crate) async fn replace(&self, id: &str, body: &[u8]) -> Result<Answer, Failure> {
        let body = parse_json(body)?;
        self.change(id, "replace", |before| before.replaced_by(body, self.mounted.mode)).await
    }

    pub(crate) async fn patch(&self, id: &str, body: &[u8]) -> Result<Answer, Failure> {
        let mode = self.mounted.mode;
        let request = PatchRequest::parse(parse_json(body)?, mode)?;
        self.change(id, "patch", |before| request.apply(before, mode).map(|patched| patched.resource)).await
    }

    pub(crate) async fn delete(&self, id: &str) -> Result<Answer, Failure> {
        let entry = self.entry(id).await?;
        let Some(anchor) = &entry.anchor else { return Err(Failure::not_found()) };
        match self.mounted.engine.remove(anchor).await {
            // It was known and is gone, which is what was asked for.
            Ok(()) | Err(ApplyError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
        tracing::info!(connector = %self.mounted.name, operation = "delete", id, "written");
        Ok(Answer::empty(StatusCode::NO_CONTENT))
    }

    pub(crate) async fn search(&self) -> Result<Answer, Failure> {
        let mounted = self.mounted;
        let page = PageRequest::parse(self.query.get("startIndex"), self.query.get("count"), RESULTS)?;
        let filter = match self.query.get("filter") {
            Some(filter) => Some(Filter::parse(filter, mounted.mode).map_err(ScimError::from)?),
            None => None,
        };
        let mut window = Window { page, total: 0, resources: Vec::new() };
        match Plan::new(filter.as_ref(), &mounted.schema, mounted.mode)? {
            Plan::Nothing => {}
            Plan::Anchor(anchor, rest) => {
                if let Some(entry) = mounted.engine.get(&anchor).await? {
                    self.offer(&mut window, &entry, rest.as_ref())?;
                }
            }
            Plan::Name(name, rest) => {
                if let Some(entry) = mounted.engine.get_by_name(&name).await? {
                    self.offer(&mut window, &entry, rest.as_ref())?;
                }
            }
            Plan::Find(query, rest) => {
                for entry in self.find(query).await? {
                    self.offer(&mut window, &entry, rest.as_ref())?;
                }
            }
            Plan::Everything(matcher) => {
                let mut after = None;
                loop {
                    let entries = mounted.engine.list(after, BATCH).await?;
                    let Some(last) = entries.last() else { break };
                    after = Some(last.entry_id);
                    for entry in &entries {
                        self.offer(&mut window, entry, matcher.as_ref())?;
                    }
                }
            }
        }
        let shown = window.resources.iter().map(|resource| resource.view(&self.projection)).collect();
        Ok(Answer::json(StatusCode::OK, &ListResponse::new(window.total, page.start_index(), shown)))
    }

    async fn find(&self, mut query: MatchQuery) -> Result<Vec<SpaceEntry>, Failure> {
        query.object_type = Some(self.mounted.object_type.as_str().into());
        Ok(self.mounted.engine.find(&query, u32::try_from(RESULTS).unwrap_or(u32::MAX)).await?)
    }

    /// Counts an object that a search met, and keeps it when it lies in the window.
    fn offer(&self, window: &mut Window, entry: &SpaceEntry, rest: Option<&Matcher>) -> Result<(), Failure> {
        if !self.is_served(entry) {
            return Ok(());
        }
        if rest.is_none() && !window.takes_next() {
            window.total += 1;
            return Ok(());
        }
        let resource = self.resource(entry)?;
        if rest.is_none_or(|rest| rest.matches(&resource)) {
            if window.takes_next() {
                window.resources.push(resource);
            }
            window.total += 1;
        }
        Ok(())
    }

    /// Changes a user: nothing is written when nothing changes.
    async fn change(
        &self,
        id: &str,
        operation: &'static str,
        change: impl FnOnce(&Resource) -> Result<Resource, ScimError>,
    ) -> Result<Answer, Failure> {
        let mounted = self.mounted;
        let mut entry = self.entry(id).await?;
        let Some(anchor) = entry.anchor.clone() else { return Err(Failure::not_found()) };
        let before = self.resource(&entry)?;
        let mut after = change(&before)?;
        let password: Option<Secret> = take_password(&mounted.schema, &mut after)?;
        let difference = difference(&mounted.schema, &entry.object, &before, &after)?;
        let mut changed: Vec<String> = Vec::new();
        if !difference.changes.is_empty() || password.is_some() {
            changed.extend(difference.changes.name.is_some().then(|| crate::schema::NAME.to_owned()));
            let names = difference.changes.attributes.iter();
            changed.extend(names.map(|AttributeChange { name, .. }| name.as_str().to_owned()));
            changed.extend(password.is_some().then(|| "password".to_owned()));
            entry = mounted.engine.modify(&anchor, difference.changes, password).await?;
        }
        if let Some(active) = difference.active {
            changed.push("active".to_owned());
            let anchor = entry.anchor.clone().unwrap_or(anchor);
            entry = match mounted.engine.set_active(&anchor, active).await? {
                Some(entry) => entry,
                None => {
                    tracing::info!(connector = %mounted.name, operation, id, ?changed, "the object is removed");
                    return Ok(Answer::empty(StatusCode::NO_CONTENT));
                }
            };
        }
        let resource = self.resource(&entry)?;
        if !changed.is_empty() {
            self.audit(operation, &resource, &changed);
        }
        Ok(self.one(StatusCode::OK, &resource))
    }

    /// Reads the object of an identifier.
    async fn entry(&self, id: &str) -> Result<SpaceEntry, Failure> {
        let anchor = id::decode(id).ok_or_else(Failure::not_found)?;
        let entry = self.mounted.engine.get(&anchor).await?;
        entry.filter(|entry| self.is_served(entry)).ok_or_else(Failure::not_found)
    }

    fn is_served(&self, entry: &SpaceEntry) -> bool {
        let served = &self.mounted.object_type;
        entry.object.object_type().as_str().eq_ignore_ascii_case(served)
    }

    fn resource(&self, entry: &SpaceEntry) -> Result<Resource, Failure> {
        let implied = entry.name.as_ref().map(|name| self.mounted.engine.implied(name)).unwrap_or_default();
        let shown = to_resource(&self.mounted.schema, &entry.object, entry.active, &implied, &self.base);
        shown.map_err(|error| {
            tracing::error!(connector = %self.mounted.name, %error, "an object cannot be shown");
            Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "the object cannot be shown")
        })
    }

    fn one(&self, status: StatusCode, resource: &Resource) -> Answer {
        Answer::json(status, &resource.view(&self.projection))
    }

    /// Records a write: what was changed by name, and no value.
    fn audit(&self, operation: &str, resource: &Resource, changed: &[String]) {
        let id = resource.id().unwrap_or_default();
        tracing::info!(connector = %self.mounted.name, operation, id, ?changed, "written");
    }
}

/// The part of the results that a client asks for.
struct Window {
    page: PageRequest,
    /// Results so far.
    total: u64,
    resources: Vec<Resource>,
}

impl Window {
    /// Whether the next result lies in it.
    fn takes_next(&self) -> bool {
        self.total + 1 >= self.page.start_index() && (self.resources.len() as u64) < self.page.count()
    }
}
