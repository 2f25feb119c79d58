use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::words::Words;
use super::{
    AttributeTypeDefinition, DitStructureRuleDefinition, IbmAttributeTypeDefinition, LdapSyntaxDefinition,
    ObjectClassDefinition, SchemaDefinition, Subschema, Syntax,
};
use crate::matching::MatchingRule;
use crate::{Attribute, Entry, Filter, Truth};

fn check<D: SchemaDefinition>(source: &str, expected: &Expect) {
    let shown = match source.parse::<D>() {
        Ok(definition) => definition.to_string(),
        Err(error) => format!("{}: {error} ({})", error.code(), error.span()),
    };
    expected.assert_eq(&shown);
}

fn attribute_type(source: &str, expected: &Expect) {
    check::<AttributeTypeDefinition>(source, expected);
}

fn object_class(source: &str, expected: &Expect) {
    check::<ObjectClassDefinition>(source, expected);
}

#[test]
fn rfc_4512_4_1_2_prints_all_elements_in_order() {
    attribute_type(
        "( 1.2.3 X-A 'x' USAGE dSAOperation NO-USER-MODIFICATION COLLECTIVE SINGLE-VALUE SYNTAX 1.2{64} SUBSTR s \
         ORDERING o EQUALITY e SUP name OBSOLETE DESC 'it\\27s' NAME ( 'a' 'b' ) )",
        &expect![
            "( 1.2.3 NAME ( 'a' 'b' ) DESC 'it\\27s' OBSOLETE SUP name EQUALITY e ORDERING o SUBSTR s SYNTAX 1.2{64} SINGLE-VALUE COLLECTIVE NO-USER-MODIFICATION USAGE dSAOperation X-A 'x' )"
        ],
    );
}

#[test]
fn a_syntax_may_stand_in_quotes_or_be_a_word() {
    attribute_type("( 1.2 SYNTAX '1.2.3{5}' )", &expect!["( 1.2 SYNTAX 1.2.3{5} )"]);
    attribute_type("( 1.2 SYNTAX 'OctetString' )", &expect!["( 1.2 SYNTAX OctetString )"]);
    attribute_type("( 1.2 SYNTAX 1.2.3 {5} )", &expect!["( 1.2 SYNTAX 1.2.3{5} )"]);
}

#[test]
fn blanks_around_parentheses_and_dollars_may_be_left_away() {
    object_class("(1.2 MUST(a$b)MAY (c )X-A('x''y'))", &expect!["( 1.2 MUST ( a $ b ) MAY c X-A ( 'x' 'y' ) )"]);
    object_class("(\t1.2\r\n   MUST a  )  ", &expect!["( 1.2 MUST a )"]);
}

#[test]
fn keywords_have_any_letter_case_and_order() {
    object_class("( 1.2 may b auxiliary sup Top name 'x' )", &expect!["( 1.2 NAME 'x' SUP Top AUXILIARY MAY b )"]);
}

#[test]
fn one_item_and_a_list_stand_for_each_other() {
    attribute_type("( 1.2 SUP ( a $ b ) )", &expect!["( 1.2 SUP a )"]);
    object_class("( 1.2 NAME x MUST ( a b ) )", &expect!["( 1.2 NAME 'x' MUST ( a $ b ) )"]);
    object_class("( 1.2 MAY ( ) )", &expect!["( 1.2 )"]);
}

#[test]
fn extensions_may_lack_values_or_quotes() {
    attribute_type(
        "( 1.2 X-NDS_A X-B 00-core.ldif SYNTAX 1.3 X-C '' )",
        &expect!["( 1.2 SYNTAX 1.3 X-NDS_A X-B '00-core.ldif' X-C '' )"],
    );
}

#[test]
fn openldap_numbers_the_values_of_its_configuration() {
    attribute_type("{12}( 1.2 NAME 'a' )", &expect!["( 1.2 NAME 'a' )"]);
}

#[test]
fn a_name_that_looks_like_an_extension_is_a_name_where_one_belongs() {
    object_class("( 1.2 MUST X-flag )", &expect!["( 1.2 MUST X-flag )"]);
}

