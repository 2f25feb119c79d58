#![cfg(test)]
//! Requests of somebody who waits for the answer.

mod common;

use common::{Bench, Fault, attributes, name, person, texts};
use expect_test::expect;
use provost_connector::{MatchQuery, Refusal, RefusalClass};
use provost_engine::{ApplyError, DeleteFlow, DisableFlow, Recovery, RunProfile};
use provost_model::{Anchor, AnchorKind, ChangeSet, Secret, Value, ValueChange};
use provost_store::{Health, InstanceName, LedgerState, StateStore};

fn replace(attribute: &str, values: &[&str]) -> ChangeSet {
    let mut changes = ChangeSet::new();
    changes.push(attribute, ValueChange::Replace(texts(values)));
    changes
}

/// How many rows are in a state.
async fn rows(bench: &Bench, state: LedgerState) -> usize {
    bench.store.rows(&InstanceName::new("people"), state, None, 100).await.unwrap().len()
}

#[tokio::test]
async fn an_object_is_made_with_its_password_and_found_again() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    let made = engine.create(person("bsimon", "B.Simon"), Some(Secret::from("Zq8!pass"))).await.unwrap();
    assert!(made.active);
    assert_eq!(made.object.attributes().values("cn"), texts(&["B.Simon", "bsimon"]));
    let anchor = made.anchor.clone().unwrap();
    assert_eq!(engine.get(&anchor).await.unwrap(), Some(made.clone()));
    assert_eq!(engine.get_by_name(&name("cn=BSIMON,dc=lab")).await.unwrap(), Some(made.clone()));
    assert_eq!(
        engine.find(&MatchQuery::new("mail", "bsimon@contoso.com"), 2).await.unwrap(),
        std::slice::from_ref(&made)
    );
    assert_eq!(engine.find(&MatchQuery::new("PLACEHOLDER", "x"), 2).await.unwrap(), []);
    assert_eq!(engine.list(None, 10).await.unwrap(), [made]);
    expect![[r#"
        [
            "CN=bsimon,DC=lab cn=[\"B.Simon\", \"bsimon\"] mail=[\"bsimon@contoso.com\"] sn=[\"Simon\"] password=Some(8)",
        ]
    "#]]
    .assert_debug_eq(&bench.system.dump());
}

#[tokio::test]
async fn a_password_can_go_with_the_add() {
    let bench = Bench::new();
    bench.system.state().password_with_add = true;
    let engine = bench.engine().await;
    engine.create(person("bsimon", "B.Simon"), Some(Secret::from("Zq8!pass"))).await.unwrap();
    assert_eq!(bench.system.state().log, ["add CN=bsimon,DC=lab"]);
    assert_eq!(bench.system.state().passwords["u1"], b"Zq8!pass");
}

#[tokio::test]
async fn only_differences_are_sent() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    let anchor = engine.create(person("bsimon", "B.Simon"), None).await.unwrap().anchor.unwrap();
    bench.system.state().log.clear();
    engine.modify(&anchor, replace("cn", &["b.simon"]), None).await.unwrap();
    engine.modify(&anchor, replace("cn", &["B.Simon", "bsimon"]), None).await.unwrap();
    assert!(bench.system.state().log.is_empty(), "{:?}", bench.system.state().log);

    let changed = engine.modify(&anchor, replace("cn", &["Britta Simon"]), None).await.unwrap();
    assert_eq!(changed.object.attributes().values("cn"), texts(&["bsimon", "Britta Simon"]));
    engine.modify(&anchor, replace("sn", &["Jones"]), Some(Secret::from("other"))).await.unwrap();
    engine.modify(&anchor, ChangeSet::new(), Some(Secret::from("third"))).await.unwrap();
    engine.modify(&anchor, replace("sn", &[]), None).await.unwrap();
    expect![[r#"
        [
            "modify CN=bsimon,DC=lab cn-[B.Simon] cn+[Britta Simon]",
            "modify CN=bsimon,DC=lab sn=[Jones]",
            "password CN=bsimon,DC=lab",
            "password CN=bsimon,DC=lab",
            "modify CN=bsimon,DC=lab sn=[]",
        ]
    "#]]
    .assert_debug_eq(&bench.system.state().log);
}

#[tokio::test]
async fn a_rename_keeps_the_anchor_and_what_the_name_does_not_imply() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    let anchor = engine.create(person("bsimon", "B.Simon"), None).await.unwrap().anchor.unwrap();
    let mut changes = ChangeSet::new();
    changes.name = Some(name("CN=bjones,DC=lab"));
    let renamed = engine.modify(&anchor, changes.clone(), None).await.unwrap();
    assert_eq!(renamed.anchor, Some(anchor.clone()));
    assert_eq!(renamed.object.attributes().values("cn"), texts(&["B.Simon", "bjones"]));
    let writes = bench.system.writes();
    engine.modify(&anchor, changes.clone(), None).await.unwrap();
    assert_eq!(bench.system.writes(), writes);
    changes.name = Some(name("CN=bjones"));
    assert!(matches!(engine.modify(&anchor, changes, None).await, Err(ApplyError::Refused { .. })));
}

#[tokio::test]
async fn the_disable_flow_sets_an_attribute_and_sets_it_back() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    let anchor = engine.create(person("bsimon", "B.Simon"), None).await.unwrap().anchor.unwrap();
    for active in [false, false, true] {
        let entry = engine.set_active(&anchor, active).await.unwrap().unwrap();
        assert_eq!(entry.active, active);
        assert_eq!(entry.object.attributes().contains("shadowExpire"), !active);
    }
    assert_eq!(bench.system.writes(), 3);
}

