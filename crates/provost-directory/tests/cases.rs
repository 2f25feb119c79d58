//! The requests of `cases/` to the embedded directory. The same ones go to a running slapd in the live tests, where both
//! must answer alike; here the answers are kept, so that they cannot change unseen.
#![cfg(test)]
#![cfg(feature = "listener")]

mod support;

use std::fmt::Write;

use expect_test::{ExpectFile, expect_file};
use support::play::{self, Case, show};
use support::{ADMIN, Client, PASSWORD, SUFFIX, Server};

const BASE: &str = "ou=people,dc=contoso,dc=lab";

fn client(server: &Server) -> Client {
    let mut client = Client::bound(server.address, ADMIN, PASSWORD);
    for case in play::changes(BASE, SUFFIX) {
        client.ask(case.operation);
    }
    client
}

fn check(client: &mut Client, cases: Vec<Case>, expected: ExpectFile) {
    let mut text = String::new();
    for case in cases {
        writeln!(text, "{}: {}", case.what, show(&client.ask(case.operation))).unwrap();
    }
    expected.assert_eq(&text);
}

#[test]
fn changes() {
    let server = Server::start(support::directory());
    let mut client = Client::bound(server.address, ADMIN, PASSWORD);
    check(&mut client, play::changes(BASE, SUFFIX), expect_file!["cases/changes.expected"]);
}

#[test]
fn searches() {
    let server = Server::start(support::directory());
    check(&mut client(&server), play::searches(BASE), expect_file!["cases/searches.expected"]);
}

#[test]
fn compares() {
    let server = Server::start(support::directory());
    check(&mut client(&server), play::compares(BASE), expect_file!["cases/compares.expected"]);
}
