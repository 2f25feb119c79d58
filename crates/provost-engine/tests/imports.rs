#![cfg(test)]
//! Full imports: what they learn, and what they prove (sections 6 and 7 of the engine's requirements).

mod common;

use common::{Bench, Death, MortalStore, person, texts};
use expect_test::expect;
use provost_connector::{Completeness, PageEntry};
use provost_engine::{AbsenceProofPolicy, DeleteFlow, Engine, ImportCounters, RunOutcome, RunProfile, RunReport};
use provost_model::{Anchor, AnchorKind};
use provost_store::{EntryId, GenerationState, InstanceName, Presence, StateStore};

fn bench(people: usize) -> Bench {
    let bench = Bench::new();
    for number in 0..people {
        bench.system.put(&format!("x{number}"), person(&format!("u{number}"), "U"));
    }
    bench
}

async fn import(engine: &Engine) -> RunReport {
    let report = engine.run(&RunProfile::full_import()).await.unwrap();
    let ImportCounters { entries_read, added, updated, renamed_only, unchanged, in_flight, unreadable, .. } =
        report.import;
    // E-1701.
    assert_eq!(entries_read, added + updated + renamed_only + unchanged + in_flight + unreadable);
    report
}

/// The presence of the object with this anchor; `None` when the connector space has no entry for it.
async fn presence(bench: &Bench, anchor: &str) -> Option<(EntryId, Presence)> {
    let anchor = Anchor::new(AnchorKind::new("entryUUID"), anchor);
    let entry = bench.store.entry_by_anchor(&InstanceName::new("people"), &anchor).await.unwrap();
    entry.map(|entry| (entry.id, entry.presence))
}

async fn generation(bench: &Bench) -> (u64, GenerationState) {
    let generation = bench.store.generation(&InstanceName::new("people")).await.unwrap().unwrap();
    (generation.number, generation.state)
}

#[tokio::test]
async fn an_import_counts_what_is_new_changed_renamed_and_unchanged() {
    let mut bench = bench(8);
    bench.options.import_batch = 2;
    let engine = bench.engine().await;
    let report = import(&engine).await;
    assert_eq!((report.import.added, report.import.pages, report.complete), (8, 4, Some(true)));
    bench.system.set("x1", "sn", texts(&["New"]));
    let renamed = person("u2", "U").with_name(common::name("CN=other,DC=lab"));
    bench.system.put("x2", renamed);
    bench.system.put("x9", person("u9", "U"));
    let report = import(&engine).await;
    let counters = report.import;
    assert_eq!((counters.added, counters.updated, counters.renamed_only, counters.unchanged), (1, 1, 1, 6));
    assert_eq!(report.generation, Some(2));
    assert_eq!(report.outcome, Some(RunOutcome::Succeeded));
    assert_eq!(bench.system.writes(), 0);
}

#[tokio::test]
async fn two_complete_imports_prove_absence() {
    let bench = bench(8);
    let engine = bench.engine().await;
    import(&engine).await;
    bench.system.state().objects.remove("x3");
    let report = import(&engine).await;
    assert_eq!((report.import.unseen, report.import.gone), (1, 0));
    let (first, state) = presence(&bench, "x3").await.unwrap();
    assert_eq!(state, Presence::Unseen { generations: 1, last: 2 });
    // It comes back: the count begins anew.
    bench.system.put("x3", person("u3", "U"));
    import(&engine).await;
    assert_eq!(presence(&bench, "x3").await, Some((first, Presence::Present)));
    bench.system.state().objects.remove("x3");
    import(&engine).await;
    let report = import(&engine).await;
    assert_eq!((report.import.unseen, report.import.gone), (0, 1));
    assert_eq!(presence(&bench, "x3").await, None);
}

#[tokio::test]
async fn what_is_known_of_a_removed_object_goes_with_the_next_import() {
    let mut bench = bench(8);
    bench.options.deprovisioning.delete = DeleteFlow::Delete;
    let engine = bench.engine().await;
    import(&engine).await;
    let (id, _) = presence(&bench, "x3").await.unwrap();
    let people = InstanceName::new("people");
    let held = async || {
        let entry = bench.store.entry(&people, id).await.unwrap();
        (entry.map(|entry| entry.presence), bench.store.rows_of(&people, id).await.unwrap().len())
    };
    engine.remove(&Anchor::new(AnchorKind::new("entryUUID"), "x3")).await.unwrap();
    assert_eq!(held().await, (Some(Presence::Gone), 1));
    let report = import(&engine).await;
    assert_eq!((report.import.unseen, report.import.gone), (0, 0));
    assert_eq!(held().await, (None, 0));
}