#[test]
fn backslashes_that_escape_nothing_stand_for_themselves() {
    attribute_type("( 1.2 DESC 'a\\b \\5c \\5C \\27' )", &expect!["( 1.2 DESC 'a\\5Cb \\5C \\5C \\27' )"]);
}

#[test]
fn what_is_wrong_is_said_in_the_words_of_the_grammar() {
    attribute_type("1.2 NAME 'a'", &expect!["schema-unexpected: expected `(` (0..3)"]);
    attribute_type("( 1.2 NAME 'a'", &expect!["schema-unexpected: expected a keyword or `)` (14..14)"]);
    attribute_type("( 1.2 NAME 'a )", &expect!["schema-open-quote: expected a closing `'` (11..15)"]);
    attribute_type("( 1.2 NAME ( 'a' )", &expect!["schema-unexpected: expected a keyword or `)` (18..18)"]);
    attribute_type("( 1.2 ) )", &expect!["schema-unexpected: expected the end of the definition (8..9)"]);
    attribute_type(
        "( 1.2 NAME 'ä' FOO )",
        &expect![
            "schema-unknown-keyword: expected `NAME`, `DESC`, `OBSOLETE`, `SUP`, `EQUALITY`, `ORDERING`, `SUBSTR`, `SYNTAX`, `SINGLE-VALUE`, `COLLECTIVE`, `NO-USER-MODIFICATION`, `USAGE`, an extension such as `X-ORIGIN` or `)`: `FOO` is no keyword here (16..19)"
        ],
    );
    attribute_type(
        "( 1.2 DESC 'a' DESC 'b' )",
        &expect!["schema-repeated-keyword: expected another keyword or `)`: this one stands twice (15..19)"],
    );
    attribute_type(
        "( 1.2 SYNTAX 1.3{x} )",
        &expect!["schema-unexpected: expected a length up to 4294967295 in braces (16..19)"],
    );
    attribute_type(
        "( 1.2 USAGE user )",
        &expect![
            "schema-unexpected: expected `userApplications`, `directoryOperation`, `distributedOperation` or `dSAOperation` (12..16)"
        ],
    );
    attribute_type("( 1.2 NAME )", &expect!["schema-unexpected: expected a quoted name or `(` (11..12)"]);
    attribute_type(
        "( 1.2 USAGE )",
        &expect![
            "schema-unexpected: expected `userApplications`, `directoryOperation`, `distributedOperation` or `dSAOperation` (12..13)"
        ],
    );
    object_class("( 1.2 MUST )", &expect!["schema-unexpected: expected a name or `(` (11..12)"]);
    object_class("( 1.2 MUST ( a $ $ b ) )", &expect!["schema-unexpected: expected a name after `$` (17..18)"]);
    check::<DitStructureRuleDefinition>(
        "( 1 SUP ( 1 x ) )",
        &expect!["schema-unexpected: expected a number up to 4294967295 (12..13)"],
    );
    object_class("( 1.2 MUST ( a $ ) )", &expect!["schema-unexpected: expected a name after `$` (17..18)"]);
    object_class(
        "( 1.2 STRUCTURAL AUXILIARY )",
        &expect!["schema-unexpected: expected one of `ABSTRACT`, `STRUCTURAL` and `AUXILIARY`, not two (17..26)"],
    );
    check::<DitStructureRuleDefinition>(
        "( 1.2 FORM f )",
        &expect!["schema-unexpected: expected the number of a structure rule (2..5)"],
    );
}

#[test]
fn limits_hold() {
    let limits = provost_text::Limits::default().with_length(30).with_items(2);
    let error = ObjectClassDefinition::parse_with("( 1.2 MUST ( a $ b $ c ) )", &limits).unwrap_err();
    assert_eq!((error.code(), error.span().start()), ("schema-too-many-items", 21));
    let long = format!("( 1.2 DESC '{}' )", "x".repeat(30));
    assert_eq!(ObjectClassDefinition::parse_with(&long, &limits).unwrap_err().code(), "schema-too-long");
}

