use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use provost_connector::{
    AbsenceProof, Capabilities, Completeness, Confidence, Config, Connector, ConnectorError, ConnectorInfo, Done, Env,
    Export, FullImport, FullRequest, Key, MatchQuery, Operation, Outcome, Page, PageEntry, Pages, ReadResult, Refusal,
    RefusalClass, Request, Select, ServerIdentity, Session, SetPassword,
};
use provost_model::{
    Anchor, AnchorKind, AttributeSchema, Attributes, ChangeSet, ConnectorObject, ObjectName, ObjectSchema,
    ObjectTypeSchema, Secret, Value, ValueChange, ValueKind,
};

/// What happens to a write.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// It is done, and the answer is lost.
    LoseAnswer,
    /// It is lost before it is done, and so is the answer.
    LoseRequest,
    /// Nothing is wrong.
    None,
    /// It is refused.
    Refuse(Refusal),
}

/// A system in memory. Its names are joined of `TYPE=VALUE` by commas and end with `DC=lab`.
#[derive(Clone)]
pub struct System(Arc<Mutex<State>>);

pub struct State {
    kind: &'static str,
    pub objects: BTreeMap<String, ConnectorObject>,
    pub passwords: BTreeMap<String, Vec<u8>>,
    pub removed: Vec<String>,
    /// Writes that were done, and a line for each that was asked for.
    pub writes: u64,
    pub log: Vec<String>,
    pub faults: VecDeque<Fault>,
    pub page_size: usize,
    /// What the last page says; by default that everything was seen.
    pub proof: Option<Option<Completeness>>,
    pub extra: Vec<PageEntry>,
    /// Whether reads and searches fail.
    pub unreachable: bool,
    /// Whether reads answer that they are not allowed.
    pub forbidden: bool,
    /// What the system does to a value that is stored.
    pub rewrite: Option<fn(&str, Value) -> Value>,
    pub password_with_add: bool,
    pub with_image: bool,
    /// Whether a write is done and its answer never comes.
    pub hold_answers: bool,
    /// An object that imports leave out.
    pub left_out: Option<String>,
    /// The page at which an import breaks.
    pub break_at_page: Option<usize>,
    /// Whether the pages of an import wait.
    pub pause_pages: bool,
    /// Whether the object type has an attribute `active`.
    pub has_active: bool,
    /// Whether the next read after a write is not allowed.
    pub unreadable_once: bool,
    next: u64,
}

