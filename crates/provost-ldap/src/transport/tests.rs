use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use provost_connector::{Cancellation, ConnectorError};
use provost_ldap_types::Filter;
use provost_ldap_wire::{
    AddRequest, FrameLimits, LdapResult, Message, Operation, ResultCode, Scope, SearchRequest, SearchResultEntry, frame,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::connection::Surroundings;
use super::{Connection, Step};

/// Octets that the stream between the two sides holds.
const STREAM: usize = 256;

fn connect(limits: FrameLimits) -> (Arc<Connection>, DuplexStream, Arc<AtomicU64>) {
    let (near, far) = tokio::io::duplex(STREAM);
    let writes = Arc::new(AtomicU64::new(0));
    let surroundings = Surroundings {
        system: "test".to_owned(),
        limits,
        timeout: Duration::from_secs(20),
        cancellation: Cancellation::new(),
        writes: Arc::clone(&writes),
    };
    (Connection::start(near, true, surroundings), far, writes)
}

fn everything() -> SearchRequest<'static> {
    SearchRequest::new("dc=lab", Scope::Subtree, Filter::present("objectClass").unwrap(), Vec::new())
}

fn add() -> Operation<'static> {
    Operation::AddRequest(AddRequest { name: "cn=x,dc=lab".into(), attributes: Vec::new() })
}

/// Reads one request and returns its number and name.
async fn request(far: &mut DuplexStream) -> (i32, &'static str) {
    let mut octets = Vec::new();
    loop {
        if let Some(length) = frame(&octets, &FrameLimits::default()).unwrap() {
            assert_eq!(length, octets.len());
            let message = Message::decode(&octets).unwrap();
            return (message.id, message.operation.name());
        }
        octets.push(far.read_u8().await.unwrap());
    }
}

fn entry(id: i32) -> Vec<u8> {
    let name = format!("cn={},dc=lab", "x".repeat(100));
    Message::new(id, Operation::SearchResultEntry(SearchResultEntry { name: name.into(), attributes: Vec::new() }))
        .encode()
}

/// Lets all tasks do what they can do without another octet.
async fn settle() {
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_slow_reader_stops_the_server_and_not_the_memory() {
    let (connection, mut far, _) = connect(FrameLimits::default());
    let mut search = connection.search(everything(), Vec::new()).await.unwrap();
    let (id, _) = request(&mut far).await;
    let sent = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&sent);
    let server = tokio::spawn(async move {
        for _ in 0..10_000 {
            far.write_all(&entry(id)).await.unwrap();
            counted.fetch_add(1, Ordering::Relaxed);
        }
        far.write_all(&Message::new(id, Operation::SearchResultDone(LdapResult::success())).encode()).await.unwrap();
        far
    });
    settle().await;
    let held = sent.load(Ordering::Relaxed);
    assert!(held > 0 && held < 500, "{held} entries were taken and nobody asked for one");
    let mut entries = 0;
    while let Step::Entry(_) = search.next().await.unwrap() {
        entries += 1;
    }
    assert_eq!(entries, 10_000);
    server.await.unwrap();
}

#[tokio::test]
async fn a_dropped_search_is_abandoned_while_entries_are_on_their_way() {
    let (connection, mut far, _) = connect(FrameLimits::default());
    let mut search = connection.search(everything(), Vec::new()).await.unwrap();
    let (id, _) = request(&mut far).await;
    far.write_all(&entry(id)).await.unwrap();
    assert!(matches!(search.next().await.unwrap(), Step::Entry(_)));
    drop(search);
    assert_eq!(request(&mut far).await.1, "abandonRequest");
    far.write_all(&entry(id)).await.unwrap();
    // The connection serves others as before.
    let (reply, ()) = tokio::join!(connection.request(add(), Vec::new()), async {
        let (id, name) = request(&mut far).await;
        assert_eq!(name, "addRequest");
        far.write_all(&Message::new(id, Operation::AddResponse(LdapResult::success())).encode()).await.unwrap();
    });
    reply.unwrap();
    assert!(connection.is_usable());
}