#[test]
fn ibm_keeps_columns_and_indexes() {
    check::<IbmAttributeTypeDefinition>(
        "( 2.5.4.3 DBNAME( 'cn'  'cn' ) access-class normal LENGTH 256 EQUALITY SUBSTR )",
        &expect!["( 2.5.4.3 DBNAME ( 'cn' 'cn' ) ACCESS-CLASS normal LENGTH 256 EQUALITY SUBSTR )"],
    );
}

const SCHEMA: &[(&str, &str)] = &[
    (
        "attributeTypes",
        "( 2.5.4.0 NAME 'objectClass' EQUALITY objectIdentifierMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )",
    ),
    (
        "attributeTypes",
        "( 2.5.4.41 NAME 'name' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )",
    ),
    ("attributeTypes", "( 2.5.4.3 NAME ( 'cn' 'commonName' ) SUP Name )"),
    ("attributeTypes", "( 2.5.4.4 NAME ( 'sn' 'surname' ) SUP 2.5.4.41 )"),
    ("attributeTypes", "( 1.1 NAME 'number' SYNTAX '1.3.6.1.4.1.1466.115.121.1.27' SINGLE-VALUE )"),
    ("attributeTypes", "( 1.2 NAME 'private' EQUALITY privateMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"),
    ("attributeTypes", "( 1.3 NAME 'circleA' SUP circleB )"),
    ("attributeTypes", "( 1.4 NAME 'circleB' SUP circleA )"),
    ("attributeTypes", "( 1.5 NAME 'twinA' )"),
    ("attributeTypes", "( 1.5 NAME 'twinB' SYNTAX 1.9 )"),
    ("attributeTypes", "( 1.6 NAME 'orphan' SUP distinguishedName )"),
    ("ldapSyntaxes", "( 1.9 DESC 'like integer' X-SUBST '1.3.6.1.4.1.1466.115.121.1.27' )"),
    ("objectClasses", "( 2.5.6.0 NAME 'top' ABSTRACT MUST objectClass )"),
    ("objectClasses", "( 2.5.6.6 NAME 'person' SUP TOP STRUCTURAL MUST ( sn $ cn ) MAY ( number $ description ) )"),
    ("objectClasses", "( 2.1 NAME 'staff' SUP person STRUCTURAL MUST number MAY surname )"),
    ("objectClasses", "( 2.2 NAME 'extra' AUXILIARY MUST commonName MAY ( private $ twinA ) )"),
    ("objectClasses", "( 2.3 NAME 'extensibleObject' SUP top AUXILIARY )"),
    ("objectClasses", "( broken"),
    ("OBJECTCLASSES", "( 2.4 NAME 'alone' )"),
    ("dITContentRules", "( 2.1 NAME 'staffRule' AUX extra MUST twinB NOT description )"),
    ("creatorsName", "cn=admin"),
];

fn schema() -> Subschema {
    Subschema::from_definitions(SCHEMA.iter().copied())
}

#[test]
fn superiors_give_syntax_and_rules_in_any_letter_case() {
    let schema = schema();
    let cn = schema.attribute_type("COMMONNAME").unwrap();
    assert_eq!(cn.syntax(), Some("1.3.6.1.4.1.1466.115.121.1.15"));
    assert_eq!((cn.equality(), cn.declared_equality()), (MatchingRule::CaseIgnore, Some("caseIgnoreMatch")));
    assert_eq!((cn.declared_ordering(), cn.syntax_length()), (None, Some(32768)));
    assert!(cn.is_or_descends_from("2.5.4.41"));
    assert_eq!(schema.attribute_type("2.5.4.4").unwrap().name(), "sn");
}

#[test]
fn rules_come_from_the_syntax_where_the_type_names_none() {
    let schema = schema();
    let number = schema.attribute_type("number").unwrap();
    assert_eq!((number.equality(), number.ordering()), (MatchingRule::Integer, MatchingRule::IntegerOrdering));
    assert_eq!(schema.attribute_type("twinB").unwrap().equality(), MatchingRule::Integer);
    assert_eq!(schema.attribute_type("orphan").unwrap().equality(), MatchingRule::DistinguishedName);
}

#[test]
fn a_rule_that_nobody_knows_compares_octets() {
    assert_eq!(schema().attribute_type("private").unwrap().equality(), MatchingRule::OctetString);
}

