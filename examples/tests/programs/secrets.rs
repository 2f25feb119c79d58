//! Passwords and tokens are pushed through every door of the program, and found behind none of them.

use std::process::{Command, Stdio};

use provost_directory::{Occurrence, OperationKind};
use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::lab::{ADMIN_PASSWORD, BASE, EXTENSION, Lab, Served, TOKEN, user};

/// A part of every secret that a client sends.
const MARKER: &str = "Zq8-marker";

struct Doors {
    client: reqwest::Client,
    base: String,
    /// All that came back.
    answers: String,
}

impl Doors {
    async fn send(&mut self, method: Method, path: &str, token: &str, body: impl Into<reqwest::Body>) -> Json {
        let request = self.client.request(method, format!("{}{path}", self.base)).bearer_auth(token);
        let answer = request.header("content-type", "application/scim+json").body(body).send().await.unwrap();
        self.answers.push_str(&format!("{} {:?}\n", answer.status(), answer.headers()));
        let text = answer.text().await.unwrap();
        self.answers.push_str(&text);
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn patch(&mut self, id: &str, operations: Json) {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
        self.send(Method::PATCH, &format!("/Users/{id}"), TOKEN, body.to_string()).await;
    }
}

/// Secrets in one place after another: where they belong, and where a mistaken client may put them.
async fn push(doors: &mut Doors) -> String {
    let secret = |place: &str| format!("{MARKER}-{place}");
    let extension = |name: &str| format!("{EXTENSION}:{name}");
    let post = |change: &dyn Fn(&mut Json)| {
        let mut body = user("bsimon", "Simon");
        change(&mut body);
        body.to_string()
    };
    doors.send(Method::GET, "/Users", &secret("token"), "").await;
    doors.send(Method::GET, "/Users", &format!("{TOKEN}{MARKER}"), "").await;
    for wrong in [json!([secret("a"), secret("b")]), json!({"value": secret("object")}), json!([[secret("nested")]])] {
        doors
            .send(Method::POST, "/Users", TOKEN, post(&|body| body[EXTENSION]["export_password"] = wrong.clone()))
            .await;
        doors.send(Method::POST, "/Users", TOKEN, post(&|body| body["password"] = wrong.clone())).await;
    }
    let two = post(&|body| {
        body["password"] = json!(secret("one"));
        body[EXTENSION]["userPassword"] = json!(secret("another"));
    });
    doors.send(Method::POST, "/Users", TOKEN, two).await;
    let nowhere = post(&|body| {
        body[EXTENSION]["export_password"] = json!(secret("nowhere"));
        body[EXTENSION]["-dn-"] = json!(format!("uid=bsimon,ou=nowhere,{BASE}"));
    });
    doors.send(Method::POST, "/Users", TOKEN, nowhere).await;
    let unnamed = post(&|body| {
        body[EXTENSION]["export_password"] = json!(secret("unnamed"));
        body[EXTENSION]["-dn-"] = json!(format!("no name,{BASE}"));
    });
    doors.send(Method::POST, "/Users", TOKEN, unnamed).await;
    let broken = post(&|body| body["password"] = json!(secret("broken")));
    doors.send(Method::POST, "/Users", TOKEN, broken.trim_end_matches('}').to_owned()).await;
    let twice = broken.replacen('{', &format!("{{\"PASSWORD\":\"{}\",", secret("twice")), 1);
    doors.send(Method::POST, "/Users", TOKEN, twice).await;

    let made = post(&|body| body[EXTENSION]["export_password"] = json!(secret("initial")));
    let made_user = doors.send(Method::POST, "/Users", TOKEN, made.clone()).await;
    let id = made_user["id"].as_str().unwrap_or_else(|| panic!("{made_user}")).to_owned();
    doors.send(Method::POST, "/Users", TOKEN, made).await;
    for path in ["password", &extension("userPassword"), &extension("export_password")] {
        for op in ["Add", "Replace", "Remove"] {
            doors.patch(&id, json!([{"op": op, "path": path, "value": secret("patch")}])).await;
            doors.patch(&id, json!([{"op": op, "path": path, "value": [secret("patch"), secret("two")]}])).await;
        }
    }
    doors.patch(&id, json!([{"op": "replace", "value": {"password": secret("whole"), "nothing": secret("x")}}])).await;
    doors.patch(&id, json!([{"op": "no", "path": "password", "value": secret("operation")}])).await;
    doors.patch(&id, json!([{"op": "replace", "path": "password", "value": ""}])).await;
    doors.patch(&id, json!([{"op": "replace", "value": secret("bare")}])).await;
    let put = post(&|body| body[EXTENSION]["userPassword"] = json!(secret("put")));
    doors.send(Method::PUT, &format!("/Users/{id}"), TOKEN, put).await;
    for name in ["password", &extension("userPassword"), &extension("export_password"), "nothing"] {
        for operator in ["eq", "sw", "gt"] {
            let filter = format!("{name}%20{operator}%20%22{}%22", secret("filter"));
            let found = doors.send(Method::GET, &format!("/Users?filter={filter}"), TOKEN, "").await;
            assert_eq!(found["Resources"].as_array().map_or(0, Vec::len), 0, "{name} {operator}: {found}");
        }
    }
    for shown in ["password", &extension("userPassword"), &extension("export_password")] {
        doors.send(Method::GET, &format!("/Users/{id}?attributes={shown}"), TOKEN, "").await;
    }
    doors.send(Method::GET, &format!("/Users?attributes={}", secret("attributes")), TOKEN, "").await;
    doors.send(Method::GET, "/Schemas", TOKEN, "").await;
    id
}

fn check(what: &str, octets: &[u8]) {
    for secret in [MARKER, TOKEN, ADMIN_PASSWORD] {
        let found = octets.windows(secret.len()).position(|window| window == secret.as_bytes());
        let around = found.map(|at| String::from_utf8_lossy(&octets[at.saturating_sub(200)..at + 20]).into_owned());
        assert_eq!(around, None, "{secret} is in {what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_8_no_secret_is_in_an_answer_the_output_the_log_or_the_store() {
    let lab = Lab::new().await;
    let log = || Stdio::from(std::fs::File::options().append(true).create(true).open(lab.path("log")).unwrap());
    let filter = "trace";
    let mut served = Served::start_with(&lab.path("provost.toml"), filter, log());
    let mut doors = Doors { client: lab.client(), base: served.base.clone(), answers: String::new() };
    push(&mut doors).await;

    // A password that is on its way is in the store, sealed; and after a crash it still gets there.
    lab.directory.faults().hold_answer(OperationKind::Add, Occurrence::Nth(0));
    let mut body = user("astone", "Stone");
    body[EXTENSION]["export_password"] = json!(format!("{MARKER}-sealed"));
    let request = doors.client.post(format!("{}/Users", doors.base)).bearer_auth(TOKEN);
    let pending = tokio::spawn(request.header("content-type", "application/json").body(body.to_string()).send());
    lab.directory.faults().until_held(1).await;
    check("the store", &std::fs::read(lab.path("provost.redb")).unwrap());
    served.kill();
    lab.directory.faults().clear();
    assert!(pending.await.unwrap().is_err());
    let served = Served::start_with(&lab.path("provost.toml"), filter, log());
    let (rest, stopped) = served.terminate();
    assert!(stopped);
    for uid in ["bsimon", "astone"] {
        let entry = lab.directory.entry(&format!("uid={uid},{BASE}").parse().unwrap()).unwrap();
        assert!(entry.get("userPassword").is_some(), "the password of {uid} is lost");
    }

    check("an answer", doors.answers.as_bytes());
    check("the output", rest.as_bytes());
    let logged = std::fs::read(lab.path("log")).unwrap();
    assert!(String::from_utf8_lossy(&logged).contains("written"), "nothing was logged");
    check("the log", &logged);
    check("the store", &std::fs::read(lab.path("provost.redb")).unwrap());
}

#[test]
fn a_8_a_mistake_in_the_configuration_shows_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("provost.toml");
    let host = "[host]\ncertificate = \"host.pem\"\nprivate_key = \"host.key\"\n";
    for line in [
        format!("tokens = [\"{MARKER}-unclosed]"),
        format!("tokens = [\"{MARKER}\"] x"),
        format!("token = [\"{MARKER}\"]"),
        format!("tokens = \"{MARKER}\""),
        format!("tokens = [{{ file = \"{MARKER}\", env = 1 }}]"),
        format!("tokens = [[\"{MARKER}\"]]"),
        format!("tokens = [\"{MARKER}\"]\ntokens = [\"{MARKER}\"]"),
    ] {
        std::fs::write(&config, format!("{host}{line}\n")).unwrap();
        let done =
            Command::new(env!("CARGO_BIN_EXE_provost")).args(["serve", "--config"]).arg(&config).output().unwrap();
        assert!(!done.status.success());
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(said.contains("provost.toml"), "{said}");
        assert!(!said.contains(MARKER), "{line}\n{said}");
    }
}

#[test]
fn the_store_and_its_key_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (store, key) = (folder.path().join("provost.redb"), folder.path().join("seal.key"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(provost_examples::assembly::State::open_at(&store, &key)).unwrap();
    for path in [store, key] {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_1_a_token_of_one_connector_opens_no_other() {
    let lab = Lab::new().await;
    let config = lab.config();
    let (shared, connector) = config.split_at(config.find("[[connector]]").unwrap());
    let guests = connector.replace("\"people\"", "\"guests\"\ntokens = [\"a-token-of-the-guests\"]");
    lab.write("provost.toml", &format!("{shared}{connector}{guests}"));
    let served = Served::start(&lab.path("provost.toml"));
    let client = lab.client();
    let answer = async |connector: &str, token: &str| {
        let url = format!("{}/Users", served.base.replace("_people/", &format!("_{connector}/")));
        client.get(url).bearer_auth(token).send().await.unwrap().status().as_u16()
    };
    assert_eq!((answer("people", TOKEN).await, answer("guests", "a-token-of-the-guests").await), (200, 200));
    assert_eq!((answer("guests", TOKEN).await, answer("people", "a-token-of-the-guests").await), (401, 401));
}
