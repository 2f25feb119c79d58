use provost_ldap_wire::{Control, ModifyDnRequest, ReadEntry, ResultCode};

use super::controls::RequestControls;
use crate::Directory;
use crate::directory::Place;
use crate::identity::Identity;
use crate::refusal::Refusal;
use crate::schema::{Description, EntryPurpose, ResolvedName, ResolvedRdn, check_entry};
use crate::tree::{AttributeSet, Lookup, StoredEntry};

impl Directory {
    /// Renames or moves an entry with all below it (RFC 4511 section 4.9). Returns the controls of the answer.
    pub(crate) fn modify_dn(
        &self,
        who: &Identity,
        request: &ModifyDnRequest<'_>,
        controls: &RequestControls,
    ) -> Result<Vec<Control>, Refusal> {
        let schema = &self.0.schema;
        let name = schema.resolve_name(&request.name)?;
        let rdn = schema.resolve_new_rdn(&request.new_rdn)?;
        let superior = request.new_superior.as_deref().map(|superior| schema.resolve_name(superior)).transpose();
        let superior = superior.map_err(|_| Refusal::new(ResultCode::INVALID_DN_SYNTAX, "invalid new superior DN"))?;
        let unwilling = |message| Refusal::new(ResultCode::UNWILLING_TO_PERFORM, message);
        match self.place(&name) {
            Place::RootDse => return Err(unwilling("cannot rename the root DSE")),
            Place::Subschema => return Err(unwilling("cannot rename subschema subentry")),
            Place::Within(_) | Place::Outside => self.require_within(&name)?,
        }
        who.require_author()?;
        self.require_same_tree(&name, superior.as_ref())?;
        let mut tree = self.tree_mut();
        let old = self.find(&tree, &name)?.clone();
        self.check_assertion(controls, &self.view(&tree, &old, who))?;
        let parent = match &superior {
            Some(superior) => {
                if superior.key().starts_with(&old.key) {
                    return Err(unwilling("cannot place an entry below itself"));
                }
                match tree.lookup(superior) {
                    Lookup::Found(parent) => Some(parent.clone()),
                    Lookup::Missing(_) => {
                        return Err(Refusal::new(ResultCode::NO_SUCH_OBJECT, "new superior not found"));
                    }
                }
            }
            None => old.parent.and_then(|parent| tree.get(parent).cloned()),
        };
        who.require_write("no write access to parent")?;
        let parent = parent.ok_or_else(|| unwilling("no global superior knowledge"))?;
        let new_key = [parent.key.as_slice(), rdn.key()].concat();
        if tree.find(&new_key).is_some_and(|other| other.id != old.id) {
            return Err(Refusal::new(ResultCode::ENTRY_ALREADY_EXISTS, ""));
        }
        let pre_read = self.read_entry(ReadEntry::Pre, controls.pre_read.as_ref(), &self.view(&tree, &old, who));
        let mut entry = StoredEntry::clone(&old);
        if request.delete_old_rdn {
            self.remove_naming_values(&name, &mut entry.attributes);
        }
        self.add_naming_values(&rdn, &mut entry.attributes);
        check_entry(schema, &rdn, &mut entry.attributes, EntryPurpose::Change)?;
        self.record_change(who, &mut entry.attributes);
        entry.place(Some(&parent), &rdn.text, rdn.key());
        let entry = tree.relocate(entry);
        self.count_write();
        let view = self.view(&tree, &entry, who);
        let post_read = self.read_entry(ReadEntry::Post, controls.post_read.as_ref(), &view);
        Ok(pre_read.into_iter().chain(post_read).collect())
    }

    /// Refuses renames that would leave the tree in which the entry is.
    fn require_same_tree(&self, name: &ResolvedName, superior: Option<&ResolvedName>) -> Result<(), Refusal> {
        let refuse = || Refusal::new(ResultCode::AFFECTS_MULTIPLE_DSAS, "cannot rename between DSAs");
        let Place::Within(tree) = self.place(name) else {
            return Err(refuse());
        };
        let same = match superior {
            Some(superior) => matches!(self.place(superior), Place::Within(other) if other.key == tree.key),
            None => true,
        };
        let is_top = name.rdns.len() == tree.levels;
        if same && !is_top { Ok(()) } else { Err(refuse()) }
    }

    fn remove_naming_values(&self, name: &ResolvedName, attributes: &mut AttributeSet) {
        let schema = &self.0.schema;
        for (type_id, value) in name.rdns.first().into_iter().flat_map(|rdn| &rdn.parts) {
            let canonical = schema.canonical(*type_id, value);
            let description = Description::plain(*type_id);
            let held = attributes.values(&description).iter();
            let kept = held.filter(|held| schema.canonical(*type_id, held) != canonical).cloned().collect();
            attributes.set(description, kept);
        }
    }

    fn add_naming_values(&self, rdn: &ResolvedRdn, attributes: &mut AttributeSet) {
        let schema = &self.0.schema;
        for (type_id, value) in &rdn.parts {
            let held = attributes.values_mut(Description::plain(*type_id));
            let canonical = schema.canonical(*type_id, value);
            if !held.iter().any(|held| schema.canonical(*type_id, held) == canonical) {
                held.push(value.clone());
            }
        }
    }
}
