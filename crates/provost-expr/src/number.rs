use std::cmp::Ordering;

/// A decimal number of any length, as a view of its text. Comparing never rounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimal<'t> {
    negative: bool,
    /// Digits before the point, without leading zeros.
    whole: &'t str,
    /// Digits behind the point, without zeros at the end.
    fraction: &'t str,
}

impl<'t> Decimal<'t> {
    /// Reads `-`? digits (`.` digits)? and nothing else.
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (digits, ""),
        };
        if !is_digits(whole) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        Some(Self { negative: sign && !(whole.is_empty() && fraction.is_empty()), whole, fraction })
    }

    pub(crate) fn is_zero(self) -> bool {
        self.whole.is_empty() && self.fraction.is_empty()
    }

    /// Returns the whole part when it has 64 bits.
    pub(crate) fn truncated(self) -> Option<i64> {
        let magnitude: i128 = if self.whole.is_empty() { 0 } else { self.whole.parse().ok()? };
        i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
    }

    pub(crate) fn compare(self, other: Self) -> Ordering {
        let magnitude = |a: Self, b: Self| {
            a.whole
                .len()
                .cmp(&b.whole.len())
                .then_with(|| a.whole.cmp(b.whole))
                .then_with(|| a.fraction.cmp(b.fraction))
        };
        match (self.negative, other.negative) {
            (false, false) => magnitude(self, other),
            (true, true) => magnitude(other, self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::Decimal;

    #[test]
    fn only_plain_decimals_are_numbers() {
        for text in ["", "-", ".5", "5.", "+5", " 5", "5 ", "1e3", "1.2.3", "٣", "--1", "&HF"] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_fraction_is_cut_off_toward_zero() {
        for (text, whole) in [("1.9", 1), ("-1.9", -1), ("-0.5", 0), ("007", 7), ("-9223372036854775808", i64::MIN)] {
            assert_eq!(Decimal::parse(text).unwrap().truncated(), Some(whole), "{text}");
        }
        assert_eq!(Decimal::parse("9223372036854775808").unwrap().truncated(), None);
        assert_eq!(Decimal::parse(&"9".repeat(60)).unwrap().truncated(), None);
    }

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(Decimal::parse("-0.0").unwrap().compare(Decimal::parse("0").unwrap()), Ordering::Equal);
        assert!(Decimal::parse("-0.00").unwrap().is_zero());
    }

    proptest! {
        #[test]
        fn the_order_is_that_of_integers(a: i64, b: i64, x in 0u32..1000, y in 0u32..1000) {
            let (a, b) = (i128::from(a), i128::from(b));
            let scaled = |n: i128, f: u32| n * 1000 + if n < 0 { -i128::from(f) } else { i128::from(f) };
            let (left, right) = (format!("{a}.{x:03}"), format!("{b}.{y:03}"));
            let order = Decimal::parse(&left).unwrap().compare(Decimal::parse(&right).unwrap());
            prop_assert_eq!(order, scaled(a, x).cmp(&scaled(b, y)));
        }
    }
}
