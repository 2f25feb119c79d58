//! Reads and prints each kind of definition.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use provost_text::{Limits, Span};

use super::definition::{
    AttributeTypeDefinition, DitContentRuleDefinition, DitStructureRuleDefinition, Extensions,
    IbmAttributeTypeDefinition, LdapSyntaxDefinition, MatchingRuleDefinition, MatchingRuleUseDefinition,
    NameFormDefinition, ObjectClassDefinition, ObjectClassKind,
};
use super::display::Printer;
use super::error::ParseDefinitionError;
use super::parser::{Keyword, Readable, read};

/// A kind of schema definition: read by [`FromStr`], printed by [`fmt::Display`].
///
/// Printing a definition and reading it again gives an equal one. The trait is sealed.
pub trait SchemaDefinition: FromStr<Err = ParseDefinitionError> + fmt::Display + sealed::Sealed {
    /// Attribute of the subschema entry that holds definitions of this kind.
    const ATTRIBUTE: &'static str;

    /// Returns the object identifier; the number of a structure rule.
    fn identifier(&self) -> Cow<'_, str>;

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
        self.names().first().cloned().unwrap_or_else(|| self.identifier().into_owned())
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

/// Implements the traits of a kind.
///
/// They need the attribute of the subschema entry, the member with the identifier, how the kind is made from an
/// identifier, and the keywords with what reads their arguments into the definition.
macro_rules! definition {
    (
        $type:ident, $attribute:literal, |$held:ident| $identifier:expr, |$named:ident| $names:expr,
        |$text:ident, $span:ident| $identified:expr,
        { $($keyword:literal => |$definition:ident, $cursor:tt| $read:expr,)+ }
    ) => {
        impl sealed::Sealed for $type {}

        impl SchemaDefinition for $type {
            const ATTRIBUTE: &'static str = $attribute;

            fn identifier(&self) -> Cow<'_, str> {
                let $held = self;
                $identifier
            }

            fn names(&self) -> &[String] {
                let $named = self;
                $names
            }

            fn parse_with(source: &str, limits: &Limits) -> Result<Self, ParseDefinitionError> {
                read(source, limits)
            }
        }

        impl Readable for $type {
            const KEYWORDS: &'static [Keyword<Self>] = &[$(($keyword, |$definition, $cursor| {
                $read;
                Ok(())
            }),)+];

            fn identified($text: Cow<'_, str>, $span: Span) -> Result<Self, ParseDefinitionError> {
                $identified
            }

            fn extensions_mut(&mut self) -> &mut Extensions {
                &mut self.extensions
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

definition!(
    AttributeTypeDefinition,
    "attributeTypes",
    |definition| Cow::Borrowed(&definition.oid),
    |definition| &definition.names,
    |oid, _span| Ok(Self { oid: oid.into_owned(), ..Self::default() }),
    {
        "NAME" => |definition, cursor| definition.names = cursor.names()?,
        "DESC" => |definition, cursor| definition.description = cursor.text()?,
        "OBSOLETE" => |definition, _| definition.obsolete = true,
        "SUP" => |definition, cursor| definition.superior = cursor.oid()?,
        "EQUALITY" => |definition, cursor| definition.equality = cursor.oid()?,
        "ORDERING" => |definition, cursor| definition.ordering = cursor.oid()?,
        "SUBSTR" => |definition, cursor| definition.substrings = cursor.oid()?,
        "SYNTAX" => |definition, cursor| (definition.syntax, definition.syntax_length) = cursor.bounded()?,
        "SINGLE-VALUE" => |definition, _| definition.single_value = true,
        "COLLECTIVE" => |definition, _| definition.collective = true,
        "NO-USER-MODIFICATION" => |definition, _| definition.no_user_modification = true,
        "USAGE" => |definition, cursor| definition.usage = cursor.usage()?,
    }
);

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
    |definition| Cow::Borrowed(&definition.oid),
    |definition| &definition.names,
    |oid, _span| Ok(Self { oid: oid.into_owned(), ..Self::default() }),
    {
        "NAME" => |definition, cursor| definition.names = cursor.names()?,
        "DESC" => |definition, cursor| definition.description = cursor.text()?,
        "OBSOLETE" => |definition, _| definition.obsolete = true,
        "SUP" => |definition, cursor| definition.superiors = cursor.oids()?,
        "ABSTRACT" => |definition, cursor| definition.set_kind(ObjectClassKind::Abstract, cursor.keyword())?,
        "STRUCTURAL" => |definition, cursor| definition.set_kind(ObjectClassKind::Structural, cursor.keyword())?,
        "AUXILIARY" => |definition, cursor| definition.set_kind(ObjectClassKind::Auxiliary, cursor.keyword())?,
        "MUST" => |definition, cursor| definition.must = cursor.oids()?,
        "MAY" => |definition, cursor| definition.may = cursor.oids()?,
    }
);

