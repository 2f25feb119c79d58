//! Installing what the live suites need, where that may be done.

use std::path::Path;

use crate::command::{exists, program, quiet, root, run};
use crate::plan::Context;
use crate::report::Outcome;

/// The programs of the live suites and the Debian package of each.
const NEEDED: &[(&str, &str)] = &[
    ("slapd", "slapd"),
    ("ldapsearch", "ldap-utils"),
    ("openssl", "openssl"),
    ("ns-slapd", "389-ds-base"),
    ("dscreate", "python3-lib389"),
];

/// Installs the servers and clients that are missing.
pub(crate) fn servers(context: &mut Context) -> Outcome {
    let missing = missing();
    if missing.is_empty() {
        println!("everything is there");
        return Outcome::Passed;
    }
    println!("missing: {}", missing.join(", "));
    if !Path::new("/etc/debian_version").exists() || !exists("apt-get") {
        return context.missing(format!("{} missing, and this is not Debian", missing.join(", ")));
    }
    if !is_root() {
        return context.missing(format!("{} missing, and only root may install", missing.join(", ")));
    }
    if let Outcome::Failed(reason) = run(&mut program(root().join("xtask/servers/install-debian.sh"))) {
        return context.missing(reason);
    }
    let missing = self::missing();
    if missing.is_empty() {
        Outcome::Passed
    } else {
        context.missing(format!("{} still missing after apt-get", missing.join(", ")))
    }
}

fn missing() -> Vec<&'static str> {
    NEEDED.iter().filter(|(name, _)| !exists(name)).map(|(_, package)| *package).collect()
}

fn is_root() -> bool {
    quiet(program("id").arg("-u")).is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
