//! The quickstart, run on the embedded directory and on real servers, and what must be in the directory afterwards.

use crate::command::{capture, cargo, program};
use crate::ldif::{self, Entry};
use crate::plan::{Context, Step};
use crate::programs::{EXAMPLES, outcome};
use crate::report::Outcome;
use crate::servers::{Product, Server};

/// The attributes of the user `bsimon` of the seed example, each with what it must hold.
const EXPECTED: &[(&str, &[&str])] = &[
    ("objectclass", &["inetOrgPerson", "posixAccount", "shadowAccount"]),
    ("cn", &["B.Simon"]),
    ("sn", &["Simon"]),
    ("mail", &["bsimon@contoso.com"]),
    ("uid", &["bsimon"]),
    ("gidnumber", &["10000"]),
    ("homedirectory", &["/home/bsimon"]),
];

/// Returns the steps: one for the embedded directory and one for each server.
pub(crate) fn steps() -> Vec<Step> {
    let mut steps = vec![Step::new("quickstart", |_| outcome(embedded()))];
    for product in Product::FULL {
        steps.push(Step::new(format!("quickstart on {}", product.name()), move |context| on_server(context, product)));
    }
    steps
}

fn embedded() -> Result<(), String> {
    let printed = capture(&mut quickstart())?;
    println!("{printed}");
    check(&printed)
}

fn on_server(context: &mut Context, product: Product) -> Outcome {
    match context.server(product) {
        Ok(server) => outcome(provision(&server)),
        Err(outcome) => outcome,
    }
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

/// Checks that a text holds the entry of `bsimon` with the attributes of the seed example, and no password in clear.
fn check(text: &str) -> Result<(), String> {
    let entries = ldif::entries(text);
    let holds = |entry: &&Entry| entry.get("uid").is_some_and(|uids| uids.iter().any(|uid| uid == "bsimon"));
    let entry = entries.iter().find(holds).ok_or("there is no entry with the uid bsimon")?;
    for (name, wanted) in EXPECTED {
        let values = entry.get(*name).map(Vec::as_slice).unwrap_or_default();
        if let Some(value) = wanted.iter().find(|value| !values.iter().any(|held| held.eq_ignore_ascii_case(value))) {
            return Err(format!("bsimon has no {name} {value}, but {values:?}"));
        }
    }
    let number = entry.get("uidnumber").and_then(|values| values.first()).map(String::as_str).unwrap_or_default();
    if number.is_empty() || !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(format!("bsimon has the uidNumber `{number}`"));
    }
    println!("bsimon has the attributes of the example");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;

    const ENTRY: &str = "dn: CN=bsimon,DC=Contoso,DC=lab\nobjectClass: inetOrgPerson\nobjectClass: posixAccount\n\
        objectClass: shadowAccount\ncn: B.Simon\ncn: bsimon\nsn: Simon\nmail: bsimon@contoso.com\nuid: bsimon\n\
        uidNumber: 10001\ngidNumber: 10000\nhomeDirectory: /home/bsimon\n";

    #[test]
    fn every_attribute_of_the_example_is_asked_for() {
        check(ENTRY).unwrap();
        for line in ENTRY.lines().filter(|line| !line.starts_with("dn:") && *line != "cn: bsimon") {
            let less = ENTRY.replace(&format!("{line}\n"), "");
            assert!(check(&less).is_err(), "{line}");
        }
    }
}
