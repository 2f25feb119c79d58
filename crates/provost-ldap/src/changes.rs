//! From neutral attributes to the attributes and changes of requests; the values of the RDN stay in the entry.
//!
//! RFC 4511 section 4.7 wants the values of the RDN among the attributes of an add. Some servers add what is missing, as
//! slapd 2.5 and 389 DS 2.3 do, and others refuse. None lets a change remove them: slapd answers 64 and 389 DS 67. So they
//! go along with every add and every replace of their attribute, and no change removes them.

use provost_ldap_types::{AttributeDescription, Dn, RdnAttribute};
use provost_ldap_wire::{Modification, ModifyOperation, PartialAttribute};
use provost_model::{AttributeChange, Attributes, ChangeSet, Secret, Value, ValueChange};

use crate::settings::Settings;
use crate::translate::{Translator, octets};

/// Returns the attributes of a new entry: those given, the object classes where none are, and the values of the RDN.
pub(crate) fn entry_attributes(
    settings: &Settings,
    translator: &Translator,
    dn: &Dn,
    attributes: &Attributes,
) -> Result<Vec<PartialAttribute<'static>>, String> {
    let mut list: Vec<(AttributeDescription, Vec<Vec<u8>>)> = Vec::with_capacity(attributes.len() + 1);
    if !attributes.contains("objectClass") {
        let classes = std::iter::once(&settings.object_class).chain(&settings.auxiliary_classes);
        list.push((describe("objectClass")?, classes.map(|class| class.clone().into_bytes()).collect()));
    }
    for (name, values) in attributes.iter() {
        let description = writable(settings, name.as_str())?;
        list.push((description, values.iter().map(octets).collect()));
    }
    for part in rdn(dn) {
        match list.iter_mut().find(|(description, _)| is_rdn_type(part, description)) {
            Some((_, values)) => keep(translator, part, values),
            None => list.push((describe(part.attribute())?, vec![part.value().to_vec()])),
        }
    }
    Ok(list.into_iter().map(|(description, values)| PartialAttribute::new(description.to_string(), values)).collect())
}

/// Returns the changes of an entry that has this name when they are made. Changes of nothing are left out.
pub(crate) fn modifications(
    settings: &Settings,
    translator: &Translator,
    dn: &Dn,
    changes: &ChangeSet,
) -> Result<Vec<Modification<'static>>, String> {
    let mut list = Vec::with_capacity(changes.attributes.len());
    for AttributeChange { name, change } in &changes.attributes {
        let description = writable(settings, name.as_str())?;
        let to_octets = |values: &[Value]| values.iter().map(octets).collect::<Vec<_>>();
        let parts = rdn(dn).iter().filter(|part| is_rdn_type(part, &description));
        let (operation, values) = match change {
            ValueChange::Add(values) => (ModifyOperation::Add, to_octets(values)),
            ValueChange::Remove(values) => {
                let mut values = to_octets(values);
                parts.for_each(|part| {
                    values.retain(|value| !translator.same_value(part.attribute(), value, part.value()));
                });
                (ModifyOperation::Delete, values)
            }
            ValueChange::Replace(values) => {
                let mut values = to_octets(values);
                parts.for_each(|part| keep(translator, part, &mut values));
                (ModifyOperation::Replace, values)
            }
            _ => return Err(format!("this kind of change of {name} is not known")),
        };
        // An add of nothing is no request, and a delete of nothing would delete everything.
        if !values.is_empty() || operation == ModifyOperation::Replace {
            let attribute = PartialAttribute::new(description.to_string(), values);
            list.push(Modification::new(operation, attribute));
        }
    }
    Ok(list)
}

/// Returns the change that sets a password: UTF-8 octets in place of all values.
pub(crate) fn password_change(settings: &Settings, password: &Secret) -> Modification<'static> {
    let description = settings.password_attribute.to_string();
    Modification::new(ModifyOperation::Replace, PartialAttribute::new(description, [password.expose().to_vec()]))
}

fn rdn(dn: &Dn) -> &[RdnAttribute] {
    dn.rdn().map(|rdn| rdn.attributes()).unwrap_or_default()
}

fn is_rdn_type(part: &RdnAttribute, description: &AttributeDescription) -> bool {
    !description.has_options() && part.is_type(description.base())
}

/// Adds the value of the RDN behind the others if it is not among them.
fn keep(translator: &Translator, part: &RdnAttribute, values: &mut Vec<Vec<u8>>) {
    if !values.iter().any(|value| translator.same_value(part.attribute(), value, part.value())) {
        values.push(part.value().to_vec());
    }
}

/// Parses the description of an attribute that may be written among others; a password may not.
fn writable(settings: &Settings, name: &str) -> Result<AttributeDescription, String> {
    let description = describe(name)?;
    if description.base().eq_ignore_ascii_case(settings.password_attribute.base()) {
        return Err(format!("{name} holds the password and is not written among the attributes"));
    }
    Ok(description)
}

fn describe(name: &str) -> Result<AttributeDescription, String> {
    name.parse().map_err(|error| format!("{name} is no attribute: {error}"))
}
