#![cfg(test)]
//! The suite on the embedded directory, and what only a server of ours can be made to do.

mod support;

use std::path::PathBuf;

use provost_connector::{Connector, Key, Outcome, RefusalClass, Select};
use provost_directory::{
    Directory, DirectoryOptions, Listener, ListenerOptions, Occurrence, OperationKind, TlsIdentity, Transport,
};
use provost_ldap::LdapConnector;
use provost_model::{ChangeSet, ObjectName, Value, ValueChange};

use support::suite::{add, delete, modify, person};
use support::{Counting, Habits, Server, env, suite};

const SUFFIX: &str = "dc=contoso,dc=lab";

/// What keeps a server and its files alive.
struct Alive {
    directory: Directory,
    _plain: Listener,
    _tls: Listener,
    _files: tempfile::TempDir,
}

async fn start() -> (Server, Alive) {
    let options = DirectoryOptions::new(SUFFIX.parse().unwrap())
        .with_root("cn=admin,dc=contoso,dc=lab".parse().unwrap(), "secret".into());
    let directory = Directory::new(options).unwrap();
    directory.load(format!("dn: {SUFFIX}\nobjectClass: domain\ndc: contoso\n").as_bytes()).unwrap();
    let address = "127.0.0.1:0".parse().unwrap();
    let plain = Listener::bind(directory.clone(), address).await.unwrap();
    let files = tempfile::tempdir().unwrap();
    let (identity, ca) = certificate(&files);
    let transport = ListenerOptions::default().with_transport(Transport::Ldaps(identity));
    let tls = Listener::bind_with(directory.clone(), address, transport).await.unwrap();
    let server = Server {
        label: "openldap",
        url: plain.url(),
        ldaps_url: tls.url(),
        bind_dn: "cn=admin,dc=contoso,dc=lab".to_owned(),
        password: "secret".to_owned(),
        suffix: SUFFIX.to_owned(),
        ca: ca.to_str().unwrap().to_owned(),
        misnamed_url: Some(format!("ldaps://localhost:{}", tls.local_addr().port())),
        counting: Counting::Ldap3,
        // As slapd 2.5.13 does.
        habits: Habits {
            add_without_rdn_value: 0,
            replace_of_rdn_value: 64,
            takes_utf8_in_uid: true,
            anchor: "entryUUID",
            shows_root_dse_to_all: true,
            decided_by: "6",
            publishes: &["attributeTypes", "objectClasses", "ldapSyntaxes", "matchingRules", "matchingRuleUse"],
        },
    };
    (server, Alive { directory, _plain: plain, _tls: tls, _files: files })
}

/// Makes a certificate for 127.0.0.1 alone and writes that of its issuer to a file.
fn certificate(files: &tempfile::TempDir) -> (TlsIdentity, PathBuf) {
    certificate_until(files, 4096)
}

fn certificate_until(files: &tempfile::TempDir, year: i32) -> (TlsIdentity, PathBuf) {
    let issuer_key = rcgen::KeyPair::generate().unwrap();
    let mut issuer = rcgen::CertificateParams::new(Vec::new()).unwrap();
    issuer.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let ca = issuer.self_signed(&issuer_key).unwrap();
    let path = files.path().join("ca.pem");
    std::fs::write(&path, ca.pem()).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let mut own = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    own.not_after = rcgen::date_time_ymd(year, 1, 1);
    let own = own.signed_by(&key, &rcgen::Issuer::from_params(&issuer, &issuer_key)).unwrap();
    (TlsIdentity::from_pem(own.pem().as_bytes(), key.serialize_pem().as_bytes()).unwrap(), path)
}

suite::on!(directory, Some(super::start().await));

#[tokio::test]
async fn a_certificate_that_has_expired_is_not_accepted() {
    let (server, alive) = start().await;
    let files = tempfile::tempdir().unwrap();
    let (identity, ca) = certificate_until(&files, 2001);
    let transport = ListenerOptions::default().with_transport(Transport::Ldaps(identity));
    let tls = Listener::bind_with(alive.directory.clone(), "127.0.0.1:0".parse().unwrap(), transport).await.unwrap();
    let config = server.config(SUFFIX).with("url", tls.url()).with("ca_file", ca.to_str().unwrap());
    let error = LdapConnector::new().open(config, env()).await.unwrap_err();
    assert!(error.to_string().ends_with("was not accepted: it has expired"), "{error}");
}

