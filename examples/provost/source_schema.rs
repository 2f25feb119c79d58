//! The attributes that a source has, read from the files that describe one.

mod json;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use provost_examples::failure::Failure;
use provost_expr::{Diagnostic, Expression, check_attributes};
use provost_ldap_types::schema::{Subschema, Syntax, UnreadableDefinition};

use crate::text_file::read_text;

/// The attributes of a source by name, in any of these forms:
///
/// - a JSON array of names, or of objects with `name` and, where wanted, `kind` or `type`, and `multi_valued` or
///   `multiValued`;
/// - an object with such an array as `attributes`, or several of these as `object_types`, as `provost_model` writes them;
/// - a schema of SCIM, a list of schemas, or the answer of `/Schemas` (RFC 7643 section 7);
/// - the subschema of an LDAP server as LDIF (RFC 4512 section 4.2), or schema entries of `cn=config`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct SourceSchema {
    attributes: BTreeMap<String, Described>,
    /// Definitions that are left out, since nothing understands them.
    pub(crate) unreadable: Vec<UnreadableDefinition>,
}

/// What is known of an attribute.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Described {
    /// What its values are, in the words of the file.
    pub(crate) kind: Option<String>,
    /// Whether it may have several.
    pub(crate) multi_valued: Option<bool>,
}

impl SourceSchema {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// A message that names the file and the place in it.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = read_text(path)?;
        let schema = if text.trim_start().starts_with(['[', '{']) {
            json::parse(&text, path)
        } else {
            Self::from_ldif(&text).map_err(|failure| failure.context(path.display()))
        };
        let schema = schema?;
        if schema.attributes.is_empty() {
            return Err(Failure::new("describes no attribute").context(path.display()));
        }
        Ok(schema)
    }

    fn from_ldif(text: &str) -> Result<Self, Failure> {
        let subschema = match Subschema::from_ldif(text) {
            Ok(subschema) => subschema,
            Err(error) => return Err(Failure::from(error).context("is neither JSON nor LDIF")),
        };
        let mut schema = Self { unreadable: subschema.unreadable().to_vec(), ..Self::default() };
        for definition in subschema.attribute_types() {
            let found = subschema.attribute_type(&definition.oid);
            let syntax = found.and_then(|found| found.known_syntax().map(Syntax::name).or(found.syntax()));
            let described = Described {
                kind: syntax.map(str::to_owned),
                multi_valued: Some(!found.is_some_and(|found| found.is_single_valued())),
            };
            for name in &definition.names {
                schema.add(name, described.clone());
            }
        }
        Ok(schema)
    }

    fn add(&mut self, name: impl Into<String>, described: Described) {
        self.attributes.entry(name.into()).or_insert(described);
    }

    /// Returns the attributes, by name.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, &Described)> {
        self.attributes.iter().map(|(name, described)| (name.as_str(), described))
    }

    /// Looks for attributes that the source does not have; `more` names others that are known.
    pub(crate) fn check<'a>(
        &'a self,
        expression: &'a Expression,
        more: impl Iterator<Item = &'a str>,
    ) -> Vec<Diagnostic> {
        let mut known: Vec<&str> = self.attributes.keys().map(String::as_str).chain(more).collect();
        // A path with a filter, such as `emails[type eq "work"].value`, is one of `emails.value`.
        let filtered = |name: &&str| name.contains('[') && self.attributes.contains_key(&without_filters(name));
        known.extend(expression.attributes().map(|(name, _)| name).filter(filtered));
        check_attributes(expression, &known)
    }
}

/// A path without what stands in brackets; a quoted part holds no brackets.
fn without_filters(path: &str) -> String {
    let (mut depth, mut quoted) = (0usize, false);
    path.chars()
        .filter(|letter| {
            match letter {
                '"' if depth > 0 => quoted = !quoted,
                '[' if !quoted => depth += 1,
                ']' if !quoted && depth > 0 => {
                    depth -= 1;
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}
