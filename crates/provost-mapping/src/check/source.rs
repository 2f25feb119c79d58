//! A mapping against the source that it reads.

use provost_expr::{check_attribute, check_attributes};
use provost_model::ObjectTypeSchema;

use super::Finding;
use crate::Mapping;
use crate::definition::Origin;

impl Mapping {
    /// Checks the mapping against the type of the objects that it reads: attributes that the source does not have, which are
    /// Null. A name in another case is another name, and `isSoftDeleted` is always known.
    ///
    /// A source that tells what its objects have been seen with, such as a file, may lack an attribute that nobody has yet, so
    /// each finding is a warning.
    #[must_use]
    pub fn check_source(&self, object_type: &ObjectTypeSchema) -> Vec<Finding> {
        let known: Vec<&str> = object_type.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
        let mut found = Vec::new();
        for (position, flow) in self.flows().iter().enumerate() {
            match (&flow.definition.origin, &flow.expression) {
                (Origin::Expression(_), Some((expression, _))) => {
                    let missing = check_attributes(expression, &known).into_iter();
                    found.extend(missing.map(|missing| {
                        let target = flow.definition.target.as_str();
                        Finding::diagnosed(position, flow, missing, |text| {
                            format!("in the expression of `{target}`: {text}")
                        })
                    }));
                }
                (Origin::Direct(name), _) => found.extend(check_attribute(name, &known).map(|missing| {
                    let target = flow.definition.target.as_str();
                    Finding::diagnosed(position, flow, missing, |text| format!("in the flow to `{target}`: {text}"))
                })),
                _ => {}
            }
        }
        found
    }
}
