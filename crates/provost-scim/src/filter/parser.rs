use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_while, take_while1};
use nom::character::complete::char;
use nom::combinator::{opt, peek};
use nom::error::{ErrorKind, ParseError};
use nom::sequence::{delimited, preceded, terminated};
use nom::{Err, IResult, Parser};
use provost_text::{Limits, Span};

use crate::Mode;
use crate::filter::{AttributePath, Filter, FilterErrorKind, Literal, Operator, ParseFilterError};

const ATTRIBUTE: FilterErrorKind = FilterErrorKind::Expected("an attribute name");
const CONTINUATION: FilterErrorKind = FilterErrorKind::Expected("`and`, `or` or the end");

/// Where a parser stopped: what was left, and what is wrong.
#[derive(Debug)]
pub(crate) struct Trouble<'a> {
    pub(crate) rest: &'a str,
    pub(crate) kind: FilterErrorKind,
}

impl<'a> ParseError<&'a str> for Trouble<'a> {
    fn from_error_kind(rest: &'a str, _: ErrorKind) -> Self {
        Self { rest, kind: CONTINUATION }
    }

    fn append(_: &'a str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

type Parsed<'a, T> = IResult<&'a str, T, Trouble<'a>>;

fn stop<T>(rest: &str, kind: FilterErrorKind) -> Parsed<'_, T> {
    Err(Err::Failure(Trouble { rest, kind }))
}

fn expected<'a, T>(rest: &'a str, what: &'static str) -> Parsed<'a, T> {
    stop(rest, FilterErrorKind::Expected(what))
}

/// Whether attributes are those of a resource or the bare ones of an element.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Inside {
    Brackets,
    Resource,
}

/// The grammar of filters. It looks ahead by one token and never goes back, so that its time is linear in the text.
pub(crate) struct Grammar<'l> {
    mode: Mode,
    limits: &'l Limits,
    comparisons: usize,
}

impl<'l> Grammar<'l> {
    pub(crate) fn new(mode: Mode, limits: &'l Limits) -> Self {
        Self { mode, limits, comparisons: 0 }
    }

    pub(crate) fn filter(&mut self, source: &str) -> Result<Filter, ParseFilterError> {
        self.whole(source).map_err(|error| match error {
            Err::Incomplete(_) => ParseFilterError::new(CONTINUATION, Span::point(source.len())),
            Err::Error(trouble) | Err::Failure(trouble) => {
                let at = source.len() - trouble.rest.len();
                ParseFilterError::new(trouble.kind, Span::point(at))
            }
        })
    }