#[test]
fn superiors_in_a_circle_end() {
    let schema = schema();
    let circle = schema.attribute_type("circleA").unwrap();
    assert_eq!(circle.superiors().count(), 1);
    assert_eq!(circle.equality(), MatchingRule::OctetString);
}

#[test]
fn definitions_that_share_an_identifier_are_all_kept() {
    let schema = schema();
    assert_eq!(schema.attribute_type("1.5").unwrap().name(), "twinA");
    assert_eq!(schema.all_attribute_types("1.5").map(|found| found.name()).collect::<Vec<_>>(), ["twinA", "twinB"]);
    assert_eq!(schema.attribute_type("twinB").unwrap().name(), "twinB");
}

#[test]
fn an_unreadable_definition_is_kept_and_stops_nothing() {
    let schema = schema();
    let [unreadable] = schema.unreadable() else { panic!("{:?}", schema.unreadable()) };
    assert_eq!((unreadable.attribute, unreadable.text.as_str()), ("objectClasses", "( broken"));
    assert_eq!(unreadable.error.code(), "schema-unexpected");
    let counts = schema.counts();
    assert_eq!((counts.attribute_types, counts.object_classes, counts.unreadable), (11, 6, 1));
}

fn named(requirements: &[super::Requirement]) -> Vec<String> {
    requirements.iter().map(|found| format!("{}/{}", found.attribute, found.class)).collect()
}

#[test]
fn requirements_name_the_class_that_asks() {
    let found = schema().requirements(["STAFF", "extra", "ghost"]);
    assert_eq!(named(found.must()), ["objectClass/top", "number/staff", "sn/person", "cn/person", "twinB/staffRule"]);
    assert_eq!(named(found.may()), ["private/extra", "twinA/extra"]);
    assert_eq!(named(found.forbidden()), ["description/staffRule"]);
    assert_eq!(found.classes(), ["staff", "person", "top", "extra"]);
    assert_eq!(found.structural_classes(), ["staff"]);
    assert_eq!(found.unknown_classes(), ["ghost"]);
    assert!(!found.allows_any_attribute());
    assert!(schema().requirements(["person", "EXTENSIBLEOBJECT"]).allows_any_attribute());
    assert_eq!(schema().requirements(["alone"]).classes(), ["alone", "top"]);
}

#[test]
fn a_preferred_name_that_means_another_type_is_not_asked_for() {
    let schema = Subschema::from_definitions([
        ("attributeTypes", "( 1.1 NAME 'member' )"),
        ("attributeTypes", "( 1.2 NAME ( 'member' 'uniqueMember' ) )"),
        ("objectClasses", "( 1.3 NAME 'group' MUST uniqueMember MAY member )"),
    ]);
    let found = schema.requirements(["group"]);
    assert_eq!(named(found.must()), ["objectClass/top", "uniqueMember/group"]);
    assert_eq!(named(found.may()), ["member/group"]);
}

#[test]
fn canonical_lines_do_not_depend_on_order_and_blanks() {
    let mut turned: Vec<_> =
        SCHEMA.iter().map(|(attribute, text)| (*attribute, text.replace(" NAME ", "   NAME "))).collect();
    turned.reverse();
    assert_eq!(Subschema::from_definitions(turned).canonical_lines(), schema().canonical_lines());
}

fn entry() -> Entry {
    let mut entry = Entry::new("cn=Britta,dc=lab".parse().unwrap());
    for (name, value) in [("objectClass", "person"), ("CommonName", "Britta"), ("sn", "Simon"), ("number", "0042")] {
        entry.push(Attribute::of(name, [value]).unwrap());
    }
    entry
}

fn selects_bare(filter: &str) -> Truth {
    let mut bare = Entry::new("cn=a,dc=lab".parse().unwrap());
    bare.push(Attribute::of("objectClass", ["staff"]).unwrap());
    filter.parse::<Filter>().unwrap().evaluate(&bare, &schema())
}

