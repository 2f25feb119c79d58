//! Debian's ldap-utils against the embedded directory, and the embedded directory against slapd.
#![cfg(test)]
#![cfg(feature = "live")]

#[path = "live/against_slapd.rs"]
mod against_slapd;
#[path = "live/ldap_utils.rs"]
mod ldap_utils;
mod support;
