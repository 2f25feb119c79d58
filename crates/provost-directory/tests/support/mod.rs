//! A server on loopback and a client without comfort, for the tests in this folder.
#![allow(dead_code, reason = "every test file uses another part")]

pub(crate) mod play;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use provost_directory::{Directory, DirectoryOptions, Listener, ListenerOptions};
use provost_ldap_wire::{
    Authentication, BindRequest, Control, FrameLimits, LdapResult, Message, Operation, SearchRequest,
    SearchResultEntry, frame,
};

pub(crate) const SUFFIX: &str = "dc=contoso,dc=lab";
pub(crate) const ADMIN: &str = "cn=admin,dc=contoso,dc=lab";
pub(crate) const PASSWORD: &str = "secret";

/// The entries with which every test begins.
pub(crate) const BASE: &str = "\
dn: dc=contoso,dc=lab
objectClass: dcObject
objectClass: organization
o: Contoso
dc: contoso

dn: ou=people,dc=contoso,dc=lab
objectClass: organizationalUnit
ou: people
";

pub(crate) fn directory() -> Directory {
    let options = DirectoryOptions::new(SUFFIX.parse().unwrap()).with_root(ADMIN.parse().unwrap(), PASSWORD.into());
    let directory = Directory::new(options).unwrap();
    directory.load(BASE.as_bytes()).unwrap();
    directory
}

/// A server in a thread of its own; dropping it shuts it down.
pub(crate) struct Server {
    pub(crate) directory: Directory,
    pub(crate) address: SocketAddr,
    pub(crate) url: String,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(directory: Directory) -> Self {
        Self::start_with(directory, ListenerOptions::default())
    }

    pub(crate) fn start_with(directory: Directory, options: ListenerOptions) -> Self {
        let (ready, started) = mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let served = directory.clone();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = Listener::bind_with(served, "127.0.0.1:0".parse().unwrap(), options).await.unwrap();
                ready.send((listener.local_addr(), listener.url())).unwrap();
                let _ = stopped.await;
                listener.shutdown().await;
            });
        });
        let (address, url) = started.recv().unwrap();
        Self { directory, address, url, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A blocking client that sends one request at a time.
pub(crate) struct Client {
    stream: TcpStream,
    input: Vec<u8>,
    next_id: i32,
}

/// Name and attributes, each with its values.
pub(crate) type FoundEntry = (String, Vec<(String, Vec<Vec<u8>>)>);

/// All that came back for a request.
pub(crate) struct Answer {
    pub(crate) entries: Vec<FoundEntry>,
    pub(crate) result: LdapResult<'static>,
    pub(crate) controls: Vec<Control>,
    pub(crate) value: Option<Vec<u8>>,
}

impl Client {
    pub(crate) fn connect(address: impl std::net::ToSocketAddrs) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, input: Vec::new(), next_id: 1 }
    }

    pub(crate) fn bound(address: impl std::net::ToSocketAddrs, name: &str, password: &str) -> Self {
        let mut client = Self::connect(address);
        assert_eq!(client.bind(name, password).code.0, 0);
        client
    }

    pub(crate) fn bind(&mut self, name: &str, password: &str) -> LdapResult<'static> {
        let authentication = Authentication::Simple(password.into());
        let request = BindRequest { version: 3, name: name.into(), authentication };
        self.ask(Operation::BindRequest(request)).result
    }

    pub(crate) fn search(&mut self, request: SearchRequest<'_>) -> Answer {
        self.ask(Operation::SearchRequest(request))
    }

    pub(crate) fn ask(&mut self, operation: Operation<'_>) -> Answer {
        self.ask_with(operation, Vec::new())
    }

    pub(crate) fn ask_with(&mut self, operation: Operation<'_>, controls: Vec<Control>) -> Answer {
        self.send(operation, controls);
        self.answer().expect("the connection ended")
    }

    pub(crate) fn send(&mut self, operation: Operation<'_>, controls: Vec<Control>) -> i32 {
        let id = self.next_id;
        self.next_id += 1;
        self.send_raw(&Message { id, operation, controls }.encode());
        id
    }

    pub(crate) fn send_raw(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).unwrap();
    }

    /// Closes the client's side.
    pub(crate) fn end(&mut self) {
        self.stream.shutdown(std::net::Shutdown::Write).unwrap();
    }

    /// Reads up to the end of one answer; `None` when the connection ends before.
    pub(crate) fn answer(&mut self) -> Option<Answer> {
        let mut entries = Vec::new();
        loop {
            let octets = self.message()?;
            let message = Message::decode(&octets).unwrap();
            let (result, value) = match message.operation {
                Operation::SearchResultEntry(entry) => {
                    entries.push(owned(entry));
                    continue;
                }
                Operation::AddResponse(result)
                | Operation::CompareResponse(result)
                | Operation::DeleteResponse(result)
                | Operation::ModifyDnResponse(result)
                | Operation::ModifyResponse(result)
                | Operation::SearchResultDone(result) => (result, None),
                Operation::BindResponse(response) => (response.result, None),
                Operation::ExtendedResponse(response) => (response.result, response.value),
                other => panic!("unexpected {}", other.name()),
            };
            let value = value.map(provost_ldap_wire::Octets::into_vec);
            return Some(Answer { entries, result: result.into_owned(), controls: message.controls, value });
        }
    }

    pub(crate) fn message(&mut self) -> Option<Vec<u8>> {
        let mut buffer = [0; 16 * 1024];
        loop {
            if let Some(length) = frame(&self.input, &FrameLimits::default()).unwrap() {
                let rest = self.input.split_off(length);
                return Some(std::mem::replace(&mut self.input, rest));
            }
            match self.stream.read(&mut buffer) {
                Ok(0) => return None,
                Ok(read) => self.input.extend_from_slice(&buffer[..read]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

fn owned(entry: SearchResultEntry<'_>) -> FoundEntry {
    let attributes = entry.attributes.into_iter().map(|attribute| {
        let values = attribute.values.into_iter().map(provost_ldap_wire::Octets::into_vec).collect();
        (attribute.description.to_text(), values)
    });
    (entry.name.to_text(), attributes.collect())
}
