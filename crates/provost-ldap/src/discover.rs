//! Which server it is, what it can do, and its schema.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use provost_connector::{Cancellation, ConnectorError};
use provost_ldap_types::fingerprint::{Fingerprint, fingerprint};
use provost_ldap_types::profile::ServerProfile;
use provost_ldap_types::schema::Subschema;
use provost_ldap_types::{Attribute, Dn, Entry, Filter, RootDse};
use provost_ldap_wire::{Octets, ResultCode, Scope, SearchRequest, SearchResultEntry};

use crate::LdapOptions;
use crate::search::{collect, refused};
use crate::transport::{Connection, Dialer, bind, dial};

/// What a server tells about itself, and what follows from it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Discovery {
    /// The root DSE, as read before and after the bind and put together.
    pub root_dse: RootDse,
    /// What the server said when it did not show its root DSE to the account; the root DSE then tells nothing.
    pub refusal: Option<String>,
    /// Name of the subschema entry, when it could be read.
    pub subschema_dn: Option<String>,
    /// The schema, when the server shows it.
    pub subschema: Option<Arc<Subschema>>,
    /// Which server it is, and why.
    pub fingerprint: Fingerprint,
    /// How to treat a server of this kind.
    pub profile: ServerProfile,
}

impl Discovery {
    /// Returns the attribute that identifies an object for ever on this server.
    pub(crate) fn default_anchor(&self) -> &str {
        self.profile.stable_anchor.attribute
    }

    /// Returns how many entries a page to ask for where the configuration does not say.
    pub(crate) fn default_page_size(&self) -> u32 {
        self.profile.page_size
    }
}

/// Connects to a server, asks what it is and what its schema is, and disconnects. It writes nothing.
///
/// The root DSE is read before the bind and after it, since servers show more of it to some; a refusal before the bind
/// is no error.
///
/// # Errors
///
/// [`ConnectorError`]: the options, the connection, the certificate and the credentials are told apart.
pub async fn discover(options: &LdapOptions) -> Result<Discovery, ConnectorError> {
    let address = options.address()?;
    let dialer = Dialer {
        options: options.clone(),
        system: address.to_string(),
        address,
        cancellation: Cancellation::new(),
        writes: Arc::new(AtomicU64::new(0)),
    };
    let (connection, discovery) = connect_and_discover(&dialer).await?;
    connection.unbind().await?;
    Ok(discovery)
}

/// As [`discover`], and keeps the connection.
pub(crate) async fn connect_and_discover(dialer: &Dialer) -> Result<(Arc<Connection>, Discovery), ConnectorError> {
    let mut connection = dial(dialer).await?;
    let before = root_dse(&connection).await;
    if !connection.is_usable() {
        // Some servers hang up on whoever asks before the bind.
        connection = dial(dialer).await?;
    }
    bind(dialer, &connection).await?;
    let after = root_dse(&connection).await?;
    let root_dse = match before {
        Ok(Ok(Some(before))) => RootDse::from_entry(before),
        _ => RootDse::from_entry(Entry::new(Dn::root())),
    };
    let (after, refusal) = match after {
        Ok(after) => (after, None),
        Err(refusal) => (None, Some(refusal.to_string())),
    };
    let root_dse = after.iter().fold(root_dse, RootDse::merged);
    let schema = subschema(&connection, &root_dse).await?;
    let (subschema_dn, subschema) = schema.map_or((None, None), |(dn, schema)| (Some(dn), Some(Arc::new(schema))));
    let fingerprint = fingerprint(&root_dse, Some(dialer.address.port), subschema.as_deref());
    let profile = ServerProfile::for_server(&fingerprint, &root_dse);
    Ok((connection, Discovery { root_dse, refusal, subschema_dn, subschema, fingerprint, profile }))
}

/// Reads the root DSE; `None` when the server shows none to this account. The inner error is the refusal of the server.
async fn root_dse(connection: &Arc<Connection>) -> Result<Result<Option<Entry>, ConnectorError>, ConnectorError> {
    let named: Vec<&str> = ["*", "+"].into_iter().chain(ROOT_DSE_ATTRIBUTES.iter().copied()).collect();
    match base_entry(connection, "", "objectClass", &named).await? {
        Ok(entry) => Ok(Ok(entry)),
        // Some servers cap the number of names.
        Err(_) => base_entry(connection, "", "objectClass", &["*", "+"]).await,
    }
}

