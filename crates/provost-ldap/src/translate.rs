//! Turns entries into neutral objects and neutral values into octets. LDAP meets the neutral model only here.

use std::collections::HashMap;
use std::sync::Arc;

use provost_connector::Select;
use provost_ldap_types::matching::MatchingRule;
use provost_ldap_types::schema::Subschema;
use provost_ldap_types::{AttributeDescription, Dn};
use provost_ldap_wire::SearchResultEntry;
use provost_model::{
    Anchor, AnchorKind, AttributeName, Attributes, ConnectorObject, Mutability, ObjectName, ObjectType,
    ObjectTypeSchema, Value, ValueKind,
};

const OBJECT_CLASS: &str = "objectClass";

/// Knows the object type and translates by it.
#[derive(Debug)]
pub(crate) struct Translator {
    schema: ObjectTypeSchema,
    subschema: Option<Arc<Subschema>>,
    anchor: AnchorKind,
    known: HashMap<String, (AttributeName, ValueKind)>,
}

/// The attributes that a request asks for, and those of them that go into the object.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    shown: Vec<AttributeDescription>,
    requested: Vec<String>,
}

impl Wanted {
    /// Returns the names to send.
    pub(crate) fn requested(&self) -> &[String] {
        &self.requested
    }

    fn shows(&self, description: &AttributeDescription) -> bool {
        self.shown.iter().any(|wanted| wanted.covers(description))
    }
}

impl Translator {
    pub(crate) fn new(schema: ObjectTypeSchema, subschema: Option<Arc<Subschema>>, anchor: AnchorKind) -> Self {
        let known = schema
            .attributes
            .iter()
            .map(|attribute| (attribute.name.as_str().to_ascii_lowercase(), (attribute.name.clone(), attribute.kind)))
            .collect();
        Self { schema, subschema, anchor, known }
    }

    pub(crate) fn schema(&self) -> &ObjectTypeSchema {
        &self.schema
    }

    pub(crate) fn anchor_kind(&self) -> &AnchorKind {
        &self.anchor
    }

    /// Works out what to ask the server for. Attributes that are only written are never asked for.
    pub(crate) fn wanted(&self, select: &Select) -> Wanted {
        let readable = |name: &AttributeName| {
            self.schema.attribute(name.as_str()).is_none_or(|known| known.mutability != Mutability::WriteOnly)
        };
        let names: Vec<&AttributeName> = match select {
            Select::Only(names) => names.iter().filter(|name| readable(name)).collect(),
            _ => self.schema.attributes.iter().map(|attribute| &attribute.name).filter(|name| readable(name)).collect(),
        };
        let shown: Vec<AttributeDescription> = names.iter().filter_map(|name| name.as_str().parse().ok()).collect();
        let mut requested: Vec<String> = shown.iter().map(ToString::to_string).collect();
        let also = [OBJECT_CLASS, self.anchor.as_str()];
        for name in also.into_iter().filter(|name| !name.eq_ignore_ascii_case("dn")) {
            if !requested.iter().any(|held| held.eq_ignore_ascii_case(name)) {
                requested.push(name.to_owned());
            }
        }
        Wanted { shown, requested }
    }

    /// Makes an object of an entry.
    ///
    /// # Errors
    ///
    /// Why the entry cannot be understood, without values.
    pub(crate) fn object(&self, entry: &SearchResultEntry<'_>, wanted: &Wanted) -> Result<ConnectorObject, String> {
        let dn = entry_name(entry)?;
        let anchor = self.anchor_of(entry, &dn)?;
        let mut attributes = Attributes::new();
        for attribute in &entry.attributes {
            let description: AttributeDescription = attribute
                .description
                .as_str()
                .and_then(|text| text.parse().ok())
                .ok_or("an attribute of the entry has no name that can be read")?;
            if !wanted.shows(&description) || attribute.values.is_empty() {
                continue;
            }
            let (name, kind) = self.name_and_kind(&description);
            attributes.set(name, attribute.values.iter().map(|octets| value(kind, octets)));
        }
        let object = ConnectorObject::new(self.type_of(entry), attributes);
        Ok(object.with_anchor(anchor).with_name(ObjectName::from(dn.to_string())))
    }

    /// Returns the anchor of an entry.
    pub(crate) fn anchor_of(&self, entry: &SearchResultEntry<'_>, dn: &Dn) -> Result<Anchor, String> {
        if self.anchor.is_name() {
            return Ok(Anchor::new(self.anchor.clone(), dn.to_string()));
        }
        values(entry, self.anchor.as_str())
            .next()
            .map(|octets| Anchor::new(self.anchor.clone(), octets))
            .ok_or_else(|| format!("the entry shows no {}", self.anchor.as_str()))
    }

    /// Returns the values that the name gives to an entry.
    pub(crate) fn implied(&self, dn: &Dn) -> Attributes {
        let mut implied = Attributes::new();
        for part in dn.rdn().map(|rdn| rdn.attributes()).unwrap_or_default() {
            let known = self.known.values().find(|(name, _)| part.is_type(name.as_str())).cloned();
            let (name, kind) = known.unwrap_or_else(|| (AttributeName::new(part.attribute()), ValueKind::Text));
            implied.push(name, value(kind, part.value()));
        }
        implied
    }

