#![cfg(test)]
//! Crash points of `Engine`: the store dies at the n-th commit, before or after it was written, for every n; then a new
//! engine finishes, and the end must be that of an uninterrupted run (C02 to C07, C11 to C22, C25).

mod common;

use std::sync::Arc;

use common::{Bench, Death, Fault, Lines, MortalStore, System, cycle_options, mapping, name, person, texts, user};
use provost_engine::{ApplyError, Engine, RunOutcome, RunProfile};
use provost_model::{Anchor, ChangeSet, Secret, Value, ValueChange};
use provost_store::{InstanceName, LedgerState, StateStore};

/// More commits than any script here makes.
const ENOUGH: usize = 500;

/// The script of a client, one request a step.
const STEPS: usize = 7;

async fn step(engine: &Engine, number: usize) -> Result<(), ApplyError> {
    let set = |attribute: &str, values: &[&str]| {
        let mut changes = ChangeSet::new();
        changes.push(attribute, ValueChange::Replace(texts(values)));
        changes
    };
    match number {
        0 => engine.create(person("ann", "Ann"), Some(Secret::from("secret-1"))).await.map(drop),
        1 => engine.create(person("bob", "Bob"), None).await.map(drop),
        2 => engine.modify(&at(engine, "ann").await?, set("cn", &["Ann Lee"]), None).await.map(drop),
        3 => {
            let anchor = match at(engine, "bob").await {
                Err(ApplyError::NotFound) => at(engine, "rob").await?,
                found => found?,
            };
            let mut changes = set("sn", &["Jones"]);
            changes.name = Some(name("CN=rob,DC=lab"));
            engine.modify(&anchor, changes, None).await.map(drop)
        }
        4 => engine.set_active(&at(engine, "ann").await?, false).await.map(drop),
        5 => engine.remove(&at(engine, "rob").await?).await,
        _ => engine.create(person("eve", "Eve"), Some(Secret::from("secret-2"))).await.map(drop),
    }
}

async fn at(engine: &Engine, who: &str) -> Result<Anchor, ApplyError> {
    let entry = engine.get_by_name(&name(&format!("CN={who},DC=lab"))).await?;
    entry.and_then(|entry| entry.anchor).ok_or(ApplyError::NotFound)
}

/// Runs the script on a store that may die. Returns the step at which it stopped.
async fn run_script(bench: &Bench, store: Arc<dyn StateStore>) -> Option<usize> {
    let Ok(engine) = bench.engine_on(store).await else { return Some(0) };
    for number in 0..STEPS {
        if step(&engine, number).await.is_err() {
            return Some(number);
        }
    }
    None
}

/// What matters in the end: the system, what the engine knows, what was sent but for passwords, and the ledger at rest.
async fn end(bench: &Bench, engine: &Engine) -> (Vec<String>, Vec<String>, Vec<String>, Vec<String>) {
    let people = InstanceName::new("people");
    let mut sent: Vec<_> =
        bench.system.state().log.iter().filter(|line| !line.starts_with("password")).cloned().collect();
    sent.sort();
    let mut left = Vec::new();
    for state in LedgerState::ALL.into_iter().filter(|state| !state.is_terminal()) {
        for row in bench.store.rows(&people, state, None, 100).await.unwrap() {
            left.push(format!("{state} {:?}", row.kind));
        }
    }
    for entry in bench.store.entries(&people, None, 1_000).await.unwrap() {
        for row in bench.store.rows_of(&people, entry.id).await.unwrap() {
            if bench.store.sealed(&people, row.id).await.unwrap().is_some() {
                left.push(format!("sealed {:?}", row.state()));
            }
        }
    }
    (bench.system.dump(), bench.knowledge(engine).await, sent, left)
}

