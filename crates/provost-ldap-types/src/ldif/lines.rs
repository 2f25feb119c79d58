use std::io::{self, BufRead};

use super::error::{ReadLdifError, ReadLdifErrorKind as Kind};
use super::limits::LdifLimits;

/// One line after folded lines have been joined; without its line end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Number of its first physical line, counted from one.
    pub(super) number: u64,
    pub(super) octets: &'a [u8],
}

/// The lines of one record that have not been taken yet.
#[derive(Clone, Debug)]
pub(super) struct RecordLines<'a> {
    octets: &'a [u8],
    /// Where the next line begins.
    start: usize,
    places: std::slice::Iter<'a, Place>,
}

impl RecordLines<'_> {
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Returns the number of the last line.
    pub(super) fn last_number(&self) -> Option<u64> {
        self.places.as_slice().last().map(|place| place.number)
    }
}

impl<'a> Iterator for RecordLines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let place = self.places.next()?;
        let octets = self.octets.get(self.start..place.end)?;
        self.start = place.end;
        Some(Line { number: place.number, octets })
    }
}

/// A line in the octets of its record.
#[derive(Debug)]
struct Place {
    number: u64,
    end: usize,
}

/// Splits a stream into records of lines.
#[derive(Debug)]
pub(super) struct Lines<R> {
    source: R,
    limits: LdifLimits,
    /// Number of the physical line that was read last.
    number: u64,
    /// The lines of the record, one behind the other; kept for the next record.
    octets: Vec<u8>,
    places: Vec<Place>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(source: R, limits: LdifLimits) -> Self {
        Self { source, limits, number: 0, octets: Vec::new(), places: Vec::new() }
    }

    /// Returns the lines of the record that was read last; none at the end.
    pub(super) fn record(&self) -> RecordLines<'_> {
        RecordLines { octets: &self.octets, start: 0, places: self.places.iter() }
    }

    /// Reads the lines of the next record.
    pub(super) fn read(&mut self) -> Result<(), ReadLdifError> {
        self.octets.clear();
        self.places.clear();
        loop {
            let start = self.octets.len();
            let Some(number) = self.line()? else { break };
            match self.octets.get(start) {
                None if self.places.is_empty() => continue,
                None => break,
                Some(b'#') => self.octets.truncate(start),
                Some(_) if self.octets.len() > self.limits.record_length => {
                    return Err(ReadLdifError::new(number, Kind::TooLong { limit: self.limits.record_length }));
                }
                Some(_) => self.places.push(Place { number, end: self.octets.len() }),
            }
        }
        Ok(())
    }

    /// Appends the next line, joined with those that continue it, and returns its number.
    fn line(&mut self) -> Result<Option<u64>, ReadLdifError> {
        let start = self.octets.len();
        // A line end of two octets is allowed on top.
        if !self.physical(self.limits.line_length + 2)? {
            return Ok(None);
        }
        let number = self.number;
        match self.octets.get(start) {
            None => return Ok(Some(number)),
            Some(b' ') => {
                return Err(ReadLdifError::new(number, Kind::Expected("a line that begins without a blank")));
            }
            Some(_) => {}
        }
        while self.begins_with_blank()? {
            self.source.consume(1);
            self.physical(self.limits.line_length + 1)?;
            if self.octets.len() - start > self.limits.line_length {
                return Err(self.too_long(number));
            }
        }
        Ok(Some(number))
    }

    fn begins_with_blank(&mut self) -> Result<bool, ReadLdifError> {
        loop {
            match self.source.fill_buf() {
                Ok(buffer) => return Ok(buffer.first() == Some(&b' ')),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ReadLdifError::new(self.number + 1, Kind::Read(error))),
            }
        }
    }

    /// Appends the rest of the physical line, of at most `limit` octets, without its line end.
    ///
    /// Tells whether there was a line.
    fn physical(&mut self, limit: usize) -> Result<bool, ReadLdifError> {
        let start = self.octets.len();
        let number = self.number + 1;
        loop {
            let buffer = match self.source.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(ReadLdifError::new(number, Kind::Read(error))),
            };
            if buffer.is_empty() && self.octets.len() == start {
                return Ok(false);
            }
            let end = memchr::memchr(b'\n', buffer);
            let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or(buffer);
            if self.octets.len() - start + part.len() > limit {
                return Err(self.too_long(number));
            }
            self.octets.extend_from_slice(part);
            let is_last = end.is_some() || buffer.is_empty();
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.source.consume(used);
            if is_last {
                break;
            }
        }
        self.number = number;
        if self.octets.len() > start && self.octets.last() == Some(&b'\r') {
            self.octets.pop();
        }
        if number == 1 && self.octets.starts_with(b"\xef\xbb\xbf") {
            self.octets.drain(..3);
        }
        Ok(true)
    }

    fn too_long(&self, line: u64) -> ReadLdifError {
        ReadLdifError::new(line, Kind::TooLong { limit: self.limits.line_length })
    }
}

impl Lines<&[u8]> {
    /// Returns a reader of what stands behind the record that was read last.
    pub(super) fn behind(&self) -> Self {
        Self { number: self.number, ..Self::new(self.source, self.limits) }
    }
}
