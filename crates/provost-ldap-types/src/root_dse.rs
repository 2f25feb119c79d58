use crate::ldif::{ReadLdifError, read_entry};
use crate::{Attribute, Entry};

/// Control of paged results, RFC 2696.
const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";

/// What a server says about itself in the entry with the empty name, RFC 4512 section 5.1.
///
/// Attribute names are compared without letter case. A value that is missing here was perhaps not asked for or not
/// shown to this account: its absence proves nothing.
///
/// ```
/// use provost_ldap_types::{Attribute, Dn, Entry, RootDse};
///
/// let mut entry = Entry::new(Dn::root());
/// entry.push(Attribute::of("namingcontexts", ["dc=contoso,dc=lab"])?);
/// let root_dse = RootDse::from_entry(entry);
/// assert_eq!(root_dse.naming_contexts(), ["dc=contoso,dc=lab"]);
/// assert!(!root_dse.supports_paging());
/// # Ok::<(), provost_ldap_types::ParseAttributeError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RootDse {
    entry: Entry,
    is_partial: bool,
}

impl RootDse {
    /// Takes an entry as root DSE, whatever its name: some servers answer under another one.
    #[must_use]
    pub fn from_entry(entry: Entry) -> Self {
        Self { entry, is_partial: false }
    }

    /// Reads the first entry of an LDIF text, RFC 2849.
    ///
    /// # Errors
    ///
    /// Fails when the text does not begin with an entry.
    pub fn from_ldif(text: &str) -> Result<Self, ReadLdifError> {
        Ok(Self::from_entry(read_entry(text.as_bytes())?))
    }

    /// Marks the entry as part of an answer, such as a print in a manual: what it lacks is never evidence then.
    #[must_use]
    pub fn partial(mut self) -> Self {
        self.is_partial = true;
        self
    }

    /// Tells whether the entry is known to be only part of an answer.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// Merges a second answer, such as the one after the bind, into this one; values are kept once.
    #[must_use]
    pub fn merged(mut self, later: &Entry) -> Self {
        for attribute in later {
            let description = attribute.description();
            if attribute.values().is_empty() && self.entry.get(description.as_str()).is_none() {
                self.entry.push(Attribute::new(description.clone(), Vec::new()));
            }
            for value in attribute.values() {
                if !self.entry.values(description.as_str()).contains(value) {
                    self.entry.push_value(description, value.clone());
                }
            }
        }
        self
    }

    /// Returns the entry as it was read.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Returns the texts of an attribute, of all its options together, as with `lastusn;userroot` of 389 DS.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.entry.iter().filter(move |held| held.description().base().eq_ignore_ascii_case(name));
        named.flat_map(Attribute::texts)
    }

    /// Returns the first text of an attribute.
    #[must_use]
    pub fn first<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.values(name).next()
    }

    /// Tells whether the attribute is there, be it without values.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.entry.iter().any(|held| held.description().base().eq_ignore_ascii_case(name))
    }

    /// Tells whether the attribute holds the value, without letter case.
    #[must_use]
    pub fn holds(&self, name: &str, value: &str) -> bool {
        self.values(name).any(|held| held.trim().eq_ignore_ascii_case(value))
    }

    /// Returns the naming contexts in their order, each once.
    ///
    /// The empty text means the whole tree, as on eDirectory; the single NUL of Domino is read as that.
    #[must_use]
    pub fn naming_contexts(&self) -> Vec<&str> {
        let mut contexts = Vec::new();
        for context in self.values("namingContexts") {
            let context = context.trim_end_matches('\0');
            if !contexts.contains(&context) {
                contexts.push(context);
            }
        }
        contexts
    }

    /// Returns the naming context that the server takes where none is given.
    #[must_use]
    pub fn default_naming_context(&self) -> Option<&str> {
        self.first("defaultNamingContext")
    }

    /// Returns the name of the subschema entry.
    #[must_use]
    pub fn subschema_subentry(&self) -> Option<&str> {
        self.first("subschemaSubentry").filter(|name| !name.is_empty())
    }

    /// Returns the name of the change log, draft-good-ldap-changelog section 2.
    #[must_use]
    pub fn change_log(&self) -> Option<&str> {
        self.first("changeLog").filter(|name| !name.is_empty())
    }

    /// Returns the numbers of the oldest and the newest record of the change log.
    #[must_use]
    pub fn change_numbers(&self) -> Option<(u64, u64)> {
        let number = |name| self.first(name)?.trim().parse().ok();
        Some((number("firstChangeNumber")?, number("lastChangeNumber")?))
    }

    /// Tells whether the server lists a control.
    #[must_use]
    pub fn supports_control(&self, oid: &str) -> bool {
        self.holds("supportedControl", oid)
    }

    /// Tells whether the server lists an extended operation.
    #[must_use]
    pub fn supports_extension(&self, oid: &str) -> bool {
        self.holds("supportedExtension", oid)
    }

    /// Tells whether the server lists a feature.
    #[must_use]
    pub fn supports_feature(&self, oid: &str) -> bool {
        self.holds("supportedFeatures", oid)
    }

    /// Tells whether the server lists a capability of the Active Directory family.
    #[must_use]
    pub fn has_capability(&self, oid: &str) -> bool {
        self.holds("supportedCapabilities", oid)
    }

    /// Tells whether the server lists the control of paged results, RFC 2696.
    #[must_use]
    pub fn supports_paging(&self) -> bool {
        self.supports_control(PAGED_RESULTS)
    }

    /// Returns the name of the vendor, RFC 3045.
    #[must_use]
    pub fn vendor_name(&self) -> Option<&str> {
        self.first("vendorName")
    }

    /// Returns the version that the vendor gives, RFC 3045; not always one of the product.
    #[must_use]
    pub fn vendor_version(&self) -> Option<&str> {
        self.first("vendorVersion")
    }
}
