use std::cmp::Ordering;
use std::fmt;

use memchr::memmem;

use super::form::{Bits, Form};
use super::prepare::Position;
use crate::SubstringAssertion;
use crate::prepare::Case;

/// What a matching rule decides, RFC 4512 section 2.5.2 and RFC 4517 section 4.1.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum RuleRole {
    /// Whether a value equals an assertion.
    Equality,
    /// Whether a value stands before an assertion.
    Ordering,
    /// Whether pieces of text occur in a value.
    Substrings,
}

/// Declares the rules once: variant, short names (the first is printed), OID, role and form of the values.
macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = [$name:literal $(, $alias:literal)*], $oid:literal, $role:ident, $form:expr;)+) => {
        /// A rule by which values are compared.
        ///
        /// A rule answers every question that its form of values allows, whatever its role: [`MatchingRule::ordering`]
        /// of `caseIgnoreMatch` orders as `caseIgnoreOrderingMatch` does. Types without a declared ordering or
        /// substrings rule are common, and callers that want the strict reading look at [`MatchingRule::role`].
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum MatchingRule {
            $($(#[$doc])* $variant,)+
        }

        impl MatchingRule {
            /// All rules of this crate, by variant name.
            pub const ALL: &'static [MatchingRule] = &[$(MatchingRule::$variant),+];

            /// Returns the short name, as RFC 4517 or the vendor spells it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(MatchingRule::$variant => $name,)+ }
            }

            /// Returns the numeric object identifier.
            #[must_use]
            pub fn oid(self) -> &'static str {
                match self { $(MatchingRule::$variant => $oid,)+ }
            }

            /// Returns what the rule decides.
            #[must_use]
            pub fn role(self) -> RuleRole {
                match self { $(MatchingRule::$variant => RuleRole::$role,)+ }
            }

            fn other_names(self) -> &'static [&'static str] {
                match self { $(MatchingRule::$variant => &[$($alias),*],)+ }
            }

            fn form(self) -> Form {
                match self { $(MatchingRule::$variant => $form,)+ }
            }
        }
    };
}

