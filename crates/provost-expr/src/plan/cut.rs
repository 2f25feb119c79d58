use crate::functions::text::character_range;
use crate::plan::Slice;

/// What leaves a part of a text.
#[derive(Clone, Debug)]
pub(crate) enum Cut {
    /// The first characters.
    Left(usize),
    /// So many characters behind so many others.
    Mid(usize, usize),
    /// Without white space at the ends.
    Trim,
    /// The word with this index; without an index there is none.
    Word(Option<usize>, Delimiters),
}

/// What stands between words.
#[derive(Clone, Debug)]
pub(crate) enum Delimiters {
    Any(Box<str>),
    /// One character of ASCII.
    One(u8),
}

const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);

impl Cut {
    /// Whether it makes the empty text of Null.
    pub(crate) fn fills_null(&self) -> bool {
        !matches!(self, Self::Trim)
    }

    #[inline(always)]
    pub(crate) fn of<'r>(&self, text: Slice<'r>) -> Slice<'r> {
        match self {
            Self::Word(Some(0), Delimiters::One(delimiter)) => text.first(find(text, *delimiter)),
            _ => self.of_other(text),
        }
    }

    #[inline(never)]
    fn of_other<'r>(&self, text: Slice<'r>) -> Slice<'r> {
        match self {
            Self::Word(Some(index), Delimiters::One(delimiter)) => word(text, *index, *delimiter),
            Self::Word(None, _) => Slice::EMPTY,
            Self::Word(Some(index), Delimiters::Any(delimiters)) => any_word(text, *index, delimiters),
            Self::Left(count) => left(text, *count),
            Self::Mid(skipped, count) => middle(text, *skipped, *count),
            Self::Trim => trim(text),
        }
    }
}

impl Delimiters {
    pub(crate) fn new(delimiters: &str) -> Self {
        match delimiters.as_bytes() {
            [single] => Self::One(*single),
            _ => Self::Any(delimiters.into()),
        }
    }
}

fn word(text: Slice<'_>, index: usize, delimiter: u8) -> Slice<'_> {
    let mut rest = text;
    for _ in 0..index {
        let end = find(rest, delimiter);
        if end >= rest.len() {
            return Slice::EMPTY;
        }
        rest = rest.part(end + 1, rest.len());
    }
    rest.first(find(rest, delimiter))
}

/// The index of a byte of ASCII, or one not below the length.
#[inline]
pub(crate) fn find(text: Slice<'_>, byte: u8) -> usize {
    let pattern = LOW.wrapping_mul(u64::from(byte));
    let (chunks, tail) = text.rest().as_bytes().as_chunks::<8>();
    let mut at = 0;
    for chunk in chunks {
        if at >= text.len() {
            return at;
        }
        // A byte of zero is what borrows first.
        let differs = u64::from_le_bytes(*chunk) ^ pattern;
        let found = differs.wrapping_sub(LOW) & !differs & HIGH;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    tail.iter().position(|held| *held == byte).map_or(text.len(), |offset| at + offset)
}

fn any_word<'r>(text: Slice<'r>, index: usize, delimiters: &str) -> Slice<'r> {
    let (whole, mut start) = (text.as_str(), 0);
    let delimiter = |start: usize| {
        let behind = whole.get(start..).unwrap_or_default();
        behind.char_indices().find(|(_, c)| delimiters.contains(*c)).map(|(at, c)| (start + at, c.len_utf8()))
    };
    for _ in 0..index {
        match delimiter(start) {
            Some((at, width)) => start = at + width,
            None => return Slice::EMPTY,
        }
    }
    text.part(start, delimiter(start).map_or(whole.len(), |(at, _)| at))
}

fn middle(text: Slice<'_>, skipped: usize, count: usize) -> Slice<'_> {
    let range = character_range(text.as_str(), skipped, count);
    text.part(range.start, range.end)
}

/// Whether all bytes are ASCII and none is a letter from `first` to `last`.
#[inline]
pub(crate) fn has_none_between(bytes: &[u8], first: u8, last: u8) -> bool {
    let (from, behind) = (LOW.wrapping_mul(u64::from(0x80 - first)), LOW.wrapping_mul(u64::from(0x7f - last)));
    let stays = |chunk: &[u8; 8]| {
        let chunk = u64::from_le_bytes(*chunk);
        let heptets = chunk & !HIGH;
        // The highest bit of a byte says whether it reaches a bound.
        let between = heptets.wrapping_add(from) ^ heptets.wrapping_add(behind);
        (between | chunk) & HIGH == 0
    };
    match bytes.last_chunk::<8>() {
        Some(end) => bytes.as_chunks::<8>().0.iter().all(stays) && stays(end),
        None => bytes.iter().all(|byte| byte.is_ascii() && !(first..=last).contains(byte)),
    }
}

fn left(text: Slice<'_>, count: usize) -> Slice<'_> {
    if text.len() <= count {
        return text;
    }
    match text.as_bytes().get(..count) {
        Some(bytes) if bytes.is_ascii() => text.part(0, count),
        _ => middle(text, 0, count),
    }
}

/// Without white space at the ends; what stands behind the text stays behind it.
#[inline]
pub(crate) fn trim(text: Slice<'_>) -> Slice<'_> {
    let visible = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if visible(bytes.first()) && visible(bytes.last()) {
        return text;
    }
    // A blank at the beginning is what stands between a comma and the next word.
    let text = if bytes.first() == Some(&b' ') { text.part(1, text.len()) } else { text };
    let bytes = text.as_bytes();
    if visible(bytes.first()) && visible(bytes.last()) {
        return text;
    }
    let behind = text.as_str().trim_start();
    let start = text.len() - behind.len();
    text.part(start, start + behind.trim_end().len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{find, has_none_between};
    use crate::plan::Slice;

    proptest! {
        #[test]
        fn words_of_eight_bytes_tell_what_bytes_tell(text in "[a-zA-Z@`{\\[é]{0,30}", behind in "[aA@é]{0,20}") {
            for (first, last) in [(b'A', b'Z'), (b'a', b'z')] {
                let expected = text.bytes().all(|byte| byte.is_ascii() && !(first..=last).contains(&byte));
                prop_assert_eq!(has_none_between(text.as_bytes(), first, last), expected);
            }
            let joined = format!("{text}{behind}");
            let found = find(Slice::new(&joined, text.len()), b'@');
            prop_assert_eq!(Some(found).filter(|at| *at < text.len()), text.find('@'));
        }
    }
}
