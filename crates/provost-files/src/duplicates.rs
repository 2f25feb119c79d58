use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};

use provost_model::Anchor;

/// Finds the anchors that a file holds more than once with different content.
///
/// Digests stand for anchors and lines, so that little is held for each record. They are keyed at random and 128 bits
/// long: no file can be made that takes two anchors for one.
#[derive(Debug)]
pub(crate) struct DuplicateFinder {
    keys: [RandomState; 2],
    seen: Vec<(u128, u128)>,
}

impl DuplicateFinder {
    /// Makes a finder that has seen nothing.
    pub(crate) fn new() -> Self {
        Self { keys: [RandomState::new(), RandomState::new()], seen: Vec::new() }
    }

    /// Takes note of a record.
    pub(crate) fn see(&mut self, anchor: &Anchor, line: &[u8]) {
        self.seen.push((digest(&self.keys, anchor.octets()), digest(&self.keys, line)));
    }

    /// Forgets what stands once and keeps what stands twice.
    pub(crate) fn finish(mut self) -> Duplicates {
        self.seen.sort_unstable();
        let pairs = self.seen.iter().zip(self.seen.iter().skip(1));
        let twice = pairs.filter(|(a, b)| a.0 == b.0 && a.1 != b.1).map(|(a, _)| a.0).collect();
        Duplicates { keys: self.keys, twice }
    }
}

/// The anchors that stand in a file more than once with different content.
#[derive(Debug)]
pub(crate) struct Duplicates {
    keys: [RandomState; 2],
    twice: BTreeSet<u128>,
}

impl Duplicates {
    /// Tells whether an anchor is one of them.
    pub(crate) fn contains(&self, anchor: &Anchor) -> bool {
        self.twice.contains(&digest(&self.keys, anchor.octets()))
    }
}

fn digest(keys: &[RandomState; 2], octets: &[u8]) -> u128 {
    let [first, second] = keys.each_ref().map(|key| u128::from(key.hash_one(octets)));
    first << 64 | second
}