    /// Tells whether two values of an attribute are the same by the rule of the schema.
    pub(crate) fn same_value(&self, attribute: &str, left: &[u8], right: &[u8]) -> bool {
        let rule = self
            .subschema
            .as_deref()
            .and_then(|subschema| subschema.attribute_type(attribute))
            .map_or(MatchingRule::CaseIgnore, |definition| definition.equality());
        rule.same(left, right)
    }

    fn name_and_kind(&self, description: &AttributeDescription) -> (AttributeName, ValueKind) {
        if let Some(known) = self.known.get(&description.as_str().to_ascii_lowercase()) {
            return known.clone();
        }
        let kind = self.known.get(&description.base().to_ascii_lowercase()).map_or(ValueKind::Text, |known| known.1);
        (AttributeName::new(description.as_str()), kind)
    }

    fn type_of(&self, entry: &SearchResultEntry<'_>) -> ObjectType {
        let own = self.schema.name.as_str().as_bytes();
        if values(entry, OBJECT_CLASS).any(|class| class.eq_ignore_ascii_case(own)) {
            return self.schema.name.clone();
        }
        // Servers list classes from the general to the special or the other way round; any but the root says something.
        values(entry, OBJECT_CLASS).filter(|class| !class.eq_ignore_ascii_case(b"top")).last().map_or_else(
            || ObjectType::new("unknown"),
            |class| ObjectType::from(String::from_utf8_lossy(class).into_owned()),
        )
    }
}

/// Reads the name of an entry.
pub(crate) fn entry_name(entry: &SearchResultEntry<'_>) -> Result<Dn, String> {
    entry
        .name
        .as_str()
        .ok_or_else(|| "the name of the entry is not UTF-8".to_owned())?
        .parse()
        .map_err(|error| format!("the name of the entry cannot be read: {error}"))
}

fn values<'e>(entry: &'e SearchResultEntry<'_>, name: &str) -> impl Iterator<Item = &'e [u8]> {
    entry
        .attributes
        .iter()
        .filter(move |attribute| attribute.description.eq_ignore_ascii_case(name.as_bytes()))
        .flat_map(|attribute| attribute.values.iter().map(AsRef::as_ref))
}

/// Makes a value of octets, so that the same octets come back from it. What does not fit its kind stays text or bytes.
pub(crate) fn value(kind: ValueKind, octets: &[u8]) -> Value {
    let text = std::str::from_utf8(octets);
    match (kind, text) {
        (ValueKind::Bytes, _) | (_, Err(_)) => Value::Bytes(octets.to_vec()),
        (ValueKind::Boolean, Ok("TRUE")) => Value::Boolean(true),
        (ValueKind::Boolean, Ok("FALSE")) => Value::Boolean(false),
        (ValueKind::Integer, Ok(text)) => match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Value::Integer(number),
            _ => Value::from(text),
        },
        (ValueKind::Reference, Ok(text)) => Value::Reference(text.to_owned()),
        (_, Ok(text)) => Value::from(text),
    }
}

/// Returns the octets that are sent for a value; instants as generalized time (RFC 4517 section 3.3.13).
pub(crate) fn octets(value: &Value) -> Vec<u8> {
    match value {
        Value::Timestamp(stamp) => {
            stamp.to_string().bytes().filter(|octet| !matches!(octet, b'-' | b':' | b'T')).collect()
        }
        other => other.octets().into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use provost_model::{Value, ValueKind};

    use super::{octets, value};

    const KINDS: [ValueKind; 6] = [
        ValueKind::Boolean,
        ValueKind::Bytes,
        ValueKind::Integer,
        ValueKind::Reference,
        ValueKind::Text,
        ValueKind::Timestamp,
    ];

    proptest! {
        #[test]
        fn octets_come_back_from_a_value_of_any_kind(raw in proptest::collection::vec(any::<u8>(), 0..12)) {
            for kind in KINDS {
                prop_assert_eq!(octets(&value(kind, &raw)), raw.clone());
            }
        }

        #[test]
        fn text_comes_back_from_a_value_of_any_kind(text in "(-?0{0,2}[0-9]{1,20}|TRUE|FALSE|true|\\PC{0,8})") {
            for kind in KINDS {
                prop_assert_eq!(octets(&value(kind, text.as_bytes())), text.as_bytes());
            }
        }
    }

    #[test]
    fn values_are_of_the_kind_that_keeps_their_octets() {
        for (kind, text, expected) in [
            (ValueKind::Boolean, "TRUE", Value::Boolean(true)),
            (ValueKind::Boolean, "true", Value::from("true")),
            (ValueKind::Integer, "-12", Value::Integer(-12)),
            (ValueKind::Integer, "012", Value::from("012")),
            (ValueKind::Integer, "99999999999999999999", Value::from("99999999999999999999")),
            (ValueKind::Reference, "cn=x", Value::Reference("cn=x".to_owned())),
            (ValueKind::Bytes, "abc", Value::Bytes(b"abc".to_vec())),
        ] {
            assert_eq!(value(kind, text.as_bytes()), expected);
        }
        assert_eq!(value(ValueKind::Text, &[0xff]), Value::Bytes(vec![0xff]));
    }

    #[test]
    fn rfc_4517_section_3_3_13_instants_are_sent_as_generalized_time() {
        let stamp = "2026-03-16T09:00:00.5+02:00".parse().unwrap();
        assert_eq!(octets(&Value::Timestamp(stamp)), b"20260316070000.5Z");
    }
}
