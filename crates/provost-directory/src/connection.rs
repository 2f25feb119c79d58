use std::collections::VecDeque;

use provost_ldap_wire::{
    BindResponse, Control, Envelope, ExtendedResponse, LdapResult, Message, Operation, ResultCode, SearchRequest,
    frame, oid,
};

use crate::Directory;
use crate::faults::{Fault, Hold, OperationKind};
use crate::identity::Identity;
use crate::ops::{ExtendedAnswer, RequestControls, Search, SearchStep, Use};
use crate::refusal::Refusal;

/// How the octets of a connection are protected.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Security {
    /// Not at all, and TLS cannot be started.
    #[default]
    Plain,
    /// Not yet; the client may start TLS.
    StartTls,
    /// By TLS.
    Tls,
}

/// Octets of requests that may wait while others are done.
const BACKLOG: usize = 64 * 1024;

/// What a connection needs next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Progress {
    /// The connection is over: send what was written, then close it.
    Close,
    /// Nothing to do before more octets arrive or a held answer is released.
    Idle,
    /// There is more to do at once.
    More,
    /// Send what was written, shake hands for TLS, then call [`Connection::tls_started`].
    StartTls,
}

/// The server's side of one LDAP session: octets in, octets out.
///
/// It has no socket and no clock of its own. Requests are done in the order in which they arrive; an abandon stops the
/// search that is under way.
///
/// ```
/// use provost_directory::{Connection, Directory, DirectoryOptions, Progress, Security};
/// use provost_ldap_wire::{ExtendedRequest, Message, Operation, oid};
///
/// let directory = Directory::new(DirectoryOptions::new("dc=lab".parse()?))?;
/// let mut connection = Connection::new(directory, Security::Plain);
/// let who_am_i = ExtendedRequest { name: oid::WHO_AM_I.into(), value: None };
/// connection.receive(&Message::new(1, Operation::ExtendedRequest(who_am_i)).encode());
///
/// let mut answer = Vec::new();
/// while connection.advance(&mut answer) == Progress::More {}
/// let Operation::ExtendedResponse(response) = Message::decode(&answer)?.operation else { panic!() };
/// assert!(response.result.code.is_success());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Connection {
    directory: Directory,
    security: Security,
    identity: Identity,
    input: Vec<u8>,
    /// Octets arrived since abandons were last sought.
    unseen_input: bool,
    search: Option<(i32, Search)>,
    held: VecDeque<(Hold, Vec<u8>)>,
    closed: bool,
}

impl Connection {
    /// Starts a session of a client that has not authenticated.
    #[must_use]
    pub fn new(directory: Directory, security: Security) -> Self {
        if security == Security::StartTls {
            directory.offer_start_tls();
        }
        Self {
            directory,
            security,
            identity: Identity::Anonymous,
            input: Vec::new(),
            unseen_input: false,
            search: None,
            held: VecDeque::new(),
            closed: false,
        }
    }

    /// Takes octets from the client. They wait until [`Connection::advance`].
    pub fn receive(&mut self, octets: &[u8]) {
        if !self.closed {
            self.input.extend_from_slice(octets);
            self.unseen_input = true;
        }
    }

    /// Tells whether more octets are welcome while there is work to do. A client that sends faster than it is served must
    /// wait.
    #[must_use]
    pub fn wants_input(&self) -> bool {
        self.input.len() < BACKLOG
    }

    /// Does the next piece of work and appends answers to `output`: one request, or some entries of a search.
    ///
    /// Call it until it returns something else than [`Progress::More`]; send what was written in between to keep memory
    /// small.
    pub fn advance(&mut self, output: &mut Vec<u8>) -> Progress {
        if self.closed {
            return Progress::Close;
        }
        self.send_released(output);
        if let Some((id, search)) = self.search.take() {
            return self.continue_search(id, search, output);
        }
        match frame(&self.input, &self.directory.0.options.frame_limits) {
            Ok(Some(length)) => {
                let rest = self.input.split_off(length.min(self.input.len()));
                let message = std::mem::replace(&mut self.input, rest);
                self.dispatch(&message, output)
            }
            Ok(None) => Progress::Idle,
            Err(error) => self.disconnect(ResultCode::PROTOCOL_ERROR, &error.to_string(), output),
        }
    }

    /// Says that TLS protects the connection from now on.
    pub fn tls_started(&mut self) {
        self.security = Security::Tls;
    }

    /// Ends the session with a notice of disconnection (RFC 4511 section 4.4.1).
    pub fn disconnect(&mut self, code: ResultCode, message: &str, output: &mut Vec<u8>) -> Progress {
        if !self.closed {
            let result = LdapResult::new(code, message.to_owned());
            let notice = ExtendedResponse { result, name: Some(oid::NOTICE_OF_DISCONNECTION.into()), value: None };
            output.extend(Message::new(0, Operation::ExtendedResponse(notice)).encode());
        }
        self.close()
    }

