/// Longest name that is compared with others; a longer one is no slip of the pen.
const LONGEST: usize = 64;

/// What somebody who wrote an unknown name may have meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum UnknownName<'n> {
    /// The same name in another case.
    Case(&'n str),
    /// A name that differs in a few letters.
    Similar(&'n str),
}

/// Returns the known name that comes closest, if any comes close.
pub(crate) fn closest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<UnknownName<'n>> {
    if name.len() > LONGEST {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        if candidate.eq_ignore_ascii_case(name) {
            return Some(UnknownName::Case(candidate));
        }
        let distance = distance(&name.to_ascii_lowercase(), &candidate.to_ascii_lowercase());
        if best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.filter(|(distance, candidate)| *distance <= (candidate.len() / 3).max(1))
        .map(|(_, candidate)| UnknownName::Similar(candidate))
}

/// The least number of letters to insert, delete, replace or swap with their neighbour.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    let mut previous = None;
    for (row, letter) in from.chars().enumerate() {
        let mut current = Vec::with_capacity(to.len() + 1);
        current.push(row + 1);
        for (column, other) in to.iter().enumerate() {
            let at = |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX / 2);
            let replace = at(&last, column) + usize::from(letter != *other);
            let mut best = replace.min(at(&last, column + 1) + 1).min(at(&current, column) + 1);
            let swapped = column.checked_sub(1).and_then(|before| to.get(before)) == Some(&letter);
            if swapped && previous == Some(*other) {
                best = best.min(at(&before_last, column - 1) + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
        previous = Some(letter);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{UnknownName, closest, distance};

    const KNOWN: [&str; 4] = ["Join", "IsNullOrEmpty", "ToLower", "ToUpper"];

    #[test]
    fn letters_are_inserted_deleted_replaced_and_swapped() {
        for (from, to, expected) in [
            ("", "", 0),
            ("join", "jion", 1),
            ("join", "jon", 1),
            ("jon", "join", 1),
            ("join", "joim", 1),
            ("ab", "", 2),
        ] {
            assert_eq!(distance(from, to), expected, "{from} {to}");
        }
    }

    #[test]
    fn another_case_wins_over_another_letter() {
        assert_eq!(closest("IsNullorEmpty", KNOWN.into_iter()), Some(UnknownName::Case("IsNullOrEmpty")));
        assert_eq!(closest("ToLowr", KNOWN.into_iter()), Some(UnknownName::Similar("ToLower")));
    }

    #[test]
    fn what_is_far_from_everything_has_no_suggestion() {
        assert_eq!(closest("NoSuchFunction", KNOWN.into_iter()), None);
        assert_eq!(closest(&"J".repeat(70), KNOWN.into_iter()), None);
    }
}
