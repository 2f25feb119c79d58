use std::sync::Arc;

use async_trait::async_trait;
use http::{Method, StatusCode};
use provost_connector::{
    AbsenceProof, Capabilities, Completeness, Confidence, ConnectorError, Done, Env, Export, FullImport, FullRequest,
    Key, MatchQuery, Operation, Outcome, Page, PageEntry, Pages, ReadResult, Refusal, RefusalClass, Request, Select,
    ServerIdentity, Session, SetPassword,
};
use provost_ldap_types::Dn;
use provost_model::{AnchorKind, ConnectorObject, ObjectName, ObjectSchema, Secret};
use serde_json::Value as Json;

use super::http::{Answer, Http, NoAnswer};
use super::translate::Translator;

/// Objects asked for in one page of a list.
const PAGE_SIZE: u32 = 100;

/// A session with a SCIM endpoint.
#[derive(Debug)]
pub(super) struct ScimSession(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    http: Http,
    translator: Translator,
    env: Env,
}

impl ScimSession {
    /// Reads the schema of the endpoint, which may be public, and asks for nobody, which proves the token.
    pub(super) async fn open(http: Http, extension: String, env: Env) -> Result<Self, ConnectorError> {
        let answer = http.send(Method::GET, "/Schemas", &[], None).await?;
        expect_ok(&http, &answer)?;
        let translator = Translator::from_schemas(&extension, &answer.body).ok_or_else(|| {
            ConnectorError::protocol(http.system(), format!("/Schemas does not describe the extension {extension}"))
        })?;
        let session = Self(Arc::new(Inner { http, translator, env }));
        session.check().await?;
        Ok(session)
    }
}

fn expect_ok(http: &Http, answer: &Answer) -> Result<(), ConnectorError> {
    match answer.status {
        status if status.is_success() => Ok(()),
        StatusCode::UNAUTHORIZED => Err(ConnectorError::credentials(http.system(), "the bearer token is wrong")),
        status => Err(ConnectorError::refused(http.system(), i64::from(status.as_u16()), detail(&answer.body))),
    }
}

/// What a SCIM error body says (RFC 7644 section 3.12).
fn detail(body: &Json) -> String {
    let text = body.get("detail").and_then(Json::as_str).unwrap_or("no detail was given");
    text.chars().take(512).collect()
}

impl Inner {
    async fn find(&self, filter: &str, count: u32) -> Result<Vec<ConnectorObject>, ConnectorError> {
        let count = count.to_string();
        let query = [("filter", filter), ("count", count.as_str())];
        let answer = self.http.send(Method::GET, "/Users", &query, None).await?;
        expect_ok(&self.http, &answer)?;
        self.objects(matching(self.http.system(), &answer.body)?)
    }

    fn objects(&self, resources: &[Json]) -> Result<Vec<ConnectorObject>, ConnectorError> {
        resources
            .iter()
            .map(|resource| {
                self.translator
                    .object(resource)
                    .ok_or_else(|| ConnectorError::protocol(self.http.system(), "a resource has no id"))
            })
            .collect()
    }

    async fn write(&self, method: Method, path: &str, body: Option<&Json>) -> Outcome {
        let answer = match self.http.send(method.clone(), path, &[], body).await {
            Ok(answer) => answer,
            Err(NoAnswer::NotSent(error)) => {
                return Outcome::Refused(Refusal::new(None, RefusalClass::NotSent, error.to_string()));
            }
            Err(NoAnswer::Lost(error)) => return Outcome::unknown(error.to_string()),
        };
        if answer.status.is_success() {
            let object = self.translator.object(&answer.body);
            let mut done = Done::default();
            done.anchor = object.as_ref().and_then(|object| object.anchor().cloned());
            done.name = object.as_ref().and_then(|object| object.name().cloned());
            done.image = object.map(|object| object.into_parts().3);
            done.writes = 1;
            return Outcome::Done(done);
        }
        if method == Method::DELETE && says_absent(&answer) {
            let mut done = Done::default();
            done.equivalent = true;
            return Outcome::Done(done);
        }
        let code = i64::from(answer.status.as_u16());
        Outcome::Refused(Refusal::new(Some(code), refusal_class(answer.status), detail(&answer.body)))
    }

