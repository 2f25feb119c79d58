//! A schema definition of each kind prints to text that parses to an equal definition (RFC 4512 section 4.1), and a subschema
//! takes every text.
#![cfg(test)]

use std::fmt::Debug;

use arbitrary::{Arbitrary, Unstructured};
use provost_fuzz::{Form, form, parse_and_print, print_and_parse, seeds};
use provost_ldap_types::Entry;
use provost_ldap_types::schema::{
    AttributeTypeDefinition, DitContentRuleDefinition, DitStructureRuleDefinition, IbmAttributeTypeDefinition,
    LdapSyntaxDefinition, MatchingRuleDefinition, MatchingRuleUseDefinition, NameFormDefinition, ObjectClassDefinition,
    SchemaDefinition, Subschema,
};

const TOKENS: &str = concat!(
    "( ¦ )¦1.2.3¦ NAME ¦'cn'¦( 'a' 'b' )¦ DESC ¦'it\\27s'¦ SUP ¦top¦ $ ¦ STRUCTURAL¦ OC ¦ FORM ¦7¦ AUX ¦ NOT ¦ APPLIES ¦",
    " MUST ¦ MAY ¦( a $ b )¦ SYNTAX ¦1.3.6{64}¦ EQUALITY ¦ SINGLE-VALUE¦ USAGE ¦dSAOperation¦ X-A ¦'¦ö¦DBNAME(¦ LENGTH ¦{0}"
);

/// Reads or makes a definition of a kind, and gives the attribute that holds it with its text.
fn definition<D>(octets: &[u8]) -> (&'static str, String)
where
    D: SchemaDefinition + Debug + PartialEq + for<'a> Arbitrary<'a>,
{
    let text = match form(octets, TOKENS) {
        Form::Made(mut octets) => {
            let made = D::arbitrary(&mut octets).expect("it is made of any octets");
            print_and_parse(&made);
            made.to_string()
        }
        Form::Tokens(text) => format!("( 1.2.3{text}"),
        form => form.text().unwrap_or_default(),
    };
    parse_and_print::<D>(&text, |error| error.span());
    (D::ATTRIBUTE, text)
}

#[test]
fn schema() {
    provost_fuzz::check!(seeds::directory::definitions(), |octets: &[u8]| {
        let definitions = [
            definition::<AttributeTypeDefinition>(octets),
            definition::<ObjectClassDefinition>(octets),
            definition::<LdapSyntaxDefinition>(octets),
            definition::<MatchingRuleDefinition>(octets),
            definition::<MatchingRuleUseDefinition>(octets),
            definition::<DitContentRuleDefinition>(octets),
            definition::<NameFormDefinition>(octets),
            definition::<DitStructureRuleDefinition>(octets),
            definition::<IbmAttributeTypeDefinition>(octets),
        ];
        let subschema = Subschema::from_definitions(definitions);
        assert_eq!(subschema.canonical_lines().len(), 9);
        assert_eq!(subschema.differences(&subschema), []);
        let entry = Entry::arbitrary(&mut Unstructured::new(octets)).expect("an entry is made of any octets");
        let violations = subschema.validate(&entry);
        assert!(subschema.validate_below(&entry, &entry).starts_with(&violations));
    });
}
