//! What a result code means for a write: the table of the provisioning engine, as data.

use provost_connector::RefusalClass;
use provost_ldap_wire::ResultCode;

/// Which write a code answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum WriteKind {
    Add,
    Modify,
    ModifyDn,
    Delete,
}

/// Returns the class of a refusal. A code that the table lacks is looked into before anything is sent again.
pub(crate) fn refusal_class(code: ResultCode, kind: WriteKind) -> RefusalClass {
    let row = TABLE.iter().find(|(known, _)| *known == code);
    let Some((_, [add, modify, modify_dn, delete])) = row else { return RefusalClass::Verify };
    match kind {
        WriteKind::Add => *add,
        WriteKind::Modify => *modify,
        WriteKind::ModifyDn => *modify_dn,
        WriteKind::Delete => *delete,
    }
}

/// Tells whether the connection that gave this code should not be used again.
pub(crate) fn spoils_connection(code: ResultCode) -> bool {
    matches!(
        code,
        ResultCode::OPERATIONS_ERROR
            | ResultCode::STRONGER_AUTH_REQUIRED
            | ResultCode::INVALID_CREDENTIALS
            | ResultCode::UNAVAILABLE
            | ResultCode::OTHER
    )
}

use RefusalClass::{Deferred, Fatal, Permanent, Reconnect, Split, Transient, Verify};