#[tokio::test]
async fn the_flows_none_and_delete() {
    let mut bench = Bench::new();
    bench.options.deprovisioning.disable = DisableFlow::None;
    bench.options.deprovisioning.delete = DeleteFlow::None;
    let engine = bench.engine().await;
    let anchor = engine.create(person("bsimon", "B.Simon"), None).await.unwrap().anchor.unwrap();
    assert!(engine.set_active(&anchor, false).await.unwrap().unwrap().active);
    engine.remove(&anchor).await.unwrap();
    assert_eq!(bench.system.writes(), 1);
    assert_eq!(engine.get(&anchor).await.unwrap(), None);
    assert_eq!(engine.list(None, 10).await.unwrap(), []);
    assert!(matches!(engine.remove(&anchor).await, Err(ApplyError::NotFound)));
    engine.close().await.unwrap();

    bench.options.deprovisioning.disable = DisableFlow::Delete;
    let engine = bench.engine().await;
    // Made anew, it is taken up again.
    let again = engine.create(person("bsimon", "Britta"), None).await.unwrap();
    assert_eq!((again.anchor.as_ref(), bench.system.state().objects.len()), (Some(&anchor), 1));
    assert_eq!(again.object.attributes().values("cn"), texts(&["bsimon", "Britta"]));
    assert_eq!(engine.set_active(&anchor, false).await.unwrap(), None);
    assert!(bench.system.state().objects.is_empty());
}

#[tokio::test]
async fn a_delete_flow_that_sets_an_attribute_is_undone_by_making_the_object_anew() {
    let mut bench = Bench::new();
    bench.options.deprovisioning.delete = DeleteFlow::set("shadowExpire", [Value::from("1")], []);
    let engine = bench.engine().await;
    let anchor = engine.create(person("bsimon", "B.Simon"), None).await.unwrap().anchor.unwrap();
    engine.remove(&anchor).await.unwrap();
    assert_eq!(engine.get(&anchor).await.unwrap(), None);
    assert_eq!(bench.system.state().objects["u1"].attributes().values("shadowExpire"), texts(&["1"]));
    let again = engine.create(person("bsimon", "B.Simon"), None).await.unwrap();
    assert!(again.active && !again.object.attributes().contains("shadowExpire"));
}

#[tokio::test]
async fn a_name_that_is_taken_is_never_overwritten() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    bench.system.put("x1", person("bsimon", "Somebody else"));
    let before = bench.system.dump();
    // Not known here: the system says so. Then it is known.
    for reason in ["the system has an object with this name", "it is known here"] {
        let error = engine.create(person("bsimon", "B.Simon"), Some(Secret::from("x"))).await.unwrap_err();
        let ApplyError::AlreadyExists { reason: given, entry, .. } = error else { panic!("{error}") };
        assert_eq!(given, reason);
        assert_eq!(entry.unwrap().object.attributes().values("cn"), texts(&["Somebody else"]));
    }
    assert_eq!(bench.system.dump(), before);
    assert_eq!(rows(&bench, LedgerState::Staged).await, 0);
}

