//! A system in memory that can lose requests and answers, a store that can die at any commit, and what tests share.
#![allow(dead_code, unreachable_pub, unused_imports, reason = "each test file uses its part")]

mod store;
mod system;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use provost_connector::{Clock, Config, Entropy, EntropyError, Env};
use provost_engine::{CycleEvent, CycleOptions, Deprovisioning, DisableFlow, Engine, EngineOptions, RunError};
use provost_mapping::{FlowDefinition, Mapping, MappingDefinition};
use provost_model::{Attributes, ConnectorObject, ObjectName, Secret, Timestamp, Value};
use provost_store::{MemoryStore, StateStore};

pub use self::store::{Death, MortalStore};
pub use self::system::{Fault, System};

/// A clock that goes on by a millisecond each time it is asked.
#[derive(Debug, Default)]
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn advance(&self, duration: Duration) {
        self.0.fetch_add(i64::try_from(duration.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(1_700_000_000_000 + self.0.fetch_add(1, Ordering::Relaxed))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.load(Ordering::Relaxed)).unwrap())
    }
}

/// Octets that are never the same twice.
#[derive(Debug, Default)]
pub struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        let mut state = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        for octet in octets {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *octet = (state >> 24) as u8;
        }
        Ok(())
    }
}

/// A connected system, a store, and what an engine is opened with on them.
#[derive(Clone)]
pub struct Bench {
    pub system: System,
    pub store: Arc<MemoryStore>,
    pub clock: Arc<TestClock>,
    pub entropy: Arc<Counting>,
    pub options: EngineOptions,
}

impl Bench {
    pub fn new() -> Self {
        let mut options = EngineOptions::new("people", Secret::new(vec![7; 32]));
        options.deprovisioning = Deprovisioning {
            disable: DisableFlow::set("shadowExpire", [Value::from("1")], []),
            ..Deprovisioning::default()
        };
        Self {
            system: System::new("entryUUID"),
            store: Arc::default(),
            clock: Arc::default(),
            entropy: Arc::default(),
            options,
        }
    }

    pub fn env(&self) -> Env {
        Env::new(Arc::clone(&self.clock) as Arc<dyn Clock>, Arc::clone(&self.entropy) as Arc<dyn Entropy>)
    }

    pub async fn engine(&self) -> Engine {
        self.engine_on(Arc::clone(&self.store) as Arc<dyn StateStore>).await.unwrap()
    }

    pub async fn engine_on(&self, store: Arc<dyn StateStore>) -> Result<Engine, RunError> {
        let connector = Arc::new(self.system.clone());
        Engine::open(self.options.clone(), connector, Config::new("people"), store, self.env()).await
    }

    /// What the engine knows: name, presence, health, attributes; and that no row is left undone.
    pub async fn knowledge(&self, engine: &Engine) -> Vec<String> {
        let mut lines: Vec<_> = engine
            .list(None, 10_000)
            .await
            .unwrap()
            .into_iter()
            .map(|entry| {
                let attributes: Vec<_> = entry
                    .object
                    .attributes()
                    .iter()
                    .map(|(name, values)| {
                        let mut values: Vec<_> = values.iter().map(ToString::to_string).collect();
                        values.sort();
                        format!("{name}={values:?}")
                    })
                    .collect();
                format!("{} {:?} {:?} {}", entry.name.unwrap(), entry.presence, entry.health, attributes.join(" "))
            })
            .collect();
        lines.sort();
        lines
    }
}

pub fn name(text: &str) -> ObjectName {
    ObjectName::new(text)
}

pub fn texts(values: &[&str]) -> Vec<Value> {
    values.iter().map(|value| Value::from(*value)).collect()
}

pub fn attributes(pairs: &[(&str, &[&str])]) -> Attributes {
    pairs.iter().map(|(name, values)| ((*name).into(), texts(values))).collect()
}

/// A person that is to be made.
pub fn person(user: &str, display: &str) -> ConnectorObject {
    let attributes = attributes(&[("cn", &[display]), ("sn", &["Simon"]), ("mail", &[&format!("{user}@contoso.com")])]);
    ConnectorObject::new("person", attributes).with_name(name(&format!("CN={user},DC=lab")))
}

/// A user of the source, as Microsoft Graph has them.
pub fn user(system: &System, id: &str, principal: &str, display: &str) {
    let mut attributes =
        attributes(&[("userPrincipalName", &[principal]), ("displayName", &[display]), ("surname", &["Simon"])]);
    attributes.set("accountEnabled", [Value::Boolean(true)]);
    system.put(id, ConnectorObject::new("user", attributes));
}

/// The seed's mapping, in short.
pub fn mapping() -> Mapping {
    Mapping::compile(&MappingDefinition::new(vec![
        FlowDefinition::expression("-dn-", r#"Join("", "CN=", Word([userPrincipalName], 1, "@"), ",DC=lab")"#)
            .at_creation(),
        FlowDefinition::direct("cn", "displayName"),
        FlowDefinition::direct("sn", "surname"),
        FlowDefinition::direct("mail", "userPrincipalName").matching(1.try_into().unwrap()),
        FlowDefinition::expression("userPassword", "Redact(RandomString(16, 2, 2, 2, 2))").at_creation(),
    ]))
    .unwrap()
}

pub fn cycle_options() -> CycleOptions {
    CycleOptions::new("cloud")
}

/// Collects a cycle's object events as lines.
#[derive(Default)]
pub struct Lines(pub Vec<String>);

impl provost_engine::Events for Lines {
    fn event(&mut self, event: &CycleEvent) {
        match event {
            CycleEvent::Object(object) => {
                let source = object.source.as_deref().unwrap_or("-");
                let mut line = format!("{source}: {} {}", object.action, object.status);
                if let Some(code) = &object.code {
                    line.push_str(&format!(" ({code})"));
                }
                for change in &object.changes {
                    line.push_str(&format!("\n  {change}"));
                }
                self.0.push(line);
            }
            CycleEvent::GuardTripped(trip) => self.0.push(format!("threshold: {trip}")),
            _ => {}
        }
    }
}

impl Lines {
    pub fn text(&self) -> String {
        self.0.iter().map(|line| format!("{line}\n")).collect()
    }
}
