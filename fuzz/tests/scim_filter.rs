//! A SCIM filter or path prints to text that parses to an equal one, in both modes (RFC 7644 section 3.4.2.2).
#![cfg(test)]

use provost_scim::{Filter, Mode, Path};

const TOKENS: &str = concat!(
    "userName eq \"a\"¦title pr¦ and ¦ or ¦not (¦(¦)¦emails[¦]¦type eq \"work\"¦.value¦name.familyName co \"ö\"¦ge 1.5¦ ¦",
    "urn:ietf:params:scim:schemas:core:2.0:User:¦active EQ true¦ne null¦\"¦\\u00e4¦-dn-¦members"
);

#[test]
fn scim_filter() {
    bolero::check!().for_each(|octets: &[u8]| {
        let text = provost_fuzz::text(octets, TOKENS);
        for mode in [Mode::Compat, Mode::Strict] {
            match Filter::parse(&text, mode) {
                Ok(filter) => assert_eq!(Filter::parse(&filter.to_string(), mode).expect(&text), filter),
                Err(error) => assert!(error.span().slice(&text).is_some(), "{error:?} does not fit {text:?}"),
            }
            match Path::parse(&text, mode) {
                Ok(path) => assert_eq!(Path::parse(&path.to_string(), mode).expect(&text), path),
                Err(error) => assert!(error.span().slice(&text).is_some(), "{error:?} does not fit {text:?}"),
            }
        }
    });
}
