use std::fmt;

use super::definition::LdapSyntaxDefinition;
use crate::matching::MatchingRule;

/// How values of a syntax are checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Check {
    /// Any octets.
    Any,
    /// What the equality rule of the syntax can read.
    ByRule,
    Country,
    Directory,
    Ia5,
    Oid,
    Printable,
    Telephone,
}

/// A syntax whose values this crate can compare and check: RFC 4517 section 3.3 and Active Directory's own.
#[derive(Clone, Copy, Debug)]
pub struct Syntax {
    oid: &'static str,
    name: &'static str,
    equality: MatchingRule,
    ordering: MatchingRule,
    substrings: MatchingRule,
    check: Check,
}

impl Syntax {
    /// Finds a syntax by object identifier, or by the words that Active Directory writes instead.
    #[must_use]
    pub fn find(oid: &str) -> Option<Self> {
        let oid = if oid.eq_ignore_ascii_case("OctetString") { OCTET_STRING } else { oid };
        SYNTAXES.iter().copied().find(|syntax| syntax.oid == oid)
    }

    /// Finds the syntax of a definition: its own, or the one that `X-SUBST` puts in its place.
    #[must_use]
    pub fn of_definition(definition: &LdapSyntaxDefinition) -> Option<Self> {
        Self::find(&definition.oid).or_else(|| {
            let substitute = definition.extensions.get("X-SUBST")?.first()?;
            Self::find(substitute)
        })
    }

    /// Returns the object identifier.
    #[must_use]
    pub fn oid(self) -> &'static str {
        self.oid
    }

    /// Returns the name of RFC 4517, such as `Directory String`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Returns the rule that compares values for equality where the attribute type names none.
    #[must_use]
    pub fn equality(self) -> MatchingRule {
        self.equality
    }

    /// Returns the rule that orders values where the attribute type names none.
    #[must_use]
    pub fn ordering(self) -> MatchingRule {
        self.ordering
    }

    /// Returns the rule that seeks substrings where the attribute type names none.
    #[must_use]
    pub fn substrings(self) -> MatchingRule {
        self.substrings
    }

    /// Tells whether the octets are a value of the syntax.
    ///
    /// Binary syntaxes accept all octets.
    #[must_use]
    pub fn accepts(self, value: &[u8]) -> bool {
        let text = || str::from_utf8(value).ok().filter(|text| !text.is_empty());
        match self.check {
            Check::Any => true,
            Check::ByRule => self.equality.reads(value),
            Check::Country => value.len() == 2 && value.iter().copied().all(is_printable),
            Check::Directory => text().is_some(),
            Check::Ia5 => value.is_ascii(),
            Check::Oid => text().is_some_and(is_oid),
            Check::Printable => !value.is_empty() && value.iter().copied().all(is_printable),
            // Deployed servers accept more than the printable characters of RFC 4517 section 3.3.31.
            Check::Telephone => text().is_some_and(|text| text.is_ascii() && !text.trim_matches(' ').is_empty()),
        }
    }
}

impl fmt::Display for Syntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Tells whether RFC 4517 section 3.2 counts the octet as a PrintableCharacter.
fn is_printable(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"'()+,-.=/:? ".contains(&octet)
}

/// Tells whether the text is a short name or a numeric identifier, RFC 4512 section 1.4; words such as `nsRole-oid` are
/// short names.
fn is_oid(text: &str) -> bool {
    let numeric = text.split('.').all(|arc| !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()));
    let name = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b';' | b'/'));
    numeric || name
}

const OCTET_STRING: &str = "1.3.6.1.4.1.1466.115.121.1.40";

const fn syntax(oid: &'static str, name: &'static str, rules: [MatchingRule; 3], check: Check) -> Syntax {
    let [equality, ordering, substrings] = rules;
    Syntax { oid, name, equality, ordering, substrings, check }
}

use MatchingRule as Rule;

const OCTETS: [Rule; 3] = [Rule::OctetString, Rule::OctetStringOrdering, Rule::OctetStringSubstrings];
const IGNORE: [Rule; 3] = [Rule::CaseIgnore, Rule::CaseIgnoreOrdering, Rule::CaseIgnoreSubstrings];
const IA5: [Rule; 3] = [Rule::CaseExactIa5, Rule::CaseExactOrdering, Rule::CaseExactIa5Substrings];
const EXACT: [Rule; 3] = [Rule::CaseExact, Rule::CaseExactOrdering, Rule::CaseExactSubstrings];
const INTEGER: [Rule; 3] = [Rule::Integer, Rule::IntegerOrdering, Rule::OctetStringSubstrings];
const OID_FIRST: [Rule; 3] =
    [Rule::ObjectIdentifierFirstComponent, Rule::OctetStringOrdering, Rule::OctetStringSubstrings];
