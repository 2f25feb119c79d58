//! Attribute descriptions and selections, resolved by the schema.

use provost_ldap_types::AttributeDescription;
use provost_ldap_wire::ResultCode;

use super::{Schema, TypeId};
use crate::refusal::Refusal;

/// An attribute type with options in lower case and in order.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Description {
    pub(crate) type_id: TypeId,
    options: Vec<Box<str>>,
}

impl Description {
    pub(crate) fn plain(type_id: TypeId) -> Self {
        Self { type_id, options: Vec::new() }
    }

    /// Tells whether the values of `held` are values of this one: the type or a subtype, and at least the options.
    pub(crate) fn covers(&self, held: &Self, schema: &Schema) -> bool {
        schema.is_subtype(held.type_id, self.type_id) && self.options.iter().all(|option| held.options.contains(option))
    }

    /// Returns the description as it is sent: the first name of the type, then the options.
    pub(crate) fn text(&self, schema: &Schema) -> String {
        let mut text = schema.attribute_type(self.type_id).name.to_string();
        for option in &self.options {
            text.push(';');
            text.push_str(option);
        }
        text
    }
}

impl Schema {
    /// Resolves a description that a client wants to write.
    pub(crate) fn describe(&self, text: &[u8]) -> Result<Description, Refusal> {
        let description = self.describe_loosely(text)?;
        let kept = self.attribute_type(description.type_id);
        let has_binary = description.options.iter().any(|option| &**option == "binary");
        if kept.binary_transfer && !has_binary {
            let message = format!("{}: requires ;binary transfer", String::from_utf8_lossy(text));
            return Err(Refusal::new(ResultCode::UNDEFINED_ATTRIBUTE_TYPE, message));
        }
        Ok(description)
    }

    /// Resolves a description that a client wants to read; `;binary` may be missing.
    pub(crate) fn describe_loosely(&self, text: &[u8]) -> Result<Description, Refusal> {
        let spelt = String::from_utf8_lossy(text);
        let refuse = |reason: &str| {
            Refusal::new(ResultCode::UNDEFINED_ATTRIBUTE_TYPE, format!("{}: {reason}", printable(&spelt)))
        };
        let description: AttributeDescription =
            spelt.parse().map_err(|_| refuse("AttributeDescription contains inappropriate characters"))?;
        let type_id = self.find_type(description.base()).ok_or_else(|| refuse("attribute type undefined"))?;
        let mut options: Vec<Box<str>> =
            description.options().map(|option| Box::from(option.to_ascii_lowercase())).collect();
        options.sort();
        options.dedup();
        for option in &options {
            let known = if &**option == "binary" {
                if !self.attribute_type(type_id).binary_transfer {
                    return Err(refuse("option \"binary\" not supported with type"));
                }
                true
            } else {
                option.starts_with("lang-") && option.len() > "lang-".len()
            };
            if !known {
                return Err(refuse("unrecognized option"));
            }
        }
        Ok(Description { type_id, options })
    }
}

/// Keeps messages readable whatever a client sent as a description.
fn printable(text: &str) -> String {
    text.chars().take(64).map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// Which attributes a search returns (RFC 4511 section 4.5.1.8, RFC 3673, RFC 4529).
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    all_user: bool,
    all_operational: bool,
    wanted: Vec<Description>,
}

impl Selection {
    pub(crate) fn new(names: impl IntoIterator<Item = impl AsRef<[u8]>>, schema: &Schema) -> Self {
        let mut selection = Self { all_user: false, all_operational: false, wanted: Vec::new() };
        let mut empty = true;
        for name in names {
            empty = false;
            match name.as_ref() {
                b"*" => selection.all_user = true,
                b"+" => selection.all_operational = true,
                b"1.1" => {}
                name => match name.strip_prefix(b"@") {
                    Some(class) => selection.add_class(class, schema),
                    // Unknown attributes are left out without a word, RFC 4511 section 4.5.1.8.
                    None => selection.wanted.extend(schema.describe_loosely(name).ok()),
                },
            }
        }
        selection.all_user |= empty;
        selection
    }

    fn add_class(&mut self, class: &[u8], schema: &Schema) {
        if let Some(class) = schema.find_class_value(class) {
            if class == schema.well_known().extensible_object {
                self.all_user = true;
            }
            let class = schema.class(class);
            self.wanted.extend(class.must.iter().chain(&class.may).copied().map(Description::plain));
        }
    }

    pub(crate) fn selects(&self, held: &Description, schema: &Schema) -> bool {
        let operational = schema.attribute_type(held.type_id).operational;
        (if operational { self.all_operational } else { self.all_user })
            || self.wanted.iter().any(|wanted| wanted.covers(held, schema))
    }
}
