mod change;

use std::fmt;

use crate::ast::Operator;
use crate::eval::{compare_texts, truth};
use crate::functions::casing::Culture;
use crate::plan::cut::{find, trim};
use crate::plan::{Choice, Condition, Row, Sink, Slice, Split, Switch, Template, Test, Text, Unusual, View};
use crate::regex::Matcher;
use crate::value::{Flow, Value};
use crate::view::{Place, ValueRef};

/// Room that evaluations use again and again.
#[derive(Clone, Default)]
pub(crate) struct Scratch {
    /// Texts that stand between two functions, which are empty when nobody uses them.
    spare: Vec<String>,
    items: Vec<Place>,
    matcher: Matcher,
}

/// One evaluation of a plan.
pub(crate) struct Writer<'w, 'r, R> {
    row: R,
    scratch: &'w mut Scratch,
    /// The bytes of text that the general evaluator would have built, or more.
    spent: usize,
    budget: usize,
    plan: std::marker::PhantomData<&'r ()>,
}

/// What a choice gave.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Made<'r> {
    /// A text that stands in the sink, from where it ended before.
    Built,
    /// A list whose items are places in the text that stands in the sink, from where it ended before.
    BuiltItems,
    /// A list whose items are places in this text.
    Items(Slice<'r>),
    /// A view of a text.
    Text(Slice<'r>),
    Value(ValueRef<'r>),
}

type Result<T> = std::result::Result<T, Unusual>;

impl<'w, 'r, R: Row<'r>> Writer<'w, 'r, R> {
    #[inline]
    pub(crate) fn new(row: R, budget: usize, scratch: &'w mut Scratch) -> Self {
        Self { row, scratch, spent: 0, budget, plan: std::marker::PhantomData }
    }

    /// Goes on to another object.
    #[inline]
    pub(crate) fn begin(&mut self, row: R) {
        self.row = row;
        self.spent = 0;
    }

    /// Gives the result of a whole plan, as [`make`](Self::make) does; the shapes that most mappings have need no more calls.
    #[inline(always)]
    pub(crate) fn result<S: Sink>(
        &mut self,
        plan: &'r Choice,
        out: &mut S,
        items: &mut Vec<Place>,
    ) -> Result<Made<'r>> {
        let start = out.len();
        let written = match plan {
            Choice::Constant(constant) => {
                self.spend(constant.1)?;
                return Ok(Made::Value(ValueRef::from(&constant.0)));
            }
            Choice::Text(Text::View(view)) => match view.of(self.row) {
                Ok(text) => return Ok(text.map_or(Made::Value(ValueRef::Null), Made::Text)),
                Err(unusual) => Err(unusual),
            },
            Choice::Switch(switch) => {
                let number = self.switch(switch)?;
                return match switch.values.get(number) {
                    Some(Choice::Constant(constant)) if constant.1 == 0 => Ok(Made::Value(ValueRef::from(&constant.0))),
                    Some(value) => self.make(value, out, items),
                    None => Err(Unusual),
                };
            }
            Choice::Split(split) => return self.split(split, out, items),
            Choice::Text(Text::Case(case)) => match &case.source {
                Text::View(view) if case.culture == Culture::Invariant => match view.of(self.row) {
                    Ok(Some(source)) if case.keeps(source) => return Ok(Made::Text(source)),
                    Ok(Some(source)) => self.change_case(case, source, out),
                    Ok(None) => Ok(false),
                    Err(unusual) => Err(unusual),
                },
                _ => self.case_of_built(case, out),
            },
            Choice::Text(Text::Rewrite(rewrite)) => self.rewrite_of(rewrite, out),
            Choice::Text(Text::Template(template)) => self.template(template, out),
            _ => return self.make(plan, out, items),
        };
        match (written, plan) {
            (Ok(true), _) => Ok(Made::Built),
            (Ok(false), _) => Ok(Made::Value(ValueRef::Null)),
            (Err(Unusual), Choice::Text(text)) => {
                out.truncate(start);
                self.each(text, out, items)
            }
            (Err(Unusual), _) => Err(Unusual),
        }
    }

    /// Gives the result of a choice. What is built is written to `out`, the places of a list to `items`.
    fn make<S: Sink>(&mut self, choice: &'r Choice, out: &mut S, items: &mut Vec<Place>) -> Result<Made<'r>> {
        match choice {
            Choice::Attribute(slot) => Ok(Made::Value(self.row.value(*slot))),
            Choice::Coalesce(alternatives) => self.coalesce(alternatives, out, items),
            Choice::Constant(constant) => {
                let (value, cost) = constant.as_ref();
                self.spend(*cost)?;
                Ok(Made::Value(ValueRef::from(value)))
            }
            Choice::General => Err(Unusual),
            Choice::If(choice) => {
                let (condition, [first, second]) = choice.as_ref();
                let taken = if self.condition(condition)? { first } else { second };
                self.make(taken, out, items)
            }
            Choice::IgnoreFlow(inner) => {
                let start = out.len();
                let made = self.argument(inner, out, items)?;
                let empty = is_null(made) || is_empty(made, out, start);
                Ok(if empty { Made::Value(ValueRef::Flow(Flow::IgnoreAttribute)) } else { made })
            }
            Choice::Split(split) => self.split(split, out, items),
            Choice::Switch(switch) => {
                let number = self.switch(switch)?;
                self.make(switch.values.get(number).ok_or(Unusual)?, out, items)
            }
            Choice::Text(text) if text.is_view() => match self.view(text) {
                Ok(view) => Ok(view.map_or(Made::Value(ValueRef::Null), Made::Text)),
                Err(Unusual) => self.each(text, out, items),
            },
            Choice::Text(text) => {
                let start = out.len();
                match self.write(text, out) {
                    Ok(true) => Ok(Made::Built),
                    Ok(false) => Ok(Made::Value(ValueRef::Null)),
                    Err(Unusual) => {
                        out.truncate(start);
                        self.each(text, out, items)
                    }
                }
            }
            Choice::Truth(condition) => Ok(Made::Value(ValueRef::Boolean(self.condition(condition)?))),
        }
    }

    /// The list of what a text is for each value of the attribute that it is made of.
    #[cold]
    #[inline(never)]
    pub(crate) fn each<S: Sink>(&mut self, text: &'r Text, out: &mut S, items: &mut Vec<Place>) -> Result<Made<'r>> {
        let slot = text.element().ok_or(Unusual)?;
        let ValueRef::List(values) = self.row.value(slot) else { return Err(Unusual) };
        for value in values.iter() {
            let start = out.len();
            let mut writer = Writer::new(Slice::whole(value), self.budget, &mut *self.scratch);
            writer.spent = self.spent;
            let written = writer.write(text, out);
            self.spent = writer.spent;
            if !written? {
                return Err(Unusual);
            }
            items.push(Place { start, len: out.len() - start });
        }
        Ok(Made::BuiltItems)
    }

    /// The result of a choice that is an argument: flow signals and complex values are not for a plan.
    fn argument<S: Sink>(&mut self, choice: &'r Choice, out: &mut S, items: &mut Vec<Place>) -> Result<Made<'r>> {
        match self.make(choice, out, items)? {
            Made::Value(ValueRef::Complex(_) | ValueRef::Flow(_)) => Err(Unusual),
            made => Ok(made),
        }
    }

    fn coalesce<S: Sink>(
        &mut self,
        alternatives: &'r [(Choice, bool)],
        out: &mut S,
        items: &mut Vec<Place>,
    ) -> Result<Made<'r>> {
        for (alternative, is_attribute) in alternatives {
            let start = out.len();
            let made = self.argument(alternative, out, items)?;
            if !(is_null(made) || *is_attribute && is_empty(made, out, start)) {
                return Ok(made);
            }
            out.truncate(start);
        }
        Ok(Made::Value(ValueRef::Null))
    }

    /// The number of the value for the key that equals the source.
    #[inline]
    pub(crate) fn switch(&mut self, switch: &'r Switch) -> Result<usize> {
        let number = match &switch.source {
            Text::View(view) => switch.keys.find(view.of(self.row)?.unwrap_or(Slice::EMPTY)),
            source => self.with(source, |_, source| Ok(switch.keys.find(source.unwrap_or(Slice::EMPTY))))?,
        };
        Ok(number.unwrap_or(switch.values.len() - 1))
    }

    fn split<S: Sink>(&mut self, split: &'r Split, out: &mut S, items: &mut Vec<Place>) -> Result<Made<'r>> {
        let before = items.len();
        let made = if let Text::View(view) = &split.source {
            let Some(source) = view.of(self.row)? else { return Ok(Made::Value(ValueRef::Null)) };
            parts(source, 0, &split.delimiter, items);
            Made::Items(source)
        } else {
            let delimiter = &split.delimiter;
            let present = self.with(&split.source, |_, source| {
                let Some(source) = source else { return Ok(false) };
                parts(source, out.len(), delimiter, items);
                out.push(source);
                Ok(true)
            })?;
            if !present {
                return Ok(Made::Value(ValueRef::Null));
            }
            Made::BuiltItems
        };
        Ok(if items.len() == before { Made::Value(ValueRef::Null) } else { made })
    }

    fn condition(&mut self, condition: &'r Condition) -> Result<bool> {
        match condition {
            Condition::Compare(operator, left, right) => {
                self.with(left, |writer, left| writer.with(right, |_, right| Ok(compare(*operator, left, right))))
            }
            Condition::Constant(truth, cost) => {
                self.spend(*cost)?;
                Ok(*truth)
            }
            Condition::Is(test, subject) => {
                let mut built = self.scratch.spare.pop().unwrap_or_default();
                let mut items = std::mem::take(&mut self.scratch.items);
                let made = self.argument(subject, &mut built, &mut items);
                items.clear();
                self.scratch.items = items;
                let found = made.map(|made| match test {
                    Test::Null => is_null(made),
                    Test::NullOrEmpty => is_null(made) || is_empty(made, &built, 0),
                    Test::Present => !is_null(made) && !is_empty(made, &built, 0),
                });
                self.give_back(built);
                found
            }
            Condition::Not(text) => {
                self.with(text, |_, text| Ok(!text.is_some_and(|text| text.as_str().eq_ignore_ascii_case("true"))))
            }
            Condition::Truth(text) => self.with(text, |_, text| match text {
                None => Ok(false),
                Some(text) => truth(&Value::text(text.as_str())).ok_or(Unusual),
            }),
        }
    }

    /// A text that is nowhere written.
    #[inline]
    fn view(&mut self, text: &'r Text) -> Result<Option<Slice<'r>>> {
        match text {
            Text::Literal(literal) => {
                self.spend(literal.cost())?;
                Ok(Some(literal.slice()))
            }
            Text::Truth(condition) => Ok(Some(Slice::whole(if self.condition(condition)? { "True" } else { "False" }))),
            Text::View(view) => view.of(self.row),
            _ => Ok(None),
        }
    }

    /// Hands a text on, which is written into a spare place when it is no view.
    fn with<T>(
        &mut self,
        text: &'r Text,
        function: impl FnOnce(&mut Self, Option<Slice<'_>>) -> Result<T>,
    ) -> Result<T> {
        if text.is_view() {
            let view = self.view(text)?;
            return function(self, view);
        }
        let mut built = self.scratch.spare.pop().unwrap_or_default();
        let result = match self.write(text, &mut built) {
            Ok(present) => function(self, present.then(|| Slice::whole(&built))),
            Err(unusual) => Err(unusual),
        };
        self.give_back(built);
        result
    }

    fn give_back(&mut self, mut spare: String) {
        spare.clear();
        self.scratch.spare.push(spare);
    }

    /// Writes a text; gives `false` for Null, for which nothing is written.
    pub(crate) fn write<S: Sink>(&mut self, text: &'r Text, out: &mut S) -> Result<bool> {
        match text {
            Text::Case(case) => self.case(case, out),
            Text::Chosen(choice) => self.chosen(choice, out),
            Text::Cut(cut) => {
                let (source, cut) = cut.as_ref();
                self.with(source, |_, source| {
                    let source = if cut.fills_null() { source.or(Some(Slice::EMPTY)) } else { source };
                    let Some(source) = source else { return Ok(false) };
                    out.push(cut.of(source));
                    Ok(true)
                })
            }
            Text::Replace(replace) => self.with(&replace.source, |writer, source| match source {
                Some(source) => writer.replace(replace, source, out),
                None => Ok(false),
            }),
            Text::Rewrite(rewrite) => self.rewrite_of(rewrite, out),
            Text::StripSpaces(source) => self.with(source, |writer, source| match source {
                Some(source) => writer.strip_spaces(source, out),
                None => Ok(false),
            }),
            Text::Template(template) => self.template(template, out),
            Text::Literal(_) | Text::Null | Text::Truth(_) | Text::View(_) => {
                let view = self.view(text)?;
                if let Some(view) = view {
                    out.push(view);
                }
                Ok(view.is_some())
            }
        }
    }

    /// The text of whatever is chosen.
    fn chosen<S: Sink>(&mut self, choice: &'r Choice, out: &mut S) -> Result<bool> {
        match self.make(choice, out, &mut Vec::new())? {
            Made::Built => Ok(true),
            Made::Text(text) => {
                out.push(text);
                Ok(true)
            }
            Made::Value(ValueRef::Boolean(flag)) => {
                out.push(Slice::whole(if flag { "True" } else { "False" }));
                Ok(true)
            }
            Made::Value(ValueRef::Null) => Ok(false),
            Made::Value(ValueRef::Text(text)) => {
                out.push(Slice::whole(text));
                Ok(true)
            }
            Made::BuiltItems | Made::Items(_) | Made::Value(_) => Err(Unusual),
        }
    }

    pub(crate) fn template<S: Sink>(&mut self, template: &'r Template, out: &mut S) -> Result<bool> {
        let start = out.len();
        if template.required.is_none() && template.separator.slice().is_empty() {
            for item in &template.items {
                self.item(template, item, out)?;
            }
            self.spend((out.len() - start).saturating_mul(template.depth).saturating_add(template.cost))?;
            return Ok(true);
        }
        let mut missing = false;
        for (place, item) in template.items.iter().enumerate() {
            let present = if template.separator.slice().is_empty() {
                self.item(template, item, out)?
            } else {
                let before = out.len();
                if before > start {
                    out.push_short(template.separator.slice());
                }
                let behind = out.len();
                let present = self.item(template, item, out)?;
                if out.len() == behind {
                    out.truncate(before);
                }
                present
            };
            missing |= !present && template.required == Some(place);
        }
        // What is left out in the end was built all the same.
        self.spend((out.len() - start).saturating_mul(template.depth).saturating_add(template.cost))?;
        if missing {
            out.truncate(start);
        }
        Ok(!missing)
    }

    #[inline(always)]
    fn item<S: Sink>(&mut self, template: &'r Template, item: &'r Text, out: &mut S) -> Result<bool> {
        match item {
            Text::Literal(literal) => {
                out.push(literal.slice());
                Ok(true)
            }
            Text::Case(case) => self.case(case, out),
            Text::View(view) => match view.of(self.row) {
                Ok(Some(text)) => {
                    out.push(text);
                    Ok(true)
                }
                Ok(None) => Ok(false),
                Err(unusual) if template.required.is_none() && view.cuts.is_empty() => {
                    self.several(template, view.slot, out).ok_or(unusual)
                }
                Err(unusual) => Err(unusual),
            },
            _ => self.write(item, out),
        }
    }

    /// The values of a list in place of an item.
    #[cold]
    #[inline(never)]
    fn several<S: Sink>(&mut self, template: &Template, slot: usize, out: &mut S) -> Option<bool> {
        let ValueRef::List(items) = self.row.value(slot) else { return None };
        let mut first = true;
        for item in items.iter().filter(|item| !item.is_empty()) {
            if !first {
                out.push(template.separator.slice());
            }
            first = false;
            out.push(Slice::whole(item));
        }
        Some(true)
    }

    #[inline]
    fn spend(&mut self, bytes: usize) -> Result<()> {
        self.spent = self.spent.saturating_add(bytes);
        if self.spent > self.budget { Err(Unusual) } else { Ok(()) }
    }
}

impl View {
    #[inline(always)]
    pub(crate) fn of<'r>(&self, row: impl Row<'r>) -> Result<Option<Slice<'r>>> {
        let text = row.text(self.slot)?;
        Ok(match text {
            Some(text) => Some(match self.cuts.as_ref() {
                [] => text,
                [cut] => cut.of(text),
                cuts => cuts.iter().fold(text, |text, cut| cut.of(text)),
            }),
            None if self.empty_for_null => Some(Slice::EMPTY),
            None => None,
        })
    }
}

fn is_null(made: Made<'_>) -> bool {
    matches!(made, Made::Value(ValueRef::Null))
}

/// Whether what is there is empty; `start` is where the sink ended before it was made.
fn is_empty<S: Sink>(made: Made<'_>, out: &S, start: usize) -> bool {
    match made {
        Made::Built | Made::BuiltItems => out.len() == start,
        Made::Text(text) => text.is_empty(),
        Made::Value(ValueRef::Text(text)) => text.is_empty(),
        Made::Value(ValueRef::List(items)) => items.iter().all(str::is_empty),
        Made::Items(_) | Made::Value(_) => false,
    }
}

fn compare(operator: Operator, left: Option<Slice<'_>>, right: Option<Slice<'_>>) -> bool {
    let empty = |side: Option<Slice<'_>>| side.is_none_or(Slice::is_empty);
    match operator {
        // A text equals itself as a number too; where one side is empty, there are no numbers.
        Operator::Equal if empty(left) || empty(right) => empty(left) && empty(right),
        Operator::NotEqual if empty(left) || empty(right) => !(empty(left) && empty(right)),
        _ => compare_texts(operator, left.map(Slice::as_str), right.map(Slice::as_str)),
    }
}

/// The places of the parts of a text that stands at `offset`.
#[inline]
pub(crate) fn parts(source: Slice<'_>, offset: usize, delimiter: &str, items: &mut Vec<Place>) {
    let mut add = |start: usize, end: usize| {
        let part = trim(source.part(start, end));
        if !part.is_empty() {
            // What stands behind a part tells where it begins.
            let start = source.rest().len() - part.rest().len();
            items.push(Place { start: offset + start, len: part.len() });
        }
    };
    let mut start = 0;
    if let [single] = delimiter.as_bytes() {
        while start < source.len() {
            let end = start + find(source.part(start, source.len()), *single);
            add(start, end.min(source.len()));
            start = end + 1;
        }
    } else {
        for part in source.as_str().split(delimiter) {
            add(start, start + part.len());
            start += part.len() + delimiter.len();
        }
    }
}

/// Shows no text: it may be secret.
impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}