/// Code; classes of add, modify, modifyDN, delete. `noSuchObject` of a delete never gets here: it is checked first.
#[rustfmt::skip]
const TABLE: &[(ResultCode, [RefusalClass; 4])] = &[
    (ResultCode::OPERATIONS_ERROR,               [Reconnect, Reconnect, Reconnect, Reconnect]),
    (ResultCode::PROTOCOL_ERROR,                 [Fatal, Fatal, Fatal, Fatal]),
    (ResultCode::TIME_LIMIT_EXCEEDED,            [Verify, Verify, Verify, Verify]),
    (ResultCode::SIZE_LIMIT_EXCEEDED,            [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::COMPARE_FALSE,                  [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::COMPARE_TRUE,                   [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::AUTH_METHOD_NOT_SUPPORTED,      [Fatal, Fatal, Fatal, Fatal]),
    (ResultCode::STRONGER_AUTH_REQUIRED,         [Fatal, Fatal, Fatal, Fatal]),
    (ResultCode::REFERRAL,                       [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::ADMIN_LIMIT_EXCEEDED,           [Split, Split, Permanent, Permanent]),
    (ResultCode::UNAVAILABLE_CRITICAL_EXTENSION, [Fatal, Fatal, Fatal, Fatal]),
    (ResultCode::CONFIDENTIALITY_REQUIRED,       [Fatal, Fatal, Fatal, Fatal]),
    (ResultCode::SASL_BIND_IN_PROGRESS,          [Fatal, Fatal, Fatal, Fatal]),
    (ResultCode::NO_SUCH_ATTRIBUTE,              [Permanent, Verify, Permanent, Permanent]),
    (ResultCode::UNDEFINED_ATTRIBUTE_TYPE,       [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::INAPPROPRIATE_MATCHING,         [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::CONSTRAINT_VIOLATION,           [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::ATTRIBUTE_OR_VALUE_EXISTS,      [Permanent, Verify, Permanent, Permanent]),
    (ResultCode::INVALID_ATTRIBUTE_SYNTAX,       [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::NO_SUCH_OBJECT,                 [Deferred, Verify, Verify, Verify]),
    (ResultCode::ALIAS_PROBLEM,                  [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::INVALID_DN_SYNTAX,              [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::ALIAS_DEREFERENCING_PROBLEM,    [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::INAPPROPRIATE_AUTHENTICATION,   [Fatal, Fatal, Fatal, Fatal]),
    (ResultCode::INVALID_CREDENTIALS,            [Reconnect, Reconnect, Reconnect, Reconnect]),
    (ResultCode::INSUFFICIENT_ACCESS_RIGHTS,     [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::BUSY,                           [Transient, Transient, Transient, Transient]),
    (ResultCode::UNAVAILABLE,                    [Reconnect, Reconnect, Reconnect, Reconnect]),
    (ResultCode::UNWILLING_TO_PERFORM,           [Verify, Verify, Verify, Verify]),
    (ResultCode::LOOP_DETECT,                    [Fatal, Fatal, Fatal, Fatal]),
    (ResultCode::NAMING_VIOLATION,               [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::OBJECT_CLASS_VIOLATION,         [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::NOT_ALLOWED_ON_NON_LEAF,        [Permanent, Permanent, Permanent, Deferred]),
    (ResultCode::NOT_ALLOWED_ON_RDN,             [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::ENTRY_ALREADY_EXISTS,           [Verify, Permanent, Verify, Permanent]),
    (ResultCode::OBJECT_CLASS_MODS_PROHIBITED,   [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::AFFECTS_MULTIPLE_DSAS,          [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::VIRTUAL_LIST_VIEW_ERROR,        [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::OTHER,                          [Verify, Verify, Verify, Verify]),
    (ResultCode::LCUP_RESOURCES_EXHAUSTED,       [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::LCUP_SECURITY_VIOLATION,        [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::LCUP_INVALID_DATA,              [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::LCUP_UNSUPPORTED_SCHEME,        [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::LCUP_RELOAD_REQUIRED,           [Permanent, Permanent, Permanent, Permanent]),
    (ResultCode::CANCELED,                       [Verify, Verify, Verify, Verify]),
    (ResultCode::NO_SUCH_OPERATION,              [Verify, Verify, Verify, Verify]),
    (ResultCode::TOO_LATE,                       [Verify, Verify, Verify, Verify]),
    (ResultCode::CANNOT_CANCEL,                  [Verify, Verify, Verify, Verify]),
    (ResultCode::ASSERTION_FAILED,               [Verify, Verify, Verify, Verify]),
    (ResultCode::AUTHORIZATION_DENIED,           [Fatal, Fatal, Fatal, Fatal]),
    (ResultCode::SYNC_REFRESH_REQUIRED,          [Permanent, Permanent, Permanent, Permanent]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use provost_connector::RefusalClass;
    use provost_ldap_wire::ResultCode;

    use super::{TABLE, WriteKind, refusal_class};

    #[test]
    fn every_code_has_one_row() {
        let codes: BTreeSet<_> = TABLE.iter().map(|(code, _)| code).collect();
        assert_eq!(codes.len(), TABLE.len());
    }

    #[test]
    fn codes_mean_what_the_operation_makes_of_them() {
        let check = |code, kind, class| assert_eq!(refusal_class(ResultCode(code), kind), class, "{code} {kind:?}");
        check(32, WriteKind::Add, RefusalClass::Deferred);
        check(32, WriteKind::Modify, RefusalClass::Verify);
        check(66, WriteKind::Delete, RefusalClass::Deferred);
        check(66, WriteKind::ModifyDn, RefusalClass::Permanent);
        check(68, WriteKind::Add, RefusalClass::Verify);
        check(11, WriteKind::Modify, RefusalClass::Split);
        check(51, WriteKind::Add, RefusalClass::Transient);
        check(52, WriteKind::Delete, RefusalClass::Reconnect);
        check(20, WriteKind::Modify, RefusalClass::Verify);
        check(20, WriteKind::Add, RefusalClass::Permanent);
        check(123, WriteKind::Add, RefusalClass::Fatal);
    }

    #[test]
    fn a_code_of_no_list_is_looked_into() {
        for code in [9, 15, 79, 555_555, -1] {
            assert_eq!(refusal_class(ResultCode(code), WriteKind::Add), RefusalClass::Verify);
        }
    }
}
