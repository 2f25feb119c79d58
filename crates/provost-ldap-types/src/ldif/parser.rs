//! The grammar of one record, RFC 2849, over its lines.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::combinator::{opt, value};
use nom::{IResult, Parser};

use super::error::{ReadLdifError, ReadLdifErrorKind as Kind};
use super::lines::{Line, RecordLines};
use super::record::{Change, ChangeRecord, Control, Modification, ModifyOperation, Record};
use crate::{Attribute, AttributeDescription, Dn, Entry, Rdn};

/// Fetches the value that a URL names.
pub(super) type ReadUrl = dyn FnMut(&str) -> io::Result<Vec<u8>> + Send;

/// The lines of one record that have not been read yet.
pub(super) struct RecordParser<'a> {
    lines: RecordLines<'a>,
    /// Where something is missing if no line is left.
    last: u64,
    urls: Option<&'a mut ReadUrl>,
}

/// Attributes of a record that are sought one after the other; more need an index.
const FEW_ATTRIBUTES: usize = 16;

/// How the value of a line is written.
#[derive(Clone, Copy)]
enum Form {
    Base64,
    Plain,
    Url,
}

/// `name: value`, split but not decoded.
#[derive(Clone, Copy)]
struct Split<'a, N = &'a str> {
    number: u64,
    name: N,
    form: Form,
    value: &'a [u8],
}

impl<'a> RecordParser<'a> {
    pub(super) fn new(lines: RecordLines<'a>, urls: Option<&'a mut ReadUrl>) -> Self {
        Self { last: lines.last_number().unwrap_or(1), lines, urls }
    }

