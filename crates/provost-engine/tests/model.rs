#![cfg(test)]
//! Random edits of the source and of the system, lost answers, and deaths, against a plain model: what is at rest is what
//! the source says (section 24, K-132).

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use common::{Bench, Death, Fault, Lines, MortalStore, System, cycle_options, mapping, texts, user};
use proptest::prelude::*;
use provost_engine::{CycleOptions, Engine};
use provost_model::Value;
use provost_store::StateStore;

/// Users there are.
const USERS: usize = 5;

#[derive(Clone, Debug)]
enum Step {
    /// The source gets a user, or the user back.
    Hire(usize),
    Rename(usize, u8),
    Enable(usize, bool),
    /// The source says that a user was removed.
    Fire(usize),
    /// Somebody changes the surname in the system.
    Tamper(usize),
    /// Somebody removes the object from the system.
    Destroy(usize),
    Cycle(Vec<u8>, Option<(usize, bool)>),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..USERS).prop_map(Step::Hire),
        3 => (0..USERS, 0_u8..3).prop_map(|(who, name)| Step::Rename(who, name)),
        2 => (0..USERS, any::<bool>()).prop_map(|(who, on)| Step::Enable(who, on)),
        1 => (0..USERS).prop_map(Step::Fire),
        1 => (0..USERS).prop_map(Step::Tamper),
        1 => (0..USERS).prop_map(Step::Destroy),
        4 => (
            proptest::collection::vec(0_u8..4, 0..6),
            proptest::option::weighted(0.5, (0_usize..40, any::<bool>()))
        )
            .prop_map(|(faults, death)| Step::Cycle(faults, death)),
    ]
}

/// What the source says of a user.
#[derive(Clone, Debug, PartialEq)]
struct Person {
    display: String,
    enabled: bool,
}

struct World {
    bench: Bench,
    source: System,
    people: BTreeMap<usize, Person>,
    /// Users that the source removed for good.
    fired: Vec<usize>,
    /// Users whose object somebody changed. Whether it was made by us cannot be told then, so it may get no password.
    tampered: Vec<usize>,
}

impl World {
    fn new() -> Self {
        let mut bench = Bench::new();
        // With so few objects one that is missing would be below the floor.
        bench.options.import_floor_percent = 0;
        let world =
            Self { bench, source: System::new("id"), people: BTreeMap::new(), fired: Vec::new(), tampered: Vec::new() };
        // Somebody who is none of ours is never touched.
        world.bench.system.put("stranger", common::person("stranger", "Stranger"));
        world
    }

    fn options() -> CycleOptions {
        let mut options = cycle_options();
        (options.thresholds.deletes, options.thresholds.updates) = (None, None);
        options
    }

    /// The object of a user in the system, by its mail address.
    fn object_of(&self, who: usize) -> Option<String> {
        let mail = format!("u{who}@contoso.com");
        let state = self.bench.system.state();
        let mut hits =
            state.objects.iter().filter(|(_, object)| object.attributes().text("mail") == Some(mail.as_str()));
        let hit = hits.next().map(|(anchor, _)| anchor.clone());
        assert!(hits.next().is_none(), "user {who} is there twice");
        hit
    }

    async fn apply(&mut self, step: &Step) {
        match step {
            Step::Hire(who) => {
                if !self.fired.contains(who) && !self.people.contains_key(who) {
                    user(&self.source, &who.to_string(), &format!("u{who}@contoso.com"), "New");
                    self.people.insert(*who, Person { display: "New".to_owned(), enabled: true });
                }
            }
            Step::Rename(who, name) => {
                if let Some(person) = self.people.get_mut(who) {
                    person.display = format!("Name {name}");
                    self.source.set(&who.to_string(), "displayName", texts(&[&person.display]));
                }
            }
            Step::Enable(who, on) => {
                if let Some(person) = self.people.get_mut(who) {
                    person.enabled = *on;
                    self.source.set(&who.to_string(), "accountEnabled", vec![Value::Boolean(*on)]);
                }
            }
            Step::Fire(who) => {
                if self.people.remove(who).is_some() {
                    self.fired.push(*who);
                    self.source.state().objects.remove(&who.to_string());
                    self.source.state().removed.push(who.to_string());
                }
            }
            Step::Tamper(who) => {
                if let Some(anchor) = self.object_of(*who) {
                    self.tampered.push(*who);
                    self.bench.system.set(&anchor, "sn", texts(&["Tampered"]));
                }
            }
            Step::Destroy(who) => {
                if let Some(anchor) = self.object_of(*who) {
                    self.bench.system.state().objects.remove(&anchor);
                }
            }
            Step::Cycle(faults, death) => {
                self.bench.system.fault(faults.iter().map(|fault| match fault {
                    0 => Fault::LoseAnswer,
                    1 => Fault::LoseRequest,
                    _ => Fault::None,
                }));
                let store: Arc<dyn StateStore> = match death {
                    Some((commit, true)) => MortalStore::new(&self.bench.store, *commit, Death::After),
                    Some((commit, false)) => MortalStore::new(&self.bench.store, *commit, Death::Before),
                    None => self.bench.store.clone(),
                };
                // It may fail: the store may have died.
                if let Ok(engine) = self.bench.engine_on(store).await {
                    let _ = self.cycle(&engine).await;
                }
                self.bench.system.fault([]);
            }
        }
    }

    async fn cycle(&self, engine: &Engine) -> Option<provost_engine::CycleReport> {
        let report = engine.provision(&self.source, &mapping(), &Self::options(), &mut Lines::default()).await.ok()?;
        let import = report.run.import;
        assert_eq!(
            import.entries_read,
            import.added
                + import.updated
                + import.renamed_only
                + import.unchanged
                + import.in_flight
                + import.unreadable
        );
        Some(report)
    }

    /// Lets the system come to rest, and compares it with the model.
    async fn settle(&mut self, steps: &[Step]) {
        let engine = self.bench.engine().await;
        for _ in 0..5 {
            self.cycle(&engine).await.unwrap();
        }
        for who in 0..USERS {
            let object = self.object_of(who);
            match self.people.get(&who) {
                Some(person) => {
                    let Some(anchor) = object else {
                        // Somebody who was never made while he was disabled.
                        assert!(!person.enabled, "user {who} is missing after {steps:?}");
                        continue;
                    };
                    let state = self.bench.system.state();
                    let attributes = state.objects[&anchor].attributes();
                    let display = Value::from(person.display.as_str());
                    assert!(attributes.values("cn").contains(&display), "user {who}: {attributes:?} after {steps:?}");
                    assert_eq!(attributes.values("cn").len(), 2, "user {who}: {attributes:?} after {steps:?}");
                    assert_eq!(attributes.text("sn"), Some("Simon"), "user {who} after {steps:?}");
                    assert_eq!(attributes.contains("shadowExpire"), !person.enabled, "user {who} after {steps:?}");
                    let has_password = state.passwords.contains_key(&anchor) || self.tampered.contains(&who);
                    assert!(has_password, "user {who} has no password after {steps:?}");
                }
                None if self.fired.contains(&who) => assert!(object.is_none(), "user {who} is left after {steps:?}"),
                None => assert!(object.is_none()),
            }
        }
        assert!(self.bench.system.state().objects.contains_key("stranger"));
        let writes = self.bench.system.writes();
        self.cycle(&engine).await.unwrap();
        assert_eq!(self.bench.system.writes(), writes, "not at rest after {steps:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_at_rest_is_what_the_source_says(steps in proptest::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new();
            for step in &steps {
                world.apply(step).await;
            }
            world.settle(&steps).await;
        });
    }
}
