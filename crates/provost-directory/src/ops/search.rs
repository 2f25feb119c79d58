use std::time::Duration;
use std::vec;

use provost_ldap_types::Truth;
use provost_ldap_wire::{
    Control, LdapResult, PagedResults, ResultCode, Scope, SearchRequest, SearchResultEntry, encode_filter,
};
use sha2::{Digest, Sha256};

use super::controls::RequestControls;
use super::filter::CompiledFilter;
use super::view::{EntryView, Visibility};
use crate::Directory;
use crate::directory::Place;
use crate::identity::Identity;
use crate::persona::{Facts, SUBSCHEMA_NAME};
use crate::refusal::Refusal;
use crate::schema::{Description, Selection};
use crate::tree::{AttributeSet, EntryId};

/// Entries that are looked at before the lock on the tree is given up.
const STEP: usize = 256;

/// Octets after which a step ends, so that large entries are not gathered.
const CHUNK: usize = 64 * 1024;

/// A search under way: what is still to be looked at.
#[derive(Debug)]
pub(crate) struct Search {
    filter: CompiledFilter,
    selection: Selection,
    types_only: bool,
    /// An entry that is not in the tree: the root DSE or the subschema.
    special: Option<SearchResultEntry<'static>>,
    candidates: vec::IntoIter<EntryId>,
    base: Option<(EntryId, Scope)>,
    /// Entries that may still be sent; `None` without a limit.
    allowance: Option<u32>,
    deadline: Option<Duration>,
    page: Option<Page>,
}

/// The page of a search that is read by pages (RFC 2696).
#[derive(Debug)]
struct Page {
    size: u32,
    sent: u32,
    /// Entries on all pages so far.
    total: u32,
    request: [u8; 8],
    last: EntryId,
}

/// Where a search stands after some entries.
#[derive(Debug)]
pub(crate) enum SearchStep {
    /// There may be more.
    More,
    /// It is over.
    Done(LdapResult<'static>, Vec<Control>),
}

impl Directory {
    /// Starts a search (RFC 4511 section 4.5).
    pub(crate) fn search(
        &self,
        who: &Identity,
        request: &SearchRequest<'_>,
        controls: &RequestControls,
    ) -> Result<Search, Refusal> {
        let schema = &self.0.schema;
        let name = schema.resolve_name(&request.base)?;
        let invalid = |what: &str| Refusal::new(ResultCode::PROTOCOL_ERROR, format!("invalid {what} limit"));
        let size_limit = u32::try_from(request.size_limit).map_err(|_| invalid("size"))?;
        let time_limit = u64::try_from(request.time_limit).map_err(|_| invalid("time"))?;
        self.require_reader(who, &name)?;
        let mut search = Search {
            filter: CompiledFilter::compile(&request.filter, schema),
            selection: Selection::new(&request.attributes, schema),
            types_only: request.types_only,
            special: None,
            candidates: Vec::new().into_iter(),
            base: None,
            allowance: self.allowance(who, size_limit),
            deadline: (time_limit > 0).then(|| self.0.options.clock.monotonic() + Duration::from_secs(time_limit)),
            page: None,
        };
        let place = self.place(&name);
        if matches!(place, Place::RootDse | Place::Subschema) {
            if request.scope != Scope::Base {
                return Err(Refusal::no_such_object(""));
            }
            let look = |entry: &EntryView<'_>| {
                self.check_assertion(controls, entry)?;
                let found = search.filter.evaluate(entry) == Truth::True;
                Ok(found.then(|| entry.answer(&search.selection, search.types_only)))
            };
            let found =
                if matches!(place, Place::RootDse) { self.with_root_dse(look) } else { self.with_subschema(look) };
            search.special = found?;
            return Ok(search);
        }
        let tree = self.tree();
        let base = self.find(&tree, &name)?;
        self.check_assertion(controls, &self.view(&tree, base, who))?;
        let by_index = search.filter.candidates(tree.indexes(), schema).filter(|_| request.scope != Scope::Base);
        let candidates = match by_index {
            Some(found) => found.iter().copied().filter(|id| tree.in_scope(*id, base.id, request.scope)).collect(),
            None => tree.scope(base.id, request.scope),
        };
        search.base = Some((base.id, request.scope));
        search.candidates = candidates.into_iter();
        if let Some(paged) = &controls.paged {
            let digest = request_digest(&name.key(), request);
            search.resume(paged, digest)?;
        }
        Ok(search)
    }

    fn allowance(&self, who: &Identity, size_limit: u32) -> Option<u32> {
        let own = (size_limit > 0).then_some(size_limit);
        let server = self.0.options.size_limit.filter(|_| !who.is_administrator());
        match (own, server) {
            (Some(own), Some(server)) => Some(own.min(server)),
            (own, server) => own.or(server),
        }
    }

