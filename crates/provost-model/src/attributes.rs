use serde::{Deserialize, Serialize};

use crate::name::compare_folded;
use crate::{AttributeName, Value};

/// The attributes of an object: an ordered map from name to values.
///
/// The order is that of the names without ASCII case. An attribute without values is not held: setting no value removes
/// it. Values keep their order; whether that order means something is the schema's affair.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(from = "Vec<(AttributeName, Vec<Value>)>", into = "Vec<(AttributeName, Vec<Value>)>")]
pub struct Attributes(Vec<(AttributeName, Vec<Value>)>);

impl Attributes {
    /// Makes an empty map.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns the values of an attribute with the spelling of its name that is held.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<(&AttributeName, &[Value])> {
        self.position(name).ok().and_then(|at| self.0.get(at)).map(|(held, values)| (held, values.as_slice()))
    }

    /// Returns the values of an attribute, in order; empty when it is absent.
    #[must_use]
    pub fn values(&self, name: &str) -> &[Value] {
        self.get(name).map_or(&[], |(_, values)| values)
    }

    /// Returns the first value of an attribute.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&Value> {
        self.values(name).first()
    }

    /// Returns the first value of an attribute when it is text or a reference.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.first(name).and_then(Value::as_text)
    }

    /// Tells whether the attribute has a value.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.position(name).is_ok()
    }

    /// Sets the values of an attribute, in place of those it had. No values removes the attribute.
    pub fn set(&mut self, name: impl Into<AttributeName>, values: impl IntoIterator<Item = Value>) {
        let name = name.into();
        let values: Vec<Value> = values.into_iter().collect();
        match self.position(name.as_str()) {
            Ok(at) if values.is_empty() => drop(self.0.remove(at)),
            Ok(at) => {
                if let Some(slot) = self.0.get_mut(at) {
                    *slot = (name, values);
                }
            }
            Err(_) if values.is_empty() => {}
            Err(at) => self.0.insert(at, (name, values)),
        }
    }

    /// Adds one value behind those that the attribute has.
    pub fn push(&mut self, name: impl Into<AttributeName>, value: Value) {
        let name = name.into();
        match self.position(name.as_str()) {
            Ok(at) => {
                if let Some((_, values)) = self.0.get_mut(at) {
                    values.push(value);
                }
            }
            Err(at) => self.0.insert(at, (name, vec![value])),
        }
    }

    /// Removes an attribute and returns the values it had.
    pub fn remove(&mut self, name: &str) -> Vec<Value> {
        self.position(name).map_or_else(|_| Vec::new(), |at| self.0.remove(at).1)
    }

    /// Goes through the attributes in order.
    pub fn iter(&self) -> impl Iterator<Item = (&AttributeName, &[Value])> {
        self.0.iter().map(|(name, values)| (name, values.as_slice()))
    }

    /// Returns the number of attributes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Tells whether there is no attribute.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(held, _)| compare_folded(held.as_str(), name))
    }
}

impl From<Vec<(AttributeName, Vec<Value>)>> for Attributes {
    fn from(list: Vec<(AttributeName, Vec<Value>)>) -> Self {
        list.into_iter().collect()
    }
}

impl From<Attributes> for Vec<(AttributeName, Vec<Value>)> {
    fn from(attributes: Attributes) -> Self {
        attributes.0
    }
}

/// Collects attributes; values of a name that comes twice are put together.
impl FromIterator<(AttributeName, Vec<Value>)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (AttributeName, Vec<Value>)>>(list: I) -> Self {
        let mut attributes = Self::new();
        for (name, values) in list {
            for value in values {
                attributes.push(name.clone(), value);
            }
        }
        attributes
    }
}

impl IntoIterator for Attributes {
    type Item = (AttributeName, Vec<Value>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::Attributes;
    use crate::Value;

    #[test]
    fn names_meet_without_case_and_keep_the_last_spelling() {
        let mut attributes = Attributes::new();
        attributes.set("Mail", [Value::from("a")]);
        attributes.set("mail", [Value::from("b")]);
        assert_eq!(attributes.len(), 1);
        assert_eq!(attributes.iter().next().unwrap().0.as_str(), "mail");
        assert_eq!(attributes.text("MAIL"), Some("b"));
    }

    #[test]
    fn no_values_is_no_attribute() {
        let mut attributes = Attributes::new();
        attributes.set("mail", [Value::from("a")]);
        attributes.set("mail", []);
        attributes.set("cn", []);
        assert!(attributes.is_empty());
    }
}
