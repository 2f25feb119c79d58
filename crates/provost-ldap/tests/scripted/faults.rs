//! What a session makes of servers and networks that fail (spec: cut connections, hostile octets, silence).

use std::error::Error;

use provost_connector::{
    Cancellation, Connector, ConnectorError, Key, MatchQuery, Operation as Write, Outcome, ReadResult, RefusalClass,
    Request, Select,
};
use provost_ldap::LdapConnector;
use provost_ldap_wire::{ExtendedResponse, LdapResult, Message, Operation, ResultCode, SearchResultEntry, oid};
use provost_model::{Anchor, AnchorKind, Attributes, ObjectName, ObjectType, Value};

use crate::env::env;
use crate::script::{BASE, Reaction, Script, end, entry};

fn add(cn: &str) -> Write {
    let mut attributes = Attributes::new();
    attributes.set("cn", [Value::from(cn)]);
    attributes.set("sn", [Value::from("Zq8!value")]);
    let name = ObjectName::from(format!("cn={cn},{BASE}"));
    Write::new("1", Request::Add { object_type: ObjectType::new("inetOrgPerson"), name, attributes })
}

async fn apply(session: &dyn provost_connector::Session, write: Write) -> Outcome {
    session.export().unwrap().apply(&[write]).await.remove(0)
}

fn full_text(error: &ConnectorError) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

fn query() -> MatchQuery {
    MatchQuery::new("sn", "Simon")
}

