use std::path::PathBuf;

use clap::Parser;

/// Runs the main job end to end: ten cloud users become accounts in a directory, change, and one of them leaves.
///
/// Without options it starts an embedded directory; with `--ldap-url` it works on a directory of yours, below `--base`.
#[derive(Debug, Parser)]
#[command(name = "quickstart", version)]
pub(crate) struct Args {
    /// Directory to provision into, ldaps://HOST:PORT or, on loopback, ldap://HOST:PORT.
    #[arg(long, value_name = "URL", requires_all = ["bind_dn", "password_file"])]
    pub(crate) ldap_url: Option<String>,
    /// Name to bind with.
    #[arg(long, value_name = "DN", requires = "ldap_url")]
    pub(crate) bind_dn: Option<String>,
    /// File whose first line is the password to bind with.
    #[arg(long, value_name = "FILE", requires = "ldap_url")]
    pub(crate) password_file: Option<PathBuf>,
    /// PEM file with the authority that signed the directory's certificate.
    #[arg(long, value_name = "FILE", requires = "ldap_url")]
    pub(crate) ca_file: Option<PathBuf>,
}
