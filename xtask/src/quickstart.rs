//! The quickstart, run on the embedded directory and on real servers, and what must be in the directory afterwards.

use serde_json::Value;

use crate::command::{capture, cargo, program, root};
use crate::ldif::{self, Entry};
use crate::plan::Step;
use crate::programs::{EXAMPLES, outcome};
use crate::servers::{Product, Server};

/// The users that the quickstart provisions, relative to the workspace.
const USERS: &str = "examples/data/users.jsonl";

/// Attributes of an entry in lower case, each with values that it must hold.
type Expected = Vec<(&'static str, Vec<String>)>;

/// Returns the steps: one for the embedded directory and one for each server.
pub(crate) fn steps() -> Vec<Step> {
    let mut steps = vec![Step::new("quickstart", |_| outcome(embedded()))];
    for product in Product::WRITTEN {
        steps.push(Step::on(product, "quickstart", |_, server| outcome(provision(server))));
    }
    steps
}

fn embedded() -> Result<(), String> {
    let printed = capture(&mut quickstart())?;
    println!("{printed}");
    check(&printed)
}

fn provision(server: &Server) -> Result<(), String> {
    let mut command = quickstart();
    command.args(["--ldap-url", server.value("URL"), "--bind-dn", server.value("BIND_DN"), "--password-file"]);
    let printed = capture(command.arg(&server.password_file))?;
    println!("{printed}");
    check(&printed)?;
    let mut search = program("ldapsearch");
    search.args(["-x", "-LLL", "-o", "ldif-wrap=no", "-H", server.value("URL"), "-D", server.value("BIND_DN"), "-y"]);
    search.arg(&server.password_file).args(["-b", server.value("SUFFIX"), "(uid=bsimon)"]);
    check(&capture(&mut search)?)
}

fn quickstart() -> std::process::Command {
    cargo(["run", "--quiet", "-p", EXAMPLES, "--bin", "quickstart", "--"])
}

/// Checks that a text holds the entry of the user `bsimon` as the seed's mappings make it.
fn check(text: &str) -> Result<(), String> {
    let users = std::fs::read_to_string(root().join(USERS)).map_err(|error| format!("{USERS}: {error}"))?;
    let expected = expected(&users).ok_or_else(|| format!("{USERS} does not hold bsimon with all attributes"))?;
    compare(text, &expected)?;
    println!("bsimon has the attributes of the example");
    Ok(())
}

/// Says what the entry of `bsimon` must hold: the classes, and what the mappings make of the record in the file.
fn expected(users: &str) -> Option<Expected> {
    let user = users
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|user| user.get("userPrincipalName").is_some_and(|name| name == "bsimon@contoso.com"))?;
    let text = |name: &str| user.get(name).and_then(Value::as_str).map(str::to_owned);
    let members = user.as_object()?;
    let number = members.iter().find(|(name, _)| name.starts_with("extension_") && name.ends_with("_uidNumber"))?.1;
    let classes = ["inetOrgPerson", "posixAccount", "shadowAccount"].map(str::to_owned);
    Some(vec![
        ("objectclass", classes.into()),
        ("cn", vec![text("displayName")?]),
        ("sn", vec![text("surname")?]),
        ("mail", vec![text("userPrincipalName")?]),
        ("uid", vec!["bsimon".to_owned()]),
        ("uidnumber", vec![number.to_string().trim_matches('"').to_owned()]),
        ("gidnumber", vec!["10000".to_owned()]),
        ("homedirectory", vec!["/home/bsimon".to_owned()]),
    ])
}

fn compare(text: &str, expected: &Expected) -> Result<(), String> {
    let entries = ldif::entries(text);
    let holds = |entry: &&Entry| entry.get("uid").is_some_and(|uids| uids.iter().any(|uid| uid == "bsimon"));
    let entry = entries.iter().find(holds).ok_or("there is no entry with the uid bsimon")?;
    for (name, wanted) in expected {
        let values = entry.get(*name).map(Vec::as_slice).unwrap_or_default();
        if let Some(value) = wanted.iter().find(|value| !values.iter().any(|held| held.eq_ignore_ascii_case(value))) {
            return Err(format!("bsimon has no {name} {value}, but {values:?}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{compare, expected};

    const USERS: &str = r#"{"userPrincipalName": "other@contoso.com"}
{"userPrincipalName": "bsimon@contoso.com", "displayName": "B.Simon", "surname": "Simon", "extension_9d_uidNumber": 10001}"#;

    const ENTRY: &str = "dn: CN=bsimon,DC=Contoso,DC=lab\nobjectClass: inetOrgPerson\nobjectClass: posixAccount\n\
        objectClass: shadowAccount\ncn: B.Simon\ncn: bsimon\nsn: Simon\nmail: bsimon@contoso.com\nuid: bsimon\n\
        uidNumber: 10001\ngidNumber: 10000\nhomeDirectory: /home/bsimon\n";

    #[test]
    fn every_attribute_of_the_example_is_asked_for() {
        let expected = expected(USERS).unwrap();
        compare(ENTRY, &expected).unwrap();
        for line in ENTRY.lines().filter(|line| !line.starts_with("dn:") && *line != "cn: bsimon") {
            let less = ENTRY.replace(&format!("{line}\n"), "");
            assert!(compare(&less, &expected).is_err(), "{line}");
        }
    }

    #[test]
    fn a_file_without_the_user_has_nothing_to_expect() {
        assert_eq!(expected(r#"{"userPrincipalName": "bsimon@contoso.com"}"#), None);
    }
}
