use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use provost_connector::{Clock, Entropy, EntropyError};
use provost_ldap_types::Dn;
use provost_ldap_wire::FrameLimits;
use provost_model::{Secret, Timestamp};

use crate::Persona;

/// What a client may do that has not authenticated.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum AnonymousAccess {
    /// It may read everything but passwords.
    Read,
    /// It may not even bind; every request is refused.
    Refused,
    /// It may read the root DSE and the subschema.
    #[default]
    RootDse,
}

/// How a directory is made.
///
/// ```
/// use provost_directory::{Directory, DirectoryOptions};
///
/// let options = DirectoryOptions::new("dc=contoso,dc=lab".parse()?)
///     .with_root("cn=admin,dc=contoso,dc=lab".parse()?, "secret".into());
/// let directory = Directory::new(options)?;
/// assert_eq!(directory.len(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct DirectoryOptions {
    /// Names of the trees that are held; none lies below another.
    pub suffixes: Vec<Dn>,
    /// Who may do everything. It needs no entry.
    pub root_dn: Option<Dn>,
    /// Password of `root_dn`. Without one, `root_dn` can bind only if it has an entry with a password.
    pub root_password: Option<Secret>,
    /// Entries that may do everything once they are bound, as may all below them.
    pub administrators: Vec<Dn>,
    /// What a client may do that has not authenticated.
    pub anonymous: AnonymousAccess,
    /// The vendor whose server it resembles.
    pub persona: Persona,
    /// Most entries that a search or, if paged, all its pages return, the administrators' searches excepted.
    pub size_limit: Option<u32>,
    /// Largest and deepest accepted request.
    pub frame_limits: FrameLimits,
    /// Schema definitions besides the built-in ones: LDIF documents of one record each, with attributes such as
    /// `attributeTypes` and `objectClasses`.
    pub schema: Vec<String>,
    /// Where the times of changes come from.
    pub clock: Arc<dyn Clock>,
    /// Where `entryUUID` values and made-up passwords come from.
    pub entropy: Arc<dyn Entropy>,
}

impl DirectoryOptions {
    /// Makes options for one tree without a root DN.
    #[must_use]
    pub fn new(suffix: Dn) -> Self {
        Self {
            suffixes: vec![suffix],
            root_dn: None,
            root_password: None,
            administrators: Vec::new(),
            anonymous: AnonymousAccess::default(),
            persona: Persona::default(),
            size_limit: None,
            frame_limits: FrameLimits::default().with_max_message(4 * 1024 * 1024),
            schema: Vec::new(),
            clock: Arc::new(SystemClock(Instant::now())),
            entropy: Arc::new(SystemEntropy),
        }
    }

    /// Sets who may do everything, and the password.
    #[must_use]
    pub fn with_root(mut self, name: Dn, password: Secret) -> Self {
        self.root_dn = Some(name);
        self.root_password = Some(password);
        self
    }

    /// Sets what a client may do that has not authenticated.
    #[must_use]
    pub fn with_anonymous(mut self, access: AnonymousAccess) -> Self {
        self.anonymous = access;
        self
    }

    /// Takes the times of changes from this clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Takes randomness from this source.
    #[must_use]
    pub fn with_entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.entropy = entropy;
        self
    }
}

impl fmt::Debug for DirectoryOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectoryOptions")
            .field("suffixes", &self.suffixes)
            .field("root_dn", &self.root_dn)
            .field("administrators", &self.administrators)
            .field("anonymous", &self.anonymous)
            .field("persona", &self.persona)
            .finish_non_exhaustive()
    }
}

/// The clock of the machine.
#[derive(Debug)]
struct SystemClock(Instant);

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_unix_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

/// The random generator of the machine.
#[derive(Debug)]
struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(octets).map_err(|_| EntropyError::new())
    }
}
