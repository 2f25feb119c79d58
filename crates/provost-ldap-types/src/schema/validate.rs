use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::attribute_type::AttributeType;
use super::definition::{NameFormDefinition, ObjectClassKind};
use super::kinds::SchemaDefinition;
use super::requirements::{AttributeKey, Requirement, Requirements};
use super::subschema::Subschema;
use crate::{Attribute, Dn, Entry, Rdn};

/// A way in which an entry breaks the schema, RFC 4512 section 2.4 and 2.5.
///
/// Names are those of the entry, but for missing attributes, which have the names of the schema.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Violation {
    /// The content rule of the structural class does not list an auxiliary class.
    DisallowedAuxiliaryClass {
        /// The auxiliary class.
        class: String,
        /// The structural class.
        structural: String,
    },
    /// A value stands twice by the equality rule of its type.
    DuplicateValue {
        /// The attribute.
        attribute: String,
        /// Place of the second one among the values, from zero.
        at: usize,
    },
    /// No class of the entry allows the attribute, or a content rule excludes it.
    ForbiddenAttribute {
        /// The attribute.
        attribute: String,
        /// The content rule that excludes it.
        rule: Option<String>,
    },
    /// A value is none of the attribute's syntax.
    InvalidValue {
        /// The attribute.
        attribute: String,
        /// Place of the value among the values, from zero.
        at: usize,
        /// Name of the syntax.
        syntax: &'static str,
    },
    /// A class asks for an attribute that the entry lacks.
    MissingAttribute {
        /// The attribute.
        attribute: String,
        /// The class, or content rule, that asks.
        class: String,
    },
    /// The superior is governed by a structure rule, and none is there for the entry.
    NoStructureRule {
        /// The structural class.
        class: String,
    },
    /// No class says what the entry is.
    NoStructuralClass,
    /// The attribute has no value.
    NoValue {
        /// The attribute.
        attribute: String,
    },
    /// Structural classes that do not descend from each other.
    SeveralStructuralClasses {
        /// The most derived ones.
        classes: Vec<String>,
    },
    /// Several values of an attribute that takes one.
    SeveralValues {
        /// The attribute.
        attribute: String,
        /// How many there are.
        count: usize,
    },
    /// The schema does not define the attribute type.
    UnknownAttribute {
        /// The attribute.
        attribute: String,
    },
    /// The schema does not define the class.
    UnknownClass {
        /// The class.
        class: String,
    },
    /// The entry's own name holds other attributes than every name form of its structural class asks for.
    WrongName {
        /// The structural class.
        class: String,
        /// Its first name form.
        form: String,
        /// Attributes that this form asks for.
        must: Vec<String>,
    },
    /// The superior is none that a structure rule of the entry names.
    WrongPlace {
        /// The structural class.
        class: String,
        /// The first structure rule.
        rule: String,
        /// Classes of the superiors that the structure rules name; none means the top of an administrative area.
        below: Vec<String>,
    },
}

impl Violation {
    /// Returns the stable code of the violation.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::DisallowedAuxiliaryClass { .. } => "disallowed-auxiliary-class",
            Self::DuplicateValue { .. } => "duplicate-value",
            Self::ForbiddenAttribute { .. } => "forbidden-attribute",
            Self::InvalidValue { .. } => "invalid-value",
            Self::MissingAttribute { .. } => "missing-attribute",
            Self::NoStructuralClass => "no-structural-class",
            Self::NoStructureRule { .. } => "no-structure-rule",
            Self::NoValue { .. } => "no-value",
            Self::SeveralStructuralClasses { .. } => "several-structural-classes",
            Self::SeveralValues { .. } => "several-values",
            Self::UnknownAttribute { .. } => "unknown-attribute",
            Self::UnknownClass { .. } => "unknown-class",
            Self::WrongName { .. } => "wrong-name",
            Self::WrongPlace { .. } => "wrong-place",
        }
    }
}

