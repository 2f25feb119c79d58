use std::fmt;

/// A result code: an open list of integers (RFC 4511 section 4.1.9 and the IANA registry).
///
/// Servers send codes that no list has; they are kept.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ResultCode(pub i32);

macro_rules! codes {
    ($($constant:ident = $number:literal $name:literal;)*) => {
        impl ResultCode {
            $(#[doc = concat!("`", $name, "`")]
            pub const $constant: Self = Self($number);)*

            /// Returns the name in the registry, or `None` for a code that is not in it.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($number => Some($name),)*
                    _ => None,
                }
            }
        }
    };
}

codes! {
    SUCCESS = 0 "success";
    OPERATIONS_ERROR = 1 "operationsError";
    PROTOCOL_ERROR = 2 "protocolError";
    TIME_LIMIT_EXCEEDED = 3 "timeLimitExceeded";
    SIZE_LIMIT_EXCEEDED = 4 "sizeLimitExceeded";
    COMPARE_FALSE = 5 "compareFalse";
    COMPARE_TRUE = 6 "compareTrue";
    AUTH_METHOD_NOT_SUPPORTED = 7 "authMethodNotSupported";
    STRONGER_AUTH_REQUIRED = 8 "strongerAuthRequired";
    REFERRAL = 10 "referral";
    ADMIN_LIMIT_EXCEEDED = 11 "adminLimitExceeded";
    UNAVAILABLE_CRITICAL_EXTENSION = 12 "unavailableCriticalExtension";
    CONFIDENTIALITY_REQUIRED = 13 "confidentialityRequired";
    SASL_BIND_IN_PROGRESS = 14 "saslBindInProgress";
    NO_SUCH_ATTRIBUTE = 16 "noSuchAttribute";
    UNDEFINED_ATTRIBUTE_TYPE = 17 "undefinedAttributeType";
    INAPPROPRIATE_MATCHING = 18 "inappropriateMatching";
    CONSTRAINT_VIOLATION = 19 "constraintViolation";
    ATTRIBUTE_OR_VALUE_EXISTS = 20 "attributeOrValueExists";
    INVALID_ATTRIBUTE_SYNTAX = 21 "invalidAttributeSyntax";
    NO_SUCH_OBJECT = 32 "noSuchObject";
    ALIAS_PROBLEM = 33 "aliasProblem";
    INVALID_DN_SYNTAX = 34 "invalidDNSyntax";
    ALIAS_DEREFERENCING_PROBLEM = 36 "aliasDereferencingProblem";
    INAPPROPRIATE_AUTHENTICATION = 48 "inappropriateAuthentication";
    INVALID_CREDENTIALS = 49 "invalidCredentials";
    INSUFFICIENT_ACCESS_RIGHTS = 50 "insufficientAccessRights";
    BUSY = 51 "busy";
    UNAVAILABLE = 52 "unavailable";
    UNWILLING_TO_PERFORM = 53 "unwillingToPerform";
    LOOP_DETECT = 54 "loopDetect";
    NAMING_VIOLATION = 64 "namingViolation";
    OBJECT_CLASS_VIOLATION = 65 "objectClassViolation";
    NOT_ALLOWED_ON_NON_LEAF = 66 "notAllowedOnNonLeaf";
    NOT_ALLOWED_ON_RDN = 67 "notAllowedOnRDN";
    ENTRY_ALREADY_EXISTS = 68 "entryAlreadyExists";
    OBJECT_CLASS_MODS_PROHIBITED = 69 "objectClassModsProhibited";
    AFFECTS_MULTIPLE_DSAS = 71 "affectsMultipleDSAs";
    VIRTUAL_LIST_VIEW_ERROR = 76 "virtualListViewError";
    OTHER = 80 "other";
    LCUP_RESOURCES_EXHAUSTED = 113 "lcupResourcesExhausted";
    LCUP_SECURITY_VIOLATION = 114 "lcupSecurityViolation";
    LCUP_INVALID_DATA = 115 "lcupInvalidData";
    LCUP_UNSUPPORTED_SCHEME = 116 "lcupUnsupportedScheme";
    LCUP_RELOAD_REQUIRED = 117 "lcupReloadRequired";
    CANCELED = 118 "canceled";
    NO_SUCH_OPERATION = 119 "noSuchOperation";
    TOO_LATE = 120 "tooLate";
    CANNOT_CANCEL = 121 "cannotCancel";
    ASSERTION_FAILED = 122 "assertionFailed";
    AUTHORIZATION_DENIED = 123 "authorizationDenied";
    SYNC_REFRESH_REQUIRED = 4096 "e-syncRefreshRequired";
    NO_OPERATION = 16654 "noOperation";
}

impl ResultCode {
    /// Tells whether it is `success`.
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.0 == 0
    }
}

/// Shows the name and the number.
impl fmt::Display for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({})", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}
