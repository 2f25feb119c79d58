use std::fmt;
use std::num::NonZeroU32;

use provost_expr::{MappingSource, Registry, SourceKind, StoredFormError};
use provost_model::AttributeName;
use provost_text::Span;
use serde::{Deserialize, Deserializer, Serialize};

use crate::definition::{Apply, FlowDefinition, Origin};
use crate::target::Target;

/// A flow in the form in which Microsoft Graph stores it (*attributeMapping*, beta).
///
/// An exported synchronization schema has an array of them at `attributeMappings`. Members that mean nothing here are passed
/// over; one that would change what flows, and is not carried, is refused by name.
///
/// ```
/// use provost_expr::{Dialect, Registry};
/// use provost_mapping::{AttributeMapping, Origin};
///
/// let mapping: AttributeMapping = serde_json::from_str(
///     r#"{
///         "targetAttributeName": "uid",
///         "flowType": "ObjectAddOnly",
///         "matchingPriority": 1,
///         "source": {
///             "type": "Function",
///             "name": "Trim",
///             "expression": "Trim([mailNickname])",
///             "parameters": [{ "key": "source", "value": { "type": "Attribute", "name": "mailNickname" } }]
///         }
///     }"#,
/// )?;
/// let flow = mapping.to_flow(&Registry::new(Dialect::Entra))?;
/// assert_eq!(flow.origin(), &Origin::Expression("Trim([mailNickname])".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AttributeMapping {
    /// The text that is used when an object is made and the source has no value; a constant where there is no source.
    #[serde(default)]
    pub default_value: Option<String>,
    /// Whether a reference flows whose object is not known; it never does here.
    #[serde(default, deserialize_with = "or_default")]
    pub export_missing_references: bool,
    /// `FlowWhenChanged` or `FlowAlways`.
    #[serde(default, deserialize_with = "or_default")]
    pub flow_behavior: FlowBehavior,
    /// `Always`, `ObjectAddOnly` or `MultiValueAddOnly`.
    #[serde(default, deserialize_with = "or_default")]
    pub flow_type: FlowType,
    /// The precedence in matching; zero for a flow that takes no part.
    #[serde(default, deserialize_with = "or_default")]
    pub matching_priority: u32,
    /// Where the value comes from.
    #[serde(default)]
    pub source: Option<MappingSource>,
    /// The attribute of the target.
    pub target_attribute_name: String,
}

/// Whether a value is sent that the target has already.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub enum FlowBehavior {
    /// At every update of the object.
    FlowAlways,
    /// Only when it differs.
    #[default]
    FlowWhenChanged,
}

/// When a stored flow is applied.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub enum FlowType {
    /// When the object is made, and at every update.
    #[default]
    Always,
    /// Always, and no value is taken away.
    MultiValueAddOnly,
    /// Only when the object is made.
    ObjectAddOnly,
}

/// Why a stored flow is no flow, or a flow cannot be stored.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StoredFlowError {
    /// A member has a value that changes what flows, and is not carried.
    #[error("the flow to `{target}` has {member}, which is not available")]
    #[non_exhaustive]
    NotCarried {
        /// The target of the flow.
        target: String,
        /// The member and its value.
        member: &'static str,
    },
    /// Neither a source nor a default value is there.
    #[error("the flow to `{target}` has neither a source nor a default value")]
    #[non_exhaustive]
    NoSource {
        /// The target of the flow.
        target: String,
    },
    /// The source of a password cannot be used. Nothing of it is told, since a constant in it may be the password.
    #[error(
        "the source of the flow to `{target}` cannot be used (`{code}`{}); it is not shown, since it may be the password",
        at_byte(*span)
    )]
    #[non_exhaustive]
    Password {
        /// The target of the flow.
        target: String,
        /// The code of what is wrong, which stays the same between versions.
        code: &'static str,
        /// The place in the text of the expression, where one is at fault.
        span: Option<Span>,
    },
    /// The source is no expression, or has no stored form.
    #[error("the source of the flow to `{target}` cannot be used")]
    #[non_exhaustive]
    Source {
        /// The target of the flow.
        target: String,
        /// Why.
        source: StoredFormError,
    },
}

impl StoredFlowError {
    fn source(target: &str, source: StoredFormError) -> Self {
        let (target, code, span) = (target.to_owned(), source.code(), source.span());
        match Target::of(&AttributeName::new(&target)) {
            Target::Password => Self::Password { target, code, span },
            _ => Self::Source { target, source },
        }
    }
}