impl System {
    pub fn new(anchor: &'static str) -> Self {
        Self(Arc::new(Mutex::new(State {
            kind: anchor,
            objects: BTreeMap::new(),
            passwords: BTreeMap::new(),
            removed: Vec::new(),
            writes: 0,
            log: Vec::new(),
            faults: VecDeque::new(),
            page_size: 3,
            proof: None,
            extra: Vec::new(),
            unreachable: false,
            forbidden: false,
            rewrite: None,
            password_with_add: false,
            with_image: true,
            hold_answers: false,
            left_out: None,
            break_at_page: None,
            pause_pages: false,
            has_active: false,
            unreadable_once: false,
            next: 1,
        })))
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Puts an object with this anchor there, behind the engine's back.
    pub fn put(&self, anchor: &str, object: ConnectorObject) {
        let mut state = self.state();
        let object = object.with_anchor(Anchor::new(AnchorKind::new(state.kind), anchor));
        state.objects.insert(anchor.to_owned(), object);
    }

    /// Changes an object behind the engine's back.
    pub fn set(&self, anchor: &str, attribute: &str, values: Vec<Value>) {
        self.state().objects.get_mut(anchor).unwrap().attributes_mut().set(attribute, values);
    }

    pub fn anchor(&self, name: &str) -> Anchor {
        let state = self.state();
        let found = state.objects.values().find(|object| object.name().is_some_and(|held| held.as_str() == name));
        found.unwrap_or_else(|| panic!("{name} is not there")).anchor().unwrap().clone()
    }

    /// The values of an attribute of the object with this name.
    pub fn values(&self, name: &str, attribute: &str) -> Vec<Value> {
        let state = self.state();
        let found = state.objects.values().find(|object| object.name().is_some_and(|held| held.as_str() == name));
        found.unwrap_or_else(|| panic!("{name} is not there")).attributes().values(attribute).to_vec()
    }

    pub fn fault(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state().faults = faults.into_iter().collect();
    }

    pub fn writes(&self) -> u64 {
        self.state().writes
    }

    /// Everything that is there, a line for each object. Passwords are shown by their length.
    pub fn dump(&self) -> Vec<String> {
        let state = self.state();
        let mut lines: Vec<_> = state
            .objects
            .iter()
            .map(|(anchor, object)| {
                let attributes: Vec<_> = object
                    .attributes()
                    .iter()
                    .map(|(name, values)| {
                        let mut values: Vec<_> = values.iter().map(ToString::to_string).collect();
                        values.sort();
                        format!("{name}={values:?}")
                    })
                    .collect();
                let name = object.name().map_or("-", |name| name.as_str());
                format!("{name} {} password={:?}", attributes.join(" "), state.passwords.get(anchor).map(Vec::len))
            })
            .collect();
        lines.sort();
        lines
    }
}

impl State {
    fn find(&self, key: &Key) -> Option<String> {
        if let Some(anchor) = key.anchor() {
            let text = String::from_utf8(anchor.octets().to_vec()).unwrap();
            return self.objects.contains_key(&text).then_some(text);
        }
        self.at(key.name()?)
    }

    fn at(&self, name: &ObjectName) -> Option<String> {
        let same = |object: &ConnectorObject| {
            object.name().is_some_and(|held| held.as_str().eq_ignore_ascii_case(name.as_str()))
        };
        self.objects.iter().find(|(_, object)| same(object)).map(|(anchor, _)| anchor.clone())
    }

    fn apply(&mut self, request: &Request) -> Outcome {
        self.log.push(match request {
            Request::Add { name, .. } => format!("add {name}"),
            Request::Delete { key } => format!("delete {}", shown(key)),
            Request::Modify { key, changes } => format!("modify {} {}", shown(key), shown_changes(changes)),
            _ => panic!("a request of a later version"),
        });
        match request {
            Request::Add { object_type, name, attributes } => {
                if self.at(name).is_some() {
                    return refused(68, RefusalClass::Verify, "entryAlreadyExists");
                }
                let anchor = format!("u{}", self.next);
                self.next += 1;
                let mut attributes = attributes.clone();
                self.store_values(&mut attributes);
                with_implied(&mut attributes, name);
                let object = ConnectorObject::new(object_type.clone(), attributes)
                    .with_anchor(Anchor::new(AnchorKind::new(self.kind), anchor.as_bytes()))
                    .with_name(name.clone());
                self.objects.insert(anchor.clone(), object);
                self.done(&anchor)
            }
            Request::Delete { key } => match self.find(key) {
                Some(anchor) => {
                    self.objects.remove(&anchor);
                    self.passwords.remove(&anchor);
                    let mut done = Done::default();
                    done.writes = 1;
                    self.writes += 1;
                    Outcome::Done(done)
                }
                None => {
                    let mut done = Done::default();
                    done.equivalent = true;
                    Outcome::Done(done)
                }
            },
            Request::Modify { key, changes } => {
                let Some(anchor) = self.find(key) else {
                    return refused(32, RefusalClass::Verify, "noSuchObject");
                };
                let object = self.objects.get(&anchor).unwrap().clone();
                match changed(&object, changes) {
                    Ok((name, mut attributes)) => {
                        if name.as_str() != object.name().unwrap().as_str()
                            && self.at(&name).is_some_and(|at| at != anchor)
                        {
                            return refused(68, RefusalClass::Verify, "entryAlreadyExists");
                        }
                        self.store_values(&mut attributes);
                        with_implied(&mut attributes, &name);
                        let object = ConnectorObject::new(object.object_type().clone(), attributes)
                            .with_anchor(object.anchor().unwrap().clone())
                            .with_name(name);
                        self.objects.insert(anchor.clone(), object);
                        self.done(&anchor)
                    }
                    Err(refusal) => Outcome::Refused(refusal),
                }
            }
            _ => panic!("a request of a later version"),
        }
    }

