use std::fmt;

use provost_text::{Limits, Span};

use crate::diagnostic::concealed;

/// Why a text is not an expression.
///
/// The message speaks of what was expected; [`provost_text::Snippet`] draws it above the line.
///
/// ```
/// let error = provost_expr::parse("Join(\"\", [mail]").unwrap_err();
/// assert_eq!(error.to_string(), "expected `)` or `,`");
/// assert_eq!((error.code(), error.span().start()), ("expected", 15));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ParseExprError {
    kind: ParseExprErrorKind,
    span: Span,
}

/// What is wrong with the text of an expression.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ParseExprErrorKind {
    /// The name between the brackets is empty.
    EmptyAttribute,
    /// Something else stands where this was needed.
    Expected(&'static str),
    /// A hexadecimal number has more than 64 bits.
    NumberTooLarge,
    /// A comparison or a bareword stands alone, outside any function.
    OutsideFunction(&'static str),
    /// The text is longer than this many bytes.
    TooLong(usize),
    /// One call has more arguments than this.
    TooManyArguments(usize),
    /// The text has more characters, in units of UTF-16, than this.
    TooManyCharacters(usize),
    /// Calls are nested deeper than this.
    TooDeep(usize),
    /// A typographic quotation mark stands where a straight one is needed.
    TypographicQuote,
    /// A word without quotes, brackets or parentheses is none of the four that exist.
    UnknownWord(String),
    /// An attribute is opened and never closed.
    UnterminatedAttribute,
    /// A text constant is opened and never closed.
    UnterminatedText,
}

impl ParseExprError {
    pub(crate) fn new(kind: ParseExprErrorKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// Returns what is wrong.
    #[must_use]
    pub fn kind(&self) -> &ParseExprErrorKind {
        &self.kind
    }

    /// Returns where it is; on character boundaries and inside the text.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns a code that stays the same between versions.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            ParseExprErrorKind::EmptyAttribute => "empty-attribute",
            ParseExprErrorKind::Expected(_) => "expected",
            ParseExprErrorKind::NumberTooLarge => "number-too-large",
            ParseExprErrorKind::OutsideFunction(_) => "outside-function",
            ParseExprErrorKind::TooLong(_) | ParseExprErrorKind::TooManyCharacters(_) => "expression-too-long",
            ParseExprErrorKind::TooManyArguments(_) => "too-many-arguments",
            ParseExprErrorKind::TooDeep(_) => "too-deep",
            ParseExprErrorKind::TypographicQuote => "typographic-quote",
            ParseExprErrorKind::UnknownWord(_) => "unknown-word",
            ParseExprErrorKind::UnterminatedAttribute => "unterminated-attribute",
            ParseExprErrorKind::UnterminatedText => "unterminated-text",
        }
    }

    /// Returns what can be done about it, where there is more to say than the message does.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match &self.kind {
            ParseExprErrorKind::EmptyAttribute => Some("name an attribute of the source, such as `[mail]`".to_owned()),
            ParseExprErrorKind::Expected("`)` or `,`") => {
                Some("a comma stands between two arguments, and each `(` needs a `)`".to_owned())
            }
            ParseExprErrorKind::Expected("the end of the expression") => {
                Some("remove what is too much here, or put the parts together by a function such as `Join`".to_owned())
            }
            ParseExprErrorKind::OutsideFunction(_) => {
                Some("put it into a function, such as `IIF([country] = \"US\", \"yes\", \"no\")`".to_owned())
            }
            ParseExprErrorKind::TypographicQuote => Some("write straight quotation marks: `\"`".to_owned()),
            ParseExprErrorKind::UnknownWord(word) => Some(format!(
                "a text needs quotation marks, `\"{word}\"`; an attribute needs brackets, `[{word}]`; a function needs parentheses"
            )),
            ParseExprErrorKind::UnterminatedAttribute => Some("an attribute is written `[name]`".to_owned()),
            ParseExprErrorKind::UnterminatedText => {
                Some("inside a text a quotation mark is written `\\\"` and a backslash `\\\\`".to_owned())
            }
            _ => None,
        }
    }

    pub(crate) fn too_long(limits: &Limits) -> Self {
        Self::new(ParseExprErrorKind::TooLong(limits.length), Span::point(0))
    }
}

