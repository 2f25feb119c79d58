//! Tombstones and DirSync of Active Directory, MS-ADTS.

use super::ast::{ChangeOperation, ChangePosition, DirectoryChange, Incomplete};
use super::error::{ReadChangeError, ReadChangeErrorKind as Kind};
use super::record::{ids, modification, number, octets, text};
use crate::ldif::{Modification, ModifyOperation};
use crate::{Attribute, AttributeDescription, Dn, Entry, Rdn};

/// Reads an entry that was found by its `uSNChanged`, deleted or not.
///
/// A deleted entry gets its last known name back, from `lastKnownParent` and the part of its present name before the
/// line feed.
///
/// # Errors
///
/// Fails when `lastKnownParent` is not a name or `uSNChanged` not a number.
pub fn read_active_directory(entry: &Entry) -> Result<DirectoryChange, ReadChangeError> {
    let mut change = read(entry, |entry| ChangeOperation::State(entry.attributes().to_vec()))?;
    change.position = number(entry, "uSNChanged")?.map(ChangePosition::Usn);
    Ok(change)
}

/// Reads an entry of an answer to the control DirSync.
///
/// The entry holds what changed: an attribute without values was cleared. Of a linked attribute the values under the option
/// `range=1-1` were added and those under `range=0-0` removed, which servers send under the flag for incremental values.
///
/// # Errors
///
/// Fails when `lastKnownParent` is not a name.
pub fn read_dir_sync(entry: &Entry) -> Result<DirectoryChange, ReadChangeError> {
    read(entry, |entry| ChangeOperation::Merge(entry.iter().map(changed).collect()))
}

fn read(entry: &Entry, operation: impl FnOnce(&Entry) -> ChangeOperation) -> Result<DirectoryChange, ReadChangeError> {
    let is_deleted = entry.first_text("isDeleted").is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    let mut change = if is_deleted {
        let mut change = DirectoryChange::new(last_known_name(entry)?, ChangeOperation::Delete);
        // DirSync gives what the deletion cleared without values.
        change.known = entry.iter().filter(|held| !held.values().is_empty()).cloned().collect();
        change
    } else {
        let mut change = DirectoryChange::new(entry.dn().clone(), operation(entry));
        change.incomplete = entry.iter().find_map(|held| values_left(held.description()));
        change
    };
    change.ids = ids(entry, &[("objectGUID", "objectGUID")]);
    Ok(change)
}

fn changed(held: &Attribute) -> Modification {
    let operation = match range(held.description()) {
        Some("0-0") => ModifyOperation::Delete,
        Some("1-1") => ModifyOperation::Add,
        _ => ModifyOperation::Replace,
    };
    let description = without_range(held.description());
    modification(operation, description, held.values().to_vec())
}

fn range(description: &AttributeDescription) -> Option<&str> {
    description.options().find_map(range_of)
}

fn range_of(option: &str) -> Option<&str> {
    option.split_at_checked(6).filter(|(name, _)| name.eq_ignore_ascii_case("range=")).map(|(_, range)| range)
}

fn without_range(description: &AttributeDescription) -> AttributeDescription {
    let kept = description.options().filter(|option| range_of(option).is_none());
    let text = kept.fold(description.base().to_owned(), |text, option| text + ";" + option);
    text.parse().unwrap_or_else(|_| description.clone())
}

/// Returns from where an attribute must be read on: `member;range=0-1499` goes on at 1500.
fn values_left(description: &AttributeDescription) -> Option<Incomplete> {
    let (_, last) = range(description).filter(|range| !matches!(*range, "0-0" | "1-1"))?.split_once('-')?;
    Some(Incomplete::ValuesLeft(last.parse::<u32>().ok()?.checked_add(1)?))
}

/// Returns the name of the extended form `<GUID=...>;<SID=...>;OU=People,DC=lab` (MS-ADTS section 3.1.1.3.4.1.5), which
/// Samba uses for this attribute in answers to DirSync.
fn without_identifiers(name: &str) -> &str {
    let rest = name.strip_prefix('<').and_then(|name| name.split_once(">;"));
    let Some((_, rest)) = rest else { return name };
    match rest.strip_prefix('<').and_then(|name| name.split_once(">;")) {
        Some((_, name)) => name,
        None => rest,
    }
}

fn last_known_name(entry: &Entry) -> Result<Dn, ReadChangeError> {
    let Some(parent) = text(entry, "lastKnownParent")? else { return Ok(entry.dn().clone()) };
    let parent = without_identifiers(parent).parse::<Dn>();
    let parent = parent.map_err(|error| ReadChangeError::new("lastKnownParent", Kind::BadDn(error)))?;
    let part = entry.dn().rdn().and_then(|rdn| rdn.attributes().first());
    let Some(part) = part else { return Ok(entry.dn().clone()) };
    // The value goes on with a line feed, `DEL:` and the objectGUID.
    let mangled = part.value().split(|octet| *octet == b'\n').next().unwrap_or_default();
    let value = octets(entry, "msDS-LastKnownRDN").unwrap_or(mangled);
    let rdn = Rdn::new(part.attribute(), value);
    let rdn = rdn.map_err(|error| ReadChangeError::new("msDS-LastKnownRDN", Kind::BadDn(error)))?;
    Ok(parent.child(rdn))
}
