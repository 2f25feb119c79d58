use std::fmt;

use provost_model::Value;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A JSON value whose objects keep the order of their members and never hold a name twice.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    /// Several values.
    Array(Vec<Json>),
    /// `null`.
    Null,
    /// Members in their order.
    Object(Vec<(String, Json)>),
    /// Anything else.
    Scalar(Value),
}

impl Json {
    /// Returns a member of an object.
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(held, _)| held == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Writes the value as JSON.
    pub(crate) fn to_text(&self) -> String {
        serde_json::Value::from(self).to_string()
    }
}

impl From<&Json> for serde_json::Value {
    fn from(json: &Json) -> Self {
        match json {
            Json::Array(values) => Self::Array(values.iter().map(Self::from).collect()),
            Json::Null => Self::Null,
            Json::Object(members) => {
                Self::Object(members.iter().map(|(name, value)| (name.clone(), Self::from(value))).collect())
            }
            Json::Scalar(Value::Boolean(flag)) => Self::Bool(*flag),
            Json::Scalar(Value::Integer(number)) => Self::Number((*number).into()),
            Json::Scalar(other) => Self::String(other.to_string()),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Json, E> {
        Ok(Json::Scalar(Value::Boolean(flag)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Scalar(Value::Integer(number)))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Scalar(i64::try_from(number).map_or_else(|_| Value::Text(number.to_string()), Value::Integer)))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Json, E> {
        Ok(Json::Scalar(Value::Text(number.to_string())))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Scalar(Value::from(text)))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Json, E> {
        Ok(Json::Scalar(Value::Text(text)))
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = access.next_element()? {
            values.push(value);
        }
        Ok(Json::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut members: Vec<(String, Json)> = Vec::new();
        let mut names = std::collections::BTreeSet::new();
        while let Some((name, value)) = access.next_entry::<String, Json>()? {
            if !names.insert(name.clone()) {
                return Err(A::Error::custom(format_args!("the member `{name}` comes twice")));
            }
            members.push((name, value));
        }
        Ok(Json::Object(members))
    }
}
