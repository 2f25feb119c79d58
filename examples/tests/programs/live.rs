//! `provost provision` on real servers, whose coordinates files are named by environment variables.

use std::collections::BTreeMap;

use ldap3::{Ldap, LdapConnAsync, Scope, SearchEntry};

use crate::provision::{Place, USERS, USERS_LATER, config, provision, text};

/// A server and what it logs of its writes.
struct Server {
    url: String,
    bind_dn: String,
    password: String,
    base: String,
    log: Log,
}

/// Where a server counts its writes by itself.
enum Log {
    /// Entries of the accesslog overlay.
    AccessLog,
    /// `lastChangeNumber` of the root DSE.
    ChangeNumber,
}

impl Server {
    fn from_env(variable: &str, log: Log) -> Option<Self> {
        let Some(path) = std::env::var_os(variable) else {
            assert!(std::env::var_os("CI").is_none(), "{variable} must name the coordinates of a server");
            println!("not run: {variable} is not set");
            return None;
        };
        let file = std::fs::read_to_string(path).unwrap();
        let values: BTreeMap<&str, &str> = file
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key, value.trim_matches('\'')))
            .collect();
        let value = |key: &str| (*values.get(key).unwrap_or_else(|| panic!("{key} is missing"))).to_owned();
        Some(Self {
            url: value("URL"),
            bind_dn: value("BIND_DN"),
            password: value("PASSWORD"),
            base: format!("ou=people,{}", value("SUFFIX")),
            log,
        })
    }

    async fn bind(&self) -> Ldap {
        let (connection, mut ldap) = LdapConnAsync::new(&self.url).await.unwrap();
        ldap3::drive!(connection);
        ldap.simple_bind(&self.bind_dn, &self.password).await.unwrap().success().unwrap();
        ldap
    }

    /// Returns the people below the base: attributes by `uid`.
    async fn people(&self, ldap: &mut Ldap) -> BTreeMap<String, SearchEntry> {
        let filter = "(objectClass=inetOrgPerson)";
        let (found, _) = ldap.search(&self.base, Scope::OneLevel, filter, vec!["*"]).await.unwrap().success().unwrap();
        let entries = found.into_iter().map(SearchEntry::construct);
        entries.map(|entry| (entry.attrs["uid"][0].clone(), entry)).collect()
    }

    /// Returns how many writes the server itself counts.
    async fn writes(&self, ldap: &mut Ldap) -> u64 {
        match self.log {
            Log::AccessLog => {
                let filter = "(objectClass=auditWriteObject)";
                let (found, _) =
                    ldap.search("cn=accesslog", Scope::OneLevel, filter, vec!["1.1"]).await.unwrap().success().unwrap();
                found.len() as u64
            }
            Log::ChangeNumber => {
                let attributes = vec!["lastChangeNumber"];
                let (found, _) =
                    ldap.search("", Scope::Base, "(objectClass=*)", attributes).await.unwrap().success().unwrap();
                let root_dse = SearchEntry::construct(found.into_iter().next().unwrap());
                let number = root_dse.attrs.iter().find(|(name, _)| name.eq_ignore_ascii_case("lastChangeNumber"));
                number.unwrap().1[0].parse().unwrap()
            }
        }
    }

    async fn clear(&self, ldap: &mut Ldap) {
        for entry in self.people(ldap).await.into_values() {
            ldap.delete(&entry.dn).await.unwrap().success().unwrap();
        }
    }
}

/// The seed example on a real server: made, repeated without a write, changed, and a refused user among the others.
async fn suite(server: Server) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| std::fs::write(folder.path().join(name), content).unwrap();
    let place = Place { url: &server.url, bind_dn: &server.bind_dn, base: &server.base };
    write("provost.toml", &config(&place));
    write("bind.txt", &server.password);
    let mut ldap = server.bind().await;
    server.clear(&mut ldap).await;

    let umlaut = USERS.lines().next().unwrap().replace("bsimon@", "jörg@").replace("c0ffee000001", "c0ffee0000ff");
    write("users.jsonl", &format!("{umlaut}\n{USERS}"));
    let first = provision(folder.path(), &[]);
    let lines = text(&first.stdout);
    assert_eq!(first.status.code(), Some(1), "{lines}{}", text(&first.stderr));
    let refused = lines.lines().find(|line| line.contains("jörg")).unwrap();
    // homeDirectory and mail are of syntax IA5 String. 389 DS says so before its plug-in for seven bits is asked (19).
    assert!(refused.contains("Refused (21)"), "{refused}");
    let people = server.people(&mut ldap).await;
    assert_eq!(people.len(), 9, "{lines}");
    let bsimon = &people["bsimon"].attrs;
    let holds = |name: &str, value: &str| bsimon[name].iter().any(|held| held == value);
    for class in ["inetOrgPerson", "posixAccount", "shadowAccount"] {
        assert!(holds("objectClass", class), "{class}");
    }
    // The seed names the entry by the user name and gives `cn` the display name: it holds both.
    assert!(holds("cn", "bsimon") && holds("cn", "Britta Simon"), "{bsimon:?}");
    for (name, value) in [
        ("sn", "Simon"),
        ("mail", "bsimon@contoso.com"),
        ("uid", "bsimon"),
        ("uidNumber", "10001"),
        ("gidNumber", "10000"),
        ("homeDirectory", "/home/bsimon"),
    ] {
        assert_eq!(bsimon[name], [value], "{name}");
    }

    // E-1001, as the server's own log shows it.
    let writes = server.writes(&mut ldap).await;
    let again = provision(folder.path(), &[]);
    assert!(text(&again.stdout).contains(" 0 writes, 1 errors"), "{}", text(&again.stdout));
    assert_eq!(server.writes(&mut ldap).await, writes);

    write("users.jsonl", USERS_LATER);
    let later = provision(folder.path(), &[]);
    assert!(later.status.success(), "{}{}", text(&later.stdout), text(&later.stderr));
    assert!(server.writes(&mut ldap).await > writes, "the server's log counts nothing");
    let people = server.people(&mut ldap).await;
    assert_eq!(people.len(), 8);
    let mut names = people["gwest"].attrs["cn"].clone();
    names.sort();
    assert_eq!(names, ["Grace Easton", "gwest"], "a replaced cn keeps the value of the name");
    assert_eq!(people["kberg"].attrs["shadowExpire"], ["1"]);
    server.clear(&mut ldap).await;
}

mod openldap {
    use super::{Log, Server, suite};

    #[tokio::test(flavor = "multi_thread")]
    async fn the_seed_example() {
        if let Some(server) = Server::from_env("PROVOST_LIVE_OPENLDAP", Log::AccessLog) {
            suite(server).await;
        }
    }
}

mod opendj {
    use super::{Log, Server, suite};

    #[tokio::test(flavor = "multi_thread")]
    async fn the_seed_example() {
        if let Some(server) = Server::from_env("PROVOST_LIVE_OPENDJ", Log::ChangeNumber) {
            suite(server).await;
        }
    }
}

mod ds389 {
    use super::{Log, Server, suite};

    #[tokio::test(flavor = "multi_thread")]
    async fn the_seed_example() {
        if let Some(server) = Server::from_env("PROVOST_LIVE_389DS", Log::ChangeNumber) {
            suite(server).await;
        }
    }
}
