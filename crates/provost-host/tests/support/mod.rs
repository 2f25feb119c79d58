//! A host on a loopback port over TLS, in front of an engine and a system in memory.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod directory;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use provost_connector::{Clock, Config, Connector, Entropy, EntropyError, Env};
use provost_engine::{Deprovisioning, DisableFlow, Engine, EngineOptions};
use provost_host::{Certificate, EXTENSION_URN, Host, HostBuilder, HostError, Mount};
use provost_model::{Secret, Timestamp, Value};
use provost_store::MemoryStore;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value as Json, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use directory::Directory;

pub(crate) const TOKEN: &str = "a-token-of-the-tests";

#[derive(Debug)]
struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

#[derive(Debug, Default)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in octets.chunks_mut(8) {
            let next = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            chunk.copy_from_slice(&next[8 - chunk.len()..]);
        }
        Ok(())
    }
}

pub(crate) async fn engine(directory: &Directory) -> Arc<Engine> {
    let mut options = EngineOptions::new("people", Secret::new(vec![7; 32]));
    options.deprovisioning =
        Deprovisioning { disable: DisableFlow::set("shadowExpire", [Value::from(1)], []), ..Deprovisioning::default() };
    engine_with(directory, options).await
}

pub(crate) async fn engine_with(directory: &Directory, options: EngineOptions) -> Arc<Engine> {
    engine_on(Arc::new(directory.clone()), Config::new("people"), options).await
}

pub(crate) async fn engine_on(connector: Arc<dyn Connector>, config: Config, options: EngineOptions) -> Arc<Engine> {
    let env = Env::new(Arc::new(Fixed), Arc::new(Counting::default()));
    let engine = Engine::open(options, connector, config, Arc::new(MemoryStore::new()), env);
    Arc::new(engine.await.unwrap())
}

/// A running host.
pub(crate) struct Lab {
    pub(crate) directory: Directory,
    pub(crate) client: reqwest::Client,
    pub(crate) origin: String,
    pub(crate) certificate: String,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Result<(), HostError>>,
}

pub(crate) async fn lab() -> Lab {
    lab_with(|mount| mount, |builder| builder).await
}

pub(crate) async fn lab_with(
    mount: impl FnOnce(Mount) -> Mount,
    build: impl FnOnce(HostBuilder) -> HostBuilder,
) -> Lab {
    let directory = Directory::new();
    let engine = engine(&directory).await;
    lab_of(directory, engine, mount, build)
}

pub(crate) fn lab_of(
    directory: Directory,
    engine: Arc<Engine>,
    mount: impl FnOnce(Mount) -> Mount,
    build: impl FnOnce(HostBuilder) -> HostBuilder,
) -> Lab {
    let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = key.cert.pem();
    let tls = Certificate::from_pem(certificate.as_bytes(), key.signing_key.serialize_pem().as_bytes()).unwrap();
    let mount = mount(Mount::new("people", engine).with_token(Secret::from(TOKEN)));
    let host = build(Host::builder().mount(mount).certificate(tls)).build().unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(async move {
        host.serve(listener, async {
            let _ = stopped.await;
        })
        .await
    });
    let client = client(&certificate, address, &[&rustls::version::TLS12, &rustls::version::TLS13]);
    let origin = format!("https://localhost:{}", address.port());
    Lab { directory, client, origin, certificate, stop: Some(stop), running }
}

/// A client that trusts the certificate and finds `localhost` at the address.
pub(crate) fn client(
    certificate: &str,
    address: SocketAddr,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> reqwest::Client {
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .resolve("localhost", address)
        .no_proxy()
        .build()
        .unwrap()
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The status and the keyword of an error body, which must say the same status.
    pub(crate) fn error(&self) -> (u16, String) {
        let body = self.json();
        assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{}", self.text);
        assert_eq!(body["status"], json!(self.status.as_u16().to_string()), "{}", self.text);
        assert_eq!(self.headers["content-type"], "application/scim+json");
        (self.status.as_u16(), body["scimType"].as_str().unwrap_or_default().to_owned())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Lab {
    pub(crate) fn base(&self) -> String {
        format!("{}/ecma2host_people/scim", self.origin)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base()));
        request.bearer_auth(TOKEN)
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Reply { status, headers, text: response.text().await.unwrap() }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, body: &Json) -> Reply {
        self.send(self.request(Method::POST, "/Users").json(body)).await
    }

    pub(crate) async fn patch(&self, id: &str, operations: Json) -> Reply {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
        self.send(self.request(Method::PATCH, &format!("/Users/{id}")).json(&body)).await
    }

    pub(crate) async fn search(&self, filter: &str) -> Reply {
        let escape =
            |octet: u8| if octet.is_ascii_alphanumeric() { char::from(octet).into() } else { format!("%{octet:02X}") };
        let filter: String = filter.bytes().map(escape).collect();
        self.get(&format!("/Users?filter={filter}")).await
    }

    /// Makes the user of the examples, and returns its identifier.
    pub(crate) async fn britta(&self) -> String {
        let reply = self.post(&britta()).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    /// Asks the host to stop.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
    }

    pub(crate) async fn stopped(self) {
        self.running.await.unwrap().unwrap();
    }
}

pub(crate) const NAME: &str = "CN=bsimon,DC=Contoso,DC=lab";

/// What Microsoft Entra posts for the user of its own example.
pub(crate) fn britta() -> Json {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", EXTENSION_URN],
        "externalId": "bsimon",
        "active": true,
        "meta": {"resourceType": "User"},
        "roles": [],
        EXTENSION_URN: {
            "-dn-": NAME,
            "objectClass": ["inetOrgPerson", "posixAccount", "shadowAccount"],
            "cn": "Britta Simon",
            "sn": "Simon",
            "mail": "bsimon@contoso.com",
            "uid": "bsimon",
            "uidNumber": "10011",
            "export_password": "Pa55-word!",
        },
    })
}

pub(crate) fn attribute(name: &str) -> String {
    format!("{EXTENSION_URN}:{name}")
}
