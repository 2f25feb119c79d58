//! Entries, filters and names by chance.

use std::collections::HashSet;
use std::time::{SystemTime, UNIX_EPOCH};

use provost_ldap_types::Filter;

/// Values that differ in case, blanks, accents and order.
///
/// Where slapd leaves RFC 4518 its values are left out: it takes `ß` and `ss` for two, which are one by section 2.2, and
/// blanks at the ends of a part of a substring filter for more than nothing, unlike section 2.6.
const TEXTS: &[&str] = &[
    "Simon",
    "simon",
    "Britta  Simon",
    " britta simon",
    "Béla",
    "BÉLA",
    "a*b",
    "(x)",
    "10",
    "9",
    "Simon, Britta",
    "back\\slash",
    "Zoë",
    "ab",
    "abc",
    "b",
];
const NUMBERS: &[&str] = &["0", "7", "10", "42", "1000"];
const ASKED_NUMBERS: &[&str] = &["0", "7", "42", "many"];
const PHONES: &[&str] = &["+49 30 1", "+4930 1", "+49-30-1", "030 11"];
const NAMES: &[&str] = &["cn=a,dc=lab", "CN=A, DC=lab", "cn=b,dc=lab", "commonName=b,dc=LAB", "cn=a+sn=b,dc=lab"];
const TIMES: &[&str] = &["20200101000000Z", "20300101000000Z", "2020010100Z"];

/// Attributes with values that suit them; the last ones no entry has, or no schema.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("cn", TEXTS),
    ("sn", TEXTS),
    ("description", TEXTS),
    ("description;lang-de", TEXTS),
    ("name", TEXTS),
    ("title", TEXTS),
    ("mail", &["a@contoso.com", "A@Contoso.com", "b@contoso.com"]),
    ("labeledURI", &["http://a", "HTTP://A", "http://b c"]),
    ("telephoneNumber", PHONES),
    ("seeAlso", NAMES),
    ("uidNumber", ASKED_NUMBERS),
    ("objectClass", &["person", "INETORGPERSON", "posixAccount", "2.5.6.6", "organizationalUnit", "nonsense"]),
    ("createTimestamp", TIMES),
    ("employeeNumber", NUMBERS),
    ("l", TEXTS),
    ("nosuchattribute", TEXTS),
];
const RULES: &[&str] = &["caseExactMatch", "caseIgnoreMatch", "2.5.13.2", "nosuchrule"];

/// Names and values of an entry to be added.
pub(crate) type Attributes = Vec<(String, HashSet<Vec<u8>>)>;

pub(crate) struct Draw(u64);

/// Where chance starts when the environment does not say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Seed {
    /// Here, so that every run is the same: for servers some of whose deviations may be unknown.
    Fixed(u64),
    /// At the time.
    Time,
}

impl Draw {
    /// Starts from the seed of the environment or from this one, and says which.
    pub(crate) fn announced(what: &str, seed: Seed) -> Self {
        let own = || match seed {
            Seed::Fixed(seed) => seed,
            Seed::Time => SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64,
        };
        let seed = std::env::var("PROVOST_SEED").map_or_else(|_| own(), |seed| seed.parse().unwrap());
        println!("{what}: PROVOST_SEED={seed}");
        Self(seed | 1)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }

    fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    fn values(&mut self, list: &[&str]) -> HashSet<Vec<u8>> {
        // Two values that the schema takes for one would be refused.
        HashSet::from([self.one(list).trim().as_bytes().to_vec()])
    }

    pub(crate) fn entry(&mut self, number: usize, base: &str) -> (String, Attributes) {
        let fixed = |text: &str| HashSet::from([text.as_bytes().to_vec()]);
        let uid = format!("user{number}");
        let classes = ["inetOrgPerson", "posixAccount"].map(|class| class.as_bytes().to_vec());
        let mut attributes = vec![
            ("objectClass".to_owned(), HashSet::from(classes)),
            ("uid".to_owned(), fixed(&uid)),
            ("gidNumber".to_owned(), fixed("1")),
            ("homeDirectory".to_owned(), fixed("/")),
            ("cn".to_owned(), self.values(TEXTS)),
            ("sn".to_owned(), self.values(TEXTS)),
            ("uidNumber".to_owned(), self.values(NUMBERS)),
        ];
        for name in ["description", "description;lang-de", "title", "mail", "labeledURI", "telephoneNumber", "seeAlso"]
        {
            let suiting = ATTRIBUTES.iter().find(|(known, _)| *known == name).unwrap().1;
            if self.below(2) == 0 {
                attributes.push((name.to_owned(), self.values(suiting)));
            }
        }
        (format!("uid={uid},{base}"), attributes)
    }

