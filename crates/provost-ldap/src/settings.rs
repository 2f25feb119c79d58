use std::time::Duration;

use provost_connector::{Config, ConfigField, ConnectorError, FieldKind};
use provost_ldap_types::{AttributeDescription, Dn};
use provost_model::ObjectName;

use crate::LdapOptions;
use crate::options::Address;

/// Largest page that may be configured.
const MAX_PAGE: i64 = 10_000;

/// The configuration of one connector instance, checked.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Name of the instance.
    pub(crate) name: String,
    pub(crate) options: LdapOptions,
    pub(crate) address: Address,
    /// Entry below which all objects are.
    pub(crate) base: Dn,
    pub(crate) object_class: String,
    pub(crate) auxiliary_classes: Vec<String>,
    pub(crate) attributes: Vec<AttributeDescription>,
    /// Attribute that identifies objects; none leaves it to the profile of the server.
    pub(crate) anchor: Option<String>,
    /// Components of a new name above the base; none leaves it open.
    pub(crate) name_depth: Option<usize>,
    pub(crate) page_size: Option<u32>,
    pub(crate) password_attribute: AttributeDescription,
}

/// Describes the configuration.
pub(crate) fn fields() -> Vec<ConfigField> {
    vec![
        ConfigField::required("url", FieldKind::Text, "Address of the server, such as ldaps://ldap.example:636."),
        ConfigField::optional("bind_dn", FieldKind::Text, "Name to bind with; without it the session is anonymous."),
        ConfigField::optional("password", FieldKind::Secret, "Password of bind_dn."),
        ConfigField::optional("ca_file", FieldKind::Text, "File of certificates to trust, in PEM; needed for ldaps."),
        ConfigField::required("base", FieldKind::Text, "Name of the entry below which all objects are."),
        ConfigField::required("object_class", FieldKind::Text, "Structural object class of the objects."),
        ConfigField::optional("auxiliary_classes", FieldKind::List, "Auxiliary classes of the objects."),
        ConfigField::optional(
            "attributes",
            FieldKind::List,
            "Attributes to read and write, beside the mandatory ones; without it all that the classes allow.",
        ),
        ConfigField::optional(
            "anchor",
            FieldKind::Text,
            "Attribute that identifies an object for ever, or dn; by default the one that suits the server.",
        ),
        ConfigField::optional(
            "name_depth",
            FieldKind::Number,
            "Components that names of new objects have above base; names with more or fewer are refused.",
        ),
        ConfigField::optional("page_size", FieldKind::Number, "Entries a page, 1 to 10000; by default 500."),
        ConfigField::optional(
            "connect_timeout_ms",
            FieldKind::Number,
            "Longest time for connecting in milliseconds; by default 10000.",
        ),
        ConfigField::optional(
            "operation_timeout_ms",
            FieldKind::Number,
            "Longest time for an answer in milliseconds; by default 30000.",
        ),
        ConfigField::optional(
            "password_attribute",
            FieldKind::Text,
            "Attribute that holds the password; by default userPassword.",
        ),
        ConfigField::optional(
            "dangerous_plaintext",
            FieldKind::Flag,
            "Lets ldap:// be used beyond the loopback: passwords cross the network in clear.",
        ),
    ]
}

impl Settings {
    /// Reads a configuration that was validated against [`fields`].
    pub(crate) fn from_config(config: &Config) -> Result<Self, ConnectorError> {
        let options = options(config)?;
        let address = options.address()?;
        let base: Dn = required(config, "base")?
            .parse()
            .map_err(|error| ConnectorError::configuration("base", format!("is no distinguished name: {error}")))?;
        if base.is_empty() {
            return Err(ConnectorError::configuration("base", "is empty"));
        }
        let attributes = config
            .list("attributes")
            .iter()
            .enumerate()
            .map(|(at, name)| description(&format!("attributes[{at}]"), name))
            .collect::<Result<_, _>>()?;
        let classes = |field: &str, names: &[String]| -> Result<Vec<String>, ConnectorError> {
            names.iter().map(|name| description(field, name).map(|_| name.clone())).collect()
        };
        let object_class = required(config, "object_class")?.to_owned();
        classes("object_class", std::slice::from_ref(&object_class))?;
        if let Some(anchor) = config.text("anchor") {
            description("anchor", anchor)?;
        }
        Ok(Self {
            name: config.name().to_owned(),
            address,
            base,
            object_class,
            auxiliary_classes: classes("auxiliary_classes", config.list("auxiliary_classes"))?,
            attributes,
            anchor: config.text("anchor").map(str::to_owned),
            name_depth: number(config, "name_depth", 64)?.and_then(|depth| usize::try_from(depth).ok()),
            page_size: number(config, "page_size", MAX_PAGE)?.and_then(|size| u32::try_from(size).ok()),
            password_attribute: description(
                "password_attribute",
                config.text("password_attribute").unwrap_or("userPassword"),
            )?,
            options,
        })
    }

