//! Sessions over loopback: access, limits, pages, broken requests, faults, TLS.
#![cfg(test)]
#![cfg(feature = "listener")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use expect_test::expect;
use provost_connector::Clock;
use provost_directory::{
    AnonymousAccess, Connection, Directory, DirectoryOptions, ListenerOptions, Occurrence, OperationKind, Progress,
    Security, TlsIdentity, Transport,
};
use provost_ldap_wire::{
    AddRequest, CompareRequest, Control, ExtendedRequest, FrameLimits, Message, Modification, ModifyOperation,
    ModifyRequest, Operation, PagedResults, PartialAttribute, ResultCode, Scope, SearchRequest, oid,
};
use provost_model::Timestamp;
use support::play::every;
use support::{ADMIN, BASE, Client, PASSWORD, SUFFIX, Server, directory};

fn options() -> DirectoryOptions {
    DirectoryOptions::new(SUFFIX.parse().unwrap()).with_root(ADMIN.parse().unwrap(), PASSWORD.into())
}

fn device(number: usize) -> Operation<'static> {
    let attributes =
        vec![PartialAttribute::new("objectClass", ["device"]), PartialAttribute::new("cn", [format!("d{number}")])];
    Operation::AddRequest(AddRequest { name: format!("cn=d{number},ou=people,{SUFFIX}").into(), attributes })
}

fn search(base: &str, scope: Scope) -> SearchRequest<'_> {
    SearchRequest::new(base, scope, every(), vec!["1.1".into()])
}

fn code(client: &mut Client, base: &str) -> i32 {
    client.search(search(base, Scope::Base)).result.code.0
}

#[test]
fn anonymous_clients_see_root_dse_and_subschema_by_default() {
    let server = Server::start(directory());
    let mut client = Client::connect(server.address);
    assert_eq!(client.bind("", "").code, ResultCode::SUCCESS);
    assert_eq!(code(&mut client, ""), 0);
    assert_eq!(code(&mut client, "cn=Subschema"), 0);
    let refused = client.search(search(SUFFIX, Scope::Subtree)).result;
    assert_eq!(refused.code, ResultCode::UNWILLING_TO_PERFORM);
    assert_eq!(refused.message, "authentication required");
    let refused = client.ask(device(1)).result;
    assert_eq!(refused.code, ResultCode::STRONGER_AUTH_REQUIRED);
    let compare = CompareRequest { name: SUFFIX.into(), attribute: "dc".into(), value: "contoso".into() };
    assert_eq!(client.ask(Operation::CompareRequest(compare)).result.code, ResultCode::UNWILLING_TO_PERFORM);
    assert_eq!(server.directory.write_counter(), 0);
}

#[test]
fn anonymous_clients_may_be_refused_or_let_in() {
    let directory = Directory::new(options().with_anonymous(AnonymousAccess::Refused)).unwrap();
    let server = Server::start(directory);
    let mut client = Client::connect(server.address);
    assert_eq!(client.bind("", "").code, ResultCode::INAPPROPRIATE_AUTHENTICATION);
    assert_eq!(code(&mut client, ""), 53);

    let directory = Directory::new(options().with_anonymous(AnonymousAccess::Read)).unwrap();
    directory.load(BASE.as_bytes()).unwrap();
    let server = Server::start(directory);
    assert_eq!(code(&mut Client::connect(server.address), SUFFIX), 0);
}

#[test]
fn users_read_all_but_passwords_and_change_only_their_own() {
    let mut options = options();
    options.administrators = vec![format!("ou=services,{SUFFIX}").parse().unwrap()];
    let directory = Directory::new(options).unwrap();
    directory.load(BASE.as_bytes()).unwrap();
    let account = |name: &str| {
        format!(
            "dn: {name},{SUFFIX}\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\nuserPassword: pw\n"
        )
    };
    let services = format!("dn: ou=services,{SUFFIX}\nobjectClass: organizationalUnit\n");
    for record in [account("cn=a"), account("cn=b"), services, account("cn=service,ou=services")] {
        directory.load(record.as_bytes()).unwrap();
    }
    let server = Server::start(directory);
    let mut user = Client::bound(server.address, &format!("cn=a,{SUFFIX}"), "pw");
    let passwords = |client: &mut Client| {
        let request = SearchRequest::new(SUFFIX, Scope::Subtree, "(userPassword=*)".parse().unwrap(), vec![]);
        client.search(request).entries.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(passwords(&mut user), ["cn=a,dc=contoso,dc=lab"]);
    let set = |name: &str, attribute: &'static str| {
        let change = Modification::new(ModifyOperation::Replace, PartialAttribute::new(attribute, ["new"]));
        Operation::ModifyRequest(ModifyRequest { name: format!("{name},{SUFFIX}").into(), changes: vec![change] })
    };
    assert_eq!(user.ask(set("cn=a", "userPassword")).result.code, ResultCode::SUCCESS);
    assert_eq!(user.ask(set("cn=b", "userPassword")).result.code, ResultCode::INSUFFICIENT_ACCESS_RIGHTS);
    assert_eq!(user.ask(set("cn=a", "description")).result.code, ResultCode::INSUFFICIENT_ACCESS_RIGHTS);
    assert_eq!(user.ask(device(1)).result.message, "no write access to parent");
    let mut service = Client::bound(server.address, &format!("cn=service,ou=services,{SUFFIX}"), "pw");
    assert_eq!(passwords(&mut service).len(), 3);
    assert_eq!(service.ask(device(1)).result.code, ResultCode::SUCCESS);
    assert_eq!(server.directory.write_counter(), 2);
}

