//! A plain walk over the tree of an expression, written from the rules of the language and not from what it is compared
//! with: of the library it uses the tree, `Complex` for roles, and nothing that evaluates.
//!
//! What it takes from elsewhere would be absurd to write again: the case mappings and the white space of `std`, and the
//! crate `regex` to take dates apart. Patterns of .NET are matched by a small matcher of its own, dates are counted by hand.
//! What it does not know ends in [`Fault::Unknown`] and is compared with nothing: random values, certificates, letters with
//! marks, reading dates by a format, and patterns beyond the small matcher.

#![allow(clippy::string_slice, reason = "a slice that does not fit fails the test")]

mod calls;
pub(crate) mod compare;
mod connect;
mod dates;
mod entra;
mod names;
mod numbers;
mod patterns;
mod texts;

use std::collections::BTreeMap;

use provost_expr::{
    Argument, Bareword, Call, Complex, Dialect, EvaluateErrorKind as Kind, Expression, ExpressionKind, Flow, Member,
    Operator, Value,
};
use provost_text::Span;

use self::calls::Arguments;
use self::numbers::Decimal;

/// A value of the language.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Plain {
    Null,
    Boolean(bool),
    /// Steps of 100 nanoseconds since the beginning of year 1.
    Date(i64),
    Flow(Flow),
    Integer(i64),
    List(Vec<String>),
    Roles(Vec<Complex>),
    Text(String),
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fault {
    Failed(Kind, Span),
    /// The walker does not know.
    Unknown,
}

type Walked<T = Plain> = Result<T, Fault>;

/// What a walk reads beside the expression.
pub(crate) struct Walker<'w> {
    pub(crate) dialect: Dialect,
    pub(crate) user: &'w BTreeMap<String, Value<'static>>,
    pub(crate) parameters: &'w BTreeMap<String, String>,
    pub(crate) default_domain: Option<&'w str>,
    /// The values that the target has, compared without the case of ASCII letters.
    pub(crate) taken: &'w [&'w str],
    /// The date and time, in steps since the beginning of year 1.
    pub(crate) now: i64,
}

/// The walk itself: what is bound where it is.
struct Walk<'w> {
    around: &'w Walker<'w>,
    bound: Vec<(String, Plain)>,
}

impl Walker<'_> {
    /// Evaluates an expression.
    pub(crate) fn walk(&self, expression: &Expression) -> Walked {
        Walk { around: self, bound: Vec::new() }.node(expression)
    }
}

impl Plain {
    /// Tells whether the library means the same value.
    pub(crate) fn is(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Date(steps), Value::DateTime(date)) => dates::printed(*steps) == date.to_string(),
            (Self::Date(_), _) | (_, Value::DateTime(_)) => false,
            (plain, value) => *plain == Self::from(value),
        }
    }

    fn text(self) -> Option<String> {
        match self {
            Self::Boolean(true) => Some("True".to_owned()),
            Self::Boolean(false) => Some("False".to_owned()),
            Self::Date(steps) => Some(dates::printed(steps)),
            Self::Integer(number) => Some(number.to_string()),
            Self::Text(text) => Some(text),
            Self::Flow(_) | Self::List(_) | Self::Null | Self::Roles(_) => None,
        }
    }

    fn list(texts: Vec<String>) -> Self {
        if texts.is_empty() { Self::Null } else { Self::List(texts) }
    }

    /// The texts of a list, or the one of a scalar.
    fn texts(self) -> Vec<String> {
        match self {
            Self::List(texts) => texts,
            scalar => scalar.text().into_iter().collect(),
        }
    }

    /// Null, the empty text, or a list of empty texts.
    fn is_empty(&self) -> bool {
        match self {
            Self::List(texts) => texts.iter().all(String::is_empty),
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }

    /// Whether it is true, or `None` for what is no condition.
    fn truth(&self) -> Option<bool> {
        match self {
            Self::Boolean(flag) => Some(*flag),
            Self::Integer(number) => Some(*number != 0),
            Self::Text(text) => match text.to_ascii_lowercase().as_str() {
                "true" => Some(true),
                "false" => Some(false),
                text => Decimal::read(text).map(|number| !number.is_zero()),
            },
            _ => None,
        }
    }
}

impl From<&Value<'_>> for Plain {
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Boolean(flag) => Self::Boolean(*flag),
            Value::Complex(values) => Self::Roles(values.to_vec()),
            Value::Flow(flow) => Self::Flow(*flow),
            Value::Integer(number) => Self::Integer(*number),
            Value::List(items) => Self::List(items.as_slice().iter().map(ToString::to_string).collect()),
            Value::Null => Self::Null,
            Value::Text(text) => Self::Text(text.to_string()),
            other => panic!("no attribute holds {other:?}"),
        }
    }
}

