use std::fmt;
use std::str::FromStr;

use provost_text::{Limits, Span};

use crate::error::{invalid_filter, invalid_path};
use crate::filter::{Filter, FilterErrorKind, Grammar, split_attribute};
use crate::{Mode, ScimError};

/// The path of a PATCH operation, RFC 7644 section 3.5.2.
///
/// Whether `URN:name` is an attribute or the URN of a whole schema is for the schema to say; both read the same.
///
/// ```
/// use provost_scim::{Mode, Path};
///
/// let path = Path::parse("emails[type eq \"work\"].value", Mode::Strict)?;
/// assert_eq!(path.name(), "emails");
/// assert_eq!(path.sub_attribute(), Some("value"));
/// # Ok::<(), provost_scim::ParsePathError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Path {
    urn: Option<String>,
    name: String,
    filter: Option<Filter>,
    sub_attribute: Option<String>,
}

impl Path {
    /// Parses a path within the limits of a filter.
    ///
    /// # Errors
    ///
    /// [`ParsePathError`] with the place and what was expected there.
    pub fn parse(source: &str, mode: Mode) -> Result<Self, ParsePathError> {
        let limits = Limits::default();
        let fail = |kind, rest: &str, in_filter| ParsePathError {
            kind,
            span: Span::point(source.len().saturating_sub(rest.len())),
            in_filter,
        };
        if source.len() > limits.length {
            return Err(fail(FilterErrorKind::TooLong, source, false));
        }
        let end = source.find('[').unwrap_or(source.len());
        let (token, rest) = source.split_at_checked(end).unwrap_or((source, ""));
        let Some(attribute) = split_attribute(token, mode) else {
            return Err(fail(FilterErrorKind::Expected("an attribute name"), source, false));
        };
        if rest.is_empty() {
            let (urn, name, sub_attribute) = (attribute.urn, attribute.name, attribute.sub_attribute);
            return Ok(Self { urn, name, filter: None, sub_attribute });
        }
        if attribute.sub_attribute.is_some() {
            return Err(fail(FilterErrorKind::Expected("the end"), rest, false));
        }
        let (rest, filter) = Grammar::new(mode, &limits).brackets(rest, 0).map_err(|error| match error {
            nom::Err::Incomplete(_) => fail(FilterErrorKind::Expected("`]`"), "", true),
            nom::Err::Error(trouble) | nom::Err::Failure(trouble) => fail(trouble.kind, trouble.rest, true),
        })?;
        let sub_attribute = match rest.strip_prefix('.') {
            None if rest.is_empty() => None,
            None => return Err(fail(FilterErrorKind::Expected("`.` or the end"), rest, false)),
            Some(part) => match split_attribute(part, mode) {
                Some(part) if part.urn.is_none() && part.sub_attribute.is_none() => Some(part.name),
                _ => return Err(fail(FilterErrorKind::Expected("the name of a sub-attribute"), part, false)),
            },
        };
        Ok(Self { urn: attribute.urn, name: attribute.name, filter: Some(filter), sub_attribute })
    }

    /// Returns what stands before the last colon.
    #[must_use]
    pub fn urn(&self) -> Option<&str> {
        self.urn.as_deref()
    }

    /// Returns the name of the attribute.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the filter in brackets.
    #[must_use]
    pub fn filter(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }

    /// Returns the name of the sub-attribute.
    #[must_use]
    pub fn sub_attribute(&self) -> Option<&str> {
        self.sub_attribute.as_deref()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(urn) = &self.urn {
            write!(f, "{urn}:")?;
        }
        f.write_str(&self.name)?;
        if let Some(filter) = &self.filter {
            write!(f, "[{filter}]")?;
        }
        match &self.sub_attribute {
            Some(part) => write!(f, ".{part}"),
            None => Ok(()),
        }
    }
}

/// Parses as [`Mode::Strict`] does.
impl FromStr for Path {
    type Err = ParsePathError;

    fn from_str(source: &str) -> Result<Self, Self::Err> {
        Self::parse(source, Mode::Strict)
    }
}

/// A text that is no path.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{kind} at byte {}", span.start())]
pub struct ParsePathError {
    kind: FilterErrorKind,
    span: Span,
    in_filter: bool,
}

impl ParsePathError {
    /// Returns what is wrong.
    #[must_use]
    pub fn kind(&self) -> FilterErrorKind {
        self.kind
    }

    /// Returns where, in bytes.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns a stable word for the kind.
    #[must_use]
    pub fn code(&self) -> &'static str {
        if self.in_filter { "path-filter" } else { "path-syntax" }
    }
}

impl From<ParsePathError> for ScimError {
    fn from(error: ParsePathError) -> Self {
        let detail = format!("path: {error}");
        if error.in_filter { invalid_filter(detail) } else { invalid_path(detail) }
    }
}
