use provost_mapping::{EvaluateContext, Mapping};
use provost_model::{Attributes, ObjectName};

use super::decide::Refusal;
use crate::Engine;

impl Engine {
    /// Checks a name that a mapping made (invariant 5 of the architecture): it must be a name in the system, with as many
    /// components, and as many values in them, as the same mapping yields when no value of the object has a character
    /// that means something in a name.
    pub(super) fn check_name(
        &self,
        name: &ObjectName,
        mapping: &Mapping,
        source: &Attributes,
        context: &EvaluateContext<'_>,
    ) -> Result<(), Refusal> {
        let unsafe_name = |text: String| Refusal::new("UnsafeName", text);
        let components = self.session.components(name).map_err(|error| unsafe_name(error.to_string()))?;
        if !mapping.joins_name() {
            return Ok(());
        }
        let harmless = mapping
            .name(&mapping.harmless_like(source), context)
            .map_err(|error| unsafe_name(error.to_string()))?
            .ok_or_else(|| unsafe_name("the mapping gives a harmless user no name".to_owned()))?;
        let expected = self.session.components(&harmless).map_err(|error| unsafe_name(error.to_string()))?;
        if components != expected {
            return Err(unsafe_name(format!(
                "a value brings separators into the name: it has {components} components in place of {expected}"
            )));
        }
        let values =
            |name: &ObjectName| self.session.implied(name).iter().map(|(_, values)| values.len()).sum::<usize>();
        if values(name) != values(&harmless) {
            return Err(unsafe_name("a value brings a further attribute into the name".to_owned()));
        }
        Ok(())
    }
}