    /// Waits until the first held answer is to be sent, for ever when none is held.
    #[cfg(feature = "listener")]
    pub(crate) async fn until_released(&self) {
        match self.held.front() {
            Some((hold, _)) => self.directory.faults().until_released(*hold).await,
            None => std::future::pending().await,
        }
    }

    fn close(&mut self) -> Progress {
        self.closed = true;
        self.input.clear();
        self.search = None;
        for (hold, _) in self.held.drain(..) {
            self.directory.faults().forget(hold);
        }
        Progress::Close
    }

    fn send_released(&mut self, output: &mut Vec<u8>) {
        while self.held.front().is_some_and(|(hold, _)| self.directory.faults().is_released(*hold)) {
            output.extend(self.held.pop_front().into_iter().flat_map(|(_, octets)| octets));
        }
    }

    fn dispatch(&mut self, octets: &[u8], output: &mut Vec<u8>) -> Progress {
        match Message::decode(octets) {
            Ok(message) if message.id > 0 => self.handle(&message, output),
            Ok(_) => self.disconnect(ResultCode::PROTOCOL_ERROR, "expected a message number above 0", output),
            Err(error) => {
                let result = LdapResult::new(ResultCode::PROTOCOL_ERROR, error.to_string());
                let envelope = Envelope::decode(octets).ok().filter(|envelope| envelope.id > 0);
                match envelope.and_then(|envelope| Some((envelope.id, answer_to(envelope.tag, result)?))) {
                    Some((id, operation)) => {
                        output.extend(Message::new(id, operation).encode());
                        Progress::More
                    }
                    None => self.disconnect(ResultCode::PROTOCOL_ERROR, &error.to_string(), output),
                }
            }
        }
    }

    fn handle(&mut self, message: &Message<'_>, output: &mut Vec<u8>) -> Progress {
        let Some(kind) = kind(&message.operation) else {
            return self.disconnect(ResultCode::PROTOCOL_ERROR, "unknown LDAP request", output);
        };
        self.directory.count_request(kind);
        let read = |operation| RequestControls::read(&message.controls, operation);
        let who = &self.identity;
        let directory = &self.directory;
        let answer = match &message.operation {
            Operation::AddRequest(request) => {
                let done = read(Use::Add).and_then(|controls| directory.add(who, request, &controls));
                change_answer(done, Operation::AddResponse)
            }
            Operation::CompareRequest(request) => {
                let done = read(Use::Compare).and_then(|controls| directory.compare(who, request, &controls));
                let result = done.map_or_else(Refusal::into_result, |code| LdapResult::new(code, ""));
                (Operation::CompareResponse(result), Vec::new())
            }
            Operation::DeleteRequest(name) => {
                let done = read(Use::Delete).and_then(|controls| directory.delete(who, name, &controls));
                change_answer(done, Operation::DeleteResponse)
            }
            Operation::ModifyDnRequest(request) => {
                let done = read(Use::Update).and_then(|controls| directory.modify_dn(who, request, &controls));
                change_answer(done, Operation::ModifyDnResponse)
            }
            Operation::ModifyRequest(request) => {
                let done = read(Use::Update).and_then(|controls| directory.modify(who, request, &controls));
                change_answer(done, Operation::ModifyResponse)
            }
            Operation::BindRequest(request) => {
                // A bind that fails leaves the client anonymous, RFC 4511 section 4.2.1.
                let done = read(Use::None).and_then(|_| directory.bind(request));
                let result =
                    done.as_ref().map_or_else(|refusal| refusal.clone().into_result(), |_| LdapResult::success());
                self.identity = done.unwrap_or(Identity::Anonymous);
                let response = BindResponse { result, server_credentials: None };
                (Operation::BindResponse(response), Vec::new())
            }
            Operation::ExtendedRequest(request) => {
                let done = read(Use::None).and_then(|_| directory.extended(who, request, self.security));
                return self.extended_answer(message.id, done, output);
            }
            Operation::SearchRequest(request) => return self.start_search(message, request, output),
            Operation::Unbind => return self.close(),
            _ => return Progress::More,
        };
        self.send(kind, message.id, answer.0, answer.1, output)
    }

    fn extended_answer(&mut self, id: i32, done: Result<ExtendedAnswer, Refusal>, output: &mut Vec<u8>) -> Progress {
        let mut response = ExtendedResponse::default();
        let mut starts_tls = false;
        match done {
            Ok(ExtendedAnswer::Value(value)) => response.value = value.map(Into::into),
            Ok(ExtendedAnswer::StartTls) => {
                response.name = Some(oid::START_TLS.into());
                starts_tls = true;
            }
            Err(refusal) => response.result = refusal.into_result(),
        }
        let progress =
            self.send(OperationKind::Extended, id, Operation::ExtendedResponse(response), Vec::new(), output);
        if starts_tls && progress == Progress::More {
            // What a man in the middle put behind the request must not be taken for what the client sends under TLS.
            self.input.clear();
            return Progress::StartTls;
        }
        progress
    }

