//! The directory servers of the live suites: each on its own loopback ports, with data that is thrown away.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::command::{self, program};

/// A server product that the scripts can start.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Product {
    /// Apache Directory Server.
    ApacheDs,
    /// 389 Directory Server.
    Ds389,
    /// OpenDJ.
    OpenDj,
    /// OpenLDAP slapd with the overlays of a change log, of replication and of password policy.
    OpenLdap,
    /// OpenLDAP slapd without overlays.
    OpenLdapMin,
    /// A domain controller of Samba.
    SambaAd,
}

impl Product {
    /// All products, the quick ones first.
    pub(crate) const ALL: [Self; 6] =
        [Self::OpenLdapMin, Self::OpenLdap, Self::Ds389, Self::SambaAd, Self::ApacheDs, Self::OpenDj];

    /// The products that the quickstart is run against; a domain controller is read and not written to.
    pub(crate) const WRITTEN: [Self; 4] = [Self::OpenLdap, Self::Ds389, Self::ApacheDs, Self::OpenDj];

    /// The products that have a label of their own.
    pub(crate) const LABELLED: [Self; 5] = [Self::OpenLdap, Self::Ds389, Self::SambaAd, Self::ApacheDs, Self::OpenDj];

    /// Returns the name in steps and scripts.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ApacheDs => "apacheds",
            Self::Ds389 => "389ds",
            Self::OpenDj => "opendj",
            Self::OpenLdap => "openldap",
            Self::OpenLdapMin => "openldap-min",
            Self::SambaAd => "samba-ad",
        }
    }

    /// Returns the variable in which a live suite looks for the path of the server's coordinates.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::ApacheDs => "PROVOST_LIVE_APACHEDS",
            Self::Ds389 => "PROVOST_LIVE_389DS",
            Self::OpenDj => "PROVOST_LIVE_OPENDJ",
            Self::OpenLdap | Self::OpenLdapMin => "PROVOST_LIVE_OPENLDAP",
            Self::SambaAd => "PROVOST_LIVE_SAMBA_AD",
        }
    }

    /// Tells whether a test machine must have it.
    ///
    /// The others need what a machine may lack for no fault of its own: a Java package, Maven Central, ports that cannot
    /// be chosen.
    pub(crate) fn is_required(self) -> bool {
        matches!(self, Self::Ds389 | Self::OpenLdap | Self::OpenLdapMin)
    }
}

/// Why a server does not run.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum StartError {
    /// It cannot be had on this machine.
    Absent(String),
    /// It did not start.
    Failed(String),
}

/// A server that runs.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// The file of its coordinates, lines of the form `KEY='VALUE'`.
    pub(crate) env_file: PathBuf,
    /// A file that holds the administrator's password and nothing else.
    pub(crate) password_file: PathBuf,
    /// How long its start took.
    pub(crate) took: Duration,
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
    place: Place,
    watch: Child,
}

/// Where servers are started, also several at a time.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    folder: PathBuf,
    /// First ports that were given out.
    ports: Arc<Mutex<BTreeSet<u16>>>,
}

impl Servers {
    /// Makes the folder, in memory where the system has such a place, and starts the watching process.
    pub(crate) fn new() -> Result<Self, String> {
        let shared = Path::new(SHARED);
        let parent = if has_room(shared) { shared.to_path_buf() } else { std::env::temp_dir() };
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
        Ok(Self { place: Place { folder, ports: Arc::default() }, watch })
    }

    /// Returns where to start servers.
    pub(crate) fn place(&self) -> Place {
        self.place.clone()
    }
}

impl Place {
    /// Starts a server on free ports, or on a free address where its ports cannot be chosen.
    pub(crate) fn start(&self, product: Product) -> Result<Server, StartError> {
        let mut reason = String::new();
        let mut taken = BTreeSet::new();
        // Another program may take a port between the search and the start.
        for _ in 0..=ADDRESSES.len() {
            let at = self.free(product, &taken)?;
            let name = product.name();
            let start = Instant::now();
            let mut command = script(&format!("{name}-start.sh"), &self.folder);
            let output = command::quiet(command.arg(&at)).map_err(StartError::Failed)?;
            if output.status.success() {
                let folder = self.folder.join(format!("{name}-{at}"));
                return read_server(&folder, start.elapsed()).map_err(StartError::Failed);
            }
            let said = String::from_utf8_lossy(&output.stderr);
            eprintln!("{}", said.trim_end());
            let last = said.trim_end().lines().last().unwrap_or_default();
            match output.status.code() {
                Some(ABSENT) => return Err(StartError::Absent(last.to_owned())),
                Some(LATE) => return Err(StartError::Failed(last.to_owned())),
                Some(TAKEN) => _ = taken.insert(at.clone()),
                _ => {}
            }
            reason = format!("{name}-start.sh {at} ended with {}: {last}", output.status);
        }
        Err(StartError::Failed(reason))
    }

    fn free(&self, product: Product, taken: &BTreeSet<String>) -> Result<String, StartError> {
        match product {
            Product::SambaAd => free_address(taken),
            _ => self.free_ports().map(|port| port.to_string()).map_err(StartError::Failed),
        }
    }

    /// Finds neighbouring ports of the loopback address that are free.
    fn free_ports(&self) -> Result<u16, String> {
        let mut given = self.ports.lock().map_err(|error| error.to_string())?;
        for _ in 0..50 {
            let first =
                TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| format!("no loopback port: {error}"))?;
            let port = first.local_addr().map_err(|error| format!("no loopback port: {error}"))?.port();
            let Some(end) = port.checked_add(PORTS) else { continue };
            let is_free = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
            if (port + 1..end).all(is_free) && given.range(port.saturating_sub(PORTS)..end).next().is_none() {
                given.insert(port);
                return Ok(port);
            }
        }
        Err(format!("no {PORTS} neighbouring loopback ports are free"))
    }
}

