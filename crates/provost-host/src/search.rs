use provost_connector::MatchQuery;
use provost_model::{Anchor, ObjectName, Value};
use provost_scim::{AttributePath, Filter, Literal, Matcher, Mode, Operator, ScimError, USER_URN};

use crate::id;
use crate::schema::{DirectorySchema, EXTENSION_URN, NAME, READABLE_NAME};
use crate::translate::literal_value;

/// The attribute that Microsoft's connection test searches for: it exists in no schema, and the answer is an empty list.
const PLACEHOLDER: &str = "PLACEHOLDER";

/// How a filter is answered.
#[derive(Debug)]
pub(crate) enum Plan {
    /// The object with this anchor, if the rest holds.
    Anchor(Anchor, Option<Matcher>),
    /// All objects for which it holds.
    Everything(Option<Matcher>),
    /// The objects that have this value, as far as the rest holds. The system's own rule compares.
    Find(MatchQuery, Option<Matcher>),
    /// The object of this name, if the rest holds.
    Name(ObjectName, Option<Matcher>),
    /// Nothing can match.
    Nothing,
}

impl Plan {
    pub(crate) fn new(filter: Option<&Filter>, schema: &DirectorySchema, mode: Mode) -> Result<Self, ScimError> {
        let Some(filter) = filter else { return Ok(Self::Everything(None)) };
        if names_placeholder(filter) {
            return Ok(Self::Nothing);
        }
        let whole = Matcher::new(filter, &schema.users, mode)?;
        let terms = match filter {
            Filter::And(terms) => terms.as_slice(),
            single => std::slice::from_ref(single),
        };
        for (at, term) in terms.iter().enumerate() {
            let Some(key) = Key::of(term, schema) else { continue };
            let rest: Vec<Filter> =
                terms.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, term)| term.clone()).collect();
            let rest = match rest.is_empty() {
                true => None,
                false => Some(Matcher::new(&Filter::And(rest), &schema.users, mode)?),
            };
            return Ok(match key {
                Key::Anchor(anchor) => Self::Anchor(anchor, rest),
                Key::Find(query) => Self::Find(query, rest),
                Key::Name(name) => Self::Name(name, rest),
                Key::Nothing => Self::Nothing,
            });
        }
        Ok(Self::Everything(Some(whole)))
    }
}

/// What an equality is looked up by.
enum Key {
    Anchor(Anchor),
    Find(MatchQuery),
    Name(ObjectName),
    Nothing,
}

impl Key {
    fn of(term: &Filter, schema: &DirectorySchema) -> Option<Self> {
        let Filter::Compare { attribute, operator: Operator::Equal, value } = term else { return None };
        if *value == Literal::Null || attribute.sub_attribute.is_some() {
            return None;
        }
        let is = |name: &str| attribute.name.eq_ignore_ascii_case(name);
        if is_extension(attribute) {
            let text = match value {
                Literal::Text(text) => Some(text.as_str()),
                _ => None,
            };
            if is(NAME) || is(READABLE_NAME) {
                return text.map(|text| Self::Name(ObjectName::new(text)));
            }
            let exposed = schema.attribute(&attribute.name)?;
            return Some(Self::query(exposed.attribute.as_str(), literal_value(exposed, value)));
        }
        match value {
            // Case counts in an identifier. What is none of ours identifies nothing.
            Literal::Text(text) if is("id") => Some(id::decode(text).map_or(Self::Nothing, Self::Anchor)),
            // Nothing keeps the identifiers that clients give, so that nothing has one.
            _ if is("externalId") => Some(Self::Nothing),
            _ if is("userName") => {
                let exposed = schema.user_name()?;
                Some(Self::query(exposed.attribute.as_str(), literal_value(exposed, value)))
            }
            _ => None,
        }
    }

    fn query(attribute: &str, value: Option<Value>) -> Self {
        value.map_or(Self::Nothing, |value| Self::Find(MatchQuery::new(attribute, value)))
    }
}

fn is_extension(path: &AttributePath) -> bool {
    path.urn.as_deref().is_some_and(|urn| urn.eq_ignore_ascii_case(EXTENSION_URN))
}

fn names_placeholder(filter: &Filter) -> bool {
    let is = |path: &AttributePath| {
        let urn = path.urn.as_deref();
        let known = urn.is_none_or(|urn| [EXTENSION_URN, USER_URN].iter().any(|ours| ours.eq_ignore_ascii_case(urn)));
        path.name.eq_ignore_ascii_case(PLACEHOLDER) && known
    };
    match filter {
        Filter::And(terms) | Filter::Or(terms) => terms.iter().any(names_placeholder),
        Filter::Not(inner) => names_placeholder(inner),
        Filter::Compare { attribute, .. } | Filter::Present(attribute) => is(attribute),
        _ => false,
    }
}
