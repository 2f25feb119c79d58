//! Connections over TCP and TLS.

mod stream;
mod tls;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use provost_ldap_wire::ResultCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

use self::stream::Stream;
pub use self::tls::TlsIdentity;
use crate::{Connection, Directory, DirectoryError, Progress, Security};

/// How long a client may take to shake hands for TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long a connection may take to end once the listener is shut down.
const GOODBYE: Duration = Duration::from_secs(1);

/// How connections are protected.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Transport {
    /// LDAPS: TLS from the first octet.
    Ldaps(TlsIdentity),
    /// Not at all.
    #[default]
    Plain,
    /// Not at first; clients may start TLS (RFC 4511 section 4.14).
    StartTls(TlsIdentity),
}

/// How a listener serves.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ListenerOptions {
    /// How connections are protected.
    pub transport: Transport,
    /// Most connections at a time; further ones are told that the server is busy and closed.
    pub max_connections: usize,
}

impl ListenerOptions {
    /// Sets how connections are protected.
    #[must_use]
    pub fn with_transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// Sets the most connections at a time.
    #[must_use]
    pub fn with_max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }
}

impl Default for ListenerOptions {
    /// Plain connections, 1,024 at a time.
    fn default() -> Self {
        Self { transport: Transport::Plain, max_connections: 1024 }
    }
}

/// Serves a directory on a socket until it is shut down or dropped.
///
/// ```
/// use provost_directory::{Directory, DirectoryOptions, Listener};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let directory = Directory::new(DirectoryOptions::new("dc=lab".parse()?))?;
/// let listener = Listener::bind(directory, "127.0.0.1:0".parse()?).await?;
/// println!("ldapsearch -x -H {} -s base -b ''", listener.url());
/// listener.shutdown().await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Listener {
    local_addr: SocketAddr,
    scheme: &'static str,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Listens on an address; port 0 lets the system choose. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`DirectoryError::Listen`] when the address cannot be listened on.
    pub async fn bind(directory: Directory, address: SocketAddr) -> Result<Self, DirectoryError> {
        Self::bind_with(directory, address, ListenerOptions::default()).await
    }

    /// Listens on an address with options. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`DirectoryError::Listen`] when the address cannot be listened on.
    pub async fn bind_with(
        directory: Directory,
        address: SocketAddr,
        options: ListenerOptions,
    ) -> Result<Self, DirectoryError> {
        let fail = |source| DirectoryError::Listen { address, source };
        let socket = TcpListener::bind(address).await.map_err(fail)?;
        let local_addr = socket.local_addr().map_err(fail)?;
        let scheme = if matches!(options.transport, Transport::Ldaps(_)) { "ldaps" } else { "ldap" };
        if matches!(options.transport, Transport::StartTls(_)) {
            directory.offer_start_tls();
        }
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(accept(socket, directory, options, stopped));
        Ok(Self { local_addr, scheme, stop, task })
    }

    /// Returns the address that is listened on.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Returns the address as a URL, such as `ldap://127.0.0.1:39001`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.local_addr)
    }

    /// Stops listening, ends all connections with a notice and waits until they are closed.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        // The task ends by itself; it fails only where a connection panicked, which is reported there.
        let _ = self.task.await;
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("local_addr", &self.local_addr).finish_non_exhaustive()
    }
}

async fn accept(
    socket: TcpListener,
    directory: Directory,
    options: ListenerOptions,
    mut stopped: watch::Receiver<bool>,
) {
    let permits = Arc::new(Semaphore::new(options.max_connections));
    let mut sessions = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stop_asked(&mut stopped) => break,
            accepted = socket.accept() => accepted,
        };
        while sessions.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                let permit = Arc::clone(&permits).try_acquire_owned().ok();
                let session = Session { directory: directory.clone(), transport: options.transport.clone(), permit };
                sessions.spawn(session.run(stream, stopped.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                // Out of file descriptors, most likely: give the sessions time to end.
                tokio::task::yield_now().await;
            }
        }
    }
    drop(socket);
    while sessions.join_next().await.is_some() {}
}