#[tokio::test]
async fn a_write_whose_answer_is_held_is_unknown_and_done_once() {
    let (server, alive) = start().await;
    let connector = LdapConnector::new();
    let session = connector.open(server.config(SUFFIX).with("operation_timeout_ms", 2_000), env()).await.unwrap();
    alive.directory.faults().hold_answer(OperationKind::Add, Occurrence::Nth(0));
    let write = add(&format!("cn=bsimon,{SUFFIX}"), person("bsimon", "Simon"));
    let outcome = session.export().unwrap().apply(&[write]).await.remove(0);
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    assert_eq!((connector.writes(), alive.directory.write_counter()), (1, 1));
    alive.directory.faults().clear();
}

#[tokio::test]
async fn a_refused_change_takes_the_rename_before_it_back() {
    let (server, alive) = start().await;
    let connector = LdapConnector::new();
    let session = connector.open(server.config(SUFFIX), env()).await.unwrap();
    let mut attributes = person("bsimon", "Simon");
    attributes.set("cn", ["bsimon", "Britta"].map(Value::from));
    let name = format!("cn=bsimon,{SUFFIX}");
    let write = |write| async { session.export().unwrap().apply(&[write]).await.remove(0) };
    let Outcome::Done(made) = write(add(&name, attributes)).await else { panic!("it was not made") };
    let key = Key::from_anchor(made.anchor.unwrap());
    let names = || {
        let entry = alive.directory.entry(&name.parse().unwrap()).expect("the entry is at its old name");
        let mut names = entry.get("cn").unwrap().values().to_vec();
        names.sort();
        names
    };
    // One name that is new, and one whose value the entry holds already.
    for to in ["bstone", "Britta"] {
        let mut changes = ChangeSet::new();
        changes.name = Some(ObjectName::from(format!("cn={to},{SUFFIX}")));
        changes.push("sn", ValueChange::Replace(Vec::new()));
        let outcome = write(modify(key.clone(), changes)).await;
        let Outcome::Refused(refusal) = outcome else { panic!("{outcome:?}") };
        assert_eq!((refusal.code, refusal.writes), (Some(65), 2), "{to}");
        assert_eq!(names(), [b"Britta".to_vec(), b"bsimon".to_vec()], "{to}");
    }
    // A rename that cannot be taken back leaves the matter open, so that the engine looks.
    alive.directory.faults().drop_connection(OperationKind::ModifyDn, Occurrence::Nth(1));
    let mut changes = ChangeSet::new();
    changes.name = Some(ObjectName::from(format!("cn=bstone,{SUFFIX}")));
    changes.push("sn", ValueChange::Replace(Vec::new()));
    let outcome = write(modify(key, changes)).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
}

#[tokio::test]
async fn requests_that_wait_for_a_silent_server_do_not_wait_one_after_another() {
    let (server, alive) = start().await;
    let config = server.config(SUFFIX).with("operation_timeout_ms", 2_000);
    let session = LdapConnector::new().open(config, env()).await.unwrap();
    let key = Key::from_name(ObjectName::from(format!("cn=bsimon,{SUFFIX}")));
    let read = || session.read(&key, &Select::Configured);
    alive.directory.faults().drop_connection(OperationKind::Search, Occurrence::Nth(0));
    read().await.unwrap_err();
    alive.directory.faults().hold_answer(OperationKind::Bind, Occurrence::Each);
    let binds = alive.directory.requests(OperationKind::Bind);
    let (first, second, third) = tokio::join!(read(), read(), read());
    for outcome in [first, second, third] {
        assert!(outcome.unwrap_err().is_retryable());
    }
    assert_eq!(alive.directory.requests(OperationKind::Bind), binds + 1);
}

#[tokio::test]
async fn nothing_is_sent_and_nothing_in_doubt_when_the_container_is_gone() {
    let (server, _alive) = start().await;
    let mut client = server.client().await;
    let container = client.fresh_container(&server, "provost-gone").await;
    let connector = LdapConnector::new();
    let session = connector.open(server.config(SUFFIX), env()).await.unwrap();
    let write = |write| async { session.export().unwrap().apply(&[write]).await.remove(0) };
    let name = ObjectName::from(format!("cn=bsimon,{container}"));
    let Outcome::Done(made) = write(add(name.as_str(), person("bsimon", "Simon"))).await else { panic!("not made") };
    client.clear(&container).await;
    let key = Key::from_anchor(made.anchor.unwrap()).with_name(name);
    let mut changes = ChangeSet::new();
    changes.push("sn", ValueChange::Replace(vec![Value::from("Stone")]));
    for request in [delete(key.clone()), modify(key.clone(), changes)] {
        let outcome = write(request).await;
        let Outcome::Refused(refusal) = outcome else { panic!("{outcome:?}") };
        assert_eq!((refusal.code, refusal.class, refusal.writes), (None, RefusalClass::NotSent, 0), "{}", refusal.text);
    }
    assert_eq!(connector.writes(), 1);
}
