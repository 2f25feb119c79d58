use std::fmt;

use provost_model::Secret;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// Shortest accepted token, in characters.
pub(crate) const MINIMUM: usize = 12;

/// The tokens of a connector, as digests. Two may be valid at once, for rotation.
#[derive(Clone)]
pub(crate) struct Tokens(Vec<[u8; 32]>);

impl Tokens {
    pub(crate) fn new(tokens: &[Secret]) -> Self {
        Self(tokens.iter().map(|token| digest(token.expose())).collect())
    }

    /// Tells whether an `Authorization` header carries one of them. The time does not depend on how much of it is right,
    /// nor on which one it is.
    pub(crate) fn accept(&self, header: Option<&[u8]>) -> bool {
        let Some(given) = header.and_then(bearer) else { return false };
        let given = digest(given);
        let found = self.0.iter().fold(Choice::from(0), |found, token| found | token.ct_eq(&given));
        found.into()
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({})", self.0.len())
    }
}

fn digest(octets: &[u8]) -> [u8; 32] {
    Sha256::digest(octets).into()
}

/// The credentials of `Bearer`, RFC 6750 section 2.1; the scheme is read without case (RFC 9110 section 11.1).
fn bearer(header: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = header.split_at_checked(7)?;
    let credentials = rest.trim_ascii();
    (scheme.eq_ignore_ascii_case(b"bearer ") && !credentials.is_empty()).then_some(credentials)
}

#[cfg(test)]
mod tests {
    use provost_model::Secret;

    use super::Tokens;

    #[test]
    fn each_of_two_tokens_is_accepted_and_nothing_else() {
        let tokens = Tokens::new(&[Secret::from("first-token-1"), Secret::from("second-token")]);
        let accept = |header: &str| tokens.accept(Some(header.as_bytes()));
        assert!(accept("Bearer first-token-1") && accept("bearer  second-token "));
        for header in ["", "Bearer", "Bearer ", "Bearer first-token-", "Bearer first-token-12", "Basic second-token"] {
            assert!(!accept(header), "{header}");
        }
        assert!(!tokens.accept(None));
    }

    #[test]
    fn the_debug_form_shows_no_digest() {
        assert_eq!(format!("{:?}", Tokens::new(&[Secret::from("first-token-1")])), "Tokens(1)");
    }
}
