//! LDAP vocabulary: names, filters, schema, root DSE, fingerprints and LDIF, without a network.
//!
//! Every type holds what it says: a [`Dn`] in hand is a distinguished name, a [`Filter`] is a filter. Each has a text
//! form that parses (`FromStr`) and prints (`Display`), and what is printed parses to an equal value. Values are octets.
//! A value that someone typed becomes part of a name or a filter only through a constructor that escapes it.
//!
//! ```
//! use provost_ldap_types::{Dn, Filter, Rdn};
//!
//! let people: Dn = "ou=People,dc=contoso,dc=lab".parse()?;
//! let typed = "Simon, Britta (*)";
//! assert_eq!(people.child(Rdn::new("cn", typed)?).to_string(), r"cn=Simon\, Britta (*),ou=People,dc=contoso,dc=lab");
//! assert_eq!(Filter::equals("cn", typed)?.to_string(), r"(cn=Simon, Britta \28\2a\29)");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | Item | What it is | Document |
//! | --- | --- | --- |
//! | [`Dn`], [`Rdn`] | distinguished names: compare, move, escape | RFC 4514 |
//! | [`Filter`] | search filters: build, evaluate | RFC 4515, RFC 4526 |
//! | [`AttributeDescription`], [`Attribute`], [`Entry`] | entries | RFC 4512 section 2 |
//! | [`LdapUrl`] | servers and searches on them | RFC 4516 |
//! | [`GeneralizedTime`] | points in time | RFC 4517 section 3.3.13 |
//! | [`ldif`] | entries and changes as text | RFC 2849 |
//! | [`matching`] | how values compare | RFC 4517 section 4, RFC 4518 |
//! | [`change`] | what servers log of their changes | vendors' manuals, RFC 4533 |
//! | [`schema`] | what a server's schema defines | RFC 4512 section 4 |
//! | [`RootDse`] | what a server says about itself | RFC 4512 section 5.1 |
//! | [`fingerprint`], [`profile`] | which server it is, and how to deal with it | vendors' manuals |
//!
//! | Feature | Adds |
//! | --- | --- |
//! | `arbitrary` | `Arbitrary` for names, filters, entries, URLs, LDIF records, schema definitions and values of controls |
//! | `serde` | `Serialize` for names, filters, schema definitions and fingerprints, `Deserialize` for what has a text form |
//!
//! No feature is on by default. The crate leaves out sockets, BER (`provost-ldap-wire`) and everything that acts on a server
//! (`provost-ldap`).

#[cfg(feature = "arbitrary")]
mod arbitrary;
mod attribute;
pub mod change;
mod dn;
mod entry;
mod filter;
pub mod fingerprint;
mod generalized_time;
mod grammar;
pub mod ldif;
pub mod matching;
mod octets;
mod prepare;
pub mod profile;
mod root_dse;
pub mod schema;
#[cfg(feature = "serde")]
mod serialize;
mod url;

pub use attribute::{Attribute, AttributeDescription, ParseAttributeError, ParseAttributeErrorKind};
pub use dn::{Dn, ParseDnError, ParseDnErrorKind, Rdn, RdnAttribute};
pub use entry::Entry;
pub use filter::{
    BuiltInRules, Filter, FilterContext, ParseFilterError, ParseFilterErrorKind, SubstringAssertion, Truth,
};
pub use generalized_time::{GeneralizedTime, ParseGeneralizedTimeError, ParseGeneralizedTimeErrorKind};
pub use octets::OctetString;
pub use root_dse::RootDse;
pub use url::{LdapUrl, LdapUrlExtension, LdapUrlScheme, LdapUrlScope, ParseLdapUrlError, ParseLdapUrlErrorKind};
