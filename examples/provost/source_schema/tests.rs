use std::io::Write as _;

use provost_expr::{Dialect, Limits, parse_as};
use provost_model::{AttributeSchema, ObjectSchema, ObjectTypeSchema, ValueKind};
use serde_json::json;

use super::{SourceSchema, without_filters};

fn read(text: &str) -> Result<SourceSchema, String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let name = file.path().display().to_string();
    SourceSchema::read(file.path()).map_err(|failure| failure.to_string().replace(&name, "FILE"))
}

/// The attributes that an expression reads and the schema does not have, with the help for each.
fn unknown(schema: &SourceSchema, expression: &str) -> Vec<String> {
    let expression = parse_as(expression, Dialect::Entra, &Limits::default()).unwrap();
    let found = schema.check(&expression, std::iter::empty());
    found.iter().map(|found| format!("{found}; {}", found.help().unwrap_or("no help"))).collect()
}

fn described(schema: &SourceSchema) -> Vec<String> {
    let word = |flag: Option<bool>| flag.map_or("?", |flag| if flag { "several" } else { "one" });
    schema
        .attributes()
        .map(|(name, found)| format!("{name} {} {}", found.kind.as_deref().unwrap_or("?"), word(found.multi_valued)))
        .collect()
}

#[test]
fn an_array_holds_names_or_descriptions() {
    let schema = read(r#"["mail", {"name": "groups", "type": "string", "multiValued": true}]"#).unwrap();
    assert_eq!(described(&schema), ["groups string several", "mail ? ?"]);
    assert_eq!(
        unknown(&schema, "Join(\"\", [Mail], [mial], [groups], [other])"),
        [
            "the source has no attribute `Mail`; names are case-sensitive: write `mail`",
            "the source has no attribute `mial`; did you mean `mail`?",
            "the source has no attribute `other`; no help",
        ]
    );
}

#[test]
fn what_the_neutral_model_writes_is_read() {
    let mut mail = AttributeSchema::new("mail", ValueKind::Text);
    mail.multi_valued = true;
    let user = ObjectTypeSchema::new("user", vec![mail, AttributeSchema::new("age", ValueKind::Integer)]);
    let expected = ["age integer one", "mail text several"];
    let text = serde_json::to_string(&user).unwrap();
    assert_eq!(described(&read(&text).unwrap()), expected);
    let text = serde_json::to_string(&ObjectSchema::new(vec![user])).unwrap();
    assert_eq!(described(&read(&text).unwrap()), expected);
}

#[test]
fn schemas_of_scim_have_paths_and_names_with_their_urn() {
    let documents = [provost_scim::user(), provost_scim::enterprise_user()];
    let documents = documents.iter().map(|schema| serde_json::to_value(schema.document("https://h")).unwrap());
    let resources: Vec<_> = documents.collect();
    let list = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "Resources": resources });
    let schema = read(&list.to_string()).unwrap();
    let extension = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let known = format!(
        "Join(\"\", [userName], [name.givenName], [emails[type eq \"work\"].value], [emails.value], \
         [{extension}:department], [department], [meta.created], [id])"
    );
    assert_eq!(unknown(&schema, &known), Vec::<String>::new());
    assert_eq!(
        unknown(&schema, "Join(\"\", [username], [name.givenname], [emails[type eq \"work\"].valu])"),
        [
            "the source has no attribute `username`; names are case-sensitive: write `userName`",
            "the source has no attribute `name.givenname`; names are case-sensitive: write `name.givenName`",
            "the source has no attribute `emails[type eq \"work\"].valu`; no help",
        ]
    );
    let alone = read(&resources.first().unwrap().to_string()).unwrap();
    assert_eq!(unknown(&alone, "Trim([department])").len(), 1);
    let array = read(&json!(resources).to_string()).unwrap();
    assert_eq!(array, schema);
}

#[test]
fn the_subschema_of_a_server_has_every_name_of_an_attribute() {
    let text = "dn: cn=Subschema\nattributeTypes: ( 2.5.4.4 NAME ( 'sn' 'surname' ) SYNTAX \
                1.3.6.1.4.1.1466.115.121.1.15 )\nattributeTypes: ( 1.2 NAME 'employeeNumber' SUP sn SINGLE-VALUE )\n\
                attributeTypes: ( 2.3 NAME\n";
    let schema = read(text).unwrap();
    let kind = "Directory String";
    assert_eq!(
        described(&schema),
        [format!("employeeNumber {kind} one"), format!("sn {kind} several"), format!("surname {kind} several")]
    );
    assert_eq!(schema.unreadable.len(), 1);
    assert_eq!(
        unknown(&schema, "Trim([SN])"),
        ["the source has no attribute `SN`; names are case-sensitive: write `sn`"]
    );
}

#[test]
fn what_is_no_schema_is_refused_with_its_place() {
    for (text, expected) in [
        ("[\"a\",\n 1 2]", "FILE:2:4: expected `,` or `]`"),
        ("{\"attributes\": [", "FILE:1:16: the file ends before its JSON does"),
        ("[\"a\", 7]", "FILE: [1]: expected a name, or an object with `name`, found a number"),
        ("[[\"a\"]]", "FILE: [0]: expected a name, or an object with `name`, found an array"),
        ("{\"attributes\": {}}", "FILE: attributes: expected an array, found an object"),
        ("{\"attributes\": [{\"type\": \"string\"}]}", "FILE: attributes[0].name: expected the name of an attribute"),
        (
            "{\"Resources\": [{\"attributes\": [{\"name\": \"a\", \"multiValued\": \"yes\"}]}]}",
            "FILE: Resources[0].attributes[0].multiValued: expected true or false, found a text",
        ),
        (
            "{\"Resources\": [{\"userName\": \"a\"}]}",
            "FILE: Resources[0]: expected an object with `attributes`, found an object",
        ),
        ("[]", "FILE: describes no attribute"),
        ("{\"mail\": \"a\"}", "FILE: expected a JSON array of names, or an object with `attributes`"),
        ("hello", "FILE: is neither JSON nor LDIF: "),
        ("", "FILE: is neither JSON nor LDIF: "),
        ("dn: cn=x\nobjectClass person\n", "in line 2"),
        ("dn: cn=x\nobjectClass: person\n", "FILE: describes no attribute"),
    ] {
        let message = read(text).unwrap_err();
        assert!(message.contains(expected), "{text}: {message}");
    }
    let deep = format!("{}{{}}{}", "[{\"name\":\"a\",\"subAttributes\":".repeat(40), "]}]".repeat(40));
    assert!(read(&deep).is_err());
    assert!(read(&"[".repeat(100_000)).unwrap_err().contains("recursion limit"));
}

#[test]
fn a_filter_in_a_path_says_nothing_of_the_name() {
    assert_eq!(without_filters("emails[type eq \"wo]rk\"].value"), "emails.value");
    assert_eq!(without_filters("a[b[c]]d"), "ad");
    assert_eq!(without_filters("a]b"), "a]b");
}
