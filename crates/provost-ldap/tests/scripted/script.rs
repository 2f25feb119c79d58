//! A server that answers as a test says, octet by octet where it must.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use provost_connector::{Config, Connector, Session};
use provost_ldap::LdapConnector;
use provost_ldap_types::Filter;
use provost_ldap_wire::{
    BindResponse, FrameLimits, LdapResult, Message, Operation, PartialAttribute, ResultCode, Scope, SearchResultEntry,
    frame,
};
use provost_model::Secret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::env::env;

pub(crate) const BASE: &str = "ou=people,dc=lab";

/// What the server does with the next request that is neither a bind nor a look at root DSE, schema or base.
#[derive(Clone, Debug)]
pub(crate) enum Reaction {
    /// Answers with these operations under the number of the request.
    Answer(Vec<Operation<'static>>),
    /// Closes the connection without an answer.
    Close,
    /// Sends these operations under the number of the last request that got no answer, then the others under its own.
    Late(Vec<Operation<'static>>, Vec<Operation<'static>>),
    /// Sends these octets as they are.
    Raw(Vec<u8>),
    /// Does not answer.
    Silence,
}

/// A server and what it saw.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) url: String,
    shared: Arc<Shared>,
    seen: mpsc::UnboundedReceiver<String>,
    accepting: tokio::task::JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    reactions: Mutex<VecDeque<Reaction>>,
    /// Results of binds; success when there is none left.
    binds: Mutex<VecDeque<ResultCode>>,
    controls: Vec<&'static str>,
    shows_base: bool,
    seen: mpsc::UnboundedSender<String>,
    /// Ends all connections when it changes.
    hang_up: tokio::sync::watch::Sender<u32>,
}

impl Script {
    /// Starts a server that lists these controls.
    pub(crate) async fn start(controls: &[&'static str], reactions: impl IntoIterator<Item = Reaction>) -> Self {
        Self::start_with(controls, true, reactions).await
    }

    /// Starts a server that hides the base.
    pub(crate) async fn start_hidden(reactions: impl IntoIterator<Item = Reaction>) -> Self {
        Self::start_with(&[], false, reactions).await
    }

    async fn start_with(
        controls: &[&'static str],
        shows_base: bool,
        reactions: impl IntoIterator<Item = Reaction>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ldap://{}", listener.local_addr().unwrap());
        let (sender, seen) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            reactions: Mutex::new(reactions.into_iter().collect()),
            binds: Mutex::default(),
            controls: controls.to_vec(),
            shows_base,
            seen: sender,
            hang_up: tokio::sync::watch::Sender::new(0),
        });
        let for_connections = Arc::clone(&shared);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&for_connections);
                tokio::spawn(async move {
                    let mut hang_up = shared.hang_up.subscribe();
                    tokio::select! {
                        _ = serve(stream, &shared) => {}
                        _ = hang_up.changed() => {}
                    }
                });
            }
        });
        Self { url, shared, seen, accepting }
    }

    /// Lets the next binds end so.
    pub(crate) fn binds(&self, results: impl IntoIterator<Item = ResultCode>) {
        self.shared.binds.lock().unwrap().extend(results);
    }

    /// Adds reactions behind those that are waiting.
    pub(crate) fn then(&self, reactions: impl IntoIterator<Item = Reaction>) {
        self.shared.reactions.lock().unwrap().extend(reactions);
    }

    /// Closes all connections; new ones are welcome.
    pub(crate) fn hang_up(&self) {
        self.shared.hang_up.send_modify(|count| *count += 1);
    }

    /// Closes all connections and listens no more.
    pub(crate) async fn stop(&mut self) {
        self.accepting.abort();
        let _ = (&mut self.accepting).await;
        self.hang_up();
    }

    /// Waits until the server sees a request of this name; those before it are passed over.
    pub(crate) async fn sees(&mut self, name: &str) {
        while self.seen.recv().await.unwrap() != name {}
    }

    /// Returns how many requests of this name the server saw since it was asked last.
    pub(crate) fn count(&mut self, name: &str) -> usize {
        std::iter::from_fn(|| self.seen.try_recv().ok()).filter(|seen| seen == name).count()
    }

    /// Returns the configuration of a session with this server.
    pub(crate) fn config(&self) -> Config {
        Config::new("people")
            .with("url", self.url.as_str())
            .with("bind_dn", "cn=admin,dc=lab")
            .with("password", Secret::from("Zq8!pass"))
            .with("base", BASE)
            .with("object_class", "inetOrgPerson")
            .with("attributes", vec!["cn".to_owned(), "sn".to_owned()])
            .with("anchor", "entryUUID")
            .with("operation_timeout_ms", 20_000)
    }

    pub(crate) async fn session(&self) -> Box<dyn Session> {
        LdapConnector::new().open(self.config(), env()).await.unwrap()
    }
}

