use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use provost_ldap_types::{Dn, Entry};
use provost_ldap_wire::ResultCode;
use provost_model::Timestamp;

use crate::faults::{Faults, OperationKind};
use crate::identity::Identity;
use crate::persona::SUBSCHEMA_NAME;
use crate::refusal::Refusal;
use crate::schema::{ResolvedName, Schema};
use crate::tree::{StoredEntry, Tree};
use crate::{DirectoryError, DirectoryOptions, DumpContent};

/// A directory in memory with an enforced schema. Clones share one tree.
///
/// Clients reach it through a [`Connection`](crate::Connection), over sockets through a `Listener`.
#[derive(Clone)]
pub struct Directory(pub(crate) Arc<Inner>);

/// What the clones of a directory share.
pub(crate) struct Inner {
    pub(crate) options: DirectoryOptions,
    pub(crate) schema: Arc<Schema>,
    pub(crate) suffixes: Vec<Suffix>,
    pub(crate) root: Option<ResolvedName>,
    pub(crate) administrators: Vec<Vec<u8>>,
    pub(crate) subschema_key: Vec<u8>,
    tree: RwLock<Tree>,
    stamp: Mutex<Stamp>,
    /// When the directory was made, as generalized time.
    pub(crate) started: String,
    start_tls: AtomicBool,
    writes: AtomicU64,
    requests: [AtomicU64; OperationKind::COUNT],
    faults: Faults,
}

/// A tree that the directory holds.
#[derive(Debug)]
pub(crate) struct Suffix {
    pub(crate) text: String,
    pub(crate) key: Vec<u8>,
    pub(crate) levels: usize,
}

/// The last change sequence number.
#[derive(Debug, Default)]
struct Stamp {
    millis: i64,
    count: u32,
}

/// Where a name lies.
#[derive(Debug)]
pub(crate) enum Place<'a> {
    RootDse,
    Subschema,
    Within(&'a Suffix),
    Outside,
}