    async fn apply(&self, operation: &Operation) -> Outcome {
        match &operation.request {
            Request::Add { name, attributes, .. } => {
                let body = self.translator.resource(name, attributes, operation.password.as_ref());
                self.write(Method::POST, "/Users", Some(&body)).await
            }
            Request::Modify { key, changes } => match user_path(key) {
                Some(path) => self.write(Method::PATCH, &path, Some(&self.translator.patch(changes))).await,
                None => without_id(),
            },
            Request::Delete { key } => match user_path(key) {
                Some(path) => self.write(Method::DELETE, &path, None).await,
                None => without_id(),
            },
            _ => Outcome::Refused(Refusal::new(None, RefusalClass::Permanent, "the endpoint has no such operation")),
        }
    }
}

/// Takes a list apart: how many resources match, and those of this page (RFC 7644 section 3.4.2).
fn listed<'b>(system: &str, body: &'b Json) -> Result<(u64, &'b [Json]), ConnectorError> {
    let total = body.get("totalResults").and_then(Json::as_u64);
    let total = total.ok_or_else(|| ConnectorError::protocol(system, "a list has no totalResults"))?;
    let resources = body.get("Resources").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    Ok((total, resources))
}

/// Returns the resources that a query found. A list that counts some and shows none would prove that nobody is there, were
/// it taken for an empty one.
fn matching<'b>(system: &str, body: &'b Json) -> Result<&'b [Json], ConnectorError> {
    match listed(system, body)? {
        (1.., []) => Err(ConnectorError::protocol(system, "a list counts resources and shows none")),
        (_, resources) => Ok(resources),
    }
}

/// Tells whether the endpoint itself says that there is no such resource: a 404 of something in between has no such body.
fn says_absent(answer: &Answer) -> bool {
    answer.status == StatusCode::NOT_FOUND && answer.body.get("status").and_then(Json::as_str) == Some("404")
}

/// The classes of the engine's table, for HTTP.
fn refusal_class(status: StatusCode) -> RefusalClass {
    match status.as_u16() {
        401 | 403 => RefusalClass::Fatal,
        404 | 409 | 412 => RefusalClass::Verify,
        429 | 500..=599 => RefusalClass::Transient,
        _ => RefusalClass::Permanent,
    }
}

fn without_id() -> Outcome {
    Outcome::Refused(Refusal::new(None, RefusalClass::Permanent, "the object has no id yet"))
}

fn user_path(key: &Key) -> Option<String> {
    let id = std::str::from_utf8(key.anchor()?.octets()).ok()?;
    let mut address = reqwest::Url::parse("https://host").ok()?;
    address.path_segments_mut().ok()?.extend(["Users", id]);
    Some(address.path().to_owned())
}

#[async_trait]
impl Session for ScimSession {
    async fn check(&self) -> Result<(), ConnectorError> {
        let mut octets = [0; 16];
        self.0
            .env
            .entropy
            .fill(&mut octets)
            .map_err(|error| ConnectorError::unavailable(self.0.http.system(), error))?;
        let nobody: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        self.0.find(&format!("PLACEHOLDER eq \"{nobody}\""), 1).await.map(drop)
    }

    async fn capabilities(&self) -> Result<Capabilities, ConnectorError> {
        let server = ServerIdentity::new("scim", None, Confidence::High);
        let mut capabilities = Capabilities::new(server, AnchorKind::new("id"));
        capabilities.password_with_add = true;
        Ok(capabilities)
    }

    async fn schema(&self) -> Result<ObjectSchema, ConnectorError> {
        Ok(ObjectSchema::new(vec![self.0.translator.schema.clone()]))
    }

