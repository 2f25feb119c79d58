//! What the check of a mapping against the schema of its target finds.

use std::num::NonZeroU32;

use expect_test::{Expect, expect};
use provost_mapping::{Finding, FlowDefinition, Mapping};
use provost_model::{AttributeSchema, Mutability, ObjectTypeSchema, ValueKind};
use provost_text::Snippet;

use crate::common::{mapping, person, seed};

fn check(mapping: &Mapping, object_type: &ObjectTypeSchema, expected: &Expect) {
    let found: Vec<String> = mapping
        .check(object_type)
        .iter()
        .map(|finding| format!("{:?} {}: {finding}\n", finding.severity(), finding.code()))
        .collect();
    expected.assert_eq(&found.concat());
}

/// What is drawn for one flow, beside a name and a flow for matching that nothing is wrong with.
fn check_drawn(flow: FlowDefinition, expected: &Expect) {
    expected.assert_eq(&drawn(&with(flow).check(&lenient())));
}

fn drawn(found: &[Finding]) -> String {
    let draw = |finding: &Finding| {
        let (text, diagnostic) =
            finding.expression().zip(finding.diagnostic()).expect("each of these has a place and a text");
        let message = format!("{:?} {}: {finding}", finding.severity(), finding.code());
        let help = finding.help().map_or_else(String::new, |help| format!("help: {help}\n"));
        format!("{}\n{help}", Snippet::new(text, diagnostic.span(), &message))
    };
    found.iter().map(draw).collect()
}

/// A type without required attributes.
fn lenient() -> ObjectTypeSchema {
    let mut person = person();
    person.attributes.iter_mut().for_each(|attribute| attribute.required = false);
    person
}

/// The mapping set under test, beside a name and a flow for matching that nothing is wrong with.
fn with(flow: FlowDefinition) -> Mapping {
    let first = NonZeroU32::new(1).unwrap();
    mapping([FlowDefinition::direct("-dn-", "dn"), FlowDefinition::direct("mail", "mail").matching(first), flow])
}

#[test]
fn the_mapping_set_of_the_tutorial_fits() {
    check(&seed(), &person(), &expect![""]);
}

