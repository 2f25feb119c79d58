//! `provost schema`, `dn`, `filter` and `inspect` over texts of real servers.
#![cfg(test)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use expect_test::{Expect, expect};
use serde_json::{Value as Json, json};

/// What a run of the program printed.
struct Printed {
    success: bool,
    out: String,
    err: String,
}

fn provost(arguments: &[&str], input: &[u8]) -> Printed {
    let mut child = Command::new(env!("CARGO_BIN_EXE_provost"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A program that reads nothing closes its end.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Printed {
        success: output.status.success(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn check(arguments: &[&str], expected: &Expect) {
    let printed = provost(arguments, b"");
    assert!(printed.success, "{}", printed.err);
    expected.assert_eq(&printed.out);
}

fn check_refusal(arguments: &[&str], expected: &Expect) {
    let printed = provost(arguments, b"");
    assert!(!printed.success && printed.out.is_empty(), "{}", printed.out);
    expected.assert_eq(&printed.err);
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/provost-ldap-types/tests/data")
}

fn definitions(kind: &str, lines: &[u8]) -> Vec<Json> {
    let printed = provost(&["schema", "--definitions", kind], lines);
    assert!(printed.success, "{}", printed.err);
    printed.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The members of directories.md section 5.2 that each kind has.
const MEMBERS: [(&str, &[&str]); 9] = [
    (
        "attributeType",
        &[
            "oid",
            "names",
            "desc",
            "sup",
            "syntax",
            "syntax_length",
            "single_value",
            "equality",
            "ordering",
            "substr",
            "usage",
            "no_user_modification",
            "obsolete",
            "collective",
            "extensions",
        ],
    ),
    ("objectClass", &["oid", "names", "desc", "sup", "must", "may", "kind", "kind_explicit", "obsolete", "extensions"]),
    ("ldapSyntax", &["oid", "names", "desc", "extensions"]),
    ("matchingRule", &["oid", "names", "desc", "syntax", "obsolete", "extensions"]),
    ("matchingRuleUse", &["oid", "names", "desc", "applies", "obsolete", "extensions"]),
    ("dITContentRule", &["oid", "names", "desc", "aux", "must", "may", "not", "obsolete", "extensions"]),
    ("nameForm", &["oid", "names", "desc", "oc", "must", "may", "obsolete", "extensions"]),
    ("dITStructureRule", &["rule_id", "names", "desc", "form", "sup", "obsolete", "extensions"]),
    ("ibmAttributeType", &["oid", "dbname", "access_class", "length", "indexes", "extensions"]),
];

#[test]
fn every_published_definition_has_the_members_of_its_kind() {
    let quirks = std::fs::read_to_string(data().join("schema-quirks.jsonl")).unwrap();
    let quirks: Vec<Json> = quirks.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut compared = 0;
    for (kind, members) in MEMBERS {
        let quirks: Vec<&Json> = quirks.iter().filter(|quirk| quirk["kind"] == kind).collect();
        let lines: Vec<String> = quirks.iter().map(|quirk| quirk["definition"].as_str().unwrap().to_owned()).collect();
        let found = definitions(kind, (lines.join("\n") + "\n").as_bytes());
        assert_eq!(found.len(), quirks.len(), "{kind}");
        for (quirk, found) in quirks.iter().zip(&found) {
            assert!(found.get("error").is_none(), "{found}");
            for (member, value) in quirk["parsed"].as_object().unwrap() {
                assert_eq!(&found[member], value, "{member} of {}", quirk["definition"]);
                compared += 1;
            }
            let mut names: Vec<&str> = found.as_object().unwrap().keys().map(String::as_str).collect();
            let mut expected = members.to_vec();
            names.sort_unstable();
            expected.sort_unstable();
            assert_eq!(names, expected, "{kind}");
        }
    }
    assert!(compared > 2000, "{compared}");
}

#[test]
fn each_line_gives_one_object_whatever_it_holds() {
    let found = definitions("attributeType", b"( 1.1 NAME 'a' )\r\n\n  \nNAME\n\xff\n( 1.2 DESC 'it )\n( 1.3 )");
    let errors: Vec<bool> = found.iter().map(|object| object.get("error").is_some()).collect();
    assert_eq!(errors, [false, true, true, true, true, true, false]);
    assert_eq!(found[0]["names"], json!(["a"]));
    assert_eq!(found[5]["error"]["span"], json!([11, 16]));
    for object in found.iter().filter_map(|object| object.get("error")) {
        assert!(object["message"].as_str().unwrap().contains("expected") || object["code"] == "schema-open-quote");
    }
    assert!(definitions("objectClass", b"").is_empty());
}

const SUBSCHEMA: &str = "dn: cn=schema
attributeTypes: ( 2.5.4.0 NAME 'objectClass' SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )
attributeTypes: ( 2.5.4.3 NAME ( 'cn' 'commonName' ) SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributeTypes: ( 2.5.4.4 NAME 'sn' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{64} )
attributeTypes: ( 1.1 NAME 'number' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
objectClasses: ( 2.5.6.0 NAME 'top' ABSTRACT MUST objectClass )
objectClasses: ( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ commonName ) MAY photo )
objectClasses: ( 2.2 NAME 'numbered' SUP top AUXILIARY MUST number )
objectClasses: ( 2.3 NAME 'broken' SUP
";

#[test]
fn what_an_entry_of_some_classes_needs_and_may_hold() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.ldif");
    std::fs::write(&path, SUBSCHEMA).unwrap();
    let path = path.to_str().unwrap();
    check(
        &["schema", "--subschema", path, "--class", "PERSON", "--class", "numbered"],
        &expect![[r#"
        person (structural)
          must sn                                       Directory String
          must cn                                       Directory String
          may  photo                                    not defined in this schema
        top (abstract)
          must objectClass                              OID
        numbered (auxiliary)
          must number                                   INTEGER, one value
    "#]],
    );
    check(
        &["schema", "--subschema", path],
        &expect![[r#"
            4 attribute types, 3 object classes
            warning[schema-unexpected]: this definition cannot be read: expected a name or `(`
             --> objectClasses:1:24
              |
            1 | ( 2.3 NAME 'broken' SUP
              |                        ^
        "#]],
    );
    check_refusal(
        &["schema", "--subschema", path, "--class", "ghost"],
        &expect![[r#"
        provost: the schema has no object class `ghost`
    "#]],
    );

    let printed = provost(&["schema", "--subschema", path, "--class", "person", "--json"], b"");
    let found: Json = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(found["structural"], json!(["person"]));
    let names = |list: &str| -> Vec<String> {
        found[list].as_array().unwrap().iter().map(|item| item["attribute"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("must"), ["objectClass", "sn", "cn"]);
    assert_eq!(names("may"), ["photo"]);
    assert_eq!((&found["must"][1]["syntax_length"], &found["may"][0]["defined"]), (&json!(64), &json!(false)));
    let printed = provost(&["schema", "--subschema", path, "--json"], b"");
    let found: Json = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(found["counts"]["object_classes"], 3);
    assert_eq!(found["unreadable"][0]["text"], "( 2.3 NAME 'broken' SUP");
}

#[test]
fn names_are_taken_apart() {
    check(
        &["dn", r"CN=Simon\2C Britta+uid=b\ff,OU=#0403616263"],
        &expect![[r#"
        {
          "dn": "CN=Simon\\, Britta+uid=b\\FF,OU=#0403616263",
          "normalized": "cn=simon\\, britta+uid=b\\FF,ou=abc",
          "rdns": [
            [
              {
                "attribute": "CN",
                "value": "Simon, Britta"
              },
              {
                "attribute": "uid",
                "value": {
                  "base64": "Yv8="
                }
              }
            ],
            [
              {
                "attribute": "OU",
                "value": "abc"
              }
            ]
          ]
        }
    "#]],
    );
    check(
        &["dn", ""],
        &expect![[r#"
        {
          "dn": "",
          "normalized": "",
          "rdns": []
        }
    "#]],
    );
}

#[test]
fn wrong_names_are_drawn() {
    for (text, expected) in [
        (
            "ou=Zürich,dc",
            expect![[r#"
                error[dn-expected-equals]: expected `=` after the attribute type
                 --> name:1:13
                  |
                1 | ou=Zürich,dc
                  |             ^
            "#]],
        ),
        (
            "ou=Zürich,dc=a\"b",
            expect![[r#"
                error[dn-unescaped]: expected a value without quotation marks: `"` is written as `\"` and `,` as `\,`
                 --> name:1:15
                  |
                1 | ou=Zürich,dc=a"b
                  |               ^
            "#]],
        ),
        (
            "cn=a,,dc=b",
            expect![[r#"
                error[dn-expected-type]: expected an attribute type such as `cn`
                 --> name:1:6
                  |
                1 | cn=a,,dc=b
                  |      ^
            "#]],
        ),
        (
            r"cn=a\zb",
            expect![[r#"
                error[dn-bad-escape]: expected a special character or two hexadecimal digits after `\`
                 --> name:1:5
                  |
                1 | cn=a\zb
                  |     ^^
            "#]],
        ),
        (
            "cn=#04GG",
            expect![[r#"
                error[dn-bad-hex-value]: expected pairs of hexadecimal digits after `#`
                 --> name:1:7
                  |
                1 | cn=#04GG
                  |       ^
            "#]],
        ),
        (
            "cn=a+cn=b",
            expect![[r#"
                error[dn-repeated-type]: expected an attribute type that the component does not have yet
                 --> name:1:6
                  |
                1 | cn=a+cn=b
                  |      ^^
            "#]],
        ),
    ] {
        check_refusal(&["dn", text], &expected);
    }
}

#[test]
fn filters_are_taken_apart() {
    check(
        &["filter", r"(&(cn=Simon*b\2a*)(|(uid>=1)(age<=\ff))(!(sn=*))(ou:dn:2.5.13.5:=x)(mail~=y))"],
        &expect![[r#"
            {
              "filter": "(&(cn=Simon*b\\2a*)(|(uid>=1)(age<=\\ff))(!(sn=*))(ou:dn:2.5.13.5:=x)(mail~=y))",
              "parsed": {
                "and": [
                  {
                    "substrings": {
                      "any": [
                        "b*"
                      ],
                      "attribute": "cn",
                      "initial": "Simon",
                      "last": null
                    }
                  },
                  {
                    "or": [
                      {
                        "greater_or_equal": {
                          "attribute": "uid",
                          "value": "1"
                        }
                      },
                      {
                        "less_or_equal": {
                          "attribute": "age",
                          "value": {
                            "base64": "/w=="
                          }
                        }
                      }
                    ]
                  },
                  {
                    "not": {
                      "present": {
                        "attribute": "sn"
                      }
                    }
                  },
                  {
                    "extensible": {
                      "attribute": "ou",
                      "dn_attributes": true,
                      "rule": "2.5.13.5",
                      "value": "x"
                    }
                  },
                  {
                    "approx": {
                      "attribute": "mail",
                      "value": "y"
                    }
                  }
                ]
              }
            }
        "#]],
    );
}

#[test]
fn wrong_filters_are_drawn() {
    for (text, expected) in [
        (
            "(ou=Zürich)(cn=a)",
            expect![[r#"
                error[filter-expected-end]: expected the end: several filters are joined as in `(&(cn=a)(sn=b))`
                 --> filter:1:12
                  |
                1 | (ou=Zürich)(cn=a)
                  |            ^^^^^^
            "#]],
        ),
        (
            "(&(ou=Zürich)(cn=a)",
            expect![[r#"
                error[filter-expected-open-or-close]: expected `(` or `)`
                 --> filter:1:20
                  |
                1 | (&(ou=Zürich)(cn=a)
                  |                    ^
            "#]],
        ),
        (
            "(cn",
            expect![[r#"
                error[filter-expected-operator]: expected `=`, `>=`, `<=`, `~=` or `:=` after the attribute type
                 --> filter:1:4
                  |
                1 | (cn
                  |    ^
            "#]],
        ),
        (
            r"(cn=a\2)",
            expect![[r#"
                error[filter-bad-escape]: expected two hexadecimal digits after `\`
                 --> filter:1:6
                  |
                1 | (cn=a\2)
                  |      ^^
            "#]],
        ),
        (
            "(cn>5)",
            expect![[r#"
                error[filter-expected-operator]: expected `=`, `>=`, `<=`, `~=` or `:=` after the attribute type
                 --> filter:1:4
                  |
                1 | (cn>5)
                  |    ^
            "#]],
        ),
        (
            "",
            expect![[r#"
                error[filter-expected-open]: expected `(`
                 --> filter:1:1
                  |
                1 |
                  | ^
            "#]],
        ),
        (
            "(!(a=b)(c=d))",
            expect![[r#"
                error[filter-expected-close]: expected `)`
                 --> filter:1:8
                  |
                1 | (!(a=b)(c=d))
                  |        ^
            "#]],
        ),
    ] {
        check_refusal(&["filter", text], &expected);
    }
}

#[test]
fn every_published_root_dse_is_recognised_and_says_why() {
    let mut seen = 0;
    for file in std::fs::read_dir(data().join("rootdse")).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let header = |name: &str| text.lines().find_map(|line| line.strip_prefix(&format!("# {name}: ")));
        let path = path.to_str().unwrap();
        let mut arguments = vec!["inspect", "--root-dse", path];
        arguments.extend(header("port").into_iter().flat_map(|port| ["--port", port]));
        let table = provost(&arguments, b"");
        assert!(table.success, "{path}: {}", table.err);
        assert!(table.out.lines().all(|line| line.chars().count() <= 100), "{path}:\n{}", table.out);
        assert!(table.out.starts_with("evidence"), "{path}:\n{}", table.out);
        arguments.push("--json");
        let printed = provost(&arguments, b"");
        let found: Json = serde_json::from_str(&printed.out).unwrap();
        let label = found["server"]["label"].as_str().unwrap();
        let accepted = ["expected", "also-accept"].into_iter().filter_map(header).flat_map(|list| list.split(", "));
        assert!(accepted.into_iter().any(|accepted| accepted == label), "{path}: {label}");
        let evidence = found["server"]["evidence"].as_array().unwrap();
        assert!(label == "unknown" || !evidence.is_empty(), "{path}");
        let told = ["anchor", "delta", "password", "disable", "rename", "size_limit", "quirks"];
        assert!(told.iter().all(|member| found.get(member).is_some()), "{path}: {found}");
        seen += 1;
    }
    assert_eq!(seen, 109);
}
