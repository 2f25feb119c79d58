//! Users over TLS: create, read, change, search, remove.
#![cfg(test)]

mod support;

use provost_engine::{DeleteFlow, Deprovisioning, DisableFlow, EngineOptions};
use provost_host::EXTENSION_URN;
use provost_model::{AttributeName, Attributes, Secret, Value};
use provost_scim::Mode;
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};
use support::directory::Directory;
use support::{NAME, attribute, britta, engine_with, lab, lab_of, lab_with};

fn extension(user: &Json) -> &Json {
    &user[EXTENSION_URN]
}

#[tokio::test]
async fn h_1_a_posted_user_is_made_and_read_back() {
    let lab = lab().await;
    let made = lab.post(&britta()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let user = made.json();
    let id = user["id"].as_str().unwrap();
    assert_eq!(made.header("location"), format!("{}/Users/{id}", lab.base()));
    assert_eq!(user["meta"]["location"], made.header("location"));
    assert_eq!(made.header("content-type"), "application/scim+json");
    let expected = json!({
        "-dn-": NAME, "_distinguishedName": NAME, "cn": "Britta Simon", "sn": "Simon", "mail": "bsimon@contoso.com",
        "objectClass": ["inetOrgPerson", "posixAccount", "shadowAccount"], "uid": "bsimon", "uidNumber": 10011,
        "entryUUID": "entry-1",
    });
    assert_eq!(extension(&user), &expected);
    assert_eq!((&user["active"], &user["userName"]), (&json!(true), &json!("bsimon")));
    assert_eq!(lab.directory.values(NAME, "cn"), ["bsimon", "Britta Simon"]);
    assert_eq!(lab.get(&format!("/Users/{id}")).await.json(), user);
}

#[tokio::test]
async fn a_8_a_password_reaches_the_system_and_no_answer() {
    let lab = lab().await;
    let made = lab.post(&britta()).await;
    assert_eq!(lab.directory.passwords(), ["Pa55-word!"]);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let path = attribute("userPassword");
    let patched = lab.patch(&id, json!([{"op": "Replace", "path": path, "value": "An0ther-one"}])).await;
    assert_eq!(patched.status, StatusCode::OK, "{}", patched.text);
    assert_eq!(lab.directory.passwords(), ["An0ther-one"]);
    let read = lab.get(&format!("/Users/{id}?attributes={}", attribute("export_password"))).await;
    let listed = lab.get("/Users").await;
    for reply in [&made, &patched, &read, &listed] {
        for secret in ["Pa55", "An0ther", "assword\""] {
            assert!(!reply.text.contains(secret), "{}", reply.text);
        }
    }
    let probe = lab.search(&format!("{path} eq \"An0ther-one\"")).await;
    assert_eq!(probe.error(), (400, "invalidFilter".to_owned()));
}

#[tokio::test]
async fn what_cannot_be_made_says_why() {
    let lab = lab().await;
    lab.britta().await;
    assert_eq!(lab.post(&britta()).await.error(), (409, "uniqueness".to_owned()));
    let mut nameless = britta();
    nameless[EXTENSION_URN].as_object_mut().unwrap().remove("-dn-");
    assert_eq!(lab.post(&nameless).await.error(), (400, "invalidValue".to_owned()));
    let mut odd = britta();
    odd[EXTENSION_URN]["-dn-"] = json!("no name at all");
    assert_eq!(lab.post(&odd).await.error(), (400, "invalidValue".to_owned()));
    odd[EXTENSION_URN]["-dn-"] = json!("CN=other,DC=lab");
    odd[EXTENSION_URN]["uidNumber"] = json!("many");
    assert_eq!(lab.post(&odd).await.error(), (400, "invalidValue".to_owned()));
    odd[EXTENSION_URN]["uidNumber"] = json!(1);
    lab.directory.refuse(Some((65, "object class violation")));
    let refused = lab.post(&odd).await;
    assert_eq!(refused.error(), (400, "invalidValue".to_owned()));
    assert!(refused.text.contains("object class violation"));
    lab.directory.refuse(None);
    assert_eq!(lab.post(&odd).await.status, StatusCode::CREATED);
    assert_eq!(lab.directory.names(), [NAME, "CN=other,DC=lab"]);
}

#[tokio::test]
async fn a_system_that_is_down_is_503_and_nothing_is_lost() {
    let lab = lab().await;
    lab.directory.set_down(true);
    let down = lab.post(&britta()).await;
    assert_eq!(down.error().0, 503);
    assert_ne!(down.header("retry-after"), "");
    assert_eq!(lab.search(&format!("{} eq \"x\"", attribute("mail"))).await.error().0, 503);
    lab.directory.set_down(false);
    lab.britta().await;
    assert_eq!(lab.directory.names(), [NAME]);
}

#[tokio::test]
async fn e_701_an_object_that_is_not_shown_is_neither_there_nor_absent() {
    let lab = lab().await;
    let id = lab.britta().await;
    lab.directory.set_hidden(true);
    let by_name = lab.search(&format!("{} eq \"{NAME}\"", attribute("-dn-"))).await;
    assert_eq!(by_name.error().0, 503);
    assert_ne!(by_name.header("retry-after"), "");
    lab.directory.set_hidden(false);
    assert_eq!(lab.get(&format!("/Users/{id}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn q_9_the_connection_test_finds_nobody() {
    let lab = lab().await;
    let before = lab.directory.finds();
    let url = "/Users?filter=PLACEHOLDER+eq+%221b4ad3a2-0c5e-4f0e-9d3c-5a1c6d1f2b3a%22";
    let tested = lab.get(url).await;
    assert_eq!(tested.status, StatusCode::OK);
    let expected = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 0, "itemsPerPage": 0, "startIndex": 1, "Resources": [],
    });
    assert_eq!(tested.json(), expected);
    assert_eq!(lab.directory.finds(), before);
    assert_eq!(lab.get("/Users/1b4ad3a2-0c5e-4f0e-9d3c-5a1c6d1f2b3a").await.error().0, 404);
}

#[tokio::test]
async fn q_8_filters_find_what_the_directory_finds() {
    let lab = lab().await;
    let id = lab.britta().await;
    let mut others = Attributes::new();
    others.set("cn", [Value::from("other"), Value::from("Some  Body")]);
    others.set("mail", [Value::from("other@contoso.com")]);
    lab.directory.put("CN=other,DC=lab", others);
    let names = async |filter: &str| {
        let reply = lab.search(filter).await;
        assert_eq!(reply.status, StatusCode::OK, "{filter}: {}", reply.text);
        let list = reply.json();
        assert_eq!(list["totalResults"], list["Resources"].as_array().unwrap().len());
        let users = list["Resources"].as_array().unwrap().iter();
        users.map(|user| extension(user)["-dn-"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (mail, cn, name) = (attribute("mail"), attribute("cn"), attribute("-dn-"));
    assert_eq!(names(&format!("{mail} eq \"BSIMON@contoso.com\"")).await, [NAME]);
    assert_eq!(names(&format!("{mail} eq \"nobody@contoso.com\"")).await, [""; 0]);
    // An object that others made, found by the rule of the directory, and by a value that is not the one shown.
    assert_eq!(names(&format!("{cn} eq \"some body\"")).await, ["CN=other,DC=lab"]);
    assert_eq!(names(&format!("{cn} eq \"bsimon\"")).await, [NAME]);
    assert_eq!(names(&format!("{name} eq \"cn=BSIMON,dc=contoso,dc=lab\"")).await, [NAME]);
    assert_eq!(names(&format!("{} eq 10011 and {cn} sw \"brit\"", attribute("uidNumber"))).await, [NAME]);
    assert_eq!(names(&format!("{mail} eq \"bsimon@contoso.com\" and {cn} sw \"x\"")).await, [""; 0]);
    assert_eq!(names(&format!("id eq \"{id}\"")).await, [NAME]);
    assert_eq!(names("id eq \"forged\"").await, [""; 0]);
    assert_eq!(names("externalId eq \"bsimon\"").await, [""; 0]);
    assert_eq!(names("userName eq bsimon").await, [NAME]);
    assert_eq!(names(&format!("{mail} co \"@CONTOSO\" and not ({cn} pr and {cn} eq \"Britta Simon\")")).await.len(), 1);
    assert_eq!(names(&format!("{mail} co \"\\\"*)(\"")).await, [""; 0]);
}

#[tokio::test]
async fn a_filter_that_cannot_be_answered_is_refused() {
    let lab = lab().await;
    for filter in ["", "nothing", "shoeSize eq 42", "cn eq \"x\"", "active gt true", "a eq \"b\" or", "((("] {
        assert_eq!(lab.search(filter).await.error(), (400, "invalidFilter".to_owned()), "{filter}");
    }
    assert!(lab.search("userName is 1").await.text.contains("at byte 9"));
}

#[tokio::test]
async fn l_1_a_list_is_read_page_by_page() {
    let lab = lab().await;
    for number in 1..=5 {
        let mut user = britta();
        user[EXTENSION_URN]["-dn-"] = json!(format!("CN=user{number},DC=lab"));
        assert_eq!(lab.post(&user).await.status, StatusCode::CREATED);
    }
    let page = async |query: &str| {
        let list = lab.get(&format!("/Users?{query}")).await.json();
        let users = list["Resources"].as_array().unwrap().iter();
        let names: Vec<String> = users.map(|user| extension(user)["-dn-"].as_str().unwrap().to_owned()).collect();
        assert_eq!(list["itemsPerPage"], names.len());
        (list["totalResults"].as_u64().unwrap(), list["startIndex"].as_u64().unwrap(), names)
    };
    let (total, start, first) = page("startIndex=0&count=2").await;
    assert_eq!((total, start, first.len()), (5, 1, 2));
    let (_, _, second) = page("StartIndex=3&count=2").await;
    let (_, _, third) = page("startIndex=5&count=2").await;
    let mut all = [first, second, third].concat();
    all.sort();
    assert_eq!(all, (1..=5).map(|number| format!("CN=user{number},DC=lab")).collect::<Vec<_>>());
    assert_eq!(page("count=0").await, (5, 1, vec![]));
    assert_eq!(page("startIndex=9").await, (5, 9, vec![]));
    let filter = format!("{}%20sw%20%22CN=user%22&count=1&startIndex=2", attribute("-dn-"));
    assert_eq!(page(&format!("filter={filter}")).await.2.len(), 1);
    assert_eq!(lab.get("/Users?count=x").await.error(), (400, "invalidValue".to_owned()));
}

#[tokio::test]
async fn m_16_an_answer_shows_what_is_asked_for() {
    let lab = lab().await;
    let id = lab.britta().await;
    let read = lab.get(&format!("/Users/{id}?attributes={}", attribute("sn"))).await;
    let urns = ["urn:ietf:params:scim:schemas:core:2.0:User", EXTENSION_URN];
    assert_eq!(read.json(), json!({"schemas": urns, "id": id, EXTENSION_URN: {"sn": "Simon"}}));
    let path = format!("/Users?excludedAttributes={EXTENSION_URN},meta");
    let listed = lab.get(&path).await.json();
    assert_eq!(listed["Resources"][0], json!({"schemas": urns, "id": id, "userName": "bsimon", "active": true}));
}

#[tokio::test]
async fn q_1_to_q_7_a_change_as_entra_sends_it() {
    let lab = lab().await;
    let id = lab.britta().await;
    let patched = lab
        .patch(
            &id,
            json!([
                {"op": "Replace", "path": attribute("sn"), "value": "Stone"},
                {"op": "Add", "path": attribute("uidNumber"), "value": "10012"},
                {"op": "Add", "path": attribute("OBJECTCLASS"), "value": ["extensibleObject"]},
                {"op": "Remove", "path": attribute("mail")},
                {"op": "Remove", "path": attribute("manager")},
            ]),
        )
        .await;
    assert_eq!(patched.status, StatusCode::OK, "{}", patched.text);
    let user = patched.json();
    let shown = extension(&user);
    assert_eq!((&shown["sn"], &shown["uidNumber"], &shown["mail"]), (&json!("Stone"), &json!(10012), &Json::Null));
    assert_eq!(lab.directory.values(NAME, "objectClass").len(), 4);
    assert_eq!(lab.directory.values(NAME, "mail"), [""; 0]);

    let flagged = json!([{"op": "replace", "value": {
        attribute("sn"): "Berg",
        "active": false,
        EXTENSION_URN: {"mail": "b@contoso.com"},
    }}]);
    let user = lab.patch(&id, flagged).await.json();
    assert_eq!((&user["active"], &extension(&user)["sn"]), (&json!(false), &json!("Berg")));
    assert_eq!(lab.directory.values(NAME, "shadowExpire"), ["1"]);
    assert_eq!(lab.directory.values(NAME, "mail"), ["b@contoso.com"]);
}

#[tokio::test]
async fn q_2_q_10_a_disabled_user_stays_readable() {
    let lab = lab().await;
    let id = lab.britta().await;
    let disable = json!([{"op": "Replace", "path": "active", "value": "False"}]);
    let disabled = lab.patch(&id, disable.clone()).await;
    assert_eq!(disabled.json()["active"], json!(false), "{}", disabled.text);
    assert_eq!(lab.directory.values(NAME, "shadowExpire"), ["1"]);
    let writes = lab.directory.writes();
    assert_eq!(lab.patch(&id, disable).await.status, StatusCode::OK);
    assert_eq!(lab.directory.writes(), writes);
    assert_eq!(lab.get(&format!("/Users/{id}")).await.json()["active"], json!(false));
    let found = lab.search("active eq false").await.json();
    assert_eq!(found["totalResults"], 1);
    let enable = json!([{"op": "Replace", "path": "active", "value": "True"}]);
    assert_eq!(lab.patch(&id, enable).await.json()["active"], json!(true));
    assert_eq!(lab.directory.values(NAME, "shadowExpire"), [""; 0]);
}

#[tokio::test]
async fn a_user_can_be_made_disabled() {
    let lab = lab().await;
    let mut user = britta();
    user["active"] = json!("False");
    let made = lab.post(&user).await;
    assert_eq!((made.status, &made.json()["active"]), (StatusCode::CREATED, &json!(false)));
    assert_eq!(lab.directory.values(NAME, "shadowExpire"), ["1"]);
    assert_eq!(lab.directory.writes(), 1, "it was enabled for a moment");
}

#[tokio::test]
async fn row_60_what_changes_nothing_writes_nothing() {
    let lab = lab().await;
    let id = lab.britta().await;
    let writes = lab.directory.writes();
    for operations in [
        json!([]),
        json!([{"op": "Replace", "path": attribute("cn"), "value": "Britta Simon"}]),
        json!([{"op": "Add", "path": attribute("objectClass"), "value": ["INETORGPERSON"]}]),
        json!([{"op": "Add", "path": "externalId", "value": "other"}]),
        json!([{"op": "Replace", "path": attribute("-dn-"), "value": NAME}]),
        json!([{"op": "Replace", "value": {"shoeSize": 42}}]),
        json!([{"op": "Add", "path": attribute("sn"), "value": "x"}, {"op": "Add", "path": attribute("sn"), "value": "Simon"}]),
    ] {
        let reply = lab.patch(&id, operations).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    }
    assert_eq!(lab.directory.writes(), writes);
}

#[tokio::test]
async fn a_change_of_the_name_renames_and_the_identifier_stays() {
    let lab = lab().await;
    let id = lab.britta().await;
    let to = "CN=bstone,DC=Contoso,DC=lab";
    let operations = json!([
        {"op": "Replace", "path": attribute("-dn-"), "value": to},
        {"op": "Replace", "path": attribute("sn"), "value": "Stone"},
    ]);
    let user = lab.patch(&id, operations).await.json();
    assert_eq!((&user["id"], &extension(&user)["-dn-"]), (&json!(id), &json!(to)), "{user}");
    assert_eq!(lab.directory.names(), [to]);
    assert_eq!(lab.directory.values(to, "cn"), ["bstone", "Britta Simon"]);
    assert_eq!(lab.get(&format!("/Users/{id}")).await.json(), user);
    let nowhere = json!([{"op": "Replace", "path": attribute("-dn-"), "value": "elsewhere"}]);
    assert_eq!(lab.patch(&id, nowhere).await.error(), (400, "invalidValue".to_owned()));
}

#[tokio::test]
async fn a_patch_that_fails_changes_nothing() {
    let lab = lab().await;
    let id = lab.britta().await;
    let writes = lab.directory.writes();
    let cases = [
        (json!([{"op": "Replace", "path": attribute("sn"), "value": "x"}, {"op": "Remove"}]), "noTarget"),
        (json!([{"op": "Replace", "path": attribute("shoeSize"), "value": "x"}]), "invalidPath"),
        (json!([{"op": "Replace", "path": attribute("_distinguishedName"), "value": "x"}]), "mutability"),
        (json!([{"op": "Replace", "path": attribute("entryUUID"), "value": "x"}]), "mutability"),
        (json!([{"op": "Replace", "path": "id", "value": "x"}]), "mutability"),
        (json!([{"op": "Replace", "path": attribute("uidNumber"), "value": "many"}]), "invalidValue"),
        (json!([{"op": "Move", "path": attribute("sn"), "value": "x"}]), "invalidSyntax"),
        (json!({"op": "Remove"}), "invalidSyntax"),
    ];
    for (operations, scim_type) in cases {
        assert_eq!(lab.patch(&id, operations).await.error(), (400, scim_type.to_owned()));
    }
    assert_eq!(lab.patch("dQF4YQ", json!([])).await.error().0, 404);
    assert_eq!(lab.directory.writes(), writes);
}

#[tokio::test]
async fn h_3_a_put_replaces_and_never_makes() {
    let lab = lab().await;
    let id = lab.britta().await;
    let put =
        async |id: &str, body: &Json| lab.send(lab.request(Method::PUT, &format!("/Users/{id}")).json(body)).await;
    let mut body = britta();
    let members = body[EXTENSION_URN].as_object_mut().unwrap();
    members.remove("mail");
    members.insert("sn".to_owned(), json!("Stone"));
    let replaced = put(&id, &body).await;
    assert_eq!(replaced.status, StatusCode::OK, "{}", replaced.text);
    assert_eq!(extension(&replaced.json())["sn"], json!("Stone"));
    assert_eq!(lab.directory.values(NAME, "mail"), [""; 0]);
    assert_eq!(put("dQF4YQ", &body).await.error().0, 404);
    assert_eq!(lab.directory.names(), [NAME]);
}

#[tokio::test]
async fn h_5_a_removed_user_is_gone() {
    let lab = lab().await;
    let id = lab.britta().await;
    let path = format!("/Users/{id}");
    let deleted = lab.send(lab.request(Method::DELETE, &path)).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(lab.directory.names(), [""; 0]);
    assert_eq!(lab.send(lab.request(Method::DELETE, &path)).await.error().0, 404);
    assert_eq!(lab.get(&path).await.error().0, 404);
    assert_eq!(lab.get("/Users").await.json()["totalResults"], 0);
}

#[tokio::test]
async fn removing_what_others_removed_is_done_and_changing_it_is_404() {
    let lab = lab().await;
    let id = lab.britta().await;
    lab.directory.take(NAME);
    let change = json!([{"op": "Replace", "path": attribute("sn"), "value": "Stone"}]);
    assert_eq!(lab.patch(&id, change).await.error().0, 404);
    let id = lab.britta().await;
    lab.directory.take(NAME);
    let path = format!("/Users/{id}");
    assert_eq!(lab.send(lab.request(Method::DELETE, &path)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(lab.send(lab.request(Method::DELETE, &path)).await.error().0, 404);
}

#[tokio::test]
async fn l_10_two_projections_are_refused_before_anything_is_done() {
    let lab = lab_with(|mount| mount.with_mode(Mode::Strict), |builder| builder).await;
    let request = lab.request(Method::POST, "/Users?attributes=id&excludedAttributes=meta").json(&britta());
    assert_eq!(lab.send(request).await.error(), (400, "invalidValue".to_owned()));
    assert_eq!(lab.directory.names(), [""; 0]);
}

#[tokio::test]
async fn the_flows_of_the_engine_decide_what_disabling_and_removing_do() {
    let directory = Directory::new();
    let mut options = EngineOptions::new("people", Secret::new(vec![7; 32]));
    options.deprovisioning = Deprovisioning { disable: DisableFlow::Delete, delete: DeleteFlow::None };
    let engine = engine_with(&directory, options).await;
    let lab = lab_of(directory, engine, |mount| mount, |builder| builder);
    let id = lab.britta().await;
    let disabled = lab.patch(&id, json!([{"op": "Replace", "path": "active", "value": "False"}])).await;
    assert_eq!(disabled.status, StatusCode::NO_CONTENT, "{}", disabled.text);
    assert_eq!(lab.get(&format!("/Users/{id}")).await.error().0, 404);
    assert_eq!(lab.directory.names(), [""; 0]);
    let id = lab.britta().await;
    let deleted = lab.send(lab.request(Method::DELETE, &format!("/Users/{id}"))).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    assert_eq!(lab.get(&format!("/Users/{id}")).await.error().0, 404);
    assert_eq!(lab.directory.names(), [NAME]);
}

#[tokio::test]
async fn attributes_can_be_shown_as_lists() {
    let lists = ["objectClass", "mail"].map(AttributeName::new);
    let lab = lab_with(|mount| mount.with_lists(lists), |builder| builder).await;
    let id = lab.britta().await;
    let added = lab.patch(&id, json!([{"op": "Add", "path": attribute("mail"), "value": ["b@x.example"]}])).await;
    assert_eq!(extension(&added.json())["mail"], json!(["bsimon@contoso.com", "b@x.example"]), "{}", added.text);
    let path = attribute("mail[value eq \"BSIMON@contoso.com\"]");
    let removed = lab.patch(&id, json!([{"op": "Remove", "path": path}])).await;
    assert_eq!(extension(&removed.json())["mail"], json!(["b@x.example"]), "{}", removed.text);
    assert_eq!(lab.directory.values(NAME, "mail"), ["b@x.example"]);
}
