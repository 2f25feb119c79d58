//! The grammar that all kinds of definitions share: an identifier, then keywords with their arguments in any order.

use std::borrow::Cow;

use provost_text::{Limits, Span};

use super::definition::{AttributeUsage, Extensions};
use super::error::{DefinitionErrorKind, ParseDefinitionError};
use super::lexer::{Lexeme, lexeme, open_quote, skip_blanks, unescape};
use super::words::Words;

type Result<T> = std::result::Result<T, ParseDefinitionError>;

/// Most items of a list that room is made for before they have been read.
const EXPECTED_ITEMS: usize = 64;

/// A keyword of one kind of definition: its spelling, and what reads its argument into the definition.
pub(super) type Keyword<D> = (&'static str, fn(&mut D, &mut Cursor<'_>) -> Result<()>);

/// A kind of definition as it is read.
pub(super) trait Readable: Default + 'static {
    /// The keywords beside extensions, at most 32.
    const KEYWORDS: &'static [Keyword<Self>];

    /// Makes a definition that has nothing but its identifier.
    ///
    /// # Errors
    ///
    /// The identifier, which stands at `span`, is none of this kind.
    fn identified(identifier: Cow<'_, str>, span: Span) -> Result<Self>;

    fn extensions_mut(&mut self) -> &mut Extensions;
}

/// Reads a definition.
///
/// # Errors
///
/// A quoted text that does not end, or else the first place where the text leaves the grammar.
pub(super) fn read<D: Readable>(source: &str, limits: &Limits) -> Result<D> {
    if source.len() > limits.length {
        return Err(ParseDefinitionError::new(DefinitionErrorKind::TooLong(limits.length), Span::new(0, source.len())));
    }
    definition(source, limits).map_err(|error| match open_quote(source) {
        Some(start) => ParseDefinitionError::new(DefinitionErrorKind::OpenQuote, Span::new(start, source.len())),
        None => error,
    })
}

fn definition<D: Readable>(source: &str, limits: &Limits) -> Result<D> {
    let mut cursor = Cursor::new(source, limits.items);
    // OpenLDAP's cn=config numbers the values: `{0}( 1.2.3 ... )`.
    if matches!(cursor.peek(), Some(Lexeme::Word(word)) if is_ordering_prefix(word)) {
        cursor.advance();
    }
    cursor.expect(Lexeme::Open, "`(`")?;
    let span = cursor.span();
    let mut definition = D::identified(cursor.word("an object identifier")?, span)?;
    let mut seen = 0u32;
    loop {
        match cursor.peek() {
            Some(Lexeme::Close) => break,
            Some(Lexeme::Word(word)) if is_extension(word) => {
                cursor.advance();
                let values = cursor.extension_values(D::KEYWORDS)?;
                definition.extensions_mut().add(word, values);
            }
            Some(Lexeme::Word(word)) => {
                let Some((at, (_, read))) = find(D::KEYWORDS, word) else {
                    let expected = D::KEYWORDS.iter().map(|(keyword, _)| *keyword).collect();
                    let kind = DefinitionErrorKind::UnknownKeyword { word: word.to_owned(), expected };
                    return Err(ParseDefinitionError::new(kind, cursor.span()));
                };
                if seen & 1 << at != 0 {
                    return Err(ParseDefinitionError::new(DefinitionErrorKind::RepeatedKeyword, cursor.span()));
                }
                seen |= 1 << at;
                cursor.keyword = cursor.span();
                cursor.advance();
                read(&mut definition, &mut cursor)?;
            }
            _ => return Err(ParseDefinitionError::unexpected("a keyword or `)`", cursor.span())),
        }
    }
    cursor.advance();
    match cursor.peek() {
        None => Ok(definition),
        Some(_) => Err(ParseDefinitionError::unexpected("the end of the definition", cursor.span())),
    }
}

fn find<D>(keywords: &'static [Keyword<D>], word: &str) -> Option<(usize, &'static Keyword<D>)> {
    keywords.iter().enumerate().find(|(_, (keyword, _))| keyword.eq_ignore_ascii_case(word))
}

fn is_extension(word: &str) -> bool {
    matches!(word.as_bytes(), [b'X' | b'x', b'-', ..])
}

