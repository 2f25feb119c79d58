//! The configuration file of `provost serve` and `provost provision`.
//!
//! TOML; unknown keys are refused with line and column. `examples/provost.toml` is an annotated example. Relative paths
//! start at the folder of the file. A secret is given as `{ file = "PATH" }` (first line), as `{ env = "NAME" }`, or as
//! plain text.

mod error;
mod secret;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use provost_connector::{Config, ConfigValue};
use provost_engine::{DeleteFlow, Deprovisioning, DisableFlow};
use provost_mapping::MappingDefinition;
use provost_model::{Secret, Value};
use serde::Deserialize;

pub use self::error::ConfigError;
pub use self::secret::{SecretSource, read_secret_file};

/// A whole configuration file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// The SCIM endpoint; needed by `serve`.
    pub host: Option<HostSection>,
    /// Where the state is kept.
    pub store: Option<StoreSection>,
    /// The connected directories.
    #[serde(default, rename = "connector")]
    pub connectors: Vec<ConnectorSection>,
    /// Where people come from; needed by `provision`.
    #[serde(default, rename = "source")]
    pub sources: Vec<SourceSection>,
    /// How a source's objects become a connector's objects; needed by `provision`.
    #[serde(default, rename = "mapping")]
    pub mappings: Vec<MappingDefinition>,
    /// Folder that relative paths start at.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// `[host]`: the SCIM endpoint.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostSection {
    /// Address and port; `127.0.0.1:8585` by default.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// PEM file with the certificate chain.
    pub certificate: PathBuf,
    /// PEM file with the private key.
    pub private_key: PathBuf,
    /// Bearer tokens of 12 characters at least, for the connectors that have none of their own; two are valid at once while
    /// one is being replaced.
    #[serde(default)]
    pub tokens: Vec<SecretSource>,
    /// Scheme and authority that locations of resources begin with, such as `https://host.example:8585`, where a proxy
    /// stands before the host; the `Host` header of each request when it is missing.
    pub public_url: Option<String>,
    /// Whether `/Schemas`, `/ResourceTypes` and `/ServiceProviderConfig` ask for a token too.
    #[serde(default)]
    pub protect_discovery: bool,
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8585))
}

/// `[store]`: where the state is kept.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSection {
    /// File of the store; made when it is missing.
    pub path: PathBuf,
    /// File with the key that seals passwords on their way; made when it is missing. Keep it apart from the store.
    pub key_file: PathBuf,
}

/// `[[connector]]`: a connected directory.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectorSection {
    /// Its name, part of the endpoint's address.
    pub name: String,
    /// `ldap`.
    pub kind: ConnectorKind,
    /// Bearer tokens that are valid for this connector alone, in place of those of `[host]`.
    #[serde(default)]
    pub tokens: Vec<SecretSource>,
    /// `ldaps://HOST:PORT` or, on loopback, `ldap://HOST:PORT`.
    pub url: String,
    /// Name to bind with.
    pub bind_dn: Option<String>,
    /// Password to bind with.
    pub password: Option<SecretSource>,
    /// PEM file with the authority of the directory's certificate.
    pub ca_file: Option<PathBuf>,
    /// Container below which objects are read and written.
    pub base: String,
    /// Structural object class.
    pub object_class: String,
    /// Auxiliary object classes.
    #[serde(default)]
    pub auxiliary_classes: Vec<String>,
    /// Attributes that are read and written, beside the mandatory ones.
    #[serde(default)]
    pub attributes: Vec<String>,
    /// Attribute that is the anchor; chosen by the server's product when it is missing.
    pub anchor: Option<String>,
    /// RDNs between the base and a new entry; not checked when it is missing.
    pub name_depth: Option<u32>,
    /// Objects in one page of an import.
    pub page_size: Option<u32>,
    /// What happens when an account is disabled; nothing when it is missing.
    #[serde(default)]
    pub disable: FlowSetting,
    /// What happens when an object is deleted; nothing when it is missing.
    #[serde(default)]
    pub delete: FlowSetting,
    /// Minutes between two full imports of `serve`; 120 when missing, 0 for none.
    #[serde(default = "default_autosync")]
    pub autosync_minutes: u32,
}

fn default_autosync() -> u32 {
    120
}

/// Kinds of connectors.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum ConnectorKind {
    /// A directory that speaks LDAP v3.
    Ldap,
}

/// What a disable or delete does: `"none"`, `"delete"`, or values to set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FlowSetting {
    /// Nothing.
    #[default]
    None,
    /// The object is deleted.
    Delete,
    /// An attribute is set: `{ set = { attribute = "shadowExpire", disabled = [1], enabled = [] } }`.
    Set(FlowValues),
}

/// The values of a flow that sets an attribute.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowValues {
    /// The attribute.
    pub attribute: String,
    /// Its values while the account is disabled.
    pub disabled: Vec<Scalar>,
    /// Its values while the account is enabled; none removes it.
    #[serde(default)]
    pub enabled: Vec<Scalar>,
}

/// A value as TOML writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected a text, a whole number, true or false")]
pub enum Scalar {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
}

impl From<&Scalar> for Value {
    fn from(scalar: &Scalar) -> Self {
        match scalar {
            Scalar::Boolean(flag) => Self::Boolean(*flag),
            Scalar::Integer(number) => Self::Integer(*number),
            Scalar::Text(text) => Self::Text(text.clone()),
        }
    }
}

/// `[[source]]`: where people come from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSection {
    /// Its name.
    pub name: String,
    /// `json-lines`.
    pub kind: SourceKind,
    /// File with one user a line.
    pub path: PathBuf,
}

