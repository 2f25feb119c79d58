use std::collections::BTreeSet;

use provost_model::{Attributes, ChangeSet, Equality, ObjectSchema, ObjectType, ObjectTypeSchema, Value, ValueChange};
use provost_store::Digest;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The version of the canonical form; it is part of digests.
const CANONICAL: u8 = 1;

/// Compares values by the rules of a type of object (E-305).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comparer<'s> {
    schema: Option<&'s ObjectTypeSchema>,
}

impl<'s> Comparer<'s> {
    pub(crate) fn new(schema: &'s ObjectSchema, object_type: &ObjectType) -> Self {
        Self { schema: schema.object_type(object_type.as_str()) }
    }

    /// Returns the canonical form of a value: equal values have equal forms.
    pub(crate) fn canonical(&self, attribute: &str, value: &Value) -> Vec<u8> {
        let equality = self.schema.and_then(|schema| schema.attribute(attribute)).map(|found| found.equality);
        let octets = value.octets();
        let Ok(text) = std::str::from_utf8(&octets) else { return octets.into_owned() };
        match equality {
            Some(Equality::CaseExact) => folded_blanks(text).into_bytes(),
            Some(Equality::CaseIgnore | Equality::Name) => folded_blanks(&text.to_lowercase()).into_bytes(),
            Some(Equality::Number) => match text.trim().parse::<i64>() {
                Ok(number) => number.to_string().into_bytes(),
                Err(_) => octets.into_owned(),
            },
            _ => octets.into_owned(),
        }
    }

    /// Returns the canonical forms of values, as a set.
    pub(crate) fn set(&self, attribute: &str, values: &[Value]) -> BTreeSet<Vec<u8>> {
        values.iter().map(|value| self.canonical(attribute, value)).collect()
    }

    /// Tells whether two sets of values are equal, once those that the name implies are left aside.
    pub(crate) fn same(&self, attribute: &str, a: &[Value], b: &[Value], implied: &[Value]) -> bool {
        let (a, b) = (self.set(attribute, a), self.set(attribute, b));
        if a == b {
            return true;
        }
        let implied = self.set(attribute, implied);
        a.symmetric_difference(&b).all(|value| implied.contains(value))
    }

    /// Tells whether all of `wanted` are among `held`.
    pub(crate) fn holds(&self, attribute: &str, held: &[Value], wanted: &[Value]) -> bool {
        self.set(attribute, held).is_superset(&self.set(attribute, wanted))
    }

    /// Returns the change that leads from `held` to `wanted`, or `None` when they are equal.
    ///
    /// Values that the name implies are left where they are. Several values change one by one, a single value is
    /// replaced (E-1002).
    pub(crate) fn change(
        &self,
        attribute: &str,
        held: &[Value],
        wanted: &[Value],
        implied: &[Value],
    ) -> Option<Vec<ValueChange>> {
        if self.same(attribute, held, wanted, implied) {
            return None;
        }
        let single =
            self.schema.and_then(|schema| schema.attribute(attribute)).is_some_and(|attribute| !attribute.multi_valued);
        if single {
            return Some(vec![ValueChange::Replace(wanted.to_vec())]);
        }
        let (before, after) = (self.set(attribute, held), self.set(attribute, wanted));
        let implied = self.set(attribute, implied);
        let gone: Vec<Value> = held
            .iter()
            .filter(|value| {
                let value = self.canonical(attribute, value);
                !after.contains(&value) && !implied.contains(&value)
            })
            .cloned()
            .collect();
        let mut seen = BTreeSet::new();
        let new: Vec<Value> = wanted
            .iter()
            .filter(|value| {
                let value = self.canonical(attribute, value);
                !before.contains(&value) && !implied.contains(&value) && seen.insert(value)
            })
            .cloned()
            .collect();
        let changes: Vec<_> = [
            (!gone.is_empty()).then_some(ValueChange::Remove(gone)),
            (!new.is_empty()).then_some(ValueChange::Add(new)),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!changes.is_empty()).then_some(changes)
    }

    /// Applies changes and returns the attributes afterwards, values compared by the rules.
    pub(crate) fn applied(&self, attributes: &Attributes, changes: &ChangeSet) -> Attributes {
        let mut result = attributes.clone();
        for change in &changes.attributes {
            let name = change.name.as_str();
            let held = result.values(name).to_vec();
            let values: Vec<Value> = match &change.change {
                ValueChange::Replace(values) => values.clone(),
                ValueChange::Add(values) => {
                    let mut all = held;
                    for value in values {
                        if !self.holds(name, &all, std::slice::from_ref(value)) {
                            all.push(value.clone());
                        }
                    }
                    all
                }
                ValueChange::Remove(values) => {
                    let gone = self.set(name, values);
                    held.into_iter().filter(|value| !gone.contains(&self.canonical(name, value))).collect()
                }
                _ => held,
            };
            result.set(change.name.clone(), values);
        }
        result
    }

