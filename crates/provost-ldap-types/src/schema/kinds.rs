//! Reads and prints each kind of definition.

use std::fmt;
use std::str::FromStr;

use provost_text::{Limits, Span};

use super::definition::{
    AttributeTypeDefinition, DitContentRuleDefinition, DitStructureRuleDefinition, IbmAttributeTypeDefinition,
    LdapSyntaxDefinition, MatchingRuleDefinition, MatchingRuleUseDefinition, NameFormDefinition, ObjectClassDefinition,
    ObjectClassKind,
};
use super::display::Printer;
use super::error::ParseDefinitionError;
use super::parser::{Elements, Keywords, Shape, elements};

/// A kind of schema definition: read by [`FromStr`], printed by [`fmt::Display`].
///
/// Printing a definition and reading it again gives an equal one. The trait is sealed.
pub trait SchemaDefinition: FromStr<Err = ParseDefinitionError> + fmt::Display + sealed::Sealed {
    /// Attribute of the subschema entry that holds definitions of this kind.
    const ATTRIBUTE: &'static str;

    /// Returns the object identifier; the number of a structure rule.
    fn identifier(&self) -> String;

    /// Returns the short names, the preferred one first.
    fn names(&self) -> &[String];

    /// Reads a definition within the caller's limits.
    ///
    /// # Errors
    ///
    /// The first place where the text leaves the grammar of RFC 4512 section 4.1 with the tolerances of this module,
    /// or the limit that it exceeds.
    fn parse_with(source: &str, limits: &Limits) -> Result<Self, ParseDefinitionError>;

    /// Returns the preferred name, or the identifier of a definition without names.
    fn name(&self) -> String {
        self.names().first().cloned().unwrap_or_else(|| self.identifier())
    }

    /// Tells whether a name (without letter case) or identifier means this definition.
    fn is_called(&self, name_or_oid: &str) -> bool {
        self.identifier() == name_or_oid || self.names().iter().any(|name| name.eq_ignore_ascii_case(name_or_oid))
    }
}

mod sealed {
    pub trait Sealed {}
}

/// Returns the limits of definitions: the class `user` of Active Directory and the APPLIES lists of 389 DS are long.
pub(super) fn definition_limits() -> Limits {
    Limits::default().with_length(512 * 1024).with_items(32 * 1024)
}

/// Implements the traits of a kind from its keywords and the three functions that differ.
macro_rules! definition {
    ($type:ident, $attribute:literal, $identifier:expr, $names:expr, $keywords:expr) => {
        impl sealed::Sealed for $type {}

        impl SchemaDefinition for $type {
            const ATTRIBUTE: &'static str = $attribute;

            fn identifier(&self) -> String {
                let identifier: fn(&Self) -> String = $identifier;
                identifier(self)
            }

            fn names(&self) -> &[String] {
                let names: fn(&Self) -> &[String] = $names;
                names(self)
            }

            fn parse_with(source: &str, limits: &Limits) -> Result<Self, ParseDefinitionError> {
                const KEYWORDS: Keywords = $keywords;
                Self::from_elements(elements(source, KEYWORDS, limits)?, source)
            }
        }

        impl FromStr for $type {
            type Err = ParseDefinitionError;

            fn from_str(source: &str) -> Result<Self, ParseDefinitionError> {
                Self::parse_with(source, &definition_limits())
            }
        }
    };
}

const NAME: (&str, Shape) = ("NAME", Shape::Texts);
const DESC: (&str, Shape) = ("DESC", Shape::Text);
const OBSOLETE: (&str, Shape) = ("OBSOLETE", Shape::Flag);
const MUST: (&str, Shape) = ("MUST", Shape::Oids);
const MAY: (&str, Shape) = ("MAY", Shape::Oids);

