use std::fmt;

use serde_json::{Map, Value};

use crate::error::{invalid_path, invalid_syntax, invalid_value, no_target};
use crate::schema::same_name;
use crate::{Mode, Path, ScimError};

/// URN of the request, RFC 7644 section 3.5.2.
const PATCH_URN: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// Most operations of one request.
const OPERATIONS: usize = 1_000;

/// The body of a PATCH, RFC 7644 section 3.5.2. Its debug form shows no value.
///
/// ```
/// use provost_scim::{Mode, PatchRequest};
/// use serde_json::json;
///
/// let body = json!({
///     "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
///     "Operations": [{"op": "Replace", "path": "active", "value": "False"}],
/// });
/// assert_eq!(PatchRequest::parse(body, Mode::Strict)?.operations().len(), 1);
/// # Ok::<(), provost_scim::ScimError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PatchRequest {
    operations: Vec<PatchOperation>,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum PatchKind {
    /// Adds to what is there.
    Add,
    /// Removes.
    Remove,
    /// Takes the place of what is there.
    Replace,
}

/// One operation of a PATCH.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct PatchOperation {
    /// What it does.
    pub kind: PatchKind,
    /// To what; none means the resource.
    pub path: Option<Path>,
    /// With what.
    pub value: Option<Value>,
}

impl fmt::Debug for PatchOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.as_ref().map(|path| (path.urn(), path.name(), path.sub_attribute()));
        f.debug_struct("PatchOperation").field("kind", &self.kind).field("path", &path).finish_non_exhaustive()
    }
}

impl PatchRequest {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// 400 `invalidSyntax` for what is no PATCH, `invalidPath` and `invalidFilter` for a path, `noTarget` for a removal
    /// without one, `invalidValue` for a missing value; 413 for more than 1,000 operations. The detail names the operation.
    pub fn parse(body: Value, mode: Mode) -> Result<Self, ScimError> {
        let Value::Object(mut body) = body else { return Err(invalid_syntax("a PATCH is an object")) };
        match member(&mut body, "schemas")? {
            Some(Value::Array(urns)) if urns.iter().filter_map(Value::as_str).any(|urn| same_name(urn, PATCH_URN)) => {}
            None if mode.is_compat() => {}
            _ => return Err(invalid_syntax(format!("`schemas` does not name {PATCH_URN}"))),
        }
        let Some(Value::Array(list)) = member(&mut body, "Operations")? else {
            return Err(invalid_syntax("`Operations` takes a list"));
        };
        if list.is_empty() && !mode.is_compat() {
            return Err(invalid_syntax("`Operations` is empty"));
        }
        if list.len() > OPERATIONS {
            return Err(ScimError::new(413, format!("a PATCH takes at most {OPERATIONS} operations")));
        }
        let operations = list.into_iter().enumerate();
        let operations = operations.map(|(at, item)| operation(item, mode).map_err(|error| error.in_operation(at)));
        Ok(Self { operations: operations.collect::<Result<_, _>>()? })
    }

    /// Returns the operations, in order.
    #[must_use]
    pub fn operations(&self) -> &[PatchOperation] {
        &self.operations
    }
}

fn operation(item: Value, mode: Mode) -> Result<PatchOperation, ScimError> {
    let Value::Object(mut item) = item else { return Err(invalid_syntax("an operation is an object")) };
    let kind = match member(&mut item, "op")? {
        Some(Value::String(op)) if same_name(&op, "add") => PatchKind::Add,
        Some(Value::String(op)) if same_name(&op, "remove") => PatchKind::Remove,
        Some(Value::String(op)) if same_name(&op, "replace") => PatchKind::Replace,
        _ => return Err(invalid_syntax("`op` takes add, remove or replace")),
    };
    let value = member(&mut item, "value")?;
    let path = match member(&mut item, "path")? {
        None => None,
        Some(Value::String(path)) if path.is_empty() && kind == PatchKind::Remove => None,
        Some(Value::String(path)) if path.is_empty() && mode.is_compat() => None,
        Some(Value::String(path)) => Some(Path::parse(&path, mode)?),
        Some(_) => return Err(invalid_path("`path` takes a text")),
    };
    match (kind, &path, &value) {
        (PatchKind::Remove, None, _) => Err(no_target("remove needs a path")),
        (PatchKind::Add | PatchKind::Replace, _, None) => Err(invalid_value("`value` is missing")),
        (_, None, Some(value)) if !value.is_object() => Err(invalid_value("without a path, `value` takes an object")),
        _ => Ok(PatchOperation { kind, path, value }),
    }
}

/// Takes a member by its name without letter case.
fn member(object: &mut Map<String, Value>, name: &str) -> Result<Option<Value>, ScimError> {
    let mut keys = object.keys().filter(|key| same_name(key, name)).cloned();
    match (keys.next(), keys.next()) {
        (Some(key), None) => Ok(object.remove(&key)),
        (None, _) => Ok(None),
        (Some(_), Some(_)) => Err(crate::value::twice(name)),
    }
}
