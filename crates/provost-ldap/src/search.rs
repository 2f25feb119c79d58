//! Searches that are read to their end at once.

use std::sync::Arc;

use provost_connector::ConnectorError;
use provost_ldap_wire::{Control, LdapResult, Operation, SearchRequest, SearchResultEntry};

use crate::text;
use crate::transport::{Connection, Reply, Step};

/// What a search gave.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) entries: Vec<FoundEntry>,
    pub(crate) references: u64,
    pub(crate) end: LdapResult<'static>,
}

/// An entry as it came; [`FoundEntry::entry`] reads it.
#[derive(Debug)]
pub(crate) struct FoundEntry(Reply);

impl FoundEntry {
    pub(crate) const fn new(reply: Reply) -> Self {
        Self(reply)
    }

    pub(crate) fn entry(&self, system: &str) -> Result<SearchResultEntry<'_>, ConnectorError> {
        match self.0.message(system)?.operation {
            Operation::SearchResultEntry(entry) => Ok(entry),
            other => Err(ConnectorError::protocol(system, format!("{} in place of an entry", other.name()))),
        }
    }
}

/// Reads a search to its end, and at most `limit` entries: then it is abandoned and counts as ended with success.
pub(crate) async fn collect(
    connection: &Arc<Connection>,
    request: SearchRequest<'_>,
    controls: Vec<Control>,
    limit: usize,
) -> Result<Found, ConnectorError> {
    let mut search = connection.search(request, controls).await?;
    let mut found = Found { entries: Vec::new(), references: 0, end: LdapResult::success() };
    loop {
        match search.next().await? {
            Step::Entry(_) if found.entries.len() >= limit => return Ok(found),
            Step::Entry(reply) => found.entries.push(FoundEntry::new(reply)),
            Step::Reference => found.references += 1,
            Step::Done(end) => {
                found.end = end.result;
                return Ok(found);
            }
        }
    }
}

/// Makes an error of a result that is not success.
pub(crate) fn refused(system: &str, result: &LdapResult<'_>) -> ConnectorError {
    let said = text::bounded(&result.message);
    let name = result.code.name().unwrap_or("unknown code");
    let words = if said.is_empty() { name.to_owned() } else { format!("{name}: {said}") };
    ConnectorError::refused(system, i64::from(result.code.0), words)
}
