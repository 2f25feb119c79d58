//! Names compared by the rules of a schema, RFC 4517 section 4.2.15.

use super::requirements::AttributeKey;
use super::subschema::Subschema;
use crate::{Dn, Rdn, RdnAttribute};

/// One part of a component as it is compared: its type, whether the value is BER that holds no text, and the value in
/// the canonical form of the type's equality rule.
type Part = (AttributeKey, bool, Vec<u8>);

impl Subschema {
    /// Tells whether two names are the same by the equality rules of their attribute types.
    ///
    /// Types count as one by any of their names and by their identifier. Parts of a type that the schema does not define
    /// compare as [`Dn`] says.
    ///
    /// ```
    /// use provost_ldap_types::schema::Subschema;
    ///
    /// let subschema = Subschema::from_definitions([
    ///     ("attributeTypes", "( 1.1 NAME ( 'key' 'k' ) EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"),
    /// ]);
    /// assert!(subschema.names_equal(&"K=a,dc=Lab".parse()?, &"1.1=a,DC=lab".parse()?));
    /// assert!(!subschema.names_equal(&"key=a,dc=lab".parse()?, &"key=A,dc=lab".parse()?));
    /// # Ok::<(), provost_ldap_types::ParseDnError>(())
    /// ```
    #[must_use]
    pub fn names_equal(&self, left: &Dn, right: &Dn) -> bool {
        left.len() == right.len() && self.components_equal(left.rdns(), right.rdns())
    }

    /// Returns how many components a name has more than `ancestor`, or `None` if it is not below it, as
    /// [`Dn::depth_below`] does by the built-in rules.
    #[must_use]
    pub fn name_depth_below(&self, name: &Dn, ancestor: &Dn) -> Option<usize> {
        let depth = name.len().checked_sub(ancestor.len()).filter(|depth| *depth > 0)?;
        self.components_equal(name.rdns().get(depth..)?, ancestor.rdns()).then_some(depth)
    }

    /// Returns octets that are the same for equal names and differ for all others, fit to be a key beside those of
    /// other names by the same schema.
    #[must_use]
    pub fn name_key(&self, name: &Dn) -> Vec<u8> {
        let mut key = Vec::new();
        let mut field = |octets: &[u8]| {
            key.extend((octets.len() as u64).to_be_bytes());
            key.extend_from_slice(octets);
        };
        for rdn in name.rdns() {
            let parts = self.parts(rdn);
            field(parts.len().to_string().as_bytes());
            for (attribute, is_opaque, value) in parts {
                match attribute {
                    AttributeKey::Defined(place) => field(place.to_string().as_bytes()),
                    // A name never begins with a digit and a colon.
                    AttributeKey::Unknown(name) => field(format!("0:{name}").as_bytes()),
                }
                field(&[u8::from(is_opaque)]);
                field(&value);
            }
        }
        key
    }

    fn components_equal(&self, left: &[Rdn], right: &[Rdn]) -> bool {
        left.iter().zip(right).all(|(left, right)| {
            left.attributes().len() == right.attributes().len() && self.parts(left) == self.parts(right)
        })
    }

    /// Returns the parts of a component in an order of their own.
    fn parts(&self, rdn: &Rdn) -> Vec<Part> {
        let mut parts: Vec<Part> = rdn.attributes().iter().map(|part| self.part(part)).collect();
        parts.sort_unstable();
        parts
    }

    fn part(&self, part: &RdnAttribute) -> Part {
        let (name, value) = (part.attribute(), part.value());
        let is_opaque = part.ber().is_some_and(|encoding| encoding == value);
        match self.attribute_type(name) {
            Some(_) if is_opaque => (self.attribute_key(name), true, value.to_vec()),
            Some(found) => (self.attribute_key(name), false, found.equality().canonical(value)),
            None => {
                (AttributeKey::Unknown(String::new()), false, Rdn::from_part(part.clone()).normalized().into_bytes())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Subschema;
    use crate::{Attribute, Dn, Entry, Filter, Truth};

    fn schema() -> Subschema {
        Subschema::from_definitions([
            (
                "attributeTypes",
                "( 2.5.4.3 NAME ( 'cn' 'commonName' ) EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )",
            ),
            ("attributeTypes", "( 1.1 NAME 'exact' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"),
            ("attributeTypes", "( 1.2 NAME 'number' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )"),
            ("attributeTypes", "( 1.3 NAME 'octets' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )"),
            (
                "attributeTypes",
                "( 1.4 NAME 'boss' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )",
            ),
        ])
    }

    fn check(left: &str, right: &str, expected: bool) {
        let subschema = schema();
        let (left, right): (Dn, Dn) = (left.parse().unwrap(), right.parse().unwrap());
        assert_eq!(subschema.names_equal(&left, &right), expected, "{left} {right}");
        assert_eq!(subschema.name_key(&left) == subschema.name_key(&right), expected, "{left} {right}");
        let below = left.child("cn=x".parse().unwrap());
        assert_eq!(subschema.name_depth_below(&below, &right), expected.then_some(1), "{left} {right}");
    }

    #[test]
    fn rfc_4517_4_2_15_values_compare_by_the_rule_of_their_type() {
        check("exact=A", "exact=a", false);
        check("exact=A", "EXACT=A", true);
        check("exact=a  b", "exact=a b", true);
        check("number=007", "number=7", true);
        check("number=-7", "number=7", false);
        check("octets=a ", "octets=a", true);
        check("octets=A", "octets=a", false);
        check(r"cn=Simon\, B", r"CN=simon\2c  b", true);
    }

    #[test]
    fn rfc_4517_4_2_15_types_count_as_one_by_any_name_and_parts_have_no_order() {
        check("cn=a+exact=b,cn=c", "1.1=b+commonName=A,2.5.4.3=C", true);
        check("cn=a+exact=b", "cn=a", false);
        check("cn=a,cn=b", "cn=b,cn=a", false);
        check("", "", true);
    }

    #[test]
    fn types_that_the_schema_does_not_define_compare_by_the_built_in_rules() {
        check("dc=Lab", "DC=lab", true);
        check("dc=lab", "domainComponent=LAB", true);
        check("ghost=A", "GHOST=a", true);
        check("ghost=a", "dc=a", false);
    }

    #[test]
    fn values_in_ber_are_the_text_that_they_hold_or_their_octets() {
        check("exact=#0c0161", "exact=a", true);
        check("exact=#0c0161", "exact=A", false);
        check("exact=#020161", "exact=#020161", true);
        check("exact=#020161", r"exact=\02\01a", false);
    }

    #[test]
    fn a_filter_compares_names_by_the_rules_of_their_types() {
        let mut entry = Entry::new(Dn::root());
        entry.push(Attribute::of("boss", ["exact=A,dc=lab"]).unwrap());
        let truth = |text: &str| text.parse::<Filter>().unwrap().evaluate(&entry, &schema());
        assert_eq!(truth("(boss=1.1=A,DC=Lab)"), Truth::True);
        assert_eq!(truth("(boss=exact=a,dc=lab)"), Truth::False);
        assert_eq!(truth("(boss=nonsense)"), Truth::Undefined);
    }

    #[test]
    fn a_name_is_not_below_itself() {
        let name: Dn = "cn=a,exact=B".parse().unwrap();
        assert_eq!(schema().name_depth_below(&name, &name), None);
        assert_eq!(schema().name_depth_below(&name, &"exact=b".parse().unwrap()), None);
        assert_eq!(schema().name_depth_below(&name, &Dn::root()), Some(2));
    }
}