    async fn read(&self, key: &Key, _select: &Select) -> Result<ReadResult, ConnectorError> {
        if let Some(path) = user_path(key) {
            let answer = self.0.http.send(Method::GET, &path, &[], None).await?;
            return Ok(match answer.status {
                StatusCode::OK => match self.0.translator.object(&answer.body) {
                    Some(object) => ReadResult::Found(Box::new(object)),
                    None => ReadResult::Unknown { reason: "the resource has no id".to_owned() },
                },
                StatusCode::NOT_FOUND if says_absent(&answer) => {
                    ReadResult::Absent(AbsenceProof::new(vec![format!("GET {path} answered 404 with a SCIM error")]))
                }
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ReadResult::Forbidden,
                status => ReadResult::Unknown { reason: format!("GET {path} answered {status}") },
            });
        }
        let Some(name) = key.name() else {
            return Ok(ReadResult::Unknown { reason: "neither id nor name is known".to_owned() });
        };
        let filter = format!("{} eq {}", self.0.translator.path(super::translate::NAME), quoted(name.as_str()));
        Ok(match self.0.find(&filter, 2).await?.as_slice() {
            [] => ReadResult::Absent(AbsenceProof::new(vec!["a query for the name found nothing".to_owned()])),
            [object] => ReadResult::Found(Box::new(object.clone())),
            _ => ReadResult::Unknown { reason: "several resources have this name".to_owned() },
        })
    }

    async fn find(&self, query: &MatchQuery, limit: u32) -> Result<Vec<ConnectorObject>, ConnectorError> {
        let path = self.0.translator.path(query.attribute.as_str());
        let filter = format!("{path} eq {}", quoted(&query.value.to_string()));
        self.0.find(&filter, limit).await
    }

    fn components(&self, name: &ObjectName) -> Result<u32, ConnectorError> {
        let dn: Dn = name
            .as_str()
            .parse()
            .map_err(|error| ConnectorError::configuration("-dn-", format!("{name} is not a name: {error}")))?;
        Ok(u32::try_from(dn.rdns().len()).unwrap_or(u32::MAX))
    }

    fn full_import(&self) -> Option<&dyn FullImport> {
        Some(self)
    }

    fn export(&self) -> Option<&dyn Export> {
        Some(self)
    }

    fn set_password(&self) -> Option<&dyn SetPassword> {
        Some(self)
    }

    async fn close(self: Box<Self>) -> Result<(), ConnectorError> {
        Ok(())
    }
}

/// Writes a value as a string of a SCIM filter: JSON escapes are its only escapes (RFC 7644 section 3.4.2.2).
fn quoted(text: &str) -> String {
    Json::String(text.to_owned()).to_string()
}

#[async_trait]
impl FullImport for ScimSession {
    async fn start(&self, request: FullRequest) -> Result<Box<dyn Pages>, ConnectorError> {
        let page_size = request.page_size.unwrap_or(PAGE_SIZE).max(1);
        Ok(Box::new(ListPages { inner: Arc::clone(&self.0), page_size, read: Progress::default(), ended: false }))
    }
}

/// Reads a list by index (RFC 7644 section 3.4.2.4).
#[derive(Debug)]
struct ListPages {
    inner: Arc<Inner>,
    page_size: u32,
    read: Progress,
    ended: bool,
}

/// How far a list is read, and whether anything speaks against having seen all of it.
#[derive(Debug, Default)]
struct Progress {
    objects: u64,
    pages: u64,
    total: Option<u64>,
}

impl Progress {
    /// Takes in a page of so many objects out of `total`. A proof ends the list.
    ///
    /// A list whose length changes meanwhile shifts, so that an object may stand on no page that was read.
    fn page(&mut self, received: u64, total: u64) -> Option<Completeness> {
        self.objects += received;
        self.pages += 1;
        let first = *self.total.get_or_insert(total);
        if first != total {
            return Some(Completeness::incomplete("the list changed while it was read"));
        }
        match (self.objects >= total, received) {
            (true, _) => Some(Completeness::complete(self.pages, self.objects)),
            (false, 0) => {
                Some(Completeness::incomplete(format!("the list ended after {} of {total} resources", self.objects)))
            }
            (false, _) => None,
        }
    }
}