definition!(
    AttributeTypeDefinition,
    "attributeTypes",
    |definition| definition.oid.clone(),
    |definition| &definition.names,
    &[
        NAME,
        DESC,
        OBSOLETE,
        ("SUP", Shape::Oid),
        ("EQUALITY", Shape::Oid),
        ("ORDERING", Shape::Oid),
        ("SUBSTR", Shape::Oid),
        ("SYNTAX", Shape::BoundedOid),
        ("SINGLE-VALUE", Shape::Flag),
        ("COLLECTIVE", Shape::Flag),
        ("NO-USER-MODIFICATION", Shape::Flag),
        ("USAGE", Shape::Usage),
    ]
);

impl AttributeTypeDefinition {
    fn from_elements(mut elements: Elements, _source: &str) -> Result<Self, ParseDefinitionError> {
        let (syntax, syntax_length) = elements.bounded("SYNTAX");
        Ok(Self {
            names: elements.texts("NAME"),
            description: elements.text("DESC"),
            obsolete: elements.flag("OBSOLETE"),
            superior: elements.text("SUP"),
            equality: elements.text("EQUALITY"),
            ordering: elements.text("ORDERING"),
            substrings: elements.text("SUBSTR"),
            syntax,
            syntax_length,
            single_value: elements.flag("SINGLE-VALUE"),
            collective: elements.flag("COLLECTIVE"),
            no_user_modification: elements.flag("NO-USER-MODIFICATION"),
            usage: elements.usage("USAGE").unwrap_or_default(),
            oid: elements.identifier,
            extensions: elements.extensions,
        })
    }
}

impl fmt::Display for AttributeTypeDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer::start(f, &self.oid)?;
        printer.head(&self.names, self.description.as_deref(), self.obsolete)?;
        printer.oid("SUP", self.superior.as_deref())?;
        printer.oid("EQUALITY", self.equality.as_deref())?;
        printer.oid("ORDERING", self.ordering.as_deref())?;
        printer.oid("SUBSTR", self.substrings.as_deref())?;
        printer.bounded("SYNTAX", self.syntax.as_deref(), self.syntax_length)?;
        printer.flag("SINGLE-VALUE", self.single_value)?;
        printer.flag("COLLECTIVE", self.collective)?;
        printer.flag("NO-USER-MODIFICATION", self.no_user_modification)?;
        if self.usage.is_operational() {
            printer.oid("USAGE", Some(self.usage.name()))?;
        }
        printer.end(&self.extensions)
    }
}

definition!(
    ObjectClassDefinition,
    "objectClasses",
    |definition| definition.oid.clone(),
    |definition| &definition.names,
    &[
        NAME,
        DESC,
        OBSOLETE,
        ("SUP", Shape::Oids),
        ("ABSTRACT", Shape::Flag),
        ("STRUCTURAL", Shape::Flag),
        ("AUXILIARY", Shape::Flag),
        MUST,
        MAY,
    ]
);

impl ObjectClassDefinition {
    fn from_elements(mut elements: Elements, source: &str) -> Result<Self, ParseDefinitionError> {
        let mut kinds = ObjectClassKind::ALL.into_iter().filter(|kind| elements.flag(kind.keyword()));
        let explicit_kind = kinds.next();
        if kinds.next().is_some() {
            let span = Span::new(0, source.len());
            return Err(ParseDefinitionError::unexpected("one of `ABSTRACT`, `STRUCTURAL` and `AUXILIARY`", span));
        }
        Ok(Self {
            names: elements.texts("NAME"),
            description: elements.text("DESC"),
            obsolete: elements.flag("OBSOLETE"),
            superiors: elements.texts("SUP"),
            explicit_kind,
            must: elements.texts("MUST"),
            may: elements.texts("MAY"),
            oid: elements.identifier,
            extensions: elements.extensions,
        })
    }
}

impl fmt::Display for ObjectClassDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer::start(f, &self.oid)?;
        printer.head(&self.names, self.description.as_deref(), self.obsolete)?;
        printer.oids("SUP", &self.superiors)?;
        if let Some(kind) = self.explicit_kind {
            printer.flag(kind.keyword(), true)?;
        }
        printer.oids("MUST", &self.must)?;
        printer.oids("MAY", &self.may)?;
        printer.end(&self.extensions)
    }
}

