//! What servers log of changes, read from them and turned into the neutral change.

mod active_directory;
mod client;
mod logs;
mod sync;

use std::fmt::Write as _;

use provost_ldap_types::Attribute;
use provost_ldap_types::change::{ChangeOperation, DirectoryChange};
use provost_ldap_types::ldif::Modification;

/// Attributes that the tests change; servers log others of their own.
const WATCHED: &[&str] =
    &["cn", "description", "displayName", "isDeleted", "jpegPhoto", "mail", "sn", "telephoneNumber", "uidNumber"];

/// Writes what a change says about the attributes that the tests change, with `~` for the base.
fn describe(change: &DirectoryChange, base: &str) -> String {
    let mut out = String::new();
    let (word, attributes) = match &change.operation {
        ChangeOperation::Add(attributes) => ("add", &attributes[..]),
        ChangeOperation::State(attributes) => ("state", &attributes[..]),
        ChangeOperation::Delete => ("delete", &[][..]),
        ChangeOperation::Merge(_) => ("merge", &[][..]),
        ChangeOperation::Modify(_) => ("modify", &[][..]),
        ChangeOperation::Rename { delete_old_rdn: true, .. } => ("rename without the old value", &[][..]),
        ChangeOperation::Rename { .. } => ("rename", &[][..]),
        ChangeOperation::Unchanged => ("unchanged", &[][..]),
        other => panic!("{other:?}"),
    };
    let short = |name: String| name.to_ascii_lowercase().replace(&base.to_ascii_lowercase(), "~");
    let _ = write!(out, "{word} {}", short(change.dn.to_string()));
    if let Some(new_dn) = change.new_dn().filter(|new_dn| *new_dn != change.dn) {
        let _ = write!(out, " -> {}", short(new_dn.to_string()));
    }
    out.push('\n');
    sorted(attributes).into_iter().for_each(|attribute| values(&mut out, "has", attribute));
    match &change.operation {
        ChangeOperation::Merge(list) | ChangeOperation::Modify(list) => modifications(&mut out, list),
        ChangeOperation::Rename { modifications: list, .. } => modifications(&mut out, list),
        _ => {}
    }
    sorted(&change.known).into_iter().for_each(|attribute| values(&mut out, "known", attribute));
    if let Some(reason) = &change.incomplete {
        let _ = writeln!(out, "  incomplete: {reason:?}");
    }
    out
}

/// Writes a value; the identifier in the name of a deleted entry differs each time.
fn shown(value: &[u8]) -> String {
    let text = value.escape_ascii().to_string();
    text.split_once(r"\nDEL:").map_or(text.clone(), |(name, _)| format!(r"{name}\nDEL:..."))
}

/// Servers log the attributes of an entry in any order.
fn sorted(attributes: &[Attribute]) -> Vec<&Attribute> {
    let mut sorted: Vec<&Attribute> = attributes.iter().collect();
    sorted.sort_by_key(|attribute| attribute.description().as_str().to_ascii_lowercase());
    sorted
}

fn modifications(out: &mut String, modifications: &[Modification]) {
    for change in modifications {
        values(out, change.operation.name(), &change.attribute);
    }
}

fn values(out: &mut String, word: &str, attribute: &Attribute) {
    if !WATCHED.iter().any(|name| attribute.description().is(name)) {
        return;
    }
    let _ = write!(out, "  {word} {}:", attribute.description());
    let mut values: Vec<String> = attribute.values().iter().map(|value| shown(value)).collect();
    values.sort();
    values.iter().for_each(|value| {
        let _ = write!(out, " [{value}]");
    });
    out.push('\n');
}