rules! {
    /// Equality of bit strings such as `'0101'B`, RFC 4517 section 4.2.1.
    BitString = ["bitStringMatch"], "2.5.13.16", Equality, Form::BitString;
    /// Equality of `TRUE` and `FALSE`, RFC 4517 section 4.2.2.
    Boolean = ["booleanMatch"], "2.5.13.13", Equality, Form::Boolean;
    /// Equality of texts with letter case, RFC 4517 section 4.2.4.
    CaseExact = ["caseExactMatch"], "2.5.13.5", Equality, Form::Text(Case::Exact);
    /// Equality of IA5 texts with letter case, RFC 4517 section 4.2.3.
    CaseExactIa5 = ["caseExactIA5Match"], "1.3.6.1.4.1.1466.109.114.1", Equality, Form::Text(Case::Exact);
    /// Substrings of IA5 texts with letter case, as OpenLDAP defines them.
    CaseExactIa5Substrings = ["caseExactIA5SubstringsMatch"], "1.3.6.1.4.1.4203.1.2.1", Substrings, Form::Text(Case::Exact);
    /// Ordering of texts with letter case, RFC 4517 section 4.2.5.
    CaseExactOrdering = ["caseExactOrderingMatch"], "2.5.13.6", Ordering, Form::Text(Case::Exact);
    /// Substrings of texts with letter case, RFC 4517 section 4.2.6.
    CaseExactSubstrings = ["caseExactSubstringsMatch"], "2.5.13.7", Substrings, Form::Text(Case::Exact);
    /// Equality of texts without letter case, RFC 4517 section 4.2.11.
    CaseIgnore = ["caseIgnoreMatch"], "2.5.13.2", Equality, Form::Text(Case::Ignore);
    /// Equality of IA5 texts without letter case, RFC 4517 section 4.2.7.
    CaseIgnoreIa5 = ["caseIgnoreIA5Match"], "1.3.6.1.4.1.1466.109.114.2", Equality, Form::Text(Case::Ignore);
    /// Substrings of IA5 texts without letter case, RFC 4517 section 4.2.8.
    CaseIgnoreIa5Substrings = ["caseIgnoreIA5SubstringsMatch"], "1.3.6.1.4.1.1466.109.114.3", Substrings, Form::Text(Case::Ignore);
    /// Equality of lists of lines such as postal addresses, RFC 4517 section 4.2.9.
    CaseIgnoreList = ["caseIgnoreListMatch"], "2.5.13.11", Equality, Form::List;
    /// Substrings of lists of lines; none crosses the end of a line. RFC 4517 section 4.2.10.
    CaseIgnoreListSubstrings = ["caseIgnoreListSubstringsMatch"], "2.5.13.12", Substrings, Form::List;
    /// Ordering of texts without letter case, RFC 4517 section 4.2.12.
    CaseIgnoreOrdering = ["caseIgnoreOrderingMatch"], "2.5.13.3", Ordering, Form::Text(Case::Ignore);
    /// Substrings of texts without letter case, RFC 4517 section 4.2.13.
    CaseIgnoreSubstrings = ["caseIgnoreSubstringsMatch"], "2.5.13.4", Substrings, Form::Text(Case::Ignore);
    /// Equality of change sequence numbers, as OpenLDAP defines it.
    Csn = ["CSNMatch"], "1.3.6.1.4.1.4203.666.11.2.2", Equality, Form::Octets;
    /// Ordering of change sequence numbers, as OpenLDAP defines it.
    CsnOrdering = ["CSNOrderingMatch"], "1.3.6.1.4.1.4203.666.11.2.3", Ordering, Form::Octets;
    /// Equality of a text with the first component of a value, RFC 4517 section 4.2.14.
    DirectoryStringFirstComponent = ["directoryStringFirstComponentMatch"], "2.5.13.31", Equality, Form::TextFirstComponent;
    /// Equality of distinguished names, RFC 4517 section 4.2.15.
    DistinguishedName = ["distinguishedNameMatch"], "2.5.13.1", Equality, Form::Name;
    /// Equality of points in time, RFC 4517 section 4.2.16.
    GeneralizedTime = ["generalizedTimeMatch"], "2.5.13.27", Equality, Form::Time;
    /// Ordering of points in time, RFC 4517 section 4.2.17.
    GeneralizedTimeOrdering = ["generalizedTimeOrderingMatch"], "2.5.13.28", Ordering, Form::Time;
    /// Equality of integers of any size, RFC 4517 section 4.2.19.
    Integer = ["integerMatch"], "2.5.13.14", Equality, Form::Integer;
    /// All bits of the assertion are set in the value, Active Directory's LDAP_MATCHING_RULE_BIT_AND.
    IntegerBitAnd = ["integerBitAndMatch"], "1.2.840.113556.1.4.803", Equality, Form::Bits(Bits::All);
    /// Some bit of the assertion is set in the value, Active Directory's LDAP_MATCHING_RULE_BIT_OR.
    IntegerBitOr = ["integerBitOrMatch"], "1.2.840.113556.1.4.804", Equality, Form::Bits(Bits::Some);
    /// Equality of an integer with the first component of a value, RFC 4517 section 4.2.18.
    IntegerFirstComponent = ["integerFirstComponentMatch"], "2.5.13.29", Equality, Form::IntegerFirstComponent;
    /// Ordering of integers of any size, RFC 4517 section 4.2.20.
    IntegerOrdering = ["integerOrderingMatch"], "2.5.13.15", Ordering, Form::Integer;
    /// The assertion is one of the words of the value, RFC 4517 section 4.2.21.
    Keyword = ["keywordMatch"], "2.5.13.33", Equality, Form::Word;
    /// Equality of digits, blanks do not count. RFC 4517 section 4.2.22.
    NumericString = ["numericStringMatch"], "2.5.13.8", Equality, Form::Digits;
    /// Ordering of digits as text, RFC 4517 section 4.2.23.
    NumericStringOrdering = ["numericStringOrderingMatch"], "2.5.13.9", Ordering, Form::Digits;
    /// Substrings of digits, RFC 4517 section 4.2.24.
    NumericStringSubstrings = ["numericStringSubstringsMatch"], "2.5.13.10", Substrings, Form::Digits;
    /// Equality of object identifiers or short names, RFC 4517 section 4.2.26.
    ObjectIdentifier = ["objectIdentifierMatch"], "2.5.13.0", Equality, Form::Oid;
    /// Equality of an object identifier with the first component of a value, RFC 4517 section 4.2.25.
    ObjectIdentifierFirstComponent = ["objectIdentifierFirstComponentMatch"], "2.5.13.30", Equality, Form::OidFirstComponent;
    /// Equality of octets, RFC 4517 section 4.2.27.
    OctetString = ["octetStringMatch"], "2.5.13.17", Equality, Form::Octets;
    /// Ordering of octets, RFC 4517 section 4.2.28.
    OctetStringOrdering = ["octetStringOrderingMatch"], "2.5.13.18", Ordering, Form::Octets;
    /// Substrings of octets, X.520 section 8.1.7.
    OctetStringSubstrings = ["octetStringSubstringsMatch"], "2.5.13.19", Substrings, Form::Octets;
    /// Equality of telephone numbers, blanks and hyphens do not count. RFC 4517 section 4.2.29.
    TelephoneNumber = ["telephoneNumberMatch"], "2.5.13.20", Equality, Form::Telephone;
    /// Substrings of telephone numbers, RFC 4517 section 4.2.30.
    TelephoneNumberSubstrings = ["telephoneNumberSubstringsMatch"], "2.5.13.21", Substrings, Form::Telephone;
    /// Equality of a name with an optional identifier, RFC 4517 section 4.2.31.
    UniqueMember = ["uniqueMemberMatch"], "2.5.13.23", Equality, Form::NameAndUid;
    /// Equality of UUIDs, RFC 4530 section 2.2.
    Uuid = ["UUIDMatch"], "1.3.6.1.1.16.2", Equality, Form::Uuid;
    /// Ordering of UUIDs, RFC 4530 section 2.3.
    UuidOrdering = ["UUIDOrderingMatch"], "1.3.6.1.1.16.3", Ordering, Form::Uuid;
    /// The assertion is one of the words of the value, RFC 4517 section 4.2.32.
    Word = ["wordMatch"], "2.5.13.32", Equality, Form::Word;
}