#[tokio::test]
async fn hostile_octets_are_an_error_and_the_session_goes_on() {
    let overrun = vec![0x30, 0x04, 0x30, 0x7f, 0x00, 0x00];
    let nested = (0..200).fold(Vec::new(), |inner: Vec<u8>, _| {
        let mut writer = provost_ldap_wire::ber::Writer::new();
        writer.element(0x30, &inner);
        writer.into_octets()
    });
    let other_id = Message::new(77, end(ResultCode::SUCCESS)).encode();
    let undecodable = vec![0x30, 0x08, 0x02, 0x01, 0x06, 0x65, 0x03, 0x0a, 0x01, 0x00];
    for (octets, reason) in [
        (b"HTTP/1.1 400 Bad Request\r\n".to_vec(), "something that is not an LDAP message at octet 0"),
        (vec![0x30, 0x00], "expected the number of the message and found the end at octet 2"),
        (vec![0x30, 0x80], "a length of the indefinite form at octet 1"),
        (vec![0x30, 0x84, 0x7f, 0xff, 0xff, 0xff], "a message larger than the limit at octet 0"),
        (overrun, "an element that reaches past its enclosing element"),
        (nested, "elements nested deeper than the limit"),
        (other_id, "an answer to a request that was not made"),
        (undecodable, "expected the name that was matched and found the end"),
    ] {
        let script = Script::start(&[], [Reaction::Raw(octets)]).await;
        let session = script.session().await;
        let error = session.find(&query(), 2).await.unwrap_err();
        assert!(matches!(&error, ConnectorError::Protocol { .. }), "{error:?}");
        assert!(error.to_string().contains(reason), "{error} and not {reason}");
        assert!(error.is_retryable());
        script.then([Reaction::Answer(vec![entry("bsimon"), end(ResultCode::SUCCESS)])]);
        assert_eq!(session.find(&query(), 2).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn another_answer_than_the_one_asked_for_leaves_a_write_unknown() {
    let script = Script::start(&[], [Reaction::Answer(vec![Operation::DeleteResponse(LdapResult::success())])]).await;
    let session = script.session().await;
    let outcome = apply(&*session, add("bsimon")).await;
    assert_eq!(outcome, Outcome::unknown("delResponse as the answer to a write"));
}

#[tokio::test]
async fn codes_of_no_list_are_carried() {
    let result = LdapResult::new(ResultCode(555_555), "sn: Zq8!value is odd");
    let script = Script::start(
        &[],
        [Reaction::Answer(vec![Operation::AddResponse(result)]), Reaction::Answer(vec![end(ResultCode(555_556))])],
    )
    .await;
    let session = script.session().await;
    let Outcome::Refused(refusal) = apply(&*session, add("bsimon")).await else { panic!() };
    assert_eq!((refusal.code, refusal.class), (Some(555_555), RefusalClass::Verify));
    assert_eq!(refusal.text, "unknown code: sn: *** is odd");
    let error = session.find(&query(), 2).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Refused { code: 555_556, .. }));
}

#[tokio::test]
async fn a_connection_cut_before_the_send_is_replaced() {
    let mut script = Script::start(&[], []).await;
    let session = script.session().await;
    script.hang_up();
    script.then([
        Reaction::Answer(vec![Operation::AddResponse(LdapResult::success())]),
        Reaction::Answer(vec![entry("bsimon"), end(ResultCode::SUCCESS)]),
    ]);
    // Whether the loss is seen before the first octet is written is up to the network; it is never sent twice.
    let first = apply(&*session, add("bsimon")).await;
    let adds = script.count("addRequest");
    match first {
        Outcome::Done(done) => assert_eq!((adds, done.writes), (1, 1)),
        Outcome::Unknown { .. } => assert_eq!(adds, 0),
        Outcome::Refused(refusal) => assert_eq!((adds, refusal.class), (0, RefusalClass::NotSent)),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_is_gone_is_sent_nothing() {
    let mut script = Script::start(&[], []).await;
    let connector = LdapConnector::new();
    let session = connector.open(script.config(), env()).await.unwrap();
    session.check().await.unwrap();
    script.stop().await;
    // The loss of the shared connection is seen by a read first.
    while !matches!(session.find(&query(), 1).await, Err(ConnectorError::Unavailable { .. })) {}
    let outcome = apply(&*session, add("bsimon")).await;
    let Outcome::Refused(refusal) = outcome else { panic!("{outcome:?}") };
    assert_eq!(refusal.class, RefusalClass::NotSent);
    assert!(refusal.text.contains("cannot connect: "), "{}", refusal.text);
    assert_eq!(connector.writes(), 0);
    let error = session.check().await.unwrap_err();
    assert!(matches!(error, ConnectorError::Unavailable { .. }));
}

#[tokio::test]
async fn a_connection_cut_after_the_send_leaves_a_write_unknown() {
    let mut script = Script::start(&[], [Reaction::Close]).await;
    let connector = LdapConnector::new();
    let session = connector.open(script.config(), env()).await.unwrap();
    let Outcome::Unknown { reason } = apply(&*session, add("bsimon")).await else { panic!() };
    assert!(reason.contains("the server closed the connection"), "{reason}");
    assert_eq!((script.count("addRequest"), connector.writes()), (1, 1));
    script.then([Reaction::Answer(vec![entry("bsimon"), end(ResultCode::SUCCESS)])]);
    assert_eq!(session.find(&query(), 2).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_cut_in_the_middle_leaves_a_write_unknown() {
    let whole = Message::new(4, Operation::AddResponse(LdapResult::success())).encode();
    let script = Script::start(&[], [Reaction::Raw(whole[..5].to_vec())]).await;
    let session = script.session().await;
    let write = apply(&*session, add("bsimon"));
    let cut = async {
        let mut script = script;
        script.sees("addRequest").await;
        script.hang_up();
    };
    let (outcome, ()) = tokio::join!(write, cut);
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
}

#[tokio::test]
async fn rfc_4511_section_4_4_1_notice_of_disconnection() {
    let notice = Message::new(
        0,
        Operation::ExtendedResponse(ExtendedResponse {
            result: LdapResult::new(ResultCode::UNAVAILABLE, "going down"),
            name: Some(oid::NOTICE_OF_DISCONNECTION.into()),
            value: None,
        }),
    )
    .encode();
    let script = Script::start(&[], [Reaction::Raw(notice.clone()), Reaction::Raw(notice)]).await;
    let session = script.session().await;
    let Outcome::Unknown { reason } = apply(&*session, add("bsimon")).await else { panic!() };
    assert!(reason.ends_with("the server ended the connection: going down (result code 52)"), "{reason}");
    let error = session.find(&query(), 2).await.unwrap_err();
    assert!(full_text(&error).ends_with("going down (result code 52)"), "{error:?}");
}

#[tokio::test]
async fn silence_ends_with_the_time_out_and_an_abandon() {
    let mut script = Script::start(&[], [Reaction::Silence, Reaction::Silence]).await;
    let config = script.config().with("operation_timeout_ms", 2_000);
    let session = LdapConnector::new().open(config, env()).await.unwrap();
    let Outcome::Unknown { reason } = apply(&*session, add("bsimon")).await else { panic!() };
    assert!(reason.ends_with("did not answer within 2000 ms"), "{reason}");
    script.sees("abandonRequest").await;
    let error = session.find(&query(), 2).await.unwrap_err();
    assert!(matches!(error, ConnectorError::TimedOut { .. }));
    // The search went over a connection of its own: the silent one is not used again.
    script.sees("bindRequest").await;
    script.sees("searchRequest").await;
    script.sees("abandonRequest").await;
}

#[tokio::test]
async fn a_search_that_is_dropped_is_abandoned_and_its_late_answers_do_no_harm() {
    let mut script = Script::start(&[], [Reaction::Silence]).await;
    let session = script.session().await;
    let query = query();
    tokio::select! {
            found = session.find(&query, 2) => panic!("{found:?}"),
            () = async {
                script.sees("bindRequest").await;
                for _ in 0..4 {
                    script.sees("searchRequest").await;
                }
            } => {}
    }
    script.sees("abandonRequest").await;
    script.then([Reaction::Late(vec![entry("late"), end(ResultCode::SUCCESS)], vec![end(ResultCode::SUCCESS)])]);
    assert_eq!(session.find(&query, 2).await.unwrap().len(), 0);
    assert_eq!(script.count("bindRequest"), 0);
}

#[tokio::test]
async fn a_stop_reports_writes_as_unknown_and_reads_as_stopped() {
    let mut script = Script::start(&[], [Reaction::Silence]).await;
    let stop = Cancellation::new();
    let session = LdapConnector::new().open(script.config(), env().with_cancellation(stop.clone())).await.unwrap();
    let (outcome, ()) = tokio::join!(apply(&*session, add("bsimon")), async {
        script.sees("addRequest").await;
        stop.cancel();
    });
    assert_eq!(outcome, Outcome::unknown("stopped on request"));
    assert!(matches!(session.find(&query(), 2).await, Err(ConnectorError::Cancelled { .. })));
    let Outcome::Refused(refusal) = apply(&*session, add("bsimon")).await else { panic!() };
    assert_eq!(refusal.class, RefusalClass::NotSent);
}

#[tokio::test]
async fn refused_credentials_are_not_tried_again_for_ten_minutes() {
    let mut script = Script::start(&[], []).await;
    let session = script.session().await;
    script.binds([ResultCode::INVALID_CREDENTIALS]);
    let error = session.check().await.unwrap_err();
    assert!(matches!(&error, ConnectorError::Credentials { .. }));
    assert!(!format!("{error:?} {session:?}").contains("Zq8"), "{error:?}");
    assert_eq!(script.count("bindRequest"), 2);
    for _ in 0..3 {
        assert!(matches!(session.check().await, Err(ConnectorError::Credentials { .. })));
    }
    assert_eq!(script.count("bindRequest"), 0);
    // The account may have been unlocked meanwhile; nobody has to start the program anew.
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(601)).await;
    tokio::time::resume();
    session.check().await.unwrap();
    assert_eq!(script.count("bindRequest"), 1);
}

#[tokio::test]
async fn a_bind_that_fails_is_told_by_its_cause() {
    let script = Script::start(&[], []).await;
    let open = async |code| {
        script.binds([code]);
        LdapConnector::new().open(script.config(), env()).await.unwrap_err()
    };
    for code in [ResultCode::BUSY, ResultCode::UNAVAILABLE] {
        let error = open(code).await;
        assert!(matches!(error, ConnectorError::Unavailable { .. }) && error.is_retryable(), "{error:?}");
    }
    for code in [ResultCode::INVALID_CREDENTIALS, ResultCode::UNWILLING_TO_PERFORM] {
        let error = open(code).await;
        assert!(matches!(error, ConnectorError::Credentials { .. }), "{error:?}");
    }
    let error = open(ResultCode::CONFIDENTIALITY_REQUIRED).await;
    assert!(matches!(error, ConnectorError::Refused { code: 13, .. }), "{error:?}");
    assert!(error.to_string().contains("bind as cn=admin,dc=lab answered confidentialityRequired (13)"), "{error}");
}

#[tokio::test]
async fn absence_needs_a_proof() {
    let anchor = Key::from_anchor(Anchor::new(AnchorKind::new("entryUUID"), *b"uuid-of-bsimon"));
    let name = Key::from_name(ObjectName::from(format!("cn=bsimon,{BASE}")));
    let done = |code| Reaction::Answer(vec![end(code)]);

    let script = Script::start(&[], [done(ResultCode::SUCCESS), done(ResultCode::NO_SUCH_OBJECT)]).await;
    let session = script.session().await;
    for key in [&anchor, &name] {
        let result = session.read(key, &Select::Configured).await.unwrap();
        let ReadResult::Absent(proof) = result else { panic!("{result:?}") };
        assert_eq!(proof.evidence[1], format!("{BASE} is shown to this account"));
    }
    script.then([done(ResultCode::SUCCESS), done(ResultCode::INSUFFICIENT_ACCESS_RIGHTS)]);
    for _ in 0..2 {
        // An entry that exists and is not shown; a right that is missing.
        assert_eq!(session.read(&name, &Select::Configured).await.unwrap(), ReadResult::Forbidden);
    }
    let reference = Operation::SearchResultReference(vec!["ldap://other/".into()]);
    script.then([Reaction::Answer(vec![reference, end(ResultCode::SUCCESS)])]);
    let result = session.read(&anchor, &Select::Configured).await.unwrap();
    assert_eq!(result, ReadResult::Unknown { reason: "the server refers to another one".to_owned() });
    script.then([Reaction::Answer(vec![entry("a"), entry("b"), end(ResultCode::SUCCESS)])]);
    let result = session.read(&anchor, &Select::Configured).await.unwrap();
    assert_eq!(result, ReadResult::Unknown { reason: "several entries have this anchor".to_owned() });
    script.then([done(ResultCode::BUSY)]);
    let error = session.read(&anchor, &Select::Configured).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Refused { code: 51, .. }));

    let hidden = Script::start_hidden([done(ResultCode::SUCCESS), done(ResultCode::NO_SUCH_OBJECT)]).await;
    let session = hidden.session().await;
    for key in [&anchor, &name] {
        assert_eq!(session.read(key, &Select::Configured).await.unwrap(), ReadResult::Forbidden);
    }
}

#[tokio::test]
async fn e_701_the_container_of_a_known_object_must_be_shown() {
    let anchor = Anchor::new(AnchorKind::new("entryUUID"), *b"uuid-of-bsimon");
    let name = ObjectName::from(format!("cn=bsimon,ou=hr,{BASE}"));
    let key = Key::from_anchor(anchor).with_name(name);
    let done = |code| Reaction::Answer(vec![end(code)]);
    let container = Operation::SearchResultEntry(SearchResultEntry {
        name: format!("ou=hr,{BASE}").into(),
        attributes: Vec::new(),
    });
    // The entry by its name, the entry by its anchor, and the container.
    let looks = |container| [done(ResultCode::NO_SUCH_OBJECT), done(ResultCode::SUCCESS), container];
    let script = Script::start(&[], looks(Reaction::Answer(vec![container, end(ResultCode::SUCCESS)]))).await;
    let session = script.session().await;
    let result = session.read(&key, &Select::Configured).await.unwrap();
    let ReadResult::Absent(proof) = result else { panic!("{result:?}") };
    assert_eq!(proof.evidence[1], format!("ou=hr,{BASE} is shown to this account"));
    for hidden in [ResultCode::SUCCESS, ResultCode::INSUFFICIENT_ACCESS_RIGHTS] {
        script.then(looks(done(hidden)));
        assert_eq!(session.read(&key, &Select::Configured).await.unwrap(), ReadResult::Forbidden);
    }
    script.then(looks(done(ResultCode::NO_SUCH_OBJECT)));
    let result = session.read(&key, &Select::Configured).await.unwrap();
    assert!(matches!(result, ReadResult::Unknown { .. }), "{result:?}");
}
