use std::fmt;
use std::io::{self, BufRead};

use super::error::{ReadLdifError, ReadLdifErrorKind};
use super::limits::LdifLimits;
use super::lines::Lines;
use super::parser::{ReadUrl, RecordParser};
use super::record::{Modification, Record};
use crate::{Attribute, Entry};

/// Reads records one by one and holds no more than one.
///
/// A record that cannot be read gives an error, and reading goes on with the next; after an error of the source, or of
/// a line or record beyond the limits, there are no more records.
///
/// Beyond RFC 2849 these are accepted, since they occur: values with octets above 127 that are not base64, an entry
/// without attributes (as `ldapsearch` prints for the attribute `1.1`), a last change without `-`, a byte order mark,
/// and values of an attribute that are not next to each other, which are joined. Values by URL (`:<`) are refused
/// unless [`Reader::with_urls`] says how to read them.
pub struct Reader<R> {
    lines: Lines<R>,
    urls: Option<Box<ReadUrl>>,
    is_first: bool,
    is_over: bool,
}

impl<R: BufRead> Reader<R> {
    /// Makes a reader with the default limits.
    pub fn new(source: R) -> Self {
        Self::with_limits(source, LdifLimits::default())
    }

    /// Makes a reader with limits of the caller.
    pub fn with_limits(source: R, limits: LdifLimits) -> Self {
        Self { lines: Lines::new(source, limits), urls: None, is_first: true, is_over: false }
    }

    /// Accepts values by URL and sets the function that reads them.
    ///
    /// Only for text that is trusted: a URL may name any file that the process can read.
    #[must_use]
    pub fn with_urls(mut self, read: impl FnMut(&str) -> io::Result<Vec<u8>> + Send + 'static) -> Self {
        self.urls = Some(Box::new(read));
        self
    }

    fn read(&mut self) -> Result<Option<Record>, ReadLdifError> {
        loop {
            self.lines.read().inspect_err(|_| self.is_over = true)?;
            let mut parser = RecordParser::new(self.lines.record(), self.urls.as_deref_mut());
            if parser.is_empty() {
                return Ok(None);
            }
            if std::mem::take(&mut self.is_first) {
                parser.version()?;
                if parser.is_empty() {
                    continue;
                }
            }
            return parser.record().map(Some);
        }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Record, ReadLdifError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let record = self.read().transpose();
        self.is_over |= record.is_none();
        record
    }
}

impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("is_over", &self.is_over).finish_non_exhaustive()
    }
}

/// Reads the first entry of a text, such as the answer to a search for one.
///
/// What stands behind it is not looked at: `ldapsearch` prints a summary there.
///
/// ```
/// let entry = provost_ldap_types::ldif::read_entry(b"# root DSE\ndn:\nvendorName: 389 Project\n\nresult: 0\n")?;
/// assert!(entry.dn().is_empty());
/// # Ok::<(), provost_ldap_types::ldif::ReadLdifError>(())
/// ```
///
/// # Errors
///
/// Fails when the text does not begin with an entry, or beyond the default limits.
pub fn read_entry(text: &[u8]) -> Result<Entry, ReadLdifError> {
    match Reader::new(text).next() {
        Some(Ok(Record::Content(entry))) => Ok(entry),
        Some(Err(error)) => Err(error),
        Some(Ok(Record::Change(_))) | None => Err(ReadLdifError::new(1, ReadLdifErrorKind::Expected("an entry"))),
    }
}

/// Reads `attribute: value` lines without a name above them, as the change log of a server keeps an added entry.
///
/// ```
/// let attributes = provost_ldap_types::ldif::read_attributes(b"cn: a\ncn: b\nsn: c\n")?;
/// assert_eq!(attributes.len(), 2);
/// # Ok::<(), provost_ldap_types::ldif::ReadLdifError>(())
/// ```
///
/// # Errors
///
/// Fails when a line is not an attribute with a value, or beyond the default limits.
pub fn read_attributes(text: &[u8]) -> Result<Vec<Attribute>, ReadLdifError> {
    RecordParser::new(only_record(text)?.record(), None).attributes()
}

/// Reads `add:`, `delete:` and `replace:` blocks without a name above them, as the change log of a server keeps a
/// modification.
///
/// # Errors
///
/// Fails when a line is not part of a change to an attribute, or beyond the default limits.
pub fn read_modifications(text: &[u8]) -> Result<Vec<Modification>, ReadLdifError> {
    RecordParser::new(only_record(text)?.record(), None).modifications()
}

/// Reads the lines of a text that must hold one record and nothing behind it.
fn only_record(text: &[u8]) -> Result<Lines<&[u8]>, ReadLdifError> {
    let mut lines = Lines::new(text, LdifLimits::default());
    lines.read()?;
    let mut behind = lines.behind();
    behind.read()?;
    match behind.record().next() {
        Some(line) => Err(ReadLdifError::new(line.number, ReadLdifErrorKind::UnexpectedLine)),
        None => Ok(lines),
    }
}
