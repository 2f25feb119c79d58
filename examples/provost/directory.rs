use std::fs::File;
use std::io::{BufReader, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use provost_directory::{Directory, DirectoryOptions, Listener};
use provost_examples::config::read_secret_file;
use provost_examples::failure::Failure;
use provost_examples::stop::stop_signal;
use provost_ldap_types::{Attribute, Dn, Entry};
use provost_model::Secret;

/// The password of the administrator on loopback when no other is given.
const LAB_PASSWORD: &str = "secret";

/// Arguments of `provost directory`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Entries to begin with, the suffix entry included.
    #[arg(long, value_name = "FILE")]
    ldif: Option<PathBuf>,
    /// Name of the tree.
    #[arg(long, value_name = "DN", default_value = "dc=contoso,dc=lab")]
    suffix: Dn,
    /// Administrator; `cn=admin` below the suffix when it is missing.
    #[arg(long, value_name = "DN")]
    admin_dn: Option<Dn>,
    /// File whose first line is the administrator's password; on loopback `secret` when it is missing.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode, Failure> {
    let password = match &args.password_file {
        Some(path) => read_secret_file(path)?,
        None if args.listen.ip().is_loopback() => Secret::from(LAB_PASSWORD),
        None => return Err(Failure::new(format!("{} is not loopback: give --password-file", args.listen))),
    };
    let admin = match args.admin_dn {
        Some(admin) => admin,
        None => args.suffix.child(provost_ldap_types::Rdn::new("cn", "admin")?),
    };
    let options = DirectoryOptions::new(args.suffix.clone()).with_root(admin.clone(), password);
    let directory = Directory::new(options)?;
    match &args.ldif {
        Some(path) => {
            let file = File::open(path).map_err(|error| Failure::from(error).context(path.display()))?;
            directory.load(BufReader::new(file)).map_err(|error| Failure::from(error).context(path.display()))?;
        }
        None => load_suffix(&directory, &args.suffix)?,
    }
    let listener = Listener::bind(directory.clone(), args.listen).await?;
    let mut out = std::io::stdout();
    writeln!(out, "listening on {} with {} entries; administrator {admin}", listener.url(), directory.len())?;
    out.flush()?;
    stop_signal()?.await;
    listener.shutdown().await;
    writeln!(out, "stopped")?;
    Ok(ExitCode::SUCCESS)
}

/// Makes the entry of the suffix: an organization with its domain component, an organizational unit, or a container of
/// another kind cannot be guessed.
fn load_suffix(directory: &Directory, suffix: &Dn) -> Result<(), Failure> {
    let entry = suffix_entry(suffix)?;
    let text = provost_ldap_types::ldif::write_entry(&entry);
    directory.load(text.as_bytes()).map_err(|error| Failure::from(error).context("the suffix entry"))?;
    Ok(())
}

fn suffix_entry(suffix: &Dn) -> Result<Entry, Failure> {
    let mut entry = Entry::new(suffix.clone());
    let naming = suffix.rdn().and_then(|rdn| rdn.attributes().first());
    let naming = naming.ok_or_else(|| Failure::new("the suffix is empty: give --ldif"))?;
    let name = naming.attribute().to_ascii_lowercase();
    let classes: &[&str] = match name.as_str() {
        "dc" => &["dcObject", "organization"],
        "o" => &["organization"],
        "ou" => &["organizationalUnit"],
        "c" => &["country"],
        _ => {
            return Err(Failure::new(format!(
                "no entry can be made for a suffix that begins with {name}=: give --ldif"
            )));
        }
    };
    entry.push(Attribute::of("objectClass", classes.iter().copied())?);
    entry.push(Attribute::of(&name, [naming.value()])?);
    if name == "dc" {
        entry.push(Attribute::of("o", [naming.value()])?);
    }
    Ok(entry)
}