fn at_byte(span: Option<Span>) -> String {
    span.map(|span| format!(" at byte {}", span.start())).unwrap_or_default()
}

/// Shows `[Redact]` in place of where a password comes from, as the flow itself does.
impl fmt::Debug for AttributeMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden: &dyn fmt::Debug = &format_args!("[Redact]");
        let secret = Target::of(&AttributeName::new(&self.target_attribute_name)) == Target::Password;
        f.debug_struct("AttributeMapping")
            .field("default_value", if secret { hidden } else { &self.default_value })
            .field("export_missing_references", &self.export_missing_references)
            .field("flow_behavior", &self.flow_behavior)
            .field("flow_type", &self.flow_type)
            .field("matching_priority", &self.matching_priority)
            .field("source", if secret { hidden } else { &self.source })
            .field("target_attribute_name", &self.target_attribute_name)
            .finish()
    }
}

impl AttributeMapping {
    /// Makes the flow. Without a source the default value is a constant, as published samples have it.
    ///
    /// # Errors
    ///
    /// [`StoredFlowError`] names the target, and nothing of where a password comes from.
    pub fn to_flow(&self, registry: &Registry) -> Result<FlowDefinition, StoredFlowError> {
        let target = self.target_attribute_name.clone();
        let refused = |member| Err(StoredFlowError::NotCarried { target: target.clone(), member });
        if self.flow_behavior == FlowBehavior::FlowAlways {
            return refused("the flow behavior `FlowAlways`");
        }
        if self.flow_type == FlowType::MultiValueAddOnly {
            return refused("the flow type `MultiValueAddOnly`");
        }
        if self.export_missing_references {
            return refused("`exportMissingReferences`");
        }
        let (origin, default) = match (&self.source, &self.default_value) {
            (None, None) => return Err(StoredFlowError::NoSource { target }),
            (None, Some(constant)) => (Origin::Constant(constant.clone()), None),
            // A constant that no expression is has no text.
            (Some(MappingSource { kind: SourceKind::Constant, name, parameters, expression: None, .. }), default)
                if parameters.is_empty() =>
            {
                (Origin::Constant(name.clone()), default.clone())
            }
            (Some(source), default) => {
                let expression =
                    source.to_expression(registry).map_err(|source| StoredFlowError::source(&target, source))?;
                let origin = match source.kind {
                    SourceKind::Attribute => Origin::Direct(source.name.clone()),
                    SourceKind::Constant => Origin::Constant(source.name.clone()),
                    SourceKind::Function => Origin::Expression(expression.to_string()),
                };
                (origin, default.clone())
            }
        };
        let apply = if self.flow_type == FlowType::ObjectAddOnly { Apply::Creation } else { Apply::Always };
        let matching = NonZeroU32::new(self.matching_priority);
        Ok(FlowDefinition { target: AttributeName::new(&target), origin, apply, default, matching })
    }

    /// Makes the stored form of a flow.
    ///
    /// # Errors
    ///
    /// [`StoredFlowError::Source`], or [`StoredFlowError::Password`] for that target, for an expression that cannot be used or
    /// that has no stored form.
    pub fn new(flow: &FlowDefinition, registry: &Registry) -> Result<Self, StoredFlowError> {
        let target = flow.target.as_str().to_owned();
        let failed = |source| StoredFlowError::source(&target, source);
        let stored = |text: &str| {
            let expression = registry.parse(text).map_err(|source| failed(source.into()))?;
            MappingSource::new(&expression, registry).map_err(failed)
        };
        let source = match &flow.origin {
            Origin::Constant(text) => MappingSource::constant(&**text, registry),
            Origin::Direct(name) => stored(&format!("[{name}]"))?,
            Origin::Expression(text) => stored(text)?,
        };
        Ok(Self {
            default_value: flow.default.clone(),
            export_missing_references: false,
            flow_behavior: FlowBehavior::FlowWhenChanged,
            flow_type: if flow.apply == Apply::Creation { FlowType::ObjectAddOnly } else { FlowType::Always },
            matching_priority: flow.matching.map_or(0, NonZeroU32::get),
            source: Some(source),
            target_attribute_name: target,
        })
    }
}

/// Graph writes null in place of what is not set.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