impl ObjectClassDefinition {
    /// Sets the kind, of which a definition has one at most.
    fn set_kind(&mut self, kind: ObjectClassKind, keyword: Span) -> Result<(), ParseDefinitionError> {
        match self.explicit_kind.replace(kind) {
            None => Ok(()),
            Some(_) => {
                let expected = "one of `ABSTRACT`, `STRUCTURAL` and `AUXILIARY`, not two";
                Err(ParseDefinitionError::unexpected(expected, keyword))
            }
        }
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
    |definition| Cow::Borrowed(&definition.oid),
    |definition| &definition.names,
    |oid, _span| Ok(Self { oid: oid.into_owned(), ..Self::default() }),
    {
        "NAME" => |definition, cursor| definition.names = cursor.names()?,
        "DESC" => |definition, cursor| definition.description = cursor.text()?,
    }
);

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
    |definition| Cow::Borrowed(&definition.oid),
    |definition| &definition.names,
    |oid, _span| Ok(Self { oid: oid.into_owned(), ..Self::default() }),
    {
        "NAME" => |definition, cursor| definition.names = cursor.names()?,
        "DESC" => |definition, cursor| definition.description = cursor.text()?,
        "OBSOLETE" => |definition, _| definition.obsolete = true,
        "SYNTAX" => |definition, cursor| definition.syntax = cursor.oid()?,
    }
);

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
    |definition| Cow::Borrowed(&definition.oid),
    |definition| &definition.names,
    |oid, _span| Ok(Self { oid: oid.into_owned(), ..Self::default() }),
    {
        "NAME" => |definition, cursor| definition.names = cursor.names()?,
        "DESC" => |definition, cursor| definition.description = cursor.text()?,
        "OBSOLETE" => |definition, _| definition.obsolete = true,
        "APPLIES" => |definition, cursor| definition.applies = cursor.oids()?,
    }
);

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
    |definition| Cow::Borrowed(&definition.oid),
    |definition| &definition.names,
    |oid, _span| Ok(Self { oid: oid.into_owned(), ..Self::default() }),
    {
        "NAME" => |definition, cursor| definition.names = cursor.names()?,
        "DESC" => |definition, cursor| definition.description = cursor.text()?,
        "OBSOLETE" => |definition, _| definition.obsolete = true,
        "AUX" => |definition, cursor| definition.auxiliary = cursor.oids()?,
        "MUST" => |definition, cursor| definition.must = cursor.oids()?,
        "MAY" => |definition, cursor| definition.may = cursor.oids()?,
        "NOT" => |definition, cursor| definition.not = cursor.oids()?,
    }
);

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
    |definition| Cow::Borrowed(&definition.oid),
    |definition| &definition.names,
    |oid, _span| Ok(Self { oid: oid.into_owned(), ..Self::default() }),
    {
        "NAME" => |definition, cursor| definition.names = cursor.names()?,
        "DESC" => |definition, cursor| definition.description = cursor.text()?,
        "OBSOLETE" => |definition, _| definition.obsolete = true,
        "OC" => |definition, cursor| definition.object_class = cursor.oid()?,
        "MUST" => |definition, cursor| definition.must = cursor.oids()?,
        "MAY" => |definition, cursor| definition.may = cursor.oids()?,
    }
);

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
    |definition| Cow::Owned(definition.rule_id.to_string()),
    |definition| &definition.names,
    |number, span| match number.parse() {
        Ok(rule_id) => Ok(Self { rule_id, ..Self::default() }),
        Err(_) => Err(ParseDefinitionError::unexpected("the number of a structure rule", span)),
    },
    {
        "NAME" => |definition, cursor| definition.names = cursor.names()?,
        "DESC" => |definition, cursor| definition.description = cursor.text()?,
        "OBSOLETE" => |definition, _| definition.obsolete = true,
        "FORM" => |definition, cursor| definition.form = cursor.oid()?,
        "SUP" => |definition, cursor| definition.superiors = cursor.numbers()?,
    }
);

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
    |definition| Cow::Borrowed(&definition.oid),
    |_definition| &[],
    |oid, _span| Ok(Self { oid: oid.into_owned(), ..Self::default() }),
    {
        "DBNAME" => |definition, cursor| definition.database_names = cursor.names()?,
        "ACCESS-CLASS" => |definition, cursor| definition.access_class = cursor.oid()?,
        "LENGTH" => |definition, cursor| definition.length = Some(cursor.number()?),
        "EQUALITY" => |definition, _| definition.indexes.push("EQUALITY"),
        "ORDERING" => |definition, _| definition.indexes.push("ORDERING"),
        "APPROX" => |definition, _| definition.indexes.push("APPROX"),
        "SUBSTR" => |definition, _| definition.indexes.push("SUBSTR"),
        "REVERSE" => |definition, _| definition.indexes.push("REVERSE"),
    }
);

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
