//! The examples and the command-line program, run as a user runs them.

use serde_json::Value;

use crate::command::{capture, cargo, run};
use crate::metadata::Package;
use crate::plan::Step;
use crate::report::Outcome;
use crate::servers::{Product, Server};

/// The package of the examples and the programs.
pub(crate) const EXAMPLES: &str = "provost-examples";

/// Returns a step for each example and for what the command-line program says to a real server.
pub(crate) fn steps(packages: &[Package]) -> Vec<Step> {
    let mut steps = Vec::new();
    for package in packages.iter().filter(|package| package.name == EXAMPLES) {
        for name in package.targets("example") {
            let name = name.to_owned();
            steps.push(Step::new(format!("example {name}"), move |_| {
                run(&mut cargo(["run", "--quiet", "-p", EXAMPLES, "--example", &name]))
            }));
        }
    }
    steps.push(Step::new("provost eval", |_| outcome(eval())));
    for product in Product::LABELLED {
        steps.push(Step::on(product, "provost inspect", move |_, server| outcome(inspect(server, product.name()))));
    }
    steps
}

/// Turns a check into an outcome.
pub(crate) fn outcome(check: Result<(), String>) -> Outcome {
    check.map_or_else(Outcome::Failed, |()| Outcome::Passed)
}

fn eval() -> Result<(), String> {
    let expression = r#"Join("", "CN=", Word([userPrincipalName], 1, "@"), ",DC=Contoso,DC=lab")"#;
    let arguments = ["eval", expression, "--attr", "userPrincipalName=bsimon@contoso.com"];
    let printed = capture(provost().args(arguments))?;
    match serde_json::from_str::<Value>(&printed) {
        Ok(value) if value == "CN=bsimon,DC=Contoso,DC=lab" => Ok(()),
        _ => Err(format!("provost eval printed {printed}")),
    }
}

/// Asks for the page that a person reads and for the document, and checks both.
fn inspect(server: &Server, label: &str) -> Result<(), String> {
    let mut command = provost();
    command.args(["inspect", "--url", server.value("URL"), "--bind-dn", server.value("BIND_DN")]);
    command.arg("--password-file").arg(&server.password_file);
    let page = capture(&mut command)?;
    println!("{page}");
    check_page(&page)?;
    check_inspection(&capture(command.arg("--json"))?, label)
}

/// Checks that a page begins with the evidence and fits its width.
fn check_page(page: &str) -> Result<(), String> {
    if !page.starts_with("evidence ") {
        return Err("provost inspect does not begin with the evidence".to_owned());
    }
    match page.lines().find(|line| line.chars().count() > 100) {
        Some(line) => Err(format!("provost inspect printed more than 100 columns: {line}")),
        None => Ok(()),
    }
}

fn check_inspection(printed: &str, label: &str) -> Result<(), String> {
    let value: Value = serde_json::from_str(printed).map_err(|error| format!("provost inspect: {error}"))?;
    let found = value.pointer("/server/label").and_then(Value::as_str).unwrap_or_default();
    let contexts = value.get("naming_contexts").and_then(Value::as_array).map(Vec::len).unwrap_or_default();
    if found == label && contexts > 0 && value.get("schema").is_some_and(Value::is_object) {
        println!("{found}, {contexts} naming contexts");
        Ok(())
    } else {
        Err(format!("provost inspect printed {printed}"))
    }
}

fn provost() -> std::process::Command {
    cargo(["run", "--quiet", "-p", EXAMPLES, "--bin", "provost", "--"])
}

#[cfg(test)]
mod tests {
    use super::{check_inspection, check_page};

    #[test]
    fn a_page_begins_with_the_evidence_and_fits() {
        assert_eq!(check_page("evidence  a rule\nserver    x\n"), Ok(()));
        assert!(check_page("server    x\nevidence  a rule\n").is_err());
        assert!(check_page(&format!("evidence  {}\n", "x".repeat(91))).is_err());
    }

    #[test]
    fn an_inspection_names_the_server_and_its_schema() {
        let good = r#"{"server": {"label": "openldap"}, "naming_contexts": ["dc=x"], "schema": {}}"#;
        assert_eq!(check_inspection(good, "openldap"), Ok(()));
        assert!(check_inspection(good, "389ds").is_err());
        assert!(check_inspection(r#"{"server": {"label": "openldap"}, "naming_contexts": []}"#, "openldap").is_err());
    }
}
