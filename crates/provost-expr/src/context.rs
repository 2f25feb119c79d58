use std::collections::BTreeMap;
use std::fmt;

use provost_model::Timestamp;

/// The source of randomness had nothing to give.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the source of randomness gave nothing")]
pub struct NoEntropy;

/// Where the random functions take their octets from. A closure will do.
///
/// # Contract
///
/// The octets come from a cryptographic generator: initial passwords are made of them.
pub trait Entropy {
    /// Fills `octets` with random octets.
    ///
    /// # Errors
    ///
    /// [`NoEntropy`] when there are none; the evaluation then fails.
    fn fill(&self, octets: &mut [u8]) -> Result<(), NoEntropy>;
}

impl<F: Fn(&mut [u8]) -> Result<(), NoEntropy>> Entropy for F {
    fn fill(&self, octets: &mut [u8]) -> Result<(), NoEntropy> {
        self(octets)
    }
}

/// It is not known whether a value is taken.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("it is not known whether the value is taken")]
pub struct NoAnswer;

/// Which values the target attribute of the expression has already, in any object. A closure will do.
///
/// # Contract
///
/// Values compare by the equality rule of the attribute, and values that are reserved for objects about to be made count.
pub trait Uniqueness {
    /// Tells whether an object has this value.
    ///
    /// # Errors
    ///
    /// [`NoAnswer`] when it cannot be told; the evaluation then fails, and may be repeated once the answer is there.
    fn is_taken(&self, value: &str) -> Result<bool, NoAnswer>;
}

impl<F: Fn(&str) -> Result<bool, NoAnswer>> Uniqueness for F {
    fn is_taken(&self, value: &str) -> Result<bool, NoAnswer> {
        self(value)
    }
}

/// What an evaluation takes from outside: the time, randomness, which values are taken, and how much it may build.
#[derive(Clone, Copy)]
pub struct Context<'c> {
    pub(crate) now: Timestamp,
    pub(crate) entropy: &'c dyn Entropy,
    pub(crate) uniqueness: Option<&'c dyn Uniqueness>,
    pub(crate) default_domain: Option<&'c str>,
    pub(crate) parameters: Option<&'c BTreeMap<String, String>>,
    pub(crate) text_budget: usize,
    pub(crate) role_ids: bool,
}

impl<'c> Context<'c> {
    /// Makes a context; one serves for all expressions of one object, so that they see the same time.
    #[must_use]
    pub fn new(now: Timestamp, entropy: &'c dyn Entropy) -> Self {
        Self {
            now,
            entropy,
            uniqueness: None,
            default_domain: None,
            parameters: None,
            text_budget: 4 * 1024 * 1024,
            role_ids: false,
        }
    }

    /// Sets where `SelectUniqueValue` looks values up; without it that function fails.
    #[must_use]
    pub fn with_uniqueness(mut self, uniqueness: &'c dyn Uniqueness) -> Self {
        self.uniqueness = Some(uniqueness);
        self
    }

    /// Sets the domain that `DefaultDomain` gives; without it that function fails.
    #[must_use]
    pub fn with_default_domain(mut self, domain: &'c str) -> Self {
        self.default_domain = Some(domain);
        self
    }

    /// Sets the values of the parameters that the dialect `connect` writes as `%name%`, by their exact names; a parameter
    /// without a value fails.
    #[must_use]
    pub fn with_parameters(mut self, parameters: &'c BTreeMap<String, String>) -> Self {
        self.parameters = Some(parameters);
        self
    }

    /// Sets how many bytes of text one evaluation may build, intermediate results included; 4 MiB without it.
    #[must_use]
    pub fn with_text_budget(mut self, bytes: usize) -> Self {
        self.text_budget = bytes;
        self
    }

    /// Gives the roles that `AppRoleAssignmentsComplex` makes the member `id` of their assignments. It is no member of SCIM
    /// roles, and tells two roles apart that have equal values.
    #[must_use]
    pub fn with_role_ids(mut self) -> Self {
        self.role_ids = true;
        self
    }

    /// Returns the time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("now", &self.now)
            .field("text_budget", &self.text_budget)
            .finish_non_exhaustive()
    }
}