async fn subschema(
    connection: &Arc<Connection>,
    root_dse: &RootDse,
) -> Result<Option<(String, Subschema)>, ConnectorError> {
    let announced = root_dse.subschema_subentry().map(str::to_owned);
    let aggregate = root_dse.first("schemaNamingContext").map(|context| format!("CN=Aggregate,{context}"));
    let usual = ["cn=schema", "cn=Subschema"].map(str::to_owned);
    let candidates = match announced {
        Some(announced) => vec![announced],
        None => usual.into_iter().chain(aggregate).collect(),
    };
    for name in candidates {
        if let Ok(Some(entry)) = base_entry(connection, &name, "objectClass", SUBSCHEMA_ATTRIBUTES).await? {
            let schema = Subschema::from_entry(&entry);
            if !schema.attribute_types().is_empty() || !schema.object_classes().is_empty() {
                return Ok(Some((name, schema)));
            }
        }
    }
    Ok(None)
}

/// Reads one entry by a base search; the inner error is the refusal of the server.
async fn base_entry(
    connection: &Arc<Connection>,
    name: &str,
    present: &str,
    attributes: &[&str],
) -> Result<Result<Option<Entry>, ConnectorError>, ConnectorError> {
    let filter =
        Filter::present(present).map_err(|error| ConnectorError::protocol(connection.system(), error.to_string()))?;
    let wanted = attributes.iter().map(|name| Octets::from(*name)).collect();
    let found =
        collect(connection, SearchRequest::new(name, Scope::Base, filter, wanted), Vec::new(), usize::MAX).await?;
    if found.end.code != ResultCode::SUCCESS {
        return Ok(Err(refused(connection.system(), &found.end)));
    }
    let Some(reply) = found.entries.first() else { return Ok(Ok(None)) };
    Ok(Ok(Some(to_entry(&reply.entry(connection.system())?))))
}

/// Makes an entry of an answer; what has no readable description is left out, and so is a name that cannot be read, since
/// some servers answer for the root DSE under names of their own.
fn to_entry(found: &SearchResultEntry<'_>) -> Entry {
    let name = found.name.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(Dn::root);
    let attributes = found
        .attributes
        .iter()
        .filter_map(|attribute| {
            let description = attribute.description.as_str()?.parse().ok()?;
            Some(Attribute::new(description, attribute.values.iter().map(|value| value.to_vec()).collect()))
        })
        .collect();
    Entry::with_attributes(name, attributes)
}

/// Attributes that servers show only when they are named.
const ROOT_DSE_ATTRIBUTES: &[&str] = &[
    "objectClass",
    "structuralObjectClass",
    "vendorName",
    "vendorVersion",
    "fullVendorVersion",
    "namingContexts",
    "defaultNamingContext",
    "rootDomainNamingContext",
    "configurationNamingContext",
    "schemaNamingContext",
    "subschemaSubentry",
    "supportedControl",
    "supportedExtension",
    "supportedFeatures",
    "supportedCapabilities",
    "supportedLDAPVersion",
    "supportedSASLMechanisms",
    "altServer",
    "changelog",
    "firstChangeNumber",
    "lastChangeNumber",
    "lastPurgedChangeNumber",
    "lastExternalChangelogCookie",
    "lastusn",
    "dataversion",
    "netscapemdsuffix",
    "nsBackendSuffix",
    "highestCommittedUSN",
    "dsServiceName",
    "serverName",
    "dnsHostName",
    "ldapServiceName",
    "isGlobalCatalogReady",
    "domainFunctionality",
    "forestFunctionality",
    "domainControllerFunctionality",
    "configContext",
    "monitorContext",
    "auditContext",
    "dsaName",
    "directoryTreeName",
    "nspmDirectoryVersion",
    "supportedGroupingTypes",
    "ibmdirectoryversion",
    "ibm-configurationnamingcontext",
    "ibm-serverid",
    "ibm-ldapservicename",
    "ibm-supportedcapabilities",
    "ibm-enabledcapabilities",
    "orcldirectoryversion",
    "orclGUID",
    "startupUUID",
    "ds-private-naming-contexts",
    "ipaTopologyPluginVersion",
    "ipaDomainLevel",
    "serverType",
    "dsaVersion",
    "entryUUID",
];

const SUBSCHEMA_ATTRIBUTES: &[&str] = &[
    "objectClass",
    "attributeTypes",
    "objectClasses",
    "ldapSyntaxes",
    "matchingRules",
    "matchingRuleUse",
    "dITContentRules",
    "dITStructureRules",
    "nameForms",
    "IBMAttributeTypes",
    "+",
];
