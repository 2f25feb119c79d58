use std::borrow::Cow;
use std::collections::BTreeMap;

use super::attribute_type::{AttributeType, Effective};
use super::definition::{
    AttributeTypeDefinition, DitContentRuleDefinition, DitStructureRuleDefinition, IbmAttributeTypeDefinition,
    LdapSyntaxDefinition, MatchingRuleDefinition, MatchingRuleUseDefinition, NameFormDefinition, ObjectClassDefinition,
};
use super::error::ParseDefinitionError;
use super::index::Definitions;
use super::kinds::SchemaDefinition;
use crate::Entry;
use crate::ldif::{ReadLdifError, read_entry};

/// The schema of a server as its subschema entry publishes it.
///
/// Nothing that a server publishes stops the reading: what cannot be read stands in [`Subschema::unreadable`]. Look-ups
/// take a name without letter case or an object identifier; where several definitions share it, the first answers and
/// the `all_` methods give the rest.
///
/// ```
/// use provost_ldap_types::schema::Subschema;
///
/// let subschema = Subschema::from_definitions([
///     ("attributeTypes", "( 2.5.4.41 NAME 'name' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"),
///     ("attributeTypes", "( 2.5.4.4 NAME ( 'sn' 'surname' ) SUP name )"),
///     ("objectClasses", "( 2.5.6.6 NAME 'person' STRUCTURAL MUST sn )"),
/// ]);
/// let surname = subschema.attribute_type("SURNAME").ok_or("no surname")?;
/// assert_eq!(surname.syntax(), Some("1.3.6.1.4.1.1466.115.121.1.15"));
/// assert_eq!(subschema.requirements(["person"]).must()[1].attribute, "sn");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Subschema {
    attribute_types: Definitions<AttributeTypeDefinition>,
    object_classes: Definitions<ObjectClassDefinition>,
    syntaxes: Definitions<LdapSyntaxDefinition>,
    matching_rules: Definitions<MatchingRuleDefinition>,
    matching_rule_uses: Definitions<MatchingRuleUseDefinition>,
    content_rules: Definitions<DitContentRuleDefinition>,
    name_forms: Definitions<NameFormDefinition>,
    structure_rules: Definitions<DitStructureRuleDefinition>,
    ibm_attribute_types: Definitions<IbmAttributeTypeDefinition>,
    unreadable: Vec<UnreadableDefinition>,
    /// One for each attribute type, at the same place.
    effective: Vec<Effective>,
    /// Number of each structure rule with the place of the first one that has it.
    rule_places: BTreeMap<u32, usize>,
}

/// A definition that could not be read, as the server sent it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct UnreadableDefinition {
    /// Attribute of the subschema entry that held it, as RFC 4512 section 4.2 spells it.
    pub attribute: &'static str,
    /// The text; octets that are not UTF-8 are replaced by U+FFFD.
    pub text: String,
    /// Why it could not be read; its span lies in `text`.
    pub error: ParseDefinitionError,
}

/// How many definitions of each kind were read.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct SchemaCounts {
    /// `attributeTypes`.
    pub attribute_types: usize,
    /// `objectClasses`.
    pub object_classes: usize,
    /// `ldapSyntaxes`.
    pub syntaxes: usize,
    /// `matchingRules`.
    pub matching_rules: usize,
    /// `matchingRuleUse`.
    pub matching_rule_uses: usize,
    /// `dITContentRules`.
    pub content_rules: usize,
    /// `nameForms`.
    pub name_forms: usize,
    /// `dITStructureRules`.
    pub structure_rules: usize,
    /// `IBMAttributeTypes`.
    pub ibm_attribute_types: usize,
    /// Definitions that could not be read, of any kind.
    pub unreadable: usize,
}

impl Subschema {
    /// Reads definitions, each with the attribute of the subschema entry that holds it.
    ///
    /// Attribute names are taken without letter case and with the prefix `olc` of OpenLDAP's cn=config; pairs with an
    /// attribute that holds no definitions are passed over.
    pub fn from_definitions<A: AsRef<str>, V: AsRef<[u8]>>(definitions: impl IntoIterator<Item = (A, V)>) -> Self {
        let mut subschema = Self::default();
        for (attribute, value) in definitions {
            subschema.add(attribute.as_ref(), std::iter::once(value.as_ref()));
        }
        subschema.indexed()
    }

    /// Reads the definitions of a subschema entry.
    #[must_use]
    pub fn from_entry(entry: &Entry) -> Self {
        let mut subschema = Self::default();
        for attribute in entry {
            subschema.add(attribute.description().base(), attribute.values().iter().map(Vec::as_slice));
        }
        subschema.indexed()
    }

    /// Reads the definitions of the first entry of an LDIF text, RFC 2849.
    ///
    /// # Errors
    ///
    /// Fails when the text does not begin with an entry.
    pub fn from_ldif(text: &str) -> Result<Self, ReadLdifError> {
        Ok(Self::from_entry(&read_entry(text.as_bytes())?))
    }

