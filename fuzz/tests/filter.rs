//! A filter prints to text, and encodes to octets, that give an equal filter, which says the same of an entry (RFC 4515,
//! RFC 4511 section 4.5.1).
#![cfg(test)]

use arbitrary::{Arbitrary as _, Unstructured};
use provost_fuzz::{Form, form, parse_and_print, print_and_parse, seeds};
use provost_ldap_types::{BuiltInRules, Entry, Filter};
use provost_ldap_wire::{decode_filter, encode_filter};

const TOKENS: &str = concat!(
    "(cn=a)¦(&(cn=*)¦(|(cn=ö*b)¦(!(uid>=1))¦(a:dn:2.5.13.2:=x)¦(cn;lang-de~=\\2a)¦(&)¦))¦)¦",
    "(¦)¦(&¦(|¦(!¦(cn=¦=*¦:=¦:dn¦:2.5.13.2¦*¦\\2a¦\\¦cn¦ö¦ "
);

/// Levels that a filter may have in octets; in text it may have some more.
const LEVELS: usize = 64;

#[test]
fn filter() {
    provost_fuzz::check!(seeds::directory::lines("filter"), |octets: &[u8]| {
        let filter = match form(octets, TOKENS) {
            Form::Made(mut octets) => Filter::arbitrary(&mut octets).expect("a filter is made of any octets"),
            form => {
                let text = form.text().unwrap_or_default();
                parse_and_print::<Filter>(&text, |error| error.span());
                let Ok(filter) = text.parse() else { return };
                filter
            }
        };
        print_and_parse(&filter);
        let entry = Entry::arbitrary(&mut Unstructured::new(octets)).expect("an entry is made of any octets");
        assert_eq!(filter.clone().negated().evaluate(&entry, &BuiltInRules), !filter.evaluate(&entry, &BuiltInRules));
        assert!(filter.depth() > LEVELS || decode_filter(&encode_filter(&filter)) == Ok(filter));
    });
}