#[tokio::test]
async fn an_object_that_others_removed_can_be_made_anew() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    let old = engine.create(person("bsimon", "B.Simon"), None).await.unwrap();
    bench.system.state().objects.clear();
    let new = engine.create(person("bsimon", "B.Simon"), None).await.unwrap();
    assert_ne!((old.entry_id, old.anchor.clone()), (new.entry_id, new.anchor));
    assert_eq!(engine.get(&old.anchor.unwrap()).await.unwrap(), None);
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_nothing_is_sent_twice() {
    for with_image in [true, false] {
        let bench = Bench::new();
        bench.system.state().with_image = with_image;
        let engine = bench.engine().await;
        bench.system.fault([Fault::LoseAnswer]);
        let made = engine.create(person("bsimon", "B.Simon"), Some(Secret::from("Zq8!pass"))).await.unwrap();
        let anchor = made.anchor.unwrap();
        bench.system.fault([Fault::LoseAnswer]);
        engine.modify(&anchor, replace("cn", &["Britta"]), None).await.unwrap();
        bench.system.fault([Fault::LoseAnswer]);
        engine.remove(&anchor).await.unwrap();
        let log = bench.system.state().log.clone();
        assert_eq!(
            log,
            [
                "add CN=bsimon,DC=lab",
                "password CN=bsimon,DC=lab",
                "modify CN=bsimon,DC=lab cn-[B.Simon] cn+[Britta]",
                "delete CN=bsimon,DC=lab"
            ]
        );
    }
}

#[tokio::test]
async fn a_lost_request_is_sent_again_once_it_is_proven_not_done() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    bench.system.fault([Fault::LoseRequest]);
    let anchor = engine.create(person("bsimon", "B.Simon"), None).await.unwrap().anchor.unwrap();
    bench.system.fault([Fault::LoseRequest]);
    let entry = engine.modify(&anchor, replace("cn", &["Britta"]), None).await.unwrap();
    assert_eq!(entry.object.attributes().values("cn"), texts(&["bsimon", "Britta"]));
    bench.system.fault([Fault::LoseRequest, Fault::LoseRequest]);
    let error = engine.modify(&anchor, replace("sn", &["Jones"]), None).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert_eq!(rows(&bench, LedgerState::Ready).await, 0);
    engine.modify(&anchor, replace("sn", &["Jones"]), None).await.unwrap();
}

#[tokio::test]
async fn a_request_whose_outcome_cannot_be_seen_stays_in_doubt_and_is_recovered() {
    for fault in [Fault::LoseAnswer, Fault::LoseRequest] {
        let bench = Bench::new();
        let engine = bench.engine().await;
        bench.system.fault([fault.clone()]);
        bench.system.state().forbidden = true;
        let error = engine.create(person("bsimon", "B.Simon"), Some(Secret::from("Zq8!pass"))).await.unwrap_err();
        assert!(matches!(error, ApplyError::InDoubt { .. }) && error.is_retryable());
        assert_eq!(rows(&bench, LedgerState::InDoubt).await, 1);
        drop(engine);

        // A program that must not write finds out, and sends nothing.
        bench.system.state().forbidden = false;
        let mut looking = bench.clone();
        looking.options.recovery = Recovery::ProbeOnly;
        drop(looking.engine().await);
        let password_sent = |bench: &Bench| !bench.system.state().passwords.is_empty();
        assert!(!password_sent(&bench));
        assert_eq!(bench.system.state().objects.len(), usize::from(fault == Fault::LoseAnswer));

        let engine = bench.engine().await;
        assert!(password_sent(&bench), "{fault:?}");
        assert_eq!(bench.system.state().objects.len(), 1);
        assert_eq!(engine.list(None, 10).await.unwrap().len(), 1);
        let again = engine.create(person("bsimon", "B.Simon"), Some(Secret::from("Zq8!pass"))).await;
        assert!(matches!(again, Err(ApplyError::AlreadyExists { .. })));
    }
}

#[tokio::test]
async fn a_repeat_settles_what_is_in_doubt_first() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    bench.system.fault([Fault::LoseAnswer]);
    bench.system.state().forbidden = true;
    engine.create(person("bsimon", "B.Simon"), None).await.unwrap_err();
    bench.system.state().forbidden = false;
    let error = engine.create(person("bsimon", "B.Simon"), None).await.unwrap_err();
    assert!(matches!(error, ApplyError::AlreadyExists { entry: Some(_), .. }), "{error}");
    assert_eq!(bench.system.state().log.len(), 1);
}

