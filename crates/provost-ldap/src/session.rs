use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use async_trait::async_trait;
use provost_connector::{
    Capabilities, Confidence, ConnectorError, Env, Export, Fact, FullImport, Key, MatchQuery, ReadResult, Select,
    ServerIdentity, Session, SetPassword,
};
use provost_ldap_types::Filter;
use provost_ldap_types::fingerprint;
use provost_ldap_wire::{Control, LdapResult, Octets, Scope, SearchRequest, oid};
use provost_model::{AnchorKind, Attributes, ConnectorObject, ObjectName, ObjectSchema};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::Discovery;
use crate::discover::connect_and_discover;
use crate::schema;
use crate::search::{Found, collect, refused};
use crate::settings::Settings;
use crate::translate::Translator;
use crate::transport::{Connection, Dialer, bind, dial};

/// A session with an LDAP server.
///
/// It holds one connection, opens another when that one is lost, and uses one of its own for each full import.
#[derive(Debug)]
pub struct LdapSession {
    pub(crate) settings: Settings,
    pub(crate) dialer: Dialer,
    pub(crate) discovery: Discovery,
    pub(crate) translator: Arc<Translator>,
    link: Mutex<Link>,
}

#[derive(Debug, Default)]
struct Link {
    connection: Option<Arc<Connection>>,
    /// What the server said when it refused the credentials, and when.
    refusal: Option<(Instant, String)>,
    /// When the server last took too long to be connected to.
    timed_out: Option<Instant>,
}

/// How long credentials that were refused are not tried again: trying may lock the account, and somebody may have unlocked
/// it.
const REFUSED: Duration = Duration::from_secs(600);
/// How long a server that took too long is not tried again, so that requests which waited for it do not wait one by one.
const UNREACHABLE: Duration = Duration::from_secs(1);

impl LdapSession {
    pub(crate) async fn open(settings: Settings, env: Env, writes: Arc<AtomicU64>) -> Result<Self, ConnectorError> {
        let dialer = Dialer {
            options: settings.options.clone(),
            address: settings.address.clone(),
            system: settings.system(),
            cancellation: env.cancellation,
            writes,
        };
        let (connection, discovery) = connect_and_discover(&dialer).await?;
        let anchor = settings.anchor.clone().unwrap_or_else(|| discovery.default_anchor().to_owned());
        let object_type = schema::object_type(&settings, discovery.subschema.as_deref(), &anchor)?;
        let translator = Translator::new(object_type, discovery.subschema.clone(), AnchorKind::new(anchor));
        tracing::info!(
            connector = %settings.name,
            server = %discovery.fingerprint.label,
            anchor = translator.anchor_kind().as_str(),
            "connected"
        );
        let link = Mutex::new(Link { connection: Some(connection), ..Link::default() });
        Ok(Self { settings, dialer, discovery, translator: Arc::new(translator), link })
    }

    /// Returns what the server told about itself when the session was opened.
    #[must_use]
    pub fn discovery(&self) -> &Discovery {
        &self.discovery
    }

    pub(crate) fn system(&self) -> &str {
        &self.dialer.system
    }

    /// Returns the connection, or opens another in place of one that is lost.
    pub(crate) async fn connection(&self) -> Result<Arc<Connection>, ConnectorError> {
        let mut link = self.link.lock().await;
        if let Some(connection) = link.connection.as_ref().filter(|connection| connection.is_usable()) {
            return Ok(Arc::clone(connection));
        }
        link.connection = None;
        let connection = self.dial(&mut link).await?;
        link.connection = Some(Arc::clone(&connection));
        Ok(connection)
    }

    /// Opens a connection for one purpose alone.
    pub(crate) async fn own_connection(&self) -> Result<Arc<Connection>, ConnectorError> {
        self.dial(&mut *self.link.lock().await).await
    }

    async fn dial(&self, link: &mut Link) -> Result<Arc<Connection>, ConnectorError> {
        if let Some((_, reason)) = link.refusal.as_ref().filter(|(at, _)| at.elapsed() < REFUSED) {
            return Err(ConnectorError::credentials(self.system(), reason.clone()));
        }
        if link.timed_out.is_some_and(|at| at.elapsed() < UNREACHABLE) {
            return Err(ConnectorError::unavailable(self.system(), "it took too long to be reached a moment ago"));
        }
        (link.refusal, link.timed_out) = (None, None);
        let bound = async {
            let connection = dial(&self.dialer).await?;
            bind(&self.dialer, &connection).await?;
            Ok(connection)
        };
        let bound: Result<_, ConnectorError> = bound.await;
        match &bound {
            Err(ConnectorError::Credentials { reason, .. }) => link.refusal = Some((Instant::now(), reason.clone())),
            Err(ConnectorError::TimedOut { .. }) => link.timed_out = Some(Instant::now()),
            _ => {}
        }
        bound
    }

