use super::{AnchorMode, DeltaMechanism, DisableValue, PasswordMechanism, ServerProfile};
use crate::fingerprint::{ServerLabel, fingerprint};
use crate::{Attribute, Dn, Entry, RootDse};

fn root_dse(attributes: &[(&str, &str)]) -> RootDse {
    let mut entry = Entry::new(Dn::root());
    for (name, value) in attributes {
        entry.push(Attribute::of(name, [value]).unwrap());
    }
    RootDse::from_entry(entry)
}

fn profile(label: ServerLabel, attributes: &[(&str, &str)]) -> ServerProfile {
    let root_dse = root_dse(attributes);
    ServerProfile::for_server(&fingerprint(&root_dse, None, None).overruled(label), &root_dse)
}

fn delta(profile: &ServerProfile) -> Vec<String> {
    let mark = |shown: bool| if shown { "" } else { "?" };
    profile.delta.iter().map(|offer| format!("{}{}", offer.mechanism, mark(offer.is_shown))).collect()
}

#[test]
fn openldap_offers_syncrepl_only_where_the_control_is_listed() {
    let bare = profile(ServerLabel::OpenLdap, &[("namingContexts", "dc=lab")]);
    assert_eq!(delta(&bare), ["accesslog?", "timestamp", "listing"]);
    let full = profile(
        ServerLabel::OpenLdap,
        &[("namingContexts", "cn=accesslog"), ("supportedControl", "1.3.6.1.4.1.4203.1.9.1.1")],
    );
    assert_eq!(delta(&full), ["accesslog", "syncrepl", "timestamp", "listing"]);
    assert_eq!(full.anchor(AnchorMode::Stable).attribute, "entryUUID");
    assert_eq!(full.anchor(AnchorMode::Compatible).attribute, "dn");
    assert_eq!((full.page_size, full.size_limit, full.paging), (500, Some(500), false));
}

#[test]
fn the_389_family_shows_its_change_log_among_the_naming_contexts() {
    let off = profile(ServerLabel::Ds389, &[("namingContexts", "dc=lab")]);
    assert_eq!(delta(&off), ["entryusn?", "timestamp", "listing"]);
    let on = profile(ServerLabel::Ds389, &[("namingContexts", "cn=changelog"), ("lastusn;userroot", "7")]);
    assert_eq!(delta(&on), ["changelog", "entryusn", "timestamp", "listing"]);
    let unread = profile(ServerLabel::Ds389, &[("vendorName", "389 Project")]);
    assert_eq!(delta(&unread), ["changelog?", "entryusn?", "timestamp", "listing"]);
}

#[test]
fn half_a_root_dse_hides_nothing() {
    let root_dse = root_dse(&[("vendorName", "389 Project")]).partial();
    let found = ServerProfile::for_server(&fingerprint(&root_dse, None, None), &root_dse);
    assert_eq!(delta(&found), ["changelog?", "syncrepl?", "entryusn?", "timestamp", "listing"]);
}

#[test]
fn a_change_log_in_free_ipa_proves_nothing() {
    let found = profile(ServerLabel::FreeIpa, &[("changelog", "cn=changelog")]);
    assert!(found.delta.iter().all(|offer| offer.mechanism != DeltaMechanism::ChangeLog));
}

#[test]
fn active_directory_writes_unicode_passwords_and_a_bit() {
    let found = profile(ServerLabel::AdDs, &[("supportedControl", "1.2.840.113556.1.4.805")]);
    assert_eq!(found.password, PasswordMechanism::UnicodePwd);
    assert_eq!(found.disable.map(|disable| disable.value), Some(DisableValue::Bit(2)));
    assert!(found.tree_delete);
    assert_eq!(found.anchor(AnchorMode::Compatible).attribute, "dn");
    assert_eq!(profile(ServerLabel::AdLds, &[]).anchor(AnchorMode::Compatible).attribute, "objectGUID");
}

#[test]
fn an_unknown_server_keeps_to_the_standards() {
    let found = profile(ServerLabel::Unknown, &[("supportedControl", "1.2.840.113556.1.4.319")]);
    assert_eq!(delta(&found), ["timestamp", "listing"]);
    assert_eq!((found.paging, found.disable, found.anchor(AnchorMode::Stable).attribute), (true, None, "dn"));
}

#[test]
fn a_product_without_a_label_takes_the_profile_of_its_relative() {
    let root_dse = root_dse(&[("vendorVersion", "Netscape-Directory/6.11 B2002.281.0853")]);
    let fingerprint = fingerprint(&root_dse, None, None);
    assert_eq!(fingerprint.label, ServerLabel::Unknown);
    assert_eq!(ServerProfile::for_server(&fingerprint, &root_dse).label, ServerLabel::Ds389);
}

#[test]
fn quirk_codes_are_unique_in_every_profile() {
    for label in ServerLabel::ALL {
        let profile = profile(*label, &[]);
        let mut codes: Vec<&str> = profile.quirks.iter().map(|quirk| quirk.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), profile.quirks.len(), "{label}");
        assert!(codes.iter().all(|code| profile.has_quirk(code)));
    }
}
