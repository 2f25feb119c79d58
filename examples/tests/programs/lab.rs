//! A laboratory for whole programs: an embedded directory in this process, `provost serve` in another, and a client.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use provost_directory::{Directory, DirectoryOptions, Listener};
use provost_examples::tls::{LoopbackFiles, loopback_files};
use serde_json::{Value as Json, json};

pub(crate) const BASE: &str = "dc=contoso,dc=lab";
pub(crate) const ADMIN: &str = "cn=admin,dc=contoso,dc=lab";
pub(crate) const ADMIN_PASSWORD: &str = "directory-secret";
pub(crate) const TOKEN: &str = "a-token-of-the-laboratory";
pub(crate) const EXTENSION: &str = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User";

pub(crate) struct Lab {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) directory: Directory,
    pub(crate) listener: Listener,
    files: LoopbackFiles,
}

impl Lab {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options =
            DirectoryOptions::new(BASE.parse().unwrap()).with_root(ADMIN.parse().unwrap(), ADMIN_PASSWORD.into());
        let directory = Directory::new(options).unwrap();
        directory.load(format!("dn: {BASE}\nobjectClass: domain\ndc: contoso\n").as_bytes()).unwrap();
        let listener = Listener::bind(directory.clone(), SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let files = loopback_files(folder.path()).unwrap();
        let lab = Self { folder, directory, listener, files };
        lab.write("token.txt", TOKEN);
        lab.write("bind.txt", ADMIN_PASSWORD);
        lab.write("provost.toml", &lab.config());
        lab
    }

    /// A configuration that serves on a port of the system's choice.
    pub(crate) fn config(&self) -> String {
        format!(
            r#"
[host]
listen = "127.0.0.1:0"
certificate = "host.pem"
private_key = "host.key"
tokens = [{{ file = "token.txt" }}]

[store]
path = "provost.redb"
key_file = "seal.key"

[[connector]]
name = "people"
kind = "ldap"
url = "{}"
bind_dn = "{ADMIN}"
password = {{ file = "bind.txt" }}
base = "{BASE}"
object_class = "inetOrgPerson"
attributes = ["uid", "mail"]
delete = "delete"
autosync_minutes = 0
"#,
            self.listener.url()
        )
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn client(&self) -> reqwest::Client {
        let ca = reqwest::Certificate::from_pem(&std::fs::read(&self.files.ca).unwrap()).unwrap();
        // One provider for the process; a second test that comes later finds it there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder().tls_certs_only([ca]).no_proxy().timeout(Duration::from_secs(30)).build().unwrap()
    }

    /// Returns the names of the entries below the base, and how many there are of each `uid`.
    pub(crate) fn ldif(&self) -> String {
        let mut text = Vec::new();
        self.directory.dump(&mut text, provost_directory::DumpContent::UserAttributes).unwrap();
        String::from_utf8(text).unwrap()
    }
}

/// `provost serve` in a process of its own. It is killed when it is dropped.
pub(crate) struct Served {
    child: Child,
    out: Option<BufReader<ChildStdout>>,
    pub(crate) base: String,
}

impl Served {
    pub(crate) fn start(config: &Path) -> Self {
        Self::start_with(config, "error", Stdio::inherit())
    }

    /// Starts it with a filter of its log, which goes to `log`.
    pub(crate) fn start_with(config: &Path, filter: &str, log: Stdio) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_provost"))
            .args(["serve", "--config"])
            .arg(config)
            .env("PROVOST_LOG", filter)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let base =
            line.trim().strip_prefix("serving ").unwrap_or_else(|| panic!("unexpected output: {line:?}")).to_owned();
        Self { child, out: Some(out), base }
    }

    /// Ends the process at once, without a chance to finish anything (SIGKILL).
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks for an orderly stop and returns the rest of the output and whether the exit code was 0.
    #[cfg(unix)]
    pub(crate) fn terminate(mut self) -> (String, bool) {
        let stopped = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(stopped.success());
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut self.out.take().unwrap(), &mut rest).unwrap();
        let deadline = Instant::now() + Duration::from_secs(40);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (rest, status.success());
            }
            assert!(Instant::now() < deadline, "the program did not stop");
            std::thread::yield_now();
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The body of a POST for a user.
pub(crate) fn user(uid: &str, surname: &str) -> Json {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", EXTENSION],
        EXTENSION: {
            "-dn-": format!("uid={uid},{BASE}"),
            "objectClass": ["inetOrgPerson"],
            "cn": format!("{uid} {surname}"),
            "sn": surname,
            "uid": uid,
            "mail": format!("{uid}@contoso.com"),
            "export_password": password(uid),
        },
    })
}

pub(crate) fn password(uid: &str) -> String {
    format!("Initial-{uid}-1")
}

/// The body of a PATCH that replaces one attribute.
pub(crate) fn replace(attribute: &str, value: &Json) -> Json {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "Replace", "path": format!("{EXTENSION}:{attribute}"), "value": value }],
    })
}