#[tokio::test]
async fn a_refusal_leaves_nothing_behind() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    let refusal = Refusal::new(Some(65), RefusalClass::Permanent, "objectClassViolation: sn is missing");
    bench.system.fault([Fault::Refuse(refusal.clone())]);
    let error = engine.create(person("bsimon", "B.Simon"), Some(Secret::from("x"))).await.unwrap_err();
    assert_eq!(error.to_string(), "the change was refused: objectClassViolation: sn is missing");
    assert_eq!(engine.list(None, 10).await.unwrap(), []);
    assert!(bench.store.entries(&InstanceName::new("people"), None, 10).await.unwrap().is_empty());

    let anchor = engine.create(person("bsimon", "B.Simon"), None).await.unwrap().anchor.unwrap();
    bench.system.fault([Fault::Refuse(refusal)]);
    assert!(engine.modify(&anchor, replace("sn", &["Jones"]), Some(Secret::from("x"))).await.is_err());
    for state in [LedgerState::Quarantined, LedgerState::Ready, LedgerState::Staged, LedgerState::RetryWait] {
        assert_eq!(rows(&bench, state).await, 0, "{state}");
    }
    let unsent = Refusal::new(None, RefusalClass::NotSent, "the connection was gone");
    bench.system.fault([Fault::Refuse(unsent)]);
    let error = engine.modify(&anchor, replace("sn", &["Jones"]), None).await.unwrap_err();
    assert!(matches!(error, ApplyError::Unavailable { .. }) && error.is_retryable());
}

#[tokio::test]
async fn a_password_that_is_refused_leaves_the_object_and_is_forgotten() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    let refusal = Refusal::new(Some(19), RefusalClass::Permanent, "constraintViolation: too short");
    bench.system.fault([Fault::None, Fault::Refuse(refusal)]);
    let error = engine.create(person("bsimon", "B.Simon"), Some(Secret::from("x"))).await.unwrap_err();
    let ApplyError::PasswordRefused { entry, code: Some(19), .. } = error else { panic!("{error}") };
    assert_eq!(engine.get(&entry.anchor.unwrap()).await.unwrap().unwrap().entry_id, entry.entry_id);
    assert_eq!(rows(&bench, LedgerState::Quarantined).await, 0);
}

#[tokio::test]
async fn a_change_on_a_stale_view_is_computed_anew_once() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    let anchor = engine.create(person("bsimon", "B.Simon"), None).await.unwrap().anchor.unwrap();
    bench.system.set("u1", "cn", texts(&["Somebody", "bsimon"]));
    let entry = engine.modify(&anchor, replace("cn", &["Britta"]), None).await.unwrap();
    assert_eq!(entry.object.attributes().values("cn"), texts(&["bsimon", "Britta"]));
    // The system is as wanted already: it is only learnt.
    bench.system.set("u1", "cn", texts(&["Jones", "bsimon"]));
    let writes = bench.system.writes();
    let entry = engine.modify(&anchor, replace("cn", &["Jones"]), None).await.unwrap();
    assert_eq!(entry.object.attributes().values("cn"), texts(&["Jones", "bsimon"]));
    assert_eq!(bench.system.writes(), writes);
}

#[tokio::test]
async fn a_removal_never_hits_a_newcomer_at_the_old_name() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    let anchor = engine.create(person("bsimon", "B.Simon"), None).await.unwrap().anchor.unwrap();
    bench.system.state().objects.clear();
    bench.system.put("x9", person("bsimon", "Another"));
    bench.system.fault([Fault::LoseRequest]);
    engine.remove(&anchor).await.unwrap();
    assert!(bench.system.state().objects.contains_key("x9"));
}

#[tokio::test]
async fn what_others_made_is_found_live() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    bench.system.put("x1", person("other", "Other"));
    let anchor = Anchor::new(AnchorKind::new("entryUUID"), *b"x1");
    assert!(engine.get(&anchor).await.unwrap().is_some());
    assert!(engine.get(&Anchor::new(AnchorKind::new("entryUUID"), *b"x2")).await.unwrap().is_none());
    engine.modify(&anchor, replace("sn", &["New"]), None).await.unwrap();
    assert_eq!(bench.system.state().objects["x1"].attributes().values("sn"), texts(&["New"]));
    bench.system.state().unreachable = true;
    assert!(engine.get(&Anchor::new(AnchorKind::new("entryUUID"), *b"x2")).await.is_err());
}

