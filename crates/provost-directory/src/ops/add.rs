use provost_ldap_wire::{AddRequest, Control, ReadEntry, ResultCode};

use super::controls::RequestControls;
use super::values::CheckedAttribute;
use crate::Directory;
use crate::directory::{Place, matched_name};
use crate::identity::Identity;
use crate::refusal::Refusal;
use crate::schema::{Description, EntryPurpose, ResolvedName, check_entry};
use crate::tree::{AttributeSet, Lookup, StoredEntry, Tree};

impl Directory {
    /// Adds an entry (RFC 4511 section 4.7) and returns the controls of the answer.
    pub(crate) fn add(
        &self,
        who: &Identity,
        request: &AddRequest<'_>,
        controls: &RequestControls,
    ) -> Result<Vec<Control>, Refusal> {
        let schema = &self.0.schema;
        let name = schema.resolve_name(&request.name)?;
        let protocol_error = |message| Err(Refusal::new(ResultCode::PROTOCOL_ERROR, message));
        if request.attributes.is_empty() {
            return protocol_error("no attributes provided");
        }
        if request.attributes.iter().any(|attribute| attribute.values.is_empty()) {
            return protocol_error("no values for attribute type");
        }
        let exists = |what: &str| Err(Refusal::new(ResultCode::ENTRY_ALREADY_EXISTS, format!("{what} already exists")));
        match self.place(&name) {
            Place::RootDse => return exists("root DSE"),
            Place::Subschema => return exists("subschema subentry"),
            Place::Within(_) | Place::Outside => {}
        }
        let attributes = request.attributes.iter().map(|attribute| CheckedAttribute::new(attribute, schema));
        let attributes = attributes.collect::<Result<Vec<_>, _>>()?;
        self.require_within(&name)?;
        who.require_author()?;
        if *who != Identity::Loader {
            attributes.iter().try_for_each(|attribute| attribute.require_user_modification(schema))?;
        }
        let mut set = AttributeSet::default();
        for attribute in attributes {
            let held = set.values_mut(attribute.description);
            if !held.is_empty() {
                let message = format!("attribute '{}' provided more than once", attribute.spelling);
                return Err(Refusal::new(ResultCode::ATTRIBUTE_OR_VALUE_EXISTS, message));
            }
            *held = attribute.values;
        }
        let Some(rdn) = name.rdns.first() else {
            return exists("root DSE");
        };
        check_entry(schema, rdn, &mut set, EntryPurpose::Add)?;
        self.complete(who, &mut set)?;
        let mut tree = self.tree_mut();
        let entry = self.place_new(&tree, who, &name, set)?;
        self.check_assertion(controls, &self.view(&tree, &entry, who))?;
        let entry = tree.insert(entry);
        if *who != Identity::Loader {
            self.count_write();
        }
        let view = self.view(&tree, &entry, who);
        Ok(self.read_entry(ReadEntry::Post, controls.post_read.as_ref(), &view).into_iter().collect())
    }

    /// Adds the operational attributes that are not there yet.
    fn complete(&self, who: &Identity, set: &mut AttributeSet) -> Result<(), Refusal> {
        let known = self.0.schema.well_known();
        let (time, csn) = self.stamp();
        let (author, time) = (self.author(who), time.into_bytes());
        let values = [
            (known.entry_uuid, self.random_uuid()?.into_bytes()),
            (known.creators_name, author.clone()),
            (known.create_timestamp, time.clone()),
            (known.entry_csn, csn.into_bytes()),
            (known.modifiers_name, author),
            (known.modify_timestamp, time),
        ];
        for (type_id, value) in values {
            let held = set.values_mut(Description::plain(type_id));
            if held.is_empty() {
                held.push(value);
            }
        }
        for computed in [known.entry_dn, known.subschema_subentry, known.has_subordinates] {
            set.remove(&Description::plain(computed));
        }
        Ok(())
    }

    /// Makes the entry for its place below an existing parent.
    fn place_new(
        &self,
        tree: &Tree,
        who: &Identity,
        name: &ResolvedName,
        attributes: AttributeSet,
    ) -> Result<StoredEntry, Refusal> {
        let nearest = match tree.lookup(name) {
            Lookup::Found(_) => return Err(Refusal::new(ResultCode::ENTRY_ALREADY_EXISTS, "")),
            Lookup::Missing(nearest) => nearest,
        };
        let key = name.key();
        let is_top = self.0.suffixes.iter().any(|suffix| suffix.key == key);
        let parent = match nearest {
            _ if is_top => None,
            Some(parent) if parent.key == name.key_without(1) => Some(parent),
            nearest => return Err(Refusal::no_such_object(matched_name(nearest))),
        };
        who.require_write("no write access to parent")?;
        let Some(parent) = parent else {
            return Ok(StoredEntry::new(None, &name.text(), &key, attributes));
        };
        let known = self.0.schema.well_known();
        let classes = parent.attributes.values(&Description::plain(known.object_class));
        if classes.iter().any(|class| self.0.schema.find_class_value(class) == Some(known.alias)) {
            return Err(Refusal::new(ResultCode::ALIAS_PROBLEM, "parent is an alias"));
        }
        let (text, own_key) = name.rdns.first().map_or(("", &[][..]), |rdn| (rdn.text.as_str(), rdn.key()));
        Ok(StoredEntry::new(Some(parent), text, own_key, attributes))
    }
}
