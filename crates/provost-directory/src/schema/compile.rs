//! From definitions to the compiled schema.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use provost_ldap_types::ldif::{Reader, Record};
use provost_ldap_types::matching::MatchingRule;
use provost_ldap_types::schema::{
    AttributeTypeDefinition, LdapSyntaxDefinition, MatchingRuleDefinition, ObjectClassDefinition, SchemaDefinition,
};
use provost_ldap_types::{Attribute, Entry};

use super::{AttributeType, ClassId, ObjectClass, Schema, TypeId, WellKnown};
use crate::DirectoryError;

/// Kinds of definitions in the order in which OpenLDAP publishes them.
const PUBLISHED: [&str; 5] = ["ldapSyntaxes", "matchingRules", "matchingRuleUse", "attributeTypes", "objectClasses"];

pub(super) fn compile<'a>(documents: impl IntoIterator<Item = &'a str>) -> Result<Schema, DirectoryError> {
    let mut subentry = merge(documents)?;
    let syntaxes: Vec<LdapSyntaxDefinition> = definitions(&subentry)?;
    let rules: Vec<MatchingRuleDefinition> = definitions(&subentry)?;
    let types = compile_types(definitions(&subentry)?, &syntaxes, &rules)?;
    let type_index = index(types.iter().map(|kept| (kept.oid.as_str(), kept.names.as_slice())), TypeId)?;
    let classes = definitions::<ObjectClassDefinition>(&subentry)?;
    let class_index = index(classes.iter().map(|kept| (kept.oid.as_str(), kept.names.as_slice())), ClassId)?;
    let classes = compile_classes(&classes, &class_index, &type_index)?;
    let uses = rule_uses(&rules, &types);
    publish(&mut subentry, uses)?;
    let well_known = well_known(&type_index, &class_index)?;
    Ok(Schema { types, classes, type_index, class_index, well_known, subentry })
}

/// Puts the records of all documents into one entry.
fn merge<'a>(documents: impl IntoIterator<Item = &'a str>) -> Result<Entry, DirectoryError> {
    let mut merged: Option<Entry> = None;
    for document in documents {
        for record in Reader::new(document.as_bytes()) {
            let record = record.map_err(|source| DirectoryError::Read { source: Box::new(source) })?;
            let Record::Content(entry) = record else {
                return Err(unusable("", "expected content records"));
            };
            let Some(merged) = &mut merged else {
                merged = Some(entry);
                continue;
            };
            for attribute in entry.attributes() {
                match merged.get_mut(attribute.description().as_str()) {
                    Some(held) => held.values_mut().extend(attribute.values().iter().cloned()),
                    None => merged.push(attribute.clone()),
                }
            }
        }
    }
    merged.ok_or_else(|| unusable("", "expected a record"))
}

fn definitions<D: SchemaDefinition>(subentry: &Entry) -> Result<Vec<D>, DirectoryError> {
    let values = subentry.values(D::ATTRIBUTE).iter().map(|value| {
        let text = String::from_utf8_lossy(value);
        text.parse::<D>().map_err(|error| unusable(&text, &error.to_string()))
    });
    values.collect()
}

fn unusable(name: &str, reason: &str) -> DirectoryError {
    DirectoryError::Schema { name: name.to_owned(), reason: reason.to_owned() }
}

fn index<'a, T: Copy>(
    definitions: impl Iterator<Item = (&'a str, &'a [String])>,
    make: fn(u16) -> T,
) -> Result<HashMap<String, T>, DirectoryError> {
    let mut index = HashMap::new();
    for (at, (oid, names)) in definitions.enumerate() {
        let number = u16::try_from(at).map_err(|_| unusable(oid, "there are more than 65,535 definitions"))?;
        for name in std::iter::once(oid).chain(names.iter().map(String::as_str)) {
            if index.insert(name.to_ascii_lowercase(), make(number)).is_some() {
                return Err(unusable(name, "the name is defined twice"));
            }
        }
    }
    Ok(index)
}

