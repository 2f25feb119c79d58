use std::fmt;
use std::sync::Arc;

use provost_engine::Engine;
use provost_model::{AttributeName, Secret};
use provost_scim::Mode;
use tokio::sync::Semaphore;

use crate::schema::DirectorySchema;
use crate::token::{MINIMUM, Tokens};
use crate::{Certificate, HostError};

/// Most requests that are worked on at once.
pub(crate) const REQUESTS: u32 = 256;
/// Most tokens that are valid at once.
const TOKENS: usize = 2;

/// A connector as it is to be served: a name, the engine behind it, and who may use it.
#[derive(Debug)]
pub struct Mount {
    name: String,
    engine: Arc<Engine>,
    tokens: Vec<Secret>,
    object_type: Option<String>,
    lists: Vec<AttributeName>,
    mode: Mode,
}

impl Mount {
    /// Makes a mount. The name is part of the URL, where its case counts: ASCII letters, digits, `-`, `_` and `.`.
    pub fn new(name: impl Into<String>, engine: Arc<Engine>) -> Self {
        let lists = vec![AttributeName::new("objectClass")];
        Self { name: name.into(), engine, tokens: Vec::new(), object_type: None, lists, mode: Mode::Compat }
    }

    /// Accepts a bearer token of at least 12 characters. Two may be valid at once, so that one can be changed without a
    /// gap.
    #[must_use]
    pub fn with_token(mut self, token: Secret) -> Self {
        self.tokens.push(token);
        self
    }

    /// Serves objects of this type; by default the first that the engine knows.
    #[must_use]
    pub fn with_object_type(mut self, object_type: impl Into<String>) -> Self {
        self.object_type = Some(object_type.into());
        self
    }

    /// Shows these attributes as lists. All others are shown with one value, which is what the provisioning service of
    /// Microsoft Entra expects, even where the directory allows several; by default only `objectClass` is a list.
    #[must_use]
    pub fn with_lists(mut self, lists: impl IntoIterator<Item = AttributeName>) -> Self {
        self.lists = lists.into_iter().collect();
        self
    }

    /// Takes clients more or less literally; by default [`Mode::Compat`].
    #[must_use]
    pub fn with_mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }
}

/// A mount that was found usable.
#[derive(Debug)]
pub(crate) struct Mounted {
    pub(crate) name: String,
    pub(crate) engine: Arc<Engine>,
    pub(crate) tokens: Tokens,
    pub(crate) object_type: String,
    pub(crate) schema: DirectorySchema,
    pub(crate) mode: Mode,
}

impl Mounted {
    fn new(mount: Mount) -> Result<Self, HostError> {
        let wrong = |reason: &str| HostError::connector(&mount.name, reason);
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if mount.name.is_empty() || mount.name.len() > 64 || !mount.name.chars().all(fits) {
            return Err(wrong("a name has 1 to 64 ASCII letters, digits, `-`, `_` and `.`"));
        }
        if mount.tokens.is_empty() || mount.tokens.len() > TOKENS {
            return Err(wrong("expected one token, or two while they change"));
        }
        let is_token = |token: &Secret| {
            let text = token.expose_text().unwrap_or_default();
            text.chars().count() >= MINIMUM && text.chars().all(|c| c.is_ascii_graphic())
        };
        if !mount.tokens.iter().all(is_token) {
            return Err(wrong("a token has at least 12 characters, all of them visible ASCII"));
        }
        let types = mount.engine.schema();
        let object_type = match &mount.object_type {
            Some(name) => types.object_type(name),
            None => types.object_types.first(),
        };
        let Some(object_type) = object_type else { return Err(wrong("the engine has no such object type")) };
        let schema = DirectorySchema::new(object_type, &mount.lists)
            .map_err(|source| HostError::Schema { connector: mount.name.clone(), source })?;
        let object_type = object_type.name.as_str().to_owned();
        let tokens = Tokens::new(&mount.tokens);
        Ok(Self { name: mount.name, engine: mount.engine, tokens, object_type, schema, mode: mount.mode })
    }
}

/// Collects what a [`Host`] serves.
#[derive(Debug, Default)]
pub struct HostBuilder {
    mounts: Vec<Mount>,
    public_url: Option<String>,
    certificate: Option<Certificate>,
    protected_discovery: bool,
}

impl HostBuilder {
    /// Serves a connector.
    #[must_use]
    pub fn mount(mut self, mount: Mount) -> Self {
        self.mounts.push(mount);
        self
    }

    /// Serves TLS 1.2 and 1.3 with this certificate. Without one, only loopback addresses are served.
    #[must_use]
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.certificate = Some(certificate);
        self
    }

    /// Makes locations of resources from this URL (scheme and authority, such as `https://host.example:8585`), and not
    /// from the `Host` header of the request.
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into().trim_end_matches('/').to_owned());
        self
    }

    /// Asks for a token for `/Schemas`, `/ResourceTypes` and `/ServiceProviderConfig` too, which are public otherwise.
    #[must_use]
    pub fn protect_discovery(mut self) -> Self {
        self.protected_discovery = true;
        self
    }

    /// Checks everything and makes the host.
    ///
    /// # Errors
    ///
    /// [`HostError::Connector`] for a name that stands twice or cannot stand in a URL, a token that is too short, and an
    /// object type that the engine does not know; [`HostError::Schema`] for a schema that cannot be shown.
    pub fn build(self) -> Result<Host, HostError> {
        let mut mounts: Vec<Mounted> = Vec::with_capacity(self.mounts.len());
        for mount in self.mounts {
            if mounts.iter().any(|mounted| mounted.name == mount.name) {
                return Err(HostError::connector(&mount.name, "the name stands twice"));
            }
            mounts.push(Mounted::new(mount)?);
        }
        let requests = Arc::new(Semaphore::new(REQUESTS as usize));
        let Self { public_url, certificate, protected_discovery, .. } = self;
        Ok(Host(Arc::new(Inner { mounts, public_url, certificate, protected_discovery, requests })))
    }
}

/// A SCIM service in front of engines. Clones serve the same.
#[derive(Clone)]
pub struct Host(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) mounts: Vec<Mounted>,
    pub(crate) public_url: Option<String>,
    pub(crate) certificate: Option<Certificate>,
    pub(crate) protected_discovery: bool,
    /// One permit a request that is worked on.
    pub(crate) requests: Arc<Semaphore>,
}

impl Host {
    /// Begins to collect what is served.
    #[must_use]
    pub fn builder() -> HostBuilder {
        HostBuilder::default()
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.mounts.iter().map(|mounted| mounted.name.as_str()).collect();
        f.debug_struct("Host").field("connectors", &names).field("tls", &self.0.certificate.is_some()).finish()
    }
}
