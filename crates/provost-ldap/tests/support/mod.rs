//! What the suites share: a server's coordinates, an independent client, and the environment of a connector.

mod discovery;
mod env;
pub(crate) mod suite;

use std::collections::BTreeMap;
use std::process::Command;

use ldap3::{LdapConnAsync, LdapResult, Scope, SearchEntry};
use provost_connector::Config;
use provost_ldap::{LdapConnector, LdapSession};
use provost_model::Secret;

pub(crate) use env::env;

/// Where a server is and what it is expected to be.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// Label of the product.
    pub(crate) label: &'static str,
    pub(crate) url: String,
    pub(crate) ldaps_url: String,
    pub(crate) bind_dn: String,
    pub(crate) password: String,
    pub(crate) suffix: String,
    pub(crate) ca: String,
    /// An address of the same server under a name that its certificate is not for; none lets the suite find one.
    pub(crate) misnamed_url: Option<String>,
    pub(crate) counting: Counting,
    /// What it does that others do not.
    pub(crate) habits: Habits,
}

/// Who counts schema definitions independently.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "each test target uses its own")]
pub(crate) enum Counting {
    Ldap3,
    Ldapsearch,
}

/// Behaviour that differs between servers and is asserted as it was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    /// Result of an add whose attributes lack the value of the RDN.
    pub(crate) add_without_rdn_value: u32,
    /// Result of a replace that would remove the value of the RDN.
    pub(crate) replace_of_rdn_value: u32,
    /// Whether `uid` and `mail` take more than ASCII.
    pub(crate) takes_utf8_in_uid: bool,
    /// The anchor by default.
    pub(crate) anchor: &'static str,
    /// Whether it shows its root DSE to who does not bind.
    pub(crate) shows_root_dse_to_all: bool,
    /// The rule of the fingerprint that decides.
    pub(crate) decided_by: &'static str,
    /// The kinds of definitions that its subschema holds.
    pub(crate) publishes: &'static [&'static str],
}

impl Server {
    /// Reads the coordinates from the file that an environment variable names, lines of `KEY='VALUE'`.
    #[allow(dead_code, reason = "each test target uses its own")]
    pub(crate) fn from_env_file(label: &'static str, variable: &str, habits: Habits) -> Option<Self> {
        let Some(path) = std::env::var_os(variable) else {
            assert!(std::env::var_os("CI").is_none(), "{variable} must name the coordinates of a {label} server");
            println!("not run: {label}, since {variable} is not set");
            return None;
        };
        let text = std::fs::read_to_string(&path).unwrap();
        let values: BTreeMap<&str, &str> = text
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key, value.trim_matches('\'')))
            .collect();
        Some(Self {
            label,
            url: values["URL"].to_owned(),
            ldaps_url: values["LDAPS_URL"].to_owned(),
            bind_dn: values["BIND_DN"].to_owned(),
            password: values["PASSWORD"].to_owned(),
            suffix: values["SUFFIX"].to_owned(),
            ca: values["CA"].to_owned(),
            misnamed_url: None,
            counting: Counting::Ldapsearch,
            habits,
        })
    }

    /// Returns a configuration for persons below `base`.
    pub(crate) fn config(&self, base: &str) -> Config {
        Config::new("people")
            .with("url", self.url.as_str())
            .with("bind_dn", self.bind_dn.as_str())
            .with("password", Secret::from(self.password.as_str()))
            .with("base", base)
            .with("object_class", "inetOrgPerson")
            .with("attributes", ["mail", "description", "uid", "givenName", "jpegPhoto"].map(str::to_owned).to_vec())
    }

    pub(crate) async fn session(&self, base: &str) -> LdapSession {
        LdapConnector::new().connect(&self.config(base), env()).await.unwrap()
    }

    /// Connects the independent client.
    pub(crate) async fn client(&self) -> Client {
        let (connection, mut ldap) = LdapConnAsync::new(&self.url).await.unwrap();
        tokio::spawn(connection.drive());
        ldap.simple_bind(&self.bind_dn, &self.password).await.unwrap().success().unwrap();
        Client { ldap }
    }

    /// Counts the values of an attribute with a client that is not ours.
    pub(crate) async fn count_values(&self, base: &str, attribute: &str) -> usize {
        match self.counting {
            Counting::Ldap3 => self.client().await.count_values(base, attribute).await,
            Counting::Ldapsearch => self.ldapsearch_count(base, attribute),
        }
    }

    fn ldapsearch_count(&self, base: &str, attribute: &str) -> usize {
        let output = Command::new("ldapsearch")
            .args(["-x", "-LLL", "-o", "ldif-wrap=no", "-H", &self.url, "-D", &self.bind_dn, "-w", &self.password])
            .args(["-b", base, "-s", "base", "(objectClass=*)", attribute])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap().to_ascii_lowercase();
        let prefix = format!("{}:", attribute.to_ascii_lowercase());
        text.lines().filter(|line| line.starts_with(&prefix)).count()
    }
}