#[tokio::test]
async fn direct_requests_survive_a_death_at_any_commit() {
    for (with_image, with_add) in [(true, false), (false, false), (true, true)] {
        let prepare = || {
            let bench = Bench::new();
            bench.system.state().with_image = with_image;
            bench.system.state().password_with_add = with_add;
            bench
        };
        let bench = prepare();
        assert_eq!(run_script(&bench, bench.store.clone()).await, None);
        let expected = end(&bench, &bench.engine().await).await;
        assert!(expected.3.is_empty(), "{:?}", expected.3);

        for death in [Death::Before, Death::After] {
            for commit in 0..ENOUGH {
                let bench = prepare();
                let store = MortalStore::new(&bench.store, commit, death);
                let Some(stopped) = run_script(&bench, store.clone()).await else { break };
                assert!(commit + 1 < ENOUGH && store.is_dead());
                let engine = bench.engine().await;
                for number in stopped..STEPS {
                    match step(&engine, number).await {
                        Ok(()) => {}
                        Err(ApplyError::AlreadyExists { .. } | ApplyError::NotFound) if number == stopped => {}
                        Err(error) => panic!("{death:?} at {commit}, step {number}: {error}"),
                    }
                }
                assert_eq!(end(&bench, &engine).await, expected, "{death:?} at {commit}");
            }
        }
    }
}

