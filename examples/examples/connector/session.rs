//! The session: the objects, the one ability, and the page.

use async_trait::async_trait;
use provost_connector::*;
use provost_model::{Anchor, AnchorKind, Attributes, ConnectorObject, ObjectSchema, Value};

/// Makes the object of a host.
pub(crate) fn host(name: &str) -> ConnectorObject {
    let attributes: Attributes = [("name".into(), vec![Value::from(name)])].into_iter().collect();
    ConnectorObject::new("host", attributes).with_anchor(Anchor::new(AnchorKind::new("name"), name))
}

/// An open session.
#[derive(Debug)]
pub(crate) struct HostList(pub(crate) Vec<ConnectorObject>);

#[async_trait]
impl Session for HostList {
    async fn check(&self) -> Result<(), ConnectorError> {
        Ok(())
    }
    async fn capabilities(&self) -> Result<Capabilities, ConnectorError> {
        Ok(Capabilities::new(ServerIdentity::new("hosts", None, Confidence::High), AnchorKind::new("name")))
    }
    async fn schema(&self) -> Result<ObjectSchema, ConnectorError> {
        Ok(ObjectSchema::default())
    }
    async fn read(&self, key: &Key, _: &Select) -> Result<ReadResult, ConnectorError> {
        let found = self.0.iter().find(|object| object.anchor() == key.anchor()).cloned();
        let absent = || ReadResult::Absent(AbsenceProof::new(vec!["it is not in the list".to_owned()]));
        Ok(found.map_or_else(absent, |object| ReadResult::Found(Box::new(object))))
    }
    async fn find(&self, query: &MatchQuery, limit: u32) -> Result<Vec<ConnectorObject>, ConnectorError> {
        let matches =
            |object: &&ConnectorObject| object.attributes().values(query.attribute.as_str()).contains(&query.value);
        Ok(self.0.iter().filter(matches).take(limit as usize).cloned().collect())
    }
    // An ability is an accessor: this list can be imported, and offers nothing else.
    fn full_import(&self) -> Option<&dyn FullImport> {
        Some(self)
    }
    async fn close(self: Box<Self>) -> Result<(), ConnectorError> {
        Ok(())
    }
}

#[async_trait]
impl FullImport for HostList {
    async fn start(&self, _: FullRequest) -> Result<Box<dyn Pages>, ConnectorError> {
        let entries = self.0.iter().cloned().map(PageEntry::Present).collect();
        // The only page is the last one, and says that nothing is missing.
        Ok(Box::new(OnePage(Some(Page::last(entries, Completeness::complete(1, self.0.len() as u64))))))
    }
}

struct OnePage(Option<Page>);

#[async_trait]
impl Pages for OnePage {
    async fn next(&mut self) -> Result<Option<Page>, ConnectorError> {
        Ok(self.0.take())
    }
}
