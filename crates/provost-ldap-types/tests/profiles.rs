#![cfg(test)]
//! The profile of each kind of server says what vendors and captures say of it: anchors, deltas, limits, locks, renames.

use provost_ldap_types::fingerprint::{ServerLabel, fingerprint};
use provost_ldap_types::profile::{
    AnchorForm, AnchorMode, DisableValue, PasswordMechanism, RenameAbility, ServerProfile,
};
use provost_ldap_types::{Attribute, Dn, Entry, RootDse};

/// Returns the profile of a server whose root DSE shows these attributes and perhaps more.
fn profile(label: &str, attributes: &[(&str, &str)]) -> ServerProfile {
    let attributes = attributes.iter().map(|(name, value)| Attribute::of(name, [value]).unwrap()).collect();
    let root_dse = RootDse::from_entry(Entry::with_attributes(Dn::root(), attributes)).partial();
    let label: ServerLabel = label.parse().unwrap();
    ServerProfile::for_server(&fingerprint(&root_dse, None, None).overruled(label), &root_dse)
}

/// Checks that a table speaks of every label once.
fn covers_all<'a>(labels: impl IntoIterator<Item = &'a str>) {
    let mut listed: Vec<&str> = labels.into_iter().collect();
    let mut all: Vec<&str> = ServerLabel::ALL.iter().map(|label| label.as_str()).collect();
    listed.sort_unstable();
    all.sort_unstable();
    assert_eq!(listed, all);
}

#[test]
fn anchors_of_both_modes() {
    use AnchorForm::{MixedEndianUuid, Name, OctetUuid, Text, UuidText};
    let table: &[(&[&str], &str, AnchorForm, &str)] = &[
        (&["openldap", "apacheds", "opendj", "pingds", "opends", "oud", "unboundid"], "entryUUID", UuidText, "dn"),
        (&["lldap", "kanidm"], "entryUUID", UuidText, "dn"),
        (&["ad-ds", "samba-ad"], "objectGUID", MixedEndianUuid, "dn"),
        (&["adlds", "ad-gc"], "objectGUID", MixedEndianUuid, "objectGUID"),
        (&["389ds", "odsee", "freeipa"], "nsUniqueId", Text, "dn"),
        (&["netiq-edirectory", "novell-edirectory"], "GUID", OctetUuid, "GUID"),
        (&["ibm-tds"], "ibm-entryUuid", UuidText, "dn"),
        (&["oid"], "orclGUID", Text, "dn"),
        (&["isode", "radiantone", "glauth", "ca-directory", "dirx", "unknown"], "dn", Name, "dn"),
    ];
    covers_all(table.iter().flat_map(|(labels, ..)| labels.iter().copied()));
    for (labels, stable, form, compatible) in table {
        for label in *labels {
            let profile = profile(label, &[]);
            let anchor = profile.anchor(AnchorMode::Stable);
            assert_eq!((anchor.attribute, anchor.form), (*stable, *form), "{label}");
            assert_eq!(profile.anchor(AnchorMode::Compatible).attribute, *compatible, "{label}");
        }
    }
}

