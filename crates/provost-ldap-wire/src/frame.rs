/// How large and how deep a message may be.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct FrameLimits {
    /// Largest accepted message in octets, its own header included.
    pub max_message: usize,
    /// Deepest accepted nesting; the message itself is level 1.
    pub max_depth: usize,
}

impl FrameLimits {
    /// Sets the largest accepted message in octets.
    #[must_use]
    pub const fn with_max_message(mut self, octets: usize) -> Self {
        self.max_message = octets;
        self
    }

    /// Sets the deepest accepted nesting.
    #[must_use]
    pub const fn with_max_depth(mut self, levels: usize) -> Self {
        self.max_depth = levels;
        self
    }
}

impl Default for FrameLimits {
    /// 16 MiB and 64 levels, for a client that reads entries with large values. A server should take less.
    fn default() -> Self {
        Self { max_message: 16 * 1024 * 1024, max_depth: 64 }
    }
}

/// Octets that cannot be, or cannot become, an acceptable message. The connection is of no further use.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{kind} at octet {offset}")]
pub struct FrameError {
    kind: FrameErrorKind,
    offset: usize,
}

/// What was wrong with a frame.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameErrorKind {
    /// More levels than the limit.
    #[error("elements nested deeper than the limit")]
    Depth,
    /// A length of the indefinite form, which RFC 4511 section 5.1 excludes.
    #[error("a length of the indefinite form")]
    Indefinite,
    /// A length that is written with more octets than any acceptable message needs.
    #[error("a length of too many octets")]
    LengthForm,
    /// The first octet does not start a message.
    #[error("something that is not an LDAP message")]
    NotAMessage,
    /// An inner element that reaches past the end of the one around it.
    #[error("an element that reaches past its enclosing element")]
    Overrun,
    /// A message larger than the limit.
    #[error("a message larger than the limit")]
    Size,
    /// A tag number above 30, which no LDAP message uses.
    #[error("a tag of several octets")]
    Tag,
}

impl FrameError {
    const fn new(kind: FrameErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// Returns what was wrong.
    #[must_use]
    pub const fn kind(&self) -> FrameErrorKind {
        self.kind
    }

    /// Returns where, in octets from the start of the message.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Returns the place as an empty span.
    #[must_use]
    pub fn span(&self) -> provost_text::Span {
        provost_text::Span::point(self.offset)
    }

    /// Returns the stable code of the kind.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.kind {
            FrameErrorKind::Depth => "frame-depth",
            FrameErrorKind::Indefinite => "frame-indefinite",
            FrameErrorKind::LengthForm => "frame-length-form",
            FrameErrorKind::NotAMessage => "frame-not-a-message",
            FrameErrorKind::Overrun => "frame-overrun",
            FrameErrorKind::Size => "frame-size",
            FrameErrorKind::Tag => "frame-tag",
        }
    }
}

/// Tells how long the first message in `octets` is, or `None` while it is not whole yet.
///
/// It must see the octets before any decoder does. The size limit is applied as soon as the length is known; when the
/// message is whole, every element in it was visited: lengths are definite and stay inside the enclosing element, and
/// nesting stays within the limit. The scan does not recurse, takes time linear in the message, and looks at no value.
///
/// ```
/// use provost_ldap_wire::{FrameLimits, frame};
///
/// let unbind = [0x30, 0x05, 0x02, 0x01, 0x03, 0x42, 0x00];
/// assert_eq!(frame(&unbind, &FrameLimits::default()), Ok(Some(7)));
/// assert_eq!(frame(&unbind[..4], &FrameLimits::default()), Ok(None));
/// assert_eq!(frame(&[0x30, 0x80], &FrameLimits::default()).unwrap_err().code(), "frame-indefinite");
/// ```
///
/// # Errors
///
/// [`FrameError`] for octets that no further octets can make a message within the limits.
pub fn frame(octets: &[u8], limits: &FrameLimits) -> Result<Option<usize>, FrameError> {
    match octets.first() {
        None => return Ok(None),
        Some(&SEQUENCE) => {}
        Some(_) => return Err(FrameError::new(FrameErrorKind::NotAMessage, 0)),
    }
    let Some(header) = header(octets, 0)? else { return Ok(None) };
    let end = header.content.saturating_add(header.length);
    if end > limits.max_message {
        return Err(FrameError::new(FrameErrorKind::Size, 0));
    }
    let Some(message) = octets.get(..end) else { return Ok(None) };
    scan(message, limits.max_depth)?;
    Ok(Some(end))
}

/// Checks one value that is itself BER, such as that of a control, as [`frame`] checks a message.
///
/// # Errors
///
/// [`FrameError`] when an element overruns, is of a form that LDAP does not use, or is nested deeper than `max_depth`.
pub fn check_nesting(octets: &[u8], max_depth: usize) -> Result<(), FrameError> {
    scan(octets, max_depth)
}

const SEQUENCE: u8 = 0x30;
const CONSTRUCTED: u8 = 0x20;
const HIGH_TAG: u8 = 0x1f;

struct Header {
    content: usize,
    length: usize,
}