#[test]
fn rfc_4511_4_5_1_7_what_cannot_be_evaluated_is_undefined_without_values_too() {
    for filter in
        ["(cn>=a)", "(!(cn<=a))", "(number=x)", "(!(number=x))", "(cn:nosuchrule:=a)", "(!(cn:nosuchrule:=a))"]
    {
        assert_eq!(selects_bare(filter), Truth::Undefined, "{filter}");
    }
    for filter in ["(!(cn=a))", "(!(cn=a*))", "(!(cn=*))", "(!(number>=5))", "(!(cn:caseExactMatch:=a))"] {
        assert_eq!(selects_bare(filter), Truth::True, "{filter}");
    }
}

#[test]
fn rfc_4512_3_3_an_entry_is_of_the_superiors_of_its_classes() {
    for filter in ["(objectClass=person)", "(objectClass=TOP)", "(!(objectClass=extra))"] {
        assert_eq!(selects_bare(filter), Truth::True, "{filter}");
    }
    assert_eq!(selects_bare("(objectClass=ghost)"), Truth::Undefined);
}

fn selects(filter: &str) -> Truth {
    filter.parse::<Filter>().unwrap().evaluate(&entry(), &schema())
}

#[test]
fn filters_find_an_attribute_by_each_of_its_names_and_by_its_superior() {
    for filter in ["(cn=BRITTA)", "(2.5.4.3=britta)", "(name=simon)", "(surname=s*n)", "(commonName=*)"] {
        assert_eq!(selects(filter), Truth::True, "{filter}");
    }
    assert_eq!(selects("(cn=simon)"), Truth::False);
}

#[test]
fn filters_compare_by_the_rules_of_the_type() {
    assert_eq!(selects("(number=42)"), Truth::True);
    assert_eq!(selects("(number>=5)"), Truth::True);
    assert_eq!(selects("(number=x)"), Truth::Undefined);
    assert_eq!(selects("(!(number=x))"), Truth::Undefined);
    assert_eq!(selects("(cn>=a)"), Truth::Undefined);
    assert_eq!(selects("(nowhere=x)"), Truth::Undefined);
    assert_eq!(selects("(number:1.2.840.113556.1.4.803:=2)"), Truth::True);
    assert_eq!(selects("(cn:caseExactMatch:=britta)"), Truth::False);
}

#[test]
fn filters_know_a_class_by_name_and_identifier() {
    assert_eq!(selects("(objectClass=2.5.6.6)"), Truth::True);
    assert_eq!(selects("(objectClass=PERSON)"), Truth::True);
    assert_eq!(selects("(objectClass=staff)"), Truth::False);
    assert_eq!(selects("(objectClass=ghost)"), Truth::Undefined);
}

#[test]
fn rfc_4517_3_3_values_are_checked_by_their_syntax() {
    let accepts = |oid: &str, value: &str| {
        Syntax::find(&format!("1.3.6.1.4.1.1466.115.121.1.{oid}")).unwrap().accepts(value.as_bytes())
    };
    for (oid, good, bad) in [
        ("6", "'01'B", "01"),
        ("7", "FALSE", "no"),
        ("11", "DE", "GER"),
        ("12", "cn=a,dc=b", "a"),
        ("15", "ä", ""),
        ("26", "", "ä"),
        ("27", "-12", "1.5"),
        ("34", "cn=a#'1'B", "a#'1'B"),
        ("36", "1 2", "a"),
        ("38", "2.5.4.3", "2..5"),
        ("38", "cn", "1a"),
        ("44", "a b?", "a_b"),
        ("50", "+49 30", " "),
    ] {
        assert!(accepts(oid, good), "{oid} {good}");
        assert!(!accepts(oid, bad), "{oid} {bad}");
    }
    assert!(Syntax::find("OctetString").unwrap().accepts(b"\xff"));
}

fn word() -> impl Strategy<Value = String> {
    "[A-Za-z0-9][A-Za-z0-9._/;-]{0,8}|[ -~ä]{1,6}"
}

