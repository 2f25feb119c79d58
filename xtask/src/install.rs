//! Installing what the live suites need, where that may be done.

use std::path::Path;

use crate::command::{exists, program, quiet, root, run};
use crate::plan::Context;
use crate::report::Outcome;
use crate::servers::Product;

/// What belongs together in the script that installs.
struct Group {
    name: &'static str,
    products: &'static [Product],
    /// Programs, or files, and the Debian package of each.
    needed: &'static [(&'static str, &'static str)],
}

const GROUPS: &[Group] = &[
    Group {
        name: "core",
        products: &[Product::OpenLdapMin, Product::OpenLdap, Product::Ds389],
        needed: &[
            ("slapd", "slapd"),
            ("ldapsearch", "ldap-utils"),
            ("openssl", "openssl"),
            ("ns-slapd", "389-ds-base"),
            ("dscreate", "python3-lib389"),
        ],
    },
    Group {
        name: "samba-ad",
        products: &[Product::SambaAd],
        needed: &[
            ("samba", "samba"),
            ("samba-tool", "samba"),
            ("/usr/share/samba/setup/provision.ldif", "samba-ad-provision"),
        ],
    },
    Group {
        name: "apacheds",
        products: &[Product::ApacheDs],
        needed: &[
            ("java", "default-jre-headless"),
            ("keytool", "default-jre-headless"),
            ("python3", "python3"),
            ("/usr/share/apacheds/lib", "apacheds"),
            ("/usr/share/java/apache-directory-api-all.jar", "libapache-directory-api-java"),
            ("/usr/share/java/caffeine.jar", "libcaffeine-java"),
            ("/usr/share/java/mavibot.jar", "libmavibot-java"),
        ],
    },
    Group {
        name: "opendj",
        products: &[Product::OpenDj],
        needed: &[("java", "default-jre-headless"), ("mvn", "maven"), ("unzip", "unzip")],
    },
];

impl Group {
    fn missing(&self) -> Vec<&'static str> {
        self.needed.iter().filter(|(name, _)| !is_there(name)).map(|(_, package)| *package).collect()
    }

    fn install(&self) -> Result<(), String> {
        let missing = self.missing();
        if missing.is_empty() {
            println!("{}: everything is there", self.name);
            return Ok(());
        }
        let missing = missing.join(", ");
        println!("{}: {missing} missing", self.name);
        if !Path::new("/etc/debian_version").exists() || !exists("apt-get") {
            return Err(format!("{missing} missing, and this is not Debian"));
        }
        if !is_root() {
            return Err(format!("{missing} missing, and only root may install"));
        }
        if let Outcome::Failed(reason) = run(program(root().join("xtask/servers/install-debian.sh")).arg(self.name)) {
            return Err(reason);
        }
        match self.missing() {
            missing if missing.is_empty() => Ok(()),
            missing => Err(format!("{} still missing after apt-get", missing.join(", "))),
        }
    }
}

/// Installs the servers and clients that are missing.
///
/// It fails for lack of a server that a test machine must have; the steps of any other server then name it as not run.
pub(crate) fn servers(context: &mut Context) -> Outcome {
    let mut outcome = Outcome::Passed;
    for group in GROUPS {
        let Err(reason) = group.install() else { continue };
        println!("{}: {reason}", group.name);
        if group.products.iter().any(|product| product.is_required()) {
            outcome = context.missing(reason);
        }
    }
    outcome
}

/// Says what a product needs and this machine lacks.
pub(crate) fn lacks(product: Product) -> Option<String> {
    let group = GROUPS.iter().find(|group| group.products.contains(&product))?;
    match group.missing() {
        missing if missing.is_empty() => None,
        missing => Some(format!("not installed: {}", missing.join(", "))),
    }
}

fn is_there(name: &str) -> bool {
    if name.starts_with('/') { Path::new(name).exists() } else { exists(name) }
}

fn is_root() -> bool {
    quiet(program("id").arg("-u")).is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::{GROUPS, is_there};
    use crate::servers::Product;

    #[test]
    fn every_product_belongs_to_a_group() {
        for product in Product::ALL {
            assert_eq!(GROUPS.iter().filter(|group| group.products.contains(&product)).count(), 1, "{product:?}");
        }
    }

    #[test]
    fn programs_and_files_are_looked_for() {
        assert!(is_there("sh") && is_there("/bin/sh"));
        assert!(!is_there("no-such-program") && !is_there("/no/such/file"));
    }
}
