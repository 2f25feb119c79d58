//! Values of controls and extended operations, in rasn.
//!
//! rasn reads them only behind [`crate::check_nesting`].

use provost_ldap_types::Filter;
use rasn::prelude::*;
use rasn_ldap::{AttributeSelection, LdapString};

use crate::control::{Control, oid};
use crate::message::{SearchResultEntry, read_entry_value};
use crate::{check_nesting, encode_filter};

/// A control or an extended operation whose value is missing or is not what its definition says.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the value of {oid} is not what its definition says")]
#[non_exhaustive]
pub struct DecodeValueError {
    /// Object identifier of the control or operation.
    pub oid: &'static str,
}

/// Levels that a value may have. The deepest one here, an entry, has four.
const MAX_DEPTH: usize = 8;

/// Value of the simple paged results control, RFC 2696, of a request or of an answer.
///
/// ```
/// use provost_ldap_wire::PagedResults;
///
/// let first = PagedResults::new(500, Vec::new());
/// assert_eq!(PagedResults::decode(&first.control()).unwrap(), first);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PagedResults {
    /// Wanted number of entries in a request; the server's estimate of all of them, or 0, in an answer.
    pub size: u32,
    /// Where to go on, as the server said; empty at the start and at the end.
    pub cookie: Vec<u8>,
}

#[derive(AsnType, Encode, Decode)]
struct RealSearchControlValue {
    size: u32,
    cookie: OctetString,
}

impl PagedResults {
    /// Makes a value.
    #[must_use]
    pub const fn new(size: u32, cookie: Vec<u8>) -> Self {
        Self { size, cookie }
    }

    /// Returns the control, not critical.
    #[must_use]
    pub fn control(&self) -> Control {
        let value = RealSearchControlValue { size: self.size, cookie: OctetString::from(self.cookie.clone()) };
        Control::new(oid::PAGED_RESULTS, encode(&value))
    }

    /// Reads the value of a control.
    ///
    /// # Errors
    ///
    /// [`DecodeValueError`] when it is missing or malformed, or the size is negative.
    pub fn decode(control: &Control) -> Result<Self, DecodeValueError> {
        let value: RealSearchControlValue = decode(control.value.as_deref(), oid::PAGED_RESULTS)?;
        Ok(Self { size: value.size, cookie: value.cookie.to_vec() })
    }
}

/// Which of the two read entry controls of RFC 4527.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ReadEntry {
    /// The entry after the change.
    Post,
    /// The entry before the change.
    Pre,
}

impl ReadEntry {
    /// Returns the object identifier.
    #[must_use]
    pub const fn oid(self) -> &'static str {
        match self {
            Self::Post => oid::POST_READ,
            Self::Pre => oid::PRE_READ,
        }
    }

    /// Returns the control of a request that wants these attributes, not critical.
    #[must_use]
    pub fn request(self, attributes: &[&str]) -> Control {
        let selection: AttributeSelection = attributes.iter().map(|name| LdapString::from(*name)).collect();
        Control::new(self.oid(), encode(&selection))
    }

    /// Reads which attributes a request wants.
    ///
    /// # Errors
    ///
    /// [`DecodeValueError`] when the value is missing or malformed.
    pub fn decode_request(self, control: &Control) -> Result<Vec<String>, DecodeValueError> {
        let selection: AttributeSelection = decode(control.value.as_deref(), self.oid())?;
        Ok(selection.into_iter().map(|name| name.0).collect())
    }

    /// Returns the control of an answer that carries this entry.
    #[must_use]
    pub fn response(self, entry: &SearchResultEntry<'_>) -> Control {
        Control::new(self.oid(), Some(entry.encode_value()))
    }

    /// Reads the entry that an answer carries. Its values may be any octets, so our own reader takes it.
    ///
    /// # Errors
    ///
    /// [`DecodeValueError`] when the value is missing or malformed.
    pub fn decode_response(self, control: &Control) -> Result<SearchResultEntry<'_>, DecodeValueError> {
        let fail = DecodeValueError { oid: self.oid() };
        read_entry_value(control.value.as_deref().ok_or(fail)?).map_err(|_| fail)
    }
}

/// Returns the assertion control of RFC 4528: the operation is done only if the entry matches. It is critical.
#[must_use]
pub fn assertion(filter: &Filter) -> Control {
    Control::new(oid::ASSERTION, Some(encode_filter(filter))).critical()
}

/// Returns the control that makes referral objects entries like others, RFC 3296. It is not critical.
#[must_use]
pub fn manage_dsa_it() -> Control {
    Control::new(oid::MANAGE_DSA_IT, None)
}

/// Value of a request of the password modify operation, RFC 3062. `Debug` shows no password.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct PasswordModify {
    /// Whose password, mostly a DN; none means who is bound.
    pub user: Option<Vec<u8>>,
    /// The password as it is.
    pub old: Option<Vec<u8>>,
    /// The password as it shall be; none asks the server to make one.
    pub new: Option<Vec<u8>>,
}

#[derive(AsnType, Encode, Decode)]
struct PasswdModifyRequestValue {
    #[rasn(tag(0))]
    user_identity: Option<OctetString>,
    #[rasn(tag(1))]
    old_passwd: Option<OctetString>,
    #[rasn(tag(2))]
    new_passwd: Option<OctetString>,
}

impl PasswordModify {
    /// Makes a value.
    #[must_use]
    pub const fn new(user: Option<Vec<u8>>, old: Option<Vec<u8>>, new: Option<Vec<u8>>) -> Self {
        Self { user, old, new }
    }

    /// Returns the value in BER.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let value = PasswdModifyRequestValue {
            user_identity: self.user.clone().map(OctetString::from),
            old_passwd: self.old.clone().map(OctetString::from),
            new_passwd: self.new.clone().map(OctetString::from),
        };
        encode(&value).unwrap_or_default()
    }

    /// Reads a value. None at all stands for a value without fields.
    ///
    /// # Errors
    ///
    /// [`DecodeValueError`] when it is malformed.
    pub fn decode(value: Option<&[u8]>) -> Result<Self, DecodeValueError> {
        if value.is_none() {
            return Ok(Self::new(None, None, None));
        }
        let value: PasswdModifyRequestValue = decode(value, oid::PASSWORD_MODIFY)?;
        let take = |octets: Option<OctetString>| octets.map(|octets| octets.to_vec());
        Ok(Self { user: take(value.user_identity), old: take(value.old_passwd), new: take(value.new_passwd) })
    }
}

impl std::fmt::Debug for PasswordModify {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordModify").finish_non_exhaustive()
    }
}

/// The values here have no constraint that an encoder could refuse, so there always is one.
fn encode<T: Encode>(value: &T) -> Option<Vec<u8>> {
    rasn::ber::encode(value).ok()
}

fn decode<T: Decode>(octets: Option<&[u8]>, oid: &'static str) -> Result<T, DecodeValueError> {
    let fail = DecodeValueError { oid };
    let octets = octets.ok_or(fail)?;
    check_nesting(octets, MAX_DEPTH).map_err(|_| fail)?;
    rasn::ber::decode(octets).map_err(|_| fail)
}
