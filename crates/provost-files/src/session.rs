use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use provost_connector::{
    AbsenceProof, Capabilities, Confidence, ConnectorError, Env, FullImport, FullRequest, Key, MatchQuery, Pages,
    ReadResult, Select, ServerIdentity, Session,
};
use provost_model::{AnchorKind, Attributes, ConnectorObject, ObjectSchema, ObjectType, Value};

use crate::connector::LARGEST_PAGE;
use crate::discovery::Discovery;
use crate::pages::FilePages;
use crate::reader::Lines;
use crate::record::{ID, Record};
use crate::scan::{Finding, Scan};

/// What a session is configured with.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Name of the instance, for messages.
    pub(crate) system: String,
    /// The file.
    pub(crate) path: PathBuf,
    /// The type of its objects.
    pub(crate) object_type: ObjectType,
    /// Records a page.
    pub(crate) page_size: u32,
}

impl Settings {
    /// Says that the file could not be read.
    pub(crate) fn unavailable(&self, error: io::Error) -> ConnectorError {
        ConnectorError::unavailable(format!("{} ({})", self.system, self.path.display()), error)
    }
}

/// A file that is opened anew for each call.
#[derive(Debug)]
pub(crate) struct FilesSession {
    settings: Arc<Settings>,
    env: Env,
}

impl FilesSession {
    /// Makes a session.
    pub(crate) fn new(settings: Settings, env: Env) -> Self {
        Self { settings: Arc::new(settings), env }
    }

    async fn scan(&self) -> Result<Scan, ConnectorError> {
        Scan::start(Arc::clone(&self.settings), self.env.cancellation.clone()).await
    }
}

#[async_trait]
impl Session for FilesSession {
    async fn check(&self) -> Result<(), ConnectorError> {
        let metadata = tokio::fs::metadata(&self.settings.path).await;
        if metadata.map_err(|error| self.settings.unavailable(error))?.is_dir() {
            return Err(ConnectorError::configuration("path", "expected a file, and it is a folder"));
        }
        Lines::open(&self.settings.path).await.map(drop).map_err(|error| self.settings.unavailable(error))
    }

    async fn capabilities(&self) -> Result<Capabilities, ConnectorError> {
        let server = ServerIdentity::new("json-lines", None, Confidence::High);
        Ok(Capabilities::new(server, AnchorKind::new(ID)))
    }

    async fn schema(&self) -> Result<ObjectSchema, ConnectorError> {
        let mut discovery = Discovery::new();
        let mut scan = self.scan().await?;
        while let Some(finding) = scan.next().await? {
            if let Finding::Record(Record::Present(object)) = finding {
                discovery.see(object.attributes());
            }
        }
        Ok(ObjectSchema::new(vec![discovery.finish(self.settings.object_type.clone())]))
    }

    async fn read(&self, key: &Key, select: &Select) -> Result<ReadResult, ConnectorError> {
        let mut scan = self.scan().await?;
        let mut found: Option<Record> = None;
        while let Some(finding) = scan.next().await? {
            let Finding::Record(record) = finding else { continue };
            let matches = match (key.anchor(), key.name()) {
                (Some(anchor), _) => record.anchor() == Some(anchor),
                (None, Some(name)) => record.name().is_some_and(|held| same_text(held.as_str(), name.as_str())),
                (None, None) => false,
            };
            match found {
                Some(ref first) if matches && *first != record => {
                    return Ok(ReadResult::Unknown { reason: "the file holds it twice with different content".into() });
                }
                _ if matches => found = Some(record),
                _ => {}
            }
        }
        let gaps = scan.gaps();
        Ok(match (found, gaps.first()) {
            (Some(Record::Present(object)), _) => ReadResult::Found(Box::new(narrow(object, select))),
            (Some(Record::Removed(_)), _) => {
                ReadResult::Absent(AbsenceProof::new(vec!["the file marks it as removed".into()]))
            }
            (None, Some(gap)) => ReadResult::Unknown { reason: gap.clone() },
            (None, None) => ReadResult::Absent(AbsenceProof::new(vec!["no line of the file holds it".into()])),
        })
    }

    async fn find(&self, query: &MatchQuery, limit: u32) -> Result<Vec<ConnectorObject>, ConnectorError> {
        let wanted = query.object_type.as_ref().is_none_or(|wanted| *wanted == self.settings.object_type);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        if !wanted || limit == 0 {
            return Ok(found);
        }
        let mut scan = self.scan().await?;
        while let Some(finding) = scan.next().await? {
            let Finding::Record(Record::Present(object)) = finding else { continue };
            let values = object.attributes().values(query.attribute.as_str());
            if values.iter().any(|value| same_value(value, &query.value)) && !found.contains(&object) {
                found.push(object);
            }
            if found.len() == limit {
                break;
            }
        }
        Ok(found)
    }

    fn full_import(&self) -> Option<&dyn FullImport> {
        Some(self)
    }

    async fn close(self: Box<Self>) -> Result<(), ConnectorError> {
        Ok(())
    }
}

#[async_trait]
impl FullImport for FilesSession {
    async fn start(&self, request: FullRequest) -> Result<Box<dyn Pages>, ConnectorError> {
        let page_size = request.page_size.unwrap_or(self.settings.page_size).clamp(1, LARGEST_PAGE);
        let pages = FilePages::start(self.scan().await?, request.select, page_size).await?;
        Ok(Box::new(pages))
    }
}

/// Leaves only the attributes that are asked for.
pub(crate) fn narrow(object: ConnectorObject, select: &Select) -> ConnectorObject {
    let Select::Only(names) = select else {
        return object;
    };
    let (object_type, anchor, name, attributes) = object.into_parts();
    let kept: Attributes = attributes.into_iter().filter(|(held, _)| names.contains(held)).collect();
    let narrowed = ConnectorObject::new(object_type, kept);
    let narrowed = match anchor {
        Some(anchor) => narrowed.with_anchor(anchor),
        None => narrowed,
    };
    match name {
        Some(name) => narrowed.with_name(name),
        None => narrowed,
    }
}

/// Compares text without case and everything else octet by octet.
fn same_value(held: &Value, wanted: &Value) -> bool {
    match (held.as_text(), wanted.as_text()) {
        (Some(held), Some(wanted)) => same_text(held, wanted),
        _ => held.octets() == wanted.octets(),
    }
}

fn same_text(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}
