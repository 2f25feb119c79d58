use expect_test::{Expect, expect};

use super::Schema;

fn schema() -> std::sync::Arc<Schema> {
    Schema::load(&[]).unwrap()
}

/// Shows what a class asks for, inherited attributes included.
fn check_class(name: &str, expected: Expect) {
    let schema = schema();
    let class = schema.class(schema.find_class(name).unwrap());
    let names = |ids: &[super::TypeId]| {
        let names: Vec<&str> = ids.iter().map(|id| schema.attribute_type(*id).name.as_ref()).collect();
        names.join(" ")
    };
    let superiors: Vec<&str> = class.superiors.iter().map(|id| schema.class(*id).name.as_ref()).collect();
    expected.assert_eq(&format!(
        "{:?} {superiors:?} must {} may {}",
        class.kind,
        names(&class.must),
        names(&class.may)
    ));
}

#[test]
fn rfc_2798_inet_org_person() {
    check_class(
        "inetorgperson",
        expect![[
            r#"Structural ["organizationalPerson", "person", "top"] must sn cn objectClass may audio businessCategory carLicense departmentNumber displayName employeeNumber employeeType givenName homePhone homePostalAddress initials jpegPhoto labeledURI mail manager mobile o pager photo roomNumber secretary uid userCertificate x500UniqueIdentifier preferredLanguage userSMIMECertificate userPKCS12 title x121Address registeredAddress destinationIndicator preferredDeliveryMethod telexNumber teletexTerminalIdentifier telephoneNumber internationalISDNNumber facsimileTelephoneNumber street postOfficeBox postalCode postalAddress physicalDeliveryOfficeName ou st l userPassword telephoneNumber seeAlso description"#
        ]],
    );
}

