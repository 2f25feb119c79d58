//! What cargo knows of the workspace.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::command;

/// A package of the workspace.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its features, `default` left out.
    pub(crate) features: BTreeSet<String>,
    /// The servers of its live suites, from the table `package.metadata.live`: the product, and what the names of its tests
    /// hold.
    pub(crate) live: BTreeMap<String, String>,
    /// Its targets as kind and name, such as `("test", "live")`.
    pub(crate) targets: BTreeSet<(String, String)>,
}

impl Package {
    /// Returns the names of the targets of one kind.
    pub(crate) fn targets(&self, kind: &str) -> Vec<&str> {
        self.targets.iter().filter(|(held, _)| held == kind).map(|(_, name)| name.as_str()).collect()
    }
}

/// Asks cargo for the packages of the workspace, in the order of their names.
pub(crate) fn packages() -> Result<Vec<Package>, String> {
    let output = command::quiet(&mut command::cargo(["metadata", "--no-deps", "--format-version", "1"]))?;
    if !output.status.success() {
        return Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    read(&String::from_utf8_lossy(&output.stdout))
}

fn read(text: &str) -> Result<Vec<Package>, String> {
    let metadata: Value = serde_json::from_str(text).map_err(|error| format!("cargo metadata: {error}"))?;
    let list = metadata.get("packages").and_then(Value::as_array).ok_or("cargo metadata has no packages")?;
    let mut packages: Vec<Package> = list.iter().map(package).collect();
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(packages)
}

fn package(value: &Value) -> Package {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let features = value.get("features").and_then(Value::as_object);
    let live = value.pointer("/metadata/live").and_then(Value::as_object);
    let targets = value.get("targets").and_then(Value::as_array);
    Package {
        name: text(value.get("name")),
        features: features.into_iter().flat_map(|map| map.keys()).filter(|name| *name != "default").cloned().collect(),
        live: live.into_iter().flatten().map(|(product, filter)| (product.clone(), text(Some(filter)))).collect(),
        targets: targets
            .into_iter()
            .flatten()
            .map(|target| (text(target.pointer("/kind/0")), text(target.get("name"))))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn packages_have_their_features_and_targets() {
        let text = r#"{"packages": [{"name": "b", "features": {"default": [], "live": []},
            "targets": [{"kind": ["test"], "name": "live"}, {"kind": ["lib"], "name": "b"}]}, 
            {"name": "a", "metadata": {"live": {"openldap": "slapd"}}}]}"#;
        let packages = read(text).unwrap();
        assert_eq!(packages[0].name, "a");
        assert_eq!(packages[0].live["openldap"], "slapd");
        assert!(packages[1].features.iter().eq(["live"]));
        assert_eq!(packages[1].targets("test"), ["live"]);
        assert!(read("{}").is_err());
    }
}
