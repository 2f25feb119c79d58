//! The end state of an entry against the schema, in the order in which OpenLDAP checks.

use provost_ldap_types::schema::ObjectClassKind;
use provost_ldap_wire::ResultCode;

use super::{ClassId, Description, ResolvedRdn, Schema, TypeId};
use crate::refusal::Refusal;
use crate::tree::AttributeSet;

/// Whether the entry is new.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum EntryPurpose {
    /// Values of its RDN that are missing among its attributes are added.
    Add,
    /// Values of its RDN must be among its attributes.
    Change,
}

/// Checks an entry and completes it: sets its structural class, adds the values of its RDN where it is new.
pub(crate) fn check_entry(
    schema: &Schema,
    rdn: &ResolvedRdn,
    attributes: &mut AttributeSet,
    purpose: EntryPurpose,
) -> Result<(), Refusal> {
    check_single_values(schema, attributes)?;
    let classes = entry_classes(schema, attributes)?;
    let structural = structural_class(schema, &classes)?;
    check_structural(schema, structural, attributes, purpose)?;
    check_naming(schema, rdn, attributes, purpose)?;
    for class in &classes {
        check_class(schema, *class, &classes, attributes)?;
    }
    check_allowed(schema, &classes, attributes)
}

fn violation(message: String) -> Refusal {
    Refusal::new(ResultCode::OBJECT_CLASS_VIOLATION, message)
}

fn check_single_values(schema: &Schema, attributes: &AttributeSet) -> Result<(), Refusal> {
    for (description, values) in attributes.iter() {
        if values.len() > 1 && schema.attribute_type(description.type_id).single_value {
            let message = format!("attribute '{}' cannot have multiple values", description.text(schema));
            return Err(Refusal::new(ResultCode::CONSTRAINT_VIOLATION, message));
        }
    }
    Ok(())
}

fn entry_classes(schema: &Schema, attributes: &AttributeSet) -> Result<Vec<ClassId>, Refusal> {
    let values = attributes.values(&Description::plain(schema.well_known().object_class));
    if values.is_empty() {
        return Err(violation("no objectClass attribute".to_owned()));
    }
    let unknown = |value: &[u8]| violation(format!("unrecognized objectClass '{}'", String::from_utf8_lossy(value)));
    values.iter().map(|value| schema.find_class_value(value).ok_or_else(|| unknown(value))).collect()
}

/// Finds the most specific structural class; all structural classes must lie on one chain.
fn structural_class(schema: &Schema, classes: &[ClassId]) -> Result<ClassId, Refusal> {
    let mut found: Option<ClassId> = None;
    for class in classes.iter().copied().filter(|class| schema.class(*class).kind == ObjectClassKind::Structural) {
        match found {
            Some(held) if schema.is_subclass(held, class) => {}
            Some(held) if !schema.is_subclass(class, held) => {
                let (held, class) = (&schema.class(held).name, &schema.class(class).name);
                return Err(violation(format!("invalid structural object class chain ({held}/{class})")));
            }
            _ => found = Some(class),
        }
    }
    found.ok_or_else(|| violation("no structural object class provided".to_owned()))
}

fn check_structural(
    schema: &Schema,
    structural: ClassId,
    attributes: &mut AttributeSet,
    purpose: EntryPurpose,
) -> Result<(), Refusal> {
    let description = Description::plain(schema.well_known().structural_object_class);
    let name = &schema.class(structural).name;
    let held = attributes.values(&description).first();
    match held.and_then(|held| schema.find_class_value(held)) {
        Some(held) if held != structural && purpose == EntryPurpose::Change => {
            let held = &schema.class(held).name;
            let message = format!("structural object class modification from '{held}' to '{name}' not allowed");
            Err(Refusal::new(ResultCode::OBJECT_CLASS_MODS_PROHIBITED, message))
        }
        _ => {
            attributes.set(description, vec![name.as_bytes().to_vec()]);
            Ok(())
        }
    }
}

fn check_naming(
    schema: &Schema,
    rdn: &ResolvedRdn,
    attributes: &mut AttributeSet,
    purpose: EntryPurpose,
) -> Result<(), Refusal> {
    let violation = |message: String| Refusal::new(ResultCode::NAMING_VIOLATION, message);
    for (type_id, value) in &rdn.parts {
        let kept = schema.attribute_type(*type_id);
        let name = &kept.name;
        if kept.operational {
            return Err(violation(format!("naming attribute '{name}' is operational")));
        }
        if kept.collective {
            return Err(violation(format!("naming attribute '{name}' is collective")));
        }
        if kept.obsolete {
            return Err(violation(format!("naming attribute '{name}' is obsolete")));
        }
        if kept.equality.is_none() {
            return Err(violation(format!("naming attribute '{name}' has no equality matching rule")));
        }
        let description = Description::plain(*type_id);
        let held = attributes.values(&description);
        if contains(schema, *type_id, held, value) {
            continue;
        }
        let message = match held {
            [] => format!("naming attribute '{name}' is not present in entry"),
            _ if kept.single_value => {
                let message =
                    format!("value of single-valued naming attribute '{name}' conflicts with value present in entry");
                return Err(violation(message));
            }
            _ => format!("value of naming attribute '{name}' is not present in entry"),
        };
        if purpose == EntryPurpose::Change {
            return Err(violation(message));
        }
        attributes.values_mut(description).push(value.clone());
    }
    Ok(())
}

/// Tells whether a value is among others by the equality rule of the type.
pub(crate) fn contains(schema: &Schema, type_id: TypeId, values: &[Vec<u8>], value: &[u8]) -> bool {
    if values.is_empty() {
        return false;
    }
    let canonical = schema.canonical(type_id, value);
    values.iter().any(|held| held == value || schema.canonical(type_id, held) == canonical)
}

fn check_class(schema: &Schema, class: ClassId, classes: &[ClassId], attributes: &AttributeSet) -> Result<(), Refusal> {
    let kept = schema.class(class);
    let name = &kept.name;
    if kept.obsolete {
        return Err(violation(format!("objectClass '{name}' is OBSOLETE")));
    }
    let is_base = |other: &ClassId| *other != class && schema.is_subclass(*other, class);
    if kept.kind == ObjectClassKind::Abstract && !classes.iter().any(is_base) {
        // `top` is the base of every class, whether or not it is spelt out.
        if !classes.iter().any(|other| *other != class) {
            return Err(violation(format!("instantiation of abstract objectClass '{name}' not allowed")));
        }
    }
    for required in &kept.must {
        if !attributes.has_type(*required) {
            let required = &schema.attribute_type(*required).name;
            return Err(violation(format!("object class '{name}' requires attribute '{required}'")));
        }
    }
    Ok(())
}

fn check_allowed(schema: &Schema, classes: &[ClassId], attributes: &AttributeSet) -> Result<(), Refusal> {
    if classes.contains(&schema.well_known().extensible_object) {
        return Ok(());
    }
    for (description, _) in attributes.iter() {
        let type_id = description.type_id;
        let allows = |class: &ClassId| {
            let class = schema.class(*class);
            class.must.contains(&type_id) || class.may.contains(&type_id)
        };
        let always = schema.attribute_type(type_id).operational || type_id == schema.well_known().object_class;
        if !always && !classes.iter().any(allows) {
            return Err(violation(format!("attribute '{}' not allowed", schema.attribute_type(type_id).name)));
        }
    }
    Ok(())
}
