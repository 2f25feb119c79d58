//! An entry as clients see it: stored attributes and those that the server works out.

use std::borrow::Cow;

use provost_ldap_types::Truth;
use provost_ldap_wire::{PartialAttribute, SearchResultEntry};

use super::filter::any;
use crate::persona::SUBSCHEMA_NAME;
use crate::schema::{Description, Schema, Selection};
use crate::tree::AttributeSet;

/// Which attributes a client may not read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Visibility {
    /// It may read all.
    Full,
    /// It may read all but passwords.
    WithoutPasswords,
}

/// An entry with the attributes that are not stored.
#[derive(Debug)]
pub(crate) struct EntryView<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) name: &'a str,
    pub(crate) attributes: &'a AttributeSet,
    /// `None` where the attribute is not shown, as at the root DSE.
    pub(crate) has_subordinates: Option<bool>,
    pub(crate) visibility: Visibility,
}

impl EntryView<'_> {
    /// Returns all attributes that the client may see, stored ones first.
    fn attributes(&self) -> impl Iterator<Item = (Cow<'_, Description>, Cow<'_, [Vec<u8>]>)> {
        let known = self.schema.well_known();
        let hidden = |description: &Description| {
            self.visibility == Visibility::WithoutPasswords && description.type_id == known.user_password
        };
        let stored = self.attributes.iter().filter(move |(description, _)| !hidden(description));
        let stored = stored.map(|(description, values)| (Cow::Borrowed(description), Cow::Borrowed(values)));
        let text = |flag: bool| if flag { "TRUE" } else { "FALSE" };
        let computed = [
            (known.entry_dn, Some(self.name)),
            (known.subschema_subentry, Some(SUBSCHEMA_NAME)),
            (known.has_subordinates, self.has_subordinates.map(text)),
        ];
        let computed = computed.into_iter().filter_map(|(type_id, value)| {
            let values = vec![value?.as_bytes().to_vec()];
            Some((Cow::Owned(Description::plain(type_id)), Cow::Owned(values)))
        });
        stored.chain(computed)
    }

    /// Compares all values.
    pub(crate) fn any(&self, compare: impl Fn(&Description, &[u8]) -> Truth) -> Truth {
        any(self.attributes().map(|(description, values)| any(values.iter().map(|value| compare(&description, value)))))
    }

    /// Compares the values of an attribute and of its subtypes.
    pub(crate) fn any_value(&self, asked: &Description, compare: impl Fn(&Description, &[u8]) -> Truth) -> Truth {
        self.any(|held, value| if asked.covers(held, self.schema) { compare(held, value) } else { Truth::False })
    }

    /// Compares the values in the name of the entry.
    pub(crate) fn any_in_name(&self, compare: impl Fn(&Description, &[u8]) -> Truth) -> Truth {
        let Ok(name) = self.schema.resolve_name(self.name.as_bytes()) else {
            return Truth::Undefined;
        };
        let parts = name.rdns.iter().flat_map(|rdn| &rdn.parts);
        any(parts.map(|(type_id, value)| compare(&Description::plain(*type_id), value)))
    }

    /// Tells whether there is any value that the client may see.
    pub(crate) fn holds(&self, asked: &Description) -> bool {
        self.any_value(asked, |_, _| Truth::True) == Truth::True
    }

    /// Returns the entry as it is sent.
    pub(crate) fn answer(&self, selection: &Selection, types_only: bool) -> SearchResultEntry<'static> {
        let selected = self.attributes().filter(|(description, _)| selection.selects(description, self.schema));
        let attributes = selected.map(|(description, values)| {
            let values = if types_only { Vec::new() } else { values.into_owned() };
            PartialAttribute::new(description.text(self.schema), values)
        });
        SearchResultEntry { name: self.name.to_owned().into(), attributes: attributes.collect() }
    }
}
