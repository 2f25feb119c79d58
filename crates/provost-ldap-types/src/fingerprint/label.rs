use std::fmt;
use std::str::FromStr;

macro_rules! labels {
    ($($(#[$doc:meta])* $variant:ident = $text:literal;)+) => {
        /// A kind of directory server that is told apart.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum ServerLabel {
            $($(#[$doc])* $variant,)+
        }

        impl ServerLabel {
            /// All labels, by variant name.
            pub const ALL: &'static [ServerLabel] = &[$(ServerLabel::$variant),+];

            /// Returns the text of the label, as configurations and reports write it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(ServerLabel::$variant => $text,)+ }
            }
        }
    };
}

labels! {
    /// Microsoft Active Directory Domain Services.
    AdDs = "ad-ds";
    /// The global catalogue of a domain controller.
    AdGc = "ad-gc";
    /// Microsoft Active Directory Lightweight Directory Services.
    AdLds = "adlds";
    /// Apache Directory Server.
    ApacheDs = "apacheds";
    /// Broadcom (CA, Symantec) Directory.
    CaDirectory = "ca-directory";
    /// DirX Directory of Siemens, Atos, Eviden.
    DirX = "dirx";
    /// 389 Directory Server and its brandings.
    Ds389 = "389ds";
    /// FreeIPA, built on 389 DS.
    FreeIpa = "freeipa";
    /// GLAuth.
    GlAuth = "glauth";
    /// IBM Tivoli, Security, Verify Directory.
    IbmTds = "ibm-tds";
    /// Isode M-Vault.
    Isode = "isode";
    /// Kanidm's LDAP gateway.
    Kanidm = "kanidm";
    /// lldap.
    Lldap = "lldap";
    /// NetIQ eDirectory.
    NetIqEDirectory = "netiq-edirectory";
    /// Novell eDirectory.
    NovellEDirectory = "novell-edirectory";
    /// Oracle Directory Server Enterprise Edition and its Sun ancestors.
    Odsee = "odsee";
    /// Oracle Internet Directory.
    Oid = "oid";
    /// OpenDJ of Open Identity Platform, and Wren:DS.
    OpenDj = "opendj";
    /// OpenDS.
    OpenDs = "opends";
    /// OpenLDAP slapd.
    OpenLdap = "openldap";
    /// Oracle Unified Directory.
    Oud = "oud";
    /// PingDS, earlier ForgeRock Directory Services.
    PingDs = "pingds";
    /// RadiantOne VDS.
    RadiantOne = "radiantone";
    /// Samba as Active Directory domain controller.
    SambaAd = "samba-ad";
    /// PingDirectory, earlier UnboundID.
    UnboundId = "unboundid";
    /// None of the above: standards only.
    Unknown = "unknown";
}

/// A text that is no label of a server.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{text}` is no kind of server; expected one of {}", list())]
pub struct ParseLabelError {
    text: String,
}

fn list() -> String {
    ServerLabel::ALL.iter().map(|label| label.as_str()).collect::<Vec<_>>().join(", ")
}

impl FromStr for ServerLabel {
    type Err = ParseLabelError;

    fn from_str(text: &str) -> Result<Self, ParseLabelError> {
        let found = Self::ALL.iter().copied().find(|label| label.as_str().eq_ignore_ascii_case(text));
        found.ok_or_else(|| ParseLabelError { text: text.to_owned() })
    }
}

impl fmt::Display for ServerLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