#[test]
fn required_attributes_matching_and_a_name_are_needed() {
    check(
        &mapping([FlowDefinition::direct("cn", "displayName")]),
        &person(),
        &expect![[r#"
        Error required-uncovered: no flow gives `objectClass` a value, and inetOrgPerson cannot be made without it
        Error required-uncovered: no flow gives `sn` a value, and inetOrgPerson cannot be made without it
        Error required-uncovered: no flow gives `uid` a value, and inetOrgPerson cannot be made without it
        Error required-uncovered: no flow gives `uidNumber` a value, and inetOrgPerson cannot be made without it
        Error required-uncovered: no flow gives `gidNumber` a value, and inetOrgPerson cannot be made without it
        Error required-uncovered: no flow gives `homeDirectory` a value, and inetOrgPerson cannot be made without it
        Error no-matching: no flow takes part in matching, so objects that exist already cannot be found
        Warning no-name: no flow gives `-dn-` a value, so the target must name new objects itself
    "#]],
    );
}

#[test]
fn targets_exist_and_can_be_written() {
    check(
        &with(FlowDefinition::direct("favouriteDrink", "drink")),
        &lenient(),
        &expect![[r#"
        Error unknown-target: inetOrgPerson has no attribute `favouriteDrink`
    "#]],
    );
    let mut read_only = lenient();
    read_only.attributes.iter_mut().for_each(|attribute| attribute.mutability = Mutability::ReadOnly);
    check(
        &with(FlowDefinition::direct("uid", "a")),
        &read_only,
        &expect![[r#"
        Error read-only-target: `mail` is set by the target alone
        Error read-only-target: `uid` is set by the target alone
    "#]],
    );
    let mut immutable = lenient();
    immutable
        .attributes
        .iter_mut()
        .filter(|a| a.name.matches("uid"))
        .for_each(|a| a.mutability = Mutability::Immutable);
    check(
        &with(FlowDefinition::direct("uid", "a")),
        &immutable,
        &expect![[r#"
        Warning immutable-target: `uid` cannot be changed later; apply the flow only at creation
    "#]],
    );
    check(&with(FlowDefinition::direct("uid", "a").at_creation()), &immutable, &expect![""]);
}

#[test]
fn values_fit_their_attribute() {
    check(
        &with(FlowDefinition::expression("employeeNumber", "Split([a], \",\")")),
        &lenient(),
        &expect![[r#"
        Error several-values: the expression gives several values, and `employeeNumber` holds one
    "#]],
    );
    check(&with(FlowDefinition::expression("uid", "Split([a], \",\")")), &lenient(), &expect![""]);
    check(
        &with(FlowDefinition::constant("uidNumber", "many").with_default("few")),
        &lenient(),
        &expect![[r#"
        Error value-kind: the constant for `uidNumber` cannot be turned into an integer
        Error value-kind: the default for `uidNumber` cannot be turned into an integer
    "#]],
    );
    check(
        &with(FlowDefinition::expression("manager", "Switch([a], , \"b\", \"c\")")),
        &lenient(),
        &expect![[r#"
            Warning switch-without-default: in the expression of `manager`: without a default, a source that equals no key gives no value
            Error switch-on-reference: `manager` holds references, for which `Switch` must not be used
        "#]],
    );
}

#[test]
fn functions_stand_where_they_do_no_harm() {
    let second = NonZeroU32::new(2).unwrap();
    check(
        &with(FlowDefinition::expression("uid", "Redact([a])").matching(second)),
        &lenient(),
        &expect![[r#"
        Error redact-on-matching: `uid` takes part in matching, so it cannot be redacted
    "#]],
    );
    check(
        &with(FlowDefinition::expression("uid", "Guid()")),
        &lenient(),
        &expect![[r#"
        Warning random-always: the value of `uid` is random and would change at every update; apply it only at creation
    "#]],
    );
    check(&with(FlowDefinition::expression("uid", "Guid()").at_creation()), &lenient(), &expect![""]);
    check(
        &with(FlowDefinition::expression("uid", "Guid()").matching(second)),
        &lenient(),
        &expect![[r#"
        Error random-matching: `uid` takes part in matching, and its value is random
    "#]],
    );
    let unique = FlowDefinition::expression("uid", "SelectUniqueValue([a], [b])");
    check(&with(unique.clone().at_creation()), &lenient(), &expect![""]);
    check(
        &with(unique),
        &lenient(),
        &expect![[r#"
        Error unique-always: the value of `uid` is chosen once, so it takes no part in matching and flows at creation
    "#]],
    );
    let ignored = FlowDefinition::expression("uid", "IgnoreFlowIfNullOrEmpty([a])");
    check(&with(ignored.clone()), &lenient(), &expect![""]);
    check(
        &with(ignored.matching(second)),
        &lenient(),
        &expect![[r#"
        Error ignored-flow: `uid` always needs a value, so its flow cannot be ignored
    "#]],
    );
}

#[test]
fn what_the_expression_checker_warns_of_is_passed_on() {
    check(
        &with(FlowDefinition::expression("uid", "Coalesce([a], Mid([b], \"x\", 2))")),
        &lenient(),
        &expect![[r#"
            Warning not-a-number: in the expression of `uid`: the argument `start` of `Mid` is a number, and `x` is none
        "#]],
    );
}

#[test]
fn a_place_is_shown_in_the_expression() {
    let second = NonZeroU32::new(2).unwrap();
    check_drawn(
        FlowDefinition::expression("uid", "Append(Redact([a]), \"x\")").matching(second),
        &expect![[r#"
        Error redact-on-matching: `uid` takes part in matching, so it cannot be redacted at byte 7
        Append(Redact([a]), "x")
               ^^^^^^
        help: match by another attribute, or leave `Redact` out
    "#]],
    );
    check_drawn(
        FlowDefinition::expression("uid", "Left(Guid(), 8)"),
        &expect![[r#"
        Warning random-always: the value of `uid` is random and would change at every update; apply it only at creation at byte 5
        Left(Guid(), 8)
             ^^^^
        help: apply the flow only at creation
    "#]],
    );
    check_drawn(
        FlowDefinition::expression("uid", "SelectUniqueValue([a], [b])"),
        &expect![[r#"
        Error unique-always: the value of `uid` is chosen once, so it takes no part in matching and flows at creation at byte 0
        SelectUniqueValue([a], [b])
        ^^^^^^^^^^^^^^^^^
        help: apply the flow only at creation, and match by another attribute
    "#]],
    );
    check_drawn(
        FlowDefinition::expression("manager", "IIF([a] = \"b\", Switch([c], \"d\", \"e\", \"f\"), [g])"),
        &expect![[r#"
            Error switch-on-reference: `manager` holds references, for which `Switch` must not be used at byte 15
            IIF([a] = "b", Switch([c], "d", "e", "f"), [g])
                           ^^^^^^
            help: choose by `IIF`
        "#]],
    );
    check_drawn(
        FlowDefinition::expression("uid", "IIF([a] = \"b\", IgnoreAttributeFlow, [c])").matching(second),
        &expect![[r#"
            Error ignored-flow: `uid` always needs a value, so its flow cannot be ignored at byte 15
            IIF([a] = "b", IgnoreAttributeFlow, [c])
                           ^^^^^^^^^^^^^^^^^^^
            help: give a value for the case that there is none
        "#]],
    );
    check_drawn(
        FlowDefinition::expression("uid", "IIF([a] = \"b\", IgnoreObjectFlow, [c])"),
        &expect![[r#"
        Warning ignored-object: the flow to `uid` is applied at every update, and this then leaves the whole object as it is at byte 15
        IIF([a] = "b", IgnoreObjectFlow, [c])
                       ^^^^^^^^^^^^^^^^
        help: apply the flow only at creation
    "#]],
    );
    check_drawn(
        FlowDefinition::expression("uid", "IIF([a] = \"b\", IgnoreObjectFlow, [c])").at_creation(),
        &expect![""],
    );
}

#[test]
fn roles_flow_to_roles() {
    check_drawn(
        FlowDefinition::expression("uid", "AppRoleAssignmentsComplex([appRoleAssignments])"),
        &expect![[r#"
            Error roles-target: `AppRoleAssignmentsComplex` gives roles, and `uid` is no attribute for them at byte 0
            AppRoleAssignmentsComplex([appRoleAssignments])
            ^^^^^^^^^^^^^^^^^^^^^^^^^
            help: flow it to `roles`; `AppRoleAssignments` gives the values of roles to any attribute
        "#]],
    );
    check_drawn(
        FlowDefinition::expression("uid", "SingleAppRoleAssignment([appRoleAssignments])"),
        &expect![[r#"
        Warning roles-target: `SingleAppRoleAssignment` gives roles, and `uid` is no attribute for them at byte 0
        SingleAppRoleAssignment([appRoleAssignments])
        ^^^^^^^^^^^^^^^^^^^^^^^
        help: the product takes this for `roles` only; here the value flows
    "#]],
    );
    check_drawn(FlowDefinition::expression("uid", "AppRoleAssignments([appRoleAssignments])"), &expect![""]);
    let mut people = lenient();
    let mut roles = AttributeSchema::new("roles", ValueKind::Text);
    roles.multi_valued = true;
    people.attributes.push(roles);
    let flow = FlowDefinition::expression("roles", "AssertiveAppRoleAssignmentsComplex([appRoleAssignments])");
    expect![[r#"
        Warning complex-as-text: each role flows to `roles` as the JSON text of an object at byte 0
        AssertiveAppRoleAssignmentsComplex([appRoleAssignments])
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        help: attributes hold no members; `AppRoleAssignments` gives the values of roles alone
    "#]]
    .assert_eq(&drawn(&with(flow).check(&people)));
}

#[test]
fn attributes_that_the_source_does_not_have_are_named() {
    let source = ObjectTypeSchema::new(
        "user",
        ["mail", "dn", "userPrincipalName"].map(|name| AttributeSchema::new(name, ValueKind::Text)).to_vec(),
    );
    let mapping = mapping([
        FlowDefinition::direct("-dn-", "DN"),
        FlowDefinition::direct("mail", "mail"),
        FlowDefinition::expression("uid", "ToLower(Word([userPrincipalname], 1, \"@\"), )"),
        FlowDefinition::expression("active", "Not([issoftdeleted])"),
        FlowDefinition::constant("title", "x"),
    ]);
    let found = mapping.check_source(&source);
    assert!(found.iter().all(|finding| !finding.is_error()));
    assert_eq!(found.iter().map(Finding::flow).collect::<Vec<_>>(), [Some(0), Some(2)]);
    expect![[r#"
        Warning unknown-attribute: in the flow to `-dn-`: the source has no attribute `DN` at byte 0
        DN
        ^^
        help: names are case-sensitive: write `dn`
        Warning unknown-attribute: in the expression of `uid`: the source has no attribute `userPrincipalname` at byte 13
        ToLower(Word([userPrincipalname], 1, "@"), )
                     ^^^^^^^^^^^^^^^^^^^
        help: names are case-sensitive: write `userPrincipalName`
    "#]].assert_eq(&drawn(&found));
}