prop_compose! {
    fn any_attribute_type()(
        oid in "[0-9][0-9.]{0,8}|[a-z]{1,4}-oid",
        names in prop::collection::vec(word(), 0..3),
        description in prop::option::of("\\PC{0,12}"),
        (superior, equality) in (prop::option::of(word()), prop::option::of(word())),
        (ordering, substrings) in (prop::option::of(word()), prop::option::of(word())),
        syntax in prop::option::of("[0-9.]{1,9}|[A-Za-z ']{1,9}"),
        syntax_length in any::<u32>(),
        flags in any::<[bool; 5]>(),
        extension in prop::option::of(("X-[A-Z_]{1,5}", prop::collection::vec("\\PC{0,8}", 0..3))),
    ) -> AttributeTypeDefinition {
        let mut extensions = super::Extensions::default();
        if let Some((keyword, values)) = extension {
            extensions.add(&keyword, Words::many(values));
        }
        AttributeTypeDefinition {
            oid, names, description, superior, equality, ordering, substrings, extensions,
            syntax_length: syntax.as_ref().filter(|_| flags[4]).map(|_| syntax_length),
            syntax,
            obsolete: flags[0],
            single_value: flags[1],
            collective: flags[2],
            no_user_modification: flags[3],
            usage: if flags[4] { super::AttributeUsage::DsaOperation } else { super::AttributeUsage::default() },
        }
    }
}

proptest! {
    #[test]
    fn printing_an_attribute_type_and_reading_it_gives_it_back(definition in any_attribute_type()) {
        prop_assert_eq!(definition.to_string().parse::<AttributeTypeDefinition>(), Ok(definition));
    }

    #[test]
    fn any_text_gives_a_definition_or_an_error_inside_it(
        text in "\\PC{0,60}|\\( [0-9.]{1,5}( (NAME|DESC|SUP|MUST|MAY|SYNTAX|X-A|'[^']{0,4}'|\\(|\\)|\\$|[a-z{}0-9]{1,4})){0,12} \\)"
    ) {
        macro_rules! reads_back {
            ($($kind:ident),+) => {$(
                match text.parse::<$kind>() {
                    Ok(read) => prop_assert_eq!(read.to_string().parse::<$kind>(), Ok(read)),
                    Err(error) => prop_assert!(error.span().slice(&text).is_some(), "{:?}", error),
                }
            )+};
        }
        reads_back!(AttributeTypeDefinition, ObjectClassDefinition, LdapSyntaxDefinition);
    }
}

/// Names few enough that definitions meet: they share names, descend from each other and go in circles.
fn few() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["a", "b", "C", "c", "top", "1.1", "1.2", "extensibleObject"][..])
}

prop_compose! {
    fn any_definition()(
        class in any::<bool>(),
        (oid, name, superior, first, second) in (few(), few(), few(), few(), few()),
        kind in prop::sample::select(&["ABSTRACT", "STRUCTURAL", "AUXILIARY", ""][..]),
    ) -> (&'static str, String) {
        if class {
            let text = format!("( {oid} NAME '{name}' SUP ( {superior} $ {first} ) {kind} MUST {second} MAY ( {first} $ b ) )");
            ("objectClasses", text)
        } else {
            ("attributeTypes", format!("( {oid} NAME ( '{name}' '{first}' ) SUP {superior} SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )"))
        }
    }
}

proptest! {
    #[test]
    fn any_schema_gives_requirements_and_violations(
        definitions in prop::collection::vec(any_definition(), 0..12),
        classes in prop::collection::vec(few(), 1..4),
        value in any::<Vec<u8>>(),
    ) {
        let schema = Subschema::from_definitions(definitions);
        let found = schema.requirements(&classes);
        let mut entry = Entry::new("cn=x".parse().unwrap());
        entry.push(Attribute::of("objectClass", &classes).unwrap());
        let missing = schema.validate(&entry).iter().filter(|violation| violation.code() == "missing-attribute").count();
        prop_assert_eq!(missing, found.must().len() - 1, "all but objectClass are missing");
        for required in found.must() {
            prop_assert!(found.may().iter().all(|allowed| allowed.attribute != required.attribute));
            if required.attribute != "objectClass" {
                entry.push(Attribute::of(&required.attribute, [&value]).unwrap());
            }
        }
        prop_assert!(schema.validate(&entry).iter().all(|violation| violation.code() != "missing-attribute"));
        prop_assert_eq!(Subschema::from_definitions(schema.canonical_lines().iter().filter_map(|line| line.split_once(": "))).canonical_lines(), schema.canonical_lines());
    }
}