#[test]
fn pages_go_on_over_another_connection_and_see_what_came_between() {
    let server = Server::start(directory());
    let mut client = Client::bound(server.address, ADMIN, PASSWORD);
    for number in 0..10 {
        assert!(client.ask(device(number)).result.code.is_success());
    }
    let (mut cookie, mut names, mut pages) = (Vec::new(), Vec::new(), 0);
    loop {
        let control = PagedResults::new(3, cookie).control();
        let answer = client.ask_with(Operation::SearchRequest(search(SUFFIX, Scope::Subtree)), vec![control]);
        names.extend(answer.entries.into_iter().map(|(name, _)| name));
        cookie = PagedResults::decode(&answer.controls[0]).unwrap().cookie;
        pages += 1;
        if cookie.is_empty() {
            break;
        }
        client.ask(Operation::DeleteRequest(format!("cn=d9,ou=people,{SUFFIX}").into()));
        client = Client::bound(server.address, ADMIN, PASSWORD);
    }
    assert_eq!(pages, 4);
    assert_eq!(names.len(), 11);
    assert!(!names.iter().any(|name| name.starts_with("cn=d9")));
}

#[test]
fn a_cookie_serves_only_its_search() {
    let server = Server::start(directory());
    let mut client = Client::bound(server.address, ADMIN, PASSWORD);
    let paged = |cookie| vec![PagedResults::new(1, cookie).control()];
    let ask = |client: &mut Client, base, cookie| {
        client.ask_with(Operation::SearchRequest(search(base, Scope::Subtree)), paged(cookie))
    };
    let first = ask(&mut client, SUFFIX, Vec::new());
    let cookie = PagedResults::decode(&first.controls[0]).unwrap().cookie;
    let other = ask(&mut client, "ou=people,dc=contoso,dc=lab", cookie);
    assert_eq!(other.result.code, ResultCode::UNWILLING_TO_PERFORM);
    assert_eq!(other.result.message, "paged results cookie is invalid or old");
}

#[test]
fn the_servers_size_limit_counts_all_pages_and_spares_administrators() {
    let mut options = options().with_anonymous(AnonymousAccess::Read);
    options.size_limit = Some(3);
    let directory = Directory::new(options).unwrap();
    directory.load(BASE.as_bytes()).unwrap();
    let server = Server::start(directory);
    let mut client = Client::bound(server.address, ADMIN, PASSWORD);
    for number in 0..4 {
        client.ask(device(number));
    }
    let all = || Operation::SearchRequest(search(SUFFIX, Scope::Subtree));
    assert_eq!(client.ask(all()).entries.len(), 6);
    let mut other = Client::connect(server.address);
    let answer = other.ask(all());
    assert_eq!((answer.result.code, answer.entries.len()), (ResultCode::SIZE_LIMIT_EXCEEDED, 3));
    let first = other.ask_with(all(), vec![PagedResults::new(2, Vec::new()).control()]);
    let cookie = PagedResults::decode(&first.controls[0]).unwrap().cookie;
    let second = other.ask_with(all(), vec![PagedResults::new(2, cookie).control()]);
    assert_eq!((second.result.code, second.entries.len()), (ResultCode::SIZE_LIMIT_EXCEEDED, 1));
}

