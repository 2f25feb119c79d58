use std::sync::Arc;

use bytes::Bytes;
use provost_connector::ConnectorError;
use provost_ldap_wire::{Control, LdapResult, Operation};
use tokio::sync::mpsc;

use super::connection::{Connection, Reply};

/// The answers to one search, pulled one by one. Dropping it before the end abandons the search.
#[derive(Debug)]
pub(crate) struct Search {
    connection: Arc<Connection>,
    id: i32,
    answers: mpsc::Receiver<Bytes>,
    is_done: bool,
}

/// One answer of a search.
#[derive(Debug)]
pub(crate) enum Step {
    /// The end.
    Done(SearchEnd),
    /// An entry; [`Reply::message`] reads it.
    Entry(Reply),
    /// An answer that refers to other servers.
    Reference,
}

/// How a search ended.
#[derive(Debug)]
pub(crate) struct SearchEnd {
    pub(crate) result: LdapResult<'static>,
    pub(crate) controls: Vec<Control>,
}

impl Search {
    pub(super) const fn new(connection: Arc<Connection>, id: i32, answers: mpsc::Receiver<Bytes>) -> Self {
        Self { connection, id, answers, is_done: false }
    }

    /// Waits for the next answer, at most the operation time-out. After the end it must not be called again.
    pub(crate) async fn next(&mut self) -> Result<Step, ConnectorError> {
        loop {
            let reply = self.connection.next_answer(&mut self.answers).await?;
            let message = match reply.message(self.connection.system()) {
                Ok(message) => message,
                Err(error) => {
                    self.connection.retire();
                    return Err(error);
                }
            };
            match message.operation {
                Operation::SearchResultEntry(_) => return Ok(Step::Entry(reply)),
                Operation::SearchResultReference(_) => return Ok(Step::Reference),
                Operation::IntermediateResponse(_) => {}
                Operation::SearchResultDone(result) => {
                    self.is_done = true;
                    let end = SearchEnd { result: result.into_owned(), controls: message.controls };
                    return Ok(Step::Done(end));
                }
                other => {
                    self.is_done = true;
                    self.connection.retire();
                    let reason = format!("{} as the answer to a search", other.name());
                    return Err(ConnectorError::protocol(self.connection.system(), reason));
                }
            }
        }
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        if !self.is_done {
            self.connection.abandon(self.id);
        }
    }
}
