//! A file, and a session that reads it.
#![allow(dead_code, reason = "each test uses a part")]

use std::sync::Arc;
use std::time::Duration;

use provost_connector::{
    Cancellation, Clock, Config, Connector as _, ConnectorError, Entropy, EntropyError, Env, FullRequest, Page,
    PageEntry, Session,
};
use provost_files::FilesConnector;
use provost_model::{Anchor, AnchorKind, Timestamp};
use tempfile::TempDir;

#[derive(Debug)]
struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

impl Entropy for Fixed {
    fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError::new())
    }
}

/// A folder with one file in it.
pub(crate) struct Source {
    folder: TempDir,
    pub(crate) cancellation: Cancellation,
}

impl Source {
    /// Writes the file.
    pub(crate) fn new(content: impl AsRef<[u8]>) -> Self {
        let source = Self { folder: tempfile::tempdir().unwrap(), cancellation: Cancellation::new() };
        source.write(content);
        source
    }

    /// Writes the file again.
    pub(crate) fn write(&self, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(), content).unwrap();
    }

    pub(crate) fn path(&self) -> String {
        self.folder.path().join("users.jsonl").to_str().unwrap().to_owned()
    }

    pub(crate) fn folder(&self) -> String {
        self.folder.path().to_str().unwrap().to_owned()
    }

    pub(crate) fn config(&self) -> Config {
        Config::new("cloud").with("path", self.path())
    }

    pub(crate) async fn open_with(&self, config: Config) -> Result<Box<dyn Session>, ConnectorError> {
        let env = Env::new(Arc::new(Fixed), Arc::new(Fixed)).with_cancellation(self.cancellation.clone());
        FilesConnector::new().open(config, env).await
    }

    pub(crate) async fn open(&self) -> Box<dyn Session> {
        self.open_with(self.config()).await.unwrap()
    }

    /// Imports everything with pages of this size.
    pub(crate) async fn import(&self, page_size: u32) -> Vec<Page> {
        let session = self.open().await;
        let mut request = FullRequest::default();
        request.page_size = Some(page_size);
        let mut import = session.full_import().unwrap().start(request).await.unwrap();
        let mut pages = Vec::new();
        while let Some(page) = import.next().await.unwrap() {
            pages.push(page);
        }
        pages
    }

    /// Writes all findings as text, one a line, and the gaps after them.
    pub(crate) async fn describe(&self) -> String {
        let pages = self.import(1_000).await;
        let proof = pages.last().unwrap().proof.clone().unwrap();
        let gaps = proof.gaps.iter().map(|gap| format!("gap: {gap}"));
        let entries = pages.iter().flat_map(|page| &page.entries).map(describe);
        let text = entries.chain(gaps).collect::<Vec<_>>().join("\n");
        text.replace(&self.path(), "users.jsonl")
    }
}

fn describe(entry: &PageEntry) -> String {
    match entry {
        PageEntry::Deleted(key) => format!("deleted {}", key.anchor().unwrap()),
        PageEntry::Present(object) => {
            let attributes = object.attributes().iter().map(|(name, values)| format!("  {name} = {values:?}"));
            let head = format!("{} {}", object.object_type(), object.anchor().unwrap());
            [head].into_iter().chain(attributes).collect::<Vec<_>>().join("\n")
        }
        PageEntry::Unreadable { reason, .. } => format!("unreadable: {reason}"),
        _ => "something new".to_owned(),
    }
}

pub(crate) fn anchor(id: &str) -> Anchor {
    Anchor::new(AnchorKind::new("id"), id.as_bytes())
}
