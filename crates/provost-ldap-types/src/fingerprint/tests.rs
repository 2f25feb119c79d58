use expect_test::{Expect, expect};

use super::condition::is_like;
use super::{Condition, Confidence, RULES, ServerLabel, fingerprint};
use crate::schema::Subschema;
use crate::{Attribute, Dn, Entry, RootDse};

fn root_dse(attributes: &[(&str, &str)]) -> RootDse {
    let mut entry = Entry::new(Dn::root());
    for (name, value) in attributes {
        entry.push(Attribute::of(name, [value]).unwrap());
    }
    RootDse::from_entry(entry)
}

fn check(attributes: &[(&str, &str)], port: Option<u16>, schema: &[(&str, &str)], expected: &Expect) {
    let subschema = Subschema::from_definitions(schema.iter().copied());
    let found = fingerprint(&root_dse(attributes), port, (!schema.is_empty()).then_some(&subschema));
    let mut shown = format!("{} {} {:?}\n", found.label, found.confidence.as_str(), found.version);
    for evidence in found.evidence {
        shown += &format!("{} {} {}: {}\n", evidence.rule, evidence.label, evidence.weight, evidence.text);
    }
    expected.assert_eq(&shown);
}

const CAPABILITY: (&str, &str) = ("supportedCapabilities", "1.2.840.113556.1.4.800");

