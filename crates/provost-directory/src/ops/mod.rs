//! The operations: what each does to the tree and answers.

mod add;
mod bind;
mod compare;
mod controls;
mod delete;
mod extended;
mod filter;
mod modify;
mod modify_dn;
mod password;
mod search;
mod values;
mod view;

use std::sync::Arc;

use provost_ldap_wire::{Control, ReadEntry, ResultCode};

pub(crate) use controls::{RequestControls, Use};
pub(crate) use extended::ExtendedAnswer;
pub(crate) use search::{Search, SearchStep};
pub(crate) use view::{EntryView, Visibility};

use crate::Directory;
use crate::directory::{Place, matched_name};
use crate::identity::Identity;
use crate::options::AnonymousAccess;
use crate::refusal::Refusal;
use crate::schema::{ResolvedName, Selection};
use crate::tree::{AttributeSet, Lookup, StoredEntry, Tree};

impl Directory {
    /// Finds the entry that an operation is about.
    fn find<'a>(&self, tree: &'a Tree, name: &ResolvedName) -> Result<&'a Arc<StoredEntry>, Refusal> {
        match tree.lookup(name) {
            Lookup::Found(entry) => Ok(entry),
            Lookup::Missing(nearest) => Err(Refusal::no_such_object(matched_name(nearest))),
        }
    }

    /// Refuses changes outside the trees that are held.
    fn require_within(&self, name: &ResolvedName) -> Result<(), Refusal> {
        match self.place(name) {
            Place::Within(_) => Ok(()),
            _ => Err(Refusal::new(ResultCode::UNWILLING_TO_PERFORM, "no global superior knowledge")),
        }
    }

    /// Refuses reads of entries by clients that have not authenticated, unless they may read.
    fn require_reader(&self, who: &Identity, name: &ResolvedName) -> Result<(), Refusal> {
        let allowed = match (who, self.0.options.anonymous) {
            (Identity::Anonymous, AnonymousAccess::Refused) => false,
            (Identity::Anonymous, AnonymousAccess::RootDse) => {
                matches!(self.place(name), Place::RootDse | Place::Subschema)
            }
            _ => true,
        };
        if allowed {
            return Ok(());
        }
        Err(Refusal::new(ResultCode::UNWILLING_TO_PERFORM, "authentication required"))
    }

    /// Sees an entry of the tree as a client may see it.
    fn view<'a>(&'a self, tree: &Tree, entry: &'a StoredEntry, who: &Identity) -> EntryView<'a> {
        let own = matches!(who, Identity::User { key, .. } if *key == entry.key);
        let full = who.is_administrator() || own;
        EntryView {
            schema: &self.0.schema,
            name: &entry.name,
            attributes: &entry.attributes,
            has_subordinates: Some(tree.has_children(entry.id)),
            visibility: if full { Visibility::Full } else { Visibility::WithoutPasswords },
        }
    }

    /// Stops an operation whose assertion does not hold (RFC 4528).
    fn check_assertion(&self, controls: &RequestControls, entry: &EntryView<'_>) -> Result<(), Refusal> {
        let Some(filter) = &controls.assertion else {
            return Ok(());
        };
        let compiled = filter::CompiledFilter::compile(filter, &self.0.schema);
        if compiled.evaluate(entry) == provost_ldap_types::Truth::True {
            return Ok(());
        }
        Err(Refusal::new(ResultCode::ASSERTION_FAILED, ""))
    }

    /// Makes the control of an answer that shows the entry before or after the change (RFC 4527).
    fn read_entry(&self, kind: ReadEntry, wanted: Option<&Vec<String>>, entry: &EntryView<'_>) -> Option<Control> {
        let selection = Selection::new(wanted?, &self.0.schema);
        Some(kind.response(&entry.answer(&selection, false)))
    }

    /// Records author and time of a change.
    fn record_change(&self, who: &Identity, attributes: &mut AttributeSet) {
        let known = self.0.schema.well_known();
        let (time, csn) = self.stamp();
        let values = [
            (known.entry_csn, csn.into_bytes()),
            (known.modifiers_name, self.author(who)),
            (known.modify_timestamp, time.into_bytes()),
        ];
        for (type_id, value) in values {
            attributes.set(crate::schema::Description::plain(type_id), vec![value]);
        }
    }
}
