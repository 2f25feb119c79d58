//! Applies a SCIM PATCH, as Entra ID sends it, to a user with attributes that were discovered in a directory.
//!
//! ```sh
//! cargo run -p provost-examples --example patch
//! ```
#![allow(clippy::print_stdout, reason = "an example prints what it shows")]

use std::error::Error;
use std::sync::Arc;

use provost_scim::{
    AttributeDefinition, AttributeType, Mode, PatchRequest, Resource, ResourceSchema, SchemaDefinition,
};
use serde_json::json;

const URN: &str = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User";

fn main() -> Result<(), Box<dyn Error>> {
    let attributes =
        ["-dn-", "cn", "sn", "mail", "uid"].map(|name| AttributeDefinition::new(name, AttributeType::String));
    let extension = SchemaDefinition::new(URN, "Directory", attributes.into())?;
    let schema = Arc::new(ResourceSchema::new("User", "/Users", provost_scim::user()).with_extension(extension));
    let body = json!({"userName": "bsimon", URN: {"-dn-": "CN=bsimon,DC=Contoso,DC=lab", "sn": "Simon"}});
    let user = Resource::from_request(&schema, body, Mode::Compat)?;

    // A truth value as text and an operation in upper case: what that client sends, accepted in this mode only.
    let body = json!({"Operations": [
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "Replace", "path": format!("{URN}:sn"), "value": "Simon-Meyer"},
        {"op": "Add", "path": "emails[type eq \"work\"].value", "value": "bsimon@contoso.com"},
    ]});
    let patched = PatchRequest::parse(body.clone(), Mode::Compat)?.apply(&user, Mode::Compat)?;
    println!("{:#}", patched.resource.as_value());
    assert!(patched.changed);

    // The same once more changes nothing.
    let again = PatchRequest::parse(body, Mode::Compat)?.apply(&patched.resource, Mode::Compat)?;
    println!("changed by the second time: {}", again.changed);

    let unknown = json!({"Operations": [{"op": "replace", "path": "shoeSize", "value": 44}]});
    match PatchRequest::parse(unknown, Mode::Compat)?.apply(&user, Mode::Compat) {
        Ok(_) => println!("the schema knows shoe sizes"),
        Err(error) => println!("refused with status {}: {}", error.status(), error.detail()),
    }
    Ok(())
}