impl fmt::Display for ParseExprError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ParseExprErrorKind::EmptyAttribute => f.write_str("expected the name of an attribute between the brackets"),
            ParseExprErrorKind::Expected(what) => write!(f, "expected {what}"),
            ParseExprErrorKind::NumberTooLarge => f.write_str("expected a number of at most 64 bits"),
            ParseExprErrorKind::OutsideFunction(what) => write!(f, "{what} cannot stand alone, outside a function"),
            ParseExprErrorKind::TooLong(limit) => write!(f, "expected at most {limit} bytes of text"),
            ParseExprErrorKind::TooManyArguments(limit) => write!(f, "expected at most {limit} arguments"),
            ParseExprErrorKind::TooManyCharacters(limit) => write!(f, "expected at most {limit} characters of text"),
            ParseExprErrorKind::TooDeep(limit) => write!(f, "expected at most {limit} levels of nesting"),
            ParseExprErrorKind::TypographicQuote => f.write_str("expected a straight quotation mark"),
            ParseExprErrorKind::UnknownWord(word) => write!(f, "the word `{word}` has no meaning here"),
            ParseExprErrorKind::UnterminatedAttribute => {
                f.write_str("expected `]` at the end of the attribute that begins here")
            }
            ParseExprErrorKind::UnterminatedText => {
                f.write_str("expected `\"` at the end of the text that begins here")
            }
        }
    }
}

impl std::error::Error for ParseExprError {}

/// Why the evaluation of an expression failed. It names no value of the object, so it may be logged.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EvaluateError {
    kind: EvaluateErrorKind,
    span: Span,
    message: String,
    help: Option<String>,
}

/// What went wrong in an evaluation.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum EvaluateErrorKind {
    /// All values that `SelectUniqueValue` could give are taken.
    AllTaken,
    /// A flow signal reached a function that takes values.
    FlowSignal,
    /// An argument has a value that the function cannot use.
    InvalidArgument,
    /// A pattern is no regular expression that can be used, or it takes too long.
    InvalidPattern,
    /// A list stands where one value is needed.
    List,
    /// It is not known whether a value is taken.
    NoAnswer,
    /// There was no randomness.
    NoEntropy,
    /// A condition is neither true nor false.
    NotACondition,
    /// Text stands where a date is needed.
    NotADate,
    /// Text stands where a number is needed.
    NotANumber,
    /// Something is needed that the context does not have.
    NotConfigured,
    /// Null stands where a value is needed.
    Null,
    /// A position lies outside a list or a text.
    OutOfRange,
    /// The function `Error` was reached.
    Raised,
    /// More text would be built than the context allows.
    TooLong,
    /// A condition fails where the reference says so, under [`Profile::Documented`](crate::Profile::Documented).
    UnsupportedCondition,
}

impl EvaluateError {
    pub(crate) fn new(kind: EvaluateErrorKind, span: Span, message: impl Into<String>) -> Self {
        Self { kind, span, message: message.into(), help: None }
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Leaves out of the message and the help what the expression says, for one whose constants are secret: kind and place
    /// stay.
    #[must_use]
    pub fn concealed(self) -> Self {
        Self { message: concealed(self.code()), help: None, ..self }
    }

    /// Returns what went wrong.
    #[must_use]
    pub fn kind(&self) -> EvaluateErrorKind {
        self.kind
    }

    /// Returns the part of the expression that failed.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns what can be done about it, where there is more to say than the message does.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Returns a code that stays the same between versions.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }
}

impl EvaluateErrorKind {
    /// Returns a code that stays the same between versions.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::AllTaken => "all-taken",
            Self::FlowSignal => "flow-signal",
            Self::InvalidArgument => "invalid-argument",
            Self::InvalidPattern => "invalid-pattern",
            Self::List => "list",
            Self::NoAnswer => "no-answer",
            Self::NoEntropy => "no-entropy",
            Self::NotACondition => "not-a-condition",
            Self::NotADate => "not-a-date",
            Self::NotANumber => "not-a-number",
            Self::NotConfigured => "not-configured",
            Self::Null => "null",
            Self::OutOfRange => "out-of-range",
            Self::Raised => "raised",
            Self::TooLong => "value-too-long",
            Self::UnsupportedCondition => "unsupported-condition",
        }
    }
}

impl fmt::Display for EvaluateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EvaluateError {}
