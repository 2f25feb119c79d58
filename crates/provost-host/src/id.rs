use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use provost_model::{Anchor, AnchorKind};

/// First octet of the identifier of a user.
const USER: u8 = b'u';

/// Makes the identifier of a user: base64url of a type octet, the length and name of the anchor's kind, and its octets.
///
/// It follows from the anchor alone, so that restarts and changes of the configuration leave it as it is, and no character
/// of it needs escaping in a URL. None for a kind whose name is longer than 255 octets.
pub(crate) fn encode(anchor: &Anchor) -> Option<String> {
    let kind = anchor.kind().as_str().to_ascii_lowercase();
    let mut octets = vec![USER, u8::try_from(kind.len()).ok()?];
    octets.extend_from_slice(kind.as_bytes());
    octets.extend_from_slice(anchor.octets());
    Some(URL_SAFE_NO_PAD.encode(octets))
}

/// Reads an identifier; none for what [`encode`] does not make.
pub(crate) fn decode(id: &str) -> Option<Anchor> {
    let octets = URL_SAFE_NO_PAD.decode(id).ok()?;
    let [USER, length, rest @ ..] = octets.as_slice() else { return None };
    let (kind, octets) = rest.split_at_checked(usize::from(*length))?;
    let kind = std::str::from_utf8(kind).ok()?;
    let sound = !kind.is_empty() && !octets.is_empty() && !kind.bytes().any(|octet| octet.is_ascii_uppercase());
    sound.then(|| Anchor::new(AnchorKind::new(kind), octets))
}

#[cfg(test)]
mod tests {
    use provost_model::{Anchor, AnchorKind};

    use super::{decode, encode};

    #[test]
    fn an_identifier_is_safe_in_a_url_and_reads_back() {
        let anchor = Anchor::new(AnchorKind::new("entryUUID"), (0..=255).collect::<Vec<u8>>());
        let id = encode(&anchor).unwrap();
        assert!(id.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_')));
        assert_eq!(decode(&id), Some(anchor));
    }

    #[test]
    fn the_spelling_of_the_kind_does_not_matter() {
        let id = |kind| encode(&Anchor::new(AnchorKind::new(kind), *b"x"));
        assert_eq!(id("entryUUID"), id("ENTRYUUID"));
        assert_ne!(id("entryUUID"), id("dn"));
    }

    #[test]
    fn what_is_no_identifier() {
        for id in ["", "u", "dQ", "dQE", "dQF4", "dQF4YQ=", "dQF4YR", "1b4ad3a2-0c5e-4f0e-9d3c-5a1c6d1f2b3a", "ä"] {
            assert_eq!(decode(id), None, "{id}");
        }
    }
}
