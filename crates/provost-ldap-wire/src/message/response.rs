use std::fmt;

use super::PartialAttribute;
use crate::{Octets, ResultCode};

/// How an operation ended, RFC 4511 section 4.1.9.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct LdapResult<'a> {
    /// The result code; codes of no list are kept.
    pub code: ResultCode,
    /// Name of the last entry that was found on the way to the one that was asked for.
    pub matched_dn: Octets<'a>,
    /// What the server says in words.
    pub message: Octets<'a>,
    /// Addresses at which the operation can go on.
    pub referrals: Vec<Octets<'a>>,
}

impl<'a> LdapResult<'a> {
    /// Makes a result of code and words.
    pub fn new(code: ResultCode, message: impl Into<Octets<'a>>) -> Self {
        Self { code, matched_dn: Octets::default(), message: message.into(), referrals: Vec::new() }
    }

    /// Makes the result of success.
    #[must_use]
    pub fn success() -> Self {
        Self::default()
    }

    /// Sets the name of the last entry that was found.
    #[must_use]
    pub fn with_matched_dn(mut self, name: impl Into<Octets<'a>>) -> Self {
        self.matched_dn = name.into();
        self
    }

    /// Copies what is borrowed.
    #[must_use]
    pub fn into_owned(self) -> LdapResult<'static> {
        LdapResult {
            code: self.code,
            matched_dn: self.matched_dn.into_owned(),
            message: self.message.into_owned(),
            referrals: self.referrals.into_iter().map(Octets::into_owned).collect(),
        }
    }
}

/// Answers a bind, RFC 4511 section 4.2.2. `Debug` does not show the credentials.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct BindResponse<'a> {
    /// How it ended.
    pub result: LdapResult<'a>,
    /// What the server's side of a SASL mechanism sends.
    pub server_credentials: Option<Octets<'a>>,
}

impl fmt::Debug for BindResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BindResponse").field("result", &self.result).finish_non_exhaustive()
    }
}

/// One entry that a search found, RFC 4511 section 4.5.2.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SearchResultEntry<'a> {
    /// Name of the entry.
    pub name: Octets<'a>,
    /// Its attributes.
    pub attributes: Vec<PartialAttribute<'a>>,
}

/// Answers an extended operation, RFC 4511 section 4.12. `Debug` does not show the value.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct ExtendedResponse<'a> {
    /// How it ended.
    pub result: LdapResult<'a>,
    /// Object identifier of the answer.
    pub name: Option<Octets<'a>>,
    /// What the operation gives.
    pub value: Option<Octets<'a>>,
}

impl fmt::Debug for ExtendedResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtendedResponse")
            .field("result", &self.result)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Comes between request and answer, RFC 4511 section 4.13. `Debug` does not show the value.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct IntermediateResponse<'a> {
    /// Object identifier of the kind.
    pub name: Option<Octets<'a>>,
    /// What it says.
    pub value: Option<Octets<'a>>,
}

impl fmt::Debug for IntermediateResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntermediateResponse").field("name", &self.name).finish_non_exhaustive()
    }
}
