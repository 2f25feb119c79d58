//! How an object is found in the target, and how its name is kept from being altered by a value.

use std::num::NonZeroU32;

use provost_mapping::FlowDefinition;
use provost_model::{Attributes, Value};

use crate::common::{Stirred, bsimon, context, mapping, seed};

fn precedence(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

#[test]
fn the_mapping_set_of_the_tutorial_looks_by_mail() {
    let entropy = Stirred::default();
    let queries = seed().match_queries(&bsimon(), &context(&entropy)).unwrap();
    let [query] = queries.as_slice() else { panic!("{queries:?}") };
    assert_eq!(query.attribute.as_str(), "mail");
    assert_eq!(query.value, Value::from("BSimon@contoso.com"));
    assert_eq!(query.object_type.as_ref().unwrap().as_str(), "inetOrgPerson");
}

#[test]
fn queries_come_by_precedence_and_null_is_left_out() {
    let mapping = mapping([
        FlowDefinition::direct("uid", "mailNickname").matching(precedence(20)),
        FlowDefinition::direct("mail", "mail").at_creation().matching(precedence(3)),
        FlowDefinition::direct("employeeNumber", "employeeId").matching(precedence(4)),
        FlowDefinition::expression("cn", "Word([mail], 9, \"@\")").matching(precedence(5)),
    ]);
    let mut user = Attributes::new();
    user.set("mail", [Value::from("a@b")]);
    user.set("mailNickname", [Value::from("a")]);
    let entropy = Stirred::default();
    let queries = mapping.match_queries(&user, &context(&entropy)).unwrap();
    let asked: Vec<_> = queries.iter().map(|query| query.attribute.as_str()).collect();
    assert_eq!(asked, ["mail", "uid"]);
    let order: Vec<_> = mapping.matching_attributes().map(|name| name.as_str()).collect();
    assert_eq!(order, ["mail", "employeeNumber", "cn", "uid"]);
}

#[test]
fn several_values_cannot_be_looked_for() {
    let mapping = mapping([FlowDefinition::direct("mail", "mails").matching(precedence(1))]);
    let mut user = Attributes::new();
    user.set("mails", [Value::from("a"), Value::from("b")]);
    let entropy = Stirred::default();
    assert_eq!(mapping.match_queries(&user, &context(&entropy)).unwrap_err().code(), "several-values");
}

#[test]
fn a_harmless_user_has_every_attribute_that_is_read() {
    let seed = seed();
    let harmless = seed.harmless();
    assert!(seed.source_attributes().all(|name| harmless.contains(name)));
    let entropy = Stirred::default();
    assert_eq!(seed.name(&harmless, &context(&entropy)).unwrap().unwrap().as_str(), "CN=a,DC=Contoso,DC=lab");
}

#[test]
fn a_name_that_a_value_alters_differs_from_that_of_its_harmless_like() {
    let seed = seed();
    assert!(seed.joins_name());
    let mut user = bsimon();
    user.set("userPrincipalName", [Value::from("x,OU=Admins+uid=y@contoso.com")]);
    let entropy = Stirred::default();
    let name = |user: &Attributes| seed.name(user, &context(&entropy)).unwrap().unwrap().to_string();
    assert_eq!(name(&user), "CN=x,OU=Admins+uid=y,DC=Contoso,DC=lab");
    assert_eq!(name(&seed.harmless_like(&user)), "CN=xaOUaAdminsauiday,DC=Contoso,DC=lab");
    assert_eq!(name(&seed.harmless_like(&bsimon())), name(&bsimon()));
}

#[test]
fn a_harmless_like_takes_the_same_branch() {
    let dn = r#"Join("", "CN=", [cn], ",", Switch([department], "", "Sales", "OU=Sales,OU=Staff,"), "DC=lab")"#;
    let mapping = mapping([FlowDefinition::expression("-dn-", dn)]);
    let mut user = Attributes::new();
    user.set("cn", [Value::from("a")]);
    user.set("department", [Value::from("Sales")]);
    let entropy = Stirred::default();
    let name = |user: &Attributes| mapping.name(user, &context(&entropy)).unwrap().unwrap().to_string();
    assert_eq!(name(&mapping.harmless_like(&user)), "CN=a,OU=Sales,OU=Staff,DC=lab");
    assert_eq!(name(&mapping.harmless()), "CN=a@a,DC=lab");
}

#[test]
fn a_name_that_flows_directly_is_not_joined() {
    assert!(!mapping([FlowDefinition::direct("-dn-", "onPremisesDistinguishedName")]).joins_name());
    assert!(!mapping([]).joins_name());
}