    fn store_values(&self, attributes: &mut Attributes) {
        if let Some(rewrite) = self.rewrite {
            *attributes = std::mem::take(attributes)
                .into_iter()
                .map(|(name, values)| {
                    let values = values.into_iter().map(|value| rewrite(name.as_str(), value)).collect();
                    (name, values)
                })
                .collect();
        }
    }

    fn done(&mut self, anchor: &str) -> Outcome {
        self.writes += 1;
        let object = self.objects.get(anchor).unwrap();
        let mut done = Done::default();
        done.writes = 1;
        if self.with_image {
            done.anchor = object.anchor().cloned();
            done.name = object.name().cloned();
            done.image = Some(object.attributes().clone());
        }
        Outcome::Done(done)
    }

    fn with_fault(&mut self, write: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        match self.faults.pop_front().unwrap_or(Fault::None) {
            Fault::None => write(self),
            Fault::LoseAnswer => {
                drop(write(self));
                Outcome::unknown("the connection was lost")
            }
            Fault::LoseRequest => Outcome::unknown("the connection was lost"),
            Fault::Refuse(refusal) => Outcome::Refused(refusal),
        }
    }
}

fn refused(code: i64, class: RefusalClass, text: &str) -> Outcome {
    Outcome::Refused(Refusal::new(Some(code), class, text))
}

fn shown(key: &Key) -> String {
    key.name().map_or_else(|| key.anchor().unwrap().to_string(), |name| name.as_str().to_owned())
}

fn shown_changes(changes: &ChangeSet) -> String {
    let mut parts: Vec<_> = changes.name.iter().map(|name| format!("name={name}")).collect();
    parts.extend(changes.attributes.iter().map(|change| {
        let (sign, values) = match &change.change {
            ValueChange::Add(values) => ("+", values),
            ValueChange::Remove(values) => ("-", values),
            ValueChange::Replace(values) => ("=", values),
            _ => panic!("a change of a later version"),
        };
        let values: Vec<_> = values.iter().map(ToString::to_string).collect();
        format!("{}{sign}[{}]", change.name, values.join("|"))
    }));
    parts.join(" ")
}

/// Applies changes as a directory does: the name first, strictly value by value, and the name's values stay.
fn changed(object: &ConnectorObject, changes: &ChangeSet) -> Result<(ObjectName, Attributes), Refusal> {
    let mut attributes = object.attributes().clone();
    let mut name = object.name().unwrap().clone();
    if let Some(new) = &changes.name {
        for (attribute, values) in implied_by(&name) {
            let left: Vec<_> =
                attributes.values(attribute.as_str()).iter().filter(|v| !values.contains(v)).cloned().collect();
            attributes.set(attribute, left);
        }
        name = new.clone();
        with_implied(&mut attributes, &name);
    }
    for change in &changes.attributes {
        let held = attributes.values(change.name.as_str()).to_vec();
        let values = match &change.change {
            ValueChange::Replace(values) => values.clone(),
            ValueChange::Add(values) => {
                if values.iter().any(|value| held.contains(value)) {
                    return Err(Refusal::new(Some(20), RefusalClass::Verify, "attributeOrValueExists"));
                }
                held.into_iter().chain(values.iter().cloned()).collect()
            }
            ValueChange::Remove(values) => {
                if values.iter().any(|value| !held.contains(value)) {
                    return Err(Refusal::new(Some(16), RefusalClass::Verify, "noSuchAttribute"));
                }
                held.into_iter().filter(|value| !values.contains(value)).collect()
            }
            _ => panic!("a change of a later version"),
        };
        attributes.set(change.name.clone(), values);
    }
    Ok((name, attributes))
}

fn implied_by(name: &ObjectName) -> Attributes {
    let rdn = name.as_str().split(',').next().unwrap_or_default();
    rdn.split('+')
        .filter_map(|pair| pair.split_once('='))
        .map(|(attribute, value)| (attribute.to_lowercase().into(), vec![Value::from(value)]))
        .collect()
}

fn with_implied(attributes: &mut Attributes, name: &ObjectName) {
    for (attribute, values) in implied_by(name) {
        for value in values {
            if !attributes.values(attribute.as_str()).contains(&value) {
                attributes.push(attribute.clone(), value);
            }
        }
    }
}

impl fmt::Debug for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("System")
    }
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a system in memory")
    }
}

