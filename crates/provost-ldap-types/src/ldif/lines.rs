use std::io::{self, BufRead};

use super::error::{ReadLdifError, ReadLdifErrorKind as Kind};
use super::limits::LdifLimits;

/// One line after folded lines have been joined; without its line end.
#[derive(Debug)]
pub(super) struct Line {
    /// Number of its first physical line, counted from one.
    pub(super) number: u64,
    pub(super) octets: Vec<u8>,
}

/// Splits a stream into records of lines.
#[derive(Debug)]
pub(super) struct Lines<R> {
    source: R,
    limits: LdifLimits,
    number: u64,
    /// The physical line that was read last and belongs to what comes next.
    ahead: Option<Vec<u8>>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(source: R, limits: LdifLimits) -> Self {
        Self { source, limits, number: 0, ahead: None }
    }

    /// Returns the lines of the next record; none at the end.
    pub(super) fn record(&mut self) -> Result<Vec<Line>, ReadLdifError> {
        let mut lines = Vec::new();
        let mut length = 0usize;
        while let Some(line) = self.line()? {
            if line.octets.is_empty() {
                if lines.is_empty() {
                    continue;
                }
                break;
            }
            if line.octets.first() == Some(&b'#') {
                continue;
            }
            length = length.saturating_add(line.octets.len());
            if length > self.limits.record_length {
                return Err(ReadLdifError::new(line.number, Kind::TooLong { limit: self.limits.record_length }));
            }
            lines.push(line);
        }
        Ok(lines)
    }

    /// Returns the next line, joined with those that continue it.
    fn line(&mut self) -> Result<Option<Line>, ReadLdifError> {
        let Some(mut octets) = self.physical()? else { return Ok(None) };
        let number = self.number;
        if octets.first() == Some(&b' ') {
            return Err(ReadLdifError::new(number, Kind::Expected("a line that begins without a blank")));
        }
        if octets.is_empty() {
            return Ok(Some(Line { number, octets }));
        }
        while let Some(next) = self.physical()? {
            match next.strip_prefix(b" ") {
                Some(continuation) => {
                    if octets.len() + continuation.len() > self.limits.line_length {
                        return Err(self.too_long(number));
                    }
                    octets.extend_from_slice(continuation);
                }
                None => {
                    self.ahead = Some(next);
                    self.number -= 1;
                    break;
                }
            }
        }
        Ok(Some(Line { number, octets }))
    }

    /// Returns the next line of the stream without its line end.
    fn physical(&mut self) -> Result<Option<Vec<u8>>, ReadLdifError> {
        self.number += 1;
        if let Some(line) = self.ahead.take() {
            return Ok(Some(line));
        }
        let mut octets = Vec::new();
        loop {
            let buffer = match self.source.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(ReadLdifError::new(self.number, Kind::Read(error))),
            };
            if buffer.is_empty() {
                if octets.is_empty() {
                    self.number -= 1;
                    return Ok(None);
                }
                break;
            }
            let end = memchr::memchr(b'\n', buffer);
            let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or(buffer);
            // The blank of a continuation and the line end are allowed on top.
            if octets.len() + part.len() > self.limits.line_length + 2 {
                return Err(self.too_long(self.number));
            }
            octets.extend_from_slice(part);
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.source.consume(used);
            if end.is_some() {
                break;
            }
        }
        if octets.last() == Some(&b'\r') {
            octets.pop();
        }
        if self.number == 1 && octets.starts_with(b"\xef\xbb\xbf") {
            octets.drain(..3);
        }
        Ok(Some(octets))
    }

    fn too_long(&self, line: u64) -> ReadLdifError {
        ReadLdifError::new(line, Kind::TooLong { limit: self.limits.line_length })
    }
}