impl Directory {
    /// Makes an empty directory.
    ///
    /// # Errors
    ///
    /// [`DirectoryError::Name`] for a suffix, a root DN or an administrator that is no name of the schema, and
    /// [`DirectoryError::Schema`] or [`DirectoryError::Read`] for schema definitions that cannot be used.
    pub fn new(options: DirectoryOptions) -> Result<Self, DirectoryError> {
        let schema = Schema::load(&options.schema)?;
        let resolve = |what: &'static str, dn: &Dn| {
            schema.resolve_dn(dn).ok_or_else(|| DirectoryError::Name { what, name: dn.to_string() })
        };
        let suffixes = options.suffixes.iter().map(|dn| {
            let name = resolve("the suffix", dn)?;
            Ok(Suffix { text: name.text(), key: name.key(), levels: name.rdns.len() })
        });
        let suffixes = suffixes.collect::<Result<Vec<_>, DirectoryError>>()?;
        let root = options.root_dn.as_ref().map(|dn| resolve("the root DN", dn)).transpose()?;
        let administrators = options.administrators.iter().map(|dn| Ok(resolve("the administrator", dn)?.key()));
        let administrators = administrators.collect::<Result<Vec<_>, DirectoryError>>()?;
        let subschema = schema.resolve_name(SUBSCHEMA_NAME.as_bytes());
        Ok(Self(Arc::new(Inner {
            subschema_key: subschema.map(|name| name.key()).unwrap_or_default(),
            suffixes,
            root,
            administrators,
            tree: RwLock::new(Tree::new(Arc::clone(&schema))),
            stamp: Mutex::default(),
            started: format!("{}Z", digits(options.clock.now())),
            start_tls: AtomicBool::new(false),
            writes: AtomicU64::default(),
            requests: std::array::from_fn(|_| AtomicU64::default()),
            faults: Faults::default(),
            schema,
            options,
        })))
    }

    /// Returns the number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tree().len()
    }

    /// Tells whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of operations that have changed the tree: add, modify, modify DN, delete and password modify,
    /// each counted when it succeeds. Loading LDIF does not count.
    #[must_use]
    pub fn write_counter(&self) -> u64 {
        self.0.writes.load(Ordering::Relaxed)
    }

    /// Returns the number of requests of a kind that have been decoded, refused ones included.
    #[must_use]
    pub fn requests(&self, kind: OperationKind) -> u64 {
        self.0.requests.get(kind.index()).map_or(0, |counter| counter.load(Ordering::Relaxed))
    }

    /// Returns the faults that can be injected.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// Returns an entry as it is stored, passwords and operational attributes included.
    #[must_use]
    pub fn entry(&self, dn: &Dn) -> Option<Entry> {
        let name = self.0.schema.resolve_dn(dn)?;
        let stored = self.tree().find(&name.key()).cloned()?;
        self.text_entry(&stored, DumpContent::All)
    }

    pub(crate) fn tree(&self) -> RwLockReadGuard<'_, Tree> {
        self.0.tree.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tree_mut(&self) -> RwLockWriteGuard<'_, Tree> {
        self.0.tree.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count_request(&self, kind: OperationKind) {
        if let Some(counter) = self.0.requests.get(kind.index()) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn count_write(&self) {
        self.0.writes.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn place(&self, name: &ResolvedName) -> Place<'_> {
        if name.is_root() {
            return Place::RootDse;
        }
        let key = name.key();
        if key == self.0.subschema_key {
            return Place::Subschema;
        }
        let suffix = self.0.suffixes.iter().find(|suffix| key.starts_with(&suffix.key));
        suffix.map_or(Place::Outside, Place::Within)
    }

    /// Announces StartTLS in the root DSE: some connection offers it.
    pub(crate) fn offer_start_tls(&self) {
        self.0.start_tls.store(true, Ordering::Relaxed);
    }

    pub(crate) fn offers_start_tls(&self) -> bool {
        self.0.start_tls.load(Ordering::Relaxed)
    }

    /// Returns the time of a change as generalized time, and a change sequence number greater than all before.
    pub(crate) fn stamp(&self) -> (String, String) {
        let now = self.0.options.clock.now();
        let mut last = self.0.stamp.lock().unwrap_or_else(PoisonError::into_inner);
        // The clock may be set back; the numbers go on.
        if now.unix_millis() > last.millis {
            *last = Stamp { millis: now.unix_millis(), count: 0 };
        } else {
            last.count += 1;
        }
        let micros = last.millis.rem_euclid(1000) * 1000;
        let digits = digits(Timestamp::from_unix_millis(last.millis));
        (format!("{}Z", self::digits(now)), format!("{digits}.{micros:06}Z#{:06x}#000#000000", last.count))
    }

    /// Makes a random identifier (RFC 4122 section 4.4).
    pub(crate) fn random_uuid(&self) -> Result<String, Refusal> {
        let mut octets = [0; 16];
        self.fill_random(&mut octets)?;
        Ok(uuid::Builder::from_random_bytes(octets).into_uuid().to_string())
    }

    pub(crate) fn fill_random(&self, octets: &mut [u8]) -> Result<(), Refusal> {
        let filled = self.0.options.entropy.fill(octets);
        filled.map_err(|_| Refusal::new(ResultCode::OTHER, "the source of randomness gave nothing"))
    }

    /// Tells whether a name is that of the root DN or of an administrator.
    pub(crate) fn is_administrator(&self, key: &[u8]) -> bool {
        self.0.root.as_ref().is_some_and(|root| root.key() == key)
            || self.0.administrators.iter().any(|administrator| key.starts_with(administrator))
    }

    /// Returns the name that is recorded as the author of a change.
    pub(crate) fn author(&self, who: &Identity) -> Vec<u8> {
        let loader = || self.0.root.as_ref().map(ResolvedName::text).unwrap_or_default();
        who.name().map_or_else(loader, str::to_owned).into_bytes()
    }
}

/// Returns the date and time of day of an instant, without separators.
fn digits(at: Timestamp) -> String {
    at.to_string().chars().take_while(|c| *c != '.').filter(char::is_ascii_digit).collect()
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory")
            .field("options", &self.0.options)
            .field("entries", &self.len())
            .finish_non_exhaustive()
    }
}

/// Returns the name of an entry for the result of an operation that did not find one.
pub(crate) fn matched_name(nearest: Option<&Arc<StoredEntry>>) -> String {
    nearest.map(|entry| entry.name.to_string()).unwrap_or_default()
}
