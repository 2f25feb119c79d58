//! The form in which Microsoft Graph stores the source of an attribute mapping.

mod read;
mod tester;

use provost_text::Span;
use serde::{Deserialize, Deserializer, Serialize};

pub use self::tester::{TestedExpression, test_expression};
use crate::ast::{Argument, Constant, Expression, ExpressionKind};
use crate::error::ParseExprError;
use crate::extension::Registry;
use crate::registry::{Function, Parameter};

/// The source of an attribute mapping as Microsoft Graph stores it (*attributeMappingSource*, beta): an attribute, a
/// constant, or a function whose parameters are such objects again.
///
/// Arguments that are left out have no parameter, and a parameter that repeats has its key again. The text says more: that
/// is where arguments that are left out at the end are kept, and a word without quotation marks.
///
/// A comparison is a function by the name of its operator, with the parameters `left` and `right`; pages of Microsoft show
/// none.
///
/// A reader of JSON that allows 128 levels reads calls that are nested 42 deep.
///
/// ```
/// use provost_expr::{Dialect, MappingSource, Registry};
///
/// let registry = Registry::new(Dialect::Entra);
/// let expression = registry.parse(r#"Replace([preferredLanguage], "-", , , "_", , )"#)?;
/// let stored = MappingSource::new(&expression, &registry)?;
/// let keys: Vec<_> = stored.parameters.iter().map(|parameter| parameter.key.as_str()).collect();
/// assert_eq!(keys, ["source", "Find", "Replacement"]);
/// assert_eq!(stored.to_expression(&registry)?, expression);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MappingSource {
    /// The text of the expression.
    #[serde(default)]
    pub expression: Option<String>,
    /// The name of the attribute or of the function, or the text of the constant.
    pub name: String,
    /// The arguments of a function, in order.
    #[serde(default, deserialize_with = "or_none")]
    pub parameters: Vec<SourceParameter>,
    /// Which of the three it is.
    #[serde(rename = "type")]
    pub kind: SourceKind,
}

/// An argument of a function in a [`MappingSource`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SourceParameter {
    /// The name of the parameter.
    pub key: String,
    /// The argument.
    pub value: MappingSource,
}

/// What a [`MappingSource`] is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub enum SourceKind {
    /// An attribute of the source object.
    Attribute,
    /// A fixed text.
    Constant,
    /// A function.
    Function,
}

/// Why an expression has no stored form, or a stored form is no expression.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StoredFormError {
    /// The text and the parameters say different things.
    #[error("the text{} and its parameters say different things", of_name(name.as_deref()))]
    #[non_exhaustive]
    Contradiction {
        /// The name of the outermost attribute or function at which they part; `None` for a constant, which may be secret.
        name: Option<String>,
    },
    /// The form holds expressions of the dialect `entra` only.
    #[error("operators, variables and parameters of the dialect connect have no stored form")]
    #[non_exhaustive]
    Dialect {
        /// The part that has none.
        span: Span,
    },
    /// The text cannot be parsed; it is not repeated, since its constants may be secret.
    #[error("the text of the source is no expression")]
    #[non_exhaustive]
    Parse {
        /// What is wrong with it.
        source: ParseExprError,
    },
    /// Functions are nested too deep.
    #[error("functions are nested deeper than {limit} levels")]
    #[non_exhaustive]
    TooDeep {
        /// The deepest nesting that is read.
        limit: usize,
    },
    /// There is no such function.
    #[error("there is no function `{name}`")]
    #[non_exhaustive]
    UnknownFunction {
        /// Its name.
        name: String,
    },
    /// A function has no such parameter, or has it once and is given it again.
    #[error("`{function}` has no place for the parameter `{key}`; its signature is `{signature}`")]
    #[non_exhaustive]
    UnknownKey {
        /// The name of the function.
        function: String,
        /// The key.
        key: String,
        /// The signature of the function.
        signature: String,
    },
}

impl StoredFormError {
    /// Returns the place in the text of the expression, where one is at fault.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::Dialect { span } => Some(*span),
            Self::Parse { source } => Some(source.span()),
            _ => None,
        }
    }

    /// Returns a code that stays the same between versions.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Contradiction { .. } => "stored-contradiction",
            Self::Dialect { .. } => "stored-dialect",
            Self::Parse { source } => source.code(),
            Self::TooDeep { .. } => "too-deep",
            Self::UnknownFunction { .. } => "unknown-function",
            Self::UnknownKey { .. } => "stored-key",
        }
    }
}

