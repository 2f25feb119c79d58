use nom::IResult;
use nom::Parser as _;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::combinator::value;

use super::{OPERAND, Parser as ExpressionParser, name};
use crate::ast::{Chain, Constant, Expression, ExpressionKind, Link, Operator};
use crate::dialect::Dialect;
use crate::error::{ParseExprError, ParseExprErrorKind as Kind};

/// The rules of the dialect `connect` that `entra` does not have.
impl ExpressionParser<'_> {
    pub(super) fn outermost_chain(&mut self) -> Result<Expression, ParseExprError> {
        self.blanks();
        if self.rest.is_empty() {
            return Err(self.expected("an expression"));
        }
        let expression = self.chain(1)?;
        self.blanks();
        if !self.rest.is_empty() {
            return Err(self.expected("an operator or the end of the expression"));
        }
        Ok(expression)
    }

    /// Operands with operators between them. They are kept side by side, so that a long chain makes no deep tree.
    pub(super) fn chain(&mut self, level: usize) -> Result<Expression, ParseExprError> {
        let first = self.operand(level)?;
        let (mut span, mut links) = (first.span, Vec::new());
        loop {
            let behind = self.rest;
            self.blanks();
            let at = self.at();
            let Some(operator) = self.token(operator) else {
                self.rest = behind;
                break;
            };
            if links.len() == self.items {
                return Err(self.at_next(Kind::TooManyArguments(self.items)));
            }
            let operator_span = self.since(at);
            self.blanks();
            let operand = self.operand(level)?;
            span = span.join(operand.span);
            links.push(Link { operator, operator_span, operand });
        }
        if links.is_empty() {
            return Ok(first);
        }
        Ok(Expression { kind: ExpressionKind::Chain(Box::new(Chain { first, links })), span })
    }

    /// A text without escapes, a parameter, a variable, or a chain in parentheses.
    pub(super) fn connect_operand(&mut self, level: usize) -> Result<Expression, ParseExprError> {
        let at = self.at();
        let kind = if self.punctuation("\"") {
            let text = self.token(take_while(|c| c != '"')).unwrap_or_default().to_owned();
            if !self.punctuation("\"") {
                return Err(ParseExprError::new(Kind::UnterminatedText, provost_text::Span::new(at, at + 1)));
            }
            ExpressionKind::Constant(Constant::quoted(text, Dialect::Connect))
        } else if self.punctuation("%") {
            let name = self.token(parameter_name).unwrap_or_default().to_owned();
            if name.is_empty() || !self.punctuation("%") {
                return Err(self.expected("the name of a parameter between `%` and `%`"));
            }
            ExpressionKind::Parameter(name)
        } else if self.punctuation("$") {
            match self.token(name) {
                Some(name) => ExpressionKind::Variable(name.to_owned()),
                None => return Err(self.expected("the name of a variable")),
            }
        } else if self.punctuation("(") {
            if level > self.depth {
                return Err(ParseExprError::new(Kind::TooDeep(self.depth), self.since(at)));
            }
            self.blanks();
            let inside = self.chain(level + 1)?;
            self.blanks();
            if !self.punctuation(")") {
                return Err(self.expected("`)` or an operator"));
            }
            inside.kind
        } else {
            return Err(self.expected(OPERAND));
        };
        Ok(Expression { kind, span: self.since(at) })
    }
}

fn parameter_name(text: &str) -> IResult<&str, &str, ()> {
    take_while1(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))(text)
}

fn operator(text: &str) -> IResult<&str, Operator, ()> {
    let logical = alt((value(Operator::And, tag("&&")), value(Operator::Or, tag("||"))));
    let arithmetic = alt((
        value(Operator::Concatenate, tag("&")),
        value(Operator::Add, tag("+")),
        value(Operator::Subtract, tag("-")),
        value(Operator::Multiply, tag("*")),
        value(Operator::Divide, tag("/")),
    ));
    alt((logical, super::operator, arithmetic)).parse(text)
}
