//! What every server must allow the connector to do, and what it was seen to do by itself.

use std::collections::BTreeSet;

use provost_connector::{
    Connector, ConnectorError, Done, Export, FullImport, FullRequest, Key, MatchQuery, Operation, Outcome, PageEntry,
    ReadResult, RefusalClass, Request, Select, Session, SetPassword,
};
use provost_ldap::{LdapConnector, LdapSession};
use provost_model::{
    Anchor, AttributeName, Attributes, ChangeSet, ConnectorObject, Mutability, ObjectName, ObjectType, Secret, Value,
    ValueChange, ValueKind,
};

pub(crate) use super::discovery::{anonymous, discovery};
use super::{Server, env};

pub(crate) fn person(cn: &str, sn: &str) -> Attributes {
    let mut attributes = Attributes::new();
    attributes.set("objectClass", [Value::from("inetOrgPerson")]);
    attributes.set("cn", [Value::from(cn)]);
    attributes.set("sn", [Value::from(sn)]);
    attributes
}

pub(crate) fn add(name: &str, attributes: Attributes) -> Operation {
    let request =
        Request::Add { object_type: ObjectType::new("inetOrgPerson"), name: ObjectName::new(name), attributes };
    Operation::new("1", request)
}

pub(crate) fn modify(key: Key, changes: ChangeSet) -> Operation {
    Operation::new("1", Request::Modify { key, changes })
}

pub(crate) fn delete(key: Key) -> Operation {
    Operation::new("1", Request::Delete { key })
}

pub(crate) async fn apply(session: &LdapSession, operation: Operation) -> Outcome {
    let mut outcomes = session.apply(&[operation]).await;
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0)
}

