//! The fast form of a program, made when it is compiled.
//!
//! It covers the functions that mappings are made of, for the values that objects have as a rule: single texts, Null, and
//! numbers and Booleans by their text. What it meets beside these makes it give up with [`Unusual`], and the general
//! evaluator begins anew; so only what succeeds is said twice, here and there, and an error has one source. That a plan may
//! give up at any point is safe because nothing in it is random or marks a value as secret.
//!
//! [`lower`] makes it from the nodes of the program. A [`Choice`] ends in one result: an attribute as it is, a constant, a list
//! of parts, or a [`Text`]. A text is a view of an attribute, or it is written behind other text into a [`Sink`].
//! [`Writer`] evaluates both over a [`Row`], which is one object: a record, or a line across columns.

mod cut;
mod kernel;
mod key;
mod lower;
mod row;
mod sink;
mod write;

use std::sync::Arc;

use crate::ast::Operator;
use crate::functions::casing::Culture;
use crate::regex::{Groups, Regex, Template as Replacement};
use crate::value::Value;

pub(crate) use self::cut::{Cut, Delimiters};
pub(crate) use self::kernel::Kernel;
pub(crate) use self::key::KeyTable;
pub(crate) use self::lower::plan;
pub(crate) use self::row::{ColumnsRow, Row, Slice};
pub(crate) use self::sink::{Blocks, Sink};
pub(crate) use self::write::{Made, Scratch, Writer, parts};

/// The plan does not cover this object: the general evaluator decides.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Unusual;

/// A part of an expression that gives a result of any type.
#[derive(Clone, Debug)]
pub(crate) enum Choice {
    /// An attribute as it is, lists and numbers included.
    Attribute(usize),
    /// The first that has a value. An attribute, which the flag tells, has none when it is empty.
    Coalesce(Box<[(Choice, bool)]>),
    /// What is the same for every object, and the bytes of text that are built for it.
    Constant(Box<(Value<'static>, usize)>),
    /// Not covered.
    General,
    If(Box<(Condition, [Choice; 2])>),
    IgnoreFlow(Box<Choice>),
    Split(Box<Split>),
    Switch(Box<Switch>),
    Text(Text),
    Truth(Box<Condition>),
}

/// A part of an expression that gives a text or Null.
#[derive(Clone, Debug)]
pub(crate) enum Text {
    Case(Box<Case>),
    /// A text, or whatever has one.
    Chosen(Box<Choice>),
    /// A part of a text that is built.
    Cut(Box<(Text, Cut)>),
    Literal(Literal),
    Null,
    Replace(Box<Replace>),
    Rewrite(Box<Rewrite>),
    StripSpaces(Box<Text>),
    Template(Box<Template>),
    Truth(Box<Condition>),
    View(View),
}

/// A part of the text of an attribute.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) slot: usize,
    pub(crate) cuts: Box<[Cut]>,
    /// Whether Null counts as the empty text.
    pub(crate) empty_for_null: bool,
}

/// A text that is the same for every object.
#[derive(Clone, Debug)]
pub(crate) struct Literal {
    /// The text with zeros behind it, so that it can be copied as a block.
    padded: Box<str>,
    len: usize,
    /// The bytes of text that are built for it.
    cost: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) source: Text,
    pub(crate) upper: bool,
    pub(crate) culture: Culture,
}

/// Texts put together: the items that are not empty, with the separator between them.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) separator: Literal,
    pub(crate) items: Box<[Text]>,
    /// The item without which there is nothing.
    pub(crate) required: Option<usize>,
    /// How often the text of an item is built in the general form, which inner templates add to.
    pub(crate) depth: usize,
    /// The bytes of text that are built for its literals.
    pub(crate) cost: usize,
}

/// Each occurrence of a text becomes another one.
#[derive(Clone, Debug)]
pub(crate) struct Replace {
    pub(crate) source: Text,
    pub(crate) old: Box<str>,
    pub(crate) new: Literal,
}

/// A group of each match of a pattern becomes a replacement.
#[derive(Clone, Debug)]
pub(crate) struct Rewrite {
    pub(crate) source: Text,
    pub(crate) regex: Arc<Regex>,
    pub(crate) group: usize,
    /// The groups that this takes.
    pub(crate) groups: Groups,
    pub(crate) replacement: Replacement<'static>,
    /// The replacement where it is the same for each whole match.
    pub(crate) literal: Option<Literal>,
}

/// The parts between delimiters, without blanks around them and without empty ones.
#[derive(Clone, Debug)]
pub(crate) struct Split {
    pub(crate) source: Text,
    pub(crate) delimiter: Box<str>,
}

#[derive(Clone, Debug)]
pub(crate) struct Switch {
    pub(crate) source: Text,
    pub(crate) keys: KeyTable,
    /// One for each key, and the default behind them.
    pub(crate) values: Box<[Choice]>,
}

#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Compare(Operator, Text, Text),
    /// Known, with the bytes of text that are built for it.
    Constant(bool, usize),
    Is(Test, Choice),
    Not(Text),
    /// A text that means true or false.
    Truth(Text),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Test {
    Null,
    NullOrEmpty,
    Present,
}

/// What stands behind a literal.
const PADDING: &str = match str::from_utf8(&[0; BLOCK]) {
    Ok(padding) => padding,
    Err(_) => "",
};

/// The length of a text up to which it is copied as a block.
pub(crate) const BLOCK: usize = 32;

impl Literal {
    pub(crate) fn new(text: &str, cost: usize) -> Self {
        let mut padded = String::new();
        if !text.is_empty() {
            padded.reserve_exact(text.len() + BLOCK);
            padded.push_str(text);
            padded.push_str(PADDING);
        }
        Self { padded: padded.into(), len: text.len(), cost }
    }

    pub(crate) fn slice(&self) -> Slice<'_> {
        Slice::new(&self.padded, self.len)
    }

    pub(crate) fn cost(&self) -> usize {
        self.cost
    }
}

impl Text {
    /// The attribute whose values it is made of one by one: a list gives a list. Everything else in it is known.
    pub(crate) fn element(&self) -> Option<usize> {
        match self {
            Self::Case(case) => case.source.element(),
            Self::Cut(cut) => cut.0.element(),
            Self::Replace(replace) => replace.source.element(),
            Self::Rewrite(rewrite) => rewrite.source.element(),
            Self::StripSpaces(source) => source.element(),
            Self::View(view) => Some(view.slot),
            Self::Chosen(_) | Self::Literal(_) | Self::Null | Self::Template(_) | Self::Truth(_) => None,
        }
    }

    /// Whether it is a view of the object or of the plan, so that nothing is written for it.
    pub(crate) fn is_view(&self) -> bool {
        matches!(self, Self::Literal(_) | Self::Null | Self::Truth(_) | Self::View(_))
    }
}
