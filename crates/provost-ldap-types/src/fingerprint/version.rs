//! Versions out of vendor texts.

use super::label::ServerLabel;
use crate::RootDse;
use crate::schema::Subschema;

/// Returns the version of the product, where the root DSE or the schema tells one.
///
/// Where no text gives it, what a release was the first to have makes it that one `or later`; what is missing says
/// nothing.
pub(super) fn version(label: ServerLabel, root_dse: &RootDse, subschema: Option<&Subschema>) -> Option<String> {
    match label {
        ServerLabel::AdDs | ServerLabel::AdGc | ServerLabel::AdLds => windows(root_dse),
        ServerLabel::Oid => product_version(root_dse.first("orclDirectoryVersion")?),
        // The text carries the version of a library, RFC 3045 notwithstanding.
        ServerLabel::Lldap => lldap(root_dse),
        // Whatever vendor stands there was put there by an administrator.
        ServerLabel::OpenLdap => openldap(root_dse, subschema),
        ServerLabel::GlAuth => None,
        // Early releases give this to all of them.
        ServerLabel::Kanidm if root_dse.holds("vendorVersion", "kanidm_ldap_1.0.0") => None,
        ServerLabel::IbmTds => {
            let text = root_dse.vendor_version().or_else(|| root_dse.first("ibmDirectoryVersion"))?;
            Some(text.trim().to_owned()).filter(|text| !text.is_empty())
        }
        ServerLabel::PingDs => {
            let version = product_version(root_dse.vendor_version()?)?;
            Some(version.split('-').next().unwrap_or_default().to_owned())
        }
        _ => product_version(root_dse.vendor_version().or_else(|| root_dse.first("fullVendorVersion"))?),
    }
}

/// Goes by attributes of the configuration that came with a release and by operations of the root DSE.
fn openldap(root_dse: &RootDse, subschema: Option<&Subschema>) -> Option<String> {
    let defines = |name| subschema.is_some_and(|subschema| subschema.attribute_type(name).is_some());
    let release = if defines("olcLogFileOnly") {
        "2.6"
    } else if defines("olcMultiProvider") || root_dse.supports_extension("1.3.6.1.1.21.1") {
        // Transactions, RFC 5805, were not built into releases before.
        "2.5"
    } else if root_dse.supports_control("1.3.6.1.1.22") {
        // Don't Use Copy, RFC 6171.
        "2.4"
    } else {
        return None;
    };
    Some(format!("{release} or later"))
}

fn lldap(root_dse: &RootDse) -> Option<String> {
    if root_dse.subschema_subentry().is_some() {
        return Some("0.6.3 or later".to_owned());
    }
    root_dse.has("namingContexts").then(|| "0.5 or later".to_owned())
}

/// Reads the release of Windows from the functional level of the controller, or from the capabilities that came with one.
fn windows(root_dse: &RootDse) -> Option<String> {
    let release = match root_dse.first("domainControllerFunctionality").map(str::trim) {
        Some("0") => "2000",
        Some("2") => "2003",
        Some("3") => "2008",
        Some("4") => "2008 R2",
        Some("5") => "2012",
        Some("6") => "2012 R2",
        Some("7") => "2016 or later",
        Some("10") => "2025 or later",
        Some(_) => return None,
        None => CAPABILITIES.iter().find(|(oid, _)| root_dse.has_capability(oid))?.1,
    };
    Some(format!("Windows Server {release}"))
}

/// Capabilities and the release that was the first to have them, the newest first, MS-ADTS section 3.1.1.3.4.3.
const CAPABILITIES: [(&str, &str); 4] = [
    ("1.2.840.113556.1.4.2237", "2012 or later"),
    ("1.2.840.113556.1.4.2080", "2008 R2 or later"),
    ("1.2.840.113556.1.4.1935", "2008 or later"),
    ("1.2.840.113556.1.4.1670", "2003 or later"),
];