    fn add<'v>(&mut self, attribute: &str, values: impl Iterator<Item = &'v [u8]>) {
        let attribute = match attribute.get(..3) {
            Some(prefix) if prefix.eq_ignore_ascii_case("olc") => attribute.get(3..).unwrap_or_default(),
            _ => attribute,
        };
        let is = |name: &str| attribute.eq_ignore_ascii_case(name);
        let unreadable = &mut self.unreadable;
        if is(AttributeTypeDefinition::ATTRIBUTE) {
            read(&mut self.attribute_types, unreadable, values);
        } else if is(ObjectClassDefinition::ATTRIBUTE) {
            read(&mut self.object_classes, unreadable, values);
        } else if is(LdapSyntaxDefinition::ATTRIBUTE) {
            read(&mut self.syntaxes, unreadable, values);
        } else if is(MatchingRuleDefinition::ATTRIBUTE) {
            read(&mut self.matching_rules, unreadable, values);
        } else if is(MatchingRuleUseDefinition::ATTRIBUTE) {
            read(&mut self.matching_rule_uses, unreadable, values);
        } else if is(DitContentRuleDefinition::ATTRIBUTE) {
            read(&mut self.content_rules, unreadable, values);
        } else if is(NameFormDefinition::ATTRIBUTE) {
            read(&mut self.name_forms, unreadable, values);
        } else if is(DitStructureRuleDefinition::ATTRIBUTE) {
            read(&mut self.structure_rules, unreadable, values);
        } else if is(IbmAttributeTypeDefinition::ATTRIBUTE) {
            read(&mut self.ibm_attribute_types, unreadable, values);
        }
    }

    /// Makes the definitions be found, and resolves what attribute types inherit.
    fn indexed(mut self) -> Self {
        self.attribute_types.index();
        self.object_classes.index();
        self.syntaxes.index();
        self.matching_rules.index();
        self.matching_rule_uses.index();
        self.content_rules.index();
        self.name_forms.index();
        self.structure_rules.index();
        self.ibm_attribute_types.index();
        for (place, rule) in self.structure_rules.as_slice().iter().enumerate() {
            self.rule_places.entry(rule.rule_id).or_insert(place);
        }
        self.effective = (0..self.attribute_types.as_slice().len())
            .map(|place| Effective::resolve(&self.attribute_types, &self.syntaxes, place))
            .collect();
        self
    }

    /// Returns the attribute type under a name or identifier, with what it inherits.
    #[must_use]
    pub fn attribute_type(&self, name_or_oid: &str) -> Option<AttributeType<'_>> {
        self.attribute_type_at(self.attribute_types.place(name_or_oid)?)
    }

    /// Returns all attribute types under a name or identifier.
    pub fn all_attribute_types(&self, name_or_oid: &str) -> impl Iterator<Item = AttributeType<'_>> {
        self.attribute_types.places(name_or_oid).filter_map(|place| self.attribute_type_at(place))
    }

    pub(super) fn attribute_type_at(&self, place: usize) -> Option<AttributeType<'_>> {
        let definition = self.attribute_types.as_slice().get(place)?;
        Some(AttributeType::new(definition, self.effective.get(place)?, self.attribute_types.as_slice()))
    }

    /// Returns the place of an attribute type in [`Subschema::attribute_types`].
    pub(super) fn attribute_type_place(&self, name_or_oid: &str) -> Option<usize> {
        self.attribute_types.place(name_or_oid)
    }

    /// Returns the place of an object class in [`Subschema::object_classes`].
    pub(super) fn object_class_place(&self, name_or_oid: &str) -> Option<usize> {
        self.object_classes.place(name_or_oid)
    }

    /// Returns the object class under a name or identifier.
    #[must_use]
    pub fn object_class(&self, name_or_oid: &str) -> Option<&ObjectClassDefinition> {
        self.object_classes.get(name_or_oid)
    }

    /// Returns all object classes under a name or identifier.
    pub fn all_object_classes(&self, name_or_oid: &str) -> impl Iterator<Item = &ObjectClassDefinition> {
        let classes = self.object_classes.as_slice();
        self.object_classes.places(name_or_oid).filter_map(|place| classes.get(place))
    }

    /// Returns the content rule of a structural class.
    #[must_use]
    pub fn content_rule(&self, class_oid: &str) -> Option<&DitContentRuleDefinition> {
        self.content_rules.get(class_oid)
    }

    /// Returns the attribute types in the order of the server.
    #[must_use]
    pub fn attribute_types(&self) -> &[AttributeTypeDefinition] {
        self.attribute_types.as_slice()
    }

    /// Returns the object classes in the order of the server.
    #[must_use]
    pub fn object_classes(&self) -> &[ObjectClassDefinition] {
        self.object_classes.as_slice()
    }

    /// Returns the syntaxes in the order of the server.
    #[must_use]
    pub fn syntaxes(&self) -> &[LdapSyntaxDefinition] {
        self.syntaxes.as_slice()
    }

    /// Returns the matching rules in the order of the server.
    #[must_use]
    pub fn matching_rules(&self) -> &[MatchingRuleDefinition] {
        self.matching_rules.as_slice()
    }

    /// Returns the matching rule uses in the order of the server.
    #[must_use]
    pub fn matching_rule_uses(&self) -> &[MatchingRuleUseDefinition] {
        self.matching_rule_uses.as_slice()
    }

    /// Returns the content rules in the order of the server.
    #[must_use]
    pub fn content_rules(&self) -> &[DitContentRuleDefinition] {
        self.content_rules.as_slice()
    }

    /// Returns the name forms in the order of the server.
    #[must_use]
    pub fn name_forms(&self) -> &[NameFormDefinition] {
        self.name_forms.as_slice()
    }

    /// Returns the name form under a name or identifier, the first one where there are several.
    #[must_use]
    pub fn name_form(&self, name_or_oid: &str) -> Option<&NameFormDefinition> {
        self.name_forms.get(name_or_oid)
    }

    /// Returns the structure rule with a number, the first one where there are several.
    #[must_use]
    pub fn structure_rule(&self, rule_id: u32) -> Option<&DitStructureRuleDefinition> {
        // Rules may have numbers of others for their names, any number of them, so that the index of names is no help.
        self.structure_rules().get(*self.rule_places.get(&rule_id)?)
    }

    /// Returns how many structure rules are found by their number.
    #[cfg(test)]
    pub(super) fn rule_numbers(&self) -> usize {
        self.rule_places.len()
    }

    /// Returns the structure rules in the order of the server.
    #[must_use]
    pub fn structure_rules(&self) -> &[DitStructureRuleDefinition] {
        self.structure_rules.as_slice()
    }

    /// Returns what IBM's servers keep beside the attribute types, in the order of the server.
    #[must_use]
    pub fn ibm_attribute_types(&self) -> &[IbmAttributeTypeDefinition] {
        self.ibm_attribute_types.as_slice()
    }

    /// Returns the definitions that could not be read.
    #[must_use]
    pub fn unreadable(&self) -> &[UnreadableDefinition] {
        &self.unreadable
    }

    /// Counts the definitions.
    #[must_use]
    pub fn counts(&self) -> SchemaCounts {
        SchemaCounts {
            attribute_types: self.attribute_types().len(),
            object_classes: self.object_classes().len(),
            syntaxes: self.syntaxes().len(),
            matching_rules: self.matching_rules().len(),
            matching_rule_uses: self.matching_rule_uses().len(),
            content_rules: self.content_rules().len(),
            name_forms: self.name_forms().len(),
            structure_rules: self.structure_rules().len(),
            ibm_attribute_types: self.ibm_attribute_types().len(),
            unreadable: self.unreadable.len(),
        }
    }

    /// Returns every definition as `attribute: definition`, printed and sorted: equal schemas give equal lines.
    ///
    /// The order in which a server sends its definitions and the blanks inside them do not show; unreadable
    /// definitions stand as they were sent.
    #[must_use]
    pub fn canonical_lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = std::iter::empty()
            .chain(printed(self.attribute_types()))
            .chain(printed(self.object_classes()))
            .chain(printed(self.syntaxes()))
            .chain(printed(self.matching_rules()))
            .chain(printed(self.matching_rule_uses()))
            .chain(printed(self.content_rules()))
            .chain(printed(self.name_forms()))
            .chain(printed(self.structure_rules()))
            .chain(printed(self.ibm_attribute_types()))
            .chain(self.unreadable.iter().map(|unreadable| format!("{}: {}", unreadable.attribute, unreadable.text)))
            .collect();
        lines.sort_unstable();
        lines
    }
}

fn read<'v, D: SchemaDefinition>(
    definitions: &mut Definitions<D>,
    unreadable: &mut Vec<UnreadableDefinition>,
    values: impl Iterator<Item = &'v [u8]>,
) {
    definitions.reserve(values.size_hint().0);
    for value in values {
        // Nearly always it is text, and checking that is much faster than looking for what is none.
        let text = str::from_utf8(value).map_or_else(|_| String::from_utf8_lossy(value), Cow::Borrowed);
        match text.parse::<D>() {
            Ok(definition) => definitions.push(definition),
            Err(error) => {
                unreadable.push(UnreadableDefinition { attribute: D::ATTRIBUTE, text: text.into_owned(), error });
            }
        }
    }
}

fn printed<D: SchemaDefinition>(definitions: &[D]) -> impl Iterator<Item = String> {
    definitions.iter().map(|definition| format!("{}: {definition}", D::ATTRIBUTE))
}
