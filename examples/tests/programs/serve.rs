//! `provost serve` with its options, in a process of its own.

use reqwest::StatusCode;

use crate::lab::{Lab, Served, TOKEN};

#[tokio::test(flavor = "multi_thread")]
async fn discovery_is_public_unless_it_is_protected() {
    let lab = Lab::new().await;
    let client = lab.client();
    let schemas = |served: &Served| client.get(format!("{}/Schemas", served.base));
    let served = Served::start(&lab.path("provost.toml"));
    assert_eq!(schemas(&served).send().await.unwrap().status(), StatusCode::OK);
    drop(served);

    lab.write("provost.toml", &lab.config().replace("[host]", "[host]\nprotect_discovery = true"));
    let served = Served::start(&lab.path("provost.toml"));
    assert_eq!(schemas(&served).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(schemas(&served).bearer_auth(TOKEN).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn locations_begin_with_the_public_url() {
    let lab = Lab::new().await;
    lab.write("provost.toml", &lab.config().replace("[host]", "[host]\npublic_url = \"https://host.example\""));
    let served = Served::start(&lab.path("provost.toml"));
    let request = lab.client().post(format!("{}/Users", served.base)).bearer_auth(TOKEN);
    let body = crate::lab::user("bsimon", "Simon").to_string();
    let answer = request.header("content-type", "application/scim+json").body(body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(location.starts_with("https://host.example/ecma2host_people/scim/Users/"), "{location}");
}
