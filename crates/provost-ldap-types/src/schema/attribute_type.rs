use super::definition::{AttributeTypeDefinition, LdapSyntaxDefinition};
use super::index::Definitions;
use super::kinds::SchemaDefinition;
use super::syntax::Syntax;
use crate::matching::MatchingRule;

/// Longest chain of superiors that is followed; a longer one is a circle.
const MAX_SUPERIORS: usize = 32;

/// What an attribute type comes to when its superiors are followed.
#[derive(Clone, Debug)]
pub(super) struct Effective {
    superiors: Vec<usize>,
    syntax: Option<SyntaxSource>,
    syntax_length: Option<u32>,
    known_syntax: Option<Syntax>,
    equality: MatchingRule,
    ordering: MatchingRule,
    substrings: MatchingRule,
}

/// Where the identifier of a syntax stands.
#[derive(Clone, Copy, Debug)]
enum SyntaxSource {
    /// In the definition at this place.
    Definition(usize),
    /// In no definition of the subschema.
    Standard(&'static str),
}

impl SyntaxSource {
    fn oid(self, types: &[AttributeTypeDefinition]) -> Option<&str> {
        match self {
            Self::Definition(place) => types.get(place)?.syntax.as_deref(),
            Self::Standard(oid) => Some(oid),
        }
    }
}

impl Effective {
    pub(super) fn resolve(
        types: &Definitions<AttributeTypeDefinition>,
        syntaxes: &Definitions<LdapSyntaxDefinition>,
        place: usize,
    ) -> Self {
        let mut superiors: Vec<usize> = Vec::new();
        let mut last = place;
        while let Some(definition) = types.as_slice().get(last) {
            match definition.superior.as_deref().and_then(|superior| types.place(superior)) {
                Some(superior)
                    if superior != place && !superiors.contains(&superior) && superiors.len() < MAX_SUPERIORS =>
                {
                    superiors.push(superior);
                    last = superior;
                }
                _ => break,
            }
        }
        let at = |place: usize| types.as_slice().get(place);
        let chain = || std::iter::once(place).chain(superiors.iter().copied());
        let definitions = || chain().filter_map(at);
        let with_syntax = chain().find(|place| at(*place).is_some_and(|definition| definition.syntax.is_some()));
        let missing = at(last).and_then(|last| last.superior.as_deref());
        let syntax = with_syntax
            .map(SyntaxSource::Definition)
            .or_else(|| missing.and_then(syntax_of_standard_superior).map(SyntaxSource::Standard));
        let known_syntax = syntax
            .and_then(|syntax| syntax.oid(types.as_slice()))
            .and_then(|oid| Syntax::find(oid).or_else(|| syntaxes.get(oid).and_then(Syntax::of_definition)));
        let rule = |declared: fn(&AttributeTypeDefinition) -> Option<&String>, derived: fn(Syntax) -> MatchingRule| {
            match definitions().find_map(declared) {
                // A rule that is named and not known here may do anything: only equal octets are surely equal.
                Some(name) => MatchingRule::find(name).unwrap_or(MatchingRule::OctetString),
                None => known_syntax.map_or(MatchingRule::OctetString, derived),
            }
        };
        Self {
            equality: rule(|definition| definition.equality.as_ref(), Syntax::equality),
            ordering: rule(|definition| definition.ordering.as_ref(), Syntax::ordering),
            substrings: rule(|definition| definition.substrings.as_ref(), Syntax::substrings),
            syntax_length: with_syntax.and_then(at).and_then(|definition| definition.syntax_length),
            superiors,
            syntax,
            known_syntax,
        }
    }
}

/// Returns the syntax of the two superiors that RFC 4519 gives most types, for schemas that leave them out.
fn syntax_of_standard_superior(name: &str) -> Option<&'static str> {
    match name.to_ascii_lowercase().as_str() {
        "name" | "2.5.4.41" => Some("1.3.6.1.4.1.1466.115.121.1.15"),
        "distinguishedname" | "2.5.4.49" => Some("1.3.6.1.4.1.1466.115.121.1.12"),
        _ => None,
    }
}