/// Classes of superiors that a message names.
const SHOWN: usize = 8;

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DisallowedAuxiliaryClass { class, structural } => {
                write!(f, "entries of class `{structural}` may not be of class `{class}`")
            }
            Self::DuplicateValue { attribute, at } => write!(f, "value {} of `{attribute}` stands twice", at + 1),
            Self::ForbiddenAttribute { attribute, rule: None } => write!(f, "no class allows `{attribute}`"),
            Self::ForbiddenAttribute { attribute, rule: Some(rule) } => {
                write!(f, "content rule `{rule}` excludes `{attribute}`")
            }
            Self::InvalidValue { attribute, at, syntax } => {
                write!(f, "value {} of `{attribute}` is no {syntax}", at + 1)
            }
            Self::MissingAttribute { attribute, class } => write!(f, "class `{class}` asks for `{attribute}`"),
            Self::NoStructuralClass => f.write_str("the entry has no structural class"),
            Self::NoStructureRule { class } => {
                write!(f, "no structure rule lets entries of class `{class}` stand below one that has a rule")
            }
            Self::NoValue { attribute } => write!(f, "`{attribute}` has no value"),
            Self::SeveralStructuralClasses { classes } => {
                write!(f, "the structural classes `{}` do not descend from each other", classes.join("`, `"))
            }
            Self::SeveralValues { attribute, count } => write!(f, "`{attribute}` takes one value and has {count}"),
            Self::UnknownAttribute { attribute } => write!(f, "the schema has no attribute type `{attribute}`"),
            Self::UnknownClass { class } => write!(f, "the schema has no object class `{class}`"),
            Self::WrongName { class, form, must } => {
                write!(f, "entries of class `{class}` are named by `{}` (name form `{form}`)", must.join("` and `"))
            }
            Self::WrongPlace { class, rule, below } if below.is_empty() => {
                write!(f, "entries of class `{class}` stand at the top of an area only (structure rule `{rule}`)")
            }
            Self::WrongPlace { class, rule, below } => {
                let (shown, others) = below.split_at(below.len().min(SHOWN));
                write!(f, "entries of class `{class}` stand below entries of class `{}`", shown.join("` or `"))?;
                if !others.is_empty() {
                    write!(f, ", or one of {} others", others.len())?;
                }
                write!(f, " (structure rule `{rule}`)")
            }
        }
    }
}

