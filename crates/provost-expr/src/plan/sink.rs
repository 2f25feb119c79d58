use crate::plan::{BLOCK, Slice};

/// Where text is written, always at the end.
pub(crate) trait Sink {
    fn len(&self) -> usize;
    /// Takes away what stands behind `len`.
    fn truncate(&mut self, len: usize);
    fn push(&mut self, text: Slice<'_>);
    /// Writes a text that is short as a rule.
    fn push_short(&mut self, text: Slice<'_>) {
        self.push(text);
    }
    fn push_char(&mut self, c: char);
    /// Writes a text with its letters of ASCII in another case.
    fn push_cased(&mut self, text: Slice<'_>, upper: bool);
}

impl Sink for String {
    #[inline]
    fn len(&self) -> usize {
        self.len()
    }

    #[inline]
    fn truncate(&mut self, len: usize) {
        self.truncate(len);
    }

    #[inline]
    fn push(&mut self, text: Slice<'_>) {
        self.push_str(text.as_str());
    }

    #[inline]
    fn push_short(&mut self, text: Slice<'_>) {
        match text.as_bytes() {
            [single] => self.push(char::from(*single)),
            _ => self.push_str(text.as_str()),
        }
    }

    fn push_char(&mut self, c: char) {
        self.push(c);
    }

    #[inline]
    fn push_cased(&mut self, text: Slice<'_>, upper: bool) {
        let start = self.len();
        self.push_str(text.as_str());
        if let Some(tail) = self.get_mut(start..) {
            if upper {
                tail.make_ascii_uppercase();
            } else {
                tail.make_ascii_lowercase();
            }
        }
    }
}

/// The text of a batch, which is written in blocks: a copy of a fixed size costs less than one of a size that varies, and what
/// is too much is taken away again.
#[derive(Debug, Default)]
pub(crate) struct Blocks(Vec<u8>);

impl Blocks {
    /// Goes on in the room of an empty text.
    pub(crate) fn new(text: String) -> Self {
        Self(text.into_bytes())
    }

    /// The text; empty if it were none, which cannot be, as only whole characters are written.
    pub(crate) fn into_text(self) -> String {
        String::from_utf8(self.0).unwrap_or_default()
    }

    #[inline]
    fn push_block(&mut self, block: &[u8; BLOCK], len: usize) {
        let end = self.0.len() + len;
        self.0.extend_from_slice(block);
        self.0.truncate(end);
    }
}

impl Sink for Blocks {
    #[inline]
    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    #[inline]
    fn push(&mut self, text: Slice<'_>) {
        match text.rest().as_bytes().first_chunk::<BLOCK>() {
            Some(block) if text.len() <= BLOCK => self.push_block(block, text.len()),
            _ => self.0.extend_from_slice(text.as_bytes()),
        }
    }

    fn push_char(&mut self, c: char) {
        self.0.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    #[inline]
    fn push_cased(&mut self, text: Slice<'_>, upper: bool) {
        let start = self.0.len();
        match text.rest().as_bytes().first_chunk::<BLOCK>() {
            Some(block) if text.len() <= BLOCK => {
                let changed = if upper {
                    block.map(|byte| byte.to_ascii_uppercase())
                } else {
                    block.map(|byte| byte.to_ascii_lowercase())
                };
                self.push_block(&changed, text.len());
            }
            _ => {
                self.0.extend_from_slice(text.as_bytes());
                if let Some(tail) = self.0.get_mut(start..) {
                    if upper {
                        tail.make_ascii_uppercase();
                    } else {
                        tail.make_ascii_lowercase();
                    }
                }
            }
        }
    }
}
