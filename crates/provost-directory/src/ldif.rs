//! Filling the directory from LDIF and writing it out.

use std::cell::Cell;
use std::io::{self, BufRead, Read, Write};
use std::rc::Rc;

use provost_ldap_types::ldif::{Reader, Record, Writer};
use provost_ldap_types::{Attribute, Entry};
use provost_ldap_wire::{AddRequest, PartialAttribute, ResultCode};

use crate::identity::Identity;
use crate::ops::RequestControls;
use crate::tree::StoredEntry;
use crate::{Directory, DirectoryError};

/// What [`Directory::dump`] writes.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DumpContent {
    /// User attributes and operational attributes, passwords included: all that [`Directory::load`] needs to make the
    /// same directory again.
    All,
    /// User attributes without passwords.
    #[default]
    UserAttributes,
}

impl Directory {
    /// Adds the entries of an LDIF document, in its order, and returns how many there were.
    ///
    /// The records are content records (RFC 2849). The schema is enforced. Operational attributes such as `entryUUID` are
    /// taken over where the document has them and made where not.
    ///
    /// # Errors
    ///
    /// [`DirectoryError::Read`] for a document that cannot be read, and [`DirectoryError::Load`] for a record that is
    /// refused; both name the line. Entries before it stay.
    pub fn load<R: BufRead>(&self, source: R) -> Result<usize, DirectoryError> {
        let line = Rc::new(Cell::new(None));
        let mut reader = Reader::new(LineFinder { source, line: Rc::clone(&line), at: 1, matched: Some(0) });
        let mut count = 0;
        loop {
            line.set(None);
            let Some(record) = reader.next() else {
                return Ok(count);
            };
            let record = record.map_err(|source| DirectoryError::Read { source: Box::new(source) })?;
            let refuse = |code, message| DirectoryError::Load { line: line.get().unwrap_or(1), code, message };
            let Record::Content(entry) = record else {
                let message = "expected an entry and found a change".to_owned();
                return Err(refuse(ResultCode::PROTOCOL_ERROR, message));
            };
            let added = self.add(&Identity::Loader, &add_request(&entry), &RequestControls::default());
            added.map_err(|refusal| {
                let reason = match (refusal.message.is_empty(), refusal.code) {
                    (true, ResultCode::ENTRY_ALREADY_EXISTS) => "the entry exists already",
                    (true, ResultCode::NO_SUCH_OBJECT) => "the parent does not exist",
                    _ => &refusal.message,
                };
                refuse(refusal.code, format!("{}: {reason}", entry.dn()))
            })?;
            count += 1;
        }
    }

    /// Writes the entries as LDIF, parents before children, without folded lines, and returns how many there were.
    ///
    /// # Errors
    ///
    /// Fails when the sink does.
    pub fn dump<W: Write>(&self, sink: W, content: DumpContent) -> io::Result<usize> {
        let entries = self.tree().walk();
        let mut writer = Writer::new(sink).without_folding();
        for stored in &entries {
            if let Some(entry) = self.text_entry(stored, content) {
                writer.write_entry(&entry)?;
            }
        }
        Ok(entries.len())
    }

    /// Returns an entry with the attributes that the content asks for.
    pub(crate) fn text_entry(&self, stored: &StoredEntry, content: DumpContent) -> Option<Entry> {
        let schema = &self.0.schema;
        let attributes = stored.attributes.iter().filter(|(description, _)| match content {
            DumpContent::All => true,
            DumpContent::UserAttributes => {
                !schema.attribute_type(description.type_id).operational
                    && description.type_id != schema.well_known().user_password
            }
        });
        let attributes = attributes.filter_map(|(description, values)| {
            Some(Attribute::new(description.text(schema).parse().ok()?, values.to_vec()))
        });
        Some(Entry::with_attributes(stored.name.parse().ok()?, attributes.collect()))
    }
}

fn add_request(entry: &Entry) -> AddRequest<'_> {
    let attributes = entry.attributes().iter().map(|attribute| {
        PartialAttribute::new(attribute.description().as_str(), attribute.values().iter().map(Vec::as_slice))
    });
    AddRequest { name: entry.dn().to_string().into(), attributes: attributes.collect() }
}

/// Passes octets through and tells on which line the first name since the last reset of `line` stands.
#[derive(Debug)]
struct LineFinder<R> {
    source: R,
    line: Rc<Cell<Option<usize>>>,
    /// Number of the line, from 1.
    at: usize,
    /// How much of `dn:` the line begins with; `None` when it begins with something else.
    matched: Option<usize>,
}

impl<R: BufRead> BufRead for LineFinder<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.source.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        let seen = self.source.fill_buf().ok().and_then(|buffer| buffer.get(..amount)).unwrap_or_default();
        for octet in seen {
            if *octet == b'\n' {
                self.at += 1;
                self.matched = Some(0);
            } else if let Some(matched) = self.matched {
                self.matched = b"dn:".get(matched).filter(|due| due.eq_ignore_ascii_case(octet)).map(|_| matched + 1);
                if self.matched == Some(3) && self.line.get().is_none() {
                    self.line.set(Some(self.at));
                }
            }
        }
        self.source.consume(amount);
    }
}

impl<R: BufRead> Read for LineFinder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}
