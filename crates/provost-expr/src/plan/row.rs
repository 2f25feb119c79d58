use crate::batch::Columns;
use crate::plan::Unusual;
use crate::scope::Record;
use crate::value::Value;
use crate::view::{Place, ValueRef};

/// The attributes of one object.
pub(crate) trait Row<'r>: Copy {
    /// The text of a scalar; `None` for Null.
    fn text(self, slot: usize) -> Result<Option<Slice<'r>>, Unusual>;

    /// The value as it is.
    fn value(self, slot: usize) -> ValueRef<'r>;
}

/// The beginning of a text. What stands behind it lets it be read in blocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slice<'r> {
    rest: &'r str,
    len: usize,
}

/// One of the objects of a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ColumnsRow<'r> {
    pub(crate) columns: &'r Columns,
    pub(crate) index: usize,
}

impl<'r> Slice<'r> {
    pub(crate) const EMPTY: Self = Self { rest: "", len: 0 };

    /// The first `len` bytes of a text.
    #[inline]
    pub(crate) fn new(rest: &'r str, len: usize) -> Self {
        Self { rest, len }
    }

    #[inline]
    pub(crate) fn whole(text: &'r str) -> Self {
        Self { rest: text, len: text.len() }
    }

    #[inline]
    pub(crate) fn len(self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.len == 0
    }

    #[inline]
    pub(crate) fn as_str(self) -> &'r str {
        self.rest.get(..self.len).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn as_bytes(self) -> &'r [u8] {
        self.rest.as_bytes().get(..self.len).unwrap_or_default()
    }

    /// The text and what stands behind it.
    #[inline]
    pub(crate) fn rest(self) -> &'r str {
        self.rest
    }

    /// Where the text stands in a longer one that ends at `end`, as the text behind this one does.
    #[inline]
    pub(crate) fn place(self, end: usize) -> Place {
        Place { start: end - self.rest.len(), len: self.len }
    }

    /// The beginning of the text; the bound is on a boundary of characters.
    #[inline]
    pub(crate) fn first(self, len: usize) -> Self {
        Self { rest: self.rest, len: len.min(self.len) }
    }

    /// A part of the text. The bounds are on boundaries of characters.
    #[inline]
    pub(crate) fn part(self, start: usize, end: usize) -> Self {
        match self.rest.get(start..) {
            Some(rest) if start < end => Self { rest, len: end.min(self.len) - start },
            _ => Self::EMPTY,
        }
    }
}

impl<'r> Row<'r> for &'r Record<'r> {
    #[inline]
    fn text(self, slot: usize) -> Result<Option<Slice<'r>>, Unusual> {
        match self.get(slot) {
            Some(Value::Text(text)) => Ok(Some(Slice::whole(text))),
            Some(Value::Boolean(flag)) => Ok(Some(Slice::whole(if *flag { "True" } else { "False" }))),
            None | Some(Value::Null) => Ok(None),
            Some(_) => Err(Unusual),
        }
    }

    fn value(self, slot: usize) -> ValueRef<'r> {
        self.get(slot).map_or(ValueRef::Null, ValueRef::from)
    }
}

/// One of the values of a list, where a text is made of nothing else.
impl<'r> Row<'r> for Slice<'r> {
    fn text(self, _: usize) -> Result<Option<Slice<'r>>, Unusual> {
        Ok(Some(self))
    }

    fn value(self, _: usize) -> ValueRef<'r> {
        ValueRef::Text(self.as_str())
    }
}

impl<'r> Row<'r> for ColumnsRow<'r> {
    #[inline]
    fn text(self, slot: usize) -> Result<Option<Slice<'r>>, Unusual> {
        self.columns.column(slot).map_or(Ok(None), |column| column.slice(self.index))
    }

    fn value(self, slot: usize) -> ValueRef<'r> {
        self.columns.value(slot, self.index)
    }
}