/// The text of a member of a role.
fn member(role: &Complex, name: &str) -> Option<String> {
    match role.get(name)? {
        Member::Boolean(_) => None,
        Member::Text(text) => Some(text.clone()),
    }
}

impl<'w> Walk<'w> {
    /// What a node gives, a flow signal included.
    fn node(&mut self, node: &Expression) -> Walked {
        match node.kind() {
            ExpressionKind::Attribute(name) => Ok(self.attribute(name)),
            ExpressionKind::Bareword(word) => Ok(match word {
                Bareword::CrLf => Plain::Text("\r\n".to_owned()),
                Bareword::False => Plain::Boolean(false),
                Bareword::IgnoreAttributeFlow | Bareword::IgnoreThisFlow => Plain::Flow(Flow::IgnoreAttribute),
                Bareword::IgnoreObjectFlow => Plain::Flow(Flow::IgnoreObject),
                Bareword::Null => Plain::Null,
                Bareword::True => Plain::Boolean(true),
                option => Plain::Text(option.to_string()),
            }),
            ExpressionKind::Call(call) => self.call(call, node.span()),
            ExpressionKind::Chain(chain) => {
                let mut left = self.value(chain.first())?;
                for link in chain.links() {
                    // What is decided is not evaluated.
                    match (link.operator(), left.truth()) {
                        (Operator::And, Some(false)) | (Operator::Or, Some(true)) => continue,
                        _ => {}
                    }
                    let right = self.value(link.operand())?;
                    left = connect::operate(link.operator(), left, right, node.span().join(link.operand().span()))?;
                }
                Ok(left)
            }
            ExpressionKind::Comparison(comparison) => {
                let (left, right) = (self.scalar(comparison.left())?, self.scalar(comparison.right())?);
                Ok(Plain::Boolean(numbers::compare(comparison.operator(), left, right)))
            }
            ExpressionKind::Constant(constant) => Ok(Plain::Text(constant.text().to_owned())),
            ExpressionKind::Parameter(name) => match self.around.parameters.get(name) {
                Some(text) => Ok(Plain::Text(text.clone())),
                None => Err(Fault::Failed(Kind::NotConfigured, node.span())),
            },
            ExpressionKind::Variable(name) => {
                let held = self.bound.iter().rev().find(|(held, _)| held == name);
                Ok(held.map_or(Plain::Null, |(_, value)| value.clone()))
            }
            other => panic!("{other:?} is new"),
        }
    }

    fn attribute(&self, name: &str) -> Plain {
        let user = self.around.user;
        let exact = user.get(name);
        let held = exact.or_else(|| {
            let is_soft_deleted = |name: &str| name.eq_ignore_ascii_case("isSoftDeleted");
            user.iter().find(|(held, _)| is_soft_deleted(name) && is_soft_deleted(held)).map(|(_, value)| value)
        });
        held.map_or(Plain::Null, Plain::from)
    }

    /// What a node gives where a value is needed: of roles, their member `value`.
    fn value(&mut self, node: &Expression) -> Walked {
        match self.whole(node)? {
            Plain::Roles(roles) => Ok(Plain::list(roles.iter().filter_map(|role| member(role, "value")).collect())),
            value => Ok(value),
        }
    }

    /// What a node gives where a value is needed, roles with all their members.
    fn whole(&mut self, node: &Expression) -> Walked {
        match self.node(node)? {
            Plain::Flow(_) => Err(Fault::Failed(Kind::FlowSignal, node.span())),
            value => Ok(value),
        }
    }

    /// What a node gives where one value is needed.
    fn scalar(&mut self, node: &Expression) -> Walked {
        match self.value(node)? {
            Plain::List(texts) if texts.len() > 1 => Err(Fault::Failed(Kind::List, node.span())),
            Plain::List(texts) => Ok(texts.into_iter().next().map_or(Plain::Null, Plain::Text)),
            scalar => Ok(scalar),
        }
    }

    fn call(&mut self, call: &Call, span: Span) -> Walked {
        let arguments = Arguments::new(call.arguments().iter().map(Argument::given).collect(), span);
        match self.around.dialect {
            Dialect::Connect => self.connect(call.name(), &arguments),
            _ => self.entra(call.name(), &arguments),
        }
    }
}
