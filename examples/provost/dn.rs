use std::io::Write as _;
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provost_examples::failure::Failure;
use provost_ldap_types::{Dn, RdnAttribute};
use serde_json::{Value as Json, json};

use crate::drawing::{Colours, Drawing, Finding};

/// Arguments of `provost dn`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The name, such as `cn=Simon\, Britta,ou=People,dc=contoso,dc=lab`.
    text: String,
}

pub(crate) fn run(args: &Args, colours: Colours) -> Result<ExitCode, Failure> {
    match args.text.parse::<Dn>() {
        Ok(dn) => print(&parsed(&dn)),
        Err(error) => {
            let message = error.to_string();
            refuse("name", &args.text, &Finding::error(error.code(), &message, error.span()), colours)
        }
    }
}

fn parsed(dn: &Dn) -> Json {
    let rdns = dn.rdns().iter().map(|rdn| rdn.attributes().iter().map(part).collect::<Vec<_>>());
    json!({ "dn": dn, "normalized": dn.normalized(), "rdns": rdns.collect::<Vec<_>>() })
}

fn part(part: &RdnAttribute) -> Json {
    json!({ "attribute": part.attribute(), "value": value(part.value()) })
}

/// Writes a value as text or, where it is none, as an object with its octets.
pub(crate) fn value(octets: &[u8]) -> Json {
    match std::str::from_utf8(octets) {
        Ok(text) => json!(text),
        Err(_) => json!({ "base64": STANDARD.encode(octets) }),
    }
}

pub(crate) fn print(parsed: &Json) -> Result<ExitCode, Failure> {
    writeln!(std::io::stdout(), "{parsed:#}")?;
    Ok(ExitCode::SUCCESS)
}

/// Draws what is wrong with a text; `name` says what it is.
pub(crate) fn refuse(name: &str, text: &str, finding: &Finding<'_>, colours: Colours) -> Result<ExitCode, Failure> {
    write!(std::io::stderr(), "{}", Drawing::on_stderr(colours).draw(name, text, finding))?;
    Ok(ExitCode::FAILURE)
}