    pub(crate) fn filter(&mut self, depth: usize) -> Filter {
        let choice = self.below(if depth == 0 { 9 } else { 14 });
        let (attribute, suiting) = self.one(ATTRIBUTES);
        let value = self.one(suiting);
        match choice {
            0..=2 => Filter::equals(attribute, value).unwrap(),
            3 | 4 => self.substrings(attribute, value),
            5 => Filter::at_least(attribute, value).unwrap(),
            6 => Filter::at_most(attribute, value).unwrap(),
            7 => Filter::present(attribute).unwrap(),
            8 => {
                let rule = self.one(RULES);
                Filter::Extensible {
                    rule: Some(rule.to_owned()),
                    attribute: Some(self.one(&["cn", "sn", "title", "name"]).parse().unwrap()),
                    value: self.one(TEXTS).into(),
                    dn_attributes: false,
                }
            }
            9 | 10 => self.filter(depth - 1).negated(),
            11 | 12 => self.filter(depth - 1).and(self.filter(depth - 1)),
            _ => self.filter(depth - 1).or(self.filter(depth - 1)),
        }
    }

    /// Takes parts of a value, cut at characters.
    fn substrings(&mut self, attribute: &str, value: &str) -> Filter {
        let characters: Vec<char> = value.chars().collect();
        let from = self.below(characters.len());
        let to = from + 1 + self.below(characters.len() - from);
        let part = |range: &[char]| match range.iter().collect::<String>().trim_matches([' ', '-']) {
            "" => "a".to_owned(),
            part => part.to_owned(),
        };
        match self.below(3) {
            0 => Filter::starts_with(attribute, part(&characters[..to])).unwrap(),
            1 => Filter::contains(attribute, part(&characters[from..to])).unwrap(),
            _ => Filter::ends_with(attribute, part(&characters[from..])).unwrap(),
        }
    }

    pub(crate) fn name(&mut self) -> String {
        let parts =
            ["cn=Simon\\, Britta", "cn=a b", "ou=People", "uid=b\\2bc", "dc=Lab", "cn=a+sn=b", "o=x\\20", "l=Öl"];
        let count = 1 + self.below(3);
        (0..count).map(|_| self.one(&parts)).collect::<Vec<_>>().join(",")
    }

    /// Spells a name in another way that may or may not change it.
    pub(crate) fn like(&mut self, name: &str) -> String {
        let rewrites: &[(&str, &str)] = &[
            ("cn=", "commonName="),
            ("cn=", "2.5.4.3="),
            ("cn=a+sn=b", "SN=B+cn=A"),
            ("\\,", "\\2C"),
            ("\\,", "\\2c "),
            ("a b", "A  B"),
            ("a b", "ab"),
            ("a b", "a c"),
            ("Simon", "Simons"),
            ("Lab", "Labs"),
            ("sn=b", "sn=c"),
            ("\\2b", "\\+"),
            (",", ", "),
            ("People", "people"),
            ("People", "Peoples"),
            ("\\20", "\\ "),
            ("\\20", ""),
            ("Öl", "öL"),
            ("Öl", "Ol"),
            ("ou=", "o="),
            ("dc=", "DC="),
            ("uid=", "userid="),
        ];
        let mut text = name.to_owned();
        for _ in 0..1 + self.below(3) {
            let (from, to) = self.one(rewrites);
            text = match from {
                // A comma behind a backslash is no separator.
                "," => text.replace("\\,", "\u{1}").replace(',', to).replace('\u{1}', "\\,"),
                _ => text.replace(from, to),
            };
        }
        text
    }
}