#[tokio::test]
async fn requests_for_one_entry_follow_one_another() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    let anchor = engine.create(person("bsimon", "B.Simon"), None).await.unwrap().anchor.unwrap();
    let set = |value: &'static str| {
        let (engine, anchor) = (&engine, &anchor);
        async move { engine.modify(anchor, replace("sn", &[value]), None).await }
    };
    let (a, b, c) = tokio::join!(set("A"), set("B"), set("C"));
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    let (a, b) = tokio::join!(engine.create(person("x", "X"), None), engine.create(person("x", "X"), None));
    assert!(a.is_ok() != b.is_ok());
}

#[tokio::test]
async fn an_instance_has_one_engine() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    let error = bench.engine_on(bench.store.clone()).await.unwrap_err();
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "instance people is in use by provost");
    engine.close().await.unwrap();
    bench.engine().await;
}

#[tokio::test]
async fn attributes_of_any_name_are_kept() {
    let bench = Bench::new();
    let engine = bench.engine().await;
    let made = attributes(&[("cn", &["x"]), ("x-unknown", &["a", "b"])]);
    let object = provost_model::ConnectorObject::new("person", made).with_name(name("CN=x,DC=lab"));
    let entry = engine.create(object, None).await.unwrap();
    let mut changes = ChangeSet::new();
    changes.push("X-Unknown", ValueChange::Remove(texts(&["a"])));
    let entry = engine.modify(&entry.anchor.unwrap(), changes, None).await.unwrap();
    assert_eq!(entry.object.attributes().values("x-unknown"), texts(&["b"]));
}

#[tokio::test]
async fn a_type_with_an_attribute_active_gets_it_in_place_of_the_disable_flow() {
    let bench = Bench::new();
    bench.system.state().has_active = true;
    let engine = bench.engine().await;
    let mut object = person("bsimon", "B.Simon");
    object.attributes_mut().set("active", [Value::Boolean(true)]);
    let made = engine.create(object, None).await.unwrap();
    assert!(made.active);
    let anchor = made.anchor.unwrap();
    assert!(!engine.set_active(&anchor, false).await.unwrap().unwrap().active);
    assert!(!engine.set_active(&anchor, false).await.unwrap().unwrap().active);
    assert!(engine.set_active(&anchor, true).await.unwrap().unwrap().active);
    let log = bench.system.state().log.clone();
    assert_eq!(log[1..], ["modify CN=bsimon,DC=lab active=[False]", "modify CN=bsimon,DC=lab active=[True]"]);
}

#[tokio::test]
async fn a_change_that_could_not_be_looked_at_is_confirmed_by_the_next_run() {
    let bench = Bench::new();
    bench.system.state().with_image = false;
    let engine = bench.engine().await;
    let made = engine.create(person("bsimon", "B.Simon"), None).await.unwrap();
    let anchor = made.anchor.unwrap();
    bench.system.state().unreadable_once = true;
    let entry = engine.modify(&anchor, replace("cn", &["Britta"]), None).await.unwrap();
    assert_eq!(entry.object.attributes().values("cn"), texts(&["bsimon", "Britta"]));
    assert_eq!(rows(&bench, LedgerState::Applied).await, 1);
    let report = engine.run(&RunProfile::export()).await.unwrap();
    assert_eq!((report.export.confirmed, rows(&bench, LedgerState::Applied).await), (1, 0));

    // Somebody undoes a change before it was seen.
    bench.system.state().unreadable_once = true;
    engine.modify(&anchor, replace("cn", &["Other"]), None).await.unwrap();
    bench.system.set("u1", "cn", texts(&["Somebody", "bsimon"]));
    let report = engine.run(&RunProfile::export()).await.unwrap();
    assert_eq!((report.export.drifted, rows(&bench, LedgerState::Drifted).await), (1, 1));
    assert_eq!(engine.get(&anchor).await.unwrap().unwrap().health, Health::Drifted);
    engine.modify(&anchor, replace("cn", &["Britta"]), None).await.unwrap();
    assert_eq!((rows(&bench, LedgerState::Drifted).await, rows(&bench, LedgerState::Staged).await), (0, 0));
}
