//! Where entries may stand, RFC 4512 section 4.1.7.1.

use std::collections::BTreeSet;
use std::iter;

use super::definition::DitStructureRuleDefinition;
use super::kinds::SchemaDefinition;
use super::subschema::Subschema;
use super::validate::Violation;
use crate::Entry;

impl Subschema {
    /// Returns how an entry breaks the schema, as [`Subschema::validate`] does, and whether it may stand below this
    /// superior by the structure rules.
    ///
    /// The rule that governs the superior is that of its attribute `governingStructureRule` or, where the entry does not
    /// hold it, any rule that fits its classes and its name. A superior without classes tells nothing, and then nothing
    /// is said of the place.
    ///
    /// ```
    /// use provost_ldap_types::ldif::read_entry;
    /// use provost_ldap_types::schema::Subschema;
    ///
    /// let subschema = Subschema::from_definitions([
    ///     ("attributeTypes", "( 2.5.4.0 NAME 'objectClass' SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )"),
    ///     ("attributeTypes", "( 2.5.4.3 NAME 'cn' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"),
    ///     ("objectClasses", "( 1.1 NAME 'box' STRUCTURAL MUST cn )"),
    ///     ("objectClasses", "( 1.2 NAME 'item' STRUCTURAL MUST cn )"),
    ///     ("nameForms", "( 2.1 NAME 'boxForm' OC box MUST cn )"),
    ///     ("nameForms", "( 2.2 NAME 'itemForm' OC item MUST cn )"),
    ///     ("dITStructureRules", "( 1 NAME 'boxes' FORM boxForm )"),
    ///     ("dITStructureRules", "( 2 NAME 'items' FORM itemForm SUP 1 )"),
    /// ]);
    /// let item = read_entry(b"dn: cn=a,cn=b\nobjectClass: item\ncn: a\n")?;
    /// let other = read_entry(b"dn: cn=b\nobjectClass: item\ncn: b\n")?;
    /// let found = subschema.validate_below(&item, &other);
    /// assert_eq!(found[0].to_string(), "entries of class `item` stand below entries of class `box` (structure rule `items`)");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn validate_below(&self, entry: &Entry, superior: &Entry) -> Vec<Violation> {
        let mut violations = self.validate(entry);
        let requirements = self.requirements(entry.texts("objectClass"));
        if let ([class], Some(above)) = (requirements.structural_classes(), self.governing_rules(superior)) {
            // A name that fits no form has no rule either, and that has been said.
            let is_named = !violations.iter().any(|found| matches!(found, Violation::WrongName { .. }));
            violations.extend(self.misplaced(entry, class, &above).filter(|_| is_named));
        }
        violations
    }

    fn misplaced(&self, entry: &Entry, class: &str, above: &BTreeSet<u32>) -> Option<Violation> {
        let rules = self.structure_rules_of(entry, class);
        let Some(first) = rules.first() else {
            return (!above.is_empty()).then(|| Violation::NoStructureRule { class: class.to_owned() });
        };
        let allows = |rule: &&DitStructureRuleDefinition| match rule.superiors.as_slice() {
            // A rule without superiors is for the top of an area, which nothing of this schema governs.
            [] => above.is_empty(),
            superiors => superiors.iter().any(|superior| above.contains(superior)),
        };
        if rules.iter().any(allows) {
            return None;
        }
        // A server may send any number of rules that name the same ones.
        let (mut numbers, mut classes) = (BTreeSet::new(), BTreeSet::new());
        let superiors = rules.iter().flat_map(|rule| &rule.superiors).filter(|number| numbers.insert(**number));
        let below = superiors.map(|number| self.class_of_rule(*number)).filter(|name| classes.insert(name.clone()));
        let below = below.collect();
        Some(Violation::WrongPlace { class: class.to_owned(), rule: first.name(), below })
    }

    /// Returns the numbers of the rules that may govern an entry, none where it tells nothing of itself.
    fn governing_rules(&self, entry: &Entry) -> Option<BTreeSet<u32>> {
        if let Some(told) = entry.first_text("governingStructureRule").and_then(|text| text.trim().parse().ok()) {
            return Some(BTreeSet::from([told]));
        }
        let requirements = self.requirements(entry.texts("objectClass"));
        match requirements.structural_classes() {
            [class] => Some(self.structure_rules_of(entry, class).iter().map(|rule| rule.rule_id).collect()),
            _ => None,
        }
    }

    /// Returns the rules whose name form fits an entry of a structural class.
    fn structure_rules_of(&self, entry: &Entry, class: &str) -> Vec<&DitStructureRuleDefinition> {
        let Some(rdn) = entry.dn().rdn() else { return Vec::new() };
        let forms = self.name_forms_of(class).filter(|form| self.fits(form, rdn));
        let names: BTreeSet<String> = forms
            .flat_map(|form| iter::once(form.identifier().to_ascii_lowercase()).chain(lower(form.names())))
            .collect();
        let of_form = |rule: &&DitStructureRuleDefinition| {
            rule.form.as_deref().is_some_and(|name| names.contains(&name.to_ascii_lowercase()))
        };
        self.structure_rules().iter().filter(|rule| !rule.obsolete).filter(of_form).collect()
    }

    /// Returns the class whose entries a rule governs, or what is known of the rule.
    fn class_of_rule(&self, rule_id: u32) -> String {
        let Some(rule) = self.structure_rule(rule_id) else { return rule_id.to_string() };
        let form = rule.form.as_deref().and_then(|name| self.name_form(name));
        let class = form.and_then(|form| form.object_class.as_deref());
        let preferred =
            class.map(|name| self.object_class(name).map_or_else(|| name.to_owned(), SchemaDefinition::name));
        preferred.unwrap_or_else(|| rule.name())
    }
}

