use provost_expr::{Diagnostic, Dialect, EvaluateError};
use provost_model::{AttributeName, ValueKind};
use provost_text::Span;

/// Why a definition is no mapping.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// The registry that the expressions are compiled with is one of another dialect.
    #[error("the mapping is in the dialect {definition}, and the functions are those of {registry}")]
    #[non_exhaustive]
    Dialect {
        /// The dialect of the definition.
        definition: Dialect,
        /// The dialect of the registry.
        registry: Dialect,
    },
    /// Two flows have one precedence, so that the order of matching is not defined.
    #[error("the flow to `{}` has the matching precedence {precedence} of another flow", target.as_str())]
    #[non_exhaustive]
    DuplicatePrecedence {
        /// Position of the second flow, from zero.
        flow: usize,
        /// Its target.
        target: AttributeName,
        /// The precedence of both.
        precedence: u32,
    },
    /// Two flows have one target.
    #[error("two flows have the target `{}`", target.as_str())]
    #[non_exhaustive]
    DuplicateTarget {
        /// Position of the second flow, from zero.
        flow: usize,
        /// The target of both.
        target: AttributeName,
    },
    /// The expression of a flow cannot be used.
    #[error("the expression of the flow to `{}` cannot be used", target.as_str())]
    #[non_exhaustive]
    Expression {
        /// Position of the flow, from zero.
        flow: usize,
        /// Its target.
        target: AttributeName,
        /// The text of the expression; `None` where it makes a password, since a constant in it may be one.
        expression: Option<String>,
        /// What is wrong with it, and where; [concealed](Diagnostic::concealed) where it makes a password.
        source: Box<Diagnostic>,
    },
    /// Objects cannot be looked up by this target.
    #[error("the flow to `{}` cannot take part in matching, since no object can be found by it", target.as_str())]
    #[non_exhaustive]
    Unmatchable {
        /// Position of the flow, from zero.
        flow: usize,
        /// Its target.
        target: AttributeName,
    },
}

impl MappingError {
    /// Returns the position of the flow in the definition, from zero; `None` when no single flow is at fault.
    #[must_use]
    pub fn flow(&self) -> Option<usize> {
        match self {
            Self::Dialect { .. } => None,
            Self::DuplicatePrecedence { flow, .. }
            | Self::DuplicateTarget { flow, .. }
            | Self::Expression { flow, .. }
            | Self::Unmatchable { flow, .. } => Some(*flow),
        }
    }

    /// Returns the target of the flow.
    #[must_use]
    pub fn target(&self) -> Option<&AttributeName> {
        match self {
            Self::Dialect { .. } => None,
            Self::DuplicatePrecedence { target, .. }
            | Self::DuplicateTarget { target, .. }
            | Self::Expression { target, .. }
            | Self::Unmatchable { target, .. } => Some(target),
        }
    }

    /// Returns a code that stays the same between versions; that of the diagnostic where an expression is at fault.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Dialect { .. } => "dialect",
            Self::DuplicatePrecedence { .. } => "duplicate-precedence",
            Self::DuplicateTarget { .. } => "duplicate-target",
            Self::Expression { source, .. } => source.code(),
            Self::Unmatchable { .. } => "unmatchable",
        }
    }

    /// Returns what is wrong with an expression, and where.
    #[must_use]
    pub fn diagnostic(&self) -> Option<&Diagnostic> {
        match self {
            Self::Expression { source, .. } => Some(source),
            _ => None,
        }
    }

    /// Returns the text of the expression at fault, for a [`provost_text::Snippet`]; `None` for that of a password.
    #[must_use]
    pub fn expression(&self) -> Option<&str> {
        match self {
            Self::Expression { expression, .. } => expression.as_deref(),
            _ => None,
        }
    }
}

/// Why a flow gave no value for one object. It names no value of the object, so it may be logged.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateFlowError {
    /// The expression failed.
    #[error("the expression of `{}` failed", target.as_str())]
    #[non_exhaustive]
    Expression {
        /// The target of the flow.
        target: AttributeName,
        /// The text of the expression; `None` where it makes a password, since a constant in it may be one.
        expression: Option<String>,
        /// Why, and where; [concealed](EvaluateError::concealed) where it makes a password.
        source: EvaluateError,
    },
    /// The target takes True or False, and the value is neither.
    #[error("the value for `{}` is neither True nor False", target.as_str())]
    #[non_exhaustive]
    NotABoolean {
        /// The target of the flow.
        target: AttributeName,
    },
    /// The target takes text, and the value has none.
    #[error("the value for `{}` is no text", target.as_str())]
    #[non_exhaustive]
    NotAText {
        /// The target of the flow.
        target: AttributeName,
    },
    /// The target takes one value, and there are several.
    #[error("there are several values for `{}`, which takes one", target.as_str())]
    #[non_exhaustive]
    SeveralValues {
        /// The target of the flow.
        target: AttributeName,
    },
}

impl EvaluateFlowError {
    /// Returns the target of the flow.
    #[must_use]
    pub fn target(&self) -> &AttributeName {
        match self {
            Self::Expression { target, .. }
            | Self::NotABoolean { target }
            | Self::NotAText { target }
            | Self::SeveralValues { target } => target,
        }
    }

    /// Returns a code that stays the same between versions; that of the evaluation where an expression failed.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Expression { source, .. } => source.code(),
            Self::NotABoolean { .. } => "not-a-boolean",
            Self::NotAText { .. } => "not-a-text",
            Self::SeveralValues { .. } => "several-values",
        }
    }

    /// Returns the text of the expression that failed; `None` for that of a password.
    #[must_use]
    pub fn expression(&self) -> Option<&str> {
        match self {
            Self::Expression { expression, .. } => expression.as_deref(),
            _ => None,
        }
    }

    /// Returns the part of the expression that failed.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::Expression { source, .. } => Some(source.span()),
            _ => None,
        }
    }
}

/// Why the value of a flow does not fit the schema of the target. It names no value, so it may be logged.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertValueError {
    /// The value cannot be turned into one of the kind that the attribute holds.
    #[error("the value for `{}` cannot be turned into {}", attribute.as_str(), described(*kind))]
    #[non_exhaustive]
    Kind {
        /// The attribute.
        attribute: AttributeName,
        /// What its values are.
        kind: ValueKind,
    },
    /// The attribute holds one value, and there are several.
    #[error("there are several values for `{}`, which holds one", attribute.as_str())]
    #[non_exhaustive]
    SeveralValues {
        /// The attribute.
        attribute: AttributeName,
    },
    /// The attribute is only written, as passwords are, and would be stored and shown like others.
    #[error("`{}` is only written: a password goes by the target userPassword", attribute.as_str())]
    #[non_exhaustive]
    WriteOnly {
        /// The attribute.
        attribute: AttributeName,
    },
}

impl ConvertValueError {
    /// Returns the attribute.
    #[must_use]
    pub fn attribute(&self) -> &AttributeName {
        match self {
            Self::Kind { attribute, .. } | Self::SeveralValues { attribute } | Self::WriteOnly { attribute } => {
                attribute
            }
        }
    }

    /// Returns a code that stays the same between versions.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Kind { .. } => "value-kind",
            Self::SeveralValues { .. } => "several-values",
            Self::WriteOnly { .. } => "write-only",
        }
    }
}

pub(crate) fn described(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Boolean => "True or False",
        ValueKind::Bytes => "octets",
        ValueKind::Integer => "an integer",
        ValueKind::Reference => "a reference",
        ValueKind::Text => "text",
        ValueKind::Timestamp => "an instant such as 2026-03-16T07:00:00Z",
        _ => "a value of its kind",
    }
}