/// Kinds of sources.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// Users as JSON lines, in the shape of Microsoft Graph's user resource.
    JsonLines,
}

impl ConfigFile {
    /// Reads and checks a file.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the file and, for a mistake in it, line and column.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let mut file = Self::parse(&text).map_err(|error| error.in_file(path))?;
        file.folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Ok(file)
    }

    /// Reads and checks a text.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with line and column.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let file: Self = toml::from_str(text).map_err(|error| ConfigError::syntax(&error, text))?;
        file.check_names()?;
        Ok(file)
    }

    /// Returns a path of the file, relative to its folder.
    #[must_use]
    pub fn path(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    fn check_names(&self) -> Result<(), ConfigError> {
        let mut seen = std::collections::BTreeSet::new();
        for connector in &self.connectors {
            let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if connector.name.is_empty() || !connector.name.chars().all(fits) {
                return Err(ConfigError::invalid(
                    format!("connector `{}`", connector.name),
                    "a name has letters, digits, - and _",
                ));
            }
            if !seen.insert(&connector.name) {
                return Err(ConfigError::invalid(format!("connector `{}`", connector.name), "the name is there twice"));
            }
        }
        for mapping in &self.mappings {
            self.source_of(mapping)?;
            self.connector_of(mapping)?;
        }
        Ok(())
    }

    /// Returns the source that a mapping names.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Invalid`] when it names none, or one that is not there.
    pub fn source_of(&self, mapping: &MappingDefinition) -> Result<&SourceSection, ConfigError> {
        let name = mapping.source.as_deref().ok_or_else(|| ConfigError::invalid("mapping", "`source` is missing"))?;
        let found = self.sources.iter().find(|source| source.name == name);
        found.ok_or_else(|| ConfigError::invalid("mapping", format!("there is no [[source]] `{name}`")))
    }

    /// Returns the connector that a mapping names.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Invalid`] when it names none, or one that is not there.
    pub fn connector_of(&self, mapping: &MappingDefinition) -> Result<&ConnectorSection, ConfigError> {
        let missing = || ConfigError::invalid("mapping", "`connector` is missing");
        let name = mapping.connector.as_deref().ok_or_else(missing)?;
        let found = self.connectors.iter().find(|connector| connector.name == name);
        found.ok_or_else(|| ConfigError::invalid("mapping", format!("there is no [[connector]] `{name}`")))
    }
}

impl ConnectorSection {
    /// Returns the settings that the LDAP connector takes.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when the password cannot be read.
    pub fn to_config(&self, file: &ConfigFile) -> Result<Config, ConfigError> {
        let mut config = Config::new(&self.name)
            .with("url", self.url.as_str())
            .with("base", self.base.as_str())
            .with("object_class", self.object_class.as_str())
            .with("auxiliary_classes", self.auxiliary_classes.clone())
            .with("attributes", self.attributes.clone());
        if let Some(bind_dn) = &self.bind_dn {
            config = config.with("bind_dn", bind_dn.as_str());
        }
        if let Some(password) = &self.password {
            config = config.with("password", password.read(file)?);
        }
        if let Some(ca_file) = &self.ca_file {
            config = config.with("ca_file", file.path(ca_file).to_string_lossy().into_owned());
        }
        if let Some(anchor) = &self.anchor {
            config = config.with("anchor", anchor.as_str());
        }
        for (key, number) in [("name_depth", self.name_depth), ("page_size", self.page_size)] {
            if let Some(number) = number {
                config = config.with(key, ConfigValue::Number(i64::from(number)));
            }
        }
        Ok(config)
    }

    /// Returns the bearer tokens that are valid for it: its own, or those of `[host]`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when one cannot be read.
    pub fn read_tokens(&self, file: &ConfigFile) -> Result<Vec<Secret>, ConfigError> {
        let shared = file.host.as_ref().map_or(&[][..], |host| host.tokens.as_slice());
        let tokens = if self.tokens.is_empty() { shared } else { self.tokens.as_slice() };
        tokens.iter().map(|token| token.read(file)).collect()
    }

    /// Returns what disabling and deleting do.
    #[must_use]
    pub fn deprovisioning(&self) -> Deprovisioning {
        let values = |list: &[Scalar]| list.iter().map(Value::from).collect::<Vec<_>>();
        let disable = match &self.disable {
            FlowSetting::None => DisableFlow::None,
            FlowSetting::Delete => DisableFlow::Delete,
            FlowSetting::Set(set) => {
                DisableFlow::set(set.attribute.as_str(), values(&set.disabled), values(&set.enabled))
            }
        };
        let delete = match &self.delete {
            FlowSetting::None => DeleteFlow::None,
            FlowSetting::Delete => DeleteFlow::Delete,
            FlowSetting::Set(set) => {
                DeleteFlow::set(set.attribute.as_str(), values(&set.disabled), values(&set.enabled))
            }
        };
        Deprovisioning { disable, delete }
    }
}

#[cfg(test)]
mod tests {
    use super::ConfigFile;

    #[test]
    fn the_annotated_example_can_be_used() {
        let file = ConfigFile::parse(include_str!("../../provost.toml")).unwrap();
        assert_eq!((file.connectors.len(), file.sources.len(), file.mappings.len()), (1, 1, 1));
        let mapping = provost_mapping::Mapping::compile(&file.mappings[0]).unwrap();
        assert!(mapping.matching_attributes().any(|name| name.matches("mail")));
    }
}
