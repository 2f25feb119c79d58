use std::borrow::Cow;

use provost_model::Timestamp;

use crate::context::{Context, NoEntropy};
use crate::error::EvaluateError;
use crate::eval::{Evaluator, truth};
use crate::functions::casing::culture_of;
use crate::functions::replace::{GROUP, Mode, OLD, PATTERN, REPLACEMENT, mode};
use crate::number::Decimal;
use crate::plan::{
    Case, Choice, Condition, Cut, Delimiters, Kernel, KeyTable, Literal, Replace, Replacement, Rewrite, Split, Switch,
    Template, Test, Text, View,
};
use crate::program::{Node, NodeKind};
use crate::regex::Groups;
use crate::scope::Record;
use crate::value::Value;

/// What the evaluation of a constant part may build; one that needs more is evaluated for each object.
const TEXT_BUDGET: usize = 64 * 1024;

/// Makes the plan of a program; `None` where it would cover nothing.
pub(crate) fn plan(root: &Node) -> Option<Choice> {
    choice(root, Use::Result)
}

/// What becomes of a value.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Use {
    /// It is a result: its type shows.
    Result,
    /// Its text is used.
    Text,
}

type Arguments = [Option<Node>];

fn choice(node: &Node, used: Use) -> Option<Choice> {
    if used == Use::Text && !is_choice(node) {
        return text(node).map(Choice::Text);
    }
    if node.constant {
        let (value, cost) = constant(node)?;
        return Some(Choice::Constant(Box::new((value, cost))));
    }
    match &node.kind {
        NodeKind::Attribute(slot) => Some(Choice::Attribute(*slot)),
        NodeKind::Comparison(..) => condition(node).map(|condition| Choice::Truth(Box::new(condition))),
        NodeKind::Flow(flow) => Some(Choice::Constant(Box::new((Value::Flow(*flow), 0)))),
        NodeKind::Call(function, arguments) => match function.kernel? {
            Kernel::Coalesce => coalesce(arguments, used),
            Kernel::If => {
                let branch = |position| branch(given(arguments, position), used);
                let condition = condition(given(arguments, 0)?)?;
                Some(Choice::If(Box::new((condition, [branch(1), branch(2)]))))
            }
            Kernel::IgnoreFlow => Some(Choice::IgnoreFlow(Box::new(choice(given(arguments, 0)?, used)?))),
            Kernel::IsNull | Kernel::IsNullOrEmpty | Kernel::IsPresent | Kernel::Not => {
                condition(node).map(|condition| Choice::Truth(Box::new(condition)))
            }
            Kernel::Split => split(arguments),
            Kernel::Switch => switch(arguments, used),
            _ => text(node).map(Choice::Text),
        },
        _ => None,
    }
}

/// Whether the node is a call that gives one of its arguments.
fn is_choice(node: &Node) -> bool {
    let kernel = match &node.kind {
        NodeKind::Call(function, _) => function.kernel,
        _ => None,
    };
    !node.constant && matches!(kernel, Some(Kernel::Coalesce | Kernel::If | Kernel::IgnoreFlow | Kernel::Switch))
}

/// A value that may be left aside; one that is not covered gives the object to the general evaluator when it is taken.
fn branch(node: Option<&Node>, used: Use) -> Choice {
    match node {
        None => Choice::Constant(Box::new((Value::Null, 0))),
        Some(node) => choice(node, used).unwrap_or(Choice::General),
    }
}

fn coalesce(arguments: &Arguments, used: Use) -> Option<Choice> {
    let first = choice(given(arguments, 0)?, used)?;
    let is_attribute = |node: &Node| matches!(node.kind, NodeKind::Attribute(_));
    let mut alternatives = vec![(first, is_attribute(given(arguments, 0)?))];
    for argument in arguments.iter().skip(1) {
        alternatives.push((branch(argument.as_ref(), used), argument.as_ref().is_some_and(is_attribute)));
    }
    Some(Choice::Coalesce(alternatives.into()))
}

fn switch(arguments: &Arguments, used: Use) -> Option<Choice> {
    let source = text(given(arguments, 0)?)?;
    let mut keys = Vec::with_capacity(arguments.len() / 2);
    let mut values = Vec::with_capacity(arguments.len() / 2);
    for pair in arguments.get(2..)?.chunks(2) {
        let [key, value] = pair else { return None };
        keys.push(known(key.as_ref()?)?);
        values.push(branch(value.as_ref(), used));
    }
    values.push(branch(given(arguments, 1), used));
    let keys = KeyTable::new(keys.iter().map(AsRef::as_ref));
    Some(Choice::Switch(Box::new(Switch { source, keys, values: values.into() })))
}

