//! The retro changelog of draft-good-ldap-changelog-04 and what vendors made of it.

use std::sync::Arc;

use super::ast::{ChangeOperation, ChangePosition, DirectoryChange, Incomplete};
use super::error::ReadChangeError;
use super::record::{dn, flag, ids, number, octets, rdn, required, text, time, whole};
use crate::Entry;
use crate::ldif::{ReadLdifError, read_attributes, read_modifications};

/// Attributes of a record that identify the changed entry, and the attribute of that entry which holds the same.
const IDS: &[(&str, &str)] =
    &[("targetEntryUUID", "entryUUID"), ("targetUniqueID", "nsUniqueId"), ("orclGUID", "orclGUID")];

/// Other values of the changed entry: the OpenDS family; PingDirectory and ODSEE for a deleted one.
const KNOWN: &[&str] = &["includedAttributes", "deletedEntryAttrs"];

/// Who did it: the OpenDS family, IBM, Oracle Internet Directory.
const INITIATORS: &[&str] = &["changeInitiatorsName", "ibm-changeInitiatorsName", "modifiersName"];

/// Reads an entry of a change log below `cn=changelog`.
///
/// Returns `None` for an entry without a type of change, such as the log's own container.
///
/// What servers do differently is taken as it comes: letter case of names and types, `1` or `TRUE`, a NUL at the end of the
/// values (389 DS, Sun), a superior or values that are empty, a cookie in place of the number (OpenDS family). A record
/// whose values cannot be read still tells which entry changed; it is then [`Incomplete`].
///
/// # Errors
///
/// Fails when the name of the entry, the type or a part of a rename is missing or unreadable.
pub fn read_changelog(record: &Entry) -> Result<Option<DirectoryChange>, ReadChangeError> {
    let Some(kind) = text(record, "changeType")? else { return Ok(None) };
    let values = octets(record, "changes").map(without_nul).unwrap_or_default();
    let mut incomplete = None;
    let operation = match kind.trim().to_ascii_lowercase().as_str() {
        "add" => ChangeOperation::Add(read(values, read_attributes, &mut incomplete)),
        "delete" => ChangeOperation::Delete,
        "modify" => ChangeOperation::Modify(read(values, read_modifications, &mut incomplete)),
        "modrdn" | "moddn" => ChangeOperation::Rename {
            new_rdn: rdn(record, "newRDN")?,
            delete_old_rdn: flag(record, "deleteOldRDN")?,
            new_superior: dn(record, "newSuperior")?,
            modifications: match values {
                [] => Vec::new(),
                values => read(values, read_modifications, &mut incomplete),
            },
        },
        _ => {
            let expected = "`add`, `delete`, `modify` or `modrdn`";
            return Err(ReadChangeError::expected("changeType", expected, whole(kind)));
        }
    };
    let mut change = DirectoryChange::new(required("targetDN", dn(record, "targetDN")?)?, operation);
    if change.operation == ChangeOperation::Delete {
        // Some servers log the deleted entry, others its identifiers only; neither changes that it is gone.
        change.known = read_attributes(values).unwrap_or_default();
    }
    for attribute in KNOWN {
        let known = octets(record, attribute).map(without_nul).map(read_attributes);
        change.known.extend(known.and_then(Result::ok).unwrap_or_default());
    }
    change.ids = ids(record, IDS);
    for id in &mut change.ids {
        // PingDirectory keeps the entryUUID where the 389 family keeps an identifier of its own, of four groups.
        if id.attribute == "nsUniqueId" && has_uuid_form(&id.value) {
            id.attribute = "entryUUID";
        }
    }
    change.incomplete = incomplete;
    change.time = time(record, &["changeTime", "operationTime"]);
    for initiator in INITIATORS {
        change.initiator = change.initiator.or_else(|| record.first_text(initiator).map(str::to_owned));
    }
    // The OpenDS family gives a cookie with a number, too, and where it is read by cookies no number or zero.
    change.position = match (number(record, "changeNumber")?, octets(record, "changeLogCookie")) {
        (None | Some(0), Some(cookie)) => Some(ChangePosition::Cookie(cookie.to_vec())),
        (number, _) => number.map(ChangePosition::Number),
    };
    Ok(Some(change))
}

/// Tells whether a value has the form of RFC 4122: groups of 8, 4, 4, 4 and 12 digits.
fn has_uuid_form(value: &[u8]) -> bool {
    let groups = value.split(|octet| *octet == b'-').map(<[u8]>::len);
    groups.eq([8, 4, 4, 4, 12]) && value.iter().all(|octet| octet.is_ascii_hexdigit() || *octet == b'-')
}

fn without_nul(values: &[u8]) -> &[u8] {
    let end = values.iter().rposition(|octet| *octet != 0).map_or(0, |last| last + 1);
    values.get(..end).unwrap_or_default()
}

fn read<T>(
    values: &[u8],
    read: impl FnOnce(&[u8]) -> Result<Vec<T>, ReadLdifError>,
    incomplete: &mut Option<Incomplete>,
) -> Vec<T> {
    let (found, reason) = match read(values) {
        Ok(found) if found.is_empty() => (found, Some(Incomplete::NoValues)),
        Ok(found) => (found, None),
        Err(error) => (Vec::new(), Some(Incomplete::Unreadable(Arc::new(error)))),
    };
    *incomplete = reason;
    found
}
