use provost_ldap_wire::{LdapResult, ResultCode};

/// Why an operation is not done: the result that the client gets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: ResultCode,
    /// Name of the last entry that was found on the way to the one that was asked for; mostly empty.
    pub(crate) matched_dn: String,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(code: ResultCode, message: impl Into<String>) -> Self {
        Self { code, matched_dn: String::new(), message: message.into() }
    }

    pub(crate) fn no_such_object(matched_dn: impl Into<String>) -> Self {
        Self { code: ResultCode::NO_SUCH_OBJECT, matched_dn: matched_dn.into(), message: String::new() }
    }

    pub(crate) fn into_result(self) -> LdapResult<'static> {
        LdapResult::new(self.code, self.message).with_matched_dn(self.matched_dn)
    }
}
