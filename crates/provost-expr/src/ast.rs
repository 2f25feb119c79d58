use std::fmt;
use std::ops::Range;

use provost_text::Span;

use crate::dialect::Dialect;
use crate::value::Flow;

/// A parsed expression: one node of the tree, with the place it was read from.
///
/// [`parse`](crate::parse) makes it. Two expressions are equal when they print the same canonical text: spans do not
/// count, and an unquoted number equals the quoted one.
#[derive(Clone, Debug)]
pub struct Expression {
    pub(crate) kind: ExpressionKind,
    pub(crate) span: Span,
}

/// What a node of an expression is.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ExpressionKind {
    /// An attribute of the source object, by its exact name.
    Attribute(String),
    /// One of the words that stand without quotes.
    Bareword(Bareword),
    /// A function applied to arguments.
    Call(Call),
    /// Operands with operators between them, in the dialect `connect`.
    Chain(Box<Chain>),
    /// A comparison of two operands; only inside an argument.
    Comparison(Box<Comparison>),
    /// A constant text or number.
    Constant(Constant),
    /// `%name%`: a parameter that stands for a text from the configuration, in the dialect `connect`.
    Parameter(String),
    /// `$name`: a variable that a function around it binds, in the dialect `connect`.
    Variable(String),
}

/// A function applied to arguments.
#[derive(Clone, Debug)]
pub struct Call {
    pub(crate) name: String,
    pub(crate) name_span: Span,
    pub(crate) arguments: Vec<Argument>,
}

/// A place in the argument list of a call.
#[derive(Clone, Debug)]
pub enum Argument {
    /// An argument that is written out.
    Given(Expression),
    /// Nothing between two commas, or between a comma and the parenthesis; the span is empty and shows where.
    Omitted(Span),
}

/// Two operands with an operator between them.
#[derive(Clone, Debug)]
pub struct Comparison {
    pub(crate) operator: Operator,
    pub(crate) operator_span: Span,
    pub(crate) left: Expression,
    pub(crate) right: Expression,
}

/// Operands with operators between them. All operators have the same rank and are applied from left to right.
#[derive(Clone, Debug)]
pub struct Chain {
    pub(crate) first: Expression,
    pub(crate) links: Vec<Link>,
}

/// An operator of a [`Chain`] and the operand behind it.
#[derive(Clone, Debug)]
pub struct Link {
    pub(crate) operator: Operator,
    pub(crate) operator_span: Span,
    pub(crate) operand: Expression,
}

/// A constant, and how it was written.
#[derive(Clone, Debug)]
pub struct Constant {
    pub(crate) text: String,
    pub(crate) form: ConstantForm,
    /// The bytes of the text that took two bytes to write, since a backslash escapes them.
    pub(crate) escaped: Vec<usize>,
}

/// How a constant was written.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ConstantForm {
    /// Digits in the dialect `connect`, where a number and a text in quotes are not the same.
    Literal,
    /// Without quotes, in decimal or, after `&H`, hexadecimal digits.
    Number,
    /// Between quotation marks.
    Quoted,
    /// Between quotation marks in the dialect `connect`, which has no escapes.
    Verbatim,
}

/// An operator. The dialect `entra` has those that compare, `connect` has all.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Operator {
    /// `+`
    Add,
    /// `&&`
    And,
    /// `&`
    Concatenate,
    /// `/`, with a whole number as the result.
    Divide,
    /// `=`
    Equal,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `*`
    Multiply,
    /// `<>`
    NotEqual,
    /// `||`
    Or,
    /// `-`
    Subtract,
}

/// The words that stand without quotes: the first four are those of the dialect `entra`, and only the two that compare are
/// words of `connect` too.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Bareword {
    /// `vbBinaryCompare`: compare character by character.
    BinaryCompare,
    /// `IgnoreAttributeFlow`: leave the target attribute as it is.
    IgnoreAttributeFlow,
    /// `IgnoreObjectFlow`: leave the target object as it is.
    IgnoreObjectFlow,
    /// `vbTextCompare`: compare without case.
    TextCompare,
    /// `ASCII`: the encoding.
    Ascii,
    /// `CaseInsensitive`: compare without case.
    CaseInsensitive,
    /// `CaseSensitive`: compare character by character.
    CaseSensitive,
    /// `CRLF`: a carriage return and a line feed.
    CrLf,
    /// `False`
    False,
    /// `IgnoreThisFlow`: leave the target attribute as it is.
    IgnoreThisFlow,
    /// `NULL`: no value.
    Null,
    /// `True`
    True,
    /// `Unicode`: the encoding UTF-16, low octet first.
    Unicode,
    /// `UTF8`: the encoding.
    Utf8,
}