    /// Drops a `version:` line if the record begins with one.
    pub(super) fn version(&mut self) -> Result<(), ReadLdifError> {
        match self.next_named("version")? {
            Some(line) if self.text(&line)? != "1" => Err(ReadLdifError::new(line.number, Kind::BadVersion)),
            _ => Ok(()),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.len() == 0
    }

    pub(super) fn record(&mut self) -> Result<Record, ReadLdifError> {
        let line = self.named("dn", "`dn:`")?;
        let dn = self.dn(&line)?;
        let mut controls = Vec::new();
        while let Some(line) = self.next_named("control")? {
            controls.push(self.control(&line)?);
        }
        let Some(line) = self.next_named("changetype")? else {
            if !controls.is_empty() {
                return Err(self.missing("`changetype:` after `control:`"));
            }
            return Ok(Record::Content(Entry::with_attributes(dn, self.attributes()?)));
        };
        let change = match &*self.text(&line)?.to_ascii_lowercase() {
            "add" => Change::Add(self.attributes()?),
            "delete" => Change::Delete,
            "modify" => Change::Modify(self.modifications()?),
            "modrdn" | "moddn" => self.rename()?,
            _ => return Err(ReadLdifError::new(line.number, Kind::UnknownChangeType)),
        };
        match self.lines.next() {
            Some(line) => Err(ReadLdifError::new(line.number, Kind::UnexpectedLine)),
            None => Ok(Record::Change(ChangeRecord { dn, controls, change })),
        }
    }

    /// Reads all remaining lines as values, joined by attribute.
    pub(super) fn attributes(&mut self) -> Result<Vec<Attribute>, ReadLdifError> {
        let mut attributes: Vec<Attribute> = Vec::with_capacity(self.lines.len().min(FEW_ATTRIBUTES));
        let mut places = Places::default();
        while let Some(line) = self.lines.next() {
            let line = split_octets(line)?;
            if let Some(last) = attributes.last_mut().filter(|last| last.description().is_spelt(line.name)) {
                last.push(decode(&line, self.urls.as_deref_mut())?);
                continue;
            }
            let line = line.text()?;
            let value = self.value(&line)?;
            let description = description(&line)?;
            match places.find(&attributes, &description).and_then(|place| attributes.get_mut(place)) {
                Some(held) => held.push(value),
                None => attributes.push(Attribute::new(description, vec![value])),
            }
        }
        Ok(attributes)
    }

    /// Reads all remaining lines as changes to attributes; the last `-` may be missing.
    pub(super) fn modifications(&mut self) -> Result<Vec<Modification>, ReadLdifError> {
        let mut modifications = Vec::new();
        while let Some(line) = self.lines.next() {
            let line = split(line)?;
            let operation = match line.name.to_ascii_lowercase().as_str() {
                "add" => ModifyOperation::Add,
                "delete" => ModifyOperation::Delete,
                "replace" => ModifyOperation::Replace,
                "increment" => ModifyOperation::Increment,
                _ => {
                    let expected = "`add:`, `delete:`, `replace:` or `increment:` and an attribute";
                    return Err(ReadLdifError::new(line.number, Kind::Expected(expected)));
                }
            };
            let parsed: Result<AttributeDescription, _> = self.text(&line)?.parse();
            let description = parsed.map_err(|error| ReadLdifError::new(line.number, Kind::BadAttribute(error)))?;
            let values = self.values_of(&description)?;
            if values.is_empty() && matches!(operation, ModifyOperation::Add | ModifyOperation::Increment) {
                return Err(ReadLdifError::new(line.number, Kind::Expected("a value after `add:` or `increment:`")));
            }
            modifications.push(Modification { operation, attribute: Attribute::new(description, values) });
        }
        Ok(modifications)
    }

    /// Reads the values of one modification up to and with the `-`.
    fn values_of(&mut self, description: &AttributeDescription) -> Result<Vec<Vec<u8>>, ReadLdifError> {
        let mut values = Vec::new();
        for line in self.lines.by_ref() {
            if *line.octets == *b"-" {
                break;
            }
            let line = split(line)?;
            if !description.is(line.name) {
                let attribute = description.to_string();
                return Err(ReadLdifError::new(line.number, Kind::ExpectedAttribute { attribute }));
            }
            values.push(decode(&line, self.urls.as_deref_mut())?);
        }
        Ok(values)
    }

    fn rename(&mut self) -> Result<Change, ReadLdifError> {
        let line = self.named("newrdn", "`newrdn:`")?;
        let parsed: Result<Rdn, _> = self.text(&line)?.parse();
        let new_rdn = parsed.map_err(|error| ReadLdifError::new(line.number, Kind::BadDn(error)))?;
        let line = self.named("deleteoldrdn", "`deleteoldrdn:`")?;
        let delete_old_rdn = match &*self.text(&line)? {
            "0" => false,
            "1" => true,
            _ => return Err(ReadLdifError::new(line.number, Kind::Expected("`0` or `1` after `deleteoldrdn:`"))),
        };
        let new_superior = match self.next_named("newsuperior")? {
            Some(line) => Some(self.dn(&line)?),
            None => None,
        };
        Ok(Change::Rename { new_rdn, delete_old_rdn, new_superior })
    }

    /// Reads `control: OID [true|false][: value]`.
    fn control(&mut self, line: &Split<'a>) -> Result<Control, ReadLdifError> {
        let bad = || ReadLdifError::new(line.number, Kind::BadControl);
        let parsed: IResult<&[u8], _> =
            (take_while1(|octet: u8| octet.is_ascii_digit() || octet == b'.'), take_while(|octet| octet == b' '))
                .parse(line.value);
        let (after, (oid, _)) = parsed.map_err(|_| bad())?;
        let criticality: IResult<&[u8], _> =
            opt(alt((value(true, tag("true")), value(false, tag("false"))))).parse(after);
        let (after, critical) = criticality.map_err(|_| bad())?;
        let value = match after.split_first() {
            None => None,
            Some((b':', _)) => {
                let (form, value) = value_of(after).ok_or_else(bad)?;
                let line = Split { number: line.number, name: "control", form, value };
                Some(self.value(&line)?)
            }
            Some(_) => return Err(bad()),
        };
        let oid = str::from_utf8(oid).map_err(|_| bad())?.to_owned();
        Ok(Control { oid, critical: critical.unwrap_or(false), value })
    }

    fn dn(&mut self, line: &Split<'a>) -> Result<Dn, ReadLdifError> {
        self.text(line)?.parse().map_err(|error| ReadLdifError::new(line.number, Kind::BadDn(error)))
    }

    fn text(&mut self, line: &Split<'a>) -> Result<Cow<'a, str>, ReadLdifError> {
        let not_text = || ReadLdifError::new(line.number, Kind::NotText);
        if matches!(line.form, Form::Plain) {
            return str::from_utf8(line.value).map(Cow::Borrowed).map_err(|_| not_text());
        }
        String::from_utf8(self.value(line)?).map(Cow::Owned).map_err(|_| not_text())
    }

    fn value(&mut self, line: &Split<'a>) -> Result<Vec<u8>, ReadLdifError> {
        decode(line, self.urls.as_deref_mut())
    }

    /// Takes the next line, which must have this name.
    fn named(&mut self, name: &str, expected: &'static str) -> Result<Split<'a>, ReadLdifError> {
        self.next_named(name)?.ok_or_else(|| self.missing(expected))
    }

    /// Takes the next line if it has this name.
    fn next_named(&mut self, name: &str) -> Result<Option<Split<'a>>, ReadLdifError> {
        let Some(line) = self.peek() else { return Ok(None) };
        let line = split(line)?;
        if !line.name.eq_ignore_ascii_case(name) {
            return Ok(None);
        }
        self.lines.next();
        Ok(Some(line))
    }

    fn peek(&self) -> Option<Line<'a>> {
        self.lines.clone().next()
    }

    fn missing(&self, expected: &'static str) -> ReadLdifError {
        let number = self.peek().map_or(self.last, |line| line.number);
        ReadLdifError::new(number, Kind::Expected(expected))
    }
}

/// Where the attributes of a record stand, once there are more than a few.
#[derive(Default)]
struct Places {
    by_description: HashMap<AttributeDescription, usize>,
}

impl Places {
    /// Returns the place of a description, and keeps the next place for it if it has none.
    fn find(&mut self, attributes: &[Attribute], description: &AttributeDescription) -> Option<usize> {
        if attributes.len() < FEW_ATTRIBUTES {
            return attributes.iter().position(|attribute| attribute.description() == description);
        }
        if self.by_description.is_empty() {
            let places = attributes.iter().map(Attribute::description).cloned().zip(0..);
            self.by_description.extend(places);
        }
        let found = self.by_description.get(description).copied();
        if found.is_none() {
            self.by_description.insert(description.clone(), attributes.len());
        }
        found
    }
}

/// Splits a line at its colon.
fn split(line: Line<'_>) -> Result<Split<'_>, ReadLdifError> {
    split_octets(line)?.text()
}

fn split_octets(line: Line<'_>) -> Result<Split<'_, &[u8]>, ReadLdifError> {
    let expected = || ReadLdifError::new(line.number, Kind::Expected("an attribute, `:` and a value"));
    let colon = memchr::memchr(b':', line.octets).filter(|colon| *colon > 0).ok_or_else(expected)?;
    let (name, after) = line.octets.split_at_checked(colon).ok_or_else(expected)?;
    let (form, value) = value_of(after).ok_or_else(expected)?;
    Ok(Split { number: line.number, name, form, value })
}

impl<'a> Split<'a, &'a [u8]> {
    fn text(self) -> Result<Split<'a>, ReadLdifError> {
        let name = str::from_utf8(self.name).map_err(|_| ReadLdifError::new(self.number, Kind::NotText))?;
        Ok(Split { number: self.number, name, form: self.form, value: self.value })
    }
}

/// Parses `value-spec`: the colon, the sign of the form, blanks and the rest of the line.
fn value_of(input: &[u8]) -> Option<(Form, &[u8])> {
    let (form, value) = match input {
        [b':', b':', value @ ..] => (Form::Base64, value),
        [b':', b'<', value @ ..] => (Form::Url, value),
        [b':', value @ ..] => (Form::Plain, value),
        _ => return None,
    };
    let blanks = value.iter().take_while(|octet| **octet == b' ').count();
    Some((form, value.get(blanks..)?))
}

fn description(line: &Split<'_>) -> Result<AttributeDescription, ReadLdifError> {
    line.name.parse().map_err(|error| ReadLdifError::new(line.number, Kind::BadAttribute(error)))
}

fn decode<N>(line: &Split<'_, N>, urls: Option<&mut ReadUrl>) -> Result<Vec<u8>, ReadLdifError> {
    match line.form {
        Form::Plain => Ok(line.value.to_vec()),
        Form::Base64 => STANDARD.decode(line.value).map_err(|_| ReadLdifError::new(line.number, Kind::BadBase64)),
        Form::Url => {
            let Some(read) = urls else { return Err(ReadLdifError::new(line.number, Kind::UrlRefused)) };
            let url = str::from_utf8(line.value).map_err(|_| ReadLdifError::new(line.number, Kind::NotText))?;
            read(url).map_err(|error| ReadLdifError::new(line.number, Kind::Url(error)))
        }
    }
}
