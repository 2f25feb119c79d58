//! Imports from the smallest connector there can be: a list of host names, one object each. What it opens is in `session.rs`.
//!
//! ```sh
//! cargo run -p provost-examples --example connector
//! ```
#![allow(clippy::print_stdout, reason = "an example prints what it shows")]

mod session;

use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use provost_connector::*;
use session::{HostList, host};

#[derive(Debug)]
struct Hosts;

impl fmt::Display for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hosts")
    }
}

#[async_trait]
impl Connector for Hosts {
    fn describe(&self) -> ConnectorInfo {
        ConnectorInfo::new("hosts", "1", vec![ConfigField::required("names", FieldKind::List, "The host names.")])
    }

    async fn open(&self, config: Config, _: Env) -> Result<Box<dyn Session>, ConnectorError> {
        config.validate(&self.describe())?;
        Ok(Box::new(HostList(config.list("names").iter().map(|name| host(name)).collect())))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::new("lab").with("names", vec!["dc1".to_owned(), "web".to_owned()]);
    let session = Hosts.open(config, provost_examples::system::env()).await?;
    let import = session.full_import().ok_or("there is no import")?;
    let mut pages = import.start(FullRequest::default()).await?;
    while let Some(page) = pages.next().await? {
        println!("{} objects, complete: {}", page.entries.len(), page.proof.is_some_and(|proof| proof.is_complete()));
    }
    let found = session.find(&MatchQuery::new("name", "dc1"), 2).await?;
    println!("found by its name: {:?}", found.iter().filter_map(|object| object.anchor()).collect::<Vec<_>>());
    Ok(session.close().await?)
}
