use crate::plan::Slice;

/// Where text is written, always at the end.
pub(crate) trait Sink {
    fn len(&self) -> usize;
    /// Takes away what stands behind `len`.
    fn truncate(&mut self, len: usize);
    fn push(&mut self, text: Slice<'_>);
    fn push_char(&mut self, c: char);
    /// Changes the case of the ASCII letters from `start` on.
    fn change_ascii_case(&mut self, start: usize, upper: bool);
}

impl Sink for String {
    fn len(&self) -> usize {
        self.len()
    }

    fn truncate(&mut self, len: usize) {
        self.truncate(len);
    }

    fn push(&mut self, text: Slice<'_>) {
        self.push_str(text.as_str());
    }

    fn push_char(&mut self, c: char) {
        self.push(c);
    }

    fn change_ascii_case(&mut self, start: usize, upper: bool) {
        let Some(tail) = self.get_mut(start..) else { return };
        if upper {
            tail.make_ascii_uppercase();
        } else {
            tail.make_ascii_lowercase();
        }
    }
}