impl From<ParseExprError> for StoredFormError {
    fn from(source: ParseExprError) -> Self {
        Self::Parse { source }
    }
}

fn of_name(name: Option<&str>) -> String {
    name.map(|name| format!(" of `{name}`")).unwrap_or_default()
}

/// The parameters of `Replace` as Graph calls them.
const REPLACE_KEYS: [&str; 7] = [
    "source",
    "Find",
    "RegularExpression",
    "RegularExpressionGroupName",
    "Replacement",
    "ReplacementPropertyName",
    "Template",
];

const COMPARISON_KEYS: [&str; 2] = ["left", "right"];

impl MappingSource {
    /// Makes the stored form of a constant. It has no text where no expression is this constant: in the dialect `connect` a
    /// constant holds no quotation mark.
    ///
    /// ```
    /// use provost_expr::{Dialect, MappingSource, Registry};
    ///
    /// let text = |dialect| MappingSource::constant("DOM\\user", &Registry::new(dialect)).expression;
    /// assert_eq!(text(Dialect::Connect).as_deref(), Some("\"DOM\\user\""));
    /// assert_eq!(text(Dialect::Entra).as_deref(), Some("\"DOM\\\\user\""));
    /// ```
    #[must_use]
    pub fn constant(text: impl Into<String>, registry: &Registry) -> Self {
        let constant = Constant::quoted(text, registry.dialect());
        let written = constant.to_string();
        let reads_back = registry
            .parse(&written)
            .is_ok_and(|read| matches!(read.kind(), ExpressionKind::Constant(read) if *read == constant));
        Self {
            expression: reads_back.then_some(written),
            name: constant.text,
            parameters: Vec::new(),
            kind: SourceKind::Constant,
        }
    }

    /// Makes the stored form of an expression.
    ///
    /// # Errors
    ///
    /// [`StoredFormError`] for a function that the registry does not have, and for what only the dialect `connect` has.
    pub fn new(expression: &Expression, registry: &Registry) -> Result<Self, StoredFormError> {
        let text = expression.to_string();
        let (kind, name, parameters) = match expression.kind() {
            ExpressionKind::Attribute(name) => (SourceKind::Attribute, name.clone(), Vec::new()),
            ExpressionKind::Bareword(word) => (SourceKind::Constant, word.as_str().to_owned(), Vec::new()),
            ExpressionKind::Constant(constant) => (SourceKind::Constant, constant.text().to_owned(), Vec::new()),
            ExpressionKind::Call(call) => {
                let function = find(call.name(), registry)?;
                let mut parameters = Vec::with_capacity(call.arguments().len());
                for (position, argument) in call.arguments().iter().enumerate() {
                    if let Argument::Given(given) = argument {
                        let key = key(function, position, call.arguments().len()).to_owned();
                        parameters.push(SourceParameter { key, value: Self::new(given, registry)? });
                    }
                }
                (SourceKind::Function, call.name().to_owned(), parameters)
            }
            ExpressionKind::Comparison(comparison) => {
                let sides = [comparison.left(), comparison.right()];
                let parameters = COMPARISON_KEYS
                    .into_iter()
                    .zip(sides)
                    .map(|(key, side)| Ok(SourceParameter { key: key.to_owned(), value: Self::new(side, registry)? }));
                let parameters = parameters.collect::<Result<_, StoredFormError>>()?;
                (SourceKind::Function, comparison.operator().as_str().to_owned(), parameters)
            }
            ExpressionKind::Chain(_) | ExpressionKind::Parameter(_) | ExpressionKind::Variable(_) => {
                return Err(StoredFormError::Dialect { span: expression.span() });
            }
        };
        Ok(Self { expression: Some(text), name, parameters, kind })
    }
}

fn find(name: &str, registry: &Registry) -> Result<&'static Function, StoredFormError> {
    registry.find(name).ok_or_else(|| StoredFormError::UnknownFunction { name: name.to_owned() })
}

/// The key of the argument at a position of a call with this many places.
fn key(function: &'static Function, position: usize, places: usize) -> &'static str {
    // With three arguments the styles are the ones that are missing.
    let skips = function.name() == "FormatDateTime" && places == 3 && position > 0;
    match function.name() {
        "Replace" if function.parameters().len() == REPLACE_KEYS.len() => REPLACE_KEYS.get(position).copied(),
        _ => function.parameter(position + usize::from(skips)).map(Parameter::name),
    }
    .unwrap_or_default()
}

/// Graph writes null in place of no parameters.
fn or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SourceParameter>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests;
