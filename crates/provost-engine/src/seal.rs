use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use provost_connector::Entropy;
use provost_model::Secret;
use provost_store::{InstanceName, LedgerId, SealedSecret};

use crate::RunError;

/// What a sealed secret begins with: the version of its form.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Seals passwords with a key that the store does not have.
///
/// A sealed secret is a version, a random nonce of 24 octets, and the ciphertext of XChaCha20-Poly1305. Instance and row
/// are authenticated with it, so that it cannot be moved to another row.
pub(crate) struct Sealer {
    cipher: XChaCha20Poly1305,
    instance: InstanceName,
}

impl Sealer {
    pub(crate) fn new(key: &Secret, instance: &InstanceName) -> Result<Self, RunError> {
        let cipher = XChaCha20Poly1305::new_from_slice(key.expose())
            .map_err(|_| RunError::Option { option: "seal_key", reason: "expected 32 octets" })?;
        Ok(Self { cipher, instance: instance.clone() })
    }

    pub(crate) fn seal(&self, entropy: &dyn Entropy, row: LedgerId, secret: &Secret) -> Result<SealedSecret, RunError> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce).map_err(|error| RunError::Seal { action: "sealed", reason: error.to_string() })?;
        let aad = self.context(row);
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: secret.expose(), aad: &aad })
            .map_err(|_| RunError::Seal { action: "sealed", reason: "it is too long".to_owned() })?;
        let mut octets = Vec::with_capacity(1 + NONCE + sealed.len());
        octets.push(VERSION);
        octets.extend(nonce);
        octets.extend(sealed);
        Ok(SealedSecret(octets))
    }

    pub(crate) fn open(&self, row: LedgerId, sealed: &SealedSecret) -> Result<Secret, RunError> {
        let refused = |reason: &str| RunError::Seal { action: "opened", reason: reason.to_owned() };
        let Some((&VERSION, rest)) = sealed.0.split_first() else {
            return Err(refused("its form is not known"));
        };
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>().ok_or_else(|| refused("it is too short"))?;
        let aad = self.context(row);
        self.cipher
            .decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad: &aad })
            .map(Secret::new)
            .map_err(|_| refused("it was sealed with another key or for another row"))
    }

    fn context(&self, row: LedgerId) -> Vec<u8> {
        format!("provost/password/{}/{row}", self.instance).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use provost_connector::{Entropy, EntropyError};
    use provost_model::Secret;
    use provost_store::{EntryId, InstanceName, LedgerId};

    use super::Sealer;

    #[derive(Debug)]
    struct Fixed(Option<u8>);

    impl Entropy for Fixed {
        fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
            octets.fill(self.0.ok_or_else(EntropyError::new)?);
            Ok(())
        }
    }

    fn sealer(key: u8) -> Sealer {
        Sealer::new(&Secret::new(vec![key; 32]), &InstanceName::new("people")).unwrap()
    }

    fn row(sequence: u64) -> LedgerId {
        LedgerId { entry: EntryId::from_u128(1), sequence }
    }

    #[test]
    fn a_sealed_secret_opens_with_its_key_and_its_row_only() {
        let sealed = sealer(1).seal(&Fixed(Some(9)), row(1), &Secret::from("Zq8!pass")).unwrap();
        assert!(!sealed.0.windows(8).any(|octets| octets == b"Zq8!pass"));
        assert_eq!(sealer(1).open(row(1), &sealed).unwrap().expose(), b"Zq8!pass");
        assert_eq!(
            sealer(2).open(row(1), &sealed).unwrap_err().to_string(),
            "a secret cannot be opened: it was sealed with another key or for another row"
        );
        assert!(sealer(1).open(row(2), &sealed).is_err());
        for cut in 0..sealed.0.len() {
            let shorter = provost_store::SealedSecret(sealed.0[..cut].to_vec());
            assert!(sealer(1).open(row(1), &shorter).is_err());
        }
    }

    #[test]
    fn no_randomness_no_seal() {
        let error = sealer(1).seal(&Fixed(None), row(1), &Secret::from("x")).unwrap_err();
        assert_eq!(error.to_string(), "a secret cannot be sealed: the source of randomness gave nothing");
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        let error = Sealer::new(&Secret::from("short"), &InstanceName::new("people")).err().unwrap();
        assert_eq!(error.to_string(), "option seal_key: expected 32 octets");
    }
}
