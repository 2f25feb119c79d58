use std::str::FromStr;

use provost_text::Limits;

use super::error::ParseDnError;
use super::parser;
use crate::octets::{Octets, ShortText};

/// A distinguished name: the path of an entry, its own component first (RFC 4514).
///
/// `Display` keeps the spelling of types and values and writes escapes in one way; a printed name parses to an equal
/// one. Equality, order and hash follow built-in rules that need no schema:
///
/// - attribute types compare without ASCII case, and the well-known ones also by their long names and object
///   identifiers: `cn`, `commonName` and `2.5.4.3` are one type;
/// - values that are UTF-8 compare by caseIgnoreMatch, prepared by RFC 4518: without case, with blanks at the ends
///   dropped and several inside counting as one; all other values compare as octets;
/// - the parts of one component compare without order.
///
/// Servers compare by the schema's rule of each type instead, as
/// [`Subschema::names_equal`](crate::schema::Subschema::names_equal) does. The two differ for types with a case-sensitive
/// rule, which hardly occur in names. The order puts every name behind its parents, so a sorted map walks the tree.
///
/// ```
/// use provost_ldap_types::{Dn, Rdn};
///
/// let people: Dn = "ou=People,dc=contoso,dc=lab".parse()?;
/// let user = people.child(Rdn::new("cn", "Simon, Britta <b>")?);
/// assert_eq!(user.to_string(), r"cn=Simon\, Britta \<b\>,ou=People,dc=contoso,dc=lab");
/// assert_eq!(user, r"CN=simon\2C  britta \3cb\3E, OU=people, DC=Contoso, DC=lab".parse()?);
/// assert_eq!(user.depth_below(&people), Some(1));
/// # Ok::<(), provost_ldap_types::ParseDnError>(())
/// ```
#[derive(Clone, Default)]
pub struct Dn {
    rdns: Vec<Rdn>,
}

impl Dn {
    /// Returns the empty name, that of the root DSE.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Makes a name from its components, the entry's own first.
    #[must_use]
    pub fn new(rdns: Vec<Rdn>) -> Self {
        Self { rdns }
    }

    /// Parses a name of at most `limits.length` bytes and `limits.items` components of at most 32 parts each.
    ///
    /// Blanks around `,`, `+` and `=` are skipped; RFC 4514 has none, but names written by people do. The older
    /// forms of RFC 2253, values in quotation marks and `;` as separator, are refused.
    ///
    /// # Errors
    ///
    /// Fails when the text is not a distinguished name or is beyond the limits.
    pub fn parse_with(text: &str, limits: &Limits) -> Result<Self, ParseDnError> {
        parser::parse_dn(text, limits).map(Self::new)
    }

    /// Returns the components, the entry's own first.
    #[must_use]
    pub fn rdns(&self) -> &[Rdn] {
        &self.rdns
    }

    /// Returns the entry's own component, or `None` for the empty name.
    #[must_use]
    pub fn rdn(&self) -> Option<&Rdn> {
        self.rdns.first()
    }

