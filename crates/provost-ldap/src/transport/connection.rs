use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use provost_connector::{Cancellation, ConnectorError};
use provost_ldap_wire::{
    Control, Envelope, ExtendedResponse, FrameLimits, Message, Operation, SearchRequest, frame, oid,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::search::Search;
use super::ticket::Ticket;
use crate::text;

/// Messages of one search that wait for its reader; a full queue stops reading from the socket.
const SEARCH_QUEUE: usize = 64;
/// Requests that wait for the socket.
const WRITE_QUEUE: usize = 64;
/// Given-up requests whose late answers are still expected.
const MAX_ABANDONED: usize = 1024;

/// What a connection needs to know about its surroundings.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    /// Name of the system in messages.
    pub(crate) system: String,
    pub(crate) limits: FrameLimits,
    pub(crate) timeout: Duration,
    pub(crate) cancellation: Cancellation,
    /// Counts requests that write, at the moment they start to be sent.
    pub(crate) writes: Arc<AtomicU64>,
}

/// One connection to a server. Requests of several tasks share it; answers find their way by number.
#[derive(Debug)]
pub(crate) struct Connection {
    shared: Arc<Shared>,
    queue: mpsc::Sender<Job>,
    tasks: [AbortHandle; 2],
    is_retired: AtomicBool,
}

/// An answer as it came; [`Reply::message`] reads it.
#[derive(Clone, Debug)]
pub(crate) struct Reply(Bytes);

/// A request without an answer, and whether octets of it may have reached the server.
#[derive(Debug)]
pub(crate) struct RequestError {
    pub(crate) may_have_left: bool,
    pub(crate) error: ConnectorError,
}

#[derive(Debug)]
pub(super) struct Shared {
    surroundings: Surroundings,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last_id: i32,
    pending: HashMap<i32, mpsc::Sender<Bytes>>,
    abandoned: HashSet<i32>,
    closed: Option<Closed>,
}

/// Why a connection is over.
#[derive(Clone, Debug)]
enum Closed {
    /// The server or the network ended it.
    Lost(String),
    /// The server said why (RFC 4511 section 4.4.1).
    Notice { code: i64, text: String },
    /// The server sent what cannot be understood.
    Protocol(String),
}

struct Job {
    octets: Vec<u8>,
    ticket: Arc<Ticket>,
    kind: JobKind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum JobKind {
    /// Changes nothing on the server.
    Read,
    /// Ends the session.
    Unbind,
    /// Changes something and is counted.
    Write,
}

impl Job {
    fn new(kind: JobKind, octets: Vec<u8>) -> Self {
        Self { octets, ticket: Arc::new(Ticket::default()), kind }
    }
}

impl Reply {
    pub(crate) fn message(&self, system: &str) -> Result<Message<'_>, ConnectorError> {
        Message::decode(&self.0).map_err(|error| ConnectorError::protocol(system, error.to_string()))
    }
}

impl Connection {
    /// Starts the tasks of a connection on a stream.
    pub(crate) fn start<S>(stream: S, is_plain: bool, surroundings: Surroundings) -> Arc<Self>
    where
        S: AsyncRead + AsyncWrite + Send + 'static,
    {
        let (read_half, write_half) = tokio::io::split(stream);
        let (queue, jobs) = mpsc::channel(WRITE_QUEUE);
        let shared = Arc::new(Shared { surroundings, state: Mutex::new(State::default()) });
        let reader = tokio::spawn(read_loop(read_half, Arc::clone(&shared))).abort_handle();
        let writer = tokio::spawn(write_loop(write_half, jobs, Arc::clone(&shared), is_plain)).abort_handle();
        Arc::new(Self { shared, queue, tasks: [reader, writer], is_retired: AtomicBool::new(false) })
    }

    pub(crate) fn system(&self) -> &str {
        &self.shared.surroundings.system
    }

    /// Tells whether new requests may use it.
    pub(crate) fn is_usable(&self) -> bool {
        !self.is_retired.load(Ordering::Acquire) && self.shared.lock().closed.is_none()
    }

    /// Leaves it to the requests that are under way; the next use opens another.
    pub(crate) fn retire(&self) {
        self.is_retired.store(true, Ordering::Release);
    }

    /// Sends a request and waits for its answer, at most the operation time-out.
    pub(crate) async fn request(
        &self,
        operation: Operation<'_>,
        controls: Vec<Control>,
    ) -> Result<Reply, RequestError> {
        let kind = if is_write(&operation) { JobKind::Write } else { JobKind::Read };
        let (id, mut answers) = self.register(1).map_err(|error| RequestError { may_have_left: false, error })?;
        let job = Job::new(kind, Message { id, operation, controls }.encode());
        let ticket = Arc::clone(&job.ticket);
        let withdrawal = Withdrawal { connection: self, id, ticket: &ticket };
        let exchange = async {
            // A closed queue means a dead connection, as does an answer channel without sender.
            if self.queue.send(job).await.is_err() {
                return None;
            }
            answers.recv().await
        };
        let outcome = self.shared.guard(exchange).await;
        let may_have_left = ticket.withdraw();
        match outcome {
            Ok(Some(octets)) => {
                std::mem::forget(withdrawal);
                Ok(Reply(octets))
            }
            Ok(None) => Err(RequestError { may_have_left, error: self.shared.closed_error() }),
            Err(error) => {
                self.retire();
                Err(RequestError { may_have_left, error })
            }
        }
    }

