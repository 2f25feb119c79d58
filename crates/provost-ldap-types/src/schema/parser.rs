//! The grammar that all kinds of definitions share: an identifier, then keywords with their arguments in any order.

use provost_text::{Limits, Span};

use super::definition::{AttributeUsage, Extensions};
use super::error::{DefinitionErrorKind, ParseDefinitionError};
use super::lexer::{Lexeme, Token, tokens, unescape};

/// What stands behind a keyword.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shape {
    /// Nothing.
    Flag,
    /// One identifier.
    Oid,
    /// Identifiers, one or a list.
    Oids,
    /// A syntax with an optional length bound in braces.
    BoundedOid,
    /// A quoted text.
    Text,
    /// Quoted texts, one or a list.
    Texts,
    Number,
    /// Numbers, one or a list.
    Numbers,
    Usage,
}

#[derive(Debug)]
enum Argument {
    Nothing,
    Text(String),
    Texts(Vec<String>),
    Bounded(String, Option<u32>),
    Number(u32),
    Numbers(Vec<u32>),
    Usage(AttributeUsage),
}

/// The keywords of one kind of definition beside extensions.
pub(super) type Keywords = &'static [(&'static str, Shape)];

/// A definition taken apart; the kinds take their members out of it.
#[derive(Debug)]
pub(super) struct Elements {
    pub(super) identifier: String,
    pub(super) extensions: Extensions,
    found: Vec<(&'static str, Argument)>,
}

impl Elements {
    pub(super) fn flag(&self, keyword: &str) -> bool {
        self.found.iter().any(|(found, _)| *found == keyword)
    }

    /// Returns the flags that stand in the definition, in order.
    pub(super) fn flags(&self) -> Vec<&'static str> {
        self.found.iter().filter(|(_, argument)| matches!(argument, Argument::Nothing)).map(|(name, _)| *name).collect()
    }

