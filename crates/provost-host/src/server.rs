use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;

use crate::host::REQUESTS;
use crate::stream::Impatient;
use crate::{Host, HostError};

/// The address that is listened on unless the configuration names another: port 8585 as documented for Microsoft's host, on
/// loopback only.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8585";

/// Most connections at once.
const CONNECTIONS: usize = 1024;
/// How long a client may take for the TLS handshake, and for the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a client may take nothing of an answer.
const WRITE_TIME: Duration = Duration::from_secs(30);
/// How long running requests may take after a stop was asked for.
const STOP_TIME: Duration = Duration::from_secs(30);
/// How long accepting pauses when the system has no room for a connection.
const PAUSE: Duration = Duration::from_millis(50);
/// Largest head of a request, in bytes.
const HEAD: usize = 64 * 1024;

impl Host {
    /// Serves until `shutdown` is ready, then takes no more connections and returns when the running requests are
    /// answered, or after 30 seconds.
    ///
    /// # Errors
    ///
    /// [`HostError::Plaintext`] without a certificate on an address that is not loopback; [`HostError::Listener`] when the
    /// listener cannot be used.
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), HostError> {
        let address = listener.local_addr().map_err(HostError::listener)?;
        let acceptor = self.0.certificate.as_ref().map(|certificate| TlsAcceptor::from(certificate.config()));
        if acceptor.is_none() && !address.ip().is_loopback() {
            return Err(HostError::Plaintext { address: address.to_string() });
        }
        listener.set_nonblocking(true).map_err(HostError::listener)?;
        let listener = tokio::net::TcpListener::from_std(listener).map_err(HostError::listener)?;
        let connections = Arc::new(Semaphore::new(CONNECTIONS));
        let (stop, stopped) = watch::channel(());
        let router = self.router();
        tracing::info!(%address, tls = acceptor.is_some(), "serving");
        let mut shutdown = pin!(shutdown);
        loop {
            let accepted = async {
                let permit = Arc::clone(&connections).acquire_owned().await;
                (permit, listener.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                () = &mut shutdown => break,
                accepted = accepted => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let connection = Connection { router: router.clone(), stopped: stopped.clone() };
                    let acceptor = acceptor.clone();
                    tokio::spawn(async move {
                        connection.accept(stream, peer, acceptor).await;
                        drop(permit);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        drop(listener);
        tracing::info!("stopping");
        drop(stopped);
        // Idle connections end at once, the others after the answer they are at.
        let _ = stop.send(());
        let finished = async {
            stop.closed().await;
            // What clients that went away have left is finished too.
            let _ = self.0.requests.acquire_many(REQUESTS).await;
        };
        if tokio::time::timeout(STOP_TIME, finished).await.is_err() {
            tracing::warn!("stopped before all requests were answered");
        }
        Ok(())
    }
}

struct Connection {
    router: Router,
    stopped: watch::Receiver<()>,
}

impl Connection {
    async fn accept(mut self, stream: TcpStream, peer: SocketAddr, acceptor: Option<TlsAcceptor>) {
        // An answer is one write: waiting for more only costs time.
        let _ = stream.set_nodelay(true);
        let stream = Impatient::new(stream, WRITE_TIME);
        let Some(acceptor) = acceptor else { return self.serve(stream, peer).await };
        let handshake = tokio::select! {
            handshake = tokio::time::timeout(HEAD_TIME, acceptor.accept(stream)) => handshake,
            _ = self.stopped.changed() => return,
        };
        match handshake {
            Ok(Ok(stream)) => self.serve(stream, peer).await,
            Ok(Err(error)) => tracing::debug!(%peer, %error, "the TLS handshake failed"),
            Err(_) => tracing::debug!(%peer, "the TLS handshake took too long"),
        }
    }

    async fn serve(mut self, stream: impl AsyncRead + AsyncWrite + Unpin, peer: SocketAddr) {
        let used = AtomicBool::new(false);
        let router = TowerToHyperService::new(self.router);
        let service = service_fn(|request| {
            used.store(true, Ordering::Relaxed);
            router.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME)
            .max_buf_size(HEAD)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            _ = self.stopped.changed() => {
                // A connection that brought no request yet would be waited for until its head is late.
                if !used.load(Ordering::Relaxed) {
                    return;
                }
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, %error, "a connection ended early");
        }
    }
}