/// An independent client, ldap3.
pub(crate) struct Client {
    ldap: ldap3::Ldap,
}

impl Client {
    /// Makes an empty container of this name below the suffix; what an earlier run left there goes first.
    pub(crate) async fn fresh_container(&mut self, server: &Server, name: &str) -> String {
        let dn = format!("ou={name},{}", server.suffix);
        self.clear(&dn).await;
        self.add(&dn, &[("objectClass", &["organizationalUnit"]), ("ou", &[name])]).await.success().unwrap();
        dn
    }

    /// Removes an entry and all below it.
    pub(crate) async fn clear(&mut self, dn: &str) {
        loop {
            let found = self.ldap.search(dn, Scope::Subtree, "(objectClass=*)", ["1.1"]).await.unwrap();
            if found.1.rc == 32 {
                return;
            }
            let mut names: Vec<String> = found.0.into_iter().map(|entry| SearchEntry::construct(entry).dn).collect();
            names.sort_by_key(|name| std::cmp::Reverse(name.matches(',').count()));
            for name in names {
                let _ = self.ldap.delete(&name).await.unwrap();
            }
        }
    }

    pub(crate) async fn add(&mut self, dn: &str, attributes: &[(&str, &[&str])]) -> LdapResult {
        let attributes =
            attributes.iter().map(|(name, values)| (*name, values.iter().copied().collect())).collect::<Vec<_>>();
        self.ldap.add(dn, attributes).await.unwrap()
    }

    pub(crate) async fn replace(&mut self, dn: &str, attribute: &str, values: &[&str]) -> LdapResult {
        let change = ldap3::Mod::Replace(attribute, values.iter().copied().collect());
        self.ldap.modify(dn, vec![change]).await.unwrap()
    }

    async fn count_values(&mut self, base: &str, attribute: &str) -> usize {
        let found = self.ldap.search(base, Scope::Base, "(objectClass=*)", [attribute]).await.unwrap();
        let entry = SearchEntry::construct(found.success().unwrap().0.remove(0));
        entry.attrs.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(attribute)).map_or(0, |(_, list)| list.len())
    }

    pub(crate) async fn bind(&mut self, dn: &str, password: &str) -> LdapResult {
        self.ldap.simple_bind(dn, password).await.unwrap()
    }

    /// Reads an entry: its name as the server spells it, and its attributes with values in order of the octets.
    pub(crate) async fn read(&mut self, dn: &str) -> Option<(String, BTreeMap<String, Vec<String>>)> {
        let (entries, result) = self
            .ldap
            .search(dn, Scope::Base, "(objectClass=*)", ["*"])
            .await
            .unwrap()
            .success()
            .ok()
            .map_or_else(|| (Vec::new(), None), |(entries, result)| (entries, Some(result)));
        result?;
        let entry = SearchEntry::construct(entries.into_iter().next()?);
        let attributes = entry
            .attrs
            .into_iter()
            .map(|(name, mut values)| {
                values.sort();
                (name, values)
            })
            .collect();
        Some((entry.dn, attributes))
    }
}
