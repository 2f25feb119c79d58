use std::str::FromStr;

use provost_text::Limits;

use super::error::ParseFilterError;
use super::parser;
use crate::{AttributeDescription, OctetString, ParseAttributeError};

/// A search filter (RFC 4511 section 4.5.1.7, as text RFC 4515).
///
/// The set of variants is closed by the protocol. Values are octets as they are compared; `Display` writes the escapes
/// and a printed filter parses to an equal one. Equality is that of the structure: attribute descriptions compare
/// without case, values by octet. `Debug` writes the text, but no value of an attribute that
/// [holds secrets](AttributeDescription::holds_secrets).
///
/// ```
/// use provost_ldap_types::Filter;
///
/// let by_mail = Filter::equals("mail", "(*)@contoso.com")?;
/// assert_eq!(by_mail.to_string(), r"(mail=\28\2a\29@contoso.com)");
/// let parsed: Filter = "(&(objectClass=person)(!(cn=a*b)))".parse()?;
/// assert_eq!(parsed.to_string(), "(&(objectClass=person)(!(cn=a*b)))");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Eq, Hash, PartialEq)]
pub enum Filter {
    /// All of the filters match; with none, absolutely true (RFC 4526).
    And(Vec<Self>),
    /// One of the filters matches; with none, absolutely false (RFC 4526).
    Or(Vec<Self>),
    /// The filter does not match.
    Not(Box<Self>),
    /// A value equals the asserted one.
    Equality {
        /// Type and options.
        attribute: AttributeDescription,
        /// Asserted value.
        value: OctetString,
    },
    /// A value begins with, contains in this order and ends with the parts.
    ///
    /// At least one part is present and none is empty, or the filter cannot be written.
    Substrings {
        /// Type and options.
        attribute: AttributeDescription,
        /// How the value begins.
        initial: Option<OctetString>,
        /// What it contains between beginning and end.
        any: Vec<OctetString>,
        /// How it ends.
        last: Option<OctetString>,
    },
    /// A value is greater than or equal to the asserted one.
    GreaterOrEqual {
        /// Type and options.
        attribute: AttributeDescription,
        /// Asserted value.
        value: OctetString,
    },
    /// A value is less than or equal to the asserted one.
    LessOrEqual {
        /// Type and options.
        attribute: AttributeDescription,
        /// Asserted value.
        value: OctetString,
    },
    /// The attribute has a value.
    Present(AttributeDescription),
    /// A value is like the asserted one, in a way the server chooses.
    Approx {
        /// Type and options.
        attribute: AttributeDescription,
        /// Asserted value.
        value: OctetString,
    },
    /// A value matches by a rule that the filter names.
    ///
    /// Rule or attribute is present, or the filter cannot be written. A rule named `dn` can only be written when
    /// `dn_attributes` is set as well, since the text form marks that with the same word.
    Extensible {
        /// Name or object identifier of the matching rule; without one, the equality rule of the attribute.
        rule: Option<String>,
        /// Type and options; without it, every attribute to which the rule applies.
        attribute: Option<AttributeDescription>,
        /// Asserted value.
        value: OctetString,
        /// Whether the values in the entry's name count as well.
        dn_attributes: bool,
    },
}

impl Filter {
    /// Parses a filter of at most `limits.length` bytes, `limits.depth` levels and `limits.items` filters in one list
    /// or parts of one substring.
    ///
    /// Depth is never more than 256 whatever the limits say, since using a filter recurses. Blanks between the parts
    /// of `(&...)`, `(|...)` and `(!...)` are skipped; RFC 4515 has none, but filters written by people do.
    ///
    /// # Errors
    ///
    /// Fails when the text is not a filter or is beyond the limits.
    pub fn parse_with(text: &str, limits: &Limits) -> Result<Self, ParseFilterError> {
        parser::parse(text, limits)
    }