    /// Returns the number of components.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rdns.len()
    }

    /// Tells whether this is the empty name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rdns.is_empty()
    }

    /// Returns the name without its first component, or `None` for the empty name.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.rdns.get(1..).map(|rdns| Self { rdns: rdns.to_vec() })
    }

    /// Returns the name of an entry right below this one.
    #[must_use]
    pub fn child(&self, rdn: Rdn) -> Self {
        join([rdn], &self.rdns)
    }

    /// Returns the name after a rename in place: the same parent and another first component.
    ///
    /// The empty name has no component to replace and gives a name of one component.
    #[must_use]
    pub fn with_rdn(&self, rdn: Rdn) -> Self {
        join([rdn], self.rdns.get(1..).unwrap_or_default())
    }

    /// Returns the name after a move: the same first component right below another parent.
    ///
    /// The empty name has no component to keep and gives the parent.
    #[must_use]
    pub fn with_parent(&self, parent: &Self) -> Self {
        join(self.rdns.first().cloned(), &parent.rdns)
    }

    /// Returns this name after the subtree at `from` has become the subtree at `to`, or `None` if this name is
    /// neither `from` nor below it.
    ///
    /// ```
    /// use provost_ldap_types::Dn;
    ///
    /// let user: Dn = "cn=a,ou=x,dc=lab".parse()?;
    /// let moved = user.rebased(&"ou=x,dc=lab".parse()?, &"ou=y,dc=lab".parse()?);
    /// assert_eq!(moved, Some("cn=a,ou=y,dc=lab".parse()?));
    /// # Ok::<(), provost_ldap_types::ParseDnError>(())
    /// ```
    #[must_use]
    pub fn rebased(&self, from: &Self, to: &Self) -> Option<Self> {
        let above = self.rdns.len().checked_sub(from.rdns.len())?;
        let (own, tail) = self.rdns.split_at_checked(above)?;
        (tail == from.rdns).then(|| join(own.iter().cloned(), &to.rdns))
    }

    /// Tells whether this name lies below `ancestor`, at any depth.
    ///
    /// A name is not below itself; every other name is below the empty one.
    #[must_use]
    pub fn is_descendant_of(&self, ancestor: &Self) -> bool {
        self.depth_below(ancestor).is_some()
    }

    /// Returns how many components this name has more than `ancestor`, or `None` if it is not below it.
    ///
    /// A name is not below itself.
    #[must_use]
    pub fn depth_below(&self, ancestor: &Self) -> Option<usize> {
        let depth = self.rdns.len().checked_sub(ancestor.rdns.len()).filter(|depth| *depth > 0)?;
        (self.rdns.get(depth..)? == ancestor.rdns).then_some(depth)
    }
}

fn join(own: impl IntoIterator<Item = Rdn>, tail: &[Rdn]) -> Dn {
    let own = own.into_iter();
    let mut rdns = Vec::with_capacity(own.size_hint().0 + tail.len());
    rdns.extend(own);
    rdns.extend_from_slice(tail);
    Dn { rdns }
}

impl FromStr for Dn {
    type Err = ParseDnError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse_with(text, &Limits::default())
    }
}

impl From<Rdn> for Dn {
    fn from(rdn: Rdn) -> Self {
        Self { rdns: vec![rdn] }
    }
}

/// A relative distinguished name: one component of a [`Dn`], of one or more parts.
///
/// The rules of comparison are those of [`Dn`]. No two parts have the same attribute type (RFC 4512 section 2.3.1).
#[derive(Clone)]
pub struct Rdn {
    parts: Parts,
}

/// Most components have one part, which then needs no list of its own.
#[derive(Clone)]
enum Parts {
    One([RdnAttribute; 1]),
    Many(Vec<RdnAttribute>),
}

impl Rdn {
    /// Makes a component of one part from a value as it is, which is escaped when the name is printed.
    ///
    /// This is the way from a value that someone typed into a name; text must never be joined to one.
    ///
    /// ```
    /// use provost_ldap_types::Rdn;
    ///
    /// assert_eq!(Rdn::new("cn", "x,OU=Admins")?.to_string(), r"cn=x\,OU=Admins");
    /// # Ok::<(), provost_ldap_types::ParseDnError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails when `attribute` is not an attribute type.
    pub fn new(attribute: &str, value: impl AsRef<[u8]>) -> Result<Self, ParseDnError> {
        Ok(Self::from_part(RdnAttribute::new(attribute, value)?))
    }