impl Subschema {
    /// Returns how an entry breaks the schema: first its classes, then what it lacks, then what it has too much of.
    ///
    /// Operational attributes are taken as allowed everywhere. Values are checked by the syntaxes that this crate
    /// knows. The entry's own name is checked by the name forms of its structural class. Where the entry stands is
    /// checked by [`Subschema::validate_below`], which must know its superior.
    ///
    /// ```
    /// use provost_ldap_types::schema::Subschema;
    /// use provost_ldap_types::{Attribute, Entry};
    ///
    /// let subschema = Subschema::from_definitions([
    ///     ("attributeTypes", "( 2.5.4.0 NAME 'objectClass' SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )"),
    ///     ("attributeTypes", "( 2.5.4.4 NAME 'sn' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"),
    ///     ("objectClasses", "( 2.5.6.6 NAME 'person' STRUCTURAL MUST sn )"),
    /// ]);
    /// let mut entry = Entry::new("sn=Simon,dc=lab".parse()?);
    /// entry.push(Attribute::of("objectClass", ["person"])?);
    /// assert_eq!(subschema.validate(&entry)[0].to_string(), "class `person` asks for `sn`");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn validate(&self, entry: &Entry) -> Vec<Violation> {
        let classes: Vec<&str> = entry.texts("objectClass").collect();
        let requirements = self.requirements(&classes);
        let mut violations = Vec::new();
        self.validate_classes(entry.dn(), &classes, &requirements, &mut violations);
        let held: BTreeSet<AttributeKey> =
            entry.iter().map(|attribute| self.attribute_key(attribute.description().base())).collect();
        for Requirement { attribute, class } in requirements.must() {
            if !held.contains(&self.attribute_key(attribute)) {
                violations.push(Violation::MissingAttribute { attribute: attribute.clone(), class: class.clone() });
            }
        }
        let keys = |list: &[Requirement]| -> BTreeSet<AttributeKey> {
            list.iter().map(|found| self.attribute_key(&found.attribute)).collect()
        };
        let (must, may) = (keys(requirements.must()), keys(requirements.may()));
        let rules = requirements.forbidden().iter();
        let forbidden: BTreeMap<AttributeKey, &str> =
            rules.map(|found| (self.attribute_key(&found.attribute), found.class.as_str())).collect();
        for attribute in entry {
            let name = attribute.description().as_str();
            let Some(found) = self.attribute_type(attribute.description().base()) else {
                violations.push(Violation::UnknownAttribute { attribute: name.to_owned() });
                continue;
            };
            let key = self.attribute_key(attribute.description().base());
            let allowed = must.contains(&key)
                || !forbidden.contains_key(&key) && (requirements.allows_any_attribute() || may.contains(&key));
            if !allowed && !found.is_operational() {
                let rule = forbidden.get(&key).map(|rule| (*rule).to_owned());
                violations.push(Violation::ForbiddenAttribute { attribute: name.to_owned(), rule });
            }
            validate_values(attribute, found, &mut violations);
        }
        violations
    }

    fn validate_classes(
        &self,
        dn: &Dn,
        classes: &[&str],
        requirements: &Requirements,
        violations: &mut Vec<Violation>,
    ) {
        let unknown = requirements.unknown_classes().iter();
        violations.extend(unknown.map(|class| Violation::UnknownClass { class: class.clone() }));
        match requirements.structural_classes() {
            [] => violations.push(Violation::NoStructuralClass),
            [structural] => {
                self.validate_auxiliaries(classes, structural, violations);
                self.validate_name(dn, structural, violations);
            }
            several => violations.push(Violation::SeveralStructuralClasses { classes: several.to_vec() }),
        }
    }

    /// RFC 4512 section 4.1.7.2: the name has all attributes that a form asks for and none that it does not allow.
    fn validate_name(&self, dn: &Dn, structural: &str, violations: &mut Vec<Violation>) {
        let Some(rdn) = dn.rdn() else { return };
        let mut forms = self.name_forms_of(structural);
        let Some(first) = forms.next() else { return };
        if !self.fits(first, rdn) && !forms.any(|form| self.fits(form, rdn)) {
            let (class, form) = (structural.to_owned(), first.name());
            violations.push(Violation::WrongName { class, form, must: first.must.clone() });
        }
    }

    /// Returns the name forms of a structural class.
    pub(super) fn name_forms_of(&self, structural: &str) -> impl Iterator<Item = &NameFormDefinition> {
        let class = self.object_class_place(structural);
        self.name_forms().iter().filter(move |form| {
            let of = form.object_class.as_deref().and_then(|name| self.object_class_place(name));
            !form.obsolete && of.is_some() && of == class
        })
    }

    /// Tells whether a component has all attributes that a form asks for and none that it does not allow.
    pub(super) fn fits(&self, form: &NameFormDefinition, rdn: &Rdn) -> bool {
        let keys = |list: &[String]| list.iter().map(|name| self.attribute_key(name)).collect::<BTreeSet<_>>();
        let held: BTreeSet<_> = rdn.attributes().iter().map(|part| self.attribute_key(part.attribute())).collect();
        let must = keys(&form.must);
        must.is_subset(&held) && held.difference(&must).all(|key| keys(&form.may).contains(key))
    }

    fn validate_auxiliaries(&self, classes: &[&str], structural: &str, violations: &mut Vec<Violation>) {
        let rule = self.object_class(structural).and_then(|class| self.content_rule(&class.oid));
        let Some(rule) = rule.filter(|rule| !rule.obsolete) else { return };
        let allowed = self.requirements(&rule.auxiliary);
        let auxiliaries = classes.iter().filter_map(|class| self.object_class(class));
        for class in auxiliaries.filter(|class| class.kind() == ObjectClassKind::Auxiliary) {
            if !allowed.classes().contains(&class.name()) {
                let structural = structural.to_owned();
                violations.push(Violation::DisallowedAuxiliaryClass { class: class.name(), structural });
            }
        }
    }
}

