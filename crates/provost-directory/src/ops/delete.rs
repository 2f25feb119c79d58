use provost_ldap_wire::{Control, ReadEntry, ResultCode};

use super::controls::RequestControls;
use crate::Directory;
use crate::directory::Place;
use crate::identity::Identity;
use crate::refusal::Refusal;

impl Directory {
    /// Deletes a leaf (RFC 4511 section 4.8). Returns the controls of the answer.
    pub(crate) fn delete(
        &self,
        who: &Identity,
        name: &[u8],
        controls: &RequestControls,
    ) -> Result<Vec<Control>, Refusal> {
        let name = self.0.schema.resolve_name(name)?;
        let unwilling = |message| Err(Refusal::new(ResultCode::UNWILLING_TO_PERFORM, message));
        match self.place(&name) {
            Place::RootDse => return unwilling("cannot delete the root DSE"),
            Place::Subschema => return unwilling("cannot delete the subschema subentry"),
            Place::Within(_) | Place::Outside => self.require_within(&name)?,
        }
        who.require_author()?;
        let mut tree = self.tree_mut();
        let entry = self.find(&tree, &name)?.clone();
        self.check_assertion(controls, &self.view(&tree, &entry, who))?;
        who.require_write("no write access to parent")?;
        if tree.has_children(entry.id) {
            let message = "subordinate objects must be deleted first";
            return Err(Refusal::new(ResultCode::NOT_ALLOWED_ON_NON_LEAF, message));
        }
        let pre_read = self.read_entry(ReadEntry::Pre, controls.pre_read.as_ref(), &self.view(&tree, &entry, who));
        tree.remove(entry.id);
        self.count_write();
        Ok(pre_read.into_iter().collect())
    }
}