#[tokio::test]
async fn answers_find_their_way_in_any_order() {
    let (connection, mut far, writes) = connect(FrameLimits::default());
    let server = async {
        let (first, _) = request(&mut far).await;
        let (second, _) = request(&mut far).await;
        for (id, code) in [(second, ResultCode::BUSY), (first, ResultCode::OTHER)] {
            let answer = Operation::AddResponse(LdapResult::new(code, ""));
            far.write_all(&Message::new(id, answer).encode()).await.unwrap();
        }
    };
    let (first, second, ()) =
        tokio::join!(connection.request(add(), Vec::new()), connection.request(add(), Vec::new()), server);
    for (reply, expected) in [(first.unwrap(), ResultCode::OTHER), (second.unwrap(), ResultCode::BUSY)] {
        let Operation::AddResponse(result) = reply.message("test").unwrap().operation else { panic!() };
        assert_eq!(result.code, expected);
    }
    assert_eq!(writes.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_request_that_waits_behind_a_full_stream_is_withdrawn_and_never_sent() {
    let (connection, mut far, writes) = connect(FrameLimits::default());
    let large = Operation::DeleteRequest(vec![b'x'; 4 * STREAM].into());
    let blocking = connection.request(large, Vec::new());
    tokio::pin!(blocking);
    tokio::select! {
        biased;
        reply = &mut blocking => panic!("{reply:?}"),
        () = settle() => {}
    }
    {
        let waiting = connection.request(add(), Vec::new());
        tokio::select! {
            biased;
            reply = waiting => panic!("{reply:?}"),
            () = settle() => {}
        }
    }
    assert_eq!(writes.load(Ordering::Relaxed), 1);
    let server = async {
        assert_eq!(request(&mut far).await.1, "delRequest");
        drop(far);
    };
    let (reply, ()) = tokio::join!(blocking, server);
    let failure = reply.unwrap_err();
    assert!(failure.may_have_left);
    assert!(matches!(failure.error, ConnectorError::Unavailable { .. }));
    assert_eq!(writes.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn nothing_is_sent_on_a_connection_that_is_known_to_be_lost() {
    let (connection, far, writes) = connect(FrameLimits::default());
    drop(far);
    settle().await;
    assert!(!connection.is_usable());
    let failure = connection.request(add(), Vec::new()).await.unwrap_err();
    assert!(!failure.may_have_left);
    assert_eq!(writes.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_message_above_the_limit_ends_the_connection() {
    let (connection, mut far, _) = connect(FrameLimits::default().with_max_message(64));
    let mut search = connection.search(everything(), Vec::new()).await.unwrap();
    let (id, _) = request(&mut far).await;
    far.write_all(&entry(id)).await.unwrap();
    let error = search.next().await.unwrap_err();
    assert!(error.to_string().ends_with("a message larger than the limit at octet 0"), "{error}");
    assert!(!connection.is_usable());
}

#[tokio::test]
async fn an_unbind_is_the_last_that_the_server_sees() {
    let (connection, mut far, _) = connect(FrameLimits::default());
    let (farewell, seen) = tokio::join!(connection.unbind(), request(&mut far));
    farewell.unwrap();
    assert_eq!(seen.1, "unbindRequest");
    assert_eq!(far.read(&mut [0]).await.unwrap(), 0);
    assert!(!connection.is_usable());
}

#[tokio::test]
async fn a_connection_that_used_up_its_numbers_is_given_up() {
    let (connection, _far, writes) = connect(FrameLimits::default());
    connection.use_up_numbers();
    let failure = connection.request(add(), Vec::new()).await.unwrap_err();
    assert!(!failure.may_have_left && !connection.is_usable());
    assert_eq!(writes.load(Ordering::Relaxed), 0);
}
