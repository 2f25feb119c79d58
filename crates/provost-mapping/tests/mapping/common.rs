//! What the tests of this crate share.

use std::sync::atomic::{AtomicU64, Ordering};

use provost_connector::{Entropy, EntropyError};
use provost_mapping::{EvaluateContext, FlowDefinition, Mapping, MappingDefinition};
use provost_model::{AttributeSchema, Attributes, ObjectTypeSchema, Timestamp, Value, ValueKind};

/// The mapping set of the tutorial for LDAP directories.
pub(crate) const SEED: &str = r#"
name = "users"
object_type = "inetOrgPerson"

[[flow]]
target = "-dn-"
expression = 'Join("", "CN=", Word([userPrincipalName], 1, "@"), ",DC=Contoso,DC=lab")'
apply = "creation"

[[flow]]
target = "objectClass"
expression = 'Split("inetOrgPerson,posixAccount,shadowAccount",",")'
apply = "creation"

[[flow]]
target = "cn"
source = "displayName"

[[flow]]
target = "sn"
source = "surname"

[[flow]]
target = "mail"
source = "userPrincipalName"
matching = 1

[[flow]]
target = "uid"
expression = 'ToLower(Word([userPrincipalName], 1, "@"), )'

[[flow]]
target = "uidNumber"
source = "extension_9d98ed114c4840d298fad781915f27e4_uidNumber"

[[flow]]
target = "homeDirectory"
expression = 'Join("/", "/home", ToLower(Word([userPrincipalName], 1, "@"), ))'

[[flow]]
target = "gidNumber"
constant = "10000"

[[flow]]
target = "userPassword"
expression = 'Redact(RandomString(16, 2, 2, 2, 2, "\"\\"))'
apply = "creation"

[[flow]]
target = "active"
expression = 'Switch([IsSoftDeleted], "True", "True", "False")'
"#;

/// Different octets at each call, the same in each test.
#[derive(Debug, Default)]
pub(crate) struct Stirred(AtomicU64);

impl Entropy for Stirred {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        for octet in octets {
            let step = self.0.fetch_add(1, Ordering::Relaxed);
            *octet = (step.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
        }
        Ok(())
    }
}

pub(crate) fn context(entropy: &Stirred) -> EvaluateContext<'_> {
    EvaluateContext::new(Timestamp::UNIX_EPOCH, entropy)
}

pub(crate) fn seed() -> Mapping {
    Mapping::compile(&toml::from_str(SEED).unwrap()).unwrap()
}

pub(crate) fn mapping(flows: impl IntoIterator<Item = FlowDefinition>) -> Mapping {
    Mapping::compile(&MappingDefinition::new(flows.into_iter().collect())).unwrap()
}

pub(crate) fn bsimon() -> Attributes {
    let mut user = Attributes::new();
    user.set("displayName", [Value::from("B.Simon")]);
    user.set("surname", [Value::from("Simon")]);
    user.set("userPrincipalName", [Value::from("BSimon@contoso.com")]);
    user.set("extension_9d98ed114c4840d298fad781915f27e4_uidNumber", [Value::from("11000")]);
    user.set("IsSoftDeleted", [Value::from(false)]);
    user
}

/// The classes of the mapping set as one type, as a directory describes them.
pub(crate) fn person() -> ObjectTypeSchema {
    let attribute = |name: &str, kind, multi_valued, required| {
        let mut attribute = AttributeSchema::new(name, kind);
        attribute.multi_valued = multi_valued;
        attribute.required = required;
        attribute
    };
    ObjectTypeSchema::new(
        "inetOrgPerson",
        vec![
            attribute("objectClass", ValueKind::Text, true, true),
            attribute("cn", ValueKind::Text, true, true),
            attribute("sn", ValueKind::Text, true, true),
            attribute("uid", ValueKind::Text, true, true),
            attribute("uidNumber", ValueKind::Integer, false, true),
            attribute("gidNumber", ValueKind::Integer, false, true),
            attribute("homeDirectory", ValueKind::Text, false, true),
            attribute("mail", ValueKind::Text, true, false),
            attribute("manager", ValueKind::Reference, true, false),
            attribute("employeeNumber", ValueKind::Text, false, false),
            attribute("userPassword", ValueKind::Bytes, true, false),
        ],
    )
}