fn split(arguments: &Arguments) -> Option<Choice> {
    let delimiter = optional(arguments, 1, ",")?;
    if delimiter.is_empty() {
        return None;
    }
    let source = text(given(arguments, 0)?)?;
    Some(Choice::Split(Box::new(Split { source, delimiter: delimiter.as_ref().into() })))
}

fn text(node: &Node) -> Option<Text> {
    if node.constant {
        return literal_or_null(node);
    }
    let (function, arguments) = match &node.kind {
        NodeKind::Attribute(slot) => {
            return Some(Text::View(View { slot: *slot, cuts: Box::default(), empty_for_null: false }));
        }
        NodeKind::Call(function, arguments) => (function, arguments.as_ref()),
        NodeKind::Comparison(..) => return condition(node).map(|condition| Text::Truth(Box::new(condition))),
        _ => return None,
    };
    match function.kernel? {
        Kernel::Append => concatenation(arguments, 0),
        Kernel::Coalesce | Kernel::If | Kernel::IgnoreFlow | Kernel::Switch => {
            choice(node, Use::Text).map(|choice| Text::Chosen(Box::new(choice)))
        }
        Kernel::IsNull | Kernel::IsNullOrEmpty | Kernel::IsPresent | Kernel::Not => {
            condition(node).map(|condition| Text::Truth(Box::new(condition)))
        }
        Kernel::Join => join(arguments),
        Kernel::Left => {
            // With a negative count the source stays what it is.
            let count = usize::try_from(integer(given(arguments, 1)?)?).ok()?;
            cut(arguments, Cut::Left(count))
        }
        Kernel::Lower => case(arguments, false),
        Kernel::Mid => {
            let skipped = usize::try_from(integer(given(arguments, 1)?)?.checked_sub(1)?).ok()?;
            let count = usize::try_from(integer(given(arguments, 2)?)?).ok()?;
            cut(arguments, Cut::Mid(skipped, count))
        }
        Kernel::Prepend => concatenation(arguments, 1),
        Kernel::Replace => replace(arguments),
        Kernel::Split => None,
        Kernel::StripSpaces => Some(Text::StripSpaces(Box::new(text(given(arguments, 0)?)?))),
        Kernel::Trim => cut(arguments, Cut::Trim),
        Kernel::Upper => case(arguments, true),
        Kernel::Word => {
            let index = integer(given(arguments, 1)?)?.checked_sub(1).and_then(|index| usize::try_from(index).ok());
            cut(arguments, Cut::Word(index, Delimiters::new(&known(given(arguments, 2)?)?)))
        }
    }
}

/// A part of an attribute's text is a view, and so is a part of that.
fn cut(arguments: &Arguments, cut: Cut) -> Option<Text> {
    Some(match text(given(arguments, 0)?)? {
        Text::View(view) => {
            let empty_for_null = view.empty_for_null || cut.fills_null();
            let cuts = view.cuts.into_iter().chain([cut]).collect();
            Text::View(View { slot: view.slot, cuts, empty_for_null })
        }
        source => Text::Cut(Box::new((source, cut))),
    })
}

fn case(arguments: &Arguments, upper: bool) -> Option<Text> {
    let culture = culture_of(&optional(arguments, 1, "")?)?;
    Some(Text::Case(Box::new(Case { source: text(given(arguments, 0)?)?, upper, culture })))
}

fn join(arguments: &Arguments) -> Option<Text> {
    let separator = Literal::new(&optional(arguments, 0, "")?, 0);
    let mut items = Vec::with_capacity(arguments.len());
    let (mut depth, mut cost) = (1, 0);
    for argument in arguments.iter().skip(1).flatten() {
        match text(argument)? {
            Text::Null => {}
            // Without separators it is the same where an item comes from.
            Text::Template(inner)
                if inner.separator.slice().is_empty() && inner.required.is_none() && separator.slice().is_empty() =>
            {
                depth = depth.max(inner.depth + 1);
                cost += inner.cost;
                items.extend(inner.items);
            }
            Text::Literal(literal) => {
                cost += literal.cost();
                items.push(Text::Literal(literal));
            }
            item => items.push(item),
        }
    }
    let template = Template { separator, items: items.into(), required: None, depth, cost };
    Some(Text::Template(Box::new(template)))
}

/// Two texts behind each other; there is nothing without the one at `required`.
fn concatenation(arguments: &Arguments, required: usize) -> Option<Text> {
    let item = |position: usize| given(arguments, position).map_or(Some(Text::Null), text);
    let items = [item(0)?, item(1)?];
    let cost = items.iter().map(|item| if let Text::Literal(literal) = item { literal.cost() } else { 0 }).sum();
    let (separator, items) = (Literal::new("", 0), items.into());
    Some(Text::Template(Box::new(Template { separator, items, required: Some(required), depth: 1, cost })))
}

