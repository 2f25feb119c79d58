//! Values of userPassword: clear text, or a scheme in braces and base64 (RFC 2307 section 5.3).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

/// Tells whether a password is the one that is stored. A scheme that is not known matches nothing.
pub(super) fn verify(stored: &[u8], password: &[u8]) -> bool {
    let Some((scheme, rest)) = split(stored) else {
        return stored.ct_eq(password).into();
    };
    match scheme.to_ascii_uppercase().as_str() {
        "CLEARTEXT" => rest.ct_eq(password).into(),
        "SHA" | "SSHA" => verify_digest::<Sha1>(rest, password),
        "SHA256" | "SSHA256" => verify_digest::<Sha256>(rest, password),
        "SHA512" | "SSHA512" => verify_digest::<Sha512>(rest, password),
        _ => false,
    }
}

/// Salts and hashes a password as OpenLDAP does by default.
pub(super) fn hash(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let digest = Sha1::new().chain_update(password).chain_update(salt).finalize();
    format!("{{SSHA}}{}", STANDARD.encode([digest.as_slice(), salt].concat())).into_bytes()
}

fn split(stored: &[u8]) -> Option<(&str, &[u8])> {
    let rest = stored.strip_prefix(b"{")?;
    let end = rest.iter().position(|octet| *octet == b'}')?;
    let (scheme, rest) = rest.split_at_checked(end)?;
    let scheme = std::str::from_utf8(scheme).ok()?;
    let is_name = !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"-./_".contains(&b));
    is_name.then_some((scheme, rest.get(1..)?))
}

/// Octets behind the digest are the salt.
fn verify_digest<D: Digest>(encoded: &[u8], password: &[u8]) -> bool {
    let Ok(octets) = STANDARD.decode(encoded) else {
        return false;
    };
    let Some((digest, salt)) = octets.split_at_checked(<D as Digest>::output_size()) else {
        return false;
    };
    D::new().chain_update(password).chain_update(salt).finalize().as_slice().ct_eq(digest).into()
}

#[cfg(test)]
mod tests {
    use super::{hash, verify};

    #[test]
    fn clear_text_and_schemes() {
        assert!(verify(b"secret", b"secret"));
        assert!(!verify(b"secret", b"Secret"));
        assert!(verify(b"{CLEARTEXT}secret", b"secret"));
        // Digests of "secret" by an independent tool.
        assert!(verify(b"{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", b"secret"));
        assert!(verify(b"{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=", b"secret"));
        assert!(verify(b"{ssha}xxSS7mU9Y66sPPexHY6m/Dj1wv6ielnp", b"newpw"));
        assert!(!verify(b"{SSHA}xxSS7mU9Y66sPPexHY6m/Dj1wv6ielnp", b"secret"));
    }

    #[test]
    fn a_hash_verifies_and_shows_no_password() {
        let stored = hash(b"Zq8!pass", b"salt");
        assert!(verify(&stored, b"Zq8!pass"));
        assert!(!verify(&stored, b"{SSHA}"));
        assert!(!String::from_utf8(stored).unwrap().contains("Zq8"));
    }

    #[test]
    fn what_is_no_scheme_is_clear_text_and_an_unknown_scheme_matches_nothing() {
        assert!(verify(b"{a b}c", b"{a b}c"));
        assert!(verify(b"{}c", b"{}c"));
        assert!(!verify(b"{CRYPT}ab", b"{CRYPT}ab"));
        assert!(!verify(b"{SHA}!", b"!"));
        assert!(!verify(b"{SHA}", b""));
    }
}
