/// Attribute types that occur in names: the canonical spelling, other names and the object identifier (RFC 4519,
/// RFC 4524, RFC 2985 and RFC 2798).
const TYPES: &[(&str, &[&str])] = &[
    ("c", &["2.5.4.6", "countryname"]),
    ("cn", &["2.5.4.3", "commonname"]),
    ("dc", &["0.9.2342.19200300.100.1.25", "domaincomponent"]),
    ("description", &["2.5.4.13"]),
    ("displayname", &["2.16.840.1.113730.3.1.241"]),
    ("dnqualifier", &["2.5.4.46"]),
    ("emailaddress", &["1.2.840.113549.1.9.1", "email", "pkcs9email"]),
    ("employeenumber", &["2.16.840.1.113730.3.1.3"]),
    ("generationqualifier", &["2.5.4.44"]),
    ("givenname", &["2.5.4.42", "gn"]),
    ("host", &["0.9.2342.19200300.100.1.9"]),
    ("initials", &["2.5.4.43"]),
    ("l", &["2.5.4.7", "localityname"]),
    ("mail", &["0.9.2342.19200300.100.1.3", "rfc822mailbox"]),
    ("member", &["2.5.4.31"]),
    ("name", &["2.5.4.41"]),
    ("o", &["2.5.4.10", "organizationname"]),
    ("organizationidentifier", &["2.5.4.97"]),
    ("ou", &["2.5.4.11", "organizationalunitname"]),
    ("postaladdress", &["2.5.4.16"]),
    ("postalcode", &["2.5.4.17"]),
    ("pseudonym", &["2.5.4.65"]),
    ("serialnumber", &["2.5.4.5"]),
    ("sn", &["2.5.4.4", "surname"]),
    ("st", &["2.5.4.8", "stateorprovincename"]),
    ("street", &["2.5.4.9"]),
    ("telephonenumber", &["2.5.4.20"]),
    ("title", &["2.5.4.12"]),
    ("uid", &["0.9.2342.19200300.100.1.1", "userid"]),
    ("uniquemember", &["2.5.4.50"]),
    ("x500uniqueidentifier", &["2.5.4.45"]),
];

/// Returns the canonical spelling if `name` is another name or the object identifier of a well-known type.
///
/// A name that already is the canonical one but for case gives `None`.
pub(super) fn canonical(name: &str) -> Option<&'static str> {
    // Keeps `cn`, `ou`, `dc` and `uid` away from the table: all shorter names but `gn` are canonical.
    if name.len() < 4 && !name.eq_ignore_ascii_case("gn") {
        return None;
    }
    let is_other = |(_, others): &&(_, &[&str])| others.iter().any(|other| other.eq_ignore_ascii_case(name));
    TYPES.iter().find(is_other).map(|(canonical, _)| *canonical)
}

#[cfg(test)]
mod tests {
    use super::{TYPES, canonical};

    #[test]
    fn every_other_name_is_canonical_nowhere() {
        for (name, others) in TYPES {
            assert_eq!(canonical(name), None);
            assert_eq!(*name, name.to_ascii_lowercase());
            for other in *others {
                assert_eq!(canonical(other), Some(*name), "{other}");
                assert_eq!(canonical(&other.to_ascii_uppercase()), Some(*name), "{other}");
            }
        }
    }
}
