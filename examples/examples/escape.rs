//! Shows how a value that someone typed becomes part of a name and of a filter without changing what they mean.
//!
//! ```sh
//! cargo run -p provost-examples --example escape
//! ```
#![allow(clippy::print_stdout, reason = "an example prints what it shows")]

use std::error::Error;

use provost_ldap_types::{Dn, Filter, Rdn};
use provost_text::Snippet;

fn main() -> Result<(), Box<dyn Error>> {
    let people: Dn = "OU=People,DC=contoso,DC=lab".parse()?;
    println!("{people} has {} components", people.len());

    // Typed by a user who wants to be an administrator.
    let typed = "x,OU=Admins (*)";
    let entry = people.child(Rdn::new("cn", typed)?);
    println!("the entry: {entry}");
    println!("the search for it: {}", Filter::equals("cn", typed)?);
    assert_eq!(entry.depth_below(&people), Some(1));

    // The same value joined as text moves the entry to another container.
    let joined: Dn = format!("cn={typed},{people}").parse()?;
    println!(
        "joined as text: {joined}, {:?} levels below the container",
        joined.depth_below(&people).unwrap_or_default()
    );

    let broken = "cn=Simon, Britta,dc=lab";
    if let Err(error) = broken.parse::<Dn>() {
        println!("{}", Snippet::new(broken, error.span(), &error.to_string()));
    }
    Ok(())
}