    /// Looks at some more entries and hands over those that match to `emit`, which tells how many octets they make.
    pub(crate) fn step(
        &self,
        who: &Identity,
        search: &mut Search,
        mut emit: impl FnMut(SearchResultEntry<'static>) -> usize,
    ) -> SearchStep {
        if let Some(entry) = search.special.take() {
            emit(entry);
        }
        let tree = self.tree();
        let mut written = 0;
        for _ in 0..STEP {
            if written >= CHUNK {
                break;
            }
            let late = search.deadline.is_some_and(|deadline| self.0.options.clock.monotonic() >= deadline);
            if late {
                return search.done(ResultCode::TIME_LIMIT_EXCEEDED);
            }
            if search.page.as_ref().is_some_and(|page| page.sent == page.size) && search.candidates.len() > 0 {
                return search.done(ResultCode::SUCCESS);
            }
            let Some(id) = search.candidates.next() else {
                search.end_pages();
                return search.done(ResultCode::SUCCESS);
            };
            // The entry may have gone or moved since the search began.
            let Some(entry) = tree.get(id) else { continue };
            if search.base.is_some_and(|(base, scope)| !tree.in_scope(id, base, scope)) {
                continue;
            }
            let view = self.view(&tree, entry, who);
            if search.filter.evaluate(&view) != Truth::True {
                continue;
            }
            if search.allowance == Some(0) {
                search.end_pages();
                return search.done(ResultCode::SIZE_LIMIT_EXCEEDED);
            }
            search.allowance = search.allowance.map(|allowance| allowance - 1);
            written += emit(view.answer(&search.selection, search.types_only));
            if let Some(page) = &mut search.page {
                page.sent += 1;
                page.total = page.total.saturating_add(1);
                page.last = id;
            }
        }
        SearchStep::More
    }

    /// Sees the root DSE.
    pub(super) fn with_root_dse<T>(&self, look: impl FnOnce(&EntryView<'_>) -> T) -> T {
        let facts = Facts {
            suffixes: self.0.suffixes.iter().map(|suffix| suffix.text.as_str()).collect(),
            start_tls: self.offers_start_tls(),
        };
        let attributes = self.0.options.persona.root_dse(&facts, &self.0.schema);
        look(&self.special_view("", &attributes))
    }

    /// Sees the subschema subentry.
    pub(super) fn with_subschema<T>(&self, look: impl FnOnce(&EntryView<'_>) -> T) -> T {
        let schema = &self.0.schema;
        let mut attributes = AttributeSet::default();
        for attribute in schema.subentry().attributes() {
            if let Some(type_id) = schema.find_type(attribute.description().base()) {
                attributes.set(Description::plain(type_id), attribute.values().to_vec());
            }
        }
        let known = schema.well_known();
        attributes.set(Description::plain(known.structural_object_class), vec![b"subentry".to_vec()]);
        for type_id in [known.create_timestamp, known.modify_timestamp] {
            attributes.set(Description::plain(type_id), vec![self.0.started.clone().into_bytes()]);
        }
        look(&self.special_view(SUBSCHEMA_NAME, &attributes))
    }

    fn special_view<'a>(&'a self, name: &'a str, attributes: &'a AttributeSet) -> EntryView<'a> {
        EntryView { schema: &self.0.schema, name, attributes, has_subordinates: None, visibility: Visibility::Full }
    }
}

impl Search {
    /// Goes on where the last page ended.
    fn resume(&mut self, paged: &PagedResults, request: [u8; 8]) -> Result<(), Refusal> {
        let mut page = Page { size: paged.size, sent: 0, total: 0, request, last: 0 };
        if !paged.cookie.is_empty() {
            let cookie = Cookie::decode(&paged.cookie)
                .ok_or_else(|| Refusal::new(ResultCode::PROTOCOL_ERROR, "paged results cookie is invalid"))?;
            if cookie.request != request {
                let message = "paged results cookie is invalid or old";
                return Err(Refusal::new(ResultCode::UNWILLING_TO_PERFORM, message));
            }
            (page.last, page.total) = (cookie.last, cookie.total);
            let rest: Vec<EntryId> = self.candidates.by_ref().filter(|id| *id > cookie.last).collect();
            self.candidates = rest.into_iter();
            self.allowance = self.allowance.map(|allowance| allowance.saturating_sub(cookie.total));
        }
        if paged.size == 0 {
            // The client gives up the rest.
            self.candidates = Vec::new().into_iter();
        }
        self.page = Some(page);
        Ok(())
    }

    fn end_pages(&mut self) {
        self.candidates = Vec::new().into_iter();
    }

    fn done(&self, code: ResultCode) -> SearchStep {
        let page = self.page.as_ref().filter(|_| code.is_success()).map(|page| {
            let more = self.candidates.len() > 0;
            let cookie = Cookie { last: page.last, total: page.total, request: page.request };
            PagedResults::new(0, if more { cookie.encode() } else { Vec::new() }).control()
        });
        SearchStep::Done(LdapResult::new(code, ""), page.into_iter().collect())
    }
}

/// Where a search by pages stands. It is the client that keeps it; a search can go on over another connection.
#[derive(Debug)]
struct Cookie {
    last: EntryId,
    total: u32,
    request: [u8; 8],
}

impl Cookie {
    fn encode(&self) -> Vec<u8> {
        [self.last.to_be_bytes().as_slice(), &self.total.to_be_bytes(), &self.request].concat()
    }

    fn decode(octets: &[u8]) -> Option<Self> {
        let (last, rest) = octets.split_first_chunk()?;
        let (total, request) = rest.split_first_chunk()?;
        Some(Self {
            last: EntryId::from_be_bytes(*last),
            total: u32::from_be_bytes(*total),
            request: request.try_into().ok()?,
        })
    }
}

/// Tells searches apart, so that a cookie serves only the search that gave it.
fn request_digest(base: &[u8], request: &SearchRequest<'_>) -> [u8; 8] {
    let digest = Sha256::new()
        .chain_update([request.scope as u8])
        .chain_update(base.len().to_be_bytes())
        .chain_update(base)
        .chain_update(encode_filter(&request.filter))
        .finalize();
    digest.as_slice().first_chunk().copied().unwrap_or_default()
}
