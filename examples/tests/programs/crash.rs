//! `provost serve` is killed, at the worst moment and at random ones; nothing is lost and nothing is there twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use provost_directory::{Occurrence, OperationKind};
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};
use tokio::sync::watch;

use crate::lab::{BASE, EXTENSION, Lab, Served, TOKEN, password, replace, user};

async fn send(
    client: &reqwest::Client,
    method: Method,
    url: &str,
    body: Option<&Json>,
) -> reqwest::Result<(StatusCode, Json)> {
    let mut request = client.request(method, url).bearer_auth(TOKEN);
    if let Some(body) = body {
        request = request.header("content-type", "application/scim+json").body(body.to_string());
    }
    let answer = request.send().await?;
    let status = answer.status();
    let text = answer.bytes().await?;
    Ok((status, serde_json::from_slice(&text).unwrap_or(Json::Null)))
}

async fn find(client: &reqwest::Client, base: &str, uid: &str) -> reqwest::Result<Vec<Json>> {
    let filter = format!("{EXTENSION}:uid eq {}", json!(uid));
    let mut url = reqwest::Url::parse(&format!("{base}/Users")).unwrap();
    url.query_pairs_mut().append_pair("filter", &filter);
    let (status, body) = send(client, Method::GET, url.as_str(), None).await?;
    assert_eq!(status, StatusCode::OK, "{body}");
    Ok(body["Resources"].as_array().cloned().unwrap_or_default())
}

async fn can_bind(lab: &Lab, uid: &str) -> bool {
    let (connection, mut ldap) = ldap3::LdapConnAsync::new(&lab.listener.url()).await.unwrap();
    ldap3::drive!(connection);
    let name = format!("uid={uid},{}", BASE);
    ldap.simple_bind(&name, &password(uid)).await.unwrap().rc == 0
}

/// Crash point C16 of the engine: the intent is durable, the directory has done it, the answer was not read.
#[tokio::test(flavor = "multi_thread")]
async fn killed_between_the_add_and_its_answer() {
    let lab = Lab::new().await;
    let client = lab.client();
    let mut served = Served::start(&lab.path("provost.toml"));
    lab.directory.faults().hold_answer(OperationKind::Add, Occurrence::Nth(0));
    let url = format!("{}/Users", served.base);
    let body = user("bsimon", "Simon");
    let pending = tokio::spawn({
        let (client, url, body) = (client.clone(), url.clone(), body.clone());
        async move { send(&client, Method::POST, &url, Some(&body)).await }
    });
    lab.directory.faults().until_held(1).await;
    served.kill();
    lab.directory.faults().clear();
    assert!(pending.await.unwrap().is_err(), "the client got an answer from a program that is gone");
    assert_eq!(lab.ldif().matches("uid: bsimon\n").count(), 1);
    assert!(!can_bind(&lab, "bsimon").await, "the password cannot be set yet");
    let writes = lab.directory.write_counter();

    let served = Served::start(&lab.path("provost.toml"));
    // The password was sealed with the intent and is set by the recovery, before the first request is taken.
    assert!(can_bind(&lab, "bsimon").await);
    let url = format!("{}/Users", served.base);
    let (status, answer) = send(&client, Method::POST, &url, Some(&body)).await.unwrap();
    assert_eq!((status, answer["scimType"].as_str()), (StatusCode::CONFLICT, Some("uniqueness")), "{answer}");
    assert_eq!(find(&client, &served.base, "bsimon").await.unwrap().len(), 1);
    assert_eq!(lab.ldif().matches("uid: bsimon\n").count(), 1);
    assert_eq!(lab.directory.write_counter(), writes + 1, "only the password was written");
    assert_eq!(served.terminate(), ("stopped\n".to_owned(), true));
}

/// Makes users, changes and removes some of them, and repeats what got no answer, as a SCIM client does.
struct Stream {
    client: reqwest::Client,
    base: watch::Receiver<String>,
    /// What the directory must hold in the end: surname by uid.
    wanted: BTreeMap<String, String>,
}

