use std::io;
use std::path::Path;

use tokio::fs::File;
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// Longest line that is read, in octets.
pub const LONGEST_LINE: usize = 1024 * 1024;

/// The mark that some editors put in front of UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a file line by line and holds one line at a time.
#[derive(Debug)]
pub(crate) struct Lines {
    input: BufReader<File>,
    line: Vec<u8>,
    number: u64,
}

/// One line of the file, without its end.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Line<'a> {
    /// The octets of the line.
    Text(&'a [u8]),
    /// The line was longer than [`LONGEST_LINE`]; it was skipped.
    TooLong,
}

impl Lines {
    /// Opens a file.
    pub(crate) async fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path).await?;
        Ok(Self { input: BufReader::new(file), line: Vec::new(), number: 0 })
    }

    /// Returns the next line that is not blank with its number, counted from one.
    pub(crate) async fn next(&mut self) -> io::Result<Option<(u64, Line<'_>)>> {
        loop {
            let Some(fits) = self.read().await? else {
                return Ok(None);
            };
            self.number += 1;
            if !fits {
                return Ok(Some((self.number, Line::TooLong)));
            }
            if !self.text().is_empty() {
                break;
            }
        }
        Ok(Some((self.number, Line::Text(self.text()))))
    }

    fn text(&self) -> &[u8] {
        let text = self.line.trim_ascii();
        if self.number == 1 { text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text) } else { text }
    }

    /// Reads one line into the buffer; tells whether it fits, or `None` at the end of the file.
    async fn read(&mut self) -> io::Result<Option<bool>> {
        self.line.clear();
        let mut fits = true;
        let mut any = false;
        loop {
            let buffer = self.input.fill_buf().await?;
            if buffer.is_empty() {
                return Ok(any.then_some(fits));
            }
            any = true;
            let end = buffer.iter().position(|octet| *octet == b'\n');
            let part = end.and_then(|end| buffer.get(..end)).unwrap_or(buffer);
            fits = fits && self.line.len() + part.len() <= LONGEST_LINE;
            if fits {
                self.line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                return Ok(Some(fits));
            }
        }
    }
}