/// A clock on which a second passes at each look.
#[derive(Debug, Default)]
struct Ticking(AtomicU64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

#[test]
fn a_search_ends_at_its_time_limit() {
    let directory = Directory::new(options().with_clock(Arc::new(Ticking::default()))).unwrap();
    directory.load(BASE.as_bytes()).unwrap();
    let server = Server::start(directory);
    let mut client = Client::bound(server.address, ADMIN, PASSWORD);
    for number in 0..5 {
        client.ask(device(number));
    }
    let limited = |seconds| SearchRequest { time_limit: seconds, ..search(SUFFIX, Scope::Subtree) };
    let answer = client.search(limited(3));
    assert_eq!((answer.result.code, answer.entries.len()), (ResultCode::TIME_LIMIT_EXCEEDED, 2));
    let answer = client.search(limited(100));
    assert_eq!((answer.result.code, answer.entries.len()), (ResultCode::SUCCESS, 7));
}

#[test]
fn an_abandoned_search_ends_without_an_answer() {
    let directory = directory();
    let mut text = String::new();
    for number in 0..5_000 {
        text.push_str(&format!("dn: cn=d{number},ou=people,{SUFFIX}\nobjectClass: device\n\n"));
    }
    directory.load(text.as_bytes()).unwrap();
    let mut connection = Connection::new(directory, Security::Plain);
    let bind = provost_ldap_wire::BindRequest {
        version: 3,
        name: ADMIN.into(),
        authentication: provost_ldap_wire::Authentication::Simple(PASSWORD.into()),
    };
    connection.receive(&Message::new(1, Operation::BindRequest(bind)).encode());
    connection.receive(&Message::new(2, Operation::SearchRequest(search(SUFFIX, Scope::Subtree))).encode());
    let mut output = Vec::new();
    for _ in 0..4 {
        assert_eq!(connection.advance(&mut output), Progress::More);
    }
    connection.receive(&Message::new(3, Operation::Abandon(2)).encode());
    while connection.advance(&mut output) == Progress::More {}
    let (mut entries, mut rest) = (0, output.as_slice());
    while let Some(length) = provost_ldap_wire::frame(rest, &FrameLimits::default()).unwrap() {
        match Message::decode(&rest[..length]).unwrap().operation {
            Operation::SearchResultEntry(_) => entries += 1,
            Operation::BindResponse(_) => {}
            other => panic!("unexpected {}", other.name()),
        }
        rest = &rest[length..];
    }
    assert!((1..1_000).contains(&entries), "{entries}");
}

#[test]
fn what_is_no_request_ends_the_session_with_a_notice() {
    let server = Server::start(directory());
    let deep = [vec![0x30, 0x84, 0, 0, 2, 0], [0x30, 0x80].repeat(300)].concat();
    let huge = vec![0x30, 0x84, 0x7f, 0xff, 0xff, 0xff];
    for octets in [b"GET / HTTP/1.0\r\n\r\n".to_vec(), deep, huge, vec![0x30, 0x05, 2, 1, 1, 0x65, 0]] {
        let mut client = Client::connect(server.address);
        client.send_raw(&octets);
        let answer = client.message().unwrap();
        let message = Message::decode(&answer).unwrap();
        assert_eq!(message.id, 0);
        let Operation::ExtendedResponse(notice) = message.operation else { panic!("no notice") };
        assert_eq!(notice.name.unwrap(), oid::NOTICE_OF_DISCONNECTION);
        assert_eq!(notice.result.code, ResultCode::PROTOCOL_ERROR);
        assert!(client.message().is_none());
    }
    // The server is as it was.
    assert_eq!(code(&mut Client::connect(server.address), ""), 0);
}

#[test]
fn a_request_that_cannot_be_read_is_answered_where_its_kind_is_known() {
    let server = Server::start(directory());
    let mut client = Client::bound(server.address, ADMIN, PASSWORD);
    // A search of scope 7.
    let mut octets = Message::new(9, Operation::SearchRequest(search(SUFFIX, Scope::Base))).encode();
    let at = octets.windows(3).position(|window| window == [0x0a, 0x01, 0x00]).unwrap();
    octets[at + 2] = 7;
    client.send_raw(&octets);
    let answer = client.answer().unwrap();
    expect!["protocolError (2)"].assert_eq(&answer.result.code.to_string());
    assert_eq!(code(&mut client, SUFFIX), 0);
}

#[test]
fn a_held_answer_comes_when_it_is_released() {
    let server = Server::start(directory());
    let faults = server.directory.faults();
    faults.hold_answer(OperationKind::Add, Occurrence::Nth(1));
    let mut client = Client::bound(server.address, ADMIN, PASSWORD);
    assert!(client.ask(device(1)).result.code.is_success());
    let held = client.send(device(2), Vec::new());
    // Other answers pass, and the entry is there though its answer is not.
    assert_eq!(code(&mut client, &format!("cn=d2,ou=people,{SUFFIX}")), 0);
    assert_eq!(faults.held_answers(), 1);
    assert_eq!(server.directory.write_counter(), 2);
    faults.release();
    let answer = client.message().unwrap();
    let answer = Message::decode(&answer).unwrap();
    assert_eq!(answer.id, held);
    assert!(matches!(answer.operation, Operation::AddResponse(result) if result.code.is_success()));
    assert_eq!(faults.held_answers(), 0);
    assert!(client.ask(device(3)).result.code.is_success());
}

#[test]
fn a_client_that_dies_forgets_its_held_answer() {
    let server = Server::start(directory());
    server.directory.faults().hold_answer(OperationKind::Modify, Occurrence::Each);
    let mut client = Client::bound(server.address, ADMIN, PASSWORD);
    let change = Modification::new(ModifyOperation::Replace, PartialAttribute::new("description", ["x"]));
    let request = ModifyRequest { name: SUFFIX.into(), changes: vec![change] };
    client.send(Operation::ModifyRequest(request), Vec::new());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(server.directory.faults().until_held(1));
    drop(client);
    let mut other = Client::bound(server.address, ADMIN, PASSWORD);
    while server.directory.faults().held_answers() > 0 {
        // Every request lets the server run.
        assert_eq!(code(&mut other, SUFFIX), 0);
    }
}

#[test]
fn a_connection_that_is_dropped_has_had_its_effect() {
    let server = Server::start(directory());
    server.directory.faults().drop_connection(OperationKind::Add, Occurrence::Nth(0));
    let mut client = Client::bound(server.address, ADMIN, PASSWORD);
    client.send(device(1), Vec::new());
    assert!(client.answer().is_none());
    let mut client = Client::bound(server.address, ADMIN, PASSWORD);
    assert_eq!(client.ask(device(1)).result.code, ResultCode::ENTRY_ALREADY_EXISTS);
    assert_eq!(server.directory.write_counter(), 1);
    assert_eq!(server.directory.requests(OperationKind::Add), 2);
}

#[test]
fn what_was_sent_before_the_end_is_done() {
    let server = Server::start(directory());
    let mut client = Client::bound(server.address, ADMIN, PASSWORD);
    for number in 0..20 {
        client.send(device(number), Vec::new());
    }
    client.end();
    let mut answers = 0;
    while client.answer().is_some() {
        answers += 1;
    }
    assert_eq!((answers, server.directory.write_counter()), (20, 20));
}

#[test]
fn too_many_connections_are_told_so() {
    let server = Server::start_with(directory(), ListenerOptions::default().with_max_connections(1));
    let mut first = Client::bound(server.address, ADMIN, PASSWORD);
    let mut second = Client::connect(server.address);
    let notice = second.answer().unwrap();
    assert_eq!(notice.result.code, ResultCode::BUSY);
    assert!(second.message().is_none());
    assert_eq!(code(&mut first, SUFFIX), 0);
}

#[test]
fn a_shutdown_says_goodbye() {
    let server = Server::start(directory());
    let mut client = Client::bound(server.address, ADMIN, PASSWORD);
    let address = server.address;
    drop(server);
    assert_eq!(client.answer().unwrap().result.code, ResultCode::UNAVAILABLE);
    assert!(client.message().is_none());
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn unknown_controls_and_operations() {
    let server = Server::start(directory());
    let mut client = Client::bound(server.address, ADMIN, PASSWORD);
    let ask = |client: &mut Client, control: Control| {
        client.ask_with(Operation::SearchRequest(search(SUFFIX, Scope::Base)), vec![control]).result.code
    };
    assert_eq!(ask(&mut client, Control::new("1.2.3.4", None)), ResultCode::SUCCESS);
    assert_eq!(ask(&mut client, Control::new("1.2.3.4", None).critical()), ResultCode::UNAVAILABLE_CRITICAL_EXTENSION);
    let start_tls = ExtendedRequest { name: oid::START_TLS.into(), value: None };
    assert_eq!(client.ask(Operation::ExtendedRequest(start_tls)).result.code, ResultCode::PROTOCOL_ERROR);
}

#[test]
fn start_tls_is_announced_where_it_is_offered() {
    let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let identity =
        TlsIdentity::from_pem(key.cert.pem().as_bytes(), key.signing_key.serialize_pem().as_bytes()).unwrap();
    assert_eq!(format!("{identity:?}"), "TlsIdentity(..)");
    let options = ListenerOptions::default().with_transport(Transport::StartTls(identity));
    for (options, announced) in [(options, true), (ListenerOptions::default(), false)] {
        let server = Server::start_with(directory(), options);
        let mut client = Client::connect(server.address);
        let filter = format!("(supportedExtension={})", oid::START_TLS);
        let request = SearchRequest::new("", Scope::Base, every(), vec!["supportedExtension".into()]);
        let answer = client.search(request);
        let values = &answer.entries[0].1[0].1;
        assert_eq!(values.contains(&oid::START_TLS.as_bytes().to_vec()), announced, "{filter}");
    }
    assert!(TlsIdentity::from_pem(b"nonsense", b"nonsense").is_err());
    let missing = TlsIdentity::from_pem_files("/nonexistent", "/nonexistent").unwrap_err();
    assert_eq!(missing.to_string(), "cannot use the TLS file /nonexistent");
}

#[test]
fn octets_behind_a_start_tls_request_are_thrown_away() {
    let mut connection = Connection::new(directory(), Security::StartTls);
    let request = ExtendedRequest { name: oid::START_TLS.into(), value: None };
    connection.receive(&Message::new(1, Operation::ExtendedRequest(request)).encode());
    connection.receive(&Message::new(2, Operation::DeleteRequest(SUFFIX.into())).encode());
    let mut output = Vec::new();
    assert_eq!(connection.advance(&mut output), Progress::StartTls);
    connection.tls_started();
    assert_eq!(connection.advance(&mut output), Progress::Idle);
    assert_eq!(provost_ldap_wire::frame(&output, &FrameLimits::default()).unwrap(), Some(output.len()));
}

#[test]
fn passwords_are_in_no_debug_text() {
    let directory = directory();
    directory
        .load("dn: cn=a,dc=contoso,dc=lab\nobjectClass: person\nsn: a\nuserPassword: Zq8!pass\n".as_bytes())
        .unwrap();
    let connection = Connection::new(directory.clone(), Security::Plain);
    let text = format!("{directory:?} {connection:?} {:?}", options());
    assert!(!text.contains("Zq8") && !text.contains(PASSWORD), "{text}");
}

#[test]
fn ldap3_is_an_independent_client() {
    let server = Server::start(directory());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (connection, mut ldap) = ldap3::LdapConnAsync::new(&server.url).await.unwrap();
        ldap3::drive!(connection);
        ldap.simple_bind(ADMIN, PASSWORD).await.unwrap().success().unwrap();
        let name = "cn=Simon\\, Britta,ou=people,dc=contoso,dc=lab";
        let value = |text: &'static str| std::collections::HashSet::from([text]);
        let attributes = vec![
            ("objectClass", value("inetOrgPerson")),
            ("cn", value("Simon, Britta")),
            ("sn", value("Simon")),
            ("mail", value("bsimon@contoso.com")),
        ];
        ldap.add(name, attributes.clone()).await.unwrap().success().unwrap();
        assert_eq!(ldap.add(name, attributes).await.unwrap().rc, 68);
        let change = vec![ldap3::Mod::Replace("sn", value("Simón"))];
        ldap.modify(name, change).await.unwrap().success().unwrap();
        ldap.modifydn(name, "uid=bsimon", false, Some(SUFFIX)).await.unwrap().success().unwrap();
        let (found, _) = ldap
            .search(SUFFIX, ldap3::Scope::Subtree, "(&(mail=BSIMON@*)(!(sn=simon)))", vec!["*", "entryUUID"])
            .await
            .unwrap()
            .success()
            .unwrap();
        let entry = ldap3::SearchEntry::construct(found.into_iter().next().unwrap());
        assert_eq!(entry.dn, "uid=bsimon,dc=contoso,dc=lab");
        assert_eq!(entry.attrs["sn"], ["Simón"]);
        assert_eq!(entry.attrs["cn"], ["Simon, Britta"]);
        assert_eq!(entry.attrs["entryUUID"][0].len(), 36);
        assert!(ldap.compare(&entry.dn, "sn", "SIMÓN").await.unwrap().equal().unwrap());
        let whoami = ldap.extended(ldap3::exop::WhoAmI).await.unwrap().success().unwrap().0;
        assert_eq!(whoami.parse::<ldap3::exop::WhoAmIResp>().authzid, format!("dn:{ADMIN}"));
        ldap.delete(&entry.dn).await.unwrap().success().unwrap();
        assert_eq!(ldap.delete(&entry.dn).await.unwrap().rc, 32);
        ldap.unbind().await.unwrap();
    });
    assert_eq!(server.directory.write_counter(), 4);
}