fn replace(arguments: &Arguments) -> Option<Text> {
    let source = text(given(arguments, 0)?)?;
    match mode(|position| given(arguments, position).is_some())? {
        Mode::Plain => {
            let (old, new) = (known(given(arguments, OLD)?)?, known(given(arguments, REPLACEMENT)?)?);
            let (old, new) = (old.as_ref().into(), Literal::new(&new, 0));
            let replace = Replace { source, old, new };
            (!replace.old.is_empty()).then(|| Text::Replace(Box::new(replace)))
        }
        mode @ (Mode::Group | Mode::Pattern) => {
            let NodeKind::Pattern(_, regex) = &given(arguments, PATTERN)?.kind else { return None };
            let new = known(given(arguments, REPLACEMENT)?)?;
            let (group, replacement) = if mode == Mode::Group {
                let name = known(given(arguments, GROUP)?)?;
                (regex.group_number(&name)?, Replacement::literal(new.into_owned()))
            } else {
                (0, Replacement::new(&new, regex).into_owned())
            };
            let groups = if group == 0 { replacement.groups() } else { Groups::All };
            let literal = replacement.as_literal().filter(|_| group == 0).map(|text| Literal::new(text, 0));
            let regex = regex.clone();
            Some(Text::Rewrite(Box::new(Rewrite { source, regex, group, groups, replacement, literal })))
        }
        Mode::Extract | Mode::Template => None,
    }
}

fn condition(node: &Node) -> Option<Condition> {
    if node.constant {
        return match constant(node)? {
            (Value::Null, cost) => Some(Condition::Constant(false, cost)),
            (value, cost) => truth(&value).map(|truth| Condition::Constant(truth, cost)),
        };
    }
    match &node.kind {
        NodeKind::Comparison(operator, sides) => {
            let [left, right] = sides.as_ref();
            Some(Condition::Compare(*operator, text(left)?, text(right)?))
        }
        NodeKind::Call(function, arguments) => {
            let test = match function.kernel {
                Some(Kernel::IsNull) => Test::Null,
                Some(Kernel::IsNullOrEmpty) => Test::NullOrEmpty,
                Some(Kernel::IsPresent) => Test::Present,
                Some(Kernel::Not) => return Some(Condition::Not(text(given(arguments, 0)?)?)),
                _ => return text(node).map(Condition::Truth),
            };
            Some(Condition::Is(test, choice(given(arguments, 0)?, Use::Result)?))
        }
        _ => text(node).map(Condition::Truth),
    }
}

fn given(arguments: &Arguments, position: usize) -> Option<&Node> {
    arguments.get(position).and_then(Option::as_ref)
}

/// The value of a part that is the same for every object, and the bytes of text that are built for it; `None` where it
/// fails.
fn constant(node: &Node) -> Option<(Value<'static>, usize)> {
    match &node.kind {
        NodeKind::Boolean(flag) => Some((Value::Boolean(*flag), 0)),
        NodeKind::Constant(text) | NodeKind::Pattern(text, _) => Some((Value::Text(text.to_string().into()), 0)),
        NodeKind::Null => Some((Value::Null, 0)),
        NodeKind::Word(word) => Some((Value::text(word), 0)),
        _ => {
            let entropy = |_: &mut [u8]| Err(NoEntropy);
            let context = Context::new(Timestamp::UNIX_EPOCH, &entropy).with_text_budget(TEXT_BUDGET);
            let record = Record::new(Vec::new());
            let mut evaluator = Evaluator::new(&record, &context);
            let value: Result<Value<'_>, EvaluateError> = evaluator.node(node);
            value.ok().map(|value| (value.into_owned(), TEXT_BUDGET - evaluator.budget()))
        }
    }
}

fn literal_or_null(node: &Node) -> Option<Text> {
    if let NodeKind::Constant(text) = &node.kind {
        return Some(Text::Literal(Literal::new(text, 0)));
    }
    match constant(node)? {
        (Value::Null, 0) => Some(Text::Null),
        (value, cost) => Some(Text::Literal(Literal::new(&value.into_text()?, cost))),
    }
}

/// The text of a constant for which nothing is built; Null counts as empty.
fn known(node: &Node) -> Option<Cow<'_, str>> {
    match &node.kind {
        NodeKind::Constant(text) => Some(Cow::Borrowed(text)),
        _ if !node.constant => None,
        _ => match constant(node)? {
            (Value::Null, 0) => Some(Cow::Borrowed("")),
            (value, 0) => value.into_text(),
            _ => None,
        },
    }
}

/// The text of an argument that is a constant or is not there.
fn optional<'n>(arguments: &'n Arguments, position: usize, default: &'n str) -> Option<Cow<'n, str>> {
    given(arguments, position).map_or(Some(Cow::Borrowed(default)), known)
}

fn integer(node: &Node) -> Option<i64> {
    Decimal::parse(&known(node)?).and_then(Decimal::truncated)
}