impl Expression {
    /// Returns what the node is.
    #[must_use]
    pub fn kind(&self) -> &ExpressionKind {
        &self.kind
    }

    /// Returns the bytes of the source that the node was read from.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Goes through the node and everything below it, in the order of the text.
    pub fn nodes(&self) -> impl Iterator<Item = &Self> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            let node = waiting.pop()?;
            match &node.kind {
                ExpressionKind::Call(call) => waiting.extend(call.given().rev()),
                ExpressionKind::Chain(chain) => {
                    waiting.extend(chain.links.iter().rev().map(|link| &link.operand).chain([&chain.first]));
                }
                ExpressionKind::Comparison(comparison) => waiting.extend([&comparison.right, &comparison.left]),
                _ => {}
            }
            Some(node)
        })
    }

    /// Goes through the calls in the expression, outer before inner.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.nodes().filter_map(|node| match &node.kind {
            ExpressionKind::Call(call) => Some(call),
            _ => None,
        })
    }

    /// Goes through the attributes that the expression reads, in the order of the text and with repetitions, each with
    /// its place.
    ///
    /// ```
    /// let expression = provost_expr::parse("Join(\" \", [givenName], [surname])")?;
    /// let names: Vec<_> = expression.attributes().map(|(name, _)| name).collect();
    /// assert_eq!(names, ["givenName", "surname"]);
    /// # Ok::<(), provost_expr::ParseExprError>(())
    /// ```
    pub fn attributes(&self) -> impl Iterator<Item = (&str, Span)> {
        self.nodes().filter_map(|node| match &node.kind {
            ExpressionKind::Attribute(name) => Some((name.as_str(), node.span)),
            _ => None,
        })
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Eq for Expression {}

impl Call {
    /// Returns the name of the function as it is written.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the place of the name.
    #[must_use]
    pub fn name_span(&self) -> Span {
        self.name_span
    }

    /// Returns the argument places, omitted ones included.
    #[must_use]
    pub fn arguments(&self) -> &[Argument] {
        &self.arguments
    }

    fn given(&self) -> impl DoubleEndedIterator<Item = &Expression> {
        self.arguments.iter().filter_map(Argument::given)
    }
}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.arguments == other.arguments
    }
}

impl Eq for Call {}

impl Argument {
    /// Returns the expression, or `None` where the argument is omitted.
    #[must_use]
    pub fn given(&self) -> Option<&Expression> {
        match self {
            Self::Given(expression) => Some(expression),
            Self::Omitted(_) => None,
        }
    }

    /// Returns the place of the argument; empty where it is omitted.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Given(expression) => expression.span,
            Self::Omitted(span) => *span,
        }
    }
}

impl PartialEq for Argument {
    fn eq(&self, other: &Self) -> bool {
        self.given() == other.given()
    }
}

impl Eq for Argument {}

impl Comparison {
    /// Returns the operator.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// Returns the place of the operator.
    #[must_use]
    pub fn operator_span(&self) -> Span {
        self.operator_span
    }

    /// Returns the operand before the operator.
    #[must_use]
    pub fn left(&self) -> &Expression {
        &self.left
    }

    /// Returns the operand behind the operator.
    #[must_use]
    pub fn right(&self) -> &Expression {
        &self.right
    }
}

impl PartialEq for Comparison {
    fn eq(&self, other: &Self) -> bool {
        self.operator == other.operator && self.left == other.left && self.right == other.right
    }
}

impl Eq for Comparison {}

impl Chain {
    /// Returns the first operand.
    #[must_use]
    pub fn first(&self) -> &Expression {
        &self.first
    }

    /// Returns the operators, each with the operand behind it; at least one.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }
}

impl PartialEq for Chain {
    fn eq(&self, other: &Self) -> bool {
        self.first == other.first && self.links == other.links
    }
}

impl Eq for Chain {}

impl Link {
    /// Returns the operator.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// Returns the place of the operator.
    #[must_use]
    pub fn operator_span(&self) -> Span {
        self.operator_span
    }

