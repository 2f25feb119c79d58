//! Splits a definition into words, quoted texts, parentheses and dollar signs.

use nom::branch::alt;
use nom::character::complete::char;
use nom::combinator::value;
use nom::error::{Error, ErrorKind};
use nom::sequence::delimited;
use nom::{IResult, Parser};
use provost_text::Span;

use super::error::{DefinitionErrorKind, ParseDefinitionError};

/// Octets that a token takes in definitions of real servers, blanks included.
const OCTETS_A_TOKEN: usize = 6;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Lexeme<'a> {
    Open,
    Close,
    Dollar,
    /// The text between apostrophes with its escapes.
    Quoted(&'a str),
    Word(&'a str),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Token<'a> {
    pub(super) lexeme: Lexeme<'a>,
    pub(super) span: Span,
}

/// Splits a whole definition.
///
/// # Errors
///
/// A quoted text that does not end; everything else is some token.
pub(super) fn tokens(source: &str) -> Result<Vec<Token<'_>>, ParseDefinitionError> {
    let mut tokens = Vec::with_capacity(source.len() / OCTETS_A_TOKEN);
    let mut rest = source.trim_start_matches(is_blank);
    while !rest.is_empty() {
        let start = source.len() - rest.len();
        let Ok((behind, lexeme)) = lexeme(rest) else {
            return Err(ParseDefinitionError::new(DefinitionErrorKind::OpenQuote, Span::new(start, source.len())));
        };
        tokens.push(Token { lexeme, span: Span::new(start, source.len() - behind.len()) });
        rest = behind.trim_start_matches(is_blank);
    }
    Ok(tokens)
}

fn lexeme(input: &str) -> IResult<&str, Lexeme<'_>> {
    alt((
        value(Lexeme::Open, char('(')),
        value(Lexeme::Close, char(')')),
        value(Lexeme::Dollar, char('$')),
        delimited(char('\''), quoted, char('\'')).map(Lexeme::Quoted),
        word.map(Lexeme::Word),
    ))
    .parse(input)
}

fn quoted(input: &str) -> IResult<&str, &str> {
    let end = memchr::memchr(b'\'', input.as_bytes()).unwrap_or(input.len());
    let (quoted, rest) = input.split_at_checked(end).unwrap_or((input, ""));
    Ok((rest, quoted))
}

/// Takes octets and not characters: all that end a word are ASCII.
fn word(input: &str) -> IResult<&str, &str> {
    let end = input.bytes().position(|octet| ends_word(char::from(octet))).unwrap_or(input.len());
    match input.split_at_checked(end) {
        Some((word, rest)) if !word.is_empty() => Ok((rest, word)),
        _ => Err(nom::Err::Error(Error::new(input, ErrorKind::TakeTill1))),
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

pub(super) fn ends_word(c: char) -> bool {
    is_blank(c) || matches!(c, '(' | ')' | '$' | '\'')
}

/// Resolves the escapes `\27` and `\5C` of RFC 4512 section 4.1; other backslashes stand for themselves.
pub(super) fn unescape(quoted: &str) -> String {
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
    text
}