#[test]
fn rfc_2307_accounts_and_groups() {
    check_class(
        "posixAccount",
        expect![[
            r#"Auxiliary ["top"] must cn uid uidNumber gidNumber homeDirectory objectClass may userPassword loginShell gecos description"#
        ]],
    );
    check_class(
        "1.3.6.1.1.1.2.1",
        expect![[
            r#"Auxiliary ["top"] must uid objectClass may userPassword shadowLastChange shadowMin shadowMax shadowWarning shadowInactive shadowExpire shadowFlag description"#
        ]],
    );
    check_class(
        "posixGroup",
        expect![[r#"Structural ["top"] must cn gidNumber objectClass may userPassword memberUid description"#]],
    );
}

#[test]
fn rfc_4519_names_of_one_type_are_one_type() {
    let schema = schema();
    for names in
        [["cn", "commonName", "2.5.4.3"], ["sn", "SURNAME", "2.5.4.4"], ["uid", "userid", "0.9.2342.19200300.100.1.1"]]
    {
        let ids = names.map(|name| schema.find_type(name).unwrap());
        assert!(ids.iter().all(|id| *id == ids[0]), "{names:?}");
    }
}

#[test]
fn inherited_rules_and_syntax() {
    let schema = schema();
    let cn = schema.attribute_type(schema.find_type("cn").unwrap());
    assert_eq!(cn.equality.unwrap().name(), "caseIgnoreMatch");
    assert_eq!(cn.substrings.unwrap().name(), "caseIgnoreSubstringsMatch");
    assert_eq!(cn.ordering, None);
    assert_eq!(cn.syntax, "1.3.6.1.4.1.1466.115.121.1.15");
}

#[test]
fn every_type_has_a_syntax_and_every_rule_that_is_used_is_published_or_of_the_vendor() {
    let schema = schema();
    let published = |attribute: &str, name: &str| {
        let holds = |value: &Vec<u8>| String::from_utf8_lossy(value).to_lowercase().contains(&name.to_lowercase());
        schema.subentry().values(attribute).iter().any(holds)
    };
    for kept in &schema.types {
        for rule in [kept.equality, kept.ordering, kept.substrings].into_iter().flatten() {
            let name = rule.name();
            assert!(published("matchingRules", &format!("'{name}'")) || name.starts_with("CSN"), "{name}");
        }
        assert!(published("ldapSyntaxes", &kept.syntax) || kept.name.ends_with("CSN"), "{}", kept.syntax);
    }
}

#[test]
fn names_compare_by_the_rules_of_the_schema() {
    let schema = schema();
    let key = |name: &str| schema.resolve_name(name.as_bytes()).unwrap().key();
    assert_eq!(key("CN=Britta  Simon,DC=Lab"), key("2.5.4.3=britta simon,dc=lab"));
    assert_eq!(key("cn=a+sn=b,dc=lab"), key("surname=B+CN=A,dc=lab"));
    assert_ne!(key("cn=a,cn=b"), key("cn=b,cn=a"));
    assert!(key("cn=a,dc=lab").starts_with(&key("dc=lab")));
    for nonsense in ["frob=1", "c=XYZ,dc=lab", "uidNumber=abc", "cn=a+cn=b", "cn"] {
        assert!(schema.resolve_name(nonsense.as_bytes()).is_err(), "{nonsense}");
    }
    let name = schema.resolve_name(br"CN=Simon\2C Britta+2.5.4.4=x,DC=Lab").unwrap();
    assert_eq!(name.text(), r"cn=Simon\, Britta+sn=x,dc=Lab");
}

#[test]
fn values_are_judged_by_syntax() {
    let schema = schema();
    let valid = |name: &str, value: &str| schema.is_valid(&schema.describe(name.as_bytes()).unwrap(), value.as_bytes());
    for (name, value) in [
        ("uidNumber", "0"),
        ("uidNumber", "-7"),
        ("telephoneNumber", "+49 (89) 123-456"),
        ("preferredDeliveryMethod", "mhs $ telephone"),
        ("manager", "CN=a,dc=lab"),
        ("objectClass", "2.5.6.6"),
        ("mail", "a@b"),
    ] {
        assert!(valid(name, value), "{name} {value}");
    }
    for (name, value) in [
        ("uidNumber", ""),
        ("uidNumber", "007"),
        ("uidNumber", "-0"),
        ("telephoneNumber", "a_b"),
        ("telephoneNumber", "  "),
        ("preferredDeliveryMethod", "pigeon"),
        ("manager", "frob=a"),
        ("objectClass", "frob"),
        ("mail", "ä@b"),
        ("cn", ""),
        ("c", "DEU"),
    ] {
        assert!(!valid(name, value), "{name} {value}");
    }
}

#[test]
fn additional_definitions() {
    let load = |text: &str| Schema::load(&[format!("dn: cn=Subschema\n{text}")]);
    let schema = load(
        "attributeTypes: ( 1.1.1 NAME 'badge' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )\n\
         objectClasses: ( 1.1.2 NAME 'badgeHolder' AUXILIARY MUST badge )\n",
    );
    assert!(schema.unwrap().find_class("badgeHolder").is_some());
    let check = |text: &str, expected: Expect| expected.assert_eq(&load(text).unwrap_err().to_string());
    check(
        "objectClasses: ( 1.1.2 NAME 'x' MUST frob )\n",
        expect!["the schema definition x cannot be used: the attribute type frob is not defined"],
    );
    check(
        "objectClasses: ( 1.1.2 NAME 'person' )\n",
        expect!["the schema definition person cannot be used: the name is defined twice"],
    );
    check(
        "attributeTypes: ( 1.1.1 NAME 'x' SUP x )\n",
        expect!["the schema definition x cannot be used: it inherits from itself"],
    );
    check("attributeTypes: ( 1.1.1 NAME 'x' )\n", expect!["the schema definition x cannot be used: expected a syntax"]);
    check(
        "attributeTypes: ( 1.1.1 NAME 'x' EQUALITY frobMatch SYNTAX 1.1 )\n",
        expect!["the schema definition x cannot be used: the matching rule frobMatch is not defined"],
    );
    check("attributeTypes: 1.1.1\n", expect!["the schema definition 1.1.1 cannot be used: expected `(`"]);
}