#[test]
fn rules_2_to_4_tell_the_active_directories_apart() {
    check(
        &[CAPABILITY],
        None,
        &[],
        &expect![[r#"
        ad-ds medium None
        4 ad-ds 60: supportedCapabilities is "1.2.840.113556.1.4.800"
    "#]],
    );
    check(
        &[CAPABILITY],
        Some(3269),
        &[],
        &expect![[r#"
        ad-gc medium None
        3 ad-gc 60: supportedCapabilities is "1.2.840.113556.1.4.800" and the port is 3269
        4 ad-ds 60: supportedCapabilities is "1.2.840.113556.1.4.800"
    "#]],
    );
    check(
        &[CAPABILITY, ("vendorName", "Samba  Team (https://samba.org)")],
        Some(3268),
        &[],
        &expect![[r#"
        samba-ad high None
        2 samba-ad 90: supportedCapabilities is "1.2.840.113556.1.4.800" and vendorName is "Samba Team (https://samba.org)"
        3 ad-gc 60: supportedCapabilities is "1.2.840.113556.1.4.800" and the port is 3268
        4 ad-ds 60: supportedCapabilities is "1.2.840.113556.1.4.800"
        5 samba-ad 50: vendorName is "Samba Team (https://samba.org)"
    "#]],
    );
}

#[test]
fn vendor_strings_compare_without_case_blanks_and_full_stop() {
    check(
        &[("VENDORNAME", "novell,  inc")],
        None,
        &[],
        &expect![[r#"
        novell-edirectory medium None
        5 novell-edirectory 50: vendorName is "novell, inc"
    "#]],
    );
    assert!(is_like("LDAP Agent for NetIQ  eDirectory 9", "ldap agent for netiq edirectory*"));
    assert!(is_like("a-b-c", "a*c") && is_like("CN=x,CN={1}", "CN=*,CN={*}") && !is_like("ac", "a*cc"));
    assert!(!is_like("aXb", "a*bX") && is_like("anything", "*"));
}

#[test]
fn a_mark_that_refines_another_server_is_no_evidence() {
    check(
        &[CAPABILITY, ("vendorName", "Samba Team (https://www.samba.org)"), ("defaultNamingContext", "DC=lab")],
        None,
        &[],
        &expect![[r#"
            samba-ad high None
            2 samba-ad 90: supportedCapabilities is "1.2.840.113556.1.4.800" and vendorName is "Samba Team (https://www.samba.org)"
            4 ad-ds 60: supportedCapabilities is "1.2.840.113556.1.4.800"
            5 samba-ad 50: vendorName is "Samba Team (https://www.samba.org)"
        "#]],
    );
}

#[test]
fn servers_without_a_published_root_dse_go_by_their_vendor() {
    for (attribute, text, label) in [
        ("vendorVersion", "CA DXserver r12 (build 7654)", ServerLabel::CaDirectory),
        ("vendorName", "CA Directory", ServerLabel::CaDirectory),
        ("vendorName", "Broadcom Inc.", ServerLabel::CaDirectory),
        ("vendorName", "Isode Limited", ServerLabel::Isode),
        ("vendorVersion", "Isode M-Vault 19.0", ServerLabel::Isode),
    ] {
        let found = fingerprint(&root_dse(&[(attribute, text)]), None, None);
        assert_eq!(found.label, label, "{text}");
        assert!(found.confidence < Confidence::High, "{text}");
    }
}

#[test]
fn free_ipa_is_more_than_its_vendor_string() {
    check(
        &[("vendorName", "389 Project"), ("vendorVersion", "389-Directory/1.3.3.8 B2015"), ("ipaDomainLevel", "1")],
        None,
        &[],
        &expect![[r#"
            freeipa high Some("1.3.3.8")
            13 freeipa 90: ipaDomainLevel is there
            5 389ds 90: vendorVersion is "389-Directory/1.3.3.8 B2015"
            5 389ds 60: vendorName is "389 Project"
        "#]],
    );
}

#[test]
fn a_rule_that_is_refined_stays_evidence() {
    check(
        &[("netscapeMdSuffix", "cn=ldap://dc=a:389"), ("defaultNamingContext", "dc=lab")],
        None,
        &[],
        &expect![[r#"
        389ds low None
        14 389ds 15: defaultNamingContext is there
        14 389ds 30: netscapeMdSuffix is there
    "#]],
    );
    // What the refining rule of 389 DS speaks for is not what another mark speaks for.
    check(
        &[("dataVersion", "1"), ("nsBackendSuffix", "dc=lab"), ("entryUUID", "f290425c-8272-4e62-8a67-92b06f38dbf5")],
        None,
        &[],
        &expect![[r#"
            389ds low None
            14 389ds 15: nsBackendSuffix is there
            14 389ds 30: dataVersion is there
            15 apacheds 70: entryUUID is "f290425c-8272-4e62-8a67-92b06f38dbf5"
        "#]],
    );
}

#[test]
fn the_opends_family_is_refined_by_marks() {
    let family = ("objectClass", "ds-root-dse");
    check(
        &[family],
        None,
        &[],
        &expect![[r#"
        opendj low None
        8 opendj 20: objectClass is "ds-root-dse"
    "#]],
    );
    check(
        &[family, ("alive", "true")],
        None,
        &[],
        &expect![[r#"
        pingds medium None
        1.4 pingds 50: alive is there
        8 opendj 20: objectClass is "ds-root-dse"
    "#]],
    );
    check(
        &[family, ("orclGUID", "1")],
        None,
        &[],
        &expect![[r#"
        oud medium None
        1.4 oud 50: orclGUID is there
        8 opendj 20: objectClass is "ds-root-dse"
    "#]],
    );
    check(
        &[family, ("startupUUID", "1"), ("etag", "1")],
        None,
        &[],
        &expect![[r#"
        unboundid medium None
        1.4 unboundid 50: startupUUID is there
        8 opendj 20: objectClass is "ds-root-dse"
        1.4 opendj 40: etag is there
    "#]],
    );
}

#[test]
fn the_schema_decides_where_the_root_dse_is_silent() {
    let class = |text| [("objectClasses", text)];
    check(
        &[],
        None,
        &class("( 1.2 NAME 'olcGlobal' )"),
        &expect![[r#"
        openldap medium None
        1.5 openldap 60: object class olcGlobal
    "#]],
    );
    check(
        &[],
        None,
        &class("( 1.2 NAME 'goauthentik.io/ldap/user' )"),
        &expect![[r#"
        unknown medium None
        1.5 unknown 50: object class goauthentik.io/ldap/user
    "#]],
    );
    check(
        &[],
        None,
        &class("( 1.2 NAME 'person' X-NDS_NAMING 'cn' )"),
        &expect![[r#"
        novell-edirectory low None
        1.5 novell-edirectory 45: schema extension X-NDS_NAMING
    "#]],
    );
    check(
        &[("dataversion", "1")],
        None,
        &[("attributeTypes", "( nsRole-oid NAME 'nsRole' )"), ("attributeTypes", "( 1.3 NAME 'other' )")],
        &expect![[r#"
            odsee medium None
            1.5 odsee 50: attribute type nsRole (nsRole-oid) and no attribute type nsslapd-*
            14 389ds 30: dataVersion is there
        "#]],
    );
}

#[test]
fn nothing_known_is_unknown() {
    check(
        &[("supportedLDAPVersion", "3")],
        None,
        &[],
        &expect![[r#"
        unknown low None
        19 unknown 0: no rule fits what the root DSE shows
    "#]],
    );
}

#[test]
fn the_operator_overrules_and_the_evidence_stays() {
    let found = fingerprint(&root_dse(&[CAPABILITY]), None, None).overruled(ServerLabel::OpenLdap);
    assert_eq!((found.label, found.confidence), (ServerLabel::OpenLdap, Confidence::High));
    assert_eq!(found.evidence[0].text, "the operator says openldap; the rules say ad-ds");
    assert_eq!(found.evidence[1].rule, "4");
}

#[test]
fn labels_read_back() {
    for label in ServerLabel::ALL {
        assert_eq!(label.to_string().parse(), Ok(*label));
    }
    assert!("slapd".parse::<ServerLabel>().unwrap_err().to_string().starts_with("`slapd` is no kind of server"));
}

fn lacks(condition: Condition) -> bool {
    match condition {
        Condition::All(conditions) | Condition::Any(conditions) => conditions.iter().copied().all(lacks),
        condition => matches!(condition, Condition::Lacks(_)),
    }
}

#[test]
fn no_rule_lives_by_a_missing_attribute_alone() {
    for rule in RULES {
        assert!(!lacks(rule.condition), "{rule:?}");
        assert!((1..=100).contains(&rule.weight), "{rule:?}");
        let refined = |number: &&str| RULES.iter().any(|other| other.decides() && other.number == *number);
        assert!(rule.refines.iter().all(refined), "{rule:?}");
    }
}
