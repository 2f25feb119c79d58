use std::fmt;

use crate::ast::{Argument, Expression, ExpressionKind};

/// The columns of one level.
const STEP: usize = 4;

/// Prints an expression over several lines where one is too short; [`Expression::indented`] makes it.
///
/// The text parses to the same expression.
#[derive(Clone, Copy, Debug)]
pub struct Indented<'e> {
    expression: &'e Expression,
    width: usize,
}

impl Expression {
    /// Returns the expression in a form that prints over several lines, each of at most `width` characters as far as
    /// attributes and constants let it.
    ///
    /// ```
    /// let expression = provost_expr::parse("Join(\"\", \"CN=\", Word([mail], 1, \"@\"), \",DC=lab\")")?;
    /// let expected = "Join(\n    \"\",\n    \"CN=\",\n    Word([mail], \"1\", \"@\"),\n    \",DC=lab\"\n)";
    /// assert_eq!(expression.indented(30).to_string(), expected);
    /// # Ok::<(), provost_expr::ParseExprError>(())
    /// ```
    #[must_use]
    pub fn indented(&self, width: usize) -> Indented<'_> {
        Indented { expression: self, width }
    }
}

impl fmt::Display for Indented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, self.expression, 0)
    }
}

impl Indented<'_> {
    fn write(&self, f: &mut fmt::Formatter<'_>, expression: &Expression, column: usize) -> fmt::Result {
        let line = expression.to_string();
        if column + line.chars().count() <= self.width {
            return f.write_str(&line);
        }
        let inner = column + STEP;
        match &expression.kind {
            ExpressionKind::Call(call) if !call.arguments.is_empty() => {
                write!(f, "{}(", call.name)?;
                let last = call.arguments.len() - 1;
                for (position, argument) in call.arguments.iter().enumerate() {
                    match argument {
                        Argument::Given(given) => {
                            self.line(f, inner)?;
                            self.write(f, given, inner)?;
                        }
                        // An omitted argument at the end has nothing but the comma before it.
                        Argument::Omitted(_) if position < last => self.line(f, inner)?,
                        Argument::Omitted(_) => {}
                    }
                    if position < last {
                        f.write_str(",")?;
                    }
                }
                self.line(f, column)?;
                f.write_str(")")
            }
            ExpressionKind::Chain(chain) => {
                self.operand(f, &chain.first, column)?;
                for link in &chain.links {
                    self.line(f, inner)?;
                    write!(f, "{} ", link.operator)?;
                    self.operand(f, &link.operand, inner)?;
                }
                Ok(())
            }
            ExpressionKind::Comparison(comparison) => {
                self.write(f, &comparison.left, column)?;
                write!(f, " {} ", comparison.operator)?;
                self.write(f, &comparison.right, column)
            }
            _ => f.write_str(&line),
        }
    }

    fn operand(&self, f: &mut fmt::Formatter<'_>, operand: &Expression, column: usize) -> fmt::Result {
        if !matches!(operand.kind, ExpressionKind::Chain(_)) {
            return self.write(f, operand, column);
        }
        f.write_str("(")?;
        self.write(f, operand, column)?;
        f.write_str(")")
    }

    fn line(&self, f: &mut fmt::Formatter<'_>, column: usize) -> fmt::Result {
        write!(f, "\n{:column$}", "")
    }
}
