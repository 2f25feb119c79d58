//! Full imports, page by page.

use std::sync::Arc;

use async_trait::async_trait;
use provost_connector::{Completeness, ConnectorError, FullImport, FullRequest, Page, PageEntry, Pages};
use provost_ldap_types::{Dn, Filter};
use provost_ldap_wire::{Octets, PagedResults, ResultCode, Scope, SearchRequest, oid};
use provost_model::ObjectName;

use crate::LdapSession;
use crate::search::{FoundEntry, collect, refused};
use crate::session::any_entry;
use crate::translate::{Translator, Wanted};
use crate::transport::{Connection, Search, SearchEnd, Step};

/// Entries beyond a page that are taken from a server that sends more than it was asked for.
const SLACK: usize = 256;

#[async_trait]
impl FullImport for LdapSession {
    async fn start(&self, request: FullRequest) -> Result<Box<dyn Pages>, ConnectorError> {
        let filter = Filter::equals("objectClass", self.settings.object_class.as_bytes())
            .map_err(|error| ConnectorError::configuration("object_class", error.to_string()))?;
        let page_size =
            request.page_size.or(self.settings.page_size).unwrap_or(self.discovery.default_page_size()).max(1);
        let mut pages = LdapPages {
            connection: self.own_connection().await?,
            translator: Arc::clone(&self.translator),
            wanted: self.translator.wanted(&request.select),
            base: self.settings.base.clone(),
            filter,
            page_size,
            paging: if self.supports(oid::PAGED_RESULTS) { Paging::Cookie(Vec::new()) } else { Paging::Whole },
            search: None,
            totals: Totals::default(),
        };
        pages.search = Some(pages.search_on().await?);
        Ok(Box::new(pages))
    }
}

/// The pages of one import. It has a connection of its own, so a slow reader holds nobody up.
#[derive(Debug)]
struct LdapPages {
    connection: Arc<Connection>,
    translator: Arc<Translator>,
    wanted: Wanted,
    base: Dn,
    filter: Filter,
    page_size: u32,
    paging: Paging,
    /// The search under way; none after the last page.
    search: Option<Search>,
    totals: Totals,
}

#[derive(Debug, Eq, PartialEq)]
enum Paging {
    /// The server gives pages, and this is where to go on.
    Cookie(Vec<u8>),
    /// The server gives everything in one answer.
    Whole,
}

#[derive(Debug, Default)]
struct Totals {
    pages: u64,
    objects: u64,
    references: u64,
}

#[async_trait]
impl Pages for LdapPages {
    async fn next(&mut self) -> Result<Option<Page>, ConnectorError> {
        let Some(mut search) = self.search.take() else { return Ok(None) };
        let mut entries = Vec::new();
        loop {
            match search.next().await? {
                Step::Entry(reply) => entries.push(self.page_entry(&FoundEntry::new(reply))?),
                Step::Reference => self.totals.references += 1,
                Step::Done(end) => return self.end_of_search(entries, &end).await.map(Some),
            }
            if entries.len() >= self.most() {
                self.search = Some(search);
                return Ok(Some(self.page(entries)));
            }
        }
    }
}

impl LdapPages {
    /// Returns how many entries one page may hold. A server that pages ends the page itself.
    fn most(&self) -> usize {
        let page = usize::try_from(self.page_size).unwrap_or(usize::MAX);
        match self.paging {
            Paging::Cookie(_) => page.saturating_add(SLACK),
            Paging::Whole => page,
        }
    }

    async fn search_on(&self) -> Result<Search, ConnectorError> {
        let base = self.base.to_string();
        let attributes = self.wanted.requested().iter().map(Octets::from).collect();
        let request = SearchRequest::new(&base, Scope::Subtree, self.filter.clone(), attributes);
        let controls = match &self.paging {
            Paging::Cookie(cookie) => vec![PagedResults::new(self.page_size, cookie.clone()).control()],
            Paging::Whole => Vec::new(),
        };
        self.connection.search(request, controls).await
    }

    async fn end_of_search(&mut self, entries: Vec<PageEntry>, end: &SearchEnd) -> Result<Page, ConnectorError> {
        let code = end.result.code;
        if !code.is_success() {
            // Entries that came are good; that there are no others is not proven. Without pages the limit will strike
            // the same way next time, so that is an error.
            let is_limit = matches!(
                code,
                ResultCode::SIZE_LIMIT_EXCEEDED | ResultCode::TIME_LIMIT_EXCEEDED | ResultCode::ADMIN_LIMIT_EXCEEDED
            );
            if is_limit && self.paging != Paging::Whole {
                let mut page = self.page(entries);
                page.proof = Some(self.completeness(Some(format!("the server ended the search with {code}"))));
                return Ok(page);
            }
            return Err(refused(self.connection.system(), &end.result));
        }
        let mut gap = None;
        if let Paging::Cookie(last) = &mut self.paging {
            let cookie = match end.controls.iter().find(|control| control.oid == oid::PAGED_RESULTS) {
                Some(control) => {
                    PagedResults::decode(control)
                        .map_err(|error| ConnectorError::protocol(self.connection.system(), error.to_string()))?
                        .cookie
                }
                // A server that ignores the control gave everything. One that knew it does not say whether there is more.
                None => {
                    gap = (!last.is_empty()).then(|| "a page came without its cookie".to_owned());
                    Vec::new()
                }
            };
            if !cookie.is_empty() {
                if cookie == *last && entries.is_empty() {
                    let reason = "the same empty page twice";
                    return Err(ConnectorError::protocol(self.connection.system(), reason));
                }
                *last = cookie;
                self.search = Some(self.search_on().await?);
                return Ok(self.page(entries));
            }
        }
        let mut page = self.page(entries);
        if self.totals.objects == 0 {
            gap = gap.or(self.hidden_base().await?);
        }
        page.proof = Some(self.completeness(gap));
        // The import is over whatever becomes of the farewell.
        let _ = self.connection.unbind().await;
        Ok(page)
    }

    /// An account that is not shown the base sees an empty directory.
    async fn hidden_base(&self) -> Result<Option<String>, ConnectorError> {
        let system = self.connection.system();
        let base = self.base.to_string();
        let request = SearchRequest::new(&base, Scope::Base, any_entry(system)?, vec!["1.1".into()]);
        let found = collect(&self.connection, request, Vec::new(), 1).await?;
        // 389 DS 2.3 answers a paged search below a base that does not exist with success.
        if !found.end.code.is_success() {
            return Err(refused(system, &found.end));
        }
        Ok(found.entries.is_empty().then(|| format!("{base} is not shown to this account")))
    }

    fn completeness(&self, gap: Option<String>) -> Completeness {
        let mut proof = Completeness::complete(self.totals.pages, self.totals.objects);
        proof.referrals = self.totals.references;
        proof.gaps.extend(gap);
        proof
    }

    fn page(&mut self, entries: Vec<PageEntry>) -> Page {
        self.totals.pages += 1;
        self.totals.objects += u64::try_from(entries.len()).unwrap_or(u64::MAX);
        Page::new(entries)
    }

    fn page_entry(&self, found: &FoundEntry) -> Result<PageEntry, ConnectorError> {
        let entry = found.entry(self.connection.system())?;
        Ok(match self.translator.object(&entry, &self.wanted) {
            Ok(object) => PageEntry::Present(object),
            Err(reason) => PageEntry::Unreadable { name: entry.name.as_str().map(ObjectName::new), reason },
        })
    }
}