#[tokio::test]
async fn other_policies_of_absence() {
    for policy in [AbsenceProofPolicy::Single, AbsenceProofPolicy::Probe] {
        let mut bench = bench(8);
        bench.options.absence_proof = policy;
        let engine = bench.engine().await;
        import(&engine).await;
        bench.system.state().objects.remove("x3");
        assert_eq!(import(&engine).await.import.gone, 1);
        assert_eq!(presence(&bench, "x3").await, None);
    }
    // An import that leaves something out, which a read finds.
    let mut bench = bench(8);
    bench.options.absence_proof = AbsenceProofPolicy::Probe;
    let engine = bench.engine().await;
    import(&engine).await;
    bench.system.state().left_out = Some("x3".to_owned());
    assert_eq!(import(&engine).await.import.gone, 0);
    assert_eq!(presence(&bench, "x3").await.unwrap().1, Presence::Present);
}

#[tokio::test]
async fn an_import_that_may_have_missed_something_proves_nothing() {
    type Spoil = fn(&Bench);
    let spoilers: [(&str, Spoil); 6] = [
        ("the import ended without a proof", |bench| bench.system.state().proof = Some(None)),
        ("the size limit was reached", |bench| {
            bench.system.state().proof = Some(Some(Completeness::incomplete("the size limit was reached")));
        }),
        ("2 referrals were not followed", |bench| {
            let mut proof = Completeness::complete(1, 6);
            proof.referrals = 2;
            bench.system.state().proof = Some(Some(proof));
        }),
        ("the canary could not be read at the start", |bench| bench.system.state().forbidden = true),
        ("an object that could not be understood has no name", |bench| {
            let odd = PageEntry::Unreadable { name: None, reason: "odd".to_owned() };
            bench.system.state().extra.push(odd);
        }),
        ("5 objects were read, the last time it were 8", |bench| {
            for gone in ["x3", "x4", "x5"] {
                bench.system.state().objects.remove(gone);
            }
        }),
    ];
    for (reason, spoil) in spoilers {
        let mut bench = bench(8);
        bench.options.absence_proof = AbsenceProofPolicy::Single;
        let engine = bench.engine().await;
        import(&engine).await;
        bench.system.state().objects.remove("x3");
        spoil(&bench);
        let report = import(&engine).await;
        assert_eq!(report.failed_conditions.first().map(String::as_str), Some(reason));
        assert_eq!((report.complete, report.outcome), (Some(false), Some(RunOutcome::CompletedWithErrors)));
        assert_eq!(presence(&bench, "x3").await.unwrap().1, Presence::Present, "{reason}");
        // The next good one is measured against the last complete one.
        bench.system.state().proof = None;
        bench.system.state().forbidden = false;
        bench.system.state().extra.clear();
        for back in ["x4", "x5"] {
            bench.system.put(back, person(back.replace('x', "u").as_str(), "U"));
        }
        assert_eq!(import(&engine).await.import.gone, 1, "{reason}");
    }
}

#[tokio::test]
async fn an_import_that_breaks_keeps_what_it_learnt() {
    let bench = bench(8);
    let engine = bench.engine().await;
    import(&engine).await;
    bench.system.set("x0", "sn", texts(&["New"]));
    bench.system.state().break_at_page = Some(1);
    let error = engine.run(&RunProfile::full_import()).await.unwrap_err();
    assert!(error.is_retryable());
    let report = engine.history(1).await.unwrap().remove(0);
    assert_eq!((report.outcome, report.complete, report.import.updated), (Some(RunOutcome::Failed), Some(false), 1));
    assert_eq!(generation(&bench).await, (2, GenerationState::Incomplete));
    assert_eq!(presence(&bench, "x7").await.unwrap().1, Presence::Present);
}

#[tokio::test]
async fn an_unreadable_object_counts_as_present() {
    let mut bench = bench(8);
    bench.options.absence_proof = AbsenceProofPolicy::Single;
    let engine = bench.engine().await;
    import(&engine).await;
    let object = bench.system.state().objects.remove("x3").unwrap();
    let name = object.name().cloned();
    let unreadable = PageEntry::Unreadable { name, reason: "a value is cut off".to_owned() };
    bench.system.state().extra.push(unreadable);
    let report = import(&engine).await;
    assert_eq!((report.import.unreadable, report.import.gone), (1, 0));
    assert_eq!(presence(&bench, "x3").await.unwrap().1, Presence::Unreadable);
    bench.system.state().extra.clear();
    bench.system.put("x3", object);
    import(&engine).await;
    assert_eq!(presence(&bench, "x3").await.unwrap().1, Presence::Present);
}