    fn whole<'a>(&mut self, source: &'a str) -> Result<Filter, Err<Trouble<'a>>> {
        if source.len() > self.limits.length {
            return Err(Err::Failure(Trouble { rest: source, kind: FilterErrorKind::TooLong }));
        }
        let input = if self.mode.is_compat() { source.trim_start_matches(is_blank) } else { source };
        let (rest, filter) = self.any(input, 0, Inside::Resource)?;
        let rest = if self.mode.is_compat() { rest.trim_start_matches(is_blank) } else { rest };
        if rest.is_empty() { Ok(filter) } else { Err(Err::Failure(Trouble::from_error_kind(rest, ErrorKind::Eof))) }
    }

    fn any<'a>(&mut self, input: &'a str, depth: usize, inside: Inside) -> Parsed<'a, Filter> {
        let (mut rest, first) = self.all(input, depth, inside)?;
        let mut terms = vec![first];
        while let (after, Some(_)) = opt(keyword("or")).parse(rest)? {
            let (after, term) = self.all(after, depth, inside)?;
            terms.push(term);
            rest = after;
        }
        Ok((
            rest,
            flat(terms, Filter::Or, |term| match term {
                Filter::Or(inner) => Ok(inner),
                other => Err(other),
            }),
        ))
    }

    fn all<'a>(&mut self, input: &'a str, depth: usize, inside: Inside) -> Parsed<'a, Filter> {
        let (mut rest, first) = self.unit(input, depth, inside)?;
        let mut terms = vec![first];
        while let (after, Some(_)) = opt(keyword("and")).parse(rest)? {
            let (after, term) = self.unit(after, depth, inside)?;
            terms.push(term);
            rest = after;
        }
        Ok((
            rest,
            flat(terms, Filter::And, |term| match term {
                Filter::And(inner) => Ok(inner),
                other => Err(other),
            }),
        ))
    }

    fn unit<'a>(&mut self, input: &'a str, depth: usize, inside: Inside) -> Parsed<'a, Filter> {
        let not = terminated(tag_no_case("not"), (take_while(is_blank), peek(char('('))));
        let (rest, negated) = opt(not).parse(input)?;
        if negated.is_some() {
            let (rest, inner) = self.group(rest.trim_start_matches(is_blank), depth, inside)?;
            return Ok((rest, Filter::Not(Box::new(inner))));
        }
        if input.starts_with('(') { self.group(input, depth, inside) } else { self.term(input, depth, inside) }
    }

    fn group<'a>(&mut self, input: &'a str, depth: usize, inside: Inside) -> Parsed<'a, Filter> {
        self.enclosed(input, ('(', ')'), "`)`, `and` or `or`", depth, inside)
    }

    fn enclosed<'a>(
        &mut self,
        input: &'a str,
        (open, close): (char, char),
        end: &'static str,
        depth: usize,
        inside: Inside,
    ) -> Parsed<'a, Filter> {
        if depth >= self.limits.depth {
            return stop(input, FilterErrorKind::TooDeep);
        }
        let (rest, _) = terminated(char(open), take_while(is_blank)).parse(input)?;
        let (rest, inner) = self.any(rest, depth + 1, inside)?;
        let (rest, _) = take_while(is_blank).parse(rest)?;
        match opt(char(close)).parse(rest)? {
            (rest, Some(_)) => Ok((rest, inner)),
            (rest, None) => expected(rest, end),
        }
    }

    fn term<'a>(&mut self, input: &'a str, depth: usize, inside: Inside) -> Parsed<'a, Filter> {
        let (rest, attribute) = self.attribute(input)?;
        let bare = attribute.urn.is_none() && attribute.sub_attribute.is_none();
        if inside == Inside::Brackets && !bare {
            return expected(input, "the bare name of a sub-attribute");
        }
        if rest.starts_with('[') {
            if inside == Inside::Brackets || attribute.sub_attribute.is_some() {
                return expected(rest, "a comparison operator");
            }
            let (rest, filter) = self.brackets(rest, depth)?;
            return self.after_brackets(rest, attribute, filter);
        }
        self.comparison(rest, attribute)
    }

    /// A filter in brackets.
    pub(crate) fn brackets<'a>(&mut self, input: &'a str, depth: usize) -> Parsed<'a, Filter> {
        self.enclosed(input, ('[', ']'), "`]`, `and` or `or`", depth, Inside::Brackets)
    }

    /// `attr[...]`, in compat mode perhaps followed by `.name op value`, which joins the filter in the brackets.
    fn after_brackets<'a>(&mut self, rest: &'a str, attribute: AttributePath, filter: Filter) -> Parsed<'a, Filter> {
        let filter = match opt(char('.')).parse(rest)? {
            (after, Some(_)) if self.mode.is_compat() => {
                let (after, part) = self.attribute(after)?;
                if part.urn.is_some() || part.sub_attribute.is_some() {
                    return expected(rest, "the bare name of a sub-attribute");
                }
                let (after, comparison) = self.comparison(after, part)?;
                let joined = flat(vec![filter, comparison], Filter::And, |term| match term {
                    Filter::And(inner) => Ok(inner),
                    other => Err(other),
                });
                return Ok((after, Filter::Each { attribute, filter: Box::new(joined) }));
            }
            _ => Filter::Each { attribute, filter: Box::new(filter) },
        };
        Ok((rest, filter))
    }

    fn comparison<'a>(&mut self, input: &'a str, attribute: AttributePath) -> Parsed<'a, Filter> {
        self.comparisons += 1;
        if self.comparisons > self.limits.items {
            return stop(input, FilterErrorKind::TooMany);
        }
        const OPERATOR: &str = "a blank and a comparison operator such as `eq`";
        let Ok((rest, _)) = blanks(input) else { return expected(input, OPERATOR) };
        let (after, word) = take_while(|c: char| c.is_ascii_alphanumeric()).parse(rest)?;
        if word.eq_ignore_ascii_case("pr") && at_boundary(after) {
            return Ok((after, Filter::Present(attribute)));
        }
        let Some(operator) = Operator::from_word(word) else {
            return expected(rest, "a comparison operator: eq, ne, co, sw, ew, gt, ge, lt, le or pr");
        };
        let Ok((rest, _)) = blanks(after) else { return expected(after, "a blank and a value") };
        let (after, value) = self.literal(rest)?;
        if value == Literal::Null && !matches!(operator, Operator::Equal | Operator::NotEqual) {
            return expected(rest, "a value other than null for this operator");
        }
        Ok((after, Filter::Compare { attribute, operator, value }))
    }

    fn literal<'a>(&self, input: &'a str) -> Parsed<'a, Literal> {
        const VALUE: &str = "a value: a JSON string or number, true, false or null";
        let (rest, quoted) = opt(peek(alt((tag("\""), tag("'"))))).parse(input)?;
        let (rest, literal) = match quoted {
            Some("\"") => {
                let (rest, token) = json_string(rest)?;
                let Ok(text) = serde_json::from_str::<String>(token) else {
                    return expected(input, "a JSON string with valid escapes");
                };
                (rest, Literal::Text(text))
            }
            Some(_) if self.mode.is_compat() => {
                let (rest, text) = preceded(char('\''), take_while(|c| c != '\'')).parse(rest)?;
                match opt(char('\'')).parse(rest)? {
                    (rest, Some(_)) => (rest, Literal::Text(text.to_owned())),
                    _ => return expected(input, "a closing quote"),
                }
            }
            Some(_) => return expected(input, VALUE),
            None => {
                let word = |c: char| !is_blank(c) && !matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '"' | '\'');
                let (rest, token) = take_while(word).parse(input)?;
                match self.word(token) {
                    Some(literal) => (rest, literal),
                    None => return expected(input, VALUE),
                }
            }
        };
        if at_boundary(rest) { Ok((rest, literal)) } else { stop(rest, CONTINUATION) }
    }

    fn word(&self, token: &str) -> Option<Literal> {
        match token {
            "" => None,
            "true" => Some(Literal::Boolean(true)),
            "false" => Some(Literal::Boolean(false)),
            "null" => Some(Literal::Null),
            _ => match serde_json::from_str(token) {
                Ok(number) => Some(Literal::Number(number)),
                Err(_) if self.mode.is_compat() => Some(Literal::Text(token.to_owned())),
                Err(_) => None,
            },
        }
    }

    /// An attribute with optional URN and optional sub-attribute.
    pub(crate) fn attribute<'a>(&self, input: &'a str) -> Parsed<'a, AttributePath> {
        let token = take_while1::<_, _, Trouble<'_>>(|c: char| !is_blank(c) && !"()[]{}\"'".contains(c)).parse(input);
        let Ok((rest, token)) = token else { return stop(input, ATTRIBUTE) };
        match split_attribute(token, self.mode) {
            Some(attribute) => Ok((rest, attribute)),
            None => stop(input, ATTRIBUTE),
        }
    }
}

