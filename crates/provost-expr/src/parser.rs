use nom::Parser as _;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{digit1, hex_digit1, satisfy};
use nom::combinator::{opt, recognize, value};
use nom::sequence::{pair, preceded};
use nom::{IResult, bytes::complete::is_not};
use provost_text::{Limits, Span};

use crate::ast::{Argument, Bareword, Call, Comparison, Constant, ConstantForm, Expression, ExpressionKind, Operator};
use crate::dialect::Dialect;
use crate::error::{ParseExprError, ParseExprErrorKind as Kind};

/// Deepest nesting that is ever accepted. The stages behind the parser walk the tree by recursion, so this keeps their
/// use of the stack small whatever limit a caller asks for.
const DEPTH_CAP: usize = 128;

const OPERAND: &str = "a function, an attribute in brackets, a text in quotation marks or a number";

/// Parses an expression of at most 64 KiB, 64 levels and 1,024 arguments a call.
///
/// # Errors
///
/// [`ParseExprError`] with the place and with what was expected there.
pub fn parse(source: &str) -> Result<Expression, ParseExprError> {
    parse_with(source, &Limits::default())
}

/// Parses an expression within the caller's limits; a depth above 128 counts as 128.
///
/// The time is linear in the length of the text.
///
/// # Errors
///
/// [`ParseExprError`] with the place and with what was expected there.
pub fn parse_with(source: &str, limits: &Limits) -> Result<Expression, ParseExprError> {
    parse_as(source, Dialect::Entra, limits)
}

/// Parses an expression of a dialect within the caller's limits; a depth above 128 counts as 128.
///
/// The time is linear in the length of the text.
///
/// ```
/// use provost_expr::{Dialect, Limits, parse_as};
///
/// let expression = parse_as("2 + (3*4) & %Domain.FQDN%", Dialect::Connect, &Limits::default())?;
/// assert_eq!(expression.to_string(), "2 + (3 * 4) & %Domain.FQDN%");
/// # Ok::<(), provost_expr::ParseExprError>(())
/// ```
///
/// # Errors
///
/// [`ParseExprError`] with the place and with what was expected there.
pub fn parse_as(source: &str, dialect: Dialect, limits: &Limits) -> Result<Expression, ParseExprError> {
    if source.len() > limits.length {
        return Err(ParseExprError::too_long(limits));
    }
    Parser::new(source, dialect, limits).whole()
}

/// The tokens are read by nom, which leaves the rest of the text; the place is the length that is gone.
struct Parser<'s> {
    source: &'s str,
    rest: &'s str,
    dialect: Dialect,
    depth: usize,
    items: usize,
    /// The bytes that tokens were looked for in, and the number of tokens.
    #[cfg(test)]
    work: usize,
}

impl<'s> Parser<'s> {
    fn new(source: &'s str, dialect: Dialect, limits: &Limits) -> Self {
        Self {
            source,
            rest: source,
            dialect,
            depth: limits.depth.min(DEPTH_CAP),
            items: limits.items,
            #[cfg(test)]
            work: 0,
        }
    }

    fn whole(&mut self) -> Result<Expression, ParseExprError> {
        match self.dialect {
            Dialect::Connect => self.outermost_chain(),
            Dialect::Entra => self.outermost(),
        }
    }

    fn outermost(&mut self) -> Result<Expression, ParseExprError> {
        self.blanks();
        if self.rest.is_empty() {
            return Err(self.expected("an expression"));
        }
        let expression = self.operand(1)?;
        self.blanks();
        let at = self.at();
        if self.token(operator).is_some() {
            return Err(ParseExprError::new(Kind::OutsideFunction("a comparison"), self.since(at)));
        }
        if !self.rest.is_empty() {
            return Err(self.expected("the end of the expression"));
        }
        if let ExpressionKind::Bareword(_) = &expression.kind {
            return Err(ParseExprError::new(Kind::OutsideFunction("this word"), expression.span));
        }
        Ok(expression)
    }

    fn argument(&mut self, level: usize) -> Result<Expression, ParseExprError> {
        match self.dialect {
            Dialect::Connect => self.chain(level),
            Dialect::Entra => self.comparison(level),
        }
    }

