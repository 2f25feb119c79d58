//! Users as JSON objects.

use std::collections::BTreeMap;
use std::path::Path;

use provost_examples::failure::Failure;
use provost_expr::{Complex, Value};
use serde_json::error::Category;
use serde_json::{Map, Value as Json};

use crate::text_file::read_text;

/// The attributes of a user, by name.
pub(crate) type Attributes = BTreeMap<String, Value<'static>>;

/// Reads a user from a file with one JSON object, whose members are values of attributes.
///
/// # Errors
///
/// A message that names the file and the place in it.
pub(crate) fn read_object(path: &Path) -> Result<Map<String, Json>, Failure> {
    let text = read_text(path)?;
    let user: Map<String, Json> = serde_json::from_str(&text)
        .map_err(|error| malformed(path, &error, "one JSON object, the attributes of a user"))?;
    user_attributes(&user).map_err(|message| Failure::new(message).context(path.display()))?;
    Ok(user)
}

/// Says where a JSON file is malformed; `expected` says what it should hold. Its text may be secret and is not shown.
pub(crate) fn malformed(path: &Path, error: &serde_json::Error, expected: &str) -> Failure {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let what = match error.classify() {
        Category::Data => format!("expected {expected}"),
        Category::Eof => "the file ends before its JSON does".to_owned(),
        Category::Io | Category::Syntax => message.strip_suffix(&place).unwrap_or(&message).to_owned(),
    };
    Failure::new(what).context(format!("{}:{}:{}", path.display(), error.line(), error.column().max(1)))
}

/// Turns a JSON object into attributes.
pub(crate) fn user_attributes(user: &Map<String, Json>) -> Result<Attributes, String> {
    user.iter()
        .map(|(name, value)| match attribute_value(value) {
            Ok(value) => Ok((name.clone(), value)),
            Err(message) => Err(format!("attribute {name}: {message}")),
        })
        .collect()
}

fn text(value: &Json) -> Result<String, String> {
    match value {
        Json::String(text) => Ok(text.clone()),
        Json::Number(number) => Ok(number.to_string()),
        Json::Bool(true) => Ok("True".to_owned()),
        Json::Bool(false) => Ok("False".to_owned()),
        _ => Err("expected a text, a number, true, false, an object, or a list of these".to_owned()),
    }
}

/// Members without a value are left out.
fn complex_value(members: &Map<String, Json>) -> Result<Complex, String> {
    members.iter().try_fold(Complex::new(), |complex, (name, value)| match value {
        Json::Null => Ok(complex),
        Json::Bool(flag) => complex.try_with(name, *flag).map_err(|error| error.to_string()),
        other => complex.try_with(name, text(other)?).map_err(|error| error.to_string()),
    })
}

fn attribute_value(value: &Json) -> Result<Value<'static>, String> {
    Ok(match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Boolean(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None => Value::Text(number.to_string().into()),
        },
        Json::Object(members) => Value::Complex(vec![complex_value(members)?].into()),
        Json::Array(list) if list.iter().any(Json::is_object) => {
            let complex = |item: &Json| match item {
                Json::Object(members) => complex_value(members),
                _ => Err("expected an object, as the other values are".to_owned()),
            };
            Value::Complex(list.iter().map(complex).collect::<Result<_, _>>()?)
        }
        Json::Array(list) => Value::list(list.iter().map(|item| text(item).map(Into::into)).collect::<Result<_, _>>()?),
        other => Value::Text(text(other)?.into()),
    })
}
