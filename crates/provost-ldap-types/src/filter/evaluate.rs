use std::cmp::Ordering;
use std::fmt;
use std::ops::Not;

use super::ast::Filter;
use crate::{AttributeDescription, Entry, OctetString};

/// What a filter says about an entry (RFC 4511 section 4.5.1.7).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Truth {
    /// The filter does not match.
    False,
    /// It cannot be told: a type or rule is unknown, or the asserted value is not one of the type.
    Undefined,
    /// The filter matches.
    True,
}

impl Truth {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Undefined,
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, Self::False) => Self::False,
            _ => Self::Undefined,
        }
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Undefined => Self::Undefined,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(matches: bool) -> Self {
        if matches { Self::True } else { Self::False }
    }
}

/// The parts of a substring filter; every part that is there has at least one octet.
#[derive(Clone, Copy, Debug)]
pub struct SubstringAssertion<'a> {
    /// How the value begins.
    pub initial: Option<&'a [u8]>,
    /// What it contains between beginning and end, in this order and without overlap.
    pub any: &'a [OctetString],
    /// How it ends.
    pub last: Option<&'a [u8]>,
}

impl SubstringAssertion<'_> {
    /// Returns a value that has the parts and nothing else.
    fn shortest_value(&self) -> Vec<u8> {
        let any = self.any.iter().map(OctetString::as_slice);
        self.initial.into_iter().chain(any).chain(self.last).flatten().copied().collect()
    }
}

/// What evaluating a filter must know of the schema: which attributes there are and how their values compare.
///
/// # Contract
///
/// Values and assertions are octets as an LDAP message carries them. An assertion that is not a value of the
/// attribute's syntax, or a rule that the attribute does not have, gives [`Truth::Undefined`] (or `None`), never an
/// error. Answers do not depend on earlier calls.
pub trait FilterContext: fmt::Debug {
    /// Tells whether the attribute type is known; filters about unknown ones are undefined.
    fn is_known(&self, attribute: &AttributeDescription) -> bool;

    /// Tells whether an attribute that an entry holds is the one a filter asks for, or a subtype of it.
    fn covers(&self, asked: &AttributeDescription, held: &AttributeDescription) -> bool;

    /// Compares by the equality rule of the attribute.
    fn equality(&self, attribute: &AttributeDescription, value: &[u8], assertion: &[u8]) -> Truth;

    /// Compares by the ordering rule of the attribute: how the value stands to the assertion.
    fn ordering(&self, attribute: &AttributeDescription, value: &[u8], assertion: &[u8]) -> Option<Ordering>;

    /// Compares by the substrings rule of the attribute.
    fn substrings(&self, attribute: &AttributeDescription, value: &[u8], assertion: &SubstringAssertion<'_>) -> Truth;

    /// Compares by a rule that the filter names, which must apply to the attribute.
    fn extensible(&self, rule: &str, attribute: &AttributeDescription, value: &[u8], assertion: &[u8]) -> Truth;

    /// Compares approximately; without a rule of its own a server uses equality (RFC 4511 section 4.5.1.7.6).
    fn approximate(&self, attribute: &AttributeDescription, value: &[u8], assertion: &[u8]) -> Truth {
        self.equality(attribute, value, assertion)
    }
}

impl Filter {
    /// Evaluates the filter for an entry (RFC 4511 section 4.5.1.7); only [`Truth::True`] selects it.
    ///
    /// ```
    /// use provost_ldap_types::{Attribute, BuiltInRules, Entry, Filter, Truth};
    ///
    /// let mut entry = Entry::new("cn=bsimon,dc=lab".parse()?);
    /// entry.push(Attribute::of("mail", ["BSimon@contoso.com"])?);
    /// let filter: Filter = "(&(mail=bsimon@*)(!(sn=*)))".parse()?;
    /// assert_eq!(filter.evaluate(&entry, &BuiltInRules), Truth::True);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn evaluate(&self, entry: &Entry, context: &dyn FilterContext) -> Truth {
        match self {
            Self::And(filters) => all(filters, entry, context),
            Self::Or(filters) => any(filters.iter().map(|filter| filter.evaluate(entry, context))),
            Self::Not(filter) => !filter.evaluate(entry, context),
            Self::Equality { attribute, value } => {
                values_match(entry, context, attribute, value, |held| context.equality(attribute, held, value))
            }
            Self::Substrings { attribute, initial, any, last } => {
                let assertion =
                    SubstringAssertion { initial: initial.as_deref(), any: any.as_slice(), last: last.as_deref() };
                values_match(entry, context, attribute, &assertion.shortest_value(), |held| {
                    context.substrings(attribute, held, &assertion)
                })
            }
            Self::GreaterOrEqual { attribute, value } => values_match(entry, context, attribute, value, |held| {
                context.ordering(attribute, held, value).map_or(Truth::Undefined, |order| order.is_ge().into())
            }),
            Self::LessOrEqual { attribute, value } => values_match(entry, context, attribute, value, |held| {
                context.ordering(attribute, held, value).map_or(Truth::Undefined, |order| order.is_le().into())
            }),
            Self::Present(attribute) => values_match(entry, context, attribute, b"", |_| Truth::True),
            Self::Approx { attribute, value } => {
                values_match(entry, context, attribute, value, |held| context.approximate(attribute, held, value))
            }
            Self::Extensible { rule, attribute, value, dn_attributes } => {
                let assertion = Extensible { rule: rule.as_deref(), attribute: attribute.as_ref(), value };
                assertion.evaluate(entry, context, *dn_attributes)
            }
        }
    }

