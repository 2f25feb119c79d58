//! `docs/mapping-errors.md`: every code of a mapping with a mapping that gives it here, and what cures it.
//!
//! With `UPDATE_EXPECT=1` the page is written anew.

use std::fmt::Write as _;

use expect_test::expect_file;
use provost_expr::{Dialect, Registry};
use provost_mapping::{Mapping, MappingDefinition};
use provost_model::{AttributeSchema, Mutability, ObjectTypeSchema, ValueKind};

use crate::common::person;

/// Code, mapping, cure.
const ENTRIES: [(&str, &str, &str); 21] = [
    (
        "complex-as-text",
        "target = \"roles\"\nexpression = \"AppRoleAssignmentsComplex([appRoleAssignments])\"",
        "Nothing where the target reads the JSON text of an object. Where it wants the values of roles alone, use \
         `AppRoleAssignments`.",
    ),
    (
        "duplicate-precedence",
        "target = \"uid\"\nsource = \"mailNickname\"\nmatching = 1\n\n[[flow]]\ntarget = \"mail\"\nsource = \"mail\"\nmatching = 1",
        "Give each flow that takes part in matching a number of its own; the lowest is asked first.",
    ),
    (
        "duplicate-target",
        "target = \"uid\"\nsource = \"mailNickname\"\n\n[[flow]]\ntarget = \"UID\"\nsource = \"mail\"",
        "Keep one of the flows, or choose between their values in one expression: `Coalesce`.",
    ),
    (
        "ignored-flow",
        "target = \"uid\"\nexpression = \"IgnoreFlowIfNullOrEmpty([mailNickname])\"\nmatching = 1",
        "Give a value for the case that there is none: the name, required attributes and those for matching need one.",
    ),
    (
        "ignored-object",
        "target = \"employeeNumber\"\nexpression = \"IIF([employeeId] = \\\"0\\\", IgnoreObjectFlow, [employeeId])\"",
        "Set `apply = \"creation\"`, so that only the making of an object is left out.",
    ),
    (
        "immutable-target",
        "target = \"entryUUID\"\nsource = \"id\"",
        "Set `apply = \"creation\"`: the target takes no other value later.",
    ),
    (
        "no-matching",
        "target = \"uid\"\nsource = \"mailNickname\"",
        "Set `matching = 1` for a flow whose value names one object.",
    ),
    (
        "no-name",
        "target = \"uid\"\nsource = \"mailNickname\"",
        "Add a flow to `-dn-`, unless the target names new objects itself.",
    ),
    (
        "random-always",
        "target = \"employeeNumber\"\nexpression = \"Guid()\"",
        "Set `apply = \"creation\"`: another value would be sent at every update.",
    ),
    (
        "random-matching",
        "target = \"uid\"\nexpression = \"Guid()\"\nmatching = 1",
        "Match by an attribute that stays the same; no object is found by a random value.",
    ),
    (
        "read-only-target",
        "target = \"createTimestamp\"\nsource = \"createdDateTime\"",
        "Leave the flow out: the target alone sets this attribute.",
    ),
    (
        "redact-on-matching",
        "target = \"uid\"\nexpression = \"Redact([mailNickname])\"\nmatching = 1",
        "Match by an attribute that logs may show.",
    ),
    (
        "required-uncovered",
        "target = \"uid\"\nsource = \"mailNickname\"",
        "Add a flow to the attribute that the message names, or a constant.",
    ),
    (
        "roles-target",
        "target = \"employeeNumber\"\nexpression = \"AppRoleAssignmentsComplex([appRoleAssignments])\"",
        "Flow roles to `roles`; any attribute takes the values that `AppRoleAssignments` gives.",
    ),
    (
        "several-values",
        "target = \"employeeNumber\"\nexpression = \"Split([employeeIds], \\\",\\\")\"",
        "Choose one of the values, `Item(..., 1)`, or put them together: `Join(\",\", ...)`.",
    ),
    (
        "switch-on-reference",
        "target = \"manager\"\nexpression = \"Switch([manager], [manager], \\\"\\\", [sponsor])\"",
        "Choose by `IIF`: the product does not take `Switch` for references.",
    ),
    (
        "unique-always",
        "target = \"uid\"\nexpression = \"SelectUniqueValue([mailNickname], [mail])\"",
        "Set `apply = \"creation\"` and leave `matching` out: the value is chosen once, when the object is made.",
    ),
    (
        "unknown-attribute",
        "target = \"uid\"\nsource = \"MailNickname\"",
        "Spell the attribute as the source does; names are case-sensitive.",
    ),
    (
        "unknown-target",
        "target = \"favouriteDrink\"\nsource = \"drink\"",
        "Name an attribute of the object type, or add the object class that has it.",
    ),
    (
        "unmatchable",
        "target = \"-dn-\"\nsource = \"dn\"\nmatching = 1",
        "Match by an attribute that can be searched for, such as `mail`.",
    ),
    (
        "value-kind",
        "target = \"uidNumber\"\nconstant = \"many\"",
        "Write a constant, or a default, of the kind that the attribute holds.",
    ),
];

fn target() -> ObjectTypeSchema {
    let mut person = person();
    for (name, mutability) in [("createTimestamp", Mutability::ReadOnly), ("entryUUID", Mutability::Immutable)] {
        let mut attribute = AttributeSchema::new(name, ValueKind::Text);
        attribute.mutability = mutability;
        person.attributes.push(attribute);
    }
    let mut roles = AttributeSchema::new("roles", ValueKind::Text);
    roles.multi_valued = true;
    person.attributes.push(roles);
    person
}

/// All codes that compiling and checking give for a mapping of these flows.
fn codes(flows: &str) -> Vec<&'static str> {
    let definition: MappingDefinition = toml::from_str(&format!("[[flow]]\n{flows}\n")).unwrap();
    let mapping = match Mapping::compile(&definition) {
        Ok(mapping) => mapping,
        Err(error) => return vec![error.code()],
    };
    let source = ["appRoleAssignments", "mail", "mailNickname"].map(|name| AttributeSchema::new(name, ValueKind::Text));
    let found = mapping.check(&target()).into_iter();
    found
        .chain(mapping.check_source(&ObjectTypeSchema::new("user", source.to_vec())))
        .map(|found| found.code())
        .collect()
}

#[test]
fn every_code_has_a_mapping_and_a_cure() {
    let mut page =
        "# Errors of mappings\n\nEach code stays the same between versions. The tests of `provost-mapping` write \
         this page and see that every mapping gives\nits code. What is wrong inside an expression is in \
         [errors.md](errors.md).\n"
            .to_owned();
    for (code, flows, cure) in ENTRIES {
        assert!(codes(flows).contains(&code), "{code}: {:?}", codes(flows));
        let _ = writeln!(page, "\n## {code}\n\n```toml\n[[flow]]\n{flows}\n```\n\n{cure}");
    }
    let error = Mapping::compile_with(&MappingDefinition::default(), &Registry::new(Dialect::Connect)).unwrap_err();
    assert_eq!(error.code(), "dialect");
    page.push_str(
        "\n## dialect\n\nThe program gives functions of one dialect to a mapping of another: set `dialect` in the mapping, or \
         register the\nfunctions for the dialect that it has.\n",
    );
    expect_file!["../../../../docs/mapping-errors.md"].assert_eq(&page);
}
