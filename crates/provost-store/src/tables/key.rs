//! Keys and values. A key begins with the instance, its length first, so that no instance's name is the beginning of
//! another's. Numbers are written with the most significant octet first, so that keys are in their order.

use provost_model::Anchor;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{EntryId, InstanceName, LedgerId, LedgerState, LinkKey, RunRecord, StoreError};

/// What a value begins with: the version of its form.
const VALUE_VERSION: u8 = 1;

pub(super) fn instance(instance: &InstanceName) -> Vec<u8> {
    let mut key = Vec::with_capacity(64);
    text(&mut key, instance.as_str());
    key
}

pub(super) fn entry(of: &InstanceName, id: EntryId) -> Vec<u8> {
    let mut key = instance(of);
    key.extend(id.to_octets());
    key
}

pub(super) fn anchor(of: &InstanceName, anchor: &Anchor) -> Vec<u8> {
    let mut key = instance(of);
    text(&mut key, &anchor.kind().as_str().to_ascii_lowercase());
    key.extend(anchor.octets());
    key
}

pub(super) fn locator(of: &InstanceName, locator: &str) -> Vec<u8> {
    let mut key = instance(of);
    text(&mut key, locator);
    key
}

pub(super) fn row(of: &InstanceName, id: LedgerId) -> Vec<u8> {
    let mut key = entry(of, id.entry);
    key.extend(id.sequence.to_be_bytes());
    key
}

pub(super) fn state(of: &InstanceName, state: LedgerState) -> Vec<u8> {
    let mut key = instance(of);
    key.push(state.code());
    key
}

pub(super) fn row_in_state(of: &InstanceName, in_state: LedgerState, id: LedgerId) -> Vec<u8> {
    let mut key = state(of, in_state);
    key.extend(id.entry.to_octets());
    key.extend(id.sequence.to_be_bytes());
    key
}

pub(super) fn link(of: &InstanceName, link: &LinkKey) -> Vec<u8> {
    let mut key = instance(of);
    text(&mut key, &link.source);
    key.extend(link.object.as_bytes());
    key
}

pub(super) fn run(of: &InstanceName, run: &RunRecord) -> Vec<u8> {
    let mut key = instance(of);
    // Moves negative instants below positive ones.
    key.extend(run.started.unix_millis().wrapping_sub(i64::MIN).to_be_bytes());
    key.extend(run.id.as_str().as_bytes());
    key
}

pub(super) fn feed(of: &InstanceName, feed: &str) -> Vec<u8> {
    let mut key = instance(of);
    key.extend(feed.as_bytes());
    key
}

/// Reads the entry id at the end of an index key.
pub(super) fn entry_at_end(key: &[u8]) -> Result<EntryId, StoreError> {
    match key.last_chunk::<16>() {
        Some(octets) => Ok(EntryId::from_octets(*octets)),
        None => Err(StoreError::corrupt("an index key", "it is too short")),
    }
}

/// Reads the ledger id at the end of an index key.
pub(super) fn row_at_end(key: &[u8]) -> Result<LedgerId, StoreError> {
    let short = || StoreError::corrupt("an index key", "it is too short");
    let (rest, sequence) = key.split_last_chunk::<8>().ok_or_else(short)?;
    Ok(LedgerId { entry: entry_at_end(rest)?, sequence: u64::from_be_bytes(*sequence) })
}

pub(super) fn encode<T: Serialize>(what: &str, value: &T) -> Result<Vec<u8>, StoreError> {
    let mut octets = vec![VALUE_VERSION];
    serde_json::to_writer(&mut octets, value).map_err(|error| StoreError::corrupt(what, error))?;
    Ok(octets)
}

pub(super) fn decode<T: DeserializeOwned>(what: &str, octets: &[u8]) -> Result<T, StoreError> {
    match octets.split_first() {
        Some((&VALUE_VERSION, json)) => serde_json::from_slice(json).map_err(|error| StoreError::corrupt(what, error)),
        Some((version, _)) => Err(StoreError::corrupt(what, format!("its form has version {version}"))),
        None => Err(StoreError::corrupt(what, "it is empty")),
    }
}

pub(super) fn number(what: &str, octets: &[u8]) -> Result<u64, StoreError> {
    match <[u8; 8]>::try_from(octets) {
        Ok(octets) => Ok(u64::from_be_bytes(octets)),
        Err(error) => Err(StoreError::corrupt(what, error)),
    }
}

/// Writes a text with its length, so that what follows cannot be taken for a part of it.
fn text(key: &mut Vec<u8>, text: &str) {
    key.extend((text.len() as u64).to_be_bytes());
    key.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use provost_model::Timestamp;

    use super::{decode, encode, run, state};
    use crate::{InstanceName, LedgerState, RunId, RunRecord};

    #[test]
    fn no_instance_is_the_beginning_of_another() {
        let (short, long) = (InstanceName::new("a"), InstanceName::new("ab"));
        assert!(!state(&long, LedgerState::Ready).starts_with(&super::instance(&short)));
    }

    #[test]
    fn runs_are_ordered_by_time_before_and_after_the_epoch() {
        let people = InstanceName::new("people");
        let key = |millis| {
            let started = Timestamp::from_unix_millis(millis);
            run(&people, &RunRecord { id: RunId::new("r"), started, ended: None, report: String::new() })
        };
        assert!(key(-1) < key(0) && key(0) < key(1) && key(1) < key(1_800_000_000_000));
    }

    #[test]
    fn a_value_of_another_version_is_refused() {
        let mut octets = encode("a number", &7).unwrap();
        assert_eq!(decode::<u32>("a number", &octets).unwrap(), 7);
        octets[0] = 2;
        assert_eq!(
            decode::<u32>("a number", &octets).unwrap_err().to_string(),
            "the store holds a record that cannot be understood: a number"
        );
        assert!(decode::<u32>("a number", &[]).is_err());
    }
}
