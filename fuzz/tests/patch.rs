//! A PATCH is refused or gives a resource that its schema accepts (RFC 7644 section 3.5.2).
#![cfg(test)]

use std::sync::Arc;

use provost_scim::{Mode, PatchRequest, Resource, ResourceSchema, parse_json, user};

const TOKENS: &str = concat!(
    "{\"op\":\"add\",¦{\"op\":\"Replace\",¦{\"op\":\"remove\",¦\"path\":\"name.familyName\",¦\"path\":\"emails[type eq \\\"work\\\"]\",¦",
    "\"path\":\"emails[value co \\\"a\\\"].value\",¦\"path\":\"active\",¦\"value\":\"a\"}¦\"value\":{\"userName\":\"b\"}}¦\"value\":[]}¦",
    "\"value\":null}¦\"value\":\"False\"}¦\"value\":[{\"value\":\"a\",\"primary\":true}]}¦,¦\"path\":\"emails\",¦\"path\":\"userName\",¦{¦}"
);

#[test]
fn patch() {
    let schema = Arc::new(ResourceSchema::new("User", "/Users", user()));
    let stored = br#"{"userName": "a", "emails": [{"type": "work", "value": "a@b"}, {"value": "c", "primary": true}]}"#;
    let resource = Resource::from_stored(&schema, parse_json(stored).expect("JSON")).expect("a user");
    bolero::check!().for_each(|octets: &[u8]| {
        let text = format!("{{\"Operations\":[{}]}}", provost_fuzz::text(octets, TOKENS));
        let Ok(body) = parse_json(text.as_bytes()) else { return };
        let Ok(patched) =
            PatchRequest::parse(body, Mode::Compat).and_then(|patch| patch.apply(&resource, Mode::Compat))
        else {
            return;
        };
        Resource::from_stored(&schema, patched.resource.as_value().clone()).expect(&text);
    });
}
