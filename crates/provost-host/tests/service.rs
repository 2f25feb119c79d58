//! The service around the users: tokens, addresses, methods, bodies, TLS, discovery, and an orderly end.
#![cfg(test)]

mod support;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use provost_host::{Certificate, EXTENSION_URN, Host, HostError, Mount};
use provost_model::Secret;
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};
use support::directory::Directory;
use support::{NAME, TOKEN, attribute, britta, client, engine, lab, lab_with};

#[tokio::test]
async fn a_1_a_request_needs_a_valid_token() {
    let lab = lab_with(|mount| mount.with_token(Secret::from("the-second-one")), |builder| builder).await;
    let url = format!("{}/Users", lab.base());
    let plain = lab.send(lab.client.get(&url)).await;
    assert_eq!(plain.error().0, 401);
    assert!(plain.header("www-authenticate").starts_with("Bearer"));
    for token in ["", "wrong", "a-token-of-the-test", "a-token-of-the-tests2"] {
        assert_eq!(lab.send(lab.client.get(&url).bearer_auth(token)).await.error().0, 401);
    }
    assert_eq!(lab.send(lab.client.get(&url).basic_auth("x", Some(TOKEN))).await.error().0, 401);
    for token in [TOKEN, "the-second-one"] {
        assert_eq!(lab.send(lab.client.get(&url).bearer_auth(token)).await.status, StatusCode::OK);
    }
    for other in ["Bearer wrong-and-longer", &format!("Bearer {TOKEN}")] {
        let twice = lab.client.get(&url).bearer_auth(TOKEN).header("authorization", other);
        assert_eq!(lab.send(twice).await.error().0, 401, "{other}");
    }
    let unauthorised = lab.send(lab.client.post(&url).json(&britta())).await;
    assert_eq!(unauthorised.error().0, 401);
    assert_eq!(lab.directory.writes(), 0);
    assert_eq!(lab.send(lab.client.get(format!("{}/Nothing", lab.base()))).await.error().0, 401);
}

