//! A schema definition prints to text that parses to an equal definition (RFC 4512 section 4.1).
#![cfg(test)]

use provost_fuzz::{parse_and_print, text};
use provost_ldap_types::schema::{AttributeTypeDefinition, MatchingRuleDefinition, ObjectClassDefinition};

const TOKENS: &str = concat!(
    "( ¦ )¦1.2.3¦ NAME ¦'cn'¦( 'a' 'b' )¦ DESC ¦'it\\27s'¦ SUP ¦top¦ $ ¦ STRUCTURAL¦",
    " MUST ¦ MAY ¦( a $ b )¦ SYNTAX ¦1.3.6{64}¦ EQUALITY ¦ SINGLE-VALUE¦ USAGE ¦dSAOperation¦ X-A ¦'¦ö"
);

#[test]
fn schema() {
    bolero::check!().for_each(|octets: &[u8]| {
        let text = format!("( 1.2.3{}", text(octets, TOKENS));
        parse_and_print::<AttributeTypeDefinition>(&text, |error| error.span());
        parse_and_print::<MatchingRuleDefinition>(&text, |error| error.span());
        parse_and_print::<ObjectClassDefinition>(&text, |error| error.span());
    });
}
