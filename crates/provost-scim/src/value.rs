//! Fits a JSON value from a request into an attribute.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};
use serde_json::{Map, Value};

use crate::error::{invalid_path, invalid_syntax, invalid_value};
use crate::schema::{AttributeDefinition, AttributeType, Mutability, same_name};
use crate::{Mode, ScimError, filter, instant};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD_ENGINE: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const URL_SAFE_ENGINE: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// How values of one request are taken, and what was left out of them.
#[derive(Debug)]
pub(crate) struct Intake {
    pub(crate) mode: Mode,
    pub(crate) unknown: Unknown,
    /// Whether read-only parts are taken: in what the server itself holds.
    pub(crate) stored: bool,
    /// Names that were ignored: unknown ones, and read-only ones.
    pub(crate) ignored: Vec<String>,
}

/// What an unknown name is in strict mode.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Unknown {
    /// In a whole resource.
    InvalidSyntax,
    /// In a PATCH.
    InvalidPath,
}

impl Intake {
    pub(crate) fn new(mode: Mode, unknown: Unknown) -> Self {
        Self { mode, unknown, stored: false, ignored: Vec::new() }
    }

    /// An unknown name: ignored in compat mode.
    pub(crate) fn ignore_unknown(&mut self, name: &str) -> Result<(), ScimError> {
        if self.mode.is_compat() {
            self.ignored.push(name.to_owned());
            return Ok(());
        }
        let detail = format!("there is no attribute `{name}`");
        Err(match self.unknown {
            Unknown::InvalidPath => invalid_path(detail),
            Unknown::InvalidSyntax => invalid_syntax(detail),
        })
    }

    /// Fits the elements of a list; one value that is no list counts as a list of one.
    pub(crate) fn list(&mut self, definition: &AttributeDefinition, value: Value) -> Result<Vec<Value>, ScimError> {
        let elements = match value {
            Value::Array(elements) => elements,
            single => vec![single],
        };
        let mut fitted = Vec::with_capacity(elements.len());
        for element in elements {
            let element = self.element(definition, element)?;
            if !matches!(&element, Value::Object(parts) if parts.is_empty()) {
                fitted.push(element);
            }
        }
        if fitted.iter().filter(|element| is_primary(element)).count() > 1 {
            return Err(invalid_value(format!("`{}` has two primary values", definition.name)));
        }
        Ok(fitted)
    }

    fn element(&mut self, definition: &AttributeDefinition, element: Value) -> Result<Value, ScimError> {
        if element.is_null() {
            return Err(invalid_value(format!("`{}` has an empty element", definition.name)));
        }
        if !definition.is_complex() {
            return self.scalar(definition, element);
        }
        let parts = self.parts(definition, element)?;
        Ok(Value::Object(parts.into_iter().filter_map(|(part, value)| Some((part, value?))).collect()))
    }

    /// Fits the parts of a complex value; a part that is cleared has no value. Read-only parts are left out.
    pub(crate) fn parts(
        &mut self,
        definition: &AttributeDefinition,
        value: Value,
    ) -> Result<Vec<(String, Option<Value>)>, ScimError> {
        let members = match self.unwrapped(value) {
            Value::Object(members) => members,
            text @ Value::String(_) if self.mode.is_compat() && definition.sub_attribute("value").is_some() => {
                Map::from_iter([("value".to_owned(), text)])
            }
            _ => return Err(wrong(definition, "an object")),
        };
        let mut parts: Vec<(String, Option<Value>)> = Vec::with_capacity(members.len());
        for (name, value) in members {
            let Some(part) = definition.sub_attribute(&name) else {
                self.ignore_unknown(&format!("{}.{name}", definition.name))?;
                continue;
            };
            if parts.iter().any(|(held, _)| held == &part.name) {
                return Err(twice(&name));
            }
            if part.mutability == Mutability::ReadOnly && !self.stored {
                self.ignored.push(format!("{}.{}", definition.name, part.name));
                continue;
            }
            let value = match value {
                Value::Null => None,
                value if part.multi_valued => {
                    let elements = self.list(part, value)?;
                    (!elements.is_empty()).then_some(Value::Array(elements))
                }
                value => Some(self.scalar(part, value)?),
            };
            parts.push((part.name.clone(), value));
        }
        Ok(parts)
    }

