use std::fmt;
use std::ops::Range;

use provost_text::Span;

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
    /// A comparison of two operands; only inside an argument.
    Comparison(Box<Comparison>),
    /// A constant text or number.
    Constant(Constant),
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
    /// Without quotes, in decimal or, after `&H`, hexadecimal digits.
    Number,
    /// Between quotation marks.
    Quoted,
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Operator {
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
    /// `<>`
    NotEqual,
}

/// The words that stand without quotes.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Bareword {
    /// `vbBinaryCompare`: compare character by character.
    BinaryCompare,
    /// `IgnoreAttributeFlow`: leave the target attribute as it is.
    IgnoreAttributeFlow,
    /// `IgnoreObjectFlow`: leave the target object as it is.
    IgnoreObjectFlow,
    /// `vbTextCompare`: compare without case.
    TextCompare,
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

impl Constant {
    pub(crate) fn number(text: String) -> Self {
        Self { text, form: ConstantForm::Number, escaped: Vec::new() }
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
        if self.form == ConstantForm::Number {
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
            Self::Equal => "=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::NotEqual => "<>",
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Bareword {
    pub(crate) const ALL: [Self; 4] =
        [Self::BinaryCompare, Self::IgnoreAttributeFlow, Self::IgnoreObjectFlow, Self::TextCompare];

    /// Returns the word as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BinaryCompare => "vbBinaryCompare",
            Self::IgnoreAttributeFlow => "IgnoreAttributeFlow",
            Self::IgnoreObjectFlow => "IgnoreObjectFlow",
            Self::TextCompare => "vbTextCompare",
        }
    }
}

impl fmt::Display for Bareword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
