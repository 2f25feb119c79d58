//! What a server is and how much of its schema is read.

use provost_ldap::{LdapOptions, discover};
use provost_ldap_types::Dn;
use provost_ldap_types::fingerprint::Confidence;
use provost_ldap_types::schema::SchemaDefinition;
use provost_model::Secret;

use super::Server;

/// The label is right and says why, every definition is read and reads back, and their numbers are those that
/// `ldapsearch` sees.
pub(crate) async fn discovery(server: &Server) {
    let options = LdapOptions::new(server.url.as_str())
        .with_simple_bind(server.bind_dn.as_str(), Secret::from(server.password.as_str()));
    let found = discover(&options).await.unwrap();
    assert_eq!(found.fingerprint.label.as_str(), server.label);
    assert_eq!(found.fingerprint.confidence, Confidence::High);
    let decisive = found.fingerprint.evidence.first().unwrap();
    assert_eq!(
        (decisive.rule.as_str(), decisive.label),
        (server.habits.decided_by, found.fingerprint.label),
        "{decisive:?}"
    );
    assert!(found.fingerprint.version.is_some() || server.label == "openldap", "only slapd tells no version");
    let contexts: Vec<Dn> = found.root_dse.naming_contexts().iter().filter_map(|name| name.parse().ok()).collect();
    assert!(contexts.contains(&server.suffix.parse().unwrap()), "{contexts:?}");
    let name = found.subschema_dn.unwrap();
    let schema = found.subschema.unwrap();
    assert_eq!(schema.unreadable().len(), 0, "{:?}", schema.unreadable());
    let counts = schema.counts();
    for (attribute, count) in [
        ("attributeTypes", counts.attribute_types),
        ("objectClasses", counts.object_classes),
        ("ldapSyntaxes", counts.syntaxes),
        ("matchingRules", counts.matching_rules),
        ("matchingRuleUse", counts.matching_rule_uses),
        ("dITContentRules", counts.content_rules),
        ("nameForms", counts.name_forms),
        ("dITStructureRules", counts.structure_rules),
        ("IBMAttributeTypes", counts.ibm_attribute_types),
    ] {
        println!("{} {attribute} {count}", server.label);
        assert_eq!(count, server.count_values(&name, attribute).await, "{attribute}");
        assert_eq!(count > 0, server.habits.publishes.contains(&attribute), "{attribute} {count}");
    }
    read_back(schema.attribute_types());
    read_back(schema.object_classes());
    read_back(schema.syntaxes());
    read_back(schema.matching_rules());
    read_back(schema.matching_rule_uses());
    read_back(schema.content_rules());
    read_back(schema.name_forms());
    read_back(schema.structure_rules());
}

/// Without an account the server is recognised just as well, or says that it shows nothing, and the label stays unknown.
pub(crate) async fn anonymous(server: &Server) {
    let found = discover(&LdapOptions::new(server.url.as_str())).await.unwrap();
    assert_eq!(found.refusal.is_none(), server.habits.shows_root_dse_to_all, "{:?}", found.refusal);
    let label = if found.refusal.is_none() { server.label } else { "unknown" };
    assert_eq!(found.fingerprint.label.as_str(), label);
}

/// What is printed of a definition reads back to an equal one.
fn read_back<D: SchemaDefinition + PartialEq + std::fmt::Debug>(definitions: &[D]) {
    for definition in definitions {
        assert_eq!(definition.to_string().parse::<D>().as_ref(), Ok(definition));
    }
}