    /// Starts a search, whose answers are pulled.
    pub(crate) async fn search(
        self: &Arc<Self>,
        request: SearchRequest<'_>,
        controls: Vec<Control>,
    ) -> Result<Search, ConnectorError> {
        let (id, answers) = self.register(SEARCH_QUEUE)?;
        let search = Search::new(Arc::clone(self), id, answers);
        let octets = Message { id, operation: Operation::SearchRequest(request), controls }.encode();
        let job = Job::new(JobKind::Read, octets);
        match self.shared.guard(self.queue.send(job)).await {
            Ok(Ok(())) => Ok(search),
            Ok(Err(_)) => Err(self.shared.closed_error()),
            Err(error) => Err(error),
        }
    }

    /// Waits for the next message of a search.
    pub(super) async fn next_answer(&self, answers: &mut mpsc::Receiver<Bytes>) -> Result<Reply, ConnectorError> {
        match self.shared.guard(answers.recv()).await {
            Ok(Some(octets)) => Ok(Reply(octets)),
            Ok(None) => Err(self.shared.closed_error()),
            Err(error) => {
                self.retire();
                Err(error)
            }
        }
    }

    /// Gives a request up: forgets it, and tells the server if the queue has room.
    pub(super) fn abandon(&self, id: i32) {
        let expects_answer = {
            let mut state = self.shared.lock();
            let was_pending = state.pending.remove(&id).is_some();
            was_pending && state.closed.is_none() && state.abandoned.len() < MAX_ABANDONED && state.abandoned.insert(id)
        };
        let own_id = if expects_answer { self.shared.next_id() } else { None };
        let abandon = own_id.map(|own| Job::new(JobKind::Read, Message::new(own, Operation::Abandon(id)).encode()));
        if abandon.is_none_or(|job| self.queue.try_send(job).is_err()) {
            self.retire();
        }
    }

    /// Says farewell, also after a stop was asked for. What is under way ends without an answer.
    pub(crate) async fn unbind(&self) -> Result<(), ConnectorError> {
        self.retire();
        let Some(id) = self.shared.next_id() else { return Ok(()) };
        let job = Job::new(JobKind::Unbind, Message::new(id, Operation::Unbind).encode());
        let Surroundings { system, timeout, .. } = &self.shared.surroundings;
        let sent = tokio::time::timeout(*timeout, async {
            // The writer closes its side behind an unbind and with it the queue.
            let _ = self.queue.send(job).await;
            self.queue.closed().await;
        });
        sent.await.map_err(|_| ConnectorError::timed_out(system, *timeout))
    }

    fn register(&self, capacity: usize) -> Result<(i32, mpsc::Receiver<Bytes>), ConnectorError> {
        let (sender, receiver) = mpsc::channel(capacity);
        let mut state = self.shared.lock();
        let id = match state.closed {
            None => state.next_id(),
            Some(_) => None,
        };
        match id {
            Some(id) => {
                state.pending.insert(id, sender);
                Ok((id, receiver))
            }
            None => {
                drop(state);
                // One that has used up its numbers is replaced by another, as one that is closed.
                self.retire();
                Err(self.shared.closed_error())
            }
        }
    }

    #[cfg(test)]
    pub(super) fn use_up_numbers(&self) {
        self.shared.lock().last_id = i32::MAX;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

/// Takes a request back when its future is dropped or fails.
struct Withdrawal<'a> {
    connection: &'a Connection,
    id: i32,
    ticket: &'a Arc<Ticket>,
}

impl Drop for Withdrawal<'_> {
    fn drop(&mut self) {
        if self.ticket.withdraw() {
            self.connection.abandon(self.id);
        } else {
            self.connection.shared.lock().pending.remove(&self.id);
        }
    }
}