    /// Returns the operand behind the operator.
    #[must_use]
    pub fn operand(&self) -> &Expression {
        &self.operand
    }
}

impl PartialEq for Link {
    fn eq(&self, other: &Self) -> bool {
        self.operator == other.operator && self.operand == other.operand
    }
}

impl Eq for Link {}

impl Constant {
    pub(crate) fn number(text: String, dialect: Dialect) -> Self {
        let form = match dialect {
            Dialect::Connect => ConstantForm::Literal,
            Dialect::Entra => ConstantForm::Number,
        };
        Self { text, form, escaped: Vec::new() }
    }

    /// A text between quotation marks, which prints with the escapes of the dialect; `connect` has none, so a text with a
    /// quotation mark prints there as what does not read back.
    pub(crate) fn quoted(text: impl Into<String>, dialect: Dialect) -> Self {
        let form = match dialect {
            Dialect::Connect => ConstantForm::Verbatim,
            Dialect::Entra => ConstantForm::Quoted,
        };
        Self { text: text.into(), form, escaped: Vec::new() }
    }

    /// Returns the text without quotes and escapes; a hexadecimal number in decimal digits.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns how it was written.
    #[must_use]
    pub fn form(&self) -> ConstantForm {
        self.form
    }

    /// The place in the source of a part of the text; `span` is that of the whole constant.
    pub(crate) fn span_within(&self, part: Range<usize>, span: Span) -> Span {
        if matches!(self.form, ConstantForm::Literal | ConstantForm::Number) {
            return span;
        }
        let at = |offset: usize| {
            let escapes = self.escaped.partition_point(|escaped| *escaped < offset);
            (span.start() + 1 + offset + escapes).min(span.end())
        };
        Span::new(at(part.start), at(part.end))
    }
}

impl PartialEq for Constant {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Constant {}

impl Operator {
    /// Returns the operator as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::And => "&&",
            Self::Concatenate => "&",
            Self::Divide => "/",
            Self::Equal => "=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Multiply => "*",
            Self::NotEqual => "<>",
            Self::Or => "||",
            Self::Subtract => "-",
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Bareword {
    const CONNECT: [Self; 12] = [
        Self::Ascii,
        Self::BinaryCompare,
        Self::CaseInsensitive,
        Self::CaseSensitive,
        Self::CrLf,
        Self::False,
        Self::IgnoreThisFlow,
        Self::Null,
        Self::TextCompare,
        Self::True,
        Self::Unicode,
        Self::Utf8,
    ];
    const ENTRA: [Self; 4] =
        [Self::BinaryCompare, Self::IgnoreAttributeFlow, Self::IgnoreObjectFlow, Self::TextCompare];

    /// Returns the words of a dialect.
    #[must_use]
    pub fn all(dialect: Dialect) -> &'static [Self] {
        match dialect {
            Dialect::Connect => &Self::CONNECT,
            Dialect::Entra => &Self::ENTRA,
        }
    }

    /// Returns the word as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ascii => "ASCII",
            Self::BinaryCompare => "vbBinaryCompare",
            Self::CaseInsensitive => "CaseInsensitive",
            Self::CaseSensitive => "CaseSensitive",
            Self::CrLf => "CRLF",
            Self::False => "False",
            Self::IgnoreAttributeFlow => "IgnoreAttributeFlow",
            Self::IgnoreObjectFlow => "IgnoreObjectFlow",
            Self::IgnoreThisFlow => "IgnoreThisFlow",
            Self::Null => "NULL",
            Self::TextCompare => "vbTextCompare",
            Self::True => "True",
            Self::Unicode => "Unicode",
            Self::Utf8 => "UTF8",
        }
    }

    /// The signal that the word is.
    pub(crate) fn flow(self) -> Option<Flow> {
        match self {
            Self::IgnoreAttributeFlow | Self::IgnoreThisFlow => Some(Flow::IgnoreAttribute),
            Self::IgnoreObjectFlow => Some(Flow::IgnoreObject),
            _ => None,
        }
    }

    /// Tells whether only a parameter that takes words understands it.
    pub(crate) fn is_option(self) -> bool {
        matches!(
            self,
            Self::Ascii
                | Self::BinaryCompare
                | Self::CaseInsensitive
                | Self::CaseSensitive
                | Self::TextCompare
                | Self::Unicode
                | Self::Utf8
        )
    }
}

impl fmt::Display for Bareword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
