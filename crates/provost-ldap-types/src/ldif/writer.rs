use std::fmt::Display;
use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::record::{Change, ChangeRecord, Control, Record};
use crate::{Attribute, Entry};

/// Longest line in columns before it is folded, as RFC 2849 advises.
const WIDTH: usize = 76;

/// Writes records with an empty line between them.
///
/// Values that are not plain ASCII, or that begin or end with a character which would get lost, are written in base64
/// (RFC 2849 section 2, SAFE-STRING).
///
/// ```
/// use provost_ldap_types::ldif::Writer;
/// use provost_ldap_types::{Attribute, Entry};
///
/// let mut entry = Entry::new("cn=Jörg,dc=lab".parse()?);
/// entry.push(Attribute::of("sn", ["plain", " blank"])?);
/// let mut writer = Writer::new(Vec::new());
/// writer.write_entry(&entry)?;
/// assert_eq!(writer.into_inner(), b"dn:: Y249SsO2cmcsZGM9bGFi\nsn: plain\nsn:: IGJsYW5r\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Writer<W> {
    sink: W,
    width: usize,
    is_empty: bool,
}

impl<W: Write> Writer<W> {
    /// Makes a writer that folds lines at 76 columns.
    pub fn new(sink: W) -> Self {
        Self { sink, width: WIDTH, is_empty: true }
    }

    /// Leaves long lines as they are, for programs that read line by line.
    #[must_use]
    pub fn without_folding(mut self) -> Self {
        self.width = usize::MAX;
        self
    }

    /// Writes `version: 1`; a text that begins with it is LDIF beyond doubt.
    ///
    /// # Errors
    ///
    /// Fails when the sink does.
    pub fn write_version(&mut self) -> io::Result<()> {
        self.begin()?;
        self.text("version", 1)
    }

    /// Writes an entry or a change.
    ///
    /// # Errors
    ///
    /// Fails when the sink does.
    pub fn write(&mut self, record: &Record) -> io::Result<()> {
        match record {
            Record::Change(change) => self.write_change(change),
            Record::Content(entry) => self.write_entry(entry),
        }
    }

    /// Writes an entry.
    ///
    /// # Errors
    ///
    /// Fails when the sink does.
    pub fn write_entry(&mut self, entry: &Entry) -> io::Result<()> {
        self.begin()?;
        self.text("dn", entry.dn())?;
        self.attributes(entry.attributes())
    }

    /// Writes a change.
    ///
    /// # Errors
    ///
    /// Fails when the sink does.
    pub fn write_change(&mut self, record: &ChangeRecord) -> io::Result<()> {
        self.begin()?;
        self.text("dn", &record.dn)?;
        for control in &record.controls {
            self.control(control)?;
        }
        match &record.change {
            Change::Add(attributes) => {
                self.text("changetype", "add")?;
                self.attributes(attributes)
            }
            Change::Delete => self.text("changetype", "delete"),
            Change::Modify(modifications) => {
                self.text("changetype", "modify")?;
                for modification in modifications {
                    self.text(modification.operation.name(), modification.attribute.description())?;
                    self.attributes(std::slice::from_ref(&modification.attribute))?;
                    self.fold("-")?;
                }
                Ok(())
            }
            Change::Rename { new_rdn, delete_old_rdn, new_superior } => {
                self.text("changetype", "modrdn")?;
                self.text("newrdn", new_rdn)?;
                self.text("deleteoldrdn", u8::from(*delete_old_rdn))?;
                new_superior.iter().try_for_each(|superior| self.text("newsuperior", superior))
            }
        }
    }

    /// Returns what was written to.
    pub fn into_inner(self) -> W {
        self.sink
    }

    fn begin(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.is_empty) { Ok(()) } else { self.sink.write_all(b"\n") }
    }

    fn attributes(&mut self, attributes: &[Attribute]) -> io::Result<()> {
        for attribute in attributes {
            for value in attribute.values() {
                self.value(attribute.description().as_str(), value)?;
            }
        }
        Ok(())
    }

    fn control(&mut self, control: &Control) -> io::Result<()> {
        let start = format!("control: {} {}", control.oid, control.critical);
        match &control.value {
            Some(value) => self.value(&start, value),
            None => self.fold(&start),
        }
    }

    fn text(&mut self, name: &str, value: impl Display) -> io::Result<()> {
        self.value(name, value.to_string().as_bytes())
    }

    fn value(&mut self, name: &str, value: &[u8]) -> io::Result<()> {
        match str::from_utf8(value) {
            Ok("") => self.fold(&format!("{name}:")),
            Ok(text) if is_safe(value) => self.fold(&format!("{name}: {text}")),
            _ => self.fold(&format!("{name}:: {}", STANDARD.encode(value))),
        }
    }

    /// Writes one line of ASCII, in pieces that begin with a blank but for the first.
    fn fold(&mut self, line: &str) -> io::Result<()> {
        let (first, mut rest) = line.as_bytes().split_at(self.width.min(line.len()));
        self.sink.write_all(first)?;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at((self.width - 1).min(rest.len()));
            self.sink.write_all(b"\n ")?;
            self.sink.write_all(piece)?;
            rest = after;
        }
        self.sink.write_all(b"\n")
    }
}

/// Tells whether a value may be written as it is: SAFE-STRING, and no blank at its end, which RFC 2849 note 8 advises.
fn is_safe(value: &[u8]) -> bool {
    !matches!(value.first(), Some(b' ' | b':' | b'<'))
        && value.last() != Some(&b' ')
        && value.iter().all(|octet| octet.is_ascii() && !matches!(octet, 0 | b'\n' | b'\r'))
}

/// Returns an entry as LDIF lines, folded at 76 columns, each with its line end.
///
/// ```
/// use provost_ldap_types::ldif::write_entry;
/// use provost_ldap_types::{Attribute, Entry};
///
/// let mut entry = Entry::new("cn=bsimon,dc=lab".parse()?);
/// entry.push(Attribute::of("sn", ["Simon"])?);
/// assert_eq!(write_entry(&entry), "dn: cn=bsimon,dc=lab\nsn: Simon\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn write_entry(entry: &Entry) -> String {
    let mut writer = Writer::new(Vec::new());
    // Writing to memory cannot fail, and what is written is ASCII.
    let _ = writer.write_entry(entry);
    String::from_utf8(writer.into_inner()).unwrap_or_default()
}