/// Where Linux keeps files in memory. Containers often have a small one.
const SHARED: &str = "/dev/shm";

/// KiB that all servers take together, with OpenDJ's archive beside what it holds.
const ROOM: u64 = 1024 * 1024;

/// Tells whether a folder is there and all servers fit into it.
fn has_room(folder: &Path) -> bool {
    let output = folder.is_dir().then(|| command::quiet(program("df").arg("-Pk").arg(folder)));
    output.and_then(Result::ok).and_then(|output| available(&output.stdout)).is_some_and(|free| free >= ROOM)
}

/// Reads the available KiB from what `df -Pk` prints: a heading, then a line whose fourth word it is.
fn available(printed: &[u8]) -> Option<u64> {
    str::from_utf8(printed).ok()?.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

/// Exit code of a script whose server cannot be had on this machine.
const ABSENT: i32 = 3;

/// Exit code of a script that found one of its ports taken.
const TAKEN: i32 = 4;

/// Exit code of a script that ran out of time.
const LATE: i32 = 5;

/// How many neighbouring ports a server may take.
const PORTS: u16 = 4;

/// Loopback addresses that the servers' certificates are for, beside the usual one.
const ADDRESSES: [Ipv4Addr; 3] =
    [Ipv4Addr::new(127, 0, 0, 10), Ipv4Addr::new(127, 0, 0, 11), Ipv4Addr::new(127, 0, 0, 12)];

/// Ports of a domain controller.
const DOMAIN_PORTS: [u16; 4] = [389, 636, 3268, 3269];

/// Finds an address whose ports for a domain controller nobody listens on, other than those that a start found taken.
fn free_address(taken: &BTreeSet<String>) -> Result<String, StartError> {
    let is_busy = |address: Ipv4Addr, port: u16| TcpStream::connect((address, port)).is_ok();
    let mut left = ADDRESSES.iter().filter(|address| !taken.contains(&address.to_string()));
    let free = left.find(|address| !DOMAIN_PORTS.iter().any(|port| is_busy(**address, *port)));
    let none = || StartError::Absent(format!("one of the ports {DOMAIN_PORTS:?} is taken on each of {ADDRESSES:?}"));
    free.map(ToString::to_string).ok_or_else(none)
}

impl Drop for Servers {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        let _ = self.watch.wait();
    }
}

fn script(name: &str, folder: &Path) -> Command {
    let mut command = program(command::root().join("xtask/servers").join(name));
    command.env("PROVOST_SERVERS", folder);
    command
}

fn read_server(folder: &Path, took: Duration) -> Result<Server, String> {
    let env_file = folder.join("env");
    let mut text = String::new();
    File::open(&env_file)
        .and_then(|mut file| file.read_to_string(&mut text))
        .map_err(|error| format!("{}: {error}", env_file.display()))?;
    let values = read_values(&text);
    let password_file = folder.join("password");
    let password = values.get("PASSWORD").map_or("", String::as_str);
    fs::write(&password_file, password).map_err(|error| format!("{}: {error}", password_file.display()))?;
    Ok(Server { env_file, password_file, took, values })
}

fn read_values(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.trim_matches('\'').to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::{ADDRESSES, PORTS, Product, Servers, StartError, available, free_address, has_room, read_values};

    #[test]
    fn coordinates_are_read_without_their_quotes() {
        let values = read_values("URL='ldap://127.0.0.1:389/'\nBIND_DN='cn=admin,dc=contoso,dc=lab'\nCHANGELOG=''\n");
        assert_eq!(values["BIND_DN"], "cn=admin,dc=contoso,dc=lab");
        assert_eq!(values["CHANGELOG"], "");
    }

    #[test]
    fn ports_can_be_bound_and_are_given_once() {
        let servers = Servers::new().unwrap();
        let first = servers.place().free_ports().unwrap();
        let second = servers.place().free_ports().unwrap();
        assert!(first.abs_diff(second) >= PORTS, "{first} {second}");
        for port in (first..first + PORTS).chain(second..second + PORTS) {
            TcpListener::bind(("127.0.0.1", port)).unwrap();
        }
    }

    #[test]
    fn a_domain_controller_is_absent_only_when_every_address_is_taken() {
        let all = ADDRESSES.iter().map(ToString::to_string).collect();
        assert!(matches!(free_address(&all), Err(StartError::Absent(_))));
        for address in &all {
            let others = all.iter().filter(|other| *other != address).cloned().collect();
            // Another program may hold the one that is left.
            assert!(free_address(&others).map_or(true, |found| found == *address));
        }
    }

    #[test]
    fn the_room_of_a_folder_is_what_df_calls_available() {
        let printed = b"Filesystem 1024-blocks Used Available Capacity Mounted on\nshm 65536 0 65530 0% /dev/shm\n";
        assert_eq!(available(printed), Some(65530));
        assert_eq!(available(b"df: no such folder\n"), None);
        assert!(!has_room(std::path::Path::new("/no/such/folder")));
    }

    #[test]
    fn every_product_has_scripts() {
        for product in Product::ALL {
            for verb in ["start", "stop"] {
                let script = format!("xtask/servers/{}-{verb}.sh", product.name());
                assert!(crate::command::root().join(&script).is_file(), "{script}");
            }
        }
    }

    #[test]
    fn nothing_is_left_when_the_servers_are_dropped() {
        let servers = Servers::new().unwrap();
        let folder = servers.place().folder;
        std::fs::write(folder.join("left"), "over").unwrap();
        drop(servers);
        assert!(!folder.exists());
    }
}
