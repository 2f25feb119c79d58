//! Opening a file, reading and finding single records, and what is discovered of it.
#![cfg(test)]

mod common;

use common::{Source, anchor};
use expect_test::{Expect, expect};
use provost_connector::{Config, Key, MatchQuery, ReadResult, Select};
use provost_model::{ObjectName, Value};

const USERS: &str = r#"{"id": "1", "userPrincipalName": "bsimon@contoso.com", "mail": "B.Simon@contoso.com", "age": 41}
{"id": "2", "userPrincipalName": "JÖRG@contoso.com", "mail": "joerg@contoso.com", "phones": ["1", "2"]}
{"id": "3", "@removed": {"reason": "deleted"}}
"#;

async fn check_refused(config: Config, expected: Expect) {
    let source = Source::new(USERS);
    let error = source.open_with(config).await.err().unwrap();
    expected.assert_eq(&error.to_string());
}

#[tokio::test]
async fn a_configuration_that_cannot_work_is_refused_before_anything_is_read() {
    check_refused(Config::new("cloud"), expect!["configuration: path: is missing"]).await;
    let source = Source::new(USERS);
    let zero = source.config().with("page_size", 0);
    check_refused(zero, expect!["configuration: page_size: expected a number from 1 to 1000"]).await;
    let unknown = source.config().with("file", "x");
    check_refused(unknown, expect!["configuration: file: no such setting for files"]).await;
    let folder = Config::new("cloud").with("path", source.folder());
    check_refused(folder, expect!["configuration: path: expected a file, and it is a folder"]).await;
}

#[tokio::test]
async fn a_file_that_is_not_there_is_an_error_that_names_it() {
    let config = Config::new("cloud").with("path", "/nowhere/users.jsonl");
    check_refused(config, expect!["cloud (/nowhere/users.jsonl) is unavailable"]).await;
    let source = Source::new(USERS);
    let session = source.open().await;
    std::fs::remove_file(source.path()).unwrap();
    assert!(session.check().await.unwrap_err().is_retryable());
    let started = session.full_import().unwrap().start(provost_connector::FullRequest::default()).await;
    assert!(started.err().unwrap().is_retryable());
    assert!(session.read(&Key::from_anchor(anchor("1")), &Select::Configured).await.is_err());
}

#[tokio::test]
async fn it_offers_nothing_that_writes() {
    let session = Source::new(USERS).open().await;
    assert!(session.export().is_none() && session.set_password().is_none() && session.delta_import().is_none());
    session.close().await.unwrap();
}

#[tokio::test]
async fn a_record_is_found_or_proven_absent() {
    let source = Source::new(USERS);
    let session = source.open().await;
    let read = async |key: Key| session.read(&key, &Select::Configured).await.unwrap();
    let by_anchor = read(Key::from_anchor(anchor("1"))).await;
    assert!(matches!(&by_anchor, ReadResult::Found(object) if object.attributes().first("age") == Some(&41.into())));
    let by_name = read(Key::from_name(ObjectName::new("jörg@contoso.com"))).await;
    assert!(matches!(by_name, ReadResult::Found(object) if *object.anchor().unwrap() == anchor("2")));
    // The anchor decides where both are given.
    let both = read(Key::from_anchor(anchor("9")).with_name(ObjectName::new("bsimon@contoso.com"))).await;
    assert!(matches!(both, ReadResult::Absent(_)));
    assert!(matches!(read(Key::from_anchor(anchor("3"))).await, ReadResult::Absent(_)));
}

#[tokio::test]
async fn a_line_that_cannot_be_read_may_hold_what_is_looked_for() {
    let source = Source::new(format!("{USERS}{{\"id\": \"9\""));
    let session = source.open().await;
    let read = session.read(&Key::from_anchor(anchor("9")), &Select::Configured).await.unwrap();
    assert!(matches!(read, ReadResult::Unknown { .. }), "{read:?}");
    let found = session.read(&Key::from_anchor(anchor("1")), &Select::Configured).await.unwrap();
    assert!(matches!(found, ReadResult::Found(_)));
}

#[tokio::test]
async fn two_records_of_one_anchor_are_not_decided() {
    let source = Source::new("{\"id\": \"1\", \"a\": 1}\n{\"id\": \"1\", \"a\": 2}\n");
    let read = source.open().await.read(&Key::from_anchor(anchor("1")), &Select::Configured).await.unwrap();
    assert!(matches!(read, ReadResult::Unknown { .. }), "{read:?}");
}

#[tokio::test]
async fn text_is_found_without_case_and_numbers_as_they_are() {
    let source = Source::new(USERS);
    let session = source.open().await;
    let find = async |query: MatchQuery, limit: u32| session.find(&query, limit).await.unwrap().len();
    assert_eq!(find(MatchQuery::new("MAIL", "b.simon@CONTOSO.com"), 2).await, 1);
    assert_eq!(find(MatchQuery::new("userPrincipalName", "jörg@contoso.com"), 2).await, 1);
    assert_eq!(find(MatchQuery::new("phones", "2"), 2).await, 1);
    assert_eq!(find(MatchQuery::new("age", Value::Integer(41)), 2).await, 1);
    assert_eq!(find(MatchQuery::new("age", "41"), 2).await, 1);
    assert_eq!(find(MatchQuery::new("mail", "nobody"), 2).await, 0);
    assert_eq!(find(MatchQuery::new("mail", "b.simon@contoso.com"), 0).await, 0);
    let mut of_groups = MatchQuery::new("mail", "b.simon@contoso.com");
    of_groups.object_type = Some("group".into());
    assert_eq!(find(of_groups, 2).await, 0);
}

#[tokio::test]
async fn the_schema_is_what_the_records_hold() {
    let source = Source::new(format!("{USERS}{{\"id\": \"4\", \"age\": \"unknown\"}}\n"));
    let schema = source.open_with(source.config().with("object_type", "person")).await.unwrap().schema().await.unwrap();
    let person = schema.object_type("person").unwrap();
    let lines: Vec<String> = person
        .attributes
        .iter()
        .map(|held| format!("{} {:?} several={} required={}", held.name, held.kind, held.multi_valued, held.required))
        .collect();
    expect![[r#"
        age Text several=false required=false
        id Text several=false required=true
        mail Text several=false required=false
        phones Text several=true required=false
        userPrincipalName Text several=false required=false"#]]
    .assert_eq(&lines.join("\n"));
}
