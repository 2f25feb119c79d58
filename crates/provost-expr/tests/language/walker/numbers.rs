use std::cmp::Ordering;

use provost_expr::Operator;

use super::Plain;

/// A plain decimal number: its digits, from the highest to the lowest, and how many of them stand behind the point.
#[derive(Clone, Debug)]
pub(super) struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    behind: usize,
}

impl Decimal {
    pub(super) fn read(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let parts: Vec<&str> = unsigned.split('.').collect();
        let plain = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        if parts.len() > 2 || !parts.iter().all(plain) {
            return None;
        }
        let behind = parts.get(1).map_or(0, |part| part.len());
        let digits = parts.concat().bytes().map(|digit| digit - b'0').collect();
        Some(Self { negative: text.starts_with('-'), digits, behind })
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.iter().all(|digit| *digit == 0)
    }

    /// The number without its fraction, when it has 64 bits.
    pub(super) fn whole(&self) -> Option<i64> {
        let sign = if self.negative { -1 } else { 1 };
        self.digits[..self.digits.len() - self.behind]
            .iter()
            .try_fold(0i64, |number, digit| number.checked_mul(10)?.checked_add(sign * i64::from(*digit)))
    }

    /// Brings both to the same number of digits and compares these.
    fn order(&self, other: &Self) -> Ordering {
        let behind = self.behind.max(other.behind);
        let before = (self.digits.len() - self.behind).max(other.digits.len() - other.behind);
        let full = |number: &Self| {
            let mut digits = vec![0; before - (number.digits.len() - number.behind)];
            digits.extend(&number.digits);
            digits.resize(before + behind, 0);
            digits
        };
        match (self.negative && !self.is_zero(), other.negative && !other.is_zero()) {
            (false, false) => full(self).cmp(&full(other)),
            (true, true) => full(other).cmp(&full(self)),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

/// Two dates compare as instants, two numbers as numbers, all else by code points. Null equals the empty text and is neither
/// smaller nor greater than anything.
pub(super) fn compare(operator: Operator, left: Plain, right: Plain) -> bool {
    let null = left == Plain::Null || right == Plain::Null;
    let order = match (left, right) {
        (Plain::Date(left), Plain::Date(right)) => left.cmp(&right),
        (left, right) => {
            let (left, right) = (left.text().unwrap_or_default(), right.text().unwrap_or_default());
            match (Decimal::read(&left), Decimal::read(&right)) {
                (Some(left), Some(right)) => left.order(&right),
                _ => left.chars().cmp(right.chars()),
            }
        }
    };
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Greater => !null && order.is_gt(),
        Operator::GreaterOrEqual => !null && order.is_ge(),
        Operator::Less => !null && order.is_lt(),
        Operator::LessOrEqual => !null && order.is_le(),
        other => panic!("{other} compares nothing"),
    }
}
