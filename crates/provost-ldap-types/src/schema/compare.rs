//! The digest of a schema, and what differs between two.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use sha2::{Digest, Sha256};

use super::kinds::SchemaDefinition;
use super::subschema::Subschema;

/// A digest of all definitions of a schema, equal for equal schemas: SHA-256 over
/// [`Subschema::canonical_lines`], each with a line feed behind it.
///
/// `Display` writes 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SchemaDigest([u8; 32]);

impl SchemaDigest {
    /// Returns the octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for SchemaDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

/// One difference between two schemas.
///
/// Definitions are printed, so that blanks and the order of elements do not count.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct SchemaDifference {
    /// Attribute of the subschema entry that holds the definition, such as `attributeTypes`.
    pub attribute: &'static str,
    /// Preferred name of the definition, or its identifier.
    pub name: String,
    /// The definition in the schema before; none where it was added.
    pub before: Option<String>,
    /// The definition in the schema after; none where it was removed.
    pub after: Option<String>,
}

impl fmt::Display for SchemaDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attribute, name, before, after } = self;
        match (before, after) {
            (None, Some(_)) => write!(f, "{attribute}: `{name}` was added"),
            (Some(_), None) => write!(f, "{attribute}: `{name}` was removed"),
            _ => write!(f, "{attribute}: `{name}` was changed"),
        }
    }
}

impl Subschema {
    /// Returns the digest of all definitions.
    #[must_use]
    pub fn digest(&self) -> SchemaDigest {
        let mut digest = Sha256::new();
        for line in self.canonical_lines() {
            digest.update(line.as_bytes());
            digest.update(b"\n");
        }
        SchemaDigest(digest.finalize().into())
    }

    /// Returns how another schema differs from this one, kind by kind: what was changed or removed in the order of this
    /// schema, then what was added in the order of the other.
    ///
    /// Definitions belong together by identifier and preferred name, then by identifier, then by preferred name: a type
    /// that gets another name or another identifier is changed and not another type. Definitions that cannot be read
    /// belong together when their text is the same.
    ///
    /// ```
    /// use provost_ldap_types::schema::Subschema;
    ///
    /// let before = Subschema::from_definitions([("attributeTypes", "( 2.5.4.3 NAME 'cn' )")]);
    /// let after = Subschema::from_definitions([("attributeTypes", "( 2.5.4.3 NAME 'cn' SINGLE-VALUE )")]);
    /// assert_eq!(before.differences(&after)[0].to_string(), "attributeTypes: `cn` was changed");
    /// ```
    #[must_use]
    pub fn differences(&self, after: &Self) -> Vec<SchemaDifference> {
        let mut found = Vec::new();
        compare(self.attribute_types(), after.attribute_types(), &mut found);
        compare(self.object_classes(), after.object_classes(), &mut found);
        compare(self.syntaxes(), after.syntaxes(), &mut found);
        compare(self.matching_rules(), after.matching_rules(), &mut found);
        compare(self.matching_rule_uses(), after.matching_rule_uses(), &mut found);
        compare(self.content_rules(), after.content_rules(), &mut found);
        compare(self.name_forms(), after.name_forms(), &mut found);
        compare(self.structure_rules(), after.structure_rules(), &mut found);
        compare(self.ibm_attribute_types(), after.ibm_attribute_types(), &mut found);
        let items = |schema: &Self| {
            let items = schema.unreadable().iter().map(|definition| Item {
                attribute: definition.attribute,
                identifier: definition.text.clone(),
                name: definition.text.clone(),
                printed: definition.text.clone(),
            });
            items.collect()
        };
        pair(items(self), items(after), &mut found);
        found
    }
}

/// A definition as it is compared.
struct Item {
    attribute: &'static str,
    identifier: String,
    name: String,
    printed: String,
}

fn compare<D: SchemaDefinition>(before: &[D], after: &[D], found: &mut Vec<SchemaDifference>) {
    let items = |definitions: &[D]| {
        let items = definitions.iter().map(|definition| Item {
            attribute: D::ATTRIBUTE,
            identifier: definition.identifier().into_owned(),
            name: definition.name(),
            printed: definition.to_string(),
        });
        items.collect()
    };
    pair(items(before), items(after), found);
}

