use std::error::Error;
use std::{fmt, io};

use crate::{ParseAttributeError, ParseDnError};

/// LDIF that could not be read.
#[derive(Debug)]
pub struct ReadLdifError {
    kind: ReadLdifErrorKind,
    line: u64,
}

impl ReadLdifError {
    pub(super) fn new(line: u64, kind: ReadLdifErrorKind) -> Self {
        Self { kind, line }
    }

    /// Returns the reason.
    #[must_use]
    pub fn kind(&self) -> &ReadLdifErrorKind {
        &self.kind
    }

    /// Returns the number of the line, counted from one; of a folded line, that of its start.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Returns a stable code for the reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            ReadLdifErrorKind::BadAttribute(_) => "ldif-bad-attribute",
            ReadLdifErrorKind::BadBase64 => "ldif-bad-base64",
            ReadLdifErrorKind::BadControl => "ldif-bad-control",
            ReadLdifErrorKind::BadDn(_) => "ldif-bad-dn",
            ReadLdifErrorKind::BadVersion => "ldif-bad-version",
            ReadLdifErrorKind::Expected(_) => "ldif-expected",
            ReadLdifErrorKind::ExpectedAttribute { .. } => "ldif-expected-attribute",
            ReadLdifErrorKind::NotText => "ldif-not-text",
            ReadLdifErrorKind::Read(_) => "ldif-read",
            ReadLdifErrorKind::TooLong { .. } => "ldif-too-long",
            ReadLdifErrorKind::UnexpectedLine => "ldif-unexpected-line",
            ReadLdifErrorKind::UnknownChangeType => "ldif-unknown-change-type",
            ReadLdifErrorKind::Url(_) => "ldif-url",
            ReadLdifErrorKind::UrlRefused => "ldif-url-refused",
        }
    }
}

impl fmt::Display for ReadLdifError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in line {}", self.kind, self.line)
    }
}

impl Error for ReadLdifError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // The kind has been printed with the line; what lies under it has not.
        self.kind.source()
    }
}

/// Why LDIF could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadLdifErrorKind {
    /// What stands before a `:` is not an attribute description.
    #[error("the attribute description cannot be read")]
    BadAttribute(#[source] ParseAttributeError),
    /// What stands behind `::` is not base64.
    #[error("expected base64 after `::`")]
    BadBase64,
    /// A `control:` line has no object identifier or something else than `true`, `false` and a value behind it.
    #[error("expected an object identifier, `true` or `false`, and a value after `control:`")]
    BadControl,
    /// A name is not a distinguished name.
    #[error("the distinguished name cannot be read")]
    BadDn(#[source] ParseDnError),
    /// The version is not 1.
    #[error("expected version 1")]
    BadVersion,
    /// This is missing.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A value is not one of the attribute that is being changed.
    #[error("expected a value of `{attribute}` or `-`")]
    ExpectedAttribute {
        /// The attribute that is being changed.
        attribute: String,
    },
    /// A name, a control or a word is not UTF-8.
    #[error("expected text in UTF-8")]
    NotText,
    /// The source of the text failed.
    #[error("reading failed")]
    Read(#[source] io::Error),
    /// A line or a record is longer than the limit.
    #[error("the line or record is longer than {limit} bytes")]
    TooLong {
        /// Most accepted bytes.
        limit: usize,
    },
    /// A line follows where the record has ended.
    #[error("expected an empty line after the record")]
    UnexpectedLine,
    /// `changetype:` names none of the changes.
    #[error("expected `add`, `delete`, `modify`, `modrdn` or `moddn` after `changetype:`")]
    UnknownChangeType,
    /// The value behind a URL could not be fetched.
    #[error("the value of the URL cannot be read")]
    Url(#[source] io::Error),
    /// A value is given by a URL and nothing was set up to read it.
    #[error("expected `:` or `::` and the value: values by URL (`:<`) are not accepted")]
    UrlRefused,
}
