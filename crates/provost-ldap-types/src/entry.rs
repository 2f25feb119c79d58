use crate::{Attribute, AttributeDescription, Dn};

/// An entry of a directory: its name and its attributes in the order in which they were given.
///
/// ```
/// use provost_ldap_types::{Attribute, Entry};
///
/// let mut entry = Entry::new("cn=bsimon,dc=contoso,dc=lab".parse()?);
/// entry.push(Attribute::of("sn", ["Simon"])?);
/// assert_eq!(entry.first_text("SN"), Some("Simon"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Entry {
    dn: Dn,
    attributes: Vec<Attribute>,
}

impl Entry {
    /// Makes an entry without attributes.
    #[must_use]
    pub fn new(dn: Dn) -> Self {
        Self { dn, attributes: Vec::new() }
    }

    /// Makes an entry with attributes, which are kept as they are.
    #[must_use]
    pub fn with_attributes(dn: Dn, attributes: Vec<Attribute>) -> Self {
        Self { dn, attributes }
    }

    /// Returns the name.
    #[must_use]
    pub fn dn(&self) -> &Dn {
        &self.dn
    }

    /// Gives the entry another name; its attributes stay as they are.
    pub fn set_dn(&mut self, dn: Dn) {
        self.dn = dn;
    }

    /// Returns the attributes.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// Returns the attributes for changing.
    pub fn attributes_mut(&mut self) -> &mut Vec<Attribute> {
        &mut self.attributes
    }

    /// Returns the attributes one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Attribute> {
        self.attributes.iter()
    }

    /// Returns the attribute with exactly this description, without regard to case and to the order of options.
    #[must_use]
    pub fn get(&self, description: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.description().is(description))
    }

    /// Returns the attribute with exactly this description, for changing.
    pub fn get_mut(&mut self, description: &str) -> Option<&mut Attribute> {
        self.attributes.iter_mut().find(|attribute| attribute.description().is(description))
    }

    /// Returns all values of an attribute, none if it is missing.
    #[must_use]
    pub fn values(&self, description: &str) -> &[Vec<u8>] {
        self.get(description).map_or(&[], Attribute::values)
    }

    /// Returns the first value of an attribute if there is one and it is UTF-8.
    #[must_use]
    pub fn first_text(&self, description: &str) -> Option<&str> {
        self.get(description).and_then(Attribute::first_text)
    }

    /// Returns the values of an attribute that are UTF-8.
    pub fn texts(&self, description: &str) -> impl Iterator<Item = &str> {
        self.get(description).into_iter().flat_map(Attribute::texts)
    }

    /// Adds an attribute; values of one that is already there are added to it.
    pub fn push(&mut self, attribute: Attribute) {
        let (description, values) = attribute.into_parts();
        match self.attributes.iter_mut().find(|held| *held.description() == description) {
            Some(held) => held.values_mut().extend(values),
            None => self.attributes.push(Attribute::new(description, values)),
        }
    }

    /// Adds one value to an attribute, which is made if it is missing.
    pub fn push_value(&mut self, description: &AttributeDescription, value: impl Into<Vec<u8>>) {
        match self.attributes.iter_mut().find(|held| held.description() == description) {
            Some(held) => held.push(value),
            None => self.attributes.push(Attribute::new(description.clone(), vec![value.into()])),
        }
    }

    /// Removes an attribute and returns it.
    pub fn remove(&mut self, description: &str) -> Option<Attribute> {
        let at = self.attributes.iter().position(|attribute| attribute.description().is(description))?;
        Some(self.attributes.remove(at))
    }

    /// Takes name and attributes apart.
    #[must_use]
    pub fn into_parts(self) -> (Dn, Vec<Attribute>) {
        (self.dn, self.attributes)
    }
}

impl<'a> IntoIterator for &'a Entry {
    type Item = &'a Attribute;
    type IntoIter = std::slice::Iter<'a, Attribute>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::Entry;
    use crate::{Attribute, Dn};

    fn entry() -> Entry {
        let mut entry = Entry::new("cn=a,dc=lab".parse().unwrap());
        entry.push(Attribute::of("cn", ["a", "b"]).unwrap());
        entry.push(Attribute::of("cn;lang-de;x", ["c"]).unwrap());
        entry
    }

    #[test]
    fn attributes_are_found_by_exactly_their_description() {
        let entry = entry();
        assert_eq!(entry.values("CN").len(), 2);
        assert_eq!(entry.first_text("cn;X;Lang-DE"), Some("c"));
        assert_eq!(entry.get("cn;x"), None);
        assert_eq!(entry.get("not a name"), None);
        assert_eq!(entry.values("sn").len(), 0);
        assert_eq!(entry.texts("cn").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn values_of_one_attribute_stay_together() {
        let mut entry = entry();
        entry.push(Attribute::of("CN", ["d"]).unwrap());
        entry.push_value(&"Cn".parse().unwrap(), "e");
        entry.push_value(&"sn".parse().unwrap(), b"f");
        assert_eq!(entry.texts("cn").collect::<Vec<_>>(), ["a", "b", "d", "e"]);
        assert_eq!(
            entry.iter().map(|attribute| attribute.description().as_str()).collect::<Vec<_>>(),
            ["cn", "cn;lang-de;x", "sn"]
        );
    }

    #[test]
    fn attributes_are_changed_and_removed_in_place() {
        let mut entry = entry();
        entry.get_mut("cn").unwrap().values_mut().clear();
        assert_eq!(entry.values("cn").len(), 0);
        assert!(entry.remove("CN").is_some() && entry.remove("cn").is_none());
        entry.set_dn(Dn::root());
        assert_eq!(entry.into_parts().1.len(), 1);
    }
}