#[async_trait]
impl Pages for ListPages {
    async fn next(&mut self) -> Result<Option<Page>, ConnectorError> {
        if self.ended {
            return Ok(None);
        }
        let (start, count) = ((self.read.objects + 1).to_string(), self.page_size.to_string());
        let query = [("startIndex", start.as_str()), ("count", count.as_str())];
        let answer = self.inner.http.send(Method::GET, "/Users", &query, None).await?;
        expect_ok(&self.inner.http, &answer)?;
        let (total, resources) = listed(self.inner.http.system(), &answer.body)?;
        let objects = self.inner.objects(resources)?;
        let proof = self.read.page(objects.len() as u64, total);
        let entries = objects.into_iter().map(PageEntry::Present).collect();
        self.ended = proof.is_some();
        Ok(Some(match proof {
            Some(proof) => Page::last(entries, proof),
            None => Page::new(entries),
        }))
    }
}

#[async_trait]
impl Export for ScimSession {
    async fn apply(&self, operations: &[Operation]) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(operations.len());
        for operation in operations {
            outcomes.push(self.0.apply(operation).await);
        }
        outcomes
    }
}

#[async_trait]
impl SetPassword for ScimSession {
    async fn set_password(&self, key: &Key, password: &Secret) -> Outcome {
        match (user_path(key), self.0.translator.password_patch(password)) {
            (Some(path), Some(body)) => self.0.write(Method::PATCH, &path, Some(&body)).await,
            (None, _) => without_id(),
            (_, None) => {
                Outcome::Refused(Refusal::new(None, RefusalClass::Permanent, "the password is not UTF-8 text"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use provost_connector::Key;
    use serde_json::json;

    use super::super::translate::anchor;
    use super::{Answer, Progress, matching, quoted, says_absent, user_path};

    #[test]
    fn e_701_a_404_without_a_scim_error_proves_no_absence() {
        let answer = |status, body| Answer { status, body };
        assert!(says_absent(&answer(StatusCode::NOT_FOUND, json!({"status": "404"}))));
        assert!(!says_absent(&answer(StatusCode::NOT_FOUND, json!("no route"))));
        assert!(!says_absent(&answer(StatusCode::NOT_FOUND, json!(null))));
        assert!(!says_absent(&answer(StatusCode::OK, json!({"status": "404"}))));
    }

    #[test]
    fn an_id_cannot_leave_its_path_segment() {
        let key = Key::from_anchor(anchor("../Groups?x#y"));
        assert_eq!(user_path(&key).unwrap(), "/Users/..%2FGroups%3Fx%23y");
    }

    #[test]
    fn a_value_cannot_leave_its_quotes() {
        assert_eq!(quoted("a\" or id pr or b eq \"\\"), r#""a\" or id pr or b eq \"\\""#);
    }

    /// E-701, E-702: a list that shifts under the reader, or ends early, proves no absence.
    #[test]
    fn a_list_is_complete_only_when_it_stood_still() {
        let proofs = |pages: &[(u64, u64)]| {
            let mut read = Progress::default();
            let proofs =
                pages.iter().map(|&(received, total)| read.page(received, total).map(|proof| proof.is_complete()));
            proofs.collect::<Vec<_>>()
        };
        assert_eq!(proofs(&[(0, 0)]), [Some(true)]);
        assert_eq!(proofs(&[(100, 150), (50, 150)]), [None, Some(true)]);
        assert_eq!(proofs(&[(100, 150), (49, 149)]), [None, Some(false)]);
        assert_eq!(proofs(&[(100, 150), (0, 150)]), [None, Some(false)]);
    }

    #[test]
    fn e_701_only_a_list_without_a_count_is_empty() {
        let found =
            |body: serde_json::Value| matching("host", &body).map(<[_]>::len).map_err(|error| error.to_string());
        assert_eq!(found(serde_json::json!({ "totalResults": 0 })), Ok(0));
        assert_eq!(found(serde_json::json!({ "totalResults": 1, "Resources": [{}] })), Ok(1));
        assert!(found(serde_json::json!({ "totalResults": 1, "Resources": [] })).is_err());
        assert!(found(serde_json::json!({ "totalResults": 1, "resources": [{}] })).is_err());
        assert!(found(serde_json::json!({ "Resources": [] })).is_err());
    }
}
