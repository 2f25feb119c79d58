//! Splits a definition into words, quoted texts, parentheses and dollar signs.

use nom::branch::alt;
use nom::bytes::complete::{take_till, take_till1, take_while};
use nom::character::complete::char;
use nom::combinator::value;
use nom::sequence::delimited;
use nom::{IResult, Parser};
use provost_text::Span;

use super::error::{DefinitionErrorKind, ParseDefinitionError};

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
    let mut tokens = Vec::new();
    let mut rest = source.trim_start_matches(is_blank);
    while !rest.is_empty() {
        let start = source.len() - rest.len();
        let Ok((behind, lexeme)) = lexeme(rest) else {
            return Err(ParseDefinitionError::new(DefinitionErrorKind::OpenQuote, Span::new(start, source.len())));
        };
        tokens.push(Token { lexeme, span: Span::new(start, source.len() - behind.len()) });
        rest = blanks(behind).map_or("", |(rest, _)| rest);
    }
    Ok(tokens)
}

fn lexeme(input: &str) -> IResult<&str, Lexeme<'_>> {
    alt((
        value(Lexeme::Open, char('(')),
        value(Lexeme::Close, char(')')),
        value(Lexeme::Dollar, char('$')),
        delimited(char('\''), take_till(|c| c == '\''), char('\'')).map(Lexeme::Quoted),
        take_till1(ends_word).map(Lexeme::Word),
    ))
    .parse(input)
}

fn blanks(input: &str) -> IResult<&str, &str> {
    take_while(is_blank).parse(input)
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