#[async_trait]
impl Connector for System {
    fn describe(&self) -> ConnectorInfo {
        ConnectorInfo::new("memory", "1", Vec::new())
    }

    async fn open(&self, _: Config, _: Env) -> Result<Box<dyn Session>, ConnectorError> {
        Ok(Box::new(self.clone()))
    }
}

#[async_trait]
impl Session for System {
    async fn check(&self) -> Result<(), ConnectorError> {
        self.reach().map(drop)
    }

    async fn capabilities(&self) -> Result<Capabilities, ConnectorError> {
        let state = self.state();
        let server = ServerIdentity::new("memory", None, Confidence::High);
        let mut capabilities = Capabilities::new(server, AnchorKind::new(state.kind));
        capabilities.password_with_add = state.password_with_add;
        Ok(capabilities)
    }

    async fn schema(&self) -> Result<ObjectSchema, ConnectorError> {
        let mut cn = AttributeSchema::new("cn", ValueKind::Text);
        cn.multi_valued = true;
        let mut attributes = vec![cn];
        attributes.extend(["sn", "mail", "shadowExpire"].map(|name| AttributeSchema::new(name, ValueKind::Text)));
        if self.state().has_active {
            attributes.push(AttributeSchema::new("active", ValueKind::Boolean));
        }
        Ok(ObjectSchema::new(vec![ObjectTypeSchema::new("person", attributes)]))
    }

    async fn read(&self, key: &Key, _: &Select) -> Result<ReadResult, ConnectorError> {
        let mut state = self.reach()?;
        if state.forbidden || (!state.log.is_empty() && std::mem::take(&mut state.unreadable_once)) {
            return Ok(ReadResult::Forbidden);
        }
        Ok(match state.find(key).or_else(|| state.at(key.name()?)) {
            Some(anchor) => ReadResult::Found(Box::new(state.objects.get(&anchor).unwrap().clone())),
            None => ReadResult::Absent(AbsenceProof::new(vec!["looked".to_owned()])),
        })
    }

    async fn find(&self, query: &MatchQuery, limit: u32) -> Result<Vec<ConnectorObject>, ConnectorError> {
        let state = self.reach()?;
        let hit = |object: &&ConnectorObject| {
            let wanted = query.value.to_string();
            let values = object.attributes().values(query.attribute.as_str());
            values.iter().any(|value| value.to_string().eq_ignore_ascii_case(&wanted))
        };
        Ok(state.objects.values().filter(hit).take(limit as usize).cloned().collect())
    }

    fn implied(&self, name: &ObjectName) -> Attributes {
        implied_by(name)
    }

    fn components(&self, name: &ObjectName) -> Result<u32, ConnectorError> {
        let parts: Vec<_> = name.as_str().split(',').collect();
        let base = parts.last().is_some_and(|last| last.eq_ignore_ascii_case("DC=lab"));
        if !base || parts.iter().flat_map(|part| part.split('+')).any(|pair| !pair.contains('=')) {
            return Err(ConnectorError::configuration("name", "it is no name below DC=lab"));
        }
        Ok(u32::try_from(parts.len()).unwrap())
    }

