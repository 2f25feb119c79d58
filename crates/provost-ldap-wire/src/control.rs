use std::fmt;

/// A control of a request or of an answer (RFC 4511 section 4.1.11).
///
/// Controls that nobody here knows are kept as they are. `Debug` shows the length of the value only, since a filter or an
/// entry can be in it.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Control {
    /// Object identifier in dotted decimal form.
    pub oid: String,
    /// What a server does that does not know it.
    pub criticality: Criticality,
    /// Its value, in BER for most controls.
    pub value: Option<Vec<u8>>,
}

/// What a server does with a control that it does not know.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Criticality {
    /// It refuses the operation.
    Critical,
    /// It goes on without the control.
    #[default]
    Optional,
}

impl Control {
    /// Makes an optional control.
    #[must_use]
    pub fn new(oid: impl Into<String>, value: Option<Vec<u8>>) -> Self {
        Self { oid: oid.into(), criticality: Criticality::Optional, value }
    }

    /// Makes the server refuse the operation when it does not know the control.
    #[must_use]
    pub fn critical(mut self) -> Self {
        self.criticality = Criticality::Critical;
        self
    }

    /// Tells whether it is critical.
    #[must_use]
    pub fn is_critical(&self) -> bool {
        self.criticality == Criticality::Critical
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("oid", &self.oid)
            .field("criticality", &self.criticality)
            .field("value", &self.value.as_ref().map(|value| format_args!("{} octets", value.len()).to_string()))
            .finish()
    }
}

/// Object identifiers of controls and extended operations.
pub mod oid {
    /// Assertion control (RFC 4528).
    pub const ASSERTION: &str = "1.3.6.1.1.12";
    /// Cookie control of the external change log of the OpenDS family.
    pub const CHANGE_LOG_COOKIE: &str = "1.3.6.1.4.1.26027.1.5.4";
    /// DirSync control of Active Directory (MS-ADTS section 3.1.1.3.4.1.3).
    pub const DIR_SYNC: &str = "1.2.840.113556.1.4.841";
    /// Entry Change Notification control (draft-ietf-ldapext-psearch-03).
    pub const ENTRY_CHANGE_NOTIFICATION: &str = "2.16.840.1.113730.3.4.7";
    /// Manage DSA IT control (RFC 3296).
    pub const MANAGE_DSA_IT: &str = "2.16.840.1.113730.3.4.2";
    /// Notice of disconnection (RFC 4511 section 4.4.1).
    pub const NOTICE_OF_DISCONNECTION: &str = "1.3.6.1.4.1.1466.20036";
    /// Change notification control of Active Directory (MS-ADTS section 3.1.1.3.4.1).
    pub const NOTIFICATION: &str = "1.2.840.113556.1.4.528";
    /// Simple paged results control (RFC 2696).
    pub const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";
    /// Password modify extended operation (RFC 3062).
    pub const PASSWORD_MODIFY: &str = "1.3.6.1.4.1.4203.1.11.1";
    /// Permissive modify control of Active Directory: adding what is there and removing what is not is no error.
    pub const PERMISSIVE_MODIFY: &str = "1.2.840.113556.1.4.1413";
    /// Persistent Search control (draft-ietf-ldapext-psearch-03).
    pub const PERSISTENT_SEARCH: &str = "2.16.840.1.113730.3.4.3";
    /// Post-read control (RFC 4527).
    pub const POST_READ: &str = "1.3.6.1.1.13.2";
    /// Pre-read control (RFC 4527).
    pub const PRE_READ: &str = "1.3.6.1.1.13.1";
    /// Show Deleted control of Active Directory: tombstones are found (MS-ADTS section 3.1.1.3.4.1).
    pub const SHOW_DELETED: &str = "1.2.840.113556.1.4.417";
    /// Show Recycled control of Active Directory: recycled objects are found as well (MS-ADTS section 3.1.1.3.4.1).
    pub const SHOW_RECYCLED: &str = "1.2.840.113556.1.4.2064";
    /// Start TLS extended operation (RFC 4511 section 4.14).
    pub const START_TLS: &str = "1.3.6.1.4.1.1466.20037";
    /// Sync Done control (RFC 4533 section 2.4).
    pub const SYNC_DONE: &str = "1.3.6.1.4.1.4203.1.9.1.3";
    /// Sync Info message (RFC 4533 section 2.5).
    pub const SYNC_INFO: &str = "1.3.6.1.4.1.4203.1.9.1.4";
    /// Sync Request control (RFC 4533 section 2.2).
    pub const SYNC_REQUEST: &str = "1.3.6.1.4.1.4203.1.9.1.1";
    /// Sync State control (RFC 4533 section 2.3).
    pub const SYNC_STATE: &str = "1.3.6.1.4.1.4203.1.9.1.2";
    /// Who am I? extended operation (RFC 4532).
    pub const WHO_AM_I: &str = "1.3.6.1.4.1.4203.1.11.3";
}