    fn comparison(&mut self, level: usize) -> Result<Expression, ParseExprError> {
        let left = self.operand(level)?;
        self.blanks();
        let at = self.at();
        let Some(operator) = self.token(operator) else { return Ok(left) };
        let operator_span = self.since(at);
        self.blanks();
        let right = self.operand(level)?;
        let span = left.span.join(right.span);
        let comparison = Comparison { operator, operator_span, left, right };
        Ok(Expression { kind: ExpressionKind::Comparison(Box::new(comparison)), span })
    }

    fn operand(&mut self, level: usize) -> Result<Expression, ParseExprError> {
        let at = self.at();
        let kind = match self.rest.chars().next() {
            Some('"' | '%' | '$' | '(') if self.dialect == Dialect::Connect => return self.connect_operand(level),
            Some('"') => ExpressionKind::Constant(self.text()?),
            Some('[') => ExpressionKind::Attribute(self.attribute()?),
            Some('&') => ExpressionKind::Constant(self.hexadecimal()?),
            Some('-' | '0'..='9') => ExpressionKind::Constant(self.number()?),
            Some('a'..='z' | 'A'..='Z') => self.word(level)?,
            Some('\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}') => return Err(self.at_next(Kind::TypographicQuote)),
            _ => return Err(self.expected(OPERAND)),
        };
        Ok(Expression { kind, span: self.since(at) })
    }

    /// A function call, or one of the words that stand alone.
    fn word(&mut self, level: usize) -> Result<ExpressionKind, ParseExprError> {
        let at = self.at();
        let name = self.token(name).unwrap_or_default();
        let name_span = self.since(at);
        let behind_name = self.rest;
        self.blanks();
        if self.punctuation("(") {
            if level > self.depth {
                return Err(ParseExprError::new(Kind::TooDeep(self.depth), name_span));
            }
            let arguments = self.arguments(level)?;
            return Ok(ExpressionKind::Call(Call { name: name.to_owned(), name_span, arguments }));
        }
        self.rest = behind_name;
        match Bareword::all(self.dialect).iter().copied().find(|word| word.as_str() == name) {
            Some(word) => Ok(ExpressionKind::Bareword(word)),
            None => Err(ParseExprError::new(Kind::UnknownWord(name.to_owned()), name_span)),
        }
    }

    fn arguments(&mut self, level: usize) -> Result<Vec<Argument>, ParseExprError> {
        let mut arguments = Vec::new();
        self.blanks();
        if self.punctuation(")") {
            return Ok(arguments);
        }
        loop {
            if arguments.len() == self.items {
                return Err(self.at_next(Kind::TooManyArguments(self.items)));
            }
            let place = Span::point(self.at());
            if self.dialect == Dialect::Entra && self.rest.starts_with([',', ')']) {
                arguments.push(Argument::Omitted(place));
            } else {
                arguments.push(Argument::Given(self.argument(level + 1)?));
                self.blanks();
            }
            if self.punctuation(")") {
                return Ok(arguments);
            }
            if !self.punctuation(",") {
                return Err(self.expected("`)` or `,`"));
            }
            self.blanks();
        }
    }

    /// Text in quotation marks: `\\` and `\"` are escapes, every other backslash stands for itself.
    fn text(&mut self) -> Result<Constant, ParseExprError> {
        let opening = self.at();
        self.punctuation("\"");
        let (mut text, mut escaped) = (String::new(), Vec::new());
        loop {
            text.push_str(self.token(take_while(|c| c != '"' && c != '\\')).unwrap_or_default());
            if self.punctuation("\"") {
                return Ok(Constant { text, form: ConstantForm::Quoted, escaped });
            }
            let at = self.at();
            let Some(character) = self.token(escape) else {
                return Err(ParseExprError::new(Kind::UnterminatedText, Span::new(opening, opening + 1)));
            };
            if self.at() - at > 1 {
                escaped.push(text.len());
            }
            text.push(character);
        }
    }

    /// A name in brackets. Inner brackets nest, and inside them a quoted part is skipped whole.
    fn attribute(&mut self) -> Result<String, ParseExprError> {
        let opening = self.at();
        let unterminated = ParseExprError::new(Kind::UnterminatedAttribute, Span::new(opening, opening + 1));
        self.punctuation("[");
        let start = self.rest;
        let mut open = 1usize;
        loop {
            self.token(is_not("[]\""));
            if self.punctuation("[") {
                open += 1;
            } else if self.punctuation("\"") {
                if open > 1 && self.token(quoted_rest).is_none() {
                    self.count(self.rest.len());
                    return Err(unterminated);
                }
            } else if self.rest.starts_with(']') {
                open -= 1;
                if open == 0 {
                    break;
                }
                self.punctuation("]");
            } else {
                return Err(unterminated);
            }
        }
        let name = start.get(..start.len() - self.rest.len()).unwrap_or_default().trim();
        self.punctuation("]");
        if name.is_empty() {
            return Err(ParseExprError::new(Kind::EmptyAttribute, self.since(opening)));
        }
        Ok(name.to_owned())
    }