    fn start_search(&mut self, message: &Message<'_>, request: &SearchRequest<'_>, output: &mut Vec<u8>) -> Progress {
        let controls = RequestControls::read(&message.controls, Use::Search);
        match controls.and_then(|controls| self.directory.search(&self.identity, request, &controls)) {
            Ok(search) => {
                self.search = Some((message.id, search));
                Progress::More
            }
            Err(refusal) => {
                let operation = Operation::SearchResultDone(refusal.into_result());
                self.send(OperationKind::Search, message.id, operation, Vec::new(), output)
            }
        }
    }

    fn continue_search(&mut self, id: i32, mut search: Search, output: &mut Vec<u8>) -> Progress {
        if self.is_abandoned(id) {
            return Progress::More;
        }
        let step = self.directory.step(&self.identity, &mut search, |entry| {
            let octets = Message::new(id, Operation::SearchResultEntry(entry)).encode();
            output.extend_from_slice(&octets);
            octets.len()
        });
        match step {
            SearchStep::More => {
                self.search = Some((id, search));
                Progress::More
            }
            SearchStep::Done(result, controls) => {
                self.send(OperationKind::Search, id, Operation::SearchResultDone(result), controls, output)
            }
        }
    }

    /// Seeks an abandon of a running search among the requests that wait.
    fn is_abandoned(&mut self, id: i32) -> bool {
        if !std::mem::take(&mut self.unseen_input) {
            return false;
        }
        let limits = &self.directory.0.options.frame_limits;
        let mut rest = self.input.as_slice();
        while let Ok(Some(length)) = frame(rest, limits) {
            let Some((octets, behind)) = rest.split_at_checked(length) else {
                return false;
            };
            if Message::decode(octets).is_ok_and(|message| message.operation == Operation::Abandon(id)) {
                return true;
            }
            rest = behind;
        }
        false
    }

    /// Sends the answer of an operation that is done, unless a fault strikes it.
    fn send(
        &mut self,
        kind: OperationKind,
        id: i32,
        operation: Operation<'_>,
        controls: Vec<Control>,
        output: &mut Vec<u8>,
    ) -> Progress {
        let octets = Message { id, operation, controls }.encode();
        match self.directory.faults().strike(kind) {
            None => output.extend(octets),
            Some(Fault::Hold(hold)) => self.held.push_back((hold, octets)),
            Some(Fault::Drop) => return self.close(),
        }
        Progress::More
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.close();
    }
}

fn change_answer(
    done: Result<Vec<Control>, Refusal>,
    answer: fn(LdapResult<'static>) -> Operation<'static>,
) -> (Operation<'static>, Vec<Control>) {
    match done {
        Ok(controls) => (answer(LdapResult::success()), controls),
        Err(refusal) => (answer(refusal.into_result()), Vec::new()),
    }
}

fn kind(operation: &Operation<'_>) -> Option<OperationKind> {
    Some(match operation {
        Operation::Abandon(_) => OperationKind::Abandon,
        Operation::AddRequest(_) => OperationKind::Add,
        Operation::BindRequest(_) => OperationKind::Bind,
        Operation::CompareRequest(_) => OperationKind::Compare,
        Operation::DeleteRequest(_) => OperationKind::Delete,
        Operation::ExtendedRequest(_) => OperationKind::Extended,
        Operation::ModifyDnRequest(_) => OperationKind::ModifyDn,
        Operation::ModifyRequest(_) => OperationKind::Modify,
        Operation::SearchRequest(_) => OperationKind::Search,
        Operation::Unbind => OperationKind::Unbind,
        _ => return None,
    })
}

/// Returns the answer to a request that could not be read, by the tag of the request (RFC 4511 appendix B).
fn answer_to(tag: u8, result: LdapResult<'static>) -> Option<Operation<'static>> {
    Some(match tag {
        0x60 => Operation::BindResponse(BindResponse { result, server_credentials: None }),
        0x63 => Operation::SearchResultDone(result),
        0x66 => Operation::ModifyResponse(result),
        0x68 => Operation::AddResponse(result),
        0x4a => Operation::DeleteResponse(result),
        0x6c => Operation::ModifyDnResponse(result),
        0x6e => Operation::CompareResponse(result),
        0x77 => Operation::ExtendedResponse(ExtendedResponse { result, name: None, value: None }),
        _ => return None,
    })
}
