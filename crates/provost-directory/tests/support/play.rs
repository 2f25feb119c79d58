//! The requests of `cases/`, asked one by one, and their answers as text.

use std::fmt::Write;

use provost_ldap_types::Filter;
use provost_ldap_types::ldif::{Change, ModifyOperation as LdifOperation, Reader, Record};
use provost_ldap_wire::{
    AddRequest, CompareRequest, Modification, ModifyDnRequest, ModifyOperation, ModifyRequest, Octets, Operation,
    PartialAttribute, Scope, SearchRequest,
};

use super::{Answer, FoundEntry};

/// Changes as LDIF, each with a word that says what is tried. `BASE` stands for the tree of the test.
const CHANGES: &str = include_str!("../cases/changes.ldif");

/// Searches: what is tried, scope, base, filter, attributes.
const SEARCHES: &str = include_str!("../cases/searches.txt");

/// Compares: what is tried, name, attribute, value.
const COMPARES: &str = include_str!("../cases/compares.txt");

/// A request and what it tries.
pub(crate) struct Case {
    pub(crate) what: String,
    pub(crate) operation: Operation<'static>,
}

/// Returns the changes, each followed by a search for the entry with all attributes, which shows what the change did.
pub(crate) fn changes(base: &str, suffix: &str) -> Vec<Case> {
    let mut found = Vec::new();
    for (what, text) in cases(CHANGES) {
        let text = text.replace("BASE", base).replace("SUFFIX", suffix);
        for record in Reader::new(text.as_bytes()) {
            let operation = request(record.unwrap_or_else(|error| panic!("{what}: {error:?}")));
            let name = match &operation {
                Operation::AddRequest(request) => request.name.to_text(),
                Operation::ModifyRequest(request) => request.name.to_text(),
                Operation::ModifyDnRequest(request) => request.name.to_text(),
                _ => String::new(),
            };
            found.push(Case { what: what.to_owned(), operation });
            if !name.is_empty() && name != "cn=Subschema" {
                let look = SearchRequest::new(name, Scope::Base, every(), vec!["*".into(), "+".into()]);
                found.push(Case { what: what.to_owned(), operation: Operation::SearchRequest(look) });
            }
        }
    }
    found
}

/// Returns the searches.
pub(crate) fn searches(base: &str) -> Vec<Case> {
    let lines = SEARCHES.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let line = line.replace("BASE", base);
        let [what, scope, base, filter, attributes] = split(&line).try_into().unwrap();
        let scope = match scope {
            "base" => Scope::Base,
            "one" => Scope::One,
            "children" => Scope::Subordinates,
            _ => Scope::Subtree,
        };
        let filter: Filter = filter.replace('¦', "|").parse().unwrap();
        let attributes = attributes.split_whitespace().map(|name| Octets::from(name.to_owned())).collect();
        let request = SearchRequest::new(base.to_owned(), scope, filter, attributes);
        Case { what: what.to_owned(), operation: Operation::SearchRequest(request) }
    });
    lines.collect()
}

/// Returns the compares.
pub(crate) fn compares(base: &str) -> Vec<Case> {
    let lines = COMPARES.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let line = line.replace("BASE", base);
        let [what, name, attribute, value] = split(&line).try_into().unwrap();
        let own = |text: &str| Octets::from(text.to_owned());
        let request = CompareRequest { name: own(name), attribute: own(attribute), value: own(value) };
        Case { what: what.to_owned(), operation: Operation::CompareRequest(request) }
    });
    lines.collect()
}

/// What overlays of slapd add: change log, replication and password policy.
const OF_OVERLAYS: [&str; 3] = ["auditContext", "contextCSN", "pwdChangedTime"];

/// Shows an answer without what depends on time, chance and the order of entries.
pub(crate) fn show(answer: &Answer) -> String {
    let result = &answer.result;
    let mut text = format!("{} {:?} {:?}", result.code, result.matched_dn, result.message);
    let mut entries: Vec<&FoundEntry> = answer.entries.iter().collect();
    entries.sort();
    for (name, attributes) in entries {
        write!(text, "\n    {name}:").unwrap();
        let mut attributes: Vec<String> =
            attributes.iter().filter(|(name, _)| !OF_OVERLAYS.contains(&name.as_str())).map(show_attribute).collect();
        attributes.sort();
        write!(text, " {}", attributes.join(" ")).unwrap();
    }
    text
}

pub(crate) fn show_attribute((name, values): &(String, Vec<Vec<u8>>)) -> String {
    // Values that depend on time and chance.
    let varies = ["entryUUID", "entryCSN", "createTimestamp", "modifyTimestamp"].contains(&name.as_str());
    let mut values: Vec<String> = values.iter().map(|value| value.escape_ascii().to_string()).collect();
    values.retain(|value| value != "cn=accesslog");
    values.sort();
    if varies { format!("{name}=*{}", values.len()) } else { format!("{name}={values:?}") }
}

fn request(record: Record) -> Operation<'static> {
    let own = |attribute: provost_ldap_types::Attribute| {
        let (description, values) = attribute.into_parts();
        PartialAttribute::new(description.to_string(), values)
    };
    let Record::Change(record) = record else { panic!("a content record") };
    let name: Octets<'static> = record.dn.to_string().into();
    match record.change {
        Change::Add(attributes) => {
            Operation::AddRequest(AddRequest { name, attributes: attributes.into_iter().map(own).collect() })
        }
        Change::Delete => Operation::DeleteRequest(name),
        Change::Modify(changes) => {
            let changes = changes.into_iter().map(|change| {
                let operation = match change.operation {
                    LdifOperation::Add => ModifyOperation::Add,
                    LdifOperation::Delete => ModifyOperation::Delete,
                    LdifOperation::Increment => ModifyOperation::Increment,
                    _ => ModifyOperation::Replace,
                };
                Modification::new(operation, own(change.attribute))
            });
            Operation::ModifyRequest(ModifyRequest { name, changes: changes.collect() })
        }
        Change::Rename { new_rdn, delete_old_rdn, new_superior } => Operation::ModifyDnRequest(ModifyDnRequest {
            name,
            new_rdn: new_rdn.to_string().into(),
            delete_old_rdn,
            new_superior: new_superior.map(|superior| superior.to_string().into()),
        }),
    }
}

/// Splits a document at `# what` lines.
fn cases(document: &str) -> impl Iterator<Item = (&str, &str)> {
    document.split("\n# ").skip(1).filter_map(|case| case.split_once('\n'))
}

/// Splits a line of a table; a filter writes its own bars as `¦`.
fn split(line: &str) -> Vec<&str> {
    line.split('|').map(str::trim).collect()
}

pub(crate) fn every() -> Filter {
    "(objectClass=*)".parse().unwrap()
}