    fn number(&mut self) -> Result<Constant, ParseExprError> {
        match self.token(decimal) {
            Some(text) => Ok(Constant::number(text.to_owned(), self.dialect)),
            None => {
                self.punctuation("-");
                Err(self.expected("a digit"))
            }
        }
    }

    /// `&H` and hexadecimal digits: 64 bits, the highest of which is the sign.
    fn hexadecimal(&mut self) -> Result<Constant, ParseExprError> {
        let at = self.at();
        let Some(digits) = self.token(preceded(tag("&H"), hex_digit1)) else { return Err(self.expected(OPERAND)) };
        match u64::from_str_radix(digits, 16) {
            Ok(number) => Ok(Constant::number(number.cast_signed().to_string(), self.dialect)),
            Err(_) => Err(ParseExprError::new(Kind::NumberTooLarge, self.since(at))),
        }
    }

    fn blanks(&mut self) {
        let rest = self.rest.trim_start();
        self.count(self.rest.len() - rest.len());
        self.rest = rest;
    }

    fn punctuation(&mut self, text: &'static str) -> bool {
        self.token(tag(text)).is_some()
    }

    fn token<T>(&mut self, mut parser: impl nom::Parser<&'s str, Output = T, Error = ()>) -> Option<T> {
        self.count(1);
        let (rest, token) = parser.parse(self.rest).ok()?;
        self.count(self.rest.len() - rest.len());
        self.rest = rest;
        Some(token)
    }

    /// Counts what is looked at. A token that is not there costs a few bytes, but for the one that searches to the end.
    #[cfg_attr(not(test), expect(clippy::unused_self, reason = "only tests count"))]
    fn count(&mut self, bytes: usize) {
        #[cfg(test)]
        {
            self.work += bytes;
        }
        #[cfg(not(test))]
        let _ = bytes;
    }

    fn at(&self) -> usize {
        self.source.len() - self.rest.len()
    }

    fn since(&self, start: usize) -> Span {
        Span::new(start, self.at())
    }

    fn expected(&self, what: &'static str) -> ParseExprError {
        self.at_next(Kind::Expected(what))
    }

    /// An error at the next character, or at the end of the text.
    fn at_next(&self, kind: Kind) -> ParseExprError {
        let at = self.at();
        let width = self.rest.chars().next().map_or(0, char::len_utf8);
        ParseExprError::new(kind, Span::new(at, at + width))
    }
}

fn name(text: &str) -> IResult<&str, &str, ()> {
    take_while1(|c: char| c.is_ascii_alphanumeric())(text)
}

fn decimal(text: &str) -> IResult<&str, &str, ()> {
    recognize((opt(tag("-")), digit1, opt(pair(tag("."), digit1)))).parse(text)
}

/// The character that an escape stands for; a backslash before anything else stands for itself and takes nothing else.
fn escape(text: &str) -> IResult<&str, char, ()> {
    alt((value('\\', tag("\\\\")), value('"', tag("\\\"")), satisfy(|c| c == '\\'))).parse(text)
}

/// What follows the quotation mark that opens a quoted part of an attribute name, up to the closing one.
fn quoted_rest(text: &str) -> IResult<&str, &str, ()> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => {
                let (part, rest) = text.split_at(at + 1);
                return Ok((rest, part));
            }
            _ => escaped = c == '\\' && !escaped,
        }
    }
    Err(nom::Err::Error(()))
}

fn operator(text: &str) -> IResult<&str, Operator, ()> {
    alt((
        value(Operator::NotEqual, tag("<>")),
        value(Operator::LessOrEqual, tag("<=")),
        value(Operator::GreaterOrEqual, tag(">=")),
        value(Operator::Equal, tag("=")),
        value(Operator::Less, tag("<")),
        value(Operator::Greater, tag(">")),
    ))
    .parse(text)
}

mod connect;

#[cfg(test)]
mod tests;
