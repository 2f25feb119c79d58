//! Every published definition of `data/schema-quirks.jsonl` is read as the file says, and printed so that it reads back.
#![cfg(test)]

use std::fmt::Debug;

use provost_ldap_types::schema::{
    AttributeTypeDefinition, DitContentRuleDefinition, DitStructureRuleDefinition, Extensions,
    IbmAttributeTypeDefinition, LdapSyntaxDefinition, MatchingRuleDefinition, MatchingRuleUseDefinition,
    NameFormDefinition, ObjectClassDefinition, SchemaDefinition,
};
use serde_json::{Map, Value, json};

const QUIRKS: &str = include_str!("data/schema-quirks.jsonl");

fn read<D: SchemaDefinition + Debug + PartialEq>(text: &str) -> D {
    let definition: D = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    let printed = definition.to_string();
    assert_eq!(printed.parse::<D>().unwrap(), definition, "{printed}");
    definition
}

fn extensions(extensions: &Extensions) -> Value {
    let members = extensions.iter().map(|(name, values)| (name.to_owned(), json!(values)));
    Value::Object(members.collect::<Map<_, _>>())
}

fn parsed(kind: &str, text: &str) -> Value {
    match kind {
        "attributeType" => {
            let read: AttributeTypeDefinition = read(text);
            json!({
                "oid": read.oid, "names": read.names, "desc": read.description, "sup": read.superior,
                "syntax": read.syntax, "syntax_length": read.syntax_length, "single_value": read.single_value,
                "equality": read.equality, "ordering": read.ordering, "substr": read.substrings,
                "usage": read.usage.name(), "no_user_modification": read.no_user_modification,
                "obsolete": read.obsolete, "collective": read.collective, "extensions": extensions(&read.extensions),
            })
        }
        "objectClass" => {
            let read: ObjectClassDefinition = read(text);
            json!({
                "oid": read.oid, "names": read.names, "desc": read.description, "sup": read.superiors,
                "must": read.must, "may": read.may, "kind": read.kind().keyword(),
                "kind_explicit": read.explicit_kind.is_some(), "obsolete": read.obsolete,
                "extensions": extensions(&read.extensions),
            })
        }
        "ldapSyntax" => {
            let read: LdapSyntaxDefinition = read(text);
            json!({
                "oid": read.oid, "names": read.names, "desc": read.description,
                "extensions": extensions(&read.extensions),
            })
        }
        "matchingRule" => {
            let read: MatchingRuleDefinition = read(text);
            json!({
                "oid": read.oid, "names": read.names, "desc": read.description, "obsolete": read.obsolete,
                "syntax": read.syntax, "extensions": extensions(&read.extensions),
            })
        }
        "matchingRuleUse" => {
            let read: MatchingRuleUseDefinition = read(text);
            json!({ "oid": read.oid, "names": read.names, "applies": read.applies })
        }
        "nameForm" => {
            let read: NameFormDefinition = read(text);
            json!({
                "oid": read.oid, "names": read.names, "oc": read.object_class, "must": read.must, "may": read.may,
                "extensions": extensions(&read.extensions),
            })
        }
        "dITContentRule" => {
            let read: DitContentRuleDefinition = read(text);
            json!({
                "oid": read.oid, "names": read.names, "aux": read.auxiliary, "must": read.must, "may": read.may,
                "not": read.not, "extensions": extensions(&read.extensions),
            })
        }
        "dITStructureRule" => {
            let read: DitStructureRuleDefinition = read(text);
            json!({
                "rule_id": read.rule_id, "names": read.names, "form": read.form, "sup": read.superiors,
                "extensions": extensions(&read.extensions),
            })
        }
        "ibmAttributeType" => {
            let read: IbmAttributeTypeDefinition = read(text);
            json!({
                "oid": read.oid, "dbname": read.database_names, "access_class": read.access_class,
                "length": read.length, "indexes": read.indexes,
            })
        }
        other => panic!("unknown kind {other}"),
    }
}

#[test]
fn every_published_definition_is_read_as_the_file_says() {
    let mut lines = 0;
    for line in QUIRKS.lines() {
        let quirk: Value = serde_json::from_str(line).unwrap();
        let text = quirk["definition"].as_str().unwrap();
        let found = parsed(quirk["kind"].as_str().unwrap(), text);
        for (member, expected) in quirk["parsed"].as_object().unwrap() {
            assert_eq!(&found[member], expected, "{member} of {text}");
        }
        lines += 1;
    }
    assert_eq!(lines, 227);
}
