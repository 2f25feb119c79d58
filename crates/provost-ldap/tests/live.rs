#![cfg(test)]
//! The suite on real servers, whose coordinates files are named by environment variables.

mod agreement;
mod support;

use support::{Habits, Server, suite};

/// slapd 2.5.13.
fn openldap() -> Option<Server> {
    let habits =
        Habits { add_without_rdn_value: 0, replace_of_rdn_value: 64, takes_utf8_in_uid: true, anchor: "entryUUID" };
    Server::from_env_file("openldap", "PROVOST_LIVE_OPENLDAP", habits)
}

/// 389 Directory Server 2.3.1.
fn ds389() -> Option<Server> {
    let habits =
        Habits { add_without_rdn_value: 0, replace_of_rdn_value: 67, takes_utf8_in_uid: false, anchor: "nsUniqueId" };
    Server::from_env_file("389ds", "PROVOST_LIVE_389DS", habits)
}

suite::on!(openldap, super::openldap().map(|server| (server, ())));
suite::on!(ds389, super::ds389().map(|server| (server, ())));
