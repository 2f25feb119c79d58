use std::fmt;

use crate::ast::{Argument, Call, Chain, Comparison, Constant, ConstantForm, Expression, ExpressionKind};

/// Prints the canonical one-line text: `, ` between arguments, attributes in brackets, constants in quotes (numbers too),
/// omitted arguments as an empty place.
///
/// ```
/// let expression = provost_expr::parse("Mid ( [mail] ,1,\n 8 )")?;
/// assert_eq!(expression.to_string(), "Mid([mail], \"1\", \"8\")");
/// # Ok::<(), provost_expr::ParseExprError>(())
/// ```
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExpressionKind::Attribute(name) => write!(f, "[{name}]"),
            ExpressionKind::Bareword(word) => word.fmt(f),
            ExpressionKind::Call(call) => call.fmt(f),
            ExpressionKind::Chain(chain) => chain.fmt(f),
            ExpressionKind::Comparison(comparison) => comparison.fmt(f),
            ExpressionKind::Constant(constant) => constant.fmt(f),
            ExpressionKind::Parameter(name) => write!(f, "%{name}%"),
            ExpressionKind::Variable(name) => write!(f, "${name}"),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.name)?;
        for (position, argument) in self.arguments.iter().enumerate() {
            if position > 0 {
                f.write_str(", ")?;
            }
            if let Argument::Given(expression) = argument {
                expression.fmt(f)?;
            }
        }
        f.write_str(")")
    }
}

/// An operand that is a chain itself stands in parentheses.
impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operand = |f: &mut fmt::Formatter<'_>, operand: &Expression| match &operand.kind {
            ExpressionKind::Chain(chain) => write!(f, "({chain})"),
            _ => operand.fmt(f),
        };
        operand(f, &self.first)?;
        for link in &self.links {
            write!(f, " {} ", link.operator)?;
            operand(f, &link.operand)?;
        }
        Ok(())
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.left, self.operator, self.right)
    }
}

impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form {
            ConstantForm::Literal => return f.write_str(&self.text),
            ConstantForm::Verbatim => return write!(f, "\"{}\"", self.text),
            ConstantForm::Number | ConstantForm::Quoted => f.write_str("\"")?,
        }
        let mut rest = self.text.as_str();
        while let Some(at) = rest.find(['"', '\\']) {
            let (plain, marked) = rest.split_at(at);
            f.write_str(plain)?;
            f.write_str(if marked.starts_with('"') { "\\\"" } else { "\\\\" })?;
            rest = marked.get(1..).unwrap_or("");
        }
        f.write_str(rest)?;
        f.write_str("\"")
    }
}