definition!(
    LdapSyntaxDefinition,
    "ldapSyntaxes",
    |definition| definition.oid.clone(),
    |definition| &definition.names,
    &[NAME, DESC]
);

impl LdapSyntaxDefinition {
    fn from_elements(mut elements: Elements, _source: &str) -> Result<Self, ParseDefinitionError> {
        Ok(Self {
            names: elements.texts("NAME"),
            description: elements.text("DESC"),
            oid: elements.identifier,
            extensions: elements.extensions,
        })
    }
}

impl fmt::Display for LdapSyntaxDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer::start(f, &self.oid)?;
        printer.head(&self.names, self.description.as_deref(), false)?;
        printer.end(&self.extensions)
    }
}

definition!(
    MatchingRuleDefinition,
    "matchingRules",
    |definition| definition.oid.clone(),
    |definition| &definition.names,
    &[NAME, DESC, OBSOLETE, ("SYNTAX", Shape::Oid)]
);

impl MatchingRuleDefinition {
    fn from_elements(mut elements: Elements, _source: &str) -> Result<Self, ParseDefinitionError> {
        Ok(Self {
            names: elements.texts("NAME"),
            description: elements.text("DESC"),
            obsolete: elements.flag("OBSOLETE"),
            syntax: elements.text("SYNTAX"),
            oid: elements.identifier,
            extensions: elements.extensions,
        })
    }
}

impl fmt::Display for MatchingRuleDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer::start(f, &self.oid)?;
        printer.head(&self.names, self.description.as_deref(), self.obsolete)?;
        printer.oid("SYNTAX", self.syntax.as_deref())?;
        printer.end(&self.extensions)
    }
}

definition!(
    MatchingRuleUseDefinition,
    "matchingRuleUse",
    |definition| definition.oid.clone(),
    |definition| &definition.names,
    &[NAME, DESC, OBSOLETE, ("APPLIES", Shape::Oids)]
);

impl MatchingRuleUseDefinition {
    fn from_elements(mut elements: Elements, _source: &str) -> Result<Self, ParseDefinitionError> {
        Ok(Self {
            names: elements.texts("NAME"),
            description: elements.text("DESC"),
            obsolete: elements.flag("OBSOLETE"),
            applies: elements.texts("APPLIES"),
            oid: elements.identifier,
            extensions: elements.extensions,
        })
    }
}

impl fmt::Display for MatchingRuleUseDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer::start(f, &self.oid)?;
        printer.head(&self.names, self.description.as_deref(), self.obsolete)?;
        printer.oids("APPLIES", &self.applies)?;
        printer.end(&self.extensions)
    }
}

definition!(
    DitContentRuleDefinition,
    "dITContentRules",
    |definition| definition.oid.clone(),
    |definition| &definition.names,
    &[NAME, DESC, OBSOLETE, ("AUX", Shape::Oids), MUST, MAY, ("NOT", Shape::Oids)]
);

impl DitContentRuleDefinition {
    fn from_elements(mut elements: Elements, _source: &str) -> Result<Self, ParseDefinitionError> {
        Ok(Self {
            names: elements.texts("NAME"),
            description: elements.text("DESC"),
            obsolete: elements.flag("OBSOLETE"),
            auxiliary: elements.texts("AUX"),
            must: elements.texts("MUST"),
            may: elements.texts("MAY"),
            not: elements.texts("NOT"),
            oid: elements.identifier,
            extensions: elements.extensions,
        })
    }
}

impl fmt::Display for DitContentRuleDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer::start(f, &self.oid)?;
        printer.head(&self.names, self.description.as_deref(), self.obsolete)?;
        printer.oids("AUX", &self.auxiliary)?;
        printer.oids("MUST", &self.must)?;
        printer.oids("MAY", &self.may)?;
        printer.oids("NOT", &self.not)?;
        printer.end(&self.extensions)
    }
}

