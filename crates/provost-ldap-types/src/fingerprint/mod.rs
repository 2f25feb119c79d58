//! Which server is it? Weighted rules over the root DSE, the port and the schema.
//!
//! Root DSEs imitate each other, hide attributes and carry texts that an administrator chose. So every rule that
//! fires is kept as [`Evidence`], and an operator who knows better overrules the result.
//!
//! ```
//! use provost_ldap_types::fingerprint::{Confidence, ServerLabel, fingerprint};
//! use provost_ldap_types::{Attribute, Dn, Entry, RootDse};
//!
//! let mut entry = Entry::new(Dn::root());
//! entry.push(Attribute::of("vendorName", ["389 Project"])?);
//! entry.push(Attribute::of("vendorVersion", ["389-Directory/2.3.1 B2025.016.1616"])?);
//! let found = fingerprint(&RootDse::from_entry(entry), None, None);
//! assert_eq!((found.label, found.confidence), (ServerLabel::Ds389, Confidence::High));
//! assert_eq!(found.version.as_deref(), Some("2.3.1"));
//! assert_eq!(found.evidence[0].text, "vendorVersion is \"389-Directory/2.3.1 B2025.016.1616\"");
//! # Ok::<(), provost_ldap_types::ParseAttributeError>(())
//! ```

mod condition;
mod decide;
mod label;
mod rules;
mod version;

#[cfg(test)]
mod tests;

pub use condition::Condition;
pub use decide::{Confidence, Evidence, Fingerprint, fingerprint};
pub use label::{ParseLabelError, ServerLabel};
pub use rules::{RULES, Rule};
