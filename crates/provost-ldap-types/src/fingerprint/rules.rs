//! The rules, in the order in which they decide.

use super::condition::Condition::{
    self, All, Any, AttributeName, AttributeOid, ClassName, ClassOid, ContentRules, Extension, Has, IbmAttributeTypes,
    Lacks, Port, SchemaLacksAttribute, SchemaLacksAttributeOid, SchemaLacksClass, Value,
};
use super::label::ServerLabel::{self, *};

/// A rule of the fingerprint.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Rule {
    /// Number under which evidence is reported; several rules of one kind share it.
    pub number: &'static str,
    /// The server that the rule speaks for.
    pub label: ServerLabel,
    /// How much it says, 0 to 100: below 50 a hint, from 80 on a mark that nobody imitates.
    pub weight: u32,
    /// What must hold.
    pub condition: Condition,
    /// Numbers of the rules that this one corrects; one that corrects none decides by itself.
    pub refines: &'static [&'static str],
    /// The labelled server whose profile suits, where the label is `unknown`.
    pub relative: Option<ServerLabel>,
}

impl Rule {
    /// Tells whether the rule decides by itself.
    #[must_use]
    pub fn decides(&self) -> bool {
        self.refines.is_empty()
    }

    const fn refining(mut self, numbers: &'static [&'static str]) -> Self {
        self.refines = numbers;
        self
    }

    const fn like(mut self, relative: ServerLabel) -> Self {
        self.relative = Some(relative);
        self
    }
}

const fn rule(number: &'static str, label: ServerLabel, weight: u32, condition: Condition) -> Rule {
    Rule { number, label, weight, condition, refines: &[], relative: None }
}

/// A rule on the vendor's name, RFC 3045.
const fn vendor(label: ServerLabel, weight: u32, pattern: &'static str) -> Rule {
    rule("5", label, weight, Value("vendorName", pattern))
}

/// A rule on the vendor's version, RFC 3045.
const fn product(label: ServerLabel, weight: u32, pattern: &'static str) -> Rule {
    rule("5", label, weight, Value("vendorVersion", pattern))
}

