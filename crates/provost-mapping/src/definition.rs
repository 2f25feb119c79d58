use std::fmt;
use std::num::NonZeroU32;

use provost_expr::{Dialect, Profile};
use provost_model::AttributeName;
use serde::{Deserialize, Serialize};

use crate::target::Target;

/// A mapping as a configuration writes it: what flows from the objects of a source to the objects of a connector.
///
/// The shape in TOML; unknown keys are refused:
///
/// ```
/// use provost_mapping::MappingDefinition;
///
/// let definition: MappingDefinition = toml::from_str(
///     r#"
///     name = "users"
///     source = "graph"
///     connector = "contoso"
///     object_type = "inetOrgPerson"
///
///     [[flow]]
///     target = "mail"
///     source = "userPrincipalName"
///     matching = 1
///
///     [[flow]]
///     target = "uid"
///     expression = 'ToLower(Word([userPrincipalName], 1, "@"), )'
///
///     [[flow]]
///     target = "gidNumber"
///     constant = "10000"
///     apply = "creation"
///     "#,
/// )?;
/// assert_eq!(definition.flows.len(), 3);
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct MappingDefinition {
    /// What messages call the mapping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name of the source that objects come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The name of the connector that objects go to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<String>,
    /// The type of the objects in the connector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_type: Option<String>,
    /// The language of the expressions, `entra` (which is the default) or `connect`.
    #[serde(default, with = "dialect", skip_serializing_if = "is_entra")]
    pub dialect: Dialect,
    /// How closely expressions keep to the documented product, `standard` (which is the default) or `documented`.
    #[serde(default, skip_serializing_if = "is_standard")]
    pub profile: Profile,
    /// Whether the roles that `AppRoleAssignmentsComplex` makes have the `id` of their assignment; not so by default, as it
    /// is no member of SCIM roles.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub role_ids: bool,
    /// What flows where, one target each.
    #[serde(default, rename = "flow")]
    pub flows: Vec<FlowDefinition>,
}

impl MappingDefinition {
    /// Makes a mapping of these flows, in the dialect `entra`.
    #[must_use]
    pub fn new(flows: Vec<FlowDefinition>) -> Self {
        Self { flows, ..Self::default() }
    }
}

/// One flow: a target attribute, where its value comes from, and when.
///
/// The keys are `target`, one of `source`, `constant` and `expression`, and, where wanted, `apply`, `default` and
/// `matching`.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Keys", into = "Keys")]
pub struct FlowDefinition {
    pub(crate) target: AttributeName,
    pub(crate) origin: Origin,
    pub(crate) apply: Apply,
    pub(crate) default: Option<String>,
    pub(crate) matching: Option<NonZeroU32>,
}

/// Where the value of a flow comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Origin {
    /// A fixed text.
    Constant(String),
    /// The values of one attribute of the source, unchanged; the name is exact.
    Direct(String),
    /// An expression over the attributes of the source.
    Expression(String),
}

/// When a flow is applied.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Apply {
    /// When the object is made, and at every update.
    #[default]
    Always,
    /// Only when the object is made.
    Creation,
}

impl FlowDefinition {
    /// Makes a flow that is always applied, has no default and takes no part in matching.
    #[must_use]
    pub fn new(target: impl Into<AttributeName>, origin: Origin) -> Self {
        Self { target: target.into(), origin, apply: Apply::Always, default: None, matching: None }
    }

    /// Makes a flow of a fixed text.
    #[must_use]
    pub fn constant(target: impl Into<AttributeName>, text: impl Into<String>) -> Self {
        Self::new(target, Origin::Constant(text.into()))
    }

    /// Makes a flow of an attribute of the source.
    #[must_use]
    pub fn direct(target: impl Into<AttributeName>, source: impl Into<String>) -> Self {
        Self::new(target, Origin::Direct(source.into()))
    }

    /// Makes a flow of an expression.
    #[must_use]
    pub fn expression(target: impl Into<AttributeName>, expression: impl Into<String>) -> Self {
        Self::new(target, Origin::Expression(expression.into()))
    }

    /// Applies the flow only when the object is made.
    #[must_use]
    pub fn at_creation(mut self) -> Self {
        self.apply = Apply::Creation;
        self
    }

    /// Uses this text when an object is made and the source has no value.
    #[must_use]
    pub fn with_default(mut self, text: impl Into<String>) -> Self {
        self.default = Some(text.into());
        self
    }

    /// Looks for the object by this attribute; the lowest precedence comes first.
    #[must_use]
    pub fn matching(mut self, precedence: NonZeroU32) -> Self {
        self.matching = Some(precedence);
        self
    }

    /// Returns the target attribute.
    #[must_use]
    pub fn target(&self) -> &AttributeName {
        &self.target
    }

    /// Returns where the value comes from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns when the flow is applied.
    #[must_use]
    pub fn apply(&self) -> Apply {
        self.apply
    }

    /// Returns the text that is used when an object is made and the source has no value.
    #[must_use]
    pub fn default_text(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// Returns the precedence of the flow in matching, if it takes part.
    #[must_use]
    pub fn precedence(&self) -> Option<NonZeroU32> {
        self.matching
    }
}

/// Shows `[Redact]` in place of where a password comes from: a constant or a default is the password itself.
impl fmt::Debug for FlowDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden: &dyn fmt::Debug = &format_args!("[Redact]");
        let secret = Target::of(&self.target) == Target::Password;
        f.debug_struct("FlowDefinition")
            .field("target", &self.target)
            .field("origin", if secret { hidden } else { &self.origin })
            .field("apply", &self.apply)
            .field("default", if secret { hidden } else { &self.default })
            .field("matching", &self.matching)
            .finish()
    }
}

/// The keys of a flow as they are written.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    target: AttributeName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    constant: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expression: Option<String>,
    #[serde(default)]
    apply: Apply,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    matching: Option<NonZeroU32>,
}

/// A flow whose keys do not say where the value comes from, or say it twice.
#[derive(Debug)]
struct OriginError(AttributeName);

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the flow to `{}` needs exactly one of `source`, `constant` and `expression`", self.0.as_str())
    }
}

impl TryFrom<Keys> for FlowDefinition {
    type Error = OriginError;

    fn try_from(keys: Keys) -> Result<Self, Self::Error> {
        let origin = match (keys.source, keys.constant, keys.expression) {
            (Some(source), None, None) => Origin::Direct(source),
            (None, Some(text), None) => Origin::Constant(text),
            (None, None, Some(expression)) => Origin::Expression(expression),
            _ => return Err(OriginError(keys.target)),
        };
        let Keys { target, apply, default, matching, .. } = keys;
        Ok(Self { target, origin, apply, default, matching })
    }
}

impl From<FlowDefinition> for Keys {
    fn from(flow: FlowDefinition) -> Self {
        let FlowDefinition { target, origin, apply, default, matching } = flow;
        let keys = Self { target, source: None, constant: None, expression: None, apply, default, matching };
        match origin {
            Origin::Constant(text) => Self { constant: Some(text), ..keys },
            Origin::Direct(source) => Self { source: Some(source), ..keys },
            Origin::Expression(expression) => Self { expression: Some(expression), ..keys },
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes the field by reference")]
fn is_entra(dialect: &Dialect) -> bool {
    *dialect == Dialect::Entra
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes the field by reference")]
fn is_standard(profile: &Profile) -> bool {
    *profile == Profile::Standard
}

mod dialect {
    use provost_expr::Dialect;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes the field by reference")]
    pub(super) fn serialize<S: Serializer>(dialect: &Dialect, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(dialect.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Dialect, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