fn is_ordering_prefix(word: &str) -> bool {
    word.strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// The tokens of a definition from one on.
pub(super) struct Cursor<'a> {
    source: &'a str,
    /// The token to come.
    ahead: Option<Lexeme<'a>>,
    /// The text from the token to come on, and the text behind it.
    here: &'a str,
    rest: &'a str,
    items: usize,
    /// The keyword whose argument is read.
    keyword: Span,
}

impl<'a> Cursor<'a> {
    fn new(source: &'a str, items: usize) -> Self {
        let mut cursor = Self { source, ahead: None, here: source, rest: source, items, keyword: Span::point(0) };
        cursor.advance();
        cursor
    }

    fn peek(&self) -> Option<Lexeme<'a>> {
        self.ahead
    }

    fn advance(&mut self) {
        self.here = skip_blanks(self.rest);
        match lexeme(self.here) {
            Some((lexeme, rest)) => (self.ahead, self.rest) = (Some(lexeme), rest),
            None => (self.ahead, self.rest) = (None, ""),
        }
    }

    /// Returns the span of the token to come, or the end of the text.
    pub(super) fn span(&self) -> Span {
        let start = self.source.len() - self.here.len();
        Span::new(start, self.source.len() - self.rest.len())
    }

    /// Returns the span of the keyword whose argument is read.
    pub(super) fn keyword(&self) -> Span {
        self.keyword
    }

    fn expect(&mut self, lexeme: Lexeme<'_>, expected: &'static str) -> Result<()> {
        if self.peek() != Some(lexeme) {
            return Err(ParseDefinitionError::unexpected(expected, self.span()));
        }
        self.advance();
        Ok(())
    }

    /// Reads an identifier, bare or quoted.
    fn word(&mut self, expected: &'static str) -> Result<Cow<'a, str>> {
        let word = match self.peek() {
            Some(Lexeme::Word(word)) => Cow::Borrowed(word),
            Some(Lexeme::Quoted(quoted)) if !quoted.is_empty() => unescape(quoted),
            _ => return Err(ParseDefinitionError::unexpected(expected, self.span())),
        };
        self.advance();
        Ok(word)
    }

    /// Reads one item, or a list in parentheses whose items stand apart by `$` or blanks.
    ///
    /// `one` and `more` are what an error says was expected in place of the one item, and in the list.
    fn list<T>(
        &mut self,
        one: &'static str,
        more: &'static str,
        item: impl Fn(&mut Self, &'static str) -> Result<T>,
    ) -> Result<Vec<T>> {
        if self.peek() != Some(Lexeme::Open) {
            return Ok(vec![item(self, one)?]);
        }
        let mut expected = more;
        let mut items = Vec::with_capacity(self.expected_items());
        self.advance();
        while self.peek() != Some(Lexeme::Close) {
            if items.len() == self.items {
                return Err(ParseDefinitionError::new(DefinitionErrorKind::TooManyItems(self.items), self.span()));
            }
            items.push(item(self, expected)?);
            expected = more;
            if self.peek() == Some(Lexeme::Dollar) {
                self.advance();
                expected = "a name after `$`";
                if self.peek() == Some(Lexeme::Close) {
                    return Err(ParseDefinitionError::unexpected(expected, self.span()));
                }
            }
        }
        self.advance();
        Ok(items)
    }

    /// Guesses how many items the list to come has: one more than separators, or than pairs of apostrophes.
    fn expected_items(&self) -> usize {
        let (mut separators, mut apostrophes) = (0, 0);
        for octet in self.rest.bytes().take_while(|octet| *octet != b')') {
            separators += usize::from(octet == b'$');
            apostrophes += usize::from(octet == b'\'');
        }
        (separators + 1).max(apostrophes / 2).min(EXPECTED_ITEMS)
    }

    /// Reads one name or identifier; of a list, the first one.
    pub(super) fn oid(&mut self) -> Result<Option<String>> {
        let expected = "a name or object identifier";
        let span = self.span();
        if self.peek() != Some(Lexeme::Open) {
            return self.word(expected).map(|word| Some(word.into_owned()));
        }
        let first = self.list(expected, expected, Self::word)?.into_iter().next();
        match first {
            Some(first) => Ok(Some(first.into_owned())),
            None => Err(ParseDefinitionError::unexpected(expected, span)),
        }
    }

    /// Reads names or identifiers, one or a list.
    pub(super) fn oids(&mut self) -> Result<Vec<String>> {
        self.list("a name or `(`", "a name, `$` or `)`", |cursor, expected| cursor.word(expected).map(Cow::into_owned))
    }

    /// Reads a syntax with an optional length bound in braces.
    pub(super) fn bounded(&mut self) -> Result<(Option<String>, Option<u32>)> {
        let span = self.span();
        let mut word = self.word("a syntax")?;
        if matches!(self.peek(), Some(Lexeme::Word(bound)) if is_ordering_prefix(bound)) {
            word.to_mut().push_str(&self.word("a length in braces")?);
        }
        match word.strip_suffix('}').and_then(|head| head.rsplit_once('{')) {
            Some((oid, digits)) if !oid.is_empty() => match digits.parse() {
                Ok(bound) => Ok((Some(oid.to_owned()), Some(bound))),
                Err(_) => {
                    Err(ParseDefinitionError::unexpected("a length up to 4294967295 in braces", self.braces(span)))
                }
            },
            _ => Ok((Some(word.into_owned()), None)),
        }
    }

    /// Returns the span of the first braces behind the start of a span.
    fn braces(&self, span: Span) -> Span {
        let tail = self.source.get(span.start()..).unwrap_or_default();
        match (tail.find('{'), tail.find('}')) {
            (Some(open), Some(close)) if open < close => Span::new(span.start() + open, span.start() + close + 1),
            _ => span,
        }
    }

    /// Reads a quoted text, which may be empty.
    pub(super) fn text(&mut self) -> Result<Option<String>> {
        let Some(Lexeme::Quoted(quoted)) = self.peek() else {
            return Err(ParseDefinitionError::unexpected("a quoted text", self.span()));
        };
        self.advance();
        Ok(Some(unescape(quoted).into_owned()))
    }

    /// Reads quoted names, one or a list.
    pub(super) fn names(&mut self) -> Result<Vec<String>> {
        let name = |cursor: &mut Self, expected| cursor.word(expected).map(Cow::into_owned);
        self.list("a quoted name or `(`", "a quoted name or `)`", name)
    }

    pub(super) fn number(&mut self) -> Result<u32> {
        self.number_or("a number")
    }

    fn number_or(&mut self, expected: &'static str) -> Result<u32> {
        let span = self.span();
        let wrong = |_| ParseDefinitionError::unexpected("a number up to 4294967295", span);
        self.word(expected)?.parse().map_err(wrong)
    }

    /// Reads numbers, one or a list.
    pub(super) fn numbers(&mut self) -> Result<Vec<u32>> {
        self.list("a number or `(`", "a number or `)`", Self::number_or)
    }

    pub(super) fn usage(&mut self) -> Result<AttributeUsage> {
        let span = self.span();
        let expected = "`userApplications`, `directoryOperation`, `distributedOperation` or `dSAOperation`";
        let found = AttributeUsage::find(&self.word(expected)?);
        found.ok_or_else(|| ParseDefinitionError::unexpected(expected, span))
    }

    /// Reads what stands behind an extension keyword; some servers leave the value or its quotes away.
    fn extension_values<D>(&mut self, keywords: &'static [Keyword<D>]) -> Result<Words> {
        const VALUE: &str = "a quoted text";
        match self.peek() {
            Some(Lexeme::Quoted(_)) => self.extension_value(VALUE).map(Words::one),
            Some(Lexeme::Open) => self.list(VALUE, "a quoted text or `)`", Self::extension_value).map(Words::many),
            Some(Lexeme::Word(word)) if !is_extension(word) && find(keywords, word).is_none() => {
                self.extension_value(VALUE).map(Words::one)
            }
            _ => Ok(Words::many(Vec::new())),
        }
    }

    fn extension_value(&mut self, expected: &'static str) -> Result<String> {
        // An empty quoted text is a value here, unlike a name.
        if let Some(Lexeme::Quoted(quoted)) = self.peek() {
            self.advance();
            return Ok(unescape(quoted).into_owned());
        }
        self.word(expected).map(Cow::into_owned)
    }
}
