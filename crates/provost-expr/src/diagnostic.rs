use std::fmt;

use provost_text::Span;

use crate::ParseExprError;

/// How much a [`Diagnostic`] weighs.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// The expression can be used; it may not do what is meant.
    Warning,
    /// The expression cannot be used.
    Error,
}

/// Something that was found in an expression before any evaluation: what, where, and what helps.
///
/// [`provost_text::Snippet`] draws the message above the line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Diagnostic {
    code: &'static str,
    severity: Severity,
    span: Span,
    message: String,
    help: Option<String>,
}

impl Diagnostic {
    pub(crate) fn new(code: &'static str, severity: Severity, span: Span, message: impl Into<String>) -> Self {
        Self { code, severity, span, message: message.into(), help: None }
    }

    /// Makes one that says that the expression cannot be used.
    #[must_use]
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, span, message)
    }

    /// Makes one of what is allowed and most likely not meant.
    #[must_use]
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, span, message)
    }

    /// Adds what can be done about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Leaves out of the message and the help what the expression says, for one whose constants are secret: code and place
    /// stay.
    #[must_use]
    pub fn concealed(self) -> Self {
        Self { message: concealed(self.code), help: None, ..self }
    }

    /// Returns a code that stays the same between versions.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Returns how much it weighs.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Tells whether the expression cannot be used.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Returns where it is.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns what it is, in lower case and without a full stop.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns what can be done about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

/// What a message says in place of parts of a secret expression.
pub(crate) fn concealed(code: &str) -> String {
    format!("`{code}` in an expression that is not shown, since its text is secret")
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Diagnostic {}

impl From<ParseExprError> for Diagnostic {
    fn from(error: ParseExprError) -> Self {
        Self {
            code: error.code(),
            severity: Severity::Error,
            span: error.span(),
            message: error.to_string(),
            help: error.help(),
        }
    }
}