    /// Searches on the shared connection and reads all answers.
    pub(crate) async fn search(
        &self,
        base: &str,
        scope: Scope,
        filter: Filter,
        attributes: &[String],
        limit: u32,
    ) -> Result<Found, ConnectorError> {
        let connection = self.connection().await?;
        let wanted = attributes.iter().map(Octets::from).collect();
        let mut request = SearchRequest::new(base, scope, filter, wanted);
        request.size_limit = i32::try_from(limit).unwrap_or(0);
        collect(&connection, request, Vec::new(), usize::try_from(limit).unwrap_or(usize::MAX)).await
    }

    pub(crate) fn supports(&self, control: &str) -> bool {
        self.discovery.root_dse.supports_control(control)
    }

    /// Makes an error of a result that is not success.
    pub(crate) fn refused(&self, result: &LdapResult<'_>) -> ConnectorError {
        refused(self.system(), result)
    }

    /// Returns the control that asks for the entry after a write, where the server knows it.
    pub(crate) fn post_read(&self, attributes: &[String]) -> Vec<Control> {
        if !self.supports(oid::POST_READ) {
            return Vec::new();
        }
        let names: Vec<&str> = attributes.iter().map(String::as_str).collect();
        vec![provost_ldap_wire::ReadEntry::Post.request(&names)]
    }
}

#[async_trait]
impl Session for LdapSession {
    async fn check(&self) -> Result<(), ConnectorError> {
        // The shared connection proves only that the credentials were accepted when it was opened.
        let connection = self.own_connection().await?;
        let base = self.settings.base.to_string();
        let request = SearchRequest::new(&base, Scope::Base, any_entry(self.system())?, vec!["1.1".into()]);
        let found = collect(&connection, request, Vec::new(), 1).await?;
        connection.unbind().await?;
        match (found.end.code.is_success(), found.entries.is_empty()) {
            (false, _) => Err(self.refused(&found.end)),
            (true, true) => Err(ConnectorError::refused(
                self.system(),
                i64::from(provost_ldap_wire::ResultCode::INSUFFICIENT_ACCESS_RIGHTS.0),
                format!("{base} is not shown to this account"),
            )),
            (true, false) => Ok(()),
        }
    }

    async fn capabilities(&self) -> Result<Capabilities, ConnectorError> {
        let found = &self.discovery.fingerprint;
        let confidence = match found.confidence {
            fingerprint::Confidence::Low => Confidence::Low,
            fingerprint::Confidence::Medium => Confidence::Medium,
            fingerprint::Confidence::High => Confidence::High,
        };
        let server = ServerIdentity::new(found.label.as_str(), found.version.clone(), confidence);
        let mut capabilities = Capabilities::new(server, self.translator.anchor_kind().clone());
        let listed = |oid: &str| if self.supports(oid) { "yes" } else { "no" };
        let facts = [
            ("paging", oid::PAGED_RESULTS),
            ("post-read", oid::POST_READ),
            ("assertion", oid::ASSERTION),
            ("permissive-modify", oid::PERMISSIVE_MODIFY),
        ];
        capabilities.facts = facts.map(|(name, oid)| Fact::new(name, listed(oid), Confidence::High, "root DSE")).into();
        Ok(capabilities)
    }

    async fn schema(&self) -> Result<ObjectSchema, ConnectorError> {
        Ok(ObjectSchema::new(vec![self.translator.schema().clone()]))
    }

    async fn read(&self, key: &Key, select: &Select) -> Result<ReadResult, ConnectorError> {
        self.read_object(key, select).await
    }

    async fn find(&self, query: &MatchQuery, limit: u32) -> Result<Vec<ConnectorObject>, ConnectorError> {
        self.find_objects(query, limit).await
    }

    fn implied(&self, name: &ObjectName) -> Attributes {
        self.settings.place(name).map(|dn| self.translator.implied(&dn)).unwrap_or_default()
    }

    fn components(&self, name: &ObjectName) -> Result<u32, ConnectorError> {
        let dn = self.settings.new_place(name).map_err(|reason| ConnectorError::configuration("name", reason))?;
        Ok(u32::try_from(dn.len()).unwrap_or(u32::MAX))
    }

    fn full_import(&self) -> Option<&dyn FullImport> {
        Some(self)
    }

    fn export(&self) -> Option<&dyn Export> {
        Some(self)
    }

    fn set_password(&self) -> Option<&dyn SetPassword> {
        Some(self)
    }

    async fn close(self: Box<Self>) -> Result<(), ConnectorError> {
        match self.link.lock().await.connection.take() {
            Some(connection) => connection.unbind().await,
            None => Ok(()),
        }
    }
}

/// Matches every entry.
pub(crate) fn any_entry(system: &str) -> Result<Filter, ConnectorError> {
    Filter::present("objectClass").map_err(|error| ConnectorError::protocol(system, error.to_string()))
}