fn lower(names: &[String]) -> impl Iterator<Item = String> {
    names.iter().map(|name| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::{Subschema, Violation};
    use crate::ldif::read_entry;

    const SCHEMA: &[(&str, &str)] = &[
        ("attributeTypes", "( 2.5.4.0 NAME 'objectClass' SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )"),
        ("attributeTypes", "( 2.5.4.3 NAME 'cn' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"),
        ("attributeTypes", "( 2.5.4.11 NAME 'ou' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"),
        ("objectClasses", "( 1.0 NAME 'site' STRUCTURAL MAY ( cn $ ou ) )"),
        ("objectClasses", "( 1.1 NAME 'unit' STRUCTURAL MAY ou )"),
        ("objectClasses", "( 1.2 NAME 'staff' STRUCTURAL MAY ( cn $ ou ) )"),
        ("objectClasses", "( 1.3 NAME 'note' STRUCTURAL MAY cn )"),
        ("nameForms", "( 2.0 NAME 'siteForm' OC site MUST cn )"),
        ("nameForms", "( 2.1 NAME 'unitForm' OC unit MUST ou )"),
        ("nameForms", "( 2.2 NAME 'staffForm' OC staff MUST cn )"),
        ("nameForms", "( 2.3 NAME 'chiefForm' OC staff MUST ou )"),
        ("dITStructureRules", "( 1 NAME 'sites' FORM siteForm )"),
        ("dITStructureRules", "( 2 NAME 'units' FORM 2.1 SUP ( 1 2 ) )"),
        ("dITStructureRules", "( 3 NAME 'staffs' FORM staffForm SUP 2 )"),
        ("dITStructureRules", "( 4 FORM chiefForm SUP 1 )"),
        ("dITStructureRules", "( 5 NAME 'old' OBSOLETE FORM staffForm SUP 1 )"),
    ];

    fn check(name: &str, class: &str, superior: &str, expected: &Expect) {
        let subschema = Subschema::from_definitions(SCHEMA.iter().copied());
        let entry = read_entry(format!("dn: {name},cn=x\nobjectClass: {class}\n").as_bytes()).unwrap();
        let superior = read_entry(superior.as_bytes()).unwrap();
        let found = subschema.validate_below(&entry, &superior);
        let shown = found.iter().map(|found| format!("{}: {found}", found.code())).collect::<Vec<_>>().join("\n");
        expected.assert_eq(&shown);
    }

    const SITE: &str = "dn: cn=x\nobjectClass: site\n";
    const UNIT: &str = "dn: ou=x\nobjectClass: unit\n";
    const NOTE: &str = "dn: cn=x\nobjectClass: note\n";

    #[test]
    fn rfc_4512_4_1_7_1_an_entry_stands_below_a_superior_of_its_rule() {
        check("ou=a", "unit", SITE, &expect![""]);
        check("ou=a", "unit", UNIT, &expect![""]);
        check("cn=a", "staff", UNIT, &expect![""]);
        check("ou=a", "staff", SITE, &expect![""]);
        check(
            "cn=a",
            "staff",
            SITE,
            &expect![
                "wrong-place: entries of class `staff` stand below entries of class `unit` (structure rule `staffs`)"
            ],
        );
        check(
            "ou=a",
            "staff",
            UNIT,
            &expect!["wrong-place: entries of class `staff` stand below entries of class `site` (structure rule `4`)"],
        );
        check(
            "ou=a",
            "unit",
            NOTE,
            &expect![
                "wrong-place: entries of class `unit` stand below entries of class `site` or `unit` (structure rule `units`)"
            ],
        );
    }

    #[test]
    fn rfc_4512_4_1_7_1_a_rule_without_superiors_is_for_the_top_of_an_area() {
        check("cn=a", "site", NOTE, &expect![""]);
        check(
            "cn=a",
            "site",
            SITE,
            &expect!["wrong-place: entries of class `site` stand at the top of an area only (structure rule `sites`)"],
        );
    }

    #[test]
    fn an_entry_without_a_rule_stands_below_entries_without_one() {
        check("cn=a", "note", NOTE, &expect![""]);
        check(
            "cn=a",
            "note",
            UNIT,
            &expect![
                "no-structure-rule: no structure rule lets entries of class `note` stand below one that has a rule"
            ],
        );
    }

    #[test]
    fn what_the_superior_tells_of_itself_counts_first() {
        check("cn=a", "staff", "dn: cn=x\nobjectClass: site\ngoverningStructureRule: 2\n", &expect![""]);
        check(
            "cn=a",
            "staff",
            "dn: cn=x\ngoverningStructureRule: 1\n",
            &expect![
                "wrong-place: entries of class `staff` stand below entries of class `unit` (structure rule `staffs`)"
            ],
        );
        check("cn=a", "staff", "dn: cn=x\n", &expect![""]);
    }

    #[test]
    fn many_rules_that_name_the_same_ones_are_named_once() {
        let mut schema = SCHEMA.iter().map(|(kind, text)| (*kind, (*text).to_owned())).collect::<Vec<_>>();
        let unknown = (10_000..12_000).map(|number| number.to_string()).collect::<Vec<_>>().join(" ");
        schema.extend(
            (100..1_100).map(|number| ("dITStructureRules", format!("( {number} FORM staffForm SUP ( {unknown} ) )"))),
        );
        let subschema = Subschema::from_definitions(schema.iter().map(|(kind, text)| (*kind, text.as_str())));
        let entry = read_entry(b"dn: cn=a,cn=x\nobjectClass: staff\n").unwrap();
        let found = subschema.validate_below(&entry, &read_entry(SITE.as_bytes()).unwrap());
        let [Violation::WrongPlace { below, .. }] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(below.len(), 2_001);
        assert_eq!(
            found[0].to_string(),
            "entries of class `staff` stand below entries of class `unit` or `10000` or `10001` or `10002` or `10003` or \
             `10004` or `10005` or `10006`, or one of 1993 others (structure rule `staffs`)"
        );
    }

    #[test]
    fn a_rule_is_found_by_its_number_and_not_by_a_name() {
        let rules = ["( 7 NAME '8' FORM staffForm )", "( 8 NAME 'eight' FORM staffForm )"];
        let subschema = Subschema::from_definitions(rules.map(|rule| ("dITStructureRules", rule)));
        assert_eq!(subschema.structure_rule(8).unwrap().names, ["eight"]);
        assert_eq!(subschema.structure_rule(9), None);
    }

    #[test]
    fn names_and_repeated_numbers_add_nothing_to_the_numbers_of_rules() {
        let names = (100..1_100).map(|number| format!("'{number}'")).collect::<Vec<_>>().join(" ");
        let rules = [format!("( 7 NAME ( {names} ) FORM staffForm )"), "( 8 )".to_owned(), "( 7 NAME 'b' )".to_owned()];
        let subschema = Subschema::from_definitions(rules.iter().map(|rule| ("dITStructureRules", rule)));
        assert_eq!((subschema.structure_rules().len(), subschema.rule_numbers()), (3, 2));
        assert_eq!(subschema.structure_rule(7).unwrap().names.len(), 1_000, "the first one answers");
        assert_eq!(subschema.structure_rule(100), None);
    }

    #[test]
    fn a_wrong_name_is_said_once() {
        check(
            "cn=a+ou=b",
            "staff",
            UNIT,
            &expect!["wrong-name: entries of class `staff` are named by `cn` (name form `staffForm`)"],
        );
    }
}
