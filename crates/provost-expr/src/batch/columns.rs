use crate::plan::{Slice, Unusual};
use crate::scope::{Layout, Record, Source};
use crate::value::Value;
use crate::view::{Place, ValueRef};

/// The attribute values of many objects: one column for each slot of a [`Layout`].
///
/// Filled with [`push`](Self::push) and emptied with [`clear`](Self::clear), it allocates only until it has grown to the
/// largest batch. Some hundreds of objects make a good batch: their columns stay in the cache of a processor.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use provost_expr::{Context, Dialect, Layout, NoEntropy, OutputColumn, Program, Value, ValueRef, parse};
/// use provost_model::Timestamp;
///
/// let expression = parse(r#"Join("", "CN=", Word([userPrincipalName], 1, "@"), ",DC=Contoso,DC=lab")"#)?;
/// let mut layout = Layout::new();
/// let program = Program::compile(&expression, &mut layout, Dialect::Entra)?;
/// let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
///
/// let mut columns = layout.columns();
/// let mut output = OutputColumn::new();
/// for name in ["bsimon@contoso.com", "kdoe@contoso.com"] {
///     columns.push(&BTreeMap::from([("userPrincipalName".to_owned(), Value::text(name))]));
/// }
/// let outputs = program.evaluate_columns(&columns, &context, &mut output);
/// let names: Vec<_> = outputs.iter().map(|output| output.map(|output| output.value())).collect();
/// assert_eq!(names[1], Ok(ValueRef::Text("CN=kdoe,DC=Contoso,DC=lab")));
/// columns.clear();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Columns {
    names: Vec<String>,
    columns: Vec<Column>,
    count: usize,
}

/// The values of one attribute.
#[derive(Clone, Debug, Default)]
pub(crate) struct Column {
    /// All texts, one behind the other.
    pub(crate) text: String,
    /// Where the text of each object is. Numbers and Booleans have a text too.
    pub(crate) places: Vec<Place>,
    /// The values that are neither text nor Null, with the index of their object, in that order.
    typed: Vec<(usize, Value<'static>)>,
}

impl Place {
    /// No value.
    pub(crate) const NULL: Self = Self { start: 0, len: usize::MAX };

    /// A list that is built; `start` tells which.
    pub(crate) const LIST: Self = Self { start: 0, len: usize::MAX - 2 };

    /// A value without a text: a list, a complex value, or an instant, which says more than its text.
    pub(crate) const OTHER: Self = Self { start: 0, len: usize::MAX - 1 };
}

impl Layout {
    /// Makes columns for the slots that there are, without any object.
    #[must_use]
    pub fn columns(&self) -> Columns {
        let names: Vec<String> = self.names().map(str::to_owned).collect();
        let columns = names.iter().map(|_| Column::default()).collect();
        Columns { names, columns, count: 0 }
    }
}

impl Columns {
    /// Adds an object.
    pub fn push(&mut self, source: &(impl Source + ?Sized)) {
        for (name, column) in self.names.iter().zip(&mut self.columns) {
            column.push(source.value(name), self.count);
        }
        self.count += 1;
    }

    /// Adds the object of a record of the same layout.
    pub fn push_record(&mut self, record: &Record<'_>) {
        for (slot, column) in self.columns.iter_mut().enumerate() {
            column.push(record.value(slot), self.count);
        }
        self.count += 1;
    }

    /// Takes all objects out and keeps the room.
    pub fn clear(&mut self) {
        for column in &mut self.columns {
            column.text.clear();
            column.places.clear();
            column.typed.clear();
        }
        self.count = 0;
    }

    /// Returns how many objects there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Tells whether there is no object.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns the value in a slot of the object at an index; Null where there is no such slot or object.
    #[must_use]
    pub fn value(&self, slot: usize, index: usize) -> ValueRef<'_> {
        self.columns.get(slot).map_or(ValueRef::Null, |column| column.value(index))
    }

    /// Returns the text in a slot of the object at an index; `None` for Null, for lists and for complex values.
    #[must_use]
    pub fn text(&self, slot: usize, index: usize) -> Option<&str> {
        let column = self.columns.get(slot)?;
        column.text.get(column.places.get(index)?.range()?)
    }

    pub(crate) fn column(&self, slot: usize) -> Option<&Column> {
        self.columns.get(slot)
    }

    /// The object at an index, in the form for one.
    pub(crate) fn record(&self, index: usize) -> Record<'_> {
        Record::new(self.columns.iter().map(|column| column.value(index).to_value()).collect())
    }
}

impl Column {
    /// The text of a scalar; `None` for Null.
    #[inline]
    pub(crate) fn slice(&self, index: usize) -> Result<Option<Slice<'_>>, Unusual> {
        match self.places.get(index) {
            None | Some(&Place::NULL) => Ok(None),
            Some(&Place::OTHER) => Err(Unusual),
            Some(place) => Ok(self.text.get(place.start..).map(|rest| Slice::new(rest, place.len))),
        }
    }

    fn push(&mut self, value: Value<'_>, index: usize) {
        let start = self.text.len();
        match &value {
            Value::Boolean(_) | Value::Integer(_) => {
                self.text.push_str(&value.borrowed().into_text().unwrap_or_default());
            }
            Value::Text(text) => self.text.push_str(text),
            Value::Complex(_) | Value::DateTime(_) | Value::Flow(_) | Value::List(_) | Value::Null => {}
        }
        self.places.push(match &value {
            Value::Complex(_) | Value::DateTime(_) | Value::Flow(_) | Value::List(_) => Place::OTHER,
            Value::Null => Place::NULL,
            _ => Place { start, len: self.text.len() - start },
        });
        if !matches!(value, Value::Null | Value::Text(_)) {
            self.typed.push((index, value.into_owned()));
        }
    }

    /// Whether each value is a text or Null.
    pub(crate) fn is_plain(&self) -> bool {
        self.typed.is_empty()
    }

    pub(crate) fn value(&self, index: usize) -> ValueRef<'_> {
        let typed = self.typed.binary_search_by_key(&index, |(held, _)| *held).ok();
        if let Some((_, value)) = typed.and_then(|at| self.typed.get(at)) {
            return ValueRef::from(value);
        }
        let text = self.places.get(index).and_then(|place| self.text.get(place.range()?));
        text.map_or(ValueRef::Null, ValueRef::Text)
    }
}
