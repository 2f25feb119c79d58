//! The accesslog of OpenLDAP, slapo-accesslog(5).

use provost_text::Span;

use super::ast::{ChangeOperation, ChangePosition, DirectoryChange, Incomplete};
use super::error::{ReadChangeError, ReadChangeErrorKind as Kind};
use super::record::{dn, flag, ids, modification, rdn, required, text, time};
use crate::ldif::{Modification, ModifyOperation};
use crate::{Attribute, AttributeDescription, Dn, Entry};

/// Reads an entry of the accesslog of OpenLDAP.
///
/// Returns `None` for what is no change: reads, refused operations, extended operations (a password change is logged
/// once more as a modification) and the log's own container.
///
/// # Errors
///
/// Fails when the entry lacks what its type needs, or a value is not of the form that slapo-accesslog(5) gives.
pub fn read_access_log(record: &Entry) -> Result<Option<DirectoryChange>, ReadChangeError> {
    let Some(kind) = text(record, "reqType")? else { return Ok(None) };
    if text(record, "reqResult")?.is_some_and(|result| result.trim() != "0") {
        return Ok(None);
    }
    let operation = match kind.to_ascii_lowercase().as_str() {
        "add" => ChangeOperation::Add(added(record)?),
        "delete" => ChangeOperation::Delete,
        "modify" => ChangeOperation::Modify(modifications(record)?),
        "modrdn" | "moddn" => ChangeOperation::Rename {
            new_rdn: rdn(record, "reqNewRDN")?,
            delete_old_rdn: flag(record, "reqDeleteOldRDN")?,
            new_superior: dn(record, "reqNewSuperior")?,
            modifications: modifications(record)?,
        },
        _ => return Ok(None),
    };
    let mut change = DirectoryChange::new(required("reqDN", dn(record, "reqDN")?)?, operation);
    change.ids = ids(record, &[("reqEntryUUID", "entryUUID")]);
    if let (true, ChangeOperation::Add(attributes)) = (change.ids.is_empty(), &change.operation) {
        // Older releases leave reqEntryUUID out; the added entry holds it anyway.
        change.ids = ids(&Entry::with_attributes(Dn::root(), attributes.clone()), &[("entryUUID", "entryUUID")]);
    }
    change.position = text(record, "reqStart")?.map(|start| ChangePosition::Start(start.to_owned()));
    change.time = time(record, &["reqStart"]);
    change.initiator = text(record, "reqAuthzID")?.map(|name| name.strip_prefix("dn:").unwrap_or(name).to_owned());
    change.known = old_values(record)?;
    let is_empty = matches!(&change.operation, ChangeOperation::Add(values) if values.is_empty())
        || matches!(&change.operation, ChangeOperation::Modify(values) if values.is_empty());
    change.incomplete = is_empty.then_some(Incomplete::NoValues);
    Ok(Some(change))
}

/// One value of `reqMod`.
enum Line {
    /// Two changes to one attribute are apart here.
    Separator,
    /// An operator and a value, or none for all values.
    Change(ModifyOperation, AttributeDescription, Option<Vec<u8>>),
}

fn line(value: &[u8]) -> Result<Line, ReadChangeError> {
    const OPERATOR: &str = "`+`, `-`, `=` or `#` after `:`";
    let expected = |what, start, end| ReadChangeError::expected("reqMod", what, Span::new(start, end));
    let Some((name, rest)) = split(value) else {
        return Err(expected("`:` and an operator after the attribute", value.len(), value.len()));
    };
    if name.is_empty() && rest.is_empty() {
        return Ok(Line::Separator);
    }
    let description = description("reqMod", name)?;
    let behind = name.len() + 1;
    let (operator, rest) = rest.split_first().ok_or_else(|| expected(OPERATOR, behind, behind))?;
    let operation = match operator {
        b'+' => ModifyOperation::Add,
        b'-' => ModifyOperation::Delete,
        b'=' => ModifyOperation::Replace,
        b'#' => ModifyOperation::Increment,
        _ => return Err(expected(OPERATOR, behind, behind + 1)),
    };
    let value = match rest {
        [] => None,
        [b' ', value @ ..] => Some(value.to_vec()),
        _ => return Err(expected("a blank between operator and value", behind + 1, behind + 2)),
    };
    Ok(Line::Change(operation, description, value))
}

/// Splits at the first `:`; values may hold more.
fn split(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memchr(b':', value)?;
    Some((value.get(..colon)?, value.get(colon + 1..)?))
}

fn description(attribute: &'static str, name: &[u8]) -> Result<AttributeDescription, ReadChangeError> {
    let name = str::from_utf8(name).map_err(|_| ReadChangeError::new(attribute, Kind::NotText))?;
    name.parse().map_err(|error| ReadChangeError::new(attribute, Kind::BadAttribute(error)))
}

fn added(record: &Entry) -> Result<Vec<Attribute>, ReadChangeError> {
    let mut entry = Entry::new(Dn::root());
    for (at, value) in record.values("reqMod").iter().enumerate() {
        match line(value).map_err(|error| error.in_value(at))? {
            Line::Separator => {}
            Line::Change(ModifyOperation::Add, description, Some(value)) => entry.push_value(&description, value),
            Line::Change(..) => {
                let behind = memchr::memchr(b':', value).map_or(0, |colon| colon + 1);
                let span = Span::new(behind, behind + 1);
                let error = ReadChangeError::expected("reqMod", "`+` and a value in an added entry", span);
                return Err(error.in_value(at));
            }
        }
    }
    Ok(entry.into_parts().1)
}

fn modifications(record: &Entry) -> Result<Vec<Modification>, ReadChangeError> {
    let mut modifications: Vec<Modification> = Vec::new();
    let mut goes_on = false;
    for (at, value) in record.values("reqMod").iter().enumerate() {
        let (operation, description, value) = match line(value).map_err(|error| error.in_value(at))? {
            Line::Separator => {
                goes_on = false;
                continue;
            }
            Line::Change(operation, description, value) => (operation, description, value),
        };
        let last = modifications
            .last_mut()
            .filter(|last| goes_on && last.operation == operation && *last.attribute.description() == description);
        goes_on = value.is_some();
        match (last, value) {
            (Some(last), Some(value)) => last.attribute.push(value),
            (_, value) => modifications.push(modification(operation, description, value.into_iter().collect())),
        }
    }
    Ok(modifications)
}

/// Reads `reqOld`: `attribute: value` without an operator.
fn old_values(record: &Entry) -> Result<Vec<Attribute>, ReadChangeError> {
    let mut entry = Entry::new(Dn::root());
    for (at, line) in record.values("reqOld").iter().enumerate() {
        let end = Span::point(line.len());
        let expected = || ReadChangeError::expected("reqOld", "`:` and a value after the attribute", end).in_value(at);
        let (name, value) = split(line).ok_or_else(expected)?;
        let value = value.strip_prefix(b" ").unwrap_or(value);
        entry.push_value(&description("reqOld", name).map_err(|error| error.in_value(at))?, value);
    }
    Ok(entry.into_parts().1)
}