    /// Makes an equality filter from a value as it is.
    ///
    /// This is the way from a value that someone typed into a filter; text must never be joined to one.
    ///
    /// # Errors
    ///
    /// Fails when `attribute` is not an attribute description.
    pub fn equals(attribute: &str, value: impl AsRef<[u8]>) -> Result<Self, ParseAttributeError> {
        Ok(Self::Equality { attribute: attribute.parse()?, value: value.as_ref().into() })
    }

    /// Makes a filter for values that begin with an octet string; an empty one gives a presence filter.
    ///
    /// # Errors
    ///
    /// Fails when `attribute` is not an attribute description.
    pub fn starts_with(attribute: &str, initial: impl AsRef<[u8]>) -> Result<Self, ParseAttributeError> {
        let attribute = attribute.parse()?;
        let initial = OctetString::from(initial.as_ref());
        if initial.is_empty() {
            return Ok(Self::Present(attribute));
        }
        Ok(Self::Substrings { attribute, initial: Some(initial), any: Vec::new(), last: None })
    }

    /// Makes a filter for values that contain an octet string; an empty one gives a presence filter.
    ///
    /// # Errors
    ///
    /// Fails when `attribute` is not an attribute description.
    pub fn contains(attribute: &str, part: impl AsRef<[u8]>) -> Result<Self, ParseAttributeError> {
        let attribute = attribute.parse()?;
        let part = OctetString::from(part.as_ref());
        if part.is_empty() {
            return Ok(Self::Present(attribute));
        }
        Ok(Self::Substrings { attribute, initial: None, any: vec![part], last: None })
    }

    /// Makes a filter for values that end with an octet string; an empty one gives a presence filter.
    ///
    /// # Errors
    ///
    /// Fails when `attribute` is not an attribute description.
    pub fn ends_with(attribute: &str, last: impl AsRef<[u8]>) -> Result<Self, ParseAttributeError> {
        let attribute = attribute.parse()?;
        let last = OctetString::from(last.as_ref());
        if last.is_empty() {
            return Ok(Self::Present(attribute));
        }
        Ok(Self::Substrings { attribute, initial: None, any: Vec::new(), last: Some(last) })
    }

    /// Makes a filter for values greater than or equal to one.
    ///
    /// # Errors
    ///
    /// Fails when `attribute` is not an attribute description.
    pub fn at_least(attribute: &str, value: impl AsRef<[u8]>) -> Result<Self, ParseAttributeError> {
        Ok(Self::GreaterOrEqual { attribute: attribute.parse()?, value: value.as_ref().into() })
    }

    /// Makes a filter for values less than or equal to one.
    ///
    /// # Errors
    ///
    /// Fails when `attribute` is not an attribute description.
    pub fn at_most(attribute: &str, value: impl AsRef<[u8]>) -> Result<Self, ParseAttributeError> {
        Ok(Self::LessOrEqual { attribute: attribute.parse()?, value: value.as_ref().into() })
    }

    /// Makes a filter for entries that have a value of an attribute.
    ///
    /// # Errors
    ///
    /// Fails when `attribute` is not an attribute description.
    pub fn present(attribute: &str) -> Result<Self, ParseAttributeError> {
        Ok(Self::Present(attribute.parse()?))
    }

    /// Makes a filter that matches when both do; lists of `And` are joined, not nested.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut filters = match self {
            Self::And(filters) => filters,
            filter => vec![filter],
        };
        match other {
            Self::And(others) => filters.extend(others),
            other => filters.push(other),
        }
        Self::And(filters)
    }

    /// Makes a filter that matches when one of both does; lists of `Or` are joined, not nested.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let mut filters = match self {
            Self::Or(filters) => filters,
            filter => vec![filter],
        };
        match other {
            Self::Or(others) => filters.extend(others),
            other => filters.push(other),
        }
        Self::Or(filters)
    }

    /// Makes the filter that matches when this one does not.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// Returns the number of levels; a filter without others in it has one.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Self::And(filters) | Self::Or(filters) => 1 + filters.iter().map(Self::depth).max().unwrap_or(0),
            Self::Not(filter) => 1 + filter.depth(),
            _ => 1,
        }
    }
}

impl FromStr for Filter {
    type Err = ParseFilterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse_with(text, &Limits::default())
    }
}
