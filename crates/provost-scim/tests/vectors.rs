//! The vectors of filters, paths and PATCH requests, each in every mode that it names.
#![cfg(test)]

use std::collections::BTreeSet;
use std::sync::Arc;

use provost_scim::{
    AttributeDefinition, AttributeType, Filter, Literal, Matcher, Mode, Mutability, PatchRequest, Path, Resource,
    ResourceSchema, SchemaDefinition, ScimError, enterprise_user, group, user,
};
use serde_json::{Value, json};

/// Vectors that are known not to hold, as `id mode`. One that begins to hold must leave the list.
const EXPECTED_FAILURES: &[&str] = &[];

fn lab() -> SchemaDefinition {
    use AttributeType::{Binary, Boolean, Complex, DateTime, Decimal, Integer, Reference, String};
    let of = AttributeDefinition::new;
    let attributes = vec![
        of("badge", String).case_exact().with_mutability(Mutability::Immutable),
        of("age", Integer),
        of("score", Decimal),
        of("vip", Boolean),
        of("cert", Binary),
        of("hired", DateTime),
        of("tags", String).multi_valued(),
        of("seal", String).with_mutability(Mutability::ReadOnly),
        of("homepage", Reference),
        of("notes", String),
        of("android", String),
        of("orders", Integer),
        of("devices", Complex).multi_valued().with_sub_attributes(vec![
            of("value", String),
            of("kind", String),
            of("serial", String).case_exact().with_mutability(Mutability::Immutable),
            of("primary", Boolean),
        ]),
    ];
    SchemaDefinition::new("urn:example:provost:scim:schemas:extension:lab:2.0:User", "Lab", attributes).unwrap()
}

fn ecma() -> SchemaDefinition {
    use AttributeType::{Binary, Boolean, Integer, String};
    let of = AttributeDefinition::new;
    let attributes = vec![
        of("-dn-", String),
        of("_distinguishedName", String),
        of("objectClass", String).multi_valued(),
        of("uid", String),
        of("cn", String),
        of("sn", String),
        of("mail", String),
        of("uidNumber", Integer),
        of("msDS-UserAccountDisabled", Boolean),
        of("userCertificate;binary", Binary),
        of("export_password", String).with_mutability(Mutability::WriteOnly),
    ];
    let urn = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User";
    SchemaDefinition::new(urn, "ECMA2Host", attributes).unwrap()
}

struct Schemas {
    user: Arc<ResourceSchema>,
    group: Arc<ResourceSchema>,
}

impl Schemas {
    fn new() -> Self {
        let user = ResourceSchema::new("User", "/Users", user())
            .with_extension(enterprise_user())
            .with_extension(lab())
            .with_extension(ecma());
        Self { user: Arc::new(user), group: Arc::new(ResourceSchema::new("Group", "/Groups", group())) }
    }

    fn of(&self, vector: &Value) -> &Arc<ResourceSchema> {
        if vector["resourceType"] == "Group" { &self.group } else { &self.user }
    }
}

fn canonical(filter: &Filter) -> String {
    let list = |terms: &[Filter]| terms.iter().map(canonical).collect::<Vec<_>>().join(" ");
    match filter {
        Filter::And(terms) => format!("(and {})", list(terms)),
        Filter::Or(terms) => format!("(or {})", list(terms)),
        Filter::Not(inner) => format!("(not {})", canonical(inner)),
        Filter::Each { attribute, filter } => format!("(each {attribute} {})", canonical(filter)),
        Filter::Present(attribute) => format!("(pr {attribute})"),
        Filter::Compare { attribute, operator, value } => {
            let value = match value {
                Literal::Boolean(flag) => flag.to_string(),
                Literal::Number(number) => number.to_string(),
                Literal::Text(text) => serde_json::to_string(text).unwrap(),
                _ => "null".to_owned(),
            };
            format!("({operator} {attribute} {value})")
        }
        other => panic!("unknown node {other:?}"),
    }
}

fn filter(vector: &Value, schemas: &Schemas, mode: Mode) -> Result<Value, ScimError> {
    let parsed = Filter::parse(vector["input"].as_str().unwrap(), mode)?;
    if vector.get("resource").is_none() {
        return Ok(json!({ "canonical": canonical(&parsed) }));
    }
    let schema = schemas.of(vector);
    let matcher = Matcher::new(&parsed, schema, mode)?;
    let resource = Resource::from_stored(schema, vector["resource"].clone())?;
    Ok(json!({ "match": matcher.matches(&resource) }))
}

fn path(vector: &Value, mode: Mode) -> Result<Value, ScimError> {
    let path = Path::parse(vector["input"].as_str().unwrap(), mode)?;
    let filter = path.filter().map(canonical);
    Ok(json!({ "uri": path.urn(), "attr": path.name(), "filter": filter, "sub": path.sub_attribute() }))
}

fn patch(vector: &Value, schemas: &Schemas, mode: Mode) -> Result<Value, ScimError> {
    let resource = Resource::from_stored(schemas.of(vector), vector["resource"].clone())?;
    assert_eq!(resource.as_value(), &vector["resource"], "the stored state is taken as it is");
    let patched = PatchRequest::parse(vector["input"].clone(), mode)?.apply(&resource, mode)?;
    Ok(json!({ "resource": patched.resource.as_value(), "changed": patched.changed }))
}

fn holds(vector: &Value, outcome: &Result<Value, ScimError>) -> bool {
    match (outcome, vector.get("expected"), vector.get("error")) {
        (Ok(found), Some(expected), None) => {
            expected.as_object().unwrap().iter().all(|(key, value)| found.get(key) == Some(value))
        }
        (Err(found), None, Some(expected)) => {
            let code = found.scim_type().map_or("", |scim_type| scim_type.as_str());
            let tolerated = expected["or"].as_array().cloned().unwrap_or_default();
            expected["status"] == found.status()
                && (expected["scimType"] == code || tolerated.iter().any(|or| or == code))
        }
        _ => false,
    }
}

#[test]
fn every_vector_holds_in_every_mode_that_it_names() {
    let file: Value = serde_json::from_str(include_str!("data/scim-vectors.json")).unwrap();
    let schemas = Schemas::new();
    let (mut ran, mut failed) = (0, BTreeSet::new());
    for vector in file["vectors"].as_array().unwrap() {
        let id = vector["id"].as_str().unwrap();
        for (name, mode) in [("strict", Mode::Strict), ("compat", Mode::Compat)] {
            if vector.get("mode").is_some_and(|only| only != name) {
                continue;
            }
            let outcome = match vector["kind"].as_str().unwrap() {
                "filter" => filter(vector, &schemas, mode),
                "path" => path(vector, mode),
                "patch" => patch(vector, &schemas, mode),
                other => panic!("unknown kind {other}"),
            };
            ran += 1;
            if !holds(vector, &outcome) {
                println!("{id} {name}: {outcome:?}\n  {}", vector["input"]);
                failed.insert(format!("{id} {name}"));
            }
        }
    }
    println!("{ran} runs, {} failed", failed.len());
    assert!(ran >= 600, "only {ran} runs");
    let known: BTreeSet<String> = EXPECTED_FAILURES.iter().map(|&id| id.to_owned()).collect();
    assert_eq!(failed, known, "left: what fails, right: what is known to");
}
