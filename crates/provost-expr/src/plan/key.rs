use crate::plan::Slice;

/// Texts, of which the first that equals another one is looked for.
///
/// A multiplier is sought that gives each text a slot of its own; where none is found soon, the texts are searched in order.
#[derive(Clone, Debug)]
pub(crate) struct KeyTable {
    /// Each text once, with the number of the place where it stands first.
    keys: Vec<(Box<str>, usize)>,
    multiplier: u64,
    shift: u32,
    /// The index of the key in each slot, from one; empty where the keys are in order and are searched.
    slots: Vec<u16>,
}

const ATTEMPTS: u64 = 64;

impl KeyTable {
    pub(crate) fn new<'k>(keys: impl Iterator<Item = &'k str>) -> Self {
        let mut keys: Vec<(Box<str>, usize)> = keys.enumerate().map(|(place, key)| (key.into(), place)).collect();
        keys.sort_unstable();
        keys.dedup_by(|later, first| later.0 == first.0);
        let bits = (keys.len() * 4).next_power_of_two().trailing_zeros().max(1);
        let shift = u64::BITS - bits;
        let mut table = Self { keys, multiplier: 0, shift, slots: Vec::new() };
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
        (1..).zip(&self.keys).all(|(number, (key, _))| match slots.get_mut(self.slot(Slice::whole(key))) {
            Some(slot) if *slot == 0 => {
                *slot = number;
                true
            }
            _ => false,
        })
    }

    #[inline]
    fn slot(&self, text: Slice<'_>) -> usize {
        (fingerprint(text).wrapping_mul(self.multiplier) >> self.shift) as usize
    }

    /// The number of the first text that equals this one.
    #[inline]
    pub(crate) fn find(&self, text: Slice<'_>) -> Option<usize> {
        let at = if self.slots.is_empty() {
            self.keys.binary_search_by(|(key, _)| key.as_ref().cmp(text.as_str())).ok()?
        } else {
            usize::from(*self.slots.get(self.slot(text))?).checked_sub(1)?
        };
        let (key, place) = self.keys.get(at)?;
        (key.as_bytes() == text.as_bytes()).then_some(*place)
    }
}

/// The first and the last eight bytes and the length, in one number.
#[inline]
fn fingerprint(text: Slice<'_>) -> u64 {
    let bytes = text.as_bytes();
    let first = match text.rest().as_bytes().first_chunk::<8>() {
        // The bytes behind the text do not count.
        Some(chunk) if text.len() < 8 => u64::from_le_bytes(*chunk) & !(u64::MAX << (8 * text.len())),
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)),
    };
    let last = if text.len() > 8 { bytes.last_chunk::<8>().map_or(0, |chunk| u64::from_le_bytes(*chunk)) } else { 0 };
    first ^ last.rotate_left(23) ^ (text.len() as u64).rotate_left(52)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{KeyTable, fingerprint};
    use crate::plan::Slice;

    #[test]
    fn what_stands_behind_a_text_does_not_count() {
        for text in ["", "a", "sales", "marketing", "a department with a long name"] {
            let padded = format!("{text}-----------------");
            assert_eq!(fingerprint(Slice::new(&padded, text.len())), fingerprint(Slice::whole(text)), "{text}");
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
        fn the_first_equal_key_is_found(keys in prop::collection::vec("[abé]{0,12}", 0..200), other in "[abé]{0,12}") {
            let table = KeyTable::new(keys.iter().map(String::as_str));
            for text in keys.iter().chain([&other]) {
                let expected = keys.iter().position(|key| key == text);
                prop_assert_eq!(table.find(Slice::whole(text)), expected);
            }
        }
    }
}
