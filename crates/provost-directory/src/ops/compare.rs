use provost_ldap_types::{Filter, Truth};
use provost_ldap_wire::{CompareRequest, ResultCode};

use super::controls::RequestControls;
use super::filter::CompiledFilter;
use super::view::EntryView;
use crate::Directory;
use crate::directory::Place;
use crate::identity::Identity;
use crate::refusal::Refusal;

impl Directory {
    /// Tells whether an entry holds a value (RFC 4511 section 4.10): compareTrue or compareFalse.
    pub(crate) fn compare(
        &self,
        who: &Identity,
        request: &CompareRequest<'_>,
        controls: &RequestControls,
    ) -> Result<ResultCode, Refusal> {
        let schema = &self.0.schema;
        let name = schema.resolve_name(&request.name)?;
        let attribute = schema.describe_loosely(&request.attribute)?;
        if schema.attribute_type(attribute.type_id).equality.is_none() {
            return Err(Refusal::new(ResultCode::INAPPROPRIATE_MATCHING, "inappropriate matching request"));
        }
        if !schema.is_valid(&attribute, &request.value) {
            let message = "value does not conform to assertion syntax";
            return Err(Refusal::new(ResultCode::INVALID_ATTRIBUTE_SYNTAX, message));
        }
        self.require_reader(who, &name)?;
        let tree = self.tree();
        let compare = |entry: &EntryView<'_>| {
            self.check_assertion(controls, entry)?;
            if !entry.holds(&attribute) {
                return Err(Refusal::new(ResultCode::NO_SUCH_ATTRIBUTE, ""));
            }
            let filter = Filter::equals(&attribute.text(schema), &*request.value);
            let truth =
                filter.map_or(Truth::Undefined, |filter| CompiledFilter::compile(&filter, schema).evaluate(entry));
            Ok(if truth == Truth::True { ResultCode::COMPARE_TRUE } else { ResultCode::COMPARE_FALSE })
        };
        match self.place(&name) {
            Place::RootDse => self.with_root_dse(compare),
            Place::Subschema => self.with_subschema(compare),
            Place::Within(_) | Place::Outside => compare(&self.view(&tree, self.find(&tree, &name)?, who)),
        }
    }
}
