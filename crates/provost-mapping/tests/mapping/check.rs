//! What the check of a mapping against the schema of its target finds.

use std::num::NonZeroU32;

use expect_test::{Expect, expect};
use provost_mapping::{FlowDefinition, Mapping};
use provost_model::{Mutability, ObjectTypeSchema};

use crate::common::{mapping, person, seed};

fn check(mapping: &Mapping, object_type: &ObjectTypeSchema, expected: &Expect) {
    let found: Vec<String> = mapping
        .check(object_type)
        .iter()
        .map(|finding| format!("{:?} {}: {finding}\n", finding.severity(), finding.code()))
        .collect();
    expected.assert_eq(&found.concat());
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