    fn full_import(&self) -> Option<&dyn FullImport> {
        Some(self)
    }

    fn export(&self) -> Option<&dyn Export> {
        Some(self)
    }

    fn set_password(&self) -> Option<&dyn SetPassword> {
        Some(self)
    }

    async fn close(self: Box<Self>) -> Result<(), ConnectorError> {
        Ok(())
    }
}

impl System {
    fn reach(&self) -> Result<MutexGuard<'_, State>, ConnectorError> {
        let state = self.state();
        if state.unreachable {
            return Err(ConnectorError::timed_out("memory", Duration::from_secs(1)));
        }
        Ok(state)
    }
}

#[async_trait]
impl FullImport for System {
    async fn start(&self, _: FullRequest) -> Result<Box<dyn Pages>, ConnectorError> {
        let state = self.reach()?;
        let kind = AnchorKind::new(state.kind);
        let removed = state
            .removed
            .iter()
            .map(|id| PageEntry::Deleted(Key::from_anchor(Anchor::new(kind.clone(), id.as_bytes()))));
        let listed = state.objects.iter().filter(|(anchor, _)| state.left_out.as_ref() != Some(*anchor));
        let listed = listed.map(|(_, object)| PageEntry::Present(object.clone()));
        let mut entries: Vec<_> = listed.chain(removed).collect();
        entries.extend(state.extra.iter().cloned());
        let count = entries.len() as u64;
        let proof = state.proof.clone().unwrap_or_else(|| Some(Completeness::complete(1, count)));
        let mut pages: VecDeque<_> = entries.chunks(state.page_size).map(|chunk| Page::new(chunk.to_vec())).collect();
        let mut last = Page::new(Vec::new());
        last.proof = proof;
        pages.push_back(last);
        let break_at = state.break_at_page;
        Ok(Box::new(Listed { system: self.clone(), pages, given: 0, break_at }))
    }
}

struct Listed {
    system: System,
    pages: VecDeque<Page>,
    given: usize,
    break_at: Option<usize>,
}

#[async_trait]
impl Pages for Listed {
    async fn next(&mut self) -> Result<Option<Page>, ConnectorError> {
        while self.system.state().pause_pages {
            tokio::task::yield_now().await;
        }
        if self.break_at == Some(self.given) {
            return Err(ConnectorError::timed_out("memory", Duration::from_secs(1)));
        }
        self.given += 1;
        Ok(self.pages.pop_front())
    }
}

#[async_trait]
impl Export for System {
    async fn apply(&self, operations: &[Operation]) -> Vec<Outcome> {
        let (outcomes, held) = self.apply_all(operations);
        if held {
            std::future::pending::<()>().await;
        }
        outcomes
    }
}

impl System {
    fn apply_all(&self, operations: &[Operation]) -> (Vec<Outcome>, bool) {
        let mut state = self.state();
        let outcomes = operations
            .iter()
            .map(|operation| {
                state.with_fault(|state| {
                    let outcome = state.apply(&operation.request);
                    if let (Outcome::Done(_), Some(password)) = (&outcome, &operation.password)
                        && let Request::Add { name, .. } = &operation.request
                    {
                        let anchor = state.at(name).unwrap();
                        state.passwords.insert(anchor, password.expose().to_vec());
                    }
                    outcome
                })
            })
            .collect();
        (outcomes, state.hold_answers)
    }
}

#[async_trait]
impl SetPassword for System {
    async fn set_password(&self, key: &Key, password: &Secret) -> Outcome {
        self.state().with_fault(|state| {
            state.log.push(format!("password {}", shown(key)));
            let Some(anchor) = state.find(key) else {
                return refused(32, RefusalClass::Permanent, "noSuchObject");
            };
            state.passwords.insert(anchor, password.expose().to_vec());
            state.writes += 1;
            let mut done = Done::default();
            done.writes = 1;
            Outcome::Done(done)
        })
    }
}