    /// Fits a value of a simple type.
    pub(crate) fn scalar(&mut self, definition: &AttributeDefinition, value: Value) -> Result<Value, ScimError> {
        let compat = self.mode.is_compat();
        let value = self.unwrapped(value);
        match definition.attribute_type {
            AttributeType::Boolean => match value {
                Value::Bool(_) => Ok(value),
                Value::String(text) if compat => {
                    truth(&text).map(Value::Bool).ok_or_else(|| wrong(definition, "true or false"))
                }
                _ => Err(wrong(definition, "true or false")),
            },
            AttributeType::Integer => {
                let number = match &value {
                    Value::Number(number) => number.as_i64(),
                    Value::String(text) if compat => text.trim().parse().ok(),
                    _ => None,
                };
                number.map(Value::from).ok_or_else(|| wrong(definition, "a whole number of 64 bits"))
            }
            AttributeType::Decimal => match &value {
                Value::Number(_) => Ok(value),
                Value::String(text) if compat => {
                    serde_json::from_str(text.trim()).map(Value::Number).map_err(|_| wrong(definition, "a number"))
                }
                _ => Err(wrong(definition, "a number")),
            },
            AttributeType::Complex => {
                let parts = self.parts(definition, value)?;
                Ok(Value::Object(parts.into_iter().filter_map(|(part, value)| Some((part, value?))).collect()))
            }
            AttributeType::Binary | AttributeType::DateTime | AttributeType::Reference | AttributeType::String => {
                let text = match value {
                    Value::String(text) => text,
                    Value::Number(number) if compat => number.to_string(),
                    Value::Bool(flag) if compat => flag.to_string(),
                    _ => return Err(wrong(definition, "a text")),
                };
                match definition.attribute_type {
                    AttributeType::Binary => octets(&text)
                        .map(|octets| Value::String(general_purpose::STANDARD.encode(octets)))
                        .ok_or_else(|| wrong(definition, "octets in base64")),
                    AttributeType::DateTime if instant::parse(&text).is_none() => {
                        Err(wrong(definition, "a date and time such as 2026-03-16T07:00:00Z"))
                    }
                    _ => Ok(Value::String(text)),
                }
            }
        }
    }

    /// Takes the only element out of a list that some clients wrap every value in.
    fn unwrapped(&self, value: Value) -> Value {
        match value {
            Value::Array(mut elements) if self.mode.is_compat() && elements.len() == 1 => {
                elements.pop().unwrap_or(Value::Null)
            }
            value => value,
        }
    }
}

pub(crate) fn wrong(definition: &AttributeDefinition, wanted: &str) -> ScimError {
    invalid_value(format!("`{}` takes {wanted}", definition.name))
}

pub(crate) fn twice(name: &str) -> ScimError {
    invalid_syntax(format!("`{name}` stands twice, perhaps in another letter case"))
}

pub(crate) fn truth(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Decodes base64 in either alphabet, with or without padding.
pub(crate) fn octets(text: &str) -> Option<Vec<u8>> {
    let engine = if text.contains(['-', '_']) { &URL_SAFE_ENGINE } else { &STANDARD_ENGINE };
    engine.decode(text).ok()
}

pub(crate) fn is_primary(element: &Value) -> bool {
    element.get("primary").and_then(Value::as_bool).unwrap_or(false)
}

/// Whether two values of a simple attribute are the same.
pub(crate) fn same_scalar(definition: &AttributeDefinition, left: &Value, right: &Value) -> bool {
    left == right || key(definition, left) == key(definition, right)
}

/// Returns what is equal for values of a simple attribute that are the same, and for no others.
pub(crate) fn key(definition: &AttributeDefinition, value: &Value) -> Value {
    let folded = match definition.attribute_type {
        AttributeType::DateTime => instant::of(value).map(|instant| format!("{instant:?}")),
        AttributeType::String | AttributeType::Reference if !definition.case_exact => value.as_str().map(filter::fold),
        _ => None,
    };
    folded.map_or_else(|| value.clone(), Value::String)
}

/// Whether `held` is the element that `given` names: every part that is given is equal; in a list of references it is the
/// `value` that counts.
pub(crate) fn is_same_element(definition: &AttributeDefinition, held: &Value, given: &Value) -> bool {
    let (Value::Object(held_parts), Value::Object(given_parts)) = (held, given) else {
        return same_scalar(definition, held, given);
    };
    let same_part = |name: &str| {
        let Some(part) = definition.sub_attribute(name) else { return false };
        matches!((held_parts.get(&part.name), given_parts.get(&part.name)),
            (Some(held), Some(given)) if same_scalar(part, held, given))
    };
    if definition.is_reference_list() && given_parts.keys().any(|name| same_name(name, "value")) {
        return same_part("value");
    }
    given_parts.keys().all(|name| same_part(name))
}