const INTEGER_FIRST: [Rule; 3] = [Rule::IntegerFirstComponent, Rule::OctetStringOrdering, Rule::OctetStringSubstrings];
const DIGITS: [Rule; 3] = [Rule::NumericString, Rule::NumericStringOrdering, Rule::NumericStringSubstrings];
const TELEPHONE: [Rule; 3] = [Rule::TelephoneNumber, Rule::CaseIgnoreOrdering, Rule::TelephoneNumberSubstrings];
const LIST: [Rule; 3] = [Rule::CaseIgnoreList, Rule::CaseIgnoreOrdering, Rule::CaseIgnoreListSubstrings];

/// The octet rules with another equality, for values that have neither order nor substrings.
const fn only(equality: Rule) -> [Rule; 3] {
    [equality, Rule::OctetStringOrdering, Rule::OctetStringSubstrings]
}

#[rustfmt::skip]
const SYNTAXES: &[Syntax] = &[
    syntax("1.3.6.1.4.1.1466.115.121.1.3", "Attribute Type Description", OID_FIRST, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.5", "Binary", OCTETS, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.6", "Bit String", only(Rule::BitString), Check::ByRule),
    syntax("1.3.6.1.4.1.1466.115.121.1.7", "Boolean", only(Rule::Boolean), Check::ByRule),
    syntax("1.3.6.1.4.1.1466.115.121.1.8", "Certificate", OCTETS, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.9", "Certificate List", OCTETS, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.10", "Certificate Pair", OCTETS, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.11", "Country String", IGNORE, Check::Country),
    syntax("1.3.6.1.4.1.1466.115.121.1.12", "DN", only(Rule::DistinguishedName), Check::ByRule),
    syntax("1.3.6.1.4.1.1466.115.121.1.14", "Delivery Method", IGNORE, Check::Directory),
    syntax("1.3.6.1.4.1.1466.115.121.1.15", "Directory String", IGNORE, Check::Directory),
    syntax("1.3.6.1.4.1.1466.115.121.1.16", "DIT Content Rule Description", OID_FIRST, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.17", "DIT Structure Rule Description", INTEGER_FIRST, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.22", "Facsimile Telephone Number", TELEPHONE, Check::Telephone),
    syntax("1.3.6.1.4.1.1466.115.121.1.23", "Fax", OCTETS, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.24", "Generalized Time", [Rule::GeneralizedTime, Rule::GeneralizedTimeOrdering, Rule::OctetStringSubstrings], Check::ByRule),
    syntax("1.3.6.1.4.1.1466.115.121.1.26", "IA5 String", IA5, Check::Ia5),
    syntax("1.3.6.1.4.1.1466.115.121.1.27", "INTEGER", INTEGER, Check::ByRule),
    syntax("1.3.6.1.4.1.1466.115.121.1.28", "JPEG", OCTETS, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.30", "Matching Rule Description", OID_FIRST, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.31", "Matching Rule Use Description", OID_FIRST, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.34", "Name And Optional UID", only(Rule::UniqueMember), Check::ByRule),
    syntax("1.3.6.1.4.1.1466.115.121.1.35", "Name Form Description", OID_FIRST, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.36", "Numeric String", DIGITS, Check::ByRule),
    syntax("1.3.6.1.4.1.1466.115.121.1.37", "Object Class Description", OID_FIRST, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.38", "OID", only(Rule::ObjectIdentifier), Check::Oid),
    syntax("1.3.6.1.4.1.1466.115.121.1.39", "Other Mailbox", IGNORE, Check::Directory),
    syntax(OCTET_STRING, "Octet String", OCTETS, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.41", "Postal Address", LIST, Check::Directory),
    syntax("1.3.6.1.4.1.1466.115.121.1.44", "Printable String", IGNORE, Check::Printable),
    syntax("1.3.6.1.4.1.1466.115.121.1.49", "Supported Algorithm", OCTETS, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.50", "Telephone Number", TELEPHONE, Check::Telephone),
    syntax("1.3.6.1.4.1.1466.115.121.1.51", "Teletex Terminal Identifier", IGNORE, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.52", "Telex Number", IGNORE, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.53", "UTC Time", OCTETS, Check::Any),
    syntax("1.3.6.1.4.1.1466.115.121.1.54", "LDAP Syntax Description", OID_FIRST, Check::Any),
    syntax("1.3.6.1.1.16.1", "UUID", [Rule::Uuid, Rule::UuidOrdering, Rule::OctetStringSubstrings], Check::ByRule),
    syntax("1.3.6.1.4.1.4203.666.11.2.1", "CSN", [Rule::Csn, Rule::CsnOrdering, Rule::OctetStringSubstrings], Check::Any),
    syntax("1.2.840.113556.1.4.903", "DN With Octet String", OCTETS, Check::Any),
    syntax("1.2.840.113556.1.4.904", "DN With String", OCTETS, Check::Any),
    syntax("1.2.840.113556.1.4.905", "Case Ignore String", IGNORE, Check::Directory),
    syntax("1.2.840.113556.1.4.906", "Large Integer", INTEGER, Check::ByRule),
    syntax("1.2.840.113556.1.4.907", "Security Descriptor", OCTETS, Check::Any),
    syntax("1.2.840.113556.1.4.1362", "Case Exact String", EXACT, Check::Directory),
];
