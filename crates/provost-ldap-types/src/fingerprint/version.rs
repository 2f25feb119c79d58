//! Versions out of vendor texts.

use super::label::ServerLabel;
use crate::RootDse;

/// Returns the version of the product, where the root DSE tells one.
pub(super) fn version(label: ServerLabel, root_dse: &RootDse) -> Option<String> {
    match label {
        ServerLabel::AdDs | ServerLabel::AdGc | ServerLabel::AdLds => windows(root_dse),
        ServerLabel::Oid => product_version(root_dse.first("orclDirectoryVersion")?),
        // The text carries the version of a library, RFC 3045 notwithstanding.
        ServerLabel::Lldap => None,
        // Whatever stands there was put there by an administrator.
        ServerLabel::OpenLdap | ServerLabel::GlAuth => None,
        ServerLabel::IbmTds => {
            let text = root_dse.vendor_version().or_else(|| root_dse.first("ibmDirectoryVersion"))?;
            Some(text.trim().to_owned()).filter(|text| !text.is_empty())
        }
        ServerLabel::PingDs => {
            let version = product_version(root_dse.vendor_version()?)?;
            Some(version.split('-').next().unwrap_or_default().to_owned())
        }
        _ => product_version(root_dse.vendor_version()?),
    }
}

/// Reads the release of Windows from the functional level of the controller.
fn windows(root_dse: &RootDse) -> Option<String> {
    let release = match root_dse.first("domainControllerFunctionality")?.trim() {
        "0" => "2000",
        "2" => "2003",
        "3" => "2008",
        "4" => "2008 R2",
        "5" => "2012",
        "6" => "2012 R2",
        "7" => "2016 or later",
        _ => return None,
    };
    Some(format!("Windows Server {release}"))
}

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
    use super::product_version;

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