#[tokio::test]
async fn h_13_an_unknown_address_is_404() {
    let lab = lab().await;
    for path in ["/", "/scim/Users", "/ecma2host_People/scim/Users", "/ecma2host_other/scim/Users", "/ecma2host_people"]
    {
        let reply = lab.send(lab.client.get(format!("{}{path}", lab.origin)).bearer_auth(TOKEN)).await;
        assert_eq!(reply.error().0, 404, "{path}");
    }
    for path in ["", "/Nothing", "/Groups", "/Users/a/b", "/Schemas/urn:x", "/ResourceTypes/Group"] {
        assert_eq!(lab.get(path).await.error().0, 404, "{path}");
    }
    for path in ["/Users/", "/users", "/v2/Users"] {
        assert_eq!(lab.get(path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn h_12_a_method_that_is_not_possible_is_405() {
    let lab = lab().await;
    let cases = [
        (Method::DELETE, "/Users", "GET, HEAD, POST"),
        (Method::PATCH, "/Users", "GET, HEAD, POST"),
        (Method::POST, "/Users/x", "GET, HEAD, PUT, PATCH, DELETE"),
        (Method::POST, "/Schemas", "GET, HEAD"),
        (Method::PUT, "/ServiceProviderConfig", "GET, HEAD"),
    ];
    for (method, path, allowed) in cases {
        let reply = lab.send(lab.request(method, path)).await;
        assert_eq!((reply.error().0, reply.header("allow")), (405, allowed), "{path}");
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_with_its_place() {
    let lab = lab().await;
    let post = async |body: String| {
        let request =
            lab.request(Method::POST, "/Users").header("content-type", "application/scim+json; charset=utf-8");
        lab.send(request.body(body)).await
    };
    let broken = post("{\n  \"active\": tru3\n}".to_owned()).await;
    assert_eq!(broken.error(), (400, "invalidSyntax".to_owned()));
    assert!(broken.text.contains("line 2 column"), "{}", broken.text);
    let twice = post(r#"{"active": true, "ACTIVE": false}"#.to_owned()).await;
    assert_eq!(twice.error(), (400, "invalidSyntax".to_owned()));
    let deep = post(format!("{}{}", "[".repeat(40), "]".repeat(40))).await;
    assert_eq!(deep.error(), (400, "invalidSyntax".to_owned()));
    assert_eq!(post("[]".to_owned()).await.error(), (400, "invalidSyntax".to_owned()));
    assert_eq!(post(String::new()).await.error(), (400, "invalidSyntax".to_owned()));
    let long = format!("{{\"displayName\": \"{}\"}}", "x".repeat(3 << 20));
    assert_eq!(post(long).await.error().0, 413);
    assert_eq!(lab.directory.writes(), 0);
}

#[tokio::test]
async fn content_types_are_json_or_nothing() {
    let lab = lab().await;
    let body = britta().to_string();
    let xml = lab.request(Method::POST, "/Users").header("content-type", "application/xml").body(body.clone());
    assert_eq!(lab.send(xml).await.error().0, 415);
    let html = lab.request(Method::GET, "/Users").header("accept", "text/html");
    assert_eq!(lab.send(html).await.error().0, 406);
    let any = lab.request(Method::GET, "/Users").header("accept", "text/html, */*;q=0.1");
    assert_eq!(lab.send(any).await.status, StatusCode::OK);
    let untyped = lab.request(Method::POST, "/Users").body(body);
    assert_eq!(lab.send(untyped).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn d_4_schemas_show_the_attributes_of_the_directory() {
    let lab = lab().await;
    let reply = lab.send(lab.client.get(format!("{}/Schemas", lab.base()))).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(!reply.text.contains("null"));
    let list = reply.json();
    let keys: Vec<&String> = list.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["Resources", "itemsPerPage", "schemas", "startIndex", "totalResults"]);
    let extension = list["Resources"].as_array().unwrap().iter().find(|schema| schema["id"] == EXTENSION_URN).unwrap();
    let attribute = |name: &str| {
        let attributes = extension["attributes"].as_array().unwrap().iter();
        attributes.clone().find(|attribute| attribute["name"] == name).unwrap_or_else(|| panic!("no {name}")).clone()
    };
    let facts = |name: &str| {
        let attribute = attribute(name);
        ["type", "multiValued", "required", "mutability", "returned"]
            .map(|key| attribute[key].to_string().replace('"', ""))
    };
    assert_eq!(facts("-dn-"), ["string", "false", "true", "readWrite", "default"]);
    assert_eq!(facts("_distinguishedName"), ["string", "false", "false", "readOnly", "default"]);
    assert_eq!(facts("export_password"), ["string", "false", "false", "writeOnly", "never"]);
    assert_eq!(facts("userPassword"), ["string", "false", "false", "writeOnly", "never"]);
    assert_eq!(facts("objectClass"), ["string", "true", "true", "readWrite", "default"]);
    assert_eq!(facts("cn"), ["string", "false", "true", "readWrite", "default"]);
    assert_eq!(facts("uidNumber"), ["integer", "false", "false", "readWrite", "default"]);
    assert_eq!(facts("manager"), ["reference", "false", "false", "readWrite", "default"]);
    assert_eq!(facts("entryUUID"), ["string", "false", "false", "readOnly", "default"]);
    let one = lab.get(&format!("/Schemas/{}", EXTENSION_URN.to_uppercase())).await;
    assert_eq!(&one.json(), extension);
    assert_eq!(lab.get("/Schemas?filter=id+pr").await.error().0, 403);
}

#[tokio::test]
async fn d_2_the_service_says_what_it_can_do() {
    let lab = lab().await;
    let config = lab.get("/ServiceProviderConfig").await.json();
    assert_eq!(config["patch"], json!({"supported": true}));
    assert_eq!(config["bulk"]["maxOperations"], 0);
    let types = lab.get("/ResourceTypes").await.json();
    let user = lab.get("/ResourceTypes/User").await.json();
    assert_eq!(types["Resources"], Json::Array(vec![user.clone()]));
    assert_eq!(user["schemaExtensions"], json!([{"schema": EXTENSION_URN, "required": false}]));
    assert_eq!(user["meta"]["location"], format!("{}/ResourceTypes/User", lab.base()));
}

#[tokio::test]
async fn discovery_can_be_protected() {
    let lab = lab_with(|mount| mount, |builder| builder.protect_discovery()).await;
    for path in ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig"] {
        assert_eq!(lab.send(lab.client.get(format!("{}{path}", lab.base()))).await.error().0, 401);
        assert_eq!(lab.get(path).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn locations_begin_with_the_public_url() {
    let lab = lab_with(|mount| mount, |builder| builder.public_url("https://scim.example/")).await;
    let id = lab.britta().await;
    let user = lab.get(&format!("/Users/{id}")).await.json();
    assert_eq!(user["meta"]["location"], format!("https://scim.example/ecma2host_people/scim/Users/{id}"));
}

#[tokio::test]
async fn a_2_tls_1_2_and_1_3_are_spoken_and_plain_http_is_not() {
    let lab = lab().await;
    let address: SocketAddr = lab.origin.replace("https://localhost", "127.0.0.1").parse().unwrap();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let client = client(&lab.certificate, address, &[version]);
        let health = client.get(format!("{}/health", lab.origin)).send().await.unwrap();
        assert_eq!((health.status(), health.text().await.unwrap()), (StatusCode::OK, String::new()));
    }
    assert!(lab.client.get(format!("http://{address}/health")).send().await.is_err());
}

#[tokio::test]
async fn plain_http_is_served_on_loopback_only() {
    let directory = Directory::new();
    let mount = Mount::new("people", engine(&directory).await).with_token(Secret::from(TOKEN));
    let host = Host::builder().mount(mount).build().unwrap();
    let open = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let refused = host.serve(open, std::future::ready(())).await.unwrap_err();
    assert!(matches!(refused, HostError::Plaintext { .. }), "{refused}");
    let local = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    host.serve(local, std::future::ready(())).await.unwrap();
}

#[tokio::test]
async fn a_mount_that_is_not_safe_or_not_clear_is_refused() {
    let engine = engine(&Directory::new()).await;
    let refusal = |mounts: Vec<Mount>| {
        let builder = mounts.into_iter().fold(Host::builder(), |builder, mount| builder.mount(mount));
        builder.build().map(drop).unwrap_err().to_string()
    };
    let mount = |name: &str, token: &str| Mount::new(name, engine.clone()).with_token(Secret::from(token));
    assert!(refusal(vec![Mount::new("people", engine.clone())]).contains("token"));
    let short = refusal(vec![mount("people", "elevenchars")]);
    assert!(short.contains("12 characters") && !short.contains("elevenchars"), "{short}");
    assert!(refusal(vec![mount("people", "with a blank in it")]).contains("visible"));
    assert!(refusal(vec![mount("pe/ople", TOKEN)]).contains("name"));
    assert!(refusal(vec![mount("people", TOKEN), mount("people", TOKEN)]).contains("twice"));
    assert!(refusal(vec![mount("people", TOKEN).with_object_type("robot")]).contains("object type"));
    let three = mount("people", TOKEN).with_token(Secret::from(TOKEN)).with_token(Secret::from(TOKEN));
    assert!(refusal(vec![three]).contains("two"));
    assert!(!format!("{:?}", mount("people", TOKEN)).contains(TOKEN));
}

#[test]
fn a_certificate_that_does_not_fit_is_refused() {
    let pair = || rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (one, other) = (pair(), pair());
    let (chain, key) = (one.cert.pem(), one.signing_key.serialize_pem());
    Certificate::from_pem(chain.as_bytes(), key.as_bytes()).unwrap();
    let wrong = [
        Certificate::from_pem(chain.as_bytes(), other.signing_key.serialize_pem().as_bytes()),
        Certificate::from_pem(b"", key.as_bytes()),
        Certificate::from_pem(chain.as_bytes(), b"no key"),
        Certificate::from_files("/does/not/exist.pem", "/does/not/exist.key"),
    ];
    for result in wrong {
        let error = result.unwrap_err();
        assert!(matches!(error, HostError::Certificate { .. }), "{error}");
    }
}

#[tokio::test]
async fn after_a_stop_the_running_request_is_answered() {
    let mut lab = lab().await;
    lab.directory.hold_answers();
    let request = lab.request(Method::POST, "/Users").json(&britta());
    let running = tokio::spawn(request.send());
    lab.directory.write_arrived().await;
    lab.stop();
    lab.directory.release_answers();
    assert_eq!(running.await.unwrap().unwrap().status(), StatusCode::CREATED);
    let (client, url) = (lab.client.clone(), format!("{}/Users", lab.base()));
    lab.stopped().await;
    assert!(client.get(url).bearer_auth(TOKEN).send().await.is_err());
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_nothing_half_done() {
    let mut lab = lab().await;
    lab.directory.hold_answers();
    let request = lab.request(Method::POST, "/Users").json(&britta());
    let running = tokio::spawn(request.send());
    lab.directory.write_arrived().await;
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    lab.directory.release_answers();
    lab.stop();
    let directory = lab.directory.clone();
    lab.stopped().await;
    // The write and the password that follows it: both were done after the client had gone.
    assert_eq!((directory.names(), directory.passwords()), (vec![NAME.to_owned()], vec!["Pa55-word!".to_owned()]));
}

#[tokio::test]
async fn requests_for_one_user_at_the_same_time_end_in_one_user() {
    let lab = lab().await;
    let body = britta();
    let posts: Vec<_> = (0..8).map(|_| tokio::spawn(lab.request(Method::POST, "/Users").json(&body).send())).collect();
    let mut statuses = Vec::new();
    for post in posts {
        statuses.push(post.await.unwrap().unwrap().status());
    }
    statuses.sort();
    assert_eq!(statuses[0], StatusCode::CREATED);
    assert!(statuses[1..].iter().all(|status| *status == StatusCode::CONFLICT), "{statuses:?}");
    assert_eq!(lab.directory.names(), [NAME]);
    assert_eq!(lab.search(&format!("{} eq \"bsimon\"", attribute("uid"))).await.json()["totalResults"], 1);
}