#[tokio::test]
async fn clashes_are_errors_and_never_last_one_wins() {
    // E-304: two anchors for one name, and one anchor twice.
    for batch in [1, 500] {
        let mut bench = bench(8);
        bench.options.import_batch = batch;
        bench.system.put("y3", person("u3", "Other"));
        let anchor = Anchor::new(AnchorKind::new("entryUUID"), *b"x1");
        let twin = |surname: &str| {
            let mut object = person("u1", "U").with_anchor(anchor.clone());
            object.attributes_mut().set("sn", texts(&[surname]));
            PageEntry::Present(object)
        };
        bench.system.state().extra.extend([twin("Simon"), twin("Another")]);
        let engine = bench.engine().await;
        let report = import(&engine).await;
        assert_eq!((report.error_count, report.import.duplicates_removed), (2, 2), "batch {batch}");
        for clash in ["x1", "x3", "y3"] {
            assert_eq!(presence(&bench, clash).await.unwrap().1, Presence::Unreadable, "{clash}, batch {batch}");
        }
    }
}

#[tokio::test]
async fn absences_are_judged_once_for_each_import_also_after_a_death() {
    // C07: the generation is closed, and its absences are judged again after the restart.
    let mut commit = 0;
    loop {
        let bench = bench(8);
        let engine = bench.engine().await;
        import(&engine).await;
        drop(engine);
        bench.system.state().objects.remove("x3");
        let (first, _) = presence(&bench, "x3").await.unwrap();
        let store = MortalStore::new(&bench.store, commit, Death::After);
        let whole = match bench.engine_on(store).await {
            Ok(engine) => engine.run(&RunProfile::full_import()).await.is_ok(),
            Err(_) => false,
        };
        bench.system.put("x3", person("u3", "U"));
        let engine = bench.engine().await;
        import(&engine).await;
        assert_eq!(presence(&bench, "x3").await, Some((first, Presence::Present)), "death at {commit}");
        if whole {
            break;
        }
        commit += 1;
    }
    assert!(commit > 5);
}

#[tokio::test]
async fn what_is_written_during_an_import_is_not_undone_by_older_pages() {
    let bench = bench(8);
    let engine = bench.engine().await;
    import(&engine).await;
    let anchor = |id: &str| Anchor::new(AnchorKind::new("entryUUID"), id);
    bench.system.state().pause_pages = true;
    let mut changes = provost_model::ChangeSet::new();
    changes.push("sn", provost_model::ValueChange::Replace(texts(&["New"])));
    let requests = async {
        engine.modify(&anchor("x0"), changes, None).await.unwrap();
        engine.remove(&anchor("x1")).await.unwrap();
        engine.create(person("fresh", "Fresh"), None).await.unwrap();
        bench.system.state().pause_pages = false;
    };
    // The pages are made when the import starts, and are given out once the requests are done.
    let (report, ()) = tokio::join!(import(&engine), requests);
    assert_eq!((report.import.in_flight, report.import.unseen), (2, 0));
    let expected = expect![[r#"
        [
            "CN=fresh,DC=lab",
            "CN=u0,DC=lab",
            "CN=u2,DC=lab",
            "CN=u3,DC=lab",
            "CN=u4,DC=lab",
            "CN=u5,DC=lab",
            "CN=u6,DC=lab",
            "CN=u7,DC=lab",
        ]
    "#]];
    let entries = engine.list(None, 100).await.unwrap();
    let mut names: Vec<_> = entries.iter().map(|entry| entry.name.clone().unwrap().as_str().to_owned()).collect();
    names.sort();
    expected.assert_debug_eq(&names);
    let changed = engine.get(&anchor("x0")).await.unwrap().unwrap();
    assert_eq!(changed.object.attributes().values("sn"), texts(&["New"]));
}

#[tokio::test]
async fn a_run_at_a_time_and_a_stop_on_request() {
    let bench = bench(8);
    let engine = bench.engine().await;
    bench.system.state().pause_pages = true;
    let second = async {
        let error = engine.run(&RunProfile::full_import()).await.unwrap_err();
        assert_eq!(error.to_string(), "the run is not possible: another run of this instance is going on");
        bench.system.state().pause_pages = false;
    };
    tokio::join!(import(&engine), second);

    let cancellation = provost_connector::Cancellation::new();
    cancellation.cancel();
    drop(engine);
    let connector = std::sync::Arc::new(bench.system.clone());
    let config = provost_connector::Config::new("people");
    let env = bench.env().with_cancellation(cancellation);
    let engine = Engine::open(bench.options.clone(), connector, config, bench.store.clone(), env).await.unwrap();
    assert!(engine.run(&RunProfile::full_import()).await.is_err());
    assert_eq!(engine.history(1).await.unwrap()[0].outcome, Some(RunOutcome::Stopped));
}
