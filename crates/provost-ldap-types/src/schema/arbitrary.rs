//! Schema definitions made of random octets: valid ones of every kind.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::definition::{
    AttributeTypeDefinition, AttributeUsage, DitContentRuleDefinition, DitStructureRuleDefinition, Extensions,
    IbmAttributeTypeDefinition, LdapSyntaxDefinition, MatchingRuleDefinition, MatchingRuleUseDefinition,
    NameFormDefinition, ObjectClassDefinition, ObjectClassKind,
};
use super::words::Words;
use crate::arbitrary::{attribute_type, numeric_oid, several, word};

/// Makes an identifier: numbers, or a word as some servers have it.
fn oid(u: &mut Unstructured<'_>) -> Result<String> {
    match u.int_in_range(0..=3)? {
        0 => Ok(attribute_type(u)? + "-oid"),
        _ => numeric_oid(u),
    }
}

/// Makes a name of any characters that servers put into one.
fn name(u: &mut Unstructured<'_>) -> Result<String> {
    match u.int_in_range(0..=3)? {
        0 => word(u, b"aZ0_.;/", b"bY9_.;/-{}' \\()$"),
        _ => attribute_type(u),
    }
}

fn names(u: &mut Unstructured<'_>) -> Result<Vec<String>> {
    several(u, 3, name)
}

fn text(u: &mut Unstructured<'_>) -> Result<String> {
    Ok(match u.int_in_range(0..=2)? {
        0 => <&str>::arbitrary(u)?.to_owned(),
        _ => several(u, 12, |u| u.choose(&["a", " ", "'", "\\", "27", "5C", "ö", "(", ")", "$"]).copied())?.concat(),
    })
}

fn optional<'a, T>(
    u: &mut Unstructured<'a>,
    make: impl FnOnce(&mut Unstructured<'a>) -> Result<T>,
) -> Result<Option<T>> {
    if u.arbitrary()? { make(u).map(Some) } else { Ok(None) }
}

impl<'a> Arbitrary<'a> for Extensions {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut extensions = Self::default();
        for (keyword, mut values) in several(u, 2, |u| Ok((word(u, b"ABORIGN", b"ABORIGN-_")?, several(u, 2, text)?)))?
        {
            let words = match (values.len(), values.pop()) {
                (1, Some(only)) => Words::one(only),
                (_, last) => {
                    values.extend(last);
                    Words::many(values)
                }
            };
            extensions.add(&format!("X-{keyword}"), words);
        }
        Ok(extensions)
    }
}

impl<'a> Arbitrary<'a> for AttributeTypeDefinition {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        const USAGES: [AttributeUsage; 4] = [
            AttributeUsage::UserApplications,
            AttributeUsage::DirectoryOperation,
            AttributeUsage::DistributedOperation,
            AttributeUsage::DsaOperation,
        ];
        let syntax = optional(u, oid)?;
        Ok(Self {
            oid: oid(u)?,
            names: names(u)?,
            description: optional(u, text)?,
            obsolete: u.arbitrary()?,
            superior: optional(u, name)?,
            equality: optional(u, name)?,
            ordering: optional(u, name)?,
            substrings: optional(u, name)?,
            syntax_length: if syntax.is_some() { u.arbitrary()? } else { None },
            syntax,
            single_value: u.arbitrary()?,
            collective: u.arbitrary()?,
            no_user_modification: u.arbitrary()?,
            usage: *u.choose(&USAGES)?,
            extensions: u.arbitrary()?,
        })
    }
}

impl<'a> Arbitrary<'a> for ObjectClassDefinition {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        const KINDS: [ObjectClassKind; 3] =
            [ObjectClassKind::Abstract, ObjectClassKind::Structural, ObjectClassKind::Auxiliary];
        Ok(Self {
            oid: oid(u)?,
            names: names(u)?,
            description: optional(u, text)?,
            obsolete: u.arbitrary()?,
            superiors: names(u)?,
            explicit_kind: optional(u, |u| u.choose(&KINDS).copied())?,
            must: names(u)?,
            may: names(u)?,
            extensions: u.arbitrary()?,
        })
    }
}

impl<'a> Arbitrary<'a> for LdapSyntaxDefinition {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let description = optional(u, text)?;
        Ok(Self { oid: oid(u)?, names: names(u)?, description, extensions: u.arbitrary()? })
    }
}

impl<'a> Arbitrary<'a> for MatchingRuleDefinition {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            oid: oid(u)?,
            names: names(u)?,
            description: optional(u, text)?,
            obsolete: u.arbitrary()?,
            syntax: optional(u, oid)?,
            extensions: u.arbitrary()?,
        })
    }
}

impl<'a> Arbitrary<'a> for MatchingRuleUseDefinition {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            oid: oid(u)?,
            names: names(u)?,
            description: optional(u, text)?,
            obsolete: u.arbitrary()?,
            applies: names(u)?,
            extensions: u.arbitrary()?,
        })
    }
}

impl<'a> Arbitrary<'a> for DitContentRuleDefinition {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            oid: oid(u)?,
            names: names(u)?,
            description: optional(u, text)?,
            obsolete: u.arbitrary()?,
            auxiliary: names(u)?,
            must: names(u)?,
            may: names(u)?,
            not: names(u)?,
            extensions: u.arbitrary()?,
        })
    }
}

impl<'a> Arbitrary<'a> for NameFormDefinition {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            oid: oid(u)?,
            names: names(u)?,
            description: optional(u, text)?,
            obsolete: u.arbitrary()?,
            object_class: optional(u, name)?,
            must: names(u)?,
            may: names(u)?,
            extensions: u.arbitrary()?,
        })
    }
}

impl<'a> Arbitrary<'a> for DitStructureRuleDefinition {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            rule_id: u.arbitrary()?,
            names: names(u)?,
            description: optional(u, text)?,
            obsolete: u.arbitrary()?,
            form: optional(u, name)?,
            superiors: several(u, 3, u32::arbitrary)?,
            extensions: u.arbitrary()?,
        })
    }
}

impl<'a> Arbitrary<'a> for IbmAttributeTypeDefinition {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        const INDEXES: [&str; 5] = ["EQUALITY", "ORDERING", "APPROX", "SUBSTR", "REVERSE"];
        let first = u.int_in_range(0..=INDEXES.len())?;
        Ok(Self {
            oid: oid(u)?,
            database_names: names(u)?,
            access_class: optional(u, name)?,
            length: u.arbitrary()?,
            indexes: INDEXES.get(first..).unwrap_or_default().to_vec(),
            extensions: u.arbitrary()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use proptest::prelude::{any, proptest};

    use super::*;
    use crate::schema::SchemaDefinition;

    fn check<D: for<'a> Arbitrary<'a> + SchemaDefinition + Debug + PartialEq>(octets: &[u8]) {
        let made = D::arbitrary(&mut Unstructured::new(octets)).unwrap();
        let printed = made.to_string();
        assert_eq!(printed.parse::<D>().unwrap(), made, "{printed}");
    }

    proptest! {
        #[test]
        fn definitions_that_are_made_print_and_parse(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
            check::<AttributeTypeDefinition>(&octets);
            check::<ObjectClassDefinition>(&octets);
            check::<LdapSyntaxDefinition>(&octets);
            check::<MatchingRuleDefinition>(&octets);
            check::<MatchingRuleUseDefinition>(&octets);
            check::<DitContentRuleDefinition>(&octets);
            check::<NameFormDefinition>(&octets);
            check::<DitStructureRuleDefinition>(&octets);
            check::<IbmAttributeTypeDefinition>(&octets);
        }
    }
}