impl MatchingRule {
    /// Finds a rule by short name (without letter case) or by numeric object identifier.
    ///
    /// Returns `None` for a rule that this crate does not know; compare by [`MatchingRule::OctetString`] then.
    #[must_use]
    pub fn find(name_or_oid: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| {
            let is = |name: &str| name.eq_ignore_ascii_case(name_or_oid);
            is(rule.oid()) || is(rule.name()) || rule.other_names().iter().copied().any(is)
        })
    }

    /// Compares a value with an assertion for equality.
    ///
    /// The first argument is the stored value and the second the assertion; for most rules they may be exchanged, not
    /// so for the first-component, word and bit rules. `None` is the answer Undefined of RFC 4511 section 4.5.1.7:
    /// one of the two is no value of this rule. Equal octets are always equal.
    #[must_use]
    pub fn equality(self, value: &[u8], assertion: &[u8]) -> Option<bool> {
        self.form().equality(value, assertion)
    }

    /// Orders a value against an assertion; `None` is Undefined.
    ///
    /// Rules without an order of their own compare the canonical octets.
    #[must_use]
    pub fn ordering(self, value: &[u8], assertion: &[u8]) -> Option<Ordering> {
        self.form().ordering(value, assertion)
    }

    /// Seeks pieces in a value, in order and without overlap; `None` is Undefined.
    ///
    /// Without any piece every value matches. Rules whose values are no texts seek the octets.
    #[must_use]
    pub fn substrings(self, value: &[u8], assertion: &SubstringAssertion<'_>) -> Option<bool> {
        let form = self.form();
        let spread = form.spread_value(value)?;
        let mut rest = spread.as_slice();
        let initial = assertion.initial.map(|piece| form.spread_substring(piece, Position::Initial));
        let any = assertion.any.iter().map(|piece| form.spread_substring(piece, Position::Any));
        let last = assertion.last.map(|piece| form.spread_substring(piece, Position::Final));
        // Every piece is prepared before the first is sought: an unreadable one makes the whole assertion Undefined.
        let initial = initial.map_or(Some(None), |piece| piece.map(Some))?;
        let any: Vec<Vec<u8>> = any.collect::<Option<_>>()?;
        let last = last.map_or(Some(None), |piece| piece.map(Some))?;
        if let Some(piece) = initial {
            match rest.strip_prefix(piece.as_slice()) {
                Some(behind) => rest = behind,
                None => return Some(false),
            }
        }
        for piece in any {
            match memmem::find(rest, &piece).and_then(|at| rest.get(at + piece.len()..)) {
                Some(behind) => rest = behind,
                None => return Some(false),
            }
        }
        Some(last.is_none_or(|piece| rest.ends_with(&piece)))
    }

    /// Tells whether the octets are a value that the rule can read.
    #[must_use]
    pub fn reads(self, value: &[u8]) -> bool {
        self.form().canonical(value).is_some()
    }

    /// Tells whether two values are the same value: equal canonical forms.
    ///
    /// Unlike [`MatchingRule::equality`] it is symmetric for every rule and always decides.
    #[must_use]
    pub fn same(self, left: &[u8], right: &[u8]) -> bool {
        left == right || self.canonical(left) == self.canonical(right)
    }

    /// Returns octets that are equal for equal values: for digests, sets and indexes.
    ///
    /// A value that the rule cannot read is its own canonical form.
    #[must_use]
    pub fn canonical(self, value: &[u8]) -> Vec<u8> {
        self.form().canonical(value).unwrap_or_else(|| value.to_vec())
    }
}

impl fmt::Display for MatchingRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
