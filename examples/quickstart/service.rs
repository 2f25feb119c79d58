use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use provost_connector::Config;
use provost_engine::Engine;
use provost_host::{Certificate, Host, Mount};
use provost_model::Secret;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use provost_examples::failure::Failure;

/// The host behind a TLS listener on loopback, until it is stopped.
pub(crate) struct Service {
    url: String,
    ca_file: PathBuf,
    token: Secret,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), provost_host::HostError>>,
}

impl Service {
    pub(crate) fn start(engine: Arc<Engine>, token: Secret, folder: &Path) -> Result<Self, Failure> {
        let files = provost_examples::tls::loopback_files(folder)?;
        let certificate = Certificate::from_files(&files.certificate, &files.private_key)?;
        let mount = Mount::new("people", engine).with_token(token.clone());
        let host = Host::builder().certificate(certificate).mount(mount).build()?;
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let url = format!("https://{}/ecma2host_people/scim", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            host.serve(listener, async {
                let _ = stopped.await;
            })
            .await
        });
        Ok(Self { url, ca_file: files.ca, token, stop, task })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Returns the settings of a SCIM client.
    pub(crate) fn config(&self) -> Config {
        Config::new("host")
            .with("url", self.url.as_str())
            .with("token", self.token.clone())
            .with("ca_file", self.ca_file.to_string_lossy().into_owned())
    }

    pub(crate) async fn stop(self) -> Result<(), Failure> {
        let _ = self.stop.send(());
        Ok(self.task.await??)
    }
}