const ACTIVE_DIRECTORY: Condition = Value("supportedCapabilities", "1.2.840.113556.1.4.800");
/// All rules; the first that fires and refines no other decides.
///
/// Rules of number 5 are the vendor strings seen in the wild, 1.4 tells the OpenDS family apart, 1.5 asks the schema.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    // Capabilities come before vendor strings: Samba and honeypots imitate Active Directory, and a domain controller
    // publishes no vendor.
    rule("1", AdLds, 90, Value("supportedCapabilities", "1.2.840.113556.1.4.1851")),
    rule("2", SambaAd, 90, All(&[ACTIVE_DIRECTORY, Value("vendorName", "Samba Team*")])),
    rule("3", AdGc, 60, All(&[ACTIVE_DIRECTORY, Port(&[3268, 3269])])),
    rule("4", AdDs, 60, ACTIVE_DIRECTORY),

    product(Ds389, 90, "389-Directory/*"),
    product(Ds389, 80, "Fedora-Directory/*"),
    product(Ds389, 80, "Red Hat-Directory/*"),
    product(Ds389, 80, "CentOS-Directory/*"),
    product(Odsee, 80, "Sun-ONE-Directory/*"),
    product(Odsee, 80, "Sun Java(TM) System Directory*"),
    product(Odsee, 80, "Sun-Java(tm)-System-Directory/*"),
    product(Odsee, 80, "Sun-Directory-Server/*"),
    product(Oud, 90, "Oracle Unified Directory*"),
    product(OpenDs, 80, "OpenDS Directory Server*"),
    product(OpenDj, 80, "OpenDJ*"),
    product(OpenDj, 60, "Wren:DS*"),
    product(PingDs, 80, "ForgeRock Directory Services*"),
    product(PingDs, 60, "PingDS*"),
    product(UnboundId, 70, "UnboundID Directory Server*"),
    product(UnboundId, 70, "Ping Identity Directory Server*"),
    product(UnboundId, 30, "UnboundID Directory Proxy Server*"),
    product(NetIqEDirectory, 50, "LDAP Agent for NetIQ eDirectory*"),
    product(NovellEDirectory, 60, "LDAP Agent for Novell eDirectory*"),
    product(DirX, 80, "DirX Directory*"),
    product(RadiantOne, 60, "RadiantOne*"),
    product(Lldap, 50, "lldap_*"),
    product(Kanidm, 50, "kanidm_ldap_*"),
    product(Isode, 60, "*Isode*"),
    product(CaDirectory, 60, "*CA Directory*"),
    product(CaDirectory, 60, "*DXserver*"),
    vendor(Ds389, 60, "389 Project"),
    vendor(Ds389, 40, "Fedora Project"),
    vendor(Ds389, 30, "CentOS"),
    vendor(OpenDj, 50, "Open Identity Platform Community"),
    vendor(OpenDj, 50, "Wren Security"),
    vendor(UnboundId, 40, "UnboundID Corp"),
    vendor(ApacheDs, 80, "Apache Software Foundation"),
    vendor(IbmTds, 80, "International Business Machines*"),
    vendor(NetIqEDirectory, 50, "NetIQ Corporation"),
    vendor(NovellEDirectory, 50, "Novell, Inc"),
    product(NovellEDirectory, 30, "eDirectory v*"),
    vendor(DirX, 30, "Atos IT Solutions*"),
    vendor(RadiantOne, 50, "Radiant Logic*"),
    vendor(SambaAd, 50, "Samba Team*"),
    vendor(Lldap, 80, "LLDAP"),
    vendor(Kanidm, 80, "Kanidm Project"),
    vendor(Isode, 60, "*Isode*"),
    vendor(CaDirectory, 50, "*Computer Associates*"),
    vendor(CaDirectory, 50, "*CA Directory*"),
    vendor(CaDirectory, 50, "*DXserver*"),
    vendor(CaDirectory, 30, "*Broadcom*"),
    // Known products without a label: what follows must not take them for something else.
    product(Unknown, 50, "Directory Proxy Server*"),
    product(Unknown, 40, "Netscape-Directory/*").like(Ds389),
    vendor(Unknown, 30, "Netscape Communications*").like(Ds389),
    vendor(Unknown, 50, "IBM Lotus*"),
    rule("5", Unknown, 50, Has("dominoMajMinVersion")),
    vendor(Unknown, 50, "goauthentik.io"),

    rule("6", OpenLdap, 90, Any(&[
        Value("objectClass", "OpenLDAProotDSE"),
        Value("structuralObjectClass", "OpenLDAProotDSE"),
    ])),
    rule("7", Oid, 90, Value("orclDirectoryVersion", "OID*")),
    rule("7", Unknown, 50, Value("orclDirectoryVersion", "OVD*")),
    rule("8", OpenDj, 20, Any(&[
        Value("objectClass", "ds-root-dse"),
        Value("structuralObjectClass", "ds-root-dse"),
    ])),
    rule("9", IbmTds, 70, Any(&[
        Has("ibmDirectoryVersion"),
        Has("ibm-configurationNamingContext"),
        Has("ibm-serverId"),
        Has("ibm-slapdIsConfigurationMode"),
    ])),
    rule("10", NovellEDirectory, 40, Any(&[
        Has("directoryTreeName"),
        Value("supportedExtension", "2.16.840.1.113719.*"),
        Value("supportedGroupingTypes", "2.16.840.1.113719.*"),
    ])),
    rule("11", AdLds, 60, All(&[
        Any(&[
            Value("configurationNamingContext", "CN=Configuration,CN={*}"),
            Value("dsServiceName", "CN=NTDS Settings,CN=*$*,CN=Servers,*"),
        ]),
        Lacks("rootDomainNamingContext"),
    ])),
    rule("11a", AdLds, 60, Value("namingContexts", "CN=Configuration,CN={*}")),
    rule("12", AdDs, 60, All(&[
        Has("rootDomainNamingContext"),
        Any(&[
            Value("dsServiceName", "CN=NTDS Settings,*"),
            Value("ldapServiceName", "*:*$@*"),
        ]),
    ])),
    rule("12a", AdDs, 30, All(&[
        Has("domainFunctionality"),
        Has("forestFunctionality"),
        Any(&[
            Value("namingContexts", "DC=ForestDnsZones,*"),
            Value("namingContexts", "DC=DomainDnsZones,*"),
            Value("namingContexts", "CN=Schema,CN=Configuration,DC=*"),
        ]),
    ])),
    rule("13", FreeIpa, 80, FREE_IPA),
    rule("14", Ds389, 30, Any(&[Has("netscapeMdSuffix"), Has("dataVersion")])),
    rule("15", ApacheDs, 70, Any(&[
        Value("supportedControl", "1.3.6.1.4.1.18060.0.0.1"),
        Value("entryUUID", "f290425c-8272-4e62-8a67-92b06f38dbf5"),
    ])),
    rule("16", DirX, 60, Value("subschemaSubentry", "cn=LDAPGlobalSchemaSubentry")),
    rule("17", RadiantOne, 60, Value("serverType", "VDS")),
    rule("18", GlAuth, 60, All(&[
        Value("serverName", "unknown"),
        Value("subschemaSubentry", "cn=schema"),
        Value("supportedLDAPVersion", "3"),
        Lacks("objectClass"),
    ])),

    // The schema, where the root DSE is silent. FreeIPA's comes with that of 389 DS, AD LDS's with that of AD DS.
    rule("1.5", Unknown, 50, ClassName("goauthentik.io/*")),
    rule("1.5", FreeIpa, 60, ClassOid("2.16.840.1.113730.3.8.*")),
    rule("1.5", AdLds, 60, All(&[
        AttributeName("msDS-UserAccountDisabled"),
        ContentRules,
        SchemaLacksClass("trustedDomain"),
    ])),
    rule("1.5", AdDs, 60, All(&[ClassName("msDS-*"), ClassName("trustedDomain"), ContentRules])),
    // Identifiers below IBM's arc alone prove nothing: the printer schema of RFC 3712 lies there.
    rule("1.5", IbmTds, 60, Any(&[IbmAttributeTypes, All(&[AttributeOid("1.3.18.0.2.4.*"), AttributeName("ibm-*")])])),
    rule("1.5", NovellEDirectory, 45, Extension("X-NDS_*")),
    rule("1.5", OpenLdap, 60, ClassName("olc*")),
    rule("1.5", ApacheDs, 60, ClassOid("1.3.6.1.4.1.18060.*")),
    rule("1.5", Ds389, 60, All(&[AttributeName("nsRole"), AttributeName("nsslapd-*")])),
    rule("1.5", Odsee, 45, All(&[AttributeOid("*-oid"), AttributeName("nsRole"), SchemaLacksAttribute("nsslapd-*")])),
    rule("1.5", OpenDj, 45, All(&[ClassName("ds-cfg-*"), AttributeOid("1.3.6.1.4.1.36733.*")])),
    rule("1.5", OpenDs, 30, ClassName("ds-cfg-*")),
    rule("1.5", Oid, 30, ClassOid("2.16.840.1.113894.*")),
    rule("1.5", DirX, 60, Any(&[ClassName("x500subSchema"), AttributeOid("1.3.12.2.1107.*")])),
    rule("1.5", Lldap, 45, Any(&[AttributeOid("10.*"), ClassOid("10.*"), AttributeOid("3.*"), ClassOid("3.*")])),

    // Refinements: FreeIPA is a 389 DS, whatever its vendor string says.
    rule("13", FreeIpa, 90, FREE_IPA).refining(&["5", "14"]),
    rule("14", Ds389, 15, Any(&[Has("nsBackendSuffix"), Has("defaultNamingContext")])).refining(&["14"]),
    // Without a vendor the schema tells Sun's descendant from Red Hat's.
    rule("1.5", Odsee, 50, All(&[AttributeOid("*-oid"), SchemaLacksAttribute("nsslapd-*")])).refining(&["14"]),

    rule("1.4", PingDs, 50, Any(&[
        Value("supportedControl", "1.3.6.1.4.1.36733.*"),
        Value("supportedExtension", "1.3.6.1.4.1.36733.*"),
        Has("alive"),
        Has("healthy"),
        Value("namingContexts", "uid=Monitor"),
        Value("supportedSASLMechanisms", "SCRAM-*"),
    ])).refining(&["8"]),
    rule("1.4", Oud, 50, Any(&[
        Has("orclGUID"),
        Has("nsUniqueId"),
        Value("supportedControl", "2.16.840.1.113894.1.8.*"),
        Value("supportedControl", "1.3.6.1.4.1.26027.2.3.*"),
        Has("maintenanceVersion"),
        Has("componentVersion"),
    ])).refining(&["8"]),
    rule("1.4", UnboundId, 50, Any(&[
        Has("startupUUID"),
        Has("baselineConfigurationDigest"),
        Has("configurationModelDigest"),
        Has("ds-instance-name"),
        Has("ds-supported-otp-delivery-mechanism"),
        Has("lastPurgedChangeNumber"),
        Value("supportedControl", "1.3.6.1.4.1.30221.*"),
        Value("supportedExtension", "1.3.6.1.4.1.30221.*"),
    ])).refining(&["8"]),
    rule("1.4", OpenDj, 40, Any(&[Has("etag"), Has("fullVendorVersion")])).refining(&["8"]),
    rule("1.4", OpenDj, 10, Value("objectClass", "ds-cfg-root-dse-backend")).refining(&["8"]),
    rule("1.4", OpenDj, 30, All(&[ClassName("ds-cfg-*"), AttributeOid("1.3.6.1.4.1.36733.*")])).refining(&["8"]),
    rule("1.4", OpenDs, 30, All(&[ClassName("ds-cfg-*"), SchemaLacksAttributeOid("1.3.6.1.4.1.36733.*")])).refining(&["8"]),
];

const FREE_IPA: Condition = Any(&[
    Value("supportedExtension", "2.16.840.1.113730.3.8.10.*"),
    Value("supportedControl", "2.16.840.1.113730.3.8.10.*"),
    Has("ipaTopologyPluginVersion"),
    Has("ipaDomainLevel"),
    Value("namingContexts", "o=ipaca"),
]);
