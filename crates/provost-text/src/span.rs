use std::fmt;
use std::ops::Range;

/// A half-open range of byte offsets into a source text.
///
/// Both ends lie on character boundaries of the text that the span was made for. Offsets are `u32`: no parser of this
/// workspace accepts a text of 4 GiB.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize), serde(from = "Ends"))]
pub struct Span {
    start: u32,
    end: u32,
}

/// What a span is read from, which may have its ends in the wrong order.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Ends {
    start: u32,
    end: u32,
}

impl Span {
    /// Makes a span from `start` up to and without `end`; an `end` before `start` gives an empty span at `start`.
    ///
    /// Offsets beyond `u32::MAX` are lowered to it.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let end = u32::try_from(end).unwrap_or(u32::MAX).max(start);
        Self { start, end }
    }

    /// Makes an empty span at one offset, for things that are missing.
    #[must_use]
    pub fn point(at: usize) -> Self {
        Self::new(at, at)
    }

    /// Returns the offset of the first byte.
    #[must_use]
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// Returns the offset behind the last byte.
    #[must_use]
    pub fn end(self) -> usize {
        self.end as usize
    }

    /// Returns the number of bytes covered.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Tells whether the span covers no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Returns the smallest span that covers both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Returns the part of `source` that the span covers, or `None` when it does not fit into it.
    #[must_use]
    pub fn slice(self, source: &str) -> Option<&str> {
        source.get(Range::from(self))
    }
}

#[cfg(feature = "serde")]
impl From<Ends> for Span {
    fn from(Ends { start, end }: Ends) -> Self {
        Self { start, end: end.max(start) }
    }
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Self {
        span.start()..span.end()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::Span;

    #[test]
    fn an_end_before_the_start_is_an_empty_span() {
        assert_eq!(Span::new(5, 2), Span::point(5));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn ends_in_the_wrong_order_are_an_empty_span() {
        let read = |text: &str| serde_json::from_str::<Span>(text).unwrap();
        assert_eq!(read(r#"{"start":5,"end":2}"#), Span::point(5));
        assert_eq!(serde_json::to_string(&read(r#"{"start":2,"end":5}"#)).unwrap(), r#"{"start":2,"end":5}"#);
    }

    #[test]
    fn a_span_outside_the_text_has_no_slice() {
        assert_eq!(Span::new(1, 9).slice("abc"), None);
        assert_eq!(Span::new(1, 2).slice("äb"), None);
        assert_eq!(Span::new(0, 2).slice("äb"), Some("ä"));
    }
}
