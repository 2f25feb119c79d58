//! A connected system in memory: objects with a name, whose first component they hold as a value, and an anchor.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use provost_connector::{
    AbsenceProof, Capabilities, Confidence, Config, Connector, ConnectorError, ConnectorInfo, Done, Env, Export, Key,
    MatchQuery, Operation, Outcome, ReadResult, Refusal, RefusalClass, Request, Select, ServerIdentity, Session,
    SetPassword,
};
use provost_model::{
    Anchor, AnchorKind, AttributeSchema, Attributes, ChangeSet, ConnectorObject, Mutability, ObjectName, ObjectSchema,
    ObjectTypeSchema, Secret, Value, ValueChange, ValueKind,
};
use tokio::sync::Semaphore;

pub(crate) const TYPE: &str = "inetOrgPerson";

/// The system. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Directory(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    /// One permit a write that may be answered.
    answers: Semaphore,
    /// One permit a write that has arrived.
    arrived: Semaphore,
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<u32, (ObjectName, Attributes)>,
    passwords: BTreeMap<u32, String>,
    next: u32,
    writes: usize,
    finds: usize,
    down: bool,
    hidden: bool,
    refusal: Option<(i64, &'static str)>,
}

impl Directory {
    pub(crate) fn new() -> Self {
        let answers = Semaphore::new(Semaphore::MAX_PERMITS);
        Self(Arc::new(Inner { state: Mutex::default(), answers, arrived: Semaphore::new(0) }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an object in as others would, without the host.
    pub(crate) fn put(&self, name: &str, attributes: Attributes) {
        let mut state = self.state();
        state.next += 1;
        let at = state.next;
        state.objects.insert(at, (ObjectName::new(name), attributes));
    }

    /// Takes an object out as others would.
    pub(crate) fn take(&self, name: &str) {
        self.state().objects.retain(|_, (held, _)| held.as_str() != name);
    }

    pub(crate) fn writes(&self) -> usize {
        self.state().writes
    }

    pub(crate) fn finds(&self) -> usize {
        self.state().finds
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.state().objects.values().map(|(name, _)| name.as_str().to_owned()).collect()
    }

    pub(crate) fn values(&self, name: &str, attribute: &str) -> Vec<String> {
        let state = self.state();
        let object = state.objects.values().find(|(held, _)| held.as_str() == name);
        object.map(|(_, held)| held.values(attribute).iter().map(Value::to_string).collect()).unwrap_or_default()
    }

    pub(crate) fn passwords(&self) -> Vec<String> {
        self.state().passwords.values().cloned().collect()
    }

    /// Makes it unreachable, or reachable again.
    pub(crate) fn set_down(&self, down: bool) {
        self.state().down = down;
    }

    /// Makes it show no object by name or anchor, and say so.
    pub(crate) fn set_hidden(&self, hidden: bool) {
        self.state().hidden = hidden;
    }

    /// Makes it refuse the next writes.
    pub(crate) fn refuse(&self, refusal: Option<(i64, &'static str)>) {
        self.state().refusal = refusal;
    }

    /// Makes writes wait before they are answered.
    pub(crate) fn hold_answers(&self) {
        self.0.answers.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub(crate) fn release_answers(&self) {
        self.0.answers.add_permits(1_000);
    }

    /// Waits until another write has arrived since the start.
    pub(crate) async fn write_arrived(&self) {
        self.0.arrived.acquire().await.unwrap().forget();
    }

    fn unavailable(&self) -> ConnectorError {
        ConnectorError::unavailable("memory", "it is down")
    }

    fn check_up(&self) -> Result<(), ConnectorError> {
        if self.state().down { Err(self.unavailable()) } else { Ok(()) }
    }

    fn object(at: u32, name: &ObjectName, attributes: &Attributes) -> ConnectorObject {
        let id = format!("entry-{at}");
        let mut attributes = attributes.clone();
        attributes.set("entryUUID", [Value::from(id.as_str())]);
        ConnectorObject::new(TYPE, attributes)
            .with_name(name.clone())
            .with_anchor(Anchor::new(AnchorKind::new("entryUUID"), id.into_bytes()))
    }

    fn write(&self, operation: &Operation) -> Outcome {
        let mut state = self.state();
        if state.down {
            return Outcome::Refused(Refusal::new(None, RefusalClass::NotSent, "it is down"));
        }
        if let Some((code, text)) = state.refusal {
            return Outcome::Refused(Refusal::new(Some(code), RefusalClass::Permanent, text));
        }
        let taken = |state: &State, name: &ObjectName| state.objects.values().any(|(held, _)| same(held, name));
        let at = match &operation.request {
            Request::Add { name, attributes, .. } => {
                if taken(&state, name) {
                    return Outcome::Refused(Refusal::new(Some(68), RefusalClass::Verify, "entryAlreadyExists"));
                }
                state.next += 1;
                let at = state.next;
                let mut attributes = attributes.clone();
                keep_implied(name, &mut attributes);
                state.objects.insert(at, (name.clone(), attributes));
                at
            }
            Request::Delete { key } => {
                let mut done = Done::default();
                match state.find(key) {
                    Some(at) => {
                        state.objects.remove(&at);
                        state.writes += 1;
                        done.writes = 1;
                    }
                    None => done.equivalent = true,
                }
                return Outcome::Done(done);
            }
            Request::Modify { key, changes } => {
                let Some(at) = state.find(key) else {
                    return Outcome::Refused(Refusal::new(Some(32), RefusalClass::Verify, "noSuchObject"));
                };
                if changes.name.as_ref().is_some_and(|name| taken(&state, name)) {
                    return Outcome::Refused(Refusal::new(Some(68), RefusalClass::Permanent, "entryAlreadyExists"));
                }
                let (name, attributes) = state.objects.get_mut(&at).unwrap();
                if let Some(renamed) = &changes.name {
                    let mut gone = ChangeSet::new();
                    for (attribute, values) in &implied(name) {
                        gone.push(attribute.clone(), ValueChange::Remove(values.to_vec()));
                    }
                    gone.apply_to(attributes);
                    *name = renamed.clone();
                }
                changes.apply_to(attributes);
                keep_implied(&name.clone(), attributes);
                at
            }
            other => panic!("unknown request {other:?}"),
        };
        state.writes += 1;
        let (name, attributes) = &state.objects[&at];
        let object = Self::object(at, name, attributes);
        let mut done = Done::default();
        done.anchor = object.anchor().cloned();
        done.name = Some(name.clone());
        done.image = Some(object.attributes().clone());
        done.writes = 1;
        Outcome::Done(done)
    }
}

impl State {
    fn find(&self, key: &Key) -> Option<u32> {
        if let Some(anchor) = key.anchor() {
            let text = String::from_utf8(anchor.octets().to_vec()).ok()?;
            let at = text.strip_prefix("entry-")?.parse().ok()?;
            return self.objects.contains_key(&at).then_some(at);
        }
        let name = key.name()?;
        self.objects.iter().find(|(_, (held, _))| same(held, name)).map(|(at, _)| *at)
    }
}

fn same(left: &ObjectName, right: &ObjectName) -> bool {
    left.as_str().eq_ignore_ascii_case(right.as_str())
}

fn implied(name: &ObjectName) -> Vec<(String, Vec<Value>)> {
    let component = name.as_str().split(',').next().and_then(|component| component.split_once('='));
    component.map(|(attribute, value)| (attribute.to_owned(), vec![Value::from(value)])).into_iter().collect()
}

fn keep_implied(name: &ObjectName, attributes: &mut Attributes) {
    for (attribute, values) in implied(name) {
        for value in values {
            if !attributes.values(&attribute).contains(&value) {
                let mut kept = vec![value];
                kept.extend(attributes.values(&attribute).iter().cloned());
                attributes.set(attribute.to_ascii_lowercase(), kept);
            }
        }
    }
}

impl fmt::Display for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory")
    }
}

#[async_trait]
impl Connector for Directory {
    fn describe(&self) -> ConnectorInfo {
        ConnectorInfo::new("memory", "1", Vec::new())
    }

    async fn open(&self, _: Config, _: Env) -> Result<Box<dyn Session>, ConnectorError> {
        Ok(Box::new(self.clone()))
    }
}

#[async_trait]
impl Session for Directory {
    async fn check(&self) -> Result<(), ConnectorError> {
        self.check_up()
    }

    async fn capabilities(&self) -> Result<Capabilities, ConnectorError> {
        let server = ServerIdentity::new("memory", None, Confidence::High);
        Ok(Capabilities::new(server, AnchorKind::new("entryUUID")))
    }

    async fn schema(&self) -> Result<ObjectSchema, ConnectorError> {
        let of = |name: &str, kind, multi_valued, required| {
            let mut attribute = AttributeSchema::new(name, kind);
            attribute.multi_valued = multi_valued;
            attribute.required = required;
            attribute
        };
        let mut password = of("userPassword", ValueKind::Bytes, true, false);
        password.mutability = Mutability::WriteOnly;
        let mut entry_uuid = of("entryUUID", ValueKind::Text, false, false);
        entry_uuid.mutability = Mutability::ReadOnly;
        let attributes = vec![
            of("objectClass", ValueKind::Text, true, true),
            of("cn", ValueKind::Text, true, true),
            of("sn", ValueKind::Text, true, true),
            of("mail", ValueKind::Text, true, false),
            of("uid", ValueKind::Text, true, false),
            of("uidNumber", ValueKind::Integer, false, false),
            of("shadowExpire", ValueKind::Integer, false, false),
            of("manager", ValueKind::Reference, true, false),
            password,
            entry_uuid,
        ];
        Ok(ObjectSchema::new(vec![ObjectTypeSchema::new(TYPE, attributes)]))
    }

    async fn read(&self, key: &Key, _: &Select) -> Result<ReadResult, ConnectorError> {
        self.check_up()?;
        let state = self.state();
        Ok(match state.find(key) {
            _ if state.hidden => ReadResult::Forbidden,
            Some(at) => {
                let (name, attributes) = &state.objects[&at];
                ReadResult::Found(Box::new(Self::object(at, name, attributes)))
            }
            None => ReadResult::Absent(AbsenceProof::new(vec!["it is not in the map".to_owned()])),
        })
    }

    async fn find(&self, query: &MatchQuery, limit: u32) -> Result<Vec<ConnectorObject>, ConnectorError> {
        self.check_up()?;
        let mut state = self.state();
        state.finds += 1;
        // As caseIgnoreMatch does, blanks within count once.
        let folded = |value: &Value| value.to_string().split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let has = |attributes: &Attributes| {
            attributes.values(query.attribute.as_str()).iter().any(|value| folded(value) == folded(&query.value))
        };
        let found = state.objects.iter().filter(|(_, (_, attributes))| has(attributes));
        let found = found.map(|(at, (name, attributes))| Self::object(*at, name, attributes));
        Ok(found.take(limit as usize).collect())
    }

    fn implied(&self, name: &ObjectName) -> Attributes {
        implied(name).into_iter().map(|(attribute, values)| (attribute.into(), values)).collect()
    }

    fn components(&self, name: &ObjectName) -> Result<u32, ConnectorError> {
        if name.as_str().split(',').all(|component| component.contains('=')) {
            Ok(u32::try_from(name.as_str().split(',').count()).unwrap())
        } else {
            Err(ConnectorError::configuration("name", "expected components such as CN=x"))
        }
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

#[async_trait]
impl Export for Directory {
    async fn apply(&self, operations: &[Operation]) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for operation in operations {
            outcomes.push(self.write(operation));
            self.0.arrived.add_permits(1);
            self.0.answers.acquire().await.unwrap().forget();
        }
        outcomes
    }
}

#[async_trait]
impl SetPassword for Directory {
    async fn set_password(&self, key: &Key, password: &Secret) -> Outcome {
        let mut state = self.state();
        match state.find(key) {
            Some(at) => {
                state.passwords.insert(at, password.expose_text().unwrap().to_owned());
                Outcome::Done(Done::default())
            }
            None => Outcome::Refused(Refusal::new(Some(32), RefusalClass::Permanent, "noSuchObject")),
        }
    }
}