fn pair(before: Vec<Item>, after: Vec<Item>, found: &mut Vec<SchemaDifference>) {
    let keys: [fn(&Item) -> String; 4] = [
        |item| item.printed.clone(),
        |item| format!("{}\n{}", item.identifier, item.name).to_ascii_lowercase(),
        |item| item.identifier.to_ascii_lowercase(),
        |item| item.name.to_ascii_lowercase(),
    ];
    let mut partners: Vec<Option<usize>> = vec![None; before.len()];
    let mut is_free = vec![true; after.len()];
    for key in keys {
        let mut free: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (place, item) in after.iter().enumerate().filter(|(place, _)| is_free.get(*place) == Some(&true)) {
            free.entry(key(item)).or_default().push_back(place);
        }
        for (item, partner) in before.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
            *partner = free.get_mut(&key(item)).and_then(VecDeque::pop_front);
            if let Some(taken) = partner.and_then(|place| is_free.get_mut(place)) {
                *taken = false;
            }
        }
    }
    let difference = |before: Option<&Item>, after: Option<&Item>| {
        let item = after.or(before)?;
        Some(SchemaDifference {
            attribute: item.attribute,
            name: item.name.clone(),
            before: before.map(|item| item.printed.clone()),
            after: after.map(|item| item.printed.clone()),
        })
    };
    let pairs = before.iter().zip(&partners).map(|(item, partner)| (item, partner.and_then(|place| after.get(place))));
    let changed = pairs.filter(|(item, partner)| partner.is_none_or(|partner| partner.printed != item.printed));
    found.extend(changed.filter_map(|(item, partner)| difference(Some(item), partner)));
    let added = after.iter().zip(&is_free).filter(|(_, is_free)| **is_free);
    found.extend(added.filter_map(|(item, _)| difference(None, Some(item))));
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::Subschema;

    fn schema(definitions: &[&str]) -> Subschema {
        Subschema::from_definitions(definitions.iter().map(|text| {
            let (attribute, definition) = text.split_once(": ").unwrap();
            (attribute, definition)
        }))
    }

    fn check(before: &[&str], after: &[&str], expected: &Expect) {
        let (before, after) = (schema(before), schema(after));
        let found = before.differences(&after);
        let shown: String =
            found.iter().map(|found| format!("{found}: {:?} {:?}\n", found.before, found.after)).collect();
        expected.assert_eq(&shown);
        assert_eq!(before.digest() == after.digest(), found.is_empty());
    }

    #[test]
    fn blanks_and_order_are_no_difference() {
        check(
            &["attributeTypes: ( 1.1 NAME 'a' )", "attributeTypes: ( 1.2 NAME 'b' )"],
            &["attributeTypes: ( 1.2  NAME ( 'b' ) )", "attributeTypes: (1.1 NAME 'a')"],
            &expect![[""]],
        );
    }

    #[test]
    fn what_was_changed_removed_and_added() {
        check(
            &[
                "attributeTypes: ( 1.1 NAME 'a' )",
                "attributeTypes: ( 1.2 NAME 'b' )",
                "attributeTypes: ( 1.3 NAME 'c' )",
                "attributeTypes: ( 1.4 NAME 'd' )",
                "objectClasses: ( 1.1 NAME 'a' )",
                "objectClasses: ( broken",
            ],
            &[
                "attributeTypes: ( 1.1 NAME 'a' SINGLE-VALUE )",
                "attributeTypes: ( 1.2 NAME 'new' )",
                "attributeTypes: ( 9.9 NAME 'C' )",
                "attributeTypes: ( 1.5 NAME 'e' )",
                "objectClasses: ( 1.1 NAME 'a' )",
            ],
            &expect![[r#"
                attributeTypes: `a` was changed: Some("( 1.1 NAME 'a' )") Some("( 1.1 NAME 'a' SINGLE-VALUE )")
                attributeTypes: `new` was changed: Some("( 1.2 NAME 'b' )") Some("( 1.2 NAME 'new' )")
                attributeTypes: `C` was changed: Some("( 1.3 NAME 'c' )") Some("( 9.9 NAME 'C' )")
                attributeTypes: `d` was removed: Some("( 1.4 NAME 'd' )") None
                attributeTypes: `e` was added: None Some("( 1.5 NAME 'e' )")
                objectClasses: `( broken` was removed: Some("( broken") None
            "#]],
        );
    }

    #[test]
    fn one_identifier_on_several_definitions() {
        check(
            &["attributeTypes: ( 1.1 NAME 'a' )", "attributeTypes: ( 1.1 NAME 'b' )"],
            &["attributeTypes: ( 1.1 NAME 'b' OBSOLETE )", "attributeTypes: ( 1.1 NAME 'a' )"],
            &expect![[r#"
                attributeTypes: `b` was changed: Some("( 1.1 NAME 'b' )") Some("( 1.1 NAME 'b' OBSOLETE )")
            "#]],
        );
    }

    #[test]
    fn the_digest_is_that_of_the_lines() {
        let found = schema(&["attributeTypes: ( 1.1 NAME 'a' )"]);
        assert_eq!(found.canonical_lines(), ["attributeTypes: ( 1.1 NAME 'a' )"]);
        expect!["9c8cad2949f4b8579fa0a67ea873f4954733d7c41a27109d92b236a11a370790"]
            .assert_eq(&found.digest().to_string());
    }
}