    /// Returns the digest of an image in canonical form.
    pub(crate) fn digest(&self, attributes: &Attributes) -> Digest {
        let mut hash = Sha256::new();
        hash.update([CANONICAL]);
        for (name, values) in attributes.iter() {
            let name = name.as_str().to_ascii_lowercase();
            hash.update((name.len() as u64).to_be_bytes());
            hash.update(name.as_bytes());
            let values = self.set(&name, values);
            hash.update((values.len() as u64).to_be_bytes());
            for value in values {
                hash.update((value.len() as u64).to_be_bytes());
                hash.update(value);
            }
        }
        Digest::new(hash.finalize().into())
    }
}

/// Returns the digest of a record in its JSON form.
pub(crate) fn hash_of(record: &impl Serialize) -> Digest {
    let mut hash = Sha256::new();
    // Records are maps of texts and numbers, which always have a JSON form.
    hash.update(serde_json::to_vec(record).unwrap_or_default());
    Digest::new(hash.finalize().into())
}

/// Leaves out blanks at the ends and keeps one of each row of them: insignificant space handling in the manner of
/// RFC 4518 section 2.6.1.
fn folded_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use provost_model::{
        AttributeSchema, Attributes, ChangeSet, Equality, ObjectSchema, ObjectType, ObjectTypeSchema, Value,
        ValueChange, ValueKind,
    };

    use super::Comparer;

    fn schema() -> ObjectSchema {
        let mut cn = AttributeSchema::new("cn", ValueKind::Text);
        cn.multi_valued = true;
        let mut code = AttributeSchema::new("code", ValueKind::Text);
        (code.multi_valued, code.equality) = (true, Equality::CaseExact);
        let number = AttributeSchema::new("uidNumber", ValueKind::Integer);
        ObjectSchema::new(vec![ObjectTypeSchema::new("person", vec![cn, code, number])])
    }

    fn texts(values: &[&str]) -> Vec<Value> {
        values.iter().map(|value| Value::from(*value)).collect()
    }

    fn change(attribute: &str, held: &[&str], wanted: &[&str], implied: &[&str]) -> Option<Vec<ValueChange>> {
        let schema = schema();
        let comparer = Comparer::new(&schema, &ObjectType::new("PERSON"));
        comparer.change(attribute, &texts(held), &texts(wanted), &texts(implied))
    }

    #[test]
    fn values_compare_by_the_rule_of_their_attribute() {
        assert_eq!(change("cn", &["Britta  Simon"], &[" britta simon"], &[]), None);
        assert!(change("code", &["A"], &["a"], &[]).is_some());
        assert_eq!(change("uidNumber", &["007"], &["7"], &[]), None);
        assert!(change("unknown", &["a"], &["A"], &[]).is_some());
    }

    #[test]
    fn several_values_change_one_by_one_and_a_single_one_is_replaced() {
        assert_eq!(
            change("cn", &["a", "b"], &["b", "c", "C"], &[]),
            Some(vec![ValueChange::Remove(texts(&["a"])), ValueChange::Add(texts(&["c"]))])
        );
        assert_eq!(change("uidNumber", &["1"], &["2"], &[]), Some(vec![ValueChange::Replace(texts(&["2"]))]));
        assert_eq!(change("uidNumber", &["1"], &[], &[]), Some(vec![ValueChange::Replace(vec![])]));
    }

    #[test]
    fn values_that_the_name_implies_stay() {
        assert_eq!(change("cn", &["Britta Simon", "bsimon"], &["Britta Simon"], &["bsimon"]), None);
        assert_eq!(change("cn", &["Britta Simon"], &["Britta Simon", "bsimon"], &["bsimon"]), None);
        assert_eq!(
            change("cn", &["Britta Simon", "bsimon"], &["Britta Jones"], &["bsimon"]),
            Some(vec![ValueChange::Remove(texts(&["Britta Simon"])), ValueChange::Add(texts(&["Britta Jones"]))])
        );
    }

    #[test]
    fn digests_are_equal_for_equal_images() {
        let schema = schema();
        let comparer = Comparer::new(&schema, &ObjectType::new("person"));
        let image = |cn: &[&str], number: Value| {
            let mut attributes = Attributes::new();
            attributes.set("cn", texts(cn));
            attributes.set("UIDNUMBER", [number]);
            comparer.digest(&attributes)
        };
        assert_eq!(image(&["a", "B"], Value::from(7)), image(&["b", "A"], Value::from("7")));
        assert_ne!(image(&["a", "B"], Value::from(7)), image(&["ab"], Value::from(7)));
    }

    #[test]
    fn changes_are_applied_by_the_rules() {
        let schema = schema();
        let comparer = Comparer::new(&schema, &ObjectType::new("person"));
        let mut attributes = Attributes::new();
        attributes.set("cn", texts(&["a", "b"]));
        let mut changes = ChangeSet::new();
        changes.push("cn", ValueChange::Add(texts(&["A", "c"])));
        changes.push("cn", ValueChange::Remove(texts(&["B"])));
        assert_eq!(comparer.applied(&attributes, &changes).values("cn"), texts(&["a", "c"]));
    }
}