/// Finds the version in texts such as `389-Directory/2.0.17 B2023.011.1200` or `LDAP Agent for NetIQ eDirectory 8.8 SP8 (20808.06)`.
fn product_version(text: &str) -> Option<String> {
    let text = text.rsplit_once('/').map_or(text, |(_, behind)| behind);
    let mut words = text.split([' ', '_']).enumerate().skip_while(|(_, word)| !starts_version(word));
    let (at, _) = words.next()?;
    let rest = text.splitn(at + 1, [' ', '_']).last()?;
    let mut words = rest.split(' ');
    let version = words.next()?.trim_start_matches(['v', 'V']);
    match words.next() {
        Some(pack) if pack.strip_prefix("SP").is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit())) => {
            Some(format!("{version} {pack}"))
        }
        _ => Some(version.to_owned()),
    }
}

fn starts_version(word: &str) -> bool {
    word.strip_prefix(['v', 'V']).unwrap_or(word).starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{product_version, version};
    use crate::fingerprint::ServerLabel::{self, AdDs, AdLds, Kanidm, Lldap, OpenDj, OpenLdap};
    use crate::schema::Subschema;
    use crate::{Attribute, Dn, Entry, RootDse};

    fn check(label: ServerLabel, attribute: (&str, &str), definition: &str, expected: Option<&str>) {
        let attribute = Attribute::of(attribute.0, [attribute.1]).unwrap();
        let root_dse = RootDse::from_entry(Entry::with_attributes(Dn::root(), vec![attribute]));
        let subschema = Subschema::from_definitions([("attributeTypes", definition)]);
        assert_eq!(version(label, &root_dse, Some(&subschema)).as_deref(), expected);
    }

    #[test]
    fn marks_that_came_with_a_release_hint_at_it() {
        let none = "( 1.1 NAME 'cn' )";
        check(OpenLdap, ("vendorVersion", "9.9"), none, None);
        check(OpenLdap, ("supportedControl", "1.3.6.1.1.22"), none, Some("2.4 or later"));
        check(OpenLdap, ("supportedExtension", "1.3.6.1.1.21.1"), none, Some("2.5 or later"));
        check(OpenLdap, ("cn", "x"), "( 1.1 NAME ( 'olcMultiProvider' 'olcMirrorMode' ) )", Some("2.5 or later"));
        check(OpenLdap, ("supportedControl", "1.3.6.1.1.22"), "( 1.1 NAME 'olcLogFileOnly' )", Some("2.6 or later"));
        check(Lldap, ("vendorVersion", "lldap_0.1.1"), none, None);
        check(Lldap, ("namingContexts", "dc=lab"), none, Some("0.5 or later"));
        check(Lldap, ("subschemaSubentry", "cn=Subschema"), none, Some("0.6.3 or later"));
        check(Kanidm, ("vendorVersion", "kanidm_ldap_1.0.0"), none, None);
        check(Kanidm, ("vendorVersion", "1.4.0"), none, Some("1.4.0"));
        check(OpenDj, ("fullVendorVersion", "5.0.2.abc"), none, Some("5.0.2.abc"));
        check(AdDs, ("domainControllerFunctionality", "10"), none, Some("Windows Server 2025 or later"));
        check(
            AdLds,
            ("supportedCapabilities", "1.2.840.113556.1.4.2080"),
            none,
            Some("Windows Server 2008 R2 or later"),
        );
    }

    #[test]
    fn versions_are_found_in_vendor_texts() {
        for (text, version) in [
            ("389-Directory/2.0.17 B2023.011.1200", Some("2.0.17")),
            ("Sun Java(TM) System Directory Server/5.2_Patch_6", Some("5.2_Patch_6")),
            ("Sun-Directory-Server/7.0_sec", Some("7.0_sec")),
            ("Oracle Unified Directory 12.2.1.4.0", Some("12.2.1.4.0")),
            ("2.0.0-M14", Some("2.0.0-M14")),
            ("LDAP Agent for NetIQ eDirectory 8.8 SP8 (20808.06)", Some("8.8 SP8")),
            ("LDAP Agent for NetIQ  eDirectory 9.1.4 (40105.09)", Some("9.1.4")),
            ("eDirectory v8.6.2 (10350.18)", Some("8.6.2")),
            ("DirX Directory V8.3 8.9.310", Some("8.3")),
            ("kanidm_ldap_1.0.0", Some("1.0.0")),
            ("no version", None),
            ("", None),
        ] {
            assert_eq!(product_version(text).as_deref(), version, "{text}");
        }
    }
}