impl Stream {
    /// Repeats a step until the program answers.
    async fn until_answered<T, F: Future<Output = reqwest::Result<T>>>(&self, step: impl Fn(String) -> F) -> T {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let base = self.base.borrow().clone();
            match step(base).await {
                Ok(answer) => return answer,
                Err(error) => assert!(Instant::now() < deadline, "no answer: {error}"),
            }
            tokio::task::yield_now().await;
        }
    }

    async fn request(&self, method: Method, path: &str, body: Option<&Json>) -> (StatusCode, Json) {
        loop {
            let answer = self
                .until_answered(|base| {
                    let (client, method) = (self.client.clone(), method.clone());
                    async move { send(&client, method, &format!("{base}{path}"), body).await }
                })
                .await;
            if answer.0 != StatusCode::SERVICE_UNAVAILABLE {
                return answer;
            }
        }
    }

    async fn create(&mut self, uid: &str) -> String {
        let (status, body) = self.request(Method::POST, "/Users", Some(&user(uid, "First"))).await;
        self.wanted.insert(uid.to_owned(), "First".to_owned());
        if status == StatusCode::CREATED {
            return body["id"].as_str().unwrap().to_owned();
        }
        assert_eq!(status, StatusCode::CONFLICT, "{body}");
        let found = self
            .until_answered(|base| {
                let client = self.client.clone();
                async move { find(&client, &base, uid).await }
            })
            .await;
        assert_eq!(found.len(), 1, "{uid} after a conflict");
        found[0]["id"].as_str().unwrap().to_owned()
    }

    async fn rename(&mut self, uid: &str, id: &str) {
        let body = replace("sn", &json!("Second"));
        let (status, body) = self.request(Method::PATCH, &format!("/Users/{id}"), Some(&body)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        self.wanted.insert(uid.to_owned(), "Second".to_owned());
    }

    async fn remove(&mut self, uid: &str, id: &str) {
        let (status, body) = self.request(Method::DELETE, &format!("/Users/{id}"), None).await;
        assert!(matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_FOUND), "{status} {body}");
        self.wanted.remove(uid);
    }
}

const KILLS: u32 = 10;

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_ten_random_moments() {
    let lab = Arc::new(Lab::new().await);
    let mut served = Served::start(&lab.path("provost.toml"));
    let (current, base) = watch::channel(served.base.clone());
    let mut seed = [0_u8; 8];
    getrandom::fill(&mut seed).unwrap();
    let mut random = u64::from_le_bytes(seed) | 1;
    println!("seed {random}");
    let mut stream = Stream { client: lab.client(), base, wanted: BTreeMap::new() };
    let (finished, is_finished) = watch::channel(false);
    let work = tokio::spawn(async move {
        let mut number = 0;
        // At least forty users, and on until the last kill is over.
        while number < 40 || !*is_finished.borrow() {
            let uid = format!("user{number}");
            let id = stream.create(&uid).await;
            if number % 2 == 0 {
                stream.rename(&uid, &id).await;
            }
            if number % 4 == 3 {
                stream.remove(&uid, &id).await;
            }
            number += 1;
        }
        stream.wanted
    });
    for _ in 0..KILLS {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        // Not a wait for anything: the moment of the kill is what is random here.
        tokio::time::sleep(Duration::from_micros(2_000 + random % 60_000)).await;
        served.kill();
        served = Served::start(&lab.path("provost.toml"));
        current.send(served.base.clone()).unwrap();
    }
    finished.send(true).unwrap();
    let wanted = work.await.unwrap();

    let mut held = BTreeMap::new();
    let ldif = lab.ldif();
    for entry in ldif.split("\n\n").filter(|entry| entry.contains("\nuid: ")) {
        let value = |name: &str| {
            let line = entry.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.trim_start_matches(':').trim().to_owned()
        };
        assert!(held.insert(value("uid"), value("sn")).is_none(), "twice: {entry}");
    }
    assert_eq!(held, wanted);
    for uid in wanted.keys() {
        assert!(can_bind(&lab, uid).await, "the password of {uid} is lost");
    }
    assert!(served.terminate().1);
}
