//! Wrong input to the command line: one clear message, a non-zero exit code, nothing half written.

use std::process::{Command, Output};

use provost_directory::{Listener, ListenerOptions, TlsIdentity, Transport};
use provost_examples::tls::loopback_files;

use crate::lab::{ADMIN, ADMIN_PASSWORD, Lab, Served, TOKEN};

fn provost(lab: &Lab, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provost"));
    command.current_dir(lab.folder.path()).args(arguments).env("PROVOST_LOG", "error").output().unwrap()
}

/// Runs the program, which must fail with one line that holds all of `parts`, and must leave no store behind.
fn check(lab: &Lab, arguments: &[&str], parts: &[&str]) {
    let output = provost(lab, arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{arguments:?} went well");
    assert!(output.status.code().is_some(), "{arguments:?} was ended by a signal");
    assert!(!error.contains("panicked"), "{error}");
    for part in parts {
        assert!(error.contains(part), "`{part}` is missing from: {error}");
    }
    assert!(output.stdout.is_empty(), "{:?}", String::from_utf8_lossy(&output.stdout));
    assert!(!error.contains(ADMIN_PASSWORD) && !error.contains(TOKEN), "{error}");
}

fn change(lab: &Lab, from: &str, to: &str) {
    let config = lab.config();
    assert!(config.contains(from), "{from}");
    lab.write("provost.toml", &config.replace(from, to));
}

const SERVE: [&str; 3] = ["serve", "--config", "provost.toml"];

#[tokio::test(flavor = "multi_thread")]
async fn options_and_files() {
    let lab = Lab::new().await;
    check(&lab, &["serve", "--colour"], &["--colour"]);
    check(&lab, &["serve", "--config", "missing.toml"], &["missing.toml cannot be read", "No such file"]);
    check(&lab, &["provision", "--config", "missing.toml"], &["missing.toml cannot be read"]);
    check(&lab, &["inspect", "--root-dse", "missing.ldif"], &["missing.ldif", "No such file"]);
    check(&lab, &["directory", "--listen", "0.0.0.0:0"], &["not loopback", "--password-file"]);
    lab.write("bad.ldif", "dn: dc=contoso,dc=lab\nobjectClass: domain\ndc: contoso\n\ndn: cn=x,dc=contoso,dc=lab\nobjectClass: person\ncn: x\n");
    check(
        &lab,
        &["directory", "--listen", "127.0.0.1:0", "--ldif", "bad.ldif"],
        &["bad.ldif", "line 5", "requires attribute 'sn'"],
    );
    lab.write("root.ldif", "dn:\nobjectClass top\n");
    check(&lab, &["inspect", "--root-dse", "root.ldif"], &["root.ldif", "line 2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_toml_has_line_and_column() {
    let lab = Lab::new().await;
    change(&lab, "[store]", "[store");
    check(&lab, &SERVE, &["provost.toml", "line 8", "column"]);
    change(&lab, "[store]", "[store]\ncolour = 1");
    check(&lab, &SERVE, &["provost.toml", "line 9, column 1", "colour"]);
    change(&lab, "autosync_minutes = 0", "autosync_minutes = \"often\"");
    check(&lab, &SERVE, &["provost.toml", "line 22, column 20"]);
    change(&lab, "name = \"people\"", "name = \"people here\"");
    check(&lab, &SERVE, &["provost.toml", "people here"]);
    assert!(!lab.path("provost.redb").exists() && !lab.path("seal.key").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_and_certificates() {
    let lab = Lab::new().await;
    lab.write("token.txt", "short\n");
    check(&lab, &SERVE, &["12 characters"]);
    lab.write("token.txt", "\n");
    check(&lab, &SERVE, &["token.txt", "empty"]);
    lab.write("token.txt", TOKEN);
    change(&lab, "certificate = \"host.pem\"", "certificate = \"ca.pem\"");
    check(&lab, &SERVE, &["certificate"]);
    lab.write("provost.toml", &lab.config());
    lab.write("seal.key", "no key\n");
    check(&lab, &SERVE, &["seal.key", "64 hexadecimal digits"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn directories_that_cannot_be_used() {
    let lab = Lab::new().await;
    lab.write("bind.txt", "wrong-password\n");
    check(&lab, &SERVE, &["refused the credentials"]);
    let url = lab.listener.url();
    check(
        &lab,
        &["inspect", "--url", &url, "--bind-dn", ADMIN, "--password-file", "bind.txt"],
        &["refused the credentials"],
    );
    lab.write("bind.txt", ADMIN_PASSWORD);
    change(&lab, &url, "ldap://127.0.0.1:1/");
    check(&lab, &SERVE, &["people", "is unavailable", "refused"]);
    change(&lab, &url, "ldap://ldap.example.org/");
    check(&lab, &SERVE, &["url", "loopback", "ldaps://"]);
    change(&lab, "base = \"dc=contoso,dc=lab\"", "base = \"ou=nowhere,dc=contoso,dc=lab\"");
    let served = provost(&lab, &["inspect", "--url", &url]);
    assert!(served.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_do_not_match() {
    let lab = Lab::new().await;
    let identity = TlsIdentity::from_pem_files(lab.path("host.pem"), lab.path("host.key")).unwrap();
    let options = ListenerOptions::default().with_transport(Transport::Ldaps(identity));
    let listener =
        Listener::bind_with(lab.directory.clone(), ([127, 0, 0, 1], 0).into(), options.clone()).await.unwrap();
    let url = listener.url();
    let inspected = provost(&lab, &["inspect", "--url", &url, "--ca-file", "ca.pem", "--json"]);
    assert!(inspected.status.success(), "{}", String::from_utf8_lossy(&inspected.stderr));

    let folder = tempfile::tempdir().unwrap();
    let strange = loopback_files(folder.path()).unwrap();
    check(&lab, &["inspect", "--url", &url, "--ca-file", "host.key"], &["host.key"]);
    check(&lab, &["inspect", "--url", &url], &["ca_file"]);
    lab.write("strange.pem", &std::fs::read_to_string(&strange.ca).unwrap());
    check(&lab, &["inspect", "--url", &url, "--ca-file", "strange.pem"], &["certificate", "not accepted"]);
    // The certificate is for 127.0.0.1 and not for its neighbour.
    let elsewhere = Listener::bind_with(lab.directory.clone(), ([127, 0, 0, 2], 0).into(), options).await.unwrap();
    check(&lab, &["inspect", "--url", &elsewhere.url(), "--ca-file", "ca.pem"], &["certificate", "127.0.0.2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_in_use() {
    let lab = Lab::new().await;
    let served = Served::start(&lab.path("provost.toml"));
    check(&lab, &SERVE, &["provost.redb"]);
    assert_eq!(served.terminate(), ("stopped\n".to_owned(), true));
}

#[test]
fn expressions() {
    let run =
        |arguments: &[&str]| Command::new(env!("CARGO_BIN_EXE_provost")).arg("eval").args(arguments).output().unwrap();
    let output = run(&["ToLower(Word([mail], 1, \"@\"), )", "--attr", "mail=BSimon@contoso.com"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "\"bsimon\"\n");
    let output = run(&["Join(\"\", [mail]"]);
    assert_eq!(output.status.code(), Some(1));
    let expected = "error[expected]: expected `)` or `,`\n --> expression:1:16\n  |\n1 | Join(\"\", [mail]\n  |                ^\n";
    assert!(String::from_utf8(output.stderr).unwrap().starts_with(expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_gone_does_not_spoil_the_stop() {
    let lab = Lab::new().await;
    let served = Served::start(&lab.path("provost.toml"));
    let Lab { folder: _folder, listener, .. } = lab;
    listener.shutdown().await;
    assert_eq!(served.terminate(), ("stopped\n".to_owned(), true));
}