/// One connection and what it was accepted with.
struct Session {
    directory: Directory,
    transport: Transport,
    /// `None` when there are too many connections.
    permit: Option<OwnedSemaphorePermit>,
}

impl Session {
    async fn run(self, stream: TcpStream, mut stopped: watch::Receiver<bool>) {
        let mut stop = stopped.clone();
        let serve = async {
            if let Err(error) = self.serve(stream, &mut stop).await {
                tracing::debug!(%error, "a connection ended");
            }
        };
        // Whatever the client does or leaves undone, a connection does not outlive the listener for long.
        tokio::select! {
            () = serve => {}
            () = grace(&mut stopped) => {}
        }
    }

    async fn serve(self, stream: TcpStream, stopped: &mut watch::Receiver<bool>) -> std::io::Result<()> {
        // Answers are small and the client waits for them.
        stream.set_nodelay(true)?;
        let (mut stream, security) = match &self.transport {
            Transport::Plain => (Stream::Plain(stream), Security::Plain),
            Transport::StartTls(_) => (Stream::Plain(stream), Security::StartTls),
            Transport::Ldaps(identity) => (handshake(Stream::Plain(stream), identity).await?, Security::Tls),
        };
        let mut connection = Connection::new(self.directory.clone(), security);
        let mut output = Vec::new();
        if self.permit.is_none() {
            connection.disconnect(ResultCode::BUSY, "too many connections", &mut output);
            stream.write_all(&output).await?;
            return stream.shutdown().await;
        }
        let mut buffer = vec![0; 16 * 1024];
        // What a client sent before it closed its side is still done.
        let mut ended = false;
        loop {
            let progress = connection.advance(&mut output);
            if !output.is_empty() && (progress != Progress::More || output.len() >= buffer.len()) {
                stream.write_all(&output).await?;
                output.clear();
            }
            let read = match progress {
                Progress::Close => return stream.shutdown().await,
                Progress::More => tokio::select! {
                    biased;
                    // An abandon must be seen while a search is under way.
                    read = stream.read(&mut buffer), if !ended && connection.wants_input() => read?,
                    // Other connections get their turn.
                    () = tokio::task::yield_now() => continue,
                },
                Progress::StartTls => {
                    let Transport::StartTls(identity) = &self.transport else {
                        return Ok(());
                    };
                    stream = handshake(stream, identity).await?;
                    connection.tls_started();
                    continue;
                }
                Progress::Idle if ended => return stream.shutdown().await,
                Progress::Idle => tokio::select! {
                    read = stream.read(&mut buffer) => read?,
                    () = connection.until_released() => continue,
                    () = stop_asked(stopped) => {
                        connection.disconnect(ResultCode::UNAVAILABLE, "the server is shutting down", &mut output);
                        stream.write_all(&output).await?;
                        return stream.shutdown().await;
                    }
                },
            };
            match buffer.get(..read) {
                None | Some([]) => ended = true,
                Some(octets) => connection.receive(octets),
            }
        }
    }
}

/// Starts TLS with a client that has some seconds for its part.
async fn handshake(stream: Stream, identity: &TlsIdentity) -> std::io::Result<Stream> {
    tokio::time::timeout(HANDSHAKE, stream.start_tls(identity)).await?
}

/// Waits until the listener stops, then as long as a connection may take to say goodbye.
async fn grace(stopped: &mut watch::Receiver<bool>) {
    stop_asked(stopped).await;
    tokio::time::sleep(GOODBYE).await;
}

/// Waits until the listener is shut down or dropped.
async fn stop_asked(stopped: &mut watch::Receiver<bool>) {
    // A sender that is gone means that the listener was dropped.
    let _ = stopped.wait_for(|stop| *stop).await;
}
