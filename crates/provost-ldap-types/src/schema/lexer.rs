//! Splits a definition into words, quoted texts, parentheses and dollar signs.

use std::borrow::Cow;

use crate::grammar::OctetSet;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Lexeme<'a> {
    Open,
    Close,
    Dollar,
    /// The text between apostrophes with its escapes.
    Quoted(&'a str),
    /// A text behind an apostrophe that no other one ends; always the last.
    Unclosed,
    Word(&'a str),
}

/// Takes the first token of a text that begins without blanks, and gives it with the text behind it.
pub(super) fn lexeme(input: &str) -> Option<(Lexeme<'_>, &str)> {
    let behind = |length| input.get(length..).unwrap_or_default();
    Some(match input.as_bytes().first()? {
        b'(' => (Lexeme::Open, behind(1)),
        b')' => (Lexeme::Close, behind(1)),
        b'$' => (Lexeme::Dollar, behind(1)),
        b'\'' => {
            let inner = behind(1);
            match memchr::memchr(b'\'', inner.as_bytes()).and_then(|end| inner.split_at_checked(end)) {
                Some((quoted, rest)) => (Lexeme::Quoted(quoted), rest.get(1..).unwrap_or_default()),
                None => (Lexeme::Unclosed, ""),
            }
        }
        _ => {
            let (word, rest) = WORD_ENDS.split(input);
            (Lexeme::Word(word), rest)
        }
    })
}

/// Returns where a quoted text begins that does not end.
pub(super) fn open_quote(source: &str) -> Option<usize> {
    let mut rest = skip_blanks(source);
    while let Some((lexeme, behind)) = lexeme(rest) {
        if lexeme == Lexeme::Unclosed {
            return Some(source.len() - rest.len());
        }
        rest = skip_blanks(behind);
    }
    None
}

pub(super) fn skip_blanks(input: &str) -> &str {
    match input.bytes().position(|octet| !is_blank(octet)) {
        Some(0) => input,
        Some(end) => input.get(end..).unwrap_or_default(),
        None => "",
    }
}

fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

static WORD_ENDS: OctetSet = OctetSet::new(b" \t\r\n()$'");

/// Tells whether a word ends before the character.
pub(super) fn ends_word(c: char) -> bool {
    u8::try_from(c).is_ok_and(|octet| WORD_ENDS.contains(octet))
}

/// Resolves the escapes `\27` and `\5C` of RFC 4512 section 4.1; other backslashes stand for themselves.
pub(super) fn unescape(quoted: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\\', quoted.as_bytes()).is_none() {
        return Cow::Borrowed(quoted);
    }
    let mut text = String::with_capacity(quoted.len());
    let mut rest = quoted;
    while let Some((before, behind)) = rest.split_once('\\') {
        text.push_str(before);
        if let Some(tail) = behind.strip_prefix("27") {
            text.push('\'');
            rest = tail;
        } else if let Some(tail) = behind.strip_prefix("5C").or_else(|| behind.strip_prefix("5c")) {
            text.push('\\');
            rest = tail;
        } else {
            text.push('\\');
            rest = behind;
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}
