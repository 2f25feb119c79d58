#![cfg(test)]
//! Provisioning cycles from a source through a mapping.

mod common;

use common::{Bench, Fault, Lines, System, attributes, cycle_options, mapping, name, person, texts, user};
use expect_test::{Expect, expect};
use provost_connector::{Completeness, PageEntry, Refusal, RefusalClass};
use provost_engine::{CycleOptions, CycleReport, DeleteFlow, Engine, RefusedBefore, RunOutcome, RunProfile};
use provost_mapping::{FlowDefinition, Mapping};
use provost_model::{ConnectorObject, Value};

fn source() -> System {
    let source = System::new("id");
    user(&source, "1", "bsimon@contoso.com", "B.Simon");
    user(&source, "2", "Ann@contoso.com", "Ann Lee");
    source
}

async fn cycle(engine: &Engine, source: &System, options: &CycleOptions) -> (CycleReport, Lines) {
    let mut lines = Lines::default();
    let report = engine.provision(source, &mapping(), options, &mut lines).await.unwrap();
    (report, lines)
}

async fn check(engine: &Engine, source: &System, expected: Expect) -> CycleReport {
    let (report, lines) = cycle(engine, source, &cycle_options()).await;
    expected.assert_eq(&lines.text());
    report
}

#[tokio::test]
async fn people_are_made_then_nothing_is_sent() {
    let (bench, source) = (Bench::new(), source());
    let engine = bench.engine().await;
    let report = check(
        &engine,
        &source,
        expect![[r#"
            1: create done
            1: set password done
            2: create done
            2: set password done
        "#]],
    )
    .await;
    assert_eq!(report.run.outcome, Some(RunOutcome::Succeeded));
    expect![[r#"
        [
            "CN=Ann,DC=lab cn=[\"Ann\", \"Ann Lee\"] mail=[\"Ann@contoso.com\"] sn=[\"Simon\"] password=Some(16)",
            "CN=bsimon,DC=lab cn=[\"B.Simon\", \"bsimon\"] mail=[\"bsimon@contoso.com\"] sn=[\"Simon\"] password=Some(16)",
        ]
    "#]]
    .assert_debug_eq(&bench.system.dump());

    // E-1001.
    let writes = bench.system.writes();
    let report = check(
        &engine,
        &source,
        expect![[r#"
            1: nothing skipped (RedundantExport)
            2: nothing skipped (RedundantExport)
        "#]],
    )
    .await;
    assert_eq!((bench.system.writes(), report.run.export.writes, report.has_changes()), (writes, 0, false));
    let history = engine.history(10).await.unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!(history[0], report.run);
}

#[tokio::test]
async fn a_change_a_disabling_and_a_removal() {
    let (bench, source) = (Bench::new(), source());
    user(&source, "3", "carl@contoso.com", "Carl");
    let engine = bench.engine().await;
    cycle(&engine, &source, &cycle_options()).await;

    source.set("1", "surname", texts(&["Jones"]));
    source.set("2", "accountEnabled", vec![Value::Boolean(false)]);
    source.state().objects.remove("3");
    source.state().removed.push("3".to_owned());
    check(
        &engine,
        &source,
        expect![[r#"
            1: update done
            2: disable done
            3: delete done
        "#]],
    )
    .await;
    let log = bench.system.state().log.clone();
    assert_eq!(
        log[6..],
        ["modify CN=bsimon,DC=lab sn=[Jones]", "modify CN=Ann,DC=lab shadowExpire=[1]", "delete CN=carl,DC=lab"]
    );
    source.set("2", "accountEnabled", vec![Value::Boolean(true)]);
    check(
        &engine,
        &source,
        expect![[r#"
            1: nothing skipped (RedundantExport)
            3: nothing skipped (NotEffectivelyEntitled)
            2: enable done
        "#]],
    )
    .await;
}

#[tokio::test]
async fn an_object_that_matches_is_linked_and_changed() {
    let (bench, source) = (Bench::new(), source());
    bench.system.put("x1", person("other-name", "Ann"));
    bench.system.set("x1", "mail", texts(&["ANN@contoso.com"]));
    let engine = bench.engine().await;
    let report = check(
        &engine,
        &source,
        expect![[r#"
            2: update done
            1: create done
            1: set password done
        "#]],
    )
    .await;
    assert_eq!((report.run.evaluate.newly_linked, bench.system.state().objects.len()), (1, 2));
    assert_eq!(bench.system.state().passwords.len(), 1);
    // The link holds when the value that matched changes.
    source.set("2", "userPrincipalName", texts(&["lee@contoso.com"]));
    cycle(&engine, &source, &cycle_options()).await;
    assert_eq!(bench.system.state().objects["x1"].attributes().values("mail"), texts(&["lee@contoso.com"]));
}

#[tokio::test]
async fn what_is_not_clear_is_not_written_and_the_others_go_on() {
    let (bench, source) = (Bench::new(), source());
    bench.system.put("x1", person("a", "A"));
    bench.system.put("x2", person("b", "B"));
    bench.system.set("x1", "mail", texts(&["ann@contoso.com"]));
    bench.system.set("x2", "mail", texts(&["ann@contoso.com"]));
    bench.system.put("x3", person("dora", "Somebody"));
    bench.system.set("x3", "mail", texts(&["somebody@contoso.com"]));
    user(&source, "3", "x,OU=Admins@contoso.com", "Mallory");
    user(&source, "4", "x+sn=Root@contoso.com", "Mallory");
    user(&source, "5", "dora@contoso.com", "Dora");
    user(&source, "6", "off@contoso.com", "Off");
    source.set("6", "accountEnabled", vec![Value::from("False")]);
    source.put("7", ConnectorObject::new("user", attributes(&[("displayName", &["Nameless"])])));
    user(&source, "8", "bsimon@contoso.com", "Twin");
    source.state().extra.push(PageEntry::Unreadable { name: None, reason: "line 9: no JSON".to_owned() });
    let engine = bench.engine().await;
    let report = check(
        &engine,
        &source,
        expect![[r#"
            2: nothing failed (DuplicateTargetEntries)
            7: nothing refused (ImportSkipped)
            -: nothing failed (Unreadable)
            3: nothing refused (UnsafeName)
            4: nothing refused (UnsafeName)
            5: nothing refused (Conflict)
            6: nothing skipped (NotEffectivelyEntitled)
            8: nothing refused (Conflict)
            1: create done
            1: set password done
        "#]],
    )
    .await;
    assert_eq!(report.run.outcome, Some(RunOutcome::CompletedWithErrors));
    assert_eq!(bench.system.state().objects.len(), 4);
    // What was not linked is linked once the doubt is gone.
    bench.system.state().objects.remove("x2");
    let (report, _) = cycle(&engine, &source, &cycle_options()).await;
    assert_eq!(report.run.evaluate.newly_linked, 1);
}

#[tokio::test]
async fn a_second_source_object_for_one_target_is_an_error() {
    let (bench, source) = (Bench::new(), source());
    let engine = bench.engine().await;
    cycle(&engine, &source, &cycle_options()).await;
    user(&source, "8", "BSIMON@contoso.com", "Twin");
    let report = check(
        &engine,
        &source,
        expect![[r#"
            1: nothing skipped (RedundantExport)
            2: nothing skipped (RedundantExport)
            8: nothing failed (DuplicateSourceEntries)
        "#]],
    )
    .await;
    assert_eq!(report.run.evaluate.conflict, 1);
}

#[tokio::test]
async fn a_refusal_is_kept_in_mind_until_something_changes() {
    let (bench, source) = (Bench::new(), source());
    let engine = bench.engine().await;
    let refusal = || Fault::Refuse(Refusal::new(Some(19), RefusalClass::Permanent, "constraintViolation: uid"));
    // Entries are sent in the order of their ids, which are random.
    bench.system.fault([refusal()]);
    let (report, lines) = cycle(&engine, &source, &cycle_options()).await;
    assert_eq!((report.run.export.quarantined, report.run.export.sent_add), (1, 2));
    let refused = lines.0.iter().find(|line| line.contains("create refused (19)")).unwrap().clone();
    let refused = refused.split(':').next().unwrap().to_owned();

    let (report, lines) = cycle(&engine, &source, &cycle_options()).await;
    assert!(lines.0.contains(&format!("{refused}: nothing refused (19)")), "{}", lines.text());
    assert_eq!(report.run.export.sent_add, 0);
    bench.clock.advance(std::time::Duration::from_secs(25 * 60 * 60));
    bench.system.fault([refusal()]);
    cycle(&engine, &source, &cycle_options()).await;
    let mut retry = cycle_options();
    retry.refused = RefusedBefore::Retry;
    let (report, _) = cycle(&engine, &source, &retry).await;
    assert_eq!((report.run.export.ok, bench.system.state().passwords.len()), (2, 2));
}

#[tokio::test]
async fn a_change_that_the_system_undoes_is_given_up() {
    let (bench, source) = (Bench::new(), source());
    bench.system.state().rewrite = Some(|name, value| match name {
        "sn" => Value::from("REWRITTEN"),
        _ => value,
    });
    let engine = bench.engine().await;
    for _ in 0..5 {
        cycle(&engine, &source, &cycle_options()).await;
    }
    let writes = bench.system.writes();
    let report = check(
        &engine,
        &source,
        expect![[r#"
            1: nothing refused (not-sticking)
            2: nothing refused (not-sticking)
        "#]],
    )
    .await;
    assert_eq!((bench.system.writes(), report.run.error_count), (writes, 2));
}

#[tokio::test]
async fn a_threshold_holds_its_kind_and_the_next_cycle_counts_again() {
    let (bench, source) = (Bench::new(), source());
    for number in 10..20 {
        user(&source, &number.to_string(), &format!("u{number}@contoso.com"), "U");
    }
    let engine = bench.engine().await;
    cycle(&engine, &source, &cycle_options()).await;
    for number in 10..16 {
        source.state().objects.remove(&number.to_string());
        source.state().removed.push(number.to_string());
    }
    source.set("1", "surname", texts(&["Jones"]));
    for _ in 0..2 {
        let (report, lines) = cycle(&engine, &source, &cycle_options()).await;
        assert_eq!(report.run.outcome, Some(RunOutcome::Aborted));
        assert_eq!(report.run.outcome_reason.as_deref(), Some("threshold: 6 deletes, at most 5 allowed"));
        assert_eq!((report.run.export.held, report.run.export.sent_delete), (6, 0));
        assert_eq!(lines.0.iter().filter(|line| line.ends_with("delete held")).count(), 6);
    }
    assert_eq!(bench.system.state().objects.len(), 12);
    assert!(bench.system.state().log.contains(&"modify CN=bsimon,DC=lab sn=[Jones]".to_owned()));
    let mut allowed = cycle_options();
    allowed.thresholds.deletes = None;
    let (report, _) = cycle(&engine, &source, &allowed).await;
    assert_eq!((report.run.export.sent_delete, bench.system.state().objects.len()), (6, 6));
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_done_and_writes_nothing() {
    let (bench, source) = (Bench::new(), source());
    let engine = bench.engine().await;
    let mut dry = cycle_options();
    dry.dry_run = true;
    let (report, lines) = cycle(&engine, &source, &dry).await;
    expect![[r#"
        1: create planned
          name: CN=bsimon,DC=lab
          cn: B.Simon
          mail: bsimon@contoso.com
          sn: Simon
          password: set
        2: create planned
          name: CN=Ann,DC=lab
          cn: Ann Lee
          mail: Ann@contoso.com
          sn: Simon
          password: set
    "#]]
    .assert_eq(&lines.text());
    assert!(report.has_changes());
    assert_eq!((bench.system.writes(), engine.history(10).await.unwrap().len()), (0, 0));
    assert!(engine.list(None, 10).await.unwrap().is_empty());

    cycle(&engine, &source, &cycle_options()).await;
    source.set("1", "displayName", texts(&["Britta"]));
    source.set("2", "accountEnabled", vec![Value::Boolean(false)]);
    let before = (bench.system.dump(), bench.knowledge(&engine).await);
    let (_, lines) = cycle(&engine, &source, &dry).await;
    expect![[r#"
        1: update planned
          cn: - B.Simon
          cn: + Britta
        2: disable planned
          shadowExpire:  -> 1
    "#]]
    .assert_eq(&lines.text());
    assert_eq!((bench.system.dump(), bench.knowledge(&engine).await), before);
}

#[tokio::test]
async fn an_object_that_vanished_is_made_anew() {
    let (bench, source) = (Bench::new(), source());
    let engine = bench.engine().await;
    cycle(&engine, &source, &cycle_options()).await;
    let gone = bench.system.anchor("CN=bsimon,DC=lab").to_string();
    bench.system.state().objects.remove(&gone);
    // Two complete imports without it prove it.
    cycle(&engine, &source, &cycle_options()).await;
    assert_eq!(bench.system.state().objects.len(), 1);
    let (_, lines) = cycle(&engine, &source, &cycle_options()).await;
    assert!(lines.0.contains(&"1: create done".to_owned()), "{}", lines.text());
    assert_eq!(bench.system.state().objects.len(), 2);
}

#[tokio::test]
async fn a_removal_can_let_go_or_set_an_attribute() {
    for flow in [DeleteFlow::None, DeleteFlow::set("shadowExpire", [Value::from("1")], [])] {
        let (mut bench, source) = (Bench::new(), source());
        bench.options.deprovisioning.delete = flow.clone();
        let engine = bench.engine().await;
        cycle(&engine, &source, &cycle_options()).await;
        source.state().objects.remove("1");
        source.state().removed.push("1".to_owned());
        let (_, lines) = cycle(&engine, &source, &cycle_options()).await;
        let expected = if flow == DeleteFlow::None { "1: release done" } else { "1: disable done" };
        assert!(lines.0.contains(&expected.to_owned()), "{}", lines.text());
        let (_, lines) = cycle(&engine, &source, &cycle_options()).await;
        assert!(lines.0.contains(&"1: nothing skipped (NotEffectivelyEntitled)".to_owned()), "{}", lines.text());
        assert_eq!(bench.system.state().objects.len(), 2);
    }
}

#[tokio::test]
async fn nothing_is_sent_before_an_import_saw_everything_or_when_the_source_breaks() {
    let (bench, source) = (Bench::new(), source());
    bench.system.state().proof = Some(Some(Completeness::incomplete("the size limit was reached")));
    let engine = bench.engine().await;
    let error = engine.provision(&source, &mapping(), &cycle_options(), &mut Lines::default()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the run is not possible: no import has seen everything yet: the size limit was reached"
    );
    bench.system.state().proof = None;
    source.state().unreachable = true;
    assert!(engine.provision(&source, &mapping(), &cycle_options(), &mut Lines::default()).await.is_err());
    assert_eq!(bench.system.writes(), 0);
    let outcomes: Vec<_> = engine.history(10).await.unwrap().into_iter().map(|run| run.outcome).collect();
    assert_eq!(outcomes, [Some(RunOutcome::Failed), Some(RunOutcome::Failed)]);
}

#[tokio::test]
async fn an_addition_that_waits_for_another_is_sent_in_the_same_cycle() {
    let (bench, source) = (Bench::new(), source());
    let refusal = Refusal::new(Some(32), RefusalClass::Deferred, "noSuchObject: the parent");
    bench.system.fault([Fault::Refuse(refusal)]);
    let engine = bench.engine().await;
    let (report, _) = cycle(&engine, &source, &cycle_options()).await;
    assert_eq!((report.run.export.deferred, bench.system.state().passwords.len()), (1, 2));
}

#[tokio::test]
async fn a_rename_flows_when_the_mapping_says_so() {
    use provost_mapping::{FlowDefinition, Mapping, MappingDefinition};
    let mapping = Mapping::compile(&MappingDefinition::new(vec![
        FlowDefinition::expression("-dn-", r#"Join("", "CN=", Word([userPrincipalName], 1, "@"), ",DC=lab")"#),
        FlowDefinition::direct("cn", "displayName"),
        FlowDefinition::direct("mail", "userPrincipalName").matching(1.try_into().unwrap()),
    ]))
    .unwrap();
    let (bench, source) = (Bench::new(), source());
    let engine = bench.engine().await;
    let mut lines = Lines::default();
    engine.provision(&source, &mapping, &cycle_options(), &mut lines).await.unwrap();
    source.set("1", "userPrincipalName", texts(&["bjones@contoso.com"]));
    engine.provision(&source, &mapping, &cycle_options(), &mut lines).await.unwrap();
    assert!(engine.get_by_name(&name("CN=bjones,DC=lab")).await.unwrap().is_some());
    let writes = bench.system.writes();
    engine.provision(&source, &mapping, &cycle_options(), &mut lines).await.unwrap();
    assert_eq!(bench.system.writes(), writes);
}

#[tokio::test]
async fn an_object_whose_answer_was_lost_and_that_somebody_changed_is_joined() {
    let (bench, source) = (Bench::new(), System::new("id"));
    user(&source, "1", "bsimon@contoso.com", "B.Simon");
    let engine = bench.engine().await;
    bench.system.fault([Fault::LoseAnswer]);
    bench.system.state().unreadable_once = true;
    cycle(&engine, &source, &cycle_options()).await;
    drop(engine);
    bench.system.set("u1", "sn", texts(&["Somebody"]));
    let engine = bench.engine().await;
    let report = check(
        &engine,
        &source,
        expect![[r#"
            1: update done
        "#]],
    )
    .await;
    assert_eq!((report.run.evaluate.newly_linked, bench.system.state().objects.len()), (1, 1));
    assert_eq!(bench.knowledge(&engine).await.len(), 1);
}

#[tokio::test]
async fn a_secret_is_in_nothing_that_is_kept_or_said() {
    const MARKER: &str = "Marker-7f3a!";
    use provost_mapping::{FlowDefinition, Mapping, MappingDefinition};
    use provost_store::tables::{Scan, Table, TableStore};
    let mapping = Mapping::compile(&MappingDefinition::new(vec![
        FlowDefinition::expression("-dn-", r#"Join("", "CN=", Word([userPrincipalName], 1, "@"), ",DC=lab")"#),
        FlowDefinition::direct("mail", "userPrincipalName").matching(1.try_into().unwrap()),
        FlowDefinition::constant("userPassword", MARKER).at_creation(),
    ]))
    .unwrap();
    let (bench, source) = (Bench::new(), source());
    let engine = bench.engine().await;
    let refusal = Refusal::new(None, RefusalClass::Transient, "busy");
    bench.system.fault([Fault::None, Fault::Refuse(refusal), Fault::LoseAnswer]);
    let mut said = String::new();
    let mut events = |event: &provost_engine::CycleEvent| said.push_str(&format!("{event:?}"));
    let mut dry = cycle_options();
    dry.dry_run = true;
    let planned = engine.provision(&source, &mapping, &dry, &mut events).await.unwrap();
    let report = engine.provision(&source, &mapping, &cycle_options(), &mut events).await.unwrap();
    said.push_str(&format!("{planned:?} {report:?} {engine:?} {:?}", bench.knowledge(&engine).await));
    assert_eq!(report.run.export.retried, 1);

    let (kept, sealed) = bench
        .store
        .read(|tables| {
            let (mut kept, mut sealed) = (Vec::new(), 0);
            for table in Table::ALL {
                tables.scan(table, Scan::Up(&[], None), &mut |key, value| {
                    sealed += usize::from(table == Table::Sealed);
                    kept.extend(key.iter().chain(value).copied());
                    Ok(std::ops::ControlFlow::Continue(()))
                })?;
            }
            Ok((kept, sealed))
        })
        .await
        .unwrap();
    assert_eq!(sealed, 1, "one password waits, the other is forgotten");
    assert!(!said.contains(MARKER));
    assert!(!kept.windows(MARKER.len()).any(|window| window == MARKER.as_bytes()));
}

/// AppRoleAssignmentsComplex adds, and AssertiveAppRoleAssignmentsComplex replaces.
#[tokio::test]
async fn roles_are_added_or_replaced_by_the_function_that_gives_them() {
    const ADMIN: &str = r#"{"value":"admin","displayName":"Administrator"}"#;
    const READER: &str = r#"{"value":"reader","displayName":"Reader"}"#;
    for (function, left) in [("AppRoleAssignmentsComplex", 3), ("AssertiveAppRoleAssignmentsComplex", 1)] {
        let (bench, source) = (Bench::new(), System::new("id"));
        user(&source, "1", "bsimon@contoso.com", "B.Simon");
        source.set("1", "appRoleAssignments", texts(&[ADMIN]));
        let engine = bench.engine().await;
        let mut definition = mapping().definition().clone();
        let expression = format!("{function}([appRoleAssignments])");
        definition.flows.push(FlowDefinition::expression("description", expression));
        let mapping = Mapping::compile(&definition).unwrap();
        let mut lines = Lines::default();
        engine.provision(&source, &mapping, &cycle_options(), &mut lines).await.unwrap();

        // Somebody else gives a role in the target, and the source another one.
        let name = "CN=bsimon,DC=lab";
        let anchor = bench.system.anchor(name);
        let mut held = bench.system.values(name, "description");
        assert_eq!(held.len(), 1);
        held.push(Value::from("theirs"));
        bench.system.set(std::str::from_utf8(anchor.octets()).unwrap(), "description", held);
        engine.run(&RunProfile::full_import()).await.unwrap();
        source.set("1", "appRoleAssignments", texts(&[READER]));
        engine.provision(&source, &mapping, &cycle_options(), &mut lines).await.unwrap();
        let held = bench.system.values(name, "description");
        assert_eq!(held.len(), left, "{function}: {held:?}");
        assert!(held.iter().any(|value| value.to_string().contains("\"reader\"")), "{held:?}");

        // The next cycle has nothing to do.
        let report = engine.provision(&source, &mapping, &cycle_options(), &mut lines).await.unwrap();
        assert!(!report.has_changes(), "{function}");
    }
}
