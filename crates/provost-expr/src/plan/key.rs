use crate::plan::Slice;

/// Texts, of which the first that equals another one is looked for.
///
/// A multiplier is sought that gives each text a slot of its own; where none is found soon, the texts are searched in order.
#[derive(Clone, Debug)]
pub(crate) struct KeyTable {
    /// Each text once, in order.
    keys: Vec<Key>,
    multiplier: u64,
    shift: u32,
    /// The index of the key in each slot, from one; empty where the keys are searched.
    slots: Vec<u16>,
}

#[derive(Clone, Debug)]
struct Key {
    text: Box<str>,
    /// Where the text stands first.
    place: usize,
    fingerprint: Fingerprint,
}

/// The first and the last eight bytes and the length, which tell a short text from any other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Fingerprint {
    first: u64,
    /// Zero where the first bytes are all.
    last: u64,
    len: usize,
}

const ATTEMPTS: u64 = 64;

impl KeyTable {
    pub(crate) fn new<'k>(keys: impl Iterator<Item = &'k str>) -> Self {
        let key = |(place, text): (usize, &str)| Key {
            text: text.into(),
            place,
            fingerprint: Fingerprint::of(Slice::whole(text)),
        };
        let mut keys: Vec<Key> = keys.enumerate().map(key).collect();
        keys.sort_unstable_by(|a, b| (&a.text, a.place).cmp(&(&b.text, b.place)));
        keys.dedup_by(|later, first| later.text == first.text);
        let bits = (keys.len() * 16).next_power_of_two().trailing_zeros().max(1);
        let mut table = Self { keys, multiplier: 0, shift: u64::BITS - bits, slots: Vec::new() };
        let mut slots = vec![0; 1 << bits];
        for attempt in 1..=ATTEMPTS {
            table.multiplier = attempt.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            if table.keys.len() < usize::from(u16::MAX) && table.fill(&mut slots) {
                table.slots = slots;
                break;
            }
            slots.fill(0);
        }
        table
    }

    fn fill(&self, slots: &mut [u16]) -> bool {
        (1..).zip(&self.keys).all(|(number, key)| match slots.get_mut(self.slot(key.fingerprint)) {
            Some(slot) if *slot == 0 => {
                *slot = number;
                true
            }
            _ => false,
        })
    }

    #[inline]
    fn slot(&self, fingerprint: Fingerprint) -> usize {
        (fingerprint.mixed().wrapping_mul(self.multiplier) >> self.shift) as usize
    }

    /// The number of the first text that equals this one.
    #[inline]
    pub(crate) fn find(&self, text: Slice<'_>) -> Option<usize> {
        if self.slots.is_empty() {
            let at = self.keys.binary_search_by(|key| key.text.as_ref().cmp(text.as_str())).ok()?;
            return self.keys.get(at).map(|key| key.place);
        }
        let fingerprint = Fingerprint::of(text);
        let number = *self.slots.get(self.slot(fingerprint))?;
        let key = self.keys.get(usize::from(number).checked_sub(1)?)?;
        let equal = key.fingerprint == fingerprint && (text.len() <= 16 || key.text.as_bytes() == text.as_bytes());
        equal.then_some(key.place)
    }
}

impl Fingerprint {
    #[inline]
    fn of(text: Slice<'_>) -> Self {
        let (bytes, len) = (text.as_bytes(), text.len());
        let first = match text.rest().as_bytes().first_chunk::<8>() {
            // The bytes behind the text do not count.
            Some(chunk) if len < 8 => u64::from_le_bytes(*chunk) & !(u64::MAX << (8 * len)),
            Some(chunk) => u64::from_le_bytes(*chunk),
            None => bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)),
        };
        let last = if len > 8 { bytes.last_chunk::<8>().map_or(0, |chunk| u64::from_le_bytes(*chunk)) } else { 0 };
        Self { first, last, len }
    }

    #[inline]
    fn mixed(self) -> u64 {
        self.first ^ self.last.rotate_left(23) ^ (self.len as u64).rotate_left(52)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Fingerprint, KeyTable};
    use crate::plan::Slice;

    #[test]
    fn what_stands_behind_a_text_does_not_count() {
        for text in ["", "a", "sales", "marketing", "a department with a long name"] {
            let padded = format!("{text}-----------------");
            assert_eq!(Fingerprint::of(Slice::new(&padded, text.len())), Fingerprint::of(Slice::whole(text)), "{text}");
        }
    }

    #[test]
    fn ten_departments_have_a_slot_each() {
        let table = KeyTable::new(["it", "hr", "sales", "legal", "rnd", "ops", "fin", "mkt", "pr", "cs"].into_iter());
        assert!(!table.slots.is_empty());
        assert_eq!((table.find(Slice::whole("legal")), table.find(Slice::whole("law"))), (Some(3), None));
    }

    proptest! {
        #[test]
        fn the_first_equal_key_is_found(keys in prop::collection::vec("[abé]{0,20}", 0..200), other in "[abé]{0,20}") {
            let table = KeyTable::new(keys.iter().map(String::as_str));
            for text in keys.iter().chain([&other]) {
                let expected = keys.iter().position(|key| key == text);
                prop_assert_eq!(table.find(Slice::whole(text)), expected);
            }
        }
    }
}