#[tokio::test]
async fn direct_requests_survive_a_lost_answer_and_a_death_together() {
    let bench = Bench::new();
    assert_eq!(run_script(&bench, bench.store.clone()).await, None);
    let expected = end(&bench, &bench.engine().await).await;
    let writes = bench.system.state().log.len();
    for fault in [Fault::LoseAnswer, Fault::LoseRequest] {
        for write in 0..writes {
            for commit in 0..ENOUGH {
                let bench = Bench::new();
                bench.system.fault((0..write).map(|_| Fault::None).chain([fault.clone()]));
                let store = MortalStore::new(&bench.store, commit, Death::Before);
                let Some(stopped) = run_script(&bench, store).await else { break };
                let engine = bench.engine().await;
                for number in stopped..STEPS {
                    let result = step(&engine, number).await;
                    assert!(
                        result.is_ok() || number == stopped,
                        "{fault:?} of {write}, death at {commit}, step {number}: {result:?}"
                    );
                }
                let (system, knowledge, sent, left) = end(&bench, &engine).await;
                assert_eq!(
                    (&system, &knowledge, &left),
                    (&expected.0, &expected.1, &expected.3),
                    "{fault:?} of {write}, death at {commit}"
                );
                if fault == Fault::LoseAnswer {
                    assert_eq!(sent, expected.2, "{fault:?} of {write}, death at {commit}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_request_that_was_dropped_is_looked_at_before_the_next() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    bench.system.state().hold_answers = true;
    tokio::select! {
        biased;
        result = engine.create(person("ann", "Ann"), None) => panic!("{result:?}"),
        () = tokio::task::yield_now() => {}
    }
    bench.system.state().hold_answers = false;
    let again = engine.create(person("ann", "Ann"), None).await;
    assert!(matches!(again, Err(ApplyError::AlreadyExists { entry: Some(_), .. })), "{again:?}");
    assert_eq!(bench.system.state().log, ["add CN=ann,DC=lab"]);
    step(&engine, 2).await.unwrap();
}

fn source() -> System {
    let source = System::new("id");
    for (id, who) in [("1", "ann"), ("2", "bob"), ("3", "carl")] {
        user(&source, id, &format!("{who}@contoso.com"), who);
    }
    source
}

/// Two cycles with changes of the source between them.
async fn run_cycles(bench: &Bench, store: Arc<dyn StateStore>) -> (System, bool) {
    let source = source();
    let (mapping, options) = (mapping(), cycle_options());
    let run = async {
        let engine = bench.engine_on(store).await?;
        engine.provision(&source, &mapping, &options, &mut Lines::default()).await?;
        edit(&source);
        engine.provision(&source, &mapping, &options, &mut Lines::default()).await
    };
    let whole = run.await.is_ok();
    (source, whole)
}

fn edit(source: &System) {
    source.set("1", "displayName", texts(&["Ann Lee"]));
    source.set("2", "accountEnabled", vec![Value::Boolean(false)]);
    source.state().objects.remove("3");
    source.state().removed = vec!["3".to_owned()];
    user(source, "4", "dora@contoso.com", "Dora");
}

#[tokio::test]
async fn cycles_survive_a_death_at_any_commit() {
    let bench = Bench::new();
    assert!(run_cycles(&bench, bench.store.clone()).await.1);
    let expected = end(&bench, &bench.engine().await).await;
    assert!(expected.3.is_empty(), "{:?}", expected.3);
    for death in [Death::Before, Death::After] {
        for commit in 0..ENOUGH {
            let bench = Bench::new();
            let (source, whole) = run_cycles(&bench, MortalStore::new(&bench.store, commit, death)).await;
            if whole {
                break;
            }
            assert!(commit + 1 < ENOUGH);
            let engine = bench.engine().await;
            let first = engine.history(1).await.unwrap();
            assert!(first.iter().all(|run| run.ended.is_some()), "{death:?} at {commit}");
            let options = cycle_options();
            if source.state().removed.is_empty() {
                // The first cycle died: the client runs it again before the source changes.
                engine.provision(&source, &mapping(), &options, &mut Lines::default()).await.unwrap();
                edit(&source);
            }
            let report = engine.provision(&source, &mapping(), &options, &mut Lines::default()).await.unwrap();
            assert_eq!(report.run.outcome, Some(RunOutcome::Succeeded), "{death:?} at {commit}: {report:?}");
            assert_eq!(end(&bench, &engine).await, expected, "{death:?} at {commit}");

            let writes = bench.system.writes();
            engine.provision(&source, &mapping(), &options, &mut Lines::default()).await.unwrap();
            assert_eq!(bench.system.writes(), writes, "{death:?} at {commit}");
        }
    }
}

#[tokio::test]
async fn a_threshold_holds_across_a_death_at_any_commit() {
    for death in [Death::Before, Death::After] {
        for commit in 0..ENOUGH {
            let bench = Bench::new();
            let source = System::new("id");
            for number in 0..8 {
                user(&source, &number.to_string(), &format!("u{number}@contoso.com"), "U");
            }
            let engine = bench.engine().await;
            engine.provision(&source, &mapping(), &cycle_options(), &mut Lines::default()).await.unwrap();
            drop(engine);
            source.state().objects.clear();
            source.state().removed = (0..8).map(|number| number.to_string()).collect();

            let store = MortalStore::new(&bench.store, commit, death);
            if let Ok(engine) = bench.engine_on(store.clone()).await {
                let _ = engine.provision(&source, &mapping(), &cycle_options(), &mut Lines::default()).await;
            }
            let died = store.is_dead();
            let engine = bench.engine().await;
            engine.run(&RunProfile::export()).await.unwrap();
            let report = engine.provision(&source, &mapping(), &cycle_options(), &mut Lines::default()).await.unwrap();
            assert_eq!(report.run.outcome, Some(RunOutcome::Aborted), "{death:?} at {commit}");
            assert_eq!(bench.system.state().objects.len(), 8, "{death:?} at {commit}");
            if !died {
                break;
            }
        }
    }
}

#[tokio::test]
async fn imports_survive_a_death_at_any_commit() {
    let prepare = || {
        let mut bench = Bench::new();
        bench.options.import_batch = 2;
        for number in 0..7 {
            bench.system.put(&format!("x{number}"), person(&format!("u{number}"), "U"));
        }
        bench
    };
    let script = async |bench: &Bench, store: Arc<dyn StateStore>| {
        let engine = bench.engine_on(store).await?;
        engine.run(&RunProfile::full_import()).await?;
        bench.system.state().objects.remove("x3");
        bench.system.set("x1", "sn", texts(&["New"]));
        engine.run(&RunProfile::full_import()).await?;
        engine.run(&RunProfile::full_import()).await
    };
    let bench = prepare();
    script(&bench, bench.store.clone()).await.unwrap();
    let engine = bench.engine().await;
    engine.run(&RunProfile::full_import()).await.unwrap();
    let expected = bench.knowledge(&engine).await;
    assert_eq!(expected.len(), 6);
    for death in [Death::Before, Death::After] {
        for commit in 0..ENOUGH {
            let bench = prepare();
            let whole = script(&bench, MortalStore::new(&bench.store, commit, death)).await.is_ok();
            let engine = bench.engine().await;
            if bench.system.state().objects.contains_key("x3") {
                bench.system.state().objects.remove("x3");
                bench.system.set("x1", "sn", texts(&["New"]));
            }
            for _ in 0..2 {
                engine.run(&RunProfile::full_import()).await.unwrap();
            }
            assert_eq!(bench.knowledge(&engine).await, expected, "{death:?} at {commit}");
            if whole {
                break;
            }
        }
    }
}
