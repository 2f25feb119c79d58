use std::fmt;

use crate::error::EvaluateError;
use crate::output::Output;
use crate::view::{OutputRef, Place, ValueRef};

/// Room for the results of a program for many objects, to be used again for the next batch.
#[derive(Clone, Default)]
pub struct OutputColumn {
    /// For each object its text; Null; or, at `start`, one of `others`.
    pub(crate) places: Vec<Place>,
    /// Text that was built.
    pub(crate) text: String,
    /// Everything else that came out.
    pub(crate) others: Vec<Result<Output<'static>, EvaluateError>>,
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
        self.places.clear();
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
    pub(crate) fn new(column: &'b OutputColumn) -> Self {
        Self { column, text: &column.text }
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
