//! The subschemas of real servers: everything is read, and what follows from it is right.
#![cfg(test)]

use std::collections::BTreeSet;

use provost_ldap_types::RootDse;
use provost_ldap_types::fingerprint::{Confidence, ServerLabel, fingerprint};
use provost_ldap_types::ldif::read_entry;
use provost_ldap_types::matching::MatchingRule;
use provost_ldap_types::profile::{DeltaMechanism, ServerProfile};
use provost_ldap_types::schema::{SchemaDefinition, Subschema, Violation};

const OPENLDAP: &str = include_str!("data/captured/openldap-2.5.13-subschema.ldif");
const OPENLDAP_ROOT: &str = include_str!("data/captured/openldap-2.5.13-rootdse.ldif");
const DS_389: &str = include_str!("data/captured/389ds-2.3.1-subschema.ldif");
const DS_389_ROOT: &str = include_str!("data/captured/389ds-2.3.1-rootdse.ldif");

const RULES_OF_OPENLDAP_THAT_COMPARE_OCTETS: [&str; 4] =
    ["certificateExactMatch", "presentationAddressMatch", "privateKeyMatch", "protocolInformationMatch"];

fn lines(ldif: &str, attribute: &str) -> usize {
    ldif.lines().filter(|line| line.starts_with(&format!("{attribute}:"))).count()
}

fn read(ldif: &str) -> Subschema {
    let subschema = Subschema::from_ldif(ldif).unwrap();
    assert_eq!(subschema.unreadable(), []);
    let counts = subschema.counts();
    assert_eq!(counts.attribute_types, lines(ldif, "attributeTypes"));
    assert_eq!(counts.object_classes, lines(ldif, "objectClasses"));
    assert_eq!(counts.syntaxes, lines(ldif, "ldapSyntaxes"));
    assert_eq!(counts.matching_rules, lines(ldif, "matchingRules"));
    assert_eq!(counts.matching_rule_uses, lines(ldif, "matchingRuleUse"));
    subschema
}

fn read_back<D: SchemaDefinition + PartialEq + std::fmt::Debug>(definitions: &[D]) {
    for definition in definitions {
        assert_eq!(definition.to_string().parse::<D>().as_ref(), Ok(definition));
    }
}

#[test]
fn every_definition_is_read_and_reads_back() {
    for ldif in [OPENLDAP, DS_389] {
        let subschema = read(ldif);
        read_back(subschema.attribute_types());
        read_back(subschema.object_classes());
        read_back(subschema.syntaxes());
        read_back(subschema.matching_rules());
        read_back(subschema.matching_rule_uses());
    }
}

#[test]
fn openldap_prints_definitions_as_this_crate_does() {
    let subschema = read(OPENLDAP);
    let types: Vec<String> =
        subschema.attribute_types().iter().map(|found| format!("attributeTypes: {found}")).collect();
    let published: Vec<&str> = OPENLDAP.lines().filter(|line| line.starts_with("attributeTypes:")).collect();
    assert_eq!(types.len(), 376);
    let different = types.iter().zip(published).filter(|(own, published)| own != published).count();
    assert_eq!(different, 0);
}

#[test]
fn every_attribute_type_of_openldap_has_a_syntax_and_a_rule_that_is_known() {
    let subschema = read(OPENLDAP);
    let mut unknown = BTreeSet::new();
    for definition in subschema.attribute_types() {
        let found = subschema.attribute_type(&definition.name()).unwrap();
        assert!(found.syntax().is_some(), "{definition}");
        let rules = [found.declared_equality(), found.declared_ordering(), found.declared_substrings()];
        unknown.extend(rules.into_iter().flatten().filter(|rule| MatchingRule::find(rule).is_none()));
    }
    assert_eq!(Vec::from_iter(unknown), RULES_OF_OPENLDAP_THAT_COMPARE_OCTETS);
}

fn must(subschema: &Subschema, classes: &[&str]) -> Vec<String> {
    let requirements = subschema.requirements(classes);
    assert!(requirements.unknown_classes().is_empty());
    requirements.must().iter().map(|found| format!("{}/{}", found.attribute, found.class)).collect()
}

#[test]
fn a_posix_user_needs_the_same_attributes_on_both() {
    let classes = ["inetOrgPerson", "posixAccount", "shadowAccount"];
    let expected = [
        "objectClass/top",
        "sn/person",
        "cn/person",
        "uid/posixAccount",
        "uidNumber/posixAccount",
        "gidNumber/posixAccount",
        "homeDirectory/posixAccount",
    ];
    let mut openldap = must(&read(OPENLDAP), &classes);
    let mut ds_389 = must(&read(DS_389), &classes);
    let mut expected = expected.map(str::to_owned);
    openldap.sort();
    ds_389.sort();
    expected.sort();
    assert_eq!(openldap, expected);
    assert_eq!(ds_389, expected);
}

const USER: &str = "dn: cn=bsimon,dc=contoso,dc=lab
objectClass: inetOrgPerson
objectClass: posixAccount
objectClass: shadowAccount
cn: Britta Simon
cn: bsimon
sn: Simon
mail: BSimon@contoso.com
uid: bsimon
uidNumber: 10001
gidNumber: 10000
homeDirectory: /home/bsimon
userPassword: secret
createTimestamp: 20260101000000Z
";

#[test]
fn a_provisioned_user_is_valid_on_both() {
    let good = read_entry(USER.as_bytes()).unwrap();
    let bad =
        read_entry(USER.replace("10001", "many").replace("sn: ", "title: ").replace("mail:", "mailbox:").as_bytes());
    let bad = bad.unwrap();
    for ldif in [OPENLDAP, DS_389] {
        let subschema = read(ldif);
        assert_eq!(subschema.validate(&good), []);
        let codes: Vec<&str> = subschema.validate(&bad).iter().map(Violation::code).collect();
        assert_eq!(codes, ["missing-attribute", "unknown-attribute", "invalid-value"]);
    }
}

#[test]
fn both_servers_are_recognised_with_and_without_their_root_dse() {
    for (root, schema, label) in
        [(OPENLDAP_ROOT, OPENLDAP, ServerLabel::OpenLdap), (DS_389_ROOT, DS_389, ServerLabel::Ds389)]
    {
        let root_dse = RootDse::from_ldif(root).unwrap();
        let subschema = read(schema);
        let found = fingerprint(&root_dse, Some(389), Some(&subschema));
        assert_eq!((found.label, found.confidence), (label, Confidence::High), "{found:?}");
        let silent = RootDse::from_ldif("dn:\nsupportedLDAPVersion: 3\n").unwrap();
        let found = fingerprint(&silent, None, Some(&subschema));
        assert_eq!(found.label, label, "{found:?}");
    }
}

#[test]
fn both_servers_show_what_they_offer() {
    let offers = |root: &str| {
        let root_dse = RootDse::from_ldif(root).unwrap();
        let profile = ServerProfile::for_server(&fingerprint(&root_dse, None, None), &root_dse);
        assert!(profile.paging && profile.password_modify);
        profile.delta.iter().filter(|offer| offer.is_shown).map(|offer| offer.mechanism).collect::<Vec<_>>()
    };
    use DeltaMechanism::{AccessLog, ChangeLog, Listing, SyncRepl, Timestamp};
    assert_eq!(offers(OPENLDAP_ROOT), [AccessLog, SyncRepl, Timestamp, Listing]);
    assert_eq!(offers(DS_389_ROOT), [ChangeLog, Timestamp, Listing]);
}