    pub(super) fn text(&mut self, keyword: &str) -> Option<String> {
        match self.take(keyword)? {
            Argument::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn texts(&mut self, keyword: &str) -> Vec<String> {
        match self.take(keyword) {
            Some(Argument::Texts(texts)) => texts,
            _ => Vec::new(),
        }
    }

    pub(super) fn bounded(&mut self, keyword: &str) -> (Option<String>, Option<u32>) {
        match self.take(keyword) {
            Some(Argument::Bounded(oid, bound)) => (Some(oid), bound),
            _ => (None, None),
        }
    }

    pub(super) fn number(&mut self, keyword: &str) -> Option<u32> {
        match self.take(keyword)? {
            Argument::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn numbers(&mut self, keyword: &str) -> Vec<u32> {
        match self.take(keyword) {
            Some(Argument::Numbers(numbers)) => numbers,
            _ => Vec::new(),
        }
    }

    pub(super) fn usage(&mut self, keyword: &str) -> Option<AttributeUsage> {
        match self.take(keyword)? {
            Argument::Usage(usage) => Some(usage),
            _ => None,
        }
    }

    fn take(&mut self, keyword: &str) -> Option<Argument> {
        let at = self.found.iter().position(|(found, _)| *found == keyword)?;
        Some(self.found.remove(at).1)
    }
}

/// Takes a definition apart.
///
/// # Errors
///
/// The first place where the text leaves the grammar.
pub(super) fn elements(source: &str, keywords: Keywords, limits: &Limits) -> Result<Elements, ParseDefinitionError> {
    if source.len() > limits.length {
        return Err(ParseDefinitionError::new(DefinitionErrorKind::TooLong(limits.length), Span::new(0, source.len())));
    }
    let tokens = tokens(source)?;
    let mut cursor = Cursor { tokens: &tokens, at: 0, end: source.len(), items: limits.items };
    // OpenLDAP's cn=config numbers the values: `{0}( 1.2.3 ... )`.
    if matches!(cursor.peek(), Some(Lexeme::Word(word)) if is_ordering_prefix(word)) {
        cursor.at += 1;
    }
    cursor.expect(Lexeme::Open, "`(`")?;
    let mut elements = Elements {
        identifier: cursor.word("an object identifier")?,
        extensions: Extensions::default(),
        found: Vec::new(),
    };
    loop {
        let span = cursor.span();
        match cursor.next() {
            Some(Lexeme::Close) => break,
            Some(Lexeme::Word(word)) if is_extension(word) => {
                let values = cursor.extension_values(keywords)?;
                elements.extensions.add(word, values);
            }
            Some(Lexeme::Word(word)) => {
                let Some((keyword, shape)) = find(keywords, word) else {
                    return Err(ParseDefinitionError::new(DefinitionErrorKind::UnknownKeyword(word.to_owned()), span));
                };
                if elements.flag(keyword) {
                    return Err(ParseDefinitionError::new(DefinitionErrorKind::RepeatedKeyword, span));
                }
                elements.found.push((keyword, cursor.argument(shape)?));
            }
            _ => return Err(ParseDefinitionError::unexpected("a keyword or `)`", span)),
        }
    }
    match cursor.peek() {
        None => Ok(elements),
        Some(_) => Err(ParseDefinitionError::unexpected("the end of the definition", cursor.span())),
    }
}

fn find(keywords: Keywords, word: &str) -> Option<(&'static str, Shape)> {
    keywords.iter().copied().find(|(keyword, _)| keyword.eq_ignore_ascii_case(word))
}

fn is_extension(word: &str) -> bool {
    word.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("X-"))
}

fn is_ordering_prefix(word: &str) -> bool {
    word.strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

struct Cursor<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    end: usize,
    items: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<Lexeme<'a>> {
        self.tokens.get(self.at).map(|token| token.lexeme)
    }

    fn next(&mut self) -> Option<Lexeme<'a>> {
        let lexeme = self.peek()?;
        self.at += 1;
        Some(lexeme)
    }

    /// Returns the span of the token to come, or the end of the text.
    fn span(&self) -> Span {
        self.tokens.get(self.at).map_or(Span::point(self.end), |token| token.span)
    }

    fn expect(&mut self, lexeme: Lexeme<'_>, expected: &'static str) -> Result<(), ParseDefinitionError> {
        let span = self.span();
        if self.next() == Some(lexeme) { Ok(()) } else { Err(ParseDefinitionError::unexpected(expected, span)) }
    }

    /// Reads an identifier, bare or quoted.
    fn word(&mut self, expected: &'static str) -> Result<String, ParseDefinitionError> {
        let span = self.span();
        match self.next() {
            Some(Lexeme::Word(word)) => Ok(word.to_owned()),
            Some(Lexeme::Quoted(quoted)) if !quoted.is_empty() => Ok(unescape(quoted)),
            _ => Err(ParseDefinitionError::unexpected(expected, span)),
        }
    }

    /// Reads one item, or a list in parentheses whose items stand apart by `$` or blanks.
    fn list<T>(
        &mut self,
        item: impl Fn(&mut Self) -> Result<T, ParseDefinitionError>,
    ) -> Result<Vec<T>, ParseDefinitionError> {
        if self.peek() != Some(Lexeme::Open) {
            return Ok(vec![item(self)?]);
        }
        self.at += 1;
        let mut items = Vec::new();
        while self.peek() != Some(Lexeme::Close) {
            if items.len() == self.items {
                return Err(ParseDefinitionError::new(DefinitionErrorKind::TooManyItems(self.items), self.span()));
            }
            items.push(item(self)?);
            if self.peek() == Some(Lexeme::Dollar) {
                self.at += 1;
                if self.peek() == Some(Lexeme::Close) {
                    return Err(ParseDefinitionError::unexpected("a name behind `$`", self.span()));
                }
            }
        }
        self.at += 1;
        Ok(items)
    }

    fn argument(&mut self, shape: Shape) -> Result<Argument, ParseDefinitionError> {
        let span = self.span();
        Ok(match shape {
            Shape::Flag => Argument::Nothing,
            Shape::Oid => {
                let first = self.list(|cursor| cursor.word("a name or object identifier"))?.into_iter().next();
                Argument::Text(
                    first.ok_or_else(|| ParseDefinitionError::unexpected("a name or object identifier", span))?,
                )
            }
            Shape::Oids => Argument::Texts(self.list(|cursor| cursor.word("a name, `$` or `)`"))?),
            Shape::BoundedOid => {
                let mut word = self.word("a syntax")?;
                if matches!(self.peek(), Some(Lexeme::Word(bound)) if is_ordering_prefix(bound)) {
                    word.push_str(&self.word("a length in braces")?);
                }
                bounded(&word, span)?
            }
            Shape::Text => match self.next() {
                Some(Lexeme::Quoted(quoted)) => Argument::Text(unescape(quoted)),
                _ => return Err(ParseDefinitionError::unexpected("a quoted text", span)),
            },
            Shape::Texts => Argument::Texts(self.list(|cursor| cursor.word("a quoted name or `)`"))?),
            Shape::Number => Argument::Number(self.number()?),
            Shape::Numbers => Argument::Numbers(self.list(Self::number)?),
            Shape::Usage => {
                let word = self.word("a usage")?;
                let usage = AttributeUsage::find(&word);
                Argument::Usage(usage.ok_or_else(|| {
                    ParseDefinitionError::unexpected(
                        "`userApplications`, `directoryOperation`, `distributedOperation` or `dSAOperation`",
                        span,
                    )
                })?)
            }
        })
    }

    fn number(&mut self) -> Result<u32, ParseDefinitionError> {
        let span = self.span();
        self.word("a number")?.parse().map_err(|_| ParseDefinitionError::unexpected("a number up to 4294967295", span))
    }

    /// Reads what stands behind an extension keyword; some servers leave the value or its quotes away.
    fn extension_values(&mut self, keywords: Keywords) -> Result<Vec<String>, ParseDefinitionError> {
        let text = |cursor: &mut Self| match cursor.peek() {
            // An empty quoted text is a value here, unlike a name.
            Some(Lexeme::Quoted(quoted)) => {
                cursor.at += 1;
                Ok(unescape(quoted))
            }
            _ => cursor.word("a quoted text or `)`"),
        };
        match self.peek() {
            Some(Lexeme::Quoted(_) | Lexeme::Open) => self.list(text),
            Some(Lexeme::Word(word)) if !is_extension(word) && find(keywords, word).is_none() => self.list(text),
            _ => Ok(Vec::new()),
        }
    }
}

fn bounded(word: &str, span: Span) -> Result<Argument, ParseDefinitionError> {
    let bound = word.strip_suffix('}').and_then(|head| head.rsplit_once('{'));
    match bound {
        Some((oid, digits)) if !oid.is_empty() => {
            let bound = digits.parse();
            let bound =
                bound.map_err(|_| ParseDefinitionError::unexpected("a length up to 4294967295 in braces", span))?;
            Ok(Argument::Bounded(oid.to_owned(), Some(bound)))
        }
        _ => Ok(Argument::Bounded(word.to_owned(), None)),
    }
}
