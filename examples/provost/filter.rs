use std::process::ExitCode;

use provost_examples::failure::Failure;
use provost_ldap_types::{AttributeDescription, Filter};
use serde_json::{Value as Json, json};

use crate::dn::{print, refuse, value};
use crate::drawing::{Colours, Finding};

/// Arguments of `provost filter`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The filter, such as `(&(objectClass=person)(cn=Simon*))`.
    text: String,
}

pub(crate) fn run(args: &Args, colours: Colours) -> Result<ExitCode, Failure> {
    match args.text.parse::<Filter>() {
        Ok(filter) => print(&json!({ "filter": filter, "parsed": parsed(&filter) })),
        Err(error) => {
            let message = error.to_string();
            refuse("filter", &args.text, &Finding::error(error.code(), &message, error.span()), colours)
        }
    }
}

fn parsed(filter: &Filter) -> Json {
    let all = |filters: &[Filter]| filters.iter().map(parsed).collect::<Vec<_>>();
    match filter {
        Filter::And(filters) => json!({ "and": all(filters) }),
        Filter::Or(filters) => json!({ "or": all(filters) }),
        Filter::Not(filter) => json!({ "not": parsed(filter) }),
        Filter::Equality { attribute, value: of } => json!({ "equality": assertion(attribute, of) }),
        Filter::Substrings { attribute, initial, any, last } => json!({ "substrings": {
            "attribute": attribute,
            "initial": initial.as_deref().map(value),
            "any": any.iter().map(|part| value(part)).collect::<Vec<_>>(),
            "last": last.as_deref().map(value),
        } }),
        Filter::GreaterOrEqual { attribute, value: of } => json!({ "greater_or_equal": assertion(attribute, of) }),
        Filter::LessOrEqual { attribute, value: of } => json!({ "less_or_equal": assertion(attribute, of) }),
        Filter::Present(attribute) => json!({ "present": { "attribute": attribute } }),
        Filter::Approx { attribute, value: of } => json!({ "approx": assertion(attribute, of) }),
        Filter::Extensible { rule, attribute, value: of, dn_attributes } => json!({ "extensible": {
            "rule": rule,
            "attribute": attribute,
            "value": value(of),
            "dn_attributes": dn_attributes,
        } }),
    }
}

fn assertion(attribute: &AttributeDescription, of: &[u8]) -> Json {
    json!({ "attribute": attribute, "value": value(of) })
}
