use AttributeType::{Binary, Boolean, Complex, Reference, String as Text};

use crate::schema::{
    AttributeDefinition, AttributeType, ENTERPRISE_USER_URN, GROUP_URN, Mutability, Returned, SchemaDefinition,
    USER_URN, Uniqueness,
};

fn text(name: &str, description: &str) -> AttributeDefinition {
    AttributeDefinition::new(name, Text).with_description(description)
}

fn of(name: &str, kind: AttributeType, description: &str) -> AttributeDefinition {
    AttributeDefinition::new(name, kind).with_description(description)
}

fn read_only(attribute: AttributeDefinition) -> AttributeDefinition {
    attribute.with_mutability(Mutability::ReadOnly)
}

fn immutable(attribute: AttributeDefinition) -> AttributeDefinition {
    attribute.with_mutability(Mutability::Immutable)
}

/// A list of `value`, `display`, `type`, `primary`, RFC 7643 section 2.4.
fn list(name: &str, value: AttributeDefinition, types: &[&str], description: &str) -> AttributeDefinition {
    of(name, Complex, description).multi_valued().with_sub_attributes(vec![
        value,
        text("display", "A name for people."),
        text("type", "What the value is used for.").with_canonical_values(types),
        of("primary", Boolean, "Whether this is the preferred value."),
    ])
}

/// Returns the core User schema, RFC 7643 sections 4.1 and 8.7.1.
#[must_use]
pub fn user() -> SchemaDefinition {
    let reference = |types: &[&str]| of("value", Reference, "The URL.").case_exact().with_reference_types(types);
    let attributes = vec![
        text("userName", "The name by which the user signs in.").required().with_uniqueness(Uniqueness::Server),
        of("name", Complex, "The parts of the name.").with_sub_attributes(vec![
            text("formatted", "The full name."),
            text("familyName", "The family name."),
            text("givenName", "The given name."),
            text("middleName", "The middle names."),
            text("honorificPrefix", "What stands before the name."),
            text("honorificSuffix", "What stands behind the name."),
        ]),
        text("displayName", "The name that is shown."),
        text("nickName", "The casual name."),
        of("profileUrl", Reference, "The URL of a profile.").with_reference_types(&["external"]),
        text("title", "The position."),
        text("userType", "The relation to the organisation."),
        text("preferredLanguage", "The preferred language, as in Accept-Language."),
        text("locale", "The locale, for formats."),
        text("timezone", "The time zone, by its IANA name."),
        of("active", Boolean, "Whether the account is enabled."),
        text("password", "The password, in clear text.").with_mutability(Mutability::WriteOnly),
        list("emails", text("value", "The address."), &["work", "home", "other"], "E-mail addresses."),
        list(
            "phoneNumbers",
            text("value", "The number."),
            &["work", "home", "mobile", "fax", "pager", "other"],
            "Telephone numbers.",
        ),
        list("ims", text("value", "The address."), &[], "Instant messaging addresses."),
        list("photos", reference(&["external"]), &["photo", "thumbnail"], "URLs of pictures."),
        of("addresses", Complex, "Postal addresses.").multi_valued().with_sub_attributes(vec![
            text("formatted", "The whole address."),
            text("streetAddress", "Street, house number and the like."),
            text("locality", "The city."),
            text("region", "The state or region."),
            text("postalCode", "The postal code."),
            text("country", "The country."),
            text("type", "What the address is used for.").with_canonical_values(&["work", "home", "other"]),
            of("primary", Boolean, "Whether this is the preferred value."),
        ]),
        read_only(of("groups", Complex, "The groups the user belongs to.").multi_valued()).with_sub_attributes(vec![
            read_only(text("value", "The identifier of the group.")),
            read_only(of("$ref", Reference, "The URL of the group.").with_reference_types(&["User", "Group"])),
            read_only(text("display", "The name of the group.")),
            read_only(text("type", "How the user belongs to it.").with_canonical_values(&["direct", "indirect"])),
        ]),
        list("entitlements", text("value", "The entitlement."), &[], "Things the user may have."),
        list("roles", text("value", "The role."), &[], "Roles of the user."),
        list("x509Certificates", of("value", Binary, "The certificate.").case_exact(), &[], "Certificates."),
    ];
    SchemaDefinition::assemble(USER_URN.to_owned(), "User".to_owned(), attributes).with_description("User account")
}

/// Returns the enterprise extension of users, RFC 7643 sections 4.3 and 8.7.1.
#[must_use]
pub fn enterprise_user() -> SchemaDefinition {
    let attributes = vec![
        text("employeeNumber", "The number in the organisation."),
        text("costCenter", "The cost centre."),
        text("organization", "The organisation."),
        text("division", "The division."),
        text("department", "The department."),
        of("manager", Complex, "The manager.").with_sub_attributes(vec![
            text("value", "The identifier of the manager."),
            of("$ref", Reference, "The URL of the manager.").with_reference_types(&["User"]),
            read_only(text("displayName", "The name of the manager.")),
        ]),
    ];
    SchemaDefinition::assemble(ENTERPRISE_USER_URN.to_owned(), "EnterpriseUser".to_owned(), attributes)
        .with_description("Enterprise User")
}

/// Returns the core Group schema, RFC 7643 sections 4.2 and 8.7.1.
#[must_use]
pub fn group() -> SchemaDefinition {
    let attributes = vec![
        text("displayName", "The name that is shown.").required(),
        of("members", Complex, "The members.").multi_valued().with_sub_attributes(vec![
            immutable(text("value", "The identifier of the member.")),
            immutable(of("$ref", Reference, "The URL of the member.").with_reference_types(&["User", "Group"])),
            immutable(text("type", "What the member is.").with_canonical_values(&["User", "Group"])),
            read_only(text("display", "The name of the member.").with_returned(Returned::Default)),
        ]),
    ];
    SchemaDefinition::assemble(GROUP_URN.to_owned(), "Group".to_owned(), attributes).with_description("Group")
}

#[cfg(test)]
mod tests {
    use super::{enterprise_user, group, user};
    use crate::SchemaDefinition;

    #[test]
    fn the_shipped_schemas_pass_the_checks_of_others() {
        for schema in [user(), enterprise_user(), group()] {
            SchemaDefinition::new(schema.id(), schema.name(), schema.attributes().to_vec()).unwrap();
        }
    }
}
