//! Says which server published a root DSE, why, and what a connector has to know of it. No server is asked.
//!
//! ```sh
//! cargo run -p provost-examples --example fingerprint
//! ```
#![allow(clippy::print_stdout, reason = "an example prints what it shows")]

use std::error::Error;

use provost_ldap_types::RootDse;
use provost_ldap_types::fingerprint::fingerprint;
use provost_ldap_types::ldif::{Reader, Record};
use provost_ldap_types::profile::{AnchorMode, ServerProfile};

/// What `ldapsearch -x -s base -b "" "(objectClass=*)" "*" "+"` prints for a server.
const ROOT_DSE: &str = "\
dn:
objectClass: top
objectClass: OpenLDAProotDSE
structuralObjectClass: OpenLDAProotDSE
configContext: cn=config
namingContexts: dc=contoso,dc=lab
supportedControl: 1.2.840.113556.1.4.319
supportedControl: 1.3.6.1.1.13.2
supportedExtension: 1.3.6.1.4.1.4203.1.11.1
supportedFeatures: 1.3.6.1.1.14
supportedLDAPVersion: 3
subschemaSubentry: cn=Subschema
";

fn main() -> Result<(), Box<dyn Error>> {
    let Some(Record::Content(entry)) = Reader::new(ROOT_DSE.as_bytes()).next().transpose()? else {
        return Err("there is no entry".into());
    };
    let root_dse = RootDse::from_entry(entry);
    let found = fingerprint(&root_dse, Some(389), None);
    println!("{} with {} confidence", found.label, found.confidence.as_str());
    for evidence in &found.evidence {
        println!("  {} ({}): {}", evidence.rule, evidence.weight, evidence.text);
    }
    let profile = ServerProfile::for_server(&found, &root_dse);
    println!("anchor: {}", profile.anchor(AnchorMode::Stable).attribute);
    println!("paging: {}, {} entries a page", profile.paging, profile.page_size);
    println!("password: {:?}", profile.password);
    for quirk in profile.quirks {
        println!("beware, {}: {}", quirk.code, quirk.text);
    }
    Ok(())
}
