use provost_expr::{EvaluateErrorKind as Kind, Expression};
use provost_text::Span;

use super::numbers::Decimal;
use super::{Fault, Plain, Walk, Walked};

/// The arguments of a call.
pub(super) struct Arguments<'e> {
    given: Vec<Option<&'e Expression>>,
    pub(super) span: Span,
}

impl<'e> Arguments<'e> {
    pub(super) fn new(given: Vec<Option<&'e Expression>>, span: Span) -> Self {
        Self { given, span }
    }

    pub(super) fn len(&self) -> usize {
        self.given.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<&'e Expression> {
        self.given.get(at).copied().flatten()
    }

    /// An error of an argument, or of the whole call where the argument is omitted.
    pub(super) fn fault<T>(&self, at: usize, kind: Kind) -> Walked<T> {
        Err(Fault::Failed(kind, self.get(at).map_or(self.span, Expression::span)))
    }
}

impl Walk<'_> {
    /// The argument as it is, a flow signal included.
    pub(super) fn branch(&mut self, arguments: &Arguments<'_>, at: usize) -> Walked {
        arguments.get(at).map_or(Ok(Plain::Null), |node| self.node(node))
    }

    pub(super) fn any(&mut self, arguments: &Arguments<'_>, at: usize) -> Walked {
        arguments.get(at).map_or(Ok(Plain::Null), |node| self.value(node))
    }

    pub(super) fn all(&mut self, arguments: &Arguments<'_>, at: usize) -> Walked {
        arguments.get(at).map_or(Ok(Plain::Null), |node| self.whole(node))
    }

    pub(super) fn one(&mut self, arguments: &Arguments<'_>, at: usize) -> Walked {
        arguments.get(at).map_or(Ok(Plain::Null), |node| self.scalar(node))
    }

    pub(super) fn maybe(&mut self, arguments: &Arguments<'_>, at: usize) -> Walked<Option<String>> {
        Ok(self.one(arguments, at)?.text())
    }

    /// A text; Null counts as the empty one.
    pub(super) fn text(&mut self, arguments: &Arguments<'_>, at: usize) -> Walked<String> {
        Ok(self.maybe(arguments, at)?.unwrap_or_default())
    }

    pub(super) fn integer(&mut self, arguments: &Arguments<'_>, at: usize) -> Walked<i64> {
        match self.one(arguments, at)? {
            Plain::Integer(number) => Ok(number),
            Plain::Null => arguments.fault(at, Kind::Null),
            other => match other.text().as_deref().and_then(Decimal::read).and_then(|number| number.whole()) {
                Some(whole) => Ok(whole),
                None => arguments.fault(at, Kind::NotANumber),
            },
        }
    }

    /// An argument on each text of which a function works; Null stays.
    pub(super) fn mapped(value: Plain, mut function: impl FnMut(String) -> Walked<String>) -> Walked {
        match value {
            Plain::List(texts) => Ok(Plain::list(texts.into_iter().map(function).collect::<Walked<_>>()?)),
            scalar => scalar.text().map_or(Ok(Plain::Null), |text| function(text).map(Plain::Text)),
        }
    }

    /// An argument for which Null counts as the empty text.
    pub(super) fn or_empty(&mut self, arguments: &Arguments<'_>, at: usize) -> Walked {
        Ok(match self.any(arguments, at)? {
            Plain::Null => Plain::Text(String::new()),
            value => value,
        })
    }

    /// Evaluates a node with a variable bound.
    pub(super) fn with(&mut self, name: &str, value: Plain, node: &Expression) -> Walked {
        self.bound.push((name.to_owned(), value));
        let result = self.node(node);
        self.bound.pop();
        result
    }
}
