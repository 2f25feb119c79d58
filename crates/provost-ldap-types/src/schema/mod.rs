//! Schema definitions of RFC 4512 section 4.1 and the subschema that they make.
//!
//! Real servers break the grammar in many ways. Beyond RFC 4512 this module reads:
//!
//! - syntaxes in quotes or as a word, object identifiers that are words, arcs beyond any size;
//! - names and extension keywords with any character except blanks, quotes, parentheses and `$`;
//! - elements in any order, keywords in any letter case, any run of blanks, none around parentheses;
//! - one item where a list belongs and a list where one item belongs (the first counts);
//! - lists without `$`, extensions without values or without quotes, `{n}` before the opening parenthesis;
//! - missing names, kinds, superiors and matching rules.
//!
//! A definition that is still unreadable is kept as text with its error.
//!
//! ```
//! use provost_ldap_types::schema::AttributeTypeDefinition;
//!
//! let cn: AttributeTypeDefinition = "( 2.5.4.3 NAME ( 'cn' 'commonName' ) SUP name )".parse()?;
//! assert_eq!(cn.names, ["cn", "commonName"]);
//! assert_eq!(cn.to_string(), "( 2.5.4.3 NAME ( 'cn' 'commonName' ) SUP name )");
//! # Ok::<(), provost_ldap_types::schema::ParseDefinitionError>(())
//! ```

#[cfg(feature = "arbitrary")]
mod arbitrary;
mod attribute_type;
mod compare;
mod definition;
mod display;
mod error;
mod filter_context;
mod index;
mod kinds;
mod lexer;
mod names;
mod parser;
mod place;
mod requirements;
mod subschema;
mod syntax;
mod validate;
mod words;

#[cfg(test)]
mod tests;

pub use attribute_type::AttributeType;
pub use compare::{SchemaDifference, SchemaDigest};
pub use definition::{
    AttributeTypeDefinition, AttributeUsage, DitContentRuleDefinition, DitStructureRuleDefinition, Extensions,
    IbmAttributeTypeDefinition, LdapSyntaxDefinition, MatchingRuleDefinition, MatchingRuleUseDefinition,
    NameFormDefinition, ObjectClassDefinition, ObjectClassKind,
};
pub use error::{DefinitionErrorKind, ParseDefinitionError};
pub use kinds::SchemaDefinition;
pub use requirements::{Requirement, Requirements};
pub use subschema::{SchemaCounts, Subschema, UnreadableDefinition};
pub use syntax::Syntax;
pub use validate::Violation;