    /// Adds a part to the component, from a value as it is.
    ///
    /// # Errors
    ///
    /// Fails when `attribute` is not an attribute type or the component has a part of this type.
    pub fn with(self, attribute: &str, value: impl AsRef<[u8]>) -> Result<Self, ParseDnError> {
        let part = RdnAttribute::new(attribute, value)?;
        if self.attributes().iter().any(|held| held.same_type(&part)) {
            return Err(ParseDnError::repeated(attribute));
        }
        let mut parts = match self.parts {
            Parts::One([only]) => vec![only],
            Parts::Many(parts) => parts,
        };
        parts.push(part);
        Ok(Self { parts: Parts::Many(parts) })
    }

    /// Returns the parts in the order in which they were written.
    #[must_use]
    pub fn attributes(&self) -> &[RdnAttribute] {
        match &self.parts {
            Parts::One(part) => part,
            Parts::Many(parts) => parts,
        }
    }

    /// Returns the value of the part whose attribute type is `attribute` by the rules of [`Dn`].
    #[must_use]
    pub fn value(&self, attribute: &str) -> Option<&[u8]> {
        self.attributes().iter().find(|part| part.is_type(attribute)).map(RdnAttribute::value)
    }

    pub(crate) fn from_part(part: RdnAttribute) -> Self {
        Self { parts: Parts::One([part]) }
    }

    pub(super) fn from_parts(parts: Vec<RdnAttribute>) -> Self {
        Self { parts: Parts::Many(parts) }
    }
}

impl FromStr for Rdn {
    type Err = ParseDnError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parser::parse_rdn(text, &Limits::default())
    }
}

/// One part of a component: an attribute type and a value.
#[derive(Clone)]
pub struct RdnAttribute {
    attribute: ShortText,
    octets: Octets,
    form: Form,
}

/// How the value was written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// `#` and the octets of the BER encoding.
    Ber,
    /// The octets of the value, with escapes.
    Plain,
}

impl RdnAttribute {
    pub(super) fn new(attribute: &str, value: impl AsRef<[u8]>) -> Result<Self, ParseDnError> {
        parser::check_type(attribute)?;
        Ok(Self::from_octets(attribute, Octets::new(value.as_ref()), Form::Plain))
    }

    pub(super) fn from_octets(attribute: &str, octets: Octets, form: Form) -> Self {
        Self { attribute: ShortText::new(attribute), octets, form }
    }

    /// Returns the attribute type as it was spelt.
    #[must_use]
    pub fn attribute(&self) -> &str {
        self.attribute.as_str()
    }

    /// Returns the octets of the value.
    ///
    /// A value written as `#` and a BER encoding gives the contents if that is a whole character or octet string of
    /// definite length, which is how LDAP carries such a value, and the encoding itself if it is anything else.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        let octets = self.octets.as_slice();
        match self.form {
            Form::Ber => ber_string(octets).unwrap_or(octets),
            Form::Plain => octets,
        }
    }

    /// Returns the value if it is UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        str::from_utf8(self.value()).ok()
    }

    /// Returns the octets of the BER encoding if the value was written in the form with `#`.
    #[must_use]
    pub fn ber(&self) -> Option<&[u8]> {
        (self.form == Form::Ber).then(|| self.octets.as_slice())
    }

    /// Tells whether [`RdnAttribute::value`] gives a BER encoding and not the octets of a string.
    pub(super) fn is_opaque(&self) -> bool {
        self.form == Form::Ber && ber_string(self.octets.as_slice()).is_none()
    }
}

/// Returns the contents of an encoding that is one primitive OCTET STRING, UTF8String, NumericString,
/// PrintableString or IA5String, the types whose contents are the octets of an LDAP value.
fn ber_string(encoding: &[u8]) -> Option<&[u8]> {
    let (&tag, rest) = encoding.split_first()?;
    if !matches!(tag, 0x04 | 0x0c | 0x12 | 0x13 | 0x16) {
        return None;
    }
    let (&first, rest) = rest.split_first()?;
    let (length, contents) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (octets, contents) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (octets.iter().fold(0, |length: usize, octet| length << 8 | usize::from(*octet)), contents)
        }
        _ => return None,
    };
    (contents.len() == length).then_some(contents)
}
