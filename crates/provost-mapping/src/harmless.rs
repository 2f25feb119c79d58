use provost_model::{Attributes, Value};

use crate::Mapping;

impl Mapping {
    /// Makes a source object in which every attribute that the mapping reads has a harmless value: `a@a`, and for
    /// `isSoftDeleted` False.
    ///
    /// The name that the mapping gives it shows how many components a name has when no value adds any.
    #[must_use]
    pub fn harmless(&self) -> Attributes {
        let mut attributes = Attributes::new();
        for name in self.source_attributes() {
            let soft_deleted = name.eq_ignore_ascii_case("isSoftDeleted");
            attributes.set(name, [if soft_deleted { Value::Boolean(false) } else { Value::from("a@a") }]);
        }
        attributes
    }

    /// Makes a source object that is `source` with every character that means something in a distinguished name
    /// (RFC 4514 section 2.4) replaced by the letter `a`.
    ///
    /// The mapping takes the same branches for it as for `source`, as far as these do not hang on such a character. So a
    /// name whose number of components depends on a department is judged rightly, which [`Mapping::harmless`] cannot do. A
    /// name of `source` that has other components, or other pairs in a component, than the name of this object was
    /// altered by a value: `x,OU=Admins@contoso.com` as a user name does that.
    #[must_use]
    pub fn harmless_like(&self, source: &Attributes) -> Attributes {
        source
            .iter()
            .map(|(name, values)| {
                let values = values.iter().map(|value| match value {
                    Value::Text(text) => Value::Text(tamed(text)),
                    Value::Reference(text) => Value::Reference(tamed(text)),
                    other => other.clone(),
                });
                (name.clone(), values.collect())
            })
            .collect()
    }
}

fn tamed(text: &str) -> String {
    let special = |c: char| matches!(c, ',' | ';' | '+' | '"' | '\\' | '<' | '>' | '=' | '#') || c.is_control();
    text.chars().map(|c| if special(c) { 'a' } else { c }).collect()
}
