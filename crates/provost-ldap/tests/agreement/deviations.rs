//! Where servers leave the standards, each rule with its reason. A difference that none of them explains is a failure.

use provost_ldap_types::Filter;
use provost_ldap_types::schema::Subschema;

/// What a server does otherwise with the part of a filter.
pub(crate) struct Deviation {
    pub(crate) reason: &'static str,
    pub(crate) asked: Asked,
    /// Tells whether it concerns a part that is neither and, or, nor not.
    touches: fn(&Filter, &Subschema) -> bool,
}

/// Whether the server is asked all the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Asked {
    /// The server does not live through it.
    No,
    Yes,
}

impl Deviation {
    /// Tells whether it concerns any part of a filter.
    pub(crate) fn concerns(&self, filter: &Filter, schema: &Subschema) -> bool {
        match filter {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().any(|part| self.concerns(part, schema)),
            Filter::Not(part) => self.concerns(part, schema),
            part => (self.touches)(part, schema),
        }
    }
}

/// What a server does otherwise with two spellings of a name.
pub(crate) struct NameDeviation {
    pub(crate) reason: &'static str,
    /// Tells whether it concerns the pair.
    pub(crate) concerns: fn(&str, &str) -> bool,
}

const UNDECLARED_ORDERING: Deviation = Deviation {
    reason: "`>=` and `<=` follow the syntax where the type declares no rule; undefined by RFC 4511 section 4.5.1.7.3",
    asked: Asked::Yes,
    touches: |part, schema| match part {
        Filter::GreaterOrEqual { attribute, .. } | Filter::LessOrEqual { attribute, .. } => {
            schema.attribute_type(attribute.base()).is_some_and(|found| found.declared_ordering().is_none())
        }
        _ => false,
    },
};

const UNDECLARED_SUBSTRINGS: Deviation = Deviation {
    reason: "substrings follow the syntax where the type declares no rule; undefined by RFC 4511 section 4.5.1.7.2",
    asked: Asked::Yes,
    touches: |part, schema| match part {
        Filter::Substrings { attribute, .. } => {
            schema.attribute_type(attribute.base()).is_some_and(|found| found.declared_substrings().is_none())
        }
        _ => false,
    },
};

const UNKNOWN_RULE: Deviation = Deviation {
    reason: "a rule that the server does not know refuses the search; undefined by RFC 4511 section 4.5.1.7.7",
    asked: Asked::Yes,
    touches: |part, _| matches!(part, Filter::Extensible { rule: Some(rule), .. } if rule == "nosuchrule"),
};

const SUPERTYPE: Deviation = Deviation {
    reason: "`name` does not stand for the types below it, against RFC 4512 section 2.5.1",
    asked: Asked::Yes,
    touches: |part, _| match part {
        Filter::Equality { attribute, .. }
        | Filter::Substrings { attribute, .. }
        | Filter::GreaterOrEqual { attribute, .. }
        | Filter::LessOrEqual { attribute, .. }
        | Filter::Extensible { attribute: Some(attribute), .. }
        | Filter::Present(attribute) => attribute.is("name"),
        _ => false,
    },
};

const SPELT_NAMES: Deviation = Deviation {
    reason: "values that are names compare by the spelling of their types, against RFC 4517 section 4.2.15",
    asked: Asked::Yes,
    touches: |part, _| matches!(part, Filter::Equality { attribute, .. } if attribute.is("seeAlso")),
};

const UNKNOWN_TYPE: Deviation = Deviation {
    reason: "a type that the schema lacks makes a part false and not undefined, against RFC 4511 section 4.5.1.7",
    asked: Asked::Yes,
    touches: |part, schema| match part {
        Filter::Equality { attribute, .. }
        | Filter::Substrings { attribute, .. }
        | Filter::GreaterOrEqual { attribute, .. }
        | Filter::LessOrEqual { attribute, .. }
        | Filter::Present(attribute) => schema.attribute_type(attribute.base()).is_none(),
        _ => false,
    },
};

const INVALID_VALUE: Deviation = Deviation {
    reason: "a value that is not of the syntax makes a part false and not undefined, against RFC 4511 section 4.5.1.7",
    asked: Asked::Yes,
    touches: |part, _| match part {
        Filter::Equality { attribute, value }
        | Filter::GreaterOrEqual { attribute, value }
        | Filter::LessOrEqual { attribute, value } => {
            attribute.is("uidNumber") && value[..] == *b"many"
                || attribute.is("objectClass") && value[..] == *b"nonsense"
        }
        _ => false,
    },
};

const NAMED_RULE: Deviation = Deviation {
    reason: "what does not match by a named rule is undefined and not false, against RFC 4511 section 4.5.1.7.7",
    asked: Asked::Yes,
    touches: |part, _| matches!(part, Filter::Extensible { .. }),
};

const DIGITS_ALONE: Deviation = Deviation {
    reason: "telephone numbers compare without `+`, against RFC 4517 section 4.2.29",
    asked: Asked::Yes,
    touches: |part, _| match part {
        Filter::Equality { attribute, .. } | Filter::Substrings { attribute, .. } => attribute.is("telephoneNumber"),
        _ => false,
    },
};

const ORDERED_CLASSES: Deviation = Deviation {
    reason: "389 DS 2.3.1 ends at once on filters such as (&(cn>=a)(objectClass>=b))",
    asked: Asked::No,
    touches: |part, _| match part {
        Filter::GreaterOrEqual { attribute, .. } | Filter::LessOrEqual { attribute, .. } => attribute.is("objectClass"),
        _ => false,
    },
};

pub(crate) const DS389: &[Deviation] = &[
    ORDERED_CLASSES,
    UNDECLARED_ORDERING,
    UNDECLARED_SUBSTRINGS,
    UNKNOWN_RULE,
    UNKNOWN_TYPE,
    INVALID_VALUE,
    NAMED_RULE,
    SUPERTYPE,
    SPELT_NAMES,
];

pub(crate) const OPENDJ: &[Deviation] =
    &[UNDECLARED_ORDERING, UNDECLARED_SUBSTRINGS, UNKNOWN_RULE, UNKNOWN_TYPE, INVALID_VALUE, DIGITS_ALONE];

pub(crate) const DS389_NAMES: &[NameDeviation] = &[
    NameDeviation {
        reason: "types compare by their spelling: cn is not commonName, against RFC 4517 section 4.2.15",
        concerns: |left, right| types(left) != types(right),
    },
    NameDeviation {
        reason: "an escaped blank at the end of a value counts, and how it is escaped, against RFC 4518 section 2.6.1",
        concerns: |left, right| [left, right].iter().any(|name| name.contains("\\20") || name.contains("\\ ")),
    },
];

pub(crate) const APACHEDS_NAMES: &[NameDeviation] = &[NameDeviation {
    reason: "the parts of an RDN compare in their order, against RFC 4517 section 4.2.15",
    concerns: |left, right| left.contains('+') && right.contains('+'),
}];

/// Returns the types of a name as it spells them.
fn types(name: &str) -> Vec<String> {
    let parts = name.split([',', '+']).filter_map(|part| part.split_once('='));
    let mut types: Vec<String> = parts.map(|(name, _)| name.trim().to_ascii_lowercase()).collect();
    types.sort();
    types
}