/// Reads tag and length at `at`; `None` when they are cut off.
fn header(octets: &[u8], at: usize) -> Result<Option<Header>, FrameError> {
    let Some(&tag) = octets.get(at) else { return Ok(None) };
    if tag & HIGH_TAG == HIGH_TAG {
        return Err(FrameError::new(FrameErrorKind::Tag, at));
    }
    let Some(&first) = octets.get(at + 1) else { return Ok(None) };
    if first < 0x80 {
        return Ok(Some(Header { content: at + 2, length: usize::from(first) }));
    }
    let count = usize::from(first & 0x7f);
    if count == 0 {
        return Err(FrameError::new(FrameErrorKind::Indefinite, at + 1));
    }
    // Four octets reach 4 GiB, far above any limit; leading zeros beyond that have no use.
    if count > 4 {
        return Err(FrameError::new(FrameErrorKind::LengthForm, at + 1));
    }
    let content = at + 2 + count;
    let Some(digits) = octets.get(at + 2..content) else { return Ok(None) };
    let length = digits.iter().fold(0_u64, |length, digit| (length << 8) | u64::from(*digit));
    Ok(Some(Header { content, length: usize::try_from(length).unwrap_or(usize::MAX) }))
}

fn scan(octets: &[u8], max_depth: usize) -> Result<(), FrameError> {
    let mut ends: Vec<usize> = Vec::with_capacity(max_depth.min(64));
    let mut end = octets.len();
    let mut at = 0;
    loop {
        while at == end {
            match ends.pop() {
                Some(outer) => end = outer,
                None => return Ok(()),
            }
        }
        let Some(header) = header(octets.get(..end).unwrap_or_default(), at)? else {
            return Err(FrameError::new(FrameErrorKind::Overrun, at));
        };
        let inner = header.content.saturating_add(header.length);
        if inner > end {
            return Err(FrameError::new(FrameErrorKind::Overrun, at));
        }
        let is_constructed = octets.get(at).is_some_and(|tag| tag & CONSTRUCTED != 0);
        if !is_constructed {
            at = inner;
            continue;
        }
        if ends.len() >= max_depth {
            return Err(FrameError::new(FrameErrorKind::Depth, at));
        }
        ends.push(end);
        end = inner;
        at = header.content;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{FrameErrorKind, FrameLimits, check_nesting, frame};

    fn check(octets: &[u8], expected: Result<Option<usize>, FrameErrorKind>) {
        let limits = FrameLimits::default().with_max_message(1000).with_max_depth(8);
        assert_eq!(frame(octets, &limits).map_err(|error| error.kind()), expected, "{octets:02x?}");
    }

    #[test]
    fn whole_and_cut_messages() {
        check(&[], Ok(None));
        check(&[0x30], Ok(None));
        check(&[0x30, 0x82, 0x01], Ok(None));
        check(&[0x30, 0x05, 0x02, 0x01, 0x03, 0x42, 0x00, 0x30], Ok(Some(7)));
        check(&[0x30, 0x84, 0, 0, 0, 5, 0x02, 0x01, 0x03, 0x42, 0x00], Ok(Some(11)));
        check(&[0x30, 0x05, 0x02, 0x01, 0x03, 0x42], Ok(None));
    }

    #[test]
    fn hostile_octets() {
        check(&[0x30, 0x00], Ok(Some(2)));
        check(&[0x15, 0x03, 0x03], Err(FrameErrorKind::NotAMessage));
        check(&[0x30, 0x80], Err(FrameErrorKind::Indefinite));
        check(&[0x30, 0x04, 0x30, 0x80, 0, 0], Err(FrameErrorKind::Indefinite));
        check(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], Err(FrameErrorKind::Size));
        check(&[0x30, 0x82, 0x03, 0xe5], Err(FrameErrorKind::Size));
        check(&[0x30, 0x82, 0x03, 0xe4], Ok(None));
        check(&[0x30, 0x88, 0, 0, 0, 0, 0, 0, 0, 5], Err(FrameErrorKind::LengthForm));
        check(&[0x30, 0x02, 0x1f, 0x00], Err(FrameErrorKind::Tag));
        check(&[0x30, 0x03, 0x02, 0x02, 0x00], Err(FrameErrorKind::Overrun));
        check(&[0x30, 0x06, 0x30, 0x02, 0x04, 0x01, 0x04, 0x00], Err(FrameErrorKind::Overrun));
        check(&[0x30, 0x01, 0x02], Err(FrameErrorKind::Overrun));
    }

    #[test]
    fn nesting_is_capped_without_recursion() {
        let nested = |levels: usize| {
            let mut octets = Vec::new();
            for _ in 0..levels {
                let mut writer = crate::ber::Writer::new();
                writer.element(0x30, &octets);
                octets = writer.into_octets();
            }
            octets
        };
        check(&nested(8), Ok(Some(16)));
        check(&nested(9), Err(FrameErrorKind::Depth));
        let deep = nested(20_000);
        let limits = FrameLimits::default();
        assert_eq!(frame(&deep, &limits).unwrap_err().kind(), FrameErrorKind::Depth);
        assert_eq!(frame(&deep, &limits.with_max_depth(usize::MAX)), Ok(Some(deep.len())));
        assert_eq!(check_nesting(&deep, 4).unwrap_err().kind(), FrameErrorKind::Depth);
    }

    proptest! {
        #[test]
        fn arbitrary_octets_give_a_length_within_them_or_an_error(
            octets in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            if let Ok(Some(length)) = frame(&octets, &FrameLimits::default()) {
                prop_assert!(length <= octets.len());
                prop_assert_eq!(frame(&octets[..length], &FrameLimits::default()), Ok(Some(length)));
                prop_assert_eq!(frame(&octets[..length - 1], &FrameLimits::default()), Ok(None));
            }
        }
    }
}