fn validate_values(attribute: &Attribute, found: AttributeType<'_>, violations: &mut Vec<Violation>) {
    let name = || attribute.description().as_str().to_owned();
    let values = attribute.values();
    if values.is_empty() {
        violations.push(Violation::NoValue { attribute: name() });
    }
    if found.is_single_valued() && values.len() > 1 {
        violations.push(Violation::SeveralValues { attribute: name(), count: values.len() });
    }
    // With the option `binary` a value is the BER of its syntax, RFC 4522.
    let syntax = found.known_syntax().filter(|_| !attribute.description().has_option("binary"));
    let mut seen = BTreeSet::new();
    for (at, value) in values.iter().enumerate() {
        if let Some(syntax) = syntax.filter(|syntax| !syntax.accepts(value)) {
            violations.push(Violation::InvalidValue { attribute: name(), at, syntax: syntax.name() });
        }
        if values.len() > 1 && !seen.insert(found.equality().canonical(value)) {
            violations.push(Violation::DuplicateValue { attribute: name(), at });
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::Subschema;
    use crate::ldif::read_entry;

    const SCHEMA: &[(&str, &str)] = &[
        ("attributeTypes", "( 2.5.4.0 NAME 'objectClass' SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )"),
        ("attributeTypes", "( 2.5.4.3 NAME ( 'cn' 'commonName' ) SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"),
        ("attributeTypes", "( 2.5.4.4 NAME 'sn' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"),
        ("attributeTypes", "( 1.1 NAME 'number' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )"),
        ("attributeTypes", "( 1.2 NAME 'stamp' SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 USAGE directoryOperation )"),
        ("attributeTypes", "( 1.3 NAME 'certificate' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )"),
        ("objectClasses", "( 2.5.6.0 NAME 'top' ABSTRACT MUST objectClass )"),
        ("objectClasses", "( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) MAY certificate )"),
        ("objectClasses", "( 2.1 NAME 'device' SUP top STRUCTURAL MUST cn )"),
        ("objectClasses", "( 2.2 NAME 'numbered' SUP top AUXILIARY MUST number )"),
        ("objectClasses", "( 2.3 NAME 'staff' SUP person STRUCTURAL )"),
        ("objectClasses", "( 2.4 NAME 'extensibleObject' SUP top AUXILIARY )"),
        ("dITContentRules", "( 2.1 NAME 'deviceRule' AUX extensibleObject NOT sn )"),
    ];

    fn check(entry: &str, expected: &Expect) {
        let subschema = Subschema::from_definitions(SCHEMA.iter().copied());
        let entry = read_entry(format!("dn: cn=a\n{entry}\n").as_bytes()).unwrap();
        let violations = subschema.validate(&entry);
        let shown: Vec<String> = violations.iter().map(|found| format!("{}: {found}\n", found.code())).collect();
        expected.assert_eq(&shown.concat());
    }

    #[test]
    fn a_good_entry_breaks_nothing() {
        check(
            "objectClass: staff\nobjectClass: person\nCommonName: a\nsn;lang-de: b\nstamp: 20260101000000Z",
            &expect![""],
        );
        check("objectClass: person\nobjectClass: EXTENSIBLEOBJECT\ncn: a\nsn: b\nnumber: 1", &expect![""]);
    }

    #[test]
    fn rfc_4512_2_4_mandatory_and_allowed_attributes() {
        check(
            "objectClass: person\nobjectClass: numbered\ncn: a",
            &expect![[r#"
            missing-attribute: class `person` asks for `sn`
            missing-attribute: class `numbered` asks for `number`
        "#]],
        );
        check(
            "objectClass: person\ncn: a\nsn: b\nnumber: 1",
            &expect![[r#"
            forbidden-attribute: no class allows `number`
        "#]],
        );
        check(
            "objectClass: person\ncn: a\nsn: b\nghost: 1",
            &expect![[r#"
            unknown-attribute: the schema has no attribute type `ghost`
        "#]],
        );
        check(
            "objectClass: device\nobjectClass: extensibleObject\ncn: a\nsn: b",
            &expect![[r#"
                forbidden-attribute: content rule `deviceRule` excludes `sn`
            "#]],
        );
    }

    #[test]
    fn rfc_4512_2_4_2_one_chain_of_structural_classes() {
        check(
            "objectClass: top\nobjectClass: numbered\nnumber: 1",
            &expect![[r#"
            no-structural-class: the entry has no structural class
        "#]],
        );
        check(
            "cn: a",
            &expect![[r#"
            no-structural-class: the entry has no structural class
            missing-attribute: class `top` asks for `objectClass`
            forbidden-attribute: no class allows `cn`
        "#]],
        );
        check(
            "objectClass: staff\nobjectClass: device\ncn: a\nsn: b",
            &expect![[r#"
            several-structural-classes: the structural classes `staff`, `device` do not descend from each other
        "#]],
        );
        check(
            "objectClass: person\nobjectClass: ghost\ncn: a\nsn: b",
            &expect![[r#"
            unknown-class: the schema has no object class `ghost`
        "#]],
        );
    }

    #[test]
    fn rfc_4512_4_1_6_content_rules_list_the_auxiliary_classes() {
        check(
            "objectClass: device\nobjectClass: extensibleObject\ncn: a\nnumber: 1\nsn: b",
            &expect![[r#"
            forbidden-attribute: content rule `deviceRule` excludes `sn`
        "#]],
        );
        check(
            "objectClass: device\nobjectClass: numbered\ncn: a\nnumber: 1",
            &expect![[r#"
            disallowed-auxiliary-class: entries of class `device` may not be of class `numbered`
        "#]],
        );
    }

    #[test]
    fn rfc_4512_4_1_7_2_name_forms_tell_how_entries_are_named() {
        let forms = [
            ("nameForms", "( 5.1 NAME 'staffForm' OC 2.3 MUST ( cn $ sn ) MAY number )"),
            ("nameForms", "( 5.2 NAME 'otherForm' OC STAFF MUST number )"),
            ("nameForms", "( 5.3 NAME 'oldForm' OBSOLETE OC person MUST number )"),
        ];
        let subschema = Subschema::from_definitions(SCHEMA.iter().copied().chain(forms));
        let named = |name: &str, class: &str| {
            let text = format!("dn: {name},dc=lab\nobjectClass: {class}\ncn: a\nsn: b\n");
            let violations = subschema.validate(&read_entry(text.as_bytes()).unwrap());
            violations.iter().map(|found| format!("{}: {found}", found.code())).collect::<String>()
        };
        for good in ["commonName=a+2.5.4.4=b", "sn=b+cn=a+number=1", "number=1"] {
            assert_eq!(named(good, "staff"), "", "{good}");
        }
        let wrong = "wrong-name: entries of class `staff` are named by `cn` and `sn` (name form `staffForm`)";
        for bad in ["cn=a", "cn=a+sn=b+stamp=x", "number=1+cn=a"] {
            assert_eq!(named(bad, "staff"), wrong, "{bad}");
        }
        assert_eq!(named("stamp=x", "person"), "");
    }

    #[test]
    fn values_are_of_the_syntax_few_enough_and_different() {
        check(
            "objectClass: numbered\nobjectClass: person\ncn: a\ncn:  A\nsn: b\nnumber: 1\nnumber: x",
            &expect![[r#"
            duplicate-value: value 2 of `cn` stands twice
            several-values: `number` takes one value and has 2
            invalid-value: value 2 of `number` is no INTEGER
        "#]],
        );
        check(
            "objectClass: person\ncn: a\nsn: b\ncertificate;binary: x\ncertificate: x\nstamp: now",
            &expect![[r#"
            invalid-value: value 1 of `certificate` is no INTEGER
            invalid-value: value 1 of `stamp` is no Generalized Time
        "#]],
        );
    }
}
