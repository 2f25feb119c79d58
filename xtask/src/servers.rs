//! The directory servers of the live suites: each on its own loopback ports, with data that is thrown away.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::command::{self, program};

/// A server product that the scripts can start.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Product {
    /// 389 Directory Server.
    Ds389,
    /// OpenLDAP slapd with the overlays of a change log, of replication and of password policy.
    OpenLdap,
    /// OpenLDAP slapd without overlays.
    OpenLdapMin,
}

impl Product {
    /// All products, the quick ones first.
    pub(crate) const ALL: [Self; 3] = [Self::OpenLdapMin, Self::OpenLdap, Self::Ds389];

    /// The products that the programs are run against.
    pub(crate) const FULL: [Self; 2] = [Self::OpenLdap, Self::Ds389];

    /// Returns the name in steps and scripts.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ds389 => "389ds",
            Self::OpenLdap => "openldap",
            Self::OpenLdapMin => "openldap-min",
        }
    }

    /// Returns the variable in which a live suite looks for the path of the server's coordinates.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::Ds389 => "PROVOST_LIVE_389DS",
            Self::OpenLdap | Self::OpenLdapMin => "PROVOST_LIVE_OPENLDAP",
        }
    }

    /// Returns the programs without which it cannot be started or asked.
    pub(crate) fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Ds389 => &["ns-slapd", "dscreate", "certutil", "openssl", "ldapsearch"],
            Self::OpenLdap | Self::OpenLdapMin => &["slapd", "slapadd", "openssl", "ldapsearch"],
        }
    }
}

/// A server that runs.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// The file of its coordinates, lines of the form `KEY='VALUE'`.
    pub(crate) env_file: PathBuf,
    /// A file that holds the administrator's password and nothing else.
    pub(crate) password_file: PathBuf,
    values: BTreeMap<String, String>,
}

impl Server {
    /// Returns one of its coordinates; empty when the script did not publish it.
    pub(crate) fn value(&self, key: &str) -> &str {
        self.values.get(key).map_or("", String::as_str)
    }
}

/// The servers that were started, below one folder. Dropping it stops them all and removes the folder.
///
/// They are stopped by a process of its own, which waits for its standard input to close: that happens on a normal end,
/// on a failure, on an interrupt and on a kill alike.
#[derive(Debug)]
pub(crate) struct Servers {
    folder: PathBuf,
    watch: Child,
}

impl Servers {
    /// Makes the folder, in memory where the system has such a place, and starts the watching process.
    pub(crate) fn new() -> Result<Self, String> {
        let shared = Path::new("/dev/shm");
        let parent = if shared.is_dir() { shared.to_path_buf() } else { std::env::temp_dir() };
        let stamp = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis());
        let folder = parent.join(format!("provost-{}-{stamp}", std::process::id()));
        fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        // 389 DS drops its privileges and must be able to pass.
        let _ = fs::set_permissions(&folder, fs::Permissions::from_mode(0o755));
        let watch = script("watch.sh", &folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|error| format!("watch.sh did not start: {error}"))?;
        Ok(Self { folder, watch })
    }

    /// Starts a server on free ports.
    pub(crate) fn start(&self, product: Product) -> Result<Server, String> {
        let mut reason = String::new();
        // Another program may take a port between the search and the start.
        for _ in 0..3 {
            let port = free_ports()?;
            let name = product.name();
            let mut start = script(&format!("{name}-start.sh"), &self.folder);
            match command::capture(start.arg(port.to_string())) {
                Ok(_) => return read_server(&self.folder.join(format!("{name}-{port}"))),
                Err(error) => reason = error,
            }
        }
        Err(reason)
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        let _ = self.watch.wait();
    }
}

fn script(name: &str, folder: &Path) -> std::process::Command {
    let mut command = program(command::root().join("xtask/servers").join(name));
    command.env("PROVOST_SERVERS", folder);
    command
}

fn read_server(folder: &Path) -> Result<Server, String> {
    let env_file = folder.join("env");
    let mut text = String::new();
    File::open(&env_file)
        .and_then(|mut file| file.read_to_string(&mut text))
        .map_err(|error| format!("{}: {error}", env_file.display()))?;
    let values = read_values(&text);
    let password_file = folder.join("password");
    let password = values.get("PASSWORD").map_or("", String::as_str);
    fs::write(&password_file, password).map_err(|error| format!("{}: {error}", password_file.display()))?;
    Ok(Server { env_file, password_file, values })
}

fn read_values(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.trim_matches('\'').to_owned()))
        .collect()
}

/// Finds two neighbouring ports of the loopback address that are free.
fn free_ports() -> Result<u16, String> {
    for _ in 0..50 {
        let first = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| format!("no loopback port: {error}"))?;
        let port = first.local_addr().map_err(|error| format!("no loopback port: {error}"))?.port();
        if port < u16::MAX && TcpListener::bind(("127.0.0.1", port + 1)).is_ok() {
            return Ok(port);
        }
    }
    Err("no two neighbouring loopback ports are free".to_owned())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::{Servers, free_ports, read_values};

    #[test]
    fn coordinates_are_read_without_their_quotes() {
        let values = read_values("URL='ldap://127.0.0.1:389/'\nBIND_DN='cn=admin,dc=contoso,dc=lab'\nCHANGELOG=''\n");
        assert_eq!(values["BIND_DN"], "cn=admin,dc=contoso,dc=lab");
        assert_eq!(values["CHANGELOG"], "");
    }

    #[test]
    fn both_ports_can_be_bound() {
        let port = free_ports().unwrap();
        TcpListener::bind(("127.0.0.1", port)).unwrap();
        TcpListener::bind(("127.0.0.1", port + 1)).unwrap();
    }

    #[test]
    fn nothing_is_left_when_the_servers_are_dropped() {
        let servers = Servers::new().unwrap();
        let folder = servers.folder.clone();
        std::fs::write(folder.join("left"), "over").unwrap();
        drop(servers);
        assert!(!folder.exists());
    }
}