#[test]
fn attributes_that_disable_an_account() {
    use DisableValue::{Bit, OrAbsent, Values};
    type Disable = Option<(&'static str, DisableValue)>;
    let table: &[(&[&str], Disable)] = &[
        (&["ad-ds", "samba-ad"], Some(("userAccountControl", Bit(2)))),
        (&["adlds"], Some(("msDS-UserAccountDisabled", Values("TRUE", "FALSE")))),
        (&["389ds", "freeipa", "odsee", "radiantone"], Some(("nsAccountLock", OrAbsent("true")))),
        (
            &["opendj", "pingds", "opends", "oud", "unboundid"],
            Some(("ds-pwp-account-disabled", Values("true", "false"))),
        ),
        (&["openldap", "apacheds", "isode"], Some(("pwdAccountLockedTime", OrAbsent("000001010000Z")))),
        (&["ibm-tds"], Some(("ibm-pwdAccountLocked", Values("TRUE", "FALSE")))),
        (&["netiq-edirectory", "novell-edirectory"], Some(("loginDisabled", Values("TRUE", "FALSE")))),
        (&["oid"], Some(("orclIsEnabled", Values("DISABLED", "ENABLED")))),
        (&["ad-gc", "lldap", "kanidm", "glauth", "ca-directory", "dirx", "unknown"], None),
    ];
    covers_all(table.iter().flat_map(|(labels, _)| labels.iter().copied()));
    for (labels, disable) in table {
        for label in *labels {
            let profile = profile(label, &[]);
            assert_eq!(profile.disable.map(|found| (found.attribute, found.value)), *disable, "{label}");
            let needs_policy = matches!(*label, "openldap" | "apacheds" | "isode" | "ibm-tds");
            assert_eq!(profile.has_quirk("disable-needs-policy"), needs_policy, "{label}");
        }
    }
}

#[test]
fn deltas_in_their_order() {
    let table: &[(&[&str], &str)] = &[
        (&["openldap"], "accesslog syncrepl timestamp listing"),
        (&["ad-ds"], "dirsync usn"),
        (&["adlds"], "usn dirsync timestamp listing"),
        (&["ad-gc"], "usn"),
        (&["samba-ad"], "usn dirsync listing"),
        (&["389ds"], "changelog syncrepl entryusn timestamp listing"),
        (&["freeipa"], "entryusn listing"),
        (&["apacheds"], "syncrepl timestamp listing"),
        (&["ibm-tds", "isode"], "changelog timestamp listing"),
        (&["netiq-edirectory", "novell-edirectory", "unknown"], "timestamp listing"),
        (&["opendj", "pingds", "oud"], "changelog-cookie changelog timestamp listing"),
        (&["opends"], "changelog-cookie timestamp listing"),
        (&["odsee", "oid", "radiantone"], "changelog listing"),
        (&["unboundid"], "changelog-batch changelog listing"),
        (&["dirx", "ca-directory"], "listing timestamp"),
        (&["lldap", "kanidm", "glauth"], "listing"),
    ];
    covers_all(table.iter().flat_map(|(labels, _)| labels.iter().copied()));
    for (labels, delta) in table {
        for label in *labels {
            let found: Vec<String> =
                profile(label, &[]).delta.iter().map(|offer| offer.mechanism.to_string()).collect();
            assert_eq!(found.join(" "), *delta, "{label}");
        }
    }
}

#[test]
fn limits_out_of_the_box() {
    // Entries of a search, entries looked at, seconds, values of an attribute, entries a page.
    type Limits = (Option<u32>, Option<u32>, Option<u32>, Option<u32>, u32);
    let table: &[(&[&str], Limits)] = &[
        (&["openldap"], (Some(500), None, None, None, 500)),
        (&["ad-ds", "ad-gc", "adlds", "samba-ad"], (Some(1000), None, Some(120), Some(1500), 500)),
        (&["389ds", "freeipa"], (Some(2000), Some(5000), Some(3600), None, 500)),
        (&["odsee"], (Some(2000), Some(5000), None, None, 500)),
        (&["opendj", "pingds", "opends", "oud"], (Some(1000), Some(5000), Some(60), None, 500)),
        (&["unboundid"], (Some(1000), Some(5000), None, None, 500)),
        (&["apacheds"], (Some(1000), None, Some(15), None, 500)),
        (&["ibm-tds"], (Some(500), None, Some(900), None, 500)),
        (&["isode"], (None, None, None, None, 200)),
        (&["netiq-edirectory", "novell-edirectory", "oid", "radiantone", "dirx"], (None, None, None, None, 500)),
        (&["ca-directory", "lldap", "kanidm", "glauth", "unknown"], (None, None, None, None, 500)),
    ];
    covers_all(table.iter().flat_map(|(labels, _)| labels.iter().copied()));
    for (labels, limits) in table {
        for label in *labels {
            let found = profile(label, &[]);
            let found =
                (found.size_limit, found.look_through_limit, found.time_limit, found.value_limit, found.page_size);
            assert_eq!(found, *limits, "{label}");
        }
    }
}

#[test]
fn renames_passwords_and_what_cannot_be_written() {
    use PasswordMechanism::{Attribute, None, UnicodePwd};
    use RenameAbility::{MoveLeaf, MoveSubtree, Rename};
    let table: &[(&[&str], RenameAbility, PasswordMechanism, bool)] = &[
        (&["openldap", "apacheds", "389ds"], MoveSubtree, Attribute("userPassword"), false),
        (&["opendj", "pingds", "opends", "oud", "unboundid"], MoveSubtree, Attribute("userPassword"), false),
        (&["netiq-edirectory", "novell-edirectory"], MoveSubtree, Attribute("userPassword"), false),
        (&["ad-ds", "adlds", "samba-ad"], MoveSubtree, UnicodePwd, false),
        (&["ibm-tds", "isode", "ca-directory"], MoveLeaf, Attribute("userPassword"), false),
        (&["freeipa", "odsee", "oid", "radiantone", "dirx", "unknown"], Rename, Attribute("userPassword"), false),
        (&["lldap"], RenameAbility::None, None, false),
        (&["ad-gc", "kanidm", "glauth"], RenameAbility::None, None, true),
    ];
    covers_all(table.iter().flat_map(|(labels, ..)| labels.iter().copied()));
    for (labels, rename, password, is_read_only) in table {
        for label in *labels {
            let found = profile(label, &[]);
            assert_eq!((found.rename, found.password), (*rename, *password), "{label}");
            assert_eq!(found.read_only, *is_read_only, "{label}");
        }
    }
}

#[test]
fn abilities_are_those_that_the_root_dse_lists() {
    let bare = profile("openldap", &[]);
    assert!(!bare.paging && !bare.tree_delete && !bare.password_policy && !bare.password_modify);
    for (attribute, value, ability) in [
        ("supportedControl", "1.2.840.113556.1.4.319", (|found| found.paging) as fn(&ServerProfile) -> bool),
        ("supportedControl", "1.2.840.113556.1.4.805", |found| found.tree_delete),
        ("supportedControl", "1.3.6.1.4.1.42.2.27.8.5.1", |found| found.password_policy),
        ("supportedExtension", "1.3.6.1.4.1.4203.1.11.1", |found| found.password_modify),
    ] {
        assert!(ability(&profile("openldap", &[(attribute, value)])), "{value}");
    }
}
