//! The values of the control DirSync. Their BER is read by `provost-ldap-wire`.

use std::ops::BitOr;

/// Value of the control DirSync in a request, MS-ADTS section 3.1.1.3.4.1.3.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct DirSyncRequestValue {
    /// What is sent, and in which order.
    pub flags: DirSyncFlags,
    /// Most octets of an answer; the server takes it as a hint.
    pub max_octets: u32,
    /// Cookie of the last answer as it came; empty to begin with everything.
    pub cookie: Vec<u8>,
}

/// Value of the control DirSync in the last message of an answer, MS-ADTS section 3.1.1.3.4.1.3.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct DirSyncResponseValue {
    /// Whether there are more changes: the search is then repeated with the new cookie.
    pub more_results: bool,
    /// New cookie, which only the server reads. It is good on every domain controller; on another one more than the
    /// changes may be sent.
    pub cookie: Vec<u8>,
}

/// Flags of a DirSync request. Bits that have no name here are kept.
///
/// ```
/// use provost_ldap_types::change::DirSyncFlags;
///
/// let flags = DirSyncFlags::OBJECT_SECURITY | DirSyncFlags::INCREMENTAL_VALUES;
/// assert_eq!(flags.bits(), 0x8000_0001);
/// assert!(flags.contains(DirSyncFlags::OBJECT_SECURITY) && !flags.contains(DirSyncFlags::ANCESTORS_FIRST));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct DirSyncFlags(u32);

impl DirSyncFlags {
    /// Sends what the account may read, which asks for no right to replicate (LDAP_DIRSYNC_OBJECT_SECURITY).
    pub const OBJECT_SECURITY: Self = Self(0x1);
    /// Sends parents before their children (LDAP_DIRSYNC_ANCESTORS_FIRST_ORDER).
    pub const ANCESTORS_FIRST: Self = Self(0x800);
    /// Leaves out what is secret (LDAP_DIRSYNC_PUBLIC_DATA_ONLY).
    pub const PUBLIC_DATA_ONLY: Self = Self(0x2000);
    /// Sends of a linked attribute what was added and removed instead of all values (LDAP_DIRSYNC_INCREMENTAL_VALUES).
    pub const INCREMENTAL_VALUES: Self = Self(0x8000_0000);

    /// Makes flags of bits.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Returns the bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Tells whether all of the flags are set.
    #[must_use]
    pub const fn contains(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }
}

impl BitOr for DirSyncFlags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
