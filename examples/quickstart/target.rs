use std::path::PathBuf;

use provost_connector::Config;
use provost_directory::{Directory, DirectoryOptions, Listener};
use provost_examples::config::read_secret_file;
use provost_ldap::LdapOptions;
use provost_model::{ObjectName, Secret};

use crate::args::Args;
use provost_examples::failure::Failure;

/// The tree that people are provisioned into.
pub(crate) const BASE: &str = "dc=contoso,dc=lab";
const ADMIN: &str = "cn=admin,dc=contoso,dc=lab";

/// The directory that people are provisioned into: an embedded one, or one of the user's.
pub(crate) struct Target {
    url: String,
    bind_dn: String,
    password: Secret,
    ca_file: Option<PathBuf>,
    embedded: Option<(Directory, Listener)>,
}

impl Target {
    pub(crate) async fn start(args: &Args, password: Secret) -> Result<Self, Failure> {
        if let (Some(url), Some(bind_dn), Some(file)) = (&args.ldap_url, &args.bind_dn, &args.password_file) {
            let password = read_secret_file(file)?;
            let (url, bind_dn, ca_file) = (url.clone(), bind_dn.clone(), args.ca_file.clone());
            return Ok(Self { url, bind_dn, password, ca_file, embedded: None });
        }
        let options = DirectoryOptions::new(BASE.parse()?).with_root(ADMIN.parse()?, password.clone());
        let directory = Directory::new(options)?;
        let suffix =
            "dn: dc=contoso,dc=lab\nobjectClass: dcObject\nobjectClass: organization\ndc: contoso\no: Contoso\n";
        directory.load(suffix.as_bytes())?;
        let listener = Listener::bind(directory.clone(), ([127, 0, 0, 1], 0).into()).await?;
        let (url, bind_dn) = (listener.url(), ADMIN.to_owned());
        Ok(Self { url, bind_dn, password, ca_file: None, embedded: Some((directory, listener)) })
    }

    /// Says which directory it is.
    pub(crate) fn describe(&self) -> String {
        let kind = if self.embedded.is_some() { "the embedded directory" } else { "the directory" };
        format!("{kind} at {}, bound as {}", self.url, self.bind_dn)
    }

    pub(crate) fn options(&self) -> LdapOptions {
        let options = LdapOptions::new(&self.url).with_simple_bind(&self.bind_dn, self.password.clone());
        match &self.ca_file {
            Some(ca_file) => options.with_ca_file(ca_file),
            None => options,
        }
    }

    /// Returns the settings of the connector, bound as the administrator.
    pub(crate) fn config(&self) -> Config {
        self.config_as(&ObjectName::new(&self.bind_dn), self.password.clone())
    }

    /// Returns the settings of the connector, bound as somebody else.
    pub(crate) fn config_as(&self, name: &ObjectName, password: Secret) -> Config {
        let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        let config = Config::new("people")
            .with("url", self.url.as_str())
            .with("bind_dn", name.as_str())
            .with("password", password)
            .with("base", BASE)
            .with("object_class", "inetOrgPerson")
            .with("auxiliary_classes", list(&["posixAccount", "shadowAccount"]))
            .with("attributes", list(&["mail", "shadowExpire"]))
            .with("name_depth", 1);
        match &self.ca_file {
            Some(ca_file) => config.with("ca_file", ca_file.to_string_lossy().into_owned()),
            None => config,
        }
    }

    /// Returns how many writes the embedded directory carried out.
    pub(crate) fn writes(&self) -> Option<u64> {
        self.embedded.as_ref().map(|(directory, _)| directory.write_counter())
    }

    pub(crate) async fn stop(self) {
        if let Some((_, listener)) = self.embedded {
            listener.shutdown().await;
        }
    }
}
