use std::collections::BTreeSet;
use std::fmt;

use provost_model::{
    AttributeName, AttributeSchema, Attributes, Mutability, ObjectName, ObjectTypeSchema, Secret, Value, ValueKind,
};

use crate::error::ConvertValueError;
use crate::target::Target;

/// What a mapping wants an object to be.
///
/// A target that is not there is left as it is: its flow gave no value, or does not apply in this phase.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Desired {
    /// The name, from the target `-dn-`.
    pub name: Option<ObjectName>,
    /// The attributes with the values that flow to them.
    pub attributes: Attributes,
    /// The password, from the target `userPassword` or `export_password`; never among the attributes.
    pub password: Option<Secret>,
    /// Whether the account is in use, from the target `active`.
    pub active: Option<bool>,
    /// The targets whose values are added to those that the object has, none of which is removed.
    pub added: BTreeSet<AttributeName>,
    /// The targets whose values no log may show.
    pub redacted: BTreeSet<AttributeName>,
    /// Whether an expression said to leave the object as it is; the rest is then without meaning.
    pub ignore_object: bool,
}

impl Desired {
    /// Turns the attribute values into the kinds that the object type holds: the text `1000` into an integer, `True` into a
    /// Boolean. An attribute that the type does not have stays as it is.
    ///
    /// # Errors
    ///
    /// [`ConvertValueError`] names the first attribute with a value that does not fit, with several values where one is
    /// held, or that is only written.
    pub fn typed(mut self, object_type: &ObjectTypeSchema) -> Result<Self, ConvertValueError> {
        let mut typed = Attributes::new();
        for (name, values) in self.attributes {
            let Some(attribute) = object_type.attribute(name.as_str()) else {
                typed.set(name, values);
                continue;
            };
            if attribute.mutability == Mutability::WriteOnly {
                return Err(ConvertValueError::WriteOnly { attribute: name });
            }
            if values.len() > 1 && !attribute.multi_valued {
                return Err(ConvertValueError::SeveralValues { attribute: name });
            }
            let values = values.into_iter().map(|value| convert(value, attribute)).collect::<Result<Vec<_>, _>>()?;
            typed.set(name, values);
        }
        self.attributes = typed;
        Ok(self)
    }
}

/// Shows `[Redact]` in place of values that no log may show.
impl fmt::Debug for Desired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Shown<'d>(&'d Desired);
        impl fmt::Debug for Shown<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut map = f.debug_map();
                for (name, values) in self.0.attributes.iter() {
                    if self.0.redacted.contains(name) {
                        map.entry(name, &format_args!("[Redact]"));
                    } else {
                        map.entry(name, &values);
                    }
                }
                map.finish()
            }
        }
        let name_hidden = self.redacted.iter().any(|target| Target::of(target) == Target::Name);
        let name = self.name.as_ref().map(|name| if name_hidden { "[Redact]" } else { name.as_str() });
        f.debug_struct("Desired")
            .field("name", &name)
            .field("attributes", &Shown(self))
            .field("password", &self.password)
            .field("active", &self.active)
            .field("added", &self.added)
            .field("redacted", &self.redacted)
            .field("ignore_object", &self.ignore_object)
            .finish()
    }
}

/// Turns a value into the kind that an attribute holds.
///
/// Text becomes a Boolean (`True` or `False` in any case), an integer (decimal digits), an instant (RFC 3339), a reference,
/// or its UTF-8 octets; everything becomes text, except octets that are none.
///
/// # Errors
///
/// [`ConvertValueError::Kind`] when the value does not fit.
pub fn convert(value: Value, attribute: &AttributeSchema) -> Result<Value, ConvertValueError> {
    let unfit = || ConvertValueError::Kind { attribute: attribute.name.clone(), kind: attribute.kind };
    match (attribute.kind, value) {
        (ValueKind::Boolean, Value::Text(text)) => boolean(&text).map(Value::Boolean).ok_or_else(unfit),
        (ValueKind::Integer, Value::Text(text)) => text.trim().parse().map(Value::Integer).map_err(|_| unfit()),
        (ValueKind::Timestamp, Value::Text(text)) => text.parse().map(Value::Timestamp).map_err(|_| unfit()),
        (ValueKind::Reference, Value::Text(text)) => Ok(Value::Reference(text)),
        (ValueKind::Bytes, value @ (Value::Text(_) | Value::Reference(_))) => {
            Ok(Value::Bytes(value.octets().into_owned()))
        }
        (ValueKind::Text, Value::Bytes(octets)) => String::from_utf8(octets).map(Value::Text).map_err(|_| unfit()),
        (ValueKind::Text, Value::Text(text) | Value::Reference(text)) => Ok(Value::Text(text)),
        (ValueKind::Text, value) => Ok(Value::Text(value.to_string())),
        (ValueKind::Boolean, value @ Value::Boolean(_))
        | (ValueKind::Bytes, value @ Value::Bytes(_))
        | (ValueKind::Integer, value @ Value::Integer(_))
        | (ValueKind::Reference, value @ Value::Reference(_))
        | (ValueKind::Timestamp, value @ Value::Timestamp(_)) => Ok(value),
        _ => Err(unfit()),
    }
}

pub(crate) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
