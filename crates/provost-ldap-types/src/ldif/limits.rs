/// How much LDIF a [`Reader`](super::Reader) accepts before it refuses.
///
/// ```
/// use provost_ldap_types::ldif::LdifLimits;
///
/// let limits = LdifLimits::default().with_line_length(1_000).with_record_length(10_000);
/// assert_eq!((limits.line_length, limits.record_length), (1_000, 10_000));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct LdifLimits {
    /// Longest line after folded lines have been joined, in bytes.
    pub line_length: usize,
    /// Longest record, in bytes without comments and folding.
    pub record_length: usize,
}

impl LdifLimits {
    /// Sets the longest line, in bytes.
    #[must_use]
    pub fn with_line_length(mut self, length: usize) -> Self {
        self.line_length = length;
        self
    }

    /// Sets the longest record, in bytes.
    #[must_use]
    pub fn with_record_length(mut self, length: usize) -> Self {
        self.record_length = length;
        self
    }
}

impl Default for LdifLimits {
    /// Lines of 16 MiB, which hold a photograph, and records of 64 MiB, which hold a group of half a million members.
    fn default() -> Self {
        Self { line_length: 16 * 1024 * 1024, record_length: 64 * 1024 * 1024 }
    }
}
