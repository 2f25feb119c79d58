//! The feature `serde`: texts for what has a text form, members for schema definitions and fingerprints.

use std::collections::BTreeSet;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use crate::fingerprint::{Confidence, Evidence, Fingerprint, ServerLabel};
use crate::schema::{
    AttributeTypeDefinition, AttributeUsage, DitContentRuleDefinition, DitStructureRuleDefinition, Extensions,
    IbmAttributeTypeDefinition, LdapSyntaxDefinition, MatchingRuleDefinition, MatchingRuleUseDefinition,
    NameFormDefinition, ObjectClassDefinition, ObjectClassKind, SchemaCounts,
};
use crate::{AttributeDescription, Dn, Filter, GeneralizedTime, LdapUrl, Rdn};

/// Writes a type as its text form.
macro_rules! written_as_text {
    ($($type:ty),+) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )+};
}

/// Reads a type from its text form.
macro_rules! read_from_text {
    ($($type:ty),+) => {$(
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )+};
}

/// Writes a struct by members whose names are those of the standards and not of the fields.
macro_rules! members {
    ($($type:ident { $($name:literal: $field:ident),+ })+) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut members = serializer.serialize_struct(stringify!($type), [$($name),+].len())?;
                $(members.serialize_field($name, &self.$field)?;)+
                members.end()
            }
        }
    )+};
}

written_as_text!(
    AttributeDescription,
    AttributeUsage,
    Dn,
    Filter,
    GeneralizedTime,
    LdapUrl,
    ObjectClassKind,
    Rdn,
    ServerLabel
);
read_from_text!(AttributeDescription, Dn, Filter, GeneralizedTime, LdapUrl, Rdn, ServerLabel);

members! {
    AttributeTypeDefinition {
        "oid": oid, "names": names, "desc": description, "obsolete": obsolete, "sup": superior, "equality": equality,
        "ordering": ordering, "substr": substrings, "syntax": syntax, "syntax_length": syntax_length,
        "single_value": single_value, "collective": collective, "no_user_modification": no_user_modification,
        "usage": usage, "extensions": extensions
    }
    LdapSyntaxDefinition { "oid": oid, "names": names, "desc": description, "extensions": extensions }
    MatchingRuleDefinition {
        "oid": oid, "names": names, "desc": description, "obsolete": obsolete, "syntax": syntax,
        "extensions": extensions
    }
    MatchingRuleUseDefinition {
        "oid": oid, "names": names, "desc": description, "obsolete": obsolete, "applies": applies,
        "extensions": extensions
    }
    DitContentRuleDefinition {
        "oid": oid, "names": names, "desc": description, "obsolete": obsolete, "aux": auxiliary, "must": must,
        "may": may, "not": not, "extensions": extensions
    }
    NameFormDefinition {
        "oid": oid, "names": names, "desc": description, "obsolete": obsolete, "oc": object_class, "must": must,
        "may": may, "extensions": extensions
    }
    DitStructureRuleDefinition {
        "rule_id": rule_id, "names": names, "desc": description, "obsolete": obsolete, "form": form,
        "sup": superiors, "extensions": extensions
    }
    IbmAttributeTypeDefinition {
        "oid": oid, "dbname": database_names, "access_class": access_class, "length": length, "indexes": indexes,
        "extensions": extensions
    }
    SchemaCounts {
        "attribute_types": attribute_types, "object_classes": object_classes, "syntaxes": syntaxes,
        "matching_rules": matching_rules, "matching_rule_uses": matching_rule_uses, "content_rules": content_rules,
        "name_forms": name_forms, "structure_rules": structure_rules, "ibm_attribute_types": ibm_attribute_types,
        "unreadable": unreadable
    }
    Evidence { "rule": rule, "text": text, "label": label, "weight": weight }
    Fingerprint {
        "label": label, "version": version, "confidence": confidence, "evidence": evidence, "relative": relative
    }
}

impl Serialize for ObjectClassDefinition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("ObjectClassDefinition", 10)?;
        members.serialize_field("oid", &self.oid)?;
        members.serialize_field("names", &self.names)?;
        members.serialize_field("desc", &self.description)?;
        members.serialize_field("obsolete", &self.obsolete)?;
        members.serialize_field("sup", &self.superiors)?;
        members.serialize_field("kind", &self.kind())?;
        members.serialize_field("kind_explicit", &self.explicit_kind.is_some())?;
        members.serialize_field("must", &self.must)?;
        members.serialize_field("may", &self.may)?;
        members.serialize_field("extensions", &self.extensions)?;
        members.end()
    }
}

impl Serialize for Extensions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut written = BTreeSet::new();
        let mut members = serializer.serialize_map(None)?;
        // A keyword that stands twice is written once: a reader of JSON takes the last, `Extensions::get` the first.
        for (keyword, values) in self.iter().filter(|(keyword, _)| written.insert(keyword.to_ascii_lowercase())) {
            members.serialize_entry(keyword, values)?;
        }
        members.end()
    }
}

impl Serialize for Confidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde::Serialize;

    use crate::schema::{AttributeTypeDefinition, ObjectClassDefinition};
    use crate::{Dn, Filter};

    fn check<T: Serialize>(value: &T, expected: &Expect) {
        expected.assert_eq(&serde_json::to_string(value).unwrap());
    }

    #[test]
    fn what_has_a_text_form_is_a_text() {
        let dn: Dn = r"cn=Simon\2c Britta,dc=lab".parse().unwrap();
        check(&dn, &expect![[r#""cn=Simon\\, Britta,dc=lab""#]]);
        assert_eq!(serde_json::from_str::<Dn>(r#""CN=simon\\, britta,dc=lab""#).unwrap(), dn);
        assert_eq!(serde_json::from_str::<Filter>(r#""(cn=\\2a)""#).unwrap(), Filter::equals("cn", "*").unwrap());
        let error = serde_json::from_str::<Filter>(r#""(cn""#).unwrap_err();
        assert!(error.to_string().contains("expected"), "{error}");
    }

    #[test]
    fn a_definition_has_all_members_of_its_kind() {
        check(
            &"( 1.1 NAME 'a' X-B 'c' x-b 'd' )".parse::<AttributeTypeDefinition>().unwrap(),
            &expect![[
                r#"{"oid":"1.1","names":["a"],"desc":null,"obsolete":false,"sup":null,"equality":null,"ordering":null,"substr":null,"syntax":null,"syntax_length":null,"single_value":false,"collective":false,"no_user_modification":false,"usage":"userApplications","extensions":{"X-B":["c"]}}"#
            ]],
        );
        check(
            &"( 1.1 MUST cn )".parse::<ObjectClassDefinition>().unwrap(),
            &expect![[
                r#"{"oid":"1.1","names":[],"desc":null,"obsolete":false,"sup":[],"kind":"STRUCTURAL","kind_explicit":false,"must":["cn"],"may":[],"extensions":{}}"#
            ]],
        );
    }
}
