use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Number, Value};

use crate::ScimError;
use crate::error::invalid_syntax;

/// Deepest accepted nesting of a body.
const DEPTH: usize = 32;
/// Most elements in all lists of a body together. Comparing lists of values can take the square of it.
const ELEMENTS: usize = 10_000;

/// Reads a request body: JSON of at most 32 levels, with at most 10,000 elements in all its lists, in which no member of an
/// object stands twice, not even in another letter case (RFC 7643 section 2.1 makes names of attributes case-insensitive).
///
/// # Errors
///
/// 400 `invalidSyntax` with line and column.
pub fn parse_json(body: &[u8]) -> Result<Value, ScimError> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let left = Cell::new(ELEMENTS);
    let value = Tree { depth: 0, left: &left }.deserialize(&mut deserializer);
    match value.and_then(|value| deserializer.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(error) => Err(invalid_syntax(format!("the body cannot be read: {error}"))),
    }
}

#[derive(Clone, Copy)]
struct Tree<'l> {
    depth: usize,
    /// How many elements of lists may still come.
    left: &'l Cell<usize>,
}

impl Tree<'_> {
    fn inside<E: Error>(self) -> Result<Self, E> {
        if self.depth >= DEPTH {
            return Err(E::custom("nested too deeply"));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Number::from_f64(number).map(Value::Number).ok_or_else(|| E::custom("the number is out of range"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut elements = Vec::new();
        while let Some(element) = list.next_element_seed(inside)? {
            let left = self.left.get().checked_sub(1);
            self.left.set(left.ok_or_else(|| A::Error::custom("more than 10000 elements in its lists"))?);
            elements.push(element);
        }
        Ok(Value::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut members = Map::new();
        let mut folded = std::collections::HashSet::new();
        while let Some(Name(name)) = object.next_key()? {
            if !folded.insert(name.to_ascii_lowercase()) {
                return Err(A::Error::custom("a member of the object stands twice, perhaps in another letter case"));
            }
            members.insert(name, object.next_value_seed(inside)?);
        }
        Ok(Value::Object(members))
    }
}

#[derive(Deserialize)]
struct Name(String);

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::json;

    use super::parse_json;

    fn check(body: &str, expected: &Expect) {
        expected.assert_eq(parse_json(body.as_bytes()).unwrap_err().detail());
    }

    #[test]
    fn a_body_is_read_as_it_stands() {
        let value = parse_json(br#" {"a":[1,-2,0.5,true,null,"x"],"b":{"c":{}}} "#).unwrap();
        assert_eq!(value, json!({"a": [1, -2, 0.5, true, null, "x"], "b": {"c": {}}}));
    }

    #[test]
    fn m_5_a_name_that_stands_twice_is_refused() {
        let message = expect![
            "the body cannot be read: a member of the object stands twice, perhaps in another letter case at line 1 column 24"
        ];
        check(r#"{"userName":1,"USERNAME":2}"#, &message);
        assert!(parse_json(br#"{"x":{"a":1,"a":1}}"#).is_err());
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        check("{\"a\":\n1,}", &expect!["the body cannot be read: trailing comma at line 2 column 3"]);
        check("{} x", &expect!["the body cannot be read: trailing characters at line 1 column 4"]);
        check("", &expect!["the body cannot be read: EOF while parsing a value at line 1 column 0"]);
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse_json(nested(32).as_bytes()).is_ok());
        assert!(parse_json(nested(33).as_bytes()).is_err());
        assert!(parse_json(nested(100_000).as_bytes()).is_err());
    }

    #[test]
    fn a_6_elements_of_lists_are_bounded_together() {
        let lists = |count: usize| format!("[[{}],[0,0]]", vec!["0"; count].join(","));
        assert!(parse_json(lists(9_996).as_bytes()).is_ok());
        let error = parse_json(lists(9_997).as_bytes()).unwrap_err();
        assert!(error.detail().contains("more than 10000 elements"), "{}", error.detail());
    }
}