fn compile_types(
    definitions: Vec<AttributeTypeDefinition>,
    syntaxes: &[LdapSyntaxDefinition],
    rules: &[MatchingRuleDefinition],
) -> Result<Vec<AttributeType>, DirectoryError> {
    let index = index(definitions.iter().map(|kept| (kept.oid.as_str(), kept.names.as_slice())), usize::from)?;
    let binary: HashSet<&str> = syntaxes
        .iter()
        .filter(|syntax| syntax.extensions.get("X-BINARY-TRANSFER-REQUIRED").is_some())
        .map(|syntax| syntax.oid.as_str())
        .collect();
    let chains: Vec<Vec<usize>> = (0..definitions.len())
        .map(|at| superior_chain(&definitions, &index, at))
        .collect::<Result<_, DirectoryError>>()?;
    let compiled = definitions.iter().zip(chains).map(|(definition, chain)| {
        let inherited = |field: fn(&AttributeTypeDefinition) -> &Option<String>| {
            chain.iter().filter_map(|at| definitions.get(*at)).find_map(|definition| field(definition).as_deref())
        };
        let name = definition.name();
        let rule = |field| match inherited(field) {
            Some(rule) => find_rule(rule, rules)
                .map(Some)
                .ok_or_else(|| unusable(&name, &format!("the matching rule {rule} is not defined"))),
            None => Ok(None),
        };
        let syntax = inherited(|kept| &kept.syntax).ok_or_else(|| unusable(&name, "expected a syntax"))?;
        Ok(AttributeType {
            names: definition.names.clone(),
            oid: definition.oid.clone(),
            superior: chain.get(1).and_then(|at| u16::try_from(*at).ok()).map(TypeId),
            equality: rule(|kept| &kept.equality)?,
            ordering: rule(|kept| &kept.ordering)?,
            substrings: rule(|kept| &kept.substrings)?,
            syntax: syntax.to_owned(),
            binary_transfer: binary.contains(syntax),
            single_value: definition.single_value,
            no_user_modification: definition.no_user_modification,
            operational: definition.usage.is_operational(),
            obsolete: definition.obsolete,
            collective: definition.collective,
            name: Arc::from(name),
        })
    });
    compiled.collect()
}

/// Finds a rule. One that is defined and that nobody can compute, such as certificateExactMatch, compares octets.
fn find_rule(name: &str, rules: &[MatchingRuleDefinition]) -> Option<MatchingRule> {
    let defined = || rules.iter().any(|rule| rule.is_called(name));
    MatchingRule::find(name).or_else(|| defined().then_some(MatchingRule::OctetString))
}

/// Returns the definition at `at` and those it inherits from, near ones first.
fn superior_chain(
    definitions: &[AttributeTypeDefinition],
    index: &HashMap<String, usize>,
    at: usize,
) -> Result<Vec<usize>, DirectoryError> {
    let mut chain = Vec::new();
    let mut next = Some(at);
    while let Some((at, definition)) = next.and_then(|at| Some((at, definitions.get(at)?))) {
        if chain.contains(&at) {
            return Err(unusable(&definition.name(), "it inherits from itself"));
        }
        chain.push(at);
        next = match &definition.superior {
            Some(name) => Some(
                *index
                    .get(&name.to_ascii_lowercase())
                    .ok_or_else(|| unusable(&definition.name(), &format!("the superior {name} is not defined")))?,
            ),
            None => None,
        };
    }
    Ok(chain)
}

fn compile_classes(
    definitions: &[ObjectClassDefinition],
    index: &HashMap<String, ClassId>,
    types: &HashMap<String, TypeId>,
) -> Result<Vec<ObjectClass>, DirectoryError> {
    let find_types = |definition: &ObjectClassDefinition, names: &[String]| -> Result<Vec<TypeId>, DirectoryError> {
        let missing = |name: &str| unusable(&definition.name(), &format!("the attribute type {name} is not defined"));
        names.iter().map(|name| types.get(&name.to_ascii_lowercase()).copied().ok_or_else(|| missing(name))).collect()
    };
    let compiled = definitions.iter().map(|definition| {
        let superiors = superior_classes(definitions, index, definition)?;
        let (mut must, mut may) = (Vec::new(), Vec::new());
        let inherited = superiors.iter().filter_map(|id| definitions.get(usize::from(id.0)));
        for definition in std::iter::once(definition).chain(inherited) {
            must.extend(find_types(definition, &definition.must)?);
            may.extend(find_types(definition, &definition.may)?);
        }
        Ok(ObjectClass {
            name: Arc::from(definition.name()),
            kind: definition.kind(),
            superiors,
            must,
            may,
            obsolete: definition.obsolete,
        })
    });
    compiled.collect()
}

