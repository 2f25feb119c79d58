//! What the server says of itself, as a vendor's server would.

use provost_ldap_wire::oid;

use crate::schema::{Description, Schema};
use crate::tree::AttributeSet;

/// The vendor whose server the directory resembles: root DSE, name of the subschema, result codes.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Persona {
    /// OpenLDAP's slapd.
    #[default]
    OpenLdap,
}

/// Name of the subschema subentry.
pub(crate) const SUBSCHEMA_NAME: &str = "cn=Subschema";

/// What the root DSE depends on.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) suffixes: Vec<&'a str>,
    pub(crate) start_tls: bool,
}

/// Features that slapd announces and this server has: modify-increment (RFC 4525), all operational attributes
/// (RFC 3673), attributes by object class (RFC 4529), absolutely true and false filters (RFC 4526), language tags
/// (RFC 3866 section 3).
const FEATURES: [&str; 5] = [
    "1.3.6.1.1.14",
    "1.3.6.1.4.1.4203.1.5.1",
    "1.3.6.1.4.1.4203.1.5.2",
    "1.3.6.1.4.1.4203.1.5.3",
    "1.3.6.1.4.1.4203.1.5.4",
];

/// Controls that requests may carry.
pub(crate) const CONTROLS: [&str; 5] =
    [oid::MANAGE_DSA_IT, oid::PAGED_RESULTS, oid::POST_READ, oid::PRE_READ, oid::ASSERTION];

impl Persona {
    /// Returns the attributes of the root DSE (RFC 4512 section 5.1).
    pub(crate) fn root_dse(self, facts: &Facts<'_>, schema: &Schema) -> AttributeSet {
        let mut attributes = AttributeSet::default();
        let mut put = |name: &str, values: &[&str]| {
            if let Some(type_id) = schema.find_type(name) {
                let values = values.iter().map(|value| value.as_bytes().to_vec()).collect();
                attributes.set(Description::plain(type_id), values);
            }
        };
        let mut extensions = vec![oid::PASSWORD_MODIFY, oid::WHO_AM_I];
        if facts.start_tls {
            extensions.insert(0, oid::START_TLS);
        }
        match self {
            Self::OpenLdap => {
                put("objectClass", &["top", "OpenLDAProotDSE"]);
                put("structuralObjectClass", &["OpenLDAProotDSE"]);
                put("namingContexts", &facts.suffixes);
                put("supportedControl", &CONTROLS);
                put("supportedExtension", &extensions);
                put("supportedFeatures", &FEATURES);
                put("supportedLDAPVersion", &["3"]);
            }
        }
        attributes
    }
}
