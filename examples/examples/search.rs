//! Starts the embedded directory on a port of the system's choice, and searches it with an LDAP client of other make.
//!
//! ```sh
//! cargo run -p provost-examples --example search
//! ```
#![allow(clippy::print_stdout, reason = "an example prints what it shows")]

use std::error::Error;

use ldap3::{LdapConnAsync, Scope, SearchEntry};
use provost_directory::{Directory, DirectoryOptions, Listener};
use provost_model::Secret;

const ADMIN: &str = "cn=admin,dc=contoso,dc=lab";

const ENTRIES: &str = "\
dn: dc=contoso,dc=lab
objectClass: domain
dc: contoso

dn: cn=bsimon,dc=contoso,dc=lab
objectClass: inetOrgPerson
cn: bsimon
sn: Simon
mail: bsimon@contoso.com
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options =
        DirectoryOptions::new("dc=contoso,dc=lab".parse()?).with_root(ADMIN.parse()?, Secret::from("a password"));
    let directory = Directory::new(options)?;
    directory.load(ENTRIES.as_bytes())?;
    let listener = Listener::bind(directory.clone(), "127.0.0.1:0".parse()?).await?;
    println!("{} entries at {}", directory.len(), listener.url());

    let (connection, mut ldap) = LdapConnAsync::new(&listener.url()).await?;
    ldap3::drive!(connection);
    ldap.simple_bind(ADMIN, "a password").await?.success()?;
    let filter = "(&(objectClass=person)(mail=BSimon@*))";
    let (entries, _) = ldap.search("dc=contoso,dc=lab", Scope::Subtree, filter, ["cn", "mail"]).await?.success()?;
    for entry in entries.into_iter().map(SearchEntry::construct) {
        println!("{}: {:?}", entry.dn, entry.attrs.get("mail"));
    }
    // The schema is enforced: a person needs a surname.
    let attributes = vec![("objectClass", ["person"].into()), ("cn", ["nobody"].into())];
    let refused = ldap.add("cn=nobody,dc=contoso,dc=lab", attributes).await?;
    println!("result {}: {}", refused.rc, refused.text);
    ldap.unbind().await?;
    listener.shutdown().await;
    Ok(())
}