/// An attribute type with everything that it inherits or that follows from its syntax.
#[derive(Clone, Copy, Debug)]
pub struct AttributeType<'a> {
    definition: &'a AttributeTypeDefinition,
    effective: &'a Effective,
    types: &'a [AttributeTypeDefinition],
}

impl<'a> AttributeType<'a> {
    pub(super) fn new(
        definition: &'a AttributeTypeDefinition,
        effective: &'a Effective,
        types: &'a [AttributeTypeDefinition],
    ) -> Self {
        Self { definition, effective, types }
    }

    /// Returns the definition as the server wrote it.
    #[must_use]
    pub fn definition(self) -> &'a AttributeTypeDefinition {
        self.definition
    }

    /// Returns the preferred name, or the identifier of a type without names.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.definition.names.first().map_or(self.definition.oid.as_str(), String::as_str)
    }

    /// Returns the superior types that the subschema defines, the nearest first.
    pub fn superiors(self) -> impl Iterator<Item = &'a AttributeTypeDefinition> {
        self.effective.superiors.iter().filter_map(move |place| self.types.get(*place))
    }

    /// Tells whether the type is the named one or below it.
    #[must_use]
    pub fn is_or_descends_from(self, name_or_oid: &str) -> bool {
        self.definition.is_called(name_or_oid) || self.superiors().any(|superior| superior.is_called(name_or_oid))
    }

    /// Returns the identifier of the syntax, own or inherited.
    #[must_use]
    pub fn syntax(self) -> Option<&'a str> {
        self.effective.syntax?.oid(self.types)
    }

    /// Returns what this crate knows of the syntax.
    #[must_use]
    pub fn known_syntax(self) -> Option<Syntax> {
        self.effective.known_syntax
    }

    /// Returns the length bound that stands with the syntax.
    #[must_use]
    pub fn syntax_length(self) -> Option<u32> {
        self.effective.syntax_length
    }

    /// Returns the rule for equality: named, inherited, or that of the syntax; octets where nothing is known.
    #[must_use]
    pub fn equality(self) -> MatchingRule {
        self.effective.equality
    }

    /// Returns the rule for ordering: named, inherited, or that of the syntax; octets where nothing is known.
    #[must_use]
    pub fn ordering(self) -> MatchingRule {
        self.effective.ordering
    }

    /// Returns the rule for substrings: named, inherited, or that of the syntax; octets where nothing is known.
    #[must_use]
    pub fn substrings(self) -> MatchingRule {
        self.effective.substrings
    }

    /// Returns the equality rule that the type or a superior names, in the server's spelling.
    #[must_use]
    pub fn declared_equality(self) -> Option<&'a str> {
        self.declared(|definition| definition.equality.as_deref())
    }

    /// Returns the ordering rule that the type or a superior names, in the server's spelling.
    #[must_use]
    pub fn declared_ordering(self) -> Option<&'a str> {
        self.declared(|definition| definition.ordering.as_deref())
    }

    /// Returns the substrings rule that the type or a superior names, in the server's spelling.
    #[must_use]
    pub fn declared_substrings(self) -> Option<&'a str> {
        self.declared(|definition| definition.substrings.as_deref())
    }

    fn declared(self, rule: fn(&'a AttributeTypeDefinition) -> Option<&'a str>) -> Option<&'a str> {
        rule(self.definition).or_else(|| self.superiors().find_map(rule))
    }

    /// Tells whether an entry has at most one value of it.
    #[must_use]
    pub fn is_single_valued(self) -> bool {
        self.definition.single_value
    }

    /// Tells whether only the server writes it.
    #[must_use]
    pub fn is_server_written(self) -> bool {
        self.definition.no_user_modification
    }

    /// Tells whether it serves the directory and not its users; such attributes come only when asked for.
    #[must_use]
    pub fn is_operational(self) -> bool {
        self.definition.usage.is_operational()
    }
}