pub(crate) async fn done(session: &LdapSession, operation: Operation) -> Done {
    match apply(session, operation).await {
        Outcome::Done(done) => done,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn read(session: &LdapSession, key: &Key) -> ConnectorObject {
    match session.read(key, &Select::Configured).await.unwrap() {
        ReadResult::Found(object) => *object,
        other => panic!("{other:?}"),
    }
}

fn texts(attributes: &Attributes, name: &str) -> BTreeSet<String> {
    attributes.values(name).iter().map(ToString::to_string).collect()
}

fn set<const N: usize>(values: [&str; N]) -> BTreeSet<String> {
    values.into_iter().map(str::to_owned).collect()
}

fn rename(name: &str) -> ChangeSet {
    let mut changes = ChangeSet::new();
    changes.name = Some(ObjectName::new(name));
    changes
}

/// The schema of the object type: mandatory attributes are marked, kinds follow syntaxes, the anchor is read-only.
pub(crate) async fn schema(server: &Server) {
    let base = &server.suffix;
    let session = server.session(base).await;
    let schema = session.schema().await.unwrap();
    let person = schema.object_type("inetorgperson").unwrap();
    for (name, required, kind, mutability) in [
        ("objectClass", true, ValueKind::Text, Mutability::ReadWrite),
        ("cn", true, ValueKind::Text, Mutability::ReadWrite),
        ("sn", true, ValueKind::Text, Mutability::ReadWrite),
        ("mail", false, ValueKind::Text, Mutability::ReadWrite),
        ("jpegPhoto", false, ValueKind::Bytes, Mutability::ReadWrite),
        (server.habits.anchor, false, ValueKind::Text, Mutability::ReadOnly),
    ] {
        let attribute = person.attribute(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!((attribute.required, attribute.kind, attribute.mutability), (required, kind, mutability), "{name}");
    }
    assert_eq!(person.attributes.len(), 9);
    let config = server
        .config(base)
        .with("auxiliary_classes", vec!["posixAccount".to_owned(), "shadowAccount".to_owned()])
        .with("attributes", vec!["shadowExpire".to_owned()]);
    let session = LdapConnector::new().connect(&config, env()).await.unwrap();
    let schema = session.schema().await.unwrap();
    let person = schema.object_type("inetOrgPerson").unwrap();
    let required: BTreeSet<String> = person
        .attributes
        .iter()
        .filter(|attribute| attribute.required)
        .map(|attribute| attribute.name.to_string())
        .collect();
    assert_eq!(required, set(["objectClass", "cn", "sn", "uid", "uidNumber", "gidNumber", "homeDirectory"]));
    assert_eq!(person.attribute("uidNumber").unwrap().kind, ValueKind::Integer);
    assert!(!person.attribute("uidNumber").unwrap().multi_valued);
    let wrong = server.config(base).with("attributes", vec!["nosuchthing".to_owned()]);
    let error = LdapConnector::new().connect(&wrong, env()).await.unwrap_err();
    assert_eq!(error.to_string(), "configuration: attributes[0]: the server has no attribute nosuchthing");
    let wrong = server.config(base).with("object_class", "nosuchclass");
    let error = LdapConnector::new().connect(&wrong, env()).await.unwrap_err();
    assert_eq!(error.to_string(), "configuration: object_class: the server has no class nosuchclass");
}

/// The RDN's value stays in the entry on an add and on a replace of its attribute; and what the server says to a client
/// that does not see to it.
pub(crate) async fn rdn_value(server: &Server) {
    let mut client = server.client().await;
    let base = client.fresh_container(server, "provost-rdn").await;
    let raw = format!("cn=raw,{base}");
    let raw_add =
        client.add(&raw, &[("objectClass", &["inetOrgPerson"]), ("cn", &["Raw Person"]), ("sn", &["Person"])]).await;
    assert_eq!(raw_add.rc, server.habits.add_without_rdn_value, "{}", raw_add.text);
    if raw_add.rc == 0 {
        // A server that takes it adds the value.
        assert_eq!(client.read(&raw).await.unwrap().1["cn"], ["Raw Person", "raw"]);
    } else {
        let attributes: [(&str, &[&str]); 3] =
            [("objectClass", &["inetOrgPerson"]), ("cn", &["Raw Person", "raw"]), ("sn", &["Person"])];
        client.add(&raw, &attributes).await.success().unwrap();
    }
    let raw_replace = client.replace(&raw, "cn", &["Other Person"]).await;
    assert_eq!(raw_replace.rc, server.habits.replace_of_rdn_value, "{}", raw_replace.text);

    let session = server.session(&base).await;
    let name = format!("CN=bsimon,{base}");
    let added = done(&session, add(&name, person("Britta Simon", "Simon"))).await;
    assert_eq!(added.writes, 1);
    assert_eq!(added.anchor.as_ref().unwrap().kind().as_str(), server.habits.anchor);
    assert_eq!(texts(added.image.as_ref().unwrap(), "cn"), set(["Britta Simon", "bsimon"]));
    assert_eq!(client.read(&name).await.unwrap().1["cn"], ["Britta Simon", "bsimon"]);
    assert_eq!(texts(&session.implied(&ObjectName::new(&name)), "cn"), set(["bsimon"]));

    let key = Key::from_anchor(added.anchor.unwrap());
    let mut changes = ChangeSet::new();
    changes.push("cn", ValueChange::Replace(vec![Value::from("Britta Meier")]));
    changes.push("sn", ValueChange::Replace(vec![Value::from("Meier")]));
    let modified = done(&session, modify(key.clone(), changes)).await;
    assert_eq!((modified.writes, modified.equivalent), (1, false));
    let entry = client.read(&name).await.unwrap().1;
    assert_eq!(
        (&entry["cn"][..], &entry["sn"][..]),
        (&["Britta Meier".to_owned(), "bsimon".to_owned()][..], &["Meier".to_owned()][..])
    );

    let mut changes = ChangeSet::new();
    changes.push("cn", ValueChange::Remove(vec![Value::from("BSIMON"), Value::from("Britta Meier")]));
    done(&session, modify(key.clone(), changes)).await;
    assert_eq!(client.read(&name).await.unwrap().1["cn"], ["bsimon"]);

    let mut changes = ChangeSet::new();
    changes.push("cn", ValueChange::Remove(vec![Value::from("bsimon")]));
    let nothing = done(&session, modify(key, changes)).await;
    assert_eq!((nothing.writes, nothing.equivalent), (0, true));
    client.clear(&base).await;
}

/// Value changes, renames of every kind, deletes; and the answers to what cannot be done.
pub(crate) async fn life_cycle(server: &Server) {
    let mut client = server.client().await;
    let base = client.fresh_container(server, "provost-life").await;
    let other = format!("ou=other,{base}");
    client.add(&other, &[("objectClass", &["organizationalUnit"]), ("ou", &["other"])]).await.success().unwrap();
    let session = server.session(&base).await;
    let name = format!("cn=bsimon,{base}");
    let mut attributes = person("bsimon", "Simon");
    attributes.set("mail", ["a@contoso.com", "b@contoso.com"].map(Value::from));
    attributes.set("jpegPhoto", [Value::Bytes(vec![0xff, 0xd8, 0, 0xff])]);
    let anchor = done(&session, add(&name, attributes.clone())).await.anchor.unwrap();
    let by_anchor = Key::from_anchor(anchor.clone());
    let object = read(&session, &by_anchor).await;
    assert_eq!(object.name().unwrap().as_str(), name);
    assert_eq!(object.attributes().values("jpegPhoto"), [Value::Bytes(vec![0xff, 0xd8, 0, 0xff])]);
    assert_eq!(read(&session, &Key::from_name(ObjectName::new(&name))).await, object);

    // The same name again, a missing parent, a missing mandatory attribute, a wrong value.
    let refused = |outcome: Outcome| match outcome {
        Outcome::Refused(refusal) => (refusal.code.unwrap(), refusal.class),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(apply(&session, add(&name, attributes.clone())).await), (68, RefusalClass::Verify));
    let orphan = format!("cn=x,ou=missing,{base}");
    assert_eq!(refused(apply(&session, add(&orphan, person("x", "x"))).await), (32, RefusalClass::Deferred));
    let mut incomplete = person("x", "x");
    incomplete.remove("sn");
    assert_eq!(refused(apply(&session, add(&format!("cn=x,{base}"), incomplete)).await), (65, RefusalClass::Permanent));

    // Values are added and removed one by one.
    let mut changes = ChangeSet::new();
    changes.push("mail", ValueChange::Remove(vec![Value::from("a@contoso.com")]));
    changes.push("mail", ValueChange::Add(vec![Value::from("c@contoso.com")]));
    changes.push("description", ValueChange::Replace(vec![Value::from(" blank at both ends ")]));
    done(&session, modify(by_anchor.clone(), changes)).await;
    let entry = client.read(&name).await.unwrap().1;
    assert_eq!(entry["mail"], ["b@contoso.com", "c@contoso.com"]);
    assert_eq!(entry["description"], [" blank at both ends "]);
    let mut changes = ChangeSet::new();
    changes.push("description", ValueChange::Replace(vec![]));
    done(&session, modify(by_anchor.clone(), changes)).await;
    assert!(!client.read(&name).await.unwrap().1.contains_key("description"));

    // Rename, change of case alone, move, move and rename with a change of attributes.
    let renamed = format!("cn=bmeier,{base}");
    let outcome = done(&session, modify(by_anchor.clone(), rename(&renamed))).await;
    assert_eq!((outcome.name.unwrap().as_str(), outcome.writes), (renamed.as_str(), 1));
    let entry = client.read(&renamed).await.unwrap();
    assert_eq!(entry.1["cn"], ["bmeier"]);
    let cased = format!("cn=BMeier,{base}");
    done(&session, modify(by_anchor.clone(), rename(&cased))).await;
    assert_eq!(read(&session, &by_anchor).await.name().unwrap().as_str(), cased);
    let again = done(&session, modify(by_anchor.clone(), rename(&cased))).await;
    assert_eq!((again.writes, again.equivalent), (0, true));
    let moved = format!("cn=BMeier,{other}");
    done(&session, modify(by_anchor.clone(), rename(&moved))).await;
    assert!(client.read(&cased).await.is_none());
    let mut changes = rename(&name);
    changes.push("cn", ValueChange::Replace(vec![Value::from("Britta Simon")]));
    let both = done(&session, modify(by_anchor.clone(), changes)).await;
    assert_eq!((both.writes, both.anchor.as_ref()), (2, Some(&anchor)));
    assert_eq!(client.read(&name).await.unwrap().1["cn"], ["Britta Simon", "bsimon"]);

    // A name outside the base is refused before anything is sent.
    let outside = apply(&session, modify(by_anchor.clone(), rename(&format!("cn=x,{}", server.suffix)))).await;
    let Outcome::Refused(refusal) = outside else { panic!("{outside:?}") };
    assert_eq!(
        (refusal.code, refusal.class, refusal.text),
        (None, RefusalClass::Permanent, format!("the name does not lie below {base}"))
    );

    // Another entry at the old name is not hit by a delete of the anchor.
    done(&session, modify(by_anchor.clone(), rename(&renamed))).await;
    let newcomer = done(&session, add(&name, person("bsimon", "Newcomer"))).await.anchor.unwrap();
    let stale = Key::from_anchor(anchor.clone()).with_name(ObjectName::new(&name));
    assert_eq!(done(&session, delete(stale.clone())).await.writes, 1);
    assert!(client.read(&renamed).await.is_none());
    assert_eq!(read(&session, &Key::from_anchor(newcomer)).await.attributes().text("sn"), Some("Newcomer"));
    let gone = done(&session, delete(stale.clone())).await;
    assert_eq!((gone.writes, gone.equivalent), (0, true));
    let absent = session.read(&stale, &Select::Configured).await.unwrap();
    assert!(matches!(absent, ReadResult::Absent(proof) if proof.evidence.len() == 2));
    assert_eq!(refused(apply(&session, modify(stale, rename(&name))).await), (32, RefusalClass::Verify));
    let parent = Key::from_name(ObjectName::new(&other));
    client
        .add(&format!("cn=child,{other}"), &[("objectClass", &["person"]), ("cn", &["child"]), ("sn", &["child"])])
        .await;
    assert_eq!(refused(apply(&session, delete(parent)).await), (66, RefusalClass::Deferred));
    client.clear(&base).await;
}

/// Names of several parts, names of a wrong depth, and entries whose classes nobody named.
pub(crate) async fn names(server: &Server) {
    let mut client = server.client().await;
    let base = client.fresh_container(server, "provost-names").await;
    let config = server.config(&base).with("name_depth", 1);
    let session = LdapConnector::new().connect(&config, env()).await.unwrap();
    let mut attributes = Attributes::new();
    attributes.set("cn", [Value::from("Britta Simon")]);
    attributes.set("sn", [Value::from("Simon")]);
    let name = format!("cn=Britta Simon+uid=bsimon,{base}");
    let anchor = done(&session, add(&name, attributes)).await.anchor.unwrap();
    let key = Key::from_anchor(anchor);
    let object = read(&session, &key).await;
    assert!(texts(object.attributes(), "objectClass").contains("inetOrgPerson"));
    assert_eq!(
        (texts(object.attributes(), "cn"), texts(object.attributes(), "uid")),
        (set(["Britta Simon"]), set(["bsimon"]))
    );
    let mut changes = ChangeSet::new();
    changes.push("uid", ValueChange::Replace(vec![]));
    changes.push("cn", ValueChange::Replace(vec![Value::from("BRITTA  SIMON")]));
    done(&session, modify(key.clone(), changes)).await;
    let object = read(&session, &key).await;
    assert_eq!(texts(object.attributes(), "uid"), set(["bsimon"]));
    assert_eq!(
        object.attributes().values("cn").len(),
        1,
        "the value of the name in another spelling is the same value"
    );

    let ok = ObjectName::from(format!("cn=x,{base}"));
    let base_length = base.parse::<provost_ldap_types::Dn>().unwrap().len();
    assert_eq!(usize::try_from(session.components(&ok).unwrap()).unwrap(), base_length + 1);
    let deeper = format!("cn=x,OU=Admins,{base}");
    assert!(session.components(&ObjectName::new(&deeper)).is_err());
    for write in [add(&deeper, person("x", "x")), modify(key.clone(), rename(&deeper))] {
        let Outcome::Refused(refusal) = apply(&session, write).await else { panic!() };
        assert_eq!((refusal.code, refusal.class, refusal.writes), (None, RefusalClass::Permanent, 0));
        assert!(refusal.text.starts_with("the name has 2 components above "), "{}", refusal.text);
    }
    client.clear(&base).await;
}

/// Values with characters that mean something in names and filters are found and name entries.
pub(crate) async fn awkward_values(server: &Server) {
    let mut client = server.client().await;
    let base = client.fresh_container(server, "provost-awkward").await;
    let session = server.session(&base).await;
    let awkward = [
        "star * and (parens)",
        "back\\slash",
        "Simon, Britta",
        "plus + sign",
        "quote \" mark",
        "angle < and >",
        "semi ; colon",
        "# first",
        "ümläut ß 𝒳",
        " leading",
        "trailing ",
        "O'Brien = x",
    ];
    for (at, value) in awkward.into_iter().enumerate() {
        let base: provost_ldap_types::Dn = base.parse().unwrap();
        let name = base.child(provost_ldap_types::Rdn::new("cn", value).unwrap()).to_string();
        let mut attributes = person(value, value);
        attributes.set("description", [Value::from(format!("{value}|{at}"))]);
        let added = done(&session, add(&name, attributes)).await;
        let read_back = read(&session, &Key::from_anchor(added.anchor.unwrap())).await;
        assert_eq!(read_back.attributes().text("sn"), Some(value), "{name}");
        assert_eq!(texts(read_back.attributes(), "cn"), set([value]), "{name}");
        let by_name = read(&session, &Key::from_name(ObjectName::new(&name))).await;
        assert_eq!(by_name, read_back, "{name}");
        for (attribute, wanted) in [("sn", value.to_owned()), ("description", format!("{value}|{at}"))] {
            let found = session.find(&MatchQuery::new(attribute, wanted.as_str()), 2).await.unwrap();
            assert_eq!(found, std::slice::from_ref(&read_back), "{attribute} {wanted}");
        }
    }
    let all = session.find(&MatchQuery::new("objectClass", "inetOrgPerson"), 2).await.unwrap();
    assert_eq!(all.len(), 2);
    let none = session.find(&MatchQuery::new("sn", "*"), 2).await.unwrap();
    assert_eq!(none.len(), 0);

    let uid = "müller";
    let name = format!("cn=mueller,{base}");
    let mut attributes = person("mueller", "Müller");
    attributes.set("uid", [Value::from(uid)]);
    match (apply(&session, add(&name, attributes)).await, server.habits.takes_utf8_in_uid) {
        (Outcome::Done(_), true) => {}
        (Outcome::Refused(refusal), false) => {
            assert_eq!((refusal.code, refusal.class), (Some(19), RefusalClass::Permanent));
            assert!(!refusal.text.contains(uid), "{}", refusal.text);
        }
        other => panic!("{other:?}"),
    }
    client.clear(&base).await;
}

/// An import brings each of 1,205 entries once, in pages, and proves that it saw all.
pub(crate) async fn full_import(server: &Server) {
    let mut client = server.client().await;
    let base = client.fresh_container(server, "provost-import").await;
    let empty = server.session(&base).await;
    let mut pages = empty.start(FullRequest::default()).await.unwrap();
    let page = pages.next().await.unwrap().unwrap();
    assert!(page.entries.is_empty() && page.proof.unwrap().is_complete());
    assert!(pages.next().await.unwrap().is_none());

    let names: BTreeSet<String> = (0..1205).map(|number| format!("cn=user{number:04},{base}")).collect();
    for name in &names {
        let attributes: [(&str, &[&str]); 2] = [("objectClass", &["inetOrgPerson"]), ("sn", &["User"])];
        let cn = name.split([',', '=']).nth(1).unwrap();
        client.add(name, &[attributes[0], attributes[1], ("cn", &[cn])]).await.success().unwrap();
    }
    let session = server.session(&base).await;
    for page_size in [100, 1205, 2000] {
        let mut request = FullRequest::default();
        request.page_size = Some(page_size);
        let mut pages = session.start(request).await.unwrap();
        let (mut seen, mut anchors, mut proof) = (BTreeSet::new(), BTreeSet::<Anchor>::new(), None);
        while let Some(page) = pages.next().await.unwrap() {
            assert!(page.entries.len() <= usize::try_from(page_size).unwrap());
            assert!(proof.is_none(), "a page after the proof");
            for entry in page.entries {
                let PageEntry::Present(object) = entry else { panic!("{entry:?}") };
                assert!(anchors.insert(object.anchor().unwrap().clone()));
                assert!(seen.insert(object.name().unwrap().to_string()));
                assert_eq!(object.object_type().as_str(), "inetOrgPerson");
            }
            proof = page.proof;
        }
        assert_eq!(seen, names);
        let proof = proof.unwrap();
        assert!(proof.is_complete(), "{proof:?}");
        assert_eq!(proof.objects, 1205);
    }
    let mut missing = server.config(&format!("ou=missing,{base}"));
    missing = missing.with("page_size", 10);
    let session = LdapConnector::new().connect(&missing, env()).await.unwrap();
    let mut pages = session.start(FullRequest::default()).await.unwrap();
    assert!(matches!(pages.next().await.unwrap_err(), ConnectorError::Refused { code: 32, .. }));
    client.clear(&base).await;
}

/// A password that was set is proven by a bind, and shows nowhere.
pub(crate) async fn password(server: &Server) {
    let mut client = server.client().await;
    let base = client.fresh_container(server, "provost-password").await;
    let session = server.session(&base).await;
    let name = format!("cn=bsimon,{base}");
    let anchor = done(&session, add(&name, person("bsimon", "Simon"))).await.anchor.unwrap();
    let key = Key::from_anchor(anchor);
    let secret = "Zq8!pass-wörd";
    let outcome = SetPassword::set_password(&session, &key, &Secret::from(secret)).await;
    assert!(matches!(&outcome, Outcome::Done(done) if done.writes == 1), "{outcome:?}");
    assert!(!format!("{outcome:?}").contains("Zq8"));
    let object = read(&session, &key).await;
    assert!(!object.attributes().contains("userPassword"));
    let mut changes = ChangeSet::new();
    changes.push("userPassword", ValueChange::Replace(vec![Value::from("x")]));
    assert!(matches!(apply(&session, modify(key, changes)).await, Outcome::Refused(_)));
    let mut other = server.client().await;
    assert_eq!(other.bind(&name, "wrong").await.rc, 49);
    assert_eq!(other.bind(&name, secret).await.rc, 0);

    let mut with_password = add(&format!("cn=second,{base}"), person("second", "Second"));
    with_password = with_password.with_password(Secret::from(secret));
    done(&session, with_password).await;
    assert_eq!(other.bind(&format!("cn=second,{base}"), secret).await.rc, 0);
    client.clear(&base).await;
}

/// TLS with the right certificate; and each of the five ways to get a connection wrong is told apart.
pub(crate) async fn connections(server: &Server) {
    let base = server.suffix.as_str();
    let open = |config| async move { LdapConnector::new().open(config, env()).await };
    let tls = server.config(base).with("url", server.ldaps_url.as_str()).with("ca_file", server.ca.as_str());
    let session = open(tls.clone()).await.unwrap();
    session.check().await.unwrap();
    session.close().await.unwrap();

    let error = open(server.config(base).with("url", server.ldaps_url.as_str())).await.unwrap_err();
    assert!(error.to_string().starts_with("configuration: ca_file: is missing"), "{error}");

    let stranger = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(stranger.path(), STRANGER_CA).unwrap();
    let error = open(tls.clone().with("ca_file", stranger.path().to_str().unwrap())).await.unwrap_err();
    assert!(matches!(&error, ConnectorError::Untrusted { .. }), "{error:?}");
    assert!(error.to_string().ends_with("was not accepted: no certificate of ca_file issued it"), "{error}");

    let misnamed = match &server.misnamed_url {
        Some(url) => url.clone(),
        None => relay(&server.ldaps_url).await,
    };
    let error = open(tls.clone().with("url", misnamed)).await.unwrap_err();
    assert!(matches!(&error, ConnectorError::Untrusted { .. }), "{error:?}");
    assert!(error.to_string().contains("was not accepted: it is not for the name "), "{error}");

    let plain_port = server.url.trim_end_matches('/').rsplit_once(':').unwrap().1;
    let error = open(tls.with("url", format!("ldaps://127.0.0.1:{plain_port}"))).await.unwrap_err();
    assert!(matches!(&error, ConnectorError::Unavailable { .. }), "{error:?}");

    let before = open(server.config(base).with("password", Secret::from("wrong"))).await.unwrap_err();
    assert!(matches!(&before, ConnectorError::Credentials { .. }), "{before:?}");
    assert!(
        before.to_string().contains("invalidCredentials (49)") && !before.to_string().contains("wrong"),
        "{before}"
    );

    let error = open(server.config(base).with("url", "ldap://127.0.0.1:9")).await.unwrap_err();
    assert!(std::error::Error::source(&error).unwrap().to_string().starts_with("cannot connect: "), "{error:?}");
    assert_eq!(error.to_string(), "people (127.0.0.1:9) is unavailable");
}

/// Listens under a loopback address that no certificate is for and passes one connection on to the server.
async fn relay(url: &str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.99:0").await.unwrap();
    let relayed = format!("ldaps://{}", listener.local_addr().unwrap());
    let target = url.trim_start_matches("ldaps://").trim_end_matches('/').to_owned();
    tokio::spawn(async move {
        let (mut near, _) = listener.accept().await.unwrap();
        let mut far = tokio::net::TcpStream::connect(target).await.unwrap();
        tokio::io::copy_bidirectional(&mut near, &mut far).await
    });
    relayed
}

/// Only what was asked for comes back.
pub(crate) async fn selection(server: &Server) {
    let mut client = server.client().await;
    let base = client.fresh_container(server, "provost-select").await;
    let session = server.session(&base).await;
    let mut attributes = person("bsimon", "Simon");
    attributes.set("description;lang-de", [Value::from("Leiterin")]);
    attributes.set("description", [Value::from("Head")]);
    let anchor = done(&session, add(&format!("cn=bsimon,{base}"), attributes)).await.anchor.unwrap();
    let key = Key::from_anchor(anchor.clone());
    let only = Select::Only(vec![AttributeName::new("SN")]);
    let ReadResult::Found(object) = session.read(&key, &only).await.unwrap() else { panic!() };
    assert_eq!((object.attributes().len(), object.attributes().text("sn")), (1, Some("Simon")));
    assert_eq!(object.anchor(), Some(&anchor));
    let object = read(&session, &key).await;
    assert_eq!(object.attributes().text("description"), Some("Head"));
    assert_eq!(object.attributes().text("description;lang-de"), Some("Leiterin"));
    client.clear(&base).await;
}

/// A self-signed certificate of nobody in particular.
const STRANGER_CA: &str = include_str!("stranger-ca.pem");

/// Runs every part on the server that an expression gives, with what keeps it alive, or on none.
macro_rules! on {
    ($name:ident, $server:expr) => {
        $crate::suite::on!($name, $server, discovery anonymous schema rdn_value life_cycle names awkward_values full_import password connections selection);
    };
    ($name:ident, $server:expr, $($part:ident)*) => {
        mod $name {
            $(#[tokio::test]
            async fn $part() {
                if let Some((server, _alive)) = $server {
                    crate::suite::$part(&server).await;
                }
            })*
        }
    };
}

pub(crate) use on;
