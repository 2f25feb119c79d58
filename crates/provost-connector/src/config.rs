use std::collections::BTreeMap;

use provost_model::Secret;

/// What kind of value a field of a configuration takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FieldKind {
    /// True or false.
    Flag,
    /// A list of texts.
    List,
    /// A whole number.
    Number,
    /// A text that must not be shown.
    Secret,
    /// A text.
    Text,
}

/// One field of a connector's configuration.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ConfigField {
    /// Its key.
    pub key: &'static str,
    /// What it takes.
    pub kind: FieldKind,
    /// Whether it must be given.
    pub required: bool,
    /// What it is for, its unit and its default, in one sentence.
    pub description: &'static str,
}

impl ConfigField {
    /// Makes an optional field.
    #[must_use]
    pub const fn optional(key: &'static str, kind: FieldKind, description: &'static str) -> Self {
        Self { key, kind, required: false, description }
    }

    /// Makes a field that must be given.
    #[must_use]
    pub const fn required(key: &'static str, kind: FieldKind, description: &'static str) -> Self {
        Self { key, kind, required: true, description }
    }
}

/// What a connector says of itself before anything is opened.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ConnectorInfo {
    /// Its kind, such as `ldap`.
    pub kind: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The fields it is configured with.
    pub fields: Vec<ConfigField>,
}

impl ConnectorInfo {
    /// Makes a description.
    #[must_use]
    pub fn new(kind: &'static str, version: &'static str, fields: Vec<ConfigField>) -> Self {
        Self { kind, version, fields }
    }
}

/// A value of a configuration.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConfigValue {
    /// True or false.
    Flag(bool),
    /// A list of texts.
    List(Vec<String>),
    /// A whole number.
    Number(i64),
    /// A text that must not be shown.
    Secret(Secret),
    /// A text.
    Text(String),
}

impl From<bool> for ConfigValue {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for ConfigValue {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for ConfigValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for ConfigValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<String>> for ConfigValue {
    fn from(list: Vec<String>) -> Self {
        Self::List(list)
    }
}

impl From<Secret> for ConfigValue {
    fn from(secret: Secret) -> Self {
        Self::Secret(secret)
    }
}

/// The configuration of one connector instance: a name for messages, and values by key.
///
/// ```
/// use provost_connector::{Config, ConfigField, ConnectorInfo, FieldKind};
///
/// let info = ConnectorInfo::new("demo", "1", vec![ConfigField::required("url", FieldKind::Text, "Where it is.")]);
/// let config = Config::new("people").with("host", "localhost");
/// assert_eq!(config.validate(&info).unwrap_err().to_string(), "configuration: host: no such setting for demo");
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    name: String,
    values: BTreeMap<String, ConfigValue>,
}

impl Config {
    /// Makes a configuration without values. The name is the instance's name in messages.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), values: BTreeMap::new() }
    }

    /// Sets a value.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<ConfigValue>) -> Self {
        self.values.insert(key.into(), value.into());
        self
    }

    /// Returns the name of the instance.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns a text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.values.get(key) {
            Some(ConfigValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Returns a number.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<i64> {
        match self.values.get(key) {
            Some(ConfigValue::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// Returns a flag.
    #[must_use]
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.values.get(key) {
            Some(ConfigValue::Flag(flag)) => Some(*flag),
            _ => None,
        }
    }

    /// Returns a list; empty when there is none.
    #[must_use]
    pub fn list(&self, key: &str) -> &[String] {
        match self.values.get(key) {
            Some(ConfigValue::List(list)) => list,
            _ => &[],
        }
    }

    /// Returns a secret.
    #[must_use]
    pub fn secret(&self, key: &str) -> Option<&Secret> {
        match self.values.get(key) {
            Some(ConfigValue::Secret(secret)) => Some(secret),
            _ => None,
        }
    }

    /// Checks the values against the fields that the connector takes.
    ///
    /// # Errors
    ///
    /// [`crate::ConnectorError::Configuration`] for the first key that the connector does not take, value of another
    /// kind, or required field that is missing.
    pub fn validate(&self, info: &ConnectorInfo) -> Result<(), crate::ConnectorError> {
        for (key, value) in &self.values {
            let Some(field) = info.fields.iter().find(|field| field.key == key) else {
                return Err(crate::ConnectorError::configuration(key, format!("no such setting for {}", info.kind)));
            };
            let fits = matches!(
                (field.kind, value),
                (FieldKind::Flag, ConfigValue::Flag(_))
                    | (FieldKind::List, ConfigValue::List(_))
                    | (FieldKind::Number, ConfigValue::Number(_))
                    | (FieldKind::Secret, ConfigValue::Secret(_))
                    | (FieldKind::Text, ConfigValue::Text(_))
            );
            if !fits {
                let wanted = match field.kind {
                    FieldKind::Flag => "true or false",
                    FieldKind::List => "a list of texts",
                    FieldKind::Number => "a whole number",
                    FieldKind::Secret => "a secret",
                    FieldKind::Text => "a text",
                };
                return Err(crate::ConnectorError::configuration(key, format!("expected {wanted}")));
            }
        }
        match info.fields.iter().find(|field| field.required && !self.values.contains_key(field.key)) {
            Some(missing) => Err(crate::ConnectorError::configuration(missing.key, "is missing")),
            None => Ok(()),
        }
    }
}