    /// Tells whether the filter selects the entry.
    #[must_use]
    pub fn matches(&self, entry: &Entry, context: &dyn FilterContext) -> bool {
        self.evaluate(entry, context) == Truth::True
    }
}

/// The assertion of an extensible filter.
struct Extensible<'a> {
    rule: Option<&'a str>,
    attribute: Option<&'a AttributeDescription>,
    value: &'a [u8],
}

impl Extensible<'_> {
    fn evaluate(&self, entry: &Entry, context: &dyn FilterContext, dn_attributes: bool) -> Truth {
        if self.attribute.is_some_and(|attribute| !context.is_known(attribute)) {
            return Truth::Undefined;
        }
        if self.attribute.is_some_and(|attribute| self.compare(context, attribute, self.value) == Truth::Undefined) {
            return Truth::Undefined;
        }
        let held = entry.iter().flat_map(|attribute| {
            attribute.values().iter().map(|value| self.compare(context, attribute.description(), value))
        });
        let named = entry.dn().rdns().iter().flat_map(crate::Rdn::attributes).filter(|_| dn_attributes).map(|part| {
            let attribute = part.attribute().parse();
            attribute.map_or(Truth::False, |attribute| self.compare(context, &attribute, part.value()))
        });
        any(held.chain(named))
    }

    fn compare(&self, context: &dyn FilterContext, held: &AttributeDescription, value: &[u8]) -> Truth {
        match (self.rule, self.attribute) {
            (_, Some(asked)) if !context.covers(asked, held) => Truth::False,
            (Some(rule), _) => context.extensible(rule, held, value, self.value),
            (None, _) => context.equality(held, value, self.value),
        }
    }
}

fn all(filters: &[Filter], entry: &Entry, context: &dyn FilterContext) -> Truth {
    let mut truth = Truth::True;
    for filter in filters {
        truth = truth.and(filter.evaluate(entry, context));
        if truth == Truth::False {
            break;
        }
    }
    truth
}

fn any(truths: impl Iterator<Item = Truth>) -> Truth {
    let mut truth = Truth::False;
    for other in truths {
        truth = truth.or(other);
        if truth == Truth::True {
            break;
        }
    }
    truth
}

/// Compares all values that an entry holds of an attribute and its subtypes.
///
/// Where it holds none, `probe` tells whether the filter could be evaluated at all: an assertion that is not even equal
/// to itself is of another syntax, or the attribute lacks the rule, and RFC 4511 section 4.5.1.7 then has Undefined.
fn values_match(
    entry: &Entry,
    context: &dyn FilterContext,
    asked: &AttributeDescription,
    probe: &[u8],
    compare: impl Fn(&[u8]) -> Truth,
) -> Truth {
    if !context.is_known(asked) {
        return Truth::Undefined;
    }
    let held = entry.iter().filter(|attribute| context.covers(asked, attribute.description()));
    let mut values = held.flat_map(crate::Attribute::values).map(Vec::as_slice).peekable();
    match values.peek() {
        Some(_) => any(values.map(compare)),
        None if compare(probe) == Truth::Undefined => Truth::Undefined,
        None => Truth::False,
    }
}