definition!(
    NameFormDefinition,
    "nameForms",
    |definition| definition.oid.clone(),
    |definition| &definition.names,
    &[NAME, DESC, OBSOLETE, ("OC", Shape::Oid), MUST, MAY]
);

impl NameFormDefinition {
    fn from_elements(mut elements: Elements, _source: &str) -> Result<Self, ParseDefinitionError> {
        Ok(Self {
            names: elements.texts("NAME"),
            description: elements.text("DESC"),
            obsolete: elements.flag("OBSOLETE"),
            object_class: elements.text("OC"),
            must: elements.texts("MUST"),
            may: elements.texts("MAY"),
            oid: elements.identifier,
            extensions: elements.extensions,
        })
    }
}

impl fmt::Display for NameFormDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer::start(f, &self.oid)?;
        printer.head(&self.names, self.description.as_deref(), self.obsolete)?;
        printer.oid("OC", self.object_class.as_deref())?;
        printer.oids("MUST", &self.must)?;
        printer.oids("MAY", &self.may)?;
        printer.end(&self.extensions)
    }
}

definition!(
    DitStructureRuleDefinition,
    "dITStructureRules",
    |definition| definition.rule_id.to_string(),
    |definition| &definition.names,
    &[NAME, DESC, OBSOLETE, ("FORM", Shape::Oid), ("SUP", Shape::Numbers)]
);

impl DitStructureRuleDefinition {
    fn from_elements(mut elements: Elements, source: &str) -> Result<Self, ParseDefinitionError> {
        let start = source.find(&elements.identifier).unwrap_or_default();
        let span = Span::new(start, start + elements.identifier.len());
        let rule_id = elements.identifier.parse();
        Ok(Self {
            rule_id: rule_id.map_err(|_| ParseDefinitionError::unexpected("the number of a structure rule", span))?,
            names: elements.texts("NAME"),
            description: elements.text("DESC"),
            obsolete: elements.flag("OBSOLETE"),
            form: elements.text("FORM"),
            superiors: elements.numbers("SUP"),
            extensions: elements.extensions,
        })
    }
}

impl fmt::Display for DitStructureRuleDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer::start(f, &self.rule_id.to_string())?;
        printer.head(&self.names, self.description.as_deref(), self.obsolete)?;
        printer.oid("FORM", self.form.as_deref())?;
        printer.numbers("SUP", &self.superiors)?;
        printer.end(&self.extensions)
    }
}

definition!(
    IbmAttributeTypeDefinition,
    "IBMAttributeTypes",
    |definition| definition.oid.clone(),
    |_| &[],
    &[
        ("DBNAME", Shape::Texts),
        ("ACCESS-CLASS", Shape::Oid),
        ("LENGTH", Shape::Number),
        ("EQUALITY", Shape::Flag),
        ("ORDERING", Shape::Flag),
        ("APPROX", Shape::Flag),
        ("SUBSTR", Shape::Flag),
        ("REVERSE", Shape::Flag),
    ]
);

impl IbmAttributeTypeDefinition {
    fn from_elements(mut elements: Elements, _source: &str) -> Result<Self, ParseDefinitionError> {
        Ok(Self {
            database_names: elements.texts("DBNAME"),
            access_class: elements.text("ACCESS-CLASS"),
            length: elements.number("LENGTH"),
            indexes: elements.flags(),
            oid: elements.identifier,
            extensions: elements.extensions,
        })
    }
}

impl fmt::Display for IbmAttributeTypeDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer::start(f, &self.oid)?;
        printer.texts("DBNAME", &self.database_names)?;
        printer.oid("ACCESS-CLASS", self.access_class.as_deref())?;
        printer.numbers("LENGTH", self.length.as_slice())?;
        for index in &self.indexes {
            printer.flag(index, true)?;
        }
        printer.end(&self.extensions)
    }
}
