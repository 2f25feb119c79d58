use std::str::FromStr;

use provost_text::Limits;
use serde_json::Number;

use crate::Mode;
use crate::filter::{Grammar, ParseFilterError};

/// A filter, RFC 7644 section 3.4.2.2.
///
/// `not` binds tightest, then `and`, then `or`; a chain of one operator is one node. Its text form parses back to an equal
/// filter in the mode that it was parsed in.
///
/// ```
/// use provost_scim::{Filter, Mode};
///
/// let filter = Filter::parse("active eq true and (title pr or emails[type eq \"work\"])", Mode::Strict)?;
/// assert_eq!(filter.to_string(), "active eq true and (title pr or emails[type eq \"work\"])");
/// # Ok::<(), provost_scim::ParseFilterError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Filter {
    /// All of them hold.
    And(Vec<Filter>),
    /// A comparison with a value.
    Compare {
        /// The attribute.
        attribute: AttributePath,
        /// How it is compared.
        operator: Operator,
        /// With what.
        value: Literal,
    },
    /// The inner filter holds for one and the same element of the list.
    Each {
        /// The list.
        attribute: AttributePath,
        /// The filter on its elements; its attributes are bare names.
        filter: Box<Filter>,
    },
    /// It does not hold.
    Not(Box<Filter>),
    /// One of them holds.
    Or(Vec<Filter>),
    /// The attribute has a value.
    Present(AttributePath),
}

impl Filter {
    /// Parses a filter within the default limits: 64 KiB, 64 levels, 1,024 comparisons.
    ///
    /// # Errors
    ///
    /// [`ParseFilterError`] with the place and what was expected there.
    pub fn parse(source: &str, mode: Mode) -> Result<Self, ParseFilterError> {
        Self::parse_with(source, mode, &Limits::default())
    }

    /// Parses a filter; `limits` bound the text, the nesting, and the number of comparisons.
    ///
    /// # Errors
    ///
    /// [`ParseFilterError`] with the place and what was expected there.
    pub fn parse_with(source: &str, mode: Mode, limits: &Limits) -> Result<Self, ParseFilterError> {
        Grammar::new(mode, limits).filter(source)
    }
}

/// Parses as [`Mode::Strict`] does.
impl FromStr for Filter {
    type Err = ParseFilterError;

    fn from_str(source: &str) -> Result<Self, Self::Err> {
        Self::parse(source, Mode::Strict)
    }
}

/// A comparison operator, RFC 7644 table 3.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Operator {
    /// `eq`
    Equal,
    /// `ne`
    NotEqual,
    /// `co`
    Contains,
    /// `sw`
    StartsWith,
    /// `ew`
    EndsWith,
    /// `gt`
    Greater,
    /// `ge`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `le`
    LessOrEqual,
}

impl Operator {
    const ALL: [Self; 9] = [
        Self::Equal,
        Self::NotEqual,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Less,
        Self::LessOrEqual,
    ];

    /// Returns the operator as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Contains => "co",
            Self::StartsWith => "sw",
            Self::EndsWith => "ew",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "ge",
            Self::Less => "lt",
            Self::LessOrEqual => "le",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operator| operator.as_str().eq_ignore_ascii_case(word))
    }
}

/// A value in a filter.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Literal {
    /// `true` or `false`.
    Boolean(bool),
    /// `null`.
    Null,
    /// A JSON number.
    Number(Number),
    /// A text.
    Text(String),
}

/// The name of an attribute in a filter: an optional URN, a name, and an optional sub-attribute.
///
/// The spelling is the one that was read.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct AttributePath {
    /// URN of the schema.
    pub urn: Option<String>,
    /// Name of the attribute.
    pub name: String,
    /// Name of the sub-attribute.
    pub sub_attribute: Option<String>,
}