fn superior_classes(
    definitions: &[ObjectClassDefinition],
    index: &HashMap<String, ClassId>,
    definition: &ObjectClassDefinition,
) -> Result<Vec<ClassId>, DirectoryError> {
    let mut found = Vec::new();
    let mut pending = vec![definition];
    while let Some(next) = pending.pop() {
        for name in &next.superiors {
            let missing = || unusable(&next.name(), &format!("the superior {name} is not defined"));
            let id = *index.get(&name.to_ascii_lowercase()).ok_or_else(missing)?;
            let superior = definitions.get(usize::from(id.0)).ok_or_else(missing)?;
            if std::ptr::eq(superior, definition) {
                return Err(unusable(&definition.name(), "it inherits from itself"));
            }
            if !found.contains(&id) {
                found.push(id);
                pending.push(superior);
            }
        }
    }
    Ok(found)
}

/// Says of each rule which attribute types have its syntax (RFC 4512 section 4.1.4).
fn rule_uses(rules: &[MatchingRuleDefinition], types: &[AttributeType]) -> Vec<Vec<u8>> {
    let uses = rules.iter().filter_map(|rule| {
        let syntax = rule.syntax.as_deref()?;
        let applies: Vec<&str> =
            types.iter().filter(|kept| kept.syntax == syntax).map(|kept| kept.name.as_ref()).collect();
        let names = rule.names.first()?;
        match applies.as_slice() {
            [] => None,
            [one] => Some(format!("( {} NAME '{names}' APPLIES {one} )", rule.oid)),
            many => Some(format!("( {} NAME '{names}' APPLIES ( {} ) )", rule.oid, many.join(" $ "))),
        }
    });
    uses.map(String::into_bytes).collect()
}

/// Brings the entry into the order in which it is published.
fn publish(subentry: &mut Entry, uses: Vec<Vec<u8>>) -> Result<(), DirectoryError> {
    let mut attributes = std::mem::take(subentry.attributes_mut());
    let uses: Result<Attribute, _> = Attribute::of("matchingRuleUse", uses);
    attributes.push(uses.map_err(|error| DirectoryError::Read { source: Box::new(error) })?);
    attributes.sort_by_key(|attribute| {
        let name = attribute.description().base();
        PUBLISHED.iter().position(|published| published.eq_ignore_ascii_case(name)).map_or(0, |at| at + 1)
    });
    *subentry.attributes_mut() = attributes;
    Ok(())
}

fn well_known(
    types: &HashMap<String, TypeId>,
    classes: &HashMap<String, ClassId>,
) -> Result<WellKnown, DirectoryError> {
    let find = |name: &str| types.get(name).copied().ok_or_else(|| unusable(name, "it is not defined"));
    let find_class = |name: &str| classes.get(name).copied().ok_or_else(|| unusable(name, "it is not defined"));
    Ok(WellKnown {
        object_class: find("objectclass")?,
        structural_object_class: find("structuralobjectclass")?,
        entry_uuid: find("entryuuid")?,
        entry_csn: find("entrycsn")?,
        creators_name: find("creatorsname")?,
        create_timestamp: find("createtimestamp")?,
        modifiers_name: find("modifiersname")?,
        modify_timestamp: find("modifytimestamp")?,
        entry_dn: find("entrydn")?,
        subschema_subentry: find("subschemasubentry")?,
        has_subordinates: find("hassubordinates")?,
        user_password: find("userpassword")?,
        extensible_object: find_class("extensibleobject")?,
        alias: find_class("alias")?,
    })
}