    /// Returns the name of the system in messages: that of the instance and where it is.
    pub(crate) fn system(&self) -> String {
        format!("{} ({})", self.name, self.address)
    }

    /// Parses the name of an object, which must lie below the base.
    pub(crate) fn place(&self, name: &ObjectName) -> Result<Dn, String> {
        let dn: Dn = name.as_str().parse().map_err(|error| format!("the name is no distinguished name: {error}"))?;
        match dn.depth_below(&self.base) {
            Some(_) => Ok(dn),
            None => Err(format!("the name does not lie below {}", self.base)),
        }
    }

    /// Parses the name that an object is to get: below the base, at the configured depth.
    pub(crate) fn new_place(&self, name: &ObjectName) -> Result<Dn, String> {
        let dn = self.place(name)?;
        match (dn.depth_below(&self.base), self.name_depth) {
            (Some(depth), Some(wanted)) if depth != wanted => {
                Err(format!("the name has {depth} components above {}, and name_depth says {wanted}", self.base))
            }
            _ => Ok(dn),
        }
    }
}

fn options(config: &Config) -> Result<LdapOptions, ConnectorError> {
    let mut options = LdapOptions::new(required(config, "url")?);
    options.bind_dn = config.text("bind_dn").map(str::to_owned);
    options.password = config.secret("password").cloned();
    options.ca_file = config.text("ca_file").map(Into::into);
    options.dangerous_plaintext = config.flag("dangerous_plaintext").unwrap_or(false);
    let millis = |key| -> Result<Option<Duration>, ConnectorError> {
        Ok(number(config, key, 86_400_000)?.and_then(|millis| u64::try_from(millis).ok()).map(Duration::from_millis))
    };
    options.connect_timeout = millis("connect_timeout_ms")?.unwrap_or(options.connect_timeout);
    options.operation_timeout = millis("operation_timeout_ms")?.unwrap_or(options.operation_timeout);
    Ok(options)
}

fn required<'a>(config: &'a Config, key: &str) -> Result<&'a str, ConnectorError> {
    config.text(key).ok_or_else(|| ConnectorError::configuration(key, "is missing"))
}

fn number(config: &Config, key: &str, most: i64) -> Result<Option<i64>, ConnectorError> {
    match config.number(key) {
        Some(number) if !(1..=most).contains(&number) => {
            Err(ConnectorError::configuration(key, format!("expected a number from 1 to {most}")))
        }
        number => Ok(number),
    }
}

fn description(field: &str, name: &str) -> Result<AttributeDescription, ConnectorError> {
    name.parse().map_err(|error| ConnectorError::configuration(field, format!("{name} is no attribute: {error}")))
}

#[cfg(test)]
mod tests {
    use provost_connector::Config;
    use provost_model::ObjectName;

    use super::Settings;

    fn config() -> Config {
        Config::new("people")
            .with("url", "ldap://127.0.0.1:1389")
            .with("base", "ou=people,dc=contoso,dc=lab")
            .with("object_class", "inetOrgPerson")
    }

    fn check(config: Config, expected: &str) {
        assert_eq!(Settings::from_config(&config).unwrap_err().to_string(), expected);
    }

    #[test]
    fn errors_name_the_field() {
        check(config().with("page_size", 0), "configuration: page_size: expected a number from 1 to 10000");
        check(config().with("base", ""), "configuration: base: is empty");
        check(
            config().with("attributes", vec!["cn".to_owned(), "a b".to_owned()]),
            "configuration: attributes[1]: a b is no attribute: expected only letters, digits, `-` and options after `;`",
        );
        check(Config::new("people"), "configuration: url: is missing");
    }

    #[test]
    fn new_names_lie_below_the_base_at_the_configured_depth() {
        let settings = Settings::from_config(&config().with("name_depth", 1)).unwrap();
        let reason = |name: &str| settings.new_place(&ObjectName::new(name)).unwrap_err();
        assert!(settings.new_place(&ObjectName::new("CN=x,OU=People,DC=Contoso,DC=lab")).is_ok());
        assert_eq!(
            reason("cn=x,ou=Admins,ou=people,dc=contoso,dc=lab"),
            "the name has 2 components above ou=people,dc=contoso,dc=lab, and name_depth says 1"
        );
        assert_eq!(
            reason("cn=x,ou=Admins,dc=contoso,dc=lab"),
            "the name does not lie below ou=people,dc=contoso,dc=lab"
        );
        assert_eq!(reason("ou=people,dc=contoso,dc=lab"), "the name does not lie below ou=people,dc=contoso,dc=lab");
        assert!(reason("bsimon").starts_with("the name is no distinguished name: "));
    }
}
