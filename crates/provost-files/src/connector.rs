use std::fmt;
use std::path::PathBuf;

use async_trait::async_trait;
use provost_connector::{Config, ConfigField, Connector, ConnectorError, ConnectorInfo, Env, FieldKind, Session};
use provost_model::ObjectType;

use crate::session::{FilesSession, Settings};

/// Records of a page where neither the configuration nor the request says.
const PAGE_SIZE: u32 = 100;

/// Most records of a page.
pub(crate) const LARGEST_PAGE: u32 = 1_000;

/// Reads users from a JSON lines file.
#[derive(Clone, Copy, Debug, Default)]
pub struct FilesConnector;

impl FilesConnector {
    /// Makes the connector.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl fmt::Display for FilesConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("files")
    }
}

#[async_trait]
impl Connector for FilesConnector {
    fn describe(&self) -> ConnectorInfo {
        let fields = vec![
            ConfigField::required("path", FieldKind::Text, "The file, one JSON object a line."),
            ConfigField::optional("object_type", FieldKind::Text, "The type of its objects; `user` by default."),
            ConfigField::optional("page_size", FieldKind::Number, "Records a page, 1 to 1000; 100 by default."),
        ];
        ConnectorInfo::new("files", env!("CARGO_PKG_VERSION"), fields)
    }

    async fn open(&self, config: Config, env: Env) -> Result<Box<dyn Session>, ConnectorError> {
        config.validate(&self.describe())?;
        let settings = Settings {
            system: config.name().to_owned(),
            path: PathBuf::from(config.text("path").unwrap_or_default()),
            object_type: ObjectType::new(config.text("object_type").unwrap_or("user")),
            page_size: page_size(config.number("page_size"))?,
        };
        let session = FilesSession::new(settings, env);
        session.check().await?;
        Ok(Box::new(session))
    }
}

fn page_size(configured: Option<i64>) -> Result<u32, ConnectorError> {
    let size = configured.unwrap_or_else(|| i64::from(PAGE_SIZE));
    u32::try_from(size).ok().filter(|size| (1..=LARGEST_PAGE).contains(size)).ok_or_else(|| {
        ConnectorError::configuration("page_size", format!("expected a number from 1 to {LARGEST_PAGE}"))
    })
}
