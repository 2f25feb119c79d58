use async_trait::async_trait;
use provost_connector::{Completeness, ConnectorError, Key, Page, PageEntry, Pages, Select};

use crate::duplicates::Duplicates;
use crate::record::Record;
use crate::scan::{Finding, Scan};
use crate::session::narrow;

/// A full import of the file.
#[derive(Debug)]
pub(crate) struct FilePages {
    scan: Scan,
    duplicates: Duplicates,
    select: Select,
    page_size: usize,
    pages: u64,
    objects: u64,
    over: bool,
}

impl FilePages {
    /// Looks for duplicates in one pass over the file, and starts another.
    pub(crate) async fn start(scan: Scan, select: Select, page_size: u32) -> Result<Self, ConnectorError> {
        let pages = scan.again().await?;
        let duplicates = scan.find_duplicates().await?;
        let page_size = usize::try_from(page_size).unwrap_or(usize::MAX);
        Ok(Self { scan: pages, duplicates, select, page_size, pages: 0, objects: 0, over: false })
    }

    fn entry(&mut self, record: Record) -> PageEntry {
        let twice = record.anchor().is_some_and(|anchor| self.duplicates.contains(anchor));
        if twice {
            let reason = "the file holds this `id` twice with different content".to_owned();
            self.scan.fault(&reason);
            return PageEntry::Unreadable { name: record.name().cloned(), reason };
        }
        match record {
            Record::Present(object) => PageEntry::Present(narrow(object, &self.select)),
            Record::Removed(anchor) => PageEntry::Deleted(Key::from_anchor(anchor)),
        }
    }
}

#[async_trait]
impl Pages for FilePages {
    async fn next(&mut self) -> Result<Option<Page>, ConnectorError> {
        if self.over {
            return Ok(None);
        }
        let mut entries = Vec::new();
        while entries.len() < self.page_size {
            let entry = match self.scan.next().await? {
                Some(Finding::Record(record)) => self.entry(record),
                Some(Finding::Fault(reason)) => PageEntry::Unreadable { name: None, reason },
                None => {
                    self.over = true;
                    break;
                }
            };
            entries.push(entry);
        }
        self.pages += 1;
        self.objects += entries.iter().filter(|entry| !matches!(entry, PageEntry::Deleted(_))).count() as u64;
        if !self.over {
            return Ok(Some(Page::new(entries)));
        }
        let mut proof = Completeness::complete(self.pages, self.objects);
        proof.gaps = self.scan.gaps();
        Ok(Some(Page::last(entries, proof)))
    }
}
