//! The feature `serde`: an expression as its text, values as JSON has them, findings by members.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, SerializeStruct as _, Serializer};

use crate::complex::{Complex, Member};
use crate::date::DateTime;
use crate::diagnostic::{Diagnostic, Severity};
use crate::dialect::Dialect;
use crate::error::{EvaluateError, EvaluateErrorKind, ParseExprError};
use crate::output::{Output, Rendering};
use crate::parser::parse_as;
use crate::trace::{Step, StepResult, Trace};
use crate::value::{Flow, Value};
use crate::{Expression, Limits};

/// Writes a type as its text form.
macro_rules! written_as_text {
    ($($type:ty),+) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )+};
}

/// Writes what has been found by members, which are what its methods of the same name return.
macro_rules! members {
    ($($type:ident { $($member:ident),+ })+) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut members = serializer.serialize_struct(stringify!($type), [$(stringify!($member)),+].len() + 1)?;
                $(members.serialize_field(stringify!($member), &self.$member())?;)+
                members.serialize_field("message", &self.to_string())?;
                members.end()
            }
        }
    )+};
}

written_as_text!(DateTime, Dialect, Expression);

members! {
    Diagnostic { code, severity, span, help }
    EvaluateError { code, span, help }
    ParseExprError { code, span, help }
}

impl<'de> Deserialize<'de> for Dialect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Reads the text of an expression of the dialect `entra`; [`Dialect`] is the seed for those of another.
impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Dialect::Entra.deserialize(deserializer)
    }
}

/// Reads the text of an expression of this dialect.
impl<'de> DeserializeSeed<'de> for Dialect {
    type Value = Expression;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Expression, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_as(&text, self, &Limits::default())
            .map_err(|error| D::Error::custom(format_args!("{error} at byte {}", error.span().start())))
    }
}

impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

impl Serialize for EvaluateErrorKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// A signal is a map of one member, so that it is no text that a mapping could take for a value.
impl Serialize for Flow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("$flow", self.as_str())])
    }
}

/// Keeps what the language tells apart: Booleans and numbers are no texts.
impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(flag) => serializer.serialize_bool(*flag),
            Self::Complex(values) => values.serialize(serializer),
            Self::DateTime(date) => date.serialize(serializer),
            Self::Flow(flow) => flow.serialize(serializer),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::List(items) => items.as_slice().serialize(serializer),
            Self::Null => serializer.serialize_unit(),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl Serialize for Rendering<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Complex(values) => values.serialize(serializer),
            Self::Flow(flow) => flow.serialize(serializer),
            Self::List(items) => items.serialize(serializer),
            Self::Null => serializer.serialize_unit(),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// Writes the value as it leaves the language, and `[Redact]` in place of a secret one.
impl Serialize for Output<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_redacted() { serializer.serialize_str("[Redact]") } else { self.rendering().serialize(serializer) }
    }
}

impl Serialize for Complex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.members().count()))?;
        self.members().try_for_each(|(name, member)| map.serialize_entry(name, member))?;
        map.end()
    }
}

impl Serialize for Member {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(flag) => serializer.serialize_bool(*flag),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl Serialize for Trace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Trace", 2)?;
        members.serialize_field("steps", self.steps())?;
        members.serialize_field("cut", &self.is_cut())?;
        members.end()
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Step", 3)?;
        members.serialize_field("depth", &self.depth())?;
        members.serialize_field("span", &self.span())?;
        members.serialize_field("result", self.result())?;
        members.end()
    }
}

impl Serialize for StepResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const NAME: &str = "StepResult";
        match self {
            Self::Failed(kind) => serializer.serialize_newtype_variant(NAME, 0, "failed", kind),
            Self::Gave(value) => serializer.serialize_newtype_variant(NAME, 1, "gave", value),
            Self::Omitted => serializer.serialize_unit_variant(NAME, 2, "omitted"),
            Self::Redacted => serializer.serialize_unit_variant(NAME, 3, "redacted"),
        }
    }
}

/// Reads what an attribute of a source may hold: nothing, a Boolean, a whole number, a text, an array of such scalars, or an
/// array of objects. Flow signals and dates are made by expressions only.
impl<'de> Deserialize<'de> for Value<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(Read)? {
            Item::Value(value) => Ok(value),
            Item::Complex(_) => Err(D::Error::custom("objects are values only inside an array")),
        }
    }
}

impl<'de> Deserialize<'de> for Complex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_map(Read)? {
            Item::Complex(complex) => Ok(complex),
            Item::Value(_) => Err(D::Error::custom("expected an object")),
        }
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Boolean(flag) => Ok(Self::Boolean(flag)),
            Value::Text(text) => Ok(Self::Text(text.into_owned())),
            _ => Err(D::Error::custom("a member of an object is a text or a Boolean")),
        }
    }
}

/// What stands at one place of a document.
enum Item {
    Complex(Complex),
    Value(Value<'static>),
}

struct Read;

impl<'de> DeserializeSeed<'de> for Read {
    type Value = Item;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Item, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Read {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null, a Boolean, a whole number of 64 bits, a text, or an array of such scalars or of objects")
    }

    fn visit_unit<E: Error>(self) -> Result<Item, E> {
        Ok(Item::Value(Value::Null))
    }

    fn visit_none<E: Error>(self) -> Result<Item, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Item, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Item, E> {
        Ok(Item::Value(Value::Boolean(flag)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Item, E> {
        Ok(Item::Value(Value::Integer(number)))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Item, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => Err(E::invalid_value(serde::de::Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Item, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Item, E> {
        Ok(Item::Value(Value::Text(Cow::Owned(text))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Item, A::Error> {
        let (mut texts, mut complex) = (Vec::new(), Vec::new());
        while let Some(item) = items.next_element_seed(Read)? {
            match item {
                Item::Complex(value) => complex.push(value),
                Item::Value(Value::Complex(_) | Value::List(_) | Value::Null) => {
                    return Err(A::Error::custom("a value of an array is a scalar or an object"));
                }
                Item::Value(scalar) => texts.extend(scalar.into_text()),
            }
        }
        match (texts.is_empty(), complex.is_empty()) {
            (_, true) => Ok(Item::Value(Value::list(texts))),
            (true, false) => Ok(Item::Value(Value::Complex(complex.into()))),
            (false, false) => Err(A::Error::custom("an array holds scalars or objects and not both")),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Item, A::Error> {
        let mut complex = Complex::new();
        while let Some((name, member)) = members.next_entry::<String, Member>()? {
            complex = complex.try_with(name, member).map_err(A::Error::custom)?;
        }
        Ok(Item::Complex(complex))
    }
}

#[cfg(test)]
mod tests;
