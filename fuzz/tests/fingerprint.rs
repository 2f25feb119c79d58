//! A root DSE and a subschema of any content give a label with evidence, and a profile of it.
#![cfg(test)]

use arbitrary::Arbitrary as _;
use provost_fuzz::{Form, form, seeds};
use provost_ldap_types::fingerprint::{self, ServerLabel};
use provost_ldap_types::ldif::read_entry;
use provost_ldap_types::profile::ServerProfile;
use provost_ldap_types::schema::Subschema;
use provost_ldap_types::{Entry, RootDse};

const TOKENS: &str = concat!(
    "vendorName: ¦389 Project\n¦Novell, Inc.\n¦vendorVersion: ¦OpenDJ 3.0\n¦objectClass: ¦ds-root-dse\n¦OpenLDAProotDSE\n¦",
    "supportedCapabilities: ¦1.2.840.113556.1.4.800\n¦orclGUID: x\n¦etag: 1\n¦namingContexts:\n¦namingContexts: dc=lab\n¦",
    "supportedControl: ¦1.3.6.1.4.1.36733.1\n¦attributeTypes: ( 1.2 NAME 'nsRole' )\n¦objectClasses: ( 1.3 NAME 'ds-cfg-a' )\n¦ö"
);

#[test]
fn fingerprint() {
    provost_fuzz::check!(seeds::directory::root_dses(), |octets: &[u8]| {
        let entry = match form(octets, TOKENS) {
            Form::Plain(octets) => read_entry(octets),
            Form::Tokens(text) => read_entry(format!("dn:\n{text}").as_bytes()),
            Form::Made(mut octets) => Ok(Entry::arbitrary(&mut octets).expect("it is made of any octets")),
        };
        let Ok(entry) = entry else { return };
        let subschema = Subschema::from_entry(&entry);
        let whole = RootDse::from_entry(entry.clone()).merged(&entry);
        let part = whole.clone().partial();
        for (root_dse, port) in [(&whole, None), (&whole, Some(3268)), (&part, None)] {
            let found = fingerprint::fingerprint(root_dse, port, Some(&subschema));
            assert!(!found.evidence.is_empty() && found.evidence[0].label == found.label, "{found:?}");
            assert_eq!(ServerProfile::for_server(&found, root_dse).label, found.profile_label());
            assert_eq!(found.overruled(ServerLabel::OpenLdap).label, ServerLabel::OpenLdap);
        }
    });
}
