//! From a SCIM request to the entry: the host over the engine, the LDAP connector and the embedded directory.
#![cfg(test)]

mod support;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use provost_connector::Config;
use provost_directory::{Directory, DirectoryOptions, Listener};
use provost_engine::{Deprovisioning, DisableFlow, EngineOptions};
use provost_host::EXTENSION_URN;
use provost_ldap::LdapConnector;
use provost_model::{Secret, Value};
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};
use support::{Lab, NAME, attribute, britta, engine_on, lab_of};

const ADMINISTRATOR: &str = "cn=admin,dc=contoso,dc=lab";

struct Chain {
    lab: Lab,
    directory: Directory,
    listener: Listener,
}

async fn chain() -> Chain {
    let options = DirectoryOptions::new("dc=contoso,dc=lab".parse().unwrap())
        .with_root(ADMINISTRATOR.parse().unwrap(), Secret::from("secret"));
    let directory = Directory::new(options).unwrap();
    directory.load("dn: dc=contoso,dc=lab\nobjectClass: domain\ndc: contoso\n".as_bytes()).unwrap();
    let listener = Listener::bind(directory.clone(), SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
    let names = ["cn", "sn", "mail", "uid", "uidNumber", "gidNumber", "homeDirectory", "shadowExpire", "userPassword"];
    let list = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let config = Config::new("people")
        .with("url", listener.url())
        .with("bind_dn", ADMINISTRATOR)
        .with("password", Secret::from("secret"))
        .with("base", "dc=contoso,dc=lab")
        .with("object_class", "inetOrgPerson")
        .with("auxiliary_classes", list(&["posixAccount", "shadowAccount"]))
        .with("attributes", list(&names));
    let mut options = EngineOptions::new("people", Secret::new(vec![7; 32]));
    options.deprovisioning =
        Deprovisioning { disable: DisableFlow::set("shadowExpire", [Value::from(1)], []), ..Deprovisioning::default() };
    let engine = engine_on(Arc::new(LdapConnector::new()), config, options).await;
    let lab = lab_of(support::directory::Directory::new(), engine, |mount| mount, |builder| builder);
    Chain { lab, directory, listener }
}

impl Chain {
    fn values(&self, name: &str, attribute: &str) -> Vec<String> {
        let entry = self.directory.entry(&name.parse().unwrap()).expect("an entry");
        let values = entry.get(attribute).map(|attribute| attribute.values().to_vec()).unwrap_or_default();
        values.into_iter().map(|value| String::from_utf8(value).unwrap()).collect()
    }
}

fn seed() -> Json {
    let mut user = britta();
    let members = user[EXTENSION_URN].as_object_mut().unwrap();
    members.insert("gidNumber".to_owned(), json!("10000"));
    members.insert("homeDirectory".to_owned(), json!("/home/bsimon"));
    user
}

#[tokio::test]
async fn the_life_of_a_user_in_a_directory() {
    let chain = chain().await;
    let lab = &chain.lab;
    let made = lab.post(&seed()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let user = made.json();
    let id = user["id"].as_str().unwrap().to_owned();
    let shown = &user[EXTENSION_URN];
    assert_eq!(
        (&shown["cn"], &shown["uidNumber"], &shown["-dn-"]),
        (&json!("Britta Simon"), &json!(10011), &json!(NAME))
    );
    assert_eq!(chain.values(NAME, "objectClass"), ["inetOrgPerson", "posixAccount", "shadowAccount"]);
    let mut names = chain.values(NAME, "cn");
    names.sort();
    assert_eq!(names, ["Britta Simon", "bsimon"]);
    assert_eq!(chain.values(NAME, "userPassword").len(), 1);
    assert!(!made.text.contains("Pa55"));

    let found = lab.search(&format!("{} eq \"BSIMON@contoso.com\"", attribute("mail"))).await.json();
    // The server spells the name in its own way; all else is as it was posted.
    let mut respelt = user.clone();
    for name in ["-dn-", "_distinguishedName"] {
        let spelling = found["Resources"][0][EXTENSION_URN][name].as_str().unwrap();
        assert!(spelling.eq_ignore_ascii_case(NAME), "{spelling}");
        respelt[EXTENSION_URN][name] = json!(spelling);
    }
    assert_eq!(found["Resources"], json!([respelt]));
    let found = lab.search(&format!("{} eq \"cn=bsimon, dc=contoso, dc=lab\"", attribute("-dn-"))).await.json();
    assert_eq!(found["Resources"][0]["id"], json!(id));
    assert_eq!(lab.post(&seed()).await.error(), (409, "uniqueness".to_owned()));

    let writes = chain.directory.write_counter();
    let same = json!([
        {"op": "Replace", "path": attribute("cn"), "value": "Britta Simon"},
        {"op": "Replace", "path": attribute("-dn-"), "value": NAME},
    ]);
    assert_eq!(lab.patch(&id, same).await.status, StatusCode::OK);
    assert_eq!(chain.directory.write_counter(), writes);
    let other = lab.patch(&id, json!([{"op": "Replace", "path": attribute("cn"), "value": "Britta Stone"}])).await;
    assert_eq!(other.json()[EXTENSION_URN]["cn"], json!("Britta Stone"), "{}", other.text);
    assert!(chain.values(NAME, "cn").contains(&"bsimon".to_owned()));

    let disabled = lab.patch(&id, json!([{"op": "Replace", "path": "active", "value": "False"}])).await;
    assert_eq!(disabled.json()["active"], json!(false), "{}", disabled.text);
    assert_eq!(chain.values(NAME, "shadowExpire"), ["1"]);
    let enabled = lab.patch(&id, json!([{"op": "Replace", "path": "active", "value": "True"}])).await;
    assert_eq!(enabled.json()["active"], json!(true), "{}", enabled.text);
    assert_eq!(chain.values(NAME, "shadowExpire"), [""; 0]);

    let to = "CN=bstone,DC=Contoso,DC=lab";
    let renamed = lab.patch(&id, json!([{"op": "Replace", "path": attribute("-dn-"), "value": to}])).await;
    assert_eq!(renamed.json()["id"], json!(id), "{}", renamed.text);
    assert!(chain.directory.entry(&NAME.parse().unwrap()).is_none());
    assert_eq!(renamed.json()[EXTENSION_URN]["cn"], json!("Britta Stone"));

    let deleted = lab.send(lab.request(Method::DELETE, &format!("/Users/{id}"))).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    assert!(chain.directory.entry(&to.parse().unwrap()).is_none());
    chain.listener.shutdown().await;
}

#[tokio::test]
async fn what_the_directory_refuses_is_the_fault_of_the_request() {
    let chain = chain().await;
    let lab = &chain.lab;
    let mut user = seed();
    user[EXTENSION_URN].as_object_mut().unwrap().remove("sn");
    let missing = lab.post(&user).await;
    assert_eq!(missing.error(), (400, "invalidValue".to_owned()), "{}", missing.text);
    user[EXTENSION_URN]["sn"] = json!("Simon");
    user[EXTENSION_URN]["-dn-"] = json!("CN=bsimon,OU=Nowhere,DC=Contoso,DC=lab");
    let nowhere = lab.post(&user).await;
    assert_eq!(nowhere.error(), (400, "invalidValue".to_owned()), "{}", nowhere.text);
    user[EXTENSION_URN]["-dn-"] = json!("CN=bsimon,DC=elsewhere");
    assert_eq!(lab.post(&user).await.error(), (400, "invalidValue".to_owned()));
    assert_eq!(chain.directory.len(), 1);
    chain.listener.shutdown().await;
}

#[tokio::test]
async fn section_5_a_patch_is_done_in_one_step_or_not_at_all() {
    let chain = chain().await;
    let lab = &chain.lab;
    let id = lab.post(&seed()).await.json()["id"].as_str().unwrap().to_owned();
    let before = lab.get(&format!("/Users/{id}")).await.text;
    let operations = json!([
        {"op": "Replace", "path": attribute("-dn-"), "value": "CN=bstone,DC=Contoso,DC=lab"},
        {"op": "Replace", "path": attribute("mail"), "value": "bstone@contoso.com"},
        {"op": "Remove", "path": attribute("sn")},
    ]);
    assert_eq!(lab.patch(&id, operations).await.error(), (400, "invalidValue".to_owned()));
    assert_eq!(chain.values(NAME, "mail"), ["bsimon@contoso.com"]);
    assert_eq!(lab.get(&format!("/Users/{id}")).await.text, before);
    let other = lab.patch(&id, json!([{"op": "Replace", "path": attribute("sn"), "value": "Stone"}])).await;
    assert_eq!(other.status, StatusCode::OK, "{}", other.text);
    assert_eq!(chain.values(NAME, "sn"), ["Stone"]);
}

#[tokio::test]
async fn a_7_values_of_a_client_stay_values() {
    let chain = chain().await;
    let lab = &chain.lab;
    let others = "dn: cn=service,dc=contoso,dc=lab\nobjectClass: organizationalRole\ncn: service\n\n\
                  dn: ou=Admins,dc=contoso,dc=lab\nobjectClass: organizationalUnit\nou: Admins\n";
    chain.directory.load(others.as_bytes()).unwrap();
    let id = lab.post(&seed()).await.json()["id"].as_str().unwrap().to_owned();
    let writes = chain.directory.write_counter();

    // Names that leave the base or are none.
    for name in [
        "cn=x,dc=contoso,dc=lab,dc=x",
        "cn=x\0,dc=contoso,dc=lab",
        "cn=\"x,dc=contoso,dc=lab",
        "x",
        "dc=contoso,dc=lab",
    ] {
        let mut user = seed();
        user[EXTENSION_URN]["-dn-"] = json!(name);
        assert_eq!(lab.post(&user).await.error(), (400, "invalidValue".to_owned()), "{name:?}");
        let operations = json!([{"op": "Replace", "path": attribute("-dn-"), "value": name}]);
        assert_eq!(lab.patch(&id, operations).await.error(), (400, "invalidValue".to_owned()), "{name:?}");
    }
    assert_eq!(chain.directory.write_counter(), writes);

    // Values that would mean something in a filter of LDAP.
    for value in ["*", "b*", "x)(objectClass=*", "*)(uid=*", "\\2a", "x\0", "(|(uid=bsimon))"] {
        for name in ["mail", "uid", "cn", "-dn-"] {
            let found = lab.search(&format!("{} eq {}", attribute(name), json!(value))).await;
            assert_eq!(found.json()["totalResults"], json!(0), "{name} {value:?}: {}", found.text);
        }
    }

    // Objects of other classes are not served, whoever knows their name or their identifier.
    let id_of = |name: &str| {
        let entry = chain.directory.entry(&name.parse().unwrap()).unwrap();
        let octets = [b"u\x09entryuuid".as_slice(), &entry.get("entryUUID").unwrap().values()[0]].concat();
        base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, octets)
    };
    assert_eq!(id_of(NAME), id);
    let other = id_of("cn=service,dc=contoso,dc=lab");
    let read = lab.get(&format!("/Users/{other}")).await;
    assert_eq!(read.error().0, 404);
    let operations = json!([{"op": "Replace", "path": attribute("cn"), "value": "x"}]);
    assert_eq!(lab.patch(&other, operations).await.error().0, 404);
    assert_eq!(lab.send(lab.request(Method::DELETE, &format!("/Users/{other}"))).await.error().0, 404);
    for name in ["cn=service,dc=contoso,dc=lab", "ou=Admins,dc=contoso,dc=lab", "dc=contoso,dc=lab"] {
        let found = lab.search(&format!("{} eq \"{name}\"", attribute("-dn-"))).await;
        assert_eq!(found.json()["totalResults"], json!(0), "{name}");
    }
    assert_eq!(chain.directory.write_counter(), writes);
}