async fn serve(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    let mut unanswered = 0;
    loop {
        let Some(length) = frame(&buffer, &FrameLimits::default()).unwrap() else {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
            continue;
        };
        let octets: Vec<u8> = buffer.drain(..length).collect();
        let message = Message::decode(&octets).unwrap();
        let _ = shared.seen.send(message.operation.name().to_owned());
        let answers = match usual(&message.operation, shared) {
            Some(answers) => answers,
            None => {
                let next = shared.reactions.lock().unwrap().pop_front();
                match next.unwrap_or_else(|| panic!("no reaction is left for {}", message.operation.name())) {
                    Reaction::Answer(answers) => answers,
                    Reaction::Close => return Ok(()),
                    Reaction::Late(late, answers) => {
                        for answer in late {
                            stream.write_all(&Message::new(unanswered, answer).encode()).await?;
                        }
                        answers
                    }
                    Reaction::Raw(octets) => {
                        stream.write_all(&octets).await?;
                        continue;
                    }
                    Reaction::Silence => {
                        unanswered = message.id;
                        continue;
                    }
                }
            }
        };
        for answer in answers {
            stream.write_all(&Message::new(message.id, answer).encode()).await?;
        }
    }
}

/// Answers what every session asks; `None` for what a test is about.
fn usual(request: &Operation<'_>, shared: &Shared) -> Option<Vec<Operation<'static>>> {
    match request {
        Operation::Abandon(_) | Operation::Unbind => Some(Vec::new()),
        Operation::BindRequest(_) => {
            let code = shared.binds.lock().unwrap().pop_front().unwrap_or_default();
            let result = LdapResult::new(code, "as the script says");
            Some(vec![Operation::BindResponse(BindResponse { result, server_credentials: None })])
        }
        Operation::SearchRequest(search) if search.scope == Scope::Base && *search.base == *b"" => {
            let controls = PartialAttribute::new("supportedControl", shared.controls.iter().copied());
            let root_dse = SearchResultEntry { name: "".into(), attributes: vec![controls] };
            Some(vec![Operation::SearchResultEntry(root_dse), Operation::SearchResultDone(LdapResult::success())])
        }
        Operation::SearchRequest(search) if search.base.to_ascii_lowercase().ends_with(b"schema") => {
            Some(vec![end(ResultCode::NO_SUCH_OBJECT)])
        }
        Operation::SearchRequest(search) if search.scope == Scope::Base && search.base == BASE => {
            assert_eq!(search.filter, Filter::present("objectClass").unwrap());
            let base = SearchResultEntry { name: BASE.into(), attributes: Vec::new() };
            let shown = shared.shows_base.then_some(Operation::SearchResultEntry(base));
            Some(shown.into_iter().chain([end(ResultCode::SUCCESS)]).collect())
        }
        _ => None,
    }
}

/// Ends a search.
pub(crate) fn end(code: ResultCode) -> Operation<'static> {
    Operation::SearchResultDone(LdapResult::new(code, ""))
}

/// A person as a search finds it.
pub(crate) fn entry(cn: &str) -> Operation<'static> {
    Operation::SearchResultEntry(SearchResultEntry {
        name: format!("cn={cn},{BASE}").into(),
        attributes: vec![
            PartialAttribute::new("objectClass", ["inetOrgPerson"]),
            PartialAttribute::new("cn", [cn.to_owned()]),
            PartialAttribute::new("entryUUID", [format!("uuid-of-{cn}")]),
        ],
    })
}
