use crate::batch::output::Origin;
use crate::batch::{Columns, OutputColumn};
use crate::error::EvaluateError;
use crate::output::Output;
use crate::plan::{Blocks, Choice, ColumnsRow, Made, Sink, Slice, Split, Switch, Text, Unusual, View, Writer, parts};
use crate::value::Value;
use crate::view::{Place, ValueRef};

/// A plan going over a batch. The shape of the plan is looked at once; inside it is a loop over the objects.
pub(crate) struct Run<'b, G> {
    pub(crate) columns: &'b Columns,
    pub(crate) budget: usize,
    pub(crate) output: &'b mut OutputColumn,
    /// Evaluates for an object that the plan does not cover.
    pub(crate) general: G,
}

impl<'b, G: FnMut(usize) -> Result<Output<'static>, EvaluateError>> Run<'b, G> {
    pub(crate) fn plan(&mut self, plan: &'b Choice) {
        match plan {
            Choice::Attribute(slot) => self.attribute(*slot, plan),
            Choice::Constant(constant) if constant.1 <= self.budget => self.constant(&constant.0),
            Choice::Split(split) => match &split.source {
                Text::View(view) => self.split(view, split),
                _ => self.any(plan),
            },
            Choice::Switch(switch) => match texts(switch) {
                Some(texts) => self.switch(switch, &texts),
                None => self.any(plan),
            },
            Choice::Text(Text::View(view)) => self.view(view),
            Choice::Text(text) => self.text(text),
            plan => self.any(plan),
        }
    }

    fn row(&self, index: usize) -> ColumnsRow<'b> {
        ColumnsRow { columns: self.columns, index }
    }

    /// The column as it is, where it holds nothing but texts.
    fn attribute(&mut self, slot: usize, plan: &'b Choice) {
        match self.columns.column(slot).filter(|column| column.is_plain()) {
            Some(column) => {
                self.output.origin = Origin::Slot(slot);
                self.output.places.extend_from_slice(&column.places);
            }
            None => self.any(plan),
        }
    }

    /// The same for all.
    fn constant(&mut self, value: &Value<'_>) {
        self.output.others.push(Ok(Output::new(value.borrowed().into_owned(), false)));
        self.output.places.resize(self.columns.len(), Place::OTHER);
    }

    /// Views of one column.
    fn view(&mut self, view: &View) {
        self.output.origin = Origin::Slot(view.slot);
        let end = self.columns.column(view.slot).map_or(0, |column| column.text.len());
        for index in 0..self.columns.len() {
            match view.of(self.row(index)) {
                Ok(Some(text)) => self.output.places.push(text.place(end)),
                Ok(None) => self.output.places.push(Place::NULL),
                Err(Unusual) => self.general(index),
            }
        }
    }

    /// Lists of views of one column.
    fn split(&mut self, view: &View, split: &Split) {
        self.output.origin = Origin::Items(view.slot);
        let end = self.columns.column(view.slot).map_or(0, |column| column.text.len());
        for index in 0..self.columns.len() {
            let first = self.output.items.len();
            match view.of(self.row(index)) {
                Ok(Some(text)) => parts(text, text.place(end).start, &split.delimiter, &mut self.output.items),
                Ok(None) => {}
                Err(Unusual) => {
                    self.general(index);
                    continue;
                }
            }
            let count = self.output.items.len() - first;
            self.output.places.push(if count == 0 { Place::NULL } else { Place { start: first, len: count } });
        }
    }

    /// One of several texts, which are written once.
    fn switch(&mut self, switch: &'b Switch, texts: &[Option<&str>]) {
        let places: Vec<Place> = texts
            .iter()
            .map(|text| {
                let start = self.output.text.len();
                self.output.text.push_str(text.unwrap_or_default());
                text.map_or(Place::NULL, |text| Place { start, len: text.len() })
            })
            .collect();
        let mut scratch = std::mem::take(&mut self.output.scratch);
        let mut writer = Writer::new(self.row(0), self.budget, &mut scratch);
        for index in 0..self.columns.len() {
            writer.begin(self.row(index));
            let number = writer.switch(switch);
            match number.ok().and_then(|number| places.get(number)) {
                Some(place) => self.output.places.push(*place),
                None => self.general(index),
            }
        }
        self.output.scratch = scratch;
    }

    /// A text that is built.
    fn text(&mut self, text: &'b Text) {
        let mut out = Blocks::new(std::mem::take(&mut self.output.text));
        let mut scratch = std::mem::take(&mut self.output.scratch);
        let mut writer = Writer::new(self.row(0), self.budget, &mut scratch);
        for index in 0..self.columns.len() {
            let start = out.len();
            writer.begin(self.row(index));
            let written = match text {
                Text::Case(case) => writer.case(case, &mut out),
                Text::Rewrite(rewrite) => writer.rewrite_of(rewrite, &mut out),
                Text::Template(template) => writer.template(template, &mut out),
                _ => writer.write(text, &mut out),
            };
            match written {
                Ok(true) => self.output.places.push(Place { start, len: out.len() - start }),
                Ok(false) => self.output.places.push(Place::NULL),
                Err(Unusual) => {
                    out.truncate(start);
                    let first = self.output.items.len();
                    match writer.each(text, &mut out, &mut self.output.items) {
                        Ok(_) => self.list(first),
                        Err(Unusual) => {
                            out.truncate(start);
                            self.output.items.truncate(first);
                            self.general(index);
                        }
                    }
                }
            }
        }
        (self.output.text, self.output.scratch) = (out.into_text(), scratch);
    }

    /// Whatever comes out.
    fn any(&mut self, plan: &'b Choice) {
        let mut out = Blocks::new(std::mem::take(&mut self.output.text));
        let mut scratch = std::mem::take(&mut self.output.scratch);
        let mut writer = Writer::new(self.row(0), self.budget, &mut scratch);
        for index in 0..self.columns.len() {
            let (start, first) = (out.len(), self.output.items.len());
            writer.begin(self.row(index));
            match writer.result(plan, &mut out, &mut self.output.items) {
                Ok(Made::Built) => {}
                Ok(Made::BuiltItems) => {
                    self.list(first);
                    continue;
                }
                Ok(Made::Items(text)) => {
                    out.push(text);
                    let items = self.output.items.get_mut(first..).unwrap_or_default();
                    items.iter_mut().for_each(|item| item.start += start);
                    self.list(first);
                    continue;
                }
                Ok(Made::Text(text)) => out.push(text),
                Ok(Made::Value(ValueRef::Null)) => {
                    self.output.places.push(Place::NULL);
                    continue;
                }
                Ok(Made::Value(ValueRef::Text(text))) => out.push(Slice::whole(text)),
                Ok(Made::Value(value)) => {
                    self.output.push(Ok(Output::new(value.to_value().into_owned(), false)));
                    continue;
                }
                Err(Unusual) => {
                    out.truncate(start);
                    self.output.items.truncate(first);
                    self.general(index);
                    continue;
                }
            }
            self.output.places.push(Place { start, len: out.len() - start });
        }
        (self.output.text, self.output.scratch) = (out.into_text(), scratch);
    }

    /// A list of the items from `first` on.
    fn list(&mut self, first: usize) {
        self.output.places.push(Place { start: self.output.lists.len(), ..Place::LIST });
        self.output.lists.push(Place { start: first, len: self.output.items.len() - first });
    }

    fn general(&mut self, index: usize) {
        let result = (self.general)(index);
        self.output.push(result);
    }
}

/// The values of a Switch where all are texts that are known, or Null.
fn texts(switch: &Switch) -> Option<Vec<Option<&str>>> {
    switch
        .values
        .iter()
        .map(|value| match value {
            Choice::Constant(constant) => match constant.as_ref() {
                (Value::Null, 0) => Some(None),
                (Value::Text(text), 0) => Some(Some(text.as_ref())),
                _ => None,
            },
            _ => None,
        })
        .collect()
}