impl State {
    fn next_id(&mut self) -> Option<i32> {
        self.last_id = self.last_id.checked_add(1)?;
        Some(self.last_id)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_id(&self) -> Option<i32> {
        self.lock().next_id()
    }

    /// Waits for a future until the operation time-out or a stop.
    async fn guard<T>(&self, future: impl Future<Output = T>) -> Result<T, ConnectorError> {
        let timeout = self.surroundings.timeout;
        tokio::select! {
            biased;
            () = self.surroundings.cancellation.cancelled() => Err(ConnectorError::cancelled()),
            done = future => Ok(done),
            () = tokio::time::sleep(timeout) => Err(ConnectorError::timed_out(&self.surroundings.system, timeout)),
        }
    }

    /// Ends the connection for all who wait. The first reason stays.
    fn close(&self, reason: Closed) {
        let mut state = self.lock();
        state.closed.get_or_insert(reason);
        state.pending.clear();
    }

    fn closed_error(&self) -> ConnectorError {
        let system = &self.surroundings.system;
        match self.lock().closed.clone() {
            Some(Closed::Lost(reason)) => ConnectorError::unavailable(system, reason),
            Some(Closed::Notice { code, text }) => ConnectorError::unavailable(
                system,
                format!("the server ended the connection: {text} (result code {code})"),
            ),
            Some(Closed::Protocol(reason)) => ConnectorError::protocol(system, reason),
            None => ConnectorError::unavailable(system, "the connection is closed"),
        }
    }
}

async fn read_loop<S: AsyncRead>(mut stream: ReadHalf<S>, shared: Arc<Shared>) {
    let mut buffer = BytesMut::with_capacity(32 * 1024);
    let reason = loop {
        match frame(&buffer, &shared.surroundings.limits) {
            Err(error) => break Closed::Protocol(error.to_string()),
            Ok(Some(length)) => {
                let octets = buffer.split_to(length).freeze();
                if let Err(reason) = dispatch(&shared, octets).await {
                    break reason;
                }
            }
            Ok(None) => match stream.read_buf(&mut buffer).await {
                Ok(0) if buffer.is_empty() => break Closed::Lost("the server closed the connection".to_owned()),
                Ok(0) => break Closed::Lost("the server closed the connection inside a message".to_owned()),
                Ok(_) => {}
                Err(error) => break Closed::Lost(format!("reading failed: {error}")),
            },
        }
    };
    tracing::debug!(connector = %shared.surroundings.system, ?reason, "connection ended");
    shared.close(reason);
}

/// Hands a message to the one who waits for it.
async fn dispatch(shared: &Shared, octets: Bytes) -> Result<(), Closed> {
    const SEARCH_ENTRY: u8 = 0x64;
    const SEARCH_REFERENCE: u8 = 0x73;
    const INTERMEDIATE: u8 = 0x79;

    let envelope = Envelope::decode(&octets).map_err(|error| Closed::Protocol(error.to_string()))?;
    if envelope.id == 0 {
        return Err(read_notice(&octets));
    }
    let is_final = !matches!(envelope.tag, SEARCH_ENTRY | SEARCH_REFERENCE | INTERMEDIATE);
    let answers = {
        let mut state = shared.lock();
        let answers = match state.pending.get(&envelope.id) {
            Some(_) if is_final => state.pending.remove(&envelope.id),
            Some(answers) => Some(answers.clone()),
            None => None,
        };
        if answers.is_none() {
            let was_given_up =
                if is_final { state.abandoned.remove(&envelope.id) } else { state.abandoned.contains(&envelope.id) };
            if !was_given_up {
                return Err(Closed::Protocol("an answer to a request that was not made".to_owned()));
            }
        }
        answers
    };
    if let Some(answers) = answers {
        // A receiver that is gone has given its search up and removed it.
        let _ = answers.send(octets).await;
    }
    Ok(())
}

fn read_notice(octets: &[u8]) -> Closed {
    match Message::decode(octets).map(|message| message.operation) {
        Ok(Operation::ExtendedResponse(ExtendedResponse { result, name: Some(name), .. }))
            if name == oid::NOTICE_OF_DISCONNECTION =>
        {
            Closed::Notice { code: i64::from(result.code.0), text: text::bounded(&result.message) }
        }
        _ => Closed::Protocol("a notice that nobody asked for".to_owned()),
    }
}

async fn write_loop<S: AsyncWrite>(
    mut stream: WriteHalf<S>,
    mut jobs: mpsc::Receiver<Job>,
    shared: Arc<Shared>,
    is_plain: bool,
) {
    while let Some(job) = jobs.recv().await {
        if shared.lock().closed.is_some() {
            return;
        }
        if !job.ticket.start() {
            continue;
        }
        if job.kind == JobKind::Write {
            shared.surroundings.writes.fetch_add(1, Ordering::Relaxed);
        }
        if let Err((accepted, error)) = write_message(&mut stream, &job.octets).await {
            // A TLS stream may have sent records that it does not report.
            if accepted == 0 && is_plain {
                job.ticket.nothing_left();
            }
            shared.close(Closed::Lost(format!("writing failed: {error}")));
            return;
        }
        if job.kind == JobKind::Unbind {
            let _ = stream.shutdown().await;
            shared.close(Closed::Lost("the session was closed".to_owned()));
            return;
        }
    }
}

/// Writes a message and tells on failure how many of its octets the stream took.
async fn write_message<S: AsyncWrite>(stream: &mut WriteHalf<S>, octets: &[u8]) -> Result<(), (usize, io::Error)> {
    let mut rest = octets;
    while !rest.is_empty() {
        let accepted = octets.len() - rest.len();
        match stream.write(rest).await {
            Ok(0) => return Err((accepted, io::ErrorKind::WriteZero.into())),
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(error) => return Err((accepted, error)),
        }
    }
    stream.flush().await.map_err(|error| (octets.len(), error))
}

fn is_write(operation: &Operation<'_>) -> bool {
    matches!(
        operation,
        Operation::AddRequest(_)
            | Operation::DeleteRequest(_)
            | Operation::ModifyDnRequest(_)
            | Operation::ModifyRequest(_)
    )
}
