//! Drawing a snippet of any text never fails and ends with the carets.
#![cfg(test)]

use bolero::check;
use provost_text::{Snippet, Span};

#[test]
fn snippet() {
    check!().with_type::<(String, u16, u16)>().for_each(|(source, start, end)| {
        let span = Span::new(usize::from(*start), usize::from(*end));
        assert!(Snippet::new(source, span, "wrong").to_string().ends_with('^'));
    });
}