/// Splits `URN:name.sub`. The URN ends at the last colon; dots before it belong to the URN.
pub(crate) fn split_attribute(token: &str, mode: Mode) -> Option<AttributePath> {
    let (urn, local) = match token.rsplit_once(':') {
        Some((urn, local)) => (Some(urn), local),
        None => (None, token),
    };
    let (name, part) = match local.split_once('.') {
        Some((name, part)) => (name, Some(part)),
        None => (local, None),
    };
    let is_urn = |urn: &str| {
        urn.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:"))
            && urn.chars().all(|c| c.is_ascii_graphic())
    };
    let fits = urn.is_none_or(is_urn) && is_name(name, mode) && part.is_none_or(|part| is_name(part, mode));
    fits.then(|| AttributePath {
        urn: urn.map(str::to_owned),
        name: name.to_owned(),
        sub_attribute: part.map(str::to_owned),
    })
}

fn is_name(name: &str, mode: Mode) -> bool {
    let compat = mode.is_compat();
    let first = |c: char| c.is_ascii_alphabetic() || (compat && matches!(c, '-' | '_'));
    let further = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || (compat && c == ';');
    name == "$ref" || (name.starts_with(first) && name.chars().all(further))
}

fn flat(
    mut terms: Vec<Filter>,
    node: fn(Vec<Filter>) -> Filter,
    same: fn(Filter) -> Result<Vec<Filter>, Filter>,
) -> Filter {
    if terms.len() == 1
        && let Some(only) = terms.pop()
    {
        return only;
    }
    let mut flat = Vec::with_capacity(terms.len());
    for term in terms {
        match same(term) {
            Ok(inner) => flat.extend(inner),
            Err(other) => flat.push(other),
        }
    }
    node(flat)
}

fn keyword<'a>(word: &'static str) -> impl Parser<&'a str, Output = &'a str, Error = Trouble<'a>> {
    delimited(take_while1(is_blank), tag_no_case(word), take_while1(is_blank))
}

fn blanks(input: &str) -> Parsed<'_, &str> {
    take_while1(is_blank).parse(input)
}

fn is_blank(c: char) -> bool {
    c == ' '
}

fn at_boundary(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with([' ', ')', ']'])
}

/// A JSON string with its quotes, still escaped.
fn json_string(input: &str) -> Parsed<'_, &str> {
    let mut escaped = false;
    for (at, c) in input.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let (token, rest) = input.split_at_checked(at + 1).unwrap_or((input, ""));
                return Ok((rest, token));
            }
            _ => {}
        }
    }
    expected(input, "a closing quote")
}
