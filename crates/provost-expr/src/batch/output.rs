use std::fmt;

use crate::batch::Columns;
use crate::error::EvaluateError;
use crate::output::Output;
use crate::plan::Scratch;
use crate::view::{ItemsRef, OutputRef, Place, ValueRef};

/// Room for the results of a program for many objects, to be used again for the next batch.
#[derive(Clone, Default)]
pub struct OutputColumn {
    pub(crate) origin: Origin,
    /// For each object its text, or the range of its items; Null; or, at `start`, one of `others`.
    pub(crate) places: Vec<Place>,
    /// For each list that is built, the range of its items.
    pub(crate) lists: Vec<Place>,
    /// The places of the items where results are lists.
    pub(crate) items: Vec<Place>,
    /// Text that was built.
    pub(crate) text: String,
    /// Everything else that came out.
    pub(crate) others: Vec<Result<Output<'static>, EvaluateError>>,
    pub(crate) scratch: Scratch,
}

/// What the places of an output column are places in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Origin {
    /// The text that was built.
    #[default]
    Built,
    /// The items, which are places in the column of this slot.
    Items(usize),
    /// The column of this slot.
    Slot(usize),
}

/// The results of a program for a batch of objects, in their order.
#[derive(Clone, Copy)]
pub struct Outputs<'b> {
    column: &'b OutputColumn,
    /// What the places are places in.
    text: &'b str,
}

impl OutputColumn {
    /// Makes an empty column.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn clear(&mut self) {
        self.origin = Origin::Built;
        self.places.clear();
        self.items.clear();
        self.lists.clear();
        self.text.clear();
        self.others.clear();
    }

    /// Adds the result for an object in its general form.
    pub(crate) fn push(&mut self, result: Result<Output<'_>, EvaluateError>) {
        self.places.push(Place { start: self.others.len(), ..Place::OTHER });
        self.others.push(result.map(Output::into_owned));
    }
}

impl<'b> Outputs<'b> {
    pub(crate) fn new(column: &'b OutputColumn, columns: &'b Columns) -> Self {
        let text = match column.origin {
            Origin::Built => column.text.as_str(),
            Origin::Items(slot) | Origin::Slot(slot) => columns.column(slot).map_or("", |column| &column.text),
        };
        Self { column, text }
    }

    /// Returns how many results there are: as many as objects.
    #[must_use]
    pub fn len(&self) -> usize {
        self.column.places.len()
    }

    /// Tells whether there is no result.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.column.places.is_empty()
    }

    /// Returns the result for the object at an index; `None` where there is no such object.
    ///
    /// # Errors
    ///
    /// The error that the evaluation for this object failed with.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Result<OutputRef<'b>, &'b EvaluateError>> {
        let place = self.column.places.get(index)?;
        Some(Ok(OutputRef::new(
            match *place {
                Place::NULL => ValueRef::Null,
                Place { start, len } if len == Place::OTHER.len => match self.column.others.get(start)? {
                    Ok(output) => return Some(Ok(output.as_view())),
                    Err(error) => return Some(Err(error)),
                },
                Place { start, len } if len == Place::LIST.len => {
                    let Place { start, len } = *self.column.lists.get(start)?;
                    let items = self.column.items.get(start..start + len).unwrap_or_default();
                    ValueRef::List(ItemsRef::places(self.text, items))
                }
                Place { start, len } if matches!(self.column.origin, Origin::Items(_)) => {
                    let items = self.column.items.get(start..start + len).unwrap_or_default();
                    ValueRef::List(ItemsRef::places(self.text, items))
                }
                place => ValueRef::Text(place.of(self.text)),
            },
            false,
        )))
    }

    /// Goes through the results.
    pub fn iter(&self) -> impl Iterator<Item = Result<OutputRef<'b>, &'b EvaluateError>> {
        let outputs = *self;
        (0..self.len()).filter_map(move |index| outputs.get(index))
    }
}

/// Shows no text: it may be secret.
impl fmt::Debug for OutputColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutputColumn").field("objects", &self.places.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Outputs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
