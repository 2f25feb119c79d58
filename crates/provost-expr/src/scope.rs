use std::borrow::Cow;
use std::collections::BTreeMap;

use indexmap::IndexSet;
use provost_model::Attributes;

use crate::value::Value;

/// The names of the attributes that a set of programs reads, each with a slot.
///
/// Compiling adds the names it meets. One layout serves all expressions of a mapping, so that each attribute of an object
/// is looked up once, whatever the number of expressions that read it. Names are exact, except that `isSoftDeleted` is
/// known in any case.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    names: IndexSet<String>,
}

const SOFT_DELETED: &str = "isSoftDeleted";

impl Layout {
    /// Makes an empty layout.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the names, in the order of their slots.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Returns the slot of a name, which is added if it is new.
    pub fn slot(&mut self, name: &str) -> usize {
        let name = folded(name);
        self.names.get_index_of(name).unwrap_or_else(|| self.names.insert_full(name.to_owned()).0)
    }

    /// Reads the attributes of one object into the slots.
    #[must_use]
    pub fn record<'a>(&self, source: &'a (impl Source + ?Sized)) -> Record<'a> {
        Record { values: self.names.iter().map(|name| source.value(name)).collect() }
    }
}

fn folded(name: &str) -> &str {
    if is_soft_deleted(name) { SOFT_DELETED } else { name }
}

pub(crate) fn is_soft_deleted(name: &str) -> bool {
    name.eq_ignore_ascii_case(SOFT_DELETED)
}

/// An object that expressions read attributes of.
pub trait Source {
    /// Returns the value of the attribute with exactly this name (`isSoftDeleted` in any case); [`Value::Null`] when it
    /// is absent.
    fn value(&self, name: &str) -> Value<'_>;
}

impl Source for BTreeMap<String, Value<'_>> {
    fn value(&self, name: &str) -> Value<'_> {
        let exact = self.get(name);
        let found = exact.or_else(|| {
            is_soft_deleted(name).then(|| self.iter().find(|(held, _)| is_soft_deleted(held))).flatten().map(|(_, v)| v)
        });
        found.map_or(Value::Null, Value::borrowed)
    }
}

/// One value is a scalar, several are a list. Octets that are no text are read as Base64, instants as RFC 3339.
impl Source for Attributes {
    fn value(&self, name: &str) -> Value<'_> {
        match source_values(self, name) {
            [] => Value::Null,
            [provost_model::Value::Boolean(flag)] => Value::Boolean(*flag),
            [provost_model::Value::Integer(number)] => Value::Integer(*number),
            [single] => Value::Text(rendered(single)),
            several => Value::list(several.iter().map(rendered).collect()),
        }
    }
}

/// Returns the values of the attribute that an expression means by `name`: the spelling is exact, except that
/// `isSoftDeleted` is known in any case.
#[must_use]
pub fn source_values<'a>(attributes: &'a Attributes, name: &str) -> &'a [provost_model::Value] {
    match attributes.get(name) {
        Some((held, values)) if held.as_str() == name || is_soft_deleted(name) => values,
        _ => &[],
    }
}

fn rendered(value: &provost_model::Value) -> Cow<'_, str> {
    use base64::Engine as _;
    match (value.as_text(), value) {
        (Some(text), _) => Cow::Borrowed(text),
        (None, provost_model::Value::Bytes(octets)) => {
            Cow::Owned(base64::engine::general_purpose::STANDARD.encode(octets))
        }
        (None, other) => Cow::Owned(other.to_string()),
    }
}

/// The attribute values of one object, in the slots of a [`Layout`].
#[derive(Clone, Debug)]
pub struct Record<'a> {
    values: Vec<Value<'a>>,
}

impl<'a> Record<'a> {
    pub(crate) fn new(values: Vec<Value<'a>>) -> Self {
        Self { values }
    }

    pub(crate) fn get(&self, slot: usize) -> Option<&Value<'a>> {
        self.values.get(slot)
    }

    /// Returns the value in a slot, borrowed; Null where there is no such slot.
    #[must_use]
    pub fn value(&self, slot: usize) -> Value<'_> {
        self.values.get(slot).map_or(Value::Null, Value::borrowed)
    }
}

#[cfg(test)]
mod tests {
    use provost_model::{Attributes, Timestamp};

    use super::{Layout, Source};
    use crate::value::Value;

    fn attributes() -> Attributes {
        let mut attributes = Attributes::new();
        attributes.set("mail", [provost_model::Value::from("a@b")]);
        attributes.set("IsSoftDeleted", [provost_model::Value::from(true)]);
        attributes.set("blob", [provost_model::Value::Bytes(vec![0xff, 0xfe])]);
        attributes.set("at", [provost_model::Value::Timestamp(Timestamp::UNIX_EPOCH)]);
        attributes.set("many", [provost_model::Value::from("a"), provost_model::Value::from(2)]);
        attributes
    }

    #[test]
    fn names_are_exact_and_soft_deleted_is_not() {
        let attributes = attributes();
        assert_eq!(attributes.value("mail"), Value::text("a@b"));
        assert_eq!(attributes.value("Mail"), Value::Null);
        assert_eq!(attributes.value("isSoftDeleted"), Value::Boolean(true));
    }

    #[test]
    fn values_without_text_are_rendered() {
        let attributes = attributes();
        assert_eq!(attributes.value("blob"), Value::text("//4="));
        assert_eq!(attributes.value("at"), Value::text("1970-01-01T00:00:00Z"));
        assert_eq!(attributes.value("many"), Value::list(vec!["a".into(), "2".into()]));
    }

    #[test]
    fn one_name_has_one_slot() {
        let mut layout = Layout::new();
        assert_eq!((layout.slot("a"), layout.slot("A"), layout.slot("a")), (0, 1, 0));
        assert_eq!((layout.slot("IsSoftDeleted"), layout.slot("issoftdeleted")), (2, 2));
    }
}
