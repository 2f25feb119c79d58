use std::fs::Metadata;
use std::sync::Arc;
use std::time::SystemTime;

use provost_connector::{Cancellation, ConnectorError};
use provost_model::Anchor;

use crate::duplicates::{DuplicateFinder, Duplicates};
use crate::reader::{LONGEST_LINE, Line, Lines};
use crate::record::{Fault, Record, parse};
use crate::session::Settings;

/// One finding on a line of the file.
#[derive(Debug)]
pub(crate) enum Finding {
    /// The line could not be read, and why: file, line, column, reason.
    Fault(String),
    /// The line could be read.
    Record(Record),
}

/// One pass over the file.
#[derive(Debug)]
pub(crate) struct Scan {
    settings: Arc<Settings>,
    cancellation: Cancellation,
    lines: Lines,
    before: Stamp,
    faults: u64,
    first_fault: Option<String>,
    changed: bool,
}

/// What tells one state of a file from another.
#[derive(Debug, Eq, PartialEq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
}

impl From<Metadata> for Stamp {
    fn from(metadata: Metadata) -> Self {
        Self { length: metadata.len(), modified: metadata.modified().ok() }
    }
}

impl Scan {
    /// Opens the file.
    pub(crate) async fn start(settings: Arc<Settings>, cancellation: Cancellation) -> Result<Self, ConnectorError> {
        let opened = async { Ok((stamp(&settings).await?, Lines::open(&settings.path).await?)) };
        let (before, lines) = opened.await.map_err(|error| settings.unavailable(error))?;
        Ok(Self { settings, cancellation, lines, before, faults: 0, first_fault: None, changed: false })
    }

    /// Begins another pass.
    pub(crate) async fn again(&self) -> Result<Self, ConnectorError> {
        Self::start(Arc::clone(&self.settings), self.cancellation.clone()).await
    }

    /// Returns what the next line says.
    pub(crate) async fn next(&mut self) -> Result<Option<Finding>, ConnectorError> {
        self.next_with(|_, _| ()).await
    }

    /// Goes through the rest of the file and returns the anchors that stand in it twice with different content.
    pub(crate) async fn find_duplicates(mut self) -> Result<Duplicates, ConnectorError> {
        let mut finder = DuplicateFinder::new();
        while self.next_with(|anchor, line| finder.see(anchor, line)).await?.is_some() {}
        Ok(finder.finish())
    }

    /// Returns what speaks against the completeness of what was read; asked for at the end of the pass.
    pub(crate) fn gaps(&self) -> Vec<String> {
        let changed = self.changed.then(|| "the file changed while it was read".to_owned());
        let faults = self.first_fault.as_ref().map(|first| match self.faults {
            1 => first.clone(),
            many => format!("{many} lines could not be read; the first: {first}"),
        });
        changed.into_iter().chain(faults).collect()
    }

    /// Takes note of a record that cannot be used.
    pub(crate) fn fault(&mut self, reason: &str) {
        self.faults += 1;
        self.first_fault.get_or_insert_with(|| reason.to_owned());
    }

    async fn next_with(&mut self, mut see: impl FnMut(&Anchor, &[u8])) -> Result<Option<Finding>, ConnectorError> {
        if self.cancellation.is_cancelled() {
            return Err(ConnectorError::cancelled());
        }
        let Some((number, line)) = self.lines.next().await.map_err(|error| self.settings.unavailable(error))? else {
            let after = stamp(&self.settings).await.map_err(|error| self.settings.unavailable(error))?;
            self.changed = after != self.before;
            return Ok(None);
        };
        let parsed = match line {
            Line::TooLong => Err(Fault::new(format!("longer than {LONGEST_LINE} octets"))),
            Line::Text(text) => parse(text, &self.settings.object_type).inspect(|record| {
                if let Some(anchor) = record.anchor() {
                    see(anchor, text);
                }
            }),
        };
        Ok(Some(match parsed {
            Ok(record) => Finding::Record(record),
            Err(fault) => {
                let column = fault.column.map_or_else(String::new, |column| format!(", column {column}"));
                let reason = format!("{}, line {number}{column}: {}", self.settings.path.display(), fault.message);
                self.fault(&reason);
                Finding::Fault(reason)
            }
        }))
    }
}

async fn stamp(settings: &Settings) -> std::io::Result<Stamp> {
    tokio::fs::metadata(&settings.path).await.map(Stamp::from)
}
